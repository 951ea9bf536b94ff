/* Home agents: one is the router of its network, others stand on that link beside it. */
#include <string.h>

#include "models/mip6/discovery.h"
#include "models/node/agent.h"
#include "models/node/correspond.h"
#include "models/node/mobile.h"
#include "sim/world/world_parts.h"

static const sim_time notice = 100 * SIM_MS; /* after the last words of one that leaves its link */

/* ---- making them ----------------------------------------------------------------------------- */

bool world_is_router(const struct world *w, const struct node_config *agent)
{
    const struct network_config *net =
        SCENARIO_FIND(w->scenario->networks, struct network_config, agent->network);
    return net->agent && !strcmp(net->agent, agent->name);
}

/* All that is not on the link goes by its router. */
static void set_routes(struct iface *i, const struct world_network *net)
{
    const struct route on_link = {
        .prefix = net->how->prefix.prefix, .kind = ROUTE_ON_LINK, .out = i};
    const struct route others = {
        .kind = ROUTE_VIA, .out = i, .next_hop = *address_link_local(net->segment)};
    routes_set(i->node->routes, &on_link);
    routes_set(i->node->routes, &others);
}

/* It has its link again: it serves, and says so. */
static void link_changed(void *owner)
{
    struct world_agent *a = owner;
    bool was_up = a->up;
    a->up = a->station->host->up;
    if (!a->up || was_up)
        return;
    NODE_EVENT(a->iface->node, EV_L2_UP, field_text("interface", a->iface->name));
    agent_open(a->iface->node->agent);
}

static void detach(const struct world_agent *a)
{
    if (!a || !a->station->attached)
        return;
    NODE_EVENT(a->iface->node, EV_L2_DOWN, field_text("interface", a->iface->name));
    station_detach(a->station);
}

/* Unless it serves again. */
static void leave(struct sim *sim, void *owner)
{
    const struct world_agent *a = owner;
    (void)sim;
    if (!agent_serves(a->iface->node->agent))
        detach(a);
}

static struct iface *place_beside(struct world *w, const struct node_config *how)
{
    struct world_network *net = world_network(w, how->network);
    struct node *n = world_add_node(w, how->name);
    struct port *port = world_add_port(w, n, "eth0", LINK_ETHERNET, (uint32_t)net->how->access.mtu);
    struct iface *i = node_add_iface(n, "eth0", port);
    struct addr address = world_address(w, how);
    struct addr link_local = addr_link_local_of(i->identifier);
    struct world_agent *a = arena_take(w->arena, sizeof *a);
    n->forwards = true;
    nd_init(i, &w->scenario->timers.nd, &net->how->dad);
    address_fix(i, &link_local, 64);
    address_fix(i, &address, 64);
    set_routes(i, net);
    n->own = address;
    *a = (struct world_agent){.how = how,
                              .iface = i,
                              .station = access_station(net->access, port, NULL),
                              .next = w->agents};
    sim_timer_init(&a->leaves, leave, a);
    w->agents = a;
    station_wire(a->station);
    a->up = port->up;
    a->station->changed = link_changed;
    a->station->owner = a;
    i->up = true;
    return i;
}

void world_add_agent(struct world *w, const struct node_config *how)
{
    struct world_network *net = world_network(w, how->network);
    struct iface *home = world_is_router(w, how) ? net->segment : place_beside(w, how);
    struct addr address = world_address(w, how);
    struct bcache_config config = how->agent;
    config.serves = true;
    config.home = net->how->prefix.prefix;
    config.valid = world_lifetime(net->how->advertise.valid);
    config.preferred = world_lifetime(net->how->advertise.preferred);
    config.delete_time = w->scenario->timers.max_delete_bce;
    const struct path_probe_config *probe = &how->detection.path_probe;
    const struct probe_config none = {.every = 0};
    struct agent *a = agent_new(home->node, home, &address, &config, &how->source_check,
                                probe->given ? &probe->probing : &none, &w->scenario->timers.mpa);
    agent_set_preference(a, (uint16_t)how->advertise.preference);
    if (how->correspondent_given)
        correspond_new(home->node, &how->correspondent);
}

static void advertise(struct world *w, const struct node_config *how)
{
    const struct world_network *net = world_network(w, how->network);
    bool beside = !world_is_router(w, how);
    struct iface *i = beside ? node_find_iface(world_node(w, how->name), "eth0") : net->segment;
    const struct nd_home_agent as = {.preference = (uint16_t)how->advertise.preference,
                                     .lifetime_s = (uint16_t)how->advertise.lifetime,
                                     .not_default = beside};
    if (beside && !world_lives(w, how))
        return;
    if (beside)
        advertise_start(i, &net->how->advertise, &net->how->prefix.prefix, true, true);
    if (i->nd->advertiser)
        advertise_as_agent(i, &as);
}

/* The home agents of a link are there since long, and know each other. */
static void introduce(struct world *w, const struct node_config *how, const struct node_config *to)
{
    struct agent *a = world_node(w, how->name)->agent;
    const struct agent *b = world_node(w, to->name)->agent;
    if (how != to && !strcmp(how->network, to->network) && world_lives(w, how) &&
        world_lives(w, to))
        agent_know(a, b);
}

void world_advertise_agents(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    size_t n = w->scenario->nodes.n;
    for (size_t k = 0; k < n; k++) {
        if (how[k].role == ROLE_HOME_AGENT)
            advertise(w, &how[k]);
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t j = 0; how[k].role == ROLE_HOME_AGENT && j < n; j++) {
            if (how[j].role == ROLE_HOME_AGENT)
                introduce(w, &how[k], &how[j]);
        }
    }
}

/* ---- whom they serve ------------------------------------------------------------------------- */

/* Each of them may have to decide. */
void world_set_down(struct world *w, const struct node_config *how, const struct decide_setup *s,
                    struct decider *first)
{
    const struct node_config *agent = KEY_ITEMS(w->scenario->nodes, struct node_config);
    struct decider *down = first;
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (!scenario_serves(&agent[k], how))
            continue;
        if (!down)
            down = decider_new(w->arena, s, MONAMI_DOWN);
        agent_set_decider(world_node(w, agent[k].name)->agent, &how->home.address, down);
        down = NULL;
    }
}

void world_discover(struct world *w, const struct node_config *how, struct mobile *m, sim_time gap)
{
    const struct discovery_config config = {.timers = w->scenario->timers.discovery, .gap = gap};
    mobile_discover(m, &config, &world_network(w, how->home.network)->how->prefix.prefix);
}

/* ---- what happens to them -------------------------------------------------------------------- */

static struct world_agent *beside(const struct world *w, const char *name)
{
    struct world_agent *a = w->agents;
    while (a && strcmp(a->how->name, name) != 0)
        a = a->next;
    return a;
}

/* Beside the router it serves once it has its link. */
static void attach(struct world *w, const struct world_agent *a, const char *name)
{
    if (a && !a->station->attached) {
        station_attach(a->station);
    } else {
        agent_open(world_node(w, name)->agent);
    }
}

/* Its link goes when its last advertisement has left. */
static void shut(struct world *w, struct world_agent *a, struct agent *agent)
{
    bool ends = agent_serves(agent);
    sim_time told = agent_close(agent);
    if (a && (ends || !sim_armed(&a->leaves)))
        sim_arm(w->sim, &a->leaves, told + notice);
}

void world_move_agent(struct world *w, enum world_move what, const char *name)
{
    struct world_agent *a = beside(w, name);
    if (what == WORLD_ATTACH) {
        attach(w, a, name);
    } else if (what == WORLD_DETACH) {
        detach(a);
    } else {
        shut(w, a, world_node(w, name)->agent);
    }
}

void world_renumber_agents(struct world *w, const struct world_network *net, int64_t preferred_s,
                           int64_t valid_s)
{
    for (const struct world_agent *a = w->agents; a; a = a->next) {
        if (strcmp(a->how->network, net->how->name) != 0)
            continue;
        advertise_renumber(a->iface, (uint32_t)preferred_s, (uint32_t)valid_s);
        agent_renumber(a->iface->node->agent, world_lifetime(preferred_s), world_lifetime(valid_s));
    }
}
