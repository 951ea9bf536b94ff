#include "sim/core/sim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/core/tap.h"

/* Sifting stays in the heap and in the list of places: with many timers, each a cache miss away, to
 * touch those that only move would cost more than everything else. */
struct slot {
    sim_time at;
    uint64_t order;
    uint32_t number;
};

/* An armed timer by its number; a number that is free links to the next one. */
struct armed {
    struct sim_timer *timer;
    uint32_t place; /* in the heap; the next free number */
};

struct sim {
    sim_time now;
    uint64_t armed; /* how many timers were armed: the next key of one */
    uint64_t cause;
    uint64_t events; /* ids given */
    struct slot *heap;
    struct armed *by_number;
    uint32_t len;
    uint32_t cap;
    uint32_t numbers; /* ever given */
    uint32_t spare;   /* the first free one; SIM_IDLE: none */
    struct tap *taps;
    bool halted;
};

enum { FANOUT = 4, FIRST_CAP = 256 };

static const uint64_t timer_bit = (uint64_t)1 << 63;

struct sim *sim_new(void)
{
    struct sim *sim = calloc(1, sizeof *sim);
    if (!sim) {
        (void)fputs("sim: out of memory\n", stderr);
        abort();
    }
    sim->spare = SIM_IDLE;
    return sim;
}

void sim_free(struct sim *sim)
{
    if (!sim)
        return;
    free(sim->heap);
    free(sim->by_number);
    free(sim);
}

static bool before(const struct slot *a, const struct slot *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void place(struct sim *sim, struct slot s, uint32_t at)
{
    sim->heap[at] = s;
    sim->by_number[s.number].place = at;
}

static void sift_up(struct sim *sim, struct slot s, uint32_t at)
{
    for (uint32_t parent; at > 0; at = parent) {
        parent = (at - 1) / FANOUT;
        if (before(&sim->heap[parent], &s))
            break;
        place(sim, sim->heap[parent], at);
    }
    place(sim, s, at);
}

static uint32_t least_child(const struct sim *sim, uint32_t first)
{
    uint32_t least = first;
    uint32_t end = first + FANOUT < sim->len ? first + FANOUT : sim->len;
    for (uint32_t i = first + 1; i < end; i++) {
        if (before(&sim->heap[i], &sim->heap[least]))
            least = i;
    }
    return least;
}

static void sift_down(struct sim *sim, struct slot s, uint32_t at)
{
    for (uint32_t first; (first = FANOUT * at + 1) < sim->len;) {
        uint32_t child = least_child(sim, first);
        if (before(&s, &sim->heap[child]))
            break;
        place(sim, sim->heap[child], at);
        at = child;
    }
    place(sim, s, at);
}

static void grow(struct sim *sim)
{
    uint32_t cap = sim->cap ? 2 * sim->cap : FIRST_CAP;
    struct slot *heap = realloc(sim->heap, cap * sizeof *heap);
    struct armed *by_number = realloc(sim->by_number, cap * sizeof *by_number);
    if (!heap || !by_number || cap > UINT32_MAX / 8) {
        (void)fputs("sim: out of memory for timers\n", stderr);
        abort();
    }
    sim->heap = heap;
    sim->by_number = by_number;
    sim->cap = cap;
}

static uint32_t take_number(struct sim *sim, struct sim_timer *t)
{
    uint32_t number = sim->spare;
    if (number == SIM_IDLE) {
        number = sim->numbers++;
    } else {
        sim->spare = sim->by_number[number].place;
    }
    sim->by_number[number].timer = t;
    return number;
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
    if (t->number == SIM_IDLE)
        return;
    uint32_t at = sim->by_number[t->number].place;
    struct slot gone = sim->heap[at];
    struct slot last = sim->heap[--sim->len];
    sim->by_number[t->number].place = sim->spare;
    sim->spare = t->number;
    t->number = SIM_IDLE;
    if (last.number == gone.number)
        return;
    if (before(&last, &gone)) {
        sift_up(sim, last, at);
    } else {
        sift_down(sim, last, at);
    }
}

void sim_arm(struct sim *sim, struct sim_timer *t, sim_time at)
{
    assert(at >= sim->now && t->fn);
    t->at = at;
    t->order = t->class == SIM_DELIVERY ? t->key : timer_bit | sim->armed++;
    t->cause = sim->cause;
    if (t->number != SIM_IDLE) { /* moved: up or down from where it stands */
        struct slot s = {at, t->order, t->number};
        uint32_t from = sim->by_number[t->number].place;
        if (before(&s, &sim->heap[from])) {
            sift_up(sim, s, from);
        } else {
            sift_down(sim, s, from);
        }
        return;
    }
    if (sim->len == sim->cap)
        grow(sim);
    t->number = take_number(sim, t);
    sim->len++;
    sift_up(sim, (struct slot){at, t->order, t->number}, sim->len - 1);
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

sim_time sim_next(const struct sim *sim)
{
    return sim->len ? sim->heap[0].at : SIM_NEVER;
}

uint64_t sim_run_until(struct sim *sim, sim_time end)
{
    uint64_t ran = 0;
    assert(end >= sim->now);
    sim->halted = false;
    while (sim->len && sim->heap[0].at <= end) {
        struct sim_timer *t = sim->by_number[sim->heap[0].number].timer;
        sim->now = t->at;
        sim->cause = t->cause;
        sim_stop(sim, t);
        t->fn(sim, t->owner);
        ran++;
        if (sim->halted)
            return ran;
    }
    sim->now = end;
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
