#include "models/mip6/bcache.h"

#include <assert.h>
#include <string.h>

const char *const bcache_source_words[] = {"any-binding", "primary-only", "off", NULL};

enum { FIRST_BUCKETS = 16, FRESH = 32767 };

void bcache_init(struct bcache *b, const struct bcache_config *how, struct arena *arena)
{
    *b = (struct bcache){.how = *how, .arena = arena, .next = SIM_NEVER};
    b->last = &b->first;
}

/* ---- entries ----------------------------------------------------------------- */

static void rehash(struct bcache *b)
{
    b->buckets = b->buckets ? 2 * b->buckets : FIRST_BUCKETS;
    b->bucket = arena_take(b->arena, b->buckets * sizeof(struct bcache_entry *));
    for (struct bcache_entry *e = b->first; e; e = e->newer) {
        struct bcache_entry **at = &b->bucket[addr_hash(&e->home) & (b->buckets - 1)];
        e->next = *at;
        *at = e;
    }
}

struct bcache_entry *bcache_find(const struct bcache *b, const struct addr *home)
{
    if (!b->buckets)
        return NULL;
    struct bcache_entry *e = b->bucket[addr_hash(home) & (b->buckets - 1)];
    while (e && !addr_eq(&e->home, home))
        e = e->next;
    return e;
}

struct bcache_entry *bcache_intern(struct bcache *b, const struct addr *home)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (e)
        return e;
    e = arena_take(b->arena, sizeof *e);
    e->home = *home;
    *b->last = e;
    b->last = &e->newer;
    if (++b->entries > b->buckets) {
        rehash(b);
        return e;
    }
    struct bcache_entry **at = &b->bucket[addr_hash(home) & (b->buckets - 1)];
    e->next = *at;
    *at = e;
    return e;
}

struct binding *bcache_binding(struct bcache_entry *e, uint16_t bid)
{
    for (unsigned k = 0; k < e->bindings; k++) {
        if (e->binding[k].bid == bid)
            return &e->binding[k];
    }
    return NULL;
}

static struct bcache_act *answer(struct bcache_acts *acts, enum bcache_kind kind,
                                 const struct bcache_entry *e)
{
    assert(acts->n < BCACHE_ACTS);
    struct bcache_act *act = &acts->act[acts->n++];
    *act = (struct bcache_act){.kind = kind, .home = e->home};
    return act;
}

static void tell(struct bcache_acts *acts, enum bcache_kind kind, const struct bcache_entry *e,
                 const struct binding *of, const char *how)
{
    struct bcache_act *act = answer(acts, kind, e);
    act->bid = of->bid;
    act->coa = of->coa;
    act->text = how;
}

static void note_time(struct bcache *b, sim_time at)
{
    if (at < b->next)
        b->next = at;
}

/* ---- bindings ------------------------------------------------------------------ */

static void end_binding(struct bcache_entry *e, struct binding *gone, const char *how,
                        struct bcache_acts *acts)
{
    tell(acts, BCACHE_ENDED, e, gone, how);
    *gone = e->binding[--e->bindings];
}

static void end_all(struct bcache_entry *e, const char *how, struct bcache_acts *acts)
{
    while (e->bindings)
        end_binding(e, &e->binding[0], how, acts);
}

/* The last binding has gone: stop at once, but remember for a while (RFC 6275 10.3.2). */
static void fade_if_empty(struct bcache *b, struct bcache_entry *e, sim_time now,
                          struct bcache_acts *acts)
{
    if (e->bindings || e->state != BCACHE_BOUND)
        return;
    e->state = BCACHE_FADING;
    e->fades = now + b->how.delete_time;
    note_time(b, e->fades);
    (void)answer(acts, BCACHE_PROXY_OFF, e);
}

/* Answers whether there was room. */
static bool put_binding(struct bcache *b, struct bcache_entry *e, const struct binding *new,
                        struct bcache_acts *acts)
{
    struct binding *old = bcache_binding(e, new->bid);
    note_time(b, new->until);
    if (old) {
        bool moved = !addr_eq(&old->coa, &new->coa);
        bool suspended = old->suspended;
        *old = *new;
        old->suspended = suspended;
        tell(acts, moved ? BCACHE_MOVED : BCACHE_REFRESHED, e, new, NULL);
        return true;
    }
    if (e->bindings == MH_BIDS)
        return false;
    e->binding[e->bindings++] = *new;
    tell(acts, BCACHE_MADE, e, new, NULL);
    return true;
}

/* ---- answers ------------------------------------------------------------------- */

/* RFC 6275 9.5.4: to the source of the BU, with a routing header iff it had a home address. */
static struct mh *acknowledge(const struct bcache_entry *e, const struct arrival *a,
                              const struct mh *bu, uint8_t status, struct bcache_acts *acts)
{
    struct bcache_act *act = answer(acts, BCACHE_SEND, e);
    act->dst = a->src;
    act->rh2 = a->has_home;
    act->ba.type = MH_BA;
    act->ba.status = status;
    act->ba.sequence = bu->sequence;
    return &act->ba;
}

/* RFC 5648 6.2: all BID options of the BU come back, without address. */
static void copy_bids(struct mh *ba, const struct mh *bu)
{
    for (unsigned k = 0; k < bu->bids; k++) {
        ba->bid[ba->bids++] =
            (struct mh_bid){.bid = bu->bid[k].bid, .priority = bu->bid[k].priority};
    }
}

static void refuse(const struct bcache *b, const struct bcache_entry *e, const struct arrival *a,
                   const struct mh *bu, uint8_t status, struct bcache_acts *acts)
{
    struct mh *ba = acknowledge(e, a, bu, status, acts);
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

/* ---- registration ---------------------------------------------------------- */

static uint16_t granted_units(const struct bcache *b, const struct mh *bu)
{
    sim_time most = b->how.max_lifetime / (MH_LIFETIME_UNIT_S * SIM_S);
    return bu->lifetime > most ? (uint16_t)most : bu->lifetime;
}

/* The care-of address of a BID option, or the status that refuses it: RFC 5648 6.2. */
static uint8_t coa_of_option(struct bcache_entry *e, const struct mh_bid *option, struct addr *coa)
{
    const struct binding *known = bcache_binding(e, option->bid);
    if (option->has_coa) {
        *coa = option->coa;
        return addr_unicast_routable(coa) ? MH_ST_ACCEPTED : MH_ST_MCOA_MALFORMED;
    }
    if (!known)
        return MH_ST_MCOA_UNKNOWN_COA;
    *coa = known->coa;
    return MH_ST_ACCEPTED;
}

static void register_bids(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                          const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    struct mh answers = {.bids = 0};
    struct addr coa[MH_BIDS];
    bool any = false;
    uint16_t units = granted_units(b, bu);
    copy_bids(&answers, bu);
    for (unsigned k = 0; k < bu->bids; k++) { /* all are looked at before any is changed */
        answers.bid[k].status = coa_of_option(e, &bu->bid[k], &coa[k]);
        any |= answers.bid[k].status == MH_ST_ACCEPTED;
    }
    if (bu->flags & MH_BU_OVERWRITE && any) {
        for (unsigned k = e->bindings; k-- > 0;) {
            bool named = false;
            for (unsigned j = 0; j < bu->bids; j++) {
                named |=
                    bu->bid[j].bid == e->binding[k].bid && answers.bid[j].status == MH_ST_ACCEPTED;
            }
            if (!named)
                end_binding(e, &e->binding[k], "overwritten", acts);
        }
    }
    for (unsigned k = 0; k < bu->bids; k++) {
        const struct binding new = {.bid = bu->bid[k].bid,
                                    .coa = coa[k],
                                    .priority = bu->bid[k].priority,
                                    .until = now + units * (MH_LIFETIME_UNIT_S * SIM_S),
                                    .verified = now};
        if (answers.bid[k].status == MH_ST_ACCEPTED && !put_binding(b, e, &new, acts))
            answers.bid[k].status = MH_ST_RESOURCES;
    }
    struct mh *ba = acknowledge(e, a, bu, MH_ST_ACCEPTED, acts);
    ba->lifetime = units;
    put_answers(ba, &answers);
    fade_if_empty(b, e, now, acts);
}

static void register_plain(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                           const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    uint16_t units = granted_units(b, bu);
    const struct binding new = {.coa = bu->has_alternate ? bu->alternate : a->src,
                                .until = now + units * (MH_LIFETIME_UNIT_S * SIM_S),
                                .verified = now};
    for (unsigned k = e->bindings; k-- > 0;) { /* it replaces all: RFC 5648 6.2 */
        if (e->binding[k].bid)
            end_binding(e, &e->binding[k], "replaced by a plain binding", acts);
    }
    (void)put_binding(b, e, &new, acts);
    acknowledge(e, a, bu, MH_ST_ACCEPTED, acts)->lifetime = units;
}

static void deregister(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                       const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    struct mh answers = {.bids = 0};
    if (bu->bids == 0 || b->how.mcoa == 1) {
        end_all(e, "deregistered", acts);
        fade_if_empty(b, e, now, acts); /* before the answer: RFC 6275 10.3.2 */
        (void)acknowledge(e, a, bu, MH_ST_ACCEPTED, acts);
        return;
    }
    copy_bids(&answers, bu);
    for (unsigned k = 0; k < answers.bids; k++) {
        struct binding *gone = bcache_binding(e, answers.bid[k].bid);
        if (gone) {
            end_binding(e, gone, "deregistered", acts);
        } else {
            answers.bid[k].status = MH_ST_NOT_HOME_AGENT; /* 133: RFC 5648 6.2 */
        }
    }
    put_answers(acknowledge(e, a, bu, MH_ST_ACCEPTED, acts), &answers);
    fade_if_empty(b, e, now, acts);
}

/* What refuses the BU as a whole; MH_ST_ACCEPTED: nothing. RFC 5648 6.2 steps 1, 3, 4, 7. */
static uint8_t refusal(const struct bcache *b, struct bcache_entry *e, const struct mh *bu)
{
    if (b->how.mcoa == 1)
        return MH_ST_ACCEPTED; /* knows no BID option: they are skipped */
    for (unsigned k = 0; k < bu->bids; k++) {
        if ((bu->bid[k].length != 4 && bu->bid[k].length != 8 && bu->bid[k].length != 20) ||
            bu->bid[k].bid == 0)
            return MH_ST_MCOA_MALFORMED;
    }
    if (bu->bids && b->how.mcoa == 2)
        return MH_ST_MCOA_PROHIBITED;
    if (bu->bids > 1 && !b->how.bulk)
        return MH_ST_MCOA_BULK_PROHIBITED;
    for (unsigned k = 0; k < bu->bids; k++) {
        if (bu->bid[k].home)
            return MH_ST_MCOA_HOME_AND_FOREIGN; /* simultaneous use is not offered */
    }
    if (bu->bids && bu->lifetime && !(bu->flags & MH_BU_OVERWRITE) && bcache_binding(e, 0))
        return MH_ST_MCOA_NON_MCOA;
    return MH_ST_ACCEPTED;
}

static void work(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                 const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    assert(bu->bids <= MH_BIDS);
    uint8_t status = refusal(b, e, bu);
    e->sequence = bu->sequence;
    e->has_sequence = true;
    if (status) {
        refuse(b, e, a, bu, status, acts);
    } else if (bu->lifetime == 0) {
        deregister(b, e, a, bu, now, acts);
    } else if (bu->bids && b->how.mcoa == 0) {
        register_bids(b, e, a, bu, now, acts);
    } else {
        register_plain(b, e, a, bu, now, acts);
    }
}

static void wait_for_test(struct bcache_entry *e, const struct arrival *a, const struct mh *bu)
{
    if (e->waits == BCACHE_WAITING) { /* the oldest has been sent again long since */
        memmove(e->waiting, e->waiting + 1, (BCACHE_WAITING - 1) * sizeof e->waiting[0]);
        e->waits--;
    }
    e->waiting[e->waits++] = (struct bcache_waiting){*a, *bu};
}

static bool is_fresh(const struct bcache_entry *e, uint16_t sequence)
{
    uint16_t ahead = (uint16_t)(sequence - e->sequence);
    return !e->has_sequence || (ahead >= 1 && ahead <= FRESH);
}

/* RFC 6275 9.5.1, 10.3.1: the order of the checks is that of the RFC. */
bool bcache_update(struct bcache *b, const struct arrival *a, const struct mh *bu, sim_time now,
                   struct bcache_acts *acts)
{
    struct addr home = a->has_home ? a->home : a->src;
    struct addr coa = bu->has_alternate ? bu->alternate : a->src;
    bool from_home = !a->has_home && bu->lifetime == 0;
    if (!a->authentic || !addr_unicast_routable(&home) || (!a->has_home && !from_home))
        return false;
    if (!(bu->flags & MH_BU_HOME) || bu->has_nonces || !addr_unicast_routable(&coa))
        return false;
    struct bcache_entry *e = bcache_intern(b, &home);
    bool is_known = e->state == BCACHE_BOUND || e->state == BCACHE_FADING;
    if (is_known && !is_fresh(e, bu->sequence)) {
        refuse(b, e, a, bu, MH_ST_SEQUENCE, acts);
        return true;
    }
    if (!prefix_holds(&b->how.home, &home)) {
        refuse(b, e, a, bu, MH_ST_NOT_HOME_SUBNET, acts);
        return true;
    }
    if (e->state == BCACHE_BOUND) {
        work(b, e, a, bu, now, acts);
        return true;
    }
    if (bu->lifetime == 0) {
        refuse(b, e, a, bu, MH_ST_NOT_HOME_AGENT, acts);
        return true;
    }
    wait_for_test(e, a, bu);
    if (e->state == BCACHE_TESTING)
        return true;
    e->state = BCACHE_TESTING;
    e->link_local = bu->flags & MH_BU_LINK_LOCAL;
    (void)answer(acts, BCACHE_TEST, e);
    return true;
}

void bcache_tested(struct bcache *b, const struct addr *home, bool unique, sim_time now,
                   struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(b, home);
    assert(e && e->state == BCACHE_TESTING);
    (void)now;
    if (unique) {
        e->state = BCACHE_BOUND;
        (void)answer(acts, BCACHE_PROXY_ON, e);
        return;
    }
    for (unsigned k = 0; k < e->waits; k++)
        refuse(b, e, &e->waiting[k].arrival, &e->waiting[k].bu, MH_ST_DAD_FAILED, acts);
    e->waits = 0;
    e->state = BCACHE_NONE;
}

bool bcache_resume(struct bcache *b, const struct addr *home, sim_time now,
                   struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (!e || e->state != BCACHE_BOUND || e->waits == 0)
        return false;
    struct bcache_waiting next = e->waiting[0];
    memmove(e->waiting, e->waiting + 1, --e->waits * sizeof e->waiting[0]);
    if (is_fresh(e, next.bu.sequence)) {
        work(b, e, &next.arrival, &next.bu, now, acts);
    } else {
        refuse(b, e, &next.arrival, &next.bu, MH_ST_SEQUENCE, acts);
    }
    if (!e->waits)
        fade_if_empty(b, e, now, acts); /* all were refused */
    return true;
}

/* ---- time --------------------------------------------------------------------- */

sim_time bcache_next(const struct bcache *b)
{
    return b->next;
}

static bool expire_entry(struct bcache *b, struct bcache_entry *e, sim_time now,
                         struct bcache_acts *acts)
{
    bool ended = false;
    for (unsigned k = e->bindings; k-- > 0;) {
        if (e->binding[k].until > now)
            continue;
        end_binding(e, &e->binding[k], "expired", acts);
        ended = true;
    }
    fade_if_empty(b, e, now, acts);
    if (e->state == BCACHE_FADING && e->fades <= now) {
        e->state = BCACHE_NONE;
        e->has_sequence = false;
    }
    return ended;
}

void bcache_tick(struct bcache *b, sim_time now, struct bcache_acts *acts)
{
    sim_time next = SIM_NEVER;
    bool full = false; /* one entry's acts fill the room: the others wait for the next call */
    for (struct bcache_entry *e = b->first; e; e = e->newer) {
        if (!full)
            full = expire_entry(b, e, now, acts);
        for (unsigned k = 0; k < e->bindings; k++) {
            if (e->binding[k].until < next)
                next = e->binding[k].until;
        }
        if (e->state == BCACHE_FADING && e->fades < next)
            next = e->fades;
    }
    b->next = next;
}

/* ---- data ---------------------------------------------------------------------- */

bool bcache_source(struct bcache *b, const struct addr *home, const struct addr *src, sim_time now)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (!e || e->state != BCACHE_BOUND)
        return false;
    if (b->how.source_check == SOURCE_OFF)
        return true;
    uint16_t primary = UINT16_MAX;
    for (unsigned k = 0; k < e->bindings; k++) {
        if (e->binding[k].bid < primary)
            primary = e->binding[k].bid;
    }
    for (unsigned k = 0; k < e->bindings; k++) {
        if (!addr_eq(&e->binding[k].coa, src))
            continue;
        if (b->how.source_check == SOURCE_PRIMARY_ONLY && e->binding[k].bid != primary)
            continue;
        e->binding[k].verified = now;
        return true;
    }
    return false;
}

static const struct bcache_entry *entry_of(const void *who)
{
    return who;
}

static bool usable(const void *who, uint16_t bid)
{
    const struct bcache_entry *e = entry_of(who);
    for (unsigned k = 0; k < e->bindings; k++) {
        if (e->binding[k].bid == bid)
            return !e->binding[k].suspended;
    }
    return false;
}

static const struct binding *last_verified(const struct bcache_entry *e)
{
    const struct binding *last = NULL;
    for (unsigned k = 0; k < e->bindings; k++) {
        if (!last || (last->suspended && !e->binding[k].suspended) ||
            (last->suspended == e->binding[k].suspended && e->binding[k].verified > last->verified))
            last = &e->binding[k];
    }
    return last;
}

unsigned bcache_choose(const struct bcache_entry *e, const struct flow_rule *rule,
                       const struct binding *chosen[MH_BIDS])
{
    uint16_t bid[FLOW_BIDS];
    unsigned n = 0;
    if (e->state != BCACHE_BOUND || !e->bindings)
        return 0;
    unsigned bids = rule ? flow_choose(rule, usable, e, bid) : 0;
    for (unsigned k = 0; k < bids; k++) {
        for (unsigned j = 0; j < e->bindings; j++) {
            if (e->binding[j].bid == bid[k])
                chosen[n++] = &e->binding[j];
        }
    }
    if (!n) /* no decision, or its BIDs are gone: RFC 5648 3 */
        chosen[n++] = last_verified(e);
    return n;
}
