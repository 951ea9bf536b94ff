#include "sim/batch/store.h"

#include <assert.h>
#include <string.h>

#include <sqlite3.h>

#include "sim/base/units.h"
#include "traces/db.h"
#include "traces/expect.h"

/* Beside those of the runs. */
static const struct db_table store_tables[] = {
    {"study",
     "title TEXT, text TEXT, scenario TEXT, study_key TEXT, version TEXT, unit TEXT, baseline "
     "TEXT, baseline_value TEXT, correction TEXT",
     "one row: unit is what counts as one independent sample, seed or the name of an input"},
    {"axis", "axis INTEGER, name TEXT", "the parameters; those in lock-step have the same number"},
    {"unit", "unit INTEGER, name TEXT", "the files of the input that is the unit of replication"},
    {"job",
     "number INTEGER, point INTEGER, unit INTEGER, replication INTEGER, run_key TEXT, exit_code "
     "INTEGER, message TEXT",
     "a row a run, in the order of the plan: runs of one point differ in unit and replication only; "
     "exit_code 1: an expectation did not hold; above: no tables, and why"},
    {"parameter", "number INTEGER, name TEXT, value TEXT", "what was varied, a row a parameter"},
    {"scalar", "number INTEGER, name TEXT, value REAL",
     "the metrics of the figures and of sweep.metrics; no row: it has no value in this run"},
    {"figure",
     "position INTEGER, name TEXT, kind TEXT, plot TEXT, x TEXT, y TEXT, lines TEXT, statistic "
     "TEXT, above REAL, steady INTEGER, log_x INTEGER, log_value INTEGER, label_x TEXT, label_y TEXT, label_lines TEXT, "
     "label_value TEXT, title TEXT",
     "the scenario's `figures`"},
    {"figure_where", "figure TEXT, name TEXT, value TEXT", "a figure's `where`"},
    {NULL, NULL, NULL},
};

/* Of a run; kind -1: always. */
static const struct {
    const char *table;
    int kind;
} merged[] = {{"run", -1},
              {"flow", -1},
              {"packet", STUDY_KEEP_PACKETS},
              {"transition", -1},
              {"disruption", -1},
              {"binding", -1},
              {"sa", -1},
              {"event", STUDY_KEEP_EVENTS},
              {"message", STUDY_KEEP_EVENTS},
              {"occurrence", -1},
              {"counter", -1},
              {"series", STUDY_KEEP_SERIES},
              {"link", -1},
              {"expectation", -1}};

enum { MERGED = sizeof merged / sizeof merged[0] };

bool store_keeps(const struct sweep_config *sweep, int kind)
{
    const char *const *word = sweep->keep.items;
    for (size_t k = 0; k < sweep->keep.n; k++) {
        if (!strcmp(word[k], study_keep_words[kind]))
            return true;
    }
    return false;
}

static bool is_merged(const struct store *s, size_t k)
{
    return merged[k].kind < 0 || store_keeps(s->about->sweep, merged[k].kind);
}

static enum status do_sql(struct sqlite3 *db, struct why *w, char *sql)
{
    assert(sql);
    enum status st = db_do(db, sql, w);
    sqlite3_free(sql);
    return st;
}

static const char *columns_of(const char *table)
{
    const struct db_table *t = db_tables;
    while (strcmp(t->name, table) != 0)
        t++;
    return t->columns;
}

static enum status make_tables(struct store *s, struct why *w)
{
    enum status st = ST_OK;
    for (const struct db_table *t = store_tables; t->name && !st; t++)
        st = do_sql(s->db, w,
                    sqlite3_mprintf("CREATE TABLE \"%w\" (%s) STRICT", t->name, t->columns));
    for (size_t k = 0; k < MERGED && !st; k++) {
        if (is_merged(s, k))
            st = do_sql(s->db, w,
                        sqlite3_mprintf("CREATE TABLE \"%w\" (number INTEGER, %s) STRICT",
                                        merged[k].table, columns_of(merged[k].table)));
    }
    return st;
}

static enum status put_figure(struct store *s, size_t position, struct why *w)
{
    const struct figure_config *f = &s->about->figure[position];
    const struct key_pair *where = f->where.items;
    double above = 0;
    struct why no;
    int64_t ns = 0;
    if (f->above && !units_time(f->above, &ns, &no)) {
        above = (double)ns;
    } else if (f->above && units_real(f->above, &above, &no)) {
        above = 0; /* the scenario's check refused it */
    }
    enum status st =
        do_sql(s->db, w,
               sqlite3_mprintf("INSERT INTO figure VALUES (%d, %Q, %Q, %Q, %Q, %Q, %Q, %Q, %!.17g, "
                               "%d, %d, %d, %Q, %Q, %Q, %Q, %Q)",
                               (int)position, f->name, figure_kind_words[f->kind], f->plot, f->x,
                               f->y, f->lines, figure_statistic_words[f->statistic], above,
                               f->steady, f->log_x, f->log_value, f->labels.x, f->labels.y,
                               f->labels.lines, f->labels.value, f->title));
    for (size_t k = 0; k < f->where.n && !st; k++)
        st = do_sql(s->db, w,
                    sqlite3_mprintf("INSERT INTO figure_where VALUES (%Q, %Q, %Q)", f->name,
                                    where[k].name, where[k].value));
    return st;
}

enum status store_create(struct store *s, const char *path, const struct store_about *about,
                         struct why *w)
{
    static const char *const corrections[] = {"holm", "none"};
    const struct key_pair *base = about->sweep->compare.baseline.items;
    bool compared = about->sweep->compare.baseline.n > 0;
    *s = (struct store){.about = about};
    if (sqlite3_open(path, &s->db) != SQLITE_OK)
        return why_set(w, ST_IO, "%s: %s", path, sqlite3_errmsg(s->db));
    char version[64];
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", DB_VERSION);
    enum status st = db_do(s->db,
                           "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;"
                           "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE",
                           w);
    if (!st)
        st = db_do(s->db, version, w);
    if (!st)
        st = db_do(s->db, "BEGIN", w);
    if (!st)
        st = make_tables(s, w);
    if (!st)
        st = do_sql(s->db, w,
                    sqlite3_mprintf(
                        "INSERT INTO study VALUES (%Q, %Q, %Q, %Q, %Q, %Q, %Q, %Q, %Q)",
                        about->title, about->text, about->scenario, about->key, about->version,
                        about->unit, compared ? base->name : NULL, compared ? base->value : NULL,
                        compared ? corrections[about->sweep->compare.correction] : NULL));
    for (size_t k = 0; k < about->figures && !st; k++)
        st = put_figure(s, k, w);
    return st ? st : db_do(s->db, "COMMIT", w);
}

enum status store_axis(struct store *s, size_t axis, const char *parameter, struct why *w)
{
    return do_sql(
        s->db, w,
        sqlite3_mprintf("INSERT INTO axis VALUES (%lld, %Q)", (long long)axis, parameter));
}

enum status store_unit(struct store *s, size_t unit, const char *name, struct why *w)
{
    return do_sql(s->db, w,
                  sqlite3_mprintf("INSERT INTO unit VALUES (%lld, %Q)", (long long)unit, name));
}

static enum status merge_tables(struct store *s, size_t number, struct why *w)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < MERGED && !st; k++) {
        if (is_merged(s, k))
            st = do_sql(s->db, w,
                        sqlite3_mprintf("INSERT INTO main.\"%w\" SELECT %lld, * FROM one.\"%w\" "
                                        "ORDER BY rowid",
                                        merged[k].table, (long long)number, merged[k].table));
    }
    return st;
}

static enum status put_scalar(struct store *s, struct sqlite3 *one, size_t number,
                              const char *metric, struct why *w)
{
    double value = 0;
    struct why no;
    if (metric_ask(one, metric, &value, &no))
        return ST_OK; /* no row: the metric has no value in this run */
    return do_sql(s->db, w,
                  sqlite3_mprintf("INSERT INTO scalar VALUES (%lld, %Q, %!.17g)", (long long)number,
                                  metric, value));
}

/* Each metric once, those of the figures first. */
static enum status put_scalars(struct store *s, const struct store_run *run, struct why *w)
{
    const struct store_about *a = s->about;
    const char *const *asked = a->sweep->metrics.items;
    size_t n = a->figures + a->sweep->metrics.n;
    struct sqlite3 *one = NULL;
    enum status st = db_open(&one, run->database, w);
    for (size_t k = 0; k < n && !st; k++) {
        const char *metric = k < a->figures ? a->figure[k].plot : asked[k - a->figures];
        bool before = false;
        for (size_t j = 0; j < k; j++)
            before |= !strcmp(j < a->figures ? a->figure[j].plot : asked[j - a->figures], metric);
        if (!before)
            st = put_scalar(s, one, run->number, metric, w);
    }
    (void)sqlite3_close(one);
    return st;
}

static enum status put_job(struct store *s, const struct store_run *run, struct why *w)
{
    enum status st =
        do_sql(s->db, w,
               sqlite3_mprintf("INSERT INTO job VALUES (%lld, %lld, %lld, %lld, %Q, %d, %Q)",
                               (long long)run->number, (long long)run->point, (long long)run->unit,
                               (long long)run->replication, run->key, run->code, run->message));
    for (size_t k = 0; k < run->values && !st; k++)
        st = do_sql(s->db, w,
                    sqlite3_mprintf("INSERT INTO parameter VALUES (%lld, %Q, %Q)",
                                    (long long)run->number, run->value[k].name,
                                    run->value[k].value));
    return st;
}

/* Whether the last error lies in a run's database, and not in the disk or in ours. */
static bool is_damaged(struct sqlite3 *db)
{
    int code = sqlite3_errcode(db);
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR ||
           code == SQLITE_CANTOPEN;
}

enum status store_run(struct store *s, const struct store_run *run, struct why *w)
{
    bool failed = run->code > 1; /* 1: an expectation did not hold, the numbers are there */
    enum status st = ST_OK;
    if (!failed)
        st = do_sql(s->db, w, sqlite3_mprintf("ATTACH %Q AS one", run->database));
    if (!st)
        st = db_do(s->db, "BEGIN", w);
    if (!st)
        st = put_job(s, run, w);
    if (!st && !failed)
        st = merge_tables(s, run->number, w);
    if (!st && !failed)
        st = do_sql(s->db, w,
                    sqlite3_mprintf("UPDATE main.run SET title = %Q WHERE number = %lld",
                                    s->about->title, (long long)run->number));
    if (!st && !failed)
        st = put_scalars(s, run, w);
    if (!st)
        st = db_do(s->db, failed ? "COMMIT" : "COMMIT; DETACH one", w);
    return st == ST_IO && is_damaged(s->db) ? ST_SYNTAX : st;
}

enum status store_finish(struct store *s, struct why *w)
{
    enum status st = db_do(s->db, "BEGIN", w);
    for (size_t k = 0; k < MERGED && !st; k++) {
        if (is_merged(s, k))
            st = do_sql(s->db, w,
                        sqlite3_mprintf("CREATE INDEX \"%w_of\" ON \"%w\" (number)",
                                        merged[k].table, merged[k].table));
    }
    if (!st)
        st = db_do(s->db,
                   "CREATE INDEX parameter_of ON parameter (number); CREATE INDEX scalar_of ON "
                   "scalar (name, number); COMMIT",
                   w);
    if (sqlite3_close(s->db) != SQLITE_OK && !st)
        st = why_set(w, ST_IO, "study: cannot be closed");
    s->db = NULL;
    return st;
}

void store_drop(struct store *s)
{
    (void)sqlite3_close(s->db);
    s->db = NULL;
}

void store_print_reference(FILE *out)
{
    for (const struct db_table *t = store_tables; t->name; t++)
        (void)fprintf(out, "### %s\n\n%s.\n\n`%s`\n\n", t->name, t->help, t->columns);
}
