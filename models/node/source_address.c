#include "models/node/source_address.h"

#include "models/node/mobile.h"
#include "models/node/nd.h"

/* RFC 4291 2.7, RFC 6724 3.1. */
static int scope_of(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};
    if (addr_multicast(a))
        return a->b[1] & 15;
    return addr_link_local(a) || addr_eq(a, &loopback) ? 2 : 14;
}

/* The default policy table, RFC 6724 2.1: longest prefix first. */
static int label_of(const struct addr *a)
{
    static const struct {
        struct prefix prefix;
        int label;
    } table[] = {
        {{{{[15] = 1}}, 128}, 0},   {{{{[10] = 0xff, [11] = 0xff}}, 96}, 4},
        {{{{0}}, 96}, 3},           {{{{0x20, 1}}, 32}, 5},
        {{{{0x20, 2}}, 16}, 2},     {{{{0x3f, 0xfe}}, 16}, 12},
        {{{{0xfe, 0xc0}}, 10}, 11}, {{{{0xfc}}, 7}, 13},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        if (prefix_holds(&table[k].prefix, a))
            return table[k].label;
    }
    return 1;
}

/* Bits that are equal from the front, at most those of its prefix: RFC 6724 2.2. */
static int common_prefix(const struct source_candidate *c, const struct addr *dst)
{
    int bits = 0;
    while (bits < c->prefix_len) {
        int octet = bits / 8;
        int mask = 0x80 >> bits % 8;
        if ((c->addr.b[octet] ^ dst->b[octet]) & mask)
            break;
        bits++;
    }
    return bits;
}

/* Home and care-of at once beats either; then home, or care-of where that is asked for. */
static int home_rank(const struct source_candidate *c, const struct source_preference *prefer)
{
    if (c->home && c->care_of)
        return 2;
    return (prefer->care_of ? c->care_of : c->home) ? 1 : 0;
}

/* Above 0: a is better by this rule; below: b is. */
static int compare(enum source_rule rule, const struct source_candidate *a,
                   const struct source_candidate *b, const struct addr *dst,
                   const struct source_preference *prefer)
{
    int scope_a = scope_of(&a->addr);
    int scope_b = scope_of(&b->addr);
    int scope = scope_of(dst);
    switch (rule) {
    case SOURCE_SAME:
        return addr_eq(&a->addr, dst) - addr_eq(&b->addr, dst);
    case SOURCE_SCOPE:
        if (scope_a < scope_b)
            return scope_a < scope ? -1 : 1;
        return scope_b < scope_a ? (scope_b < scope ? 1 : -1) : 0;
    case SOURCE_DEPRECATED:
        return b->deprecated - a->deprecated;
    case SOURCE_HOME:
        return home_rank(a, prefer) - home_rank(b, prefer);
    case SOURCE_OUTGOING:
        return a->outgoing - b->outgoing;
    case SOURCE_NEXT_HOP:
        return a->of_next_hop - b->of_next_hop;
    case SOURCE_LABEL:
        return (label_of(&a->addr) == label_of(dst)) - (label_of(&b->addr) == label_of(dst));
    case SOURCE_TEMPORARY:
        return prefer->public ? b->temporary - a->temporary : a->temporary - b->temporary;
    case SOURCE_PREFIX:
        return common_prefix(a, dst) - common_prefix(b, dst);
    case SOURCE_ONLY:
    case SOURCE_ORDER:
        break;
    }
    return 0;
}

const struct source_candidate *source_select(const struct source_candidate *c, unsigned n,
                                             const struct addr *dst,
                                             const struct source_preference *prefer,
                                             enum source_rule *decided)
{
    const struct source_candidate *best = n ? &c[0] : NULL;
    *decided = SOURCE_ONLY;
    for (unsigned k = 1; k < n; k++) {
        enum source_rule rule = SOURCE_SAME;
        int better = 0;
        while (rule < SOURCE_ORDER && !(better = compare(rule, &c[k], best, dst, prefer)))
            rule++;
        if (better > 0)
            best = &c[k];
        if (rule > *decided || *decided == SOURCE_ONLY)
            *decided = rule;
    }
    return best;
}

/* ---- the candidates of a node -------------------------------------------------- */

static void add_addresses(const struct iface *i, bool visits, struct source_candidate *c,
                          unsigned *n)
{
    for (int k = 0; k < ND_ADDRESSES && *n < SOURCE_CANDIDATES; k++) {
        const struct nd_address *a = &i->nd->address[k];
        const struct nd_router *r = address_usable(a) ? solicit_router(i, &a->addr) : NULL;
        if (!address_usable(a))
            continue;
        c[(*n)++] = (struct source_candidate){
            .addr = a->addr,
            .prefix_len = a->prefix.len,
            .deprecated = a->state != ADDRESS_PREFERRED,
            .care_of = visits && !addr_link_local(&a->addr),
            .outgoing = r != NULL,
            .of_next_hop = r && prefix_holds(&r->prefix, &a->addr),
        };
    }
}

struct addr source_of(const struct node *n, const struct addr *dst,
                      const struct source_preference *prefer)
{
    struct source_candidate c[SOURCE_CANDIDATES];
    unsigned count = 0;
    enum source_rule decided;
    for (unsigned k = 0; k < n->ifaces; k++) {
        if (n->iface[k]->nd && n->iface[k]->up && !addr_link_local(dst))
            add_addresses(n->iface[k], n->mobile != NULL, c, &count);
    }
    bool has_home = n->mobile && !addr_unspecified(mobile_home(n->mobile));
    if (has_home && count < SOURCE_CANDIDATES) { /* it is reached through every interface */
        const struct iface *at_home = mobile_home_iface(n->mobile);
        c[count++] = (struct source_candidate){.addr = *mobile_home(n->mobile),
                                               .prefix_len = 64,
                                               .deprecated = mobile_home_deprecated(n->mobile),
                                               .home = true,
                                               .care_of = at_home != NULL,
                                               .outgoing = true};
    }
    const struct source_candidate *best = source_select(c, count, dst, prefer, &decided);
    return best ? best->addr : addr_any;
}
