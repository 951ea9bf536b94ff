/* What several kinds of figures use. */
#include "analysis/kinds.h"

#include <math.h>
#include <string.h>

#include "analysis/figures.h"

/* ---- numbers --------------------------------------------------------------------------- */

void kinds_csv_text(FILE *csv, const char *text)
{
    (void)fputc('"', csv);
    for (; *text; text++)
        (void)fputc(*text == '"' ? '\'' : (unsigned char)*text < ' ' ? ' ' : *text, csv);
    (void)fputc('"', csv);
}

const char *kinds_unit(const struct chart *c)
{
    return c->statistic->of == OF_SHARE ? "%" : c->scale.unit;
}

void kinds_csv_names(FILE *csv, const struct chart *c, size_t line, size_t x)
{
    kinds_csv_text(csv, chart_line_name(c, line));
    (void)fputc(',', csv);
    kinds_csv_text(csv, c->x.of ? c->x.of->value[c->x.value[x]] : "");
    (void)fputc('\n', csv);
}

int kinds_form(size_t line)
{
    static const int form[] = {7, 5, 9, 13, 11, 15, 3};
    return form[line % (sizeof form / sizeof form[0])];
}

void kinds_csv_estimate(FILE *csv, const struct chart *c, const struct point *p)
{
    if (p->runs)
        (void)fprintf(csv, "%.10g", p->e.value);
    if (p->e.has_interval) {
        (void)fprintf(csv, ",%.10g,%.10g", p->e.low, p->e.high);
    } else {
        (void)fputs(",,", csv);
    }
    (void)fprintf(csv, ",%zu,%zu,%zu,%s", p->samples, p->runs, p->missing, kinds_unit(c));
}

/* ---- words ------------------------------------------------------------------------------ */

void kinds_value_words(const struct chart *c, char *out, size_t size)
{
    char metric[200];
    const char *unit = c->scale.unit;
    if (c->ask->labels.value) {
        (void)snprintf(metric, sizeof metric, "%s", c->ask->labels.value);
    } else {
        wording_metric(metric, sizeof metric, c->ask->plot);
    }
    const char *steady = c->ask->steady ? "steady " : "";
    if (c->statistic->of == OF_SHARE) {
        (void)snprintf(out, size, "share of runs with %s%s above %.6g%s%s, %%", steady, metric,
                       c->ask->above / c->scale.divisor, *unit ? " " : "", unit);
        return;
    }
    (void)snprintf(out, size, "%s%s%s%s", steady, metric, *unit ? ", " : "", unit);
}

void kinds_axis_words(const struct axis *a, const char *name, char *out, size_t size)
{
    (void)snprintf(out, size, "%s%s%s", name, a->numeric && *a->unit ? ", " : "",
                   a->numeric ? a->unit : "");
}

void kinds_label(FILE *gp, const char *axis, const char *text, size_t width)
{
    char lines[600];
    (void)snprintf(lines, sizeof lines, "%s", text);
    wording_wrap(lines, width);
    (void)fprintf(gp, "set %slabel ", axis);
    figure_text(gp, lines);
    (void)fputs(" font axis_font\n", gp);
}

/* ---- along an axis ------------------------------------------------------------------------ */

enum { TITLE_WIDTH = 62, TIC_ROOM = 46 }; /* characters that fit side by side along x */

static size_t longest_label(const struct axis *a)
{
    size_t longest = 0;
    for (size_t k = 0; a->of && k < a->n; k++)
        longest = strlen(a->label[k]) > longest ? strlen(a->label[k]) : longest;
    return longest;
}

static bool is_crowded(const struct axis *a)
{
    return a->n * (longest_label(a) + 2) > TIC_ROOM;
}

double kinds_tics_height(const struct axis *a, bool words)
{
    if (a->numeric && !words)
        return 0.05;
    return is_crowded(a) ? 0.05 + 0.0085 * (double)longest_label(a) : 0.05;
}

/* A label of a tic is a format of gnuplot's. */
static void tic_text(FILE *gp, const char *text)
{
    char twice[200];
    size_t n = 0;
    for (; *text && n + 2 < sizeof twice; text++) {
        twice[n++] = *text;
        if (*text == '%')
            twice[n++] = '%';
    }
    twice[n] = '\0';
    figure_text(gp, twice);
}

void kinds_tics(FILE *gp, const char *axis, const struct axis *a, bool words)
{
    if (!words && a->numeric) {
        (void)fprintf(gp, "set format %s '%%h'\n", axis); /* without a place for the sign */
        return;
    }
    (void)fprintf(gp, "set %stics (", axis);
    for (size_t k = 0; k < a->n; k++) {
        (void)fputs(k ? ", " : "", gp);
        tic_text(gp, a->of ? a->label[k] : "");
        (void)fprintf(gp, " %zu", k);
    }
    bool crowded = *axis == 'x' && is_crowded(a);
    (void)fputs(crowded ? ") rotate by -30 font tic_font\n" : ") font axis_font\n", gp);
}

/* Where a value stands along an axis by ratios. */
static double place_at(const struct chart *c, size_t k)
{
    return c->ask->log_x ? log(c->x.at[k]) : c->x.at[k];
}

/* 10, 100, ...; where that is little, 20 and 50, ..., too. */
static void log_tics(FILE *gp, char axis, double least, double most)
{
    static const int step[] = {1, 2, 5};
    unsigned each = most < 200 * least ? 1 : 3;
    const char *comma = "";
    (void)fprintf(gp, "set logscale %c\nset %crange [%.10g:%.10g]\nset %ctics (", axis, axis, least,
                  most, axis);
    for (int e = (int)floor(log10(least)); e <= (int)ceil(log10(most)); e++) {
        for (unsigned k = 0; k < 3; k += each) {
            double at = step[k] * pow(10, e);
            if (at < least || at > most)
                continue;
            (void)fprintf(gp, "%s%.10g", comma, at);
            comma = ", ";
        }
    }
    (void)fputs(")\n", gp);
}

void kinds_x_range(FILE *gp, const struct chart *c, double room)
{
    const struct axis *a = &c->x;
    if (c->ask->log_x) {
        double side = exp(room * log(a->at[a->n - 1] / a->at[0]));
        side = a->n > 1 ? side : 2;
        log_tics(gp, 'x', a->at[0] / side, a->at[a->n - 1] * side);
        return;
    }
    double least = a->at[0];
    double most = a->at[a->n - 1];
    double side = most > least ? (most - least) * room : fmax(fabs(most) * room, room);
    (void)fprintf(gp, "set xrange [%.10g:%.10g]\n", least - side, most + side);
}

/* Whether there are intervals to see. */
static bool has_height(const struct chart *c)
{
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        if (c->point[k].e.has_interval && c->point[k].e.high > c->point[k].e.low)
            return true;
    }
    return false;
}

double kinds_dodge(const struct chart *c, size_t line)
{
    const struct axis *a = &c->x;
    if (!has_height(c))
        return c->ask->log_x ? 1 : 0;
    double gap = a->n > 1 ? (double)INFINITY : 1;
    for (size_t k = 1; k < a->n; k++)
        gap = fmin(gap, place_at(c, k) - place_at(c, k - 1));
    double all = a->n > 1 ? place_at(c, a->n - 1) - place_at(c, 0) : 1;
    double step =
        fmin(fmin(0.018 * all, 0.06 * all / (double)c->line.n), 0.6 * gap / (double)c->line.n);
    double shift = ((double)line - ((double)c->line.n - 1) / 2) * step;
    return c->ask->log_x ? exp(shift) : shift;
}

void kinds_shifted(const struct chart *c, int x_column, double shift, char *out, size_t size)
{
    (void)snprintf(out, size, c->ask->log_x ? "$%d*%.8g" : "$%d%+.8g", x_column, shift);
}

/* Of what can be drawn by ratios, with room for the least bar. */
static void log_y_range(FILE *gp, const struct chart *c)
{
    double least = (double)INFINITY;
    double most = 0;
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        const struct estimate *e = &c->point[k].e;
        const double all[] = {e->value, e->has_interval ? e->low : 0,
                              e->has_interval ? e->high : 0};
        for (size_t j = 0; c->point[k].runs && j < 3; j++) {
            least = all[j] > 0 ? fmin(least, all[j]) : least;
            most = fmax(most, all[j]);
        }
    }
    if (most > 0) {
        log_tics(gp, 'y', least / 2, most * 1.5);
        (void)fprintf(gp, "drawn(y) = y > %.10g ? y : %.10g\n", least / 2, least / 2);
    } else {
        (void)fputs("set yrange [0:1]\n", gp);
    }
}

void kinds_y_range(FILE *gp, const struct chart *c, bool zero)
{
    double least = (double)INFINITY;
    double most = -(double)INFINITY;
    if (c->ask->log_value) {
        log_y_range(gp, c);
        return;
    }
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        const struct point *p = &c->point[k];
        if (!p->runs)
            continue;
        least = fmin(least, p->e.has_interval ? p->e.low : p->e.value);
        most = fmax(most, p->e.has_interval ? p->e.high : p->e.value);
    }
    if (!isfinite(least)) {
        (void)fputs("set yrange [0:1]\n", gp);
        return;
    }
    if (zero || (least >= 0 && least < most / 2))
        least = fmin(least, 0);
    if (zero || (most <= 0 && most > least / 2))
        most = fmax(most, 0);
    double room = most > least ? 0.05 * (most - least) : fmax(0.05 * fabs(most), 0.5);
    bool from_zero = least >= 0 && least <= 0;
    bool to_zero = most >= 0 && most <= 0 && least < 0;
    (void)fprintf(gp, "set yrange [%.10g:%.10g]\n", from_zero ? 0 : least - room,
                  to_zero ? 0 : most + room);
}

/* ---- lines ----------------------------------------------------------------------------------- */

void kinds_rows(FILE *gp, const struct chart *c, size_t line, int x_column, double shift)
{
    char place[40];
    kinds_shifted(c, x_column, shift, place, sizeof place);
    (void)fprintf(gp, "'%s.csv' using ($1 == %zu ? %s : NaN)", c->ask->name, line, place);
}

/* gnuplot would warn of it. */
bool kinds_empty_line(FILE *gp, const struct chart *c, size_t line)
{
    for (size_t x = 0; x < c->x.n; x++) {
        if (chart_point(c, x, line)->runs)
            return false;
    }
    (void)fprintf(gp, "NaN with lines lt %zu title ", line % 7 + 1);
    figure_text(gp, chart_line_name(c, line));
    return true;
}

/* The vertical lines of those points of a line that have an interval. */
void kinds_intervals(FILE *gp, const struct chart *c, size_t line, const char *place,
                     const char *style)
{
    bool any = false;
    for (size_t x = 0; x < c->x.n; x++)
        any |= chart_point(c, x, line)->e.has_interval;
    if (any)
        (void)fprintf(gp,
                      ", \\\n  '%s.csv' using ($1 == %zu ? %s : NaN):%s with vectors "
                      "nohead %s notitle",
                      c->ask->name, line, place,
                      c->ask->log_value ? "(drawn($4)):(0):($5-drawn($4))" : "4:(0):($5-$4)",
                      style);
}

/* The title and what the lines are, above their names. */
void kinds_legend(FILE *gp, const struct chart *c)
{
    char title[600];
    bool crossed = !strcmp(c->ask->kind, "distribution") && c->x.of; /* a line for each of both */
    if (!c->line.of && !crossed) {
        (void)fputs("unset key\n", gp);
        return;
    }
    (void)snprintf(title, sizeof title, "%.280s", c->ask->title ? c->ask->title : c->runs->title);
    wording_wrap(title, TITLE_WIDTH);
    size_t n = strlen(title);
    (void)snprintf(title + n, sizeof title - n, "\n%.140s%s%.140s",
                   !c->line.of            ? ""
                   : c->ask->labels.lines ? c->ask->labels.lines
                                          : c->line.of->name,
                   c->line.of && crossed ? ", " : "",
                   !crossed           ? ""
                   : c->ask->labels.x ? c->ask->labels.x
                                      : c->x.of->name);
    (void)fputs("unset title\nset key title ", gp);
    figure_text(gp, title);
    size_t longest = longest_label(&c->line) + (crossed ? 2 + longest_label(&c->x) : 0);
    (void)fprintf(gp, " font axis_font maxcols %d\n", longest > 24 ? 1 : longest > 10 ? 2 : 3);
}
