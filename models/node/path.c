#include "models/node/path.h"

#include <assert.h>

#include "models/node/agent.h"
#include "models/node/correspond.h"
#include "models/node/fragments.h"
#include "models/node/icmp.h"
#include "models/node/inject.h"
#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/path_parts.h"
#include "models/node/protect.h"
#include "models/wire/icmp6.h"

void path_add_header(struct pkt *p, const struct addr *src, const struct addr *dst, uint8_t next,
                     uint8_t hop_limit)
{
    assert(p->len <= UINT16_MAX);
    const struct ip6 h = {.src = *src,
                          .dst = *dst,
                          .payload_bytes = (uint16_t)p->len,
                          .next = next,
                          .hop_limit = hop_limit};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
}

/* ---- the way out ---------------------------------------------------------- */

void path_emit(struct iface *i, const struct addr *next_hop, struct pkt *p)
{
    struct node *n = i->node;
    if (p->len > i->mtu) {
        icmp_send_error(n, p, ICMP6_TOO_BIG, 0, i->mtu);
        node_drop(n, DROP_TOO_BIG, p);
        return;
    }
    p->cause = sim_cause(n->sim);
    if (i->nd) {
        neighbour_send(i, next_hop, p);
    } else {
        port_send(i->port, p);
    }
}

static void emit_all(const struct path_way *w, struct pkt *list)
{
    while (list) {
        struct pkt *p = list;
        list = p->next;
        path_emit(w->out, &w->next_hop, p);
    }
}

/* Made by this node, so it may cut it: RFC 8200 4.5. What fits every link needs no look. */
static void emit_own(const struct path_way *w, struct pkt *p)
{
    struct node *n = w->out->node;
    if (p->len > IP6_MTU_MIN) {
        struct addr src = ip6_src(p->at);
        struct addr dst = ip6_dst(p->at);
        uint32_t mtu = pmtu_use(&n->pmtu, &src, &dst, w->out->mtu, p->len, sim_now(n->sim));
        if (p->len > mtu) {
            emit_all(w, fragments_cut(n, p, mtu));
            return;
        }
    }
    path_emit(w->out, &w->next_hop, p);
}

void path_out_on(struct iface *i, const struct addr *next_hop, struct pkt *p)
{
    const struct path_way w = {i, *next_hop};
    struct addr src = ip6_src(p->at);
    if (p->len > IP6_MTU_MIN && !node_owns(i->node, &src)) {
        path_emit(i, next_hop, p);
    } else {
        emit_own(&w, p);
    }
}

void path_no_route(struct node *n, struct pkt *p)
{
    icmp_send_error(n, p, ICMP6_UNREACHABLE, ICMP6_NO_ROUTE, 0);
    node_drop(n, DROP_NO_ROUTE, p);
}

/* A host: the source says the interface, RFC 8028 3.2. A router: the destination. */
bool path_find_way(struct node *n, const struct addr *src, const struct addr *dst,
                   const struct route *r, struct path_way *w)
{
    if (n->forwards) {
        if (r)
            *w = (struct path_way){r->out, r->kind == ROUTE_VIA ? r->next_hop : *dst};
        return r != NULL;
    }
    const struct route *own = node_owns(n, src);
    w->out = own ? own->out : NULL;
    return w->out && solicit_next_hop(w->out, src, dst, &w->next_hop);
}

uint32_t path_mtu(struct node *n, const struct addr *src, const struct addr *dst)
{
    struct path_way w;
    const struct route *r = n->forwards ? routes_find(n->routes, dst) : NULL;
    if (!path_find_way(n, src, dst, r, &w) || !w.out)
        return 0;
    return pmtu_of(&n->pmtu, src, dst, w.out->mtu, sim_now(n->sim));
}

static void is_protected(struct node *n, struct pkt *p, const struct sealing *s)
{
    (void)s;
    path_out_ready(n, p);
}

void path_out_plain(struct node *n, struct pkt *p)
{
    if (!n->protection) {
        path_out_ready(n, p);
        return;
    }
    struct sealing s = {.then = is_protected};
    protect_out(n, p, &s);
}

void path_out_ready(struct node *n, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    const struct route *r = routes_find(n->routes, &dst);
    struct path_way w;
    if (r && r->kind == ROUTE_LOCAL) { /* to itself */
        inject_miss(n);
        path_in_own(r->out ? r->out : n->iface[0], p);
        return;
    }
    if (path_find_way(n, &src, &dst, r, &w)) {
        struct pkt *front = inject_on_way(n, p, w.out, &w.next_hop);
        if (front)
            emit_own(&w, front);
        emit_own(&w, p);
        return;
    }
    inject_miss(n);
    if (!n->forwards && !w.out) {
        node_drop(n, DROP_NO_ADDRESS, p);
    } else {
        path_no_route(n, p);
    }
}

void path_out(struct node *n, struct pkt *p)
{
    if (n->mobile && mobile_takes(n->mobile, p))
        return;
    if (n->agent && agent_takes(n->agent, p, true))
        return;
    if (n->correspond && correspond_takes(n, p))
        return;
    path_out_plain(n, p);
}
