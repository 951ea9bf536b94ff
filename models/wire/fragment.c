#include "models/wire/fragment.h"

#include "sim/base/bytes.h"

enum { MORE = 1, OFFSET_MASK = 0xfff8 };

enum ip6_fault fragment_read(const uint8_t *bytes, size_t n, struct fragment *f)
{
    struct reader r = rd_over(bytes, n);
    f->next = rd_u8(&r);
    (void)rd_u8(&r);
    uint16_t field = rd_u16(&r);
    f->offset = field & OFFSET_MASK;
    f->more = field & MORE;
    f->id = rd_u32(&r);
    return r.bad ? IP6_CUT_SHORT : IP6_GOOD;
}

void fragment_write(uint8_t out[FRAGMENT_HEADER], const struct fragment *f)
{
    struct writer w = wr_over(out, FRAGMENT_HEADER);
    wr_u8(&w, f->next);
    wr_u8(&w, 0);
    wr_u16(&w, (uint16_t)((f->offset & OFFSET_MASK) | (f->more ? MORE : 0)));
    wr_u32(&w, f->id);
}

size_t fragment_headers(const uint8_t *packet, size_t n, size_t *named)
{
    struct ip6_chain c;
    size_t keeps = IP6_HEADER;
    size_t at = IP6_HEADER;
    uint8_t next = packet[IP6_AT_NEXT];
    *named = IP6_AT_NEXT;
    if (ip6_walk(packet, n, &c))
        return keeps;
    while (at < c.upper_at) {
        size_t end = at + 8 * ((size_t)packet[at + 1] + 1);
        bool holds_home = c.has_home && c.home_at > at && c.home_at < end;
        if (next == IP6_HOP_BY_HOP || next == IP6_ROUTING || holds_home) {
            keeps = end;
            *named = at;
        }
        next = packet[at];
        at = end;
    }
    return keeps;
}

enum ip6_fault fragment_walk(const uint8_t *packet, size_t n, struct ip6_chain *c)
{
    struct fragment f;
    enum ip6_fault fault = ip6_walk(packet, n, c);
    if (fault || !c->fragment)
        return fault;
    fault = fragment_read(packet + c->upper_at, n - c->upper_at, &f);
    return fault || f.offset ? fault : ip6_walk_on(packet, n, c);
}

/* Bytes that the header of an upper layer has at least. */
static size_t upper_header(uint8_t upper)
{
    switch (upper) {
    case IP6_UDP:
    case IP6_MH:
    case IP6_ESP:
        return 8;
    case IP6_TCP:
        return 20;
    case IP6_ICMP6:
        return 4;
    case IP6_IP6:
        return IP6_HEADER;
    default:
        return 0;
    }
}

bool fragment_holds_chain(const uint8_t *packet, size_t n)
{
    struct ip6_chain c;
    enum ip6_fault fault = fragment_walk(packet, n, &c);
    if (fault == IP6_CUT_SHORT)
        return false;
    return fault || n - c.upper_at >= upper_header(c.upper); /* other faults: when it is whole */
}
