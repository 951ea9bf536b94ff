#include "models/wire/ip6.h"

#include <string.h>

#include "sim/base/bytes.h"

enum { OPT_PAD1 = 0, OPT_PADN = 1, OPT_LIMIT = 4, OPT_HOME = 0xc9, HOME_BYTES = 16 };

/* ---- the fixed header ------------------------------------------------------ */

static uint16_t u16_at(const uint8_t *b)
{
    return (uint16_t)(b[0] << 8 | b[1]);
}

enum ip6_fault ip6_read(const uint8_t *bytes, size_t n, struct ip6 *h)
{
    if (n < IP6_HEADER)
        return IP6_CUT_SHORT;
    if (bytes[0] >> 4 != 6)
        return IP6_BAD_VERSION;
    h->traffic_class = (uint8_t)(bytes[0] << 4 | bytes[1] >> 4);
    h->flow_label = (uint32_t)(bytes[1] & 15) << 16 | u16_at(bytes + 2);
    h->payload_bytes = u16_at(bytes + IP6_AT_LENGTH);
    h->next = bytes[IP6_AT_NEXT];
    h->hop_limit = bytes[IP6_AT_HOPS];
    memcpy(h->src.b, bytes + IP6_AT_SRC, sizeof h->src.b);
    memcpy(h->dst.b, bytes + IP6_AT_DST, sizeof h->dst.b);
    return h->payload_bytes > n - IP6_HEADER ? IP6_CUT_SHORT : IP6_GOOD;
}

void ip6_write(uint8_t out[IP6_HEADER], const struct ip6 *h)
{
    out[0] = (uint8_t)(0x60 | h->traffic_class >> 4);
    out[1] = (uint8_t)((h->traffic_class << 4 & 0xf0) | (h->flow_label >> 16 & 15));
    out[2] = (uint8_t)(h->flow_label >> 8);
    out[3] = (uint8_t)h->flow_label;
    out[IP6_AT_LENGTH] = (uint8_t)(h->payload_bytes >> 8);
    out[IP6_AT_LENGTH + 1] = (uint8_t)h->payload_bytes;
    out[IP6_AT_NEXT] = h->next;
    out[IP6_AT_HOPS] = h->hop_limit;
    memcpy(out + IP6_AT_SRC, h->src.b, sizeof h->src.b);
    memcpy(out + IP6_AT_DST, h->dst.b, sizeof h->dst.b);
}

struct addr ip6_src(const uint8_t *header)
{
    struct addr a;
    memcpy(a.b, header + IP6_AT_SRC, sizeof a.b);
    return a;
}

struct addr ip6_dst(const uint8_t *header)
{
    struct addr a;
    memcpy(a.b, header + IP6_AT_DST, sizeof a.b);
    return a;
}

uint8_t ip6_class(const uint8_t *header)
{
    return (uint8_t)(header[0] << 4 | header[1] >> 4);
}

void ip6_set_class(uint8_t *header, uint8_t traffic_class)
{
    header[0] = (uint8_t)((header[0] & 0xf0) | traffic_class >> 4);
    header[1] = (uint8_t)((header[1] & 0x0f) | traffic_class << 4);
}

void ip6_set_length(uint8_t *header, size_t bytes)
{
    size_t payload = bytes - IP6_HEADER;
    header[IP6_AT_LENGTH] = (uint8_t)(payload >> 8);
    header[IP6_AT_LENGTH + 1] = (uint8_t)payload;
}

/* ---- the chain of extension headers -------------------------------------- */

static enum ip6_fault blame(struct ip6_chain *c, enum ip6_fault fault, size_t at, uint8_t code)
{
    c->fault_at = at;
    c->fault_code = code;
    return fault;
}

static enum ip6_fault unknown_option(struct ip6_chain *c, uint8_t type, size_t at)
{
    c->fault_action = type >> 6;
    if (c->fault_action == 0)
        return IP6_GOOD; /* skip it: RFC 8200 4.2 */
    return blame(c, IP6_UNKNOWN_OPTION, at, 2);
}

static enum ip6_fault home_option(const uint8_t *packet, size_t at, size_t len, struct ip6_chain *c)
{
    if (c->has_home)
        return blame(c, IP6_BAD_ORDER, at, 0);
    if (len != HOME_BYTES)
        return blame(c, IP6_BAD_OPTION, at + 1, 0);
    c->has_home = true;
    c->home_at = at;
    memcpy(c->home.b, packet + at + 2, HOME_BYTES);
    return IP6_GOOD;
}

static enum ip6_fault limit_option(const uint8_t *packet, size_t at, size_t len,
                                   struct ip6_chain *c)
{
    if (len != 1)
        return blame(c, IP6_BAD_OPTION, at + 1, 0);
    c->has_limit = true;
    c->limit = packet[at + 2];
    c->limit_at = at;
    return IP6_GOOD;
}

/* The options of a Hop-by-Hop or Destination Options header, which stands at `at`. */
static enum ip6_fault walk_options(const uint8_t *packet, size_t at, size_t end, bool is_dest,
                                   struct ip6_chain *c)
{
    for (size_t o = at + 2; o < end;) {
        uint8_t type = packet[o];
        if (type == OPT_PAD1) {
            o++;
            continue;
        }
        if (o + 2 > end || packet[o + 1] > end - o - 2)
            return blame(c, IP6_BAD_OPTION, o, 0);
        size_t len = packet[o + 1];
        enum ip6_fault fault = IP6_GOOD;
        if (type == OPT_HOME && is_dest) {
            fault = home_option(packet, o, len, c);
        } else if (type == OPT_LIMIT && is_dest) {
            fault = limit_option(packet, o, len, c);
        } else if (type != OPT_PADN) {
            fault = unknown_option(c, type, o);
        }
        if (fault)
            return fault;
        o += 2 + len;
    }
    return IP6_GOOD;
}

/* RFC 8200 4.4, RFC 6275 6.4. */
static enum ip6_fault walk_routing(const uint8_t *packet, size_t at, size_t len,
                                   struct ip6_chain *c)
{
    uint8_t type = packet[at + 2];
    uint8_t left = packet[at + 3];
    if (type != 2)
        return left ? blame(c, IP6_BAD_ROUTING, at + 2, 0) : IP6_GOOD;
    if (len != IP6_RH2_BYTES || left != 1 || c->has_rh2)
        return blame(c, IP6_BAD_ROUTING, 0, 0); /* silently: RFC 6275 6.4 */
    c->has_rh2 = true;
    c->rh2_at = at;
    memcpy(c->rh2.b, packet + at + 8, sizeof c->rh2.b);
    return IP6_GOOD;
}

static bool is_extension(uint8_t next)
{
    return next == IP6_HOP_BY_HOP || next == IP6_ROUTING || next == IP6_DEST_OPTS;
}

/* From the header `next`, which stands at `at` and is named at `named`. */
static enum ip6_fault walk_from(const uint8_t *packet, size_t n, uint8_t next, size_t at,
                                size_t named, struct ip6_chain *c)
{
    while (is_extension(next)) {
        if (next == IP6_HOP_BY_HOP && at != IP6_HEADER)
            return blame(c, IP6_BAD_ORDER, named, 1);
        if (n - at < 8)
            return IP6_CUT_SHORT;
        size_t len = 8 * ((size_t)packet[at + 1] + 1);
        if (len > n - at)
            return IP6_CUT_SHORT;
        enum ip6_fault fault = next == IP6_ROUTING
                                   ? walk_routing(packet, at, len, c)
                                   : walk_options(packet, at, at + len, next == IP6_DEST_OPTS, c);
        if (fault)
            return fault;
        next = packet[at];
        named = at;
        at += len;
    }
    c->upper = next;
    c->upper_at = at;
    c->fragment |= next == IP6_FRAGMENT;
    return IP6_GOOD;
}

enum ip6_fault ip6_walk(const uint8_t *packet, size_t n, struct ip6_chain *c)
{
    *c = (struct ip6_chain){.fault_at = 0};
    if (n < IP6_HEADER)
        return IP6_CUT_SHORT;
    if (packet[0] >> 4 != 6)
        return IP6_BAD_VERSION;
    return walk_from(packet, n, packet[IP6_AT_NEXT], IP6_HEADER, IP6_AT_NEXT, c);
}

enum ip6_fault ip6_walk_on(const uint8_t *packet, size_t n, struct ip6_chain *c)
{
    size_t at = c->upper_at;
    if (n < at || n - at < 8)
        return IP6_CUT_SHORT;
    return walk_from(packet, n, packet[at], at + 8, at, c);
}

size_t ip6_named_at(const uint8_t *packet, size_t at)
{
    size_t named = IP6_AT_NEXT;
    for (size_t k = IP6_HEADER; k < at; k += 8 * ((size_t)packet[k + 1] + 1))
        named = k;
    return named;
}

void ip6_write_home(uint8_t out[IP6_HAO_BYTES], uint8_t next, const struct addr *home)
{
    static const uint8_t head[8] = {0, 2, OPT_PADN, 2, 0, 0, OPT_HOME, HOME_BYTES};
    memcpy(out, head, sizeof head);
    out[0] = next;
    memcpy(out + sizeof head, home->b, HOME_BYTES);
}

void ip6_write_limit(uint8_t out[IP6_LIMIT_BYTES], uint8_t next, uint8_t limit)
{
    const uint8_t header[IP6_LIMIT_BYTES] = {next, 0, OPT_LIMIT, 1, limit, OPT_PADN, 1, 0};
    memcpy(out, header, sizeof header);
}

void ip6_write_rh2(uint8_t out[IP6_RH2_BYTES], uint8_t next, const struct addr *home)
{
    static const uint8_t head[8] = {0, 2, 2, 1, 0, 0, 0, 0};
    memcpy(out, head, sizeof head);
    out[0] = next;
    memcpy(out + sizeof head, home->b, HOME_BYTES);
}

/* ---- checksum --------------------------------------------------------------- */

/* One's complement sum of 32-bit words in the machine's own order: the end result is the same
 * in any order once its bytes are stored as they lie (RFC 1071 2 B). */
static uint64_t add_words(uint64_t sum, const uint8_t *b, size_t n)
{
    for (; n >= 4; b += 4, n -= 4) {
        uint32_t word;
        memcpy(&word, b, sizeof word);
        sum += word;
    }
    if (n) {
        uint8_t rest[4] = {0};
        uint32_t word;
        memcpy(rest, b, n);
        memcpy(&word, rest, sizeof word);
        sum += word;
    }
    return sum;
}

uint16_t ip6_checksum(const struct addr *src, const struct addr *dst, uint8_t next,
                      const uint8_t *upper, size_t n)
{
    const uint8_t tail[8] = {
        (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, 0, 0, 0, next};
    uint64_t sum = add_words(0, src->b, sizeof src->b);
    sum = add_words(sum, dst->b, sizeof dst->b);
    sum = add_words(sum, tail, sizeof tail);
    sum = add_words(sum, upper, n);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    uint16_t folded = (uint16_t)sum;
    uint8_t bytes[2];
    memcpy(bytes, &folded, sizeof folded);
    return (uint16_t)~u16_at(bytes);
}

/* ---- Ethernet ---------------------------------------------------------------- */

static void put_address(uint8_t *out, eth_addr a)
{
    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)(a >> (40 - 8 * i));
}

static eth_addr address_at(const uint8_t *b)
{
    eth_addr a = 0;
    for (int i = 0; i < 6; i++)
        a = a << 8 | b[i];
    return a;
}

void eth_write(uint8_t out[ETH_HEADER], eth_addr dst, eth_addr src, uint16_t type)
{
    put_address(out, dst);
    put_address(out + 6, src);
    out[12] = (uint8_t)(type >> 8);
    out[13] = (uint8_t)type;
}

bool eth_read(const uint8_t *bytes, size_t n, eth_addr *dst, eth_addr *src, uint16_t *type)
{
    if (n < ETH_HEADER)
        return false;
    *dst = address_at(bytes);
    *src = address_at(bytes + 6);
    *type = u16_at(bytes + 12);
    return true;
}

eth_addr eth_multicast(const struct addr *group)
{
    return (eth_addr)0x3333 << 32 | (addr_identifier(group) & 0xffffffff);
}

uint64_t eth_identifier(eth_addr a)
{
    uint64_t high = a >> 24 & 0xffffff;
    uint64_t low = a & 0xffffff;
    return (high ^ 0x020000) << 40 | (uint64_t)0xfffe << 24 | low;
}
