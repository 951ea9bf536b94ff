#include "models/crypto/prf.h"

#include <assert.h>
#include <string.h>

#include "models/crypto/hmac.h"

static const struct {
    uint16_t prf;
    enum hmac_digest digest;
} digests[] = {
    {PRF_HMAC_SHA1, HMAC_SHA1},
    {PRF_HMAC_SHA256, HMAC_SHA256},
    {PRF_HMAC_SHA384, HMAC_SHA384},
    {PRF_HMAC_SHA512, HMAC_SHA512},
};
enum { DIGESTS = sizeof digests / sizeof digests[0] };

static size_t find(uint16_t prf)
{
    size_t k = 0;
    while (k < DIGESTS && digests[k].prf != prf)
        k++;
    return k;
}

size_t prf_bytes(uint16_t prf)
{
    size_t k = find(prf);
    return k < DIGESTS ? hmac_bytes(digests[k].digest) : 0;
}

static size_t set_key(struct hmac_key *h, uint16_t prf, const void *key, size_t bytes)
{
    size_t k = find(prf);
    assert(k < DIGESTS);
    hmac_set_key(h, digests[k].digest, key, bytes);
    return hmac_bytes(digests[k].digest);
}

static void add(const struct hmac_key *h, union hmac_state *s, const struct prf_piece *piece,
                size_t pieces)
{
    for (size_t k = 0; k < pieces; k++)
        hmac_add(h, s, piece[k].bytes, piece[k].n);
}

void prf_of(uint16_t prf, const void *key, size_t key_bytes, const struct prf_piece *piece,
            size_t pieces, uint8_t *out)
{
    struct hmac_key h;
    union hmac_state s;
    uint8_t sum[HMAC_BYTES];
    size_t bytes = set_key(&h, prf, key, key_bytes);
    hmac_begin(&h, &s);
    add(&h, &s, piece, pieces);
    hmac_end(&h, &s, sum);
    memcpy(out, sum, bytes);
}

/* T1 = prf(K, S | 1), Tn = prf(K, Tn-1 | S | n): RFC 7296 2.13. */
void prf_plus(uint16_t prf, const void *key, size_t key_bytes, const struct prf_piece *piece,
              size_t pieces, uint8_t *out, size_t n)
{
    struct hmac_key h;
    union hmac_state s;
    uint8_t t[HMAC_BYTES];
    size_t bytes = set_key(&h, prf, key, key_bytes);
    assert(n <= 255 * bytes);
    for (uint8_t round = 1; n; round++) {
        size_t part = n < bytes ? n : bytes;
        hmac_begin(&h, &s);
        hmac_add(&h, &s, t, round > 1 ? bytes : 0);
        add(&h, &s, piece, pieces);
        hmac_add(&h, &s, &round, 1);
        hmac_end(&h, &s, t);
        memcpy(out, t, part);
        out += part;
        n -= part;
    }
}
