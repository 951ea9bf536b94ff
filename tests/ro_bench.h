/*
 * ro_bench.h - a mobile node's machine of route optimisation and a correspondent on a bench: every
 * message is written to bytes and read again, and waits on the wire to be carried, lost, held back
 * or repeated.
 */
#ifndef TESTS_RO_BENCH_H
#define TESTS_RO_BENCH_H

#include <assert.h>

#include "models/mip6/correspondent.h"
#include "models/mip6/ro.h"
#include "sim/base/bytes.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr coa3 = {{0x20, 1, 0xd, 0xb8, 0, 0xb3, [15] = 0x33}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

enum { WIRE = 4096, LOG = 4096, MESSAGE = 256 };

/* One message on its way. */
struct wire_message {
    sim_time at; /* of its arrival */
    bool to_mobile;
    bool gone;
    uint8_t type;
    size_t n;
    uint8_t bytes[MESSAGE];
    struct addr src; /* of the pseudo-header */
    struct addr dst;
    struct arrival arrival;
};

/* One that was sent, lost or not. */
struct wire_sent {
    sim_time at;
    struct mh m;
    struct addr src;
    struct addr dst;
};

static struct {
    struct arena arena;
    struct ro mobile;
    struct correspondent peer;
    struct wire_message wire[WIRE];
    unsigned on_wire;
    struct wire_sent log[LOG];
    unsigned sent;
    sim_time now;
    sim_time direct;    /* one way */
    sim_time round;     /* one way over the home agent */
    unsigned drop[8];   /* so many of that type are lost next */
    struct rng *chance; /* loses, holds back and repeats by it; NULL: nothing of that */
    unsigned ups;
    unsigned downs;
    unsigned failures;
    unsigned fall_backs;
    unsigned ended;
    unsigned verdict[CORRESPONDENT_UNAUTHENTIC + 1];
    uint8_t last_status; /* of a BA */
} b;

static inline struct ro_config mobile_config(bool mcoa)
{
    return (struct ro_config){.home = home,
                              .mcoa = mcoa,
                              .timers = {1500 * SIM_MS, SIM_S, 32 * SIM_S, SHARE_ONE / 10 * 8},
                              .ahead = 30 * SIM_S,
                              .hold = 60 * SIM_S,
                              .most_peers = 4};
}

static inline void begin_with(const struct ro_config *how, const struct correspondent_config *at)
{
    arena_release(&b.arena);
    memset(&b, 0, sizeof b);
    const struct rng_seed seed = rng_seed_of(7, 0);
    const struct rng mobile = rng_stream(&seed, "mn.mip6.ro");
    const struct rng nonces = rng_stream(&seed, "cn.mip6.nonces");
    b.direct = 10 * SIM_MS;
    b.round = 40 * SIM_MS;
    b.now = SIM_S;
    ro_init(&b.mobile, how, &mobile, &b.arena);
    correspondent_init(&b.peer, at, &nonces, &b.arena);
    if (how->mcoa) {
        ro_add(&b.mobile, 1);
        ro_add(&b.mobile, 2);
        ro_add(&b.mobile, 3);
    } else {
        ro_add(&b.mobile, 0);
    }
}

static inline void begin(bool mcoa)
{
    const struct ro_config how = mobile_config(mcoa);
    const struct correspondent_config at = {.idle = 0};
    begin_with(&how, &at);
}

static inline void shake(struct wire_message *w)
{
    w->gone |= rng_below(b.chance, 4) == 0;
    if (rng_below(b.chance, 6) == 0)
        w->at += (sim_time)rng_below(b.chance, 5000) * SIM_MS;
    if (rng_below(b.chance, 6) == 0) {
        b.wire[b.on_wire] = *w;
        b.wire[b.on_wire].gone = false;
        b.wire[b.on_wire++].at += (sim_time)rng_below(b.chance, 100000) * SIM_MS;
    }
}

/* Writes it as it would stand in the packet; `way`: HoTI and HoT pass the home agent. */
static inline void put_on_wire(const struct mh *m, bool to_mobile, const struct addr *src,
                               const struct addr *dst, const struct arrival *arrival, sim_time way)
{
    struct wire_message *w = &b.wire[b.on_wire++];
    assert(b.on_wire + 1 < WIRE && b.sent < LOG);
    *w = (struct wire_message){
        .at = b.now + way, .to_mobile = to_mobile, .type = m->type, .src = *src, .dst = *dst};
    w->arrival = *arrival;
    struct writer out = wr_over(w->bytes, sizeof w->bytes);
    mh_write(&out, src, dst, m);
    assert(!out.full);
    w->n = out.len;
    b.log[b.sent++] =
        (struct wire_sent){.at = b.now, .m = *m, .src = arrival->src, .dst = arrival->dst};
    if (b.drop[m->type]) {
        w->gone = true;
        b.drop[m->type]--;
    }
    if (b.chance)
        shake(w);
}

static inline void carry_acts(const struct ro_acts *acts)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct ro_act *act = &acts->act[k];
        b.ups += act->kind == RO_UP;
        b.downs += act->kind == RO_DOWN;
        b.failures += act->kind == RO_FAILED;
        b.fall_backs += act->kind == RO_FALL_BACK;
        if (act->kind != RO_SEND)
            continue;
        bool is_bu = act->m.type == MH_BU;
        const struct arrival a = {.src = act->src,
                                  .dst = act->peer,
                                  .home = is_bu && !act->from_home ? home : addr_any,
                                  .has_home = is_bu && !act->from_home};
        const struct addr *src = act->m.type == MH_COTI ? &act->src : &home;
        bool tunnelled = !b.mobile.at_home && (act->m.type == MH_HOTI || act->from_home);
        put_on_wire(&act->m, false, src, &act->peer, &a, tunnelled ? b.round : b.direct);
    }
}

static inline void carry_answers(const struct bcache_acts *acts)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bcache_act *act = &acts->act[k];
        b.ended += act->kind == BCACHE_ENDED;
        if (act->kind != BCACHE_SEND && act->kind != BCACHE_ASK)
            continue;
        bool asks = act->kind == BCACHE_ASK;
        const struct arrival a = {.src = cn,
                                  .dst = asks ? home : act->dst,
                                  .home = act->rh2 ? home : addr_any,
                                  .tunnelled = asks};
        if (!asks)
            b.last_status = act->ba.status;
        put_on_wire(&act->ba, true, &cn, &home, &a, asks ? b.round : b.direct);
    }
}

static inline void arrive(const struct wire_message *w)
{
    struct mh m;
    struct mh answer;
    struct ro_acts acts = {.n = 0};
    struct bcache_acts answers = {.n = 0};
    const struct delivery d = {.arrival = &w->arrival, .mh = &m, .bytes = w->bytes, .n = w->n};
    CHECK_EQ(mh_read(&w->src, &w->dst, w->bytes, w->n, &m), MH_GOOD);
    if (w->to_mobile) {
        (void)ro_received(&b.mobile, &d, b.now, &acts);
        carry_acts(&acts);
    } else if (m.type == MH_BU) {
        b.verdict[correspondent_update(&b.peer, &d, b.now, &answers)]++;
        carry_answers(&answers);
    } else if (correspondent_test(&b.peer, &w->arrival, &m, b.now, &answer)) {
        bool hot = answer.type == MH_HOT;
        const struct arrival a = {
            .src = cn, .dst = w->arrival.src, .tunnelled = hot && !b.mobile.at_home};
        put_on_wire(&answer, true, &cn, &a.dst, &a, a.tunnelled ? b.round : b.direct);
    }
}

static inline void work_due(void)
{
    for (int k = 0; ro_next(&b.mobile) <= b.now; k++) {
        struct ro_acts acts = {.n = 0};
        ro_tick(&b.mobile, b.now, &acts);
        carry_acts(&acts);
        assert(k < 1000 && "the mobile node never rests");
    }
    for (int k = 0; correspondent_next(&b.peer) <= b.now; k++) {
        struct bcache_acts acts = {.n = 0};
        correspondent_tick(&b.peer, b.now, &acts);
        carry_answers(&acts);
        assert(k < 1000 && "the correspondent never rests");
    }
}

static inline struct wire_message *next_arrival(void)
{
    struct wire_message *first = NULL;
    for (unsigned k = 0; k < b.on_wire; k++) {
        if (!b.wire[k].gone && (!first || b.wire[k].at < first->at))
            first = &b.wire[k];
    }
    return first;
}

/* Everything that happens up to then. */
static inline void run_until(sim_time end)
{
    work_due();
    for (;;) {
        struct wire_message *w = next_arrival();
        sim_time timer = ro_next(&b.mobile);
        sim_time other = correspondent_next(&b.peer);
        sim_time at = timer < other ? timer : other;
        if (w && w->at <= at)
            at = w->at;
        if (at > end)
            break;
        b.now = at > b.now ? at : b.now;
        if (w && w->at <= b.now) {
            struct wire_message copy = *w;
            w->gone = true;
            arrive(&copy);
        }
        work_due();
    }
    b.now = end;
}

static inline void run_for(sim_time length)
{
    run_until(b.now + length);
}

/* The n-th of a type that was sent; NULL: so many were not. */
static inline const struct wire_sent *sent(uint8_t type, unsigned n)
{
    for (unsigned k = 0; k < b.sent; k++) {
        if (b.log[k].m.type == type && n-- == 0)
            return &b.log[k];
    }
    return NULL;
}

static inline unsigned count(uint8_t type)
{
    unsigned n = 0;
    for (unsigned k = 0; k < b.sent; k++)
        n += b.log[k].m.type == type;
    return n;
}

static inline const struct wire_sent *last(uint8_t type)
{
    static const struct wire_sent none;
    unsigned n = count(type);
    CHECK(n > 0);
    return n ? sent(type, n - 1) : &none;
}

/* The bytes of the last of a type once more, now. */
static inline void repeat_last(uint8_t type)
{
    for (unsigned k = b.on_wire; k-- > 0;) {
        if (b.wire[k].type != type)
            continue;
        struct wire_message copy = b.wire[k];
        copy.gone = false;
        arrive(&copy);
        return;
    }
    assert(false && "nothing to repeat");
}

static inline struct ro_peer *peer(void)
{
    return ro_find(&b.mobile, &cn);
}

static inline enum ro_state state(void)
{
    return peer() ? peer()->state : RO_TUNNELLED;
}

static inline const struct binding *bound(uint16_t bid)
{
    struct bcache_entry *e = bcache_find(&b.peer.cache, &home);
    return e ? bcache_binding(e, bid) : NULL;
}

static inline bool goes_from(uint16_t bid, const struct addr *coa)
{
    const struct addr *from = ro_route(&b.mobile, &cn, bid, b.now);
    return coa ? from && addr_eq(from, coa) : !from;
}

/* One care-of address, heard from the correspondent, and registered. */
static inline void optimise(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    CHECK_EQ(state(), RO_OPTIMISED);
}

static inline void optimise_three(void)
{
    begin(true);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    ro_want(&b.mobile, 3, &coa3, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(3 * SIM_S);
    CHECK_EQ(state(), RO_OPTIMISED);
    CHECK_EQ(b.ups, 3);
}

#endif
