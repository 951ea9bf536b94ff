/*
 * export_parts.h - the source of an export, a run seen as a study of one run, so that both have the
 * same tables.
 *
 * Of each table X of the source there is a view given_X: `line`, the order of its rows, `number` of
 * the run if it is a table of runs, and its columns.  A row a run stands in the table `one`.
 */
#ifndef ANALYSIS_EXPORT_PARTS_H
#define ANALYSIS_EXPORT_PARTS_H

#include <stdbool.h>

#include "analysis/export.h"

struct sqlite3;
struct sqlite3_stmt;

struct exporting {
    const struct export_source *from;
    struct sqlite3 *db;
    const char *out; /* the file that `main` is; NULL: it is in memory */
    bool study;
};

/* `out` NULL: nothing is written through it. After an error, too, export_close(). */
MUST_CHECK enum status export_open(struct exporting *e, const struct export_source *from,
                                   const char *out, struct why *w);
MUST_CHECK enum status export_close(struct exporting *e, struct why *w);

/* What the library says of its last call, told of the file that it is about. */
enum status export_failed(const struct exporting *e, struct why *w);
MUST_CHECK enum status export_do(struct exporting *e, const char *sql, struct why *w);
/* Of `sql`, which is freed. */
MUST_CHECK enum status export_do_made(struct exporting *e, char *sql, struct why *w);
MUST_CHECK enum status export_ask(struct exporting *e, const char *sql, struct sqlite3_stmt **rows,
                                  struct why *w);
/* The next row of `rows`; without one, or after an error, it is done and NULL. */
MUST_CHECK enum status export_next(struct exporting *e, struct sqlite3_stmt **rows, struct why *w);

/* The scalars, statistics and vectors of all runs, in the tables of OMNeT++. */
MUST_CHECK enum status export_items(struct exporting *e, struct why *w);

bool export_has(const struct exporting *e, const char *table); /* does the source have it? */

#endif
