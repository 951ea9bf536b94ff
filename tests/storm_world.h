/*
 * storm_world.h - the world of tests/scenarios/storm.yaml in a storm: interfaces that come, go and
 * change networks, networks that fall silent, and frames that are lost, held back and repeated,
 * all drawn from one stream by the seed.  The storm begins at STORM_FROM and ends at STORM_TO.
 *
 * What is lost, held back or repeated is so behind the links, at the ports of the nodes that have
 * protocols: links themselves keep their order.
 */
#ifndef TESTS_STORM_WORLD_H
#define TESTS_STORM_WORLD_H

#include <stdlib.h>

#include "models/node/correspond.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile_path.h"
#include "models/node/nd.h"
#include "models/node/optimise.h"
#include "models/node/protect.h"
#include "models/node/visitor.h"
#include "sim/world/world.h"
#include "sim/world/world_parts.h"

#include "tests/check.h"

enum { STORM_WAYS = 3, STORM_PORTS = 24, STORM_PLACES = 4 };

#define STORM_FROM (4 * SIM_S)
#define STORM_TO   (60 * SIM_S)
#define STORM_SLOW (10 * SIM_S)  /* under way, in a silence, held back and tested, at most */
#define STORM_GAP  (60 * SIM_MS) /* between two gusts: longer than `detection.link_down` */

/* Where a node's port ends: the storm stands before what its interface would do. */
struct storm_end {
    struct storm *of;
    struct iface *iface;
    void (*receive)(void *owner, struct pkt *p);
};

/* A frame that is held back. */
struct storm_held {
    struct storm_end *end;
    void *via; /* what its port was plugged into */
    struct pkt *pkt;
    struct sim_timer timer;
    struct storm_held *next;  /* of those that are free */
    struct storm_held *older; /* of all */
};

/* A place that an interface can attach to. */
struct storm_place {
    struct storm *of;
    struct world_station *at;
    unsigned way;
    bool shutting; /* asked for, and not done yet */
};

struct storm_silence {
    struct storm *of;
    struct access *net;
    bool on;
    struct sim_timer end;
};

struct storm {
    uint64_t seed;
    bool ends_at_home;
    struct arena arena;
    struct scenario scenario;
    struct world world;
    struct rng rng;
    unsigned lost; /* of a frame, in 1/1000 */
    unsigned held;
    unsigned repeated;
    struct sim_timer gust;
    struct storm_end end[STORM_PORTS];
    unsigned ends;
    struct storm_held *free;
    struct storm_held *newest;
    unsigned held_now;
    struct storm_place place[STORM_PLACES]; /* the last one is home */
    struct storm_silence silence[STORM_PLACES];
    unsigned gusts;
    unsigned moves;
};

static struct storm *storm_now; /* a port knows no more than its interface */

static inline unsigned storm_draw(struct storm *s, unsigned n)
{
    return (unsigned)rng_below(&s->rng, n);
}

static inline bool storm_happens(struct storm *s, unsigned permille)
{
    return permille && storm_draw(s, 1000) < permille;
}

/* ---- frames ---------------------------------------------------------------------------------- */

static inline void storm_let_go(struct sim *sim, void *owner)
{
    struct storm_held *h = owner;
    struct storm *s = h->end->of;
    struct storm_end *e = h->end;
    struct pkt *p = h->pkt;
    h->next = s->free;
    s->free = h;
    s->held_now--;
    h->pkt = NULL;
    if (!e->iface->port->up || e->iface->port->via != h->via) {
        pkt_give(&s->world.packets, p);
        return;
    }
    sim_set_cause(sim, p->cause);
    e->receive(e->iface, p);
}

static inline void storm_hold(struct storm_end *e, struct pkt *p)
{
    struct storm *s = e->of;
    struct storm_held *h = s->free;
    if (h) {
        s->free = h->next;
    } else {
        h = arena_take(&s->arena, sizeof *h);
        sim_timer_init(&h->timer, storm_let_go, h);
        h->older = s->newest;
        s->newest = h;
    }
    h->end = e;
    h->via = e->iface->port->via;
    h->pkt = p;
    s->held_now++;
    sim_arm_in(s->world.sim, &h->timer, (sim_time)(1 + storm_draw(s, 400)) * SIM_MS);
}

/* Neighbour discovery does not leave its link, which keeps order: an advertisement that comes when
 * its sender has gone away would make a home agent take the home address for somebody else's. */
static inline bool storm_keeps_order(const struct iface *i, const struct pkt *p)
{
    const uint8_t *ip = p->at + (i->port->framing == LINK_ETHERNET ? ETH_HEADER : 0);
    return ip[IP6_AT_HOPS] == 255;
}

static inline void storm_receive(void *owner, struct pkt *p)
{
    struct storm *s = storm_now;
    struct storm_end *e = s->end;
    while (e->iface != owner)
        e++;
    if (storm_happens(s, s->lost)) {
        pkt_give(&s->world.packets, p);
        return;
    }
    if (storm_keeps_order(e->iface, p)) {
        e->receive(e->iface, p);
        return;
    }
    if (storm_happens(s, s->repeated))
        storm_hold(e, pkt_copy(&s->world.packets, p));
    if (storm_happens(s, s->held)) {
        storm_hold(e, p);
    } else {
        e->receive(e->iface, p);
    }
}

static inline void storm_stand_before(struct storm *s, const char *node)
{
    const struct node *n = world_node(&s->world, node);
    for (unsigned k = 0; k < n->ifaces; k++) {
        struct port *port = n->iface[k]->port;
        if (s->ends == STORM_PORTS)
            abort();
        s->end[s->ends++] = (struct storm_end){s, n->iface[k], port->receive};
        port->receive = storm_receive;
    }
}

/* ---- interfaces ------------------------------------------------------------------------------ */

static inline struct storm_place *storm_place_of(struct storm *s, unsigned way)
{
    for (unsigned k = 0; k < STORM_PLACES; k++) {
        if (s->place[k].way == way && s->place[k].at->station->attached)
            return &s->place[k];
    }
    return NULL;
}

static inline void storm_detach(struct storm_place *p)
{
    p->shutting = false;
    if (p->at->station->attached)
        station_detach(p->at->station);
}

static inline void storm_shut(void *owner)
{
    struct storm_place *p = owner;
    if (p->shutting)
        storm_detach(p);
}

static inline void storm_attach(struct storm_place *p)
{
    for (unsigned k = 0; k < STORM_PLACES; k++)
        p->of->place[k].shutting &= p->of->place[k].way != p->way;
    p->of->moves++;
    world_attach(p->at);
}

static inline void storm_come_or_go(struct storm *s, unsigned way)
{
    struct storm_place *p = storm_place_of(s, way);
    bool home = way == 0 && storm_draw(s, 3) == 0;
    struct storm_place *to = &s->place[home ? STORM_PLACES - 1 : way];
    if (!p) {
        storm_attach(to);
    } else if (to != p && storm_draw(s, 2)) {
        storm_attach(to);
    } else if (storm_draw(s, 4) || p->shutting) {
        storm_detach(p);
    } else {
        p->shutting = true;
        mobile_shut(p->at->node->mobile, p->at->iface, p, storm_shut);
    }
}

/* ---- networks -------------------------------------------------------------------------------- */

static inline void storm_silence_ends(struct sim *sim, void *owner)
{
    struct storm_silence *o = owner;
    sim_stop(sim, &o->end);
    if (o->on)
        access_outage(o->net, false);
    o->on = false;
}

static inline void storm_be_silent(struct storm *s, unsigned which)
{
    struct storm_silence *o = &s->silence[which];
    if (o->on)
        return;
    o->on = true;
    access_outage(o->net, true);
    sim_arm_in(s->world.sim, &o->end, (sim_time)(100 + storm_draw(s, 7000)) * SIM_MS);
}

/* ---- the weather ----------------------------------------------------------------------------- */

static inline void storm_change_weather(struct storm *s)
{
    static const unsigned lost[] = {0, 20, 100, 300, 700};
    static const unsigned held[] = {0, 50, 200, 500};
    static const unsigned repeated[] = {0, 20, 100, 300};
    s->lost = lost[storm_draw(s, 5)];
    s->held = held[storm_draw(s, 4)];
    s->repeated = repeated[storm_draw(s, 4)];
}

/* Who was asked to shut an interface does; what is back within the time in which nobody notices
 * that it was gone may have another prefix, which nobody notices either. */
static inline void storm_abates(struct storm *s)
{
    s->lost = s->held = s->repeated = 0;
    for (unsigned k = 0; k < STORM_PLACES; k++) {
        if (s->place[k].shutting)
            storm_detach(&s->place[k]);
        storm_silence_ends(s->world.sim, &s->silence[k]);
    }
}

static inline void storm_calm(struct storm *s)
{
    for (unsigned way = 0; way < STORM_WAYS; way++) {
        struct storm_place *to = &s->place[way == 0 && s->ends_at_home ? STORM_PLACES - 1 : way];
        if (storm_place_of(s, way) != to)
            storm_attach(to);
    }
}

static inline void storm_gust(struct sim *sim, void *owner)
{
    struct storm *s = owner;
    if (sim_now(sim) > STORM_TO) {
        storm_calm(s);
        return;
    }
    if (sim_now(sim) == STORM_TO) {
        storm_abates(s);
        sim_arm_in(sim, &s->gust, STORM_GAP);
        return;
    }
    s->gusts++;
    unsigned what = storm_draw(s, 10);
    if (what < 6) {
        storm_come_or_go(s, storm_draw(s, STORM_WAYS));
    } else if (what < 7) {
        storm_be_silent(s, storm_draw(s, STORM_PLACES));
    } else {
        storm_change_weather(s);
    }
    sim_time next = sim_now(sim) + STORM_GAP + (sim_time)storm_draw(s, 2500) * SIM_MS;
    sim_arm(sim, &s->gust, next < STORM_TO ? next : STORM_TO);
}

/* ---- begin and end --------------------------------------------------------------------------- */

/* What differs from the file, by the seed. */
static const char *const storm_kinds[][2] = {
    {"nodes.car.mcoa.registration=bulk", NULL},
    {"nodes.car.mcoa.registration=parallel", NULL},
    {"nodes.car.mcoa.registration=serial", NULL},
    {"nodes.car.route_optimisation.one_first=true", "nodes.near.correspondent.ask_before=20 s"},
    {"nodes.car.ike.mobility=re-establish", NULL},
    {"nodes.car.mcoa.gather=300 ms", "nodes.car.route_optimisation.hoti_from=round-robin"},
    {"nodes.car.ike.mobility=mobike", NULL},
};

enum { STORM_KINDS = sizeof storm_kinds / sizeof *storm_kinds };

static inline void storm_load(struct storm *s)
{
    const char *const *set = storm_kinds[s->seed % STORM_KINDS];
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    const char *path = TESTS "/scenarios/storm.yaml";
    if (!c || !scenario_load(path, set, set[1] ? 2 : 1, &s->arena, &s->scenario, &root, c)) {
        if (c)
            complaints_print(c, stderr);
        abort();
    }
    free(c);
}

/* `s` is zeroed but for what it is told to be. */
static inline void storm_begin(struct storm *s, uint64_t seed)
{
    static const char *const iface[] = {"car.wlan0", "car.one0", "car.two0", "car.wlan0"};
    static const char *const network[] = {"wlan", "one", "two", "home"};
    static const char *const nodes[] = {"car", "ha", "near", "far"};
    storm_now = s;
    s->seed = seed;
    storm_load(s);
    world_build(&s->world, &s->scenario, &s->arena, seed, 0);
    s->rng = rng_stream(&s->world.seed, "storm");
    s->ends_at_home = storm_draw(s, 6) == 0;
    for (unsigned k = 0; k < STORM_PLACES; k++) {
        s->place[k] = (struct storm_place){.of = s,
                                           .way = k % STORM_WAYS,
                                           .at = world_station_of(&s->world, iface[k], network[k])};
        s->silence[k] =
            (struct storm_silence){.of = s, .net = world_network(&s->world, network[k])->access};
        sim_timer_init(&s->silence[k].end, storm_silence_ends, &s->silence[k]);
    }
    for (unsigned k = 0; k < sizeof nodes / sizeof *nodes; k++)
        storm_stand_before(s, nodes[k]);
    sim_timer_init(&s->gust, storm_gust, s);
    sim_arm(s->world.sim, &s->gust, STORM_FROM);
}

static inline void storm_end(struct storm *s)
{
    for (struct storm_held *h = s->newest; h; h = h->older) {
        if (h->pkt)
            pkt_give(&s->world.packets, h->pkt);
    }
    world_free(&s->world); /* asserts that every packet is somewhere */
    arena_release(&s->arena);
}

#endif
