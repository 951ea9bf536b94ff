/*
 * bindings.h - which care-of address was bound when, put together from the events of binding
 * caches (mip6.binding_made, _moved, _refreshed, _ended).
 *
 * One entry a care-of address of a binding: a move ends it and begins the next.
 */
#ifndef TRACES_BINDINGS_H
#define TRACES_BINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/core/tap.h"

struct bound {
    uint32_t node; /* that holds it */
    struct addr home;
    int64_t bid;
    struct addr care_of;
    sim_time made;
    sim_time changed; /* made, refreshed last, or ended */
    sim_time ended;   /* -1: it still stands */
    const char *how;  /* it ended: "moved", or as the event has it; NULL: it did not */
};

/* Zeroed at first. */
struct bindings {
    struct bound *list; /* in order of their beginning */
    size_t n;
    size_t room;
    uint32_t *slot; /* by hash of node, home address and BID: the latest entry + 1; 0: none */
    size_t slots;
};

void bindings_see(struct bindings *b, const struct tap_event *e);
void bindings_release(struct bindings *b);

#endif
