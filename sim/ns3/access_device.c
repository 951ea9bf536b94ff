/* Devices of ns-3 for the ports of a network: where they are, their attributes and streams. */
#include <assert.h>
#include <string.h>

#include "sim/ns3/access_parts.h"
#include "sim/ns3/attribute.h"
#include "sim/ns3/wifi.h"

/* Streams of a device are those of its network's and its port's names, so that another device
 * changes none: 16 each. FNV-1a. */
static int64_t streams_of(const struct net *net, const char *port)
{
    uint64_t h = 0xcbf29ce484222325u;
    const char *both = arena_format(net->world->arena, "%.200s %.200s", net->how->name, port);
    for (; *both; both++)
        h = (h ^ (uint8_t)*both) * 0x100000001b3u;
    return (int64_t)((h & 0x07ffffffffffffffu) << 4);
}

/* Attributes are defaults of what is made: of this network's devices, and then as before. */
static bool set_attributes(struct net *net, bool on)
{
    const struct key_pair *a = KEY_ITEMS(net->how->ns3.attributes, struct key_pair);
    struct ns3_why why;
    for (size_t k = 0; k < net->how->ns3.attributes.n && !net->clock->st; k++) {
        const char *path = arena_format(net->world->arena, "networks.%s.ns3.attributes.%s",
                                        net->how->name, a[k].name);
        ns3_clock_doing(path);
        bool good = on ? ns3_attribute_default(a[k].name, a[k].value, &why)
                       : ns3_attribute_restore(a[k].name, &why);
        if (!good)
            foreign_fail(net->clock, ST_OUTSIDE, "%.120s: %.120s", path, why.text);
    }
    ns3_clock_doing(NULL);
    return !net->clock->st;
}

static const struct node_config *node_of(const struct net *net, const struct port *port)
{
    const char *dot = strrchr(port->name, '.');
    return scenario_node(net->world->scenario, arena_format(net->world->arena, "%.*s",
                                                            (int)(dot - port->name), port->name));
}

/* Where the device is: as its node moves, or with the access point. Answers how many places. */
static size_t places_of(const struct net *net, const struct member *m, bool is_access_point,
                        struct ns3_place **place)
{
    const struct scenario *s = net->world->scenario;
    const struct node_config *n = node_of(net, m->port);
    const struct movement *movement = NULL;
    struct movements all;
    struct why why;
    if (!is_access_point && n && n->mobility.given) {
        const struct movement_source from =
            input_movement(SCENARIO_FIND(s->inputs, struct input_config, n->mobility.of));
        enum status st = movement_load(&from, net->world->arena, &all, &why);
        if (!st)
            st = movement_find(&all, n->mobility.node, &movement, &why);
        assert(!st); /* checked with the scenario */
    }
    size_t places = movement ? movement->n : 1;
    *place = arena_take(net->world->arena, places * sizeof **place);
    if (!movement)
        **place = (struct ns3_place){.x = (double)net->how->ns3.position.x / 1e6,
                                     .y = (double)net->how->ns3.position.y / 1e6 +
                                          (is_access_point ? 0 : 1)};
    for (size_t k = 0; movement && k < places; k++)
        (*place)[k] =
            (struct ns3_place){(uint64_t)movement->at[k].t, (double)movement->at[k].x / 1e6,
                               (double)movement->at[k].y / 1e6};
    return places;
}

/* ---- of each kind ---------------------------------------------------------------------------- */

static struct ns3_device *make_csma(struct net *net, const struct member *m,
                                    const struct ns3_device_events *events, struct ns3_why *why)
{
    const struct access_config *access = &net->how->access;
    if (!net->csma)
        net->csma = ns3_csma_new((uint64_t)access->rate.down, (uint64_t)access->delay.down, why);
    return net->csma ? ns3_csma_join(net->csma, (uint32_t)access->queue.down + 1,
                                     streams_of(net, m->port->name), events, why)
                     : NULL;
}

static struct ns3_device *make_wifi(const struct net *net, const struct member *m,
                                    const struct ns3_device_events *events, struct ns3_why *why)
{
    const struct network_ns3_config *ns3 = &net->how->ns3;
    struct ns3_place *place;
    bool is_access_point = m == net->first;
    size_t places = places_of(net, m, is_access_point, &place);
    const struct ns3_wifi_config how = {net->how->name, (enum ns3_wifi_standard)ns3->standard,
                                        (unsigned)ns3->channel};
    const struct ns3_wifi_member member = {is_access_point, place, places,
                                           streams_of(net, m->port->name)};
    return ns3_wifi_join(&how, &member, events, why);
}

static struct ns3_lte *make_lte(const struct net *net, struct ns3_why *why)
{
    const struct network_ns3_config *ns3 = &net->how->ns3;
    const struct ns3_position *at = KEY_ITEMS(ns3->cells, struct ns3_position);
    size_t cells = ns3->cells.n ? ns3->cells.n : 1;
    struct ns3_place *cell = arena_take(net->world->arena, cells * sizeof *cell);
    if (!ns3->cells.n)
        at = &ns3->position;
    for (size_t k = 0; k < cells; k++)
        cell[k] = (struct ns3_place){0, (double)at[k].x / 1e6, (double)at[k].y / 1e6};
    const struct ns3_lte_config how = {cell, cells, ns3->handover == NS3_HANDOVER_MEASURED,
                                       streams_of(net, "")};
    return ns3_lte_new(&how, why);
}

static bool make_bearer(struct net *net, struct member *m, const struct ns3_device_events *events,
                        struct ns3_why *why)
{
    struct ns3_device_events of[2] = {*events, *events};
    struct ns3_device *end[2];
    struct ns3_place *place;
    size_t places = places_of(net, m, false, &place);
    const struct ns3_lte_member member = {place, places, streams_of(net, m->port->name)};
    of[1].owner = m->far;
    if (!net->lte)
        net->lte = make_lte(net, why);
    if (!net->lte || !ns3_lte_join(net->lte, &member, of, end, why))
        return false;
    m->device = end[0];
    m->far->device = end[1];
    return true;
}

void access_make_devices(struct net *net, struct member *m, const struct ns3_device_events *events)
{
    struct ns3_why why = {""};
    if (set_attributes(net, true)) {
        if (m->far) {
            (void)make_bearer(net, m, events, &why);
        } else {
            m->device = net->how->ns3.device == NS3_CSMA ? make_csma(net, m, events, &why)
                                                         : make_wifi(net, m, events, &why);
        }
        if (!m->device)
            access_fail(net, &why);
    }
    (void)set_attributes(net, false);
}
