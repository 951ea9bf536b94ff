#include "models/node/reassembly.h"

#include <assert.h>
#include <string.h>

#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"

enum { PAYLOAD_MOST = 65535, OFFSET_AT = 2 /* in the Fragment header */ };

void reassembly_init(struct reassembly *r, struct arena *arena, struct pool *packets,
                     const struct reassembly_config *how)
{
    assert(how->most > 0);
    *r = (struct reassembly){.how = *how, .packets = packets, .buckets = 1};
    r->parts = pool_of(arena, sizeof(struct reassembly_part));
    while (r->buckets < (size_t)how->most)
        r->buckets *= 2;
    r->bucket = arena_take(arena, r->buckets * sizeof(struct reassembly_slot *));
    struct reassembly_slot *slot = arena_take(arena, (size_t)how->most * sizeof *slot);
    for (int64_t k = 0; k < how->most; k++) {
        slot[k].next = r->spare;
        r->spare = &slot[k];
    }
}

/* ---- slots ------------------------------------------------------------------- */

static struct reassembly_slot **bucket_of(const struct reassembly *r, const struct addr *src,
                                          const struct addr *dst, uint32_t id)
{
    uint64_t h = (addr_hash(src) ^ id) * 0x9e3779b97f4a7c15u ^ addr_hash(dst);
    return &r->bucket[(size_t)h & (r->buckets - 1)];
}

static struct reassembly_slot *find(const struct reassembly *r, const struct addr *src,
                                    const struct addr *dst, uint32_t id)
{
    struct reassembly_slot *s = *bucket_of(r, src, dst, id);
    while (s && !(s->id == id && addr_eq(&s->src, src) && addr_eq(&s->dst, dst)))
        s = s->next;
    return s;
}

static struct reassembly_slot *enter(struct reassembly *r, const struct addr *src,
                                     const struct addr *dst, uint32_t id, sim_time now)
{
    struct reassembly_slot **bucket = bucket_of(r, src, dst, id);
    struct reassembly_slot *s = r->spare;
    assert(s);
    r->spare = s->next;
    *s = (struct reassembly_slot){.src = *src,
                                  .dst = *dst,
                                  .id = id,
                                  .until = now + r->how.timeout,
                                  .next = *bucket,
                                  .older = r->youngest};
    *bucket = s;
    if (r->youngest) {
        r->youngest->younger = s;
    } else {
        r->oldest = s;
    }
    r->youngest = s;
    return s;
}

static void strike(struct reassembly *r, struct reassembly_slot *s)
{
    struct reassembly_slot **at = bucket_of(r, &s->src, &s->dst, s->id);
    assert(!s->part);
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    *(s->older ? &s->older->younger : &r->oldest) = s->younger;
    *(s->younger ? &s->younger->older : &r->youngest) = s->older;
    s->next = r->spare;
    r->spare = s;
}

/* Its fragments, in order, to be dropped. */
static void empty(struct reassembly *r, struct reassembly_slot *s, uint16_t reason,
                  struct reassembly_act *act)
{
    struct pkt **end = &act->dead;
    act->reason = reason;
    while (s->part) {
        struct reassembly_part *part = s->part;
        *end = part->pkt;
        end = &part->pkt->next;
        s->part = part->next;
        pool_give(&r->parts, part);
    }
    *end = NULL;
    s->parts = 0;
}

/* One that will not be whole any more: what still comes of it is dropped, too. */
static void give_up(struct reassembly *r, struct reassembly_slot *s, struct pkt *p, uint16_t reason,
                    struct reassembly_act *act)
{
    empty(r, s, reason, act);
    s->given_up = reason;
    p->next = act->dead;
    act->dead = p;
}

/* ---- one fragment ------------------------------------------------------------- */

static void refuse(struct pkt *p, uint16_t reason, struct reassembly_act *act)
{
    p->next = NULL;
    act->dead = p;
    act->reason = reason;
}

static void tell(struct reassembly_act *act, uint8_t code, size_t pointer)
{
    act->error = ICMP6_PARAMETER_PROBLEM;
    act->code = code;
    act->value = (uint32_t)pointer;
}

/* What is wrong with a fragment by itself: RFC 8200 4.5. */
static bool fits(struct pkt *p, const struct reassembly_part *part, struct reassembly_act *act)
{
    if (!part->last && part->bytes % FRAGMENT_UNIT) {
        tell(act, ICMP6_FIELD, IP6_AT_LENGTH);
    } else if ((size_t)part->at - IP6_HEADER + part->offset + part->bytes > PAYLOAD_MOST) {
        tell(act, ICMP6_FIELD, (size_t)part->at + OFFSET_AT);
    } else if (!part->offset && !fragment_holds_chain(p->at, p->len)) {
        tell(act, ICMP6_HEADER_CHAIN, 0);
    } else if (part->bytes) {
        return true;
    }
    refuse(p, DROP_FRAGMENT, act);
    return false;
}

static bool fits_buffer(const struct reassembly_part *part)
{
    return (size_t)part->at + part->offset + part->bytes <= REASSEMBLY_BYTES;
}

enum fit { FIT_GAP, FIT_COPY, FIT_OVERLAP };

/* Where a fragment belongs: `*after` is the place that points to it. */
static enum fit place_of(struct reassembly_slot *s, const struct reassembly_part *one,
                         const struct pkt *p, struct reassembly_part ***after)
{
    uint32_t end = (uint32_t)one->offset + one->bytes;
    struct reassembly_part **at = &s->part;
    while (*at && (uint32_t)(*at)->offset + (*at)->bytes <= one->offset)
        at = &(*at)->next;
    *after = at;
    const struct reassembly_part *next = *at;
    if (next && next->offset == one->offset && next->bytes == one->bytes &&
        next->last == one->last &&
        !memcmp(next->pkt->at + next->at + FRAGMENT_HEADER, p->at + one->at + FRAGMENT_HEADER,
                one->bytes))
        return FIT_COPY;
    if (next && next->offset < end)
        return FIT_OVERLAP;
    bool past_end = s->total && (one->last || end > s->total);
    return past_end || (one->last && next) ? FIT_OVERLAP : FIT_GAP;
}

/* ---- the whole packet ------------------------------------------------------------ */

/* The first one's headers without the Fragment header, and everybody's bytes. */
static struct pkt *join(struct reassembly *r, struct reassembly_slot *s)
{
    const struct reassembly_part *first = s->part;
    struct pkt *whole = pkt_take(r->packets);
    memcpy(pkt_append(whole, first->at), first->pkt->at, first->at);
    whole->at[ip6_named_at(whole->at, first->at)] = first->pkt->at[first->at];
    whole->mark = first->pkt->mark;
    whole->group = first->pkt->group;
    whole->mark.overhead = 0;
    while (s->part) {
        struct reassembly_part *part = s->part;
        memcpy(pkt_append(whole, part->bytes), part->pkt->at + part->at + FRAGMENT_HEADER,
               part->bytes);
        whole->mark.overhead = (uint16_t)(whole->mark.overhead + part->pkt->mark.overhead);
        s->part = part->next;
        pkt_give(r->packets, part->pkt);
        pool_give(&r->parts, part);
    }
    ip6_set_length(whole->at, whole->len);
    return whole;
}

static void keep(struct reassembly *r, struct reassembly_slot *s, struct pkt *p,
                 const struct reassembly_part *one, struct reassembly_part **after,
                 struct reassembly_act *act)
{
    struct reassembly_part *part = pool_take_raw(&r->parts);
    *part = *one;
    part->pkt = p;
    part->next = *after;
    *after = part;
    s->parts++;
    s->bytes += part->bytes;
    if (part->last)
        s->total = (uint32_t)part->offset + part->bytes;
    if (s->bytes != s->total)
        return;
    if (s->part->at + s->total > REASSEMBLY_BYTES) { /* other headers than its fellows' */
        empty(r, s, DROP_REASSEMBLY_SIZE, act);
        s->given_up = DROP_REASSEMBLY_SIZE;
        return;
    }
    act->whole = join(r, s);
    strike(r, s);
}

/* A whole packet in one fragment: apart from all others, RFC 6946 4. */
static struct pkt *unwrap(struct pkt *p, size_t at)
{
    p->at[ip6_named_at(p->at, at)] = p->at[at];
    memmove(p->at + FRAGMENT_HEADER, p->at, at);
    pkt_strip(p, FRAGMENT_HEADER);
    ip6_set_length(p->at, p->len);
    return p;
}

/* The first one of a packet: the oldest packet makes room where there is none. */
static void begin(struct reassembly *r, struct pkt *p, const struct reassembly_part *one,
                  uint32_t id, sim_time now, struct reassembly_act *act)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    if (!fits_buffer(one)) {
        refuse(p, DROP_REASSEMBLY_SIZE, act);
        return;
    }
    struct reassembly_slot *oldest = r->oldest;
    if (!r->spare) {
        empty(r, oldest, DROP_REASSEMBLY_ROOM, act);
        strike(r, oldest);
    }
    struct reassembly_slot *s = enter(r, &src, &dst, id, now);
    keep(r, s, p, one, &s->part, act);
}

static void join_others(struct reassembly *r, struct reassembly_slot *s, struct pkt *p,
                        const struct reassembly_part *one, struct reassembly_act *act)
{
    struct reassembly_part **after;
    if (s->given_up) {
        refuse(p, s->given_up, act);
        return;
    }
    enum fit fit = place_of(s, one, p, &after);
    if (fit == FIT_COPY) {
        refuse(p, DROP_FRAGMENT_COPY, act);
    } else if (fit == FIT_OVERLAP) {
        give_up(r, s, p, DROP_FRAGMENT_OVERLAP, act);
    } else if (!fits_buffer(one) || s->parts == REASSEMBLY_PARTS) {
        give_up(r, s, p, DROP_REASSEMBLY_SIZE, act);
    } else {
        keep(r, s, p, one, after, act);
    }
}

void reassembly_take(struct reassembly *r, struct pkt *p, size_t at, sim_time now,
                     struct reassembly_act *act)
{
    struct fragment f;
    *act = (struct reassembly_act){.reason = 0};
    if (fragment_read(p->at + at, p->len - at, &f)) {
        refuse(p, DROP_FRAGMENT, act);
        return;
    }
    if (!f.offset && !f.more) {
        act->whole = unwrap(p, at);
        return;
    }
    const struct reassembly_part one = {.offset = f.offset,
                                        .bytes = (uint16_t)(p->len - at - FRAGMENT_HEADER),
                                        .at = (uint16_t)at,
                                        .last = !f.more};
    if (!fits(p, &one, act))
        return;
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    struct reassembly_slot *s = find(r, &src, &dst, f.id);
    if (s) {
        join_others(r, s, p, &one, act);
    } else {
        begin(r, p, &one, f.id, now, act);
    }
}

/* ---- time ------------------------------------------------------------------------ */

sim_time reassembly_next(const struct reassembly *r)
{
    return r->oldest ? r->oldest->until : SIM_NEVER;
}

bool reassembly_tick(struct reassembly *r, sim_time now, struct reassembly_act *act)
{
    struct reassembly_slot *s = r->oldest;
    *act = (struct reassembly_act){.reason = 0};
    if (!s || s->until > now)
        return false;
    if (s->part && !s->part->offset) { /* RFC 8200 4.5: only if the first one is there */
        act->error = ICMP6_TIME_EXCEEDED;
        act->code = ICMP6_REASSEMBLY;
    }
    empty(r, s, DROP_REASSEMBLY, act);
    strike(r, s);
    return true;
}

void reassembly_release(struct reassembly *r)
{
    while (r->oldest) {
        struct reassembly_act act = {.reason = 0};
        empty(r, r->oldest, 0, &act);
        strike(r, r->oldest);
        while (act.dead) {
            struct pkt *p = act.dead;
            act.dead = p->next;
            pkt_give(r->packets, p);
        }
    }
}
