#include "sim/app/summary.h"

#include "analysis/query.h"
#include "sim/base/json.h"
#include "traces/db.h"

/* Every row of a table, with all its columns. */
static enum status put_table(struct json_writer *j, struct sqlite3 *db, const char *key,
                             const char *sql, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, sql, NULL, w);
    if (st)
        return st;
    jw_list(j, key);
    while (query_next(&q)) {
        jw_object(j, NULL);
        query_put(&q, j);
        jw_end(j);
    }
    jw_end(j);
    query_done(&q);
    return ST_OK;
}

static enum status put_all(struct json_writer *j, struct sqlite3 *db, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, "SELECT * FROM run", NULL, w);
    if (st)
        return st;
    if (query_next(&q))
        query_put(&q, j);
    query_done(&q);
    st = query_ask(&q, db, "SELECT count(*) FROM expectation WHERE NOT held", NULL, w);
    if (st)
        return st;
    jw_bool(j, "held", query_next(&q) && query_integer(&q, 0) == 0);
    query_done(&q);
    st = put_table(j, db, "flows", "SELECT * FROM flow", w);
    if (!st)
        st = put_table(j, db, "transitions", "SELECT * FROM transition", w);
    return st ? st : put_table(j, db, "expectations", "SELECT * FROM expectation", w);
}

enum status summary_json(FILE *out, const char *dir, struct why *w)
{
    char path[1200];
    struct sqlite3 *db = NULL;
    struct json_writer j = jw_to(out, 1);
    (void)snprintf(path, sizeof path, "%.1000s/results.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st) {
        jw_object(&j, NULL);
        jw_text(&j, "folder", dir);
        st = put_all(&j, db, w);
        jw_end(&j);
    }
    db_close(db);
    return st;
}
