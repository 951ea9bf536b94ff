/*
 * foreign_engine.h - a small simulator in ns-3's manner, to have another clock and other links
 * than our own without ns-3: events in order of time and of planning, and point-to-point devices
 * with a queue, one transmission at a time, PPP's two bytes and a propagation delay.
 *
 * Transmission times are computed as ns-3 3.37 does, in fixed point with 64 bits behind the point.
 */
#ifndef TESTS_FOREIGN_ENGINE_H
#define TESTS_FOREIGN_ENGINE_H

#include <stdlib.h>
#include <string.h>

#include "sim/core/foreign.h"
#include "sim/link/carrier.h"
#include "sim/link/p2p.h"
#include "sim/world/world.h"

enum { PPP_BYTES = 2, FE_DEVICES = 256 };

struct fe;
typedef void fe_fn(struct fe *fe, void *owner, uint64_t number);

struct fe_event {
    sim_time at;
    uint64_t uid;
    fe_fn *fn;
    void *owner;
    uint64_t number;
};

struct fe_frame {
    struct fe_frame *next;
    size_t n;
    uint8_t byte[CARRIER_FRAME_MAX + PPP_BYTES];
};

struct fe_device {
    struct fe *fe;
    struct carrier *carrier;
    int64_t rate;
    sim_time delay;
    struct fe_frame *head; /* waiting */
    struct fe_frame **last;
    struct fe_frame *sending;
    uint64_t frames; /* that came out at the far end */
};

/* What it does wrong, for tests of what notices. */
struct fe_faults {
    sim_time late;        /* each frame by so much */
    uint64_t swallows;    /* frame number, from 1, counted over all devices, as are these: */
    uint64_t breaks;      /* changes a byte */
    uint64_t loses;       /* and says so */
    uint64_t swaps;       /* with the one behind it */
    bool stops;           /* its clock, at 1 s */
    sim_time works_every; /* its own events, on round times; 0: none */
};

struct fe {
    struct fe_event *heap;
    size_t len;
    size_t cap;
    uint64_t uid;
    uint64_t ran;
    sim_time now;
    bool halted;
    struct fe_device *device[FE_DEVICES];
    size_t devices;
    uint64_t frame; /* how many were taken */
    struct fe_frame *kept;
    struct fe_faults faults;
    struct foreign clock;
    struct carriers carriers;
};

/* ---- events ---------------------------------------------------------------------------------- */

static inline bool fe_before(const struct fe_event *a, const struct fe_event *b)
{
    return a->at != b->at ? a->at < b->at : a->uid < b->uid;
}

static inline void fe_plan(struct fe *fe, sim_time delay, fe_fn *fn, void *owner, uint64_t number)
{
    if (fe->len == fe->cap) {
        fe->cap = fe->cap ? 2 * fe->cap : 1024;
        fe->heap = realloc(fe->heap, fe->cap * sizeof *fe->heap);
        if (!fe->heap)
            abort();
    }
    const struct fe_event e = {fe->now + delay, fe->uid++, fn, owner, number};
    size_t i = fe->len++;
    for (; i && fe_before(&e, &fe->heap[(i - 1) / 2]); i = (i - 1) / 2)
        fe->heap[i] = fe->heap[(i - 1) / 2];
    fe->heap[i] = e;
}

static inline struct fe_event fe_next(struct fe *fe)
{
    struct fe_event first = fe->heap[0];
    struct fe_event e = fe->heap[--fe->len];
    size_t i = 0;
    for (size_t k = 1; k < fe->len; k = 2 * i + 1) {
        k += k + 1 < fe->len && fe_before(&fe->heap[k + 1], &fe->heap[k]);
        if (fe_before(&e, &fe->heap[k]))
            break;
        fe->heap[i] = fe->heap[k];
        i = k;
    }
    fe->heap[i] = e;
    return first;
}

static inline void fe_wake(struct fe *fe, void *owner, uint64_t number)
{
    (void)owner;
    foreign_wake(&fe->clock, number);
}

static inline sim_time fe_now(void *self)
{
    return ((struct fe *)self)->now;
}

static inline void fe_wake_at(void *self, sim_time at, uint64_t number)
{
    struct fe *fe = self;
    if (at < fe->now)
        abort();
    fe_plan(fe, at - fe->now, fe_wake, NULL, number);
}

static inline void fe_run(void *self)
{
    struct fe *fe = self;
    fe->halted = false;
    while (fe->len && !fe->halted) {
        struct fe_event e = fe_next(fe);
        if (fe->faults.stops && e.at > SIM_S)
            return;
        fe->now = e.at;
        fe->ran++;
        e.fn(fe, e.owner, e.number);
    }
}

static inline void fe_halt(void *self)
{
    ((struct fe *)self)->halted = true;
}

static inline void fe_work(struct fe *fe, void *owner, uint64_t number)
{
    (void)owner;
    foreign_enter(&fe->clock);
    foreign_leave(&fe->clock);
    fe_plan(fe, fe->faults.works_every, fe_work, NULL, number);
}

/* ---- devices --------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 fe_wide;

/* As ns-3: bits / rate in 64.64, times 10^9, rounded. */
static inline sim_time fe_time_of(uint64_t bits, uint64_t rate)
{
    fe_wide one = (fe_wide)1 << 64;
    fe_wide s = (fe_wide)(bits / rate) * one + (fe_wide)(bits % rate) * one / rate;
    fe_wide high = s >> 64;
    fe_wide low = s & (one - 1);
    fe_wide ns = high * 1000000000u * one + low * 1000000000u;
    return (sim_time)((ns + one / 2) >> 64);
}

static inline void fe_send_next(struct fe_device *d);

static inline void fe_arrived(struct fe *fe, void *owner, uint64_t number)
{
    struct fe_frame *f = owner;
    struct fe_device *d = fe->device[number >> 32];
    uint64_t frame = number & UINT32_MAX;
    if (frame == fe->faults.swallows) {
        free(f);
        return;
    }
    if (frame == fe->faults.swaps) {
        fe->kept = f;
        return;
    }
    foreign_enter(&fe->clock);
    if (frame == fe->faults.breaks)
        f->byte[f->n - 1] ^= 1;
    if (frame == fe->faults.loses) {
        carrier_lost(d->carrier, DROP_LINK_LOSS);
    } else {
        d->frames++;
        carrier_arrived(d->carrier, f->byte + PPP_BYTES, f->n - PPP_BYTES);
    }
    foreign_leave(&fe->clock);
    free(f);
    if (fe->kept) {
        f = fe->kept;
        fe->kept = NULL;
        fe_arrived(fe, f, number);
    }
}

static inline void fe_sent(struct fe *fe, void *owner, uint64_t number)
{
    struct fe_device *d = owner;
    (void)fe;
    (void)number;
    d->sending = NULL;
    fe_send_next(d);
}

static inline void fe_send_next(struct fe_device *d)
{
    struct fe *fe = d->fe;
    struct fe_frame *f = d->head;
    uint64_t device = 0;
    if (!f || d->sending)
        return;
    d->head = f->next;
    if (!d->head)
        d->last = &d->head;
    d->sending = f;
    while (fe->device[device] != d)
        device++;
    sim_time tx = fe_time_of(8 * f->n, (uint64_t)d->rate) + fe->faults.late;
    fe_plan(fe, tx, fe_sent, d, 0);
    fe_plan(fe, tx + d->delay, fe_arrived, f, device << 32 | ++fe->frame);
}

static inline void fe_send(void *self, const uint8_t *frame, size_t n)
{
    struct fe_device *d = self;
    struct fe_frame *f = malloc(sizeof *f);
    if (!f || n > CARRIER_FRAME_MAX)
        abort();
    f->next = NULL;
    f->n = n + PPP_BYTES;
    f->byte[0] = 0x00; /* PPP: IPv6 */
    f->byte[1] = 0x57;
    memcpy(f->byte + PPP_BYTES, frame, n);
    *d->last = f;
    d->last = &f->next;
    fe_send_next(d);
}

static inline void fe_join_one(struct fe *fe, const struct p2p_config *how, struct carrier *r)
{
    struct fe_device *d = calloc(1, sizeof *d);
    if (!d || fe->devices == FE_DEVICES)
        abort();
    *d = (struct fe_device){.fe = fe, .carrier = r, .rate = how->rate, .delay = how->delay};
    d->last = &d->head;
    fe->device[fe->devices++] = d;
    r->send = fe_send;
    r->self = d;
}

static inline void fe_join(void *self, const char *name, const struct p2p_config *how,
                           struct carrier *one, struct carrier *other)
{
    (void)name;
    fe_join_one(self, how, one);
    fe_join_one(self, how, other);
}

/* ---- the engine ------------------------------------------------------------------------------ */

static const struct foreign_clock fe_clock = {fe_now, fe_wake_at, fe_run, fe_halt};

/* For world_build_foreign(): struct world_engine's `begin`. */
static inline struct foreign *fe_begin(void *self, struct world *w)
{
    struct fe *fe = self;
    foreign_init(&fe->clock, w->sim, &fe_clock, fe);
    carriers_init(&fe->carriers, &fe->clock, PPP_BYTES);
    fe->carriers.join = fe_join;
    fe->carriers.self = fe;
    w->links.carriers = &fe->carriers;
    if (fe->faults.works_every)
        fe_plan(fe, 0, fe_work, NULL, 0);
    return &fe->clock;
}

static inline void fe_release(struct fe *fe)
{
    while (fe->len) { /* frames on the way */
        struct fe_event e = fe_next(fe);
        if (e.fn == fe_arrived)
            free(e.owner);
    }
    for (size_t k = 0; k < fe->devices; k++) {
        while (fe->device[k]->head) {
            struct fe_frame *f = fe->device[k]->head;
            fe->device[k]->head = f->next;
            free(f);
        }
        free(fe->device[k]);
    }
    free(fe->kept);
    free(fe->heap);
}

#endif
