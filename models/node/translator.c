#include "models/node/translator.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/udp.h"

#define OF(m) offsetof(struct translator_config, m)

static const char *const filters[] = {"endpoint-independent", "address-dependent", NULL};

const struct key translator_keys[] = {
    {"address", KEY_ADDR, OF(address), NULL,
     "that all hosts behind it have outside; of no network's prefix"},
    {"mapping", KEY_TIME, OF(mapping), "120 s",
     "a mapping ends when nothing has left by it for so long (RFC 4787 4.3: at least 2 min; many do "
     "less)",
     .min = SIM_MS, .max = INT64_C(1000000) * SIM_S},
    {"filter", KEY_WORD, OF(filter), "endpoint-independent",
     "who may send to a mapping: anybody, or the addresses that it has sent to (RFC 4787 5)",
     .words = filters},
    {"ports", KEY_TEXT, OF(ports), "1024-65535", "that it gives out, in turn"},
    {.name = NULL},
};

/* Where fields stand in what is translated. */
enum {
    SRC_PORT = 0,
    DST_PORT = 2,
    UDP_SUM = 6,
    ICMP_SUM = 2,
    ECHO_ID = 4,
    ERROR_QUOTE = 8,
    PORT = 2, /* bytes */
    ADDRESS = 16
};

struct translator {
    struct node *node;
    struct addr address;
    struct mappings mappings;
    struct mapping *found; /* by translator_leads(), for translator_changes() */
    struct sim_timer timer;
};

enum status translator_parse_ports(const char *text, uint16_t *low, uint16_t *high, struct why *w)
{
    char *end;
    unsigned long first = strtoul(text, &end, 10);
    bool good = end != text && *end == '-';
    const char *second = end + good;
    unsigned long last = strtoul(second, &end, 10);
    good &= end != second && !*end && strspn(text, "0123456789-") == strlen(text);
    if (!good || !first || first > last || last > UINT16_MAX)
        return why_set(w, ST_SYNTAX, "'%s' is no range of ports such as 1024-65535", text);
    *low = (uint16_t)first;
    *high = (uint16_t)last;
    return ST_OK;
}

/* ---- mappings -------------------------------------------------------------------------------- */

static void tell(const struct translator *t, enum event_name what, const struct mapping *e)
{
    static const char *const kinds[MAPPING_KINDS] = {"udp", "echo"};
    struct node *n = t->node;
    NODE_EVENT(n, (uint16_t)what, field_text("protocol", kinds[e->kind]),
               field_addr("inside", &e->inside), field_int("inside_port", e->inside_port),
               field_addr("outside", &t->address), field_int("outside_port", e->port));
}

static void end_old(struct translator *t)
{
    struct mapping ended;
    while (mappings_end(&t->mappings, sim_now(t->node->sim), &ended))
        tell(t, EV_MAPPING_ENDED, &ended);
}

static void wake(struct sim *sim, void *owner)
{
    struct translator *t = owner;
    end_old(t);
    if (mappings_next(&t->mappings) != SIM_NEVER)
        sim_arm(sim, &t->timer, mappings_next(&t->mappings));
}

struct translator *translator_new(struct node *n, const struct translator_config *how)
{
    struct translator *t = arena_take(n->arena, sizeof *t);
    struct why w;
    uint16_t low;
    uint16_t high;
    enum status st = translator_parse_ports(how->ports, &low, &high, &w);
    assert(!st); /* it has been checked */
    t->node = n;
    t->address = how->address;
    mappings_init(&t->mappings, n->arena, how->mapping, (enum mapping_filter)how->filter, low,
                  high);
    sim_timer_init(&t->timer, wake, t);
    node_own(n, NULL, &t->address);
    n->translator = t;
    return t;
}

const struct mappings *translator_mappings(const struct translator *t)
{
    return &t->mappings;
}

/* ---- what is changed in a packet ----------------------------------------------------------------
 */

/* Checksums that cover what is changed, and so change with it (RFC 1624); NULL: none. */
struct sums {
    uint8_t *own;  /* of the UDP datagram or ICMPv6 message; of a quoted one, that in the quote */
    uint8_t *over; /* of an ICMPv6 error, with what it quotes; the pseudo-header excepted */
};

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static void mend(uint8_t *sum, const uint8_t *was, const uint8_t *is, size_t n)
{
    uint32_t s = (uint16_t)~get16(sum);
    for (size_t k = 0; k < n; k += 2)
        s += (uint16_t)~get16(was + k) + (uint32_t)get16(is + k);
    s = (s & 0xffff) + (s >> 16);
    s = (s & 0xffff) + (s >> 16);
    put16(sum, (uint16_t)~s);
}

/* The n octets at `at` become `to`. */
static void replace(const struct sums *sums, uint8_t *at, const void *to, size_t n)
{
    if (sums->own) {
        uint8_t before[2] = {sums->own[0], sums->own[1]};
        mend(sums->own, at, to, n);
        if (sums->over)
            mend(sums->over, before, sums->own, sizeof before);
    }
    if (sums->over)
        mend(sums->over, at, to, n);
    memcpy(at, to, n);
}

static void replace_port(const struct sums *sums, uint8_t *at, uint16_t port)
{
    uint8_t bytes[PORT];
    put16(bytes, port);
    replace(sums, at, bytes, sizeof bytes);
}

/* A UDP checksum of 0 would be none: RFC 8200 8.1. */
static void never_zero(uint8_t *udp_sum)
{
    if (!get16(udp_sum))
        put16(udp_sum, 0xffff);
}

/* ---- what a packet is --------------------------------------------------------------------------
 */

enum sort { OTHER, DATAGRAM, ECHO_REQUEST, ECHO_REPLY, ICMP_ERROR };

struct seen {
    enum sort sort;
    uint8_t *packet;
    uint8_t *upper;
    /* of an error: what it quotes */
    uint8_t *quote;
    uint8_t *quoted;       /* its upper layer */
    size_t quoted_bytes;   /* of that */
    enum mapping_kind was; /* its kind */
};

static bool see_quote(struct seen *s, size_t n)
{
    struct ip6_chain c;
    if (n < IP6_HEADER || fragment_walk(s->quote, n, &c) || c.has_home || c.has_rh2 ||
        c.upper == IP6_FRAGMENT || n < c.upper_at + 8u)
        return false;
    s->quoted = s->quote + c.upper_at;
    s->quoted_bytes = n - c.upper_at;
    bool echo = c.upper == IP6_ICMP6 && s->quoted[0] == ICMP6_ECHO_REQUEST;
    s->was = echo ? MAPPING_ECHO : MAPPING_UDP;
    return echo || c.upper == IP6_UDP;
}

static struct seen see(struct pkt *p)
{
    struct seen s = {.sort = OTHER, .packet = p->at};
    struct ip6_chain c;
    if (ip6_walk(p->at, p->len, &c) || c.has_home || c.has_rh2 || p->len < c.upper_at + 8u)
        return s;
    s.upper = p->at + c.upper_at;
    if (c.upper == IP6_UDP)
        s.sort = get16(s.upper + UDP_SUM) ? DATAGRAM : OTHER;
    if (c.upper != IP6_ICMP6)
        return s;
    if (*s.upper == ICMP6_ECHO_REQUEST) {
        s.sort = ECHO_REQUEST;
    } else if (*s.upper == ICMP6_ECHO_REPLY) {
        s.sort = ECHO_REPLY;
    } else if (*s.upper < ICMP6_ECHO_REQUEST) {
        s.quote = s.upper + ERROR_QUOTE;
        if (see_quote(&s, p->len - c.upper_at - ERROR_QUOTE))
            s.sort = ICMP_ERROR;
    }
    return s;
}

/* Of the quoted packet: where its port is that this side of the translator had, by which end of it
 * was here. */
static uint8_t *quoted_port(const struct seen *s, bool source)
{
    return s->quoted + (s->was == MAPPING_ECHO ? ECHO_ID : source ? SRC_PORT : DST_PORT);
}

/* An end of what an error quotes becomes `a` and `port`. */
static void rewrite_quote(const struct seen *s, bool source, const struct addr *a, uint16_t port)
{
    bool udp = s->was == MAPPING_UDP;
    uint8_t *own = s->quoted + (udp ? UDP_SUM : ICMP_SUM);
    const struct sums both = {udp && !get16(own) ? NULL : own, s->upper + ICMP_SUM};
    replace(&both, s->quote + (source ? IP6_AT_SRC : IP6_AT_DST), a->b, ADDRESS);
    replace_port(&both, quoted_port(s, source), port);
}

/* The source of the packet, or its destination, becomes `a`; the checksum knows the address. The
 * last of the changes. */
static void rewrite_address(const struct seen *s, bool source, const struct addr *a)
{
    const struct sums own = {s->upper + (s->sort == DATAGRAM ? UDP_SUM : ICMP_SUM), NULL};
    replace(&own, s->packet + (source ? IP6_AT_SRC : IP6_AT_DST), a->b, ADDRESS);
    if (s->sort == DATAGRAM)
        never_zero(own.own);
}

static void rewrite_port(const struct seen *s, bool source, uint16_t port)
{
    bool udp = s->sort == DATAGRAM;
    const struct sums own = {s->upper + (udp ? UDP_SUM : ICMP_SUM), NULL};
    replace_port(&own, s->upper + (!udp ? ECHO_ID : source ? SRC_PORT : DST_PORT), port);
}

/* ---- in ----------------------------------------------------------------------------------------
 */

bool translator_is_for(const struct translator *t, const struct iface *from, const struct addr *dst)
{
    return !from->inside && addr_eq(dst, &t->address);
}

static struct mapping *mapping_for(const struct translator *t, const struct seen *s)
{
    switch (s->sort) {
    case DATAGRAM:
        return mappings_outside(&t->mappings, MAPPING_UDP, get16(s->upper + DST_PORT));
    case ECHO_REPLY:
        return mappings_outside(&t->mappings, MAPPING_ECHO, get16(s->upper + ECHO_ID));
    case ICMP_ERROR: {
        struct addr was = ip6_src(s->quote);
        return addr_eq(&was, &t->address)
                   ? mappings_outside(&t->mappings, s->was, get16(quoted_port(s, true)))
                   : NULL;
    }
    default:
        return NULL;
    }
}

bool translator_leads(struct translator *t, const struct iface *from, struct pkt *p,
                      struct addr *dst)
{
    t->found = NULL;
    if (!from || !translator_is_for(t, from, dst))
        return true;
    end_old(t);
    struct seen s = see(p);
    struct addr src = ip6_src(p->at);
    struct mapping *e = mapping_for(t, &s);
    if (!e) {
        bool sorted = s.sort != OTHER && s.sort != ECHO_REQUEST;
        node_drop(t->node, sorted ? DROP_NO_MAPPING : DROP_NOT_TRANSLATED, p);
        return false;
    }
    /* An error comes from wherever the packet got to: RFC 5508 4.2. */
    if (s.sort != ICMP_ERROR && !mappings_lets_in(&t->mappings, e, &src)) {
        node_drop(t->node, DROP_FILTERED, p);
        return false;
    }
    t->found = e;
    *dst = e->inside;
    return true;
}

static void translate_in(const struct mapping *e, const struct seen *s)
{
    if (s->sort == ICMP_ERROR) {
        rewrite_quote(s, true, &e->inside, e->inside_port);
    } else {
        rewrite_port(s, false, e->inside_port);
    }
    rewrite_address(s, false, &e->inside);
}

/* ---- out ---------------------------------------------------------------------------------------
 */

/* 0, or why p dies. */
static unsigned translate_out(struct translator *t, const struct seen *s)
{
    struct addr src = ip6_src(s->packet);
    struct addr dst = ip6_dst(s->packet);
    bool udp = s->sort == DATAGRAM;
    bool made;
    if (s->sort == ICMP_ERROR) {
        struct addr was = ip6_dst(s->quote);
        const struct mapping *of =
            s->was == MAPPING_UDP
                ? mappings_inside(&t->mappings, s->was, &was, get16(quoted_port(s, false)))
                : NULL; /* nobody may say anything about a reply that it did not like */
        if (!of)
            return DROP_NO_MAPPING;
        rewrite_quote(s, false, &t->address, of->port);
        rewrite_address(s, true, &t->address);
        return DROP_NONE;
    }
    if (!udp && s->sort != ECHO_REQUEST)
        return DROP_NOT_TRANSLATED;
    struct mapping *e = mappings_out(&t->mappings, udp ? MAPPING_UDP : MAPPING_ECHO, &src,
                                     get16(s->upper + (udp ? SRC_PORT : ECHO_ID)), &dst,
                                     sim_now(t->node->sim), &made);
    if (!e)
        return DROP_NO_PORT_LEFT;
    if (made) {
        tell(t, EV_MAPPING_MADE, e);
        if (!sim_armed(&t->timer))
            sim_arm(t->node->sim, &t->timer, mappings_next(&t->mappings));
    }
    rewrite_port(s, true, e->port);
    rewrite_address(s, true, &t->address);
    return DROP_NONE;
}

bool translator_changes(struct translator *t, const struct iface *from, const struct iface *out,
                        struct pkt *p)
{
    unsigned reason = DROP_NONE;
    struct mapping *found = t->found;
    t->found = NULL;
    if (!from || (from->inside == out->inside && !found))
        return true;
    end_old(t);
    struct seen s = see(p);
    if (from->inside) {
        reason = translate_out(t, &s);
    } else if (found) {
        translate_in(found, &s);
    } else {
        reason = DROP_NOT_TRANSLATED; /* from outside to an inside address */
    }
    if (reason)
        node_drop(t->node, reason, p);
    return reason == DROP_NONE;
}
