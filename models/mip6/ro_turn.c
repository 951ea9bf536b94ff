#include "models/mip6/ro_turn.h"

#include <assert.h>

/* ---- states ---------------------------------------------------------------------- */

void ro_enter(struct ro_peer *p, enum ro_state state, sim_time now)
{
    if (p->state != state)
        p->since = now;
    if (state == RO_LEAVING)
        p->retry_at = SIM_NEVER; /* nothing is to be had any more */
    p->state = state;
}

bool ro_rests(const struct ro *r, const struct ro_peer *p, sim_time now)
{
    if (p->state != RO_TUNNELLED && p->state != RO_HELD)
        return false;
    return r->at_home ? !ro_may_be_bound(p, now) : p->state == RO_TUNNELLED || !p->bul.at_home;
}

/* ---- places of tests ------------------------------------------------------------- */

/* The address that a single binding has; NULL: none. */
static const struct addr *first_coa(const struct ro *r)
{
    for (unsigned k = 0; k < r->coas; k++) {
        if (r->coa[k].has)
            return &r->coa[k].addr;
    }
    return NULL;
}

static bool is_wanted(const struct ro *r, const struct ro_peer *p, const struct addr *coa)
{
    const struct addr *first = first_coa(r);
    bool wanted = first && addr_eq(first, coa);
    for (unsigned k = 0; r->how.mcoa && !p->plain && k < r->coas; k++)
        wanted |= r->coa[k].has && addr_eq(&r->coa[k].addr, coa);
    return wanted;
}

void ro_forget_others(const struct ro *r, struct ro_peer *p)
{
    for (unsigned k = 0; k < RR_COAS; k++) {
        const struct addr coa = p->rr.care_of[k].coa;
        if (p->rr.care_of[k].used && !is_wanted(r, p, &coa))
            rr_forget(&p->rr, &coa);
    }
}

void ro_reset(const struct ro *r, struct ro_peer *p, uint16_t sequence, sim_time now)
{
    const struct bul_config how = {.home = r->how.home,
                                   .agent = p->addr,
                                   .lifetime = r->how.lifetime,
                                   .mcoa = r->how.mcoa && !p->plain,
                                   .registration = BUL_PARALLEL,
                                   .timers = r->how.timers,
                                   .correspondent = true,
                                   .keeps_others = r->how.keeps_others,
                                   .unasked = r->how.unasked,
                                   .max_tries = RR_FAILURES};
    sim_time recent[BUL_RATE];
    bool sent_before = p->bul.entries > 0;
    for (int k = 0; k < BUL_RATE; k++)
        recent[k] = p->bul.recent[k];
    bul_init(&p->bul, &how, sequence);
    for (int k = 0; sent_before && k < BUL_RATE; k++) /* the limit outlives what it was for */
        p->bul.recent[k] = recent[k];
    for (unsigned k = 0; how.mcoa && k < r->coas; k++)
        bul_add(&p->bul, r->coa[k].bid);
    if (!how.mcoa)
        bul_add(&p->bul, 0);
    p->bul.stale = ro_may_be_bound(p, now);
    p->bul.overwrite |= p->bul.stale;
    rr_rest(&p->rr);
    ro_forget_others(r, p);
    p->due = p->retry_at = SIM_NEVER;
    for (int k = 0; k < RO_SENT; k++)
        p->sent[k].valid = false;
}

void ro_hold(const struct ro *r, struct ro_peer *p, sim_time now)
{
    ro_reset(r, p, p->bul.sequence, now);
    ro_enter(p, RO_HELD, now);
    p->held_until = now + r->how.hold;
}

struct ro_act *ro_answer(struct ro_acts *acts, enum ro_kind kind, const struct ro_peer *p)
{
    assert(acts->n < RO_ACTS);
    struct ro_act *act = &acts->act[acts->n++];
    *act = (struct ro_act){.kind = kind, .peer = p->addr};
    return act;
}

/* What it has may be of an address that is no more: no data shall go there while it is held. The
 * home address can say so without any care-of address. */
static void withdraw(const struct ro *r, struct ro_peer *p, sim_time now)
{
    struct rr_keys keys;
    struct bul_acts none = {.n = 0};
    if (r->at_home || !p->bul.stale || !rr_keys_home(&p->rr, now, &keys))
        return;
    p->bul.held = true; /* until its turn */
    bul_return_home(&p->bul, now, &none);
    p->bul.held = false;
    p->due = now;
}

static void fail(const struct ro *r, struct ro_peer *p, const char *why, sim_time now,
                 struct ro_acts *acts)
{
    ro_hold(r, p, now);
    ro_answer(acts, RO_FAILED, p)->text = why;
    withdraw(r, p, now);
}

/* What there is in its part of the list. */
struct sum {
    bool told;    /* something carries data */
    bool open;    /* something is registered, or under way */
    bool refused; /* something was not to be had */
};

static struct sum sum_up(const struct ro_peer *p)
{
    struct sum sum = {.told = false};
    for (unsigned k = 0; k < p->bul.entries; k++) {
        const struct bul_entry *e = &p->bul.entry[k];
        sum.told |= e->told && (e->state == BUL_BOUND || e->state == BUL_RENEWING);
        sum.open |= e->state != BUL_UNBOUND && e->state != BUL_REFUSED;
        sum.refused |= e->state == BUL_REFUSED;
    }
    for (int i = 0; i < BUL_EXCHANGES; i++)
        sum.open |= p->bul.exchange[i].open;
    return sum;
}

void ro_follow(const struct ro *r, struct ro_peer *p, sim_time now, struct ro_acts *acts)
{
    const struct sum sum = sum_up(p);
    if (p->state == RO_HELD || p->state == RO_TUNNELLED)
        return;
    if (p->state == RO_LEAVING) {
        if (sum.open)
            return;
        rr_rest(&p->rr);
        ro_enter(p, RO_TUNNELLED, now);
    } else if (!sum.open && sum.refused) {
        fail(r, p, "no care-of address is registered", now, acts);
    } else {
        ro_enter(p, sum.told ? RO_OPTIMISED : RO_ASKING, now);
        if (sum.refused && p->retry_at == SIM_NEVER)
            p->retry_at = now + r->how.hold;
    }
}

/* ---- what is wanted against what is registered ------------------------------------------ */

static void want(struct ro_peer *p, uint16_t bid, const struct addr *coa, sim_time now,
                 struct bul_acts *out)
{
    for (unsigned k = 0; k < p->bul.entries; k++) {
        struct bul_entry *e = &p->bul.entry[k];
        if (e->bid != bid || addr_eq(&e->coa, coa))
            continue;
        rr_forget(&p->rr, &e->coa);
        e->barred = true; /* of the new address nothing is known yet */
    }
    bul_want(&p->bul, bid, coa, now, out);
}

static void unwant(struct ro_peer *p, uint16_t bid, sim_time now, struct bul_acts *out)
{
    const struct bul_entry *e = bul_find(&p->bul, bid);
    if (!e->has_path)
        return;
    rr_forget(&p->rr, &e->coa);
    bul_unwant(&p->bul, bid, now, out);
}

/* Nonces of what is taken back cannot be used again, so that its tests are made anew: RFC
 * 6275 9.5.3. */
static void forget_spent(struct ro_peer *p)
{
    for (unsigned k = 0; k < p->bul.entries; k++)
        rr_forget(&p->rr, &p->bul.entry[k].coa);
}

/* RFC 6275 11.5.5: at home nothing is registered. */
static void come_home(struct ro_peer *p, sim_time now, struct bul_acts *out)
{
    if (p->bul.at_home && p->state == RO_LEAVING)
        return;
    bul_leave_home(&p->bul); /* of a hold */
    ro_enter(p, RO_LEAVING, now);
    forget_spent(p);
    bul_return_home(&p->bul, now, out);
}

static void leave_all(struct ro_peer *p, sim_time now, struct bul_acts *out)
{
    for (unsigned k = 0; k < p->bul.entries; k++) {
        const struct bul_entry *e = &p->bul.entry[k];
        if (e->state != BUL_UNBOUND && e->state != BUL_LEAVING)
            bul_release(&p->bul, e->bid, now, out);
    }
    forget_spent(p);
    ro_enter(p, RO_LEAVING, now);
}

/* A refused one is asked for again. */
static void retry(struct ro_peer *p, sim_time now, struct bul_acts *out)
{
    if (p->retry_at > now)
        return;
    p->retry_at = SIM_NEVER;
    for (unsigned k = 0; k < p->bul.entries; k++) {
        if (p->bul.entry[k].state == BUL_REFUSED)
            bul_unwant(&p->bul, p->bul.entry[k].bid, now, out);
    }
}

static void match_one(struct ro_peer *p, uint16_t bid, const struct addr *coa, sim_time now,
                      struct bul_acts *out)
{
    if (coa) {
        want(p, bid, coa, now, out);
    } else {
        unwant(p, bid, now, out);
    }
}

static void match(const struct ro *r, struct ro_peer *p, sim_time now, struct bul_acts *out)
{
    if (r->at_home) {
        come_home(p, now, out);
        return;
    }
    if (p->state == RO_HELD)
        return;
    if (p->bul.at_home && p->bul.stale)
        ro_enter(p, RO_ASKING, now); /* before that was answered: with O, instead */
    bul_leave_home(&p->bul);
    if (r->how.idle && now - p->used >= r->how.idle)
        leave_all(p, now, out);
    if (p->state == RO_LEAVING)
        return;
    retry(p, now, out);
    if (!p->bul.mcoa) {
        match_one(p, 0, first_coa(r), now, out);
        return;
    }
    for (unsigned k = 0; k < r->coas; k++)
        match_one(p, r->coa[k].bid, r->coa[k].has ? &r->coa[k].addr : NULL, now, out);
}

/* ---- tokens ---------------------------------------------------------------------------- */

static void relay_tests(struct ro_peer *p, const struct rr_acts *from, struct ro_acts *acts)
{
    for (unsigned k = 0; k < from->n; k++) {
        const struct rr_act *in = &from->act[k];
        if (in->kind != RR_SEND_HOTI && in->kind != RR_SEND_COTI)
            continue;
        struct ro_act *act = ro_answer(acts, RO_SEND, p);
        act->m = in->m;
        act->from_home = in->kind == RR_SEND_HOTI;
        act->src = act->from_home ? p->rr.how.home : in->coa;
    }
}

/* What had no answer. False: the home test, so that there is nothing left to do. */
static bool end_untested(struct ro_peer *p, const struct rr_acts *from, sim_time now,
                         struct bul_acts *out)
{
    for (unsigned k = 0; k < from->n; k++) {
        const struct rr_act *in = &from->act[k];
        if (in->kind != RR_FAILED)
            continue;
        if (addr_unspecified(&in->coa))
            return false;
        for (unsigned j = 0; j < p->bul.entries; j++) {
            if (addr_eq(&p->bul.entry[j].coa, &in->coa))
                bul_give_up(&p->bul, p->bul.entry[j].bid, now, out);
        }
    }
    return true;
}

static sim_time earlier(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

/* Barred, and with tokens it could leave. */
static bool waits_for_tokens(const struct ro *r, const struct ro_peer *p,
                             const struct bul_exchange *x)
{
    if (x->leaves)
        return p->bul.leave_barred && (r->at_home || ro_has_coa(r));
    return bul_find(&p->bul, x->bid[0])->barred && !p->lapsed;
}

/* Tests for what is due and barred. Answers when something that is barred is due. */
static sim_time ask_tokens(const struct ro *r, struct ro_peer *p, sim_time now,
                           struct bul_acts *out)
{
    sim_time next = SIM_NEVER;
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        const struct bul_exchange *x = &p->bul.exchange[i];
        if (!x->open || !waits_for_tokens(r, p, x))
            continue;
        if (x->due > now) {
            next = earlier(next, x->due);
        } else if (x->leaves) {
            rr_begin_home(&p->rr, now);
        } else if (!rr_begin(&p->rr, &bul_find(&p->bul, x->bid[0])->coa, now)) {
            bul_give_up(&p->bul, x->bid[0], now, out);
        }
    }
    return next;
}

static sim_time next_of(const struct ro *r, const struct ro_peer *p, sim_time barred)
{
    sim_time next = earlier(earlier(rr_next(&p->rr), bul_next(&p->bul)), barred);
    if (r->how.idle && (p->state == RO_ASKING || p->state == RO_OPTIMISED))
        next = earlier(next, p->used + r->how.idle);
    return earlier(next, p->retry_at);
}

void ro_turn(struct ro *r, struct ro_peer *p, sim_time now, struct ro_acts *acts)
{
    struct rr_acts tests = {.n = 0};
    struct bul_acts out = {.n = 0};
    p->due = SIM_NEVER;
    if (ro_rests(r, p, now))
        return;
    p->bul.stale = ro_may_be_bound(p, now);
    rr_tick(&p->rr, now, &tests);
    relay_tests(p, &tests, acts);
    if (!end_untested(p, &tests, now, &out)) {
        if (p->state == RO_HELD) {
            ro_reset(r, p, p->bul.sequence, now);
        } else {
            fail(r, p, "no answer to the home test", now, acts);
        }
        return;
    }
    ro_set_bars(r, p, now);
    p->bul.held = true; /* a BU of before a change would have no tokens any more */
    match(r, p, now, &out);
    p->bul.held = false;
    ro_relay(r, p, &out, now, acts);
    out.n = 0;
    ro_set_bars(r, p, now);
    bul_tick(&p->bul, now, &out);
    ro_relay(r, p, &out, now, acts);
    if (ro_rests(r, p, now))
        return;
    out.n = 0;
    sim_time barred = ask_tokens(r, p, now, &out);
    ro_relay(r, p, &out, now, acts);
    if (ro_rests(r, p, now))
        return;
    p->due = next_of(r, p, barred);
    if (rr_next(&p->rr) <= now) /* in the same instant */
        p->due = now;
}
