/*
 * sign_bench.h - keys and certificates of tests/certs, and what a peer shows that has them.
 */
#ifndef TESTS_SIGN_BENCH_H
#define TESTS_SIGN_BENCH_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/crypto/sign.h"
#include "models/wire/ike.h"

enum { HASH_ALL = 0x3c /* SHA-2 and identity */, HASH_SHA1 = 1 << IKE_HASH_SHA1 };

static const int64_t sign_now = 1767225600; /* 2026-01-01T00:00:00Z */

static const struct sign_how how_agreed = {.signature = true, .hashes = HASH_ALL};
static const struct sign_how how_pss = {.signature = true, .hashes = HASH_ALL, .padding = SIGN_PSS};
static const struct sign_how how_old = {.signature = false};

static const char octets[] = "RealMessage1 | NonceRData | MACedIDForI";

/* A file of tests/certs; its end is a NUL that is not counted. */
static inline char *sign_file(const char *name, const char *ending, size_t *n)
{
    char path[512];
    enum { MOST = 1 << 16 };
    (void)snprintf(path, sizeof path, "%s/certs/%s.%s", TESTS, name, ending);
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, MOST);
    assert(f && text);
    *n = fread(text, 1, MOST - 1, f);
    (void)fclose(f);
    return text;
}

static inline struct sign_key *key_of(const char *name)
{
    size_t n;
    struct why w = {""};
    struct sign_key *k = NULL;
    char *pem = sign_file(name, "key", &n);
    if (sign_key_read(pem, n, name, &k, &w))
        (void)fprintf(stderr, "%s\n", w.text);
    assert(k);
    free(pem);
    return k;
}

static inline struct sign_certs *certs_of(const char *name)
{
    size_t n;
    struct why w = {""};
    struct sign_certs *c = NULL;
    char *pem = sign_file(name, "pem", &n);
    if (sign_certs_read(pem, n, name, &c, &w))
        (void)fprintf(stderr, "%s\n", w.text);
    assert(c);
    free(pem);
    return c;
}

static inline struct rng stream_of(const char *name)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    return rng_stream(&seed, name);
}

/* Somebody with a key and certificates. */
struct signer {
    struct sign_key *key;
    struct sign_certs *certs;
    struct rng rng;
    struct sign_auth auth;
};

static inline struct signer signer_of(const char *name)
{
    return (struct signer){
        .key = key_of(name), .certs = certs_of(name), .rng = stream_of("mn.sign")};
}

static inline void signer_free(struct signer *s)
{
    sign_key_free(s->key);
    sign_certs_free(s->certs);
}

/* What it shows, all of its certificates; to be changed by a test. The AUTH data is `s->auth`. */
static inline struct sign_claim claim_of(const struct signer *s, uint8_t id_type, const void *id,
                                         size_t bytes)
{
    struct sign_claim c = {.id_type = id_type,
                           .id = id,
                           .id_bytes = bytes,
                           .certs = sign_certs_count(s->certs),
                           .method = s->auth.method,
                           .auth = s->auth.data,
                           .auth_bytes = s->auth.bytes};
    assert(c.certs <= 8);
    for (unsigned k = 0; k < c.certs; k++)
        c.cert[k] = sign_certs_der(s->certs, k, &c.cert_bytes[k]);
    return c;
}

static inline struct sign_claim mobile_claim(const struct signer *s)
{
    static const char mn1[] = "mn1@home.example";
    return claim_of(s, IKE_ID_RFC822, mn1, sizeof mn1 - 1);
}

#endif
