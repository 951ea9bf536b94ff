/*
 * udp_ports.h - who listens on which UDP port of a node.
 */
#ifndef MODELS_TRANSPORT_UDP_PORTS_H
#define MODELS_TRANSPORT_UDP_PORTS_H

#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/pkt.h"

struct udp_listener {
    uint16_t port;
    void *owner;
    /* Looks at a datagram that has arrived whole; the packet stays the caller's. */
    void (*take)(void *owner, const struct pkt *p, const uint8_t *payload, size_t n);
};

struct udp_ports {
    struct udp_listener *listener; /* sorted by port */
    unsigned n;
    unsigned room;
};

void udp_listen(struct udp_ports *ports, struct arena *arena, const struct udp_listener *l);
const struct udp_listener *udp_listener(const struct udp_ports *ports, uint16_t port);

#endif
