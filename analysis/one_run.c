#include "analysis/one_run.h"

#include <assert.h>
#include <stdio.h>

#include <sqlite3.h>

#include "analysis/query.h"
#include "traces/db.h"

/* The statements that a query answers, one a row. */
static enum status do_rows(struct sqlite3 *db, const char *sql, struct why *w)
{
    struct query q;
    enum status st = query_ask(&q, db, sql, NULL, w);
    if (st)
        return st;
    char *all = sqlite3_mprintf("");
    while (query_next(&q))
        all = sqlite3_mprintf("%z%s;", all, query_text(&q, 0));
    st = query_end(&q, w);
    assert(all);
    if (!st)
        st = db_do(db, all, w);
    sqlite3_free(all);
    return st;
}

enum status one_run_views(struct sqlite3 *db, struct why *w)
{
    enum status st =
        db_do(db,
              "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE IF NOT EXISTS present (number "
              "INTEGER); DELETE FROM present; INSERT INTO present VALUES (0)",
              w);
    return st ? st
              : do_rows(
                    db,
                    "SELECT 'CREATE TEMP VIEW IF NOT EXISTS \"' || m.name || '\" AS SELECT ' || "
                    "group_concat('\"' || i.name || '\"') || ' FROM main.\"' || m.name || "
                    "'\" WHERE number = (SELECT number FROM temp.present)' FROM "
                    "main.sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table' "
                    "AND i.name <> 'number' AND m.name NOT IN ('job', 'scalar', 'parameter') "
                    "AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = "
                    "'number') GROUP BY m.name",
                    w);
}

enum status one_run_show(struct sqlite3 *db, int64_t number, struct why *w)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "UPDATE temp.present SET number = %lld", (long long)number);
    return db_do(db, sql, w);
}

enum status one_run_hide(struct sqlite3 *db, struct why *w)
{
    return do_rows(
        db,
        "SELECT 'DROP VIEW temp.\"' || name || '\"' FROM temp.sqlite_master WHERE type = "
        "'view' AND sql LIKE '%temp.present)'",
        w);
}
