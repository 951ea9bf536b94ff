/*
 * visitor.h - what a home agent keeps beside its binding cache: for each home address the test of
 * that address, the decision about its flows, and what is known of the ways to its care-of
 * addresses.  Part of agent.h.
 */
#ifndef MODELS_NODE_VISITOR_H
#define MODELS_NODE_VISITOR_H

#include "models/mip6/ha_list.h"
#include "models/node/agent.h"
#include "models/node/decide.h"
#include "models/node/nd.h"
#include "models/node/probe.h"

/* The way to one care-of address. */
struct visitor_path {
    uint16_t bid; /* 0: the place is free */
    struct addr coa;
    bool probe_dead; /* too many probes went unanswered */
    bool oracle_dead;
    struct probe probe;
};

/* What each packet asks for stands first. */
struct visitor {
    struct decider *decider; /* downwards; NULL: nobody said anything */
    uint16_t *carried_by;    /* by rule: BID of its last packet; 0: none yet */
    struct agent *agent;
    struct addr home;
    unsigned number; /* in agent.visitor; probes carry it */
    unsigned tests;  /* running */
    bool unique;
    struct nd_dad dad;
    struct nd_dad dad_link_local;
    struct visitor_path path[MH_BIDS];
    struct sim_timer probing;
    struct mpa mpa;
    struct sim_timer advertising;
};

struct agent {
    struct node *node;
    struct iface *home;
    struct addr address;
    struct bcache cache;
    struct agent_checks checks;
    struct sim_timer timer;
    struct probe_config probing;
    const struct mpa_timers *prefixes;
    struct rng prefix_delays;
    struct ha_list list; /* agent_list.c */
    struct sim_timer list_timer;
    struct addr anycast;      /* of the home agents of its link: RFC 2526 */
    bool open;                /* it serves; closed, its router is no home agent */
    struct visitor **visitor; /* in order of making */
    unsigned visitors;
    unsigned visitor_room;
};

/* ---- agent_data.c ---- */

/* To a binding on the home link: takes p. */
void agent_send_home(struct agent *a, struct pkt *p, const struct binding *at);
/* Without the neighbour cache: takes p. */
void agent_send_framed(struct iface *i, struct pkt *p, uint64_t station);

/* ---- agent_paths.c ---- */

void visitor_init(struct visitor *v, struct agent *a, const struct addr *home);

/* A binding was made, or may have another care-of address. */
void visitor_bound(struct visitor *v, struct binding *b, bool made);

/* What carries a packet of v that matches `rule` of its decider; valid until the next call. */
const struct flow_rule *visitor_decide(struct visitor *v, struct bcache_entry *e,
                                       const struct flow_rule *rule, const struct pkt *p);

/* Tells when a rule is carried by another BID than before. */
void visitor_note_choice(struct visitor *v, const struct flow_rule *rule, uint16_t bid);

/* ---- agent_list.c ---- */

void agent_list_init(struct agent *a);

/* ---- agent_prefixes.c ---- */

void visitor_prefixes_init(struct visitor *v);

/* A binding of v was made, refreshed or moved; or ended, `how`, else NULL. */
void visitor_prefixes_bound(struct visitor *v, const char *how);

#endif
