/* Networks of a scenario that somebody else carries. */
#include <string.h>

#include "sim/world/world_parts.h"

void world_take_outside(const struct world *w, struct world_network *net)
{
    for (size_t k = 0; k < w->outsides; k++) {
        const struct world_outside *o = &w->outside[k];
        if (!strcmp(o->network, net->how->name))
            (void)access_set_outside(net->access, o->ways, o->owner);
    }
}

/* Of the network as a whole: what its ways are, others know. */
struct trace_link world_outside_link(const struct world *w, const struct world_outside *o)
{
    const struct outside_count *c = &world_network(w, o->network)->access->outside->count;
    return (struct trace_link){.link = o->network,
                               .direction = "outside",
                               .packets = c->sent,
                               .bytes = c->bytes,
                               .dropped_queue = c->refused,
                               .dropped_loss = c->lost};
}

void world_hand_over(const struct world_station *s, unsigned cell)
{
    const struct outside *o = s->net->access->outside;
    if (s->station->attached && o && o->ways->hand_over)
        o->ways->hand_over(o->owner, s->station->host, cell);
}

void world_cell_changed(const struct world *w, const struct port *host, unsigned cell,
                        const char *how)
{
    for (const struct world_station *s = w->stations; s; s = s->next) {
        if (s->station && s->station->host == host) {
            NODE_EVENT(s->node, EV_L2_CELL, field_text("interface", s->iface->name),
                       field_int("cell", (int64_t)cell), field_text("how", how));
            return;
        }
    }
}

static bool is_outside(const char *network, const struct world_outside *outside, size_t outsides)
{
    for (size_t k = 0; k < outsides; k++) {
        if (network && !strcmp(outside[k].network, network))
            return true;
    }
    return false;
}

/* What is replayed changes channels, which carry nothing there. */
static enum status check_inputs(const struct scenario *s, const struct world_outside *outside,
                                size_t outsides, struct why *why)
{
    const struct node_config *n = KEY_ITEMS(s->nodes, struct node_config);
    for (size_t k = 0; k < s->nodes.n; k++) {
        const struct interface_config *i = KEY_ITEMS(n[k].interfaces, struct interface_config);
        for (size_t j = 0; j < n[k].interfaces.n; j++) {
            if (i[j].trace.given && is_outside(i[j].attach, outside, outsides))
                return why_set(why, ST_RANGE,
                               "nodes.%s.interfaces.%s.trace: network %s is carried outside",
                               n[k].name, i[j].name, i[j].attach);
        }
    }
    return ST_OK;
}

enum status world_outside_check(const struct scenario *s, const struct world_outside *outside,
                                size_t outsides, struct why *why)
{
    for (size_t k = 0; k < outsides; k++) {
        if (!SCENARIO_FIND(s->networks, struct network_config, outside[k].network))
            return why_set(why, ST_MISSING, "there is no network %s", outside[k].network);
    }
    const struct event_config *e = KEY_ITEMS(s->events, struct event_config);
    for (size_t k = 0; k < s->events.n; k++) {
        if (is_outside(e[k].outage, outside, outsides))
            return why_set(why, ST_RANGE, "events[%zu]: an outage of network %s, which is outside",
                           k, e[k].outage);
    }
    return check_inputs(s, outside, outsides, why);
}
