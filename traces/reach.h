/*
 * reach.h - for how long a home agent could not have reached a mobile node's IKE, put together from
 * events: the address that the home agent would send to is none of the node's, or its link is lost,
 * or the IKE SA is gone at one of the two.
 *
 * It counts from the time on when both have the first IKE SA. What no event tells (a network that
 * carries nothing) it does not know.
 */
#ifndef TRACES_REACH_H
#define TRACES_REACH_H

#include <stddef.h>
#include <stdint.h>

#include "sim/core/tap.h"

/* Of one mobile node. */
struct reach {
    uint32_t node;
    struct addr home;
    sim_time lost; /* ns, up to `until` */
};

/* In order of the nodes' first IKE SAs, malloc'd; NULL: none. */
struct reach *reach_measure(const struct tap_event *event, size_t events, sim_time until,
                            size_t *n);

#endif
