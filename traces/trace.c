#include "traces/trace.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "models/names.h"
#include "models/wire/ip6.h"
#include "sim/core/tap.h"
#include "traces/count.h"
#include "traces/digest.h"
#include "traces/flows.h"
#include "traces/keys.h"
#include "traces/pcapng.h"
#include "traces/qlog.h"
#include "traces/tables.h"
#include "traces/transition.h"

static void see_frame(void *self, const struct tap_frame *f)
{
    struct trace *t = self;
    if (t->setup.digest)
        digest_frame(&t->digest, f);
    if (f->what == TAP_DROPPED || f->what == TAP_LOST)
        count_link_drop(&t->count, f);
    if (t->setup.counters)
        count_frame(&t->count, f);
    if (t->setup.series)
        series_frame(t, f);
    messages_frame(&t->messages, f, t->setup.port[f->port].ethernet ? ETH_HEADER : 0);
    for (uint32_t k = 0; k < t->captures; k++)
        pcapng_frame(t->capture[k], f);
}

static void see_packet(void *self, const struct tap_packet *p)
{
    struct trace *t = self;
    if (t->setup.digest)
        digest_packet(&t->digest, p);
    flows_see(&t->flows, p);
}

static void see_drop(void *self, const struct tap_drop *d)
{
    struct trace *t = self;
    if (t->setup.digest)
        digest_drop(&t->digest, d);
    count_drop(&t->count, d);
    messages_drop(&t->messages, d);
    for (uint32_t k = 0; k < t->captures; k++)
        pcapng_drop(t->capture[k], d);
}

static void see_service(void *self, const struct tap_service *s)
{
    struct trace *t = self;
    if (t->setup.digest)
        digest_service(&t->digest, s);
    if (t->setup.series)
        series_service(t, s);
}

static void see_event(void *self, const struct tap_event *e)
{
    struct trace *t = self;
    if (t->setup.digest)
        digest_event(&t->digest, e);
    if (t->events == t->event_room) {
        t->event_room = t->event_room ? 2 * t->event_room : 256;
        t->event = realloc(t->event, t->event_room * sizeof *t->event);
        assert(t->event);
    }
    t->event[t->events++] = *e;
    if (t->setup.event_rows)
        messages_see(&t->messages, e);
    transitions_see(&t->transitions, e);
    bindings_see(&t->bindings, e);
}

static uint32_t see_sealed(void *self, const uint8_t *text, size_t n, uint8_t next, uint32_t inside)
{
    struct trace *t = self;
    return count_sealed(&t->count, text, n, next, inside);
}

static uint32_t see_opened(void *self, uint32_t inside)
{
    const struct trace *t = self;
    return count_opened(&t->count, inside);
}

static enum status open_captures(struct trace *t, struct why *w)
{
    char path[1024];
    if (!t->setup.dir || t->setup.pcap == TRACE_PCAP_NONE)
        return ST_OK;
    (void)snprintf(path, sizeof path, "%s/packets", t->setup.dir);
    if (mkdir(path, 0777) && errno != EEXIST)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    bool all = t->setup.pcap == TRACE_PCAP_ALL;
    uint32_t n = all ? 1 : t->setup.nodes;
    t->capture = calloc((size_t)n + 1, sizeof(struct pcapng *));
    assert(t->capture);
    for (uint32_t k = 0; k < n; k++) {
        (void)snprintf(path, sizeof path, "%s/packets/%s.pcapng", t->setup.dir,
                       all ? "all" : t->setup.node[k]);
        enum status st = pcapng_open(&t->capture[t->captures++], path, &t->setup, &t->count,
                                     all ? UINT32_MAX : k, w);
        if (st)
            return st;
    }
    return ST_OK;
}

struct trace *trace_open(const struct trace_setup *setup, struct sim *sim)
{
    struct trace *t = calloc(1, sizeof *t);
    assert(t);
    t->setup = *setup;
    flows_init(&t->flows, setup->flows);
    t->transitions.name = setup->node;
    t->transitions.names = setup->nodes;
    count_init(&t->count, setup->port, setup->ports, setup->nodes);
    if (setup->digest)
        digest_init(&t->digest);
    t->late_st = open_captures(t, &t->late_why); /* told at the end: nothing is whole before */
    t->tap = (struct tap){.self = t,
                          .frame = see_frame,
                          .packet = see_packet,
                          .event = see_event,
                          .drop = see_drop,
                          .service = see_service};
    t->count.words = t->captures;
    if (setup->counters || t->captures) {
        t->tap.sealed = see_sealed;
        t->tap.opened = see_opened;
    }
    sim_add_tap(sim, &t->tap);
    return t;
}

static enum status close_captures(struct trace *t, struct why *w)
{
    enum status st = t->late_st;
    if (st)
        *w = t->late_why;
    for (uint32_t k = 0; k < t->captures; k++) {
        struct why one;
        enum status end = pcapng_close(t->capture[k], &one);
        if (end && !st) {
            st = end;
            *w = one;
        }
    }
    free(t->capture);
    t->captures = 0;
    return st;
}

static enum status write_flows(struct trace *t, struct why *w)
{
    char path[1024];
    enum status st = ST_OK;
    if (!t->setup.dir || !t->setup.packets)
        return ST_OK;
    (void)snprintf(path, sizeof path, "%s/flows", t->setup.dir);
    if (mkdir(path, 0777) && errno != EEXIST)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    for (uint32_t k = 0; k < t->setup.flows && !st; k++)
        st = flows_write_csv(&t->flows, k, &t->setup.flow[k], t->setup.dir, w);
    return st;
}

static enum status write_events(struct trace *t, struct why *w)
{
    char path[1024];
    if (!t->setup.dir || !t->setup.events)
        return ST_OK;
    (void)snprintf(path, sizeof path, "%s/events.sqlog", t->setup.dir);
    return qlog_write(path, &t->setup, t->event, t->events, w);
}

static enum status write_keys(const struct trace *t, const struct trace_end *end, struct why *w)
{
    if (!t->setup.dir || !t->setup.keys || t->setup.pcap == TRACE_PCAP_NONE)
        return ST_OK;
    return keys_write(t->setup.dir, end, w);
}

enum status trace_close(struct trace *t, const struct trace_end *end, struct why *w)
{
    char path[1024] = "";
    if (end->stop)
        t->setup.run.stop = end->stop;
    if (t->setup.digest)
        digest_done(&t->digest, t->digest_text);
    enum status st = close_captures(t, w);
    if (!st)
        st = write_keys(t, end, w);
    if (!st)
        st = write_flows(t, w);
    if (!st)
        st = write_events(t, w);
    if (st)
        return st;
    if (t->setup.dir) {
        (void)snprintf(path, sizeof path, "%s/results.sqlite", t->setup.dir);
    } else if (t->setup.database) {
        (void)snprintf(path, sizeof path, "%s", t->setup.database);
    }
    st = db_create(&t->db, *path ? path : NULL, t->setup.event_rows ? NULL : "event", w);
    if (!st)
        st = tables_write(t, end, w);
    if (!st)
        st = tables_expect(t, end->expect, w);
    if (!st)
        st = db_commit(t->db, w);
    return st;
}

struct sqlite3 *trace_db(struct trace *t)
{
    return t->db;
}

const char *trace_digest(const struct trace *t)
{
    return t->digest_text;
}

size_t trace_unmet(const struct trace *t)
{
    return t->unmet;
}

void trace_print_unmet(struct trace *t, const char *place, FILE *out)
{
    sqlite3_stmt *q = NULL;
    (void)sqlite3_prepare_v2(t->db, "SELECT line, text, found FROM expectation WHERE held = 0", -1,
                             &q, NULL);
    while (sqlite3_step(q) == SQLITE_ROW) {
        (void)fprintf(out, "%s: expectation %d does not hold: %s; found %s\n", place,
                      sqlite3_column_int(q, 0), sqlite3_column_text(q, 1),
                      sqlite3_column_text(q, 2));
    }
    (void)sqlite3_finalize(q);
}

void trace_free(struct trace *t)
{
    struct why w;
    if (!t)
        return;
    if (t->captures) /* a run that was given up */
        (void)!close_captures(t, &w);
    if (t->setup.digest && !*t->digest_text)
        digest_done(&t->digest, t->digest_text);
    (void)sqlite3_close(t->db);
    flows_release(&t->flows);
    count_release(&t->count);
    transitions_release(&t->transitions);
    bindings_release(&t->bindings);
    messages_release(&t->messages);
    free(t->event);
    free(t->bin);
    free(t->use);
    free(t);
}
