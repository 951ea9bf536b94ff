/* What becomes a scalar, a statistic or a vector of OMNeT++. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include <sqlite3.h>

#include "analysis/export_parts.h"

#define FLOW      "flow || '.' || direction"
#define INTERFACE "node || ifnull('.' || interface, '')"
#define LINK      "link || '.' || replace(direction, ' > ', '->')"
#define BYTES     "CASE WHEN scalarName LIKE '%bytes%' THEN 'B' END"
/* Of one, or by a function of a population: "max(flow.call.*.down.delay_max_ns)". */
#define OF_TIME                                                                               \
    "(name GLOB 'disruption.*' OR name GLOB 'since.*' OR name GLOB 'flow.*_ns' OR name GLOB " \
    "'*(disruption.*' OR name GLOB '*(since.*' OR name GLOB '*(flow.*_ns)')"

/* ---- scalars ----------------------------------------------------------------------------- */

struct scalars {
    const char *table;
    const char *module;
    const char *name;
    const char *value;
    const char *unit; /* asked of the scalar as it is written; NULL: none */
    const char *where;
};

static const struct scalars scalars[] = {
    {"counter", INTERFACE, "name", "value", BYTES, "TRUE"},
    {"occurrence", "node", "name || ':count'", "count", "NULL", "TRUE"},
    {"occurrence", "node", "name || ':last'", "last_ns / 1e9", "'s'", "TRUE"},
    /* the study's own metrics, under the name that the scenario has for them */
    {"scalar", "'metric'",
     "CASE WHEN name GLOB '*_ns' THEN substr(name, 1, length(name) - 3) WHEN name GLOB '*_ns)' THEN "
     "substr(name, 1, length(name) - 4) || ')' ELSE name END",
     "value / 1e9", "'s'", OF_TIME},
    {"scalar", "'metric'", "name", "value", BYTES, "NOT " OF_TIME},
};

static enum status write_scalars(struct exporting *e, const struct scalars *s, struct why *w)
{
    if (!export_has(e, s->table))
        return ST_OK;
    enum status st = export_do(
        e, "DELETE FROM last; INSERT INTO last SELECT ifnull(max(scalarId), 0) FROM main.scalar",
        w);
    if (!st)
        st = export_do_made(
            e,
            sqlite3_mprintf("INSERT INTO main.scalar SELECT NULL, number + 1, %s, %s, %s FROM "
                            "\"given_%w\" WHERE (%s) IS NOT NULL AND %s ORDER BY number, line",
                            s->module, s->name, s->value, s->table, s->value, s->where),
            w);
    if (!st)
        st = export_do_made(
            e,
            sqlite3_mprintf(
                "INSERT INTO main.scalarAttr SELECT scalarId, 'unit', %s AS unit FROM main.scalar "
                "WHERE scalarId > (SELECT id FROM last) AND unit IS NOT NULL ORDER BY scalarId",
                s->unit),
            w);
    return st;
}

/* Each column of a table that is a number; its name tells its unit. */
static enum status write_columns(struct exporting *e, const char *table, const char *module,
                                 struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    char *ask = sqlite3_mprintf(
        "SELECT name, name GLOB '*_ns', rtrim(replace(name || '/', '_ns/', ''), '/') FROM pragma_table_info(%Q, "
        "'src') WHERE type IN ('INTEGER', 'REAL') AND name <> 'number' ORDER BY cid",
        table);
    assert(ask);
    enum status st = export_ask(e, ask, &rows, w);
    sqlite3_free(ask);
    if (!st)
        st = export_next(e, &rows, w);
    while (!st && rows) {
        char name[100];
        char value[100];
        bool time = sqlite3_column_int(rows, 1);
        (void)snprintf(name, sizeof name, "'%s'", (const char *)sqlite3_column_text(rows, 2));
        (void)snprintf(value, sizeof value, "%s%s", (const char *)sqlite3_column_text(rows, 0),
                       time ? " / 1e9" : "");
        const struct scalars s = {table, module, name, value, time ? "'s'" : BYTES, "TRUE"};
        st = write_scalars(e, &s, w);
        if (!st)
            st = export_next(e, &rows, w);
    }
    (void)sqlite3_finalize(rows);
    return st;
}

/* ---- statistics -------------------------------------------------------------------------- */

static void root(sqlite3_context *context, int n, sqlite3_value **value)
{
    (void)n;
    sqlite3_result_double(context, sqrt(sqlite3_value_double(value[0])));
}

/* Disruptions of each direction over the transitions: bins of 0.1 s, neighbours without any as one.
 * The first bin is that below the first edge, the last that above the last. */
static const char *const disruptions[] = {
    "CREATE TEMP TABLE gap AS SELECT number, " FLOW
    " AS module, disruption_ns AS ns, disruption_ns "
    "/ 1e9 AS x FROM given_disruption WHERE disruption_ns IS NOT NULL ORDER BY number, line",
    "CREATE TEMP TABLE average (id INTEGER PRIMARY KEY, number INTEGER, module TEXT, n INTEGER, mean "
    "REAL, UNIQUE (number, module))",
    "INSERT INTO average SELECT NULL, number, module, count(*), avg(x) FROM gap GROUP BY number, "
    "module ORDER BY number, module",
    "INSERT INTO main.statistic SELECT id, number + 1, module, 'disruption', TRUE, FALSE, n, mean, "
    "CASE WHEN n > 1 THEN root(sum((x - mean) * (x - mean)) / (n - 1)) END, sum(x), sum(x * x), "
    "min(x), max(x), NULL, NULL, NULL, NULL FROM gap JOIN average USING (number, module) GROUP BY "
    "id ORDER BY id",
    "INSERT INTO main.statisticAttr SELECT statId, 'title', 'disruption at each transition' FROM "
    "main.statistic ORDER BY statId",
    "INSERT INTO main.statisticAttr SELECT statId, 'unit', 's' FROM main.statistic ORDER BY statId",
    "CREATE TEMP TABLE bin AS SELECT id, ns / 100000000 AS edge, count(*) AS n FROM gap JOIN average "
    "USING (number, module) WHERE ns >= 0 GROUP BY 1, 2",
    "INSERT INTO bin SELECT id, edge + 1, 0 FROM bin",
    "INSERT INTO bin SELECT id, edge, 0 FROM average, (SELECT 0 AS edge UNION ALL SELECT 1)",
    "INSERT INTO main.histogramBin SELECT id, -9e999 AS lower, sum(ns < 0) FROM gap JOIN average "
    "USING (number, module) GROUP BY id UNION ALL SELECT id, edge / 10.0, sum(n) FROM bin GROUP BY "
    "id, edge ORDER BY id, lower",
    NULL,
};

static enum status write_disruptions(struct exporting *e, struct why *w)
{
    enum status st = ST_OK;
    if (sqlite3_create_function(e->db, "root", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, root,
                                NULL, NULL) != SQLITE_OK)
        return export_failed(e, w);
    for (size_t k = 0; disruptions[k] && !st; k++)
        st = export_do(e, disruptions[k], w);
    return st;
}

/* ---- vectors ----------------------------------------------------------------------------- */

struct vectors {
    const char *table;
    const char *module;
    const char *name;
    const char *time; /* ns */
    const char *value;
    const char *where;
    const char *unit;
    const char *title;
    const char *between; /* interpolation */
};

static const struct vectors vectors[] = {
    {"packet", FLOW, "'delay'", "received_ns", "(received_ns - sent_ns) / 1e9",
     "received_ns IS NOT NULL", "s", "delay of each packet that came", "none"},
    {"series", INTERFACE, "name", "t_ns", "value", "name <> 'cpu.use'", "bps",
     "mean rate of the bin before", "backward-sample-hold"},
    {"series", INTERFACE, "name", "t_ns", "value", "name = 'cpu.use'", "1",
     "share of the cores that worked in the bin before", "backward-sample-hold"},
};

/* Of one run: to sort all packets of a study at once would take too much memory. */
static enum status write_vectors(struct exporting *e, const struct vectors *v, int64_t number,
                                 struct why *w)
{
    long long run = number;
    enum status st = export_do(
        e, "DELETE FROM last; INSERT INTO last SELECT ifnull(max(vectorId), 0) FROM main.vector",
        w);
    if (!st)
        st = export_do_made(
            e,
            sqlite3_mprintf(
                "INSERT INTO main.vector SELECT NULL, number + 1, m, n, count(*), min(x), max(x), "
                "sum(x), sum(x * x), 0, count(*) - 1, min(t), max(t) FROM (SELECT line, number, %s "
                "AS m, %s AS n, %s AS t, %s AS x FROM \"given_%w\" WHERE number = %lld AND %s) GROUP "
                "BY m, n ORDER BY min(line)",
                v->module, v->name, v->time, v->value, v->table, run, v->where),
            w);
    if (!st)
        st = export_do_made(
            e,
            sqlite3_mprintf(
                "INSERT INTO main.vectorData SELECT vectorId, row_number() OVER (PARTITION BY "
                "vectorId ORDER BY t, line) - 1, t, x FROM (SELECT line, %s AS m, %s AS n, %s AS t, "
                "%s AS x FROM \"given_%w\" WHERE number = %lld AND %s) JOIN main.vector ON moduleName "
                "= m AND vectorName = n AND vectorId > (SELECT id FROM last) ORDER BY vectorId, t, line",
                v->module, v->name, v->time, v->value, v->table, run, v->where),
            w);
    if (!st)
        st = export_do_made(
            e,
            sqlite3_mprintf(
                "INSERT INTO main.vectorAttr SELECT vectorId, a, b FROM main.vector, (SELECT "
                "'interpolationmode' AS a, %Q AS b UNION ALL SELECT 'title', %Q UNION ALL "
                "SELECT 'unit', %Q) WHERE vectorId > (SELECT id FROM last) ORDER BY vectorId, a",
                v->between, v->title, v->unit),
            w);
    return st;
}

static enum status write_all_vectors(struct exporting *e, struct why *w)
{
    struct sqlite3_stmt *rows = NULL;
    enum status st = export_ask(e, "SELECT number FROM one ORDER BY number", &rows, w);
    if (!st)
        st = export_next(e, &rows, w);
    while (!st && rows) {
        int64_t number = sqlite3_column_int64(rows, 0);
        for (size_t k = 0; k < sizeof vectors / sizeof vectors[0] && !st; k++) {
            if (export_has(e, vectors[k].table))
                st = write_vectors(e, &vectors[k], number, w);
        }
        if (!st)
            st = export_next(e, &rows, w);
    }
    (void)sqlite3_finalize(rows);
    return st;
}

enum status export_items(struct exporting *e, struct why *w)
{
    enum status st = export_do(e, "CREATE TEMP TABLE last (id INTEGER)", w);
    if (!st)
        st = write_columns(e, "flow", FLOW, w);
    if (!st)
        st = write_columns(e, "link", LINK, w);
    for (size_t k = 0; k < sizeof scalars / sizeof scalars[0] && !st; k++)
        st = write_scalars(e, &scalars[k], w);
    if (!st)
        st = write_disruptions(e, w);
    return st ? st : write_all_vectors(e, w);
}
