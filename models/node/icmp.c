#include "models/node/icmp.h"

#include <assert.h>
#include <string.h>

#include "models/node/agent.h"
#include "models/node/errors.h"
#include "models/node/mobile.h"
#include "models/node/path.h"
#include "models/node/source_address.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "sim/base/bytes.h"

bool icmp_within_limit(struct node *n)
{
    struct icmp_bucket *b = &n->errors;
    sim_time cost = SIM_S / n->timers->error_rate;
    sim_time full = cost * n->timers->error_burst;
    sim_time now = sim_now(n->sim);
    b->tokens_ns = b->used ? b->tokens_ns + now - b->filled : full; /* at first it is full */
    b->used = true;
    b->filled = now;
    if (b->tokens_ns > full)
        b->tokens_ns = full;
    if (b->tokens_ns < cost)
        return false;
    b->tokens_ns -= cost;
    return true;
}

static bool tells_groups(uint8_t type, uint8_t code)
{
    return type == ICMP6_TOO_BIG || (type == ICMP6_PARAMETER_PROBLEM && code == ICMP6_OPTION);
}

/* RFC 4443 2.4 e: what no error is ever sent about. */
static bool may_be_told(const uint8_t *packet, size_t bytes, const struct ip6 *h, uint8_t type,
                        uint8_t code)
{
    struct ip6_chain c;
    if (addr_unspecified(&h->src) || addr_multicast(&h->src))
        return false;
    if (addr_multicast(&h->dst) && !tells_groups(type, code))
        return false;
    enum ip6_fault fault = fragment_walk(packet, bytes, &c);
    if (fault || c.upper != IP6_ICMP6)
        return true;
    if (c.upper_at >= bytes)
        return false;
    uint8_t inner = packet[c.upper_at];
    return inner >= 128 && inner != ICMP6_REDIRECT;
}

/* The address to speak from: the one that was asked if it is ours (RFC 4443 2.2), else the node's
 * choice. */
static struct addr own_source(const struct node *n, const struct ip6 *h)
{
    const struct source_preference none = {.care_of = false};
    if (!addr_multicast(&h->dst) && node_owns(n, &h->dst))
        return h->dst;
    if (!n->forwards)
        return source_of(n, &h->src, &none);
    const struct route *r = routes_find(n->routes, &h->src);
    const struct nd_address *a = r && r->out && r->out->nd ? address_global(r->out) : NULL;
    return a ? a->addr : n->own;
}

void icmp_send_error_about(struct node *n, const uint8_t *packet, size_t bytes, uint8_t type,
                           uint8_t code, uint32_t value)
{
    struct ip6 h;
    if (bytes < IP6_HEADER || ip6_read(packet, bytes, &h) == IP6_BAD_VERSION ||
        !may_be_told(packet, bytes, &h, type, code))
        return;
    struct addr src = own_source(n, &h);
    if (addr_unspecified(&src) || !icmp_within_limit(n))
        return;
    struct pkt *error = pkt_take(n->packets);
    struct writer w = wr_over(error->at, IP6_MTU_MIN - IP6_HEADER);
    size_t most = IP6_MTU_MIN - IP6_HEADER - 8; /* RFC 4443 2.4 c */
    const struct icmp6_error e = {.type = type,
                                  .code = code,
                                  .value = value,
                                  .quote = packet,
                                  .n = bytes < most ? bytes : most};
    icmp6_write_error(&w, &src, &h.src, &e);
    assert(!w.full);
    error->len = (uint32_t)w.len;
    path_add_header(error, &src, &h.src, IP6_ICMP6, 64);
    if (addr_link_local(&h.src) && n->arrival && n->arrival->nd) {
        path_out_on(n->arrival, &h.src, error);
    } else {
        path_out(n, error);
    }
}

void icmp_send_error(struct node *n, const struct pkt *p, uint8_t type, uint8_t code,
                     uint32_t value)
{
    if (!p->group || tells_groups(type, code))
        icmp_send_error_about(n, p->at, p->len, type, code, value);
}

/* The answer goes where the request came from, and carries its bytes: RFC 4443 4.2. */
static void answer_echo(struct iface *i, const struct pkt *p, const struct ip6 *h,
                        struct icmp6_echo *e)
{
    struct node *n = i->node;
    if (addr_multicast(&h->dst))
        return; /* nobody here pings groups; RFC 4443 4.2 leaves it free */
    struct pkt *reply = pkt_take(n->packets);
    struct writer w = wr_over(reply->at, pkt_tailroom(reply));
    e->type = ICMP6_ECHO_REPLY;
    icmp6_write_echo(&w, &h->dst, &h->src, e);
    assert(!w.full);
    reply->len = (uint32_t)w.len;
    path_add_header(reply, &h->dst, &h->src, IP6_ICMP6, i->hop_limit);
    if (p->mark.flow) { /* the other direction of the same flow begins here */
        reply->mark = p->mark;
        reply->mark.direction = !p->mark.direction;
        reply->mark.path = PKT_DIRECT;
        reply->mark.copy = 0;
        reply->mark.bid = 0;
        reply->mark.overhead = 0;
        reply->mark.bytes = reply->len;
        reply->mark.born = sim_now(n->sim);
        tap_packet(n->sim, TAP_BORN, DROP_NONE, reply);
        tap_packet(n->sim, TAP_TAKEN, DROP_NONE, p);
    }
    if (addr_link_local(&h->src)) {
        path_out_on(i, &h->src, reply);
    } else {
        path_out(n, reply);
    }
}

static bool answers_probe(struct node *n, const struct ip6 *h, const struct icmp6_echo *e)
{
    return (n->mobile && mobile_probe_reply(n->mobile, h, e)) ||
           (n->agent && agent_probe_reply(n->agent, h, e));
}

void icmp_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at)
{
    struct node *n = i->node;
    struct icmp6_echo e;
    uint8_t type = 0;
    enum icmp6_fault fault = icmp6_check(h, p->at + at, p->len - at, &type);
    if (!fault && type < ICMP6_ECHO_REQUEST) {
        errors_in(n, p, at);
        return;
    }
    bool echo = !fault && (type == ICMP6_ECHO_REQUEST || type == ICMP6_ECHO_REPLY);
    if (echo)
        fault = icmp6_read_echo(p->at + at, p->len - at, &e);
    if (fault) {
        node_drop(n, fault == ICMP6_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_MALFORMED, p);
        return;
    }
    if (type == ICMP6_ECHO_REQUEST) {
        answer_echo(i, p, h, &e);
    } else if (type == ICMP6_ECHO_REPLY && answers_probe(n, h, &e)) {
        pkt_give(n->packets, p);
        return;
    } else if (type == ICMP6_ECHO_REPLY) {
        if (!p->mark.flow && n->claim)
            n->claim(n->claim_owner, n, p, h, &e);
        tap_packet(n->sim, TAP_TAKEN, DROP_NONE, p);
    }
    pkt_give(n->packets, p);
}
