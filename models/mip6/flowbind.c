#include "models/mip6/flowbind.h"

#include "models/wire/fragment.h"

static bool matches(const struct flow_selector *s, const struct flow_packet *p)
{
    return (addr_unspecified(&s->peer) || addr_eq(&s->peer, &p->peer)) &&
           (!s->protocol || s->protocol == p->protocol) &&
           (!s->peer_port || s->peer_port == p->peer_port) &&
           (!s->mobile_port || s->mobile_port == p->mobile_port);
}

const struct flow_rule *flow_find(const struct flow_policy *policy, const struct flow_packet *p)
{
    for (size_t k = 0; k < policy->rules; k++) {
        if (matches(&policy->rule[k].selector, p))
            return &policy->rule[k];
    }
    return NULL;
}

unsigned flow_choose(const struct flow_rule *rule, bool (*usable)(const void *who, uint16_t bid),
                     const void *who, uint16_t bid[FLOW_BIDS])
{
    unsigned n = 0;
    for (unsigned k = 0; k < rule->bids && (rule->all || n == 0); k++) {
        if (usable(who, rule->bid[k]))
            bid[n++] = rule->bid[k];
    }
    return n;
}

static uint16_t port_at(const uint8_t *b)
{
    return (uint16_t)(b[0] << 8 | b[1]);
}

struct flow_packet flow_packet_of(const uint8_t *packet, size_t n, bool mobile_is_source)
{
    struct ip6_chain c;
    struct flow_packet f = {.peer = mobile_is_source ? ip6_dst(packet) : ip6_src(packet)};
    if (fragment_walk(packet, n, &c))
        return f; /* a chain that cannot be read matches only what asks for nothing */
    f.protocol = c.upper;
    if ((c.upper != IP6_UDP && c.upper != IP6_TCP) || n < c.upper_at + 4)
        return f;
    uint16_t src = port_at(packet + c.upper_at);
    uint16_t dst = port_at(packet + c.upper_at + 2);
    f.peer_port = mobile_is_source ? dst : src;
    f.mobile_port = mobile_is_source ? src : dst;
    return f;
}
