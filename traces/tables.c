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
#include "traces/reach.h"

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

static enum status put_packet(struct db_row *row, const char *flow, const char *direction, size_t s,
                              int copy, const struct flow_row *p, struct why *w)
{
    db_text(row, flow);
    db_text(row, direction);
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
                if (s < r->copy[c].n && r->copy[c].row[s].there) {
                    st = put_packet(&row, t->setup.flow[k / 2].name, directions[k % 2], s, c,
                                    &r->copy[c].row[s], w);
                }
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

/* ---- counters, links, series ----------------------------------------------------- */

const char *tables_interface(const struct trace_port *port, const char *node)
{
    size_t n = strlen(node);
    bool prefixed = !strncmp(port->name, node, n) && port->name[n] == '.';
    return prefixed ? port->name + n + 1 : port->name;
}

static enum status put_counter(struct db_row *row, const char *node, const char *interface,
                               const char *name, uint64_t value, struct why *w)
{
    db_text(row, node);
    db_text(row, interface);
    db_text(row, name);
    db_int(row, (int64_t)value);
    return db_put(row, w);
}

static enum status put_port(struct trace *t, struct db_row *row, uint32_t port, struct why *w)
{
    const struct trace_port *p = &t->setup.port[port];
    const char *node = t->setup.node[p->node];
    enum status st = ST_OK;
    for (unsigned name = 0; name < COUNTS; name++) {
        for (unsigned way = 0; way < COUNT_WAYS && !st; way++) {
            char text[64];
            uint64_t value = t->count.port[port][way][name];
            (void)snprintf(text, sizeof text, "%s.%s", count_name(name), count_way(way));
            if (value)
                st = put_counter(row, node, tables_interface(p, node), text, value, w);
        }
    }
    return st;
}

static enum status put_port_drops(struct trace *t, struct db_row *row, uint32_t port, struct why *w)
{
    const struct trace_port *p = &t->setup.port[port];
    const char *node = t->setup.node[p->node];
    enum status st = ST_OK;
    for (uint16_t reason = 1; reason < TAP_NODE_REASONS && !st; reason++) {
        char text[64];
        uint64_t value = t->count.link[port][reason];
        if (!value)
            continue;
        (void)snprintf(text, sizeof text, "drop.%s", drop_name(reason));
        st = put_counter(row, node, tables_interface(p, node), text, value, w);
    }
    return st;
}

/* Of one node: each reason, and how many at each stage. */
static enum status put_drops(struct trace *t, struct db_row *row, uint32_t node, struct why *w)
{
    char text[64];
    uint64_t at[DROP_STAGES] = {0};
    enum status st = ST_OK;
    for (unsigned reason = 1; reason < DROP_REASONS && !st; reason++) {
        uint64_t value = count_dropped(&t->count, node, reason);
        if (!value)
            continue;
        at[drop_stage((uint16_t)reason)] += value;
        (void)snprintf(text, sizeof text, "drop.%s", drop_name((uint16_t)reason));
        st = put_counter(row, t->setup.node[node], NULL, text, value, w);
    }
    for (unsigned stage = 0; stage < DROP_STAGES && !st; stage++) {
        if (!at[stage])
            continue;
        (void)snprintf(text, sizeof text, "drops.%s", drop_stage_name(stage));
        st = put_counter(row, t->setup.node[node], NULL, text, at[stage], w);
    }
    return st;
}

static enum status put_processor(const struct trace *t, struct db_row *row,
                                 const struct trace_cpu *c, struct why *w)
{
    const struct {
        const char *name;
        uint64_t value;
    } of[] = {{"cpu.jobs", c->jobs},
              {"cpu.busy_ns", (uint64_t)c->busy},
              {"cpu.waited_ns", (uint64_t)c->waited},
              {"cpu.queue_max", c->queue_max}};
    enum status st = ST_OK;
    for (size_t k = 0; k < sizeof of / sizeof of[0] && !st; k++)
        st = put_counter(row, t->setup.node[c->node], NULL, of[k].name, of[k].value, w);
    return st;
}

/* Time in which a home agent could not reach the node's IKE. */
static enum status put_reach(const struct trace *t, struct db_row *row, struct why *w)
{
    size_t n;
    struct reach *r = reach_measure(t->event, t->events, t->setup.run.stop, &n);
    enum status st = ST_OK;
    for (size_t k = 0; k < n && !st; k++)
        st = put_counter(row, t->setup.node[r[k].node], NULL, "ike.unreachable_ns",
                         (uint64_t)r[k].lost, w);
    free(r);
    return st;
}

static enum status put_counters(struct trace *t, const struct trace_end *end, struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "counter", w);
    for (uint32_t node = 0; node < t->setup.nodes && !st; node++)
        st = put_drops(t, &row, node, w);
    for (size_t k = 0; k < end->counts && !st; k++)
        st = put_counter(&row, t->setup.node[end->count[k].node], NULL, end->count[k].name,
                         end->count[k].value, w);
    if (!st)
        st = put_reach(t, &row, w);
    for (size_t k = 0; k < end->cpus && !st; k++)
        st = put_processor(t, &row, &end->cpu[k], w);
    for (uint32_t k = 0; k < t->setup.ports && !st; k++) {
        st = put_port_drops(t, &row, k, w);
        if (!st && t->setup.counters)
            st = put_port(t, &row, k, w);
    }
    db_rows_done(&row);
    return st;
}

static enum status put_links(struct trace *t, const struct trace_link *link, size_t links,
                             struct why *w)
{
    struct db_row row;
    enum status st = db_rows(&row, t->db, "link", w);
    for (size_t k = 0; k < links && !st; k++) {
        db_text(&row, link[k].link);
        db_text(&row, link[k].direction);
        db_int(&row, (int64_t)link[k].packets);
        db_int(&row, (int64_t)link[k].bytes);
        db_int(&row, (int64_t)link[k].dropped_queue);
        db_int(&row, (int64_t)link[k].dropped_loss);
        db_int(&row, (int64_t)link[k].dropped_down);
        db_int(&row, (int64_t)link[k].queue_max);
        st = db_put(&row, w);
    }
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

enum status tables_write(struct trace *t, const struct trace_end *end, struct why *w)
{
    enum status (*const put[])(struct trace *, struct why *) = {
        put_flows,  put_packets,     put_transitions, put_disruptions, tables_bindings,
        put_events, tables_messages, put_occurrences, tables_series,   put_parameters};
    enum status st = put_run(t, end->events, w);
    for (size_t k = 0; k < sizeof put / sizeof put[0] && !st; k++)
        st = put[k](t, w);
    if (!st)
        st = put_counters(t, end, w);
    if (!st)
        st = tables_sas(t, end, w);
    return st ? st : put_links(t, end->link, end->links, w);
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
