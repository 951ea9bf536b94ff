/*
 * Paired differences from the baseline: a run is compared with the run of the same unit and
 * replication at the same values of all other parameters (those in lock-step with the one that is
 * compared go with it).
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/figures.h"
#include "analysis/kinds.h"

/* ---- pairs -------------------------------------------------------------------------------- */

/* Two runs of a pair differ in nothing of this. */
static int compare(const struct chart *c, size_t a, size_t b)
{
    const struct runs *r = c->runs;
    const struct runs_parameter *of = runs_parameter(r, r->baseline);
    for (size_t k = 0; k < r->parameters; k++) {
        const struct runs_parameter *p = &r->parameter[k];
        if (p->axis != of->axis && p->of[a] != p->of[b])
            return p->of[a] < p->of[b] ? -1 : 1;
    }
    if (r->run[a].unit != r->run[b].unit)
        return r->run[a].unit < r->run[b].unit ? -1 : 1;
    if (r->run[a].replication != r->run[b].replication)
        return r->run[a].replication < r->run[b].replication ? -1 : 1;
    return 0;
}

/* Merge sort: qsort() has no place for what the order depends on. */
static void sort(const struct chart *c, size_t *run, size_t *spare, size_t n)
{
    if (n < 2)
        return;
    size_t half = n / 2;
    sort(c, run, spare, half);
    sort(c, run + half, spare, n - half);
    for (size_t k = 0, a = 0, b = half; k < n; k++) {
        bool left = b == n || (a < half && compare(c, run[a], run[b]) <= 0);
        spare[k] = left ? run[a++] : run[b++];
    }
    for (size_t k = 0; k < n; k++)
        run[k] = spare[k];
}

struct baseline {
    size_t *run; /* sorted */
    size_t n;
};

static struct baseline find_baseline(struct chart *c)
{
    const struct runs *r = c->runs;
    const struct runs_parameter *of = runs_parameter(r, r->baseline);
    struct baseline b = {.run = arena_take(&c->arena, (r->n + 1) * sizeof *b.run)};
    size_t *spare = arena_take(&c->arena, (r->n + 1) * sizeof *spare);
    struct why w;
    size_t value = 0;
    enum status st = runs_find_value(of, r->baseline_value, &value, &w);
    assert(!st && "study_check() looked");
    (void)st;
    for (size_t k = 0; k < r->n; k++) {
        if (of->of[k] == value && !isnan(c->value[k]))
            b.run[b.n++] = k;
    }
    sort(c, b.run, spare, b.n);
    return b;
}

/* The run's partner; RUNS_NO_VALUE: it has none. */
static size_t partner(const struct chart *c, const struct baseline *b, size_t run)
{
    size_t low = 0;
    size_t high = b->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(c, b->run[middle], run);
        if (!order)
            return b->run[middle];
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return RUNS_NO_VALUE;
}

/* The point keeps the runs that have a partner. */
static void compare_point(struct chart *c, const struct baseline *b, struct point *p)
{
    double *base = arena_take(&c->arena, (p->runs + 1) * sizeof *base);
    double *from = arena_take(&c->arena, (p->runs + 1) * sizeof *from);
    double *to = arena_take(&c->arena, (p->runs + 1) * sizeof *to);
    size_t pairs = 0;
    for (size_t k = 0; k < p->runs; k++) {
        size_t other = partner(c, b, p->run[k]);
        if (other == RUNS_NO_VALUE)
            continue;
        base[pairs] = c->value[other] / c->scale.divisor;
        p->run[pairs] = p->run[k];
        p->unit[pairs] = p->unit[k];
        p->value[pairs++] = p->value[k];
    }
    p->missing += p->runs - pairs;
    p->runs = pairs;
    p->samples = chart_samples(c, p, base, from);
    (void)chart_samples(c, p, p->value, to);
    p->e = (struct estimate){.value = (double)NAN};
    p->p = p->adjusted = 1;
    if (!pairs)
        return;
    p->e = stats_paired(from, to, p->samples);
    if (p->e.has_interval)
        p->p = stats_paired_p(from, to, p->samples);
}

static void prepare(struct chart *c)
{
    size_t points = c->x.n * c->line.n;
    double *p = arena_take(&c->arena, (points + 1) * sizeof *p);
    struct baseline b = find_baseline(c);
    for (size_t k = 0; k < points; k++) {
        compare_point(c, &b, &c->point[k]);
        if (c->point[k].e.has_interval)
            p[c->comparisons++] = c->point[k].p;
    }
    if (c->runs->holm)
        stats_holm(p, c->comparisons);
    for (size_t k = 0, j = 0; k < points; k++) {
        if (c->point[k].e.has_interval)
            c->point[k].adjusted = p[j++];
    }
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool is_significant(const struct point *p)
{
    return p->e.has_interval && p->adjusted < 0.05;
}

static bool is_any_significant(const struct chart *c, size_t line)
{
    bool any = false;
    for (size_t x = 0; x < c->x.n; x++)
        any |= is_significant(chart_point(c, x, line));
    return any;
}

static void write(const struct chart *c, FILE *csv)
{
    for (size_t l = 0; l < c->line.n; l++) {
        for (size_t x = 0; x < c->x.n; x++) {
            const struct point *p = chart_point(c, x, l);
            (void)fprintf(csv, "%zu,%.10g,", l, c->x.at[x]);
            kinds_csv_estimate(csv, c, p);
            if (p->e.has_interval) {
                (void)fprintf(csv, ",%.6g,%.6g,%d,", p->p, p->adjusted, is_significant(p));
            } else {
                (void)fputs(",,,0,", csv);
            }
            kinds_csv_names(csv, c, l, x);
        }
    }
}

static double shift_of(const struct chart *c, size_t line)
{
    return c->x.numeric ? kinds_dodge(c, line)
                        : ((double)line - ((double)c->line.n - 1) / 2) * 0.5 / (double)c->line.n;
}

static void plot(const struct chart *c, FILE *gp)
{
    if (c->x.numeric) {
        kinds_x_range(gp, c, 0.08);
    } else {
        (void)fprintf(gp, "set xrange [-0.6:%.1f]\n", (double)c->x.n - 0.4);
    }
    kinds_y_range(gp, c, true);
    (void)fputs(
        "set xzeroaxis lt -1 lw 1.5\nset offsets graph 0, graph 0, graph 0.08, graph 0\nplot ", gp);
    for (size_t l = 0; l < c->line.n; l++) {
        double shift = shift_of(c, l);
        char place[40];
        char style[40];
        (void)fputs(l ? ", \\\n  " : "", gp);
        if (kinds_empty_line(gp, c, l))
            continue;
        kinds_rows(gp, c, l, 2, shift);
        (void)fprintf(gp, ":3 with %s lt %zu pt %d ps 1 title ",
                      c->x.numeric ? "linespoints" : "points", l % 7 + 1, kinds_form(l));
        figure_text(gp, chart_line_name(c, l));
        (void)snprintf(place, sizeof place, "$2%+.8g", shift);
        (void)snprintf(style, sizeof style, "lw 1.5 lt %zu", l % 7 + 1);
        kinds_intervals(gp, c, l, place, style);
        if (!is_any_significant(c, l))
            continue;
        (void)fputs(", \\\n  ", gp);
        kinds_rows(gp, c, l, 2, shift);
        (void)fprintf(gp, ":($12 == 1 ? $5 : NaN):('*') with labels offset 0,0.4 tc lt %zu notitle",
                      l % 7 + 1);
    }
    (void)fputc('\n', gp);
}

const struct kind kind_difference = {
    "difference",
    KIND_X | KIND_ESTIMATES,
    "line,x,value,low,high,n,runs,missing,unit,p,p_adjusted,significant,series,text",
    prepare,
    write,
    plot};
