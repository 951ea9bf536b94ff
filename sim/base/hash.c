#include "sim/base/hash.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct hash {
    EVP_MD_CTX *evp;
};

struct hash *hash_new(void)
{
    struct hash *h = calloc(1, sizeof *h);
    assert(h);
    h->evp = EVP_MD_CTX_new();
    int good = h->evp && EVP_DigestInit_ex(h->evp, EVP_sha256(), NULL) == 1;
    assert(good);
    return h;
}

void hash_free(struct hash *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->evp);
    free(h);
}

void hash_add(struct hash *h, const void *bytes, size_t n)
{
    int good = EVP_DigestUpdate(h->evp, bytes, n);
    assert(good == 1);
}

void hash_done(struct hash *h, uint8_t out[HASH_BYTES])
{
    unsigned n = 0;
    int good = EVP_DigestFinal_ex(h->evp, out, &n);
    assert(good == 1 && n == HASH_BYTES);
}

const char *hash_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

void hash_text(const uint8_t hash[HASH_BYTES], char out[HASH_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_BYTES; i++) {
        out[2 * i] = digits[hash[i] >> 4];
        out[2 * i + 1] = digits[hash[i] & 15];
    }
    out[HASH_TEXT - 1] = '\0';
}

enum status hash_file(const char *path, char out[HASH_TEXT], struct why *w)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    struct hash *h = hash_new();
    uint8_t part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        hash_add(h, part, n);
    int failed = ferror(f);
    (void)fclose(f);
    uint8_t sum[HASH_BYTES];
    hash_done(h, sum);
    hash_free(h);
    hash_text(sum, out);
    return failed ? why_set(w, ST_IO, "%s: cannot be read to its end", path) : ST_OK;
}
