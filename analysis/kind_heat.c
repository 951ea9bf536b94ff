/* A map over two parameters: the statistic as colour, and as a number in each cell. */
#include <math.h>
#include <string.h>

#include "analysis/figures.h"
#include "analysis/kinds.h"

static void write(const struct chart *c, FILE *csv)
{
    for (size_t y = 0; y < c->line.n; y++) {
        for (size_t x = 0; x < c->x.n; x++) {
            (void)fprintf(csv, "%zu,%zu,", y, x);
            kinds_csv_estimate(csv, c, chart_point(c, x, y));
            (void)fputc(',', csv);
            kinds_csv_text(csv, c->line.of->value[c->line.value[y]]);
            (void)fputc(',', csv);
            kinds_csv_text(csv, c->x.of->value[c->x.value[x]]);
            (void)fputc('\n', csv);
        }
    }
}

/* From dark to light in even steps, for the colour-blind, too (viridis: Smith and van der Walt
 * 2015).
 */
static const char palette[] =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 "
    "'#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";

static void range(const struct chart *c, double *least, double *most)
{
    *least = (double)INFINITY;
    *most = -(double)INFINITY;
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        if (c->point[k].runs) {
            *least = fmin(*least, c->point[k].e.value);
            *most = fmax(*most, c->point[k].e.value);
        }
    }
    if (!isfinite(*least))
        *least = *most = 0;
}

static void plot(const struct chart *c, FILE *gp)
{
    char words[400];
    double least;
    double most;
    range(c, &least, &most);
    double span = most > least ? most - least : 1;
    bool small = c->x.n > 8 || c->line.n > 12;
    int digits = fmax(fabs(least), fabs(most)) >= 1000 ? 4 : 3;
    kinds_value_words(c, words, 300);
    size_t n = strlen(words);
    if (c->statistic->of != OF_SHARE)
        (void)snprintf(words + n, sizeof words - n, " (%s)", c->statistic->words);
    wording_wrap(words, 38);
    bool wide = strchr(words, '\n') != NULL;
    (void)fprintf(
        gp,
        "%sset cbrange [%.10g:%.10g]\nset xrange [-0.5:%.1f]\nset yrange [-0.5:%.1f]\n"
        "unset grid\nset border 0\nset tics scale 0\nset rmargin at screen %s\nset cblabel ",
        palette, least, least + span, (double)c->x.n - 0.5, (double)c->line.n - 0.5,
        wide ? "0.75" : "0.78");
    figure_text(gp, words);
    (void)fprintf(gp, " font axis_font\nset cbtics font tic_font\nmiddle = %.10g\n",
                  least + 0.55 * span);
    (void)fprintf(gp,
                  "plot '%s.csv' using 2:1:($2-0.5):($2+0.5):($1-0.5):($1+0.5):3 with boxxyerror "
                  "fillstyle solid 1 noborder fillcolor palette notitle",
                  c->ask->name);
    for (int dark = 0; dark < 2; dark++)
        (void)fprintf(gp,
                      ", \\\n  '%s.csv' using 2:($3 %s middle ? $1 : NaN):(sprintf('%%.%dg', $3)) "
                      "with labels font %s tc rgb '%s' notitle",
                      c->ask->name, dark ? "<" : ">=", digits, small ? "small_font" : "axis_font",
                      dark ? "#ffffff" : "#000000");
    (void)fputc('\n', gp);
}

const struct kind kind_heat = {"heat",
                               KIND_X | KIND_Y | KIND_ESTIMATES,
                               "y,x,value,low,high,n,runs,missing,unit,y_text,text",
                               NULL,
                               write,
                               plot};
