#include "models/node/decide.h"

#include <string.h>

#define AT(member) offsetof(struct decide_config, member)

static const char *const builtins[] = {"failover", "fixed", "round-robin", "duplicate", NULL};

const struct key decide_keys[] = {
    {"builtin", KEY_WORD, AT(builtin), "failover",
     "first interface that works, one interface a flow, flows in turn, or a copy on each",
     .words = builtins},
    {"prefer", KEY_LIST, AT(prefer), "",
     "interfaces in order of preference; default: as they stand", .of = KEY_TEXT},
    {"interface", KEY_TEXT, AT(interface), "",
     "fixed: the interface of every flow that `flows` does not name"},
    {"flows", KEY_PAIRS, AT(flows), "", "fixed: the interface of each flow, by name"},
    {"back_after", KEY_TIME, AT(back_after), "0 s",
     "an interface that failed is used again after it has worked for so long", .max = 3600 * SIM_S},
    {.name = NULL},
};

static uint16_t bid_of(const char *interface, const struct decide_path *path, unsigned paths)
{
    for (unsigned k = 0; k < paths; k++) {
        if (!strcmp(path[k].interface, interface))
            return path[k].bid;
    }
    return 0;
}

static const char *fixed_interface(const struct decide_config *how, const char *flow)
{
    const struct key_pair *pair = KEY_ITEMS(how->flows, struct key_pair);
    for (size_t k = 0; k < how->flows.n; k++) {
        if (!strcmp(pair[k].name, flow))
            return pair[k].value;
    }
    return how->interface;
}

/* All BIDs, beginning with number `first`. */
static void put_rotated(struct flow_rule *rule, const struct decide_path *path, unsigned paths,
                        size_t first)
{
    for (unsigned k = 0; k < paths && k < FLOW_BIDS; k++)
        rule->bid[rule->bids++] = path[(first + k) % paths].bid;
}

static void put_flow(struct flow_rule *rule, const struct decide_config *how,
                     const struct decide_path *path, unsigned paths, size_t number)
{
    if (how->builtin == DECIDE_ROUND_ROBIN) {
        put_rotated(rule, path, paths, number);
        return;
    }
    const char *interface = fixed_interface(how, rule->name);
    uint16_t bid = interface ? bid_of(interface, path, paths) : 0;
    if (bid) {
        rule->bid[rule->bids++] = bid;
    } else {
        put_rotated(rule, path, paths, 0);
    }
}

struct flow_policy decide_policy(struct arena *arena, const struct decide_config *how,
                                 const struct decide_path *path, unsigned paths,
                                 const struct decide_flow *flow, size_t flows)
{
    bool by_flow = how->builtin == DECIDE_FIXED || how->builtin == DECIDE_ROUND_ROBIN;
    size_t n = by_flow ? flows : 0;
    struct flow_rule *rule = arena_take(arena, (n + 1) * sizeof *rule);
    for (size_t k = 0; k < n; k++) {
        rule[k] = (struct flow_rule){.name = flow[k].name, .selector = flow[k].selector};
        put_flow(&rule[k], how, path, paths, k);
    }
    rule[n] = (struct flow_rule){.name = "any", .all = how->builtin == DECIDE_DUPLICATE};
    if (how->builtin == DECIDE_FIXED && how->interface && bid_of(how->interface, path, paths)) {
        rule[n].bid[rule[n].bids++] = bid_of(how->interface, path, paths);
    } else {
        put_rotated(&rule[n], path, paths, 0);
    }
    return (struct flow_policy){.rule = rule, .rules = n + 1};
}
