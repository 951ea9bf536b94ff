#include "models/ike/keys.h"

#include <assert.h>
#include <string.h>

#include "models/crypto/sha1.h"
#include "sim/base/bytes.h"

/* What prf+ gives, from which keys are taken one behind the other. */
enum { STREAM = 3 * PRF_BYTES + 2 * (SA_INTEGRITY_KEY + SA_ENCRYPTION_KEY) };

static void take(const uint8_t **at, uint8_t *out, size_t n)
{
    memcpy(out, *at, n);
    *at += n;
}

static size_t encryption_bytes(const struct cipher_suite *s)
{
    return (size_t)s->key_bytes + s->salt_bytes;
}

void ike_skeyseed(uint16_t prf, const struct ike_nonces *n, const uint8_t *shared, size_t bytes,
                  uint8_t *out)
{
    uint8_t key[2 * IKE_NONCE_MAX];
    assert(n->ni_bytes <= IKE_NONCE_MAX && n->nr_bytes <= IKE_NONCE_MAX);
    memcpy(key, n->ni, n->ni_bytes);
    memcpy(key + n->ni_bytes, n->nr, n->nr_bytes);
    prf_of(prf, key, n->ni_bytes + n->nr_bytes, &(struct prf_piece){shared, bytes}, 1, out);
}

void ike_skeyseed_rekeyed(uint16_t old_prf, const uint8_t *old_d, const struct ike_nonces *n,
                          const uint8_t *shared, size_t bytes, uint8_t *out)
{
    const struct prf_piece pieces[] = {{shared, bytes}, {n->ni, n->ni_bytes}, {n->nr, n->nr_bytes}};
    prf_of(old_prf, old_d, prf_bytes(old_prf), pieces, 3, out);
}

static void put_spis(struct writer *w, uint64_t spi_i, uint64_t spi_r)
{
    wr_u32(w, (uint32_t)(spi_i >> 32));
    wr_u32(w, (uint32_t)spi_i);
    wr_u32(w, (uint32_t)(spi_r >> 32));
    wr_u32(w, (uint32_t)spi_r);
}

/* SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi, SK_pr: RFC 7296 2.14. */
void ike_derive(const struct ike_suite *suite, const uint8_t *seed, size_t seed_bytes,
                const struct ike_nonces *n, uint64_t spi_i, uint64_t spi_r, struct ike_keys *out)
{
    uint8_t stream[STREAM];
    uint8_t spis[16];
    const uint8_t *at = stream;
    size_t prf = prf_bytes(suite->prf);
    size_t integrity = suite->cipher->integrity_bytes;
    size_t encryption = encryption_bytes(suite->cipher);
    size_t all = 3 * prf + 2 * (integrity + encryption);
    struct writer w = wr_over(spis, sizeof spis);
    put_spis(&w, spi_i, spi_r);
    const struct prf_piece pieces[] = {
        {n->ni, n->ni_bytes}, {n->nr, n->nr_bytes}, {spis, sizeof spis}};
    assert(all <= sizeof stream);
    prf_plus(suite->prf, seed, seed_bytes, pieces, 3, stream, all);
    *out = (struct ike_keys){0};
    take(&at, out->d, prf);
    take(&at, out->i.integrity, integrity);
    take(&at, out->r.integrity, integrity);
    take(&at, out->i.encryption, encryption);
    take(&at, out->r.encryption, encryption);
    take(&at, out->pi, prf);
    take(&at, out->pr, prf);
}

void ike_keymat(uint16_t prf, const uint8_t *d, const uint8_t *shared, size_t shared_bytes,
                const struct ike_nonces *n, const struct cipher_suite *suite, struct sa_keys *i,
                struct sa_keys *r)
{
    uint8_t stream[2 * sizeof *i];
    const uint8_t *at = stream;
    size_t encryption = encryption_bytes(suite);
    size_t integrity = suite->integrity_bytes;
    const struct prf_piece pieces[] = {
        {shared, shared ? shared_bytes : 0}, {n->ni, n->ni_bytes}, {n->nr, n->nr_bytes}};
    prf_plus(prf, d, prf_bytes(prf), pieces, 3, stream, 2 * (encryption + integrity));
    *i = *r = (struct sa_keys){0};
    take(&at, i->encryption, encryption);
    take(&at, i->integrity, integrity);
    take(&at, r->encryption, encryption);
    take(&at, r->integrity, integrity);
}

size_t ike_signed_octets(uint16_t prf, const struct prf_piece *message,
                         const struct prf_piece *nonce, const uint8_t *p,
                         const struct prf_piece *id, uint8_t *out)
{
    memcpy(out, message->bytes, message->n);
    memcpy(out + message->n, nonce->bytes, nonce->n);
    prf_of(prf, p, prf_bytes(prf), id, 1, out + message->n + nonce->n);
    return message->n + nonce->n + prf_bytes(prf);
}

void ike_shared_key_auth(uint16_t prf, const void *key, size_t key_bytes, const uint8_t *octets,
                         size_t n, uint8_t *out)
{
    static const char pad[] = "Key Pad for IKEv2"; /* without its NUL: RFC 7296 2.15 */
    uint8_t padded[PRF_BYTES];
    prf_of(prf, key, key_bytes, &(struct prf_piece){pad, sizeof pad - 1}, 1, padded);
    prf_of(prf, padded, prf_bytes(prf), &(struct prf_piece){octets, n}, 1, out);
}

void ike_nat_hash(uint64_t spi_i, uint64_t spi_r, const struct addr *a, uint16_t port,
                  uint8_t out[20])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint8_t bytes[8 + 8 + 16 + 2];
    size_t skip = memcmp(a->b, mapped, sizeof mapped) == 0 ? sizeof mapped : 0;
    struct writer w = wr_over(bytes, sizeof bytes);
    put_spis(&w, spi_i, spi_r);
    wr_bytes(&w, a->b + skip, sizeof a->b - skip);
    wr_u16(&w, port);
    sha1_of(bytes, w.len, out);
}
