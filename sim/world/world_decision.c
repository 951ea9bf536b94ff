/* What decides about a mobile node's flows, at both ends. */
#include <assert.h>
#include <string.h>

#include "models/node/choices.h"
#include "sim/world/decision_module.h"
#include "sim/world/world_parts.h"

/* The flows of this node, as selectors from its point of view. */
static void list_flows(struct world *w, const struct node_config *how, struct decide_setup *d)
{
    const struct flow_config *all = KEY_ITEMS(w->scenario->flows, struct flow_config);
    size_t n = scenario_flows_of(w->scenario, how, NULL);
    const struct flow_config **flow = arena_take(w->arena, n * sizeof(struct flow_config *));
    struct decide_flow *list = arena_take(w->arena, n * sizeof *list);
    (void)scenario_flows_of(w->scenario, how, flow);
    for (size_t k = 0; k < n; k++) {
        const char *const *end = flow[k]->between.items;
        bool first = !strcmp(end[0], how->name);
        const struct node_config *peer = scenario_node(w->scenario, end[first ? 1 : 0]);
        bool ping = flow[k]->traffic.has_ping;
        uint16_t port = ping ? 0 : world_flow_port((size_t)(flow[k] - all));
        list[k] = (struct decide_flow){.name = flow[k]->name,
                                       .selector = {.peer = world_address(w, peer),
                                                    .protocol = ping ? IP6_ICMP6 : IP6_UDP,
                                                    .peer_port = port,
                                                    .mobile_port = port}};
    }
    d->flow = list;
    d->flows = n;
}

/* The scenario has been checked: what it names can be loaded. */
void world_decide(struct world *w, const struct node_config *how, struct decide_setup *d)
{
    struct decide_path path[MH_BIDS];
    struct why why;
    enum status st = ST_OK;
    *d = (struct decide_setup){.how = &how->decision, .node = how->name};
    d->paths = scenario_paths(how, path);
    d->path = memcpy(arena_take(w->arena, d->paths * sizeof *path), path, d->paths * sizeof *path);
    list_flows(w, how, d);
    if (how->decision.module)
        st = decision_module_load(how->decision.module, &d->module, &why);
    if (how->decision.replay) {
        const struct choice_names names = {d->path, d->paths, d->flow, d->flows};
        struct choices *choices = arena_take(w->arena, sizeof *choices);
        st = choices_load(how->decision.replay, &names, w->arena, choices, &why);
        d->choices = choices;
    }
    assert(!st);
}
