/* Phones that share the prefix of a cellular network with their own: RFC 7278. */
#include <assert.h>
#include <string.h>

#include "models/node/share.h"
#include "sim/world/world_parts.h"

/* As a mobile node's `detection` by default. */
static const struct nd_host_config radio_host = {
    .link_layer = true, .link_down = 50 * SIM_MS, .nud = true, .rs_delay = true};

static struct world_station *find(const struct world *w, const struct node *phone,
                                  const char *network)
{
    for (struct world_station *s = w->stations; s; s = s->next) {
        if (s->node == phone && !strcmp(s->net->how->name, network))
            return s;
    }
    return NULL;
}

struct world_station *world_radio_of(const struct world *w, const char *text, const char *to)
{
    const struct network_config *how = scenario_radio(w->scenario, text);
    if (!how)
        return NULL;
    return find(w, world_network(w, how->name)->router, to ? to : how->shares);
}

static void add_radio_station(struct world *w, struct iface *radio, const char *network)
{
    struct world_network *net = world_network(w, network);
    if (find(w, radio->node, network))
        return;
    struct iface *bearer = world_add_bearer(w, net, radio->node, radio->name);
    struct world_station *s = arena_take(w->arena, sizeof *s);
    bearer->nd->bearer->shared = true;
    *s = (struct world_station){
        .world = w, .net = net, .node = radio->node, .iface = radio, .next = w->stations};
    s->station = access_station(net->access, radio->port, bearer->port);
    w->stations = s;
}

static void add_phone(struct world *w, struct world_network *lan)
{
    const struct event_config *e = KEY_ITEMS(w->scenario->events, struct event_config);
    lan->shares = world_network(w, lan->how->shares);
    const struct network_config *how = lan->shares->how;
    struct port *port =
        world_add_port(w, lan->router, SCENARIO_RADIO, LINK_RAW_IP6, (uint32_t)how->access.mtu);
    struct iface *radio = node_add_iface(lan->router, SCENARIO_RADIO, port);
    radio->identifier = eth_identifier(world_station_address(port->name));
    nd_init(radio, &w->scenario->timers.nd, &how->dad);
    share_init(arena_take(w->arena, sizeof(struct share)), radio, lan->segment,
               &lan->how->advertise);
    add_radio_station(w, radio, how->name);
    for (size_t k = 0; k < w->scenario->events.n; k++) {
        if (e[k].attach && e[k].to && scenario_radio(w->scenario, e[k].attach) == lan->how)
            add_radio_station(w, radio, e[k].to);
    }
}

void world_add_phones(struct world *w)
{
    for (size_t k = 0; k < w->scenario->networks.n; k++) {
        if (w->network[k].how->shares)
            add_phone(w, &w->network[k]);
    }
}

void world_start_phones(struct world *w)
{
    for (size_t k = 0; k < w->scenario->networks.n && !w->live; k++) {
        const struct world_network *lan = &w->network[k];
        if (!lan->how->shares)
            continue;
        struct world_station *s = find(w, lan->router, lan->shares->how->name);
        assert(s); /* world_add_phones() has made it */
        nd_be_host(s->iface, &radio_host);
        world_attach(s);
    }
}
