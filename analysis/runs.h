/*
 * runs.h - the runs of a study (study.sqlite), their parameters, and any metric of each of them.
 *
 * A run looks like a database of its own (one_run.h), so that metric_ask() finds its rows.  The
 * study is only read; what it holds is owned by the struct until runs_close().
 */
#ifndef ANALYSIS_RUNS_H
#define ANALYSIS_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/status.h"

struct sqlite3;

struct run_of_study {
    int64_t number;
    int64_t unit; /* runs of one unit are no independent samples */
    int64_t replication;
    bool failed;           /* it has no tables */
    bool oracle;           /* detection by what the simulator knows */
    const char *processor; /* profiles of processors; "zero": work takes no time */
};

struct runs_parameter {
    const char *name;
    int64_t axis;       /* those in lock-step have the same */
    const char **value; /* different ones, in order of the first run */
    size_t values;
    size_t *of; /* by run: which value; RUNS_NO_VALUE */
};

#define RUNS_NO_VALUE SIZE_MAX

struct runs {
    struct sqlite3 *db;
    struct arena arena;
    const char *title;
    const char *key; /* hash of the whole study */
    const char *version;
    const char *unit;           /* of replication: "seed", or the input whose files it is */
    const char *baseline;       /* a parameter; "": nothing is compared */
    const char *baseline_value; /* of it */
    bool holm;                  /* correction of several comparisons */
    struct run_of_study *run;   /* by number */
    size_t n;
    struct runs_parameter *parameter;
    size_t parameters;
};

/* `db` is a study.sqlite, of db_open(); it stays the caller's and outlives this. Also where it
 * fails, runs_close(). */
MUST_CHECK enum status runs_open(struct runs *r, struct sqlite3 *db, struct why *w);
void runs_close(struct runs *r);

/* Is there such a metric in this study?  If not, the sentence says what there is. */
MUST_CHECK enum status runs_metric_check(struct runs *r, const char *metric, struct why *w);

/* Of each run; NAN: it failed, or the metric has no value in it. In base units: ns, bytes. */
MUST_CHECK enum status runs_metric(struct runs *r, const char *metric, double *value,
                                   struct why *w);

/* Does the study hold rows of such a table? */
bool runs_have_table(const struct runs *r, const char *table);

/* NULL: the sweep does not vary it. */
const struct runs_parameter *runs_parameter(const struct runs *r, const char *name);
/* As runs_parameter(), and says what there is. */
MUST_CHECK enum status runs_find_parameter(const struct runs *r, const char *name,
                                           const struct runs_parameter **found, struct why *w);
/* A value of it, as text or as a quantity: '5%' finds '5 %'. */
MUST_CHECK enum status runs_find_value(const struct runs_parameter *p, const char *text,
                                       size_t *value, struct why *w);

#endif
