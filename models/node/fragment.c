#include "models/node/fragment.h"

#include <assert.h>
#include <string.h>

#include "models/node/icmp.h"
#include "models/node/path.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"

/* A packet of which not all pieces are there. */
struct whole {
    struct addr src;
    struct addr dst;
    uint32_t identification;
    struct node *node;                /* NULL: a free place */
    struct pkt *part[FRAGMENT_PARTS]; /* as they came, in order of offset */
    size_t head[FRAGMENT_PARTS];      /* bytes before the Fragment header */
    unsigned parts;
    bool spoilt; /* pieces overlapped: nothing more of it is taken (RFC 5722 4) */
    uint64_t age;
    struct sim_timer timer;
};

struct fragments {
    struct whole whole[FRAGMENT_ROOM];
    uint64_t count;
    uint32_t identification; /* of the next packet that is cut */
};

static struct fragments *fragments_of(struct node *n)
{
    if (!n->fragments) { /* few nodes ever need it */
        n->fragments = arena_take(n->arena, sizeof *n->fragments);
        struct rng rng = node_stream(n, "fragment");
        n->fragments->identification = rng_u32(&rng);
    }
    return n->fragments;
}

/* ---- cutting up ------------------------------------------------------------ */

/* The octet that names what stands at `end`, the end of the chain of extension headers. */
static size_t where_named(const uint8_t *packet, size_t end)
{
    size_t named = IP6_AT_NEXT;
    for (size_t at = IP6_HEADER; at < end; at += 8 * ((size_t)packet[at + 1] + 1))
        named = at;
    return named;
}

static void set_length(struct pkt *p)
{
    uint32_t payload = p->len - IP6_HEADER;
    p->at[IP6_AT_LENGTH] = (uint8_t)(payload >> 8);
    p->at[IP6_AT_LENGTH + 1] = (uint8_t)payload;
}

void fragment_out(struct node *n, struct pkt *p, uint32_t mtu, void *owner,
                  void (*send)(void *owner, struct pkt *piece))
{
    struct ip6_chain c;
    enum ip6_fault fault = ip6_walk(p->at, p->len, &c);
    assert(!fault && mtu >= IP6_MTU_MIN && p->len > mtu);
    uint32_t head = (uint32_t)c.upper_at;
    uint32_t most = (mtu - head - IP6_FRAGMENT_BYTES) / 8 * 8;
    size_t named = where_named(p->at, head);
    uint32_t identification = fragments_of(n)->identification++;
    for (uint32_t at = 0; at < p->len - head; at += most) {
        uint32_t left = p->len - head - at;
        const struct ip6_fragment f = {.next = c.upper,
                                       .offset = (uint16_t)at,
                                       .more = left > most,
                                       .identification = identification};
        struct pkt *piece = pkt_take(n->packets);
        piece->mark = p->mark;
        piece->cause = p->cause;
        memcpy(pkt_append(piece, head), p->at, head);
        piece->at[named] = IP6_FRAGMENT;
        ip6_write_fragment(pkt_append(piece, IP6_FRAGMENT_BYTES), &f);
        uint32_t take = left > most ? most : left;
        memcpy(pkt_append(piece, take), p->at + head + at, take);
        set_length(piece);
        send(owner, piece);
    }
    pkt_give(n->packets, p);
}

/* ---- putting together ------------------------------------------------------- */

static struct ip6_fragment header_of(const struct whole *w, unsigned k)
{
    return ip6_read_fragment(w->part[k]->at + w->head[k]);
}

static uint32_t bytes_of(const struct whole *w, unsigned k)
{
    return (uint32_t)(w->part[k]->len - w->head[k] - IP6_FRAGMENT_BYTES);
}

static void clear(struct whole *w)
{
    sim_stop(w->node->sim, &w->timer);
    w->node = NULL;
    w->parts = 0;
}

static void drop_parts(struct whole *w, enum node_reason reason)
{
    for (unsigned k = 0; k < w->parts; k++)
        node_drop(w->node, reason, w->part[k]);
    w->parts = 0;
}

/* RFC 8200 4.5: too late; its source is told if the first piece is there. */
static void give_up(struct sim *sim, void *owner)
{
    struct whole *w = owner;
    (void)sim;
    if (w->parts && header_of(w, 0).offset == 0)
        icmp_send_error(w->node, w->part[0], ICMP6_TIME_EXCEEDED, ICMP6_REASSEMBLY, 0);
    drop_parts(w, DROP_REASSEMBLY);
    clear(w);
}

static struct whole *find_whole(struct node *n, const struct ip6 *h, uint32_t identification)
{
    struct fragments *f = fragments_of(n);
    struct whole *place = NULL;
    for (int k = 0; k < FRAGMENT_ROOM; k++) {
        struct whole *w = &f->whole[k];
        if (w->node && w->identification == identification && addr_eq(&w->src, &h->src) &&
            addr_eq(&w->dst, &h->dst))
            return w;
        if (!place || (place->node && (!w->node || w->age < place->age)))
            place = w;
    }
    if (place->node) {
        drop_parts(place, DROP_REASSEMBLY_ROOM);
        clear(place);
    }
    *place = (struct whole){.src = h->src,
                            .dst = h->dst,
                            .identification = identification,
                            .node = n,
                            .age = ++f->count};
    sim_timer_init(&place->timer, give_up, place);
    sim_arm_in(n->sim, &place->timer, n->timers->reassembly);
    return place;
}

enum placing { PLACED, TWICE, OVERLAPS };

/* In order of offset, unless it covers what is there: RFC 5722 4. */
static enum placing put(struct whole *w, struct pkt *p, size_t head)
{
    struct ip6_fragment f = ip6_read_fragment(p->at + head);
    uint32_t start = f.offset;
    uint32_t end = (uint32_t)(start + p->len - head - IP6_FRAGMENT_BYTES);
    unsigned at = 0;
    for (unsigned k = 0; k < w->parts; k++) {
        uint32_t from = header_of(w, k).offset;
        uint32_t to = from + bytes_of(w, k);
        if (from == start && to == end)
            return TWICE;
        if (start < to && from < end)
            return OVERLAPS;
        bool last = !header_of(w, k).more;
        if ((last && start >= to) || (!f.more && from >= end))
            return OVERLAPS; /* behind the last one */
        at += from < start;
    }
    if (w->parts == FRAGMENT_PARTS)
        return OVERLAPS;
    memmove(w->part + at + 1, w->part + at, (w->parts - at) * sizeof w->part[0]);
    memmove(w->head + at + 1, w->head + at, (w->parts - at) * sizeof w->head[0]);
    w->part[at] = p;
    w->head[at] = head;
    w->parts++;
    return PLACED;
}

static bool is_complete(const struct whole *w)
{
    uint32_t at = 0;
    for (unsigned k = 0; k < w->parts; k++) {
        if (header_of(w, k).offset != at)
            return false;
        at += bytes_of(w, k);
    }
    return w->parts && !header_of(w, w->parts - 1).more;
}

/* The headers of the first piece, without its Fragment header, and the bytes of all. */
static struct pkt *join(struct whole *w)
{
    struct node *n = w->node;
    struct pkt *p = pkt_take(n->packets);
    size_t head = w->head[0];
    p->mark = w->part[0]->mark;
    p->cause = w->part[0]->cause;
    memcpy(pkt_append(p, head), w->part[0]->at, head);
    p->at[where_named(p->at, head)] = header_of(w, 0).next;
    for (unsigned k = 0; k < w->parts; k++) {
        uint32_t bytes = bytes_of(w, k);
        memcpy(pkt_append(p, bytes), w->part[k]->at + w->head[k] + IP6_FRAGMENT_BYTES, bytes);
        pkt_give(n->packets, w->part[k]);
    }
    set_length(p);
    clear(w);
    return p;
}

/* What is wrong with one piece on its own; answers whether p lives. */
static bool fits(struct iface *i, struct pkt *p, size_t head)
{
    struct node *n = i->node;
    if (p->len < head + IP6_FRAGMENT_BYTES) {
        node_drop(n, DROP_MALFORMED, p);
        return false;
    }
    struct ip6_fragment f = ip6_read_fragment(p->at + head);
    size_t bytes = p->len - head - IP6_FRAGMENT_BYTES;
    if ((f.more && bytes % 8) || f.offset + bytes + head - IP6_HEADER > UINT16_MAX) {
        uint32_t pointer = f.more && bytes % 8 ? IP6_AT_LENGTH : (uint32_t)head + 2;
        icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, pointer);
        node_drop(n, DROP_FRAGMENT, p);
        return false;
    }
    if (bytes == 0 || head + f.offset + bytes > PKT_ROOM) { /* more than this node has room for */
        node_drop(n, DROP_FRAGMENT, p);
        return false;
    }
    return true;
}

struct pkt *fragment_in(struct iface *i, struct pkt *p, const struct ip6 *h,
                        const struct ip6_chain *c)
{
    struct node *n = i->node;
    size_t head = c->upper_at;
    if (!fits(i, p, head))
        return NULL;
    struct ip6_fragment f = ip6_read_fragment(p->at + head);
    struct whole alone = {.node = n, .part = {p}, .head = {head}, .parts = 1};
    sim_timer_init(&alone.timer, give_up, &alone);
    if (f.offset == 0 && !f.more) /* an atomic fragment waits for nobody: RFC 6946 4 */
        return join(&alone);
    struct whole *w = find_whole(n, h, f.identification);
    if (w->spoilt) {
        node_drop(n, DROP_FRAGMENT, p);
        return NULL;
    }
    switch (put(w, p, head)) {
    case TWICE:
        node_drop(n, DROP_FRAGMENT, p);
        return NULL;
    case OVERLAPS:
        node_drop(n, DROP_FRAGMENT, p);
        drop_parts(w, DROP_FRAGMENT);
        w->spoilt = true; /* until its time is over */
        return NULL;
    case PLACED:
        break;
    }
    return is_complete(w) ? join(w) : NULL;
}

void fragment_release(struct node *n)
{
    for (int k = 0; n->fragments && k < FRAGMENT_ROOM; k++) {
        struct whole *w = &n->fragments->whole[k];
        while (w->node && w->parts)
            pkt_give(n->packets, w->part[--w->parts]);
    }
}
