#define OPENSSL_SUPPRESS_DEPRECATED /* hmac.h says why */
#include "models/crypto/hmac.h"

#include <assert.h>
#include <string.h>

enum { IPAD = 0x36, OPAD = 0x5c, BLOCK = SHA512_CBLOCK };

static size_t block_of(enum hmac_digest digest)
{
    return digest >= HMAC_SHA384 ? SHA512_CBLOCK : SHA256_CBLOCK; /* SHA-1's is as SHA-256's */
}

size_t hmac_bytes(enum hmac_digest digest)
{
    static const size_t bytes[] = {SHA_DIGEST_LENGTH, SHA256_DIGEST_LENGTH, SHA384_DIGEST_LENGTH,
                                   SHA512_DIGEST_LENGTH};
    return bytes[digest];
}

static void begin(enum hmac_digest digest, union hmac_state *s)
{
    int good = digest == HMAC_SHA1     ? SHA1_Init(&s->sha1)
               : digest == HMAC_SHA256 ? SHA256_Init(&s->sha256)
               : digest == HMAC_SHA384 ? SHA384_Init(&s->sha512)
                                       : SHA512_Init(&s->sha512);
    assert(good);
}

static void add(enum hmac_digest digest, union hmac_state *s, const void *bytes, size_t n)
{
    int good = digest == HMAC_SHA1     ? SHA1_Update(&s->sha1, bytes, n)
               : digest == HMAC_SHA256 ? SHA256_Update(&s->sha256, bytes, n)
               : digest == HMAC_SHA384 ? SHA384_Update(&s->sha512, bytes, n)
                                       : SHA512_Update(&s->sha512, bytes, n);
    assert(good);
}

static void finish(enum hmac_digest digest, union hmac_state *s, uint8_t *out)
{
    int good = digest == HMAC_SHA1     ? SHA1_Final(out, &s->sha1)
               : digest == HMAC_SHA256 ? SHA256_Final(out, &s->sha256)
               : digest == HMAC_SHA384 ? SHA384_Final(out, &s->sha512)
                                       : SHA512_Final(out, &s->sha512);
    assert(good);
}

static void take_in(enum hmac_digest digest, union hmac_state *s, const uint8_t *key, size_t bytes,
                    uint8_t pad)
{
    uint8_t block[BLOCK];
    memset(block, pad, sizeof block);
    for (size_t k = 0; k < bytes; k++)
        block[k] ^= key[k];
    begin(digest, s);
    add(digest, s, block, block_of(digest));
}

void hmac_set_key(struct hmac_key *k, enum hmac_digest digest, const uint8_t *key, size_t bytes)
{
    uint8_t hashed[HMAC_BYTES];
    if (bytes > block_of(digest)) {
        begin(digest, &k->inner);
        add(digest, &k->inner, key, bytes);
        finish(digest, &k->inner, hashed);
        key = hashed;
        bytes = hmac_bytes(digest);
    }
    k->digest = digest;
    take_in(digest, &k->inner, key, bytes, IPAD);
    take_in(digest, &k->outer, key, bytes, OPAD);
}

void hmac_begin(const struct hmac_key *k, union hmac_state *s)
{
    *s = k->inner;
}

void hmac_add(const struct hmac_key *k, union hmac_state *s, const void *bytes, size_t n)
{
    if (n)
        add(k->digest, s, bytes, n);
}

void hmac_end(const struct hmac_key *k, union hmac_state *s, uint8_t out[HMAC_BYTES])
{
    finish(k->digest, s, out);
    *s = k->outer;
    add(k->digest, s, out, hmac_bytes(k->digest));
    finish(k->digest, s, out);
}

void hmac_of(const struct hmac_key *k, const uint8_t *text, size_t bytes, const uint8_t *tail,
             size_t tail_bytes, uint8_t out[HMAC_BYTES])
{
    union hmac_state s;
    hmac_begin(k, &s);
    hmac_add(k, &s, text, bytes);
    hmac_add(k, &s, tail, tail_bytes);
    hmac_end(k, &s, out);
}
