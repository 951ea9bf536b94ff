/*
 * mappings.h - what a translator remembers: which address and port inside has which port outside
 * (RFC 4787 4, 5; of an ICMPv6 echo the identifier stands for the port, RFC 5508 3).
 *
 * One mapping serves an inside address and port whomever they speak to (endpoint-independent, RFC
 * 4787 REQ-1); it lives on with what leaves, not with what arrives (REQ-6).  A machine without
 * hands: its owner asks mappings_end() for what is over, and before anything else.
 *
 * Mappings live in the run's arena and are used again.
 */
#ifndef MODELS_NODE_MAPPINGS_H
#define MODELS_NODE_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/units.h"

enum mapping_kind { MAPPING_UDP, MAPPING_ECHO, MAPPING_KINDS };

/* Who outside may send to a mapping: RFC 4787 5. */
enum mapping_filter { MAPPING_FROM_ANYBODY, MAPPING_FROM_ADDRESSES };

enum { MAPPING_PEERS = 16, MAPPING_BUCKETS = 4096 };

struct mapping {
    enum mapping_kind kind;
    struct addr inside;
    uint16_t inside_port;
    uint16_t port;                   /* outside */
    struct addr peer[MAPPING_PEERS]; /* addresses that it has sent to, the last so many */
    unsigned peers;                  /* that it ever had */
    sim_time used;                   /* when something last left */
    struct mapping *next_inside;     /* of its buckets */
    struct mapping *next_outside;
    struct mapping *older; /* by use */
    struct mapping *newer;
};

struct mappings {
    struct arena *arena;
    sim_time life; /* without anything leaving */
    enum mapping_filter filter;
    uint16_t low; /* ports outside, of each kind */
    uint16_t high;
    uint16_t next[MAPPING_KINDS]; /* that is tried first */
    unsigned count[MAPPING_KINDS];
    struct mapping *by_inside[MAPPING_BUCKETS];
    struct mapping *by_outside[MAPPING_BUCKETS];
    struct mapping *oldest; /* use */
    struct mapping *newest;
    struct mapping *spare; /* by next_inside */
};

/* Ports from `low` to `high` are given out in turn. */
void mappings_init(struct mappings *m, struct arena *a, sim_time life, enum mapping_filter filter,
                   uint16_t low, uint16_t high);

/* An inside address and port send to `peer`: the mapping that there is, or a new one, and *made
 * says which; it lives on. NULL: no port is left. */
struct mapping *mappings_out(struct mappings *m, enum mapping_kind kind, const struct addr *inside,
                             uint16_t port, const struct addr *peer, sim_time now, bool *made);

/* Nothing but a look; NULL: none. */
struct mapping *mappings_inside(const struct mappings *m, enum mapping_kind kind,
                                const struct addr *inside, uint16_t port);
struct mapping *mappings_outside(const struct mappings *m, enum mapping_kind kind, uint16_t port);

/* Whether `peer` may send to it. */
bool mappings_lets_in(const struct mappings *m, const struct mapping *to, const struct addr *peer);

/* One whose life is over now is gone, and copied to *ended; false: there is none. */
bool mappings_end(struct mappings *m, sim_time now, struct mapping *ended);
sim_time mappings_next(const struct mappings *m); /* when the next may be over; SIM_NEVER */

#endif
