#include "models/node/tunnel.h"

#include "models/ipsec/esp.h"
#include "models/node/fragments.h"
#include "models/node/icmp.h"
#include "models/node/inject.h"
#include "models/node/mobility.h"
#include "models/node/path.h"
#include "models/node/protect.h"
#include "models/node/udp_esp.h"
#include "models/wire/fragment.h"
#include "models/wire/udp.h"

enum { NO_LIMIT = -1, LIMIT_VALUE = 2 /* in the option */ };

/* ---- in ---------------------------------------------------------------------- */

/* The Tunnel Encapsulation Limit that the outer header is to carry: one less than that of the
 * packet if it has one, else as configured (4.1.1, 6.6). False: p may go into no tunnel, and is
 * gone. */
static bool find_limit(struct node *n, struct pkt *p, int *limit)
{
    struct ip6_chain c;
    *limit = n->timers->tunnel_limit ? (int)n->timers->tunnel_limit : NO_LIMIT;
    if (p->at[IP6_AT_NEXT] != IP6_DEST_OPTS || ip6_walk(p->at, p->len, &c) || !c.has_limit)
        return true;
    if (!c.limit) {
        icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD,
                        (uint32_t)c.limit_at + LIMIT_VALUE);
        node_drop(n, DROP_ENCAPSULATION_LIMIT, p);
        return false;
    }
    *limit = c.limit - 1;
    return true;
}

static void put_outer(struct node *n, const struct tunnel *t, int limit, uint8_t traffic_class,
                      uint32_t before, struct pkt *p)
{
    uint8_t next = t->sa ? IP6_ESP : IP6_IP6;
    if (t->sa && t->sa->encapsulated) {
        udp_esp_put(n, p, t->sa, &t->entry, &t->exit);
        next = IP6_UDP;
    }
    if (limit != NO_LIMIT) {
        ip6_write_limit(pkt_prepend(p, IP6_LIMIT_BYTES), next, (uint8_t)limit);
        next = IP6_DEST_OPTS;
    }
    path_add_header(p, &t->entry, &t->exit, next, t->hop_limit);
    if (t->sa) /* RFC 4301 5.1.2.2 */
        ip6_set_class(p->at, traffic_class);
    if (p->mark.flow) {
        p->mark.bid = t->bid; /* of a copy: its own */
        p->mark.overhead = (uint16_t)(p->mark.overhead + p->len - before);
    }
    path_out_ready(n, p);
}

/* Takes p, which is sealed. */
static void put_each_outer(struct node *n, struct pkt *p, const struct sealing *s)
{
    const struct tunnel *t = &s->tunnel;
    for (unsigned k = 0; k < t->n; k++) {
        struct pkt *twin = mobility_copy(n, p, (uint8_t)(k + 1));
        put_outer(n, &t->others[k], s->limit, s->traffic_class, s->bytes, twin);
    }
    put_outer(n, t, s->limit, s->traffic_class, s->bytes, p);
}

static void encapsulate(struct node *n, const struct tunnel *t, int limit, struct pkt *p)
{
    if (!t->sa) {
        put_outer(n, t, limit, ip6_class(p->at), p->len, p);
        return;
    }
    const struct sealing s = {.then = put_each_outer,
                              .sa = t->sa,
                              .next = IP6_IP6,
                              .tunnel = *t,
                              .limit = limit,
                              .traffic_class = ip6_class(p->at),
                              .bytes = p->len};
    protect_seal(n, p, &s);
}

/* What the tunnel takes of packets that may not be cut inside: at least 1280 (7.1; RFC 4301 8.2).
 * Without a way anything goes: the outer packet's death is told then. */
static uint32_t tunnel_mtu(struct node *n, const struct tunnel *t, uint32_t headers)
{
    uint32_t mtu =
        t->sa ? path_mtu(n, &t->sized_entry, &t->sized_exit) : path_mtu(n, &t->entry, &t->exit);
    if (!mtu)
        return UINT32_MAX;
    uint32_t room = mtu > headers ? mtu - headers : 0;
    if (t->sa)
        room = (uint32_t)esp_fit(t->sa->suite, room);
    return room > IP6_MTU_MIN ? room : IP6_MTU_MIN;
}

/* p is above 1280: whole, or in fragments if it is this node's; NULL: too big, and gone. */
static struct pkt *fit(struct node *n, const struct tunnel *t, uint32_t headers, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    uint32_t mtu = tunnel_mtu(n, t, headers);
    if (node_owns(n, &src)) {
        mtu = pmtu_use(&n->pmtu, &src, &dst, mtu, p->len, sim_now(n->sim));
        if (p->len > mtu)
            return fragments_cut(n, p, mtu);
    } else if (p->len > mtu) {
        icmp_send_error(n, p, ICMP6_TOO_BIG, 0, mtu);
        node_drop(n, DROP_TOO_BIG, p);
        return NULL;
    }
    p->next = NULL;
    return p;
}

void tunnel_send(struct node *n, const struct tunnel *t, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    int limit;
    if (p->mark.flow) {
        p->mark.path = PKT_TUNNEL;
        p->mark.bid = t->bid;
    }
    if (addr_eq(&src, &t->entry) && addr_eq(&dst, &t->exit) && !t->sa) {
        node_drop(n, DROP_TUNNEL_LOOP, p); /* 4.1.2 */
        inject_miss(n);
        return;
    }
    if (!find_limit(n, p, &limit)) {
        inject_miss(n);
        return;
    }
    if (p->len <= IP6_MTU_MIN) {
        encapsulate(n, t, limit, p);
        return;
    }
    uint32_t headers = IP6_HEADER + (limit == NO_LIMIT ? 0u : (uint32_t)IP6_LIMIT_BYTES);
    if (t->sa && t->sa->encapsulated)
        headers += UDP_HEADER;
    p = fit(n, t, headers, p);
    while (p) {
        struct pkt *next = p->next;
        encapsulate(n, t, limit, p);
        p = next;
    }
    inject_miss(n);
}

/* ---- errors from inside ------------------------------------------------------------ */

/* Where the inner packet stands in a quoted outer one; 0: nowhere. */
static size_t inner_at(const struct icmp6_error *e, struct ip6_chain *c)
{
    if (fragment_walk(e->quote, e->n, c) || c->upper != IP6_IP6 || e->n < c->upper_at + IP6_HEADER)
        return 0;
    return c->upper_at;
}

void tunnel_error(struct node *n, const struct icmp6_error *e)
{
    struct ip6_chain c;
    struct ip6 inner;
    size_t at = inner_at(e, &c);
    if (!at || ip6_read(e->quote + at, e->n - at, &inner) == IP6_BAD_VERSION ||
        node_owns(n, &inner.src))
        return; /* its own packets ask the path MTU of the tunnel when they are sent */
    const uint8_t *packet = e->quote + at;
    size_t bytes = e->n - at;
    bool at_limit = e->type == ICMP6_PARAMETER_PROBLEM && e->code == ICMP6_FIELD && c.has_limit &&
                    e->value == c.limit_at + LIMIT_VALUE;
    if (e->type == ICMP6_TOO_BIG && IP6_HEADER + inner.payload_bytes > IP6_MTU_MIN) {
        uint32_t headers = IP6_HEADER + (c.has_limit ? (uint32_t)IP6_LIMIT_BYTES : 0u);
        uint32_t mtu = e->value > IP6_MTU_MIN + headers ? e->value - headers : IP6_MTU_MIN;
        icmp_send_error_about(n, packet, bytes, ICMP6_TOO_BIG, 0, mtu);
    } else if (e->type == ICMP6_UNREACHABLE || at_limit ||
               (e->type == ICMP6_TIME_EXCEEDED && e->code == ICMP6_HOP_LIMIT)) {
        icmp_send_error_about(n, packet, bytes, ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
    }
}
