#include "models/crypto/hmac.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { IPAD = 0x36, OPAD = 0x5c };

void hmac_init(struct hmac_digest *d, const char *name)
{
    if (d->algorithm)
        return;
    d->algorithm = EVP_MD_fetch(NULL, name, NULL);
    d->context = EVP_MD_CTX_new();
    bool good = d->algorithm && d->context && EVP_DigestInit_ex(d->context, d->algorithm, NULL);
    assert(good);
    d->block = (size_t)EVP_MD_get_block_size(d->algorithm);
    assert(d->block <= HMAC_BLOCK);
}

void hmac_release(struct hmac_digest *d)
{
    EVP_MD_CTX_free(d->context);
    EVP_MD_free(d->algorithm);
    *d = (struct hmac_digest){0};
}

void hmac_set_key(struct hmac_key *k, struct hmac_digest *d, const uint8_t *key, size_t bytes)
{
    assert(bytes <= d->block);
    k->digest = d;
    memset(k->inner, IPAD, sizeof k->inner);
    memset(k->outer, OPAD, sizeof k->outer);
    for (size_t i = 0; i < bytes; i++) {
        k->inner[i] ^= key[i];
        k->outer[i] ^= key[i];
    }
}

void hmac_of(const struct hmac_key *k, const uint8_t *text, size_t bytes, const uint8_t *tail,
             size_t tail_bytes, uint8_t out[HMAC_BYTES])
{
    const struct hmac_digest *d = k->digest;
    unsigned n = 0;
    bool good = EVP_DigestInit_ex(d->context, NULL, NULL) &&
                EVP_DigestUpdate(d->context, k->inner, d->block) &&
                EVP_DigestUpdate(d->context, text, bytes) &&
                EVP_DigestUpdate(d->context, tail, tail_bytes) &&
                EVP_DigestFinal_ex(d->context, out, &n) &&
                EVP_DigestInit_ex(d->context, NULL, NULL) &&
                EVP_DigestUpdate(d->context, k->outer, d->block) &&
                EVP_DigestUpdate(d->context, out, n) && EVP_DigestFinal_ex(d->context, out, &n);
    assert(good);
}
