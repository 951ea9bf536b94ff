/* Ports as the caller names them. */
#include <string.h>

#include "sim/lib/parts.h"

/* Made when they are first met: networks are joined while the world is built. */
struct monami_port *lib_port(struct monami *m, struct port *port)
{
    if (port->index >= m->ports) {
        uint32_t room = 2 * port->index + 64;
        struct monami_port **more = arena_take(&m->run, room * sizeof(struct monami_port *));
        if (m->ports)
            memcpy(more, m->port, m->ports * sizeof(struct monami_port *));
        m->port = more;
        m->ports = room;
    }
    struct monami_port **place = &m->port[port->index];
    if (!*place) {
        *place = arena_take(&m->run, sizeof **place);
        **place = (struct monami_port){m, port};
    }
    return *place;
}

struct monami_port *monami_port(struct monami *m, const char *name)
{
    for (uint32_t k = 0; m->stage != LIB_MAKING && k < m->world.links.ports; k++) {
        struct port *port = m->world.links.port[k];
        if (!strcmp(port->name, name))
            return lib_port(m, port);
    }
    (void)lib_fail(m, MONAMI_MISSING, "there is no port '%.100s'", name);
    return NULL;
}

const char *monami_port_name(const struct monami_port *port)
{
    return port->port->name;
}

const char *monami_port_node(const struct monami_port *port)
{
    const struct iface *i = port->port->owner;
    return i->node->name;
}

enum monami_framing monami_port_framing(const struct monami_port *port)
{
    return port->port->framing == LINK_ETHERNET ? MONAMI_ETHERNET : MONAMI_IP6;
}

uint32_t monami_port_mtu(const struct monami_port *port)
{
    return port->port->mtu;
}

bool monami_port_up(const struct monami_port *port)
{
    return port->port->up;
}

void monami_port_address(const struct monami_port *port, uint8_t address[6])
{
    for (int k = 0; k < 6; k++)
        address[k] = (uint8_t)(port->port->station >> 8 * (5 - k));
}

bool monami_port_hears(const struct monami_port *port, const uint8_t group[6])
{
    uint64_t station = 0;
    for (int k = 0; k < 6; k++)
        station = station << 8 | group[k];
    const struct port *p = port->port;
    return p->framing == LINK_ETHERNET && group[0] & 1 &&
           (!p->hears || p->hears(p->owner, station));
}
