#include "traces/tables.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "models/names.h"
#include "traces/expect.h"
#include "traces/metrics.h"
#include "traces/qlog.h"

static const char *const directions[] = {"up", "down"};

static enum status put_run(struct trace *t, uint64_t events, struct why *w)
{
    struct db_row row;
    const struct trace_run *run = &t->setup.run;
    enum status st = db_rows(&row, t->db, "run", w);
    if (st)
        return st;
    db_text(&row, run->run_key);
    db_text(&row, run->scenario);
    db_text(&row, run->title);
    db_int(&row, run->seed);
    db_int(&row, run->replication);
    db_text(&row, run->engine);
    db_text(&row, run->crypto);
    db_text(&row, run->knowledge);
    db_text(&row, run->processor);
    db_int(&row, run->stop);
    db_int(&row, (int64_t)events);
    db_text(&row, t->digest_text);
    db_text(&row, run->version);
    st = db_put(&row, w);
    db_rows_done(&row);
    return st;
}

static enum status put_parameters(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "parameter", w);
    for (size_t k = 0; k < t->setup.parameters && !st; k++) {
        db_text(&row, t->setup.parameter[k].name);
        db_text(&row, t->setup.parameter[k].value);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}

static double or_null(double v)
{
    return v < 0 ? (double)NAN : v;
}

static void put_metrics(struct db_row *row, const struct flow_metrics *m)
{
    db_int(row, (int64_t)m->sent);
    db_int(row, (int64_t)m->received);
    db_int(row, (int64_t)m->lost);
    db_int(row, (int64_t)m->late);
    db_int(row, (int64_t)m->missed);
    db_int(row, (int64_t)m->in_flight);
    db_int(row, (int64_t)m->duplicated);
    db_int(row, (int64_t)m->reordered);
    db_int(row, (int64_t)m->received_bytes);
    db_real(row, or_null(m->delay_mean_ns));
    db_time(row, m->delay_p50_ns);
    db_time(row, m->delay_p95_ns);
    db_time(row, m->delay_p99_ns);
    db_time(row, m->delay_max_ns);
    db_real(row, or_null(m->ipdv_mean_ns));
    db_time(row, m->pdv_p99_ns);
    db_time(row, m->longest_gap_ns);
    db_real(row, m->has_mos ? m->mos_mean : (double)NAN);
    db_real(row, m->has_mos ? m->mos_worst : (double)NAN);
}

static enum status put_flows(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "flow", w);
    for (uint32_t k = 0; k < 2 * t->setup.flows && !st; k++) {
        const struct trace_flow *of = &t->setup.flow[k / 2];
        struct flow_metrics m;
        if (!of->on[k % 2])
            continue;
        metrics_of(&t->flows.record[k], of, t->setup.run.stop, &m);
        db_text(&row, of->name);
        db_text(&row, directions[k % 2]);
        db_text(&row, of->end[k % 2]);
        db_text(&row, of->end[1 - k % 2]);
        db_text(&row, of->traffic);
        put_metrics(&row, &m);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}

/* Copy `copy` of the packet with number `s`, of one direction of a flow. */
static enum status put_packet(struct trace *t, struct db_row *row, uint32_t f, size_t s, int copy,
                              struct why *w)
{
    const struct flow_row *p = &t->flows.record[f].copy[copy].row[s];
    db_text(row, t->setup.flow[f / 2].name);
    db_text(row, directions[f % 2]);
    db_int(row, (int64_t)s);
    db_int(row, copy);
    db_int(row, p->sent);
    db_time(row, p->received);
    db_int(row, p->bytes);
    db_int(row, p->overhead);
    db_text(row, flows_path_name(p->path));
    db_int(row, p->bid);
    db_text(row, flows_fate_name(p->fate));
    return db_put(row, w);
}

static enum status put_packets(struct trace *t, struct why *w)
{
    struct db_row row;
    if (!t->setup.packets)
        return ST_OK;
    enum status st = db_rows(&row, t->db, "packet", w);
    for (uint32_t k = 0; k < 2 * t->setup.flows; k++) {
        const struct flow_record *r = &t->flows.record[k];
        for (size_t s = 0; s < r->copy[0].n && !st; s++) {
            for (int c = 0; c < FLOWS_COPIES && !st; c++) {
                if (s < r->copy[c].n && r->copy[c].row[s].there)
                    st = put_packet(t, &row, k, s, c, w);
            }
        }
    }
    db_rows_done(&row);
    return st;
}

static enum status put_transitions(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "transition", w);
    for (size_t k = 0; k < t->transitions.n && !st; k++) {
        const struct transition *x = &t->transitions.list[k];
        db_int(&row, (int64_t)k + 1);
        db_text(&row, t->setup.node[x->node]);
        db_text(&row, transition_kind_name(x->kind));
        db_int(&row, (int64_t)x->cause);
        db_text(&row, x->from);
        db_text(&row, x->to);
        db_time(&row, x->link_down);
        db_time(&row, x->detected);
        db_time(&row, x->link_up);
        db_time(&row, x->router);
        db_time(&row, x->address);
        db_time(&row, x->bu_sent);
        db_time(&row, x->ba_received);
        db_time(&row, x->ike_start);
        db_time(&row, x->ike_done);
        db_time(&row, x->at);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}

static enum status put_disruption(struct trace *t, struct db_row *row, size_t k, uint32_t f,
                                  struct why *w)
{
    const struct trace_flow *of = &t->setup.flow[f / 2];
    struct disruption d;
    disruption_of(&t->transitions.list[k], &t->flows.record[f], of, &d);
    db_int(row, (int64_t)k + 1);
    db_text(row, of->name);
    db_text(row, directions[f % 2]);
    db_time(row, d.last_before);
    db_time(row, d.first_after);
    db_int(row, of->interval);
    db_time(row, d.disruption);
    db_int(row, (int64_t)d.lost);
    db_int(row, (int64_t)d.late);
    db_int(row, (int64_t)d.duplicated);
    return db_put(row, w);
}

static enum status put_disruptions(struct trace *t, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "disruption", w);
    for (size_t k = 0; k < t->transitions.n; k++) {
        for (uint32_t f = 0; f < 2 * t->setup.flows && !st; f++) {
            const struct trace_flow *of = &t->setup.flow[f / 2];
            uint32_t node = t->transitions.list[k].node;
            if (of->on[f % 2] && (of->node[0] == node || of->node[1] == node))
                st = put_disruption(t, &row, k, f, w);
        }
    }
    db_rows_done(&row);
    return st;
}

/* ---- events ------------------------------------------------------------------------ */

/* One event as a row; `data` is a stream into `*text` that is written anew for each. */
static enum status put_event(struct db_row *row, const struct tap_event *e, const char *node,
                             FILE *data, char *const *text, struct why *w)
{
    struct json_writer j = jw_to(data, 0);
    rewind(data);
    jw_object(&j, NULL);
    qlog_put_fields(&j, e);
    jw_end(&j);
    (void)fputc('\0', data);
    if (fflush(data))
        return why_set(w, ST_NOMEM, "out of memory");
    (*text)[strlen(*text) - 1] = '\0'; /* the end of the line */
    db_int(row, (int64_t)e->id);
    db_int(row, (int64_t)e->cause);
    db_int(row, e->t);
    db_text(row, node);
    db_text(row, event_name(e->name));
    db_text(row, *text);
    return db_put(row, w);
}

static enum status put_events(struct trace *t, struct why *w)
{
    struct db_row row;
    char *text = NULL;
    size_t n = 0;
    FILE *data = open_memstream(&text, &n);
    assert(data);
    enum status st = db_rows(&row, t->db, "event", w);
    for (size_t k = 0; k < t->events && !st; k++)
        st = put_event(&row, &t->event[k], t->setup.node[t->event[k].node], data, &text, w);
    db_rows_done(&row);
    (void)fclose(data);
    free(text);
    return st;
}

/* By node, and by name as the list of events has them. */
static enum status put_occurrences(struct trace *t, struct why *w)
{
    struct occurrence {
        int64_t count;
        sim_time last;
    } *of = calloc((size_t)t->setup.nodes * EVENT_NAMES + 1, sizeof *of);
    struct db_row row;
    assert(of);
    for (size_t k = 0; k < t->events; k++) {
        struct occurrence *o = &of[t->event[k].node * EVENT_NAMES + t->event[k].name];
        o->count++;
        o->last = t->event[k].t;
    }
    enum status st = db_rows(&row, t->db, "occurrence", w);
    for (size_t k = 0; k < (size_t)t->setup.nodes * EVENT_NAMES && !st; k++) {
        if (!of[k].count)
            continue;
        db_text(&row, t->setup.node[k / EVENT_NAMES]);
        db_text(&row, event_name((uint16_t)(k % EVENT_NAMES)));
        db_int(&row, of[k].count);
        db_int(&row, of[k].last);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    free(of);
    return st;
}

/* ---- all of them ------------------------------------------------------------------- */

enum status tables_write(struct trace *t, const struct trace_end *end, struct why *w)
{
    enum status (*const put[])(struct trace *, struct why *) = {
        put_flows,  put_packets,     put_transitions, put_disruptions, tables_bindings,
        put_events, tables_messages, put_occurrences, tables_series,   put_parameters};
    enum status st = put_run(t, end->events, w);
    for (size_t k = 0; k < sizeof put / sizeof put[0] && !st; k++)
        st = put[k](t, w);
    if (!st)
        st = tables_counters(t, end, w);
    if (!st)
        st = tables_sas(t, end, w);
    return st ? st : tables_links(t, end, w);
}

enum status tables_expect(struct trace *t, const struct key_list *expect, struct why *w)
{
    struct db_row row;
    const struct expect *e = expect->items;
    enum status st = db_rows(&row, t->db, "expectation", w);
    for (size_t k = 0; k < expect->n && !st; k++) {
        char text[512];
        char found[256] = "";
        bool held = false;
        st = expect_ask(&e[k], t->db, &held, found, sizeof found, w);
        if (st)
            break;
        t->unmet += !held;
        expect_text(&e[k], text, sizeof text);
        db_int(&row, (int64_t)k + 1);
        db_text(&row, text);
        db_text(&row, found);
        db_int(&row, held);
        st = db_put(&row, w);
    }
    db_rows_done(&row);
    return st;
}
