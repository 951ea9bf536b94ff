#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "models/crypto/sign_parts.h"

X509 *sign_certificate(const uint8_t *der, size_t n)
{
    const uint8_t *at = der;
    X509 *x = n && n <= INT32_MAX ? d2i_X509(NULL, &at, (long)n) : NULL;
    if (x && at != der + n) {
        X509_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

/* One block of PEM; one that is no certificate, as a key in the same file, is passed over. */
static enum status take_block(struct sign_certs *c, const char *label, uint8_t *der, size_t n,
                              const char *name, struct why *w)
{
    bool wanted = !strcmp(label, PEM_STRING_X509);
    if (wanted && c->n < SIGN_CERTS) {
        X509 *x = sign_certificate(der, n);
        if (x && sk_X509_push(c->x509, x)) {
            c->der[c->n].at = der;
            c->der[c->n++].bytes = n;
            return ST_OK;
        }
        X509_free(x);
    }
    OPENSSL_clear_free(der, n);
    if (wanted && c->n == SIGN_CERTS)
        return why_set(w, ST_RANGE, "%s: more than %d certificates", name, SIGN_CERTS);
    if (wanted) {
        return why_set(w, ST_SYNTAX, "%s: certificate %u is not one in X.509's form", name,
                       c->n + 1);
    }
    return ST_OK;
}

static enum status read_certs(struct sign_certs *c, BIO *text, const char *name, struct why *w)
{
    char *label;
    char *header;
    uint8_t *der;
    long bytes;
    while (PEM_read_bio(text, &label, &header, &der, &bytes)) {
        enum status st = take_block(c, label, der, (size_t)bytes, name, w);
        OPENSSL_free(label);
        OPENSSL_free(header);
        if (st)
            return st;
    }
    bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end) {
        return why_set(w, ST_SYNTAX, "%s: what stands behind certificate %u is no whole PEM", name,
                       c->n);
    }
    if (!c->n)
        return why_set(w, ST_SYNTAX, "%s: no certificate in PEM form", name);
    return ST_OK;
}

enum status sign_certs_read(const char *pem, size_t n, const char *name, struct sign_certs **out,
                            struct why *w)
{
    struct sign_certs *c = calloc(1, sizeof *c);
    BIO *text = n <= INT32_MAX ? BIO_new_mem_buf(n ? pem : "", (int)n) : NULL;
    *out = NULL;
    enum status st = ST_OK;
    if (c)
        c->x509 = sk_X509_new_null();
    if (!c || !c->x509 || !text) {
        st = why_set(w, ST_NOMEM, "%s: out of memory", name);
    } else {
        ERR_clear_error();
        st = read_certs(c, text, name, w);
    }
    BIO_free(text);
    if (st) {
        sign_certs_free(c);
        return st;
    }
    *out = c;
    return ST_OK;
}

void sign_certs_free(struct sign_certs *c)
{
    if (!c)
        return;
    for (unsigned k = 0; k < c->n; k++)
        OPENSSL_free(c->der[k].at);
    sk_X509_pop_free(c->x509, X509_free);
    free(c);
}

unsigned sign_certs_count(const struct sign_certs *c)
{
    return c->n;
}

const uint8_t *sign_certs_der(const struct sign_certs *c, unsigned k, size_t *n)
{
    assert(k < c->n);
    *n = c->der[k].bytes;
    return c->der[k].at;
}

void sign_certs_key_hash(const struct sign_certs *c, unsigned k, uint8_t out[20])
{
    uint8_t *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(sk_X509_value(c->x509, (int)k)), &der);
    assert(n > 0);
    (void)SHA1(der, (size_t)n, out);
    OPENSSL_free(der);
}
