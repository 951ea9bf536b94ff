/*
 * store.h - study.sqlite: the scalars of all runs of a sweep, written in the order of the plan,
 * so that its bytes do not depend on how many workers there were.
 *
 * The tables of a run (traces/db.h) with the number of the run in front, those that hold
 * scalars; and job, scalar and figure.
 */
#ifndef SIM_BATCH_STORE_H
#define SIM_BATCH_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/key.h"
#include "sim/base/status.h"

struct sqlite3;

struct store_figure {
    const char *name;
    const char *plot;
    const char *x;
    const char *lines; /* NULL: none */
    const char *statistic;
};

MUST_CHECK enum status store_create(struct sqlite3 **db, const char *path, const char *title,
                                    const struct store_figure *figure, size_t figures,
                                    struct why *w);

/* Run number `run`: what it varied, how it ended, and its tables from `database` if it ended well.
 * The figures' metrics become scalars. */
MUST_CHECK enum status store_run(struct sqlite3 *db, size_t run, const struct key_pair *value,
                                 size_t values, size_t replication, int code, const char *database,
                                 const struct store_figure *figure, size_t figures, struct why *w);

MUST_CHECK enum status store_finish(struct sqlite3 *db, struct why *w);

#endif
