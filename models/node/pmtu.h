/*
 * pmtu.h - what is known of the path MTU, by local address and destination (RFC 8201 5.2).
 *
 * A path is known from the first packet above 1280 bytes that is sent on it, and until then has
 * the MTU of its first hop.  A Packet Too Big about a packet that was really sent lowers the
 * estimate, never below 1280 and never upwards; some minutes after the last one the first hop's
 * MTU is tried again.  A mobile node that moves has another local address and starts afresh.
 *
 * A machine without hands: the time is an argument.  The table grows with its use up to a
 * bound, and then the path that was not used for longest makes room.
 */
#ifndef MODELS_NODE_PMTU_H
#define MODELS_NODE_PMTU_H

#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/units.h"

enum { PMTU_PATHS = 4096 }; /* that one node knows at most */

struct pmtu_path {
    struct addr local;
    struct addr destination;
    uint32_t mtu;     /* UINT32_MAX: nobody said anything */
    uint32_t sent;    /* bytes of the largest packet that left; 0: a free place */
    sim_time lowered; /* the last Packet Too Big */
    sim_time used;
};

struct pmtu {
    struct arena *arena;
    sim_time timeout; /* from the last Packet Too Big to the next attempt at more */
    struct pmtu_path *path;
    size_t sets; /* of PMTU_WAYS places; a power of two, or 0 */
};

enum pmtu_news {
    PMTU_LOWERED,
    PMTU_KNOWN,     /* says nothing new */
    PMTU_TOO_SMALL, /* below 1280: RFC 8201 4 */
    PMTU_UNMATCHED, /* no such packet was sent */
};

void pmtu_init(struct pmtu *m, struct arena *arena, sim_time timeout);

/* The largest packet that may be sent now; `first_hop` is the MTU of the first link. */
uint32_t pmtu_of(const struct pmtu *m, const struct addr *local, const struct addr *destination,
                 uint32_t first_hop, sim_time now);

/* The same for a packet of `bytes`, above 1280, that is sent now, in fragments if need be. */
uint32_t pmtu_use(struct pmtu *m, const struct addr *local, const struct addr *destination,
                  uint32_t first_hop, uint32_t bytes, sim_time now);

/* The path starts afresh: an end of a tunnel has moved to it, RFC 4301 8.2. */
void pmtu_forget(struct pmtu *m, const struct addr *local, const struct addr *destination);

/* A Packet Too Big with `mtu` about a packet of `bytes`, as far as its quote tells. */
enum pmtu_news pmtu_too_big(struct pmtu *m, const struct addr *local,
                            const struct addr *destination, uint32_t bytes, uint32_t mtu,
                            sim_time now);

#endif
