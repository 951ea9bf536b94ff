#include "analysis/figures.h"

#include <stdbool.h>
#include <string.h>

#include "analysis/query.h"

/* ---- delay of each packet ------------------------------------------------------- */

/* Which interface has a BID: the name that the first registration gave; read once, as the events
 * are many. */
static const char delay_sql[] =
    "WITH label AS MATERIALIZED (SELECT json_extract(data, '$.bid') AS bid, json_extract(data, "
    "'$.interface') AS interface, min(id) FROM event WHERE name = 'mip6.registered' GROUP BY 1) "
    "SELECT direction || ' by ' || CASE WHEN p.bid = 0 THEN 'direct' ELSE ifnull(l.interface, 'BID ' "
    "|| p.bid) END, sent_ns / 1e9, (received_ns - sent_ns) / 1e6 FROM packet p LEFT JOIN label l "
    "ON l.bid = p.bid WHERE flow = ?1 AND received_ns IS NOT NULL "
    "ORDER BY direction DESC, p.bid, sequence, copy";

/* Packets of which no copy came. */
static const char lost_sql[] =
    "SELECT direction, max(CASE WHEN fate <> 'in_flight' AND copy = 0 THEN sent_ns END) / 1e9 AS sent "
    "FROM packet WHERE flow = ?1 GROUP BY direction, sequence "
    "HAVING count(received_ns) = 0 AND sent IS NOT NULL ORDER BY direction DESC, sequence";

/* The names of a figure's lines, in order of their first row. */
struct series {
    char name[32][96];
    unsigned n;
};

static void note_series(struct series *s, const char *name)
{
    if ((s->n && !strcmp(s->name[s->n - 1], name)) || s->n == 32)
        return;
    (void)snprintf(s->name[s->n++], sizeof s->name[0], "%s", name);
}

/* Plots the rows of one series of a tidy CSV: series, x, y. */
static void plot_series(FILE *gp, const char *file, const char *name, const char *style)
{
    (void)fprintf(gp, "'%s.csv' using (stringcolumn(1) eq ", file);
    figure_text(gp, name);
    (void)fputs(" ? $2 : NaN):3 with ", gp);
    (void)fputs(style, gp);
    (void)fputs(" title ", gp);
    figure_text(gp, name);
}

static enum status write_delays(struct figure *one, struct sqlite3 *db, const char *flow,
                                struct series *series, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, delay_sql, flow, w);
    if (st)
        return st;
    (void)fputs("series,sent_s,delay_ms\n", one->csv);
    while (query_next(&q)) {
        note_series(series, query_text(&q, 0));
        (void)fprintf(one->csv, "%s,%.6f,%.6f\n", query_text(&q, 0), query_number(&q, 1),
                      query_number(&q, 2));
    }
    query_done(&q);
    st = query_ask(&q, db, lost_sql, flow, w);
    if (st)
        return st;
    while (query_next(&q))
        (void)fprintf(one->csv, "%s lost,%.6f,0\n", query_text(&q, 0), query_number(&q, 1));
    query_done(&q);
    return ST_OK;
}

/* The spans of the transitions, shaded; BU and BA as lines. */
static enum status mark_transitions(struct figure *one, struct sqlite3 *db, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, db,
        "SELECT DISTINCT coalesce(CASE WHEN kind <> 'BID added' THEN link_down_ns END, "
        "CASE WHEN kind <> 'BID added' THEN detected_ns END, bu_sent_ns, done_ns) / 1e9, "
        "done_ns / 1e9, kind FROM transition WHERE done_ns / 1e9 >= (SELECT min(sent_ns) / 1e9 "
        "FROM packet) ORDER BY 1, 2",
        NULL, w);
    int n = 1;
    if (st)
        return st;
    while (query_next(&q)) {
        double begin = query_number(&q, 0);
        double end = query_number(&q, 1);
        (void)fprintf(
            one->gp,
            "set object %d rectangle from %.6f, graph 0 to %.6f, graph 1 fc rgb '#f4d9a8' "
            "fillstyle solid 0.8 noborder behind\n",
            n++, begin, end);
    }
    query_done(&q);
    st = query_ask(
        &q, db,
        "SELECT t_ns / 1e9, name FROM event WHERE name IN ('mip6.bu_sent', 'mip6.ba_received') "
        "AND t_ns >= (SELECT min(sent_ns) FROM packet) ORDER BY id",
        NULL, w);
    if (st)
        return st;
    while (query_next(&q)) {
        bool bu = !strcmp(query_text(&q, 1), "mip6.bu_sent");
        (void)fprintf(
            one->gp,
            "set arrow from %.6f, graph %s to %.6f, graph 1 nohead lc rgb '%s' lw 1 dt %d "
            "back\n",
            query_number(&q, 0), "0", query_number(&q, 0), bu ? "#666666" : "#111111", bu ? 2 : 1);
    }
    query_done(&q);
    return ST_OK;
}

/* The whole run above, the transition that hurt the flow most below. */
static void plot_delay(struct figure *one, const struct series *series)
{
    (void)fputs("plot ", one->gp);
    for (unsigned k = 0; k < series->n; k++) {
        char style[64];
        (void)snprintf(style, sizeof style, "points pt 7 ps ps lt %u", k + 1);
        plot_series(one->gp, one->name, series->name[k], style);
        (void)fputs(", \\\n  ", one->gp);
    }
    plot_series(one->gp, one->name, "up lost", "points pt 2 ps 1 lw 2 lc rgb '#cc0000'");
    (void)fputs(", \\\n  ", one->gp);
    plot_series(one->gp, one->name, "down lost", "points pt 1 ps 1 lw 2 lc rgb '#880000'");
    (void)fputs(", \\\n  NaN with lines lc rgb '#555555' lw 1.5 dt 2 title 'BU sent'"
                ", NaN with lines lc rgb '#000000' lw 1.5 title 'BA received'"
                ", NaN with boxes fillstyle solid 1 fc rgb '#f4d9a8' title 'transition'\n",
                one->gp);
}

/* Answers whether there is a transition to look at; `begin` and `end` in s. */
static bool worst_transition(struct sqlite3 *db, const char *flow, double *begin, double *end)
{
    struct query q;
    struct why w;
    if (query_ask(
            &q, db,
            "SELECT last_before_ns / 1e9, max(ifnull(first_after_ns, last_before_ns + disruption_ns), done_ns) / 1e9 FROM disruption d JOIN "
            "transition t USING (transition) WHERE flow = ?1 AND disruption_ns > interval_ns ORDER BY "
            "disruption_ns DESC, transition LIMIT 1",
            flow, &w))
        return false;
    bool any = query_next(&q);
    if (any) {
        *begin = query_number(&q, 0);
        *end = query_number(&q, 1);
    }
    query_done(&q);
    return any;
}

static enum status draw_delay(struct figures *f, struct sqlite3 *db, const char *flow,
                              const char *title, struct why *w)
{
    struct figure one;
    char name[96];
    struct series series = {.n = 0};
    double begin = 0;
    double end = 0;
    (void)snprintf(name, sizeof name, "delay-%.80s", flow);
    enum status st = figure_begin(&one, f, name, title, FIGURE_WIDE, w);
    if (st)
        return st;
    st = write_delays(&one, db, flow, &series, w);
    if (!st)
        st = mark_transitions(&one, db, w);
    if (st) {
        figure_drop(&one);
        return st;
    }
    bool zoom = worst_transition(db, flow, &begin, &end);
    (void)fputs("set ylabel 'one-way delay, ms'\nset yrange [0:*]\nps = 0.25\n", one.gp);
    if (zoom)
        (void)fputs("set multiplot layout 2,1\nunset key\nset bmargin 4\n", one.gp);
    (void)fputs("set xlabel 'time sent, s'\n", one.gp);
    plot_delay(&one, &series);
    if (zoom) {
        double margin = (end - begin) / 2 + 0.05;
        (void)fprintf(one.gp,
                      "set title 'the hand-over that this flow felt most'\nset key outside below "
                      "horizontal\nset bmargin 6\nps = 0.6\nset xrange [%.3f:%.3f]\n",
                      begin - margin, end + margin);
        plot_delay(&one, &series);
        (void)fputs("unset multiplot\n", one.gp);
    }
    return figure_draw(&one, f, w);
}

/* ---- rate of each interface ----------------------------------------------------- */

static enum status draw_rate(struct figures *f, struct sqlite3 *db, const char *title,
                             struct why *w)
{
    struct query q;
    struct figure one;
    struct series series = {.n = 0};
    enum status st = query_ask(
        &q, db,
        "SELECT node || '.' || interface || CASE name WHEN 'rate.sent' THEN ' up' ELSE ' down' "
        "END, t_ns / 1e9, value / 1e3 FROM series WHERE name <> 'cpu.use' AND node IN (SELECT DISTINCT node "
        "FROM event WHERE name = 'mip6.bu_sent') ORDER BY node, interface, name, t_ns",
        NULL, w);
    if (st)
        return st;
    if (!query_next(&q)) {
        query_done(&q);
        return ST_OK; /* no series was recorded */
    }
    st = figure_begin(&one, f, "rate", title, FIGURE_WIDE, w);
    if (st) {
        query_done(&q);
        return st;
    }
    (void)fputs("series,t_s,kbit_s\n", one.csv);
    do {
        note_series(&series, query_text(&q, 0));
        (void)fprintf(one.csv, "%s,%.6f,%.6f\n", query_text(&q, 0), query_number(&q, 1),
                      query_number(&q, 2));
    } while (query_next(&q));
    query_done(&q);
    (void)fputs("set xlabel 'time, s'\nset ylabel 'rate on the interface, kbit/s'\n"
                "set yrange [0:*]\nplot ",
                one.gp);
    for (unsigned k = 0; k < series.n; k++) {
        char style[48];
        (void)snprintf(style, sizeof style, "steps lw 1.5 lt %u%s", k / 2 + 1,
                       k % 2 ? " dt 2" : "");
        (void)fputs(k ? ", \\\n  " : "", one.gp);
        plot_series(one.gp, "rate", series.name[k], style);
    }
    (void)fputc('\n', one.gp);
    return figure_draw(&one, f, w);
}

/* ---- distribution of delays ------------------------------------------------------ */

/* A few packets that waited for seconds would press all others against the axis. */
static void scale_delays(FILE *gp, struct sqlite3 *db)
{
    struct query q;
    struct why w;
    double least = 0;
    double most = 0;
    if (!query_ask(
            &q, db,
            "SELECT min(received_ns - sent_ns) / 1e6, max(received_ns - sent_ns) / 1e6 FROM packet",
            NULL, &w)) {
        if (query_next(&q)) {
            least = query_number(&q, 0);
            most = query_number(&q, 1);
        }
        query_done(&q);
    }
    if (least > 0 && most > 20 * least) {
        (void)fprintf(gp, "set logscale x\nset xrange [%.6g:%.6g]\n", least * 0.9, most * 1.1);
    } else {
        (void)fputs("set xrange [0:*]\n", gp);
    }
}

static enum status draw_distribution(struct figures *f, struct sqlite3 *db, const char *title,
                                     struct why *w)
{
    struct query q;
    struct figure one;
    struct series series = {.n = 0};
    enum status st = query_ask(
        &q, db,
        "SELECT flow || '.' || direction, d / 1e6, row_number() OVER (PARTITION BY flow, direction "
        "ORDER BY d) * 1.0 / count(*) OVER (PARTITION BY flow, direction) FROM (SELECT flow, "
        "direction, min(received_ns) - sent_ns AS d FROM packet WHERE received_ns IS NOT NULL "
        "GROUP BY flow, direction, sequence) ORDER BY flow, direction DESC, d",
        NULL, w);
    if (st)
        return st;
    st = figure_begin(&one, f, "delay-distribution", title, FIGURE_WIDE, w);
    if (st) {
        query_done(&q);
        return st;
    }
    (void)fputs("series,delay_ms,share\n", one.csv);
    while (query_next(&q)) {
        note_series(&series, query_text(&q, 0));
        (void)fprintf(one.csv, "%s,%.6f,%.9f\n", query_text(&q, 0), query_number(&q, 1),
                      query_number(&q, 2));
    }
    query_done(&q);
    (void)fputs("set xlabel 'one-way delay, ms'\nset ylabel 'share of the packets received'\n"
                "set yrange [0:1]\n",
                one.gp);
    scale_delays(one.gp, db);
    (void)fputs("plot ", one.gp);
    for (unsigned k = 0; k < series.n; k++) {
        char style[32];
        (void)snprintf(style, sizeof style, "steps lt %u", k + 1);
        (void)fputs(k ? ", \\\n  " : "", one.gp);
        plot_series(one.gp, "delay-distribution", series.name[k], style);
    }
    if (!series.n)
        (void)fputs("NaN notitle", one.gp);
    (void)fputc('\n', one.gp);
    return figure_draw(&one, f, w);
}

enum status figures_of_run(struct figures *f, struct sqlite3 *db, struct why *w)
{
    struct query q;
    char title[300] = "";
    char flow[64][64];
    int flows = 0;
    enum status st = query_ask(&q, db, "SELECT title FROM run", NULL, w);
    if (st)
        return st;
    if (query_next(&q))
        (void)snprintf(title, sizeof title, "%s", query_text(&q, 0));
    query_done(&q);
    st = query_ask(&q, db, "SELECT DISTINCT flow FROM packet ORDER BY flow", NULL, w);
    if (st)
        return st;
    while (flows < 64 && query_next(&q))
        (void)snprintf(flow[flows++], sizeof flow[0], "%s", query_text(&q, 0));
    query_done(&q);
    if (!flows)
        return why_set(w, ST_MISSING,
                       "no packets to draw: no flow has sent any, or general.record.packets is "
                       "none");
    st = draw_distribution(f, db, title, w);
    if (!st)
        st = draw_rate(f, db, title, w);
    for (int k = 0; k < flows && !st; k++)
        st = draw_delay(f, db, flow[k], title, w);
    return st;
}
