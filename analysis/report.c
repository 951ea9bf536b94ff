#include "analysis/report.h"

#include <stdbool.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"
#include "analysis/report_parts.h"

static const struct page_section sections[] = {
    {"expectations", "Expectations"},
    {"flows", "Flows"},
    {"figures", "Figures"},
    {"transitions", "Transitions"},
    {"died", "Packets that died"},
    {"asked", "What was asked"},
    {"counters", "Counters of the interfaces"},
};

const struct page_section *report_section(const char *id)
{
    const struct page_section *s = sections;
    while (strcmp(s->id, id) != 0)
        s++;
    return s;
}

/* ---- what was asked ---------------------------------------------------------------------- */

static enum status put_head(FILE *out, struct sqlite3 *db, const struct report_about *about,
                            struct why *w)
{
    struct query q;
    enum status st =
        query_ask(&q, db,
                  "SELECT title, (SELECT count(*) FROM expectation), (SELECT count(*) FROM "
                  "expectation WHERE NOT held), processor FROM run",
                  NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    const char *title = query_text(&q, 0);
    long long all = query_integer(&q, 1);
    long long unmet = query_integer(&q, 2);
    const char *processor = query_text(&q, 3);
    bool timed = strcmp(processor, "zero") != 0;
    page_begin(out, title);
    (void)fputs(all || timed ? "<p>" : "", out);
    if (unmet) {
        page_badge(out, PAGE_BAD, "%lld of %lld expectations did not hold", unmet, all);
    } else if (all) {
        page_badge(out, PAGE_GOOD, "all %lld expectations held", all);
    }
    if (timed)
        page_badge(out, PAGE_NOTE, "processor time by profile %s", processor);
    (void)fputs(all || timed ? "</p>\n" : "", out);
    query_done(&q);
    (void)fputs("<p class=\"lead\">", out);
    html_text(out, about->text);
    (void)fputs("</p>\n", out);
    page_contents(out, sections, sizeof sections / sizeof sections[0]);
    return ST_OK;
}

static void put_parts(FILE *out, const struct report_about *about)
{
    const char *section = "";
    for (size_t k = 0; k < about->parts; k++) {
        const struct report_part *p = &about->part[k];
        if (strcmp(section, p->section) != 0) {
            (void)fputs(*section ? "</table></div>\n" : "", out);
            page_element(out, "h3", p->section);
            (void)fputs("\n<div class=\"scroll\"><table>\n", out);
            section = p->section;
        }
        (void)fputs("<tr><th scope=\"row\">", out);
        html_text(out, p->name);
        (void)fputs("</th><td>", out);
        page_element(out, "code", p->text);
        (void)fputs("</td></tr>\n", out);
    }
    (void)fputs(*section ? "</table></div>\n" : "", out);
}

static enum status put_asked(FILE *out, struct sqlite3 *db, const struct report_about *about,
                             struct why *w)
{
    unsigned rows = 0;
    page_section(out, report_section("asked"));
    enum status st = html_table(
        out, db,
        "SELECT scenario, printf('%g s', stop_ns / 1e9) AS \"#simulated\", seed AS \"#seed\", "
        "replication AS \"#replication\", engine, events AS \"#engine events\", version, ?1 AS "
        "\"built from\" FROM run",
        about->built, &rows, w);
    if (st)
        return st;
    st = html_table(out, db, "SELECT run_key AS \"run key\", digest FROM run", NULL, &rows, w);
    for (size_t k = 0; k < about->sets; k++) {
        (void)fputs(k ? ", " : "<p>Changed on the command line: ", out);
        page_element(out, "code", about->set[k]);
    }
    (void)fputs(about->sets ? "</p>\n" : "", out);
    put_parts(out, about);
    (void)fputs("<details><summary>The scenario as given</summary>\n", out);
    page_element(out, "pre", about->given);
    (void)fputs("</details>\n", out);
    return st;
}

/* ---- what came out ----------------------------------------------------------------------- */

static enum status put_expectations(FILE *out, struct sqlite3 *db, struct why *w)
{
    struct query q;
    bool any = false;
    enum status st =
        query_ask(&q, db, "SELECT text, found, held FROM expectation ORDER BY line", NULL, w);
    if (st)
        return st;
    page_section(out, report_section("expectations"));
    for (; query_next(&q); any = true) {
        bool held = query_integer(&q, 2) != 0;
        if (!any)
            (void)fputs(
                "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">expected</th><th scope=\"col\">found</th>"
                "<th scope=\"col\">held</th></tr>"
                "</thead>\n<tbody>\n",
                out);
        (void)fputs("<tr><td>", out);
        page_element(out, "code", query_text(&q, 0));
        (void)fputs("</td>", out);
        page_element(out, "td", query_text(&q, 1));
        (void)fprintf(out, "<td class=\"%s\">%s</td></tr>\n", held ? "yes" : "no",
                      held ? "yes" : "no");
    }
    query_done(&q);
    (void)fputs(any ? "</tbody></table></div>\n" : "<p>None were stated.</p>\n", out);
    return ST_OK;
}

static const char flow_sql[] =
    "SELECT flow || '.' || direction AS flow, source || ' \xe2\x86\x92 ' || destination AS way, "
    "traffic, sent AS \"#sent\", lost || CASE WHEN sent > 0 AND lost > 0 THEN printf(' (%.2g %%)', "
    "100.0 * lost / sent) ELSE '' END AS \"#lost\", late AS \"#late\", duplicated AS "
    "\"#duplicated\", reordered AS \"#reordered\", ifnull(printf('%.1f', delay_mean_ns / 1e6), '') "
    "AS \"#delay, ms: mean\", ifnull(printf('%.1f', delay_p95_ns / 1e6), '') AS \"#p95\", "
    "ifnull(printf('%.1f', delay_p99_ns / 1e6), '') AS \"#p99\", ifnull(printf('%.1f', delay_max_ns "
    "/ 1e6), '') AS \"#most\", ifnull(printf('%.1f', longest_gap_ns / 1e6), '') AS \"#longest gap, "
    "ms\", CASE WHEN mos_mean IS NULL THEN '' ELSE printf('%.2f / %.2f', mos_mean, mos_worst) END "
    "AS \"#MOS mean / worst\" FROM flow";

static enum status put_flows(FILE *out, struct sqlite3 *db, struct why *w)
{
    unsigned rows = 0;
    page_section(out, report_section("flows"));
    enum status st = html_table(out, db, flow_sql, NULL, &rows, w);
    (void)fputs(rows ? "" : "<p>There are none.</p>\n", out);
    return st;
}

static enum status put_drops(FILE *out, struct sqlite3 *db, const struct report_about *about,
                             struct why *w)
{
    struct query q;
    bool any = false;
    page_section(out, report_section("died"));
    enum status st = query_ask(
        &q, db,
        "SELECT node || ifnull('.' || interface, ''), name, value FROM counter WHERE name LIKE 'drop.%' "
        "ORDER BY value DESC, 1, name",
        NULL, w);
    if (st)
        return st;
    for (; query_next(&q); any = true) {
        const char *help = about->drop_help(query_text(&q, 1));
        if (!any)
            (void)fputs(
                "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">node, or interface that sent</th>"
                "<th scope=\"col\">reason</th><th scope=\"col\" class=\"n\">packets</th>"
                "<th scope=\"col\">that is</th></tr></thead>\n<tbody>\n",
                out);
        (void)fputs("<tr>", out);
        page_element(out, "td", query_text(&q, 0));
        page_element(out, "td", query_text(&q, 1));
        (void)fprintf(out, "<td class=\"n\">%s</td>", query_text(&q, 2));
        page_element(out, "td", help ? help : "");
        (void)fputs("</tr>\n", out);
    }
    query_done(&q);
    (void)fputs(any ? "</tbody></table></div>\n" : "<p>None did.</p>\n", out);
    return st;
}

enum status report_write(FILE *out, struct sqlite3 *db, const struct report_about *about,
                         struct why *w)
{
    enum status st = put_head(out, db, about, w);
    if (!st)
        st = put_expectations(out, db, w);
    if (!st)
        st = put_flows(out, db, w);
    if (!st)
        st = report_figures(out, about->figures, w);
    if (!st)
        st = report_transitions(out, db, w);
    if (!st)
        st = put_drops(out, db, about, w);
    if (!st)
        st = put_asked(out, db, about, w);
    if (!st)
        st = report_counters(out, db, w);
    page_end(out, "Made by monami from results.sqlite of the run.");
    return st;
}
