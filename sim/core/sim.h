/*
 * sim.h - the discrete-event engine: a clock and an ordered set of timers.
 *
 * It knows no protocol, no packet and no wall clock.  Events run in the total order
 * (time, class, key): deliveries before timers; deliveries by the key of their channel
 * (link index, direction), timers by order of arming.  A foreign clock (ns-3, wall time)
 * needs only sim_next() and sim_run_until(), so the order is ours under every engine.
 *
 * Timers live inside the objects that own them: arming never allocates once the heap has
 * its size, stopping needs no search.  Not thread-safe: one engine, one thread.
 *
 * Every timer carries a cause: the id of the trace event that was current when it was
 * armed.  The engine copies it and knows no more.
 */
#ifndef SIM_CORE_SIM_H
#define SIM_CORE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/units.h"

struct sim; /* opaque */
struct tap;

typedef void sim_fn(struct sim *sim, void *owner);

enum sim_class { SIM_DELIVERY, SIM_TIMER };

/* Embed one per thing that can happen later. The fields belong to the engine. */
struct sim_timer {
    sim_fn *fn;
    void *owner;
    sim_time at;
    uint64_t order; /* class in the top bit, then the key */
    uint64_t key;   /* of a delivery: fixed at init */
    uint64_t cause;
    uint32_t number; /* by which the engine knows it while it is armed; SIM_IDLE when it is not */
    enum sim_class class;
};

#define SIM_IDLE UINT32_MAX

struct sim *sim_new(void); /* never NULL: running out of memory ends the program */
void sim_free(struct sim *sim);

void sim_timer_init(struct sim_timer *t, sim_fn *fn, void *owner);

/* A channel's timer: at one instant it runs before all timers, in order of `key`. */
void sim_delivery_init(struct sim_timer *t, sim_fn *fn, void *owner, uint64_t key);

/* Arm, or move if armed already. `at` is not in the past. */
void sim_arm(struct sim *sim, struct sim_timer *t, sim_time at);
void sim_arm_in(struct sim *sim, struct sim_timer *t, sim_time delay);

/* Stop; nothing happens if it is not armed. */
void sim_stop(struct sim *sim, struct sim_timer *t);
bool sim_armed(const struct sim_timer *t);

sim_time sim_now(const struct sim *sim);

/* When the next event is due, SIM_NEVER if none: all a foreign clock needs. */
sim_time sim_next(struct sim *sim);

/* Run every event due at or before `end`, then set the clock to `end`. Answers how many ran. */
uint64_t sim_run_until(struct sim *sim, sim_time end);

/* Run every event due before `t`, then set the clock to `t`: what comes from elsewhere at that
 * instant comes before our timers. Nothing halts it. Answers how many ran. */
uint64_t sim_reach(struct sim *sim, sim_time t);

/* The next event alone, if it is due at or before `end`: for who looks after each. */
bool sim_step(struct sim *sim, sim_time end);

/* Ask that sim_run_until() return after the event now running. */
void sim_halt(struct sim *sim);

uint64_t sim_cause(const struct sim *sim);
void sim_set_cause(struct sim *sim, uint64_t cause);

/* The observers, see tap.h; NULL when nobody looks. */
struct tap *sim_taps(const struct sim *sim);
void sim_add_tap(struct sim *sim, struct tap *tap); /* borrowed until sim_free() */
uint64_t sim_next_event_id(struct sim *sim);        /* 1, 2, 3, ... */

#endif
