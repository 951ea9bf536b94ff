/* How the values of the runs spread: as a distribution, or as boxes. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/figures.h"
#include "analysis/kinds.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted_values(const struct point *p)
{
    double *v = malloc((p->runs + 1) * sizeof *v);
    assert(v);
    memcpy(v, p->value, p->runs * sizeof *v);
    qsort(v, p->runs, sizeof *v, by_value);
    return v;
}

/* ---- distribution: a step line for each line and x ------------------------------------- */

static void series_name(const struct chart *c, size_t x, size_t l, char *out, size_t size)
{
    if (c->x.of) {
        (void)snprintf(out, size, "%s%s%s", c->line.of ? c->line.label[l] : "",
                       c->line.of ? ", " : "", c->x.label[x]);
    } else {
        (void)snprintf(out, size, "%s", chart_line_name(c, l));
    }
}

static void write_distribution(const struct chart *c, FILE *csv)
{
    for (size_t k = 0; k < c->line.n * c->x.n; k++) {
        size_t l = k / c->x.n;
        size_t x = k % c->x.n;
        const struct point *p = chart_point(c, x, l);
        double *v = sorted_values(p);
        for (size_t j = 0; j <= p->runs && p->runs; j++) {
            (void)fprintf(csv, "%zu,%.10g,%.10g,%zu,%s,", k, v[j ? j - 1 : 0],
                          100 * (double)j / (double)p->runs, p->runs, c->scale.unit);
            kinds_csv_names(csv, c, l, x);
        }
        free(v);
    }
}

/* The values of all points, from the least to the most, with room. */
static void value_range(const struct chart *c, FILE *gp, const char *axis)
{
    double least = (double)INFINITY;
    double most = -(double)INFINITY;
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        for (size_t j = 0; j < c->point[k].runs; j++) {
            least = fmin(least, c->point[k].value[j]);
            most = fmax(most, c->point[k].value[j]);
        }
    }
    if (!isfinite(least))
        least = most = 0;
    if (least > 0 && least < most / 2)
        least = 0;
    double room = most > least ? 0.04 * (most - least) : fmax(0.05 * fabs(most), 0.5);
    (void)fprintf(gp, "set %srange [%.10g:%.10g]\n", axis,
                  least > 0 || least < 0 ? least - room : -room / 4, most + room);
}

static void plot_distribution(const struct chart *c, FILE *gp)
{
    char name[120];
    value_range(c, gp, "x");
    (void)fputs("set yrange [0:100]\nplot ", gp);
    for (size_t k = 0; k < c->line.n * c->x.n; k++) {
        (void)fputs(k ? ", \\\n  " : "", gp);
        if (chart_point(c, k % c->x.n, k / c->x.n)->runs) {
            kinds_rows(gp, c, k, 2, 0);
            (void)fputs(":3", gp);
        } else {
            (void)fputs("NaN", gp);
        }
        (void)fprintf(gp, " with steps lt %zu dt %zu lw 2.5 title ", k % 7 + 1, k / 7 % 5 + 1);
        series_name(c, k % c->x.n, k / c->x.n, name, sizeof name);
        figure_text(gp, name);
    }
    (void)fputc('\n', gp);
}

const struct kind kind_distribution = {
    "distribution",   0, "line,value,share_percent,runs,unit,series,text", NULL, write_distribution,
    plot_distribution};

/* ---- boxes ------------------------------------------------------------------------------- */

static void end_box_row(const struct chart *c, FILE *csv, size_t x, size_t l)
{
    const struct point *p = chart_point(c, x, l);
    (void)fprintf(csv, ",%zu,%zu,%s,", p->runs, p->missing, c->scale.unit);
    kinds_csv_names(csv, c, l, x);
}

/* A row for the box, and one for each value beyond its whiskers. */
static void write_box_rows(const struct chart *c, FILE *csv, size_t x, size_t l)
{
    const struct point *p = chart_point(c, x, l);
    struct box b = stats_box(p->value, p->runs);
    (void)fprintf(csv, "%zu,%zu,", l, x);
    if (p->runs) {
        (void)fprintf(csv, "%.10g,%.10g,%.10g,%.10g,%.10g,", b.low, b.q1, b.median, b.q3, b.high);
    } else {
        (void)fputs(",,,,,", csv);
    }
    end_box_row(c, csv, x, l);
    for (size_t k = 0; k < p->runs; k++) {
        if (p->value[k] >= b.low && p->value[k] <= b.high)
            continue;
        (void)fprintf(csv, "%zu,%zu,,,,,,%.10g", l, x, p->value[k]);
        end_box_row(c, csv, x, l);
    }
}

static void write_box(const struct chart *c, FILE *csv)
{
    for (size_t l = 0; l < c->line.n; l++) {
        for (size_t x = 0; x < c->x.n; x++)
            write_box_rows(c, csv, x, l);
    }
}

static bool has_outliers(const struct chart *c, size_t l)
{
    for (size_t x = 0; x < c->x.n; x++) {
        const struct point *p = chart_point(c, x, l);
        struct box b = stats_box(p->value, p->runs);
        for (size_t k = 0; k < p->runs; k++) {
            if (p->value[k] < b.low || p->value[k] > b.high)
                return true;
        }
    }
    return false;
}

static void plot_box(const struct chart *c, FILE *gp)
{
    double width = 0.8 / (double)c->line.n;
    (void)fprintf(gp, "set xrange [-0.6:%.1f]\nset boxwidth %.4f\n", (double)c->x.n - 0.4,
                  0.75 * width);
    value_range(c, gp, "y");
    (void)fputs("plot ", gp);
    for (size_t l = 0; l < c->line.n; l++) {
        double shift = ((double)l - ((double)c->line.n - 1) / 2) * width;
        (void)fputs(l ? ", \\\n  " : "", gp);
        if (kinds_empty_line(gp, c, l))
            continue;
        kinds_rows(gp, c, l, 2, shift);
        (void)fprintf(gp,
                      ":4:3:7:6 with candlesticks whiskerbars 0.5 fillstyle solid 0.45 border lt "
                      "-1 lw 1 lt %zu title ",
                      l % 7 + 1);
        figure_text(gp, chart_line_name(c, l));
        (void)fputs(", \\\n  ", gp);
        kinds_rows(gp, c, l, 2, shift);
        (void)fputs(":5:5:5:5 with candlesticks lw 3 lc rgb '#000000' notitle", gp);
        if (!has_outliers(c, l))
            continue;
        (void)fputs(", \\\n  ", gp);
        kinds_rows(gp, c, l, 2, shift);
        (void)fprintf(gp, ":8 with points pt 6 ps 0.7 lt %zu notitle", l % 7 + 1);
    }
    (void)fputc('\n', gp);
}

const struct kind kind_box = {
    "box", KIND_X,    "line,x,low,q1,median,q3,high,outlier,runs,missing,unit,series,text",
    NULL,  write_box, plot_box};
