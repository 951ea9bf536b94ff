/*
 * decide.h - which care-of address carries which flow: a scenario's `decision`.
 *
 *   failover     every flow on the first interface of `prefer` that works
 *   fixed        each flow on the interface that `flows` names for it, as long as that works
 *   round-robin  the flows in turn over the interfaces, the next one that works otherwise
 *   duplicate    a copy of every packet on each interface
 *   least-delay  every flow on the interface with the least round trip measured
 *   module       a shared object of one's own is asked (models/decision.h)
 *   replay       decisions written down (choices.h)
 *
 * Each end decides for what it sends, by what it knows itself: a decider (below) stands at the
 * mobile node for what goes up, another at the home agent for what goes down. The first four are
 * lists, as the flow bindings of RFC 6089; the others are asked for every packet.
 *
 * Where nothing of what was decided works, whatever works carries the packet.
 */
#ifndef MODELS_NODE_DECIDE_H
#define MODELS_NODE_DECIDE_H

#include "models/decision.h"
#include "models/mip6/flowbind.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/base/units.h"

enum decide_builtin {
    DECIDE_FAILOVER,
    DECIDE_FIXED,
    DECIDE_ROUND_ROBIN,
    DECIDE_DUPLICATE,
    DECIDE_LEAST_DELAY
};

struct decide_config {
    int builtin;            /* enum decide_builtin */
    const char *module;     /* a file; NULL: builtin */
    const char *replay;     /* a file; NULL: builtin */
    struct key_list prefer; /* const char *, interfaces in order; empty: as they stand */
    const char *interface;  /* fixed: for flows that `flows` does not name */
    struct key_list flows;  /* struct key_pair: flow to interface, of `fixed` */
    sim_time back_after;
    sim_time margin; /* least-delay: another path must be better by so much */
};

extern const struct key decide_keys[];

/* A flow of this mobile node, as its selectors see it. */
struct decide_flow {
    const char *name;
    struct flow_selector selector;
};

/* An interface and its Binding Identifier. */
struct decide_path {
    const char *interface;
    uint16_t bid;
};

struct choices;

/* What a decider is made of; all of it is borrowed for the run. */
struct decide_setup {
    const struct decide_config *how;
    const char *node;               /* the mobile node */
    const struct decide_path *path; /* in order of preference */
    unsigned paths;
    const struct decide_flow *flow;
    size_t flows;
    monami_decide_fn *module;      /* NULL: there is none */
    const struct choices *choices; /* NULL: there are none */
};

enum decider_kind { DECIDER_LIST, DECIDER_LEAST_DELAY, DECIDER_CHOICES, DECIDER_MODULE };

struct decider {
    enum decider_kind kind;
    enum monami_direction direction;
    struct flow_policy policy; /* a rule a flow, as far as flows differ; "any" last */
    bool refuses;              /* module: it named a BID that is none, ... */
    uint16_t refused;          /* ... this one */
    uint16_t best;             /* least-delay: the path in use; 0: none yet */
    struct decide_setup of;
    struct flow_rule answer;              /* for the packet at hand */
    struct monami_path path[MONAMI_BIDS]; /* as `of.path`; decider_ask() wants the rest filled */
    size_t next;                          /* replay: the first choice that is still to come */
    const struct choice **now;            /* replay: by rule, what holds; NULL: nothing yet */
    void *memory;                         /* module: its own */
};

struct decider *decider_new(struct arena *arena, const struct decide_setup *of,
                            enum monami_direction direction);

/* Whether decider_ask() looks at d->path, so that the caller has to fill it. */
bool decider_looks(const struct decider *d);

/* A packet of `bytes` that matches `rule` of d->policy: the rule that carries it, valid until the
 * next call. Of d->path, all but bid and interface are the caller's to fill. */
const struct flow_rule *decider_ask(struct decider *d, const struct flow_rule *rule, size_t bytes,
                                    sim_time now);

#endif
