/*
 * compare.h - where two runs part: the first event and the first packet that differ, and every
 * number that does.
 *
 * Only what came out is compared.  What was asked for (scenario, seed, version) is told beside it:
 * runs that were asked for different things may be equal.
 */
#ifndef ANALYSIS_COMPARE_H
#define ANALYSIS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/status.h"

/* The same thing on both sides; NULL: not there. */
struct compare_value {
    const char *name;
    const char *side[2];
};

/* A row on both sides, with all its values, equal or not. */
struct compare_row {
    bool differs; /* false: there is none, all are equal */
    bool there[2];
    struct compare_value *value;
    size_t n;
    size_t room;
};

/* One value of a table: flow, "call.down", {"lost", {"3", "5"}}. A row that only one side has is
 * named "row". */
struct compare_scalar {
    const char *table;
    const char *row;
    struct compare_value value;
};

struct comparison {
    bool equal;
    struct compare_row event;
    struct compare_row packet;
    struct compare_scalar *scalar; /* in order of the tables */
    size_t scalars;
    size_t scalar_room;
    struct compare_row asked; /* what the runs were asked for: only what differs */
};

/* `a` and `b` are results files; all texts live in `arena`. */
MUST_CHECK enum status compare_runs(struct comparison *c, const char *a, const char *b,
                                    struct arena *arena, struct why *w);

#endif
