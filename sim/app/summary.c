#include "sim/app/summary.h"

#include <string.h>

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

/* Rows beyond these are many: told by their totals, with the first of them. */
enum { ROWS_ALL = 6, ROWS_FIRST = 2 };

static enum status put_totals(FILE *out, struct sqlite3 *db, int64_t flows, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, "SELECT sum(sent), sum(lost), sum(late) FROM flow", NULL, w);
    if (st)
        return st;
    if (query_next(&q))
        (void)fprintf(out, "%lld flows: %lld sent, %lld lost, %lld late", (long long)flows,
                      (long long)query_integer(&q, 0), (long long)query_integer(&q, 1),
                      (long long)query_integer(&q, 2));
    query_done(&q);
    return ST_OK;
}

/* `named` gets how many flows were. */
static enum status put_flows(FILE *out, struct sqlite3 *db, bool many, int64_t *named,
                             struct why *w)
{
    struct query q;
    char last[200] = "";
    *named = 0;
    enum status st =
        query_ask(&q, db, "SELECT flow, direction, sent, lost, late FROM flow", NULL, w);
    if (st)
        return st;
    for (int row = 0; (!many || row < ROWS_FIRST) && query_next(&q); row++) {
        *named += strcmp(last, query_text(&q, 0)) != 0;
        (void)snprintf(last, sizeof last, "%s", query_text(&q, 0));
        (void)fprintf(out, "%s%s.%s: %lld sent, %lld lost, %lld late", row || many ? "; " : "",
                      query_text(&q, 0), query_text(&q, 1), (long long)query_integer(&q, 2),
                      (long long)query_integer(&q, 3), (long long)query_integer(&q, 4));
    }
    query_done(&q);
    return ST_OK;
}

static enum status put_line(FILE *out, struct sqlite3 *db, bool *packets, struct why *w)
{
    struct query q;
    int64_t named = 0;
    enum status st =
        query_ask(&q, db,
                  "SELECT count(*), count(DISTINCT flow), EXISTS (SELECT 1 FROM packet) "
                  "FROM flow",
                  NULL, w);
    if (st)
        return st;
    (void)query_next(&q);
    bool many = query_integer(&q, 0) > ROWS_ALL;
    int64_t flows = query_integer(&q, 1);
    *packets = query_integer(&q, 2) != 0;
    query_done(&q);
    if (!flows)
        (void)fputs("no flows", out);
    if (many)
        st = put_totals(out, db, flows, w);
    if (!st)
        st = put_flows(out, db, many, &named, w);
    if (!st && many && flows > named)
        (void)fprintf(out, "; and %lld more flow%s", (long long)(flows - named),
                      flows - named == 1 ? "" : "s");
    return st;
}

enum status summary_line(FILE *out, const char *dir, bool *packets, struct why *w)
{
    char path[1200];
    struct sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%.1000s/results.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st)
        st = put_line(out, db, packets, w);
    db_close(db);
    return st;
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
