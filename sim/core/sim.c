#include "sim/core/sim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/core/agenda.h"
#include "sim/core/tap.h"

struct sim {
    sim_time now;
    uint64_t armed; /* how many timers were armed: the next key of one */
    uint64_t cause;
    uint64_t events; /* ids given */
    struct tap *taps;
    bool halted;
    struct agenda agenda;
};

static const uint64_t timer_bit = (uint64_t)1 << 63;

struct sim *sim_new(void)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (!sim) {
        (void)fputs("sim: out of memory\n", stderr);
        abort();
    }
    agenda_init(&sim->agenda);
    return sim;
}

void sim_free(struct sim *sim)
{
    if (!sim)
        return;
    agenda_release(&sim->agenda);
    free(sim);
}

void sim_timer_init(struct sim_timer *t, sim_fn *fn, void *owner)
{
    *t = (struct sim_timer){.fn = fn, .owner = owner, .number = SIM_IDLE, .class = SIM_TIMER};
}

void sim_delivery_init(struct sim_timer *t, sim_fn *fn, void *owner, uint64_t key)
{
    assert(key < timer_bit);
    sim_timer_init(t, fn, owner);
    t->class = SIM_DELIVERY;
    t->key = key;
}

bool sim_armed(const struct sim_timer *t)
{
    return t->number != SIM_IDLE;
}

void sim_stop(struct sim *sim, struct sim_timer *t)
{
    if (t->number != SIM_IDLE)
        agenda_remove(&sim->agenda, t);
}

void sim_arm(struct sim *sim, struct sim_timer *t, sim_time at)
{
    assert(at >= sim->now && t->fn);
    sim_stop(sim, t);
    t->at = at;
    t->order = t->class == SIM_DELIVERY ? t->key : timer_bit | sim->armed++;
    t->cause = sim->cause;
    agenda_put(&sim->agenda, t);
}

void sim_arm_in(struct sim *sim, struct sim_timer *t, sim_time delay)
{
    assert(delay >= 0);
    sim_arm(sim, t, delay > SIM_NEVER - sim->now ? SIM_NEVER : sim->now + delay);
}

sim_time sim_now(const struct sim *sim)
{
    return sim->now;
}

sim_time sim_next(struct sim *sim)
{
    const struct sim_timer *t = agenda_first(&sim->agenda);
    return t ? t->at : SIM_NEVER;
}

bool sim_step(struct sim *sim, sim_time end)
{
    struct sim_timer *t = agenda_first(&sim->agenda);
    if (!t || t->at > end)
        return false;
    sim->now = t->at;
    sim->cause = t->cause;
    agenda_remove(&sim->agenda, t);
    agenda_warm(&sim->agenda);
    t->fn(sim, t->owner);
    return true;
}

uint64_t sim_run_until(struct sim *sim, sim_time end)
{
    uint64_t ran = 0;
    assert(end >= sim->now);
    sim->halted = false;
    while (sim_step(sim, end)) {
        ran++;
        if (sim->halted)
            return ran;
    }
    sim->now = end;
    return ran;
}

uint64_t sim_reach(struct sim *sim, sim_time t)
{
    uint64_t ran = 0;
    assert(t >= sim->now);
    while (sim_step(sim, t - 1))
        ran++;
    sim->now = t;
    sim->cause = 0;
    return ran;
}

void sim_halt(struct sim *sim)
{
    sim->halted = true;
}

uint64_t sim_cause(const struct sim *sim)
{
    return sim->cause;
}

void sim_set_cause(struct sim *sim, uint64_t cause)
{
    sim->cause = cause;
}

struct tap *sim_taps(const struct sim *sim)
{
    return sim->taps;
}

void sim_add_tap(struct sim *sim, struct tap *tap)
{
    struct tap **end = &sim->taps;
    while (*end)
        end = &(*end)->next;
    tap->next = NULL;
    *end = tap;
}

uint64_t sim_next_event_id(struct sim *sim)
{
    return ++sim->events;
}
