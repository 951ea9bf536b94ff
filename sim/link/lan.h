/*
 * lan.h - a segment of Ethernet frames: who sends to whom, by link-layer address.
 *
 * A switch that knows all its members: unicast goes to the member with that address, a group
 * to everybody else who wants to hear it.  It has no queue and no delay of its own; those are in
 * the channels between the members and the segment (access.h).
 */
#ifndef SIM_LINK_LAN_H
#define SIM_LINK_LAN_H

#include "sim/link/channel.h"

struct lan;

struct lan_member {
    struct port *port;
    struct channel *down; /* from the segment to the member; NULL: at once */
    bool on;              /* hears and is heard: lan_switch() */
    uint64_t *groups;     /* its place in the segment's list */
    struct lan_member *next;
};

struct lan *lan_new(struct links *links);
void lan_join(struct lan *lan, struct lan_member *m); /* borrowed for the run */

/* It hears and is heard from now on, or no longer. */
void lan_switch(struct lan_member *m, bool on);

/* The bit of struct port's `groups` for a group's link-layer address: one is shared by several. */
uint64_t lan_group_bits(uint64_t group);

/* A frame of member `from` that has reached the segment: takes p. */
void lan_spread(struct lan *lan, const struct lan_member *from, struct pkt *p);

#endif
