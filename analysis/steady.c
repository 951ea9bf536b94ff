#include "analysis/steady.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

struct series {
    double *value;
    size_t n;
    size_t room;
};

static void add(struct series *s, double value)
{
    if (s->n == s->room) {
        s->room = s->room ? 2 * s->room : 4096;
        s->value = realloc(s->value, s->room * sizeof *s->value);
        assert(s->value);
    }
    s->value[s->n++] = value;
}

/* "flow.NAME.down.delay_mean_ns"; the name may have points. */
static bool split(const char *metric, char flow[128], char direction[8])
{
    const char *last = strrchr(metric, '.');
    if (strncmp(metric, "flow.", 5) != 0 || !last || strcmp(last, ".delay_mean_ns") != 0)
        return false;
    const char *way = last - 1;
    while (way > metric + 5 && *way != '.')
        way--;
    (void)snprintf(flow, 128, "%.*s", (int)(way - metric - 5), metric + 5);
    (void)snprintf(direction, 8, "%.*s", (int)(last - way - 1), way + 1);
    return way > metric + 5;
}

enum status steady_check(const struct runs *r, const char *metric, struct why *w)
{
    char flow[128];
    char direction[8];
    if (!split(metric, flow, direction))
        return why_set(w, ST_SYNTAX,
                       "steady is of flow.NAME.up|down.delay_mean_ns, not of '%.100s'", metric);
    if (!runs_have_table(r, "packet"))
        return why_set(w, ST_MISSING,
                       "steady needs the packets of each run, which the study does not hold: say "
                       "`keep: packets` in `sweep` and run it again");
    return ST_OK;
}

static void estimate(const struct series *s, double *value, struct estimate *batch, bool *unsteady)
{
    size_t cut = stats_mser5(s->value, s->n);
    *unsteady = s->n > 0 && cut >= s->n;
    if (cut >= s->n)
        return;
    *value = stats_mean(s->value + cut, s->n - cut).value;
    *batch = stats_batch_means(s->value + cut, s->n - cut, STEADY_BATCHES);
}

enum status steady_delays(struct runs *r, const char *metric, double *value, struct estimate *batch,
                          bool *unsteady, struct why *w)
{
    char flow[128];
    char direction[8];
    sqlite3_stmt *q = NULL;
    struct series s = {.n = 0};
    bool fine = split(metric, flow, direction);
    assert(fine);
    (void)fine;
    if (sqlite3_prepare_v2(
            r->db,
            "SELECT min(received_ns) - min(sent_ns) FROM main.packet WHERE number = ?1 "
            "AND flow = ?2 AND direction = ?3 AND received_ns IS NOT NULL GROUP BY "
            "sequence ORDER BY sequence",
            -1, &q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "study: %s", sqlite3_errmsg(r->db));
    (void)sqlite3_bind_text(q, 2, flow, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(q, 3, direction, -1, SQLITE_STATIC);
    int bad = SQLITE_OK;
    for (size_t k = 0; k < r->n && !bad; k++) {
        value[k] = (double)NAN;
        s.n = 0;
        (void)sqlite3_bind_int64(q, 1, r->run[k].number);
        while (sqlite3_step(q) == SQLITE_ROW)
            add(&s, sqlite3_column_double(q, 0));
        bad = sqlite3_reset(q);
        if (!bad)
            estimate(&s, &value[k], &batch[k], &unsteady[k]);
    }
    enum status st = bad ? why_set(w, ST_IO, "study: %s", sqlite3_errmsg(r->db)) : ST_OK;
    (void)sqlite3_finalize(q);
    free(s.value);
    return st;
}
