/* What several home agents on a link ask for, and a mobile node that has to find one. */
#include <string.h>

#include "models/wire/dhaad.h"
#include "sim/world/scenario_parts.h"

static const char *place(struct check *k, const struct node_config *n, const char *key)
{
    return arena_format(k->arena, "nodes.%s.%s", n->name, key);
}

bool scenario_serves(const struct node_config *agent, const struct node_config *mobile)
{
    if (agent->role != ROLE_HOME_AGENT || mobile->role != ROLE_MOBILE || !agent->network)
        return false;
    return mobile->home.agent
               ? !strcmp(mobile->home.agent, agent->name)
               : mobile->home.network && !strcmp(mobile->home.network, agent->network);
}

static bool is_served(const struct check *k, const struct node_config *n)
{
    const struct node_config *other = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        if (scenario_serves(&other[j], n))
            return true;
    }
    return false;
}

void scenario_check_discovery(struct check *k, const struct node_config *n)
{
    const struct network_config *net =
        SCENARIO_FIND(k->s->networks, struct network_config, n->home.network);
    if (!net)
        return;
    struct addr anycast = dhaad_anycast(&net->prefix.prefix);
    if (n->home.agent) {
        SAY(k, place(k, n, "home.network"),
            "goes without `agent`: it is where a home agent is looked for");
        return;
    }
    if (!is_served(k, n))
        SAY(k, place(k, n, "home.network"), "no home agent stands in network '%s'", net->name);
    if (addr_eq(&n->home.address, &anycast))
        SAY(k, place(k, n, "home.address"),
            "is the anycast address of the home agents (RFC 2526 3)");
    const struct node_config *other = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        if (scenario_serves(&other[j], n) && !addr_unspecified(&n->home.address) &&
            addr_eq(&other[j].address, &n->home.address))
            SAY(k, place(k, n, "home.address"), "is the address of home agent '%s'", other[j].name);
    }
    if (n->ipsec.given)
        SAY(k, place(k, n, "ipsec"),
            "needs `home: {agent: NODE}`: SAs and the Peer Authorization Database name the peer, "
            "and a home agent that is discovered is nobody whom they could name (RFC 4301 4.4.3)");
    if (n->detection.knowledge == 1)
        SAY(k, place(k, n, "detection"),
            "an oracle tells one home agent, so that it has to be named: `home: {agent: NODE}`");
    if (!n->home.registers)
        SAY(k, place(k, n, "home.registers"),
            "false: a plain client has a gateway, and nobody looks for it: `home: {agent: NODE}`");
}

/* Beside the router of the link. */
void scenario_check_agent(struct check *k, const struct node_config *n,
                          const struct network_config *net)
{
    const struct node_config *other = KEY_ITEMS(k->s->nodes, struct node_config);
    struct addr anycast = dhaad_anycast(&net->prefix.prefix);
    struct addr router = addr_join(&net->prefix.prefix, 1);
    const struct node_config *agent = scenario_node(k->s, net->agent);
    if (net->access.kind == ACCESS_CELLULAR)
        return; /* that is said already */
    if (addr_eq(&n->address, &anycast))
        SAY(k, place(k, n, "address"), "is the anycast address of the home agents (RFC 2526 3)");
    if (n->advertise.lifetime && n->advertise.lifetime * SIM_S < net->advertise.max)
        SAY(k, place(k, n, "advertise.lifetime"),
            "must not be below networks.%s.advertise.max, or it is forgotten between two "
            "advertisements",
            net->name);
    if (agent == n)
        return;
    if (agent && !addr_unspecified(&agent->address))
        router = agent->address;
    if (addr_eq(&n->address, &router))
        SAY(k, place(k, n, "address"), "is that of the router of network '%s'", net->name);
    for (const struct node_config *o = other; o < n; o++) {
        if (o->role == ROLE_HOME_AGENT && !addr_unspecified(&n->address) &&
            addr_eq(&o->address, &n->address) && o != agent)
            SAY(k, place(k, n, "address"), "is that of '%s', too", o->name);
    }
}

/* Who is no home agent says nothing of itself. */
void scenario_check_advertise(struct check *k, const struct node_config *n)
{
    if (n->role != ROLE_HOME_AGENT && (n->advertise.preference || n->advertise.lifetime))
        SAY(k, place(k, n, "advertise"), "is a home agent's");
}

bool scenario_check_agent_event(struct check *k, const struct event_config *e, const char *path)
{
    const char *name = scenario_moved(e);
    const struct node_config *n = scenario_node(k->s, name);
    const struct network_config *net =
        n ? SCENARIO_FIND(k->s->networks, struct network_config, n->network) : NULL;
    if (!n || n->role != ROLE_HOME_AGENT)
        return false;
    if (e->to)
        SAY(k, path, "`to` is for interfaces: a home agent has one link");
    if (e->detach && net && net->agent && !strcmp(net->agent, n->name))
        SAY(k, path,
            "'%s' is the router of network '%s', which would be gone, too: `shut` it, or "
            "`outage` the network",
            n->name, net->name);
    return true;
}
