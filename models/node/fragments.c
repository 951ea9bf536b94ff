#include "models/node/fragments.h"

#include <assert.h>
#include <string.h>

#include "models/node/icmp.h"
#include "models/node/timers.h"
#include "models/wire/fragment.h"

static void wake(struct sim *sim, void *owner);

/* Made when the first fragment is there: most nodes never see one. */
static struct fragments *fragments_of(struct node *n)
{
    if (n->fragments)
        return n->fragments;
    struct fragments *f = arena_take(n->arena, sizeof *f);
    struct rng rng = node_stream(n, "fragment");
    const struct reassembly_config how = {n->timers->reassembly, n->timers->reassemblies};
    f->node = n;
    f->next_id = rng_u32(&rng);
    reassembly_init(&f->in, n->arena, n->packets, &how);
    sim_timer_init(&f->timer, wake, f);
    n->fragments = f;
    return f;
}

/* ---- out --------------------------------------------------------------------- */

/* A later fragment: the same headers, `bytes` of p from `from` on. */
static struct pkt *piece(struct node *n, const struct pkt *p, size_t keeps, size_t from,
                         size_t bytes)
{
    struct pkt *one = pkt_take(n->packets);
    one->mark = p->mark;
    one->cause = p->cause;
    if (one->mark.flow)
        one->mark.overhead = (uint16_t)(keeps + FRAGMENT_HEADER);
    memcpy(pkt_append(one, keeps), p->at, keeps);
    (void)pkt_append(one, FRAGMENT_HEADER);
    memcpy(pkt_append(one, bytes), p->at + from, bytes);
    return one;
}

static void put_header(struct pkt *one, size_t keeps, size_t named, const struct fragment *f)
{
    fragment_write(one->at + keeps, f);
    one->at[named] = IP6_FRAGMENT;
    ip6_set_length(one->at, one->len);
}

struct pkt *fragments_cut(struct node *n, struct pkt *p, uint32_t mtu)
{
    struct fragments *own = fragments_of(n);
    size_t named;
    size_t keeps = fragment_headers(p->at, p->len, &named);
    size_t most = (mtu - keeps - FRAGMENT_HEADER) / FRAGMENT_UNIT * FRAGMENT_UNIT;
    size_t total = p->len - keeps;
    struct fragment f = {.next = p->at[named], .id = own->next_id++};
    struct pkt **end = &p->next;
    assert(mtu >= IP6_MTU_MIN && p->len > mtu && keeps + FRAGMENT_HEADER < mtu);
    own->issued++;
    for (size_t from = most; from < total; from += most) {
        size_t bytes = total - from < most ? total - from : most;
        struct pkt *one = piece(n, p, keeps, keeps + from, bytes);
        f.offset = (uint16_t)from;
        f.more = from + bytes < total;
        put_header(one, keeps, named, &f);
        *end = one;
        end = &one->next;
    }
    *end = NULL;
    p->len = (uint32_t)(keeps + most); /* the first one is p itself */
    (void)pkt_prepend(p, FRAGMENT_HEADER);
    memmove(p->at, p->at + FRAGMENT_HEADER, keeps);
    if (p->mark.flow)
        p->mark.overhead = (uint16_t)(p->mark.overhead + FRAGMENT_HEADER);
    f.offset = 0;
    f.more = true;
    put_header(p, keeps, named, &f);
    return p;
}

bool fragments_sent(const struct node *n, uint32_t id)
{
    const struct fragments *own = n->fragments;
    return own && (uint32_t)(own->next_id - 1 - id) < own->issued;
}

/* ---- in ---------------------------------------------------------------------- */

static void drop_all(struct node *n, struct reassembly_act *act)
{
    if (act->error && act->dead)
        icmp_send_error(n, act->dead, act->error, act->code, act->value);
    while (act->dead) {
        struct pkt *p = act->dead;
        act->dead = p->next;
        node_drop(n, (enum node_reason)act->reason, p);
    }
}

static void rearm(struct fragments *f)
{
    struct sim *sim = f->node->sim;
    sim_time next = reassembly_next(&f->in);
    if (next == SIM_NEVER) {
        sim_stop(sim, &f->timer);
    } else if (!sim_armed(&f->timer) || f->timer.at != next) {
        sim_arm(sim, &f->timer, next);
    }
}

static void wake(struct sim *sim, void *owner)
{
    struct fragments *f = owner;
    struct reassembly_act act;
    while (reassembly_tick(&f->in, sim_now(sim), &act))
        drop_all(f->node, &act);
    rearm(f);
}

struct pkt *fragments_join(struct node *n, struct pkt *p, size_t at)
{
    struct fragments *f = fragments_of(n);
    struct reassembly_act act;
    reassembly_take(&f->in, p, at, sim_now(n->sim), &act);
    rearm(f);
    drop_all(n, &act);
    return act.whole;
}

void fragments_release(struct node *n)
{
    if (n->fragments)
        reassembly_release(&n->fragments->in);
}

/* ---- flows ------------------------------------------------------------------- */

static struct fragments_flow *seen_of(struct fragments *f, const struct pkt *p, uint32_t id)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    for (unsigned k = 0; k < FRAGMENTS_SEEN; k++) {
        struct fragments_flow *s = &f->seen[k];
        if (s->used && s->id == id && addr_eq(&s->src, &src) && addr_eq(&s->dst, &dst))
            return s;
    }
    return NULL;
}

struct flow_packet fragments_flow_of(struct node *n, const struct pkt *p, bool mobile_is_source)
{
    struct flow_packet flow = flow_packet_of(p->at, p->len, mobile_is_source);
    struct ip6_chain c;
    struct fragment f;
    bool is_fragment = p->at[IP6_AT_NEXT] == IP6_FRAGMENT && !ip6_walk(p->at, p->len, &c) &&
                       !fragment_read(p->at + c.upper_at, p->len - c.upper_at, &f);
    if (!is_fragment || (!f.offset && !f.more))
        return flow;
    struct fragments *own = fragments_of(n);
    struct fragments_flow *seen = seen_of(own, p, f.id);
    if (f.offset)
        return seen ? seen->flow : flow;
    if (!seen)
        seen = &own->seen[own->next_seen++ % FRAGMENTS_SEEN];
    *seen = (struct fragments_flow){ip6_src(p->at), ip6_dst(p->at), f.id, true, flow};
    return flow;
}
