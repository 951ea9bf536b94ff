#include "sim/app/bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/crypto/dh.h"
#include "models/crypto/prf.h"
#include "models/crypto/sign_trial.h"
#include "models/ipsec/esp.h"

enum { ROUNDS = 5, ROUND_NS = 1000000, MOST = 1 << 20 };

typedef void trial_fn(void *of);

static int64_t spent_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * SIM_S + t.tv_nsec;
}

static double once(trial_fn *fn, void *of, int64_t times)
{
    int64_t start = spent_ns();
    for (int64_t k = 0; k < times; k++)
        fn(of);
    return (double)(spent_ns() - start) / (double)times;
}

/* So often that the clock's steps are nothing beside it. */
static int64_t times_of(trial_fn *fn, void *of)
{
    int64_t times = 1;
    fn(of);
    while (times < MOST && once(fn, of, times) * (double)times < ROUND_NS)
        times *= 2;
    return times;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double of[ROUNDS])
{
    qsort(of, ROUNDS, sizeof *of, by_size);
    return of[ROUNDS / 2];
}

static double measured(trial_fn *fn, void *of)
{
    double ns[ROUNDS];
    int64_t times = times_of(fn, of);
    for (int k = 0; k < ROUNDS; k++)
        ns[k] = once(fn, of, times);
    return median(ns);
}

static struct cpu_cost cost_of(double ns)
{
    return (struct cpu_cost){.ns = ns > 0 ? (int64_t)(ns + 0.5) : 0, .given = true};
}

/* ---- keys and hashes ------------------------------------------------------------------------- */

struct dh_trial {
    uint16_t group;
    struct rng rng;
    struct dh own;
    struct dh peer;
    uint8_t shared[DH_PUBLIC];
};

static void draw(void *of)
{
    struct dh_trial *t = of;
    dh_draw(&t->own, t->group, &t->rng);
}

static void agree(void *of)
{
    struct dh_trial *t = of;
    bool good = dh_agree(&t->own, t->peer.value, dh_public_bytes(t->group), t->shared);
    assert(good);
}

static void measure_dh(struct cpu_profile *out)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    for (uint16_t group = 0; group < CPU_GROUPS; group++) {
        if (!dh_public_bytes(group))
            continue;
        struct dh_trial t = {.group = group, .rng = rng_stream(&seed, "dh")};
        dh_draw(&t.peer, group, &t.rng);
        out->dh_public[group] = cost_of(measured(draw, &t));
        out->dh_shared[group] = cost_of(measured(agree, &t));
    }
}

static void sign_once(void *of)
{
    sign_trial_sign(of);
}

static void verify_once(void *of)
{
    bool good = sign_trial_verify(of);
    assert(good);
}

static void measure_signatures(struct cpu_profile *out)
{
    for (unsigned k = 0; k < CPU_KEYS; k++) {
        struct sign_trial *t = sign_trial_new(cpu_key_words[k]);
        if (!t)
            continue;
        out->sign[k] = cost_of(measured(sign_once, t));
        out->verify[k] = cost_of(measured(verify_once, t));
        sign_trial_free(t);
    }
}

/* Of keys and pieces as long as those of a key derivation are. */
static void prf_once(void *of)
{
    const uint16_t *prf = of;
    static const uint8_t key[PRF_BYTES];
    static const uint8_t text[96];
    const struct prf_piece piece = {text, sizeof text};
    uint8_t value[PRF_BYTES];
    prf_of(*prf, key, prf_bytes(*prf), &piece, 1, value);
}

static void measure_prf(struct cpu_profile *out)
{
    for (uint16_t prf = 0; prf < CPU_PRFS; prf++) {
        if (prf_bytes(prf))
            out->prf[prf] = cost_of(measured(prf_once, &prf));
    }
}

/* ---- packets and messages -------------------------------------------------------------------- */

/* What is sealed, of two sizes, so that a line goes through both; opening is what a pair takes more
 * than sealing alone. */
struct sealed {
    trial_fn *seal;
    trial_fn *pair;
    size_t bytes[2];
    double seal_ns[2];
    double open_ns[2];
};

static void measure_pair(struct sealed *s, unsigned size, void *of)
{
    double seal[ROUNDS];
    double open[ROUNDS];
    int64_t times = times_of(s->pair, of);
    for (int k = 0; k < ROUNDS; k++) {
        seal[k] = once(s->seal, of, times);
        open[k] = once(s->pair, of, times) - seal[k];
    }
    s->seal_ns[size] = median(seal);
    s->open_ns[size] = median(open);
}

static struct cpu_cost line(const double ns[2], const size_t bytes[2])
{
    double slope = (ns[1] - ns[0]) / (double)(bytes[1] - bytes[0]);
    slope = slope > 0 ? slope : 0;
    struct cpu_cost c = cost_of(ns[0] - slope * (double)bytes[0]);
    c.per_byte_ps = (int64_t)(slope * 1000 + 0.5);
    return c;
}

enum { SMALL = 64, LARGE = 1400, HEADERS = 40, MESSAGE = 32, BLOCK = 16, NEXT = 41 };

static const uint8_t encryption_key[SA_ENCRYPTION_KEY] = {1, 2, 3};
static const uint8_t integrity_key[SA_INTEGRITY_KEY] = {4, 5, 6};

struct esp_trial {
    struct sa out;
    struct sa in;
    struct pkt *p;
    uint8_t *at;
    uint32_t len;
};

static void esp_seal_once(void *of)
{
    struct esp_trial *t = of;
    t->p->at = t->at;
    t->p->len = t->len;
    enum esp_fault fault = esp_seal(&t->out, t->p, HEADERS, NEXT);
    assert(!fault);
}

static void esp_pair_once(void *of)
{
    struct esp_trial *t = of;
    uint8_t next;
    esp_seal_once(of);
    enum esp_fault fault = esp_open(&t->in, t->p, HEADERS, &next);
    assert(!fault);
}

static struct sa sa_of(struct ciphers *shared, const struct cipher_suite *suite, struct arena *a)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    struct sa sa = {.spi = SA_SPI_MIN, .suite = suite};
    sa.cipher = cipher_new(shared, suite, encryption_key, integrity_key);
    sa.iv = rng_stream(&seed, "iv");
    anti_replay_init(&sa.replay, ANTI_REPLAY_DEFAULT, false, a);
    return sa;
}

static void measure_esp(struct cpu_profile *out, unsigned k, struct ciphers *shared,
                        struct arena *a)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)k);
    struct sealed s = {.seal = esp_seal_once, .pair = esp_pair_once};
    struct pool packets = pkt_pool(a);
    struct esp_trial t = {.out = sa_of(shared, suite, a), .in = sa_of(shared, suite, a)};
    t.p = pkt_take(&packets);
    t.at = t.p->at;
    for (unsigned size = 0; size < 2; size++) {
        t.len = size ? LARGE : SMALL;
        t.p->at = t.at;
        memset(t.at, 0x5a, t.len);
        esp_seal_once(&t);
        s.bytes[size] = esp_text_bytes(suite, t.p->len - HEADERS);
        t.p->at = t.at;
        memset(t.at, 0x5a, t.len);
        measure_pair(&s, size, &t);
    }
    out->esp_seal[k] = line(s.seal_ns, s.bytes);
    out->esp_open[k] = line(s.open_ns, s.bytes);
}

struct message_trial {
    struct cipher *out; /* a context has the key of one direction: contexts.h */
    struct cipher *in;
    struct cipher_text text;
    uint8_t bytes[MESSAGE + BLOCK + LARGE + SA_INTEGRITY_KEY];
};

static void message_seal_once(void *of)
{
    struct message_trial *t = of;
    cipher_seal(t->out, &t->text);
}

static void message_pair_once(void *of)
{
    struct message_trial *t = of;
    message_seal_once(of);
    bool good = cipher_open(t->in, &t->text);
    assert(good);
}

static void measure_messages(struct cpu_profile *out, unsigned k, struct ciphers *shared)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)k);
    struct sealed s = {.seal = message_seal_once, .pair = message_pair_once};
    struct message_trial t = {.out = cipher_new(shared, suite, encryption_key, integrity_key),
                              .in = cipher_new(shared, suite, encryption_key, integrity_key)};
    for (unsigned size = 0; size < 2; size++) {
        uint8_t *text = t.bytes + MESSAGE + suite->iv_bytes;
        size_t bytes = (size_t)(size ? LARGE : SMALL) / BLOCK * BLOCK;
        t.text = (struct cipher_text){.aad = t.bytes,
                                      .aad_bytes = MESSAGE,
                                      .from = t.bytes,
                                      .iv = t.bytes + MESSAGE,
                                      .text = text,
                                      .bytes = bytes,
                                      .icv = text + bytes};
        s.bytes[size] = bytes + MESSAGE + suite->iv_bytes + suite->icv_bytes; /* as IKE counts */
        measure_pair(&s, size, &t);
    }
    out->ike_seal[k] = line(s.seal_ns, s.bytes);
    out->ike_open[k] = line(s.open_ns, s.bytes);
}

void bench_profile(struct cpu_profile *out)
{
    struct arena arena = {0};
    *out = (struct cpu_profile){.name = NULL};
    measure_dh(out);
    measure_signatures(out);
    measure_prf(out);
    struct ciphers *shared = ciphers_new(&arena, 16, false);
    for (unsigned k = 0; k < CIPHERS; k++) {
        if (cipher_suite((enum cipher_name)k)->encr != ENCR_NULL)
            measure_messages(out, k, shared); /* IKE encrypts: RFC 7296 3.14 */
        measure_esp(out, k, shared, &arena);
    }
    ciphers_free(shared);
    arena_release(&arena);
}
