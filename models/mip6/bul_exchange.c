#include "models/mip6/bul_exchange.h"

#include <assert.h>
#include <stddef.h>

#include "models/mip6/bul_parts.h"

static bool holds(const struct bul_exchange *x, uint16_t bid)
{
    for (unsigned k = 0; k < x->bids; k++) {
        if (x->bid[k] == bid)
            return true;
    }
    return false;
}

/* Takes it out of a list; answers how many are left. */
static unsigned leave_out(uint16_t *list, unsigned n, uint16_t bid)
{
    unsigned kept = 0;
    for (unsigned k = 0; k < n; k++) {
        if (list[k] != bid)
            list[kept++] = list[k];
    }
    return kept;
}

void exchange_forget(struct bul *b, uint16_t bid)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        struct bul_exchange *x = &b->exchange[i];
        if (!x->open || x->home)
            continue;
        x->bids = leave_out(x->bid, x->bids, bid);
        x->named = leave_out(x->named_bid, x->named, bid);
        x->open = x->bids > 0;
    }
}

static bool was_named(const struct bul_exchange *x, uint16_t bid)
{
    for (unsigned k = 0; k < x->named; k++) {
        if (x->named_bid[k] == bid)
            return true;
    }
    return false;
}

struct bul_exchange exchange_close(struct bul_exchange *x)
{
    struct bul_exchange asked = *x;
    struct bul_exchange rest = {
        .open = true, .changed = true, .leaves = x->leaves, .sent = -1, .due = x->due};
    for (unsigned k = 0; k < x->bids; k++) {
        if (!was_named(x, x->bid[k]))
            rest.bid[rest.bids++] = x->bid[k];
    }
    *x = rest;
    x->open = rest.bids > 0;
    asked.bids = asked.named;
    for (unsigned k = 0; k < asked.named; k++)
        asked.bid[k] = asked.named_bid[k];
    return asked;
}

void exchange_split(struct bul *b, sim_time now)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        struct bul_exchange x = b->exchange[i];
        for (unsigned k = 0; x.open && x.bids > 1 && k < x.bids; k++)
            exchange_ask(b, x.bid[k], x.leaves, now);
    }
}

void exchange_close_all(struct bul *b)
{
    for (int i = 0; i < BUL_EXCHANGES; i++)
        b->exchange[i].open = false;
}

static struct bul_exchange *open_one(struct bul *b, sim_time now)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        if (b->exchange[i].open)
            continue;
        b->exchange[i] = (struct bul_exchange){.open = true, .sent = -1, .due = now, .opened = now};
        return &b->exchange[i];
    }
    assert(false && "an exchange for every BID and both directions");
    return NULL;
}

/* BIDs stand in an exchange in order of preference. */
static void put_bid(const struct bul *b, struct bul_exchange *x, uint16_t bid)
{
    unsigned n = 0;
    uint16_t ordered[BUL_ENTRIES];
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].bid == bid || holds(x, b->entry[k].bid))
            ordered[n++] = b->entry[k].bid;
    }
    for (unsigned k = 0; k < n; k++)
        x->bid[k] = ordered[k];
    x->bids = n;
}

void exchange_ask(struct bul *b, uint16_t bid, bool leaves, sim_time now)
{
    bool bulk = b->mcoa && b->bulk && b->how.registration == BUL_BULK;
    struct bul_exchange *x = NULL;
    exchange_forget(b, bid);
    for (int i = 0; bulk && i < BUL_EXCHANGES && !x; i++) {
        if (b->exchange[i].open && !b->exchange[i].home && b->exchange[i].leaves == leaves)
            x = &b->exchange[i];
    }
    if (!x)
        x = open_one(b, now);
    if (!x->changed) /* what changes until then goes with it */
        x->due = now + (bulk && !leaves ? b->how.gather : 0);
    x->changed = true;
    x->opened = now;
    x->unanswered = 0;
    x->leaves = leaves;
    x->timeout = 0;
    put_bid(b, x, bid);
}

void exchange_ask_home(struct bul *b, sim_time now)
{
    exchange_close_all(b);
    struct bul_exchange *x = open_one(b, now);
    x->home = true;
    x->leaves = true;
}

static bool same_bids(const struct bul_exchange *x, const struct mh *ba)
{
    if (ba->bids == 0)
        return true;
    for (unsigned k = 0; k < ba->bids; k++) {
        if (!holds(x, ba->bid[k].bid))
            return false;
    }
    return true;
}

struct bul_exchange *exchange_of(struct bul *b, const struct mh *ba)
{
    struct bul_exchange *last = NULL;
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        struct bul_exchange *x = &b->exchange[i];
        if (!x->open || x->sent < 0)
            continue;
        if (x->sequence == ba->sequence && ba->status != MH_ST_SEQUENCE)
            return x;
        if (ba->status == MH_ST_SEQUENCE && same_bids(x, ba) && (!last || x->sent > last->sent))
            last = x;
    }
    return last;
}

/* The care-of address that the BU leaves from; NULL: no interface can send. */
static const struct bul_entry *sender(const struct bul *b, const struct bul_exchange *x)
{
    const struct bul_entry *other = NULL;
    for (unsigned k = 0; k < x->bids && !x->leaves; k++) {
        const struct bul_entry *e = bul_find(b, x->bid[k]);
        if (e && e->has_path)
            return e; /* of one of the BIDs in it: a proof that it is reachable */
    }
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        if (!e->has_path || e->state == BUL_UNBOUND || e->state == BUL_REFUSED)
            continue;
        if (e->told)
            return e;
        if (!other)
            other = e;
    }
    return other;
}

/* A deregistration waits while a registration is out and the home agent has nothing else: a
 * home address without any binding would be tested anew (RFC 6275 10.3.1). */
static bool must_wait(const struct bul *b)
{
    bool registering = false;
    if (b->how.correspondent)
        return false;
    for (int i = 0; i < BUL_EXCHANGES; i++)
        registering |= b->exchange[i].open && !b->exchange[i].leaves;
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].told && b->entry[k].has_path && b->entry[k].state != BUL_LEAVING)
            return false;
    }
    return registering;
}

/* The first BU after a restart replaces all that the home agent holds (RFC 5648 5.9): it goes
 * alone, or it would delete what others have just made. */
static bool first_is_out(const struct bul *b, const struct bul_exchange *x)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        const struct bul_exchange *o = &b->exchange[i];
        if (o != x && o->open && o->overwrites && o->sent >= 0 && b->overwrite)
            return true;
    }
    return false;
}

/* Its tokens are not there. */
static bool is_barred(const struct bul *b, const struct bul_exchange *x)
{
    bool barred = false;
    if (x->leaves)
        return b->leave_barred;
    for (unsigned k = 0; k < x->bids; k++) {
        const struct bul_entry *e = bul_find(b, x->bid[k]);
        barred |= e && e->barred;
    }
    return barred;
}

bool exchange_is_over(const struct bul *b, const struct bul_exchange *x)
{
    return b->how.max_tries && x->tries > b->how.max_tries;
}

static bool can_send(const struct bul *b, const struct bul_exchange *x)
{
    if (exchange_is_over(b, x) || is_barred(b, x) || first_is_out(b, x))
        return false;
    if (!x->home && (!sender(b, x) || (x->leaves && must_wait(b))))
        return false;
    if (b->how.registration != BUL_SERIAL && b->bulk)
        return true;
    if (b->how.registration == BUL_PARALLEL)
        return true;
    for (int i = 0; i < BUL_EXCHANGES; i++) { /* serial: nothing else is unacknowledged */
        const struct bul_exchange *o = &b->exchange[i];
        if (o != x && o->open && o->sent >= 0 && x->sent < 0)
            return false;
    }
    return true;
}

/* At most BUL_RATE BUs in any second: MAX_UPDATE_RATE, RFC 6275 12. */
static sim_time allowed(const struct bul *b, sim_time at)
{
    sim_time oldest = b->recent[0];
    for (int k = 1; k < BUL_RATE; k++) {
        if (b->recent[k] < oldest)
            oldest = b->recent[k];
    }
    return at < oldest + SIM_S ? oldest + SIM_S : at;
}

static void note_sent(struct bul *b, sim_time now)
{
    int oldest = 0;
    for (int k = 1; k < BUL_RATE; k++) {
        if (b->recent[k] < b->recent[oldest])
            oldest = k;
    }
    b->recent[oldest] = now;
}

sim_time exchange_next(const struct bul *b)
{
    sim_time next = SIM_NEVER;
    for (int i = 0; i < BUL_EXCHANGES && !b->waits; i++) {
        const struct bul_exchange *x = &b->exchange[i];
        bool over = exchange_is_over(b, x);
        if (!x->open || (!over && !can_send(b, x)))
            continue;
        sim_time due = over ? x->due : allowed(b, x->due);
        if (due < next)
            next = due;
    }
    return next;
}

/* The first registration waits for the home agent's test of the address: RFC 6275 10.3.1, 11.8. */
static bool is_first(const struct bul *b, const struct bul_exchange *x, sim_time now)
{
    if (x->leaves || b->how.correspondent)
        return false; /* there is a binding, or it would not leave; or nothing is tested */
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].held_until > now)
            return false;
    }
    return true;
}

static void back_off(const struct bul *b, struct bul_exchange *x, sim_time now)
{
    x->tested = is_first(b, x, now);
    if (!x->timeout) {
        x->timeout = x->tested ? b->how.timers.first_timeout : b->how.timers.initial_timeout;
    } else if (x->timeout < b->how.timers.max_timeout) {
        x->timeout *= 2;
    }
    if (x->timeout > b->how.timers.max_timeout)
        x->timeout = b->how.timers.max_timeout;
    x->tries++;
    x->unanswered++;
    x->sent = now;
    x->due = now + x->timeout;
}

/* Something is leaving and everything else stands in this BU: it can replace all bindings, so
 * that the home agent stops using what is dead at once (RFC 5648 5.9). */
static bool replaces_all(const struct bul *b, const struct bul_exchange *x)
{
    bool leaving = false;
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        leaving |= e->state == BUL_LEAVING;
        if (!holds(x, e->bid) &&
            (e->state == BUL_ASKING || e->state == BUL_BOUND || e->state == BUL_RENEWING))
            return false;
    }
    return leaving;
}

static bool has_home_binding(const struct bul *b)
{
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        if (bul_is_home(b, e) &&
            (e->state == BUL_ASKING || e->state == BUL_BOUND || e->state == BUL_RENEWING))
            return true;
    }
    return false;
}

static void put_bindings(const struct bul *b, const struct bul_exchange *x, struct mh *bu)
{
    if (!b->mcoa) {
        const struct bul_entry *e = x->bids ? bul_find(b, x->bid[0]) : NULL;
        bu->has_alternate = e != NULL && !b->how.correspondent;
        if (bu->has_alternate)
            bu->alternate = e->coa;
        return;
    }
    if (!x->leaves && (b->overwrite || replaces_all(b, x)))
        bu->flags |= MH_BU_OVERWRITE;
    bool at_home = has_home_binding(b);
    for (unsigned k = 0; k < x->bids; k++) {
        const struct bul_entry *e = bul_find(b, x->bid[k]);
        assert(e);
        bool is_home = bul_is_home(b, e);
        struct mh_bid *option = &bu->bid[bu->bids++];
        *option = (struct mh_bid){.bid = e->bid};
        /* RFC 5648 5.1: the first carries it; 5.6.3: the home binding always does. */
        option->has_coa = !x->leaves && (!e->told || is_home || b->how.correspondent);
        option->coa = e->coa;
        option->home = !x->leaves && at_home; /* all while at home, or the home binding ends */
        if (is_home && !x->leaves) {
            bu->has_station = b->home_station != 0;
            bu->station = b->home_station;
        }
    }
}

/* Who asks for no answer does so where only an answer can tell. */
static bool wants_answer(const struct bul *b, const struct bul_exchange *x)
{
    return !b->how.unasked || x->leaves || x->overwrites || (b->mcoa && !b->does_several);
}

static void send(struct bul *b, struct bul_exchange *x, sim_time now, struct bul_acts *acts)
{
    const struct bul_entry *from = x->home ? NULL : sender(b, x);
    assert(acts->n < BUL_ACTS);
    struct bul_act *act = &acts->act[acts->n++];
    *act =
        (struct bul_act){.kind = BUL_SEND, .from_home = x->home || (from && bul_is_home(b, from))};
    act->src = from ? from->coa : b->how.home;
    x->from = act->src;
    struct mh *bu = &act->bu;
    bu->type = MH_BU;
    if (!b->how.correspondent)
        bu->flags = b->how.link_local ? MH_BU_HOME | MH_BU_LINK_LOCAL : MH_BU_HOME;
    bu->sequence = ++b->sequence; /* greater each time: RFC 6275 11.8 */
    bu->lifetime = (uint16_t)(x->leaves ? 0 : b->how.lifetime / (MH_LIFETIME_UNIT_S * SIM_S));
    bul_keys_put(b, x, &act->src, bu);
    if (!x->home)
        put_bindings(b, x, bu);
    x->sequence = bu->sequence;
    x->changed = false;
    x->named = x->bids;
    for (unsigned k = 0; k < x->bids; k++)
        x->named_bid[k] = x->bid[k];
    x->overwrites = bu->flags & MH_BU_OVERWRITE;
    x->unasked = !wants_answer(b, x);
    if (!x->unasked)
        bu->flags |= MH_BU_ACK;
    note_sent(b, now);
    back_off(b, x, now);
    if (x->unasked)
        x->due = SIM_NEVER;
    for (unsigned k = 0; k < b->entries; k++) {
        if (!x->leaves && holds(x, b->entry[k].bid))
            b->entry[k].sent = true;
    }
}

void exchange_send_due(struct bul *b, sim_time now, struct bul_acts *acts)
{
    for (int i = 0; i < BUL_EXCHANGES && !b->held && !b->waits; i++) {
        struct bul_exchange *x = &b->exchange[i];
        if (x->open && can_send(b, x) && allowed(b, x->due) <= now)
            send(b, x, now, acts);
    }
}
