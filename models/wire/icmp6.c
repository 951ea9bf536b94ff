#include "models/wire/icmp6.h"

#include <string.h>

#include "sim/base/bytes.h"

enum {
    OPT_SOURCE = 1,
    OPT_TARGET = 2,
    OPT_PREFIX = 3,
    OPT_REDIRECTED = 4,
    OPT_MTU = 5,
    OPT_INTERVAL = 7,   /* RFC 6275 7.3 */
    OPT_HOME_AGENT = 8, /* RFC 6275 7.4 */
    ND_HOP_LIMIT = 255,
    CHECKSUM_AT = 2,
};

enum icmp6_fault icmp6_check(const struct ip6 *h, const uint8_t *icmp, size_t n, uint8_t *type)
{
    if (n < 4)
        return ICMP6_CUT_SHORT;
    *type = icmp[0];
    return ip6_checksum(&h->src, &h->dst, IP6_ICMP6, icmp, n) ? ICMP6_BAD_CHECKSUM : ICMP6_GOOD;
}

/* ---- reading neighbour discovery ------------------------------------------ */

static eth_addr read_station(struct reader *body)
{
    uint64_t high = rd_u16(body);
    return high << 32 | rd_u32(body);
}

static void read_addr(struct reader *r, struct addr *a)
{
    const uint8_t *b = rd_take(r, sizeof a->b);
    if (b)
        memcpy(a->b, b, sizeof a->b);
}

static void read_prefix(struct reader *body, struct nd_options *o)
{
    struct nd_prefix p = {.len = rd_u8(body)};
    uint8_t flags = rd_u8(body);
    p.on_link = flags & 0x80;
    p.autonomous = flags & 0x40;
    p.router = flags & 0x20;
    p.valid_s = rd_u32(body);
    p.preferred_s = rd_u32(body);
    (void)rd_u32(body);
    read_addr(body, &p.prefix);
    if (!body->bad && p.len <= 128 && o->prefixes < ND_PREFIXES)
        o->prefix[o->prefixes++] = p;
}

static void read_option(uint8_t type, struct reader *body, struct nd_options *o)
{
    switch (type) {
    case OPT_SOURCE:
        o->source = read_station(body);
        o->has_source = !body->bad;
        break;
    case OPT_TARGET:
        o->target = read_station(body);
        o->has_target = !body->bad;
        break;
    case OPT_PREFIX:
        read_prefix(body, o);
        break;
    case OPT_REDIRECTED:
        (void)rd_take(body, 6);
        o->redirected_n = rd_left(body);
        o->redirected = rd_take(body, o->redirected_n);
        break;
    case OPT_MTU:
        (void)rd_u16(body);
        o->mtu = rd_u32(body);
        break;
    case OPT_INTERVAL:
        (void)rd_u16(body);
        o->interval_ms = rd_u32(body);
        break;
    case OPT_HOME_AGENT:
        (void)rd_u16(body);
        o->home_preference = rd_u16(body);
        o->home_lifetime_s = rd_u16(body);
        o->has_home_agent = !body->bad;
        break;
    default: /* skipped: RFC 4861 4.6 */
        break;
    }
}

enum icmp6_fault nd_read_options(struct reader *r, struct nd_options *o)
{
    while (rd_left(r)) {
        uint8_t type = rd_u8(r);
        size_t units = rd_u8(r);
        if (r->bad || units == 0)
            return ICMP6_BAD_OPTION;
        struct reader body = rd_sub(r, 8 * units - 2);
        if (body.bad)
            return ICMP6_BAD_OPTION;
        read_option(type, &body, o);
    }
    return ICMP6_GOOD;
}

static void read_ra(struct reader *r, struct nd_message *m)
{
    m->cur_hop_limit = rd_u8(r);
    uint8_t flags = rd_u8(r);
    m->managed = flags & 0x80;
    m->other = flags & 0x40;
    m->home_agent = flags & 0x20;
    m->preference = flags >> 3 & 3;
    m->router_lifetime_s = rd_u16(r);
    m->reachable_ms = rd_u32(r);
    m->retrans_ms = rd_u32(r);
}

static void read_target(struct reader *r, struct nd_message *m)
{
    uint32_t flags = rd_u32(r);
    if (m->type == ICMP6_NA) {
        m->router = flags >> 31 & 1;
        m->solicited = flags >> 30 & 1;
        m->override = flags >> 29 & 1;
    }
    read_addr(r, &m->target);
    if (m->type == ICMP6_REDIRECT)
        read_addr(r, &m->destination);
}

static bool is_solicited_node(const struct addr *a)
{
    struct addr group = addr_solicited_node(a);
    return addr_eq(&group, a);
}

/* RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1: what must be discarded. */
static bool addresses_fit(const struct ip6 *h, const struct nd_message *m)
{
    bool from_nobody = addr_unspecified(&h->src);
    switch (m->type) {
    case ICMP6_RS:
        return !(from_nobody && m->options.has_source);
    case ICMP6_RA:
        return addr_link_local(&h->src);
    case ICMP6_NS:
        if (addr_multicast(&m->target))
            return false;
        return !from_nobody || (is_solicited_node(&h->dst) && !m->options.has_source);
    case ICMP6_REDIRECT:
        return addr_link_local(&h->src) && !addr_multicast(&m->destination) &&
               (addr_link_local(&m->target) || addr_eq(&m->target, &m->destination));
    default:
        return !addr_multicast(&m->target) && !(addr_multicast(&h->dst) && m->solicited);
    }
}

enum icmp6_fault nd_read(const struct ip6 *h, const uint8_t *icmp, size_t n, struct nd_message *m)
{
    struct reader r = rd_over(icmp, n);
    uint8_t type = 0;
    *m = (struct nd_message){.type = 0};
    if (h->hop_limit != ND_HOP_LIMIT)
        return ICMP6_BAD_HOP_LIMIT;
    enum icmp6_fault fault = icmp6_check(h, icmp, n, &type);
    if (fault)
        return fault;
    m->type = rd_u8(&r);
    uint8_t code = rd_u8(&r);
    (void)rd_u16(&r);
    if (m->type < ICMP6_RS || m->type > ICMP6_REDIRECT)
        return ICMP6_BAD_CODE;
    if (m->type == ICMP6_RS) {
        (void)rd_u32(&r);
    } else if (m->type == ICMP6_RA) {
        read_ra(&r, m);
    } else {
        read_target(&r, m);
    }
    if (r.bad)
        return ICMP6_CUT_SHORT;
    if (code)
        return ICMP6_BAD_CODE;
    fault = nd_read_options(&r, &m->options);
    if (fault)
        return fault;
    return addresses_fit(h, m) ? ICMP6_GOOD : ICMP6_BAD_ADDRESS;
}

/* ---- writing ------------------------------------------------------------------ */

static void write_addr(struct writer *w, const struct addr *a)
{
    wr_bytes(w, a->b, sizeof a->b);
}

static void write_station(struct writer *w, uint8_t type, eth_addr a)
{
    wr_u8(w, type);
    wr_u8(w, 1);
    wr_u16(w, (uint16_t)(a >> 32));
    wr_u32(w, (uint32_t)a);
}

static void write_prefix(struct writer *w, const struct nd_prefix *p)
{
    wr_u8(w, OPT_PREFIX);
    wr_u8(w, 4);
    wr_u8(w, p->len);
    wr_u8(w, (uint8_t)(p->on_link << 7 | p->autonomous << 6 | p->router << 5));
    wr_u32(w, p->valid_s);
    wr_u32(w, p->preferred_s);
    wr_u32(w, 0);
    write_addr(w, &p->prefix);
}

/* In the order of their types. */
void nd_write_options(struct writer *w, const struct nd_options *o)
{
    if (o->has_source)
        write_station(w, OPT_SOURCE, o->source);
    if (o->has_target)
        write_station(w, OPT_TARGET, o->target);
    for (unsigned k = 0; k < o->prefixes; k++)
        write_prefix(w, &o->prefix[k]);
    if (o->redirected) {
        size_t units = (8 + o->redirected_n) / 8;
        wr_u8(w, OPT_REDIRECTED);
        wr_u8(w, (uint8_t)units);
        wr_u16(w, 0);
        wr_u32(w, 0);
        wr_bytes(w, o->redirected, 8 * units - 8);
    }
    if (o->mtu) {
        wr_u16(w, OPT_MTU << 8 | 1);
        wr_u16(w, 0);
        wr_u32(w, o->mtu);
    }
    if (o->interval_ms) {
        wr_u16(w, OPT_INTERVAL << 8 | 1);
        wr_u16(w, 0);
        wr_u32(w, o->interval_ms);
    }
    if (o->has_home_agent) {
        wr_u16(w, OPT_HOME_AGENT << 8 | 1);
        wr_u16(w, 0);
        wr_u16(w, o->home_preference);
        wr_u16(w, o->home_lifetime_s);
    }
}

void icmp6_put_checksum(struct writer *w, size_t start, const struct addr *src,
                        const struct addr *dst)
{
    if (w->full)
        return;
    uint16_t sum = ip6_checksum(src, dst, IP6_ICMP6, w->base + start, w->len - start);
    wr_fill_u16(w, start + CHECKSUM_AT, sum);
}

static void write_head(struct writer *w, uint8_t type, uint8_t code)
{
    wr_u8(w, type);
    wr_u8(w, code);
    wr_u16(w, 0);
}

void nd_write(struct writer *w, const struct addr *src, const struct addr *dst,
              const struct nd_message *m)
{
    size_t start = w->len;
    write_head(w, m->type, 0);
    if (m->type == ICMP6_RS) {
        wr_u32(w, 0);
    } else if (m->type == ICMP6_RA) {
        wr_u8(w, m->cur_hop_limit);
        wr_u8(w, (uint8_t)(m->managed << 7 | m->other << 6 | m->home_agent << 5 |
                           (m->preference & 3) << 3));
        wr_u16(w, m->router_lifetime_s);
        wr_u32(w, m->reachable_ms);
        wr_u32(w, m->retrans_ms);
    } else {
        uint32_t flags =
            (uint32_t)m->router << 31 | (uint32_t)m->solicited << 30 | (uint32_t)m->override << 29;
        wr_u32(w, m->type == ICMP6_NA ? flags : 0);
        write_addr(w, &m->target);
        if (m->type == ICMP6_REDIRECT)
            write_addr(w, &m->destination);
    }
    nd_write_options(w, &m->options);
    icmp6_put_checksum(w, start, src, dst);
}

/* ---- echo and errors --------------------------------------------------------- */

enum icmp6_fault icmp6_read_echo(const uint8_t *icmp, size_t n, struct icmp6_echo *e)
{
    struct reader r = rd_over(icmp, n);
    e->type = rd_u8(&r);
    uint8_t code = rd_u8(&r);
    (void)rd_u16(&r);
    e->identifier = rd_u16(&r);
    e->sequence = rd_u16(&r);
    if (r.bad)
        return ICMP6_CUT_SHORT;
    e->n = rd_left(&r);
    e->data = rd_take(&r, e->n);
    return code ? ICMP6_BAD_CODE : ICMP6_GOOD;
}

enum icmp6_fault icmp6_read_error(const uint8_t *icmp, size_t n, struct icmp6_error *e)
{
    struct reader r = rd_over(icmp, n);
    e->type = rd_u8(&r);
    e->code = rd_u8(&r);
    (void)rd_u16(&r);
    e->value = rd_u32(&r);
    if (r.bad)
        return ICMP6_CUT_SHORT;
    e->n = rd_left(&r);
    e->quote = rd_take(&r, e->n);
    return e->type == 0 || e->type > 127 ? ICMP6_BAD_CODE : ICMP6_GOOD;
}

void icmp6_write_echo(struct writer *w, const struct addr *src, const struct addr *dst,
                      const struct icmp6_echo *e)
{
    size_t start = w->len;
    write_head(w, e->type, 0);
    wr_u16(w, e->identifier);
    wr_u16(w, e->sequence);
    wr_bytes(w, e->data, e->n);
    icmp6_put_checksum(w, start, src, dst);
}

void icmp6_write_error(struct writer *w, const struct addr *src, const struct addr *dst,
                       const struct icmp6_error *e)
{
    size_t start = w->len;
    write_head(w, e->type, e->code);
    wr_u32(w, e->value);
    wr_bytes(w, e->quote, e->n);
    icmp6_put_checksum(w, start, src, dst);
}
