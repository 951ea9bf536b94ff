/*
 * bench_ike [ROUNDS]: what IKEv2 costs beside OpenSSL.  Two machines set up an IKE SA with the four
 * pairs of RFC 4877 (X25519, shared key, AES-256-GCM for IKE and for ESP), and OpenSSL alone does
 * what of that is its own, both sides together: the calls are listed below with how often they are
 * needed, and have the lengths of the machines' messages.  In turns; medians of the rounds count,
 * for the ratio those of each round's two times: a machine changes its pace now and then.
 *
 * Contexts of OpenSSL's are kept where one can be used again; digests are its plain structs, which
 * are faster than those behind EVP, so that the ratio is the harder one.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "tests/bench/malloc_count.h"
#include "tests/ike_bench.h"

enum { MOST_ROUNDS = 99, SETUPS = 100, PACKETS = 16, PACKET = 2048 };
enum { KEY = 32, SUM = SHA256_DIGEST_LENGTH, NONCE = 32, GCM_IV = 12, TAG = 16 };
enum { SK_AAD = 32, SK_AROUND = SK_AAD + 8 + TAG };

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

struct packet {
    struct ike_path path;
    unsigned to;
    size_t n;
    bool sealed;
    uint8_t bytes[PACKET];
};

/* One set-up's messages, in order; the lengths are what OpenSSL alone works on. */
static struct {
    struct packet packet[PACKETS];
    unsigned sent;
    unsigned carried;
    unsigned up;
    unsigned children;
} wire;

static void take_acts(struct bench *b, unsigned from)
{
    struct ike_act a;
    while (ike_act(b->end[from].ike, &a)) {
        wire.up += a.kind == IKE_ACT_UP;
        wire.children += a.kind == IKE_ACT_INSTALL;
        if (a.kind != IKE_ACT_SEND)
            continue;
        must(wire.sent < PACKETS && a.n <= PACKET);
        struct packet *p = &wire.packet[wire.sent++];
        p->path =
            (struct ike_path){a.path.remote, a.path.local, a.path.remote_port, a.path.local_port};
        p->to = 1 - from;
        p->n = a.n;
        p->sealed = a.news.exchange != IKE_SA_INIT;
        memcpy(p->bytes, a.bytes, a.n);
    }
}

static double set_up(struct bench *b)
{
    wire.sent = wire.carried = wire.up = wire.children = 0;
    double start = seconds();
    uint64_t own = ike_start(b->end[MN].ike, b->end[MN].peer, &b->address[0], &b->agent, b->now);
    take_acts(b, MN);
    for (unsigned k = 0; k < POLICIES; k++)
        ike_want(b->end[MN].ike, b->end[MN].peer, k, 0, b->now);
    while (wire.carried < wire.sent) {
        const struct packet *p = &wire.packet[wire.carried++];
        const struct ike_datagram d = {.path = p->path, .bytes = p->bytes, .n = p->n};
        ike_receive(b->end[p->to].ike, &d, b->now);
        take_acts(b, p->to);
    }
    double spent = seconds() - start;
    must(wire.up == ENDS && wire.children == ENDS * POLICIES);
    ike_drop(b->end[MN].ike, own, b->now);
    ike_drop(b->end[HA].ike, ike_sa_of(b->end[HA].ike, b->end[HA].peer), b->now);
    take_acts(b, MN);
    take_acts(b, HA);
    return spent;
}

static double run_ours(struct bench *b)
{
    double spent = 0;
    for (int k = 0; k < SETUPS; k++)
        spent += set_up(b);
    return spent;
}

/* ---- OpenSSL alone --------------------------------------------------------------------- */

struct alone {
    uint8_t text[PACKET];
    uint8_t key[ENDS][KEY];
    uint8_t value[ENDS][KEY];
    EVP_PKEY *own[ENDS];
    EVP_CIPHER_CTX *seal[ENDS]; /* by who sends */
    EVP_CIPHER_CTX *open[ENDS];
    SHA256_CTX inner;
    SHA256_CTX outer;
};

static void x25519_keys(struct alone *a)
{
    for (unsigned e = 0; e < ENDS; e++) {
        size_t n = KEY;
        a->key[e][0]++;
        EVP_PKEY_free(a->own[e]);
        a->own[e] = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, a->key[e], KEY);
        must(a->own[e] && EVP_PKEY_get_raw_public_key(a->own[e], a->value[e], &n));
    }
}

static void x25519_shared(struct alone *a)
{
    for (unsigned e = 0; e < ENDS; e++) {
        uint8_t shared[KEY];
        size_t n = KEY;
        EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, a->value[1 - e], KEY);
        EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(a->own[e], NULL);
        must(peer && c && EVP_PKEY_derive_init(c) > 0 &&
             EVP_PKEY_derive_set_peer_ex(c, peer, 0) > 0 && EVP_PKEY_derive(c, shared, &n) > 0);
        EVP_PKEY_CTX_free(c);
        EVP_PKEY_free(peer);
    }
}

static void hmac_key(struct alone *a)
{
    uint8_t block[SHA256_CBLOCK] = {0};
    must(SHA256_Init(&a->inner) && SHA256_Update(&a->inner, block, sizeof block));
    must(SHA256_Init(&a->outer) && SHA256_Update(&a->outer, block, sizeof block));
}

static void hmac(struct alone *a, size_t n)
{
    SHA256_CTX s = a->inner;
    uint8_t sum[SUM];
    must(SHA256_Update(&s, a->text, n) && SHA256_Final(sum, &s));
    s = a->outer;
    must(SHA256_Update(&s, sum, sizeof sum) && SHA256_Final(sum, &s));
}

/* n bytes of prf+ over `seed` bytes. */
static void prf_plus_of(struct alone *a, size_t seed, size_t n)
{
    hmac_key(a);
    for (size_t got = 0; got < n; got += SUM)
        hmac(a, (got ? SUM : 0) + seed + 1);
}

enum {
    SK_KEYS = 3 * SUM + 2 * (32 + 4), /* SK_d, SK_ei, SK_er, SK_pi, SK_pr: 168 bytes */
    CHILD_KEYS = 2 * (32 + 4),
    ID = 4 + 15,
    PAD = 17, /* "Key Pad for IKEv2" */
};

static void skeyseed(struct alone *a)
{
    for (unsigned e = 0; e < ENDS; e++) {
        hmac_key(a);
        hmac(a, KEY);
        prf_plus_of(a, (size_t)2 * NONCE + 16, SK_KEYS);
    }
}

/* Each side makes its own and the other's. */
static void auth(struct alone *a)
{
    for (unsigned k = 0; k < 2 * ENDS; k++) {
        hmac_key(a);
        hmac(a, ID);
        hmac_key(a);
        hmac(a, PAD);
        hmac_key(a);
        hmac(a, wire.packet[k % 2].n + NONCE + SUM);
    }
}

static void keymat(struct alone *a)
{
    for (unsigned k = 0; k < ENDS * POLICIES; k++)
        prf_plus_of(a, (size_t)2 * NONCE, CHILD_KEYS);
}

/* NAT_DETECTION_*_IP: two in each message of IKE_SA_INIT, and as many to compare. */
static void nat_hashes(struct alone *a)
{
    for (unsigned k = 0; k < 8; k++) {
        uint8_t sum[SHA_DIGEST_LENGTH];
        SHA_CTX s;
        must(SHA1_Init(&s) && SHA1_Update(&s, a->text, 8 + 8 + 16 + 2) && SHA1_Final(sum, &s));
    }
}

static void gcm_keys(struct alone *a)
{
    for (unsigned e = 0; e < ENDS; e++) {
        must(EVP_EncryptInit_ex(a->seal[e], NULL, NULL, a->key[e], NULL));
        must(EVP_DecryptInit_ex(a->open[e], NULL, NULL, a->key[e], NULL));
    }
}

static void gcm(struct alone *a, const struct packet *p)
{
    uint8_t iv[GCM_IV] = {(uint8_t)p->n};
    uint8_t tag[TAG];
    unsigned from = 1 - p->to;
    uint8_t *text = a->text + SK_AAD;
    int bytes = (int)p->n - SK_AROUND;
    int n;
    EVP_CIPHER_CTX *c = a->seal[from];
    must(EVP_EncryptInit_ex(c, NULL, NULL, NULL, iv));
    must(EVP_EncryptUpdate(c, NULL, &n, a->text, SK_AAD));
    must(EVP_EncryptUpdate(c, text, &n, text, bytes) && EVP_EncryptFinal_ex(c, tag, &n));
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, tag));
    c = a->open[from];
    must(EVP_DecryptInit_ex(c, NULL, NULL, NULL, iv));
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag));
    must(EVP_DecryptUpdate(c, NULL, &n, a->text, SK_AAD));
    must(EVP_DecryptUpdate(c, text, &n, text, bytes) && EVP_DecryptFinal_ex(c, tag, &n));
}

static void gcm_messages(struct alone *a)
{
    for (unsigned k = 0; k < wire.sent; k++) {
        if (wire.packet[k].sealed)
            gcm(a, &wire.packet[k]);
    }
}

static const struct {
    const char *name;
    void (*fn)(struct alone *);
} parts[] = {
    {"X25519: 2 private keys, their public values", x25519_keys},
    {"X25519: 2 shared secrets", x25519_shared},
    {"HMAC-SHA256: SKEYSEED, 6 blocks of prf+, twice: 14, 4 keys", skeyseed},
    {"HMAC-SHA256: AUTH made and verified on both sides: 12, 12 keys", auth},
    {"HMAC-SHA256: KEYMAT, 3 blocks of prf+, 8 times: 24, 8 keys", keymat},
    {"SHA-1: 8 for NAT detection", nat_hashes},
    {"AES-256-GCM: 4 keys", gcm_keys},
    {"AES-256-GCM: 8 messages sealed and opened", gcm_messages},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static void alone_init(struct alone *a)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    must(cipher != NULL);
    for (unsigned e = 0; e < ENDS; e++) {
        memset(a->key[e], 0x40 + (int)e, KEY);
        a->seal[e] = EVP_CIPHER_CTX_new();
        a->open[e] = EVP_CIPHER_CTX_new();
        must(EVP_EncryptInit_ex(a->seal[e], cipher, NULL, a->key[e], NULL));
        must(EVP_DecryptInit_ex(a->open[e], cipher, NULL, a->key[e], NULL));
    }
    EVP_CIPHER_free(cipher);
}

static void alone_free(struct alone *a)
{
    for (unsigned e = 0; e < ENDS; e++) {
        EVP_PKEY_free(a->own[e]);
        EVP_CIPHER_CTX_free(a->seal[e]);
        EVP_CIPHER_CTX_free(a->open[e]);
    }
}

static double run_alone(struct alone *a, double part_s[PARTS])
{
    double all = 0;
    for (int k = 0; k < PARTS; k++) {
        double start = seconds();
        for (int j = 0; j < SETUPS; j++)
            parts[k].fn(a);
        part_s[k] = seconds() - start;
        all += part_s[k];
    }
    return all;
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

/* What is listed is what the machines did. */
static void compare_counts(const struct bench *b, int setups)
{
    for (unsigned e = 0; e < ENDS; e++) {
        const struct ike_work *w = ike_work(b->end[e].ike);
        uint64_t n = (uint64_t)setups;
        must(w->dh_public[DH_CURVE25519] == n && w->dh_shared[DH_CURVE25519] == n);
        must(w->sealed == 4 * n && w->opened == 4 * n);
    }
}

int main(int argc, char **argv)
{
    static struct bench b;
    static struct alone alone;
    static double part_s[PARTS][MOST_ROUNDS];
    double ours_s[MOST_ROUNDS];
    double alone_s[MOST_ROUNDS];
    double ratio[MOST_ROUNDS];
    int rounds = argc > 1 ? atoi(argv[1]) : 15;
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 2;
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++)
        b.end[e].with.esp[0].suite = cipher_suite(CIPHER_AES256_GCM16);
    bench_begin(&b);
    alone_init(&alone);
    (void)run_ours(&b); /* contexts and pools are made */
    unsigned long calls = 0;
    for (int k = 0; k < rounds; k++) {
        double each[PARTS];
        unsigned long before = malloc_count();
        ours_s[k] = run_ours(&b);
        calls += malloc_count() - before;
        alone_s[k] = run_alone(&alone, each);
        ratio[k] = ours_s[k] / alone_s[k];
        for (int j = 0; j < PARTS; j++)
            part_s[j][k] = each[j];
    }
    compare_counts(&b, SETUPS * (rounds + 1));
    for (int j = 0; j < PARTS; j++)
        (void)printf("%9.2f us  %s\n", median(part_s[j], rounds) / SETUPS * 1e6, parts[j].name);
    (void)printf("%9.2f us  OpenSSL alone\n%9.2f us  IKE SA with %d pairs, both sides: ratio %.3f; "
                 "%.1f mallocs\n",
                 median(alone_s, rounds) / SETUPS * 1e6, median(ours_s, rounds) / SETUPS * 1e6,
                 POLICIES, median(ratio, rounds), (double)calls / rounds / SETUPS);
    alone_free(&alone);
    bench_end(&b);
    return 0;
}
