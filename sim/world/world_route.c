/* Who optimises routes with whom. */
#include <string.h>

#include "models/node/correspond.h"
#include "models/node/optimise.h"
#include "sim/world/world_parts.h"

static uint16_t hoti_bid(const struct node_config *how)
{
    const struct interface_config *i = KEY_ITEMS(how->interfaces, struct interface_config);
    for (size_t k = 0; k < how->interfaces.n; k++) {
        if (how->optimise.hoti_by && !strcmp(i[k].name, how->optimise.hoti_by))
            return (uint16_t)(k + 1);
    }
    return 1;
}

void world_optimise(struct world *w, const struct node_config *how, struct mobile *m)
{
    const char *const *with = KEY_ITEMS(how->optimise.with, const char *);
    optimise_new(m, &how->optimise, how->mcoa.enabled ? hoti_bid(how) : 0);
    for (size_t k = 0; k < how->optimise.with.n; k++) {
        struct addr peer = world_address(w, scenario_node(w->scenario, with[k]));
        optimise_only(m, &peer);
    }
}

void world_set_deciders(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role != ROLE_MOBILE || !how[k].optimise.given || !how[k].optimise.enabled)
            continue;
        struct decide_setup decide;
        world_decide(w, &how[k], &decide);
        for (size_t j = 0; j < w->scenario->nodes.n; j++) {
            struct node *n = how[j].correspondent_given ? world_node(w, how[j].name) : NULL;
            if (n && n->correspond)
                correspond_set_decider(n, &how[k].home.address,
                                       decider_new(w->arena, &decide, MONAMI_DOWN));
        }
    }
}
