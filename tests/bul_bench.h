/*
 * bul_bench.h - a binding update list on a bench: what is wanted goes in, updates come out.
 */
#ifndef TESTS_BUL_BENCH_H
#define TESTS_BUL_BENCH_H

#include "models/mip6/bul.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr coa3 = {{0x20, 1, 0xd, 0xb8, 0, 0xb3, [15] = 0x33}};

static struct bul b;
static struct bul_acts acts;

static inline struct bul_config config(bool mcoa, enum bul_registration registration)
{
    return (struct bul_config){.home = home,
                               .agent = agent,
                               .lifetime = 420 * SIM_S,
                               .mcoa = mcoa,
                               .registration = (int)registration,
                               .timers = {1500 * SIM_MS, SIM_S, 32 * SIM_S, SHARE_ONE / 10 * 8}};
}

static inline void begin(bool mcoa, enum bul_registration registration, uint16_t sequence)
{
    struct bul_config how = config(mcoa, registration);
    bul_init(&b, &how, sequence);
    if (mcoa) {
        bul_add(&b, 1);
        bul_add(&b, 2);
        bul_add(&b, 3);
    } else {
        bul_add(&b, 0);
    }
    acts.n = 0;
}

/* The only BU among the acts; counts as a failure if there is none or another. */
static const struct bul_act *sent(void)
{
    static const struct bul_act none;
    const struct bul_act *bu = NULL;
    unsigned n = 0;
    for (unsigned k = 0; k < acts.n; k++) {
        if (acts.act[k].kind == BUL_SEND) {
            bu = &acts.act[k];
            n++;
        }
    }
    CHECK_EQ(n, 1);
    return bu ? bu : &none;
}

static inline bool has(enum bul_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return true;
    return false;
}

static inline void want(uint16_t bid, const struct addr *coa, sim_time now)
{
    acts.n = 0;
    bul_want(&b, bid, coa, now, &acts);
}

static inline void unwant(uint16_t bid, sim_time now)
{
    acts.n = 0;
    bul_unwant(&b, bid, now, &acts);
}

static inline void tick(sim_time now)
{
    acts.n = 0;
    bul_tick(&b, now, &acts);
}

static inline bool answer(uint16_t sequence, uint8_t status, uint16_t lifetime,
                          const struct mh *like, sim_time now)
{
    struct mh ba = {.type = MH_BA, .status = status, .sequence = sequence, .lifetime = lifetime};
    const struct arrival a = {.src = agent, .authentic = true};
    for (unsigned k = 0; like && k < like->bids; k++)
        ba.bid[ba.bids++] = (struct mh_bid){.bid = like->bid[k].bid, .length = 4};
    acts.n = 0;
    return bul_ack(&b, &a, &ba, now, &acts);
}

static inline void bind_both(void)
{
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    want(2, &coa2, 0);
    struct mh like = sent()->bu;
    CHECK(answer(2, 0, 105, &like, 10 * SIM_MS));
}

#endif
