/* From the runs of a study to its database, and how wide the intervals of a point are. */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/stats.h"
#include "sim/app/sweep_run.h"
#include "sim/app/version.h"
#include "sim/base/path.h"
#include "sim/batch/store.h"
#include "traces/db.h"
#include "traces/expect.h"

/* ---- intervals ----------------------------------------------------------------------------- */

/* The metric of all seeds of a point. Answers how many have a value. */
static size_t sample_of(const struct sweep *s, size_t point, const char *metric, double *x)
{
    size_t n = 0;
    for (size_t seed = 0; seed < s->study->plan.seeds[point]; seed++) {
        const struct plan_run run = {.point = point, .seed = seed};
        char key[HASH_TEXT];
        char path[1200];
        struct sqlite3 *db = NULL;
        struct why w;
        study_key(s->study, &run, key);
        const struct journal_entry *e = study_folder_done(s->folder, key);
        if (!e || e->code > 1)
            continue;
        study_folder_run(s->folder, key, path);
        if (!db_open(&db, path, &w) && !metric_ask(db, metric, &x[n], &w))
            n++;
        db_close(db);
    }
    return n;
}

enum status sweep_is_narrow(const struct sweep *s, size_t point, bool *narrow, struct why *w)
{
    const struct until_config *until = &s->study->scenario.sweep.replicate.until;
    const char *const *metric = until->metrics.items;
    double limit = (double)until->half_width / 1e9;
    double *x = calloc(s->study->plan.seeds[point] + 1, sizeof *x);
    if (!x)
        return why_set(w, ST_NOMEM, "out of memory");
    *narrow = true;
    for (size_t k = 0; k < until->metrics.n && *narrow; k++) {
        size_t n = sample_of(s, point, metric[k], x);
        if (n < 2) {
            *narrow = false;
            continue;
        }
        struct estimate e = stats_mean(x, n);
        double half = (e.high - e.low) / 2;
        *narrow = half <= limit * fabs(e.value);
    }
    free(x);
    return ST_OK;
}

/* ---- the database -------------------------------------------------------------------------- */

static enum status put_plan(const struct sweep *s, struct store *store, struct why *w)
{
    const struct plan *p = &s->study->plan;
    enum status st = ST_OK;
    for (size_t k = 0; k < p->parameters && !st; k++)
        st = store_axis(store, p->parameter[k].axis, p->parameter[k].path, w);
    for (size_t k = 0; s->study->unit_file && k < p->units && !st; k++)
        st = store_unit(store, k, path_name(s->study->unit_file[k]), w);
    return st;
}

/* A run whose tables are damaged is run again by the next sweep. */
static enum status forget(const struct sweep *s, const char *path, size_t number, struct why *w)
{
    const struct why was = *w;
    (void)unlink(path);
    return why_set(
        w, ST_SYNTAX,
        "run %zu is damaged and was taken out (%.100s); sweep run makes it anew in %.60s", number,
        was.text, s->folder->dir);
}

static enum status put_run(const struct sweep *s, struct store *store, const struct plan_run *run,
                           struct why *w)
{
    struct key_pair value[PLAN_PARAMETERS];
    char key[HASH_TEXT];
    char path[1200];
    study_key(s->study, run, key);
    const struct journal_entry *e = study_folder_done(s->folder, key);
    assert(e);
    study_folder_run(s->folder, key, path);
    plan_values(&s->study->plan, run->point, value);
    const struct store_run one = {.number = run->number,
                                  .point = run->point,
                                  .unit = s->study->unit_file ? run->unit : run->seed,
                                  .replication = run->seed,
                                  .key = key,
                                  .code = e->code,
                                  .message = e->message,
                                  .value = value,
                                  .values = s->study->plan.parameters,
                                  .database = path};
    enum status st = store_run(store, &one, w);
    return st == ST_SYNTAX ? forget(s, path, run->number, w) : st;
}

static enum status put_runs(const struct sweep *s, struct store *store, struct why *w)
{
    struct plan_run run = {.number = SIZE_MAX};
    enum status st = put_plan(s, store, w);
    while (!st && plan_next(&s->study->plan, &run))
        st = put_run(s, store, &run, w);
    return st;
}

enum status sweep_collect(struct sweep *s, struct why *w)
{
    char path[1200];
    char part[1200];
    char key[HASH_TEXT];
    struct store store;
    const struct scenario *scenario = &s->study->scenario;
    const char *over = scenario->sweep.replicate.over;
    study_whole_key(s->study, key);
    const struct store_about about = {.title = scenario->title,
                                      .text = scenario->text ? scenario->text : "",
                                      .scenario = path_name(s->study->file),
                                      .key = key,
                                      .version = MONAMI_VERSION,
                                      .unit = over ? over : "seed",
                                      .sweep = &scenario->sweep,
                                      .figure = KEY_ITEMS(scenario->figures, struct figure_config),
                                      .figures = scenario->figures.n};
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", s->folder->dir);
    (void)snprintf(part, sizeof part, "%.1000s/study.sqlite.part", s->folder->dir);
    (void)unlink(part);
    enum status st = store_create(&store, part, &about, w);
    if (!st)
        st = put_runs(s, &store, w);
    if (st) {
        store_drop(&store);
    } else {
        st = store_finish(&store, w);
    }
    if (!st && rename(part, path))
        st = why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    if (st)
        (void)unlink(part);
    return st;
}
