/*
 * lines.h - a text file of others, line by line: what is wrong with it is told with file, line
 * and column, and bytes that are no text are refused.
 */
#ifndef SIM_BASE_LINES_H
#define SIM_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/status.h"

enum { LINE_BYTES_MAX = 16 << 20 };

struct lines {
    const char *name; /* of the file, as errors say it */
    FILE *file;       /* borrowed */
    long line;        /* number of the present line, from 1 */
    char *text;       /* the present line without its end; may be cut in place */
    size_t n;
    size_t room;
};

struct lines lines_of(FILE *file, const char *name);
void lines_done(struct lines *l);

/* The next line; `*end` is set where there is none. */
MUST_CHECK enum status lines_next(struct lines *l, bool *end, struct why *w);

/* "file:line:column: sentence"; `at` points into the present line, NULL leaves the column out.
 * Answers `st`. */
enum status lines_wrong(const struct lines *l, const char *at, struct why *w, enum status st,
                        const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
