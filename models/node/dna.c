/* Simple DNA: an interface that comes back to a known link asks that link's router by unicast,
 * and its answer restores the address without waiting for an advertisement: RFC 6059. */
#include "models/node/nd.h"

static struct nd_known *place_for(struct nd_iface *nd, const struct nd_router *r)
{
    struct nd_known *oldest = &nd->known[0];
    for (int k = 0; k < ND_KNOWN; k++) {
        struct nd_known *known = &nd->known[k];
        if (addr_eq(&known->router.addr, &r->addr) && known->router.station == r->station)
            return known;
        if (known->left < oldest->left)
            oldest = known;
    }
    return oldest;
}

void dna_remember(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    sim_time now = sim_now(i->node->sim);
    if (!nd->host.simple_dna)
        return;
    for (int k = 0; k < ND_ROUTERS; k++) {
        const struct nd_router *r = &nd->router[k];
        const struct nd_address *a =
            addr_unspecified(&r->addr) || !r->station ? NULL : address_of_prefix(i, &r->prefix);
        if (!a || a->state < ADDRESS_PREFERRED)
            continue;
        *place_for(nd, r) =
            (struct nd_known){*r, a->addr, a->preferred_until, a->valid_until, now + 1};
    }
}

/* To the very router by its link-layer address, both as stored: RFC 6059 5.5.  The source is the
 * link-local address, although it is tested at the same time.  RFC 4429 3.2 forbids that, so that
 * nobody's neighbour cache is spoilt; RFC 6059, which is later and lives on it, leaves out the
 * Source Link-Layer Address option instead: nothing is learned from this NS. */
void dna_ask(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    struct addr own = addr_link_local_of(i->identifier);
    sim_time now = sim_now(i->node->sim);
    if (!nd->host.simple_dna)
        return;
    for (int k = 0; k < ND_KNOWN; k++) {
        const struct nd_known *known = &nd->known[k];
        if (addr_unspecified(&known->router.addr) || known->valid_until <= now)
            continue;
        const struct nd_message ns = {.type = ICMP6_NS, .target = known->router.addr};
        nd_send(i, &own, &known->router.addr, known->router.station, &ns);
    }
}

void dna_answered(struct iface *i, const struct nd_message *na)
{
    struct nd_iface *nd = i->nd;
    sim_time now = sim_now(i->node->sim);
    for (int k = 0; k < ND_KNOWN && na->solicited; k++) {
        struct nd_known *known = &nd->known[k];
        bool same = !addr_unspecified(&known->router.addr) &&
                    addr_eq(&known->router.addr, &na->target) &&
                    (!na->options.has_target || na->options.target == known->router.station) &&
                    i->heard == known->router.station;
        if (!same || known->router.until <= now || known->valid_until <= now ||
            address_of_prefix(i, &known->router.prefix))
            continue;
        struct nd_router *r = solicit_restore(i, &known->router);
        if (!r)
            return;
        neighbour_learn(i, &r->addr, r->station, true);
        neighbour_confirm(i, &r->addr);
        address_restore(i, &known->addr, &known->router.prefix, known->preferred_until,
                        known->valid_until);
    }
}

static bool offers(const struct nd_message *ra, const struct prefix *p)
{
    for (unsigned k = 0; k < ra->options.prefixes; k++) {
        const struct nd_prefix *o = &ra->options.prefix[k];
        if (o->len == p->len && prefix_holds(p, &o->prefix))
            return o->valid_s > 0;
    }
    return ra->options.prefixes == 0; /* it may leave them out: RFC 4861 6.2.3 */
}

/* It knows better than what was stored, which no later answer brings back: RFC 6059 5.7. */
void dna_advertised(struct iface *i, const struct addr *router, const struct nd_message *ra)
{
    for (int k = 0; k < ND_KNOWN; k++) {
        struct nd_known *known = &i->nd->known[k];
        if (addr_eq(&known->router.addr, router) && !offers(ra, &known->router.prefix))
            known->router.addr = addr_any;
    }
}
