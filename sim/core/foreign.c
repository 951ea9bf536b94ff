#include "sim/core/foreign.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* How often one instant waits for the outside; a queue of frames that take no time needs a turn for
 * each. */
enum { PATIENCE = 100000 };

enum { LOOK_EVERY = 4096 }; /* wakes */

void foreign_init(struct foreign *f, struct sim *sim, const struct foreign_clock *clock, void *self)
{
    *f = (struct foreign){
        .sim = sim, .clock = clock, .self = self, .at = SIM_NEVER, .waited_at = -1};
}

static void plan(struct foreign *f, sim_time at, bool last)
{
    f->at = at;
    f->last = last;
    f->clock->wake_at(f->self, at, ++f->number);
}

/* A wake that would be too late is passed over; one that is early finds nothing to do. */
static void plan_next(struct foreign *f)
{
    sim_time next = sim_next(f->sim);
    if (next > f->stop)
        next = f->stop;
    if (!f->over && next < f->at)
        plan(f, next, false);
}

static void end(struct foreign *f)
{
    f->over = true;
    f->clock->halt(f->self);
}

static void run_due(struct foreign *f, sim_time now)
{
    f->awaits = false;
    while (!f->awaits && !f->st && sim_step(f->sim, now))
        f->events++;
    if (f->awaits)
        f->events--; /* nothing happened yet */
}

void foreign_wake(struct foreign *f, uint64_t number)
{
    if (number != f->number || f->over)
        return;
    sim_time now = f->clock->now(f->self);
    assert(now == f->at);
    if (!f->last) {
        plan(f, now, true);
        return;
    }
    f->at = SIM_NEVER;
    foreign_enter(f);
    run_due(f, now);
    bool ends = f->look && ++f->wakes % LOOK_EVERY == 0 && !f->look(f->owner, f->events);
    if (f->st || ends || (now >= f->stop && !f->awaits)) {
        end(f);
    } else if (f->awaits) {
        plan(f, now, true);
    }
    foreign_leave(f);
}

void foreign_enter(struct foreign *f)
{
    if (f->depth++ == 0)
        sim_reach(f->sim, f->clock->now(f->self));
}

void foreign_leave(struct foreign *f)
{
    assert(f->depth > 0);
    if (--f->depth == 0)
        plan_next(f);
}

uint64_t foreign_run(struct foreign *f, sim_time stop)
{
    assert(stop >= sim_now(f->sim) && f->depth == 0);
    uint64_t before = f->events;
    f->stop = stop;
    f->over = false;
    f->at = SIM_NEVER;
    plan_next(f);
    f->clock->run(f->self);
    if (!f->over)
        foreign_fail(f, ST_OUTSIDE, "the foreign clock stopped at %.9f s, before the end",
                     (double)f->clock->now(f->self) / 1e9);
    return f->events - before;
}

bool foreign_await(struct foreign *f)
{
    sim_time now = sim_now(f->sim);
    if (f->waited_at != now)
        f->waits = 0;
    f->waited_at = now;
    f->awaits = ++f->waits <= PATIENCE;
    return f->awaits;
}

void foreign_fail(struct foreign *f, enum status st, const char *fmt, ...)
{
    va_list ap;
    if (f->st)
        return;
    f->st = st;
    va_start(ap, fmt);
    (void)vsnprintf(f->why.text, sizeof f->why.text, fmt, ap);
    va_end(ap);
}
