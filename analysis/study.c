#include "analysis/study.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/stats.h"
#include "sim/base/units.h"

enum { SAMPLES = 100000, VALUE_BYTES = 400 };

struct spec {
    char name[64];
    char plot[160];
    char x[160];
    char lines[160];
    bool median;
};

/* A parameter's value as a number along the axis, and its unit. False: it is a word. */
static bool axis_value(const char *text, double *v, const char **unit)
{
    struct why w;
    int64_t whole;
    uint32_t share;
    *unit = "";
    if (strchr(text, '%') && !units_share(text, &share, &w)) {
        *v = share / 1e7;
        *unit = "%";
        return true;
    }
    if (!units_time(text, &whole, &w)) {
        *v = (double)whole / 1e6;
        *unit = "ms";
        return true;
    }
    if (!units_rate(text, &whole, &w)) {
        *v = (double)whole / 1e6;
        *unit = "Mbit/s";
        return true;
    }
    if (!units_size(text, &whole, &w)) {
        *v = (double)whole;
        *unit = "B";
        return true;
    }
    if (!units_packets(text, &whole, &w)) {
        *v = (double)whole;
        *unit = "packets";
        return true;
    }
    return !units_real(text, v, &w);
}

static bool is_time(const char *metric)
{
    return strstr(metric, "_ns") || !strncmp(metric, "disruption.", 11) ||
           !strncmp(metric, "since.", 6);
}

/* Times are drawn in ms, all else as it is. */
static double drawn(const char *metric, double v)
{
    return is_time(metric) ? v / 1e6 : v;
}

static const char *drawn_unit(const char *metric)
{
    return is_time(metric) ? ", ms" : "";
}

static const char *text(sqlite3_stmt *q, int column)
{
    const unsigned char *t = sqlite3_column_text(q, column);
    return t ? (const char *)t : "";
}

/* One point of one line: all runs with these two values. */
static enum status write_point(struct figure *one, struct sqlite3 *db, const struct spec *s,
                               const char *x, const char *line, size_t number, struct why *w)
{
    static const char sql[] =
        "SELECT value FROM scalar WHERE name = ?1 AND number IN (SELECT number FROM parameter p WHERE "
        "p.name = ?2 AND p.value = ?3) AND (?4 = '' OR number IN (SELECT number FROM parameter p WHERE "
        "p.name = ?4 AND p.value = ?5)) ORDER BY number";
    sqlite3_stmt *q = NULL;
    double *sample = calloc(SAMPLES, sizeof *sample);
    size_t n = 0;
    assert(sample);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) {
        free(sample);
        return why_set(w, ST_IO, "study: %s", sqlite3_errmsg(db));
    }
    const char *const bound[] = {s->plot, s->x, x, s->lines, line};
    for (int k = 0; k < 5; k++)
        (void)sqlite3_bind_text(q, k + 1, bound[k], -1, SQLITE_TRANSIENT);
    while (n < SAMPLES && sqlite3_step(q) == SQLITE_ROW)
        sample[n++] = drawn(s->plot, sqlite3_column_double(q, 0));
    (void)sqlite3_finalize(q);
    if (n) {
        struct estimate e = s->median ? stats_median(sample, n) : stats_mean(sample, n);
        const char *unit;
        double at = 0;
        if (!axis_value(x, &at, &unit))
            at = (double)number;
        (void)fprintf(one->csv, "%s,%.10g,%.10g,%.10g,%.10g,%zu,%s\n", *line ? line : s->plot, at,
                      e.value, e.low, e.high, e.n, x);
    }
    free(sample);
    return ST_OK;
}

static enum status values_of(struct sqlite3 *db, const char *parameter, char list[][VALUE_BYTES],
                             size_t *n, struct why *w)
{
    sqlite3_stmt *q = NULL;
    *n = 0;
    if (sqlite3_prepare_v2(db,
                           "SELECT value FROM parameter WHERE name = ?1 GROUP BY value ORDER BY "
                           "min(number)",
                           -1, &q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "study: %s", sqlite3_errmsg(db));
    (void)sqlite3_bind_text(q, 1, parameter, -1, SQLITE_TRANSIENT);
    while (*n < 256 && sqlite3_step(q) == SQLITE_ROW)
        (void)snprintf(list[(*n)++], sizeof list[0], "%s", text(q, 0));
    (void)sqlite3_finalize(q);
    return ST_OK;
}

/* Answers whether x is a number. */
static bool write_axes(struct figure *one, const struct spec *s, char xs[][VALUE_BYTES], size_t n)
{
    const char *unit = "";
    double v;
    bool numeric = n && axis_value(xs[0], &v, &unit);
    (void)fputs("set xlabel ", one->gp);
    char label[300];
    (void)snprintf(label, sizeof label, "%s%s%s", s->x, *unit ? ", " : "", unit);
    figure_text(one->gp, label);
    (void)snprintf(label, sizeof label, "%s%s (%s, 95 %% interval)", s->plot, drawn_unit(s->plot),
                   s->median ? "median" : "mean");
    (void)fputs("\nset ylabel ", one->gp);
    figure_text(one->gp, label);
    (void)fputs(
        "\nset autoscale noextend\nset offsets graph 0.03, graph 0.03, graph 0.05, graph 0\n"
        "set key autotitle columnheader\n",
        one->gp);
    if (numeric)
        return true;
    (void)fputs("set bmargin 9\nset yrange [0:*]\nset xtics rotate by -20 (", one->gp);
    for (size_t k = 0; k < n; k++) {
        const char *slash = strrchr(xs[k], '/'); /* of a file its name will do */
        (void)fputs(k ? ", " : "", one->gp);
        figure_text(one->gp, slash ? slash + 1 : xs[k]);
        (void)fprintf(one->gp, " %zu", k);
    }
    (void)fputs(")\n", one->gp);
    return false;
}

/* One line of points, or one colour of boxes where x is a word; intervals beside it. */
static void plot_line(FILE *gp, const struct spec *s, const char *line, size_t l, size_t lines,
                      bool numeric)
{
    double width = numeric ? 0 : 0.8 / (double)lines;
    double shift = numeric ? 0 : ((double)l - ((double)lines - 1) / 2) * width;
    for (int bars = 0; bars < 2; bars++) {
        (void)fprintf(gp, "%s'%s.csv' using (stringcolumn(1) eq ", l || bars ? ", \\\n  " : "",
                      s->name);
        figure_text(gp, line);
        (void)fprintf(gp, " ? $2 + %.4f : NaN)", shift);
        if (bars) {
            (void)fprintf(gp, ":4:(0):($5-$4) with vectors nohead lw 2 lc rgb '#333333' notitle");
        } else if (numeric) {
            (void)fprintf(gp, ":3 with linespoints pt 7 ps 0.6 lt %zu title ", l + 1);
        } else {
            (void)fprintf(gp, ":3:(%.4f) with boxes fillstyle solid 0.9 noborder lt %zu title ",
                          0.9 * width, l + 1);
        }
        if (!bars)
            figure_text(gp, line);
    }
}

/* A figure that pooled points of a sweep would show intervals that mean nothing. */
static enum status refuse_pooling(struct sqlite3 *db, const struct spec *s, struct why *w)
{
    sqlite3_stmt *q = NULL;
    enum status st = ST_OK;
    if (sqlite3_prepare_v2(
            db,
            "SELECT name FROM parameter WHERE name NOT IN (?1, ?2) GROUP BY name HAVING "
            "count(DISTINCT value) > 1",
            -1, &q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "study: %s", sqlite3_errmsg(db));
    (void)sqlite3_bind_text(q, 1, s->x, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_text(q, 2, s->lines, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(q) == SQLITE_ROW) {
        st = why_set(w, ST_RANGE,
                     "figure %s: the sweep varies '%s' too, which is neither x nor lines", s->name,
                     text(q, 0));
    }
    (void)sqlite3_finalize(q);
    return st;
}

static enum status write_points(struct figure *one, struct sqlite3 *db, const struct spec *s,
                                char xs[][VALUE_BYTES], size_t nx, const char *line, struct why *w)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < nx && !st; k++)
        st = write_point(one, db, s, xs[k], line, k, w);
    return st;
}

static enum status draw(struct figures *f, struct sqlite3 *db, const struct spec *s,
                        const char *title, struct why *w)
{
    static char xs[256][VALUE_BYTES];
    static char ls[256][VALUE_BYTES];
    size_t nx = 0;
    size_t nl = 1;
    struct figure one;
    enum status st = refuse_pooling(db, s, w);
    if (!st)
        st = values_of(db, s->x, xs, &nx, w);
    ls[0][0] = '\0';
    if (!st && *s->lines)
        st = values_of(db, s->lines, ls, &nl, w);
    if (!st && (!nx || !nl)) {
        st = why_set(w, ST_MISSING, "figure %s: the sweep does not vary '%s'", s->name,
                     nx ? s->lines : s->x);
    }
    if (!st)
        st = figure_begin(&one, f, s->name, title, w);
    if (st)
        return st;
    bool numeric = write_axes(&one, s, xs, nx);
    (void)fputs("series,x,value,low,high,n,text\n", one.csv);
    for (size_t l = 0; l < nl && !st; l++)
        st = write_points(&one, db, s, xs, nx, ls[l], w);
    (void)fputs("plot ", one.gp);
    for (size_t l = 0; l < nl; l++)
        plot_line(one.gp, s, *s->lines ? ls[l] : s->plot, l, nl, numeric);
    (void)fputc('\n', one.gp);
    if (!st)
        return figure_draw(&one, f, w);
    figure_drop(&one);
    return st;
}

enum status study_draw(struct figures *f, struct sqlite3 *db, struct why *w)
{
    sqlite3_stmt *q = NULL;
    enum status st = ST_OK;
    if (sqlite3_prepare_v2(
            db,
            "SELECT f.name, plot, x, ifnull(lines, ''), statistic, study.title FROM figure f, "
            "study ORDER BY f.position",
            -1, &q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "study: %s", sqlite3_errmsg(db));
    bool any = false;
    while (!st && sqlite3_step(q) == SQLITE_ROW) {
        struct spec s = {.median = !strcmp(text(q, 4), "median")};
        (void)snprintf(s.name, sizeof s.name, "%s", text(q, 0));
        (void)snprintf(s.plot, sizeof s.plot, "%s", text(q, 1));
        (void)snprintf(s.x, sizeof s.x, "%s", text(q, 2));
        (void)snprintf(s.lines, sizeof s.lines, "%s", text(q, 3));
        st = draw(f, db, &s, text(q, 5), w);
        any = true;
    }
    (void)sqlite3_finalize(q);
    if (!st && !any)
        return why_set(w, ST_MISSING, "the scenario of this sweep names no `figures`");
    return st;
}
