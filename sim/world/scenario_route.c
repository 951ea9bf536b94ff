/* What route optimisation asks for, of mobile nodes and of correspondents. */
#include <string.h>

#include "sim/world/scenario_parts.h"

static const char *place(struct check *k, const struct node_config *n, const char *what)
{
    return arena_format(k->arena, "nodes.%s.route_optimisation%s%s", n->name, *what ? "." : "",
                        what);
}

/* RFC 6275 11.7.2: a binding at a correspondent ends with the home registration at the latest, and
 * takes 4 s; one of 4 s has less left as soon as it is acknowledged. */
static void check_room(struct check *k, const struct node_config *n)
{
    const struct node_config *agent = n->home.agent ? scenario_node(k->s, n->home.agent) : NULL;
    const char *short_of = NULL;
    if (n->mcoa.lifetime < 8 * SIM_S) {
        short_of = arena_format(k->arena, "nodes.%s.mcoa.lifetime", n->name);
    } else if (agent && agent->role == ROLE_HOME_AGENT && agent->agent.max_lifetime < 8 * SIM_S) {
        short_of = arena_format(k->arena, "nodes.%s.agent.max_lifetime", agent->name);
    }
    if (short_of)
        SAY(k, short_of,
            "leaves '%s' no time for route_optimisation: its bindings end with the home "
            "registration (RFC 6275 11.7.2) and take 4 s; from 8 s on there is some",
            n->name);
}

static void check_mobile(struct check *k, const struct node_config *n)
{
    const struct optimise_config *o = &n->optimise;
    const char *const *with = KEY_ITEMS(o->with, const char *);
    if (addr_unspecified(&n->home.address))
        SAY(k, place(k, n, ""), "needs a home address that does not come from the home agent");
    if (!n->home.registers)
        SAY(k, place(k, n, ""), "there is none without Mobile IPv6: home.registers is false");
    if (o->hoti_by && o->hoti_from != HOTI_FIXED)
        SAY(k, place(k, n, "hoti_by"), "goes with hoti_from: fixed");
    if (o->hoti_by && !SCENARIO_FIND(n->interfaces, struct interface_config, o->hoti_by))
        SAY(k, place(k, n, "hoti_by"), "'%s' is none of its interfaces", o->hoti_by);
    if (o->lifetime % (4 * SIM_S))
        SAY(k, place(k, n, "lifetime"), "a lifetime is a multiple of 4 s (RFC 6275 6.1.7)");
    check_room(k, n);
    if (o->hoti_by && !n->mcoa.enabled)
        SAY(k, place(k, n, "hoti_by"),
            "needs several care-of addresses: the one that is registered is the one that there is");
    for (size_t j = 0; j < o->with.n; j++) {
        const struct node_config *peer = scenario_node(k->s, with[j]);
        if (peer && n->home.agent && !strcmp(peer->name, n->home.agent)) {
            SAY(k, place(k, n, arena_format(k->arena, "with.%zu", j)),
                "'%s' is its home agent, to which everything goes directly anyway", with[j]);
        } else if (peer && !peer->correspondent_given) {
            SAY(k, place(k, n, arena_format(k->arena, "with.%zu", j)),
                "'%s' takes no part in it: that is a correspondent, or a home agent, with "
                "`correspondent: {}`",
                with[j]);
        }
    }
}

void scenario_check_route(struct check *k, const struct node_config *n)
{
    if (n->correspondent_given && n->role == ROLE_MOBILE) {
        SAY(k, arena_format(k->arena, "nodes.%s.correspondent", n->name),
            "is for correspondents, and home agents");
    }
    if (n->correspondent_given && n->correspondent.max_lifetime % (4 * SIM_S))
        SAY(k, arena_format(k->arena, "nodes.%s.correspondent.max_lifetime", n->name),
            "a lifetime is a multiple of 4 s (RFC 6275 6.1.8)");
    if (n->optimise.given && n->role != ROLE_MOBILE) {
        SAY(k, place(k, n, ""), "is for mobile nodes");
    } else if (n->optimise.given && n->optimise.enabled) {
        check_mobile(k, n);
    }
}
