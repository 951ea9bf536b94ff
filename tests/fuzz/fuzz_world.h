/*
 * fuzz_world.h - packets for a living world from a few octets: what fuzz_path_in.c and fuzz_ipsec.c
 * have in common.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/path.h"
#include "models/wire/fragment.h"
#include "sim/world/world.h"

enum {
    WITH_HOME = 1 << 0,    /* a Home Address option */
    WITH_ROUTING = 1 << 1, /* a type 2 routing header */
    TUNNELLED = 1 << 2,
    IN_FRAGMENT = 1 << 3,
    RAW = 1 << 4, /* the bytes are the packet */
    BAD_SUM = 1 << 5,
    LATER = 1 << 6, /* a second passes first */
    ADDRESSES = 12,
};

static inline struct addr address(const struct world *w, uint8_t number)
{
    struct node *mn = world_node(w, "mn");
    const struct nd_address *wlan = address_global(node_find_iface(mn, "wlan0"));
    const struct nd_address *cell = address_global(node_find_iface(mn, "cell0"));
    struct node *cn = world_node(w, "cn");
    switch (number % ADDRESSES) {
    case 0:
        return *mobile_home(mn->mobile);
    case 1:
        return world_node(w, "ha")->own;
    case 2:
        return wlan ? wlan->addr : addr_any;
    case 3:
        return cell ? cell->addr : addr_any;
    case 4:
        return cn->iface[0]->nd->address[1].addr;
    case 5:
        return addr_all_nodes;
    case 6:
        return addr_all_routers;
    case 7:
        return addr_link_local_of(0x1234);
    case 8:
        return addr_link_local_of(node_find_iface(mn, "wlan0")->identifier);
    case 9:
        return addr_any;
    case 10:
        return addr_solicited_node(mobile_home(mn->mobile));
    default:
        return (struct addr){{0x20, 1, 0xd, 0xb8, 0xff, [15] = 1}};
    }
}

static inline size_t checksum_at(uint8_t next)
{
    return next == IP6_MH ? 4 : next == IP6_UDP ? 6 : 2;
}

static inline struct pkt *make(struct world *w, const uint8_t *head, const uint8_t *bytes, size_t n)
{
    static const uint8_t nexts[] = {IP6_MH,   IP6_ICMP6,    IP6_UDP,       IP6_IP6,
                                    IP6_ESP,  IP6_ROUTING,  IP6_DEST_OPTS, IP6_HOP_BY_HOP,
                                    IP6_NONE, IP6_FRAGMENT, 253,           IP6_MH};
    uint8_t flags = head[1];
    struct addr src = address(w, head[2]);
    struct addr dst = address(w, head[3]);
    struct addr home = address(w, 0);
    uint8_t next = nexts[head[4] % sizeof nexts];
    struct pkt *p = pkt_take(&w->packets);
    memcpy(pkt_append(p, n), bytes, n);
    if (flags & RAW)
        return p;
    size_t sum_at = checksum_at(next);
    bool has_sum = next == IP6_MH || next == IP6_ICMP6 || next == IP6_UDP;
    if (has_sum && !(flags & BAD_SUM) && n >= sum_at + 2) {
        p->at[sum_at] = p->at[sum_at + 1] = 0;
        uint16_t sum = ip6_checksum(flags & WITH_HOME ? &home : &src,
                                    flags & WITH_ROUTING ? &home : &dst, next, p->at, n);
        p->at[sum_at] = (uint8_t)(sum >> 8);
        p->at[sum_at + 1] = (uint8_t)sum;
    }
    if (flags & IN_FRAGMENT) {
        const struct fragment f = {
            .next = next, .offset = (uint16_t)(head[5] & 0xf8), .more = head[5] & 1};
        fragment_write(pkt_prepend(p, FRAGMENT_HEADER), &f);
        next = IP6_FRAGMENT;
    }
    if (flags & WITH_HOME) {
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), next, &home);
        next = IP6_DEST_OPTS;
    }
    if (flags & WITH_ROUTING) {
        ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), next, &home);
        next = IP6_ROUTING;
    }
    path_add_header(p, &src, &dst, next, head[5]);
    if (flags & TUNNELLED) {
        struct addr from = address(w, head[2] / ADDRESSES);
        struct addr to = address(w, head[3] / ADDRESSES);
        path_add_header(p, &from, &to, IP6_IP6, 64);
    }
    return p;
}

static inline void arrive(struct world *w, uint8_t which, struct pkt *p)
{
    struct port *port = w->links.port[which % w->links.ports];
    if (port->framing == LINK_ETHERNET) {
        struct addr dst = p->len >= IP6_HEADER ? ip6_dst(p->at) : addr_any;
        eth_write(pkt_prepend(p, ETH_HEADER),
                  addr_multicast(&dst) ? eth_multicast(&dst) : port->station, 0x02deadbeef01,
                  ETH_TYPE_IP6);
    }
    port_deliver(port, p);
}

#endif
