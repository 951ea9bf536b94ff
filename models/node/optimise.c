#include "models/node/optimise.h"

#include <stddef.h>

#include "models/node/mobility.h"
#include "models/node/optimise_parts.h"
#include "models/node/path.h"

enum { MAY_PEERS = 1024 };

#define HOW(m) offsetof(struct optimise_config, m)

static const char *const hoti_words[] = {"fixed", "any", "round-robin", NULL};

const struct key optimise_keys[] = {
    {"enabled", KEY_BOOL, HOW(enabled), "true",
     "packets to and from correspondents that can go directly (RFC 6275 11.7.2)"},
    {"with", KEY_LIST, HOW(with), "",
     "only with these correspondents; default: with all whose packets come through the tunnel",
     .of = KEY_REF, .refers = "nodes"},
    {"hoti_from", KEY_WORD, HOW(hoti_from), "fixed",
     "the care-of address through which a HoTI goes to the home agent: always that of `hoti_by`, the "
     "one that carries other packets to that correspondent, or each in turn (RFC 5648 9.3.1)",
     .words = hoti_words},
    {"hoti_by", KEY_TEXT, HOW(hoti_by), "", "hoti_from fixed: the interface; default: the first"},
    {"lifetime", KEY_TIME, HOW(lifetime), "420 s", "of a binding, asked for in steps of 4 s",
     .min = 4 * SIM_S, .max = 420 * SIM_S},
    {"acknowledge", KEY_BOOL, HOW(acknowledge), "true",
     "packets go directly when the correspondent has acknowledged the BU; false: as soon as the BU has "
     "left, which asks for no answer (RFC 6275 11.7.2) unless it is the first of several care-of "
     "addresses, has the O flag, or takes a binding back"},
    {"one_first", KEY_BOOL, HOW(one_first), "false",
     "the first BU to a correspondent goes alone, with the O flag (RFC 5648 5.9), the others follow "
     "its acknowledgement; false: all at once, as far as the rate of BUs allows, which departs from "
     "5.9, but not after a failure, when the correspondent may have old ones"},
    {"ahead", KEY_TIME, HOW(ahead), "30 s",
     "tokens are renewed so long before they end (MAX_TOKEN_LIFETIME, 210 s); 0 s: when needed",
     .max = 200 * SIM_S},
    {"hold", KEY_TIME, HOW(hold), "60 s",
     "after a failure all goes through the home agent for so long", .min = SIM_S,
     .max = 3600 * SIM_S},
    {"idle", KEY_TIME, HOW(idle), "0 s",
     "a binding is taken back when it was not used for so long; 0 s: never", .max = 3600 * SIM_S},
    {"peers", KEY_INTEGER, HOW(peers), "16", "correspondents at once", .min = 1, .max = MAY_PEERS},
    {.name = NULL},
};

struct named {
    struct addr peer;
    struct named *next;
};

static void wake(struct sim *sim, void *owner);

void optimise_new(struct mobile *m, const struct optimise_config *how, uint16_t hoti_bid)
{
    struct node *n = m->node;
    struct optimiser *o = arena_take(n->arena, sizeof *o);
    struct rng stream = node_stream(n, "mip6.ro");
    const struct ro_config config = {.home = m->bul.how.home,
                                     .mcoa = m->bul.mcoa,
                                     .keeps_others = !how->one_first,
                                     .unasked = !how->acknowledge,
                                     .lifetime = how->lifetime,
                                     .timers = m->bul.how.timers,
                                     .ahead = how->ahead,
                                     .hold = how->hold,
                                     .idle = how->idle,
                                     .most_peers = (unsigned)how->peers};
    *o = (struct optimiser){.mobile = m, .how = how, .hoti_bid = hoti_bid};
    ro_init(&o->ro, &config, &stream, n->arena);
    if (!m->bul.mcoa)
        ro_add(&o->ro, 0);
    for (unsigned k = 0; m->bul.mcoa && k < m->paths; k++)
        ro_add(&o->ro, m->path[k].bid);
    sim_timer_init(&o->timer, wake, o);
    m->optimiser = o;
}

void optimise_only(struct mobile *m, const struct addr *peer)
{
    struct named *one = arena_take(m->node->arena, sizeof *one);
    *one = (struct named){*peer, m->optimiser->only};
    m->optimiser->only = one;
}

static bool may(const struct optimiser *o, const struct addr *peer)
{
    const struct named *one = o->only;
    while (one && !addr_eq(&one->peer, peer))
        one = one->next;
    return one || !o->only;
}

/* ---- doing what the machine answers ---------------------------------------------------------- */

static void do_acts(struct optimiser *o, const struct ro_acts *acts)
{
    struct node *n = o->mobile->node;
    const struct addr *home = &o->mobile->bul.how.home;
    for (unsigned k = 0; k < acts->n; k++) {
        const struct ro_act *act = &acts->act[k];
        switch (act->kind) {
        case RO_SEND:
            optimise_send(o, act);
            break;
        case RO_UP:
            NODE_EVENT(n, EV_RO_UP, field_addr("peer", &act->peer),
                       field_addr("home_address", home), field_int("bid", act->bid),
                       field_addr("care_of_address", &act->src));
            break;
        case RO_DOWN:
            NODE_EVENT(n, EV_RO_DOWN, field_addr("peer", &act->peer),
                       field_addr("home_address", home), field_int("bid", act->bid),
                       field_int("status", act->status));
            break;
        case RO_FALL_BACK:
            NODE_EVENT(n, EV_RO_FALLBACK, field_addr("peer", &act->peer),
                       field_addr("home_address", home), field_text("why", act->text));
            break;
        case RO_FAILED:
            NODE_EVENT(n, EV_RO_FAILED, field_addr("peer", &act->peer),
                       field_addr("home_address", home), field_text("why", act->text));
            break;
        }
    }
}

/* Whatever is due, and when the next is. */
static void go_on(struct optimiser *o)
{
    struct sim *sim = o->mobile->node->sim;
    sim_time now = sim_now(sim);
    sim_time next;
    while ((next = ro_next(&o->ro)) <= now) {
        struct ro_acts acts;
        acts.n = 0;
        ro_tick(&o->ro, now, &acts);
        do_acts(o, &acts);
    }
    if (next == SIM_NEVER) {
        sim_stop(sim, &o->timer);
    } else {
        sim_arm(sim, &o->timer, next);
    }
}

static void wake(struct sim *sim, void *owner)
{
    (void)sim;
    go_on(owner);
}

/* ---- what happens ---------------------------------------------------------------------------- */

/* Until when the home agent has a binding; 0: it has none. */
static sim_time home_until(const struct mobile *m)
{
    sim_time until = 0;
    for (unsigned k = 0; k < m->bul.entries; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        bool holds = e->state == BUL_BOUND || e->state == BUL_RENEWING;
        if (holds && e->expires > until)
            until = e->expires;
    }
    return until;
}

void optimise_bound(struct mobile *m, uint16_t bid, const struct addr *coa)
{
    struct optimiser *o = m->optimiser;
    sim_time now = sim_now(m->node->sim);
    if (!o)
        return;
    ro_set_lifetime(&o->ro, home_until(m), now);
    if (!addr_eq(coa, &m->bul.how.home))
        ro_want(&o->ro, bid, coa, now);
    go_on(o);
}

void optimise_unbound(struct mobile *m, uint16_t bid)
{
    struct optimiser *o = m->optimiser;
    sim_time now = sim_now(m->node->sim);
    if (!o)
        return;
    ro_unwant(&o->ro, bid, now);
    ro_set_lifetime(&o->ro, home_until(m), now);
    go_on(o);
}

void optimise_answered(struct mobile *m)
{
    struct optimiser *o = m->optimiser;
    if (!o)
        return;
    ro_set_lifetime(&o->ro, home_until(m), sim_now(m->node->sim));
    go_on(o);
}

void optimise_several(struct mobile *m)
{
    struct optimiser *o = m->optimiser;
    const uint16_t plain = 0;
    uint16_t bid[MH_BIDS];
    if (!o || o->ro.how.mcoa == m->bul.mcoa)
        return;
    for (unsigned k = 0; k < m->paths; k++)
        bid[k] = m->path[k].bid;
    ro_change(&o->ro, m->bul.mcoa, m->bul.mcoa ? bid : &plain, m->bul.mcoa ? m->paths : 1,
              sim_now(m->node->sim));
    go_on(o);
}

void optimise_lost(struct mobile *m, uint16_t bid, const struct addr *coa)
{
    struct optimiser *o = m->optimiser;
    const struct bul_entry *e = bul_find(&m->bul, m->bul.mcoa ? bid : 0);
    if (!o || !e || !addr_eq(&e->coa, coa))
        return;
    ro_unwant(&o->ro, e->bid, sim_now(m->node->sim));
    go_on(o);
}

void optimise_set_home(struct mobile *m, bool at_home)
{
    struct optimiser *o = m->optimiser;
    if (!o)
        return;
    ro_set_home(&o->ro, at_home, sim_now(m->node->sim));
    go_on(o);
}

void optimise_heard(struct mobile *m, const struct pkt *p)
{
    struct optimiser *o = m->optimiser;
    struct addr peer = ip6_src(p->at);
    struct addr to = ip6_dst(p->at);
    if (!o || p->at[IP6_AT_NEXT] == IP6_MH || !mobile_owns_home(m, &to) ||
        addr_eq(&peer, &m->bul.how.agent) || !addr_unicast_routable(&peer) || !may(o, &peer))
        return;
    if (ro_heard(&o->ro, &peer, sim_now(m->node->sim)))
        go_on(o);
}

void optimise_used(struct mobile *m, const struct addr *peer)
{
    if (m->optimiser)
        ro_used(&m->optimiser->ro, peer, sim_now(m->node->sim));
}

void optimise_refused(struct mobile *m, const struct addr *peer)
{
    struct optimiser *o = m->optimiser;
    if (!o)
        return;
    ro_refused(&o->ro, peer, sim_now(m->node->sim));
    go_on(o);
}

static void note_received(struct mobile *m, const struct delivery *d, bool believed)
{
    struct node *n = m->node;
    const struct mh *mh = d->mh;
    const struct arrival *a = d->arrival;
    const struct addr *home = &m->bul.how.home;
    switch (mh->type) {
    case MH_HOT:
        NODE_EVENT(n, EV_RR_HOT_RECEIVED, field_addr("peer", &a->src),
                   field_int("nonce_index", mh->nonce_index), field_int("believed", believed));
        break;
    case MH_COT:
        NODE_EVENT(n, EV_RR_COT_RECEIVED, field_addr("peer", &a->src),
                   field_addr("care_of_address", &a->dst),
                   field_int("nonce_index", mh->nonce_index), field_int("believed", believed));
        break;
    case MH_BA:
        NODE_EVENT(n, EV_RO_BA_RECEIVED, field_addr("peer", &a->src),
                   field_addr("home_address", home), field_text("bids", mobility_bids(n, mh)),
                   field_int("sequence", mh->sequence),
                   field_int("lifetime_s", (int64_t)mh->lifetime * MH_LIFETIME_UNIT_S),
                   field_int("status", mh->status), field_int("believed", believed));
        break;
    case MH_BRR:
        NODE_EVENT(n, EV_RO_BRR_RECEIVED, field_addr("peer", &a->src),
                   field_addr("home_address", home), field_text("bids", mobility_bids(n, mh)));
        break;
    default:
        NODE_EVENT(n, EV_RO_BE_RECEIVED, field_addr("peer", &a->src),
                   field_addr("home_address", &mh->home), field_int("status", mh->status));
        break;
    }
}

bool optimise_mh(struct mobile *m, const struct delivery *d)
{
    struct optimiser *o = m->optimiser;
    struct ro_acts acts;
    acts.n = 0;
    uint8_t type = d->mh->type;
    bool fits =
        type == MH_HOT || type == MH_COT || type == MH_BA || type == MH_BRR || type == MH_BE;
    if (!o || !fits || addr_eq(&d->arrival->src, &m->bul.how.agent))
        return false;
    bool believed = ro_received(&o->ro, d, sim_now(m->node->sim), &acts);
    note_received(m, d, believed);
    do_acts(o, &acts);
    go_on(o);
    return true;
}

/* ---- data ------------------------------------------------------------------------------------ */

void optimise_carried(struct mobile *m, const struct pkt *p, uint16_t bid)
{
    struct optimiser *o = m->optimiser;
    if (!o || o->how->hoti_from != HOTI_ANY)
        return;
    struct addr peer = ip6_dst(p->at);
    *optimise_carried_of(o, &peer) = (struct carried){peer, bid};
}

/* The Binding Identifier of the home agent's for `coa`: a plain correspondent has the first, which
 * may be another than was decided. */
static uint16_t bid_at(const struct mobile *m, const struct addr *coa, uint16_t decided)
{
    for (unsigned k = 0; k < m->bul.entries; k++) {
        if (addr_eq(&m->bul.entry[k].coa, coa))
            return m->bul.entry[k].bid;
    }
    return decided;
}

bool optimise_takes(struct mobile *m, struct pkt *p, uint16_t bid, const struct addr *coa)
{
    struct optimiser *o = m->optimiser;
    struct addr peer = ip6_dst(p->at);
    if (!o)
        return false;
    const struct addr *from = ro_route(&o->ro, &peer, bid, sim_now(m->node->sim));
    const struct ro_peer *of = from ? ro_find(&o->ro, &peer) : NULL;
    /* What was decided counts for more than the shorter way, where the correspondent could have it.
     */
    if (!from || (!of->plain && m->bul.mcoa && !addr_eq(from, coa)))
        return false;
    struct addr source = *from;
    if (p->mark.flow) {
        p->mark.path = PKT_OPTIMISED;
        p->mark.bid = bid_at(m, &source, bid);
    }
    if (mobility_insert_home(m->node, p, &source))
        path_out_plain(m->node, p);
    return true;
}

const struct ro *optimise_list(const struct mobile *m)
{
    return m->optimiser ? &m->optimiser->ro : NULL;
}
