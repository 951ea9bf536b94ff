#include "models/mip6/bcache_update.h"

#include <assert.h>
#include <string.h>

enum { FRESH = 32767 };     /* sequence numbers ahead that count as new: RFC 6275 9.5.1 */
enum { BID_WITH_IPV4 = 8 }; /* Option Length of a BID option: RFC 5648 4.1 */

static const sim_time unit = MH_LIFETIME_UNIT_S * SIM_S;

/* ---- answers ------------------------------------------------------------------- */

/* RFC 6275 9.5.4: to the source of the BU, with a routing header iff it had a home address and did
 * not come from there. */
static struct mh *acknowledge(const struct bcache *b, const struct bcache_entry *e,
                              const struct arrival *a, const struct mh *bu, uint8_t status,
                              struct bcache_acts *acts)
{
    struct bcache_act *act = bcache_answer(acts, BCACHE_SEND, e);
    act->dst = a->src;
    act->rh2 = a->has_home && !addr_eq(&a->src, &e->home);
    act->station = act->rh2 ? 0 : a->station; /* on the home link: RFC 6275 10.3.2 */
    act->ba.type = MH_BA;
    act->ba.status = status;
    act->ba.sequence = bu->sequence;
    bool keeps_keys = bu->flags & MH_BU_KEY && b->how.moves_keys && a->dynamic;
    if (keeps_keys && status < MH_ST_UNSPECIFIED) /* RFC 6275 10.3.1 */
        act->ba.flags |= MH_BA_KEY;
    return &act->ba;
}

/* RFC 5648 6.2: all BID options of the BU come back, without address. */
static void copy_bids(struct mh *ba, const struct mh *bu)
{
    for (unsigned k = 0; k < bu->bids; k++) {
        ba->bid[ba->bids++] = (struct mh_bid){
            .bid = bu->bid[k].bid, .home = bu->bid[k].home, .priority = bu->bid[k].priority};
    }
}

void bcache_refuse(const struct bcache *b, const struct bcache_entry *e, const struct arrival *a,
                   const struct mh *bu, uint8_t status, struct bcache_acts *acts)
{
    struct mh *ba = acknowledge(b, e, a, bu, status, acts);
    if (status == MH_ST_SEQUENCE)
        ba->sequence = e->sequence; /* the last accepted: RFC 6275 9.5.1 */
    if (b->how.mcoa != 1)
        copy_bids(ba, bu);
}

/* The BID options with their statuses into the BA: a common one once, mixed ones each with its BID
 * (RFC 5648 6.2). */
static void put_answers(struct mh *ba, const struct mh *answers)
{
    bool common = true;
    for (unsigned k = 1; k < answers->bids; k++)
        common &= answers->bid[k].status == answers->bid[0].status;
    ba->bids = answers->bids;
    memcpy(ba->bid, answers->bid, sizeof ba->bid);
    ba->status = common ? answers->bid[0].status : MH_ST_NOT_COMPLETE;
    for (unsigned k = 0; k < ba->bids && common; k++)
        ba->bid[k].status = 0;
}

/* What a good answer to a registration says beside its status: RFC 6275 10.3.1. */
static void put_lifetime(const struct bcache *b, struct mh *ba, uint16_t units)
{
    if (ba->status >= 128)
        return;
    ba->lifetime = units;
    /* The prefix is deprecated during the binding, or ends with it. */
    bool ends = b->how.preferred / unit < units || b->how.valid / unit <= units;
    if (ba->status == MH_ST_ACCEPTED && ends)
        ba->status = MH_ST_PREFIX_DISCOVERY;
    sim_time advice = b->how.advice / unit;
    ba->has_refresh = advice > 0 && advice < units;
    if (ba->has_refresh)
        ba->refresh = (uint16_t)advice;
}

/* ---- registration ---------------------------------------------------------- */

/* Never longer than asked, nor than the home prefix is valid: RFC 6275 10.3.1. */
static uint16_t granted_units(const struct bcache *b, const struct mh *bu)
{
    sim_time most = b->how.max_lifetime < b->how.valid ? b->how.max_lifetime : b->how.valid;
    if (bu->lifetime <= most / unit)
        return bu->lifetime;
    return (uint16_t)(most / unit);
}

/* When a refresh is asked for: near the end, RFC 6275 9.5.5, so not in the first half, or each
 * answer would be asked for another. */
static sim_time ask_at(const struct bcache *b, const struct mh *bu, sim_time now)
{
    sim_time granted = granted_units(b, bu) * unit;
    if (!b->how.ask_before)
        return SIM_NEVER;
    return now + granted - (b->how.ask_before < granted / 2 ? b->how.ask_before : granted / 2);
}

/* The care-of address of a BID option, or the status that refuses it: RFC 5648 6.2. */
static uint8_t coa_of_option(struct bcache_entry *e, const struct mh_bid *option, struct addr *coa)
{
    const struct binding *known = bcache_binding(e, option->bid);
    if (!option->has_coa && !known)
        return MH_ST_MCOA_UNKNOWN_COA;
    *coa = option->has_coa ? option->coa : known->coa;
    if (!addr_unicast_routable(coa) || (option->has_coa && option->length == BID_WITH_IPV4))
        return MH_ST_MCOA_MALFORMED; /* IPv4: this home agent has no RFC 5555, and no way there */
    /* The home binding, and only it, has the home address: RFC 5648 5.6.3. */
    bool is_home = addr_eq(coa, &e->home);
    return is_home && !option->home ? MH_ST_MCOA_MALFORMED : MH_ST_ACCEPTED;
}

/* O: what the BU does not name is gone (RFC 5648 4.2). */
static void overwrite(struct bcache_entry *e, const struct mh *answers, struct bcache_acts *acts)
{
    for (unsigned k = e->bindings; k-- > 0;) {
        bool named = false;
        for (unsigned j = 0; j < answers->bids; j++) {
            named |= answers->bid[j].bid == e->binding[k].bid &&
                     answers->bid[j].status < MH_ST_UNSPECIFIED;
        }
        if (!named)
            bcache_end(e, &e->binding[k], "overwritten", acts);
    }
}

/* An option without H says that the node has left home: RFC 5648 5.6.5, 6.3. */
static void leave_home(const struct bcache *b, struct bcache_entry *e, const struct mh *bu,
                       struct bcache_acts *acts)
{
    struct binding *at_home = bcache_home_binding(e);
    for (unsigned k = 0; at_home && k < bu->bids; k++) {
        bool its_own = bu->bid[k].bid == at_home->bid;
        if (bu->bid[k].home || (b->how.h_policy == H_IGNORE_FOREIGN && !its_own))
            continue;
        if (!its_own) /* its own is moved to the new care-of address below */
            bcache_end(e, at_home, "left home", acts);
        return;
    }
}

/* One home binding at a time: RFC 5648 5.6.3. */
static void replace_home(struct bcache_entry *e, uint16_t bid, struct bcache_acts *acts)
{
    struct binding *at_home = bcache_home_binding(e);
    if (at_home && at_home->bid != bid)
        bcache_end(e, at_home, "another home binding", acts);
}

static void put_one(struct bcache *b, struct bcache_entry *e, const struct mh *bu,
                    struct mh_bid *answer, const struct addr *coa, sim_time now,
                    struct bcache_acts *acts)
{
    bool at_home = addr_eq(coa, &e->home);
    const struct binding new = {.bid = answer->bid,
                                .coa = *coa,
                                .priority = answer->priority,
                                .until = now + granted_units(b, bu) * unit,
                                .ask_at = at_home ? SIM_NEVER : ask_at(b, bu, now),
                                .verified = now,
                                .home = at_home,
                                .ndp = at_home && b->how.simultaneous == HOME_NDP,
                                .station = at_home && bu->has_station ? bu->station : 0};
    if (at_home)
        replace_home(e, answer->bid, acts);
    if (!bcache_put(b, e, &new, acts)) {
        answer->status = MH_ST_RESOURCES;
    } else if (at_home && !new.ndp) {
        answer->status = MH_ST_RETURN_HOME_NO_NDP;
    }
}

static void register_bids(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                          const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    struct mh answers = {.bids = 0};
    struct addr coa[MH_BIDS];
    bool any = false;
    copy_bids(&answers, bu);
    for (unsigned k = 0; k < bu->bids; k++) { /* all are looked at before any is changed */
        answers.bid[k].status = coa_of_option(e, &bu->bid[k], &coa[k]);
        any |= answers.bid[k].status == MH_ST_ACCEPTED;
    }
    leave_home(b, e, bu, acts);
    if (bu->flags & MH_BU_OVERWRITE && any)
        overwrite(e, &answers, acts);
    for (unsigned k = 0; k < bu->bids; k++) {
        if (answers.bid[k].status == MH_ST_ACCEPTED)
            put_one(b, e, bu, &answers.bid[k], &coa[k], now, acts);
    }
    bcache_settle(b, e, now, acts); /* intercepted before it is acknowledged */
    struct mh *ba = acknowledge(b, e, a, bu, MH_ST_ACCEPTED, acts);
    put_answers(ba, &answers);
    put_lifetime(b, ba, granted_units(b, bu));
}

static void register_plain(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                           const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    uint16_t units = granted_units(b, bu);
    const struct binding new = {.coa = bu->has_alternate ? bu->alternate : a->src,
                                .until = now + units * unit,
                                .ask_at = ask_at(b, bu, now),
                                .verified = now};
    for (unsigned k = e->bindings; k-- > 0;) { /* it replaces all: RFC 5648 6.2 */
        if (e->binding[k].bid)
            bcache_end(e, &e->binding[k], "replaced by a plain binding", acts);
    }
    (void)bcache_put(b, e, &new, acts);
    bcache_settle(b, e, now, acts);
    put_lifetime(b, acknowledge(b, e, a, bu, MH_ST_ACCEPTED, acts), units);
}

static void deregister(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                       const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    struct mh answers = {.bids = 0};
    copy_bids(&answers, bu);
    if (bu->bids == 0 || b->how.mcoa == 1) {
        bcache_end_all(e, "deregistered", acts);
        answers.bids = 0;
    }
    for (unsigned k = 0; k < answers.bids; k++) {
        struct binding *gone = bcache_binding(e, answers.bid[k].bid);
        if (gone) {
            bcache_end(e, gone, "deregistered", acts);
        } else {
            answers.bid[k].status = MH_ST_NOT_HOME_AGENT; /* 133: RFC 5648 6.2 */
        }
    }
    bcache_settle(b, e, now, acts); /* before the answer: RFC 6275 10.3.2 */
    struct mh *ba = acknowledge(b, e, a, bu, MH_ST_ACCEPTED, acts);
    if (answers.bids)
        put_answers(ba, &answers);
}

/* ---- refusals ------------------------------------------------------------------ */

/* A care-of address that this home agent has never seen: RFC 5648 10. */
static bool names_new_coa(const struct bcache_entry *e, const struct mh *bu)
{
    for (unsigned k = 0; k < bu->bids; k++) {
        bool known = !bu->bid[k].has_coa;
        for (unsigned j = 0; j < e->bindings; j++)
            known |= addr_eq(&e->binding[j].coa, &bu->bid[k].coa);
        if (!known)
            return true;
    }
    return false;
}

/* Of RFC 5648 6.2, steps 1, 3, 4, 7; MH_ST_ACCEPTED: nothing. */
static uint8_t refusal_of_bids(const struct bcache *b, struct bcache_entry *e, const struct mh *bu)
{
    if (b->how.mcoa == 1)
        return MH_ST_ACCEPTED; /* knows no BID option: they are skipped */
    for (unsigned k = 0; k < bu->bids; k++) {
        if ((bu->bid[k].length != 4 && bu->bid[k].length != 8 && bu->bid[k].length != 20) ||
            bu->bid[k].bid == 0)
            return MH_ST_MCOA_MALFORMED;
    }
    if (bu->bids > 1 &&
        (!b->how.bulk || (!b->how.bulk_new_coa && bu->lifetime && names_new_coa(e, bu))))
        return MH_ST_MCOA_BULK_PROHIBITED;
    if (bu->bids && b->how.mcoa == 2)
        return MH_ST_MCOA_PROHIBITED;
    for (unsigned k = 0; k < bu->bids; k++) {
        if (bu->bid[k].home && bu->lifetime && b->how.simultaneous == HOME_REFUSED)
            return MH_ST_MCOA_HOME_AND_FOREIGN;
    }
    if (bu->bids && bu->lifetime && !(bu->flags & MH_BU_OVERWRITE) && bcache_binding(e, 0))
        return MH_ST_MCOA_NON_MCOA;
    return MH_ST_ACCEPTED;
}

static bool names_no_coa(const struct mh *bu)
{
    bool none = bu->bids > 0;
    for (unsigned k = 0; k < bu->bids; k++)
        none &= bu->bid[k].length == 4;
    return none;
}

/* Before any state of the home address is made: RFC 6275 9.5.1, 10.3.1. */
static uint8_t refusal(const struct bcache *b, const struct bcache_entry *e, const struct mh *bu)
{
    bool bound = e->state == BCACHE_BOUND;
    if (bound && !(bu->flags & MH_BU_HOME))
        return MH_ST_TYPE_CHANGE;
    if (!b->how.serves)
        return MH_ST_NO_HOME_REGISTRATION;
    if (!prefix_holds(&b->how.home, &e->home))
        return MH_ST_NOT_HOME_SUBNET;
    if (b->how.refuse && bu->lifetime)
        return (uint8_t)(MH_ST_UNSPECIFIED + b->how.refuse - 1);
    if (bu->lifetime == 0) /* behind a registration that waits for the test it waits, too */
        return bound || e->waits ? MH_ST_ACCEPTED : MH_ST_NOT_HOME_AGENT;
    bool is_new = e->state == BCACHE_NONE || e->state == BCACHE_FADING;
    if (is_new && b->how.mcoa == 0 && names_no_coa(bu)) /* nothing to test the address for */
        return MH_ST_MCOA_UNKNOWN_COA;
    if (is_new && b->how.max_homes && b->homes >= b->how.max_homes)
        return MH_ST_RESOURCES;
    return MH_ST_ACCEPTED;
}

/* ---- a Binding Update -------------------------------------------------------- */

void bcache_work(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                 const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    assert(bu->bids <= MH_BIDS);
    uint8_t status = refusal_of_bids(b, e, bu);
    e->sequence = bu->sequence;
    e->has_sequence = true;
    if (status) {
        bcache_refuse(b, e, a, bu, status, acts);
    } else if (bu->lifetime == 0) {
        deregister(b, e, a, bu, now, acts);
    } else if (bu->bids && b->how.mcoa == 0) {
        register_bids(b, e, a, bu, now, acts);
    } else {
        register_plain(b, e, a, bu, now, acts);
    }
    bcache_settle(b, e, now, acts);
}

static void wait_for_test(const struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                          const struct mh *bu)
{
    if (!e->waiting)
        e->waiting = arena_take(b->arena, BCACHE_WAITING * sizeof *e->waiting);
    if (e->waits == BCACHE_WAITING) { /* the oldest has been sent again long since */
        memmove(e->waiting, e->waiting + 1, (BCACHE_WAITING - 1) * sizeof e->waiting[0]);
        e->waits--;
    }
    e->waiting[e->waits++] = (struct bcache_waiting){*a, *bu};
}

bool bcache_is_fresh(const struct bcache_entry *e, uint16_t sequence)
{
    uint16_t ahead = (uint16_t)(sequence - e->sequence);
    return !e->has_sequence || (ahead >= 1 && ahead <= FRESH);
}

/* From the home link there is no Home Address option: to deregister, or for a home binding
 * (RFC 6275 11.5.5, RFC 5648 5.6.3). One that is there says the source. */
static bool comes_from_home(const struct arrival *a, const struct mh *bu)
{
    bool has_home_binding = false;
    for (unsigned k = 0; k < bu->bids; k++)
        has_home_binding |= bu->bid[k].home;
    return !a->has_home && (bu->lifetime == 0 || has_home_binding);
}

/* What is dropped in silence: RFC 6275 9.5.1, 10.3.1. */
static bool fits(const struct arrival *a, const struct mh *bu, const struct addr *home)
{
    const struct addr *coa = bu->has_alternate ? &bu->alternate : &a->src;
    return a->authentic && addr_unicast_routable(home) && (a->has_home || comes_from_home(a, bu)) &&
           !bu->has_nonces && addr_unicast_routable(coa);
}

static void begin_test(struct bcache *b, struct bcache_entry *e, const struct mh *bu,
                       struct bcache_acts *acts)
{
    e->state = BCACHE_TESTING;
    e->link_local = bu->flags & MH_BU_LINK_LOCAL;
    b->homes++;
    (void)bcache_answer(acts, BCACHE_TEST, e);
}

/* RFC 6275 9.5.1, 10.3.1: the order of the checks is that of the RFC. */
bool bcache_update(struct bcache *b, const struct arrival *a, const struct mh *bu, sim_time now,
                   struct bcache_acts *acts)
{
    struct addr home = a->has_home ? a->home : a->src;
    if (!fits(a, bu, &home))
        return false;
    struct bcache_entry *e = bcache_find(b, &home);
    if (!(bu->flags & MH_BU_HOME) && (!e || e->state != BCACHE_BOUND))
        return false; /* a correspondent registration without its authenticator */
    if (!e)
        e = bcache_intern(b, &home);
    bool is_known = e->state == BCACHE_BOUND || e->state == BCACHE_FADING;
    uint8_t status =
        is_known && !bcache_is_fresh(e, bu->sequence) ? MH_ST_SEQUENCE : refusal(b, e, bu);
    if (status) {
        bcache_refuse(b, e, a, bu, status, acts);
    } else if (e->state == BCACHE_BOUND) {
        bcache_work(b, e, a, bu, now, acts);
    } else {
        wait_for_test(b, e, a, bu);
        if (e->state != BCACHE_TESTING)
            begin_test(b, e, bu, acts);
    }
    return true;
}

void bcache_tested(struct bcache *b, const struct addr *home, bool unique, sim_time now,
                   struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(b, home);
    assert(e && e->state == BCACHE_TESTING);
    (void)now;
    if (unique && e->waits) {
        e->state = BCACHE_BOUND;
        return;
    }
    for (unsigned k = 0; k < e->waits; k++) {
        const struct mh *bu = &e->waiting[k].bu; /* there is nothing to delete: RFC 6275 10.3.2 */
        uint8_t status = bu->lifetime ? MH_ST_DAD_FAILED : MH_ST_NOT_HOME_AGENT;
        bcache_refuse(b, e, &e->waiting[k].arrival, bu, status, acts);
    }
    e->waits = 0;
    e->has_sequence = false;
    e->state = BCACHE_NONE;
    b->homes--;
}

bool bcache_resume(struct bcache *b, const struct addr *home, sim_time now,
                   struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (!e || e->state != BCACHE_BOUND || e->waits == 0)
        return false;
    struct bcache_waiting next = e->waiting[0];
    memmove(e->waiting, e->waiting + 1, --e->waits * sizeof e->waiting[0]);
    if (bcache_is_fresh(e, next.bu.sequence)) {
        bcache_work(b, e, &next.arrival, &next.bu, now, acts);
    } else {
        bcache_refuse(b, e, &next.arrival, &next.bu, MH_ST_SEQUENCE, acts);
        bcache_settle(b, e, now, acts); /* all may have been refused */
    }
    return true;
}
