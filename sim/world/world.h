/*
 * world.h - a scenario come to life: nodes, links, routes, traffic and events of one run.
 */
#ifndef SIM_WORLD_WORLD_H
#define SIM_WORLD_WORLD_H

#include "models/crypto/cipher.h"
#include "models/node/bearer.h"
#include "models/node/node.h"
#include "models/transport/source.h"
#include "sim/link/access.h"
#include "sim/live/tun.h"
#include "sim/world/key_files.h"
#include "sim/world/scenario.h"
#include "traces/trace.h"

struct foreign;

/* A network and its router. */
struct world_network {
    const struct network_config *how;
    struct access *access;
    struct node *router;
    struct iface *segment; /* the router's interface on it; NULL of a cellular network */
    struct bearer_pool pool;
    struct world_network *shares; /* its router is a phone, first attached there; or NULL */
};

/* What a mobile node's interface can attach to. */
struct world_station {
    struct world *world;
    struct world_network *net;
    struct station *station; /* NULL: the interface is a live one */
    struct node *node;
    struct iface *iface;
    uint16_t bid;
    struct node *agent_node; /* whom an oracle tells; NULL: there is none */
    struct world_station *next;
};

/* A home agent that is not the router of its network. */
struct world_agent {
    const struct node_config *how;
    struct iface *iface;
    struct station *station;
    bool up;                 /* its link */
    struct sim_timer leaves; /* its link, when its service has ended */
    struct world_agent *next;
};

struct world_flow {
    struct source source[2];
    sim_time first[2]; /* packet of it */
};

struct world_event {
    struct world *world;
    const struct event_config *how;
    struct world_station *station; /* of attach, detach, shut; NULL otherwise */
    const char *agent;             /* likewise, of a home agent */
    struct sim_timer timer;
    struct sim_timer end; /* of an outage or a cut */
};

struct world {
    const struct scenario *scenario;
    struct arena *arena;
    struct sim *sim;
    struct pool packets;
    struct ciphers *ciphers; /* NULL: nobody has IPsec */
    struct key_files key_files;
    struct rng_seed seed;
    struct links links;
    struct world_network *network; /* in order of the scenario */
    struct node **node;            /* routers that are no home agents first, then the scenario's */
    uint32_t nodes;
    uint32_t *port_node; /* by port: index of its node */
    uint32_t port_room;
    struct world_station *stations;
    struct world_agent *agents;
    struct replay_trace *trace;
    struct replay *replay;
    size_t replays;
    struct world_flow *flow;
    struct trace_flow *trace_flow;
    struct world_event *event;
    bool oracle;                   /* some node has one */
    const struct world_live *live; /* NULL: everything is simulated */
    const struct world_outside *outside;
    size_t outsides;
    struct foreign *foreign;  /* has the clock; NULL: whoever calls sim_run_until() */
    struct world_home *homes; /* of mobile nodes that begin without a home address */
    struct trace_home *trace_home;
    uint32_t trace_homes;
};

/* A network of the scenario that somebody else carries: outside.h. The rest of the scenario neither
 * replays anything there nor has an outage of it: world_outside_check() says so. */
struct world_outside {
    const char *network;
    const struct outside_ways *ways;
    void *owner;
};

/* One node of the scenario against the outside: all its interfaces end at `tun`. The others are
 * built, since the node must know of them, and do nothing; but behind a home agent its home link
 * and the correspondents there are simulated. */
struct world_live {
    const struct node_config *node;
    struct tun *tun;
};

/* Another simulator's clock, and perhaps its links. */
struct world_engine {
    const char *name; /* "ns3" */
    /* What it is, for the manifest: "ns-3.37". */
    const char *version;
    /* The world has its clock and as yet no link: sets w->links.carriers and w->outside. Answers
     * what runs the world from now on. */
    struct foreign *(*begin)(void *self, struct world *w);
    void (*end)(void *self); /* the world is still there, and does nothing any more */
    void *self;
};

/* The scenario has been checked. The world lives in `arena` but for its engine. */
void world_build(struct world *w, const struct scenario *s, struct arena *arena, uint64_t seed,
                 uint64_t replication);
void world_build_live(struct world *w, const struct scenario *s, struct arena *arena, uint64_t seed,
                      uint64_t replication, const struct world_live *live);
void world_build_outside(struct world *w, const struct scenario *s, struct arena *arena,
                         uint64_t seed, uint64_t replication, const struct world_outside *outside,
                         size_t outsides);
void world_build_foreign(struct world *w, const struct scenario *s, struct arena *arena,
                         uint64_t seed, uint64_t replication, const struct world_engine *engine);

/* Whether those networks can be outside in that scenario: a sentence says what is in the way. */
MUST_CHECK enum status world_outside_check(const struct scenario *s,
                                           const struct world_outside *outside, size_t outsides,
                                           struct why *why);

void world_start(struct world *w); /* when the observers are there */
void world_free(struct world *w);  /* packets that are left are given back first */

/* An outside tells of the cell that a host's link is of: l2.cell, of models/names.h. */
void world_cell_changed(const struct world *w, const struct port *host, unsigned cell,
                        const char *how);

/* What events and callers do to an interface of a mobile node ("car.wlan0"), to a phone's towards
 * the cellular network ("hotspot-router.radio"), or to the link of a home agent ("ha"). */
enum world_move {
    WORLD_ATTACH, /* leaves where it is attached; a home agent has its link again, and serves */
    WORLD_DETACH, /* the link is lost, without a word before */
    WORLD_SHUT    /* with notice: a binding is deleted first; a home agent ends its service */
};

/* It happens at sim_now(), as by an event of the scenario. `network`: which one, of those that the
 * interface names or events attach it to; NULL: its first. ST_MISSING: there is no such thing in
 * this world; ST_RANGE: no event could do it either. */
MUST_CHECK enum status world_move(struct world *w, enum world_move what, const char *who,
                                  const char *network, struct why *why);

struct node *world_node(const struct world *w, const char *name); /* NULL: none */
struct world_network *world_network(const struct world *w, const char *name);

/* world_live.c: whether that node of the scenario does anything. */
bool world_lives(const struct world *w, const struct node_config *n);
/* The address that an interface of the live mobile node has, attached to `net`. */
struct addr world_live_address(const struct iface *i, const struct world_network *net);

/* What traces need to know; the caller says what is kept, and where, and by which program. */
void world_trace_setup(struct world *w, struct trace_setup *setup);
/* The run has ended after so many events, at `stop` if not where the scenario says; 0. */
MUST_CHECK enum status world_trace_close(struct world *w, struct trace *t, uint64_t events,
                                         sim_time stop, struct why *why);
struct trace_link *world_links(struct world *w, size_t *n);
struct trace_sa *world_sas(struct world *w, size_t *n);
struct trace_cpu *world_cpus(struct world *w, size_t *n);
struct trace_ike *world_ikes(struct world *w, size_t *n);
struct trace_count *world_key_counts(struct world *w, size_t *n);

#endif
