/*
 * bcache_bench.h - a binding cache on a bench: updates go in, acts come out.
 */
#ifndef TESTS_BCACHE_BENCH_H
#define TESTS_BCACHE_BENCH_H

#include "models/mip6/bcache.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr foreign = {{0x20, 1, 0xd, 0xb8, 0, 0xf, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr coa3 = {{0x20, 1, 0xd, 0xb8, 0, 0xb3, [15] = 0x33}};

static struct arena arena;
static struct bcache cache;
static struct bcache_acts acts;
static struct bcache_config how;

static inline void begin(void)
{
    arena = (struct arena){0};
    how = (struct bcache_config){.serves = true,
                                 .home = {{{0x20, 1, 0xd, 0xb8, 0, 0xa}}, 64},
                                 .valid = SIM_NEVER,
                                 .preferred = SIM_NEVER,
                                 .max_bids = MH_BIDS,
                                 .bulk_new_coa = true,
                                 .max_lifetime = 600 * SIM_S,
                                 .bulk = true,
                                 .delete_time = 10 * SIM_S};
    bcache_init(&cache, &how, &arena);
    acts.n = 0;
}

static inline struct mh update(uint16_t sequence, uint16_t lifetime)
{
    return (struct mh){
        .type = MH_BU, .flags = MH_BU_ACK | MH_BU_HOME, .sequence = sequence, .lifetime = lifetime};
}

static inline void add_bid(struct mh *bu, uint16_t bid, const struct addr *coa)
{
    struct mh_bid *o = &bu->bid[bu->bids++];
    *o = (struct mh_bid){.bid = bid, .length = coa ? 20 : 4, .has_coa = coa != NULL};
    if (coa)
        o->coa = *coa;
}

static inline bool receive(const struct mh *bu, const struct addr *from, sim_time now)
{
    const struct arrival a = {.src = *from, .home = home, .has_home = true, .authentic = true};
    acts.n = 0;
    return bcache_update(&cache, &a, bu, now, &acts);
}

static const struct bcache_act *act(enum bcache_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return &acts.act[k];
    return NULL;
}

static inline uint8_t status(void)
{
    const struct bcache_act *ba = act(BCACHE_SEND);
    CHECK(ba != NULL);
    return ba ? ba->ba.status : 255;
}

/* The test of the home address ends well, and every BU that waited is worked on. */
static inline void pass_test(sim_time now)
{
    acts.n = 0;
    bcache_tested(&cache, &home, true, now, &acts);
    while (bcache_resume(&cache, &home, now, &acts))
        ;
    CHECK(act(BCACHE_PROXY_ON) != NULL);
}

static inline void bind_plain(uint16_t sequence)
{
    struct mh bu = update(sequence, 105);
    CHECK(receive(&bu, &coa1, 0));
    pass_test(SIM_S);
}

static inline void bind_two(uint16_t sequence)
{
    struct mh bu = update(sequence, 105);
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 1, &coa1);
    add_bid(&bu, 2, &coa2);
    CHECK(receive(&bu, &coa1, 0));
    pass_test(SIM_S);
}

static inline struct bcache_entry *entry(void)
{
    return bcache_find(&cache, &home);
}

#endif
