/* Mobile nodes whose home addresses come from their home agents while the run goes on. */
#include <string.h>

#include "models/node/agent.h"
#include "models/node/mobile.h"
#include "models/node/protect.h"
#include "sim/world/world_parts.h"

/* What waits for one. */
struct world_home {
    const struct node_config *how;
    struct node *node;
    struct node *agent;
    struct decider *down;
    struct world_home *next;
};

void world_await_home(struct world *w, const struct node_config *how, struct node *n,
                      struct decider *down)
{
    struct world_home *h = arena_take(w->arena, sizeof *h);
    *h = (struct world_home){how, n, world_node(w, how->home.agent), down, w->homes};
    w->homes = h;
}

/* Both ends of its flows. */
static void place_flows(struct world *w, const struct world_home *h, const struct addr *home)
{
    for (size_t k = 0; k < w->scenario->flows.n; k++) {
        struct trace_flow *t = &w->trace_flow[k];
        for (int e = 0; e < 2; e++) {
            if (strcmp(t->end[e], h->how->name) != 0)
                continue;
            t->address[e] = *home;
            w->flow[k].source[e].src = *home;
            w->flow[k].source[1 - e].dst = *home;
        }
    }
}

static void tell_oracle(struct world *w, const struct world_home *h, const struct addr *home)
{
    for (const struct world_station *s = w->stations; s; s = s->next) {
        if (s->node == h->node && s->agent_node)
            agent_oracle(h->agent->agent, home, s->bid, station_carries(s->station));
    }
}

void world_homed(void *owner, const struct protected *who, const struct addr *home)
{
    struct world *w = owner;
    const struct world_home *h = w->homes;
    while (h && strcmp(h->how->name, who->identity) != 0)
        h = h->next;
    if (!h || addr_unspecified(home))
        return;
    if (protection_node(who->of) == h->agent) {
        agent_set_decider(h->agent->agent, home, h->down);
        tell_oracle(w, h, home);
    } else {
        place_flows(w, h, home);
        for (uint32_t k = 0; k < w->trace_homes; k++) {
            if (!strcmp(w->trace_home[k].node, h->how->name))
                w->trace_home[k].address = *home;
        }
    }
}

struct addr world_pool(const struct world *w, const struct node_config *agent)
{
    const struct network_config *net =
        SCENARIO_FIND(w->scenario->networks, struct network_config, agent->network);
    return scenario_pool(&agent->responder, &net->prefix.prefix);
}
