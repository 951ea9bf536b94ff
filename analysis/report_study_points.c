/* Points of a study as rows of tables, and numbers as cells. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "analysis/stats.h"

void study_heads(const struct study_page *p)
{
    for (size_t k = 0; k < p->parameters; k++) {
        (void)fputs("<th scope=\"col\">", p->out);
        html_text(p->out, p->parameter[k]);
        (void)fputs("</th>", p->out);
    }
    if (!p->parameters)
        (void)fputs("<th scope=\"col\">point</th>", p->out);
}

/* Calls `put` for each parameter with its value in run `number`. */
static enum status each_value(const struct study_page *p, int64_t number,
                              void (*put)(FILE *out, const char *parameter, const char *value,
                                          bool first),
                              struct why *w)
{
    char sql[120];
    (void)snprintf(sql, sizeof sql,
                   "SELECT value FROM parameter WHERE number = %" PRId64 " AND name = ?1", number);
    for (size_t k = 0; k < p->parameters; k++) {
        struct query q;
        enum status st = query_ask(&q, p->db, sql, p->parameter[k], w);
        if (st)
            return st;
        (void)query_next(&q);
        put(p->out, p->parameter[k], query_text(&q, 0), k == 0);
        query_done(&q);
    }
    return ST_OK;
}

static void put_head(FILE *out, const char *parameter, const char *value, bool first)
{
    (void)parameter;
    (void)first;
    (void)fputs("<th scope=\"row\">", out);
    html_text(out, value);
    (void)fputs("</th>", out);
}

enum status study_values(const struct study_page *p, int64_t number, struct why *w)
{
    if (!p->parameters)
        (void)fputs("<th scope=\"row\">the only one</th>", p->out);
    return each_value(p, number, put_head, w);
}

static void put_words(FILE *out, const char *parameter, const char *value, bool first)
{
    (void)fputs(first ? "" : ", ", out);
    html_text(out, parameter);
    (void)fputs(" = ", out);
    html_text(out, value);
}

enum status study_words(const struct study_page *p, int64_t number, struct why *w)
{
    if (!p->parameters)
        (void)fputs("The only point", p->out);
    return each_value(p, number, put_words, w);
}

/* ---- tables --------------------------------------------------------------------------------- */

static void begin_table(struct study_table *t)
{
    FILE *out = t->page->out;
    page_box(out, "", t->label);
    (void)fputs("<table>\n<thead><tr>", out);
    t->heads(t->of);
    (void)fputs("</tr></thead>\n<tbody>\n", out);
}

void study_table_row(struct study_table *t)
{
    FILE *out = t->page->out;
    bool fold = !t->whole && t->rows == STUDY_FOLD;
    if (fold) {
        (void)fputs("</tbody></table>\n", out);
        page_box_end(out);
        (void)fputs("<details class=\"keep\"><summary>The other ", out);
        if (t->total)
            (void)fprintf(out, "%zu ", t->total - t->rows);
        (void)fputs("rows</summary>\n", out);
    }
    if (t->rows == 0 || fold)
        begin_table(t);
    t->rows++;
    (void)fputs("<tr>", out);
}

void study_table_end(struct study_table *t)
{
    FILE *out = t->page->out;
    if (!t->rows)
        return;
    (void)fputs("</tbody></table>\n", out);
    page_box_end(out);
    if (!t->whole && t->rows > STUDY_FOLD)
        (void)fputs("</details>\n", out);
}

/* ---- numbers -------------------------------------------------------------------------------- */

void study_number(char *out, size_t size, double v)
{
    bool whole = fabs(v) >= 1000 && fabs(v) < 1e15;
    (void)snprintf(out, size, whole ? "%.0f" : "%.4g", v);
    if (!strcmp(out, "-0"))
        (void)snprintf(out, size, "0");
}

void study_share(FILE *out, size_t successes, size_t n)
{
    struct estimate e = stats_wilson(successes, n);
    (void)fprintf(out, "<td class=\"n\">");
    if (n)
        (void)fprintf(out, "%.3g %%", 100 * e.value);
    if (n > 1 && e.has_interval)
        (void)fprintf(out, " <span class=\"i\">%.3g to %.3g %%</span>", 100 * e.low, 100 * e.high);
    (void)fputs("</td>", out);
}
