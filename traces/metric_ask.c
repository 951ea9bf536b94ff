/* The value of a metric, from the tables of a run. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "traces/db.h"
#include "traces/expect.h"
#include "traces/metric_parts.h"

/* One member's value: `value` of those rows of `table` that have its name in `who` and for which
 * `where` holds. Texts of sqlite3_mprintf(); value NULL: it is no metric. */
struct source {
    const char *table;
    const char *who;
    char *value;
    char *where;
};

static struct source of_events(const struct metric_parts *p)
{
    char first[METRIC_PART_BYTES];
    const char *second;
    if (!strcmp(p->text[0], "event") && metric_split_events(p, 1, first, &second)) {
        return (struct source){"occurrence", "node", sqlite3_mprintf("ifnull(sum(t.count), 0)"),
                               sqlite3_mprintf("t.name = %Q", first)};
    }
    if (!strcmp(p->text[0], "since") && metric_split_events(p, 2, first, &second)) {
        return (struct source){"occurrence", "node",
                               sqlite3_mprintf("max(CASE t.name WHEN %Q THEN t.last_ns END) - "
                                               "max(CASE t.name WHEN %Q THEN t.last_ns END)",
                                               second, first),
                               sqlite3_mprintf("t.name IN (%Q, %Q)", first, second)};
    }
    return (struct source){.value = NULL};
}

static struct source of_flow(const struct metric_parts *p)
{
    char *direction = sqlite3_mprintf("t.direction = %Q", p->text[2]);
    if (!strcmp(p->text[0], "disruption"))
        return (struct source){"disruption", "flow", sqlite3_mprintf("max(t.disruption_ns)"),
                               direction};
    if (!strcmp(p->text[3], "lost_share")) {
        return (struct source){
            "flow", "flow", sqlite3_mprintf("max(t.lost * 1.0 / nullif(t.sent - t.in_flight, 0))"),
            direction};
    }
    return (struct source){"flow", "flow", sqlite3_mprintf("max(t.\"%w\")", p->text[3]), direction};
}

static struct source source_of(const struct metric_parts *p)
{
    if ((!strcmp(p->text[0], "flow") && p->n == 4 && metric_is_flow_column(p->text[3])) ||
        (!strcmp(p->text[0], "disruption") && p->n == 3))
        return of_flow(p);
    if (!strcmp(p->text[0], "sa") && metric_is_of_sas(p)) {
        if (p->n == 5) /* no SA of such a policy: no value */
            return (struct source){
                "sa", "node", sqlite3_mprintf("sum(t.\"%w\")", p->text[4]),
                sqlite3_mprintf("t.direction = %Q AND t.policy = %Q", p->text[2], p->text[3])};
        return (struct source){
            "sa", "node", sqlite3_mprintf("ifnull(sum(t.\"%w\"), 0)", p->text[p->n - 1]),
            sqlite3_mprintf("t.direction LIKE %Q", p->n == 4 ? p->text[2] : "%")};
    }
    if (!strcmp(p->text[0], "counter") && p->n >= 3) {
        return (struct source){
            "counter", "node", sqlite3_mprintf("ifnull(sum(t.value), 0)"),
            sqlite3_mprintf("(t.name = %Q OR (t.interface = %Q AND t.name = %Q))", p->rest[2],
                            p->text[2], p->n > 3 ? p->rest[3] : "")};
    }
    return of_events(p);
}

/* A member without a row in the asked table is one, too: counters of 0 have none. */
static char *members_of(const struct metric_parts *p, bool of_flow)
{
    char *is = sqlite3_mprintf("GLOB '%.*q.[0-9]*'", (int)p->population, p->text[1]);
    char *sql = !p->population ? sqlite3_mprintf("SELECT %Q AS who", p->text[1])
                : of_flow
                    ? sqlite3_mprintf("SELECT DISTINCT flow AS who FROM flow WHERE flow %s", is)
                    : sqlite3_mprintf("SELECT node AS who FROM counter WHERE node %s UNION "
                                      "SELECT node FROM occurrence WHERE node %s UNION "
                                      "SELECT node FROM sa WHERE node %s",
                                      is, is, is);
    sqlite3_free(is);
    return sql;
}

/* Of the values x of the members; NULL where there is none. */
static const char *const overs[METRIC_OVERS] = {
    [METRIC_ONE] = "SELECT x FROM each",
    [METRIC_MIN] = "SELECT min(x) FROM each",
    [METRIC_MAX] = "SELECT max(x) FROM each",
    [METRIC_MEAN] = "SELECT avg(x) FROM each",
    [METRIC_MEDIAN] =
        "SELECT avg(x) FROM (SELECT x FROM each WHERE x NOTNULL ORDER BY x LIMIT 2 - "
        "(SELECT count(x) % 2 FROM each) OFFSET (SELECT (count(x) - 1) / 2 FROM each))",
    [METRIC_P90] = "SELECT x FROM each WHERE x NOTNULL ORDER BY x LIMIT 1 OFFSET "
                   "(SELECT max((count(x) * 90 + 99) / 100 - 1, 0) FROM each)",
    [METRIC_P95] = "SELECT x FROM each WHERE x NOTNULL ORDER BY x LIMIT 1 OFFSET "
                   "(SELECT max((count(x) * 95 + 99) / 100 - 1, 0) FROM each)",
    [METRIC_P99] = "SELECT x FROM each WHERE x NOTNULL ORDER BY x LIMIT 1 OFFSET "
                   "(SELECT max((count(x) * 99 + 99) / 100 - 1, 0) FROM each)",
    [METRIC_SUM] = "SELECT sum(x) FROM each",
};

enum status metric_ask(struct sqlite3 *db, const char *metric, double *value, struct why *w)
{
    struct metric_parts p;
    enum status st = metric_cut(metric, &p, w);
    struct source s = st || p.n < 3 ? (struct source){.value = NULL} : source_of(&p);
    if (st)
        return st;
    if (!s.value || (p.over != METRIC_ONE) != (p.population > 0)) {
        sqlite3_free(s.value);
        sqlite3_free(s.where);
        return why_set(w, ST_SYNTAX, "'%s' is not a metric", metric);
    }
    char *sql = sqlite3_mprintf(
        "WITH member AS (%z), each AS MATERIALIZED (SELECT %z AS x FROM member LEFT JOIN %s t ON "
        "t.%s = member.who AND %z GROUP BY who) %s",
        members_of(&p, !strcmp(s.who, "flow")), s.value, s.table, s.who, s.where, overs[p.over]);
    assert(sql);
    st = db_ask(db, sql, value, w);
    sqlite3_free(sql);
    return st == ST_MISSING ? why_set(w, st, "'%s' has no value", metric) : st;
}
