#include "models/mip6/bul.h"

#include <assert.h>
#include <stddef.h>

#include "models/mip6/bul_exchange.h"
#include "models/mip6/bul_parts.h"

#define AT(member) offsetof(struct bul_timers, member)

const struct key bul_timer_keys[] = {
    {"initial_bindack_timeout_first_reg", KEY_TIME, AT(first_timeout), "0 s",
     "wait for the BA of the first registration, RFC 6275 13; 0 s: 1.5 retrans_timer for each of "
     "dup_addr_detect_transmits, so 1.5 s",
     .max = 3600 * SIM_S},
    {"initial_bindack_timeout", KEY_TIME, AT(initial_timeout), "1 s",
     "wait for a BA otherwise, RFC 6275 12", .min = SIM_MS, .max = 3600 * SIM_S},
    {"max_bindack_timeout", KEY_TIME, AT(max_timeout), "32 s",
     "the wait doubles up to here, RFC 6275 12", .min = SIM_MS, .max = 3600 * SIM_S},
    {"refresh", KEY_SHARE, AT(refresh), "80 %",
     "part of the lifetime granted after which a binding is refreshed", .min = 1, .max = SHARE_ONE},
    {.name = NULL},
};

/* ---- what the owner wants ------------------------------------------------- */

void bul_init(struct bul *b, const struct bul_config *how, uint16_t first_sequence)
{
    *b = (struct bul){.how = *how,
                      .sequence = first_sequence,
                      .mcoa = how->mcoa,
                      .simultaneous = how->mcoa && how->simultaneous,
                      .bulk = how->registration == BUL_BULK,
                      .overwrite = !how->keeps_others};
    for (int k = 0; k < BUL_RATE; k++)
        b->recent[k] = -SIM_S; /* nothing was sent, and that long ago */
}

void bul_add(struct bul *b, uint16_t bid)
{
    assert(b->entries < BUL_ENTRIES && !bul_find(b, bid));
    b->entry[b->entries++] = (struct bul_entry){.bid = bid};
}

const struct bul_entry *bul_find(const struct bul *b, uint16_t bid)
{
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].bid == bid)
            return &b->entry[k];
    }
    return NULL;
}

void bul_want(struct bul *b, uint16_t bid, const struct addr *coa, sim_time now,
              struct bul_acts *acts)
{
    struct bul_entry *e = bul_entry_of(b, bid);
    assert(e);
    bool other = !addr_eq(&e->coa, coa);
    e->has_path = true;
    if (b->dead || b->at_home)
        return;
    if (other || e->state == BUL_LEAVING) { /* whether that is taken back already is not known */
        e->coa = *coa;
        e->told = false;
        e->sent = false;
    }
    if (e->state == BUL_UNBOUND || e->state == BUL_LEAVING) {
        bul_step(b, e, BUL_ON_WANT, 0, now, acts);
    } else if (other) {
        bul_step(b, e, BUL_ON_MOVED, 0, now, acts);
    }
    bul_send_due(b, now, acts);
}

void bul_unwant(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = bul_entry_of(b, bid);
    assert(e);
    e->has_path = false;
    if (b->at_home || e->state == BUL_UNBOUND || e->state == BUL_LEAVING)
        return;
    bool known = e->sent || e->told || e->state == BUL_BOUND || e->state == BUL_RENEWING;
    if (e->state == BUL_ASKING) /* what the home agent may hold, it holds no longer than this */
        e->expires = now + b->how.lifetime;
    bul_keys_leave(b, e, now, acts);
    bul_step(b, e, known ? BUL_ON_UNWANT : BUL_ON_CANCEL, 0, now, acts);
    bul_send_due(b, now, acts);
}

void bul_release(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = bul_entry_of(b, bid);
    assert(e);
    bul_unwant(b, bid, now, acts);
    e->has_path = true;
    bul_send_due(b, now, acts);
}

void bul_give_up(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = bul_entry_of(b, bid);
    assert(e);
    if (e->state != BUL_BOUND) /* what there is stays until it ends */
        bul_step(b, e, BUL_ON_REFUSED, 0, now, acts);
}

bool bul_is_home(const struct bul *b, const struct bul_entry *e)
{
    return addr_eq(&e->coa, &b->how.home);
}

void bul_asked(struct bul *b, const struct mh *brr, sim_time now, struct bul_acts *acts)
{
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        bool named = brr->bids == 0;
        for (unsigned j = 0; j < brr->bids; j++)
            named |= brr->bid[j].bid == e->bid;
        if (named && e->state == BUL_BOUND && b->discovering) {
            e->refresh_at = now; /* as soon as it may */
        } else if (named && e->state == BUL_BOUND) {
            bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
        }
    }
    bul_send_due(b, now, acts);
}

void bul_unknown(struct bul *b, sim_time now, struct bul_acts *acts)
{
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (e->state != BUL_BOUND && e->state != BUL_RENEWING)
            continue;
        e->told = false; /* so that the address is named again */
        e->held_until = 0;
        if (e->state == BUL_BOUND)
            bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
    }
    bul_send_due(b, now, acts);
}

/* ---- home ------------------------------------------------------------------ */

bool bul_is_known(const struct bul *b)
{
    bool known = b->stale;
    for (unsigned k = 0; k < b->entries; k++)
        known |= b->entry[k].sent || b->entry[k].told || b->entry[k].state == BUL_LEAVING;
    return known;
}

void bul_return_home(struct bul *b, sim_time now, struct bul_acts *acts)
{
    if (b->at_home || b->dead)
        return;
    bool known = bul_is_known(b);
    b->at_home = true;
    bul_reset(b);
    if (!known) { /* nothing to take back: the node has been here all the time */
        bul_answer(acts, BUL_AT_HOME);
        return;
    }
    exchange_ask_home(b, now);
    bul_send_due(b, now, acts);
}

void bul_forget(struct bul *b)
{
    bul_reset(b);
    b->stale = false;
}

void bul_leave_home(struct bul *b)
{
    if (!b->at_home)
        return;
    b->at_home = false;
    b->overwrite = !b->how.keeps_others || b->stale;
    bul_reset(b);
}

/* ---- time -------------------------------------------------------------------- */

static bool has_lifetime(const struct bul_entry *e)
{
    return e->state == BUL_BOUND || e->state == BUL_RENEWING || e->state == BUL_LEAVING;
}

sim_time bul_next(const struct bul *b)
{
    sim_time next = exchange_next(b);
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        if (e->state == BUL_BOUND && !b->discovering && e->refresh_at < next)
            next = e->refresh_at;
        if (has_lifetime(e) && e->expires < next)
            next = e->expires;
    }
    return next;
}

/* Nobody has answered, as often as it was sent: RFC 6275 5.2.9. */
static void end_silent(struct bul *b, sim_time now, struct bul_acts *acts)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        struct bul_exchange *x = &b->exchange[i];
        if (!x->open || !exchange_is_over(b, x) || x->due > now)
            continue;
        struct bul_exchange was = *x;
        x->open = false;
        if (was.home)
            bul_answer(acts, BUL_AT_HOME);
        for (unsigned k = 0; k < was.bids; k++)
            bul_give_up(b, was.bid[k], now, acts);
    }
}

bool bul_is_silent(const struct bul *b, unsigned most, sim_time heard, sim_time now)
{
    for (int i = 0; i < BUL_EXCHANGES; i++) {
        const struct bul_exchange *x = &b->exchange[i];
        if (x->open && !x->home && !x->changed && x->unanswered >= most && x->due <= now &&
            heard <= x->opened)
            return true;
    }
    return false;
}

sim_time bul_last_sent(const struct bul *b)
{
    sim_time last = b->recent[0];
    for (int k = 1; k < BUL_RATE; k++)
        last = b->recent[k] > last ? b->recent[k] : last;
    return last;
}

void bul_tick(struct bul *b, sim_time now, struct bul_acts *acts)
{
    bool refresh = false;
    end_silent(b, now, acts);
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (has_lifetime(e) && e->expires <= now)
            bul_step(b, e, BUL_ON_EXPIRED, 0, now, acts);
        refresh |= e->state == BUL_BOUND && e->refresh_at <= now && !b->discovering;
    }
    bool together = b->mcoa && b->bulk; /* one BU refreshes all: RFC 5648 5.3 */
    for (unsigned k = 0; refresh && k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (e->state == BUL_BOUND && (together || e->refresh_at <= now))
            bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
    }
    bul_send_due(b, now, acts);
}

void bul_discovered(struct bul *b, sim_time now, struct bul_acts *acts)
{
    b->discovering = false;
    bul_tick(b, now, acts);
}

bool bul_has(const struct bul *b, const struct addr *coa)
{
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        if (e->told && e->state != BUL_LEAVING && addr_eq(&e->coa, coa))
            return true;
    }
    return false;
}

bool bul_carries(const struct bul *b, uint16_t bid)
{
    const struct bul_entry *e = bul_find(b, bid);
    if (!e || !e->has_path || e->state == BUL_LEAVING || e->state == BUL_REFUSED)
        return false;
    if (e->told || (e->state == BUL_RENEWING && e->sent))
        return true;
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].told && b->entry[k].has_path && b->entry[k].state != BUL_LEAVING)
            return false; /* something better is there */
    }
    return e->sent; /* right after the BU has left: RFC 6275 11.6.3 */
}
