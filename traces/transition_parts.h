/*
 * transition_parts.h - what the files of transitions share. Private to traces.
 *
 *   transition.c       interfaces, bindings and flows
 *   transition_ike.c   and what IKE does about them
 */
#ifndef TRACES_TRANSITION_PARTS_H
#define TRACES_TRANSITION_PARTS_H

#include "traces/transition.h"

enum { TRANSITION_ASKS = 17 }; /* BIDs 1 to 16 and the plain binding, 0 */

/* What was last seen of one interface of one node; -1: nothing. */
struct transition_iface {
    const char *name;
    int64_t bid; /* registered with it, 0: none known */
    struct addr coa;
    struct addr address_is;
    sim_time link_down;
    sim_time detected;
    sim_time link_up;
    sim_time router;
    sim_time address;
    sim_time alive;      /* its path, after it was dead */
    sim_time registered; /* a BID with it */
    sim_time carries;    /* a flow moved to it */
    sim_time ike_start;  /* of the last move of IKE to it */
    sim_time ike_done;
};

/* What a mobile node's IKE SA does about its addresses. */
struct transition_ike {
    const char *iface; /* where it is; NULL: there is none */
    struct addr local; /* of the move that is under way */
    sim_time begun;    /* -1: none is */
    size_t moved;      /* number of the transition that MOBIKE is to end; 0: none */
    bool initiates;
};

/* Binding Updates about one BID. */
struct transition_ask {
    sim_time first; /* of those that wait for an answer; -1: none does */
    sim_time begun; /* the first of those that were answered last */
};

struct transition_node {
    struct transition_iface *iface;
    size_t ifaces;
    size_t room;
    struct transition_ask ask[TRANSITION_ASKS];
    struct transition_ike ike;
};

/* A field of the event; NULL: it has none of that name, or of that type. */
const struct tap_field *transition_field(const struct tap_event *e, const char *key);
const char *transition_text(const struct tap_event *e, const char *key);

/* What is remembered, made where there is nothing yet; an interface is valid until the next. */
struct transition_node *transition_node_of(struct transitions *t, uint32_t node);
struct transition_iface *transition_iface_of(struct transitions *t, uint32_t node,
                                             const char *name);

/* A new one, at the end of the list, valid until the next; and where it is from and to: NULL is
 * nowhere. */
struct transition *transition_add(struct transitions *t, enum transition_kind kind,
                                  const struct tap_event *e);
void transition_take_from(struct transition *t, const struct transition_iface *i);
void transition_take_to(struct transition *t, const struct transition_iface *i);

/* ---- transition_ike.c ---- */
void transition_see_ike_message(struct transitions *t, const struct tap_event *e);
void transition_see_ike_moved(struct transitions *t, const struct tap_event *e);
void transition_see_ike_up(struct transitions *t, const struct tap_event *e);
/* What IKE did about the interface, if that was since `since`. */
void transition_take_ike(struct transition *t, const struct transition_iface *to, sim_time since);

#endif
