#include "models/mip6/ro.h"

#include <assert.h>
#include <string.h>

#include "models/mip6/ro_turn.h"

/* ---- the list ------------------------------------------------------------------- */

void ro_init(struct ro *r, const struct ro_config *how, const struct rng *rng, struct arena *arena)
{
    *r = (struct ro){.how = *how, .rng = *rng, .arena = arena, .home_until = SIM_NEVER};
    if (!how->lifetime || how->lifetime > RO_LIFETIME)
        r->how.lifetime = RO_LIFETIME;
}

void ro_add(struct ro *r, uint16_t bid)
{
    assert(r->coas < MH_BIDS);
    r->coa[r->coas++] = (struct ro_coa){.bid = bid};
}

void ro_change(struct ro *r, bool mcoa, const uint16_t *bid, unsigned n, sim_time now)
{
    r->how.mcoa = mcoa;
    r->coas = 0;
    for (unsigned k = 0; k < n; k++)
        ro_add(r, bid[k]);
    for (struct ro_peer *p = r->newest; p; p = p->older) {
        ro_reset(r, p, p->bul.sequence, now);
        if (p->state == RO_OPTIMISED)
            ro_enter(p, RO_ASKING, now);
        if (p->state == RO_ASKING || p->state == RO_LEAVING)
            p->due = now;
    }
}

struct ro_peer *ro_find(const struct ro *r, const struct addr *peer)
{
    struct ro_peer *p = r->bucket[addr_hash(peer) % RO_BUCKETS];
    while (p && !addr_eq(&p->addr, peer))
        p = p->next;
    return p;
}

static void unlink_peer(struct ro *r, const struct ro_peer *gone)
{
    struct ro_peer **at = &r->bucket[addr_hash(&gone->addr) % RO_BUCKETS];
    while (*at != gone)
        at = &(*at)->next;
    *at = gone->next;
}

/* Memory for one more: new, or that of who was not heard of longest and has nothing open. */
static struct ro_peer *take(struct ro *r, sim_time now)
{
    struct ro_peer *oldest = NULL;
    if (r->peers < r->how.most_peers) {
        struct ro_peer *p = arena_take(r->arena, sizeof *p);
        p->older = r->newest;
        r->newest = p;
        r->peers++;
        return p;
    }
    for (struct ro_peer *p = r->newest; p; p = p->older) {
        bool spare = p->state == RO_TUNNELLED || (p->state == RO_HELD && p->held_until <= now);
        if (spare && (!oldest || p->used < oldest->used))
            oldest = p;
    }
    if (oldest)
        unlink_peer(r, oldest);
    return oldest;
}

static struct ro_peer *make(struct ro *r, const struct addr *peer, sim_time now)
{
    struct ro_peer *p = take(r, now);
    if (!p)
        return NULL;
    struct ro_peer **bucket = &r->bucket[addr_hash(peer) % RO_BUCKETS];
    *p = (struct ro_peer){.addr = *peer, .older = p->older, .next = *bucket, .since = now};
    p->due = p->retry_at = SIM_NEVER;
    *bucket = p;
    const struct rr_config tests = {.home = r->how.home,
                                    .peer = *peer,
                                    .initial_timeout = r->how.timers.initial_timeout,
                                    .max_timeout = r->how.timers.max_timeout,
                                    .ahead = r->how.ahead};
    rr_init(&p->rr, &tests, &r->rng);
    rr_set_home(&p->rr, r->at_home);
    ro_reset(r, p, (uint16_t)rng_u32(&r->rng), now);
    return p;
}

/* ---- what the owner says ------------------------------------------------------------ */

static void wake_all(const struct ro *r, sim_time now)
{
    for (struct ro_peer *p = r->newest; p; p = p->older) {
        if (!ro_rests(r, p, now))
            p->due = now;
    }
}

static struct ro_coa *coa_of(struct ro *r, uint16_t bid)
{
    unsigned k = 0;
    while (k < r->coas && r->coa[k].bid != bid)
        k++;
    assert(k < r->coas);
    return &r->coa[k];
}

void ro_want(struct ro *r, uint16_t bid, const struct addr *coa, sim_time now)
{
    struct ro_coa *of = coa_of(r, bid);
    of->has = true;
    of->addr = *coa;
    wake_all(r, now);
}

void ro_unwant(struct ro *r, uint16_t bid, sim_time now)
{
    coa_of(r, bid)->has = false;
    wake_all(r, now);
}

void ro_set_home(struct ro *r, bool at_home, sim_time now)
{
    r->at_home = at_home;
    for (struct ro_peer *p = r->newest; p; p = p->older)
        rr_set_home(&p->rr, at_home);
    wake_all(r, now);
}

void ro_set_lifetime(struct ro *r, sim_time until, sim_time now)
{
    bool longer = until > r->home_until;
    r->home_until = until;
    if (longer)
        wake_all(r, now);
}

bool ro_has_coa(const struct ro *r)
{
    bool has = false;
    for (unsigned k = 0; k < r->coas; k++)
        has |= r->coa[k].has;
    return has;
}

void ro_used(const struct ro *r, const struct addr *peer, sim_time now)
{
    struct ro_peer *p = ro_find(r, peer);
    if (p)
        p->used = now;
}

bool ro_heard(struct ro *r, const struct addr *peer, sim_time now)
{
    struct ro_peer *p = ro_find(r, peer);
    if (p)
        p->used = now;
    if (r->at_home || !ro_has_coa(r) || (!p && !(p = make(r, peer, now))))
        return false;
    p->used = now;
    if (p->state == RO_HELD && p->held_until <= now)
        ro_enter(p, RO_TUNNELLED, now);
    if (p->state != RO_TUNNELLED)
        return false;
    ro_forget_others(r, p);
    ro_enter(p, RO_ASKING, now);
    p->due = now;
    return true;
}

void ro_refused(struct ro *r, const struct addr *peer, sim_time now)
{
    struct ro_peer *p = ro_find(r, peer); /* an error makes no entry: RFC 6275 11.3.5 */
    if (p && p->state != RO_TUNNELLED)
        ro_hold(r, p, now);
}

/* ---- data ------------------------------------------------------------------------------ */

/* RFC 6275 11.3.1: acknowledged, of the address that it is now, and not ended. */
static bool carries(const struct bul_entry *e, sim_time now)
{
    return e->told && e->has_path && e->expires > now &&
           (e->state == BUL_BOUND || e->state == BUL_RENEWING);
}

const struct addr *ro_route(struct ro *r, const struct addr *peer, uint16_t bid, sim_time now)
{
    struct ro_peer *p = ro_find(r, peer);
    if (!p)
        return NULL;
    p->used = now;
    if (p->state != RO_OPTIMISED)
        return NULL;
    const struct bul_entry *first = NULL;
    for (unsigned k = 0; k < p->bul.entries; k++) {
        const struct bul_entry *e = &p->bul.entry[k];
        if (!carries(e, now))
            continue;
        if (e->bid == bid)
            return &e->coa;
        if (!first)
            first = e;
    }
    return first ? &first->coa : NULL;
}

/* ---- messages --------------------------------------------------------------------------- */

/* The very BU that is answered; of 135, whose number is another, any that is out. */
static const struct ro_sent *answered(const struct ro_peer *p, const struct delivery *d)
{
    const struct mh *ba = d->mh;
    for (unsigned k = 0; ba->has_authenticator && k < RO_SENT; k++) {
        const struct ro_sent *s = &p->sent[k];
        if (s->valid && (s->sequence == ba->sequence || ba->status == MH_ST_SEQUENCE) &&
            tokens_authorizes(d->bytes, d->n, s->kbm, &s->coa, &p->addr))
            return s;
    }
    return NULL;
}

/* RFC 6275 9.5.1: 136 to 138 have no authorization data, since there is nothing to make it with. */
static bool take_expired(struct ro *r, struct ro_peer *p, const struct mh *ba, sim_time now,
                         struct ro_acts *acts)
{
    struct bul_acts out = {.n = 0};
    const struct bul_exchange *x = bul_repeat(&p->bul, ba, now, &out);
    if (!x)
        return false;
    if (ba->status != MH_ST_CARE_OF_NONCE)
        rr_discard_home(&p->rr);
    for (unsigned k = 0; ba->status != MH_ST_HOME_NONCE && k < x->bids; k++)
        rr_discard(&p->rr, &bul_find(&p->bul, x->bid[k])->coa);
    ro_relay(r, p, &out, now, acts);
    return true;
}

static bool take_ba(struct ro *r, struct ro_peer *p, const struct delivery *d, sim_time now,
                    struct ro_acts *acts)
{
    const struct mh *ba = d->mh;
    struct bul_acts out = {.n = 0};
    if (ba->status >= MH_ST_HOME_NONCE && ba->status <= MH_ST_NONCES)
        return take_expired(r, p, ba, now, acts);
    const struct ro_sent *sent = answered(p, d);
    if (!sent)
        return false;
    struct arrival vouched = *d->arrival;
    vouched.authentic = true;
    ro_set_bars(r, p, now);
    bool matched = bul_ack(&p->bul, &vouched, ba, now, &out);
    if (matched)
        ro_note_answer(r, p, sent, ba);
    ro_relay(r, p, &out, now, acts);
    return matched;
}

/* RFC 6275 11.3.6; data is no proof that it is wrong, so it is believed. */
static bool take_error(struct ro *r, struct ro_peer *p, const struct mh *be, sim_time now)
{
    if (p->state == RO_TUNNELLED || p->state == RO_HELD)
        return false;
    if (be->status == 2) {
        ro_hold(r, p, now);
        return true;
    }
    if (be->status != 1 || !addr_eq(&be->home, &r->how.home))
        return false; /* of whatever else */
    ro_reset(r, p, p->bul.sequence, now);
    ro_enter(p, RO_TUNNELLED, now);
    return true;
}

static bool take_request(struct ro *r, struct ro_peer *p, const struct mh *brr, sim_time now,
                         struct ro_acts *acts)
{
    struct bul_acts out = {.n = 0};
    if (p->state != RO_OPTIMISED)
        return false;
    ro_set_bars(r, p, now);
    bul_asked(&p->bul, brr, now, &out);
    ro_relay(r, p, &out, now, acts);
    return true;
}

static bool take_message(struct ro *r, struct ro_peer *p, const struct delivery *d, sim_time now,
                         struct ro_acts *acts)
{
    const struct mh *m = d->mh;
    switch (m->type) {
    case MH_HOT:
    case MH_COT:
        return rr_received(&p->rr, d->arrival, m, now) == RR_TAKEN;
    case MH_BA:
        return take_ba(r, p, d, now, acts);
    case MH_BRR:
        return take_request(r, p, m, now, acts);
    case MH_BE:
        return take_error(r, p, m, now);
    default:
        return false;
    }
}

bool ro_received(struct ro *r, const struct delivery *d, sim_time now, struct ro_acts *acts)
{
    struct ro_peer *p = ro_find(r, &d->arrival->src);
    bool good = p && take_message(r, p, d, now, acts);
    if (good)
        p->due = now;
    r->ignored += !good;
    return good;
}

/* ---- time ---------------------------------------------------------------------------------- */

sim_time ro_next(const struct ro *r)
{
    sim_time next = SIM_NEVER;
    for (const struct ro_peer *p = r->newest; p; p = p->older) {
        if (p->due < next)
            next = p->due;
    }
    return next;
}

void ro_tick(struct ro *r, sim_time now, struct ro_acts *acts)
{
    struct ro_peer *first = NULL;
    for (struct ro_peer *p = r->newest; p; p = p->older) {
        if (p->due <= now && (!first || p->due < first->due))
            first = p;
    }
    if (first)
        ro_turn(r, first, now, acts);
}

const char *ro_state_name(enum ro_state state)
{
    static const char *const names[RO_STATES] = {"tunnelled", "asking", "optimised", "leaving",
                                                 "held"};
    return names[state];
}
