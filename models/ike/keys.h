/*
 * keys.h - keys of an IKE SA and of its Child SAs (RFC 7296 2.14 to 2.18, RFC 5282 7.1).
 *
 * Pure functions over plain values; they draw nothing and keep nothing.
 */
#ifndef MODELS_IKE_KEYS_H
#define MODELS_IKE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/cipher.h"
#include "models/crypto/dh.h"
#include "models/crypto/prf.h"
#include "models/sa.h"

enum { IKE_NONCE_MAX = 256, IKE_NONCE_MIN = 16 };

/* What an IKE SA uses. */
struct ike_suite {
    const struct cipher_suite *cipher; /* of SK; combined ones have no integrity */
    uint16_t prf;                      /* enum prf_name */
    uint16_t group;                    /* enum dh_group */
};

struct ike_nonces {
    const uint8_t *ni;
    size_t ni_bytes;
    const uint8_t *nr;
    size_t nr_bytes;
};

/* i: of the original initiator. Lengths: the PRF's preferred key; sa_keys as the cipher has them,
 * a salt behind the encryption key. */
struct ike_keys {
    uint8_t d[PRF_BYTES];
    struct sa_keys i; /* SK_ei, SK_ai */
    struct sa_keys r;
    uint8_t pi[PRF_BYTES];
    uint8_t pr[PRF_BYTES];
};

/* SKEYSEED = prf(Ni | Nr, g^ir); `out` gets prf_bytes(). */
void ike_skeyseed(uint16_t prf, const struct ike_nonces *n, const uint8_t *shared, size_t bytes,
                  uint8_t *out);
/* Of a rekeyed IKE SA: prf(SK_d (old), g^ir (new) | Ni | Nr), with the old PRF (2.18). */
void ike_skeyseed_rekeyed(uint16_t old_prf, const uint8_t *old_d, const struct ike_nonces *n,
                          const uint8_t *shared, size_t bytes, uint8_t *out);

/* The seven keys, from a SKEYSEED of `seed_bytes`. */
void ike_derive(const struct ike_suite *suite, const uint8_t *seed, size_t seed_bytes,
                const struct ike_nonces *n, uint64_t spi_i, uint64_t spi_r, struct ike_keys *out);

/* KEYMAT of a Child SA: `shared` NULL without an exchange of its own (2.17). `i` is for what the
 * initiator of that exchange sends. */
void ike_keymat(uint16_t prf, const uint8_t *d, const uint8_t *shared, size_t shared_bytes,
                const struct ike_nonces *n, const struct cipher_suite *suite, struct sa_keys *i,
                struct sa_keys *r);

/* What AUTH signs (2.15): `message` is the first one of that side as it was last sent, `nonce` the
 * other side's, `p` SK_pi or SK_pr, `id` the ID payload's body. The octets are written to `out`,
 * at least as long as message, nonce and prf_bytes() together; answers how many. */
size_t ike_signed_octets(uint16_t prf, const struct prf_piece *message,
                         const struct prf_piece *nonce, const uint8_t *p,
                         const struct prf_piece *id, uint8_t *out);

/* AUTH with a shared key over those octets: prf_bytes() long. */
void ike_shared_key_auth(uint16_t prf, const void *key, size_t key_bytes, const uint8_t *octets,
                         size_t n, uint8_t *out);

/* Data of NAT_DETECTION_*_IP: SHA-1 over SPIs, address and port (2.23). An address that is IPv4
 * in its mapped form counts with its four bytes. */
void ike_nat_hash(uint64_t spi_i, uint64_t spi_r, const struct addr *a, uint16_t port,
                  uint8_t out[20]);

#endif
