/* Errors that have come: what they say of a packet that this node sent. */
#include "models/node/icmp.h"
#include "models/node/pmtu.h"
#include "models/wire/icmp6.h"

/* RFC 2473 8.1, 8.2: the source of the packet inside learns what concerns it. */
static void relay(struct node *n, const struct icmp6_error *e, size_t inner_at, size_t overhead)
{
    const uint8_t *inner = e->quote + inner_at;
    size_t bytes = e->n - inner_at;
    struct ip6 h;
    if (bytes < IP6_HEADER || ip6_read(inner, bytes, &h) == IP6_BAD_VERSION)
        return;
    if (node_owns(n, &h.src))
        return; /* its own packet: the next one is cut to size */
    if (e->type == ICMP6_TOO_BIG) {
        uint32_t mtu = e->value > overhead ? e->value - (uint32_t)overhead : 0;
        if ((uint32_t)IP6_HEADER + h.payload_bytes > IP6_MTU_MIN)
            icmp_send_error_about(n, inner, bytes, ICMP6_TOO_BIG, 0,
                                  mtu < IP6_MTU_MIN ? IP6_MTU_MIN : mtu);
        return;
    }
    icmp_send_error_about(n, inner, bytes, ICMP6_UNREACHABLE, ICMP6_ADDRESS_UNREACHABLE, 0);
}

/* RFC 8201 4: it must be about a packet that was really sent, and larger than it says. */
static void lower(struct node *n, const struct icmp6_error *e, const struct ip6 *quoted)
{
    if (e->value < IP6_MTU_MIN || (uint32_t)IP6_HEADER + quoted->payload_bytes <= e->value)
        return;
    if (!pmtu_lower(n, &quoted->src, &quoted->dst, e->value))
        return;
    NODE_EVENT(n, EV_PATH_MTU, field_addr("local", &quoted->src),
               field_addr("remote", &quoted->dst), field_int("mtu_bytes", e->value));
}

void icmp_error_in(struct node *n, const uint8_t *icmp, size_t bytes)
{
    struct icmp6_error e;
    struct ip6 quoted;
    struct ip6_chain c;
    if (icmp6_read_error(icmp, bytes, &e) || e.n < IP6_HEADER ||
        ip6_read(e.quote, e.n, &quoted) == IP6_BAD_VERSION || !node_owns(n, &quoted.src))
        return; /* about nothing that this node sent */
    if (e.type == ICMP6_TOO_BIG)
        lower(n, &e, &quoted);
    if (!ip6_walk(e.quote, e.n, &c) && c.upper == IP6_IP6)
        relay(n, &e, c.upper_at, c.upper_at);
}
