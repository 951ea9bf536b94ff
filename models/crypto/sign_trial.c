#include "models/crypto/sign_trial.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "models/crypto/sign_parts.h"

enum { ALL_HASHES = 1 << SIGN_SHA256 | 1 << SIGN_SHA384 | 1 << SIGN_SHA512 | 1 << SIGN_IDENTITY };

struct sign_trial {
    struct sign_key *key;
    struct rng rng;
    struct sign_auth auth;
};

static const char octets[] = "RealMessage1 | NonceRData | MACedIDForI";
static const struct sign_how how = {.signature = true, .hashes = ALL_HASHES};

static EVP_PKEY *make(const char *kind)
{
    static const struct {
        const char *kind;
        const char *curve;
    } curves[] = {{"ecdsa256", "P-256"}, {"ecdsa384", "P-384"}, {"ecdsa521", "P-521"}};
    if (!strncmp(kind, "rsa", 3))
        return EVP_RSA_gen((unsigned)strtoul(kind + 3, NULL, 10));
    for (size_t k = 0; k < sizeof curves / sizeof curves[0]; k++) {
        if (!strcmp(kind, curves[k].kind))
            return EVP_EC_gen(curves[k].curve);
    }
    return !strcmp(kind, "ed25519") ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") : NULL;
}

/* As a scenario's key is read: where its random numbers are ours. */
static struct sign_key *read_again(EVP_PKEY *made, const char *kind)
{
    struct sign_key *key = NULL;
    struct why w;
    char *pem = NULL;
    BIO *text = BIO_new(BIO_s_mem());
    if (made && text && PEM_write_bio_PrivateKey(text, made, NULL, NULL, 0, NULL, NULL)) {
        long n = BIO_get_mem_data(text, &pem);
        (void)!sign_key_read(pem, (size_t)n, kind, &key, &w);
    }
    BIO_free(text);
    ERR_clear_error();
    return key;
}

struct sign_trial *sign_trial_new(const char *kind)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    EVP_PKEY *made = make(kind);
    struct sign_key *key = read_again(made, kind);
    EVP_PKEY_free(made);
    struct sign_trial *t = key ? calloc(1, sizeof *t) : NULL;
    if (!t) {
        sign_key_free(key);
        return NULL;
    }
    t->key = key;
    t->rng = rng_stream(&seed, "trial");
    sign_trial_sign(t);
    return t;
}

void sign_trial_free(struct sign_trial *t)
{
    if (!t)
        return;
    sign_key_free(t->key);
    free(t);
}

void sign_trial_sign(struct sign_trial *t)
{
    bool good = sign_auth(t->key, &how, octets, sizeof octets, &t->rng, &t->auth);
    assert(good);
}

bool sign_trial_verify(struct sign_trial *t)
{
    struct algorithm a;
    size_t front = 1 + (size_t)t->auth.data[0];
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    EVP_PKEY_CTX *p = NULL;
    bool good = c && algorithm_read(t->auth.data + 1, t->auth.data[0], &a) &&
                EVP_DigestVerifyInit_ex(c, &p, algorithm_digest(a.hash), t->key->library, NULL,
                                        t->key->pkey, NULL) > 0 &&
                sign_set_padding(p, &a) &&
                EVP_DigestVerify(c, t->auth.data + front, t->auth.bytes - front,
                                 (const uint8_t *)octets, sizeof octets) > 0;
    EVP_MD_CTX_free(c);
    ERR_clear_error();
    return good;
}
