/*
 * flight.h - the frames of a network that ns-3 has: each with its ticket, found by ns-3's number of
 * it, and in the order in which they left.
 *
 * They are the arena's, as many as were ever out at once; one that has ended may be read until the
 * next begins.
 */
#ifndef SIM_NS3_FLIGHT_H
#define SIM_NS3_FLIGHT_H

#include "sim/base/arena.h"
#include "sim/core/sim.h"

enum { FLIGHT_BUCKETS = 4096, FLIGHT_HEADER_MAX = 14 };

struct flight {
    uint64_t uid; /* ns-3's number of it */
    uint64_t ticket;
    void *from; /* whoever sent it */
    sim_time since;
    size_t n; /* bytes, with the header */
    bool reached;
    bool group;
    size_t header_n;
    uint8_t header[FLIGHT_HEADER_MAX];
    struct flight *next_of_bucket; /* or of the spare ones */
    struct flight *older;
    struct flight *newer;
};

struct flights {
    struct arena *arena;
    struct flight *bucket[FLIGHT_BUCKETS];
    struct flight *spare;
    struct flight *oldest;
    struct flight *newest;
};

/* Without a number: it cannot be found until it has one. */
struct flight *flight_begin(struct flights *all, sim_time now);
void flight_name(struct flights *all, struct flight *f, uint64_t uid);
struct flight *flight_find(struct flights *all, uint64_t uid); /* NULL: it is out no more */
void flight_end(struct flights *all, struct flight *f);

#endif
