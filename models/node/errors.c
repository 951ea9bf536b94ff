#include "models/node/errors.h"

#include "models/node/correspond.h"
#include "models/node/fragments.h"
#include "models/node/mobile.h"
#include "models/node/tunnel.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"

/* Whether this node sent what is quoted, as far as the quote shows: RFC 8201 4. */
static bool was_sent(const struct node *n, const struct icmp6_error *e, struct ip6 *h)
{
    struct ip6_chain c;
    struct fragment f;
    if (e->n < IP6_HEADER || ip6_read(e->quote, e->n, h) == IP6_BAD_VERSION ||
        !node_owns(n, &h->src))
        return false;
    if (ip6_walk(e->quote, e->n, &c) || c.upper != IP6_FRAGMENT ||
        fragment_read(e->quote + c.upper_at, e->n - c.upper_at, &f))
        return true;
    return fragments_sent(n, f.id);
}

/* False: it is not believed, and p is gone. */
static bool too_big(struct node *n, struct pkt *p, const struct icmp6_error *e, const struct ip6 *h)
{
    uint32_t bytes = (uint32_t)IP6_HEADER + h->payload_bytes;
    switch (pmtu_too_big(&n->pmtu, &h->src, &h->dst, bytes, e->value, sim_now(n->sim))) {
    case PMTU_TOO_SMALL:
        node_drop(n, DROP_SMALL_MTU, p);
        return false;
    case PMTU_UNMATCHED:
        node_drop(n, DROP_ERROR_UNMATCHED, p);
        return false;
    case PMTU_LOWERED:
        NODE_EVENT(n, EV_PATH_MTU, field_addr("local", &h->src), field_addr("remote", &h->dst),
                   field_int("mtu_bytes", e->value));
        break;
    case PMTU_KNOWN:
        break;
    }
    return true;
}

void errors_in(struct node *n, struct pkt *p, size_t at)
{
    struct icmp6_error e;
    struct ip6 h;
    if (icmp6_read_error(p->at + at, p->len - at, &e)) {
        node_drop(n, DROP_MALFORMED, p);
        return;
    }
    if (!was_sent(n, &e, &h)) {
        node_drop(n, DROP_ERROR_UNMATCHED, p);
        return;
    }
    if (e.type == ICMP6_TOO_BIG && !too_big(n, p, &e, &h))
        return;
    tunnel_error(n, &e);
    if (n->mobile)
        mobile_error(n->mobile, &e, &h);
    if (n->correspond)
        correspond_error(n, &e, &h);
    pkt_give(n->packets, p); /* no upper layer listens */
}
