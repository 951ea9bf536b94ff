/* Lines, or bars, of a statistic with its 95 % intervals. */
#include <math.h>

#include "analysis/figures.h"
#include "analysis/kinds.h"

static void write(const struct chart *c, FILE *csv)
{
    for (size_t l = 0; l < c->line.n; l++) {
        for (size_t x = 0; x < c->x.n; x++) {
            const struct point *p = chart_point(c, x, l);
            (void)fprintf(csv, "%zu,%.10g,", l, c->x.at[x]);
            kinds_csv_estimate(csv, c, p);
            (void)fputc(',', csv);
            kinds_csv_names(csv, c, l, x);
        }
    }
}

static void plot_line(const struct chart *c, FILE *gp, size_t l)
{
    double shift = kinds_dodge(c, l);
    if (kinds_empty_line(gp, c, l))
        return;
    kinds_rows(gp, c, l, 2, shift);
    (void)fprintf(gp, ":3 with linespoints lt %zu dt %zu pt %d ps 1 title ", l % 7 + 1,
                  l / 7 % 5 + 1, kinds_form(l));
    figure_text(gp, chart_line_name(c, l));
    char place[40];
    char style[40];
    kinds_shifted(c, 2, shift, place, sizeof place);
    (void)snprintf(style, sizeof style, "lw 1.5 lt %zu", l % 7 + 1);
    kinds_intervals(gp, c, l, place, style);
}

static void plot_lines(const struct chart *c, FILE *gp)
{
    kinds_x_range(gp, c, 0.05);
    kinds_y_range(gp, c, false);
    (void)fputs("plot ", gp);
    for (size_t l = 0; l < c->line.n; l++) {
        (void)fputs(l ? ", \\\n  " : "", gp);
        plot_line(c, gp, l);
    }
    (void)fputc('\n', gp);
}

/* Of the bars of a place. */
static double shift_of(const struct chart *c, size_t l)
{
    return ((double)l - ((double)c->line.n - 1) / 2) * 0.8 / (double)c->line.n;
}

/* Of a word its number is the place; so it is of numbers where there are bars. */
static void plot_bars(const struct chart *c, FILE *gp)
{
    double width = 0.8 / (double)c->line.n;
    (void)fprintf(gp, "set xrange [-0.6:%.1f]\n", (double)c->x.n - 0.4);
    kinds_y_range(gp, c, true);
    (void)fputs("set xzeroaxis lt -1\nplace(x) = ", gp);
    for (size_t k = 0; k + 1 < c->x.n; k++)
        (void)fprintf(gp, "x < %.12g ? %zu : ", (c->x.at[k] + c->x.at[k + 1]) / 2, k);
    (void)fprintf(gp, "%zu\nplot ", c->x.n - 1);
    for (size_t l = 0; l < c->line.n; l++) {
        double shift = shift_of(c, l);
        (void)fputs(l ? ", \\\n  " : "", gp);
        if (kinds_empty_line(gp, c, l))
            continue;
        (void)fprintf(gp,
                      "'%s.csv' using ($1 == %zu ? place($2)%+.6g : NaN):3:(%.4f) with boxes "
                      "fillstyle solid %s noborder lt %zu title ",
                      c->ask->name, l, shift, 0.9 * width, l < 7 ? "0.9" : "0.5", l % 7 + 1);
        figure_text(gp, chart_line_name(c, l));
    }
    for (size_t l = 0; l < c->line.n; l++) {
        char place[40];
        (void)snprintf(place, sizeof place, "place($2)%+.6g", shift_of(c, l));
        kinds_intervals(gp, c, l, place, "lw 2 lc rgb '#333333'");
    }
    (void)fputc('\n', gp);
}

/* Between words there is nothing that a line could show. */
static void plot_either(const struct chart *c, FILE *gp)
{
    if (c->x.numeric) {
        plot_lines(c, gp);
    } else {
        plot_bars(c, gp);
    }
}

#define HEADER "line,x,value,low,high,n,runs,missing,unit,series,text"

const struct kind kind_lines = {"lines", KIND_X | KIND_ESTIMATES, HEADER, NULL, write, plot_either};
const struct kind kind_bars = {"bars", KIND_X | KIND_ESTIMATES, HEADER, NULL, write, plot_bars};
