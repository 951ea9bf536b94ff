/*
 * db.h - results.sqlite: the tables of a run, and a few verbs to fill and to ask them.
 *
 * One list of tables and columns, from which the tables are made and the reference is printed.
 * Times are integer ns, sizes bytes.
 */
#ifndef TRACES_DB_H
#define TRACES_DB_H

#include <stdint.h>
#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;
struct sqlite3_stmt;

enum { DB_VERSION = 6 };

struct db_table {
    const char *name;
    const char *columns; /* as CREATE TABLE has them */
    const char *help;
};

extern const struct db_table db_tables[]; /* a NULL name ends */

/* `path` NULL: in memory. The tables exist, a transaction is open. Table `aside`, if not NULL, can
 * be used like the others but is not in the file. */
MUST_CHECK enum status db_create(struct sqlite3 **db, const char *path, const char *aside,
                                 struct why *w);
MUST_CHECK enum status db_open(struct sqlite3 **db, const char *path, struct why *w); /* to read */
/* At the start of a program: the name of a database is that of a file, whatever it looks like, and
 * never a URI. */
void db_take_names_as_they_are(void);
void db_close(struct sqlite3 *db); /* NULL is fine */
const char *db_library(void);      /* "SQLite 3.40.1" */
MUST_CHECK enum status db_commit(struct sqlite3 *db, struct why *w);
MUST_CHECK enum status db_do(struct sqlite3 *db, const char *sql, struct why *w);

/* An INSERT of one row of `table`; values are bound in order of the columns. */
struct db_row {
    struct sqlite3_stmt *statement;
    int at;
};

MUST_CHECK enum status db_rows(struct db_row *row, struct sqlite3 *db, const char *table,
                               struct why *w);
void db_int(struct db_row *row, int64_t v);
void db_time(struct db_row *row, int64_t ns);    /* below 0: NULL */
void db_real(struct db_row *row, double v);      /* NaN: NULL */
void db_text(struct db_row *row, const char *v); /* NULL: NULL */
MUST_CHECK enum status db_put(struct db_row *row, struct why *w);
void db_rows_done(struct db_row *row);

/* The first column of the first row as a number. ST_MISSING: no row, or NULL. */
MUST_CHECK enum status db_ask(struct sqlite3 *db, const char *sql, double *value, struct why *w);

void db_print_reference(FILE *out); /* Markdown */

#endif
