#include "models/mip6/bcache.h"

#include <assert.h>

#include "models/mip6/bcache_update.h"

#define AT(member) offsetof(struct bcache_config, member)

const char *const bcache_source_words[] = {"any-binding", "primary-only", "off", NULL};
static const char *const refuse_words[] = {"nothing", "unspecified", "prohibited", "resources",
                                           NULL};
static const char *const mcoa_words[] = {"accept", "unknown", "prohibited", NULL};
static const char *const home_words[] = {"refuse", "ndp", "no-ndp", NULL};
static const char *const h_words[] = {"literal", "ignore-foreign", NULL};

const struct key bcache_keys[] = {
    {"refuse", KEY_WORD, AT(refuse), "nothing",
     "every registration is refused: 128 unspecified, 129 prohibited, 130 resources",
     .words = refuse_words},
    {"max_homes", KEY_INTEGER, AT(max_homes), "0",
     "home addresses with bindings at once, more are refused with 130; 0: no limit",
     .max = INT64_C(1000000000)},
    {"max_bids", KEY_INTEGER, AT(max_bids), "16",
     "bindings of one home address, more are refused with 130", .min = 1, .max = MH_BIDS},
    {"mcoa", KEY_WORD, AT(mcoa), "accept",
     "several care-of addresses are accepted, unknown (a plain RFC 6275 agent) or prohibited (166)",
     .words = mcoa_words},
    {"bulk", KEY_BOOL, AT(bulk), "true", "several BIDs in one BU are accepted; false: status 168"},
    {"bulk_new_coa", KEY_BOOL, AT(bulk_new_coa), "true",
     "also with care-of addresses never registered before; false: 168, RFC 5648 10"},
    {"simultaneous", KEY_WORD, AT(simultaneous), "ndp",
     "at home and abroad at once (RFC 5648 5.6): refused (169), the node answers for its home "
     "address (0), or only the home agent does (5)",
     .words = home_words},
    {"h_policy", KEY_WORD, AT(h_policy), "literal",
     "a BID option without H ends the home binding, or only that of its own BID (RFC 5648 5.6.5)",
     .words = h_words},
    {"k_bit", KEY_BOOL, AT(moves_keys), "true",
     "K is answered with K: key management follows a movement, RFC 6275 10.3.1"},
    {"refresh_advice", KEY_TIME, AT(advice), "0 s",
     "Binding Refresh Advice in a BA, RFC 6275 6.2.4; 0 s: none",
     .max = INT64_C(65535) * 4 * SIM_S},
    {"refresh_request", KEY_TIME, AT(ask_before), "0 s",
     "a Binding Refresh Request so long before a binding ends, at most half its lifetime, RFC 5648 "
     "6.4; 0 s: none",
     .max = INT64_C(65535) * 4 * SIM_S},
    {"max_lifetime", KEY_TIME, AT(max_lifetime), "262140 s", "granted at most", .min = 4 * SIM_S,
     .max = INT64_C(65535) * 4 * SIM_S},
    {.name = NULL},
};

enum { FIRST_BUCKETS = 16 };

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

struct bcache_act *bcache_answer(struct bcache_acts *acts, enum bcache_kind kind,
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
    struct bcache_act *act = bcache_answer(acts, kind, e);
    act->bid = of->bid;
    act->coa = of->coa;
    act->text = how;
}

static void note_time(struct bcache *b, sim_time at)
{
    if (at < b->next)
        b->next = at;
}

/* When something is due for a binding: a refresh request, or its end. */
static sim_time due_of(const struct binding *of)
{
    return of->ask_at < of->until ? of->ask_at : of->until;
}

/* ---- bindings ------------------------------------------------------------------ */

void bcache_end(struct bcache_entry *e, struct binding *gone, const char *how,
                struct bcache_acts *acts)
{
    tell(acts, BCACHE_ENDED, e, gone, how);
    *gone = e->binding[--e->bindings];
}

void bcache_end_all(struct bcache_entry *e, const char *how, struct bcache_acts *acts)
{
    while (e->bindings)
        bcache_end(e, &e->binding[0], how, acts);
}

struct binding *bcache_home_binding(struct bcache_entry *e)
{
    for (unsigned k = 0; k < e->bindings; k++) {
        if (e->binding[k].home)
            return &e->binding[k];
    }
    return NULL;
}

void bcache_settle(struct bcache *b, struct bcache_entry *e, sim_time now, struct bcache_acts *acts)
{
    const struct binding *at_home = bcache_home_binding(e);
    bool proxied = b->how.serves && e->bindings > 0 && !(at_home && at_home->ndp);
    if (e->state != BCACHE_BOUND)
        return;
    if (proxied != e->proxied)
        (void)bcache_answer(acts, proxied ? BCACHE_PROXY_ON : BCACHE_PROXY_OFF, e);
    e->proxied = proxied;
    if (e->bindings || e->waits)
        return;
    /* The last one has gone: stop at once, but remember for a while (RFC 6275 10.3.2). */
    e->state = BCACHE_FADING;
    e->fades = now + b->how.delete_time;
    b->homes--;
    note_time(b, e->fades);
}

bool bcache_put(struct bcache *b, struct bcache_entry *e, const struct binding *new,
                struct bcache_acts *acts)
{
    struct binding *old = bcache_binding(e, new->bid);
    note_time(b, due_of(new));
    if (old) {
        bool moved = !addr_eq(&old->coa, &new->coa);
        bool suspended = old->suspended;
        sim_time used = old->peer.used;
        *old = *new;
        old->suspended = suspended;
        old->peer.used = used;
        tell(acts, moved ? BCACHE_MOVED : BCACHE_REFRESHED, e, new, NULL);
        return true;
    }
    if (e->bindings >= b->how.max_bids)
        return false;
    e->binding[e->bindings++] = *new;
    tell(acts, BCACHE_MADE, e, new, NULL);
    return true;
}

static void forget(struct bcache *b, struct bcache_entry *e, const char *why,
                   struct bcache_acts *acts)
{
    bool bound = e->state == BCACHE_BOUND;
    bcache_end_all(e, why, acts);
    if (e->proxied)
        (void)bcache_answer(acts, BCACHE_PROXY_OFF, e);
    e->proxied = false;
    e->state = BCACHE_NONE;
    e->has_sequence = false;
    e->waits = 0;
    b->homes -= bound;
}

void bcache_forget_home(struct bcache *b, const struct addr *home, const char *why,
                        struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (e && e->state != BCACHE_NONE && e->state != BCACHE_TESTING) {
        forget(b, e, why, acts);
    } else if (e) {
        e->waits = 0;
        e->has_sequence = false;
    }
}

bool bcache_forget(struct bcache *b, struct bcache_acts *acts)
{
    for (struct bcache_entry *e = b->first; e; e = e->newer) {
        if (e->state == BCACHE_NONE || e->state == BCACHE_TESTING) {
            e->waits = 0; /* the result of a test that runs finds nobody who waits */
            e->has_sequence = false;
            continue;
        }
        forget(b, e, "restart", acts);
        return true;
    }
    return false;
}

/* ---- time --------------------------------------------------------------------- */

sim_time bcache_next(const struct bcache *b)
{
    return b->next;
}

/* RFC 5648 6.4: all bindings that end about now in one request. */
static void ask(const struct bcache *b, struct bcache_entry *e, sim_time now,
                struct bcache_acts *acts)
{
    struct bcache_act *act = NULL;
    for (unsigned k = 0; k < e->bindings; k++) {
        struct binding *of = &e->binding[k];
        if (of->until <= now || of->ask_at > now)
            continue;
        of->ask_at = b->how.ask_again ? now + b->how.ask_again : SIM_NEVER;
        if (b->how.idle && (of->peer.used < 0 || now - of->peer.used >= b->how.idle))
            continue; /* RFC 6275 9.5.5: only what is in use */
        if (!act)
            act = bcache_answer(acts, BCACHE_ASK, e);
        act->ba.type = MH_BRR;
        if (of->bid)
            act->ba.bid[act->ba.bids++] = (struct mh_bid){.bid = of->bid};
    }
}

/* Answers whether something came of it. */
static bool expire_entry(struct bcache *b, struct bcache_entry *e, sim_time now,
                         struct bcache_acts *acts)
{
    unsigned before = acts->n;
    if (b->how.ask_before)
        ask(b, e, now, acts);
    for (unsigned k = e->bindings; k-- > 0;) {
        if (e->binding[k].until <= now)
            bcache_end(e, &e->binding[k], "expired", acts);
    }
    bcache_settle(b, e, now, acts);
    if (e->state == BCACHE_FADING && e->fades <= now) {
        e->state = BCACHE_NONE;
        e->has_sequence = false;
    }
    return acts->n > before;
}

void bcache_tick(struct bcache *b, sim_time now, struct bcache_acts *acts)
{
    sim_time next = SIM_NEVER;
    bool full = false; /* one entry's acts fill the room: the others wait for the next call */
    for (struct bcache_entry *e = b->first; e; e = e->newer) {
        if (!full)
            full = expire_entry(b, e, now, acts);
        for (unsigned k = 0; k < e->bindings; k++) {
            if (due_of(&e->binding[k]) < next)
                next = due_of(&e->binding[k]);
        }
        if (e->state == BCACHE_FADING && e->fades < next)
            next = e->fades;
    }
    b->next = next;
}

/* ---- data ---------------------------------------------------------------------- */

static bool is_primary(const struct bcache_entry *e, const struct binding *of)
{
    for (unsigned k = 0; k < e->bindings; k++) {
        if (e->binding[k].bid < of->bid)
            return false;
    }
    return true;
}

/* The packet was sent from a care-of address: its binding is verified. */
static bool verify(struct bcache_entry *e, const struct addr *coa, bool primary_only, sim_time now)
{
    for (unsigned k = 0; k < e->bindings; k++) {
        struct binding *at = &e->binding[k];
        if (!addr_eq(&at->coa, coa) || (primary_only && !is_primary(e, at)))
            continue;
        at->verified = now;
        return true;
    }
    return false;
}

bool bcache_source(struct bcache *b, const struct addr *home, const struct addr *src,
                   enum bcache_source_check check, sim_time now)
{
    struct bcache_entry *e = bcache_find(b, home);
    if (!e || e->state != BCACHE_BOUND)
        return false;
    if (check == SOURCE_OFF)
        return true;
    return verify(e, src, check == SOURCE_PRIMARY_ONLY, now);
}

bool bcache_has_coa(struct bcache *b, const struct addr *home, const struct addr *src, sim_time now)
{
    struct bcache_entry *e = bcache_find(b, home);
    return e && e->state == BCACHE_BOUND && verify(e, src, false, now);
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
