#include "models/node/prefix_discovery.h"

#include "models/node/agent.h"
#include "models/node/mobile.h"

bool prefix_discovery_read(struct iface *i, struct pkt *p, const struct ip6 *h,
                           const struct ip6_chain *c, struct mpd *m)
{
    const struct ip6 ends = {.src = c->has_home ? c->home : h->src,
                             .dst = c->has_rh2 ? c->rh2 : h->dst};
    const uint8_t *icmp = p->at + c->upper_at;
    size_t n = p->len - c->upper_at;
    uint8_t type;
    enum icmp6_fault fault = icmp6_check(&ends, icmp, n, &type);
    if (!fault)
        fault = mpd_read(icmp, n, m);
    if (fault)
        node_drop(i->node, fault == ICMP6_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_MALFORMED, p);
    return !fault;
}

void prefix_discovery_in(struct iface *i, struct pkt *p, const struct ip6 *h,
                         const struct ip6_chain *c)
{
    struct node *n = i->node;
    uint8_t type = p->at[c->upper_at];
    if (n->agent && type == ICMP6_MPS) {
        agent_mps(n->agent, i, p, h, c);
    } else if (n->mobile && type == ICMP6_MPA) {
        mobile_mpa(n->mobile, i, p, h, c);
    } else {
        node_drop(n, DROP_PREFIX_DISCOVERY, p);
    }
}
