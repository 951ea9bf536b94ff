/*
 * storm_watch.h - what is known of a storm's world while it blows: kept from event to event, so
 * that the checks (storm_checks.h) can say what changed, and what the observers saw.
 */
#ifndef TESTS_STORM_WATCH_H
#define TESTS_STORM_WATCH_H

#include "models/node/key_parts.h"

#include "tests/ike_inside.h"
#include "tests/storm_world.h"

enum {
    WATCH_HAD = 128,
    WATCH_SAS = 64,
    WATCH_FLOWS = 6,
    WATCH_PACKETS = 1024,
    WATCH_NODES = 16,
    WATCH_CACHES = 3,
    WATCH_LISTS = 3,
};

/* Packets of flows that are born in calm. */
#define WATCH_FROM (126 * SIM_S)
#define WATCH_TO   (136 * SIM_S)

/* An address that the mobile node had. */
struct watch_had {
    struct addr addr;
    uint16_t bid;
    sim_time last;
};

/* A cache as it was after the event before. */
struct watch_cache {
    const char *name;
    struct bcache *cache;
    const struct tokens *tokens; /* NULL: the home agent's */
    bool has_sequence;
    uint16_t sequence;
    unsigned bindings;
    struct binding binding[MH_BIDS];
};

/* A sequence number that a mobile node counts. */
struct watch_list {
    const struct bul *bul;
    uint16_t sequence;
};

/* SAs of one node that live. */
struct watch_sas {
    struct node *node;
    struct ipsec *ipsec;
    struct sa *oldest; /* all before have ended */
    unsigned ins;
    unsigned outs;
    struct sa *in[WATCH_SAS];
    struct sa *out[WATCH_SAS];
    bool too_many;
};

struct watch_orphan {
    const struct sa *sa;
    sim_time since;
};

struct watch_packet {
    bool born;
    uint8_t taken;
    uint8_t path;
    uint16_t bid;
    uint8_t dead; /* reason */
};

struct watch {
    struct storm *s;
    struct node *car;
    struct node *ha;
    struct node *cn[2];
    struct addr home;
    const struct ro *ro;
    struct ike *ike[2]; /* of the car, of the home agent */
    uint64_t events;
    sim_time now;
    struct watch_had had[WATCH_HAD];
    unsigned hads;
    struct watch_cache cache[WATCH_CACHES];
    struct watch_list list[WATCH_LISTS];
    struct watch_sas sas[2];
    struct watch_orphan orphan[WATCH_SAS];
    unsigned orphans;
    struct tap tap;
    uint8_t sent[WATCH_FLOWS][2][WATCH_PACKETS][WATCH_NODES];
    struct watch_packet packet[WATCH_FLOWS][2][WATCH_PACKETS];
    uint8_t most_sent;
    uint8_t least_hops;
    const char *failed; /* the check that did not hold */
};

/* ---- what is observed ------------------------------------------------------------------------ */

static inline void watch_frame(void *self, const struct tap_frame *f)
{
    struct watch *w = self;
    const struct world *world = &w->s->world;
    if (f->what != TAP_SENT)
        return;
    bool ethernet = world->links.port[f->port]->framing == LINK_ETHERNET;
    const uint8_t *ip = f->pkt->at + (ethernet ? ETH_HEADER : 0);
    uint8_t hops = ip[IP6_AT_HOPS];
    if (ip[IP6_AT_NEXT] != IP6_HOP_BY_HOP && hops < w->least_hops) /* listener reports have 1 */
        w->least_hops = hops;
    const struct pkt_mark *m = &f->pkt->mark;
    if (!m->flow || m->sequence >= WATCH_PACKETS)
        return;
    uint8_t *n =
        &w->sent[m->flow - 1][m->direction][m->sequence][world->port_node[f->port] % WATCH_NODES];
    if (*n < UINT8_MAX)
        ++*n;
    if (*n > w->most_sent)
        w->most_sent = *n;
}

static inline void watch_flow(void *self, const struct tap_packet *p)
{
    struct watch *w = self;
    const struct pkt_mark *m = &p->mark;
    if (!m->flow || m->sequence >= WATCH_PACKETS)
        return;
    struct watch_packet *of = &w->packet[m->flow - 1][m->direction][m->sequence];
    if (p->step == TAP_BORN) {
        of->born = p->t >= WATCH_FROM && p->t < WATCH_TO;
    } else if (p->step == TAP_TAKEN) {
        of->taken++;
        of->path = m->path;
        of->bid = m->bid;
    } else {
        of->dead = (uint8_t)p->reason;
    }
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static inline void watch_note_addresses(struct watch *w)
{
    const struct mobile *m = w->car->mobile;
    for (unsigned k = 0; k < m->paths; k++) {
        if (!m->path[k].has_coa)
            continue;
        unsigned j = 0;
        while (j < w->hads &&
               (w->had[j].bid != m->path[k].bid || !addr_eq(&w->had[j].addr, &m->path[k].coa)))
            j++;
        if (j == w->hads && w->hads < WATCH_HAD)
            w->had[w->hads++] = (struct watch_had){m->path[k].coa, m->path[k].bid, 0};
        if (j < w->hads)
            w->had[j].last = w->now;
    }
}

/* NULL: it never had it. */
static inline const struct watch_had *watch_had(const struct watch *w, uint16_t bid,
                                                const struct addr *a)
{
    for (unsigned j = 0; j < w->hads; j++) {
        if ((!bid || w->had[j].bid == bid) && addr_eq(&w->had[j].addr, a))
            return &w->had[j];
    }
    return NULL;
}

static inline void watch_list_sas(struct watch_sas *l)
{
    if (!l->oldest)
        l->oldest = l->ipsec->sad.first;
    while (l->oldest && l->oldest->ended && l->oldest->newer)
        l->oldest = l->oldest->newer;
    l->ins = l->outs = 0;
    for (struct sa *sa = l->oldest; sa; sa = sa->newer) {
        if (sa->ended)
            continue;
        unsigned *n = sa->direction == SA_IN ? &l->ins : &l->outs;
        l->too_many |= *n == WATCH_SAS;
        if (*n < WATCH_SAS)
            (sa->direction == SA_IN ? l->in : l->out)[(*n)++] = sa;
    }
}

static inline void watch_keep(struct watch *w)
{
    for (unsigned k = 0; k < WATCH_CACHES; k++) {
        struct watch_cache *c = &w->cache[k];
        const struct bcache_entry *e = bcache_find(c->cache, &w->home);
        c->has_sequence = e && e->has_sequence;
        c->bindings = e ? e->bindings : 0;
        if (e)
            c->sequence = e->sequence;
        for (unsigned j = 0; j < c->bindings; j++)
            c->binding[j] = e->binding[j];
    }
    for (unsigned k = 0; k < WATCH_LISTS; k++) {
        if (w->list[k].bul)
            w->list[k].sequence = w->list[k].bul->sequence;
    }
}

/* ---- begin ----------------------------------------------------------------------------------- */

static inline struct addr watch_host(const struct node *n)
{
    return address_global(n->iface[0])->addr;
}

static inline void watch_begin(struct watch *w, struct storm *s)
{
    static const char *const cn[] = {"near", "far"};
    *w = (struct watch){.s = s, .least_hops = UINT8_MAX};
    w->car = world_node(&s->world, "car");
    w->ha = world_node(&s->world, "ha");
    w->home = *mobile_home(w->car->mobile);
    w->ro = optimise_list(w->car->mobile);
    w->cache[0] = (struct watch_cache){.name = "ha", .cache = agent_cache(w->ha->agent)};
    w->list[0].bul = &w->car->mobile->bul;
    for (unsigned k = 0; k < 2; k++) {
        w->cn[k] = world_node(&s->world, cn[k]);
        struct correspondent *c = correspond_machine(w->cn[k]);
        w->cache[1 + k] =
            (struct watch_cache){.name = cn[k], .cache = &c->cache, .tokens = &c->tokens};
        struct node *n = k ? w->ha : w->car;
        w->ike[k] = key_exchange_ike(n->keys);
        w->sas[k] = (struct watch_sas){.node = n, .ipsec = protection_ipsec(n->protection)};
    }
    w->tap = (struct tap){.self = w, .frame = watch_frame, .packet = watch_flow};
    sim_add_tap(s->world.sim, &w->tap);
    watch_keep(w);
}

/* After an event, before the checks. */
static inline void watch_look(struct watch *w)
{
    w->now = sim_now(w->s->world.sim);
    w->events++;
    watch_note_addresses(w);
    for (unsigned k = 0; k < 2; k++) {
        struct addr peer = watch_host(w->cn[k]);
        const struct ro_peer *p = ro_find(w->ro, &peer);
        if (p && !w->list[1 + k].bul)
            w->list[1 + k] = (struct watch_list){&p->bul, p->bul.sequence};
        watch_list_sas(&w->sas[k]);
    }
}

#endif
