/* The table of a study: a row a point, a column a metric, with 95 % intervals. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/chart.h"
#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "analysis/stats.h"

enum { METRICS = 64 };

/* The values of one metric in the runs of one point. */
struct metric {
    char name[STUDY_NAME];
    struct scale scale;
    bool median;
    double *x;
    int64_t *of; /* unit of replication */
    size_t n;
    size_t room;
};

struct results {
    const struct study_page *page;
    struct metric metric[METRICS];
    size_t metrics;
    size_t left_out;
    bool too_few; /* for an interval, somewhere */
    int64_t point;
};

/* In the units of the figures. */
static void add_metric(struct results *r, const struct query *q)
{
    if (r->metrics == METRICS) {
        r->left_out++;
        return;
    }
    struct metric *m = &r->metric[r->metrics++];
    double least = query_number(q, 1); /* of those that are not 0 */
    (void)snprintf(m->name, sizeof m->name, "%s", query_text(q, 0));
    m->median = statistic_is_median(m->name);
    m->scale = wording_metric_scale(m->name, &least, 1);
}

/* Those of the figures first, as they come there. */
static enum status read_metrics(struct results *r, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, r->page->db,
        "WITH m AS (SELECT plot AS name, position AS at FROM figure UNION ALL SELECT "
        "name, 1000000 + min(rowid) FROM scalar GROUP BY name) SELECT name, (SELECT "
        "min(abs(value)) FROM scalar s WHERE s.name = m.name AND value <> 0) FROM m GROUP BY name ORDER "
        "BY min(at)",
        NULL, w);
    if (st)
        return st;
    while (query_next(&q))
        add_metric(r, &q);
    query_done(&q);
    return ST_OK;
}

static struct metric *find(struct results *r, const char *name)
{
    for (size_t k = 0; k < r->metrics; k++) {
        if (!strcmp(r->metric[k].name, name))
            return &r->metric[k];
    }
    return NULL;
}

static bool add_value(struct metric *m, double v, int64_t unit)
{
    if (m->n == m->room) {
        size_t room = m->room ? 2 * m->room : 64;
        double *x = realloc(m->x, room * sizeof *x);
        m->x = x ? x : m->x;
        int64_t *of = realloc(m->of, room * sizeof *of);
        m->of = of ? of : m->of;
        if (!x || !of)
            return false;
        m->room = room;
    }
    m->x[m->n] = v / m->scale.divisor;
    m->of[m->n++] = unit;
    return true;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void put_heads(const void *of)
{
    const struct results *r = of;
    FILE *out = r->page->out;
    study_heads(r->page);
    (void)fputs("<th scope=\"col\" class=\"n\">runs</th>", out);
    for (size_t k = 0; k < r->metrics; k++) {
        const struct metric *m = &r->metric[k];
        (void)fputs("<th scope=\"col\" class=\"n\">", out);
        html_text(out, m->name);
        (void)fprintf(out, "%s%s <span class=\"i\">%s</span></th>", *m->scale.unit ? ", " : "",
                      m->scale.unit, m->median ? "median" : "mean");
    }
}

static enum status put_metric(struct results *r, struct metric *m, struct why *w)
{
    FILE *out = r->page->out;
    char text[3][32];
    (void)fputs("<td class=\"n\">", out);
    if (m->n) {
        double *x = calloc(m->n, sizeof *x);
        if (!x)
            return why_set(w, ST_NOMEM, "out of memory");
        size_t n = stats_by_unit(m->x, m->of, m->n, m->median, x);
        struct estimate e = m->median ? stats_median(x, n) : stats_mean(x, n);
        free(x);
        study_number(text[0], sizeof text[0], e.value);
        study_number(text[1], sizeof text[1], e.low);
        study_number(text[2], sizeof text[2], e.high);
        (void)fputs(text[0], out);
        if (e.has_interval) {
            (void)fprintf(out, " <span class=\"i\">%s to %s</span>", text[1], text[2]);
        } else {
            (void)fprintf(out, " <span class=\"i\">n = %zu</span>", e.n);
            r->too_few = true;
        }
    } else {
        (void)fputs("\xe2\x80\x93", out);
    }
    (void)fputs("</td>", out);
    m->n = 0;
    return ST_OK;
}

/* The point whose values have been read. */
static enum status put_point(struct results *r, struct study_table *table, struct why *w)
{
    struct query q;
    char sql[100];
    (void)snprintf(sql, sizeof sql,
                   "SELECT first, runs, failed FROM temp.point WHERE point = %" PRId64, r->point);
    enum status st = query_ask(&q, r->page->db, sql, NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    int64_t first = query_integer(&q, 0);
    int64_t runs = query_integer(&q, 1);
    int64_t failed = query_integer(&q, 2);
    query_done(&q);
    study_table_row(table);
    st = study_values(r->page, first, w);
    (void)fprintf(r->page->out, "<td class=\"n\">%" PRId64, runs - failed);
    if (failed)
        (void)fprintf(r->page->out, " of %" PRId64, runs);
    (void)fputs("</td>", r->page->out);
    for (size_t k = 0; k < r->metrics && !st; k++)
        st = put_metric(r, &r->metric[k], w);
    (void)fputs("</tr>\n", r->page->out);
    return st;
}

static enum status put_points(struct results *r, struct why *w)
{
    struct study_table table = {r->page, "results of each point", put_heads, r, false,
                                0,       r->page->points};
    struct query q;
    bool any = false;
    enum status st = query_ask(&q, r->page->db,
                               "SELECT point, unit, name, value FROM job LEFT JOIN scalar USING "
                               "(number) ORDER BY point, number",
                               NULL, w);
    if (st)
        return st;
    for (; !st && query_next(&q); any = true) {
        int64_t point = query_integer(&q, 0);
        if (any && point != r->point)
            st = put_point(r, &table, w);
        r->point = point;
        struct metric *m = query_is_null(&q, 3) ? NULL : find(r, query_text(&q, 2));
        if (!st && m && !add_value(m, query_number(&q, 3), query_integer(&q, 1)))
            st = why_set(w, ST_NOMEM, "out of memory");
    }
    query_done(&q);
    if (!st && any)
        st = put_point(r, &table, w);
    study_table_end(&table);
    return st;
}

static void put_notes(const struct results *r)
{
    FILE *out = r->page->out;
    if (!r->metrics) {
        (void)fputs("<p>No figure and no <code>sweep.metrics</code> names a metric.</p>\n", out);
        return;
    }
    (void)fputs(
        "<p class=\"small\">Below each estimate its 95 % interval: of means by Student's t, of "
        "medians by order statistics.",
        out);
    if (r->too_few)
        (void)fputs(
            " n = k: k independent samples are too few for one; a median needs 6, a mean 2.", out);
    (void)fputs(" \xe2\x80\x93: no run of the point has such a value.", out);
    if (r->left_out)
        (void)fprintf(out, " %zu more metrics are in table scalar.", r->left_out);
    (void)fputs("</p>\n", out);
}

enum status study_results(const struct study_page *p, struct why *w)
{
    struct results *r = calloc(1, sizeof *r);
    if (!r)
        return why_set(w, ST_NOMEM, "out of memory");
    r->page = p;
    page_section(p->out, study_section("results"));
    enum status st = read_metrics(r, w);
    if (!st)
        st = put_points(r, w);
    if (!st)
        put_notes(r);
    for (size_t k = 0; k < r->metrics; k++) {
        free(r->metric[k].x);
        free(r->metric[k].of);
    }
    free(r);
    return st;
}
