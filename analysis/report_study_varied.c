/* What a study varied, how often, and what it compares with. */
#include <inttypes.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"

enum { VALUES = 40 };

static enum status put_values(const struct study_page *p, const char *parameter, struct why *w)
{
    struct query q;
    size_t n = 0;
    enum status st = query_ask(&q, p->db,
                               "SELECT value FROM parameter WHERE name = ?1 GROUP BY value ORDER "
                               "BY min(number)",
                               parameter, w);
    if (st)
        return st;
    for (; query_next(&q); n++) {
        if (n >= VALUES)
            continue;
        (void)fputs(n ? ", " : "", p->out);
        page_element(p->out, "code", query_text(&q, 0));
    }
    query_done(&q);
    if (n > VALUES)
        (void)fprintf(p->out, " and %zu more", n - VALUES);
    return ST_OK;
}

static enum status put_axes(const struct study_page *p, struct why *w)
{
    struct query q;
    bool any = false;
    enum status st = query_ask(
        &q, p->db,
        "SELECT name, axis + 1, count(*) OVER (PARTITION BY axis) FROM axis ORDER BY axis, rowid",
        NULL, w);
    if (st)
        return st;
    for (; !st && query_next(&q); any = true) {
        if (!any) {
            page_box(p->out, "", "what was varied");
            (void)fputs("<table>\n<thead><tr><th scope=\"col\">parameter</th><th scope=\"col\">"
                        "values</th></tr></thead>\n<tbody>\n",
                        p->out);
        }
        (void)fputs("<tr><th scope=\"row\">", p->out);
        page_element(p->out, "code", query_text(&q, 0));
        if (query_integer(&q, 2) > 1)
            (void)fprintf(p->out, " <span class=\"i\">in lock-step, axis %" PRId64 "</span>",
                          query_integer(&q, 1));
        (void)fputs("</th><td>", p->out);
        st = put_values(p, query_text(&q, 0), w);
        (void)fputs("</td></tr>\n", p->out);
    }
    query_done(&q);
    if (any) {
        (void)fputs("</tbody></table>\n", p->out);
        page_box_end(p->out);
    } else {
        (void)fputs("<p>Nothing: there is one point.</p>\n", p->out);
    }
    return st;
}

static void put_count(FILE *out, int64_t least, int64_t most, const char *what)
{
    (void)fprintf(out, "%" PRId64, least);
    if (most > least)
        (void)fprintf(out, " to %" PRId64, most);
    (void)fprintf(out, " %s%s", what, most == 1 ? "" : "s");
}

static const char counts_sql[] =
    "WITH s AS (SELECT point, unit, count(*) AS n FROM job GROUP BY point, unit), u AS (SELECT "
    "point, count(*) AS units, sum(n) AS runs, min(n) AS least, max(n) AS most FROM s GROUP BY "
    "point) SELECT (SELECT unit FROM study), min(units), max(units), min(least), max(most), "
    "sum(runs), baseline, baseline_value, correction FROM u, study";

static enum status put_counts(const struct study_page *p, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, p->db, counts_sql, NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    const char *unit = query_text(&q, 0);
    bool seeds = !*unit || !strcmp(unit, "seed");
    (void)fprintf(p->out, "<p>%zu point%s, each with ", p->points, p->points == 1 ? "" : "s");
    if (seeds) {
        put_count(p->out, query_integer(&q, 1), query_integer(&q, 2), "seed");
    } else {
        put_count(p->out, query_integer(&q, 1), query_integer(&q, 2), "file");
        (void)fputs(" of ", p->out);
        page_element(p->out, "code", unit);
        (void)fputs(" and ", p->out);
        put_count(p->out, query_integer(&q, 3), query_integer(&q, 4), "seed");
        (void)fputs(" of each", p->out);
    }
    (void)fprintf(p->out, ": %" PRId64 " run%s. An independent sample is a ", query_integer(&q, 5),
                  query_integer(&q, 5) == 1 ? "" : "s");
    (void)fputs(seeds ? "seed.</p>\n" : "file; its seeds count as one.</p>\n", p->out);
    if (!query_is_null(&q, 6)) {
        (void)fputs("<p>Compared, run by run, with ", p->out);
        page_element(p->out, "code", query_text(&q, 6));
        (void)fputs(" = ", p->out);
        page_element(p->out, "code", query_text(&q, 7));
        (void)fputs("; correction for several comparisons: ", p->out);
        html_text(p->out, query_text(&q, 8));
        (void)fputs(".</p>\n", p->out);
    }
    query_done(&q);
    return ST_OK;
}

static enum status put_units(const struct study_page *p, struct why *w)
{
    struct query q;
    size_t n = 0;
    enum status st = query_ask(&q, p->db, "SELECT name FROM unit ORDER BY unit", NULL, w);
    if (st)
        return st;
    for (; query_next(&q); n++) {
        if (n >= VALUES)
            continue;
        (void)fputs(n ? ", " : "<p class=\"small\">Files: ", p->out);
        page_element(p->out, "code", query_text(&q, 0));
    }
    query_done(&q);
    if (n > VALUES)
        (void)fprintf(p->out, " and %zu more", n - VALUES);
    (void)fputs(n ? "</p>\n" : "", p->out);
    return ST_OK;
}

enum status study_varied(const struct study_page *p, struct why *w)
{
    page_section(p->out, study_section("varied"));
    enum status st = put_axes(p, w);
    if (!st)
        st = put_counts(p, w);
    return st ? st : put_units(p, w);
}
