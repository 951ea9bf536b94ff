/*
 * sk.h - the Encrypted payload (RFC 7296 3.14, RFC 5282) and Encrypted Fragments (RFC 7383): a
 * message's payloads sealed and opened.
 *
 * IVs of combined ciphers and of counter mode count from 1 on, one counter for each direction of an
 * IKE SA; those of CBC are drawn from the stream that is handed in.  Padding: none but what the
 * block wants.
 */
#ifndef MODELS_IKE_SK_H
#define MODELS_IKE_SK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/cipher.h"
#include "models/sa.h"
#include "models/wire/ike.h"
#include "sim/base/rng.h"

/* One direction of an IKE SA. */
struct ike_sk {
    const struct cipher_suite *suite;
    struct cipher *cipher;
    uint64_t ivs; /* that were used */
};

struct ike_sk ike_sk_of(struct ciphers *c, const struct cipher_suite *suite,
                        const struct sa_keys *keys);

enum { IKE_MESSAGE_MAX = 16384, IKE_FRAGMENTS = 32 };

/* IPv6 packets of fragments have room for so much at least: 31 bytes of payloads with AES-CBC and
 * SHA-512, and in all of them a public value of modp4096 and what stands beside it. Certificates
 * may ask for more. */
enum { IKE_FRAGMENT_LEAST = 168 };

/* Payloads that are to be sealed. */
struct ike_inside {
    uint8_t first; /* type of the first of them; IKE_P_NONE: there is none */
    const uint8_t *bytes;
    size_t n;
};

/* Writes a whole message: `h` and the Encrypted payload with `inside`. Answers its bytes; 0: it
 * does not fit into `cap`. */
size_t ike_seal(struct ike_sk *k, struct rng *iv, const struct ike_header *h,
                const struct ike_inside *inside, uint8_t *out, size_t cap);

/* The same in fragments of at most `limit` bytes each (IKE header included), one behind the other
 * in `out`; `bytes` gets the length of each. Answers how many; 0: they do not fit, or are more than
 * IKE_FRAGMENTS. */
unsigned ike_seal_fragments(struct ike_sk *k, struct rng *iv, const struct ike_header *h,
                            const struct ike_inside *inside, size_t limit, uint8_t *out, size_t cap,
                            size_t bytes[IKE_FRAGMENTS]);

/* Opens `sk`, the SK or SKF payload of `message`, which is `n` bytes long. In place: `inside` is a
 * view. False: the check value is wrong, it is too short, or its padding is none. */
bool ike_open(const struct ike_sk *k, uint8_t *message, size_t n, const struct ike_payload *sk,
              const uint8_t **inside, size_t *inside_bytes);

#endif
