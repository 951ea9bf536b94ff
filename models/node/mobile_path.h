/*
 * mobile_path.h - the paths of a mobile node, one an interface, and how it finds out which
 * work: addresses and routers from neighbour discovery, path probes, or an oracle.  Part of
 * mobile.h.
 */
#ifndef MODELS_NODE_MOBILE_PATH_H
#define MODELS_NODE_MOBILE_PATH_H

#include "models/node/decide.h"
#include "models/node/mobile.h"

enum { MOBILE_PATHS = BUL_ENTRIES, MOBILE_REFUSALS = 8 };

/* A node that does not know the Mobility Header: RFC 6275 11.3.5. */
struct mobile_refusal {
    struct addr peer;
    sim_time until; /* it is left alone */
};

struct mobile_discovery;

struct mobile_path {
    struct mobile *mobile;
    struct iface *iface;
    uint16_t bid;
    struct addr coa;
    bool has_coa;       /* an address, and a router that advertises its prefix */
    bool probe_dead;    /* too many probes went unanswered */
    bool oracle_dead;   /* the world says that its link carries nothing */
    bool failed_before; /* it worked and stopped: `back_after` applies */
    bool wanted;        /* handed to the binding update list */
    bool shut;          /* about to be: not wanted any more */
    void *shut_owner;
    void (*shut_done)(void *owner); /* NULL: nobody waits */
    struct probe probe;
    struct sim_timer probing;
    struct sim_timer back;
};

/* The binding that a packet left by, and its interface; NULL: none did yet. */
struct mobile_carrier {
    const char *interface;
    uint16_t bid;
};

/* What each packet asks for stands first. */
struct mobile {
    struct node *node;
    struct decider *decider;           /* upwards */
    struct mobile_carrier *carried_by; /* by rule: what its last packet left by */
    struct iface *home_iface;          /* where the home link is; NULL: away */
    bool settled;                      /* the return home is acknowledged */
    bool answers;                      /* for its home address on the home link */
    bool keyed;                        /* SAs for Binding Updates are there, or none are needed */
    bool client;                       /* of an IPsec gateway: it registers nowhere */
    bool seeks_agent;                  /* its link-layer address: RFC 6275 11.5.5 */
    int64_t sought;                    /* questions for it since the return home */
    struct mobile_detection detection;
    struct bul bul;
    struct mobile_path path[MOBILE_PATHS]; /* in order of preference */
    unsigned paths;
    struct nd_dad home_dad;
    sim_time home_preferred_until; /* SIM_NEVER: no advertisement told */
    struct sim_timer seeking;      /* the next question for the home agent */
    struct rng sequences;          /* first sequence numbers */
    struct optimiser *optimiser;   /* NULL: all goes through the home agent */
    struct mobile_refusal refusal[MOBILE_REFUSALS];
    struct sim_timer timer;
    struct mobile_discovery *discovery; /* NULL: its home agent is named */
    struct mps mps;                     /* mobile_prefixes.c */
    struct sim_timer soliciting;
};

/* On the home link and elsewhere at once: RFC 5648 5.6. */
bool mobile_simultaneous(const struct mobile *m);

/* A BID is no longer bound, or never will be: whoever waits to shut the interface is told. */
void mobile_unbound(struct mobile *m, uint16_t bid);

/* The round trip of a Binding Update that left from `coa` and its answer. */
void mobile_measured(struct mobile *m, const struct addr *coa, sim_time length);

/* mobile_errors.c: whether `peer` said of late that it knows no Mobility Header. */
bool mobile_refused(const struct mobile *m, const struct addr *peer);

/* The interface of a care-of address; "" without one. */
const char *mobile_iface_name(const struct mobile *m, const struct addr *coa);

/* mobile_prefixes.c */
void mobile_prefixes_init(struct mobile *m, const struct mobile_config *how);
void mobile_prefixes_restart(struct mobile *m);
void mobile_prefixes_home(struct mobile *m);   /* the home address is another */
void mobile_prefixes_ask(struct mobile *m);    /* a registration came back with status 1 */
void mobile_prefixes_review(struct mobile *m); /* bindings or lifetimes may have changed */

/* mobile_discovery.c; nothing happens where the home agent is named. */
void mobile_discovery_review(struct mobile *m); /* bindings or paths may have changed */
void mobile_discovery_restart(struct mobile *m);
void mobile_discovery_heard(struct mobile *m);  /* an acknowledgement has come */
bool mobile_discovery_silent(struct mobile *m); /* none comes: another home agent is looked for */
/* Nobody answers for the home address on the home link: its home agent is left, and what it holds
 * is forgotten.  False: it is named, and the only one. */
bool mobile_discovery_deserted(struct mobile *m);
void mobile_discovery_probed(struct mobile *m); /* a path was found dead */

/* mobile_home.c */
void mobile_home_init(struct mobile *m);
void mobile_come_home(struct mobile *m, struct iface *i, const struct nd_router *r);
void mobile_return(struct mobile *m); /* completely: everything is deregistered */
void mobile_settle(struct mobile *m); /* that is acknowledged */
void mobile_home_bound(struct mobile *m, uint8_t status); /* the home binding is */
void mobile_leave_home(struct mobile *m);

/* Does what the binding update list answered, and arms its timer. */
void mobile_do(struct mobile *m, const struct bul_acts *acts);

/* Nothing is bound any more, what works is wanted; the next Binding Update has a greater number
 * than `sequence`. */
void mobile_begin_anew(struct mobile *m, uint16_t sequence);
void mobile_paths_anew(struct mobile *m);

/* Tells the binding update list what is wanted now, all paths looked at. */
void mobile_plan(struct mobile *m);

#endif
