/*
 * kinds.h - the kinds of figures of a study: each writes its numbers and the lines that draw them.
 *
 * Every .csv begins with the places of a row (line, x: 0, 1, 2, ...), which the .gp selects by, and
 * ends with the values' own texts.  Numbers are in the unit that stands beside them.
 */
#ifndef ANALYSIS_KINDS_H
#define ANALYSIS_KINDS_H

#include <stdio.h>

#include "analysis/chart.h"

enum { KIND_X = 1, KIND_Y = 2, KIND_ESTIMATES = 4 };

struct kind {
    const char *word;
    int needs;          /* KIND_X, KIND_Y; KIND_ESTIMATES: its points are a statistic */
    const char *header; /* of the .csv */
    void (*prepare)(struct chart *c); /* NULL */
    void (*write)(const struct chart *c, FILE *csv);
    void (*plot)(const struct chart *c, FILE *gp);
};

extern const struct kind kind_lines;
extern const struct kind kind_bars;
extern const struct kind kind_distribution;
extern const struct kind kind_box;
extern const struct kind kind_heat;
extern const struct kind kind_difference;

/* ---- what several of them use ---- */

/* "a, b" quoted; no quote inside. */
void kinds_csv_text(FILE *csv, const char *text);
/* The last columns of a row: the line's name and the parameter's value, and the end of the line. */
void kinds_csv_names(FILE *csv, const struct chart *c, size_t line, size_t x);
/* A gnuplot point type for each line: points of greys and of the colour-blind differ in form, too.
 */
int kinds_form(size_t line);
/* value,low,high,n,runs,missing,unit; without an interval low and high are empty. */
void kinds_csv_estimate(FILE *csv, const struct chart *c, const struct point *p);
const char *kinds_unit(const struct chart *c);

/* What is drawn, in words, with its unit. */
void kinds_value_words(const struct chart *c, char *out, size_t size);
void kinds_axis_words(const struct axis *a, const char *name, char *out, size_t size);

/* set Xlabel to `text` in a few lines of at most `width`; `axis` is "x" or "y". */
void kinds_label(FILE *gp, const char *axis, const char *text, size_t width);
/* The values of a parameter along `axis`, their names where they are words; answers the share of
 * the picture's height that the names along x need. */
void kinds_tics(FILE *gp, const char *axis, const struct axis *a, bool words);
double kinds_tics_height(const struct axis *a, bool words);

/* "'NAME.csv' using ($1 == LINE ? $2 + SHIFT : NaN)"; $2 * SHIFT where x is by ratios. */
void kinds_rows(FILE *gp, const struct chart *c, size_t line, int x_column, double shift);
/* Of a line without any value only its name is drawn: answers whether it is one. */
bool kinds_empty_line(FILE *gp, const struct chart *c, size_t line);
/* ", ... with vectors" where there are any; `place` is the x of a row in gnuplot's words. */
void kinds_intervals(FILE *gp, const struct chart *c, size_t line, const char *place,
                     const char *style);
void kinds_legend(FILE *gp, const struct chart *c);
/* A y range that shows what there is, and 0 where that is near or `zero`. */
void kinds_y_range(FILE *gp, const struct chart *c, bool zero);
/* How far line `line` is moved along x so that intervals do not hide each other; by which factor,
 * where x is by ratios. */
double kinds_dodge(const struct chart *c, size_t line);
/* "$2+SHIFT", or "$2*SHIFT". */
void kinds_shifted(const struct chart *c, int x_column, double shift, char *out, size_t size);
void kinds_x_range(FILE *gp, const struct chart *c, double room);

#endif
