/*
 * sign_parts.h - what the files behind sign.h share. Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_SIGN_PARTS_H
#define MODELS_CRYPTO_SIGN_PARTS_H

#include <openssl/types.h>
#include <openssl/x509.h>

#include "models/crypto/algorithm.h"
#include "models/crypto/sign.h"

/* AUTH methods, RFC 7296 3.8, RFC 4754 7, RFC 7427 3. */
enum sign_method {
    SIGN_METHOD_NONE,
    SIGN_METHOD_RSA = 1,
    SIGN_METHOD_ECDSA256 = 9,
    SIGN_METHOD_ECDSA384 = 10,
    SIGN_METHOD_ECDSA521 = 11,
    SIGN_METHOD_SIGNATURE = 14
};

/* What a public or private key is: none of its names, and it is of no use here. */
struct sign_kind {
    enum sign_family family;
    enum sign_hash hash;       /* as strong as the key */
    enum sign_method method;   /* where 14 was not agreed; none for Ed25519 */
    unsigned coordinate_bytes; /* of ECDSA's r and s */
    char name[12];
};

struct sign_key {
    OSSL_LIB_CTX *library; /* where its random numbers are made */
    EVP_PKEY *pkey;
    struct sign_kind kind;
};

enum { SIGN_CERTS = 256 /* in one file at most */ };

struct sign_certs {
    STACK_OF(X509) * x509;
    unsigned n;
    struct {
        uint8_t *at; /* OpenSSL's memory */
        size_t bytes;
    } der[SIGN_CERTS];
};

/* RSA of 2048 to 4096 bits (RFC 8247 4.1.1), ECDSA on the three curves of RFC 4754, Ed25519. */
bool sign_kind_of(const EVP_PKEY *key, struct sign_kind *out);

/* Of the context of a signature, to be made or checked; false: OpenSSL will not. */
bool sign_set_padding(EVP_PKEY_CTX *c, const struct algorithm *a);

/* Of a key where method 14 was not agreed: RSA with SHA-1 (RFC 7296 3.8), ECDSA with the one hash
 * of its curve (RFC 4754 7). */
enum sign_hash sign_hash_of_method(const struct sign_kind *kind);

/* One certificate that is all of `n` bytes; NULL. */
X509 *sign_certificate(const uint8_t *der, size_t n);

/* The claimed identity stands in the certificate. */
bool sign_identity_is_in(const X509 *cert, const struct sign_claim *claim);

#endif
