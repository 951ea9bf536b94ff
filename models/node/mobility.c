#include "models/node/mobility.h"

#include <assert.h>
#include <stdio.h>

#include "models/node/fragment.h"
#include "models/node/icmp.h"
#include "models/node/path.h"
#include "models/node/pmtu.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "sim/base/bytes.h"

void mobility_binding_error(struct node *n, const struct ip6 *h, const struct addr *home,
                            uint8_t status)
{
    const struct mh error = {.type = MH_BE, .status = status, .home = *home};
    if (addr_multicast(&h->src) || addr_multicast(&h->dst) || addr_unspecified(&h->src))
        return;
    if (icmp_within_limit(n))
        mobility_send(n, &error, &h->dst, &h->src, NULL, false);
}

/* RFC 6275 9.2: which octet is wrong, or which message is unknown. */
static void answer_fault(struct iface *i, struct pkt *p, const struct ip6 *h,
                         const struct ip6_chain *c, enum mh_fault fault)
{
    struct node *n = i->node;
    uint32_t at = (uint32_t)c->upper_at;
    if (fault == MH_BAD_PROTO)
        icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, at);
    if (fault == MH_BAD_LENGTH)
        icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, at + 1);
    if (fault == MH_UNKNOWN_TYPE)
        mobility_binding_error(n, h, c->has_home ? &c->home : &addr_any, 2);
}

bool mobility_read(struct iface *i, struct pkt *p, const struct ip6 *h, const struct ip6_chain *c,
                   struct mh *m)
{
    const struct addr *src = c->has_home ? &c->home : &h->src;
    const struct addr *dst = c->has_rh2 ? &c->rh2 : &h->dst;
    enum mh_fault fault = mh_read(src, dst, p->at + c->upper_at, p->len - c->upper_at, m);
    if (!fault)
        return true;
    answer_fault(i, p, h, c, fault);
    node_drop(i->node, fault == MH_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_BAD_MH, p);
    return false;
}

struct arrival mobility_arrival(const struct iface *i, const struct ip6 *h,
                                const struct ip6_chain *c)
{
    struct arrival a = {.src = h->src, .dst = h->dst, .has_home = c->has_home, .iface = i->index};
    a.station = i->port->framing == LINK_ETHERNET ? i->heard : 0;
    if (c->has_home) {
        a.home = c->home;
    } else if (c->has_rh2) {
        a.home = c->rh2;
    }
    a.authentic = true; /* signalling is unprotected, and the scenario says so */
    return a;
}

void mobility_send(struct node *n, const struct mh *m, const struct addr *src,
                   const struct addr *dst, const struct addr *home, bool home_is_source)
{
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mh_write(&w, home && home_is_source ? home : src, home && !home_is_source ? home : dst, m);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    uint8_t next = IP6_MH;
    if (home && home_is_source) {
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_MH, home);
        next = IP6_DEST_OPTS;
    } else if (home) {
        ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), IP6_MH, home);
        next = IP6_ROUTING;
    }
    path_add_header(p, src, dst, next, 64);
    path_out_plain(n, p); /* past bindings: RFC 6275 6.1 */
}

struct pkt *mobility_make(struct node *n, const struct mh *m, const struct addr *src,
                          const struct addr *dst)
{
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mh_write(&w, src, dst, m);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    path_add_header(p, src, dst, IP6_MH, 64);
    return p;
}

/* ---- tunnels, RFC 2473 --------------------------------------------------------- */

/* What the tunnel's path carries. */
static uint32_t path_of(const struct node *n, const struct addr *src, const struct addr *dst)
{
    const struct route *r = n->forwards ? routes_find(n->routes, dst) : node_owns(n, src);
    uint32_t link = r && r->out ? r->out->mtu : UINT32_MAX;
    return pmtu_of(n, src, dst, link);
}

struct tunnel {
    struct node *node;
    struct addr src;
    struct addr dst;
    uint16_t bid;
    uint8_t hop_limit;
};

static void enter(void *owner, struct pkt *p)
{
    const struct tunnel *t = owner;
    mobility_tunnel(t->node, p, &t->src, &t->dst, t->bid, t->hop_limit);
}

/* Whether the outer header carries a limit, and which: RFC 2473 4.1.1. False: p is one tunnel too
 * deep, and gone. */
static bool limit_of(struct node *n, struct pkt *p, bool *has_limit, uint8_t *limit)
{
    struct ip6_chain c;
    *limit = (uint8_t)n->timers->tunnel_limit;
    *has_limit = *limit > 0;
    if (p->at[IP6_AT_NEXT] != IP6_DEST_OPTS || ip6_walk(p->at, p->len, &c) || !c.has_limit)
        return true;
    if (c.limit == 0) {
        icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, (uint32_t)c.limit_at);
        node_drop(n, DROP_TUNNEL_LOOP, p);
        return false;
    }
    *limit = (uint8_t)(c.limit - 1);
    *has_limit = true;
    return true;
}

/* RFC 2473 7.1: what does not fit is cut by its source, unless that is as small as can be asked
 * for. Answers whether p goes on. */
static bool fits_tunnel(struct tunnel *t, struct pkt *p, uint32_t overhead)
{
    struct node *n = t->node;
    struct addr inner = ip6_src(p->at);
    uint32_t mtu = path_of(n, &t->src, &t->dst) - overhead;
    if (p->len <= mtu || p->len <= IP6_MTU_MIN)
        return true;
    if (mtu < IP6_MTU_MIN)
        mtu = IP6_MTU_MIN;
    if (node_owns(n, &inner)) {
        fragment_out(n, p, mtu, t, enter);
        return false;
    }
    icmp_send_error(n, p, ICMP6_TOO_BIG, 0, mtu);
    node_drop(n, DROP_TOO_BIG, p);
    return false;
}

static bool is_loop(const struct pkt *p, const struct addr *src, const struct addr *dst)
{
    struct addr inner_src = ip6_src(p->at);
    struct addr inner_dst = ip6_dst(p->at);
    return addr_eq(&inner_src, src) && addr_eq(&inner_dst, dst);
}

void mobility_tunnel(struct node *n, struct pkt *p, const struct addr *src, const struct addr *dst,
                     uint16_t bid, uint8_t hop_limit)
{
    struct tunnel t = {n, *src, *dst, bid, hop_limit};
    uint8_t limit = 0;
    bool has_limit = false;
    if (is_loop(p, src, dst)) {
        node_drop(n, DROP_TUNNEL_LOOP, p);
        return;
    }
    if (!limit_of(n, p, &has_limit, &limit))
        return;
    if (!fits_tunnel(&t, p, IP6_HEADER + (has_limit ? IP6_LIMIT_BYTES : 0)))
        return;
    if (p->mark.flow) {
        p->mark.path = PKT_TUNNEL;
        p->mark.bid = bid;
        p->mark.overhead =
            (uint16_t)(p->mark.overhead + IP6_HEADER + (has_limit ? IP6_LIMIT_BYTES : 0));
    }
    if (has_limit)
        ip6_write_limit(pkt_prepend(p, IP6_LIMIT_BYTES), IP6_IP6, limit);
    path_add_header(p, src, dst, has_limit ? IP6_DEST_OPTS : IP6_IP6, hop_limit);
    path_out_plain(n, p);
}

struct pkt *mobility_copy(struct node *n, const struct pkt *p, uint8_t copy)
{
    struct pkt *twin = pkt_copy(n->packets, p);
    twin->mark.copy = copy;
    tap_packet(n->sim, TAP_BORN, DROP_NONE, twin);
    return twin;
}

const char *mobility_bids(struct node *n, const struct mh *m)
{
    char text[8 * MH_BIDS] = "";
    size_t len = 0;
    for (unsigned k = 0; k < m->bids; k++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", k ? " " : "",
                                (unsigned)m->bid[k].bid);
    }
    return arena_text(n->arena, text);
}
