#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "models/crypto/sign_parts.h"

enum { CLAIM_CERTS = sizeof((struct sign_claim *)0)->cert / sizeof(uint8_t *) };

const char *sign_verdict_name(enum sign_verdict v)
{
    static const char *const names[] = {
#define X(id, name) [SIGN_##id] = (name),
        SIGN_VERDICTS(X)
#undef X
    };
    assert(v < sizeof names / sizeof names[0]);
    return names[v];
}

/* ---- the certificate ------------------------------------------------------------------------- */

/* Its key is of a known kind. RFC 4945 5.1.3.2: where key usage is named, signing must
 * be. 5.1.3.12: and IKE, or anything, where purposes are. */
static bool may_sign(X509 *cert)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    struct sign_kind kind;
    uint32_t flags = X509_get_extension_flags(cert);
    if (!key || !sign_kind_of(key, &kind) || flags & EXFLAG_INVALID)
        return false;
    if (flags & EXFLAG_KUSAGE &&
        !(X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        return false;
    if (!(flags & EXFLAG_XKUSAGE))
        return true;
    EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    bool good = false;
    for (int k = 0; k < sk_ASN1_OBJECT_num(purposes); k++) {
        int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes, k));
        good |= nid == NID_ipsec_IKE || nid == NID_anyExtendedKeyUsage;
    }
    EXTENDED_KEY_USAGE_free(purposes);
    return good;
}

static bool read_claimed(const struct sign_claim *claim, STACK_OF(X509) * certs)
{
    for (unsigned k = 0; k < claim->certs; k++) {
        X509 *x = sign_certificate(claim->cert[k], claim->cert_bytes[k]);
        if (!x)
            return false;
        if (!sk_X509_push(certs, x))
            abort();
    }
    return true;
}

static enum sign_verdict verdict_of(int error)
{
    switch (error) {
    case X509_V_OK:
        return SIGN_GOOD;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return SIGN_EXPIRED;
    default:
        return SIGN_UNTRUSTED;
    }
}

/* One that is trusted ends the chain, whoever has signed it (RFC 5280 6.1). */
static enum sign_verdict judge_chain(const struct sign_certs *trusted, STACK_OF(X509) * certs,
                                     int64_t unix_s)
{
    X509_STORE_CTX *c = X509_STORE_CTX_new();
    if (!c || !X509_STORE_CTX_init(c, NULL, sk_X509_value(certs, 0), certs))
        abort();
    X509_STORE_CTX_set0_trusted_stack(c, trusted->x509);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(c);
    X509_VERIFY_PARAM_set_time(param, (time_t)unix_s);
    int good = X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    assert(good);
    int error = X509_verify_cert(c) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(c);
    X509_STORE_CTX_free(c);
    return verdict_of(error);
}

/* ---- the signature --------------------------------------------------------------------------- */

/* What is left to be checked. */
struct check {
    struct algorithm algorithm;
    const uint8_t *signature;
    size_t bytes;
    bool raw; /* r|s, of ECDSA */
};

/* RFC 7427 3: a length, the AlgorithmIdentifier, the signature. */
static bool read_signature(const struct sign_claim *claim, const struct sign_how *how,
                           struct check *c)
{
    size_t length = claim->auth_bytes ? claim->auth[0] : 0;
    if (claim->auth_bytes < 1 + length || !algorithm_read(claim->auth + 1, length, &c->algorithm))
        return false;
    c->signature = claim->auth + 1 + length;
    c->bytes = claim->auth_bytes - 1 - length;
    return how->hashes & 1u << c->algorithm.hash;
}

/* Method 14 and no other where both have said so, and never else (RFC 7427 4). */
static bool read_auth(const struct sign_claim *claim, const struct sign_how *how,
                      const struct sign_kind *kind, struct check *c)
{
    *c = (struct check){.signature = claim->auth, .bytes = claim->auth_bytes};
    if (how->signature) {
        return claim->method == SIGN_METHOD_SIGNATURE && read_signature(claim, how, c) &&
               c->algorithm.family == kind->family;
    }
    c->algorithm.family = kind->family;
    c->algorithm.hash = sign_hash_of_method(kind);
    c->raw = kind->family == SIGN_ECDSA;
    return kind->method && claim->method == kind->method;
}

/* Bytes of `der`; 0: they are no r|s of that curve. */
static size_t der_of_raw(const uint8_t *raw, size_t n, unsigned each, uint8_t **der)
{
    *der = NULL;
    if (n != 2 * (size_t)each)
        return 0;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)each, NULL);
    BIGNUM *s = BN_bin2bn(raw + each, (int)each, NULL);
    if (!sig || !r || !s || !ECDSA_SIG_set0(sig, r, s))
        abort();
    int bytes = i2d_ECDSA_SIG(sig, der);
    ECDSA_SIG_free(sig);
    return bytes > 0 ? (size_t)bytes : 0;
}

static bool is_signed_by(EVP_PKEY *key, const struct check *c, const void *octets, size_t n)
{
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_PKEY_CTX *p = NULL;
    bool good = m &&
                EVP_DigestVerifyInit_ex(m, &p, algorithm_digest(c->algorithm.hash), NULL, NULL, key,
                                        NULL) > 0 &&
                sign_set_padding(p, &c->algorithm) &&
                EVP_DigestVerify(m, c->signature, c->bytes, octets, n) == 1;
    EVP_MD_CTX_free(m);
    ERR_clear_error();
    return good;
}

static bool is_signed(EVP_PKEY *key, const struct sign_kind *kind, struct check c,
                      const void *octets, size_t n)
{
    uint8_t *der = NULL;
    if (c.raw) {
        c.bytes = der_of_raw(c.signature, c.bytes, kind->coordinate_bytes, &der);
        c.signature = der;
    }
    bool good = c.bytes && is_signed_by(key, &c, octets, n);
    OPENSSL_free(der);
    return good;
}

static enum sign_verdict judge_auth(X509 *cert, const struct sign_claim *claim,
                                    const struct sign_how *how, const void *octets, size_t n)
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    struct sign_kind kind;
    struct check c;
    bool known = sign_kind_of(key, &kind);
    assert(known);
    if (!read_auth(claim, how, &kind, &c))
        return SIGN_BAD_METHOD;
    return is_signed(key, &kind, c, octets, n) ? SIGN_GOOD : SIGN_BAD_SIGNATURE;
}

/* ---- all of it ------------------------------------------------------------------------------- */

enum sign_verdict sign_verify(const struct sign_certs *trusted, const struct sign_claim *claim,
                              const struct sign_how *how, const void *octets, size_t n,
                              int64_t unix_s)
{
    assert(claim->certs <= CLAIM_CERTS);
    if (claim->certs == 0)
        return SIGN_NO_CERTIFICATE;
    STACK_OF(X509) *certs = sk_X509_new_null();
    if (!certs)
        abort();
    enum sign_verdict v = SIGN_BAD_CERTIFICATE;
    X509 *own = read_claimed(claim, certs) ? sk_X509_value(certs, 0) : NULL;
    if (own && may_sign(own))
        v = judge_chain(trusted, certs, unix_s);
    if (v == SIGN_GOOD && !sign_identity_is_in(own, claim))
        v = SIGN_WRONG_IDENTITY;
    if (v == SIGN_GOOD)
        v = judge_auth(own, claim, how, octets, n);
    sk_X509_pop_free(certs, X509_free);
    ERR_clear_error();
    return v;
}
