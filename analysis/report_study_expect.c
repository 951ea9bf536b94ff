/* In how many runs of a study each expectation held. */
#include <inttypes.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "traces/db.h"

static const char by_point_sql[] =
    "CREATE TEMP TABLE expected AS SELECT line, text, point, count(*) AS runs, sum(held) AS held "
    "FROM main.expectation JOIN main.job USING (number) GROUP BY line, text, point";

static const char all_sql[] =
    "SELECT line, text, sum(runs), sum(held), min(1.0 * held / runs) <> max(1.0 * held / runs) "
    "FROM temp.expected GROUP BY line, text ORDER BY line, text";

static void put_held(FILE *out, int64_t held, int64_t runs)
{
    (void)fprintf(out, "<td class=\"n %s\">%" PRId64 " of %" PRId64 "</td>",
                  held == runs ? "yes" : "no", held, runs);
    study_share(out, (size_t)held, (size_t)runs);
}

static enum status put_all(const struct study_page *p, bool *any, struct why *w)
{
    struct query q;
    *any = false;
    enum status st = query_ask(&q, p->db, all_sql, NULL, w);
    if (st)
        return st;
    for (; query_next(&q); *any = true) {
        if (!*any) {
            page_box(p->out, "", "expectations");
            (void)fputs("<table>\n<thead><tr><th scope=\"col\">expected</th><th scope=\"col\" "
                        "class=\"n\">held in runs</th><th scope=\"col\" class=\"n\">share <span "
                        "class=\"i\">95 % interval</span></th></tr></thead>\n<tbody>\n",
                        p->out);
        }
        (void)fputs("<tr><th scope=\"row\">", p->out);
        page_element(p->out, "code", query_text(&q, 1));
        (void)fputs("</th>", p->out);
        put_held(p->out, query_integer(&q, 3), query_integer(&q, 2));
        (void)fputs("</tr>\n", p->out);
    }
    query_done(&q);
    if (*any) {
        (void)fputs("</tbody></table>\n", p->out);
        page_box_end(p->out);
        (void)fputs(
            "<p class=\"small\">Of the runs that came to an end. The interval is Wilson's and "
            "takes runs as independent.</p>\n",
            p->out);
    }
    return ST_OK;
}

static void put_point_heads(const void *of)
{
    const struct study_page *p = of;
    study_heads(p);
    (void)fputs("<th scope=\"col\" class=\"n\">held in runs</th><th scope=\"col\" class=\"n\">share"
                "</th>",
                p->out);
}

/* One that does not hold equally often everywhere. */
static enum status put_by_point(const struct study_page *p, int64_t line, const char *text,
                                struct why *w)
{
    struct study_table table = {p, "an expectation by point", put_point_heads, p, false, 0, 0};
    struct query q;
    char sql[240];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT first, e.held, e.runs FROM temp.expected e JOIN temp.point USING (point) "
        "WHERE line = %" PRId64 " AND text = ?1 ORDER BY point",
        line);
    enum status st = query_ask(&q, p->db, sql, text, w);
    if (st)
        return st;
    (void)fputs("<details><summary>By point: ", p->out);
    html_text(p->out, text);
    (void)fputs("</summary>\n", p->out);
    while (!st && query_next(&q)) {
        study_table_row(&table);
        st = study_values(p, query_integer(&q, 0), w);
        put_held(p->out, query_integer(&q, 1), query_integer(&q, 2));
        (void)fputs("</tr>\n", p->out);
    }
    query_done(&q);
    study_table_end(&table);
    (void)fputs("</details>\n", p->out);
    return st;
}

enum status study_expectations(const struct study_page *p, struct why *w)
{
    struct query q;
    bool any = false;
    page_section(p->out, study_section("expectations"));
    enum status st = db_do(p->db, by_point_sql, w);
    if (!st)
        st = put_all(p, &any, w);
    if (!st && !any)
        (void)fputs("<p>None were stated, or no run came to an end.</p>\n", p->out);
    if (!st)
        st = query_ask(&q, p->db, all_sql, NULL, w);
    if (st)
        return st;
    while (!st && query_next(&q)) {
        if (query_integer(&q, 4))
            st = put_by_point(p, query_integer(&q, 0), query_text(&q, 1), w);
    }
    query_done(&q);
    return st;
}
