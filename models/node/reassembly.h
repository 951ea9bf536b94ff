/*
 * reassembly.h - fragments that wait for the rest of their packet (RFC 8200 4.5).
 *
 *   waiting    fragments without overlap, at least one missing; the timer runs since the first
 *   given up   for an overlap (RFC 5722 4), or because it does not fit: what still comes of it
 *              dies for the same reason until the timer ends
 *
 * The key is source, destination and Identification, as they stand in the outermost header.  An
 * exact copy of a fragment is dropped and does no harm; a fragment that is a whole packet never
 * meets the others (RFC 6946 4).  When there is no place the oldest is given up.
 *
 * A machine without hands: it owns the fragments that it holds, takes the time as an argument and
 * answers what is whole and what is to be dropped, and why.
 */
#ifndef MODELS_NODE_REASSEMBLY_H
#define MODELS_NODE_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/names.h"
#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/pkt.h"
#include "sim/base/units.h"

enum {
    REASSEMBLY_BYTES = PKT_ROOM, /* of a whole packet; RFC 8200 5 asks for 1500 */
    REASSEMBLY_PARTS = 64,       /* fragments of one packet */
};

struct reassembly_config {
    sim_time timeout;
    int64_t most; /* packets at once */
};

struct reassembly_part {
    uint16_t offset; /* bytes */
    uint16_t bytes;
    uint16_t at; /* of the Fragment header in the packet */
    bool last;
    struct pkt *pkt;
    struct reassembly_part *next;
};

struct reassembly_slot {
    struct addr src;
    struct addr dst;
    uint32_t id;
    sim_time until;
    uint16_t given_up;            /* enum node_reason; 0: waiting */
    struct reassembly_part *part; /* by offset */
    unsigned parts;
    uint32_t bytes;               /* that are there */
    uint32_t total;               /* bytes behind the Fragment headers; 0: not yet known */
    struct reassembly_slot *next; /* of its bucket, or of the free ones */
    struct reassembly_slot *younger;
    struct reassembly_slot *older;
};

struct reassembly {
    struct reassembly_config how;
    struct pool *packets;
    struct pool parts;
    struct reassembly_slot **bucket;
    size_t buckets; /* a power of two */
    struct reassembly_slot *spare;
    struct reassembly_slot *oldest;
    struct reassembly_slot *youngest;
};

/* What comes of an arrival, or of time: the caller owns the packets. */
struct reassembly_act {
    struct pkt *whole; /* NULL: none */
    struct pkt *dead;  /* to be dropped for `reason`, by `next` */
    uint16_t reason;   /* enum node_reason */
    uint8_t error;     /* ICMPv6 type to be sent about the first of them; 0: none */
    uint8_t code;
    uint32_t value;
};

void reassembly_init(struct reassembly *r, struct arena *arena, struct pool *packets,
                     const struct reassembly_config *how);

/* A packet whose chain can be walked and whose Fragment header stands at `at`: takes p. */
void reassembly_take(struct reassembly *r, struct pkt *p, size_t at, sim_time now,
                     struct reassembly_act *act);

/* When reassembly_tick() is due; SIM_NEVER: nothing waits. */
sim_time reassembly_next(const struct reassembly *r);

/* Gives up one packet whose time is over. False: there is none. */
bool reassembly_tick(struct reassembly *r, sim_time now, struct reassembly_act *act);

void reassembly_release(struct reassembly *r); /* the run is over: fragments go back unseen */

#endif
