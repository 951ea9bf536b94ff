/*
 * storm_checks.h - what holds after every event of a storm, and what comes to hold when it is over.
 * Each check has a name and a sentence; what does not hold ends the run, and is said.
 */
#ifndef TESTS_STORM_CHECKS_H
#define TESTS_STORM_CHECKS_H

#include "tests/storm_watch.h"

struct storm_check {
    const char *name;
    const char *sentence;
    bool (*holds)(struct watch *w);
};

/* ---- bindings, always --------------------------------------------------------------------------
 */

static inline bool one_binding_per_bid(struct watch *w)
{
    for (unsigned k = 0; k < WATCH_CACHES; k++) {
        const struct bcache *c = w->cache[k].cache;
        const struct bcache_entry *e = bcache_find(c, &w->home);
        if (c->entries > 1 || (e && e->bindings > STORM_WAYS))
            return false;
        for (unsigned i = 0; e && i < e->bindings; i++) {
            for (unsigned j = 0; j < i; j++) {
                if (e->binding[i].bid == e->binding[j].bid)
                    return false;
            }
        }
    }
    return true;
}

/* NULL: it was not there after the event before. */
static inline const struct binding *as_before(const struct watch_cache *c, const struct binding *b)
{
    for (unsigned j = 0; j < c->bindings; j++) {
        if (c->binding[j].bid == b->bid)
            return &c->binding[j];
    }
    return NULL;
}

static inline bool registers_what_it_had(struct watch *w)
{
    for (unsigned k = 0; k < WATCH_CACHES; k++) {
        const struct bcache_entry *e = bcache_find(w->cache[k].cache, &w->home);
        for (unsigned i = 0; e && i < e->bindings; i++) {
            const struct binding *b = &e->binding[i];
            const struct binding *before = as_before(&w->cache[k], b);
            if (before && before->until == b->until && addr_eq(&before->coa, &b->coa))
                continue;
            const struct watch_had *had = watch_had(w, b->bid, &b->coa);
            if (!had || w->now - had->last > STORM_SLOW)
                return false;
        }
    }
    return true;
}

static inline bool is_ahead(uint16_t now, uint16_t before)
{
    return (uint16_t)(now - before) <= 32767; /* RFC 6275 9.5.1 */
}

static inline bool sequences_grow(struct watch *w)
{
    for (unsigned k = 0; k < WATCH_CACHES; k++) {
        const struct bcache_entry *e = bcache_find(w->cache[k].cache, &w->home);
        if (e && e->has_sequence && w->cache[k].has_sequence &&
            !is_ahead(e->sequence, w->cache[k].sequence))
            return false;
    }
    for (unsigned k = 0; k < WATCH_LISTS; k++) {
        const struct watch_list *l = &w->list[k];
        if (l->bul && !is_ahead(l->bul->sequence, l->sequence))
            return false;
    }
    return true;
}

static inline bool proxies_what_is_bound(struct watch *w)
{
    const struct bcache_entry *e = bcache_find(w->cache[0].cache, &w->home);
    return !e || e->state == BCACHE_TESTING || e->proxied == (e->bindings > 0);
}

static inline bool correspondents_forget_in_time(struct watch *w)
{
    for (unsigned k = 1; k < WATCH_CACHES; k++) {
        const struct bcache_entry *e = bcache_find(w->cache[k].cache, &w->home);
        for (unsigned i = 0; e && i < e->bindings; i++) {
            if (e->binding[i].until > w->now + CORRESPONDENT_LIFETIME_S * SIM_S ||
                e->binding[i].until < w->now)
                return false;
        }
    }
    return true;
}

static inline bool nonces_are_fresh(struct watch *w)
{
    for (unsigned k = 1; k < WATCH_CACHES; k++) {
        const struct watch_cache *c = &w->cache[k];
        const struct bcache_entry *e = bcache_find(c->cache, &w->home);
        for (unsigned i = 0; e && i < e->bindings; i++) {
            const struct binding *b = &e->binding[i];
            const struct binding *before = as_before(c, b);
            if (before && before->until == b->until)
                continue;
            if (tokens_until(c->tokens, b->peer.home_nonce) <= w->now ||
                tokens_until(c->tokens, b->peer.care_of_nonce) <= w->now)
                return false;
        }
    }
    return true;
}

/* RFC 6275 11.7.2, as far as the mobile node knows: what has been under way counts. */
static inline bool not_beyond_the_home_registration(struct watch *w)
{
    const struct bul *bul = &w->car->mobile->bul;
    sim_time until = 0;
    for (unsigned k = 0; k < bul->entries; k++) {
        if (bul->entry[k].expires > until)
            until = bul->entry[k].expires;
    }
    for (unsigned k = 1; k < WATCH_CACHES; k++) {
        const struct bcache_entry *e = bcache_find(w->cache[k].cache, &w->home);
        for (unsigned i = 0; e && i < e->bindings; i++) {
            const struct binding *before = as_before(&w->cache[k], &e->binding[i]);
            if ((!before || before->until != e->binding[i].until) &&
                e->binding[i].until > until + STORM_SLOW)
                return false;
        }
    }
    return true;
}

/* What is acknowledged, and about which nothing is under way. */
static inline bool believes_what_is_bound(struct watch *w)
{
    const struct bul *bul = &w->car->mobile->bul;
    const struct bcache_entry *e = bcache_find(w->cache[0].cache, &w->home);
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        if (bul->exchange[i].open)
            return true;
    }
    for (unsigned k = 0; k < bul->entries; k++) {
        const struct bul_entry *of = &bul->entry[k];
        bool bound = false;
        if (of->state != BUL_BOUND || !of->told)
            continue;
        for (unsigned j = 0; e && j < e->bindings; j++)
            bound |= e->binding[j].bid == of->bid && addr_eq(&e->binding[j].coa, &of->coa) &&
                     e->binding[j].until >= of->expires;
        if (!bound)
            return false;
    }
    return true;
}

/* ---- security associations, always
 * --------------------------------------------------------------- */

static inline bool spis_are_unique(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        for (unsigned i = 0; i < l->ins; i++) {
            for (unsigned j = 0; j < i; j++) {
                if (l->in[i]->spi == l->in[j]->spi)
                    return false;
            }
        }
        for (unsigned i = 0; i < l->outs; i++) {
            for (unsigned j = 0; j < i; j++) {
                if (l->out[i]->spi == l->out[j]->spi)
                    return false;
            }
        }
    }
    return true;
}

static inline bool one_outbound_sa_is_used(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        for (unsigned i = 0; i < l->outs; i++) {
            for (unsigned j = 0; j < i; j++) {
                if (l->out[i]->entry == l->out[j]->entry && l->out[i]->number == l->out[j]->number)
                    return false;
            }
        }
    }
    return true;
}

/* The half at the other end; NULL: it is not there. */
static inline struct sa *other_half(const struct watch *w, unsigned n, const struct sa *out)
{
    return sad_find(&w->sas[1 - n].ipsec->sad, out->spi);
}

static inline bool halves_agree(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        for (unsigned i = 0; i < l->outs; i++) {
            const struct sa *out = l->out[i];
            const struct sa *in = other_half(w, n, out);
            if (in && (in->mode != out->mode || in->suite != out->suite || in->esn != out->esn ||
                       strcmp(in->entry->name, out->entry->name) != 0 ||
                       memcmp(&in->keys, &out->keys, sizeof in->keys) != 0 ||
                       in->replay.top > out->sequence))
                return false;
        }
    }
    return true;
}

/* With nobody at the other end it ends by its hard limit, 30 s. */
static inline bool no_orphan_lives(struct watch *w)
{
    unsigned kept = 0;
    struct watch_orphan now[WATCH_SAS];
    for (unsigned n = 0; n < 2; n++) {
        for (unsigned i = 0; i < w->sas[n].outs && kept < WATCH_SAS; i++) {
            const struct sa *sa = w->sas[n].out[i];
            sim_time since = w->now;
            if (other_half(w, n, sa))
                continue;
            for (unsigned j = 0; j < w->orphans; j++) {
                if (w->orphan[j].sa == sa)
                    since = w->orphan[j].since;
            }
            if (w->now - since > 30 * SIM_S)
                return false;
            now[kept++] = (struct watch_orphan){sa, since};
        }
    }
    w->orphans = kept;
    for (unsigned j = 0; j < kept; j++)
        w->orphan[j] = now[j];
    return true;
}

static inline bool sas_do_not_pile_up(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        if (l->too_many || ike_sas(w->ike[n]) > 8 || ike_half_open(w->ike[n]) > 6)
            return false;
    }
    return true;
}

static inline bool tunnels_end_where_it_was(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        for (unsigned i = 0; i < l->outs; i++) {
            const struct sa *sa = l->out[i];
            const struct addr *end = n ? &sa->remote : &sa->local;
            if (sa->mode == SA_TUNNEL && !addr_eq(end, &w->home) && !watch_had(w, 0, end))
                return false;
        }
    }
    return true;
}

static inline bool ike_keeps_its_books(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        if (!inside_is_sane(w->ike[n], w->now) || !inside_holds(w->ike[n]))
            return false;
    }
    return true;
}

/* A request has been tried no more often than it may, and will be looked at again. */
static inline bool no_request_is_stuck(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        for (const struct ike_sa *sa = w->ike[n]->first; sa; sa = sa->next) {
            for (unsigned k = 0; k < IKE_WINDOW; k++) {
                const struct ike_request *r = &sa->request[k];
                if (r->task != IKE_TASK_NONE && ike_sa_lives(sa) &&
                    ((int64_t)r->tries > w->ike[n]->how.timers.tries || r->due < w->now))
                    return false;
            }
        }
    }
    return true;
}

/* ---- packets, always
 * ------------------------------------------------------------------------------- */

/* The longest way has four routers, and two more within each of the tunnels. */
static inline bool nothing_loops(struct watch *w)
{
    return w->least_hops >= 56 && w->most_sent <= 4;
}

static inline size_t packets_on_links(const struct links *links)
{
    size_t n = 0;
    for (uint32_t k = 0; k < links->channels; k++) {
        for (const struct pkt *p = links->channel[k]->head; p; p = p->next)
            n++;
    }
    return n;
}

/* That wait for a neighbour's address. */
static inline size_t packets_in_nodes(const struct world *world)
{
    size_t n = 0;
    for (uint32_t k = 0; k < world->nodes; k++) {
        for (unsigned i = 0; i < world->node[k]->ifaces; i++) {
            const struct nd_iface *nd = world->node[k]->iface[i]->nd;
            for (size_t b = 0; nd && b < nd->buckets; b++) {
                for (const struct neighbour *e = nd->bucket[b]; e; e = e->next)
                    n += e->queued;
            }
        }
    }
    return n;
}

static inline bool every_packet_is_somewhere(struct watch *w)
{
    const struct world *world = &w->s->world;
    size_t known = packets_on_links(&world->links) + w->s->held_now;
    return world->packets.out == known || world->packets.out == known + packets_in_nodes(world);
}

/* ---- when it is over
 * --------------------------------------------------------------------------------- */

static inline bool list_agrees(const struct watch *w, const struct bul *bul,
                               const struct bcache_entry *e)
{
    const struct mobile *m = w->car->mobile;
    if (!e || e->bindings != STORM_WAYS || bul->entries != STORM_WAYS)
        return false;
    for (unsigned k = 0; k < bul->entries; k++) {
        const struct bul_entry *of = &bul->entry[k];
        const struct binding *b = NULL;
        for (unsigned j = 0; j < e->bindings; j++)
            b = e->binding[j].bid == of->bid ? &e->binding[j] : b;
        if (!b || of->state != BUL_BOUND || !of->told || !addr_eq(&b->coa, &of->coa) ||
            !addr_eq(&b->coa, &m->path[k].coa) || m->path[k].bid != of->bid ||
            b->until < of->expires)
            return false;
    }
    return true;
}

static inline bool is_gone(const struct bul *bul, const struct bcache_entry *e)
{
    for (unsigned k = 0; k < bul->entries; k++) {
        if (bul->entry[k].state != BUL_UNBOUND)
            return false;
    }
    return !e || e->bindings == 0;
}

static inline bool agrees_with_the_home_agent(struct watch *w)
{
    const struct mobile *m = w->car->mobile;
    const struct bcache_entry *e = bcache_find(w->cache[0].cache, &w->home);
    if (w->s->ends_at_home)
        return m->home_iface && m->settled && is_gone(&m->bul, e);
    return !m->home_iface && list_agrees(w, &m->bul, e) && e->state == BCACHE_BOUND;
}

static inline bool agrees_with_correspondents(struct watch *w)
{
    for (unsigned k = 0; k < 2; k++) {
        struct addr peer = watch_host(w->cn[k]);
        const struct ro_peer *p = ro_find(w->ro, &peer);
        const struct bcache_entry *e = bcache_find(w->cache[1 + k].cache, &w->home);
        if (w->s->ends_at_home) {
            if ((e && e->bindings) || (p && !is_gone(&p->bul, e)))
                return false;
        } else if (!p || p->state != RO_OPTIMISED || !list_agrees(w, &p->bul, e)) {
            return false;
        }
    }
    return true;
}

/* NULL: there is none, another one, or something under way; those that only repeat answers are
 * none (RFC 7296 2.1). */
static inline const struct ike_sa *only_ike_sa(const struct ike *k)
{
    const struct ike_sa *only = NULL;
    for (const struct ike_sa *sa = k->first; sa; sa = sa->next) {
        if (!ike_sa_lives(sa))
            continue;
        if (only || sa->state != IKE_UP || sa->rival_of)
            return NULL;
        only = sa;
    }
    for (unsigned j = 0; only && j < IKE_WINDOW; j++) {
        if (only->request[j].task != IKE_TASK_NONE)
            return NULL;
    }
    for (const struct ike_child *c = only ? only->children : NULL; c; c = c->next) {
        if (c->state != IKE_CHILD_UP || c->waits_to_send || c->hidden)
            return NULL;
    }
    return only;
}

static inline bool has_mirror(const struct ike_sa *sa, const struct ike_child *c)
{
    for (const struct ike_child *o = sa->children; o; o = o->next) {
        if (o->is.spi_in == c->is.spi_out && o->is.spi_out == c->is.spi_in &&
            o->policy == c->policy && o->is.number == c->is.number)
            return true;
    }
    return false;
}

static inline bool one_ike_sa_and_its_children(struct watch *w)
{
    const struct ike_sa *car = only_ike_sa(w->ike[0]);
    const struct ike_sa *ha = only_ike_sa(w->ike[1]);
    unsigned n[2] = {0, 0};
    if (!car || !ha || car->own != ha->other || car->other != ha->own)
        return false;
    for (const struct ike_child *c = car->children; c; c = c->next, n[0]++) {
        if (!has_mirror(ha, c))
            return false;
    }
    for (const struct ike_child *c = ha->children; c; c = c->next)
        n[1]++;
    return n[0] == n[1] && n[0] == w->sas[0].ipsec->first->policies->pairs;
}

/* Each policy has a pair at both ends, and nothing is left of others. */
static inline bool ipsec_has_what_ike_has(struct watch *w)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct watch_sas *l = &w->sas[n];
        const struct spd_subject *of = l->ipsec->first;
        if (l->ins != of->policies->pairs || l->outs != of->policies->pairs)
            return false;
        for (unsigned i = 0; i < l->outs; i++) {
            if (!other_half(w, n, l->out[i]))
                return false;
        }
    }
    return true;
}

static inline bool tunnels_end_at_bindings(struct watch *w)
{
    const struct bcache_entry *e = bcache_find(w->cache[0].cache, &w->home);
    for (unsigned i = 0; i < w->sas[1].outs && !w->s->ends_at_home; i++) {
        const struct sa *sa = w->sas[1].out[i];
        bool bound = sa->mode != SA_TUNNEL;
        for (unsigned j = 0; e && j < e->bindings; j++)
            bound |= addr_eq(&sa->remote, &e->binding[j].coa);
        if (!bound)
            return false;
    }
    return true;
}

/* ---- when the flows are over
 * --------------------------------------------------------------------------- */

static inline bool flows_arrive_as_they_should(struct watch *w)
{
    for (unsigned f = 0; f < WATCH_FLOWS; f++) {
        for (unsigned d = 0; d < 2; d++) {
            unsigned n = 0;
            for (unsigned k = 0; k < WATCH_PACKETS; k++) {
                const struct watch_packet *p = &w->packet[f][d][k];
                uint8_t path = w->s->ends_at_home ? PKT_DIRECT : PKT_OPTIMISED;
                uint16_t bid = (uint16_t)(w->s->ends_at_home ? 0 : 1 + f % STORM_WAYS);
                n += p->born;
                if (p->born && (p->taken != 1 || p->path != path || p->bid != bid))
                    return false;
            }
            if (n < 49 || n > 51) /* 10 s of one each 200 ms */
                return false;
        }
    }
    return true;
}

#define STORM_CHECK(name, sentence) \
    {                               \
#name, (sentence), (name)   \
    }

static const struct storm_check always[] = {
    STORM_CHECK(one_binding_per_bid, "a home address has one entry and a binding for each BID"),
    STORM_CHECK(registers_what_it_had,
                "what is bound to a BID is an address that the interface had when the BU left"),
    STORM_CHECK(sequences_grow, "sequence numbers grow, modulo 65536, at each end"),
    STORM_CHECK(proxies_what_is_bound, "the home agent stands in for what is bound and no other"),
    STORM_CHECK(correspondents_forget_in_time,
                "no binding of a correspondent lasts longer than 420 s, or is over"),
    STORM_CHECK(nonces_are_fresh,
                "what is bound at a correspondent was so by nonces that it takes"),
    STORM_CHECK(not_beyond_the_home_registration,
                "no binding of a correspondent outlives the home registration"),
    STORM_CHECK(believes_what_is_bound,
                "with no BU out, what the mobile node has for bound is bound, and for as long"),
    STORM_CHECK(spis_are_unique, "an SPI names one SA of a node in each direction"),
    STORM_CHECK(one_outbound_sa_is_used, "a policy has one outbound SA"),
    STORM_CHECK(
        halves_agree,
        "both halves of an SA have one policy and one key, and none heard what was not sent"),
    STORM_CHECK(no_orphan_lives, "an outbound SA without its other half is gone after 30 s"),
    STORM_CHECK(sas_do_not_pile_up, "SAs do not pile up"),
    STORM_CHECK(tunnels_end_where_it_was, "tunnels end at addresses that the mobile node had"),
    STORM_CHECK(ike_keeps_its_books,
                "what IKE took from its pools has a holder, no deadline is missed"),
    STORM_CHECK(no_request_is_stuck, "a request of IKE is tried as often as it may and then ends"),
    STORM_CHECK(nothing_loops, "no packet passes a node again and again"),
    STORM_CHECK(every_packet_is_somewhere,
                "every packet is on a link, held, or waits for a neighbour"),
};

static const struct storm_check calm[] = {
    STORM_CHECK(agrees_with_the_home_agent,
                "the Binding Update List is the home agent's cache, and what the interfaces have"),
    STORM_CHECK(agrees_with_correspondents, "and so with each correspondent"),
    STORM_CHECK(one_ike_sa_and_its_children,
                "one IKE SA at both ends, with the same Child SAs, and nothing under way"),
    STORM_CHECK(ipsec_has_what_ike_has, "IPsec has those SAs and no others"),
    STORM_CHECK(tunnels_end_at_bindings, "the home agent's tunnels end at bindings"),
};

static const struct storm_check at_last[] = {
    STORM_CHECK(flows_arrive_as_they_should,
                "each packet of the last 10 s arrived once, on its way and by its interface"),
};

enum { ALWAYS = sizeof always / sizeof *always, CALM = sizeof calm / sizeof *calm };

static inline bool say_failed(struct watch *w, const struct storm_check *c)
{
    w->failed = c->name;
    (void)fprintf(stderr, "seed %" PRIu64 ", %.6f s, event %" PRIu64 ": %s: not so: %s\n",
                  w->s->seed, (double)w->now / 1e9, w->events, c->name, c->sentence);
    return false;
}

static inline bool checks_hold(struct watch *w, const struct storm_check *c, unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        if (!c[k].holds(w))
            return say_failed(w, &c[k]);
    }
    return true;
}

#endif
