/* What an interface listens to and answers for: groups, and proxied addresses. */

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/wire/mld.h"
#include "sim/link/lan.h"

/* An address and its solicited-node group have their low 24 bits in common: RFC 4291 2.7.1. */
static size_t bucket_of(const struct addr *a)
{
    return (size_t)(addr_identifier(a) & 0xffffff) % ND_PROXIES;
}

/* ---- groups --------------------------------------------------------------- */

bool nd_hears(const struct iface *i, eth_addr group)
{
    struct addr known[] = {addr_all_nodes, addr_all_routers, mld_routers};
    unsigned n = i->node->forwards ? 3 : 1;
    for (unsigned k = 0; k < n; k++) {
        if (eth_multicast(&known[k]) == group)
            return true;
    }
    if (group >> 24 != 0x3333ff)
        return false;
    struct addr solicited = {{0xff, 2, [11] = 1, [12] = 0xff, [13] = (uint8_t)(group >> 16),
                              [14] = (uint8_t)(group >> 8), [15] = (uint8_t)group}};
    return nd_listens(i, &solicited);
}

static uint64_t bit_of(const struct addr *a)
{
    struct addr group = addr_solicited_node(a);
    return lan_group_bits(eth_multicast(&group));
}

void nd_filter(struct iface *i)
{
    const struct nd_iface *nd = i->nd;
    uint64_t groups = lan_group_bits(eth_multicast(&addr_all_nodes));
    if (i->node->forwards) {
        port_set_groups(i->port, UINT64_MAX); /* and its proxies */
        return;
    }
    for (int k = 0; k < ND_ADDRESSES; k++) {
        if (nd->address[k].state != ADDRESS_NONE)
            groups |= bit_of(&nd->address[k].addr);
    }
    for (const struct nd_dad *d = nd->dads; d; d = d->next)
        groups |= bit_of(&d->target);
    if (i->node->mobile && mobile_home_iface(i->node->mobile) == i)
        groups |= bit_of(mobile_home(i->node->mobile));
    port_set_groups(i->port, groups);
}

bool nd_listens(const struct iface *i, const struct addr *group)
{
    const struct nd_iface *nd = i->nd;
    if (addr_eq(group, &addr_all_nodes))
        return true;
    if (addr_eq(group, &addr_all_routers))
        return i->node->forwards;
    for (int k = 0; k < ND_ADDRESSES; k++) {
        struct addr own = addr_solicited_node(&nd->address[k].addr);
        if (nd->address[k].state != ADDRESS_NONE && addr_eq(group, &own))
            return true;
    }
    const struct nd_proxy *first = nd->proxied ? nd->proxies[bucket_of(group)] : NULL;
    for (const struct nd_proxy *proxy = first; proxy; proxy = proxy->next) {
        struct addr own = addr_solicited_node(&proxy->addr);
        if (addr_eq(group, &own))
            return true;
    }
    for (const struct nd_dad *d = nd->dads; d; d = d->next) {
        struct addr own = addr_solicited_node(&d->target);
        if (addr_eq(group, &own))
            return true;
    }
    return i->node->mobile && mobile_listens(i->node->mobile, i, group);
}

/* ---- proxies, RFC 6275 10.4.1 ------------------------------------------ */

static struct nd_proxy *find_proxy(const struct iface *i, const struct addr *a)
{
    struct nd_proxy *proxy = i->nd->proxied ? i->nd->proxies[bucket_of(a)] : NULL;
    while (proxy && !addr_eq(&proxy->addr, a))
        proxy = proxy->next;
    return proxy;
}

static struct nd_proxy *take_proxy(struct iface *i)
{
    struct nd_proxy *proxy = i->nd->spare_proxy;
    if (!proxy)
        return arena_take(i->node->arena, sizeof *proxy);
    i->nd->spare_proxy = proxy->next;
    return proxy;
}

static void add_proxy(struct iface *i, const struct addr *a, bool anycast)
{
    if (nd_proxies(i, a))
        return;
    if (!i->nd->proxies)
        i->nd->proxies = arena_take(i->node->arena, ND_PROXIES * sizeof(struct nd_proxy *));
    struct nd_proxy **at = &i->nd->proxies[bucket_of(a)];
    struct nd_proxy *proxy = take_proxy(i);
    *proxy = (struct nd_proxy){.addr = *a, .anycast = anycast, .next = *at};
    *at = proxy;
    i->nd->proxied++;
}

void nd_proxy_add(struct iface *i, const struct addr *a)
{
    add_proxy(i, a, false);
}

void nd_anycast_add(struct iface *i, const struct addr *a)
{
    add_proxy(i, a, true);
}

void nd_proxy_remove(struct iface *i, const struct addr *a)
{
    if (!i->nd->proxies)
        return;
    for (struct nd_proxy **at = &i->nd->proxies[bucket_of(a)]; *at; at = &(*at)->next) {
        if (addr_eq(&(*at)->addr, a)) {
            struct addr group = addr_solicited_node(a);
            struct nd_proxy *gone = *at;
            *at = gone->next;
            gone->next = i->nd->spare_proxy;
            i->nd->spare_proxy = gone;
            i->nd->proxied--;
            groups_leave(i, &group);
            return;
        }
    }
}

bool nd_proxies(const struct iface *i, const struct addr *a)
{
    return find_proxy(i, a) != NULL;
}

bool nd_is_anycast(const struct iface *i, const struct addr *a)
{
    const struct nd_proxy *proxy = find_proxy(i, a);
    return proxy && proxy->anycast;
}
