#include "models/node/node.h"

#include <assert.h>
#include <string.h>

#include "models/node/nd.h"
#include "models/node/path.h"

#define TIMER(member) offsetof(struct ip_timers, member)

const struct key ip_timer_keys[] = {
    {"reassembly_timeout", KEY_TIME, TIMER(reassembly), "60 s",
     "from the first fragment, RFC 8200 4.5", .min = SIM_MS, .max = 3600 * SIM_S},
    {"pmtu_timeout", KEY_TIME, TIMER(pmtu), "600 s",
     "until a larger size is tried again, RFC 8201 4", .min = SIM_S, .max = 86400 * SIM_S},
    {"icmp_error_rate", KEY_INTEGER, TIMER(error_rate), "10", "errors a second, RFC 4443 2.4 f",
     .min = 1, .max = 1000000},
    {"icmp_error_burst", KEY_INTEGER, TIMER(error_burst), "10", "errors at once, RFC 4443 2.4 f",
     .min = 1, .max = 1000000},
    {"tunnel_encapsulation_limit", KEY_INTEGER, TIMER(tunnel_limit), "0",
     "tunnels that may follow inside a tunnel, RFC 2473 6.6; 0: the option is not sent",
     .max = 255},
    {.name = NULL},
};

struct node *node_new(struct arena *arena, struct sim *sim, struct pool *packets,
                      const struct rng_seed *seed, const char *name, uint32_t index)
{
    struct node *n = arena_take(arena, sizeof *n);
    *n = (struct node){.name = name,
                       .index = index,
                       .sim = sim,
                       .arena = arena,
                       .packets = packets,
                       .seed = seed,
                       .routes = routes_new(arena)};
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
