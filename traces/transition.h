/*
 * transition.h - what changed the way of the packets, put together from the events of a mobile
 * node, and what each change did to its flows.
 *
 * A transition is a BID that became usable (added), that was given up (removed), that got
 * another address (moved), a flow that another interface carries now (flow moved), or an IKE SA
 * that has another path (IKE moved).  Its times are those of the interfaces involved, as far as
 * they were seen; -1 where there is none.  Upwards the mobile node moves a flow, downwards its
 * home agent.
 *
 * BU sent is the first Binding Update of the exchange, however often it was repeated.
 *
 * IKE start is the first request that a move of IKE needed: of MOBIKE the one with
 * UPDATE_SA_ADDRESSES (RFC 4555 3.5), else IKE_SA_INIT of a new IKE SA; IKE done is the answer to
 * the former, or when the latter is up.  The K bit needs neither: both are -1.  A BID or flow
 * that moved has those of the interface it moved to, if they belong to that move.
 *
 * Disruption of a flow: the largest gap between arrivals of distinct packets that overlaps the
 * span of the transition, minus the packet interval, and not below 0.  The span reaches from
 * its first time (link down, detection, address, BU sent) to its last (BA received, or the
 * change itself) and 1 s on, for packets that were under way.
 */
#ifndef TRACES_TRANSITION_H
#define TRACES_TRANSITION_H

#include <stddef.h>
#include <stdint.h>

#include "sim/core/tap.h"
#include "traces/flows.h"

enum transition_kind {
    TRANSITION_ADDED,
    TRANSITION_REMOVED,
    TRANSITION_MOVED,
    TRANSITION_FLOW,
    TRANSITION_IKE,
};

struct transition {
    enum transition_kind kind;
    uint32_t node;
    uint64_t cause;   /* id of the event that closed it */
    const char *from; /* interfaces; NULL: none */
    const char *to;
    sim_time link_down;
    sim_time detected;
    sim_time link_up;
    sim_time router;
    sim_time address;
    sim_time bu_sent;
    sim_time ba_received;
    sim_time ike_start;
    sim_time ike_done;
    sim_time at; /* when it was complete */
};

struct transitions {
    struct transition *list;
    size_t n;
    size_t room;
    struct transition_node *node; /* what was last seen of each node, by its index */
    size_t nodes;
    const char *const *name; /* of the nodes, by index; borrowed */
    size_t names;
};

struct disruption {
    sim_time last_before; /* -1: none */
    sim_time first_after; /* -1: none */
    sim_time disruption;  /* where nothing came after: at least so long; -1: nothing came at all */
    uint64_t lost;
    uint64_t late;
    uint64_t duplicated;
};

void transitions_see(struct transitions *t, const struct tap_event *e);
void transitions_release(struct transitions *t);

const char *transition_kind_name(enum transition_kind kind);

/* Earliest time that belongs to it. */
sim_time transition_begin(const struct transition *t);

void disruption_of(const struct transition *t, const struct flow_record *r,
                   const struct trace_flow *of, struct disruption *d);

#endif
