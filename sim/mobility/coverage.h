/*
 * coverage.h - which network a node that moves can be on, and when.
 *
 * A network covers one disc or several; they are one cell, no hand-over is made between them.
 * The rule:
 *   - whoever has no network takes, of those that cover it, the one whose disc has the nearest
 *     centre; of equally near ones, the first of the list;
 *   - it keeps a network until it is farther than radius + hysteresis from the centres of all of
 *     its discs, however near another may be;
 *   - a border belongs to the disc; who only touches one does not enter.
 * When a border is crossed is computed from segment and circle, to the nearest nanosecond.  Each
 * step of that is one operation that IEEE 754 defines, so that it is the same everywhere.
 */
#ifndef SIM_MOBILITY_COVERAGE_H
#define SIM_MOBILITY_COVERAGE_H

#include "sim/mobility/movement.h"

struct disc {
    int64_t x; /* um */
    int64_t y;
    int64_t radius;
};

/* The part of a leg that lies in a disc. */
struct crossing {
    bool enters; /* at `enter`; false: it was inside */
    bool leaves;
    sim_time enter;
    sim_time leave;
};

/* From waypoint to waypoint. Answers whether a border is crossed. */
bool coverage_cross(const struct waypoint *from, const struct waypoint *to, const struct disc *disc,
                    struct crossing *c);

struct cell {
    const struct disc *disc;
    size_t discs;
};

/* From `t` on it is on network `cell`, or on none. */
struct roam {
    sim_time t;
    int cell; /* index into the list; -1: none */
};

struct roams {
    struct roam *step; /* the first is at 0 */
    size_t n;
};

struct roams coverage_plan(const struct movement *m, const struct cell *cell, size_t cells,
                           int64_t hysteresis, struct arena *arena);

#endif
