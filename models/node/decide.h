/*
 * decide.h - which care-of address carries which flow: a scenario's `decision` as an ordered
 * list of flow bindings (RFC 6089) for each end.
 *
 *   failover     every flow on the first interface of `prefer` that works
 *   fixed        each flow on the interface that `flows` names for it, no other
 *   round-robin  the flows in turn over the interfaces, the next one that works otherwise
 *   duplicate    a copy of every packet on each interface
 */
#ifndef MODELS_NODE_DECIDE_H
#define MODELS_NODE_DECIDE_H

#include "models/mip6/flowbind.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/base/units.h"

enum decide_builtin { DECIDE_FAILOVER, DECIDE_FIXED, DECIDE_ROUND_ROBIN, DECIDE_DUPLICATE };

struct decide_config {
    int builtin;            /* enum decide_builtin */
    struct key_list prefer; /* const char *, interfaces in order; empty: as they stand */
    const char *interface;  /* fixed: for flows that `flows` does not name */
    struct key_list flows;  /* struct key_pair: flow to interface, of `fixed` */
    sim_time back_after;
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

/* `path` stands in order of preference. */
struct flow_policy decide_policy(struct arena *arena, const struct decide_config *how,
                                 const struct decide_path *path, unsigned paths,
                                 const struct decide_flow *flow, size_t flows);

#endif
