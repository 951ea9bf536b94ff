/*
 * correspondent_bench.h - a correspondent's machine, and Binding Updates to it with the tokens of
 * tests that it has made.
 */
#ifndef TESTS_CORRESPONDENT_BENCH_H
#define TESTS_CORRESPONDENT_BENCH_H

#include "models/mip6/correspondent.h"
#include "sim/base/bytes.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static struct arena arena;
static struct correspondent c;
static struct bcache_acts acts;
static uint8_t kbm[TOKENS_KBM]; /* of the last BU */

static inline void begin_with(const struct correspondent_config *how)
{
    const struct rng_seed seed = rng_seed_of(5, 0);
    const struct rng nonces = rng_stream(&seed, "cn.mip6.nonces");
    arena_release(&arena);
    arena = (struct arena){0};
    correspondent_init(&c, how, &nonces, &arena);
}

static inline void begin(void)
{
    const struct correspondent_config how = {.mcoa = 0};
    begin_with(&how);
}

static inline struct mh update(uint16_t sequence, uint16_t lifetime)
{
    return (struct mh){
        .type = MH_BU, .flags = MH_BU_ACK, .sequence = sequence, .lifetime = lifetime};
}

static inline void add_bid(struct mh *bu, uint16_t bid, const struct addr *coa)
{
    struct mh_bid *o = &bu->bid[bu->bids++];
    *o = (struct mh_bid){.bid = bid, .has_coa = coa != NULL};
    if (coa)
        o->coa = *coa;
}

/* Tokens by the tests of that time. */
static inline void authorise(struct mh *bu, const struct addr *coa, sim_time now)
{
    uint64_t token = tokens_give(&c.tokens, &home, TOKENS_HOME, now, &bu->home_nonce);
    bu->has_nonces = true;
    if (bu->lifetime) {
        uint64_t care_of = tokens_give(&c.tokens, coa, TOKENS_CARE_OF, now, &bu->care_of_nonce);
        tokens_kbm(token, care_of, kbm);
        tokens_authorize(bu, kbm, coa, &cn);
    } else {
        tokens_kbm_delete(token, kbm);
        tokens_authorize(bu, kbm, &home, &cn);
    }
}

/* Over the wire, from `from`; from the home address without an option. */
static inline enum correspondent_verdict receive(const struct mh *bu, const struct addr *from,
                                                 sim_time now)
{
    uint8_t bytes[1024];
    struct mh m;
    struct writer w = wr_over(bytes, sizeof bytes);
    bool away = !addr_eq(from, &home);
    const struct arrival a = {
        .src = *from, .dst = cn, .home = away ? home : addr_any, .has_home = away};
    mh_write(&w, &home, &cn, bu);
    CHECK_EQ(mh_read(&home, &cn, bytes, w.len, &m), MH_GOOD);
    acts.n = 0;
    const struct delivery d = {.arrival = &a, .mh = &m, .bytes = bytes, .n = w.len};
    return correspondent_update(&c, &d, now, &acts);
}

static inline const struct bcache_act *act(enum bcache_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return &acts.act[k];
    return NULL;
}

/* The status of the answer; 255: none. */
static inline uint8_t status(void)
{
    const struct bcache_act *ba = act(BCACHE_SEND);
    return ba ? ba->ba.status : 255;
}

/* Whether the answer's authorization data is that of the BU's key. */
static inline bool answer_is_authentic(const struct addr *coa)
{
    struct mh ba = act(BCACHE_SEND)->ba;
    bool has = ba.has_authenticator;
    uint8_t was[MH_AUTHENTICATOR];
    memcpy(was, ba.authenticator, sizeof was);
    tokens_authorize(&ba, kbm, coa, &cn);
    return has && !memcmp(was, ba.authenticator, sizeof was);
}

static inline uint8_t try(struct mh bu, const struct addr *from, sim_time now)
{
    authorise(&bu, bu.bids ? &bu.bid[0].coa : from, now);
    CHECK_EQ(receive(&bu, from, now), CORRESPONDENT_TAKEN);
    return status();
}

static inline struct bcache_entry *entry(void)
{
    return bcache_find(&c.cache, &home);
}

#endif
