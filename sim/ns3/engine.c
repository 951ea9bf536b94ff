#include "sim/ns3/engine.h"

#include "sim/core/foreign.h"
#include "sim/link/carrier.h"
#include "sim/link/p2p.h"
#include "sim/ns3/access.h"
#include "sim/ns3/clock.h"
#include "sim/ns3/p2p.h"

#ifndef NS3_VERSION
#define NS3_VERSION "ns-3"
#endif

static const uint64_t seeds = 4294944442u; /* what its generator takes is from 1 on, RngStream */

struct ns3_world {
    struct foreign clock;
    struct carriers carriers;
};

/* ---- clock ----------------------------------------------------------------------------------- */

static void wake(void *owner, uint64_t number)
{
    foreign_wake(owner, number);
}

static sim_time now(void *self)
{
    (void)self;
    return ns3_clock_now();
}

static void wake_at(void *self, sim_time at, uint64_t number)
{
    struct ns3_world *n = self;
    struct ns3_why why;
    if (!ns3_clock_wake(at - ns3_clock_now(), wake, &n->clock, number, &why)) {
        foreign_fail(&n->clock, ST_OUTSIDE, "%s", why.text);
        ns3_clock_halt();
    }
}

static void run(void *self)
{
    struct ns3_world *n = self;
    struct ns3_why why;
    if (!ns3_clock_run(&why))
        foreign_fail(&n->clock, ST_OUTSIDE, "%s", why.text);
}

static void halt(void *self)
{
    (void)self;
    ns3_clock_halt();
}

/* ---- point-to-point links -------------------------------------------------------------------- */

static void arrived(void *owner, const uint8_t *frame, size_t n)
{
    struct carrier *r = owner;
    foreign_enter(r->clock);
    carrier_arrived(r, frame, n);
    foreign_leave(r->clock);
}

static void lost(void *owner)
{
    struct carrier *r = owner;
    foreign_enter(r->clock);
    carrier_lost(r, DROP_LINK_LOSS);
    foreign_leave(r->clock);
}

/* One end of a link as its carrier knows it. */
struct end {
    struct ns3_direction *direction;
    struct foreign *clock;
};

static void send(void *self, const uint8_t *frame, size_t n)
{
    const struct end *e = self;
    struct ns3_why why;
    if (!ns3_p2p_send(e->direction, frame, n, &why))
        foreign_fail(e->clock, ST_OUTSIDE, "%s", why.text);
}

static void join(void *self, const char *name, const struct p2p_config *how, struct carrier *one,
                 struct carrier *other)
{
    struct ns3_world *n = self;
    struct ns3_why why;
    const struct ns3_p2p_config config = {.rate = (uint64_t)how->rate,
                                          .delay = (uint64_t)how->delay,
                                          .queue = (uint32_t)how->queue + 2};
    const struct ns3_p2p_taker taker[2] = {{arrived, lost, one}, {arrived, lost, other}};
    struct ns3_direction *direction[2] = {NULL, NULL};
    struct carrier *const both[2] = {one, other};
    if (!ns3_p2p_join(&config, taker, direction, &why))
        foreign_fail(&n->clock, ST_OUTSIDE, "%.60s: %s", name, why.text);
    for (int k = 0; k < 2; k++) {
        struct end *e = arena_take(one->channel->links->arena, sizeof *e);
        *e = (struct end){direction[k], &n->clock};
        both[k]->self = e;
        both[k]->send = send;
    }
}

/* ---- the engine ------------------------------------------------------------------------------ */

static struct foreign *begin(void *self, struct world *w)
{
    static const struct foreign_clock clock = {now, wake_at, run, halt};
    struct ns3_world *n = self;
    uint64_t seed = (uint64_t)w->scenario->general.seed;
    ns3_clock_begin((uint32_t)((seed % seeds + seeds - 1) % seeds + 1),
                    (uint64_t)w->scenario->general.replication);
    foreign_init(&n->clock, w->sim, &clock, n);
    carriers_init(&n->carriers, &n->clock, NS3_P2P_ADDS);
    n->carriers.join = join;
    n->carriers.self = n;
    w->links.carriers = &n->carriers;
    ns3_access_begin(w, &n->clock);
    return &n->clock;
}

static void end(void *self)
{
    (void)self;
    ns3_clock_end();
}

const struct world_engine *ns3_engine(void)
{
    static struct ns3_world world;
    static const struct world_engine engine = {"ns3", NS3_VERSION, begin, end, &world};
    return &engine;
}
