/* One node of a scenario against the outside: its interfaces end at a TUN device. */
#include <string.h>

#include "models/node/agent.h"
#include "models/node/mobile.h"
#include "models/wire/icmp6.h"
#include "sim/world/world_parts.h"

/* ---- who is there ---------------------------------------------------------------------------- */

bool world_lives(const struct world *w, const struct node_config *n)
{
    const struct node_config *live = w->live ? w->live->node : n;
    if (!n || n == live)
        return n != NULL;
    return live->role == ROLE_HOME_AGENT && n->role == ROLE_CORRESPONDENT && n->network &&
           !strcmp(n->network, live->network);
}

bool world_lives_behind(const struct world *w, const struct world_network *net)
{
    return !w->live || (net->how->agent && !strcmp(net->how->agent, w->live->node->name));
}

/* What happens to networks outside is not this program's doing. */
bool world_event_lives(const struct world *w, const struct world_event *e)
{
    const struct event_config *how = e->how;
    if (!w->live)
        return true;
    const char *node = e->station     ? e->station->node->name
                       : e->agent     ? e->agent
                       : how->restart ? how->restart
                                      : how->of;
    if (node)
        return world_lives(w, scenario_node(w->scenario, node));
    return how->renumber && world_lives_behind(w, world_network(w, how->renumber));
}

/* ---- a mobile node's interfaces -------------------------------------------------------------- */

/* As autoconfiguration would make it; in a cellular network, where each host has a /64, that of the
 * interface's number. */
struct addr world_live_address(const struct iface *i, const struct world_network *net)
{
    if (net->shares)
        net = net->shares;
    struct prefix prefix = net->how->prefix.prefix;
    if (net->how->access.kind == ACCESS_CELLULAR)
        prefix = prefix_nth(&net->how->prefix.pool, 64, i->index + 1);
    return addr_join(&prefix, i->identifier);
}

void world_live_detach(struct iface *i)
{
    if (!i->up)
        return;
    NODE_EVENT(i->node, EV_L2_DOWN, field_text("interface", i->name));
    i->up = false;
    tun_detach(i->port);
    solicit_forget(i);
    address_remove_all(i, "link down");
    neighbour_flush(i);
}

/* Nobody on the far side advertises or answers solicitations: the address is as good as tested, and
 * all goes to the one router that there is. */
void world_live_attach(struct world_station *s)
{
    struct iface *i = s->iface;
    struct addr router = addr_link_local_of(1);
    struct addr link_local = addr_link_local_of(i->identifier);
    struct addr global = world_live_address(i, s->net);
    struct prefix prefix = {addr_masked(&global, 64), 64};
    world_live_detach(i);
    i->nd->host.nud = false;
    i->mtu = i->port->mtu;
    i->up = true;
    tun_attach(s->world->live->tun, i->port);
    NODE_EVENT(i->node, EV_L2_UP, field_text("interface", i->name));
    address_fix(i, &link_local, 64);
    address_fix(i, &global, 64);
    solicit_fix(i, &router, &prefix);
    i->nd->on_links = 0; /* it is alone with that router: RFC 4861 5.2 */
    mobile_address_changed(i->node->mobile, i);
}

static struct port *port_with(void *owner, const struct addr *dst)
{
    const struct world *w = owner;
    struct node *n = world_node(w, w->live->node->name);
    const struct route *r = node_owns(n, dst);
    for (unsigned k = 0; k < n->ifaces; k++) {
        if (n->iface[k]->up && r && r->out == n->iface[k])
            return n->iface[k]->port;
    }
    return NULL;
}

/* ---- a home agent's way out ------------------------------------------------------------------ */

static struct port *way_out(void *owner, const struct addr *dst)
{
    const struct world *w = owner;
    const struct node *n = world_node(w, w->live->node->name);
    const struct iface *i = node_find_iface(n, "outside");
    return addr_multicast(dst) ? NULL : i->port;
}

static void add_way_out(struct world *w, struct node *n)
{
    struct port *port = world_add_port(w, n, "outside", LINK_RAW_IP6, IP6_MTU_MIN + 220);
    struct iface *i = node_add_iface(n, "outside", port);
    const struct route all = {.kind = ROUTE_VIA, .out = i};
    routes_set(n->routes, &all);
    tun_attach(w->live->tun, port);
    i->up = true;
}

/* ---- echo requests --------------------------------------------------------------------------- */

/* The reply of an echo request of a flow: nobody here saw the request arrive, so that it is taken
 * when its reply is, and its delay is the round trip. */
static void claim(void *owner, struct node *n, struct pkt *p, const struct ip6 *h,
                  const struct icmp6_echo *e)
{
    const struct world *w = owner;
    size_t k = e->identifier - 1u;
    if (!e->identifier || k >= w->scenario->flows.n)
        return;
    const struct source *s = &w->flow[k].source[0];
    if (!s->out || s->owner != n || s->shape.kind != FLOW_PING || !addr_eq(&h->src, &s->dst))
        return;
    uint64_t back = (uint16_t)(s->sequence - 1 - e->sequence); /* which of the last 65536 */
    if (back >= s->sequence)
        return;
    uint64_t sequence = s->sequence - 1 - back;
    uint64_t bursts = sequence / s->shape.burst;
    p->mark = (struct pkt_mark){.flow = (uint32_t)k + 1, .sequence = sequence};
    p->mark.born = w->flow[k].first[0] + (sim_time)bursts * flow_period(&s->shape) +
                   (sim_time)(sequence % s->shape.burst) * s->shape.interval;
}

void world_add_live(struct world *w)
{
    struct node *n = world_node(w, w->live->node->name);
    struct tun *t = w->live->tun;
    t->links = &w->links;
    t->owner = w;
    t->whose = n->mobile ? port_with : way_out;
    if (!n->mobile)
        add_way_out(w, n);
    for (uint32_t k = 0; k < w->nodes; k++) { /* correspondents behind it ask, too */
        w->node[k]->claim = claim;
        w->node[k]->claim_owner = w;
    }
}
