#include "traces/db.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <sqlite3.h>

const struct db_table db_tables[] = {
    {"run",
     "run_key TEXT, scenario TEXT, title TEXT, seed INTEGER, replication INTEGER, engine TEXT, "
     "crypto TEXT, knowledge TEXT, processor TEXT, stop_ns INTEGER, events INTEGER, digest TEXT, version TEXT",
     "one row: what was run; events is the number of engine events; knowledge is oracle where any "
     "node has `detection: oracle`, else protocol; processor is zero where no work takes time, else "
     "the profiles of the nodes' processors"},
    {"flow",
     "flow TEXT, direction TEXT, source TEXT, destination TEXT, traffic TEXT, sent INTEGER, "
     "received INTEGER, lost INTEGER, late INTEGER, missed INTEGER, in_flight INTEGER, duplicated INTEGER, "
     "reordered INTEGER, received_bytes INTEGER, delay_mean_ns REAL, delay_p50_ns INTEGER, "
     "delay_p95_ns INTEGER, delay_p99_ns INTEGER, delay_max_ns INTEGER, ipdv_mean_ns REAL, "
     "pdv_p99_ns INTEGER, longest_gap_ns INTEGER, mos_mean REAL, mos_worst REAL",
     "a row a direction of a flow: what was sent is received, lost, or in_flight, on its way at the end; "
     "missed is lost or late; ipdv_mean_ns is how much the delays of successive packets differ (RFC 5481 4.1), "
     "pdv_p99_ns the 99 % quantile of delay minus the least delay (RFC 5481 4.2), longest_gap_ns between two "
     "arrivals; of voice, mos_mean and mos_worst of windows of 10 s, by the E-model (ITU-T G.107)"},
    {"packet",
     "flow TEXT, direction TEXT, sequence INTEGER, copy INTEGER, sent_ns INTEGER, "
     "received_ns INTEGER, bytes INTEGER, overhead_bytes INTEGER, path TEXT, bid INTEGER, fate TEXT",
     "a row a copy of a packet: bytes of the IPv6 packet as its source made it, overhead_bytes what all "
     "tunnels, ESP, options and fragments on its way have added; path is its last encapsulation: tunnel, "
     "optimised (past the home agent, RFC 6275 11.7.2), or direct, without any; bid the BID that it was sent on; "
     "received_ns is NULL unless it came; fate says why not"},
    {"transition",
     "transition INTEGER, node TEXT, kind TEXT, cause INTEGER, from_interface TEXT, "
     "to_interface TEXT, link_down_ns INTEGER, detected_ns INTEGER, link_up_ns INTEGER, "
     "router_ns INTEGER, address_ns INTEGER, bu_sent_ns INTEGER, ba_received_ns INTEGER, "
     "ike_start_ns INTEGER, ike_done_ns INTEGER, done_ns INTEGER",
     "what changed the way of packets: BID added, removed, moved; flow moved; IKE moved. link_down_ns and "
     "detected_ns are those of from_interface, unless it has come back and was registered again since. ike_start_ns is "
     "the first request with UPDATE_SA_ADDRESSES or of a new IKE SA, ike_done_ns the answer or when that "
     "is up; with the K bit both are NULL"},
    {"disruption",
     "transition INTEGER, flow TEXT, direction TEXT, last_before_ns INTEGER, "
     "first_after_ns INTEGER, interval_ns INTEGER, disruption_ns INTEGER, lost INTEGER, "
     "late INTEGER, duplicated INTEGER",
     "what each transition did to each direction of the node's flows: the widest gap between "
     "arrivals, minus the packet interval. Where nothing came any more first_after_ns is NULL, and "
     "disruption_ns, up to when the last packet should have come, is the least that it can be; of a flow that never "
     "received anything it is NULL"},
    {"binding",
     "node TEXT, peer TEXT, home_address TEXT, bid INTEGER, care_of_address TEXT, made_ns INTEGER, "
     "changed_ns INTEGER, ended_ns INTEGER, how TEXT",
     "a row a care-of address of a binding that a node held, for its peer: a move ends it (how is "
     "`moved`) and begins the next; changed_ns is that of its last refresh or its end, ended_ns is "
     "NULL if it still stands"},
    {"sa",
     "node TEXT, spi INTEGER, direction TEXT, mode TEXT, suite TEXT, replay_window INTEGER, esn INTEGER, "
     "policy TEXT, selectors TEXT, end_point TEXT, "
     "bid INTEGER, ike_spi TEXT, made_ns INTEGER, moved_ns INTEGER, ended_ns INTEGER, packets INTEGER, "
     "bytes INTEGER, icv INTEGER, replay INTEGER, too_old INTEGER, selector INTEGER, dummy INTEGER",
     "a row an SA as its node had it: replay_window 0: no anti-replay, NULL of a sender, esn 1 with "
     "extended sequence numbers; policy is what it was made for; end_point is the other end of a tunnel, bid the only care-of "
     "address that it is for, ike_spi what made it, moved_ns the last change of end_point, each NULL "
     "if there is none; packets that it refused: icv (check value), replay, too_old (left of the "
     "window), selector (not what it is for), dummy"},
    {"event", "id INTEGER, cause INTEGER, t_ns INTEGER, node TEXT, name TEXT, data TEXT",
     "what the protocols did; data is JSON, cause the id of the event that led to it"},
    {"message",
     "event INTEGER, bytes INTEGER, spi INTEGER, lost_ns INTEGER, lost_at TEXT, lost_why TEXT",
     "a row an event that tells of a message sent: bytes of its IPv6 packet, spi of the outermost ESP "
     "that it left in (NULL: none), and when, where (an interface, a node) and why it was lost, or a "
     "part of it (NULL: it was not); kept with the events"},
    {"occurrence", "node TEXT, name TEXT, count INTEGER, last_ns INTEGER",
     "how often each event happened at a node, and when last"},
    {"counter", "node TEXT, interface TEXT, name TEXT, value INTEGER",
     "messages, options and bytes of each interface, and what was dropped and why: on the link that an "
     "interface sent to, or by the node (interface NULL); of a node whose processor has a profile, "
     "cpu.jobs that it has done, cpu.busy_ns of all its cores, cpu.waited_ns of all jobs before they "
     "were begun, cpu.queue_max that waited at once"},
    {"series", "t_ns INTEGER, node TEXT, interface TEXT, name TEXT, value REAL",
     "bit/s of each interface in bins that end at t_ns; of a node whose processor has a profile, cpu.use: "
     "the share of its cores that worked (interface NULL)"},
    {"link",
     "link TEXT, direction TEXT, packets INTEGER, bytes INTEGER, dropped_queue INTEGER, "
     "dropped_loss INTEGER, dropped_down INTEGER, queue_max INTEGER",
     "what each direction of each link took and lost; what is sent from or to a station that has no link is "
     "taken by none (counter drop.link_down of its sender)"},
    {"parameter", "name TEXT, value ANY", "what a sweep varied"},
    {"expectation", "line INTEGER, text TEXT, found TEXT, held INTEGER",
     "the scenario's `expect` list and what was found"},
    {NULL, NULL, NULL},
};

static enum status fail(struct sqlite3 *db, struct why *w)
{
    if (!db)
        return why_set(w, ST_IO, "results: out of memory");
    const char *name = sqlite3_db_filename(db, "main");
    int code = sqlite3_errcode(db);
    int reason = code == SQLITE_IOERR || code == SQLITE_CANTOPEN ? sqlite3_system_errno(db) : 0;
    return why_set(w, ST_IO, "%.150s: %s%s%s", name && *name ? name : "results", sqlite3_errmsg(db),
                   reason ? ": " : "", reason ? strerror(reason) : "");
}

enum status db_do(struct sqlite3 *db, const char *sql, struct why *w)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ST_OK : fail(db, w);
}

static enum status make_tables(struct sqlite3 *db, const char *aside, struct why *w)
{
    for (const struct db_table *t = db_tables; t->name; t++) {
        const char *where = aside && !strcmp(t->name, aside) ? "temp." : "";
        char *sql = sqlite3_mprintf("CREATE TABLE %s%s (%s) STRICT", where, t->name, t->columns);
        assert(sql);
        enum status st = db_do(db, sql, w);
        sqlite3_free(sql);
        if (st)
            return st;
    }
    return ST_OK;
}

enum status db_create(struct sqlite3 **db, const char *path, const char *aside, struct why *w)
{
    if (sqlite3_open(path ? path : ":memory:", db) != SQLITE_OK)
        return fail(*db, w);
    /* Many small files have small pages. */
    enum status st = db_do(*db, aside ? "PRAGMA page_size = 1024" : "PRAGMA page_size = 4096", w);
    char version[64];
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d; BEGIN", DB_VERSION);
    if (!st)
        st = db_do(
            *db, "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
            w);
    if (!st)
        st = db_do(*db, version, w);
    return st ? st : make_tables(*db, aside, w);
}

enum status db_open(struct sqlite3 **db, const char *path, struct why *w)
{
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return why_set(w, ST_IO, "%s: %s", path, *db ? sqlite3_errmsg(*db) : "out of memory");
    double version = 0;
    struct why inner;
    if (db_ask(*db, "PRAGMA user_version", &version, &inner))
        return why_set(w, ST_SYNTAX, "%s: not a results file of this version (%s)", path,
                       sqlite3_errmsg(*db));
    if ((int)version != DB_VERSION)
        return why_set(w, ST_SYNTAX, "%s: not a results file of this version", path);
    return ST_OK;
}

void db_take_names_as_they_are(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_URI, 0); /* it refuses only after the first database */
}

void db_close(struct sqlite3 *db)
{
    (void)sqlite3_close(db);
}

const char *db_library(void)
{
    return "SQLite " SQLITE_VERSION;
}

enum status db_commit(struct sqlite3 *db, struct why *w)
{
    return db_do(db, "COMMIT", w);
}

/* ---- rows ---------------------------------------------------------------------------- */

static int columns_of(const char *table)
{
    for (const struct db_table *t = db_tables; t->name; t++) {
        if (strcmp(t->name, table) != 0)
            continue;
        int n = 1;
        for (const char *c = t->columns; *c; c++)
            n += *c == ',';
        return n;
    }
    assert(false && "a table of the list");
    return 0;
}

enum status db_rows(struct db_row *row, struct sqlite3 *db, const char *table, struct why *w)
{
    char marks[128] = "?";
    for (int k = 1; k < columns_of(table); k++)
        (void)strcat(marks, ",?");
    char *sql = sqlite3_mprintf("INSERT INTO %s VALUES (%s)", table, marks);
    assert(sql);
    int bad = sqlite3_prepare_v2(db, sql, -1, &row->statement, NULL);
    sqlite3_free(sql);
    row->at = 1;
    return bad ? fail(db, w) : ST_OK;
}

void db_int(struct db_row *row, int64_t v)
{
    (void)sqlite3_bind_int64(row->statement, row->at++, v);
}

void db_time(struct db_row *row, int64_t ns)
{
    if (ns < 0) {
        (void)sqlite3_bind_null(row->statement, row->at++);
    } else {
        db_int(row, ns);
    }
}

void db_real(struct db_row *row, double v)
{
    (void)sqlite3_bind_double(row->statement, row->at++, v); /* NaN is stored as NULL */
}

void db_text(struct db_row *row, const char *v)
{
    (void)sqlite3_bind_text(row->statement, row->at++, v, -1, SQLITE_TRANSIENT);
}

enum status db_put(struct db_row *row, struct why *w)
{
    assert(row->at == sqlite3_bind_parameter_count(row->statement) + 1);
    struct sqlite3 *db = sqlite3_db_handle(row->statement);
    int bad = sqlite3_step(row->statement) != SQLITE_DONE;
    enum status st = bad ? fail(db, w) : ST_OK;
    (void)sqlite3_reset(row->statement);
    row->at = 1;
    return st;
}

void db_rows_done(struct db_row *row)
{
    (void)sqlite3_finalize(row->statement);
    row->statement = NULL;
}

enum status db_ask(struct sqlite3 *db, const char *sql, double *value, struct why *w)
{
    struct sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return fail(db, w);
    bool found =
        sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL;
    if (found)
        *value = sqlite3_column_double(statement, 0);
    if (sqlite3_finalize(statement) != SQLITE_OK)
        return fail(db, w); /* damaged: nothing is known about the row */
    return found ? ST_OK : why_set(w, ST_MISSING, "no such row");
}

void db_print_reference(FILE *out)
{
    for (const struct db_table *t = db_tables; t->name; t++)
        (void)fprintf(out, "### %s\n\n%s.\n\n`%s`\n\n", t->name, t->help, t->columns);
}
