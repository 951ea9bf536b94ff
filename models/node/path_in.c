/* The way in, and on to other nodes. */
#include <assert.h>

#include "models/node/agent.h"
#include "models/node/agent_discovery.h"
#include "models/node/correspond.h"
#include "models/node/filter.h"
#include "models/node/fragments.h"
#include "models/node/icmp.h"
#include "models/node/mobile.h"
#include "models/node/mobility.h"
#include "models/node/nd.h"
#include "models/node/optimise.h"
#include "models/node/path_parts.h"
#include "models/node/prefix_discovery.h"
#include "models/node/protect.h"
#include "models/node/service.h"
#include "models/node/translator.h"
#include "models/node/udp_esp.h"
#include "models/wire/icmp6.h"
#include "models/wire/udp.h"

/* How far a packet for this node has come; in pieces: it came in fragments. */
enum stage { ARRIVED, OPENED, OPENED_PIECES };

/* ---- on to other nodes ------------------------------------------------------------- */

static unsigned filtered(const struct iface *from, const struct iface *to, const struct pkt *p)
{
    unsigned why = to->filter ? filter_refuses(to->filter, p->at, p->len) : DROP_NONE;
    if (!why && from && from->filter)
        why = filter_refuses(from->filter, p->at, p->len);
    return why;
}

/* `from` is the interface that it came in on; NULL: out of a tunnel. */
static void forward(struct node *n, const struct iface *from, struct pkt *p, const struct ip6 *h)
{
    struct path_way w;
    if (addr_link_local(&h->src) || addr_unspecified(&h->src) || addr_link_local(&h->dst)) {
        node_drop(n, DROP_SCOPE, p);
        return;
    }
    if (h->hop_limit <= 1) { /* RFC 8200 3 */
        icmp_send_error(n, p, ICMP6_TIME_EXCEEDED, ICMP6_HOP_LIMIT, 0);
        node_drop(n, DROP_HOP_LIMIT, p);
        return;
    }
    p->at[IP6_AT_HOPS]--;
    if (n->agent && agent_takes(n->agent, p, false))
        return;
    struct addr dst = h->dst;
    if (n->translator && !translator_leads(n->translator, from, p, &dst))
        return;
    const struct route *r = routes_find(n->routes, &dst);
    if (!path_find_way(n, &h->src, &dst, r, &w)) {
        path_no_route(n, p);
        return;
    }
    unsigned refused = filtered(from, w.out, p);
    if (refused) {
        node_drop(n, (enum node_reason)refused, p);
    } else if (from && w.out == from && from->nd && from->port->framing == LINK_RAW_IP6) {
        icmp_send_error(n, p, ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
        node_drop(n, DROP_SAME_LINK, p); /* it would come back for ever: RFC 4443 3.1 */
    } else if (p->len > w.out->mtu || !n->translator ||
               translator_changes(n->translator, from, w.out, p)) {
        path_emit(w.out, &w.next_hop, p);
    }
}

/* ---- to upper layers ---------------------------------------------------------------- */

static void datagram(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at)
{
    struct node *n = i->node;
    struct udp u;
    enum udp_fault fault = udp_read(&h->src, &h->dst, p->at + at, p->len - at, &u);
    if (fault) {
        node_drop(n, fault == UDP_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_MALFORMED, p);
        return;
    }
    const struct udp_listener *l = udp_listener(&n->ports, u.dst_port);
    if (!l) {
        icmp_send_error(n, p, ICMP6_UNREACHABLE, ICMP6_PORT_UNREACHABLE, 0);
        node_drop(n, DROP_NO_PORT, p);
        return;
    }
    l->take(l->owner, p, p->at + at + UDP_HEADER, u.bytes - (size_t)UDP_HEADER);
    pkt_give(n->packets, p);
}

static void unknown_header(struct iface *i, struct pkt *p, const struct ip6_chain *c)
{
    uint32_t pointer = (uint32_t)ip6_named_at(p->at, c->upper_at);
    icmp_send_error(i->node, p, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER, pointer);
    node_drop(i->node, DROP_UNKNOWN_HEADER, p);
}

/* A tunnel's end, RFC 2473 3.3. */
static void end_tunnel(struct iface *i, struct pkt *p, const struct ip6 *h,
                       const struct ip6_chain *c)
{
    struct node *n = i->node;
    struct ip6 inner;
    if (!n->mobile && !n->agent) {
        unknown_header(i, p, c);
        return;
    }
    if (ip6_read(p->at + c->upper_at, p->len - c->upper_at, &inner)) {
        node_drop(n, DROP_MALFORMED, p);
        return;
    }
    unsigned refused = n->agent ? agent_refuses_tunnel(n->agent, p, h, c) : DROP_NONE;
    if (refused) {
        node_drop(n, refused, p);
        return;
    }
    if (n->mobile && !mobile_accepts_tunnel(n->mobile, h)) {
        node_drop(n, DROP_TUNNEL_SOURCE, p);
        return;
    }
    n->outer_src = h->src;
    n->outer_dst = h->dst;
    pkt_strip(p, c->upper_at);
    if (n->mobile)
        optimise_heard(n->mobile, p);
    path_in_tunnelled(i, p);
}

static void mobility(struct iface *i, struct pkt *p, const struct ip6 *h, const struct ip6_chain *c)
{
    struct node *n = i->node;
    if (n->agent) {
        agent_mh(n->agent, i, p, h, c);
    } else if (n->mobile) {
        mobile_mh(n->mobile, i, p, h, c);
    } else if (n->correspond) {
        correspond_mh(i, p, h, c);
    } else {
        unknown_header(i, p, c); /* RFC 6275 11.3.5 expects code 1 */
    }
}

static void upper(struct iface *i, struct pkt *p, const struct ip6 *wire, const struct ip6_chain *c)
{
    struct ip6 h = *wire; /* the addresses that upper layers see: RFC 6275 9.3.1, 11.3.3 */
    if (c->has_home)
        h.src = c->home;
    if (c->has_rh2)
        h.dst = c->rh2;
    uint8_t type = p->len > c->upper_at ? p->at[c->upper_at] : 0;
    if (c->has_rh2 && c->upper != IP6_MH && i->node->mobile)
        optimise_used(i->node->mobile, &h.src);
    switch (c->upper) {
    case IP6_ICMP6:
        if (type >= ICMP6_RS && type <= ICMP6_REDIRECT) {
            if (i->nd && !c->fragment) { /* RFC 6980 5 */
                nd_in(i, p, &h, c->upper_at);
            } else {
                node_drop(i->node, DROP_BAD_ND, p);
            }
        } else if (type == ICMP6_MPS || type == ICMP6_MPA) {
            prefix_discovery_in(i, p, wire, c);
        } else if (type == ICMP6_HAAD_REQUEST || type == ICMP6_HAAD_REPLY) {
            agent_discovery_in(i, p, &h, c->upper_at);
        } else {
            icmp_in(i, p, &h, c->upper_at);
        }
        break;
    case IP6_UDP:
        datagram(i, p, &h, c->upper_at);
        break;
    case IP6_MH:
        mobility(i, p, wire, c);
        break;
    case IP6_IP6:
        end_tunnel(i, p, wire, c);
        break;
    case IP6_NONE:
        pkt_give(i->node->packets, p);
        break;
    default:
        unknown_header(i, p, c);
    }
}

/* ---- extension headers and protection ----------------------------------------------- */

/* An extension header that cannot be followed: RFC 8200 4.2, 4.4. */
static void bad_chain(struct iface *i, struct pkt *p, const struct ip6 *h, enum ip6_fault fault,
                      const struct ip6_chain *c)
{
    static const enum node_reason reasons[] = {
        [IP6_CUT_SHORT] = DROP_MALFORMED,     [IP6_BAD_VERSION] = DROP_MALFORMED,
        [IP6_BAD_OPTION] = DROP_MALFORMED,    [IP6_UNKNOWN_OPTION] = DROP_UNKNOWN_OPTION,
        [IP6_BAD_ROUTING] = DROP_BAD_ROUTING, [IP6_BAD_ORDER] = DROP_MALFORMED,
    };
    bool tell = fault == IP6_BAD_OPTION || fault == IP6_BAD_ORDER ||
                (fault == IP6_BAD_ROUTING && !c->has_rh2);
    if (fault == IP6_UNKNOWN_OPTION)
        tell = c->fault_action == 2 || (c->fault_action == 3 && !addr_multicast(&h->dst));
    if (tell && c->fault_at)
        icmp_send_error(i->node, p, ICMP6_PARAMETER_PROBLEM, c->fault_code, (uint32_t)c->fault_at);
    node_drop(i->node, reasons[fault], p);
}

/* Checks on the Home Address option and the type 2 routing header. Answers whether p lives. */
static bool mobility_headers_fit(struct iface *i, struct pkt *p, const struct ip6 *h,
                                 const struct ip6_chain *c)
{
    struct node *n = i->node;
    if (c->has_rh2 && !(n->mobile && mobile_owns_home(n->mobile, &c->rh2))) {
        node_drop(n, DROP_BAD_ROUTING, p); /* silently: RFC 6275 6.4, 8.2 */
        return false;
    }
    if (!c->has_home)
        return true;
    if (!n->agent && !n->mobile && !n->correspond) { /* does not know the option: RFC 6275 6.3 */
        if (!addr_multicast(&h->dst))
            icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_OPTION, (uint32_t)c->home_at);
        node_drop(n, DROP_UNKNOWN_OPTION, p);
        return false;
    }
    if (!addr_unicast_routable(&c->home)) {
        node_drop(n, DROP_BAD_HOME_ADDRESS, p);
        return false;
    }
    if (c->upper != IP6_MH && c->upper != IP6_ESP && c->upper != IP6_AH &&
        !(n->agent && agent_bound(n->agent, &c->home, &h->src)) &&
        !(n->correspond && correspond_accepts(n, &c->home, &h->src))) { /* RFC 6275 9.3.1 */
        mobility_binding_error(n, h, &c->home, 1);
        node_drop(n, DROP_NO_BINDING, p);
        return false;
    }
    return true;
}

static void deliver(struct iface *i, struct pkt *p, const struct ip6 *wire, enum stage stage)
{
    struct node *n = i->node;
    struct ip6 h = *wire;
    struct ip6_chain c;
    bool came_cut = stage == OPENED_PIECES;
    enum ip6_fault fault = ip6_walk(p->at, p->len, &c);
    while (!fault && c.upper == IP6_FRAGMENT && stage == ARRIVED) {
        p = fragments_join(n, p, c.upper_at);
        if (!p)
            return;
        came_cut = true;
        fault = ip6_read(p->at, p->len, &h);
        assert(!fault);
        fault = ip6_walk(p->at, p->len, &c);
    }
    c.fragment = came_cut;
    if (fault) {
        bad_chain(i, p, &h, fault, &c);
        return;
    }
    if (n->protection && stage == ARRIVED) {
        if (!udp_esp_take(n, p, &h, &c))
            return;
        if (n->cpu && c.upper == IP6_ESP) {
            service_open(i, p, came_cut);
            return;
        }
        unsigned reason = protect_in(n, p, &h, &c);
        if (reason) {
            node_drop(n, (enum node_reason)reason, p);
            return;
        }
    }
    if (mobility_headers_fit(i, p, &h, &c))
        upper(i, p, &h, &c);
}

void path_in_opened(struct iface *i, struct pkt *p, bool came_cut)
{
    struct ip6 h;
    enum ip6_fault fault = ip6_read(p->at, p->len, &h);
    assert(!fault);
    deliver(i, p, &h, came_cut ? OPENED_PIECES : OPENED);
}

void path_in_own(struct iface *i, struct pkt *p)
{
    struct node *n = i->node;
    struct ip6 h;
    enum ip6_fault fault = ip6_read(p->at, p->len, &h);
    assert(!fault);
    struct sa *opened = n->opened;
    bool from_tunnel = n->from_tunnel;
    n->opened = NULL;
    n->from_tunnel = true; /* it has not left: nothing to protect it from */
    deliver(i, p, &h, ARRIVED);
    n->opened = opened;
    n->from_tunnel = from_tunnel;
}

/* ---- for this node or another -------------------------------------------------------- */

/* Reads the header and cuts off what the link padded. False: p is gone. */
static bool read_header(struct node *n, struct pkt *p, struct ip6 *h)
{
    if (ip6_read(p->at, p->len, h)) {
        node_drop(n, DROP_MALFORMED, p);
        return false;
    }
    p->len = (uint32_t)IP6_HEADER + h->payload_bytes;
    return true;
}

void path_in_tunnelled(struct iface *i, struct pkt *p)
{
    struct node *n = i->node;
    struct ip6 h;
    n->from_tunnel = true;
    if (!read_header(n, p, &h))
        return;
    if (node_owns(n, &h.dst)) {
        deliver(i, p, &h, ARRIVED);
    } else if (n->forwards && !addr_multicast(&h.dst)) {
        forward(n, NULL, p, &h);
    } else {
        node_drop(n, DROP_NOT_FOR_US, p);
    }
}

/* By the prefixes of the link, not by a reverse path: RFC 3704 2.2. */
static bool is_of_link(const struct iface *i, const struct addr *src)
{
    const struct route *r = routes_find(i->node->routes, src);
    return r && r->kind == ROUTE_ON_LINK && r->out == i && !r->withdrawn;
}

/* A neighbour tests whether an address that this home agent defends still works: RFC 4861 7.3.1. */
static bool is_probe_of_proxy(const struct iface *i, const struct pkt *p, const struct ip6 *h)
{
    return i->nd && i->node->agent && h->next == IP6_ICMP6 && h->hop_limit == 255 &&
           p->len > IP6_HEADER && p->at[IP6_HEADER] == ICMP6_NS && nd_proxies(i, &h->dst);
}

static void unicast_in(struct iface *i, struct pkt *p, const struct ip6 *h)
{
    struct node *n = i->node;
    const struct route *r = routes_find(n->routes, &h->dst);
    bool translated = n->translator && translator_is_for(n->translator, i, &h->dst);
    if ((r && r->kind == ROUTE_LOCAL && !translated) || is_probe_of_proxy(i, p, h)) {
        deliver(i, p, h, ARRIVED);
        return;
    }
    if (i->nd && addr_link_local(&h->dst) && n->agent && agent_link_local(n->agent, &h->dst)) {
        icmp_send_error(n, p, ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
        node_drop(n, DROP_HOME_LINK_LOCAL, p); /* RFC 6275 10.4.2 */
        return;
    }
    const struct nd_address *tentative = i->nd ? address_find(i, &h->dst) : NULL;
    if (tentative) {
        node_drop(n, DROP_TENTATIVE, p);
    } else if (i->ingress_filter && !is_of_link(i, &h->src) && !addr_link_local(&h->src)) {
        icmp_send_error(n, p, ICMP6_UNREACHABLE, ICMP6_SOURCE_POLICY, 0);
        node_drop(n, DROP_INGRESS, p);
    } else if (n->forwards) {
        if (i->nd && r && r->out == i)
            redirect_send(i, p, h, r);
        forward(n, i, p, h);
    } else {
        node_drop(n, DROP_NOT_FOR_US, p);
    }
}

void path_in(struct iface *i, struct pkt *p)
{
    struct node *n = i->node;
    struct ip6 h;
    n->arrival = i;
    n->opened = NULL;
    n->from_tunnel = false;
    if (i->port->framing == LINK_ETHERNET) {
        uint64_t dst;
        uint16_t type;
        if (!eth_read(p->at, p->len, &dst, &i->heard, &type) || type != ETH_TYPE_IP6) {
            node_drop(n, DROP_MALFORMED, p);
            return;
        }
        pkt_strip(p, ETH_HEADER);
        p->group = dst >> 40 & 1;
    } else {
        p->group = false;
    }
    if (!read_header(n, p, &h))
        return;
    if (i->nd && i->nd->disabled) {
        node_drop(n, DROP_NO_ADDRESS, p);
    } else if (!addr_multicast(&h.dst)) {
        unicast_in(i, p, &h);
    } else if (i->nd && nd_listens(i, &h.dst)) {
        deliver(i, p, &h, ARRIVED);
    } else {
        pkt_give(n->packets, p); /* a group that this node is not in */
    }
}
