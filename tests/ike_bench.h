/*
 * ike_bench.h - two IKE machines on a wire that the test holds in its hands: it carries, drops,
 * repeats, delays, swaps and translates each datagram.  No engine, no sockets.
 *
 * "mn" is the one that begins, "ha" the other; what their acts ask for is done in tables here, so
 * that a test can compare what both believe.
 */
#ifndef TESTS_IKE_BENCH_H
#define TESTS_IKE_BENCH_H

#include "tests/ike_bench_acts.h"

/* ---- the wire -------------------------------------------------------------------------------- */

/* Letter `k` arrives, and stays on the wire. */
static inline void bench_repeat(struct bench *b, unsigned k)
{
    struct bench_letter l = b->letter[k];
    const struct ike_datagram d = {
        .path = l.path, .bytes = l.bytes, .n = l.n, .standing = b->end[l.to].standing};
    ike_receive(b->end[l.to].ike, &d, b->now);
    bench_do(b, l.to);
}

static inline void bench_drop(struct bench *b, unsigned k)
{
    b->letters--;
    memmove(&b->letter[k], &b->letter[k + 1], (b->letters - k) * sizeof b->letter[0]);
}

static inline void bench_carry(struct bench *b, unsigned k)
{
    struct bench_letter l = b->letter[k];
    bench_drop(b, k);
    const struct ike_datagram d = {
        .path = l.path, .bytes = l.bytes, .n = l.n, .standing = b->end[l.to].standing};
    ike_receive(b->end[l.to].ike, &d, b->now);
    bench_do(b, l.to);
}

/* All that is on the wire and what it brings about, in order. */
static inline void bench_settle(struct bench *b)
{
    for (unsigned k = 0; b->letters && k < 1000; k++)
        bench_carry(b, 0);
    CHECK_EQ(b->letters, 0);
}

/* The next thing that time does, not after `until`. */
static inline bool bench_tick(struct bench *b, sim_time until)
{
    sim_time next[ENDS] = {ike_next(b->end[MN].ike), ike_next(b->end[HA].ike)};
    unsigned e = next[HA] < next[MN] ? HA : MN;
    if (next[e] > until)
        return false;
    if (next[e] > b->now)
        b->now = next[e];
    ike_tick(b->end[e].ike, b->now);
    bench_do(b, e);
    return true;
}

static inline void bench_wait(struct bench *b, sim_time t)
{
    sim_time until = b->now + t;
    while (bench_tick(b, until)) {}
    b->now = until;
}

/* Time passes, and whatever is sent arrives at once. */
static inline void bench_live(struct bench *b, sim_time t)
{
    sim_time until = b->now + t;
    bench_settle(b);
    while (bench_tick(b, until))
        bench_settle(b);
    b->now = until;
}

/* ---- wishes ---------------------------------------------------------------------------------- */

static inline uint64_t bench_start(struct bench *b)
{
    uint64_t own = ike_start(b->end[MN].ike, b->end[MN].peer, &b->address[0], &b->agent, b->now);
    bench_do(b, MN);
    return own;
}

static inline void bench_want(struct bench *b, unsigned e, unsigned policy, unsigned number)
{
    ike_want(b->end[e].ike, b->end[e].peer, policy, number, b->now);
    bench_do(b, e);
}

/* The four pairs of RFC 4877, set up without loss. */
static inline void bench_up(struct bench *b)
{
    (void)bench_start(b);
    for (unsigned k = 0; k < POLICIES; k++)
        bench_want(b, MN, k, 0);
    bench_settle(b);
}

static inline uint64_t bench_own(const struct bench *b, unsigned e)
{
    return ike_sa_of(b->end[e].ike, b->end[e].peer);
}

/* The outbound half that `e` uses for a policy; NULL: none. */
static inline struct bench_child *bench_out(struct bench *b, unsigned e, unsigned policy,
                                            unsigned number)
{
    struct bench_end *end = &b->end[e];
    for (unsigned k = 0; k < end->children; k++) {
        struct bench_child *c = &end->child[k];
        if (c->out && c->is.policy == &end->policy[policy] && c->is.number == number)
            return c;
    }
    return NULL;
}

/* ---- agreement ------------------------------------------------------------------------------- */

static inline unsigned bench_count_up(const struct bench_end *end)
{
    unsigned n = 0;
    for (unsigned k = 0; k < end->sas; k++)
        n += end->sa[k].up;
    return n;
}

/* Inbound halves that are there; those that linger are gone after a while. */
static inline unsigned bench_count_in(const struct bench_end *end)
{
    unsigned n = 0;
    for (unsigned k = 0; k < end->children; k++)
        n += end->child[k].in;
    return n;
}

/* What `e` sends with, the other end can open: SPI and keys are the same. */
static inline bool bench_pairs_fit(struct bench *b, unsigned e)
{
    struct bench_end *end = &b->end[e];
    for (unsigned k = 0; k < end->children; k++) {
        const struct bench_child *c = &end->child[k];
        if (!c->out)
            continue;
        const struct bench_child *o = bench_child(&b->end[1 - e], c->is.spi_out);
        if (!o || !o->in || o->is.spi_out != c->is.spi_in || o->is.suite != c->is.suite ||
            memcmp(&o->is.in, &c->is.out, sizeof o->is.in) != 0 ||
            memcmp(&o->is.out, &c->is.in, sizeof o->is.out) != 0)
            return false;
    }
    return true;
}

/* Both ends have one and the same IKE SA, nothing under way, and `children` Child SAs that fit. */
static inline bool bench_agrees(struct bench *b, unsigned children)
{
    struct bench_end *mn = &b->end[MN];
    struct bench_end *ha = &b->end[HA];
    uint64_t own[ENDS] = {bench_own(b, MN), bench_own(b, HA)};
    struct bench_ike *s = own[MN] ? bench_sa(mn, own[MN]) : NULL;
    struct bench_ike *o = own[HA] ? bench_sa(ha, own[HA]) : NULL;
    return s && o && s->spi_i == o->spi_i && s->spi_r == o->spi_r && s->initiator != o->initiator &&
           ike_sas(mn->ike) == 1 && ike_sas(ha->ike) == 1 && bench_count_up(mn) == 1 &&
           bench_count_up(ha) == 1 && !ike_busy(mn->ike, own[MN]) && !ike_busy(ha->ike, own[HA]) &&
           ike_children(mn->ike, own[MN]) == children &&
           ike_children(ha->ike, own[HA]) == children && bench_count_in(mn) == children &&
           bench_count_in(ha) == children && bench_pairs_fit(b, MN) && bench_pairs_fit(b, HA);
}

#endif
