/*
 * html.h - text, tables and pictures of a page that is HTML and well-formed XML at once.
 */
#ifndef ANALYSIS_HTML_H
#define ANALYSIS_HTML_H

#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

/* A text as content or as the value of an attribute. */
void html_text(FILE *out, const char *text);

/* What a query answers. The columns' names are the heads; "#sent" is a column of numbers. `text` is
 * its parameter ?1. `*rows` gets how many there are; without any, nothing is printed. */
MUST_CHECK enum status html_table(FILE *out, struct sqlite3 *db, const char *sql, const char *text,
                                  unsigned *rows, struct why *w);

/* An SVG file inside the page, called `title`. Its ids get `prefix`, so that several can stand
 * there. */
MUST_CHECK enum status html_svg(FILE *out, const char *path, const char *prefix, const char *title,
                                struct why *w);

/* A PNG file inside the page. */
MUST_CHECK enum status html_png(FILE *out, const char *path, const char *title, struct why *w);

/* A link that holds a file, to be saved under its name. */
MUST_CHECK enum status html_data_link(FILE *out, const char *path, const char *type, struct why *w);

#endif
