/*
 * agenda.h - the ordered set of armed timers: what sim.h runs, and in which order.
 *
 * The total order is (time, order).  What is due within the present bin of 2^18 ns stands in a
 * small heap; what is due within the next 1,023 bins stands in a bag a bin, in no order until its
 * turn comes; what is due later, in another heap.  So the cost of a timer depends little on
 * how many others are armed, and a timer that is far away is not touched by those that are near.
 *
 * A timer stands in whatever owns it; while it is armed the agenda knows it by a number, so that
 * moving slots about touches no timer: with many of them each is a cache miss away.
 */
#ifndef SIM_CORE_AGENDA_H
#define SIM_CORE_AGENDA_H

#include <stdint.h>

#include "sim/core/sim.h"

enum { AGENDA_BINS = 1024, AGENDA_BIN_SHIFT = 18, AGENDA_CHUNK_SLOTS = 10 };

struct agenda_slot {
    sim_time at;
    uint64_t order;
    uint32_t number;
};

/* A piece of a bin; all but the first of a bin are full. */
struct agenda_chunk {
    uint32_t next; /* AGENDA_NONE: the last */
    uint32_t len;
    struct agenda_slot slot[AGENDA_CHUNK_SLOTS];
};

struct agenda_heap {
    struct agenda_slot *slot;
    uint32_t len;
    uint32_t cap;
};

/* Where an armed timer stands, by its number; one that is free links to the next by `place`. */
struct agenda_entry {
    struct sim_timer *timer;
    uint32_t bin;   /* or one of the heaps */
    uint32_t place; /* in the heap; in a bin chunk and slot */
};

#define AGENDA_NONE UINT32_MAX

struct agenda {
    struct agenda_heap heap[2];      /* near and far */
    int64_t present;                 /* number of the present bin since time 0 */
    uint64_t used[AGENDA_BINS / 64]; /* which bins hold anything */
    uint32_t bin[AGENDA_BINS];       /* their first chunks; AGENDA_NONE: empty */
    struct agenda_chunk *chunk;
    uint32_t chunks;
    uint32_t spare_chunk; /* the first free one */
    struct agenda_entry *by_number;
    uint32_t numbers; /* ever given */
    uint32_t cap;
    uint32_t spare; /* the first free number */
};

void agenda_init(struct agenda *a);
void agenda_release(struct agenda *a);

/* t->at and t->order say where it stands; it is not in the set. */
void agenda_put(struct agenda *a, struct sim_timer *t);
void agenda_remove(struct agenda *a, struct sim_timer *t); /* it is in the set */

/* The first timer; NULL: there is none. */
struct sim_timer *agenda_first(struct agenda *a);

/* Asks the processor for what the next timers stand in, while something else is worked on: with
 * many nodes each is a cache miss away. Changes nothing. */
void agenda_warm(const struct agenda *a);

#endif
