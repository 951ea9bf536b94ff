/*
 * store.h - study.sqlite: what all runs of a study found, written in the order of the plan, so
 * that its bytes do not depend on how many workers there were, or on what was interrupted.
 *
 * The tables of a run (traces/db.h) with the number of the run in front, those that hold scalars
 * and those that the study keeps; and the tables of store_tables.
 */
#ifndef SIM_BATCH_STORE_H
#define SIM_BATCH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/key.h"
#include "sim/base/status.h"
#include "sim/batch/study.h"

struct sqlite3;

/* What the study is as a whole. */
struct store_about {
    const char *title;
    const char *text;
    const char *scenario; /* name of its file */
    const char *key;      /* hash of the keys of all runs in order */
    const char *version;
    const char *unit; /* of replication: "seed", or the input whose files it is */
    const struct sweep_config *sweep;
    const struct figure_config *figure;
    size_t figures;
};

struct store {
    struct sqlite3 *db;
    const struct store_about *about; /* outlives the store */
};

/* One run. */
struct store_run {
    size_t number; /* in the plan, from 0 */
    size_t point;  /* runs of one point differ in unit and replication only */
    size_t unit;   /* those of one unit are no independent samples */
    size_t replication;
    const char *key;
    int code;            /* its exit code, 128 + signal, or 124: it took too long */
    const char *message; /* what it said if it failed; NULL: nothing */
    const struct key_pair *value;
    size_t values;
    const char *database; /* its tables; not read if it failed */
};

MUST_CHECK enum status store_create(struct store *s, const char *path,
                                    const struct store_about *about, struct why *w);
/* An axis is one parameter, or several in lock-step. */
MUST_CHECK enum status store_axis(struct store *s, size_t axis, const char *parameter,
                                  struct why *w);
MUST_CHECK enum status store_unit(struct store *s, size_t unit, const char *name, struct why *w);
/* ST_SYNTAX: its database is damaged. */
MUST_CHECK enum status store_run(struct store *s, const struct store_run *run, struct why *w);
MUST_CHECK enum status store_finish(struct store *s, struct why *w); /* whole, or an error */
void store_drop(struct store *s);                                    /* instead of finish */

/* Does the study keep the rows of this kind, enum study_keep? */
bool store_keeps(const struct sweep_config *sweep, int kind);

void store_print_reference(FILE *out); /* Markdown */

#endif
