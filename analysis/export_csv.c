/* A study as CSV files that programs for statistics read alone (RFC 4180; lines end with \n). */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/export.h"
#include "analysis/export_parts.h"
#include "analysis/whole.h"
#include "sim/base/json.h"

enum { NAMES_MAX = 1000 };

struct names {
    char *name[NAMES_MAX];
    size_t n;
};

struct csv {
    struct exporting e;
    const char *folder;
    struct names parameters;
    struct names scalars;
    struct names tables;
};

/* ---- cells ------------------------------------------------------------------------------- */

/* As few digits as give the same number again. */
static void put_real(FILE *out, double v)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        double back = strtod(text, NULL);
        if (!memcmp(&back, &v, sizeof v))
            break;
    }
    (void)fputs(text, out);
}

/* An empty text is quoted: without quotes it is NULL. */
static void put_text(FILE *out, const char *text)
{
    size_t n = strlen(text);
    bool quoted = !n || strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[n - 1] == ' ';
    if (!quoted) {
        (void)fputs(text, out);
        return;
    }
    (void)fputc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            (void)fputc('"', out);
        (void)fputc(*c, out);
    }
    (void)fputc('"', out);
}

static void put_cell(FILE *out, struct sqlite3_stmt *rows, int column)
{
    int type = sqlite3_column_type(rows, column);
    if (type == SQLITE_INTEGER) {
        (void)fprintf(out, "%lld", (long long)sqlite3_column_int64(rows, column));
    } else if (type == SQLITE_FLOAT) {
        put_real(out, sqlite3_column_double(rows, column));
    } else if (type != SQLITE_NULL) {
        const unsigned char *text = sqlite3_column_text(rows, column);
        put_text(out, text ? (const char *)text : "");
    }
}

static void put_line(FILE *out, struct sqlite3_stmt *rows, bool header)
{
    int n = sqlite3_column_count(rows);
    for (int k = 0; k < n; k++) {
        if (k)
            (void)fputc(',', out);
        if (header) {
            put_text(out, sqlite3_column_name(rows, k));
        } else {
            put_cell(out, rows, k);
        }
    }
    (void)fputc('\n', out);
}

/* ---- files ------------------------------------------------------------------------------- */

static enum status open_file(const struct csv *c, const char *name, char path[1200], FILE **out,
                             struct why *w)
{
    (void)snprintf(path, 1200, "%.1000s/%.150s", c->folder, name);
    *out = fopen(path, "w");
    return *out ? ST_OK : why_set(w, ST_IO, "%.180s: cannot be written: %s", path, strerror(errno));
}

/* The rows of a query, which is freed. */
static enum status write_file(struct csv *c, const char *table, char *sql, struct why *w)
{
    char path[1200];
    char name[200];
    FILE *out = NULL;
    struct sqlite3_stmt *rows = NULL;
    struct why no;
    assert(sql);
    (void)snprintf(name, sizeof name, "%s.csv", table);
    enum status st = export_ask(&c->e, sql, &rows, w);
    sqlite3_free(sql);
    if (!st)
        st = open_file(c, name, path, &out, w);
    if (st) {
        (void)sqlite3_finalize(rows);
        return st;
    }
    put_line(out, rows, true);
    st = export_next(&c->e, &rows, w);
    while (!st && rows && !ferror(out)) {
        put_line(out, rows, false);
        st = export_next(&c->e, &rows, w);
    }
    (void)sqlite3_finalize(rows);
    enum status closed = whole_close(out, path, st ? &no : w);
    return st ? st : closed;
}

/* ---- names ------------------------------------------------------------------------------- */

static enum status read_names(struct csv *c, struct names *list, const char *sql, struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    enum status st = export_ask(&c->e, sql, &rows, w);
    if (!st)
        st = export_next(&c->e, &rows, w);
    while (!st && rows) {
        if (list->n == NAMES_MAX) {
            st = why_set(w, ST_RANGE, "more than %d names in one table", (int)NAMES_MAX);
            break;
        }
        list->name[list->n] = sqlite3_mprintf("%s", sqlite3_column_text(rows, 0));
        assert(list->name[list->n]);
        list->n++;
        st = export_next(&c->e, &rows, w);
    }
    (void)sqlite3_finalize(rows);
    return st;
}

static void drop_names(struct names *list)
{
    for (size_t k = 0; k < list->n; k++)
        sqlite3_free(list->name[k]);
    list->n = 0;
}

/* Every table that is not in runs.csv. */
static const char tables_of_source[] =
    "SELECT name FROM src.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE "
    "'\\' AND name NOT IN ('job', 'parameter', 'scalar') ORDER BY rowid";

static enum status read_all_names(struct csv *c, struct why *w)
{
    enum status st = read_names(
        c, &c->parameters, "SELECT name FROM given_parameter GROUP BY name ORDER BY min(line)", w);
    if (!st && export_has(&c->e, "scalar"))
        st = read_names(c, &c->scalars,
                        "SELECT name FROM given_scalar GROUP BY name ORDER BY min(line)", w);
    return st ? st : read_names(c, &c->tables, tables_of_source, w);
}

/* ---- tables ------------------------------------------------------------------------------ */

/* A row a run: what both kinds of file begin with, and the scalars. */
static enum status make_wide(struct csv *c, struct why *w)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "CREATE TEMP TABLE wide AS SELECT number AS run");
    for (size_t k = 0; k < c->parameters.n; k++)
        sqlite3_str_appendf(sql,
                            ", (SELECT value FROM given_parameter g WHERE g.number = one.number "
                            "AND g.name = %Q) AS p%d",
                            c->parameters.name[k], (int)k);
    for (size_t k = 0; k < c->scalars.n; k++)
        sqlite3_str_appendf(sql,
                            ", (SELECT value FROM given_scalar g WHERE g.number = one.number AND "
                            "g.name = %Q) AS s%d",
                            c->scalars.name[k], (int)k);
    sqlite3_str_appendall(sql, " FROM one ORDER BY number");
    enum status st = export_do_made(&c->e, sqlite3_str_finish(sql), w);
    return st ? st : export_do(&c->e, "CREATE UNIQUE INDEX wide_run ON wide (run)", w);
}

static void append_columns(sqlite3_str *sql, const struct names *names, char letter)
{
    for (size_t k = 0; k < names->n; k++)
        sqlite3_str_appendf(sql, ", w.%c%d AS \"%w\"", letter, (int)k, names->name[k]);
}

static enum status write_runs(struct csv *c, struct why *w)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "SELECT number, point, unit, replication, run_key, exit_code, "
                               "message");
    append_columns(sql, &c->parameters, 'p');
    append_columns(sql, &c->scalars, 's');
    sqlite3_str_appendall(sql, " FROM one JOIN wide w ON w.run = one.number ORDER BY number");
    return write_file(c, "runs", sqlite3_str_finish(sql), w);
}

/* A table of the study as it is; one of runs with the parameters in front. */
static enum status write_table(struct csv *c, const char *table, struct why *w)
{
    struct names columns = {.n = 0};
    sqlite3_str *sql = sqlite3_str_new(NULL);
    char *ask =
        sqlite3_mprintf("SELECT name FROM pragma_table_info(%Q, 'src') ORDER BY cid", table);
    assert(ask);
    enum status st = read_names(c, &columns, ask, w);
    sqlite3_free(ask);
    bool of_runs = !c->e.study;
    for (size_t k = 0; k < columns.n; k++)
        of_runs |= !strcmp(columns.name[k], "number");
    sqlite3_str_appendall(sql, of_runs ? "SELECT g.number" : "SELECT ");
    if (of_runs)
        append_columns(sql, &c->parameters, 'p');
    for (size_t k = 0; k < columns.n; k++) {
        if (strcmp(columns.name[k], "number") != 0)
            sqlite3_str_appendf(sql, "%sg.\"%w\"", k || of_runs ? ", " : "", columns.name[k]);
    }
    sqlite3_str_appendf(sql,
                        of_runs ? " FROM wide w CROSS JOIN \"given_%w\" g ON g.number = w.run "
                                  "ORDER BY w.run, g.line"
                                : " FROM \"given_%w\" g ORDER BY g.line",
                        table);
    drop_names(&columns);
    char *made = sqlite3_str_finish(sql);
    if (!st)
        return write_file(c, table, made, w);
    sqlite3_free(made);
    return st;
}

static enum status write_json(struct csv *c, struct why *w)
{
    char path[1200];
    char by[100];
    FILE *out = NULL;
    struct sqlite3_stmt *rows = NULL;
    enum status st = export_ask(&c->e,
                                c->e.study ? "SELECT version, study_key, scenario FROM src.study"
                                           : "SELECT version, run_key, scenario FROM src.run",
                                &rows, w);
    if (!st)
        st = export_next(&c->e, &rows, w);
    if (!st)
        st = open_file(c, EXPORT_JSON, path, &out, w);
    if (!st) {
        struct json_writer j = jw_to(out, 2);
        (void)snprintf(by, sizeof by, "monami %s", c->e.from->version);
        jw_object(&j, NULL);
        jw_text(&j, "export", by); /* EXPORT_JSON_BEGIN */
        jw_text(&j, "source", c->e.study ? "study.sqlite" : "results.sqlite");
        jw_text(&j, "version", rows ? (const char *)sqlite3_column_text(rows, 0) : NULL);
        jw_text(&j, c->e.study ? "study_key" : "run_key",
                rows ? (const char *)sqlite3_column_text(rows, 1) : NULL);
        jw_text(&j, "scenario", rows ? (const char *)sqlite3_column_text(rows, 2) : NULL);
        jw_end(&j);
        st = whole_close(out, path, w);
    }
    (void)sqlite3_finalize(rows);
    return st;
}

static enum status write_all(struct csv *c, struct why *w)
{
    enum status st = read_all_names(c, w);
    if (!st)
        st = make_wide(c, w);
    if (!st)
        st = write_runs(c, w);
    for (size_t k = 0; k < c->tables.n && !st; k++)
        st = write_table(c, c->tables.name[k], w);
    return st ? st : write_json(c, w);
}

enum status export_csv(const struct export_source *from, const char *folder, struct why *w)
{
    struct csv *c = calloc(1, sizeof *c);
    struct why no;
    assert(c);
    c->folder = folder;
    enum status st = export_open(&c->e, from, NULL, w);
    if (!st)
        st = write_all(c, w);
    enum status closed = export_close(&c->e, st ? &no : w);
    drop_names(&c->parameters);
    drop_names(&c->scalars);
    drop_names(&c->tables);
    free(c);
    return st ? st : closed;
}
