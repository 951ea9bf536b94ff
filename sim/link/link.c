#include "sim/link/link.h"

#include <assert.h>
#include <string.h>

enum { ETHERNET_BYTES = 14 };

static void make_room(struct links *links)
{
    if (links->ports < links->port_room)
        return;
    uint32_t room = links->port_room ? 2 * links->port_room : 16;
    struct port **port = arena_take(links->arena, room * sizeof(struct port *));
    if (links->ports)
        memcpy(port, links->port, links->ports * sizeof(struct port *));
    links->port = port;
    links->port_room = room;
}

struct port *port_new(struct links *links, const char *name, enum link_framing framing,
                      uint64_t station, uint32_t mtu)
{
    struct port *port = arena_take(links->arena, sizeof *port);
    assert(mtu <= PKT_MTU_MAX);
    make_room(links);
    *port = (struct port){.index = links->ports,
                          .name = name,
                          .links = links,
                          .framing = framing,
                          .mtu = mtu,
                          .station = station};
    links->port[links->ports++] = port;
    return port;
}

static void vanish(struct port *port, enum tap_what what, enum link_reason reason, struct pkt *p)
{
    struct links *links = port->links;
    tap_frame(links->sim, port->index, what, (uint16_t)reason, p);
    tap_packet(links->sim, TAP_DIED, (uint16_t)reason, p);
    pkt_give(links->packets, p);
}

void port_drop(struct port *port, enum link_reason reason, struct pkt *p)
{
    vanish(port, TAP_DROPPED, reason, p);
}

void port_lose(struct port *port, enum link_reason reason, struct pkt *p)
{
    vanish(port, TAP_LOST, reason, p);
}

void port_send(struct port *port, struct pkt *p)
{
    if (port->up && port->send) {
        port->send(port->via, port, p);
    } else {
        port_drop(port, DROP_LINK_DOWN, p);
    }
}

void port_deliver(struct port *port, struct pkt *p)
{
    struct sim *sim = port->links->sim;
    sim_set_cause(sim, p->cause);
    tap_frame(sim, port->index, TAP_RECEIVED, DROP_NONE, p);
    port->receive(port->owner, p);
}

bool port_fits(const struct port *port, size_t n)
{
    size_t header = port->framing == LINK_ETHERNET ? ETHERNET_BYTES : 0;
    return n <= port->mtu + header;
}

void port_set_groups(struct port *port, uint64_t groups)
{
    port->groups = groups;
    if (port->groups_on_lan)
        *port->groups_on_lan = groups;
}

void port_set_up(struct port *port, bool up)
{
    if (port->up == up)
        return;
    port->up = up;
    if (port->state)
        port->state(port->owner, up);
}
