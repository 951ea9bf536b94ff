/*
 * table.h - a CSV file of others: a head that names the columns, rows of as many cells.
 *
 * Lines that are empty or begin with '#' are skipped, blanks around a cell are no part of it;
 * there is no quoting.
 */
#ifndef SIM_BASE_TABLE_H
#define SIM_BASE_TABLE_H

#include <stdint.h>

#include "sim/base/lines.h"

enum { TABLE_COLUMNS = 32 };

struct table {
    struct lines lines;
    char *head;                      /* the text that `name` points into */
    const char *name[TABLE_COLUMNS]; /* of the columns */
    const char *cell[TABLE_COLUMNS]; /* of the present row */
    unsigned columns;
};

/* Reads the head. table_done() follows, whatever it answers. */
MUST_CHECK enum status table_of(struct table *t, FILE *file, const char *name, struct why *w);
void table_done(struct table *t);

/* The next row; `*end` is set where there is none. */
MUST_CHECK enum status table_next(struct table *t, bool *end, struct why *w);

int table_column(const struct table *t, const char *name); /* -1: there is none */

/* "file:line:column: name: sentence" about a cell of the present row. Answers `st`. */
enum status table_wrong(const struct table *t, unsigned column, struct why *w, enum status st,
                        const char *fmt, ...) PRINTF_LIKE(5, 6);

/* A number of a cell times 10^power, from `least` to `most`. */
struct table_scale {
    int power;
    int64_t least;
    int64_t most;
    const char *allowed; /* as the sentence says it: "a number from 0 to 1" */
};
MUST_CHECK enum status table_number(const struct table *t, unsigned column,
                                    const struct table_scale *scale, int64_t *value, struct why *w);

#endif
