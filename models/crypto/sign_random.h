/*
 * sign_random.h - a library context of OpenSSL whose random numbers come from a stream of ours:
 * ECDSA's nonces, PSS's salts and what RSA blinds itself with. Private to models/crypto.
 *
 * OpenSSL 3.0 knows no deterministic nonces (RFC 6979). So both of the context's generators are
 * TEST-RAND, which hands out the bytes that it was fed and fails when they are used up.
 */
#ifndef MODELS_CRYPTO_SIGN_RANDOM_H
#define MODELS_CRYPTO_SIGN_RANDOM_H

#include <openssl/types.h>

#include "sim/base/rng.h"

/* Fed once, with bytes that only blind: enough to read a key. The caller frees it. */
OSSL_LIB_CTX *sign_random_new(void);

/* Anew, before each signature: four draws from `r`, whatever the key. */
void sign_random_feed(OSSL_LIB_CTX *library, struct rng *r);

#endif
