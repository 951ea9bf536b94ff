/*
 * hmac.h - HMAC (RFC 2104) with a kept digest context, so that a packet asks for no memory.
 *
 * OpenSSL 3.0 allocates when an HMAC context begins anew, but not when a digest does. So one digest
 * context serves all keys of an algorithm, and a key is its two blocks. Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_HMAC_H
#define MODELS_CRYPTO_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

enum { HMAC_BLOCK = 128, HMAC_BYTES = 64 }; /* of SHA-512: the most */

struct hmac_digest {
    EVP_MD *algorithm; /* NULL: not yet asked for */
    EVP_MD_CTX *context;
    size_t block; /* bytes */
};

struct hmac_key {
    struct hmac_digest *digest; /* borrowed */
    uint8_t inner[HMAC_BLOCK];  /* key XOR ipad */
    uint8_t outer[HMAC_BLOCK];  /* key XOR opad */
};

/* `name` as OpenSSL has it. Give it back with hmac_release(). */
void hmac_init(struct hmac_digest *d, const char *name);
void hmac_release(struct hmac_digest *d);

/* `bytes` are no more than the digest's block. */
void hmac_set_key(struct hmac_key *k, struct hmac_digest *d, const uint8_t *key, size_t bytes);

/* Over `text` and then `tail`; out has the whole digest. */
void hmac_of(const struct hmac_key *k, const uint8_t *text, size_t bytes, const uint8_t *tail,
             size_t tail_bytes, uint8_t out[HMAC_BYTES]);

#endif
