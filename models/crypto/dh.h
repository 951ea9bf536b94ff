/*
 * dh.h - Diffie-Hellman groups of IKEv2: MODP 14, 15, 16 (RFC 3526), elliptic curves 19, 20
 * (RFC 5903), Curve25519 31 (RFC 8031).
 *
 * The private value is drawn from a stream, so that a run is repeatable; the public one is computed
 * from it before OpenSSL sees either.  Nothing lives outside of the struct.
 */
#ifndef MODELS_CRYPTO_DH_H
#define MODELS_CRYPTO_DH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/rng.h"

enum dh_group {
    DH_NONE = 0,
    DH_MODP2048 = 14,
    DH_MODP3072 = 15,
    DH_MODP4096 = 16,
    DH_ECP256 = 19,
    DH_ECP384 = 20,
    DH_CURVE25519 = 31,
};

enum {
    DH_PUBLIC = 512, /* bytes of the longest public value; of a shared secret, too */
    DH_PRIVATE = 64, /* of the longest private value: twice the group's strength or more */
};

struct dh {
    uint16_t group; /* DH_NONE: none was begun */
    uint8_t secret[DH_PRIVATE];
    uint8_t value[DH_PUBLIC]; /* public: data of the KE payload, dh_public_bytes() */
};

/* Data of a KE payload of that group (RFC 7296 3.4, RFC 5903 7); 0: no such group here. */
size_t dh_public_bytes(uint16_t group);
size_t dh_shared_bytes(uint16_t group);
const char *dh_name(uint16_t group); /* "x25519"; NULL: none such */

void dh_draw(struct dh *d, uint16_t group, struct rng *r);
/* With that private value, dh_private_bytes() long: for vectors. */
void dh_set(struct dh *d, uint16_t group, const uint8_t *secret);
size_t dh_private_bytes(uint16_t group);

/* g^ir with leading zeros (RFC 7296 2.14), `out` of dh_shared_bytes(). False: the peer's value is
 * none of the group (wrong length, not on the curve, 0, 1, p-1, all-zero result): RFC 6989 2. */
bool dh_agree(const struct dh *d, const uint8_t *peer, size_t bytes, uint8_t *out);

#endif
