#include "sim/app/bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/crypto/dh.h"
#include "models/crypto/prf.h"
#include "models/crypto/sign_trial.h"
#include "models/ipsec/esp.h"

enum { ROUNDS = 7, ROUND_NS = 500000, TIMES_MOST = 1 << 20, TRIALS = 256, LINES = 2 * CIPHERS };

typedef void trial_fn(void *of);

/* One operation; its rounds are as far apart as the others are long, so that no short spell of a
 * busy machine has them all. */
struct trial {
    trial_fn *fn;
    void *of;
    int64_t times; /* of a round */
    double ns[ROUNDS];
    struct cpu_cost *to; /* NULL: a line has it */
};

/* What is sealed, of two sizes, so that a line goes through both; opening is what a pair takes more
 * than sealing alone. */
struct line {
    size_t trial[2]; /* that seals; behind it the one that seals and opens */
    size_t bytes[2];
    struct cpu_cost *seal;
    struct cpu_cost *open;
};

struct bench {
    struct arena arena;
    struct ciphers *ciphers;
    struct pool packets;
    struct rng_seed seed;
    struct sign_trial *key[CPU_KEYS];
    struct trial trial[TRIALS];
    size_t trials;
    struct line line[LINES];
    size_t lines;
};

static int64_t spent_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * SIM_S + t.tv_nsec;
}

static double once(const struct trial *t)
{
    int64_t start = spent_ns();
    for (int64_t k = 0; k < t->times; k++)
        t->fn(t->of);
    return (double)(spent_ns() - start) / (double)t->times;
}

/* So often that the clock's steps are nothing beside it. */
static size_t add(struct bench *b, trial_fn *fn, void *of, struct cpu_cost *to)
{
    assert(b->trials < TRIALS);
    struct trial *t = &b->trial[b->trials];
    *t = (struct trial){.fn = fn, .of = of, .times = 1, .to = to};
    fn(of);
    while (t->times < TIMES_MOST && once(t) * (double)t->times < ROUND_NS)
        t->times *= 2;
    return b->trials++;
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

static struct cpu_cost cost_of(double ns)
{
    return (struct cpu_cost){.ns = ns > 0 ? (int64_t)(ns + 0.5) : 0, .given = true};
}

static struct cpu_cost cost_of_line(const struct bench *b, const struct line *l, bool opens)
{
    double ns[2][ROUNDS];
    double slope[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        for (int size = 0; size < 2; size++) {
            const struct trial *t = &b->trial[l->trial[size]];
            ns[size][k] = opens ? t[1].ns[k] - t[0].ns[k] : t[0].ns[k];
        }
        slope[k] = (ns[1][k] - ns[0][k]) / (double)(l->bytes[1] - l->bytes[0]);
    }
    double each = median(slope);
    each = each > 0 ? each : 0;
    struct cpu_cost c = cost_of(median(ns[0]) - each * (double)l->bytes[0]);
    c.per_byte_ps = (int64_t)(each * 1000 + 0.5);
    return c;
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

static void add_dh(struct bench *b, struct cpu_profile *out)
{
    for (uint16_t group = 0; group < CPU_GROUPS; group++) {
        if (!dh_public_bytes(group))
            continue;
        struct dh_trial *t = arena_take(&b->arena, sizeof *t);
        t->group = group;
        t->rng = rng_stream(&b->seed, "dh");
        dh_draw(&t->peer, group, &t->rng);
        (void)add(b, draw, t, &out->dh_public[group]);
        (void)add(b, agree, t, &out->dh_shared[group]);
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

static void add_signatures(struct bench *b, struct cpu_profile *out)
{
    for (unsigned k = 0; k < CPU_KEYS; k++) {
        b->key[k] = sign_trial_new(cpu_key_words[k]);
        if (!b->key[k])
            continue;
        (void)add(b, sign_once, b->key[k], &out->sign[k]);
        (void)add(b, verify_once, b->key[k], &out->verify[k]);
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

static void add_prf(struct bench *b, struct cpu_profile *out)
{
    for (uint16_t prf = 0; prf < CPU_PRFS; prf++) {
        if (!prf_bytes(prf))
            continue;
        uint16_t *t = arena_take(&b->arena, sizeof *t);
        *t = prf;
        (void)add(b, prf_once, t, &out->prf[prf]);
    }
}

/* ---- packets and messages -------------------------------------------------------------------- */

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

static struct sa sa_of(struct bench *b, const struct cipher_suite *suite)
{
    struct sa sa = {.spi = SA_SPI_MIN, .suite = suite};
    sa.cipher = cipher_new(b->ciphers, suite, encryption_key, integrity_key);
    sa.iv = rng_stream(&b->seed, "iv");
    anti_replay_init(&sa.replay, ANTI_REPLAY_DEFAULT, false, &b->arena);
    return sa;
}

static void add_esp(struct bench *b, unsigned k, struct cpu_profile *out)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)k);
    struct line *l = &b->line[b->lines++];
    *l = (struct line){.seal = &out->esp_seal[k], .open = &out->esp_open[k]};
    for (unsigned size = 0; size < 2; size++) {
        struct esp_trial *t = arena_take(&b->arena, sizeof *t);
        t->out = sa_of(b, suite);
        t->in = sa_of(b, suite);
        t->p = pkt_take(&b->packets);
        t->at = t->p->at;
        t->len = size ? LARGE : SMALL;
        memset(t->at, 0x5a, t->len);
        esp_seal_once(t);
        l->bytes[size] = esp_text_bytes(suite, t->p->len - HEADERS);
        l->trial[size] = add(b, esp_seal_once, t, NULL);
        (void)add(b, esp_pair_once, t, NULL);
    }
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

static void add_messages(struct bench *b, unsigned k, struct cpu_profile *out)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)k);
    struct line *l = &b->line[b->lines++];
    *l = (struct line){.seal = &out->ike_seal[k], .open = &out->ike_open[k]};
    for (unsigned size = 0; size < 2; size++) {
        struct message_trial *t = arena_take(&b->arena, sizeof *t);
        uint8_t *text = t->bytes + MESSAGE + suite->iv_bytes;
        size_t bytes = (size ? (size_t)LARGE : (size_t)SMALL) / BLOCK * BLOCK;
        t->out = cipher_new(b->ciphers, suite, encryption_key, integrity_key);
        t->in = cipher_new(b->ciphers, suite, encryption_key, integrity_key);
        t->text = (struct cipher_text){.aad = t->bytes,
                                       .aad_bytes = MESSAGE,
                                       .from = t->bytes,
                                       .iv = t->bytes + MESSAGE,
                                       .text = text,
                                       .bytes = bytes,
                                       .icv = text + bytes};
        l->bytes[size] = bytes + MESSAGE + suite->iv_bytes + suite->icv_bytes; /* as IKE counts */
        l->trial[size] = add(b, message_seal_once, t, NULL);
        (void)add(b, message_pair_once, t, NULL);
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void add_all(struct bench *b, struct cpu_profile *out)
{
    add_dh(b, out);
    add_signatures(b, out);
    add_prf(b, out);
    for (unsigned k = 0; k < CIPHERS; k++) {
        if (cipher_suite((enum cipher_name)k)->encr != ENCR_NULL)
            add_messages(b, k, out); /* IKE encrypts: RFC 7296 3.14 */
        add_esp(b, k, out);
    }
}

void bench_profile(struct cpu_profile *out)
{
    static struct bench b;
    b = (struct bench){.seed = rng_seed_of(1, 0)};
    b.ciphers = ciphers_new(&b.arena, (size_t)8 * CIPHERS, false);
    b.packets = pkt_pool(&b.arena);
    *out = (struct cpu_profile){.name = NULL};
    add_all(&b, out);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t k = 0; k < b.trials; k++)
            b.trial[k].ns[round] = once(&b.trial[k]);
    }
    for (size_t k = 0; k < b.lines; k++) {
        *b.line[k].seal = cost_of_line(&b, &b.line[k], false);
        *b.line[k].open = cost_of_line(&b, &b.line[k], true);
    }
    for (size_t k = 0; k < b.trials; k++) {
        if (b.trial[k].to)
            *b.trial[k].to = cost_of(median(b.trial[k].ns));
    }
    for (unsigned k = 0; k < CPU_KEYS; k++)
        sign_trial_free(b.key[k]);
    ciphers_free(b.ciphers);
    arena_release(&b.arena);
}
