/*
 * The SQLite result file of OMNeT++ 6, as its own reader asks for it (src/scave/
 * sqliteresultfileloader.cc): a run is a run, a direction of a flow, an interface or a link a
 * module. Times are in seconds there; simulated time is an integer of 10^simtimeExp s.
 */
#include <stddef.h>

#include <sqlite3.h>

#include "analysis/export.h"
#include "analysis/export_parts.h"

#define OF_RUN     "runId INTEGER NOT NULL REFERENCES run (runId) ON DELETE CASCADE"
#define ID(column) column " INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
#define OF(owner, column) \
    column " INTEGER NOT NULL REFERENCES " owner " (" column ") ON DELETE CASCADE"
#define ATTRIBUTE "attrName TEXT NOT NULL, attrValue TEXT NOT NULL"

static const struct {
    const char *name;
    const char *columns;
} tables[] = {
    {"run", ID("runId") ", runName TEXT NOT NULL, simtimeExp INTEGER NOT NULL"},
    {"runAttr", OF_RUN ", " ATTRIBUTE},
    {"runItervar", OF_RUN ", itervarName TEXT NOT NULL, itervarValue TEXT NOT NULL"},
    {"runConfig", OF_RUN ", configKey TEXT NOT NULL, configValue TEXT NOT NULL, "
                         "configOrder INTEGER NOT NULL"},
    {"scalar", ID("scalarId") ", " OF_RUN ", moduleName TEXT NOT NULL, scalarName TEXT NOT NULL, "
                              "scalarValue REAL"},
    {"scalarAttr", OF("scalar", "scalarId") ", " ATTRIBUTE},
    {"parameter", ID("paramId") ", " OF_RUN ", moduleName TEXT NOT NULL, paramName TEXT NOT NULL, "
                                "paramValue TEXT NOT NULL"},
    {"paramAttr", OF("parameter", "paramId") ", " ATTRIBUTE},
    {"statistic",
     ID("statId") ", " OF_RUN ", moduleName TEXT NOT NULL, statName TEXT NOT NULL, isHistogram "
                  "INTEGER NOT NULL, isWeighted INTEGER NOT NULL, statCount INTEGER "
                  "NOT NULL, statMean REAL, statStddev REAL, statSum REAL, statSqrsum "
                  "REAL, statMin REAL, statMax REAL, statWeights REAL, statWeightedSum "
                  "REAL, statSqrSumWeights REAL, statWeightedSqrSum REAL"},
    {"statisticAttr", OF("statistic", "statId") ", " ATTRIBUTE},
    {"histogramBin", OF("statistic", "statId") ", lowerEdge REAL NOT NULL, binValue REAL NOT NULL"},
    {"vector",
     ID("vectorId") ", " OF_RUN ", moduleName TEXT NOT NULL, vectorName TEXT NOT NULL, vectorCount "
                    "INTEGER, vectorMin REAL, vectorMax REAL, vectorSum REAL, vectorSumSqr "
                    "REAL, startEventNum INTEGER, endEventNum INTEGER, startSimtimeRaw "
                    "INTEGER, endSimtimeRaw INTEGER"},
    {"vectorAttr", OF("vector", "vectorId") ", " ATTRIBUTE},
    {"vectorData",
     OF("vector", "vectorId") ", eventNumber INTEGER NOT NULL, simtimeRaw INTEGER NOT "
                              "NULL, value REAL"},
};

/* ---- what a run is called ---------------------------------------------------------------- */

/* Of `one o`, `given_run r` and `iteration i`; what is NULL is left out. The names up to seedset
 * are those that its tools know; datetime, processid and resultdir are no results. */
static const struct {
    const char *name;
    const char *value;
} attributes[] = {
    {"configname", "o.stem"},
    {"experiment", "o.stem"},
    {"inifile", "o.file"},
    {"iterationvars", "ifnull(i.vars, '')"},
    {"iterationvarsf", "ifnull(i.name || '-', '')"},
    {"measurement", "ifnull(i.vars, '')"},
    {"network", "o.stem"},
    {"repetition", "o.replication"},
    {"replication", "'#' || o.replication"},
    {"runnumber", "o.number"},
    {"seedset", "r.seed"},
    /* and what is our own */
    {"crypto", "r.crypto"},
    {"digest", "r.digest"},
    {"engine", "r.engine"},
    {"exitcode", "o.exit_code"},
    {"knowledge", "r.knowledge"},
    {"message", "o.message"},
    {"monami", "r.version"},
    {"point", "o.point"},
    {"processor", "r.processor"},
    {"runkey", "o.run_key"},
    {"scenariotitle", "r.title"},
    {"sampleunit", "o.unit"},
};

static const char *const begin[] = {
    "CREATE TEMP TABLE iteration (number INTEGER PRIMARY KEY, vars TEXT, name TEXT)",
    "INSERT INTO iteration SELECT number, group_concat('$' || name || '=' || value, ', '), "
    "replace(replace(group_concat(name || '=' || value, ','), ' ', ''), '/', '_') FROM (SELECT * "
    "FROM given_parameter ORDER BY line) GROUP BY number",
    "INSERT INTO main.run SELECT number + 1, stem || '-' || number || ifnull('-' || "
    "substr(run_key, 1, 12), ''), -9 FROM one ORDER BY number",
    "INSERT INTO main.runItervar SELECT number + 1, name, value FROM given_parameter ORDER BY line",
    "INSERT INTO main.runConfig SELECT number + 1, 'sim-time-limit', (stop_ns / 1e9) || 's', 0 FROM "
    "given_run ORDER BY number",
    "INSERT INTO main.runConfig SELECT number + 1, 'seed-set', seed, 1 FROM given_run ORDER BY "
    "number",
    /* a parameter of the module that its path leads to; the scenario's own are the run's */
    "INSERT INTO main.parameter SELECT NULL, g.number + 1, ifnull(nullif(rtrim(rtrim(name, "
    "replace(name, '.', '')), '.'), ''), stem), substr(name, length(rtrim(name, replace(name, '.', "
    "''))) + 1), value FROM given_parameter g JOIN one USING (number) ORDER BY line",
    NULL,
};

/* ---- life -------------------------------------------------------------------------------- */

static enum status make_tables(struct exporting *e, struct why *w)
{
    enum status st = export_do_made(
        e,
        sqlite3_mprintf("PRAGMA main.page_size = 4096; PRAGMA main.journal_mode = OFF; PRAGMA "
                        "main.synchronous = OFF; PRAGMA main.application_id = %d; BEGIN",
                        (int)EXPORT_MARK),
        w);
    for (size_t k = 0; k < sizeof tables / sizeof tables[0] && !st; k++)
        st = export_do_made(
            e, sqlite3_mprintf("CREATE TABLE main.%s (%s)", tables[k].name, tables[k].columns), w);
    return st;
}

static enum status write_runs(struct exporting *e, struct why *w)
{
    enum status st = ST_OK;
    for (size_t k = 0; begin[k] && !st; k++)
        st = export_do(e, begin[k], w);
    for (size_t k = 0; k < sizeof attributes / sizeof attributes[0] && !st; k++)
        st = export_do_made(
            e,
            sqlite3_mprintf(
                "INSERT INTO main.runAttr SELECT number + 1, '%s', v FROM (SELECT "
                "o.number, %s AS v FROM one o LEFT JOIN given_run r USING (number) LEFT "
                "JOIN iteration i USING (number)) WHERE v IS NOT NULL ORDER BY number",
                attributes[k].name, attributes[k].value),
            w);
    return st;
}

enum status export_omnetpp(const struct export_source *from, const char *file, struct why *w)
{
    struct exporting e;
    struct why no;
    enum status st = export_open(&e, from, file, w);
    if (!st)
        st = make_tables(&e, w);
    if (!st)
        st = write_runs(&e, w);
    if (!st)
        st = export_items(&e, w);
    if (!st)
        st = export_do(&e, "CREATE INDEX main.vectorData_idx ON vectorData (vectorId); COMMIT", w);
    enum status closed = export_close(&e, st ? &no : w);
    return st ? st : closed;
}
