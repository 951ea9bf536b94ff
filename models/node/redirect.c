/* Better first hops: RFC 4861 8. */
#include "models/node/icmp.h"
#include "models/node/nd.h"

enum { QUOTE_MOST = IP6_MTU_MIN - IP6_HEADER - 40 - 8 - 8 }; /* with both options: RFC 4861 4.5 */

/* ---- the router's side ---------------------------------------------------- */

static bool is_neighbour(const struct iface *i, const struct addr *a)
{
    const struct route *r = routes_find(i->node->routes, a);
    return r && r->kind == ROUTE_ON_LINK && r->out == i;
}

void redirect_send(struct iface *i, const struct pkt *p, const struct ip6 *h, const struct route *r)
{
    struct node *n = i->node;
    const struct addr *own = address_link_local(i);
    if (addr_multicast(&h->dst) || !is_neighbour(i, &h->src) || nd_proxies(i, &h->dst) || !own)
        return; /* what a home agent intercepts has no better first hop than itself */
    if (!icmp_within_limit(n))
        return;
    struct nd_message m = {.type = ICMP6_REDIRECT,
                           .target = r->kind == ROUTE_VIA ? r->next_hop : h->dst,
                           .destination = h->dst};
    const struct neighbour *known = neighbour_find(i, &m.target);
    m.options.has_target = known && known->state != NEIGHBOUR_INCOMPLETE;
    m.options.target = known ? known->station : 0;
    m.options.redirected = p->at;
    m.options.redirected_n = p->len < QUOTE_MOST ? p->len / 8 * 8 : QUOTE_MOST / 8 * 8;
    nd_send(i, own, &h->src, 0, &m);
}

/* ---- the host's side -------------------------------------------------------- */

bool redirect_find(const struct iface *i, const struct addr *src, const struct addr *dst,
                   struct addr *next_hop)
{
    for (int k = 0; i->nd->redirects && k < ND_REDIRECTS; k++) {
        const struct nd_redirect *r = &i->nd->redirect[k];
        if (!addr_unspecified(&r->src) && addr_eq(&r->dst, dst) && addr_eq(&r->src, src)) {
            *next_hop = r->target;
            return true;
        }
    }
    return false;
}

void redirect_forget(struct iface *i, const struct addr *target)
{
    for (int k = 0; k < ND_REDIRECTS; k++) {
        struct nd_redirect *r = &i->nd->redirect[k];
        if (addr_unspecified(&r->src) || (target && !addr_eq(&r->target, target)))
            continue;
        r->src = addr_any;
        i->nd->redirects--;
    }
}

static struct nd_redirect *place_for(struct nd_iface *nd, const struct addr *src,
                                     const struct addr *dst)
{
    for (int k = 0; k < ND_REDIRECTS; k++) {
        if (addr_eq(&nd->redirect[k].src, src) && addr_eq(&nd->redirect[k].dst, dst))
            return &nd->redirect[k];
    }
    return &nd->redirect[nd->next_redirect++ % ND_REDIRECTS]; /* the oldest goes */
}

/* The address that the redirected packet came from: the destination cache is kept by it. */
static struct addr whose_packet(const struct ip6 *h, const struct nd_message *m)
{
    struct ip6 quoted;
    const struct nd_options *o = &m->options;
    if (o->redirected && o->redirected_n >= IP6_HEADER &&
        ip6_read(o->redirected, o->redirected_n, &quoted) != IP6_BAD_VERSION)
        return quoted.src;
    return h->dst;
}

void redirect_in(struct iface *i, const struct ip6 *h, const struct nd_message *m)
{
    struct nd_iface *nd = i->nd;
    struct addr first_hop;
    struct addr src = whose_packet(h, m);
    if (!nd->is_host || !address_find(i, &src) ||
        !solicit_next_hop(i, &src, &m->destination, &first_hop) || !addr_eq(&first_hop, &h->src)) {
        NODE_EVENT(i->node, EV_ND_REDIRECTED, field_text("interface", i->name),
                   field_addr("router", &h->src), field_addr("destination", &m->destination),
                   field_int("obeyed", 0));
        return;
    }
    bool is_router = !addr_eq(&m->target, &m->destination);
    if (m->options.has_target)
        neighbour_learn(i, &m->target, m->options.target, is_router);
    struct nd_redirect *place = place_for(nd, &src, &m->destination);
    nd->redirects += addr_unspecified(&place->src);
    *place = (struct nd_redirect){src, m->destination, m->target};
    NODE_EVENT(i->node, EV_ND_REDIRECTED, field_text("interface", i->name),
               field_addr("router", &h->src), field_addr("destination", &m->destination),
               field_addr("target", &m->target), field_int("obeyed", 1));
}
