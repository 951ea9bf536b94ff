#include "models/node/mobility.h"

#include <assert.h>
#include <stdio.h>

#include "models/node/icmp.h"
#include "models/node/inject.h"
#include "models/node/path.h"
#include "models/node/protect.h"
#include "models/node/tunnel.h"
#include "models/wire/icmp6.h"
#include "sim/base/bytes.h"

enum { HOP_LIMIT = 64 };

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
    const struct node *n = i->node;
    struct arrival a = {.src = h->src, .dst = h->dst, .has_home = c->has_home, .iface = i->index};
    a.tunnelled = n->mobile && n->from_tunnel; /* from the home agent, or it would not be here */
    a.station = i->port->framing == LINK_ETHERNET ? i->heard : 0;
    if (c->has_home) {
        a.home = c->home;
    } else if (c->has_rh2) {
        a.home = c->rh2;
    }
    /* What the two say to each other, as if its care-of address stood in front of it; a HoT is of
     * somebody else. */
    if (n->from_tunnel && n->opened && (n->agent || addr_eq(&h->src, &n->outer_src))) {
        a.home = n->agent ? h->src : h->dst;
        a.has_home = n->agent != NULL;
        a.src = n->agent ? n->outer_src : h->src;
        a.dst = n->agent ? h->dst : n->outer_dst;
    }
    a.authentic = true; /* or a policy would have stopped it */
    a.dynamic = protect_is_dynamic(n, a.has_home || c->has_rh2 ? &a.home : &h->src);
    return a;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* The message alone: no header stands in front of it yet. */
static struct pkt *write_message(struct node *n, const struct mh *m, const struct addr *src,
                                 const struct addr *dst)
{
    struct pkt *p = pkt_take(n->packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mh_write(&w, src, dst, m);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    return p;
}

static const struct addr *from_of(const struct mobility_ends *e)
{
    return e->home && e->home_is_source ? e->home : e->src;
}

static const struct addr *to_of(const struct mobility_ends *e)
{
    return e->home && !e->home_is_source ? e->home : e->dst;
}

static void send_named(struct node *n, struct pkt *p, uint8_t protocol,
                       const struct mobility_ends *e)
{
    uint8_t next = protocol;
    if (e->home && e->home_is_source) {
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), protocol, e->home);
        next = IP6_DEST_OPTS;
    } else if (e->home) {
        ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), protocol, e->home);
        next = IP6_ROUTING;
    }
    path_add_header(p, e->src, e->dst, next, HOP_LIMIT);
    path_out_plain(n, p); /* past bindings: RFC 6275 6.1 */
}

void mobility_send(struct node *n, const struct mh *m, const struct addr *src,
                   const struct addr *dst, const struct addr *home, bool home_is_source)
{
    const struct mobility_ends e = {src, dst, home, home_is_source};
    send_named(n, write_message(n, m, from_of(&e), to_of(&e)), IP6_MH, &e);
}

void mobility_signal_message(struct node *n, struct pkt *p, uint8_t protocol,
                             const struct mobility_ends *e)
{
    if (!n->protection || !protect_wants_tunnel(n, from_of(e), to_of(e), protocol, p)) {
        send_named(n, p, protocol, e);
        return;
    }
    struct tunnel t = {.entry = *e->src, .exit = *e->dst, .hop_limit = HOP_LIMIT, .fixed = true};
    path_add_header(p, from_of(e), to_of(e), protocol, HOP_LIMIT);
    if (protect_tunnel(n, p, 0, &t))
        tunnel_send(n, &t, p);
}

void mobility_signal(struct node *n, const struct mh *m, const struct addr *src,
                     const struct addr *dst, const struct addr *home, bool home_is_source)
{
    const struct mobility_ends e = {src, dst, home, home_is_source};
    mobility_signal_message(n, write_message(n, m, from_of(&e), to_of(&e)), IP6_MH, &e);
}

struct pkt *mobility_make(struct node *n, const struct mh *m, const struct addr *src,
                          const struct addr *dst)
{
    struct pkt *p = write_message(n, m, src, dst);
    path_add_header(p, src, dst, IP6_MH, HOP_LIMIT);
    return p;
}

void mobility_make_signal(struct node *n, const struct mh *m, const struct addr *src,
                          const struct addr *dst, struct sealing *s)
{
    struct pkt *p = write_message(n, m, src, dst);
    bool tunnel = n->protection && protect_wants_tunnel(n, src, dst, IP6_MH, p);
    path_add_header(p, src, dst, IP6_MH, HOP_LIMIT);
    if (!n->protection) {
        s->then(n, p, s);
        return;
    }
    if (!tunnel) {
        protect_out(n, p, s);
        return;
    }
    s->tunnel = (struct tunnel){.entry = *src, .exit = *dst, .fixed = true};
    if (!protect_tunnel(n, p, 0, &s->tunnel))
        return;
    s->sa = s->tunnel.sa;
    s->next = IP6_IP6;
    protect_seal(n, p, s);
}

void mobility_is_sealed(struct node *n, struct pkt *p, const struct sealing *s)
{
    inject_miss(n); /* it waits behind path_out_ready(), which this does not pass */
    if (s->sa && !s->named_at)
        path_add_header(p, &s->tunnel.entry, &s->tunnel.exit, IP6_ESP, HOP_LIMIT);
}

static void enter(struct node *n, struct tunnel *t, struct pkt *p)
{
    if (!n->protection || protect_tunnel(n, p, t->bid, t))
        tunnel_send(n, t, p);
}

void mobility_tunnel(struct node *n, struct pkt *p, const struct addr *src, const struct addr *dst,
                     uint16_t bid, uint8_t hop_limit)
{
    struct tunnel t = {.entry = *src, .exit = *dst, .hop_limit = hop_limit, .bid = bid};
    enter(n, &t, p);
}

void mobility_tunnel_all(struct node *n, struct pkt *p, struct tunnel *end, unsigned ends)
{
    if (ends > 1 && n->protection && protect_seals_once(n, p)) {
        if (!protect_tunnel(n, p, end[0].bid, &end[0]))
            return;
        for (unsigned k = 1; k < ends; k++)
            protect_end(end[0].sa, &end[k]);
        end[0].others = &end[1];
        end[0].n = end[0].sa ? ends - 1 : 0;
        tunnel_send(n, &end[0], p);
        return;
    }
    for (unsigned k = 0; k < ends; k++)
        enter(n, &end[k], k + 1 < ends ? mobility_copy(n, p, (uint8_t)(k + 1)) : p);
}

/* False: p is gone. */
static bool read_header(struct node *n, struct pkt *p, struct ip6 *h)
{
    if (!ip6_read(p->at, p->len, h))
        return true;
    node_drop(n, DROP_MALFORMED, p);
    return false;
}

/* Room for `bytes` behind the IPv6 header, which is `anew` now. */
static uint8_t *insert(struct pkt *p, size_t bytes, const struct ip6 *anew)
{
    uint8_t class = ip6_class(p->at);
    if (p->mark.flow)
        p->mark.overhead = (uint16_t)(p->mark.overhead + bytes);
    pkt_strip(p, IP6_HEADER);
    (void)pkt_prepend(p, bytes);
    path_add_header(p, &anew->src, &anew->dst, anew->next, anew->hop_limit);
    ip6_set_class(p->at, class);
    return p->at + IP6_HEADER;
}

bool mobility_insert_route(struct node *n, struct pkt *p, const struct addr *coa)
{
    struct ip6 h;
    if (!read_header(n, p, &h))
        return false;
    struct ip6 anew = h;
    anew.dst = *coa;
    anew.next = IP6_ROUTING;
    ip6_write_rh2(insert(p, IP6_RH2_BYTES, &anew), h.next, &h.dst);
    return true;
}

bool mobility_insert_home(struct node *n, struct pkt *p, const struct addr *coa)
{
    struct ip6 h;
    if (!read_header(n, p, &h))
        return false;
    struct ip6 anew = h;
    anew.src = *coa;
    anew.next = IP6_DEST_OPTS;
    ip6_write_home(insert(p, IP6_HAO_BYTES, &anew), h.next, &h.src);
    return true;
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

bool mobility_refuse(struct node *n, const struct arrival *a, const struct mh *bu)
{
    struct mh ba = {.type = MH_BA, .status = MH_ST_NO_HOME_REGISTRATION, .sequence = bu->sequence};
    if (!a->has_home || !addr_unicast_routable(&a->home))
        return false;
    NODE_EVENT(n, EV_BA_SENT, field_addr("peer", &a->src), field_addr("home_address", &a->home),
               field_text("bids", ""), field_int("sequence", ba.sequence),
               field_int("lifetime_s", 0), field_int("status", ba.status));
    mobility_send(n, &ba, &a->dst, &a->src, &a->home, false);
    return true;
}
