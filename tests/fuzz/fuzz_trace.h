/*
 * fuzz_trace.h - what holds of every trace that a reader accepts, whatever the bytes.
 */
#ifndef TESTS_FUZZ_TRACE_H
#define TESTS_FUZZ_TRACE_H

#include <stdlib.h>
#include <string.h>

#include "sim/link/replay.h"
#include "sim/mobility/coverage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file; NULL where there are none: some libraries open no empty memory. */
static inline FILE *fuzz_file(const uint8_t *data, size_t size)
{
    FILE *file = size ? fmemopen(NULL, size, "w+") : NULL;
    if (!file)
        return NULL;
    (void)!fwrite(data, 1, size, file);
    rewind(file);
    return file;
}

static inline int fuzz_link(const uint8_t *data, size_t size, enum replay_format format)
{
    const struct replay_source from = {.path = "fuzz", .format = format, .carrier = "att"};
    struct arena arena = {0};
    struct replay_trace t;
    struct why w = {""};
    FILE *file = fuzz_file(data, size);
    if (!file)
        return 0;
    enum status st = replay_read(file, &from, &arena, &t, &w);
    (void)fclose(file);
    if (st && !*w.text)
        abort();
    if (!st && (t.points == 0 || t.length != t.point[t.points - 1].t))
        abort();
    for (size_t k = 0; !st && k < t.points; k++) {
        const struct replay_point *p = &t.point[k];
        if (p->t < (k ? p[-1].t : 0) || p->rate_down < REPLAY_SAME || p->rate_up < REPLAY_SAME ||
            p->delay < REPLAY_SAME || p->loss < REPLAY_SAME || p->loss > SHARE_ONE || p->grant < 0)
            abort();
    }
    arena_release(&arena);
    return 0;
}

static inline int fuzz_nodes(const uint8_t *data, size_t size, enum movement_format format)
{
    static const struct disc disc[] = {{0, 0, 50000000}, {80000000, 10000000, 60000000}};
    static const struct cell cell[] = {{disc, 1}, {disc, 2}};
    const struct movement_source from = {.path = "fuzz", .format = format};
    struct arena arena = {0};
    struct movements all;
    struct why w = {""};
    FILE *file = fuzz_file(data, size);
    if (!file)
        return 0;
    enum status st = movement_read(file, &from, &arena, &all, &w);
    (void)fclose(file);
    if ((st && !*w.text) || (!st && !all.n))
        abort();
    for (size_t k = 0; !st && k < all.n; k++) {
        struct roams plan = coverage_plan(&all.of[k], cell, 2, 5000000, &arena);
        for (size_t j = 1; j < plan.n; j++) {
            if (plan.step[j].t <= plan.step[j - 1].t || plan.step[j].cell == plan.step[j - 1].cell)
                abort();
        }
    }
    arena_release(&arena);
    return 0;
}

#endif
