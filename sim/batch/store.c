#include "sim/batch/store.h"

#include <assert.h>
#include <string.h>

#include <sqlite3.h>

#include "traces/db.h"
#include "traces/expect.h"

static const char *const merged[] = {"run",     "flow",    "transition", "disruption",
                                     "binding", "counter", "link",       "expectation"};

static bool is_merged(const char *table)
{
    for (size_t k = 0; k < sizeof merged / sizeof merged[0]; k++) {
        if (!strcmp(merged[k], table))
            return true;
    }
    return false;
}

static enum status do_sql(struct sqlite3 *db, struct why *w, char *sql)
{
    assert(sql);
    enum status st = db_do(db, sql, w);
    sqlite3_free(sql);
    return st;
}

enum status store_create(struct sqlite3 **db, const char *path, const char *title,
                         const struct store_figure *figure, size_t figures, struct why *w)
{
    if (sqlite3_open(path, db) != SQLITE_OK)
        return why_set(w, ST_IO, "%s: %s", path, sqlite3_errmsg(*db));
    enum status st = db_do(
        *db,
        "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "PRAGMA user_version = 1;"
        "CREATE TABLE study (title TEXT) STRICT;"
        "CREATE TABLE job (run INTEGER, replication INTEGER, exit_code INTEGER) STRICT;"
        "CREATE TABLE parameter (run INTEGER, name TEXT, value ANY) STRICT;"
        "CREATE TABLE scalar (run INTEGER, name TEXT, value REAL) STRICT;"
        "CREATE TABLE figure (name TEXT, plot TEXT, x TEXT, lines TEXT, statistic TEXT) STRICT",
        w);
    for (const struct db_table *t = db_tables; t->name && !st; t++) {
        if (is_merged(t->name)) {
            st = do_sql(*db, w,
                        sqlite3_mprintf("CREATE TABLE \"%w\" (number INTEGER, %s) STRICT", t->name,
                                        t->columns));
        }
    }
    if (!st)
        st = do_sql(*db, w, sqlite3_mprintf("INSERT INTO study VALUES (%Q)", title));
    for (size_t k = 0; k < figures && !st; k++) {
        st = do_sql(*db, w,
                    sqlite3_mprintf("INSERT INTO figure VALUES (%Q, %Q, %Q, %Q, %Q)",
                                    figure[k].name, figure[k].plot, figure[k].x, figure[k].lines,
                                    figure[k].statistic));
    }
    return st;
}

static enum status merge_tables(struct sqlite3 *db, size_t run, struct why *w)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < sizeof merged / sizeof merged[0] && !st; k++) {
        st = do_sql(
            db, w,
            sqlite3_mprintf("INSERT INTO main.\"%w\" SELECT %lld, * FROM one.\"%w\" ORDER BY "
                            "rowid",
                            merged[k], (long long)run, merged[k]));
    }
    return st;
}

static enum status put_scalars(struct sqlite3 *db, size_t run, const char *database,
                               const struct store_figure *figure, size_t figures, struct why *w)
{
    struct sqlite3 *one = NULL;
    enum status st = db_open(&one, database, w);
    for (size_t k = 0; k < figures && !st; k++) {
        double value = 0;
        struct why no;
        bool before = false;
        for (size_t j = 0; j < k; j++)
            before |= !strcmp(figure[j].plot, figure[k].plot);
        if (before || metric_ask(one, figure[k].plot, &value, &no))
            continue; /* no value: the metric does not exist in this run */
        st = do_sql(db, w,
                    sqlite3_mprintf("INSERT INTO scalar VALUES (%lld, %Q, %!.17g)", (long long)run,
                                    figure[k].plot, value));
    }
    (void)sqlite3_close(one);
    return st;
}

enum status store_run(struct sqlite3 *db, size_t run, const struct key_pair *value, size_t values,
                      size_t replication, int code, const char *database,
                      const struct store_figure *figure, size_t figures, struct why *w)
{
    enum status st = do_sql(db, w,
                            sqlite3_mprintf("INSERT INTO job VALUES (%lld, %lld, %d)",
                                            (long long)run, (long long)replication, code));
    for (size_t k = 0; k < values && !st; k++) {
        st = do_sql(db, w,
                    sqlite3_mprintf("INSERT INTO parameter VALUES (%lld, %Q, %Q)", (long long)run,
                                    value[k].name, value[k].value));
    }
    if (st || code > 1) /* 1: an expectation did not hold, the numbers are there */
        return st;
    st = do_sql(db, w, sqlite3_mprintf("ATTACH %Q AS one", database));
    if (!st)
        st = db_do(db, "BEGIN", w);
    if (!st)
        st = merge_tables(db, run, w);
    if (!st)
        st = db_do(db, "COMMIT; DETACH one", w);
    return st ? st : put_scalars(db, run, database, figure, figures, w);
}

enum status store_finish(struct sqlite3 *db, struct why *w)
{
    return sqlite3_close(db) == SQLITE_OK ? ST_OK : why_set(w, ST_IO, "study: cannot be closed");
}
