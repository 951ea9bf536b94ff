#include "models/mip6/bul.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "models/mip6/bul_exchange.h"

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

/* ---- the states of an entry -------------------------------------------- */

enum event { WANT, MOVED, UNWANT, CANCEL, ACKED, REFUSED, REFRESH, EXPIRED, UNDONE, EVENTS };

enum {
    ASK = 1 << 0,    /* a registering BU is needed */
    LEAVE = 1 << 1,  /* a deregistering BU is needed */
    FORGET = 1 << 2, /* no BU is needed any more */
    UP = 1 << 3,
    DOWN = 1 << 4,
    LOST = 1 << 5,
};

struct rule {
    enum bul_state to;
    unsigned what;
    const char *rfc; /* NULL: this event means nothing in this state */
};

/* clang-format off */
static const struct rule rules[BUL_STATES][EVENTS] = {
    [BUL_UNBOUND] = {
        [WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
    },
    [BUL_ASKING] = {
        [MOVED]   = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
        [UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [CANCEL]  = {BUL_UNBOUND,  FORGET,        "RFC 5648 5.4"},
        [ACKED]   = {BUL_BOUND,    UP,            "RFC 6275 11.7.3"},
        [REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 11.7.3"},
    },
    [BUL_BOUND] = {
        [MOVED]   = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [REFRESH] = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [EXPIRED] = {BUL_ASKING,   ASK | LOST,    "RFC 6275 11.7.1"},
        [REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 9.5.4"},
        [UNDONE]  = {BUL_ASKING,   LOST,          "RFC 6275 9.5.4"},
    },
    [BUL_RENEWING] = {
        [MOVED]   = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [ACKED]   = {BUL_BOUND,    UP,            "RFC 6275 11.7.3"},
        [REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 11.7.3"},
        [EXPIRED] = {BUL_ASKING,   LOST,          "RFC 6275 11.7.1"},
    },
    [BUL_LEAVING] = {
        [WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
        [ACKED]   = {BUL_UNBOUND,  FORGET | DOWN, "RFC 5648 5.7"},
        [REFUSED] = {BUL_UNBOUND,  FORGET | DOWN, "RFC 5648 5.7"},
        [EXPIRED] = {BUL_UNBOUND,  FORGET | DOWN, "RFC 6275 11.7.1"},
    },
    [BUL_REFUSED] = {
        [WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.3"},
        [MOVED]   = {BUL_ASKING,   ASK,           "RFC 6275 11.7.3"},
        [UNWANT]  = {BUL_UNBOUND,  FORGET,        "RFC 6275 11.7.3"},
        [CANCEL]  = {BUL_UNBOUND,  FORGET,        "RFC 6275 11.7.3"},
    },
};
/* clang-format on */

static struct bul_act *answer(struct bul_acts *acts, enum bul_kind kind)
{
    assert(acts->n < BUL_ACTS);
    struct bul_act *act = &acts->act[acts->n++];
    *act = (struct bul_act){.kind = kind};
    return act;
}

static void tell(const struct bul_entry *e, enum bul_kind kind, uint8_t status,
                 struct bul_acts *acts)
{
    struct bul_act *act = answer(acts, kind);
    act->bid = e->bid;
    act->coa = e->coa;
    act->status = status;
}

static void step(struct bul *b, struct bul_entry *e, enum event event, uint8_t status, sim_time now,
                 struct bul_acts *acts)
{
    const struct rule *rule = &rules[e->state][event];
    if (!rule->rfc) {
        e->ignored++;
        return;
    }
    bool was_up = e->told;
    e->state = rule->to;
    if (rule->what & ASK)
        exchange_ask(b, e->bid, false, now);
    if (rule->what & LEAVE)
        exchange_ask(b, e->bid, true, now);
    if (rule->what & FORGET)
        exchange_forget(b, e->bid);
    if (rule->what & UP) {
        e->told = true;
        if (!was_up)
            tell(e, BUL_UP, status, acts);
    }
    if (rule->what & (DOWN | LOST)) {
        e->told = false;
        e->sent = false;
        if (rule->what & DOWN)
            e->held_until = 0;
        tell(e, rule->what & DOWN ? BUL_DOWN : BUL_LOST, status, acts);
    }
}

static struct bul_entry *find(struct bul *b, uint16_t bid)
{
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].bid == bid)
            return &b->entry[k];
    }
    return NULL;
}

/* The clock starts when the BU was sent: RFC 6275 11.7.3. */
static void set_times(const struct bul *b, struct bul_entry *e, sim_time sent, sim_time granted)
{
    e->expires = sent + granted;
    e->held_until = e->expires;
    e->refresh_at = sent + granted / SHARE_ONE * b->how.timers.refresh +
                    granted % SHARE_ONE * b->how.timers.refresh / SHARE_ONE;
}

/* What has left without A counts as registered. */
static void send_due(struct bul *b, sim_time now, struct bul_acts *acts)
{
    unsigned first = acts->n;
    exchange_send_due(b, now, acts);
    for (int i = 0; i < BUL_EXCHANGES && b->how.unasked && acts->n > first; i++) {
        const struct bul_exchange *x = &b->exchange[i];
        for (unsigned k = 0; x->open && x->unasked && x->sent == now && k < x->bids; k++) {
            struct bul_entry *e = find(b, x->bid[k]);
            assert(e);
            if (e->state == BUL_BOUND)
                continue;
            set_times(b, e, now, b->how.lifetime);
            step(b, e, ACKED, MH_ST_ACCEPTED, now, acts);
        }
    }
}

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
    struct bul_entry *e = find(b, bid);
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
        step(b, e, WANT, 0, now, acts);
    } else if (other) {
        step(b, e, MOVED, 0, now, acts);
    }
    send_due(b, now, acts);
}

/* A care-of address that key management may go on from, but not `but`; NULL: there is none. */
static struct bul_entry *for_keys(struct bul *b, const struct addr *but)
{
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (e->state == BUL_BOUND && e->has_path && !bul_is_home(b, e) &&
            !(but && addr_eq(&e->coa, but)) && !(b->how.keys_wait && e->bid != b->how.key_bid))
            return e;
    }
    return NULL;
}

/* Key management goes on from another care-of address, which a BU with K tells: RFC 5648 9.1. */
static void move_keys(struct bul *b, const struct bul_entry *gone, sim_time now,
                      struct bul_acts *acts)
{
    if (!b->how.moves_keys || !addr_eq(&gone->coa, &b->key_coa) || b->discovering)
        return;
    struct bul_entry *e = for_keys(b, &gone->coa);
    if (e)
        step(b, e, REFRESH, 0, now, acts);
}

/* Where key management is, nobody is any more, and now there is somewhere to go. */
static void rescue_keys(struct bul *b, sim_time now, struct bul_acts *acts)
{
    if (!b->how.moves_keys || b->discovering || b->at_home || addr_unspecified(&b->key_coa) ||
        exchange_uses(b, &b->key_coa))
        return;
    struct bul_entry *e = for_keys(b, &b->key_avoid);
    if (e)
        step(b, e, REFRESH, 0, now, acts);
}

void bul_move_keys(struct bul *b, const struct addr *from, sim_time now, struct bul_acts *acts)
{
    if (!b->how.moves_keys || !addr_eq(from, &b->key_coa) || b->at_home)
        return;
    b->key_avoid = *from;
    struct bul_entry *e = for_keys(b, from);
    if (e)
        step(b, e, REFRESH, 0, now, acts);
    send_due(b, now, acts);
}

void bul_unwant(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = find(b, bid);
    assert(e);
    e->has_path = false;
    if (b->at_home || e->state == BUL_UNBOUND || e->state == BUL_LEAVING)
        return;
    bool known = e->sent || e->told || e->state == BUL_BOUND || e->state == BUL_RENEWING;
    if (e->state == BUL_ASKING) /* what the home agent may hold, it holds no longer than this */
        e->expires = now + b->how.lifetime;
    move_keys(b, e, now, acts);
    step(b, e, known ? UNWANT : CANCEL, 0, now, acts);
    send_due(b, now, acts);
}

void bul_release(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = find(b, bid);
    assert(e);
    bul_unwant(b, bid, now, acts);
    e->has_path = true;
    send_due(b, now, acts);
}

void bul_give_up(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts)
{
    struct bul_entry *e = find(b, bid);
    assert(e);
    if (e->state != BUL_BOUND) /* what there is stays until it ends */
        step(b, e, REFUSED, 0, now, acts);
}

/* What counted as registered, and is not: it is as if it had never been answered. */
static void undo(struct bul *b, struct bul_exchange *x, uint8_t status, sim_time now,
                 struct bul_acts *acts)
{
    for (unsigned k = 0; x->unasked && k < x->bids; k++) {
        struct bul_entry *e = find(b, x->bid[k]);
        assert(e);
        step(b, e, UNDONE, status, now, acts);
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
            step(b, e, REFRESH, 0, now, acts);
        }
    }
    send_due(b, now, acts);
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
            step(b, e, REFRESH, 0, now, acts);
    }
    send_due(b, now, acts);
}

/* ---- home ------------------------------------------------------------------ */

static void reset_entries(struct bul *b)
{
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        e->state = BUL_UNBOUND;
        e->told = e->sent = false;
        e->held_until = 0;
        e->coa = addr_any;
    }
    b->discovering = false;
    exchange_close_all(b);
}

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
    reset_entries(b);
    if (!known) { /* nothing to take back: the node has been here all the time */
        answer(acts, BUL_AT_HOME);
        return;
    }
    exchange_ask_home(b, now);
    send_due(b, now, acts);
}

void bul_leave_home(struct bul *b)
{
    if (!b->at_home)
        return;
    b->at_home = false;
    b->overwrite = !b->how.keeps_others || b->stale;
    reset_entries(b);
}

/* ---- acknowledgements ------------------------------------------------------ */

static void fall_back(struct bul *b, const char *why, struct bul_acts *acts)
{
    b->mcoa = false;
    reset_entries(b);
    b->entries = 0;
    bul_add(b, 0);
    answer(acts, BUL_FALL_BACK)->text = why;
}

/* Ask again, one by one: nothing of the bulk BU counts as registered (RFC 5648 5.7). */
static void no_more_bulk(struct bul *b, const struct bul_exchange *asked, sim_time now,
                         struct bul_acts *acts)
{
    b->bulk = false;
    answer(acts, BUL_FALL_BACK)->text = "bulk registration prohibited";
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
            step(b, e, REFRESH, 0, now, acts);
        } else if (e->state == BUL_ASKING || e->state == BUL_RENEWING) {
            exchange_ask(b, e->bid, false, now);
        } else if (e->state == BUL_LEAVING) {
            exchange_ask(b, e->bid, true, now);
        }
    }
}

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
        step(b, e, status < 128 ? ACKED : REFUSED, status, now, acts);
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
        step(b, e, REFUSED, status, now, acts);
        answer(acts, BUL_COME_HOME);
        return;
    }
    if (status >= 128 || granted == 0) {
        step(b, e, REFUSED, status, now, acts);
        return;
    }
    set_times(b, e, asked->sent, granted);
    sim_time advice = asked->sent + ba->refresh * (MH_LIFETIME_UNIT_S * SIM_S);
    if (ba->has_refresh && ba->refresh && advice < e->refresh_at)
        e->refresh_at = advice; /* RFC 6275 6.2.4 */
    step(b, e, ACKED, status, now, acts);
}

/* What concerns the whole BU: true if nothing is left to look at. */
static bool whole_answer(struct bul *b, const struct bul_exchange *asked, const struct mh *ba,
                         sim_time now, struct bul_acts *acts)
{
    if (ba->status == MH_ST_DAD_FAILED &&
        !b->how.correspondent) { /* RFC 6275 11.7.1: the home address is lost */
        for (unsigned k = 0; k < b->entries; k++) {
            if (b->entry[k].state != BUL_UNBOUND)
                tell(&b->entry[k], BUL_LOST, ba->status, acts);
        }
        b->dead = true;
        reset_entries(b);
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
        struct bul_entry *e = find(b, asked->bid[k]);
        assert(e);
        entry_acked(b, e, asked, ba, now, acts);
    }
    for (unsigned k = 0; k < b->entries && asked->overwrites && ba->status < 128; k++) {
        if (b->entry[k].state == BUL_LEAVING && !names(ba, b->entry[k].bid))
            step(b, &b->entry[k], ACKED, ba->status, now, acts); /* nothing is left to delete */
    }
}

/* RFC 6275 11.7.3: the home prefix ends, or is deprecated, during the binding. */
static void note_discovery(struct bul *b, const struct bul_exchange *asked, const struct mh *ba,
                           struct bul_acts *acts)
{
    if (asked->leaves || ba->status >= 128 || b->how.correspondent)
        return;
    b->discovering = ba->status == MH_ST_PREFIX_DISCOVERY;
    if (b->discovering)
        answer(acts, BUL_DISCOVER);
}

/* From the very BU that is answered, since each has a number of its own; not what waited for the
 * test of the home address, nor what came back another way than it went. */
static void note_round_trip(const struct bul_exchange *x, const struct arrival *a, sim_time now,
                            struct bul_acts *acts)
{
    if (x->home || x->tested || !addr_eq(&x->from, &a->dst))
        return;
    struct bul_act *act = answer(acts, BUL_MEASURED);
    act->src = x->from;
    act->round_trip = now - x->sent;
}

/* The home agent cannot move key management: it stays where it was (RFC 6275 11.7.3). */
static void keep_keys(struct bul *b)
{
    b->how.moves_keys = false;
    if (!addr_unspecified(&b->key_before))
        b->key_coa = b->key_before;
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
        send_due(b, now, acts);
        return true;
    }
    struct bul_exchange asked = exchange_close(x);
    if (asked.keyed && ba->status < MH_ST_UNSPECIFIED && !(ba->flags & MH_BA_KEY))
        keep_keys(b);
    if (asked.keyed && addr_eq(&asked.from, &b->key_avoid))
        b->key_avoid = addr_any; /* there is an answer from there again */
    note_round_trip(&asked, a, now, acts);
    if (asked.home) {
        answer(acts, BUL_AT_HOME);
    } else if (!whole_answer(b, &asked, ba, now, acts)) {
        entries_acked(b, &asked, ba, now, acts);
        rescue_keys(b, now, acts);
        note_discovery(b, &asked, ba, acts);
    }
    send_due(b, now, acts);
    return true;
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
            answer(acts, BUL_AT_HOME);
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
            step(b, e, EXPIRED, 0, now, acts);
        refresh |= e->state == BUL_BOUND && e->refresh_at <= now && !b->discovering;
    }
    bool together = b->mcoa && b->bulk; /* one BU refreshes all: RFC 5648 5.3 */
    for (unsigned k = 0; refresh && k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (e->state == BUL_BOUND && (together || e->refresh_at <= now))
            step(b, e, REFRESH, 0, now, acts);
    }
    send_due(b, now, acts);
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

const char *bul_state_name(enum bul_state state)
{
    static const char *const names[BUL_STATES] = {"unbound",  "asking",  "bound",
                                                  "renewing", "leaving", "refused"};
    return names[state];
}
