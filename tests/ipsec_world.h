/*
 * ipsec_world.h - a small world (small_world.h) in which one mobile node and its home agent, `ha`,
 * have IPsec: what the node sends is opened and read, and what it never would send is sealed with
 * its own SAs.
 */
#ifndef TESTS_IPSEC_WORLD_H
#define TESTS_IPSEC_WORLD_H

#include <stdarg.h>

#include "models/ipsec/esp.h"
#include "models/node/protect.h"
#include "models/node/visitor.h"
#include "models/wire/mpd.h"

#include "tests/small_world.h"

static const char *mobile_name = "car";

/* A --set of begin_world(), put together; stands until eight more have been. */
PRINTF_LIKE(1, 2) static inline const char *setting(const char *format, ...)
{
    static char room[8][256];
    static unsigned turn;
    char *text = room[turn++ % 8];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof room[0], format, args);
    va_end(args);
    return text;
}

/* ---- who is who ----------------------------------------------------------------------- */

static inline struct node *mobile_node(void)
{
    return node_of(mobile_name);
}

static inline struct node *agent_node(void)
{
    return node_of("ha");
}

static inline struct addr home_address(void)
{
    return *mobile_home(mobile_node()->mobile);
}

static inline struct addr agent_address(void)
{
    return mobile_node()->mobile->bul.how.agent;
}

static inline struct addr peer_address(void)
{
    return node_of("cn")->iface[0]->nd->address[1].addr;
}

static inline struct addr coa_of(const char *iface)
{
    return address_global(iface_of(mobile_name, iface))->addr;
}

static inline struct ipsec *ipsec_of(const struct node *n)
{
    return protection_ipsec(n->protection);
}

/* The living SA of that policy; NULL: none. */
static inline struct sa *sa_of(const struct node *n, const char *policy, enum sa_direction d,
                               unsigned number)
{
    for (struct sa *sa = ipsec_of(n)->sad.first; sa; sa = sa->newer) {
        if (!sa->ended && sa->direction == d && sa->number == number &&
            !strcmp(sa->entry->name, policy) &&
            addr_eq(&sa->subject->address, mobile_home(mobile_node()->mobile)))
            return sa;
    }
    return NULL;
}

static inline struct sa *up_out(const char *policy)
{
    return sa_of(mobile_node(), policy, SA_OUT, 0);
}

static inline struct sa *up_in(const char *policy)
{
    return sa_of(agent_node(), policy, SA_IN, 0);
}

static inline struct sa *down_out(const char *policy)
{
    return sa_of(agent_node(), policy, SA_OUT, 0);
}

static inline unsigned bindings(void)
{
    struct addr home = home_address();
    const struct bcache_entry *e = bcache_find(agent_cache(agent_node()->agent), &home);
    return e ? e->bindings : 0;
}

static inline bool is_bound(const struct addr *coa)
{
    struct addr home = home_address();
    const struct bcache_entry *e = bcache_find(agent_cache(agent_node()->agent), &home);
    for (unsigned k = 0; e && k < e->bindings; k++) {
        if (addr_eq(&e->binding[k].coa, coa))
            return true;
    }
    return false;
}

/* ---- what was sent, opened ---------------------------------------------------------------- */

struct opened_frame {
    const struct seen_frame *f;
    const struct sa *sa; /* its receiver's */
    uint32_t sequence;
    uint8_t next;
    struct pkt *p; /* its headers, and the text behind them */
    size_t text_at;
    struct ip6 inner;   /* of a tunnel */
    struct ip6_chain c; /* inner: of what is inside */
};

/* Any SA that was ever there. */
static inline const struct sa *sa_of_spi(uint32_t spi)
{
    const struct node *n[] = {mobile_node(), agent_node()};
    for (unsigned k = 0; k < 2; k++) {
        for (const struct sa *sa = ipsec_of(n[k])->sad.first; sa; sa = sa->newer) {
            if (sa->direction == SA_IN && sa->spi == spi)
                return sa;
        }
    }
    return NULL;
}

/* Where ESP stands, in UDP or not; 0: nowhere. */
static inline size_t esp_at(const struct seen_frame *f)
{
    static const uint8_t ike[4] = {0};
    size_t at = f->c.upper_at + 8u;
    if (f->c.upper == IP6_ESP)
        return f->c.upper_at;
    if (f->c.upper != IP6_UDP || f->n < at + 4)
        return 0;
    const uint8_t *udp = f->ip + f->c.upper_at;
    bool port = (udp[0] << 8 | udp[1]) == 4500 || (udp[2] << 8 | udp[3]) == 4500;
    return port && memcmp(f->ip + at, ike, sizeof ike) != 0 ? at : 0;
}

/* False: f is no ESP of this world, or cannot be opened. What it holds stands until four more have
 * been opened. */
static inline bool open_frame(const struct seen_frame *f, struct opened_frame *o)
{
    static struct pkt room[4];
    static unsigned turn;
    uint32_t spi;
    size_t at = f && !f->fault ? esp_at(f) : 0;
    if (!at || !esp_spi(f->ip + at, f->n - at, &spi))
        return false;
    *o = (struct opened_frame){.f = f, .sa = sa_of_spi(spi), .text_at = at};
    if (!o->sa)
        return false;
    struct reader r = rd_over(f->ip + at + 4, 4);
    o->sequence = rd_u32(&r);
    struct sa copy = *o->sa;
    copy.replay = (struct anti_replay){.window = 0};
    o->p = &room[turn++ % 4];
    o->p->at = o->p->bytes + PKT_HEADROOM;
    o->p->len = 0;
    memcpy(pkt_append(o->p, f->n), f->ip, f->n);
    if (esp_open(&copy, o->p, o->text_at, &o->next))
        return false;
    if (o->next == IP6_IP6) {
        const uint8_t *in = o->p->at + o->text_at;
        size_t n = o->p->len - o->text_at;
        if (ip6_read(in, n, &o->inner) || ip6_walk(in, n, &o->c))
            o->inner.next = IP6_NONE;
    }
    return true;
}

/* The first frame of i at or after that an SA of `policy` protects; false: none. */
static inline bool esp_after(const struct iface *i, const char *policy, sim_time after,
                             struct opened_frame *o)
{
    for (unsigned k = 0; k < seen_frames; k++) {
        if (frames[k].t < after || frames[k].port != i->port->index || !open_frame(&frames[k], o))
            continue;
        if (!strcmp(o->sa->entry->name, policy))
            return true;
    }
    return false;
}

static inline unsigned count_esp(const struct iface *i, const char *policy, sim_time after)
{
    unsigned n = 0;
    struct opened_frame o;
    for (unsigned k = 0; k < seen_frames; k++) {
        if (frames[k].t < after || frames[k].port != i->port->index || !open_frame(&frames[k], &o))
            continue;
        n += !strcmp(o.sa->entry->name, policy);
    }
    return n;
}

/* The Mobility Header in transport mode, its checksum held against the home address. */
static inline bool mh_inside(const struct opened_frame *o, struct mh *m)
{
    const struct seen_frame *f = o->f;
    const struct addr *src = f->c.has_home ? &f->c.home : &f->h.src;
    const struct addr *dst = f->c.has_rh2 ? &f->c.rh2 : &f->h.dst;
    return o->next == IP6_MH &&
           mh_read(src, dst, o->p->at + o->text_at, o->p->len - o->text_at, m) == MH_GOOD;
}

/* The same in tunnel mode. */
static inline bool mh_in_tunnel(const struct opened_frame *o, struct mh *m)
{
    const uint8_t *in = o->p->at + o->text_at;
    return o->next == IP6_IP6 && o->c.upper == IP6_MH &&
           mh_read(&o->inner.src, &o->inner.dst, in + o->c.upper_at,
                   o->p->len - o->text_at - o->c.upper_at, m) == MH_GOOD;
}

/* ---- what nobody would send ------------------------------------------------------------------ */

/* Seals p from `at` on and puts the headers of its outside right. */
static inline struct pkt *seal_at(struct sa *sa, struct pkt *p, size_t at)
{
    struct ip6_chain c;
    uint8_t next = IP6_IP6;
    size_t named_at = 0;
    if (at) {
        if (ip6_walk(p->at, p->len, &c))
            abort();
        named_at = ip6_named_at(p->at, at);
        next = p->at[named_at];
    }
    if (esp_seal(sa, p, at, next))
        abort();
    if (at) {
        p->at[named_at] = IP6_ESP;
        ip6_set_length(p->at, p->len);
    }
    return p;
}

static inline size_t upper_of(const struct pkt *p)
{
    struct ip6_chain c;
    if (ip6_walk(p->at, p->len, &c))
        abort();
    return c.upper_at;
}

/* In transport mode: from the upper layer on. */
static inline struct pkt *in_transport(struct sa *sa, struct pkt *p)
{
    return seal_at(sa, p, upper_of(p));
}

static inline struct pkt *in_tunnel(struct sa *sa, const struct addr *src, const struct addr *dst,
                                    struct pkt *inner)
{
    struct pkt *p = seal_at(sa, inner, 0);
    path_add_header(p, src, dst, IP6_ESP, 64);
    return p;
}

static inline struct pkt *in_clear_tunnel(const struct addr *src, const struct addr *dst,
                                          struct pkt *inner)
{
    path_add_header(inner, src, dst, IP6_IP6, 64);
    return inner;
}

static inline struct pkt *mps_packet(const struct addr *src, uint16_t identifier)
{
    const struct mpd mps = {.type = ICMP6_MPS, .identifier = identifier};
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mpd_write(&w, &home, &agent, &mps);
    p->len = (uint32_t)w.len;
    return packet_with(src, &agent, &home, false, IP6_ICMP6, p);
}

/* UDP without a checksum that anybody on the way looks at. */
static inline struct pkt *udp_packet(const struct addr *src, const struct addr *dst, size_t n)
{
    static const uint8_t bytes[1400] = {0x13, 0x88, 0x13, 0x89};
    return packet_of(src, dst, IP6_UDP, 64, bytes, n);
}

/* A BU of the next sequence number for BID `bid` and `coa`. */
static inline struct mh some_update(uint16_t bid, const struct addr *coa)
{
    struct addr home = home_address();
    const struct bcache_entry *e = bcache_find(agent_cache(agent_node()->agent), &home);
    return (struct mh){.type = MH_BU,
                       .flags = MH_BU_ACK | MH_BU_HOME,
                       .sequence = (uint16_t)(e ? e->sequence + 1 : 1),
                       .lifetime = 15,
                       .bids = 1,
                       .bid = {{.bid = bid, .has_coa = true, .coa = *coa, .length = 20}}};
}

static inline void arrive_at_agent(struct pkt *p)
{
    arrive(iface_of("ha", "ha-inet"), STRANGER, p);
}

/* ---- that nothing changes -------------------------------------------------------------------- */

/* What a packet that is refused must leave alone. */
struct state {
    unsigned bindings;
    struct binding binding[MH_BIDS];
    uint16_t sequence;
    uint64_t top[64];
    uint64_t sent[64];
    struct addr end[64];
};

static inline struct state state_now(void)
{
    struct state s;
    struct addr home = home_address();
    const struct bcache_entry *e = bcache_find(agent_cache(agent_node()->agent), &home);
    const struct node *n[] = {agent_node(), mobile_node()};
    unsigned at = 0;
    memset(&s, 0, sizeof s);
    s.bindings = e ? e->bindings : 0;
    for (unsigned k = 0; k < s.bindings; k++) {
        s.binding[k] = e->binding[k];
        s.binding[k].verified = 0;
    }
    s.sequence = e ? e->sequence : 0;
    for (unsigned k = 0; k < 2; k++) {
        for (const struct sa *sa = ipsec_of(n[k])->sad.first; sa && at < 64; sa = sa->newer, at++) {
            s.top[at] = sa->replay.top;
            s.sent[at] = sa->sequence;
            s.end[at] = k ? sa->local : sa->remote;
        }
    }
    return s;
}

static inline bool same_state(const struct state *a, const struct state *b)
{
    bool same = a->bindings == b->bindings && a->sequence == b->sequence &&
                !memcmp(a->top, b->top, sizeof a->top) && !memcmp(a->end, b->end, sizeof a->end) &&
                !memcmp(a->sent, b->sent, sizeof a->sent);
    for (unsigned k = 0; same && k < a->bindings; k++) {
        same = a->binding[k].bid == b->binding[k].bid &&
               addr_eq(&a->binding[k].coa, &b->binding[k].coa) &&
               a->binding[k].until == b->binding[k].until;
    }
    return same;
}

#endif
