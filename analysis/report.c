#include "analysis/report.h"

#include <stdbool.h>
#include <string.h>

#include "analysis/html.h"
#include "analysis/query.h"

/* Colours as in the figures (Okabe and Ito 2008). */
static const char style[] =
    "body{font:15px/1.45 system-ui,'DejaVu Sans',sans-serif;color:#222;background:#fff;max-width:"
    "1040px;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .6rem}\n"
    "h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:2px solid #0072b2;padding-bottom:.2rem}\n"
    "h3{font-size:1rem;margin:1.4rem 0 .2rem}h4{margin:.6rem 0 .2rem;font-size:.85rem}\n"
    "p{margin:.4rem 0;max-width:70em}.lead{font-size:1.02rem}.small{font-size:.8rem;color:#555}\n"
    "table{border-collapse:collapse;font-size:.82rem;margin:.5rem 0}\n"
    "th,td{padding:.22rem .6rem .22rem 0;text-align:left;vertical-align:top;border-bottom:1px solid "
    "#ddd}\nth{font-weight:600;color:#444;border-bottom:1px solid #888}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "code,pre{font-family:'DejaVu Sans Mono',monospace;font-size:.78rem}\n"
    "td code{word-break:break-word}pre{background:#f6f6f6;padding:.8rem;white-space:pre-wrap}\n"
    ".badge{display:inline-block;padding:.15rem .7rem;border-radius:1rem;font-weight:600;"
    "color:#fff}.good{background:#007a5a}.bad{background:#c0392b}\n"
    "td.yes{color:#007a5a;font-weight:600}td.no{color:#c0392b;font-weight:600}\n"
    "figure{margin:1rem 0;break-inside:avoid}figcaption{font-size:.8rem;color:#555}\n"
    "figure svg,figure img,svg.ladder{max-width:100%;height:auto;display:block}\n"
    ".story{break-inside:avoid}.columns{columns:3 18rem}.port{break-inside:avoid}\n"
    ".port table{font-size:.72rem;width:100%}summary{cursor:pointer;font-size:.85rem;color:#0072b2}\n"
    ".ladder text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#222;paint-order:stroke;"
    "stroke:#fff;stroke-width:4px;stroke-linejoin:round}\n"
    ".ladder .lane{font-weight:700;text-anchor:middle}.ladder .t{text-anchor:end;fill:#666}\n"
    ".ladder .on{text-anchor:middle}.ladder .line{stroke:#bbb;stroke-width:1.5;fill:none}\n"
    ".ladder circle{fill:#444}.ladder .wait{fill:#f4d9a8;stroke:#e69f00}\n"
    ".ladder path{fill:none;stroke-width:1.8}.ladder .bu{stroke:#0072b2}.ladder .ba{stroke:#009e73}"
    ".ladder .ra{stroke:#d55e00}.ladder .lost{stroke:#c0392b;stroke-width:2.5}\n"
    ".ladder .bu.head{fill:#0072b2}.ladder .ba.head{fill:#009e73}.ladder .ra.head{fill:#d55e00}\n"
    "@media print{body{font-size:10px;max-width:none;margin:0}h2{break-after:avoid}"
    "details{display:none}}\n";

static void put_element(FILE *out, const char *element, const char *text)
{
    (void)fprintf(out, "<%s>", element);
    html_text(out, text);
    (void)fprintf(out, "</%s>", element);
}

/* ---- what was asked ---------------------------------------------------------------------- */

static enum status put_head(FILE *out, struct sqlite3 *db, const struct report_about *about,
                            struct why *w)
{
    struct query q;
    enum status st =
        query_ask(&q, db,
                  "SELECT title, (SELECT count(*) FROM expectation), (SELECT count(*) FROM "
                  "expectation WHERE NOT held) FROM run",
                  NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    const char *title = query_text(&q, 0);
    long long all = query_integer(&q, 1);
    long long unmet = query_integer(&q, 2);
    (void)fputs(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n",
        out);
    put_element(out, "title", title);
    (void)fprintf(out, "\n<style>\n%s</style>\n</head>\n<body>\n", style);
    put_element(out, "h1", title);
    if (all) {
        (void)fprintf(out, "\n<p><span class=\"badge %s\">", unmet ? "bad" : "good");
        if (unmet) {
            (void)fprintf(out, "%lld of %lld expectations did not hold", unmet, all);
        } else {
            (void)fprintf(out, "all %lld expectations held", all);
        }
        (void)fputs("</span></p>\n", out);
    }
    query_done(&q);
    (void)fputs("<p class=\"lead\">", out);
    html_text(out, about->text);
    (void)fputs("</p>\n", out);
    return ST_OK;
}

static void put_parts(FILE *out, const struct report_about *about)
{
    const char *section = "";
    for (size_t k = 0; k < about->parts; k++) {
        const struct report_part *p = &about->part[k];
        if (strcmp(section, p->section) != 0) {
            (void)fprintf(out, "%s", *section ? "</table>\n" : "");
            put_element(out, "h4", p->section);
            (void)fputs("\n<table>\n", out);
            section = p->section;
        }
        (void)fputs("<tr>", out);
        put_element(out, "td", p->name);
        (void)fputs("<td>", out);
        put_element(out, "code", p->text);
        (void)fputs("</td></tr>\n", out);
    }
    (void)fputs(*section ? "</table>\n" : "", out);
}

static enum status put_asked(FILE *out, struct sqlite3 *db, const struct report_about *about,
                             struct why *w)
{
    unsigned rows = 0;
    (void)fputs("<h2>What was asked</h2>\n", out);
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
        put_element(out, "code", about->set[k]);
    }
    (void)fputs(about->sets ? "</p>\n" : "", out);
    put_parts(out, about);
    (void)fputs("<details><summary>The scenario as given</summary>\n", out);
    put_element(out, "pre", about->given);
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
    (void)fputs("<h2>Expectations</h2>\n", out);
    for (; query_next(&q); any = true) {
        bool held = query_integer(&q, 2) != 0;
        if (!any)
            (void)fputs("<table>\n<thead><tr><th>expected</th><th>found</th><th>held</th></tr>"
                        "</thead>\n<tbody>\n",
                        out);
        (void)fputs("<tr><td>", out);
        put_element(out, "code", query_text(&q, 0));
        (void)fputs("</td>", out);
        put_element(out, "td", query_text(&q, 1));
        (void)fprintf(out, "<td class=\"%s\">%s</td></tr>\n", held ? "yes" : "no",
                      held ? "yes" : "no");
    }
    query_done(&q);
    (void)fputs(any ? "</tbody></table>\n" : "<p>None were stated.</p>\n", out);
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
    (void)fputs("<h2>Flows</h2>\n", out);
    enum status st = html_table(out, db, flow_sql, NULL, &rows, w);
    (void)fputs(rows ? "" : "<p>There are none.</p>\n", out);
    return st;
}

static enum status put_drops(FILE *out, struct sqlite3 *db, const struct report_about *about,
                             struct why *w)
{
    struct query q;
    bool any = false;
    (void)fputs("<h2>Packets that died</h2>\n", out);
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
                "<table>\n<thead><tr><th>node, or interface that sent</th><th>reason</th><th class=\"n\">packets"
                "</th><th>that is</th></tr></thead>\n<tbody>\n",
                out);
        (void)fputs("<tr>", out);
        put_element(out, "td", query_text(&q, 0));
        put_element(out, "td", query_text(&q, 1));
        (void)fprintf(out, "<td class=\"n\">%s</td>", query_text(&q, 2));
        put_element(out, "td", help ? help : "");
        (void)fputs("</tr>\n", out);
    }
    query_done(&q);
    (void)fputs(any ? "</tbody></table>\n" : "<p>None did.</p>\n", out);
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
    (void)fputs("<p class=\"small\">Made by monami from results.sqlite of the run.</p>\n"
                "</body>\n</html>\n",
                out);
    return st;
}
