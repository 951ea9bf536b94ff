#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "models/crypto/sign_parts.h"
#include "models/crypto/sign_random.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096, RSA_BITS_OF_128 = 3072 /* SP 800-57 5.6.1 */ };

static bool is_named(const char *name, const char *want)
{
    return !strcmp(name, want);
}

static bool ecdsa_kind(const EVP_PKEY *key, struct sign_kind *out)
{
    static const struct {
        const char *group; /* OpenSSL's name */
        struct sign_kind kind;
    } curves[] = {
        {"prime256v1", {SIGN_ECDSA, SIGN_SHA256, SIGN_METHOD_ECDSA256, 32, "ecdsa256"}},
        {"secp384r1", {SIGN_ECDSA, SIGN_SHA384, SIGN_METHOD_ECDSA384, 48, "ecdsa384"}},
        {"secp521r1", {SIGN_ECDSA, SIGN_SHA512, SIGN_METHOD_ECDSA521, 66, "ecdsa521"}},
    };
    char group[32];
    if (!EVP_PKEY_get_group_name(key, group, sizeof group, NULL))
        return false;
    for (size_t k = 0; k < sizeof curves / sizeof curves[0]; k++) {
        if (is_named(group, curves[k].group)) {
            *out = curves[k].kind;
            return true;
        }
    }
    return false;
}

static bool rsa_kind(const EVP_PKEY *key, struct sign_kind *out)
{
    int bits = EVP_PKEY_get_bits(key);
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
        return false;
    *out = (struct sign_kind){.family = SIGN_RSA,
                              .hash = bits > RSA_BITS_OF_128 ? SIGN_SHA384 : SIGN_SHA256,
                              .method = SIGN_METHOD_RSA};
    (void)snprintf(out->name, sizeof out->name, "rsa%d", bits);
    return true;
}

bool sign_kind_of(const EVP_PKEY *key, struct sign_kind *out)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return rsa_kind(key, out);
    if (EVP_PKEY_is_a(key, "EC"))
        return ecdsa_kind(key, out);
    *out = (struct sign_kind){SIGN_EDDSA, SIGN_IDENTITY, SIGN_METHOD_NONE, 0, "ed25519"};
    return EVP_PKEY_is_a(key, "ED25519");
}

/* In place of a question at the terminal. */
static int no_passphrase(char *text, int size, int writing, void *asked)
{
    (void)writing;
    if (size > 0)
        text[0] = '\0';
    *(bool *)asked = true;
    return -1;
}

static enum status read_key(struct sign_key *k, const char *pem, size_t n, const char *name,
                            struct why *w)
{
    bool asked = false;
    BIO *text = n <= INT32_MAX ? BIO_new_mem_buf(n ? pem : "", (int)n) : NULL;
    k->pkey = text ? PEM_read_bio_PrivateKey_ex(text, NULL, no_passphrase, &asked, k->library, NULL)
                   : NULL;
    BIO_free(text);
    ERR_clear_error();
    if (asked)
        return why_set(w, ST_SYNTAX, "%s: the key has a passphrase: nobody is asked", name);
    if (!k->pkey)
        return why_set(w, ST_SYNTAX, "%s: no private key in PEM form", name);
    if (!sign_kind_of(k->pkey, &k->kind)) {
        return why_set(w, ST_RANGE,
                       "%s: the key is none of RSA of 2048 to 4096 bits, ECDSA on P-256, P-384 "
                       "or P-521, Ed25519",
                       name);
    }
    return ST_OK;
}

enum status sign_key_read(const char *pem, size_t n, const char *name, struct sign_key **out,
                          struct why *w)
{
    struct sign_key *k = calloc(1, sizeof *k);
    *out = NULL;
    if (!k)
        return why_set(w, ST_NOMEM, "%s: out of memory", name);
    k->library = sign_random_new();
    enum status st = read_key(k, pem, n, name, w);
    if (st) {
        sign_key_free(k);
        return st;
    }
    *out = k;
    return ST_OK;
}

void sign_key_free(struct sign_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey);
    OSSL_LIB_CTX_free(k->library);
    free(k);
}

const char *sign_key_kind(const struct sign_key *k)
{
    return k->kind.name;
}

bool sign_key_fits(const struct sign_key *k, const struct sign_certs *c)
{
    const X509 *first = sk_X509_value(c->x509, 0);
    bool fits = first && EVP_PKEY_eq(X509_get0_pubkey(first), k->pkey) == 1;
    ERR_clear_error();
    return fits;
}
