/*
 * figures.h - pictures of results: a .csv with the numbers, a .gp that draws them, and what
 * gnuplot made of it (SVG and PNG).  The .gp needs only the .csv beside it.
 */
#ifndef ANALYSIS_FIGURES_H
#define ANALYSIS_FIGURES_H

#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

/* Where figures go, and what the last one was called. */
struct figures {
    const char *dir; /* exists */
    char last[1200]; /* path of the last SVG, for the user */
    unsigned made;
    int missing_gnuplot; /* the .gp and .csv are there, nothing was drawn */
};

/* The three pictures of a run: delay of each packet of each flow, rate of each interface of a
 * mobile node (where the series was recorded), distribution of delays. */
MUST_CHECK enum status figures_of_run(struct figures *f, struct sqlite3 *db, struct why *w);

/* A pair of files, name.csv and name.gp, open for writing. */
struct figure {
    FILE *csv;
    FILE *gp;
    char csv_path[1200];
    char gp_path[1200];
    char name[128];
};

MUST_CHECK enum status figure_begin(struct figure *one, const struct figures *f, const char *name,
                                    const char *title, struct why *w);
/* Closes the files and has gnuplot draw them. */
MUST_CHECK enum status figure_draw(struct figure *one, struct figures *f, struct why *w);

/* A text inside gnuplot's double quotes, its markup switched off. */
void figure_text(FILE *gp, const char *text);

#endif
