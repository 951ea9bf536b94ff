/*
 * bench_esp [ROUNDS]: what ESP costs beside the cipher.  A packet of 1,400 bytes is sealed and
 * opened by esp.h, and as many bytes by OpenSSL alone with a kept context, in turns.  Medians of
 * the rounds count, for the ratio those of each round's two times: a machine changes its pace now
 * and then.  Prints packets a second, the ratio and calls of malloc a packet, seals and opens
 * together; a call of malloc by ours is a failure.  Then many keys with too few contexts, and the
 * sized mode.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "models/ipsec/esp.h"

#include "tests/bench/malloc_count.h"

enum { BYTES = 1400, HEADERS = 40, MOST_ROUNDS = 99, PACKETS = 4000, KEYS = 512, AAD = 8 };

static uint8_t key[SA_ENCRYPTION_KEY] = {1, 2, 3};
static uint8_t integrity[SA_INTEGRITY_KEY] = {4, 5, 6};

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int good)
{
    if (!good)
        abort();
}

/* ---- ours ------------------------------------------------------------------------------ */

struct ours {
    struct sa out;
    struct sa in;
    struct pkt *packet;
};

static struct sa sa_of(struct ciphers *shared, const struct cipher_suite *suite, struct arena *a)
{
    struct sa sa = {.spi = 4096, .suite = suite};
    struct rng_seed seed = rng_seed_of(1, 0);
    sa.cipher = cipher_new(shared, suite, key, integrity);
    sa.iv = rng_stream(&seed, "iv");
    anti_replay_init(&sa.replay, ANTI_REPLAY_DEFAULT, false, a);
    return sa;
}

static double run_ours(struct ours *o)
{
    struct pkt *p = o->packet;
    uint8_t next;
    double start = seconds();
    for (int k = 0; k < PACKETS; k++) {
        must(esp_seal(&o->out, p, HEADERS, 41) == ESP_GOOD);
        must(esp_open(&o->in, p, HEADERS, &next) == ESP_GOOD);
    }
    return seconds() - start;
}

/* ---- OpenSSL alone --------------------------------------------------------------------- */

struct alone {
    const struct cipher_suite *suite;
    EVP_CIPHER_CTX *seal;
    EVP_CIPHER_CTX *open;
    EVP_MAC_CTX *mac; /* NULL: combined */
    size_t text;      /* with trailer */
    uint8_t bytes[2048];
    uint8_t iv[16];
};

static void alone_init(struct alone *a, const struct cipher_suite *suite, const char *algorithm)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, algorithm, NULL);
    *a = (struct alone){.suite = suite};
    a->text = BYTES - HEADERS + esp_growth(suite, BYTES - HEADERS) - AAD - suite->iv_bytes -
              suite->icv_bytes;
    a->seal = EVP_CIPHER_CTX_new();
    a->open = EVP_CIPHER_CTX_new();
    must(EVP_EncryptInit_ex(a->seal, cipher, NULL, key, a->iv));
    must(EVP_DecryptInit_ex(a->open, cipher, NULL, key, a->iv));
    must(EVP_CIPHER_CTX_set_padding(a->seal, 0) && EVP_CIPHER_CTX_set_padding(a->open, 0));
    EVP_CIPHER_free(cipher);
    if (suite->integ) {
        EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        a->mac = EVP_MAC_CTX_new(hmac);
        must(EVP_MAC_init(a->mac, integrity, suite->integrity_bytes, params));
        EVP_MAC_free(hmac);
    }
}

static void alone_free(struct alone *a)
{
    EVP_CIPHER_CTX_free(a->seal);
    EVP_CIPHER_CTX_free(a->open);
    EVP_MAC_CTX_free(a->mac);
}

static void combined(struct alone *a, bool seals)
{
    EVP_CIPHER_CTX *evp = seals ? a->seal : a->open;
    uint8_t *text = a->bytes + AAD + a->suite->iv_bytes;
    uint8_t *icv = text + a->text;
    int n;
    must(EVP_CipherInit_ex(evp, NULL, NULL, NULL, a->iv, seals));
    if (!seals)
        must(EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_TAG, a->suite->icv_bytes, icv));
    must(EVP_CipherUpdate(evp, NULL, &n, a->bytes, AAD));
    must(EVP_CipherUpdate(evp, text, &n, text, (int)a->text));
    must(EVP_CipherFinal_ex(evp, icv + a->suite->icv_bytes, &n));
    if (seals)
        must(EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, a->suite->icv_bytes, icv));
}

static void separate(struct alone *a, bool seals)
{
    EVP_CIPHER_CTX *evp = seals ? a->seal : a->open;
    uint8_t *text = a->bytes + AAD + a->suite->iv_bytes;
    uint8_t sum[64];
    size_t sum_bytes;
    int n;
    for (int step = 0; step < 2; step++) {
        if ((step == 0) == seals) {
            must(EVP_CipherInit_ex(evp, NULL, NULL, NULL, a->iv, seals));
            must(EVP_CipherUpdate(evp, text, &n, text, (int)a->text));
        } else {
            must(EVP_MAC_init(a->mac, NULL, 0, NULL));
            must(EVP_MAC_update(a->mac, a->bytes, (size_t)AAD + a->suite->iv_bytes + a->text));
            must(EVP_MAC_final(a->mac, sum, &sum_bytes, sizeof sum));
        }
    }
}

static double run_alone(struct alone *a)
{
    double start = seconds();
    for (int k = 0; k < PACKETS; k++) {
        a->iv[4 + k % 8]++;
        if (a->mac) {
            separate(a, true);
            separate(a, false);
        } else {
            combined(a, true);
            combined(a, false);
        }
    }
    return seconds() - start;
}

/* ---- both ------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *of, int n)
{
    qsort(of, (size_t)n, sizeof *of, by_size);
    return of[n / 2];
}

/* Calls of malloc of ours. */
static unsigned long bench(enum cipher_name name, const char *algorithm, int rounds)
{
    static struct alone alone;
    double ours_s[MOST_ROUNDS];
    double alone_s[MOST_ROUNDS];
    double ratio[MOST_ROUNDS];
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct ciphers *shared = ciphers_new(&arena, 16, false);
    const struct cipher_suite *suite = cipher_suite(name);
    struct ours ours = {.out = sa_of(shared, suite, &arena), .in = sa_of(shared, suite, &arena)};
    ours.packet = pkt_take(&packets);
    memset(pkt_append(ours.packet, BYTES), 0x5a, BYTES);
    alone_init(&alone, suite, algorithm);
    (void)run_ours(&ours); /* contexts are made */
    (void)run_alone(&alone);
    unsigned long calls = 0;
    unsigned long alone_calls = 0;
    for (int k = 0; k < rounds; k++) {
        unsigned long before = malloc_count();
        ours_s[k] = run_ours(&ours);
        calls += malloc_count() - before;
        before = malloc_count();
        alone_s[k] = run_alone(&alone);
        alone_calls += malloc_count() - before;
        ratio[k] = ours_s[k] / alone_s[k];
    }
    double a = median(ours_s, rounds) / PACKETS;
    double b = median(alone_s, rounds) / PACKETS;
    double all = (double)rounds * PACKETS;
    (void)printf("%-18s %9.0f packets/s sealed and opened, %9.0f by OpenSSL alone: ratio %.3f; "
                 "%.3f mallocs a packet, %.3f alone\n",
                 suite->name, 1 / a, 1 / b, median(ratio, rounds), (double)calls / all,
                 (double)alone_calls / all);
    alone_free(&alone);
    ciphers_free(shared);
    arena_release(&arena);
    return calls;
}

/* Keys in turn through `contexts`; or sized. */
static unsigned long many(size_t contexts, bool sized)
{
    static struct sa out[KEYS];
    static struct sa in[KEYS];
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct ciphers *shared = ciphers_new(&arena, contexts, sized);
    struct pkt *p = pkt_take(&packets);
    uint8_t next;
    unsigned long before = 0;
    double start = 0;
    memset(pkt_append(p, BYTES), 0x5a, BYTES);
    for (int k = 0; k < KEYS; k++) {
        key[0] = (uint8_t)k;
        out[k] = sa_of(shared, cipher_suite(CIPHER_AES256_GCM16), &arena);
        in[k] = sa_of(shared, cipher_suite(CIPHER_AES256_GCM16), &arena);
    }
    for (int k = -2 * KEYS; k < 4 * PACKETS; k++) {
        if (k == 0) {
            before = malloc_count();
            start = seconds();
        }
        must(esp_seal(&out[(unsigned)k % KEYS], p, HEADERS, 41) == ESP_GOOD);
        must(esp_open(&in[(unsigned)k % KEYS], p, HEADERS, &next) == ESP_GOOD);
    }
    double spent = seconds() - start;
    unsigned long calls = malloc_count() - before;
    (void)printf(
        "%d SAs in turn, %4zu contexts%s: %9.0f packets/s sealed and opened, %lu mallocs\n",
        2 * KEYS, contexts, sized ? ", sized" : "", 4 * PACKETS / spent, calls);
    ciphers_free(shared);
    arena_release(&arena);
    return calls;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 15;
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 2;
    unsigned long calls = bench(CIPHER_AES256_GCM16, "AES-256-GCM", rounds);
    calls += bench(CIPHER_AES128_CBC_SHA256, "AES-128-CBC", rounds);
    calls += bench(CIPHER_CHACHA20_POLY1305, "ChaCha20-Poly1305", rounds);
    calls += many((size_t)2 * KEYS, false) + many(KEYS, false) + many(1, true);
    return calls ? 1 : 0;
}
