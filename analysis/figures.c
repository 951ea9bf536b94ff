#include "analysis/figures.h"

#include <stdbool.h>
#include <string.h>

#include <sqlite3.h>

struct query {
    sqlite3_stmt *q;
};

static enum status ask(struct query *q, struct sqlite3 *db, const char *sql, struct why *w)
{
    if (sqlite3_prepare_v2(db, sql, -1, &q->q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "results: %s", sqlite3_errmsg(db));
    return ST_OK;
}

static bool next(struct query *q)
{
    return sqlite3_step(q->q) == SQLITE_ROW;
}

static const char *text(const struct query *q, int column)
{
    const unsigned char *t = sqlite3_column_text(q->q, column);
    return t ? (const char *)t : "";
}

static double number(const struct query *q, int column)
{
    return sqlite3_column_double(q->q, column);
}

static void done(struct query *q)
{
    (void)sqlite3_finalize(q->q);
}

/* ---- delay of each packet ------------------------------------------------------- */

/* Which interface has a BID: the name that the last registration gave. */
static const char label_sql[] =
    "CASE WHEN p.bid = 0 THEN 'direct' ELSE ifnull((SELECT json_extract(data, '$.interface') FROM "
    "event e WHERE e.name = 'mip6.registered' AND json_extract(e.data, '$.bid') = p.bid "
    "ORDER BY e.id LIMIT 1), 'BID ' || p.bid) END";

static enum status write_delays(struct figure *one, struct sqlite3 *db, const char *flow,
                                struct why *w)
{
    struct query q;
    char sql[1200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT direction || ' by ' || %s, sent_ns / 1e9, (received_ns - sent_ns) / 1e6 "
                   "FROM packet p WHERE flow = ?1 AND received_ns IS NOT NULL "
                   "ORDER BY direction DESC, p.bid, sequence, copy",
                   label_sql);
    enum status st = ask(&q, db, sql, w);
    if (st)
        return st;
    (void)sqlite3_bind_text(q.q, 1, flow, -1, SQLITE_TRANSIENT);
    char last[128] = "";
    (void)fputs("sent_s,delay_ms\n", one->csv);
    while (next(&q)) {
        if (strcmp(last, text(&q, 0)) != 0) { /* a block a line of the key: gnuplot's index */
            (void)snprintf(last, sizeof last, "%s", text(&q, 0));
            (void)fprintf(one->csv, "\n\n\"%s\",\n", last);
        }
        (void)fprintf(one->csv, "%.6f,%.6f\n", number(&q, 1), number(&q, 2));
    }
    done(&q);
    if (ask(&q, db,
            "SELECT direction, sent_ns / 1e9 FROM packet p WHERE flow = ?1 AND fate <> 'in_flight' "
            "AND copy = 0 AND NOT EXISTS (SELECT 1 FROM packet c WHERE c.flow = p.flow AND "
            "c.direction = p.direction AND c.sequence = p.sequence AND c.received_ns IS NOT NULL) "
            "ORDER BY direction DESC, sequence",
            w))
        return ST_IO;
    (void)sqlite3_bind_text(q.q, 1, flow, -1, SQLITE_TRANSIENT);
    (void)fputs("\n\n\"lost\",\n", one->csv);
    while (next(&q))
        (void)fprintf(one->csv, "%.6f,%.1f\n", number(&q, 1), 0.0);
    done(&q);
    return ST_OK;
}

/* The spans of the transitions, shaded; BU and BA as lines. */
static enum status mark_transitions(struct figure *one, struct sqlite3 *db, struct why *w)
{
    struct query q;
    enum status st =
        ask(&q, db,
            "SELECT DISTINCT coalesce(CASE WHEN kind <> 'BID added' THEN link_down_ns END, "
            "CASE WHEN kind <> 'BID added' THEN detected_ns END, bu_sent_ns, done_ns) / 1e9, "
            "done_ns / 1e9, kind FROM transition WHERE done_ns / 1e9 >= (SELECT min(sent_ns) / 1e9 "
            "FROM packet) ORDER BY 1, 2",
            w);
    int n = 1;
    if (st)
        return st;
    while (next(&q)) {
        double begin = number(&q, 0);
        double end = number(&q, 1);
        (void)fprintf(
            one->gp,
            "set object %d rectangle from %.6f, graph 0 to %.6f, graph 1 fc rgb '#f4d9a8' "
            "fillstyle solid 0.8 noborder behind\n",
            n++, begin, end);
    }
    done(&q);
    st =
        ask(&q, db,
            "SELECT t_ns / 1e9, name FROM event WHERE name IN ('mip6.bu_sent', 'mip6.ba_received') "
            "AND t_ns >= (SELECT min(sent_ns) FROM packet) ORDER BY id",
            w);
    if (st)
        return st;
    while (next(&q)) {
        bool bu = !strcmp(text(&q, 1), "mip6.bu_sent");
        (void)fprintf(
            one->gp,
            "set arrow from %.6f, graph %s to %.6f, graph 1 nohead lc rgb '%s' lw 1 dt %d "
            "back\n",
            number(&q, 0), "0", number(&q, 0), bu ? "#666666" : "#111111", bu ? 2 : 1);
    }
    done(&q);
    return ST_OK;
}

/* The legend of what no curve explains. */
static const char marks_key[] = ", NaN with lines lc rgb '#666666' lw 1 dt 2 title 'BU sent'"
                                ", NaN with lines lc rgb '#111111' lw 1 title 'BA received'"
                                ", NaN with filledcurves fc rgb '#f4d9a8' title 'transition'";

static unsigned count_blocks(struct sqlite3 *db, const char *flow)
{
    struct query q;
    struct why w;
    unsigned n = 0;
    if (ask(&q, db,
            "SELECT count(DISTINCT direction || bid) FROM packet WHERE flow = ?1 AND received_ns IS "
            "NOT NULL",
            &w))
        return 0;
    (void)sqlite3_bind_text(q.q, 1, flow, -1, SQLITE_TRANSIENT);
    if (next(&q))
        n = (unsigned)sqlite3_column_int(q.q, 0);
    done(&q);
    return n;
}

static enum status draw_delay(struct figures *f, struct sqlite3 *db, const char *flow,
                              const char *title, struct why *w)
{
    struct figure one;
    char name[96];
    (void)snprintf(name, sizeof name, "delay-%.80s", flow);
    enum status st = figure_begin(&one, f, name, title, w);
    if (st)
        return st;
    unsigned blocks = count_blocks(db, flow);
    st = write_delays(&one, db, flow, w);
    if (!st)
        st = mark_transitions(&one, db, w);
    (void)fprintf(one.gp, "set xlabel 'time sent, s'\nset ylabel 'one-way delay, ms'\n"
                          "set yrange [0:*]\nset key autotitle columnheader\nplot ");
    for (unsigned k = 0; k < blocks; k++)
        (void)fprintf(one.gp, "%s'%s.csv' index %u using 1:2 with points pt 7 ps 0.25 lt %u",
                      k ? ", \\\n  " : "", name, k + 1, k + 1);
    (void)fprintf(one.gp,
                  "%s'%s.csv' index %u using 1:2 with points pt 2 ps 0.9 lc rgb '#cc0000'%s\n",
                  blocks ? ", \\\n  " : "", name, blocks + 1, marks_key);
    if (st) {
        (void)fclose(one.csv);
        (void)fclose(one.gp);
        return st;
    }
    return figure_draw(&one, f, w);
}

/* ---- rate of each interface ----------------------------------------------------- */

static enum status draw_rate(struct figures *f, struct sqlite3 *db, const char *title,
                             struct why *w)
{
    struct query q;
    struct figure one;
    char last[200] = "";
    unsigned blocks = 0;
    enum status st = ask(
        &q, db,
        "SELECT node || '.' || interface || CASE name WHEN 'rate.sent' THEN ' up' ELSE ' down' "
        "END, t_ns / 1e9, value / 1e3 FROM series WHERE node IN (SELECT DISTINCT node FROM event "
        "WHERE name = 'mip6.bu_sent') ORDER BY node, interface, name, t_ns",
        w);
    if (st)
        return st;
    if (!next(&q)) {
        done(&q);
        return ST_OK; /* no series was recorded */
    }
    st = figure_begin(&one, f, "rate", title, w);
    if (st) {
        done(&q);
        return st;
    }
    (void)fputs("t_s,kbit_s\n", one.csv);
    do {
        if (strcmp(last, text(&q, 0)) != 0) {
            (void)snprintf(last, sizeof last, "%s", text(&q, 0));
            (void)fprintf(one.csv, "\n\n\"%s\",\n", last);
            blocks++;
        }
        (void)fprintf(one.csv, "%.6f,%.6f\n", number(&q, 1), number(&q, 2));
    } while (next(&q));
    done(&q);
    (void)fprintf(one.gp, "set xlabel 'time, s'\nset ylabel 'rate on the interface, kbit/s'\n"
                          "set yrange [0:*]\nset key autotitle columnheader\nplot ");
    for (unsigned k = 0; k < blocks; k++)
        (void)fprintf(one.gp, "%s'rate.csv' index %u using 1:2 with steps lt %u%s",
                      k ? ", \\\n  " : "", k + 1, k / 2 + 1, k % 2 ? " dt 2" : "");
    (void)fputc('\n', one.gp);
    return figure_draw(&one, f, w);
}

/* ---- distribution of delays ------------------------------------------------------ */

static enum status draw_distribution(struct figures *f, struct sqlite3 *db, const char *title,
                                     struct why *w)
{
    struct query q;
    struct figure one;
    char last[200] = "";
    unsigned blocks = 0;
    enum status st = ask(
        &q, db,
        "SELECT flow || '.' || direction, d / 1e6, row_number() OVER (PARTITION BY flow, direction "
        "ORDER BY d) * 1.0 / count(*) OVER (PARTITION BY flow, direction) FROM (SELECT flow, "
        "direction, min(received_ns) - sent_ns AS d FROM packet WHERE received_ns IS NOT NULL "
        "GROUP BY flow, direction, sequence) ORDER BY flow, direction DESC, d",
        w);
    if (!st)
        st = figure_begin(&one, f, "delay-distribution", title, w);
    if (st)
        return st;
    (void)fputs("delay_ms,share\n", one.csv);
    while (next(&q)) {
        if (strcmp(last, text(&q, 0)) != 0) {
            (void)snprintf(last, sizeof last, "%s", text(&q, 0));
            (void)fprintf(one.csv, "\n\n\"%s\",\n", last);
            blocks++;
        }
        (void)fprintf(one.csv, "%.6f,%.9f\n", number(&q, 1), number(&q, 2));
    }
    done(&q);
    (void)fprintf(one.gp,
                  "set xlabel 'one-way delay, ms'\nset ylabel 'share of the packets received'\n"
                  "set yrange [0:1]\nset xrange [0:*]\nset key autotitle columnheader\nplot ");
    for (unsigned k = 0; k < blocks; k++)
        (void)fprintf(one.gp, "%s'delay-distribution.csv' index %u using 1:2 with steps lt %u",
                      k ? ", \\\n  " : "", k + 1, k + 1);
    if (!blocks)
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
    enum status st = ask(&q, db, "SELECT title FROM run", w);
    if (st)
        return st;
    if (next(&q))
        (void)snprintf(title, sizeof title, "%s", text(&q, 0));
    done(&q);
    st = ask(&q, db, "SELECT DISTINCT flow FROM packet ORDER BY flow", w);
    if (st)
        return st;
    while (flows < 64 && next(&q))
        (void)snprintf(flow[flows++], sizeof flow[0], "%s", text(&q, 0));
    done(&q);
    if (!flows)
        return why_set(w, ST_MISSING, "no packets were recorded (general.record.packets: none)");
    st = draw_distribution(f, db, title, w);
    if (!st)
        st = draw_rate(f, db, title, w);
    for (int k = 0; k < flows && !st; k++)
        st = draw_delay(f, db, flow[k], title, w);
    return st;
}
