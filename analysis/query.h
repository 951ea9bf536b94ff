/*
 * query.h - rows of a results database, one after the other.
 */
#ifndef ANALYSIS_QUERY_H
#define ANALYSIS_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/json.h"
#include "sim/base/status.h"

struct sqlite3;
struct sqlite3_stmt;

struct query {
    struct sqlite3_stmt *q;
};

/* `text` is the parameter ?1 of `sql`; NULL: it has none. After success, query_done(). */
MUST_CHECK enum status query_ask(struct query *q, struct sqlite3 *db, const char *sql,
                                 const char *text, struct why *w);
bool query_next(struct query *q); /* false: no more rows */
void query_done(struct query *q);
/* The same, and whether the rows ended because there are no more: a database may be damaged. */
MUST_CHECK enum status query_end(struct query *q, struct why *w);

/* Of the row at hand; gone with the next. */
const char *query_text(const struct query *q, int column); /* NULL in the database: "" */
double query_number(const struct query *q, int column);    /* NULL: 0 */
int64_t query_integer(const struct query *q, int column);  /* NULL: 0 */
/* The row as members of the object that is open, by the names of its columns. */
void query_put(const struct query *q, struct json_writer *j);
bool query_is_null(const struct query *q, int column);

#endif
