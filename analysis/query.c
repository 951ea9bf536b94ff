#include "analysis/query.h"

#include <stddef.h>

#include <sqlite3.h>

enum status query_ask(struct query *q, struct sqlite3 *db, const char *sql, const char *text,
                      struct why *w)
{
    if (sqlite3_prepare_v2(db, sql, -1, &q->q, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "results: %s", sqlite3_errmsg(db));
    if (text)
        (void)sqlite3_bind_text(q->q, 1, text, -1, SQLITE_TRANSIENT);
    return ST_OK;
}

bool query_next(struct query *q)
{
    return sqlite3_step(q->q) == SQLITE_ROW;
}

void query_done(struct query *q)
{
    (void)sqlite3_finalize(q->q);
    q->q = NULL;
}

enum status query_end(struct query *q, struct why *w)
{
    struct sqlite3 *db = sqlite3_db_handle(q->q);
    int bad = sqlite3_finalize(q->q);
    q->q = NULL;
    return bad ? why_set(w, ST_IO, "results: %s", sqlite3_errmsg(db)) : ST_OK;
}

const char *query_text(const struct query *q, int column)
{
    const unsigned char *t = sqlite3_column_text(q->q, column);
    return t ? (const char *)t : "";
}

double query_number(const struct query *q, int column)
{
    return sqlite3_column_double(q->q, column);
}

int64_t query_integer(const struct query *q, int column)
{
    return sqlite3_column_int64(q->q, column);
}

bool query_is_null(const struct query *q, int column)
{
    return sqlite3_column_type(q->q, column) == SQLITE_NULL;
}

void query_put(const struct query *q, struct json_writer *j)
{
    for (int k = 0; k < sqlite3_column_count(q->q); k++) {
        const char *name = sqlite3_column_name(q->q, k);
        int type = sqlite3_column_type(q->q, k);
        if (type == SQLITE_INTEGER) {
            jw_int(j, name, query_integer(q, k));
        } else if (type == SQLITE_FLOAT) {
            jw_real(j, name, query_number(q, k));
        } else {
            jw_text(j, name, type == SQLITE_NULL ? NULL : query_text(q, k));
        }
    }
}
