#include "sim/mobility/coverage.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- a segment and a circle ------------------------------------------------------------- */

static double square(double v)
{
    return v * v;
}

static double distance2(double x, double y, const struct disc *d)
{
    return square(x - (double)d->x) + square(y - (double)d->y);
}

static bool holds(const struct disc *d, const struct waypoint *p)
{
    return distance2((double)p->x, (double)p->y, d) <= square((double)d->radius);
}

/* The instant at `part` of the leg. */
static sim_time instant(const struct waypoint *from, const struct waypoint *to, double part)
{
    sim_time t = from->t + (sim_time)floor(part * (double)(to->t - from->t) + 0.5);
    return t < from->t ? from->t : t > to->t ? to->t : t;
}

bool coverage_cross(const struct waypoint *from, const struct waypoint *to, const struct disc *disc,
                    struct crossing *c)
{
    bool begins = holds(disc, from);
    bool ends = holds(disc, to);
    *c = (struct crossing){.enters = !begins && ends, .leaves = begins && !ends};
    double ax = (double)(from->x - disc->x);
    double ay = (double)(from->y - disc->y);
    double dx = (double)(to->x - from->x);
    double dy = (double)(to->y - from->y);
    double length = sqrt(square(dx) + square(dy));
    if ((begins && ends) || length <= 0 || from->t == to->t) {
        c->enter = c->leave = to->t;
        return c->enters || c->leaves;
    }
    double along = -(ax * dx + ay * dy) / length; /* to the foot of the perpendicular */
    double aside = fabs(ax * dy - ay * dx) / length;
    double r = (double)disc->radius;
    double chord2 = (r - aside) * (r + aside);
    double half = chord2 > 0 ? sqrt(chord2) : 0;
    if (!begins && !ends)
        c->enters = c->leaves = half > 0 && along - half > 0 && along + half < length;
    c->enter = instant(from, to, (along - half) / length);
    c->leave = instant(from, to, (along + half) / length);
    return c->enters || c->leaves;
}

/* ---- the rule ---------------------------------------------------------------------------- */

/* A border is crossed: of the disc itself, or of the larger one that hysteresis makes of it. */
struct border {
    sim_time t;
    size_t order; /* of finding: what is equal in time stays in order */
    size_t cell;
    size_t disc;
    bool wide;
    int step; /* 1 into it, -1 out of it */
};

struct borders {
    struct border *of;
    size_t n;
    size_t room;
};

static void add(struct borders *b, struct border one)
{
    if (b->n == b->room) {
        b->room = b->room ? 2 * b->room : 64;
        struct border *more = realloc(b->of, b->room * sizeof *more);
        if (!more) {
            (void)fputs("coverage: out of memory\n", stderr);
            abort();
        }
        b->of = more;
    }
    one.order = b->n;
    b->of[b->n++] = one;
}

static void add_disc(struct borders *b, const struct movement *m, const struct disc *disc,
                     struct border one)
{
    if (holds(disc, &m->at[0])) { /* as it stood before */
        one.t = 0;
        one.step = 1;
        add(b, one);
    }
    for (size_t k = 1; k < m->n; k++) {
        struct crossing c;
        if (!coverage_cross(&m->at[k - 1], &m->at[k], disc, &c))
            continue;
        if (c.enters) {
            one.t = c.enter;
            one.step = 1;
            add(b, one);
        }
        if (c.leaves) {
            one.t = c.leave;
            one.step = -1;
            add(b, one);
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const struct border *x = a;
    const struct border *y = b;
    if (x->t != y->t)
        return x->t < y->t ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Where the node is, while the borders are gone through. */
struct walk {
    const struct movement *movement;
    const struct cell *cell;
    size_t cells;
    int **inside; /* by cell and disc */
    int *wide;    /* by cell: in how many of its larger discs */
    int current;
};

static int nearest(const struct walk *w, sim_time t)
{
    struct position here = movement_at(w->movement, t);
    int best = -1;
    double least = 0;
    for (size_t c = 0; c < w->cells; c++) {
        for (size_t d = 0; d < w->cell[c].discs; d++) {
            double far = distance2(here.x, here.y, &w->cell[c].disc[d]);
            if (w->inside[c][d] && (best < 0 || far < least)) {
                best = (int)c;
                least = far;
            }
        }
    }
    return best;
}

/* All borders of one instant count before the rule is asked. */
static size_t pass(struct walk *w, const struct borders *b, size_t at)
{
    sim_time t = b->of[at].t;
    for (; at < b->n && b->of[at].t == t; at++) {
        const struct border *one = &b->of[at];
        *(one->wide ? &w->wide[one->cell] : &w->inside[one->cell][one->disc]) += one->step;
    }
    if (w->current >= 0 && w->wide[w->current] <= 0)
        w->current = -1;
    if (w->current < 0)
        w->current = nearest(w, t);
    return at;
}

static struct roams go_through(struct walk *w, const struct borders *b, struct arena *arena)
{
    struct roams out = {.step = arena_take(arena, (b->n + 1) * sizeof *out.step), .n = 1};
    out.step[0] = (struct roam){0, -1};
    for (size_t at = 0; at < b->n;) {
        sim_time t = b->of[at].t;
        at = pass(w, b, at);
        if (t == 0) {
            out.step[0].cell = w->current;
        } else if (out.step[out.n - 1].cell != w->current) {
            out.step[out.n++] = (struct roam){t, w->current};
        }
    }
    return out;
}

struct roams coverage_plan(const struct movement *m, const struct cell *cell, size_t cells,
                           int64_t hysteresis, struct arena *arena)
{
    struct borders b = {0};
    struct walk w = {.movement = m, .cell = cell, .cells = cells, .current = -1};
    assert(m->n > 0 && hysteresis >= 0);
    w.inside = arena_take(arena, (cells + 1) * sizeof(int *));
    w.wide = arena_take(arena, (cells + 1) * sizeof *w.wide);
    for (size_t c = 0; c < cells; c++) {
        w.inside[c] = arena_take(arena, (cell[c].discs + 1) * sizeof(int));
        for (size_t d = 0; d < cell[c].discs; d++) {
            struct disc wide = cell[c].disc[d];
            wide.radius += hysteresis;
            add_disc(&b, m, &cell[c].disc[d], (struct border){.cell = c, .disc = d});
            add_disc(&b, m, &wide, (struct border){.cell = c, .disc = d, .wide = true});
        }
    }
    if (b.n)
        qsort(b.of, b.n, sizeof *b.of, by_time);
    struct roams out = go_through(&w, &b, arena);
    free(b.of);
    return out;
}
