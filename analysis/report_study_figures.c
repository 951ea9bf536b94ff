/* The figures of a study, each with what it is made of. */
#include <string.h>
#include <sys/stat.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"

enum { WORDS_BYTES = 1000 };

static const char figures_sql[] =
    "SELECT name, ifnull(title, ''), kind, plot, ifnull(x, ''), ifnull(y, ''), ifnull(lines, ''), "
    "CASE statistic WHEN 'auto' THEN CASE WHEN plot LIKE 'disruption.%' OR plot LIKE '%(disruption.%' THEN 'median' ELSE 'mean' "
    "END ELSE statistic END FROM figure ORDER BY position";

/* Where nothing better stands beside the picture. */
static void own_words(const struct query *q, char *out, size_t size)
{
    static const char *const before[] = {" over ", " and ", ", a line for each "};
    const char *title = query_text(q, 1);
    const char *kind = query_text(q, 2);
    bool plain = !strcmp(kind, "lines") || !strcmp(kind, "bars");
    int n = snprintf(out, size, "%.200s%s%s of %.160s", title, *title ? ": " : "",
                     plain ? query_text(q, 7) : kind, query_text(q, 3));
    for (int k = 0; k < 3 && n > 0 && (size_t)n < size; k++) {
        const char *word = query_text(q, 4 + k);
        if (*word)
            n += snprintf(out + n, size - (size_t)n, "%s%.160s", before[k], word);
    }
    if (n > 0 && (size_t)n < size)
        (void)snprintf(out + n, size - (size_t)n, "%s.", plain ? "; 95 % intervals" : "");
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
}

static enum status put_figure(const struct study_page *p, const struct query *q, size_t number,
                              struct why *w)
{
    char path[1400];
    char words[WORDS_BYTES];
    struct stat s;
    const char *name = query_text(q, 0);
    enum status st = ST_OK;
    own_words(q, words, sizeof words);
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.svg", p->about->figures, name);
    (void)fputs("<h3>", p->out);
    html_text(p->out, name);
    (void)fputs("</h3>\n", p->out);
    if (!stat(path, &s)) {
        st = report_figure(p->out, p->about->figures, name, words, number, w);
    } else {
        page_element(p->out, "p", words);
        (void)fputs("\n<p>It was not drawn.</p>\n", p->out);
    }
    return st ? st : report_figure_data(p->out, p->about->figures, name, w);
}

enum status study_figures(const struct study_page *p, struct why *w)
{
    struct query q;
    size_t n = 0;
    page_section(p->out, study_section("figures"));
    enum status st = query_ask(&q, p->db, figures_sql, NULL, w);
    if (st)
        return st;
    while (!st && query_next(&q)) {
        if (n == 0 && p->about->not_drawn) {
            (void)fputs("<p>Not all are here: ", p->out);
            html_text(p->out, p->about->not_drawn);
            (void)fputs(".</p>\n", p->out);
        }
        st = put_figure(p, &q, ++n, w);
    }
    query_done(&q);
    if (!n)
        (void)fputs("<p>None: the scenario names no <code>figures</code>.</p>\n", p->out);
    return st;
}
