#include "sim/world/world.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "models/node/fragments.h"
#include "models/node/inject.h"
#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/service.h"
#include "sim/world/world_parts.h"

struct node *world_add_node(struct world *w, const char *name)
{
    const struct node_shared shared = {.arena = w->arena,
                                       .sim = w->sim,
                                       .packets = &w->packets,
                                       .seed = &w->seed,
                                       .timers = &w->scenario->timers.ip};
    struct node *n = node_new(&shared, name, w->nodes);
    w->node[w->nodes++] = n;
    return n;
}

/* Made from the name, so that adding a node changes nobody else's address: FNV-1a, 40 bits, with
 * the bit of locally administered addresses. */
uint64_t world_station_address(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    return (uint64_t)0x02 << 40 | ((h ^ h >> 40) & 0xffffffffffu);
}

struct port *world_add_port(struct world *w, struct node *n, const char *iface,
                            enum link_framing framing, uint32_t mtu)
{
    const char *name = arena_format(w->arena, "%s.%s", n->name, iface);
    uint64_t station = framing == LINK_ETHERNET ? world_station_address(name) : 0;
    struct port *port = port_new(&w->links, name, framing, station, mtu);
    if (port->index >= w->port_room) {
        uint32_t room = w->port_room ? 2 * w->port_room : 64;
        uint32_t *more = arena_take(w->arena, room * sizeof *more);
        if (w->port_room)
            memcpy(more, w->port_node, w->port_room * sizeof *more);
        w->port_node = more;
        w->port_room = room;
    }
    w->port_node[port->index] = n->index;
    return port;
}

struct node *world_node(const struct world *w, const char *name)
{
    for (uint32_t k = 0; k < w->nodes; k++) {
        if (!strcmp(w->node[k]->name, name))
            return w->node[k];
    }
    return NULL;
}

struct world_network *world_network(const struct world *w, const char *name)
{
    for (size_t k = 0; k < w->scenario->networks.n; k++) {
        if (!strcmp(w->network[k].how->name, name))
            return &w->network[k];
    }
    return NULL;
}

static void build(struct world *w, uint64_t seed, uint64_t replication,
                  const struct world_engine *engine)
{
    const struct scenario *s = w->scenario;
    struct arena *arena = w->arena;
    w->sim = sim_new();
    w->packets = pkt_pool(arena);
    w->seed = rng_seed_of(seed, replication);
    w->links =
        (struct links){.sim = w->sim, .arena = arena, .packets = &w->packets, .seed = &w->seed};
    w->node = arena_take(arena, (s->networks.n + s->nodes.n + 1) * sizeof(struct node *));
    if (engine)
        w->foreign = engine->begin(engine->self, w);
    world_add_networks(w);
    world_add_backbone(w);
    if (!w->live)
        world_add_routes(w);
    world_add_phones(w);
    world_add_hosts(w);
    world_add_processors(w);
    world_add_protection(w);
    world_add_flows(w);
    world_add_events(w);
    if (w->live)
        world_add_live(w);
}

void world_build(struct world *w, const struct scenario *s, struct arena *arena, uint64_t seed,
                 uint64_t replication)
{
    world_build_live(w, s, arena, seed, replication, NULL);
}

void world_build_live(struct world *w, const struct scenario *s, struct arena *arena, uint64_t seed,
                      uint64_t replication, const struct world_live *live)
{
    *w = (struct world){.scenario = s, .arena = arena, .live = live};
    build(w, seed, replication, NULL);
}

void world_build_outside(struct world *w, const struct scenario *s, struct arena *arena,
                         uint64_t seed, uint64_t replication, const struct world_outside *outside,
                         size_t outsides)
{
    *w = (struct world){.scenario = s, .arena = arena, .outside = outside, .outsides = outsides};
    build(w, seed, replication, NULL);
}

void world_build_foreign(struct world *w, const struct scenario *s, struct arena *arena,
                         uint64_t seed, uint64_t replication, const struct world_engine *engine)
{
    *w = (struct world){.scenario = s, .arena = arena};
    build(w, seed, replication, engine);
}

void world_free(struct world *w)
{
    for (uint32_t k = 0; k < w->links.channels; k++) { /* unseen: the run is over */
        struct channel *c = w->links.channel[k];
        while (c->head) {
            struct pkt *p = c->head;
            c->head = p->next;
            pkt_give(&w->packets, p);
        }
    }
    for (size_t k = 0; k < w->scenario->networks.n; k++) {
        if (w->network[k].access->outside)
            (void)outside_release(w->network[k].access->outside);
    }
    for (uint32_t k = 0; k < w->nodes; k++) {
        fragments_release(w->node[k]);
        inject_release(w->node[k]);
        service_release(w->node[k]);
        for (unsigned i = 0; i < w->node[k]->ifaces; i++) {
            if (w->node[k]->iface[i]->nd)
                neighbour_release(w->node[k]->iface[i]);
        }
    }
    if (w->ciphers)
        ciphers_free(w->ciphers);
    key_files_release(&w->key_files);
    assert(w->packets.out == 0); /* every packet is somewhere */
    sim_free(w->sim);
}

struct trace_link *world_links(struct world *w, size_t *n)
{
    size_t most = w->links.channels + w->outsides;
    struct trace_link *list = arena_take(w->arena, (most + 1) * sizeof *list);
    *n = 0;
    for (uint32_t k = 0; k < w->links.channels; k++) {
        const struct channel *c = w->links.channel[k];
        if (!c->link)
            continue;
        list[(*n)++] = (struct trace_link){.link = c->link,
                                           .direction = c->direction,
                                           .packets = c->count.packets,
                                           .bytes = c->count.bytes,
                                           .dropped_queue = c->count.queue_full,
                                           .dropped_loss = c->count.lost,
                                           .dropped_down = c->count.down,
                                           .queue_max = c->count.queue_max};
    }
    for (size_t k = 0; k < w->outsides; k++)
        list[(*n)++] = world_outside_link(w, &w->outside[k]);
    return list;
}
