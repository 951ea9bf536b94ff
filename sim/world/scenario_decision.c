/* Decisions: what is checked of them, and what they are about. */
#include <string.h>

#include "models/node/choices.h"
#include "sim/world/decision_module.h"
#include "sim/world/scenario_parts.h"

unsigned scenario_paths(const struct node_config *n, struct decide_path path[MH_BIDS])
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    const char *const *prefer = n->decision.prefer.items;
    bool named[MH_BIDS] = {false};
    unsigned paths = 0;
    for (size_t k = 0; k < n->decision.prefer.n; k++) {
        for (size_t j = 0; j < n->interfaces.n && j < MH_BIDS; j++) {
            if (named[j] || strcmp(i[j].name, prefer[k]) != 0)
                continue;
            path[paths++] = (struct decide_path){i[j].name, (uint16_t)(j + 1)};
            named[j] = true;
        }
    }
    for (size_t j = 0; j < n->interfaces.n && j < MH_BIDS; j++) {
        if (!named[j])
            path[paths++] = (struct decide_path){i[j].name, (uint16_t)(j + 1)};
    }
    return paths;
}

size_t scenario_flows_of(const struct scenario *s, const struct node_config *n,
                         const struct flow_config **list)
{
    const struct flow_config *f = KEY_ITEMS(s->flows, struct flow_config);
    size_t found = 0;
    for (size_t k = 0; k < s->flows.n; k++) {
        const char *const *end = f[k].between.items;
        bool ours = f[k].between.n == 2 && (!strcmp(end[0], n->name) || !strcmp(end[1], n->name));
        if (!ours || f[k].source == FLOW_FROM_CARE_OF)
            continue; /* no binding is asked about it */
        if (list)
            list[found] = &f[k];
        found++;
    }
    return found;
}

/* ---- checks ------------------------------------------------------------------------------- */

static const char *below(struct check *k, const struct node_config *n, const char *key)
{
    return arena_format(k->arena, "nodes.%s.decision%s%s", n->name, *key ? "." : "", key);
}

static void check_names(struct check *k, const struct node_config *n)
{
    const struct decide_config *d = &n->decision;
    const char *const *prefer = d->prefer.items;
    const struct key_pair *pair = d->flows.items;
    for (size_t j = 0; j < d->prefer.n; j++) {
        if (!SCENARIO_FIND(n->interfaces, struct interface_config, prefer[j]))
            SAY(k, below(k, n, "prefer"), "there is no interface '%s'", prefer[j]);
        for (size_t m = 0; m < j; m++) {
            if (!strcmp(prefer[m], prefer[j]))
                SAY(k, below(k, n, "prefer"), "names interface '%s' twice", prefer[j]);
        }
    }
    if (d->interface && !SCENARIO_FIND(n->interfaces, struct interface_config, d->interface))
        SAY(k, below(k, n, "interface"), "there is no interface '%s'", d->interface);
    for (size_t j = 0; j < d->flows.n; j++) {
        if (!SCENARIO_FIND(k->s->flows, struct flow_config, pair[j].name))
            SAY(k, below(k, n, "flows"), "there is no flow '%s'", pair[j].name);
        if (!SCENARIO_FIND(n->interfaces, struct interface_config, pair[j].value))
            SAY(k, below(k, n, "flows"), "there is no interface '%s'", pair[j].value);
    }
    if (d->builtin == DECIDE_FIXED && !d->interface && !d->flows.n)
        SAY(k, below(k, n, ""), "fixed needs `interface` or `flows`");
}

static void check_replay(struct check *k, const struct node_config *n)
{
    struct decide_path path[MH_BIDS];
    const struct flow_config **flow =
        arena_take(k->arena, (k->s->flows.n + 1) * sizeof(struct flow_config *));
    struct decide_flow *name = arena_take(k->arena, (k->s->flows.n + 1) * sizeof *name);
    struct choice_names names = {.path = path, .flow = name};
    names.paths = scenario_paths(n, path);
    names.flows = scenario_flows_of(k->s, n, flow);
    for (size_t j = 0; j < names.flows; j++)
        name[j].name = flow[j]->name;
    struct choices choices;
    struct why w;
    if (choices_load(n->decision.replay, &names, k->arena, &choices, &w))
        SAY(k, below(k, n, "replay"), "%s", w.text);
}

/* Who compares delays must have measured some. */
static void check_least_delay(struct check *k, const struct node_config *n)
{
    const struct node_config *agent = KEY_ITEMS(k->s->nodes, struct node_config);
    if (!n->detection.path_probe.given && n->mcoa.registration == BUL_BULK) {
        SAY(k, below(k, n, "builtin"),
            "least-delay needs `detection: {path_probe: {...}}`: with bulk registration a Binding "
            "Update measures one path alone");
    }
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        if (scenario_serves(&agent[j], n) && !agent[j].detection.path_probe.given)
            SAY(k, below(k, n, "builtin"),
                "least-delay needs `detection: {path_probe: {...}}` of '%s' too, which decides "
                "downwards by what it measures itself",
                agent[j].name);
    }
}

void scenario_check_decision(struct check *k, const struct node_config *n)
{
    const struct decide_config *d = &n->decision;
    bool one_a_flow = d->module || d->replay || d->builtin == DECIDE_LEAST_DELAY;
    const char *word = d->module ? "module" : d->replay ? "replay" : one_a_flow ? "builtin" : "";
    check_names(k, n);
    if ((d->module != NULL) + (d->replay != NULL) + (d->builtin != DECIDE_FAILOVER) > 1)
        SAY(k, below(k, n, ""), "only one of `builtin`, `module` and `replay` can decide");
    if (!n->mcoa.enabled && d->builtin == DECIDE_DUPLICATE)
        SAY(k, below(k, n, ""), "duplicate needs several care-of addresses: mcoa.enabled is false");
    if (!n->mcoa.enabled && one_a_flow)
        SAY(k, below(k, n, word),
            "needs several care-of addresses to choose from: mcoa.enabled is false");
    if (d->builtin == DECIDE_LEAST_DELAY)
        check_least_delay(k, n);
    if (d->replay)
        check_replay(k, n);
    struct why w;
    monami_decide_fn *module;
    if (d->module && decision_module_load(d->module, &module, &w))
        SAY(k, below(k, n, "module"), "%s", w.text);
}
