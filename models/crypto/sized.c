#include "models/crypto/sized.h"

static const uint64_t fnv_basis = 0xcbf29ce484222325u;
static const uint64_t fnv_prime = 0x100000001b3u;

static uint64_t add(uint64_t sum, const uint8_t *bytes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        sum = (sum ^ bytes[k]) * fnv_prime;
    return sum;
}

static uint64_t add_number(uint64_t sum, uint64_t n)
{
    return (sum ^ n) * fnv_prime;
}

/* The last step of MurmurHash3: each bit of the answer depends on each of the sum. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

uint64_t sized_mark(const struct cipher_suite *s, const uint8_t *key, const uint8_t *integrity)
{
    uint64_t sum = add_number(fnv_basis, (uint64_t)s->encr << 16 | s->integ);
    sum = add(sum, key, (size_t)s->key_bytes + s->salt_bytes);
    return mix(add(sum, integrity, s->integrity_bytes));
}

void sized_sum(const struct cipher_suite *s, uint64_t mark, const struct cipher_text *t,
               uint8_t *icv)
{
    uint64_t sum = add_number(fnv_basis ^ mark, t->bytes);
    if (s->integ) {
        sum = add(sum, t->from, (size_t)(t->text - t->from)); /* with the IV */
        sum = add(sum, t->tail, t->tail_bytes);
    } else {
        sum = add(sum, t->aad, t->aad_bytes);
        sum = add(sum, t->iv, s->iv_bytes);
    }
    uint64_t word = 0;
    for (unsigned k = 0; k < s->icv_bytes; k++) {
        word = k % 8 ? word >> 8 : mix(sum + k);
        icv[k] = (uint8_t)word;
    }
}
