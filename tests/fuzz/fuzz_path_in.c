/* Whatever arrives at whichever interface of a living world: nobody falls over, every packet is
 * somewhere, and time goes on.
 *
 * Input: a series of packets, each
 *     interface, flags, source, destination, next header, hop limit, length, bytes
 * an octet each; source and destination are numbers of addresses that mean something there. */
#include <stdlib.h>
#include <string.h>

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/path.h"
#include "models/wire/fragment.h"
#include "sim/app/world.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena text_arena;
static struct scenario scenario;

static void load_once(void)
{
    static const char *const set[] = {"expect=[]", "flows={}",
                                      "nodes.mn.decision={builtin: failover}"};
    static struct complaints c;
    struct yaml_node *root;
    if (scenario.monami)
        return;
    if (!scenario_load(SCENARIOS "/home-and-abroad.yaml", set, 3, &text_arena, &scenario, &root,
                       &c))
        abort();
}

static struct addr address(const struct world *w, uint8_t number)
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

static size_t checksum_at(uint8_t next)
{
    return next == IP6_MH ? 4 : next == IP6_UDP ? 6 : 2;
}

static struct pkt *make(struct world *w, const uint8_t *head, const uint8_t *bytes, size_t n)
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
        const struct ip6_fragment f = {
            .next = next, .offset = (uint16_t)(head[5] & 0xf8), .more = head[5] & 1};
        ip6_write_fragment(pkt_prepend(p, IP6_FRAGMENT_BYTES), &f);
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

static void arrive(struct world *w, uint8_t which, struct pkt *p)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct world w;
    load_once();
    world_build(&w, &scenario, &arena, 1, 0);
    world_start(&w);
    (void)sim_run_until(w.sim, 15 * SIM_S);
    while (size >= 7) {
        size_t n = data[6];
        if (n > size - 7)
            n = size - 7;
        if (data[1] & LATER)
            (void)sim_run_until(w.sim, sim_now(w.sim) + SIM_S);
        arrive(&w, data[0], make(&w, data, data + 7, n));
        data += 7 + n;
        size -= 7 + n;
    }
    (void)sim_run_until(w.sim, sim_now(w.sim) + 10 * SIM_S);
    world_free(&w);
    arena_release(&arena);
    return 0;
}
