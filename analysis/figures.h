/*
 * figures.h - pictures of results: a .csv with the numbers, a .gp that draws them, and what
 * gnuplot made of it (SVG, PNG and PDF); of a study also a .txt with the caption.  The .gp needs
 * only the .csv beside it.  They are made in a folder NAME.part and get their place when all are
 * whole.
 */
#ifndef ANALYSIS_FIGURES_H
#define ANALYSIS_FIGURES_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

/* Where figures go, and what the last one was called. */
struct figures {
    const char *dir;       /* exists */
    bool (*stopped)(void); /* no further figure is begun; NULL: never */
    char last[1300];       /* path of the last SVG, for the user */
    unsigned made;
    int missing_gnuplot; /* the .gp and .csv are there, nothing was drawn */
};

/* The three pictures of a run: delay of each packet of each flow, rate of each interface of a
 * mobile node (where the series was recorded), distribution of delays. */
MUST_CHECK enum status figures_of_run(struct figures *f, struct sqlite3 *db, struct why *w);

/* How large its letters are: for a screen, or for a column of 8 cm. */
enum figure_paper { FIGURE_WIDE, FIGURE_COLUMN };

/* Its files, open for writing. */
struct figure {
    FILE *csv;
    FILE *gp;
    FILE *txt;       /* NULL: no caption */
    char part[1200]; /* where they are until they are whole */
    char name[128];
};

MUST_CHECK enum status figure_begin(struct figure *one, const struct figures *f, const char *name,
                                    const char *title, enum figure_paper paper, struct why *w);
/* `lines` go into the .txt, and under the picture in small type; `below` is the share of its height
 * that what stands under the x axis needs. After figure_begin(). */
MUST_CHECK enum status figure_caption(struct figure *one, const char *lines, double below,
                                      struct why *w);
/* Closes the files and has gnuplot draw them; where that fails, nothing of the figure is left. */
MUST_CHECK enum status figure_draw(struct figure *one, struct figures *f, struct why *w);
void figure_drop(struct figure *one); /* instead of figure_draw() */

/* A text inside gnuplot's double quotes, its markup switched off; a new line stays one. */
void figure_text(FILE *gp, const char *text);

#endif
