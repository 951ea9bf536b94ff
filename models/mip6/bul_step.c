/* The states of an entry, and what each change of them entails: the picture stands in bul.h. */
#include <assert.h>
#include <stddef.h>

#include "models/mip6/bul_exchange.h"
#include "models/mip6/bul_parts.h"

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
static const struct rule rules[BUL_STATES][BUL_EVENTS] = {
    [BUL_UNBOUND] = {
        [BUL_ON_WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
    },
    [BUL_ASKING] = {
        [BUL_ON_MOVED]   = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
        [BUL_ON_UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [BUL_ON_CANCEL]  = {BUL_UNBOUND,  FORGET,        "RFC 5648 5.4"},
        [BUL_ON_ACKED]   = {BUL_BOUND,    UP,            "RFC 6275 11.7.3"},
        [BUL_ON_REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 11.7.3"},
    },
    [BUL_BOUND] = {
        [BUL_ON_MOVED]   = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [BUL_ON_UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [BUL_ON_REFRESH] = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [BUL_ON_EXPIRED] = {BUL_ASKING,   ASK | LOST,    "RFC 6275 11.7.1"},
        [BUL_ON_REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 9.5.4"},
        [BUL_ON_UNDONE]  = {BUL_ASKING,   LOST,          "RFC 6275 9.5.4"},
    },
    [BUL_RENEWING] = {
        [BUL_ON_MOVED]   = {BUL_RENEWING, ASK,           "RFC 6275 11.7.1"},
        [BUL_ON_UNWANT]  = {BUL_LEAVING,  LEAVE,         "RFC 5648 5.4"},
        [BUL_ON_ACKED]   = {BUL_BOUND,    UP,            "RFC 6275 11.7.3"},
        [BUL_ON_REFUSED] = {BUL_REFUSED,  FORGET | LOST, "RFC 6275 11.7.3"},
        [BUL_ON_EXPIRED] = {BUL_ASKING,   LOST,          "RFC 6275 11.7.1"},
    },
    [BUL_LEAVING] = {
        [BUL_ON_WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.1"},
        [BUL_ON_ACKED]   = {BUL_UNBOUND,  FORGET | DOWN, "RFC 5648 5.7"},
        [BUL_ON_REFUSED] = {BUL_UNBOUND,  FORGET | DOWN, "RFC 5648 5.7"},
        [BUL_ON_EXPIRED] = {BUL_UNBOUND,  FORGET | DOWN, "RFC 6275 11.7.1"},
    },
    [BUL_REFUSED] = {
        [BUL_ON_WANT]    = {BUL_ASKING,   ASK,           "RFC 6275 11.7.3"},
        [BUL_ON_MOVED]   = {BUL_ASKING,   ASK,           "RFC 6275 11.7.3"},
        [BUL_ON_UNWANT]  = {BUL_UNBOUND,  FORGET,        "RFC 6275 11.7.3"},
        [BUL_ON_CANCEL]  = {BUL_UNBOUND,  FORGET,        "RFC 6275 11.7.3"},
    },
};
/* clang-format on */

struct bul_act *bul_answer(struct bul_acts *acts, enum bul_kind kind)
{
    assert(acts->n < BUL_ACTS);
    struct bul_act *act = &acts->act[acts->n++];
    *act = (struct bul_act){.kind = kind};
    return act;
}

void bul_tell(const struct bul_entry *e, enum bul_kind kind, uint8_t status, struct bul_acts *acts)
{
    struct bul_act *act = bul_answer(acts, kind);
    act->bid = e->bid;
    act->coa = e->coa;
    act->status = status;
}

void bul_step(struct bul *b, struct bul_entry *e, enum bul_event event, uint8_t status,
              sim_time now, struct bul_acts *acts)
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
            bul_tell(e, BUL_UP, status, acts);
    }
    if (rule->what & (DOWN | LOST)) {
        e->told = false;
        e->sent = false;
        if (rule->what & DOWN)
            e->held_until = 0;
        bul_tell(e, rule->what & DOWN ? BUL_DOWN : BUL_LOST, status, acts);
    }
}

struct bul_entry *bul_entry_of(struct bul *b, uint16_t bid)
{
    for (unsigned k = 0; k < b->entries; k++) {
        if (b->entry[k].bid == bid)
            return &b->entry[k];
    }
    return NULL;
}

/* The clock starts when the BU was sent: RFC 6275 11.7.3. */
void bul_set_times(const struct bul *b, struct bul_entry *e, sim_time sent, sim_time granted)
{
    e->expires = sent + granted;
    e->held_until = e->expires;
    e->refresh_at = sent + granted / SHARE_ONE * b->how.timers.refresh +
                    granted % SHARE_ONE * b->how.timers.refresh / SHARE_ONE;
}

/* What has left without A counts as registered. */
void bul_send_due(struct bul *b, sim_time now, struct bul_acts *acts)
{
    unsigned first = acts->n;
    exchange_send_due(b, now, acts);
    for (int i = 0; i < BUL_EXCHANGES && b->how.unasked && acts->n > first; i++) {
        const struct bul_exchange *x = &b->exchange[i];
        for (unsigned k = 0; x->open && x->unasked && x->sent == now && k < x->bids; k++) {
            struct bul_entry *e = bul_entry_of(b, x->bid[k]);
            assert(e);
            if (e->state == BUL_BOUND)
                continue;
            bul_set_times(b, e, now, b->how.lifetime);
            bul_step(b, e, BUL_ON_ACKED, MH_ST_ACCEPTED, now, acts);
        }
    }
}

void bul_reset(struct bul *b)
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

const char *bul_state_name(enum bul_state state)
{
    static const char *const names[BUL_STATES] = {"unbound",  "asking",  "bound",
                                                  "renewing", "leaving", "refused"};
    return names[state];
}
