/*
 * sign.h - signatures and X.509 certificates of IKEv2: RSA (PKCS#1 v1.5 and PSS), ECDSA, Ed25519,
 * as AUTH methods 1, 9 to 11 and 14 have them (RFC 7296 3.8, RFC 4754, RFC 7427, RFC 8420).
 *
 * Keys and certificates are input files of a scenario, read once.  A nonce or salt that a signature
 * needs comes from a stream that is handed in, never from the operating system, so that a run is
 * repeatable.  Certificates are judged at a time that is handed in.  No revocation.
 */
#ifndef MODELS_CRYPTO_SIGN_H
#define MODELS_CRYPTO_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/rng.h"
#include "sim/base/status.h"

enum { SIGN_BYTES = 1024 /* AUTH data at most: RSA-4096, and an AlgorithmIdentifier in front */ };

enum sign_padding { SIGN_PKCS1, SIGN_PSS }; /* of RSA with method 14 */

struct sign_key;   /* opaque: a private key */
struct sign_certs; /* opaque: certificates, in order: a chain, or those that are trusted */

/* From PEM text; `name` stands in the sentence. They live until they are freed. */
MUST_CHECK enum status sign_key_read(const char *pem, size_t n, const char *name,
                                     struct sign_key **out, struct why *w);
void sign_key_free(struct sign_key *k);
MUST_CHECK enum status sign_certs_read(const char *pem, size_t n, const char *name,
                                       struct sign_certs **out, struct why *w);
void sign_certs_free(struct sign_certs *c);

unsigned sign_certs_count(const struct sign_certs *c);
/* DER of the k-th; lives as long as `c`. */
const uint8_t *sign_certs_der(const struct sign_certs *c, unsigned k, size_t *n);
/* SHA-1 over the SubjectPublicKeyInfo of the k-th, 20 bytes: what CERTREQ lists (RFC 7296 3.7). */
void sign_certs_key_hash(const struct sign_certs *c, unsigned k, uint8_t out[20]);

const char *
sign_key_kind(const struct sign_key *k); /* "rsa2048", "ecdsa256", "ed25519": counters */
bool sign_key_fits(const struct sign_key *k, const struct sign_certs *c); /* of its first */

/* ---- AUTH ------------------------------------------------------------------------------------ */

/* What both sides may use. */
struct sign_how {
    bool signature;  /* method 14: both sent SIGNATURE_HASH_ALGORITHMS (RFC 7427 4); then it and
                        no other is made and taken, without it the others */
    uint32_t hashes; /* that the verifier takes: bit 1 << (enum ike_hash); with method 14 */
    enum sign_padding padding; /* to sign with; either is taken */
};

struct sign_auth {
    uint8_t method; /* enum ike_auth_method */
    size_t bytes;
    uint8_t data[SIGN_BYTES];
};

/* False: the key cannot sign in a way that the verifier takes. */
bool sign_auth(const struct sign_key *k, const struct sign_how *how, const void *octets, size_t n,
               struct rng *r, struct sign_auth *out);

/* ---- who is it? ------------------------------------------------------------------------------ */

#define SIGN_VERDICTS(X)                                                                   \
    X(GOOD, "good")                                                                        \
    X(NO_CERTIFICATE, "no_certificate")                                                    \
    X(BAD_CERTIFICATE, "bad_certificate") /* none at all, or of a key that is not known */ \
    X(UNTRUSTED, "untrusted")             /* no way to one that is trusted */              \
    X(EXPIRED, "expired")                 /* or not yet valid */                           \
    X(WRONG_IDENTITY, "wrong_identity")   /* it does not say who IDi or IDr says */        \
    X(BAD_METHOD, "bad_method")           /* a method or hash that was not agreed */       \
    X(BAD_SIGNATURE, "bad_signature")                                                      \
    X(WRONG_SECRET, "wrong_secret") /* shared, and not the same at both ends */

enum sign_verdict {
#define X(id, name) SIGN_##id,
    SIGN_VERDICTS(X)
#undef X
};

const char *sign_verdict_name(enum sign_verdict v);

/* What a peer has shown. */
struct sign_claim {
    uint8_t id_type; /* enum ike_id_type; RFC 4877 7.3, RFC 4945 3.1: it must be in the certificate:
                        FQDN and RFC822 and addresses as subjectAltName, a DN as its subject */
    const uint8_t *id;
    size_t id_bytes;
    const uint8_t *cert[8]; /* DER, its own first */
    size_t cert_bytes[8];
    unsigned certs;
    uint8_t method; /* of AUTH */
    const uint8_t *auth;
    size_t auth_bytes;
};

/* `unix_s` is the time to judge at, in seconds since 1970. */
enum sign_verdict sign_verify(const struct sign_certs *trusted, const struct sign_claim *claim,
                              const struct sign_how *how, const void *octets, size_t n,
                              int64_t unix_s);

#endif
