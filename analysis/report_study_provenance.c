/* Where a study is from: its keys, how to repeat it, and its runs. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "traces/db.h"

/* A word as a shell reads it. */
static void put_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./=:,+@%";
    if (*word && word[strspn(word, plain)] == '\0') {
        html_text(out, word);
        return;
    }
    char *quoted = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&quoted, &n);
    assert(to);
    (void)fputc('\'', to);
    for (; *word; word++) {
        if (*word == '\'') {
            (void)fputs("'\\''", to);
        } else {
            (void)fputc(*word, to);
        }
    }
    (void)fputc('\'', to);
    (void)fclose(to);
    html_text(out, quoted);
    free(quoted);
}

static void put_command(const struct study_page *p)
{
    const struct report_study_about *a = p->about;
    (void)fputs("<p>Again, in ", p->out);
    page_element(p->out, "code", a->directory);
    (void)fputs(":</p>\n<pre>monami sweep run ", p->out);
    put_word(p->out, a->file);
    (void)fputs(" -o ", p->out);
    put_word(p->out, a->folder);
    for (size_t k = 0; k < a->sets; k++) {
        (void)fputs(" \\\n  --set ", p->out);
        put_word(p->out, a->set[k]);
    }
    (void)fputs("</pre>\n", p->out);
}

/* ---- runs ----------------------------------------------------------------------------------- */

static void put_heads(const struct study_page *p, const char *last)
{
    (void)fputs("<th scope=\"col\" class=\"n\">run</th>", p->out);
    study_heads(p);
    (void)fprintf(p->out,
                  "<th scope=\"col\">unit</th><th scope=\"col\" class=\"n\">seed</th><th "
                  "scope=\"col\" class=\"n\">exit code</th><th scope=\"col\">%s</th>",
                  last);
}

static void put_run_heads(const void *of)
{
    put_heads(of, "run key");
}

static void put_failed_heads(const void *of)
{
    put_heads(of, "what it said");
}

/* Rows of: number, unit, replication, exit code, a text. */
static enum status put_runs(const struct study_page *p, struct study_table *table, const char *sql,
                            const char *id, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, p->db, sql, NULL, w);
    if (st)
        return st;
    while (!st && query_next(&q)) {
        int64_t number = query_integer(&q, 0);
        study_table_row(table);
        (void)fprintf(p->out, "<td class=\"n\" id=\"%s-%" PRId64 "\">%" PRId64 "</td>", id, number,
                      number);
        st = study_values(p, number, w);
        page_element(p->out, "td", query_text(&q, 1));
        (void)fprintf(p->out, "<td class=\"n\">%s</td><td class=\"n %s\">%s</td><td>",
                      query_text(&q, 2), query_integer(&q, 3) ? "no" : "yes", query_text(&q, 3));
        page_element(p->out, "code", query_text(&q, 4));
        (void)fputs("</td></tr>\n", p->out);
    }
    query_done(&q);
    study_table_end(table);
    return st;
}

#define RUN_COLUMNS                                                                            \
    "number, ifnull((SELECT name FROM unit u WHERE u.unit = job.unit), 'seed'), replication, " \
    "exit_code, "

static enum status put_failed(const struct study_page *p, struct why *w)
{
    struct study_table table = {p, "runs that failed", put_failed_heads, p, true, 0, 0};
    enum status st =
        put_runs(p, &table,
                 "SELECT " RUN_COLUMNS "ifnull(message, '') FROM job WHERE exit_code > "
                 "1 ORDER BY number LIMIT 500",
                 "failed", w);
    if (!st && table.rows == STUDY_RUNS)
        (void)fprintf(p->out, "<p class=\"small\">The first %d; all are in table job.</p>\n",
                      STUDY_RUNS);
    return st;
}

static enum status put_list(const struct study_page *p, struct why *w)
{
    struct study_table table = {p, "runs", put_run_heads, p, true, 0, 0};
    double all = 0;
    enum status st = db_ask(p->db, "SELECT count(*) FROM job", &all, w);
    if (st)
        return st;
    (void)fprintf(p->out, "<details><summary>The runs%s</summary>\n",
                  all > STUDY_RUNS ? ", the first 500" : "");
    st = put_runs(p, &table, "SELECT " RUN_COLUMNS "run_key FROM job ORDER BY number LIMIT 500",
                  "run", w);
    (void)fputs("</details>\n", p->out);
    return st;
}

enum status study_provenance(const struct study_page *p, struct why *w)
{
    unsigned rows = 0;
    double failed = 0;
    page_section(p->out, study_section("provenance"));
    enum status st =
        html_table(p->out, p->db, "SELECT scenario, version, study_key AS \"study key\" FROM study",
                   NULL, &rows, w);
    if (st)
        return st;
    put_command(p);
    (void)fputs("<details><summary>The scenario as given</summary>\n", p->out);
    page_element(p->out, "pre", p->about->given);
    (void)fputs("</details>\n", p->out);
    st = db_ask(p->db, "SELECT count(*) FROM job WHERE exit_code > 1", &failed, w);
    if (!st && failed > 0) {
        (void)fputs("<h3>Runs that failed</h3>\n", p->out);
        st = put_failed(p, w);
    }
    return st ? st : put_list(p, w);
}
