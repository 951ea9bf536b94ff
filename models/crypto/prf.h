/*
 * prf.h - pseudo-random functions of IKEv2: HMAC as prf, and prf+ (RFC 7296 2.13), with RFC 4868.
 */
#ifndef MODELS_CRYPTO_PRF_H
#define MODELS_CRYPTO_PRF_H

#include <stddef.h>
#include <stdint.h>

/* IKEv2 transforms of type 2. */
enum prf_name {
    PRF_HMAC_SHA1 = 2,
    PRF_HMAC_SHA256 = 5,
    PRF_HMAC_SHA384 = 6,
    PRF_HMAC_SHA512 = 7,
};

enum { PRF_BYTES = 64 /* the longest output, and preferred key */ };

/* Of its output and its preferred key; 0: no such function here. */
size_t prf_bytes(uint16_t prf);

/* One piece of what is hashed. */
struct prf_piece {
    const void *bytes;
    size_t n;
};

/* prf(key, piece | piece | ...): `out` gets prf_bytes(). A key may have any length. */
void prf_of(uint16_t prf, const void *key, size_t key_bytes, const struct prf_piece *piece,
            size_t pieces, uint8_t *out);

/* prf+(key, pieces): `out` gets `n` bytes, at most 255 times prf_bytes(). */
void prf_plus(uint16_t prf, const void *key, size_t key_bytes, const struct prf_piece *piece,
              size_t pieces, uint8_t *out, size_t n);

#endif
