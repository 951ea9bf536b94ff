/* The messages of one hand-over of each point, where the study keeps events. */
#include <inttypes.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/one_run.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "traces/db.h"

enum { LADDERS = 6 };

/* Of each point the run in the middle, by its worst disruption. */
static const char chosen_sql[] =
    "WITH d AS MATERIALIZED (SELECT number, max(disruption_ns) AS worst FROM main.disruption GROUP "
    "BY number), t AS (SELECT DISTINCT number FROM main.transition), r AS (SELECT point, number, "
    "ifnull(worst, 0) AS worst FROM t JOIN main.job USING (number) LEFT JOIN d USING (number)), k "
    "AS (SELECT *, row_number() OVER (PARTITION BY point ORDER BY worst, number) AS rank, count(*) "
    "OVER (PARTITION BY point) AS n FROM r) SELECT number, worst, n FROM k WHERE rank = (n + 1) / 2 "
    "ORDER BY point";

struct chosen {
    int64_t number;
    int64_t worst; /* ns */
    int64_t of;    /* runs */
};

static enum status choose(const struct study_page *p, struct chosen *c, size_t *n, size_t *points,
                          struct why *w)
{
    struct query q;
    *n = 0;
    *points = 0;
    enum status st = query_ask(&q, p->db, chosen_sql, NULL, w);
    if (st)
        return st;
    for (; query_next(&q); ++*points) {
        if (*n < LADDERS)
            c[(*n)++] =
                (struct chosen){query_integer(&q, 0), query_integer(&q, 1), query_integer(&q, 2)};
    }
    query_done(&q);
    return ST_OK;
}

/* ---- writing -------------------------------------------------------------------------------- */

static enum status put_one(const struct study_page *p, const struct chosen *c, struct why *w)
{
    struct why other;
    (void)fputs("<h3>", p->out);
    enum status st = study_words(p, c->number, w);
    (void)fputs("</h3>\n<p>", p->out);
    if (c->number < STUDY_RUNS) {
        (void)fprintf(p->out, "<a href=\"#run-%" PRId64 "\">Run %" PRId64 "</a>", c->number,
                      c->number);
    } else {
        (void)fprintf(p->out, "Run %" PRId64, c->number);
    }
    (void)fprintf(p->out,
                  ", in the middle of %" PRId64
                  " by their worst disruption (%.1f ms): the hand-over "
                  "that disturbed most.</p>\n",
                  c->of, (double)c->worst / 1e6);
    if (!st)
        st = one_run_views(p->db, w);
    if (!st)
        st = one_run_show(p->db, c->number, w);
    if (!st)
        st = report_ladders(p->out, p->db, 1, "h4", w);
    enum status hidden = one_run_hide(p->db, st ? &other : w);
    return st ? st : hidden;
}

enum status study_ladders(const struct study_page *p, struct why *w)
{
    struct chosen c[LADDERS];
    size_t n = 0;
    size_t points = 0;
    double kept = 0;
    page_section(p->out, study_section("messages"));
    enum status st =
        db_ask(p->db, "SELECT count(*) FROM main.sqlite_master WHERE name = 'event'", &kept, w);
    if (!st)
        st = choose(p, c, &n, &points, w);
    if (st)
        return st;
    if (!n) {
        (void)fputs("<p>There was no hand-over.</p>\n", p->out);
        return ST_OK;
    }
    if (kept <= 0) {
        (void)fputs(
            "<p>The study does not keep them; with <code>sweep: {keep: events}</code> in its "
            "scenario, <code>monami sweep run</code> and <code>monami report</code> show "
            "them.</p>\n",
            p->out);
        return ST_OK;
    }
    if (points > n)
        (void)fprintf(p->out, "<p>Of the first %zu points, of %zu that have any.</p>\n", n, points);
    for (size_t k = 0; k < n && !st; k++)
        st = put_one(p, &c[k], w);
    return st;
}
