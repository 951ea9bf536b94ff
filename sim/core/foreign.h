/*
 * foreign.h - another simulator's clock as ours: it has the loop, and wakes us.
 *
 * One event of the foreign scheduler stands for all of ours: it is planned for sim_next().  When it
 * comes it plans itself once more, for the end of that instant, so that whatever the outside does
 * at an instant, deliveries above all, comes before our timers.  Every call from the outside stands
 * between foreign_enter(), which brings our clock up, and foreign_leave(), which plans the next
 * wake.  Events planned by the outside at one instant must run in order of planning.
 *
 * The order of our events is ours, and the same as without a foreign clock.
 */
#ifndef SIM_CORE_FOREIGN_H
#define SIM_CORE_FOREIGN_H

#include "sim/base/status.h"
#include "sim/core/sim.h"

/* What the outside does for us. Times are those of our clock: ns. */
struct foreign_clock {
    sim_time (*now)(void *self);
    /* Call foreign_wake() with `number` at `at`, which is not in the past. Never taken back. */
    void (*wake_at)(void *self, sim_time at, uint64_t number);
    void (*run)(void *self);  /* until halt(), or nothing is planned */
    void (*halt)(void *self); /* from within run(): the event now running is the last */
};

/* The fields belong to the driver. */
struct foreign {
    struct sim *sim;
    const struct foreign_clock *clock; /* borrowed, as is what follows */
    void *self;
    bool (*look)(void *owner, uint64_t events); /* now and then; false: end here. NULL: nobody */
    void *owner;
    sim_time stop;
    sim_time at;        /* when the wake that counts comes; SIM_NEVER: none is planned */
    uint64_t number;    /* of it; others are passed over */
    bool last;          /* it comes at the end of its instant */
    bool awaits;        /* what is due now waits for the outside */
    sim_time waited_at; /* the instant at which it did last, */
    uint32_t waits;     /* and how often */
    uint32_t depth;     /* of foreign_enter() */
    bool over;
    uint64_t events; /* of ours that ran */
    uint64_t wakes;
    enum status st; /* why the run ended early; ST_OK: it did not */
    struct why why;
};

void foreign_init(struct foreign *f, struct sim *sim, const struct foreign_clock *clock,
                  void *self);

/* Both clocks to `stop`, unless it ends early: f->st, or `look` said so. Answers how many of our
 * events ran. */
uint64_t foreign_run(struct foreign *f, sim_time stop);

/* The outside calls these. Calls may be nested: what we do there may call back at once. */
void foreign_wake(struct foreign *f, uint64_t number);
void foreign_enter(struct foreign *f);
void foreign_leave(struct foreign *f);

/* For an event of ours that is due and needs what has not come from outside: everything that the
 * outside still does at this instant comes first, if the event armed itself again. False: it has
 * had its time. */
bool foreign_await(struct foreign *f);

/* The run ends: the outside does not do what it must. The first sentence stays. */
void foreign_fail(struct foreign *f, enum status st, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
