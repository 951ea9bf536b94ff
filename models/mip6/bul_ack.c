/* Acknowledgements: RFC 6275 11.7.3, RFC 5648 5.7. */
#include <assert.h>
#include <stddef.h>

#include "models/mip6/bul_exchange.h"
#include "models/mip6/bul_parts.h"

/* What counted as registered, and is not: it is as if it had never been answered. */
static void undo(struct bul *b, struct bul_exchange *x, uint8_t status, sim_time now,
                 struct bul_acts *acts)
{
    for (unsigned k = 0; x->unasked && k < x->bids; k++) {
        struct bul_entry *e = bul_entry_of(b, x->bid[k]);
        assert(e);
        bul_step(b, e, BUL_ON_UNDONE, status, now, acts);
    }
    x->unasked = false;
}

const struct bul_exchange *bul_repeat(struct bul *b, const struct mh *ba, sim_time now,
                                      struct bul_acts *acts)
{
    struct bul_exchange *x = exchange_of(b, ba);
    if (!x)
        return NULL;
    undo(b, x, ba->status, now, acts);
    x->due = now;
    return x;
}

/* ---- what concerns the whole BU ---------------------------------------------- */

static void fall_back(struct bul *b, const char *why, struct bul_acts *acts)
{
    b->mcoa = false;
    bul_reset(b);
    b->entries = 0;
    bul_add(b, 0);
    bul_answer(acts, BUL_FALL_BACK)->text = why;
}

/* Ask again, one by one: nothing of the bulk BU counts as registered (RFC 5648 5.7). */
static void no_more_bulk(struct bul *b, const struct bul_exchange *asked, sim_time now,
                         struct bul_acts *acts)
{
    b->bulk = false;
    bul_answer(acts, BUL_FALL_BACK)->text = "bulk registration prohibited";
    for (unsigned k = 0; k < asked->bids; k++)
        exchange_ask(b, asked->bid[k], asked->leaves, now);
    exchange_split(b, now);
}

/* RFC 5648 5.7: again, with O, and all: a plain binding is all that the home agent holds. */
static void start_over(struct bul *b, sim_time now, struct bul_acts *acts)
{
    b->overwrite = true;
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        e->told = false; /* so that the address is named again */
        if (e->state == BUL_BOUND) {
            bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
        } else if (e->state == BUL_ASKING || e->state == BUL_RENEWING) {
            exchange_ask(b, e->bid, false, now);
        } else if (e->state == BUL_LEAVING) {
            exchange_ask(b, e->bid, true, now);
        }
    }
}

/* What concerns the whole BU: true if nothing is left to look at. */
static bool whole_answer(struct bul *b, const struct bul_exchange *asked, const struct mh *ba,
                         sim_time now, struct bul_acts *acts)
{
    if (ba->status == MH_ST_DAD_FAILED &&
        !b->how.correspondent) { /* RFC 6275 11.7.1: the home address is lost */
        for (unsigned k = 0; k < b->entries; k++) {
            if (b->entry[k].state != BUL_UNBOUND)
                bul_tell(&b->entry[k], BUL_LOST, ba->status, acts);
        }
        b->dead = true;
        bul_reset(b);
        return true;
    }
    if (!b->mcoa)
        return false;
    if (ba->status == MH_ST_MCOA_PROHIBITED) {
        fall_back(b, "several care-of addresses are prohibited", acts);
        return true;
    }
    if (ba->bids == 0) {
        fall_back(b,
                  b->how.correspondent ? "the correspondent answers without Binding Identifiers"
                                       : "the home agent answers without Binding Identifiers",
                  acts);
        return true;
    }
    if (ba->status == MH_ST_MCOA_BULK_PROHIBITED) {
        no_more_bulk(b, asked, now, acts);
        return true;
    }
    if (ba->status == MH_ST_MCOA_NON_MCOA)
        start_over(b, now, acts);
    return ba->status == MH_ST_MCOA_NON_MCOA;
}

/* RFC 6275 11.7.3: the home agent's counter stands elsewhere; go on above it. */
static void jump_ahead(struct bul *b, struct bul_exchange *x, const struct mh *ba, sim_time now)
{
    uint16_t ahead = (uint16_t)(b->sequence + 1 - ba->sequence);
    if (ahead == 0 || ahead > 32767)
        b->sequence = ba->sequence;
    x->due = now;
    x->timeout = 0;
}

/* ---- entry by entry -------------------------------------------------------- */

static uint8_t status_of(const struct mh *ba, uint16_t bid)
{
    for (unsigned k = 0; k < ba->bids; k++) {
        if (ba->bid[k].bid == bid && ba->bid[k].status)
            return ba->bid[k].status;
    }
    return ba->status;
}

static void entry_acked(struct bul *b, struct bul_entry *e, const struct bul_exchange *asked,
                        const struct mh *ba, sim_time now, struct bul_acts *acts)
{
    uint8_t status = status_of(ba, e->bid);
    sim_time granted = ba->lifetime * (MH_LIFETIME_UNIT_S * SIM_S);
    if (granted > b->how.lifetime)
        granted = b->how.lifetime; /* RFC 6275 10.3.1: never longer than asked */
    if (asked->leaves) {
        bul_step(b, e, status < 128 ? BUL_ON_ACKED : BUL_ON_REFUSED, status, now, acts);
        return;
    }
    if (status == MH_ST_MCOA_UNKNOWN_COA) { /* RFC 5648 5.7: again, with the address */
        e->told = false;
        e->held_until = 0;
        exchange_ask(b, e->bid, false, now);
        return;
    }
    if (status == MH_ST_MCOA_HOME_AND_FOREIGN && bul_is_home(b, e)) {
        b->simultaneous = false;
        bul_step(b, e, BUL_ON_REFUSED, status, now, acts);
        bul_answer(acts, BUL_COME_HOME);
        return;
    }
    if (status >= 128 || granted == 0) {
        bul_step(b, e, BUL_ON_REFUSED, status, now, acts);
        return;
    }
    bul_set_times(b, e, asked->sent, granted);
    sim_time advice = asked->sent + ba->refresh * (MH_LIFETIME_UNIT_S * SIM_S);
    if (ba->has_refresh && ba->refresh && advice < e->refresh_at)
        e->refresh_at = advice; /* RFC 6275 6.2.4 */
    bul_step(b, e, BUL_ON_ACKED, status, now, acts);
}

/* What each BID of the BU is told; with O the dead ones are replaced. */
static bool names(const struct mh *m, uint16_t bid)
{
    for (unsigned k = 0; k < m->bids; k++) {
        if (m->bid[k].bid == bid)
            return true;
    }
    return false;
}

static void entries_acked(struct bul *b, const struct bul_exchange *asked, const struct mh *ba,
                          sim_time now, struct bul_acts *acts)
{
    if (!asked->leaves && ba->status < 128)
        b->overwrite = false;
    for (unsigned k = 0; k < asked->bids; k++) {
        struct bul_entry *e = bul_entry_of(b, asked->bid[k]);
        assert(e);
        entry_acked(b, e, asked, ba, now, acts);
    }
    for (unsigned k = 0; k < b->entries && asked->overwrites && ba->status < 128; k++) {
        if (b->entry[k].state == BUL_LEAVING && !names(ba, b->entry[k].bid))
            bul_step(b, &b->entry[k], BUL_ON_ACKED, ba->status, now,
                     acts); /* nothing is left to delete */
    }
}

/* ---- an acknowledgement --------------------------------------------------- */

/* RFC 6275 11.7.3: the home prefix ends, or is deprecated, during the binding. */
static void note_discovery(struct bul *b, const struct bul_exchange *asked, const struct mh *ba,
                           struct bul_acts *acts)
{
    if (asked->leaves || ba->status >= 128 || b->how.correspondent)
        return;
    b->discovering = ba->status == MH_ST_PREFIX_DISCOVERY;
    if (b->discovering)
        bul_answer(acts, BUL_DISCOVER);
}

/* From the very BU that is answered, since each has a number of its own; not what waited for the
 * test of the home address, nor what came back another way than it went. */
static void note_round_trip(const struct bul_exchange *x, const struct arrival *a, sim_time now,
                            struct bul_acts *acts)
{
    if (x->home || x->tested || !addr_eq(&x->from, &a->dst))
        return;
    struct bul_act *act = bul_answer(acts, BUL_MEASURED);
    act->src = x->from;
    act->round_trip = now - x->sent;
}

bool bul_ack(struct bul *b, const struct arrival *a, const struct mh *ba, sim_time now,
             struct bul_acts *acts)
{
    struct bul_exchange *x = a->authentic ? exchange_of(b, ba) : NULL;
    if (!x) {
        b->unmatched++;
        return false;
    }
    b->does_several |= ba->bids > 0;
    if (ba->status == MH_ST_SEQUENCE) {
        undo(b, x, ba->status, now, acts);
        jump_ahead(b, x, ba, now);
        bul_send_due(b, now, acts);
        return true;
    }
    struct bul_exchange asked = exchange_close(x);
    if (asked.keyed && ba->status < MH_ST_UNSPECIFIED && !(ba->flags & MH_BA_KEY))
        bul_keys_stay(b);
    if (asked.keyed && addr_eq(&asked.from, &b->key_avoid))
        b->key_avoid = addr_any; /* there is an answer from there again */
    note_round_trip(&asked, a, now, acts);
    if (asked.home) {
        bul_answer(acts, BUL_AT_HOME);
    } else if (!whole_answer(b, &asked, ba, now, acts)) {
        entries_acked(b, &asked, ba, now, acts);
        bul_keys_rescue(b, now, acts);
        note_discovery(b, &asked, ba, acts);
    }
    bul_send_due(b, now, acts);
    return true;
}
