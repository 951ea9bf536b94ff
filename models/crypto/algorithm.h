/*
 * algorithm.h - how a signature is made, and its AlgorithmIdentifier as AUTH method 14 carries it
 * (RFC 7427 3 and appendix A, RFC 4055, RFC 5758, RFC 8420). Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_ALGORITHM_H
#define MODELS_CRYPTO_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/sign.h"

/* Those that sign_how.hashes has bits of: RFC 7427 7; identity, of what needs none: RFC 8420. */
enum sign_hash { SIGN_HASH_NONE, SIGN_SHA1, SIGN_SHA256, SIGN_SHA384, SIGN_SHA512, SIGN_IDENTITY };

enum sign_family { SIGN_RSA, SIGN_ECDSA, SIGN_EDDSA };

struct algorithm {
    enum sign_family family;
    enum sign_hash hash;
    enum sign_padding padding; /* of RSA */
    unsigned salt;             /* bytes; of PSS */
};

enum { ALGORITHM_BYTES = 72 /* at most, as DER */ };

/* All of `n` bytes, in the one way that DER has: lengths in their short form, nothing behind.
 * Where RSA's hash has parameters, NULL and none are the same (RFC 4055 2.1, 5); elsewhere none
 * may be. PSS has its mask made with the hash of the signature, and no other trailer. */
bool algorithm_read(const uint8_t *der, size_t n, struct algorithm *out);

size_t algorithm_write(const struct algorithm *a, uint8_t out[ALGORITHM_BYTES]); /* bytes */

const char *algorithm_digest(enum sign_hash hash); /* OpenSSL's name; NULL: identity */
unsigned algorithm_digest_bytes(enum sign_hash hash);

#endif
