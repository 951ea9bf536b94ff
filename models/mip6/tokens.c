#include "models/mip6/tokens.h"

#include <assert.h>
#include <string.h>

#include "models/crypto/prf.h"
#include "models/crypto/sha1.h"
#include "sim/base/bytes.h"

enum { SHA1_OUT = SHA1_BYTES, TOKEN = 8, CHECKSUM_AT = 4, CHECKSUM = 2, MESSAGE = 1024 };

static void put_u64(uint8_t *out, uint64_t v)
{
    for (int k = TOKEN - 1; k >= 0; k--, v >>= 8)
        out[k] = (uint8_t)v;
}

/* ---- sums ---------------------------------------------------------------------- */

uint64_t tokens_keygen(const uint8_t kcn[TOKENS_KCN], const uint8_t nonce[TOKENS_NONCE],
                       const struct addr *of, enum tokens_test test)
{
    const uint8_t last = (uint8_t)test;
    const struct prf_piece piece[] = {{of->b, sizeof of->b}, {nonce, TOKENS_NONCE}, {&last, 1}};
    uint8_t sum[SHA1_OUT];
    uint64_t token = 0;
    prf_of(PRF_HMAC_SHA1, kcn, TOKENS_KCN, piece, 3, sum);
    for (int k = 0; k < TOKEN; k++)
        token = token << 8 | sum[k];
    return token;
}

void tokens_kbm(uint64_t home, uint64_t care_of, uint8_t kbm[TOKENS_KBM])
{
    uint8_t both[2 * TOKEN];
    put_u64(both, home);
    put_u64(both + TOKEN, care_of);
    sha1_of(both, sizeof both, kbm);
}

void tokens_kbm_delete(uint64_t home, uint8_t kbm[TOKENS_KBM])
{
    uint8_t one[TOKEN];
    put_u64(one, home);
    sha1_of(one, sizeof one, kbm);
}

/* RFC 6275 6.2.7: the whole message with a checksum of 0, but for the authenticator itself. */
static void sum_of(const uint8_t *bytes, size_t n, const uint8_t kbm[TOKENS_KBM],
                   const struct addr *coa, const struct addr *cn, uint8_t sum[SHA1_OUT])
{
    static const uint8_t zero[CHECKSUM];
    const size_t behind = CHECKSUM_AT + CHECKSUM;
    const struct prf_piece piece[] = {
        {coa->b, sizeof coa->b},
        {cn->b, sizeof cn->b},
        {bytes, CHECKSUM_AT},
        {zero, CHECKSUM},
        {bytes + behind, n - behind - MH_AUTHENTICATOR},
    };
    prf_of(PRF_HMAC_SHA1, kbm, TOKENS_KBM, piece, sizeof piece / sizeof piece[0], sum);
}

void tokens_authorize(struct mh *m, const uint8_t kbm[TOKENS_KBM], const struct addr *coa,
                      const struct addr *cn)
{
    uint8_t bytes[MESSAGE];
    uint8_t sum[SHA1_OUT];
    struct writer w = wr_over(bytes, sizeof bytes);
    m->has_authenticator = true;
    memset(m->authenticator, 0, sizeof m->authenticator);
    mh_write(&w, coa, cn, m); /* whatever the addresses: the checksum is not covered */
    assert(!w.full);
    sum_of(bytes, w.len, kbm, coa, cn, sum);
    memcpy(m->authenticator, sum, sizeof m->authenticator);
}

bool tokens_authorizes(const uint8_t *bytes, size_t n, const uint8_t kbm[TOKENS_KBM],
                       const struct addr *coa, const struct addr *cn)
{
    uint8_t sum[SHA1_OUT];
    if (n < CHECKSUM_AT + CHECKSUM + MH_AUTHENTICATOR)
        return false;
    sum_of(bytes, n, kbm, coa, cn, sum);
    return memcmp(bytes + n - MH_AUTHENTICATOR, sum, MH_AUTHENTICATOR) == 0;
}

/* ---- nonces -------------------------------------------------------------------- */

void tokens_init(struct tokens *t, const struct rng *rng)
{
    *t = (struct tokens){.rng = *rng};
    /* A correspondent that restarts does not begin where it began before. */
    t->nonce[t->newest].index = (uint16_t)rng_u32(&t->rng);
}

static bool is_live(const struct tokens_nonce *n, sim_time now)
{
    return n->valid && now - n->made < TOKENS_NONCE_S * SIM_S;
}

static void draw(struct rng *rng, uint8_t *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (uint8_t)rng_u32(rng);
}

static struct tokens_nonce *make_new(struct tokens *t, sim_time now)
{
    uint16_t index = (uint16_t)(t->nonce[t->newest].index + 1);
    t->newest = (t->newest + 1) % TOKENS_NONCES;
    struct tokens_nonce *n = &t->nonce[t->newest];
    *n = (struct tokens_nonce){.made = now, .valid = true, .index = index};
    draw(&t->rng, n->kcn, sizeof n->kcn); /* Kcn and nonce change together: RFC 6275 5.2.7 */
    draw(&t->rng, n->value, sizeof n->value);
    return n;
}

/* One more would end none before its time, nor would those that the clock makes after it. */
static bool has_room(const struct tokens *t, sim_time now)
{
    bool room = true;
    for (unsigned k = 0; k < TOKENS_NONCE_S / TOKENS_NEW_S; k++) {
        const struct tokens_nonce *next = &t->nonce[(t->newest + 1 + k) % TOKENS_NONCES];
        room &= !is_live(next, now + (sim_time)k * TOKENS_NEW_S * SIM_S);
    }
    return room;
}

/* The one that is given out. */
static const struct tokens_nonce *current(struct tokens *t, sim_time now)
{
    const struct tokens_nonce *n = &t->nonce[t->newest];
    bool old = !n->valid || now - n->made >= TOKENS_NEW_S * SIM_S;
    return old || (n->spent && has_room(t, now)) ? make_new(t, now) : n;
}

/* Where it stands; TOKENS_NONCES: nowhere. */
static unsigned find(const struct tokens *t, uint16_t index)
{
    unsigned k = 0;
    while (k < TOKENS_NONCES && !(t->nonce[k].valid && t->nonce[k].index == index))
        k++;
    return k;
}

uint64_t tokens_give(struct tokens *t, const struct addr *of, enum tokens_test test, sim_time now,
                     uint16_t *index)
{
    const struct tokens_nonce *n = current(t, now);
    *index = n->index;
    return tokens_keygen(n->kcn, n->value, of, test);
}

bool tokens_again(const struct tokens *t, const struct addr *of, enum tokens_test test,
                  uint16_t index, sim_time now, uint64_t *token)
{
    unsigned k = find(t, index);
    if (k == TOKENS_NONCES || !is_live(&t->nonce[k], now))
        return false;
    *token = tokens_keygen(t->nonce[k].kcn, t->nonce[k].value, of, test);
    return true;
}

sim_time tokens_until(const struct tokens *t, uint16_t index)
{
    unsigned k = find(t, index);
    return k < TOKENS_NONCES ? t->nonce[k].made + TOKENS_NONCE_S * SIM_S : -1;
}

void tokens_spend(struct tokens *t, uint16_t index)
{
    unsigned k = find(t, index);
    if (k < TOKENS_NONCES)
        t->nonce[k].spent = true;
}

void tokens_invalidate(struct tokens *t, uint16_t index)
{
    unsigned k = find(t, index);
    if (k < TOKENS_NONCES)
        t->nonce[k].valid = false;
}
