/* What a run has counted: of nodes, interfaces and links. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "traces/reach.h"
#include "traces/tables.h"

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

enum status tables_counters(struct trace *t, const struct trace_end *end, struct why *w)
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

enum status tables_links(struct trace *t, const struct trace_end *end, struct why *w)
{
    struct db_row row;
    const struct trace_link *link = end->link;
    enum status st = db_rows(&row, t->db, "link", w);
    for (size_t k = 0; k < end->links && !st; k++) {
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
