/* Home agents, correspondents and mobile nodes. */
#include <assert.h>
#include <string.h>

#include "models/node/agent.h"
#include "models/node/correspond.h"
#include "models/node/mobile.h"
#include "sim/world/world_parts.h"

/* ---- addresses --------------------------------------------------------------------- */

struct addr world_address(const struct world *w, const struct node_config *n)
{
    if (n->role == ROLE_MOBILE)
        return n->home.address;
    if (!addr_unspecified(&n->address))
        return n->address;
    const struct network_config *net =
        SCENARIO_FIND(w->scenario->networks, struct network_config, n->network);
    if (n->role == ROLE_HOME_AGENT && world_is_router(w, n))
        return addr_join(&net->prefix.prefix, 1);
    const char *port = arena_format(w->arena, "%s.eth0", n->name);
    return addr_join(&net->prefix.prefix, eth_identifier(world_station_address(port)));
}

/* ---- fixed nodes --------------------------------------------------------------------- */

sim_time world_lifetime(int64_t seconds)
{
    return seconds == ND_INFINITE ? SIM_NEVER : seconds * SIM_S;
}

/* Configured by hand, in operation since long. */
static void add_correspondent(struct world *w, const struct node_config *how)
{
    struct world_network *net = world_network(w, how->network);
    struct node *n = world_add_node(w, how->name);
    struct port *port = world_add_port(w, n, "eth0", LINK_ETHERNET, (uint32_t)net->how->access.mtu);
    struct iface *i = node_add_iface(n, "eth0", port);
    struct addr address = world_address(w, how);
    struct addr link_local = addr_link_local_of(i->identifier);
    nd_init(i, &w->scenario->timers.nd, &net->how->dad);
    address_fix(i, &link_local, 64);
    address_fix(i, &address, 64);
    solicit_fix(i, address_link_local(net->segment), &net->how->prefix.prefix);
    station_wire(access_station(net->access, port, NULL));
    i->up = true;
    if (how->correspondent_given)
        correspond_new(n, &how->correspondent);
}

/* ---- mobile nodes --------------------------------------------------------------------- */

struct iface *world_add_bearer(struct world *w, struct world_network *net, const struct node *n,
                               const char *iface)
{
    const char *name = arena_format(w->arena, "%s-%s", n->name, iface);
    struct port *port =
        world_add_port(w, net->router, name, LINK_RAW_IP6, (uint32_t)net->how->access.mtu);
    struct iface *i = node_add_iface(net->router, name, port);
    i->identifier = eth_identifier(world_station_address(port->name));
    struct addr link_local = addr_link_local_of(i->identifier);
    nd_init(i, &w->scenario->timers.nd, &net->how->dad);
    address_fix(i, &link_local, 64);
    i->ingress_filter = net->how->ingress_filter;
    i->inside = net->how->translator.given;
    i->filter = net->how->filter.given ? &net->how->filter : NULL;
    bearer_init(arena_take(w->arena, sizeof(struct bearer)), i, &net->pool, &net->how->advertise);
    return i;
}

static void tell_oracle(void *owner)
{
    struct world_station *s = owner;
    bool carries = station_carries(s->station);
    mobile_oracle(s->node->mobile, s->iface, carries);
    if (s->agent_node)
        agent_oracle(s->agent_node->agent, mobile_home(s->node->mobile), s->bid, carries);
}

static void add_station(struct world *w, struct node *n, struct iface *i, uint16_t bid,
                        const char *network, const struct node_config *how)
{
    struct world_network *net = world_network(w, network);
    for (struct world_station *s = w->stations; s; s = s->next) {
        if (s->iface == i && s->net == net)
            return; /* an event attaches it there again */
    }
    bool cellular = net->how->access.kind == ACCESS_CELLULAR;
    struct world_station *s = arena_take(w->arena, sizeof *s);
    *s = (struct world_station){
        .world = w, .net = net, .node = n, .iface = i, .bid = bid, .next = w->stations};
    w->stations = s;
    if (w->live && w->live->node == how)
        return;
    struct port *bearer = cellular ? world_add_bearer(w, net, n, i->name)->port : NULL;
    s->station = access_station(net->access, i->port, bearer);
    if (how->detection.knowledge == 1) {
        s->station->changed = tell_oracle;
        s->station->owner = s;
        s->agent_node = world_node(w, how->home.agent);
    }
}

/* Where events take it beside its first network. */
static void add_other_stations(struct world *w, struct node *n, struct iface *i, uint16_t bid,
                               const struct node_config *how)
{
    const struct event_config *e = KEY_ITEMS(w->scenario->events, struct event_config);
    for (size_t k = 0; k < w->scenario->events.n; k++) {
        const struct node_config *node;
        const struct interface_config *iface;
        if (e[k].attach && e[k].to && scenario_interface(w->scenario, e[k].attach, &node, &iface) &&
            node == how && !strcmp(iface->name, i->name))
            add_station(w, n, i, bid, e[k].to, how);
    }
}

static struct iface *add_interface(struct world *w, struct node *n, const struct node_config *how,
                                   const struct interface_config *ic, uint16_t bid)
{
    struct world_network *net = world_network(w, ic->attach);
    bool lives = w->live && w->live->node == how;
    struct port *port =
        world_add_port(w, n, ic->name, lives ? LINK_RAW_IP6 : access_framing(net->access),
                       (uint32_t)net->how->access.mtu);
    struct iface *i = node_add_iface(n, ic->name, port);
    i->identifier = eth_identifier(world_station_address(port->name));
    nd_init(i, &w->scenario->timers.nd, &net->how->dad);
    const char *network;
    for (size_t k = 0; (network = scenario_named(ic, k)) != NULL; k++)
        add_station(w, n, i, bid, network, how);
    add_other_stations(w, n, i, bid, how);
    return i;
}

/* InitialBindackTimeoutFirstReg follows what the home agent's test of the home address takes:
 * RFC 6275 13, RFC 4862 5.1. */
static struct bul_timers bul_timers_of(const struct world *w)
{
    struct bul_timers t = w->scenario->timers.bul;
    const struct nd_timers *nd = &w->scenario->timers.nd;
    if (!t.first_timeout)
        t.first_timeout = nd->retrans * 3 / 2 * (nd->dad_transmits ? nd->dad_transmits : 1);
    return t;
}

/* K: the SAs of its signalling came from key management, which can move (RFC 6275 11.7.1). */
static bool moves_keys(const struct node_config *how)
{
    return how->ipsec.given && how->ipsec.keying != KEYING_MANUAL && how->ipsec.signalling == 0 &&
           how->ike.mobility == KEY_BY_K_BIT;
}

/* Binding Updates are protected, and IKE makes the SAs for it. */
static bool waits_for_keys(const struct node_config *how)
{
    return how->ipsec.given && how->ipsec.keying == KEYING_IKE &&
           (how->ipsec.signalling == 0 || how->ipsec.policies.n);
}

static uint16_t key_bid(const struct node_config *how)
{
    const struct interface_config *i = KEY_ITEMS(how->interfaces, struct interface_config);
    for (size_t k = 0; k < how->interfaces.n; k++) {
        if (how->ike.coa && !strcmp(i[k].name, how->ike.coa))
            return (uint16_t)(k + 1);
    }
    return 0;
}

static struct mobile_config mobile_config_of(const struct world *w, const struct node_config *how)
{
    const struct node_config *agent = scenario_node(w->scenario, how->home.agent);
    const struct path_probe_config *probe = &how->detection.path_probe;
    struct mobile_config m = {
        .bul = {.home = how->home.address,
                .agent = agent ? world_address(w, agent) : addr_any,
                .lifetime = how->mcoa.lifetime,
                .mcoa = how->mcoa.enabled,
                .simultaneous = how->mcoa.at_home == 1,
                .registration = how->mcoa.registration,
                .gather = how->mcoa.gather,
                .timers = bul_timers_of(w),
                .moves_keys = moves_keys(how),
                .key_bid = key_bid(how),
                .keys_wait = how->ike.when_dead == KEY_WAITS,
                .keys_literal = agent && agent->responder.k_policy == KEY_K_LITERAL},
        .waits_for_keys = waits_for_keys(how) || addr_unspecified(&how->home.address),
        .client = !how->home.registers,
        .prefixes = w->scenario->timers.mps,
        .detection = {.oracle = how->detection.knowledge == 1,
                      .back_after = how->decision.back_after}};
    if (probe->given)
        m.detection.probing = probe->probing;
    return m;
}

static void add_mobile(struct world *w, const struct node_config *how)
{
    struct node *n = world_add_node(w, how->name);
    const struct interface_config *ic = KEY_ITEMS(how->interfaces, struct interface_config);
    struct decide_setup decide;
    struct mobile_config config = mobile_config_of(w, how);
    world_decide(w, how, &decide);
    for (size_t k = 0; k < how->interfaces.n; k++) {
        struct iface *i = add_interface(w, n, how, &ic[k], (uint16_t)(k + 1));
        /* L is set where the two identifiers are one: RFC 6275 11.7.1 */
        config.bul.link_local |= i->identifier == addr_identifier(&how->home.address);
    }
    struct mobile *m = mobile_new(n, &config, decider_new(w->arena, &decide, MONAMI_UP));
    for (unsigned k = 0; k < decide.paths; k++)
        mobile_add_path(m, node_find_iface(n, decide.path[k].interface), decide.path[k].bid);
    struct decider *down = decider_new(w->arena, &decide, MONAMI_DOWN);
    if (addr_unspecified(&how->home.address)) {
        world_await_home(w, how, n, down);
    } else {
        world_set_down(w, how, &decide, down);
    }
    if (!how->home.agent)
        world_discover(w, how, m, config.bul.timers.first_timeout);
    if (config.client)
        agent_add_client(world_node(w, how->home.agent)->agent, &how->home.address);
    if (how->optimise.given && how->optimise.enabled)
        world_optimise(w, how, m);
    w->oracle |= config.detection.oracle;
}

void world_add_hosts(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role == ROLE_HOME_AGENT)
            world_add_agent(w, &how[k]);
    }
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role == ROLE_CORRESPONDENT)
            add_correspondent(w, &how[k]);
        if (how[k].role == ROLE_MOBILE)
            add_mobile(w, &how[k]);
    }
    world_set_deciders(w);
    for (size_t k = 0; k < w->scenario->networks.n; k++) { /* last: stations stand still so far */
        struct world_network *net = &w->network[k];
        if (net->segment && !net->how->shares && world_lives_behind(w, net)) {
            advertise_start(net->segment, &net->how->advertise, &net->how->prefix.prefix, true,
                            net->how->agent != NULL);
        }
    }
    world_advertise_agents(w);
}
