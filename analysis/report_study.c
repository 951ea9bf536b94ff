/* A study on one page: its head, and the order of its sections. */
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_study_parts.h"
#include "traces/db.h"

static const struct page_section sections[] = {
    {"varied", "What was varied"},
    {"results", "What came out"},
    {"figures", "Figures"},
    {"expectations", "Expectations"},
    {"transitions", "Hand-overs"},
    {"messages", "The messages of a hand-over"},
    {"provenance", "Where it is from"},
};

const struct page_section *study_section(const char *id)
{
    const struct page_section *s = sections;
    while (strcmp(s->id, id) != 0)
        s++;
    return s;
}

/* ---- head ----------------------------------------------------------------------------------- */

static const char badges_sql[] =
    "SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM job WHERE exit_code > 1), "
    "(SELECT count(DISTINCT number) FROM expectation WHERE NOT held), "
    "(SELECT count(DISTINCT number) FROM expectation), "
    "(SELECT count(*) FROM run WHERE knowledge = 'oracle'), (SELECT count(*) FROM run), "
    "(SELECT count(*) FROM run WHERE processor <> 'zero'), "
    "(SELECT group_concat(processor, '; ') FROM (SELECT DISTINCT processor FROM run WHERE processor "
    "<> 'zero' ORDER BY 1))";

static enum status put_badges(const struct study_page *p, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, p->db, badges_sql, NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    long long jobs = query_integer(&q, 0);
    long long failed = query_integer(&q, 1);
    long long unmet = query_integer(&q, 2);
    long long asked = query_integer(&q, 3);
    long long oracle = query_integer(&q, 4);
    long long runs = query_integer(&q, 5);
    long long timed = query_integer(&q, 6);
    char profile[200] = "";
    (void)snprintf(profile, sizeof profile, "%s", timed ? query_text(&q, 7) : "");
    query_done(&q);
    (void)fputs("<p>", p->out);
    if (unmet) {
        page_badge(p->out, PAGE_BAD, "expectations did not hold in %lld of %lld runs", unmet,
                   asked);
    } else if (asked) {
        page_badge(p->out, PAGE_GOOD, "all expectations held in %s%lld run%s",
                   asked == 1 ? "" : "all ", asked, asked == 1 ? "" : "s");
    }
    if (failed)
        page_badge(p->out, PAGE_BAD, "%lld of %lld runs failed", failed, jobs);
    if (oracle && oracle == runs) {
        page_badge(p->out, PAGE_NOTE, "detection by oracle");
    } else if (oracle) {
        page_badge(p->out, PAGE_NOTE, "detection by oracle in %lld of %lld runs", oracle, runs);
    }
    if (timed && timed == runs) {
        page_badge(p->out, PAGE_NOTE, "processor time by profile %s", profile);
    } else if (timed) {
        page_badge(p->out, PAGE_NOTE, "processor time in %lld of %lld runs by profile %s", timed,
                   runs, profile);
    }
    (void)fputs("</p>\n", p->out);
    return ST_OK;
}

static enum status put_head(const struct study_page *p, struct why *w)
{
    struct query q;
    enum status st =
        query_ask(&q, p->db, "SELECT ifnull(title, scenario), text FROM study", NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    page_begin(p->out, query_text(&q, 0));
    if (!query_is_null(&q, 1)) {
        (void)fputs("<p class=\"lead\">", p->out);
        html_text(p->out, query_text(&q, 1));
        (void)fputs("</p>\n", p->out);
    }
    query_done(&q);
    st = put_badges(p, w);
    page_contents(p->out, sections, sizeof sections / sizeof sections[0]);
    return st;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Before anything is written: half a page of a damaged study would look whole. */
static enum status check_whole(struct sqlite3 *db, struct why *w)
{
    struct query q;
    bool whole = false;
    char said[200] = "it cannot be read";
    enum status st = query_ask(&q, db, "PRAGMA quick_check(1)", NULL, w);
    if (st)
        return st;
    if (query_next(&q)) {
        whole = !strcmp(query_text(&q, 0), "ok");
        (void)snprintf(said, sizeof said, "%.190s", query_text(&q, 0));
        said[strcspn(said, "\n")] = '\0';
    }
    query_done(&q);
    return whole
               ? ST_OK
               : why_set(w, ST_SYNTAX,
                         "study.sqlite is damaged (%s); monami sweep collect makes it anew", said);
}

static enum status read_parameters(struct study_page *p, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, p->db,
        "SELECT name FROM axis WHERE name IN (SELECT name FROM parameter GROUP BY name HAVING "
        "count(DISTINCT value) > 1) ORDER BY rowid",
        NULL, w);
    if (st)
        return st;
    while (p->parameters < STUDY_PARAMETERS && query_next(&q))
        (void)snprintf(p->parameter[p->parameters++], STUDY_NAME, "%s", query_text(&q, 0));
    query_done(&q);
    return ST_OK;
}

static enum status read_points(struct study_page *p, struct why *w)
{
    double points = 0;
    enum status st =
        db_do(p->db,
              "CREATE TEMP TABLE point AS SELECT point, min(number) AS first, count(*) AS runs, "
              "sum(exit_code > 1) AS failed FROM main.job GROUP BY point ORDER BY point; "
              "CREATE UNIQUE INDEX temp.point_of ON point (point)",
              w);
    if (!st)
        st = db_ask(p->db, "SELECT count(*) FROM temp.point", &points, w);
    p->points = (size_t)points;
    return st;
}

enum status report_study_write(FILE *out, struct sqlite3 *db,
                               const struct report_study_about *about, struct why *w)
{
    static enum status (*const part[])(const struct study_page *, struct why *) = {
        put_head,           study_varied,      study_results, study_figures,
        study_expectations, study_transitions, study_ladders, study_provenance};
    struct study_page p = {.out = out, .db = db, .about = about};
    enum status st = check_whole(db, w);
    if (!st)
        st = read_parameters(&p, w);
    if (!st)
        st = read_points(&p, w);
    for (size_t k = 0; k < sizeof part / sizeof part[0] && !st; k++)
        st = part[k](&p, w);
    page_end(out, "Made by monami from study.sqlite.");
    return st;
}
