/* The hand-overs of a study: by point and kind, their components as median and range. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "analysis/stats.h"

enum { FIRST = 4 }; /* column of the first component */

static const struct {
    const char *head;
    double divisor;
} component[] = {{"detection", 1e6}, {"router", 1e6},     {"address", 1e6},
                 {"BU to BA", 1e6},  {"disruption", 1e6}, {"packets lost", 1}};

enum { COMPONENTS = sizeof component / sizeof component[0] };

/* From one time to another, if both belong to the transition; as in the page of a run. */
#define PART(from, to) \
    "CASE WHEN " from " >= begin_ns AND " to " >= " from " THEN " to " - " from " END, "

static const char transitions_sql[] =
    "WITH x AS (SELECT t.*, point, " TRANSITION_BEGIN " AS begin_ns FROM main.transition t JOIN "
    "main.job USING (number)), d AS MATERIALIZED (SELECT number, transition, max(disruption_ns) AS "
    "worst, sum(lost) AS lost FROM main.disruption GROUP BY number, transition) SELECT point, "
    "first, kind, number, "
    /* clang-format off */
    PART("link_down_ns", "detected_ns")
    PART("link_up_ns", "router_ns")
    PART("router_ns", "address_ns")
    PART("bu_sent_ns", "ba_received_ns")
    /* clang-format on */
    "worst, lost FROM x JOIN temp.point USING (point) LEFT JOIN d USING (number, transition) ORDER "
    "BY point, kind, number";

/* Those of one kind at one point. */
struct group {
    int64_t point;
    int64_t first; /* run of the point */
    int64_t run;   /* the last seen */
    size_t runs;
    size_t n;
    char kind[80];
    double *x[COMPONENTS];
    size_t have[COMPONENTS];
    size_t room;
};

static bool grow(struct group *g)
{
    size_t room = g->room ? 2 * g->room : 64;
    for (size_t k = 0; k < COMPONENTS; k++) {
        double *x = realloc(g->x[k], room * sizeof *x);
        if (!x)
            return false;
        g->x[k] = x;
    }
    g->room = room;
    return true;
}

static bool add(struct group *g, const struct query *q)
{
    int64_t run = query_integer(q, 3);
    if (g->n == g->room && !grow(g))
        return false;
    g->runs += !g->n || run != g->run;
    g->run = run;
    g->n++;
    for (size_t k = 0; k < COMPONENTS; k++) {
        int column = FIRST + (int)k;
        if (!query_is_null(q, column))
            g->x[k][g->have[k]++] = query_number(q, column) / component[k].divisor;
    }
    return true;
}

static void begin_group(struct group *g, const struct query *q)
{
    g->point = query_integer(q, 0);
    g->first = query_integer(q, 1);
    g->runs = 0;
    g->n = 0;
    memset(g->have, 0, sizeof g->have);
    (void)snprintf(g->kind, sizeof g->kind, "%s", query_text(q, 2));
}

static void put_heads(const void *of)
{
    const struct study_page *p = of;
    study_heads(p);
    (void)fputs("<th scope=\"col\">kind</th><th scope=\"col\" class=\"n\">how many</th><th "
                "scope=\"col\" class=\"n\">in runs</th>",
                p->out);
    for (size_t k = 0; k < COMPONENTS; k++)
        (void)fprintf(p->out, "<th scope=\"col\" class=\"n\">%s</th>", component[k].head);
}

static void put_component(FILE *out, double *x, size_t n)
{
    char text[3][32];
    double least = 0;
    double most = 0;
    if (!n) {
        (void)fputs("<td class=\"n\">\xe2\x80\x93</td>", out);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        least = k == 0 || x[k] < least ? x[k] : least;
        most = k == 0 || x[k] > most ? x[k] : most;
    }
    study_number(text[0], sizeof text[0], stats_median(x, n).value);
    study_number(text[1], sizeof text[1], least);
    study_number(text[2], sizeof text[2], most);
    (void)fprintf(out, "<td class=\"n\">%s", text[0]);
    if (n > 1)
        (void)fprintf(out, " <span class=\"i\">%s to %s</span>", text[1], text[2]);
    (void)fputs("</td>", out);
}

static enum status put_group(const struct study_page *p, struct study_table *table, struct group *g,
                             struct why *w)
{
    study_table_row(table);
    enum status st = study_values(p, g->first, w);
    page_element(p->out, "td", g->kind);
    (void)fprintf(p->out, "<td class=\"n\">%zu</td><td class=\"n\">%zu</td>", g->n, g->runs);
    for (size_t k = 0; k < COMPONENTS; k++)
        put_component(p->out, g->x[k], g->have[k]);
    (void)fputs("</tr>\n", p->out);
    return st;
}

static enum status put_groups(const struct study_page *p, struct study_table *table,
                              struct group *g, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, p->db, transitions_sql, NULL, w);
    if (st)
        return st;
    while (!st && query_next(&q)) {
        bool other =
            g->n && (g->point != query_integer(&q, 0) || strcmp(g->kind, query_text(&q, 2)) != 0);
        if (other)
            st = put_group(p, table, g, w);
        if (!g->n || other)
            begin_group(g, &q);
        if (!st && !add(g, &q))
            st = why_set(w, ST_NOMEM, "out of memory");
    }
    query_done(&q);
    return !st && g->n ? put_group(p, table, g, w) : st;
}

enum status study_transitions(const struct study_page *p, struct why *w)
{
    struct study_table table = {p, "hand-overs by point and kind", put_heads, p, false, 0, 0};
    struct group g = {.n = 0};
    page_section(p->out, study_section("transitions"));
    enum status st = put_groups(p, &table, &g, w);
    study_table_end(&table);
    for (size_t k = 0; k < COMPONENTS; k++)
        free(g.x[k]);
    if (st)
        return st;
    (void)fputs(
        table.rows
            ? "<p class=\"small\">Of all hand-overs of one kind at one point the median, and from the "
              "least to the most, in ms. Detection: from the loss of the link to its notice; router: "
              "from the new link to an advertisement; address: from there to one that may be used; BU "
              "to BA: the registration; disruption: of the flow that felt it most.</p>\n"
            : "<p>None: the way of the packets did not change.</p>\n",
        p->out);
    return ST_OK;
}
