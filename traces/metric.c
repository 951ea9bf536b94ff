/* Metrics by name, as expect.h and figures use them. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "models/names.h"
#include "traces/count.h"
#include "traces/db.h"
#include "traces/expect.h"

enum { PART_BYTES = 96, PARTS = 8 };

struct parts {
    char text[PARTS][PART_BYTES];
    unsigned n;
    const char *rest[PARTS]; /* of the metric's own text, from each part on */
};

static bool cut(const char *metric, struct parts *p)
{
    p->n = 0;
    for (const char *at = metric; at; p->n++) {
        const char *dot = strchr(at, '.');
        size_t digits = dot ? strspn(dot + 1, "0123456789") : 0;
        if (digits && (dot[1 + digits] == '.' || !dot[1 + digits])) /* one of a population: car.7 */
            dot = dot[1 + digits] ? dot + 1 + digits : NULL;
        size_t len = dot ? (size_t)(dot - at) : strlen(at);
        if (p->n == PARTS || len == 0 || len >= PART_BYTES)
            return false;
        memcpy(p->text[p->n], at, len);
        p->text[p->n][len] = '\0';
        p->rest[p->n] = at;
        at = dot ? dot + 1 : NULL;
    }
    return true;
}

static bool is_flow_column(const char *name)
{
    static const char *const columns[] = {
        "sent",         "received",       "lost",         "late",           "missed",
        "in_flight",    "duplicated",     "reordered",    "received_bytes", "delay_mean_ns",
        "delay_p50_ns", "delay_p95_ns",   "delay_p99_ns", "delay_max_ns",   "ipdv_mean_ns",
        "pdv_p99_ns",   "longest_gap_ns", "mos_mean",     "mos_worst",      "lost_share"};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        if (!strcmp(columns[k], name))
            return true;
    }
    return false;
}

static bool is_sa_column(const char *name)
{
    static const char *const columns[] = {"packets", "bytes",    "icv",  "replay",
                                          "too_old", "selector", "dummy"};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        if (!strcmp(columns[k], name))
            return true;
    }
    return false;
}

/* "NODE.COLUMN" or "NODE.in|out.COLUMN". */
static bool is_of_sas(const struct parts *p)
{
    bool directed = p->n == 4 && (!strcmp(p->text[2], "in") || !strcmp(p->text[2], "out"));
    return (p->n == 3 || directed) && is_sa_column(p->text[p->n - 1]);
}

static bool is_direction(const char *text)
{
    return !strcmp(text, "up") || !strcmp(text, "down");
}

/* "NODE.A" or "NODE.A.B" with names of events: where the second begins; 0: it is no such thing. */
static bool split_events(const struct parts *p, unsigned names, char first[PART_BYTES],
                         const char **second)
{
    for (unsigned k = 3; k < p->n + (names == 1); k++) {
        size_t len = k < p->n ? (size_t)(p->rest[k] - p->rest[2]) - 1 : strlen(p->rest[2]);
        if (len >= PART_BYTES)
            return false;
        memcpy(first, p->rest[2], len);
        first[len] = '\0';
        *second = k < p->n ? p->rest[k] : "";
        bool whole = names == 1 ? k == p->n : event_find(*second) >= 0;
        if (whole && event_find(first) >= 0)
            return true;
    }
    return false;
}

static enum status check_events(const char *metric, const struct parts *p, unsigned names,
                                struct why *w)
{
    char first[PART_BYTES];
    const char *second;
    if (p->n < 3 || !split_events(p, names, first, &second)) {
        return why_set(w, ST_SYNTAX, "'%s' names no %s; they stand in `monami explain --events`",
                       metric, names == 1 ? "event" : "two events");
    }
    return ST_OK;
}

enum metric_unit metric_unit(const char *metric)
{
    size_t n = strlen(metric);
    if (!strncmp(metric, "disruption.", 11) || !strncmp(metric, "since.", 6) ||
        ((!strncmp(metric, "flow.", 5) || !strncmp(metric, "counter.", 8)) && n > 3 &&
         !strcmp(metric + n - 3, "_ns")))
        return METRIC_TIME;
    const char *last = strrchr(metric, '.');
    if (last && !strncmp(metric, "flow.", 5) && !strcmp(last, ".lost_share"))
        return METRIC_SHARE;
    bool of_packets = last && !strncmp(metric, "flow.", 5) && strncmp(last, ".mos_", 5) != 0 &&
                      strcmp(last, ".received_bytes") != 0;
    return of_packets ? METRIC_COUNT : METRIC_NUMBER;
}

static bool is_counter(const char *name)
{
    static const char *const ways[] = {".sent", ".received", ".dropped"};
    if (!strncmp(name, "drop.", 5))
        return drop_find(name + 5) >= 0;
    if (node_counter_is(name))
        return true;
    for (unsigned stage = 0; stage < DROP_STAGES; stage++) {
        if (!strncmp(name, "drops.", 6) && !strcmp(name + 6, drop_stage_name(stage)))
            return true;
    }
    for (unsigned k = 0; k < COUNTS; k++) {
        size_t n = strlen(count_name(k));
        for (unsigned j = 0; j < COUNT_WAYS && !strncmp(name, count_name(k), n); j++) {
            if (!strcmp(name + n, ways[j]))
                return true;
        }
    }
    return false;
}

static enum status check_counter(const char *metric, const struct parts *p,
                                 const struct expect_names *names, struct why *w)
{
    bool of_node = p->n >= 3 && is_counter(p->rest[2]);
    if (!of_node && !(p->n >= 4 && is_counter(p->rest[3]))) {
        return why_set(
            w, ST_MISSING,
            "'%.60s' names no counter; they are drop.REASON, drops.STAGE (node, ipsec, "
            "mobility), cpu.jobs, ike.bytes and the like, and those of an interface that docs/reference.md lists, with "
            ".sent, .received or .dropped",
            metric);
    }
    if (!of_node && !names->has_interface(names->of, p->text[1], p->text[2]))
        return why_set(w, ST_MISSING, "'%.100s': '%s' has no interface '%s'", metric, p->text[1],
                       p->text[2]);
    return ST_OK;
}

/* A metric of a node: of its counters, SAs or events. */
static enum status check_of_node(const char *metric, const struct parts *p,
                                 const struct expect_names *names, struct why *w)
{
    if (p->n < 3 || !names->has_node(names->of, p->text[1]))
        return why_set(w, ST_MISSING, "'%.100s': there is no node '%s'", metric,
                       p->n > 1 ? p->text[1] : "");
    if (!strcmp(p->text[0], "counter"))
        return check_counter(metric, p, names, w);
    if (!strcmp(p->text[0], "sa") && !is_of_sas(p)) {
        return why_set(
            w, ST_MISSING,
            "'%.60s' is no sum over SAs; those are packets, bytes, icv, replay, "
            "too_old, selector and dummy: sa.NODE.icv is of all, sa.NODE.in.icv of those "
            "that receive, sa.NODE.out.packets of those that send",
            metric);
    }
    if (!strcmp(p->text[0], "sa"))
        return ST_OK;
    return check_events(metric, p, strcmp(p->text[0], "event") ? 2 : 1, w);
}

static bool is_of_node(const struct parts *p)
{
    static const char *const kinds[] = {"counter", "sa", "event", "since"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (!strcmp(kinds[k], p->text[0]))
            return true;
    }
    return false;
}

enum status metric_check(const char *metric, const struct expect_names *names, struct why *w)
{
    struct parts p;
    bool known = false;
    if (!cut(metric, &p))
        return why_set(w, ST_SYNTAX, "'%s' is not a metric", metric);
    if (is_of_node(&p))
        return check_of_node(metric, &p, names, w);
    bool is_flow = !strcmp(p.text[0], "flow") && p.n == 4;
    if (!is_flow && !(!strcmp(p.text[0], "disruption") && p.n == 3)) {
        return why_set(w, ST_SYNTAX,
                       "'%s' is not a metric; those are flow.NAME.up|down.COLUMN, "
                       "disruption.NAME.up|down, counter.NODE[.INTERFACE].NAME, "
                       "sa.NODE[.in|out].COLUMN, event.NODE.EVENT and since.NODE.EVENT.EVENT",
                       metric);
    }
    for (size_t k = 0; k < names->flows; k++)
        known |= !strcmp(names->flow[k], p.text[1]);
    if (!known)
        return why_set(w, ST_MISSING, "'%s': there is no flow '%s'", metric, p.text[1]);
    if (!is_direction(p.text[2]))
        return why_set(w, ST_SYNTAX, "'%s': '%s' is neither up nor down", metric, p.text[2]);
    if (is_flow && !is_flow_column(p.text[3]))
        return why_set(w, ST_MISSING, "'%s': table flow has no column '%s'", metric, p.text[3]);
    return ST_OK;
}

static char *query_of(const struct parts *p)
{
    char first[PART_BYTES];
    const char *second;
    if (!strcmp(p->text[0], "event") && split_events(p, 1, first, &second)) {
        return sqlite3_mprintf(
            "SELECT ifnull(sum(count), 0) FROM occurrence WHERE node = %Q AND name = %Q",
            p->text[1], first);
    }
    if (!strcmp(p->text[0], "since") && split_events(p, 2, first, &second)) {
        return sqlite3_mprintf(
            "SELECT max(CASE name WHEN %Q THEN last_ns END) - max(CASE name WHEN %Q "
            "THEN last_ns END) FROM occurrence WHERE node = %Q",
            second, first, p->text[1]);
    }
    if (!strcmp(p->text[0], "flow") && p->n == 4 && !strcmp(p->text[3], "lost_share")) {
        return sqlite3_mprintf("SELECT lost * 1.0 / nullif(sent - in_flight, 0) FROM flow WHERE "
                               "flow = %Q AND direction = %Q",
                               p->text[1], p->text[2]);
    }
    if (!strcmp(p->text[0], "flow") && p->n == 4 && is_flow_column(p->text[3])) {
        return sqlite3_mprintf("SELECT \"%w\" FROM flow WHERE flow = %Q AND direction = %Q",
                               p->text[3], p->text[1], p->text[2]);
    }
    if (!strcmp(p->text[0], "disruption") && p->n == 3) {
        return sqlite3_mprintf(
            "SELECT max(disruption_ns) FROM disruption WHERE flow = %Q AND direction = %Q",
            p->text[1], p->text[2]);
    }
    if (!strcmp(p->text[0], "sa") && is_of_sas(p)) {
        return sqlite3_mprintf("SELECT ifnull(sum(\"%w\"), 0) FROM sa WHERE node = %Q AND "
                               "direction LIKE %Q",
                               p->text[p->n - 1], p->text[1], p->n == 4 ? p->text[2] : "%");
    }
    if (!strcmp(p->text[0], "counter") && p->n >= 3) {
        return sqlite3_mprintf("SELECT ifnull(sum(value), 0) FROM counter WHERE node = %Q AND "
                               "(name = %Q OR (interface = %Q AND name = %Q))",
                               p->text[1], p->rest[2], p->text[2], p->n > 3 ? p->rest[3] : "");
    }
    return NULL;
}

enum status metric_ask(struct sqlite3 *db, const char *metric, double *value, struct why *w)
{
    struct parts p;
    char *sql = cut(metric, &p) ? query_of(&p) : NULL;
    if (!sql)
        return why_set(w, ST_SYNTAX, "'%s' is not a metric", metric);
    enum status st = db_ask(db, sql, value, w);
    sqlite3_free(sql);
    return st == ST_MISSING ? why_set(w, st, "'%s' has no value", metric) : st;
}
