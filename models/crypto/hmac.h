/*
 * hmac.h - HMAC (RFC 2104) that asks for no memory: a key is the two digests that have taken in its
 * blocks, and a packet begins with copies of them.
 *
 * OpenSSL 3.0 allocates whenever a digest or an HMAC behind EVP begins anew or is copied, so the
 * digests are the plain structs of <openssl/sha.h>, deprecated as they are; they run the same code
 * of the processor's. Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_HMAC_H
#define MODELS_CRYPTO_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/sha.h>

enum { HMAC_BYTES = SHA512_DIGEST_LENGTH }; /* the longest */

enum hmac_digest { HMAC_SHA1, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512 };

union hmac_state {
    SHA_CTX sha1;
    SHA256_CTX sha256;
    SHA512_CTX sha512; /* and SHA-384, which is one cut short that begins elsewhere */
};

struct hmac_key {
    enum hmac_digest digest;
    union hmac_state inner; /* behind key XOR ipad */
    union hmac_state outer; /* behind key XOR opad */
};

size_t hmac_bytes(enum hmac_digest digest);

/* A key longer than the digest's block is hashed first (RFC 2104 3). */
void hmac_set_key(struct hmac_key *k, enum hmac_digest digest, const uint8_t *key, size_t bytes);

/* Over `text` and then `tail`; out has the whole digest. */
void hmac_of(const struct hmac_key *k, const uint8_t *text, size_t bytes, const uint8_t *tail,
             size_t tail_bytes, uint8_t out[HMAC_BYTES]);

/* The same in pieces. */
void hmac_begin(const struct hmac_key *k, union hmac_state *s);
void hmac_add(const struct hmac_key *k, union hmac_state *s, const void *bytes, size_t n);
void hmac_end(const struct hmac_key *k, union hmac_state *s, uint8_t out[HMAC_BYTES]);

#endif
