/* What ICMPv6 errors tell a mobile node: RFC 6275 11.3.5. */
#include "models/node/mobile_path.h"
#include "models/node/optimise.h"

bool mobile_refused(const struct mobile *m, const struct addr *peer)
{
    for (int k = 0; k < MOBILE_REFUSALS; k++) {
        if (m->refusal[k].until > sim_now(m->node->sim) && addr_eq(&m->refusal[k].peer, peer))
            return true;
    }
    return false;
}

/* It is left alone for a while; the place of the one that is over first is taken. */
static void refuse(struct mobile *m, const struct addr *peer)
{
    struct mobile_refusal *place = &m->refusal[0];
    for (int k = 1; k < MOBILE_REFUSALS; k++) {
        if (m->refusal[k].until < place->until)
            place = &m->refusal[k];
    }
    *place = (struct mobile_refusal){*peer, sim_now(m->node->sim) + m->node->timers->refusal};
}

/* A message that asks the peer for something: not an answer to it. */
static bool asks(const struct icmp6_error *e, const struct ip6_chain *c)
{
    if (c->upper != IP6_MH || e->n < c->upper_at + 3)
        return false;
    uint8_t type = e->quote[c->upper_at + 2];
    return type == MH_BU || type == MH_HOTI || type == MH_COTI;
}

void mobile_error(struct mobile *m, const struct icmp6_error *e, const struct ip6 *quoted)
{
    struct ip6_chain c;
    if (e->type != ICMP6_PARAMETER_PROBLEM || ip6_walk(e->quote, e->n, &c))
        return;
    if (e->code == ICMP6_NEXT_HEADER && asks(e, &c) &&
        e->value == ip6_named_at(e->quote, c.upper_at)) {
        NODE_EVENT(m->node, EV_REFUSED, field_addr("peer", &quoted->dst),
                   field_text("what", "Mobility Header"));
        if (!mobile_refused(m, &quoted->dst))
            refuse(m, &quoted->dst);
        optimise_refused(m, &quoted->dst);
    } else if (e->code == ICMP6_OPTION && c.has_home && e->value == c.home_at) {
        NODE_EVENT(m->node, EV_REFUSED, field_addr("peer", &quoted->dst),
                   field_text("what", "Home Address option")); /* told, and no more */
    }
}
