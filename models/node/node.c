#include "models/node/node.h"

#include <assert.h>
#include <string.h>

#include "models/node/nd.h"
#include "models/node/path.h"

struct node *node_new(const struct node_shared *shared, const char *name, uint32_t index)
{
    struct node *n = arena_take(shared->arena, sizeof *n);
    *n = (struct node){.name = name,
                       .index = index,
                       .sim = shared->sim,
                       .arena = shared->arena,
                       .packets = shared->packets,
                       .seed = shared->seed,
                       .timers = shared->timers,
                       .routes = routes_new(shared->arena)};
    pmtu_init(&n->pmtu, n->arena, n->timers->pmtu);
    return n;
}

static void receive(void *owner, struct pkt *p)
{
    path_in(owner, p);
}

static bool hears(void *owner, uint64_t group)
{
    const struct iface *i = owner;
    return !i->nd || nd_hears(i, group);
}

static void link_changed(void *owner, bool up)
{
    struct iface *i = owner;
    if (i->nd) {
        nd_link_changed(i, up);
    } else {
        i->up = up;
    }
}

struct iface *node_add_iface(struct node *n, const char *name, struct port *port)
{
    if (n->ifaces == n->iface_room) {
        n->iface_room = n->iface_room ? 2 * n->iface_room : 4;
        struct iface **more = arena_take(n->arena, n->iface_room * sizeof(struct iface *));
        if (n->ifaces)
            memcpy(more, n->iface, n->ifaces * sizeof(struct iface *));
        n->iface = more;
    }
    struct iface *i = arena_take(n->arena, sizeof *i);
    *i = (struct iface){.node = n,
                        .name = name,
                        .index = n->ifaces,
                        .port = port,
                        .up = port->up,
                        .hop_limit = 64,
                        .mtu = port->mtu};
    if (port->station)
        i->identifier = eth_identifier(port->station);
    port->owner = i;
    port->receive = receive;
    port->state = link_changed;
    port->hears = hears;
    n->iface[n->ifaces++] = i;
    return i;
}

struct iface *node_find_iface(const struct node *n, const char *name)
{
    for (unsigned k = 0; k < n->ifaces; k++) {
        if (!strcmp(n->iface[k]->name, name))
            return n->iface[k];
    }
    return NULL;
}

struct rng node_stream(const struct node *n, const char *what)
{
    return rng_stream(n->seed, arena_format(n->arena, "%s.%s", n->name, what));
}

void node_own(struct node *n, struct iface *at, const struct addr *a)
{
    const struct route r = {.prefix = {*a, 128}, .kind = ROUTE_LOCAL, .out = at};
    routes_set(n->routes, &r);
}

void node_disown(struct node *n, const struct addr *a)
{
    const struct prefix p = {*a, 128};
    routes_remove(n->routes, &p);
}

const struct route *node_owns(const struct node *n, const struct addr *a)
{
    const struct route *r = routes_find(n->routes, a);
    return r && r->kind == ROUTE_LOCAL ? r : NULL;
}

void node_drop(struct node *n, enum node_reason reason, struct pkt *p)
{
    if (!p->cause) /* it never left */
        p->cause = sim_cause(n->sim);
    tap_drop(n->sim, n->index, (uint16_t)reason, p);
    pkt_give(n->packets, p);
}

struct tap_field field_int(const char *key, int64_t value)
{
    return (struct tap_field){.key = key, .type = TAP_INT, .i = value};
}

struct tap_field field_time(const char *key, sim_time value)
{
    return (struct tap_field){.key = key, .type = TAP_TIME, .i = value};
}

struct tap_field field_addr(const char *key, const struct addr *a)
{
    return (struct tap_field){.key = key, .type = TAP_ADDR, .addr = *a};
}

struct tap_field field_text(const char *key, const char *text)
{
    return (struct tap_field){.key = key, .type = TAP_TEXT, .text = text};
}
