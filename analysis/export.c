#include "analysis/export.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/export_parts.h"
#include "analysis/whole.h"
#include "traces/db.h"

enum { OFTEN = 20000 }; /* steps of SQLite's between two looks at `stopped` */

/* A row a run: what both formats say of it. */
static const char *const make_one[] = {
    "CREATE TEMP TABLE one (number INTEGER PRIMARY KEY, point INTEGER, unit INTEGER, replication "
    "INTEGER, run_key TEXT, exit_code INTEGER, message TEXT, file TEXT, stem TEXT)",
    "INSERT INTO one SELECT j.number, j.point, j.unit, j.replication, ifnull(nullif(j.run_key, ''), "
    "r.run_key), j.exit_code, j.message, ifnull(r.scenario, j.file), NULL FROM given_job j LEFT "
    "JOIN given_run r ON r.number = j.number",
    /* the last part of a path, and that without its suffix */
    "UPDATE one SET file = substr(file, length(rtrim(file, replace(file, '/', ''))) + 1)",
    "UPDATE one SET stem = CASE WHEN file LIKE '%_.yaml' THEN substr(file, 1, length(file) - 5) "
    "WHEN file LIKE '%_.yml' THEN substr(file, 1, length(file) - 4) ELSE ifnull(file, 'run') END",
    NULL,
};

static const char run_as_job[] =
    "CREATE TEMP VIEW given_job AS SELECT 0 AS number, 0 AS point, 0 AS unit, replication, run_key, "
    "EXISTS (SELECT 1 FROM src.expectation WHERE held = 0) AS exit_code, NULL AS message, scenario "
    "AS file FROM src.run";
static const char study_job[] =
    "CREATE TEMP VIEW given_job AS SELECT job.*, scenario AS file FROM src.job, src.study";

/* ---- errors ------------------------------------------------------------------------------ */

static bool is_writing(const struct exporting *e)
{
    int code = sqlite3_extended_errcode(e->db);
    bool read = code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ;
    code &= 0xff;
    return e->out && !read &&
           (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY);
}

enum status export_failed(const struct exporting *e, struct why *w)
{
    const char *said = sqlite3_errmsg(e->db);
    int code = sqlite3_errcode(e->db) & 0xff;
    if (code == SQLITE_INTERRUPT)
        return why_set(w, ST_IO, "stopped on the way");
    if (code == SQLITE_NOMEM)
        return why_set(w, ST_NOMEM, "out of memory");
    if (is_writing(e)) {
        int error = whole_reason(e->out);
        return why_set(w, ST_IO, "%.180s: cannot be written: %s", e->out,
                       error ? strerror(error) : said);
    }
    if (code == SQLITE_CANTOPEN)
        return why_set(w, ST_IO, "%.180s: cannot be opened", e->from->path);
    return why_set(w, ST_SYNTAX, "%.180s: damaged: %s", e->from->path, said);
}

enum status export_do(struct exporting *e, const char *sql, struct why *w)
{
    return sqlite3_exec(e->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ST_OK : export_failed(e, w);
}

enum status export_do_made(struct exporting *e, char *sql, struct why *w)
{
    assert(sql);
    enum status st = export_do(e, sql, w);
    sqlite3_free(sql);
    return st;
}

enum status export_ask(struct exporting *e, const char *sql, struct sqlite3_stmt **rows,
                       struct why *w)
{
    return sqlite3_prepare_v2(e->db, sql, -1, rows, NULL) == SQLITE_OK ? ST_OK
                                                                       : export_failed(e, w);
}

enum status export_next(struct exporting *e, struct sqlite3_stmt **rows, struct why *w)
{
    int got = sqlite3_step(*rows);
    if (got == SQLITE_ROW)
        return ST_OK;
    enum status st = got == SQLITE_DONE ? ST_OK : export_failed(e, w);
    (void)sqlite3_finalize(*rows);
    *rows = NULL;
    return st;
}

/* ---- the source -------------------------------------------------------------------------- */

/* An URI, so that the source is opened to be read and nothing else. */
static char *uri_of(const char *path, const char *mode)
{
    sqlite3_str *uri = sqlite3_str_new(NULL);
    sqlite3_str_appendall(uri, *path == '/' ? "file://" : "file:");
    for (const char *c = path; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("/._-", *c);
        sqlite3_str_appendf(uri, plain ? "%c" : "%%%02X", (int)(unsigned char)*c);
    }
    sqlite3_str_appendf(uri, "?mode=%s", mode);
    char *text = sqlite3_str_finish(uri);
    assert(text);
    return text;
}

static enum status ask_number(struct exporting *e, const char *sql, int64_t *value, struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    *value = 0;
    enum status st = export_ask(e, sql, &rows, w);
    if (!st)
        st = export_next(e, &rows, w);
    if (!st && rows)
        *value = sqlite3_column_int64(rows, 0);
    (void)sqlite3_finalize(rows);
    return st;
}

bool export_has(const struct exporting *e, const char *table)
{
    return sqlite3_table_column_metadata(e->db, "src", table, NULL, NULL, NULL, NULL, NULL, NULL) ==
           SQLITE_OK;
}

/* All of it is looked at once: an export of half a study would look whole. */
static enum status check(struct exporting *e, struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    int64_t version = 0;
    enum status st = ask_number(e, "PRAGMA src.user_version", &version, w);
    if (!st && version != DB_VERSION)
        return why_set(w, ST_SYNTAX, "%.180s: not a results file of this version", e->from->path);
    if (!st)
        st = export_ask(e, "PRAGMA src.quick_check(1)", &rows, w);
    if (!st)
        st = export_next(e, &rows, w);
    if (!st && rows && strcmp((const char *)sqlite3_column_text(rows, 0), "ok") != 0)
        st = why_set(w, ST_SYNTAX, "%.180s: damaged", e->from->path);
    (void)sqlite3_finalize(rows);
    e->study = export_has(e, "job");
    if (!st && (!export_has(e, "run") || (e->study && !export_has(e, "study"))))
        st = why_set(w, ST_SYNTAX, "%.180s: not the results of a run or of a study", e->from->path);
    return st;
}

static enum status make_views(struct exporting *e, struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    enum status st = export_ask(e,
                                "SELECT name FROM src.sqlite_schema WHERE type = 'table' AND name "
                                "NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'job'",
                                &rows, w);
    if (!st)
        st = export_next(e, &rows, w);
    while (!st && rows) {
        const char *name = (const char *)sqlite3_column_text(rows, 0);
        st = export_do_made(
            e,
            sqlite3_mprintf("CREATE TEMP VIEW \"given_%w\" AS SELECT rowid AS line, %s* FROM "
                            "src.\"%w\"",
                            name, e->study ? "" : "0 AS number, ", name),
            w);
        if (!st)
            st = export_next(e, &rows, w);
    }
    (void)sqlite3_finalize(rows);
    return st ? st : export_do(e, e->study ? study_job : run_as_job, w);
}

static int look(void *of)
{
    const struct exporting *e = of;
    return e->from->stopped && e->from->stopped();
}

static enum status attach(struct exporting *e, struct why *w)
{
    char *main_uri = e->out ? uri_of(e->out, "rwc") : sqlite3_mprintf(":memory:");
    char *source = uri_of(e->from->path, "ro");
    enum status st = ST_OK;
    if (sqlite3_open_v2(main_uri, &e->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                        NULL) != SQLITE_OK)
        st = why_set(w, ST_IO, "%.180s: %s", e->out ? e->out : "memory",
                     e->db ? sqlite3_errmsg(e->db) : "out of memory");
    if (!st)
        st = export_do(e, "PRAGMA temp_store = MEMORY", w);
    if (!st)
        st = export_do_made(e, sqlite3_mprintf("ATTACH %Q AS src", source), w);
    sqlite3_free(main_uri);
    sqlite3_free(source);
    return st;
}

enum status export_open(struct exporting *e, const struct export_source *from, const char *out,
                        struct why *w)
{
    *e = (struct exporting){.from = from, .out = out};
    enum status st = attach(e, w);
    if (!st)
        sqlite3_progress_handler(e->db, OFTEN, look, e);
    if (!st)
        st = check(e, w);
    if (!st)
        st = make_views(e, w);
    for (size_t k = 0; make_one[k] && !st; k++)
        st = export_do(e, make_one[k], w);
    return st;
}

enum status export_close(struct exporting *e, struct why *w)
{
    struct sqlite3 *db = e->db;
    e->db = NULL;
    return sqlite3_close(db) == SQLITE_OK
               ? ST_OK
               : why_set(w, ST_IO, "%.180s: cannot be closed", e->out ? e->out : e->from->path);
}
