#include <assert.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "models/crypto/sign_parts.h"
#include "models/crypto/sign_random.h"

enum { COORDINATE_MAX = 66 };

static bool takes(const struct sign_how *how, enum sign_hash hash)
{
    return how->hashes & 1u << hash;
}

/* As strong as the key where the verifier takes that, else the next stronger one, else weaker. */
static enum sign_hash choose_hash(const struct sign_kind *kind, const struct sign_how *how)
{
    if (kind->hash == SIGN_IDENTITY)
        return takes(how, SIGN_IDENTITY) ? SIGN_IDENTITY : SIGN_HASH_NONE;
    for (int k = (int)kind->hash; k <= SIGN_SHA512; k++) {
        if (takes(how, (enum sign_hash)k))
            return (enum sign_hash)k;
    }
    for (int k = (int)kind->hash - 1; k >= SIGN_SHA1; k--) {
        if (takes(how, (enum sign_hash)k))
            return (enum sign_hash)k;
    }
    return SIGN_HASH_NONE;
}

enum sign_hash sign_hash_of_method(const struct sign_kind *kind)
{
    return kind->family == SIGN_RSA ? SIGN_SHA1 : kind->hash;
}

static bool choose(const struct sign_kind *kind, const struct sign_how *how, struct algorithm *a)
{
    *a = (struct algorithm){.family = kind->family, .padding = SIGN_PKCS1};
    if (!how->signature) {
        a->hash = sign_hash_of_method(kind);
        return kind->method != SIGN_METHOD_NONE;
    }
    a->hash = choose_hash(kind, how);
    if (a->hash && kind->family == SIGN_RSA && how->padding == SIGN_PSS) {
        a->padding = SIGN_PSS;
        a->salt = algorithm_digest_bytes(a->hash); /* RFC 4055 3.1 */
    }
    return a->hash != SIGN_HASH_NONE;
}

bool sign_set_padding(EVP_PKEY_CTX *c, const struct algorithm *a)
{
    if (a->family != SIGN_RSA)
        return true;
    if (a->padding == SIGN_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) > 0;
    return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(c, (int)a->salt) > 0;
}

/* Bytes of the signature as OpenSSL makes it, of ECDSA as DER; 0: it could not. */
static size_t make(const struct sign_key *k, const struct algorithm *a, const void *octets,
                   size_t n, uint8_t *out, size_t cap)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    EVP_PKEY_CTX *p = NULL;
    size_t bytes = cap;
    bool good = c &&
                EVP_DigestSignInit_ex(c, &p, algorithm_digest(a->hash), k->library, NULL, k->pkey,
                                      NULL) > 0 &&
                sign_set_padding(p, a) && EVP_DigestSign(c, out, &bytes, octets, n) > 0;
    EVP_MD_CTX_free(c);
    ERR_clear_error();
    return good ? bytes : 0;
}

/* r|s, each as long as the curve's order (RFC 4754 7). */
static size_t raw_of_der(const uint8_t *der, size_t n, unsigned each, uint8_t *out)
{
    const uint8_t *at = der;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)n);
    bool good = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)each) > 0 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + each, (int)each) > 0;
    ECDSA_SIG_free(sig);
    return good ? 2 * (size_t)each : 0;
}

bool sign_auth(const struct sign_key *k, const struct sign_how *how, const void *octets, size_t n,
               struct rng *r, struct sign_auth *out)
{
    struct algorithm a;
    if (!choose(&k->kind, how, &a))
        return false;
    size_t front = 0;
    if (how->signature) { /* RFC 7427 3: length and AlgorithmIdentifier */
        out->data[0] = (uint8_t)algorithm_write(&a, out->data + 1);
        front = 1 + (size_t)out->data[0];
    }
    sign_random_feed(k->library, r);
    size_t bytes = make(k, &a, octets, n, out->data + front, sizeof out->data - front);
    assert(bytes);
    if (!how->signature && a.family == SIGN_ECDSA) {
        uint8_t der[2 * COORDINATE_MAX + 16];
        assert(bytes <= sizeof der);
        memcpy(der, out->data, bytes);
        bytes = raw_of_der(der, bytes, k->kind.coordinate_bytes, out->data);
        assert(bytes);
    }
    out->method = how->signature ? SIGN_METHOD_SIGNATURE : (uint8_t)k->kind.method;
    out->bytes = front + bytes;
    return true;
}
