#include "models/mip6/correspondent.h"

#include <assert.h>
#include <string.h>

#include "models/mip6/bcache_update.h"

enum { SPENT = MH_BIDS, UNREACHABLE = 3 };

/* Nonces of deletions that nobody may use again for these addresses: RFC 6275 9.5.3. */
struct spent {
    struct addr coa;
    uint16_t home_nonce;
    uint16_t care_of_nonce;
    sim_time until;
};

/* Of one home address: what hangs on its entry. */
struct history {
    struct addr at; /* its own address that the last BU that it took came to */
    struct spent spent[SPENT];
};

/* What a BU is checked with. */
struct proof {
    struct addr coa; /* of Mobility Data, RFC 6275 6.2.7 */
    uint8_t kbm[TOKENS_KBM];
};

void correspondent_init(struct correspondent *c, const struct correspondent_config *how,
                        const struct rng *nonces, struct arena *arena)
{
    const sim_time most = CORRESPONDENT_LIFETIME_S * SIM_S;
    const struct bcache_config cache = {
        .valid = SIM_NEVER,
        .preferred = SIM_NEVER,
        .max_lifetime = how->max_lifetime && how->max_lifetime < most ? how->max_lifetime : most,
        .max_bids = how->max_bids ? how->max_bids : MH_BIDS,
        .mcoa = how->mcoa,
        .bulk = false, /* RFC 5648 6.2: 168 */
        .simultaneous = HOME_REFUSED,
        .ask_before = how->ask_before,
        .ask_again = how->ask_again,
        .idle = how->idle,
        /* Numbers outlive the nonces of what they were accepted with: RFC 6275 5.2.8. */
        .delete_time = TOKENS_NONCE_S * SIM_S};
    *c = (struct correspondent){.how = *how, .arena = arena};
    bcache_init(&c->cache, &cache, arena);
    tokens_init(&c->tokens, nonces);
}

/* ---- tests: RFC 6275 9.4 --------------------------------------------------------- */

bool correspondent_test(struct correspondent *c, const struct arrival *a, const struct mh *init,
                        sim_time now, struct mh *answer)
{
    bool home = init->type == MH_HOTI;
    if (a->has_home || !addr_unicast_routable(&a->src) || (!home && init->type != MH_COTI))
        return false;
    *answer = (struct mh){.type = home ? MH_HOT : MH_COT, .cookie = init->cookie};
    answer->token = tokens_give(&c->tokens, &a->src, home ? TOKENS_HOME : TOKENS_CARE_OF, now,
                                &answer->nonce_index);
    return true;
}

/* ---- nonces that deletions have spent ----------------------------------------------- */

static struct history *history_of(const struct bcache_entry *e)
{
    return e->visitor;
}

static bool is_spent(const struct bcache_entry *e, const struct addr *coa, const struct mh *bu,
                     sim_time now)
{
    const struct history *h = e ? history_of(e) : NULL;
    for (unsigned k = 0; h && k < SPENT; k++) {
        const struct spent *s = &h->spent[k];
        if (s->until > now && s->home_nonce == bu->home_nonce &&
            s->care_of_nonce == bu->care_of_nonce && addr_eq(&s->coa, coa))
            return true;
    }
    return false;
}

static void spend(struct correspondent *c, struct bcache_entry *e, const struct binding *gone,
                  sim_time now)
{
    sim_time home = tokens_until(&c->tokens, gone->peer.home_nonce);
    sim_time care_of = tokens_until(&c->tokens, gone->peer.care_of_nonce);
    struct history *h = history_of(e);
    struct spent *s = &h->spent[0];
    for (unsigned k = 1; k < SPENT; k++) {
        if (h->spent[k].until < s->until)
            s = &h->spent[k];
    }
    if (s->until > now) /* no room to remember it while it lives: RFC 6275 5.2.8 */
        tokens_invalidate(&c->tokens, s->care_of_nonce);
    *s = (struct spent){.coa = gone->coa,
                        .home_nonce = gone->peer.home_nonce,
                        .care_of_nonce = gone->peer.care_of_nonce,
                        .until = home < care_of ? home : care_of};
    tokens_spend(&c->tokens, s->home_nonce); /* so that a new test gives another pair */
    tokens_spend(&c->tokens, s->care_of_nonce);
}

static void spend_named(struct correspondent *c, struct bcache_entry *e, const struct mh *bu,
                        sim_time now)
{
    bool all = bu->bids == 0 || c->how.mcoa == 1;
    for (unsigned k = 0; k < e->bindings; k++) {
        if (all || bu->bid[0].bid == e->binding[k].bid)
            spend(c, e, &e->binding[k], now);
    }
}

/* ---- is it authentic: RFC 6275 9.5.1 -------------------------------------------------- */

/* The address that a registration is about. */
static struct addr coa_of(const struct correspondent *c, struct bcache_entry *e,
                          const struct arrival *a, const struct mh *bu)
{
    if (bu->bids && c->how.mcoa != 1) {
        const struct binding *known = e ? bcache_binding(e, bu->bid[0].bid) : NULL;
        if (bu->bid[0].has_coa)
            return bu->bid[0].coa;
        return known ? known->coa : a->src;
    }
    return bu->has_alternate ? bu->alternate : a->src;
}

/* The keys of a BU, or the status that says which of its nonces are gone. */
static uint8_t make_proof(const struct correspondent *c, struct bcache_entry *e,
                          const struct delivery *d, const struct addr *home, sim_time now,
                          struct proof *proof)
{
    const struct mh *bu = d->mh;
    uint64_t home_token = 0;
    uint64_t care_of = 0;
    bool deletes = bu->lifetime == 0;
    proof->coa = deletes ? *home : coa_of(c, e, d->arrival, bu);
    bool home_known = tokens_again(&c->tokens, home, TOKENS_HOME, bu->home_nonce, now, &home_token);
    bool care_of_known = deletes || (tokens_again(&c->tokens, &proof->coa, TOKENS_CARE_OF,
                                                  bu->care_of_nonce, now, &care_of) &&
                                     !is_spent(e, &proof->coa, bu, now));
    if (!home_known)
        return care_of_known ? MH_ST_HOME_NONCE : MH_ST_NONCES;
    if (!care_of_known)
        return MH_ST_CARE_OF_NONCE;
    if (deletes) {
        tokens_kbm_delete(home_token, proof->kbm);
    } else {
        tokens_kbm(home_token, care_of, proof->kbm);
    }
    return MH_ST_ACCEPTED;
}

/* ---- answers: RFC 6275 9.5.4 ------------------------------------------------------------ */

static bool says_expired(uint8_t status)
{
    return status == MH_ST_HOME_NONCE || status == MH_ST_CARE_OF_NONCE || status == MH_ST_NONCES;
}

static bool must_answer(const struct mh *bu, uint8_t status)
{
    return bu->flags & MH_BU_ACK || status == MH_ST_RESOURCES || status == MH_ST_SEQUENCE ||
           status >= MH_ST_MCOA_MALFORMED || says_expired(status);
}

/* Of the acts from `first` on: BAs that nobody asked for go, the others are authorised. */
static void finish_answers(const struct arrival *a, const struct mh *bu, const struct proof *proof,
                           unsigned first, struct bcache_acts *acts)
{
    unsigned kept = first;
    for (unsigned k = first; k < acts->n; k++) {
        struct bcache_act *act = &acts->act[k];
        if (act->kind == BCACHE_SEND && !must_answer(bu, act->ba.status))
            continue;
        if (act->kind == BCACHE_SEND && !says_expired(act->ba.status))
            tokens_authorize(&act->ba, proof->kbm, &proof->coa, &a->dst);
        if (kept < k)
            acts->act[kept] = *act;
        kept++;
    }
    acts->n = kept;
}

/* ---- a Binding Update --------------------------------------------------------------------- */

/* What is dropped in silence whoever sent it. */
static bool names_good_addresses(const struct correspondent *c, const struct arrival *a,
                                 const struct addr *home, const struct mh *bu)
{
    bool plain = bu->bids == 0 || c->how.mcoa == 1;
    const struct addr *coa = bu->has_alternate ? &bu->alternate : &a->src;
    if (!addr_unicast_routable(home) || !addr_unicast_routable(&a->src))
        return false;
    return !plain || bu->lifetime == 0 || (addr_unicast_routable(coa) && !addr_eq(coa, home));
}

static uint8_t refusal(const struct correspondent *c, const struct bcache_entry *e,
                       const struct mh *bu)
{
    bool known = e->state == BCACHE_BOUND || e->state == BCACHE_FADING;
    if (known && !bcache_is_fresh(e, bu->sequence))
        return MH_ST_SEQUENCE;
    if (c->how.refuse && bu->lifetime)
        return (uint8_t)(MH_ST_UNSPECIFIED + c->how.refuse - 1);
    if (e->state != BCACHE_BOUND && bu->lifetime && c->how.max_homes &&
        c->cache.homes >= c->how.max_homes)
        return MH_ST_RESOURCES;
    return MH_ST_ACCEPTED;
}

static void note_nonces(const struct correspondent *c, struct bcache_entry *e, const struct mh *bu,
                        bool made)
{
    struct binding *of = bcache_binding(e, bu->bids && c->how.mcoa != 1 ? bu->bid[0].bid : 0);
    if (!of || !bu->lifetime)
        return;
    of->peer.home_nonce = bu->home_nonce;
    of->peer.care_of_nonce = bu->care_of_nonce;
    if (made)
        of->peer.used = -1;
}

static void work(struct correspondent *c, struct bcache_entry *e, const struct arrival *a,
                 const struct mh *bu, sim_time now, struct bcache_acts *acts)
{
    uint8_t status = refusal(c, e, bu);
    if (status) {
        bcache_refuse(&c->cache, e, a, bu, status, acts);
        return;
    }
    if (!e->visitor)
        e->visitor = arena_take(c->arena, sizeof(struct history));
    history_of(e)->at = a->dst;
    if (e->state != BCACHE_BOUND) {
        e->state = BCACHE_BOUND;
        c->cache.homes++;
    }
    if (bu->lifetime == 0 && bu->bids <= 1)
        spend_named(c, e, bu, now);
    unsigned first = acts->n;
    bcache_work(&c->cache, e, a, bu, now, acts);
    for (unsigned k = first; k < acts->n; k++) {
        enum bcache_kind kind = acts->act[k].kind;
        if (kind == BCACHE_MADE || kind == BCACHE_MOVED || kind == BCACHE_REFRESHED)
            note_nonces(c, e, bu, kind == BCACHE_MADE);
    }
}

/* H with a binding of this kind: RFC 6275 9.5.1. Nothing else of it is a correspondent's. */
static enum correspondent_verdict home_registration(struct correspondent *c,
                                                    const struct arrival *a,
                                                    const struct bcache_entry *e,
                                                    const struct mh *bu, struct bcache_acts *acts)
{
    if (!a->authentic || !e || e->state != BCACHE_BOUND)
        return CORRESPONDENT_FOR_AGENT;
    bcache_refuse(&c->cache, e, a, bu, MH_ST_TYPE_CHANGE, acts);
    return CORRESPONDENT_TAKEN;
}

enum correspondent_verdict correspondent_update(struct correspondent *c, const struct delivery *d,
                                                sim_time now, struct bcache_acts *acts)
{
    const struct arrival *a = d->arrival;
    const struct mh *bu = d->mh;
    struct addr home = a->has_home ? a->home : a->src;
    struct bcache_entry *e = bcache_find(&c->cache, &home);
    struct proof proof;
    unsigned first = acts->n;
    if (bu->flags & MH_BU_HOME)
        return home_registration(c, a, e, bu, acts);
    if (!names_good_addresses(c, a, &home, bu))
        return CORRESPONDENT_BAD_HOME;
    if (!bu->has_nonces || !bu->has_authenticator)
        return CORRESPONDENT_BARE;
    uint8_t expired = make_proof(c, e, d, &home, now, &proof);
    if (expired) {
        const struct bcache_entry stranger = {.home = home};
        bcache_refuse(&c->cache, e ? e : &stranger, a, bu, expired, acts);
        return CORRESPONDENT_TAKEN;
    }
    if (!tokens_authorizes(d->bytes, d->n, proof.kbm, &proof.coa, &a->dst))
        return CORRESPONDENT_UNAUTHENTIC;
    if (!e)
        e = bcache_intern(&c->cache, &home);
    work(c, e, a, bu, now, acts);
    finish_answers(a, bu, &proof, first, acts);
    return CORRESPONDENT_TAKEN;
}

const struct addr *correspondent_address(struct correspondent *c, const struct addr *home)
{
    const struct bcache_entry *e = bcache_find(&c->cache, home);
    return e && e->visitor ? &history_of(e)->at : NULL;
}

/* ---- data ------------------------------------------------------------------------------------ */

const struct binding *correspondent_route(struct correspondent *c, const struct addr *home,
                                          uint16_t bid, sim_time now)
{
    const struct binding *chosen[MH_BIDS];
    struct bcache_entry *e = bcache_find(&c->cache, home);
    if (!e || e->state != BCACHE_BOUND)
        return NULL;
    struct binding *of = bcache_binding(e, bid);
    if ((!of || of->suspended) && bcache_choose(e, NULL, chosen) > 0)
        of = bcache_binding(e, chosen[0]->bid);
    if (!of || of->until <= now)
        return NULL;
    of->peer.used = now;
    return of;
}

bool correspondent_accepts(struct correspondent *c, const struct addr *home, const struct addr *src,
                           sim_time now)
{
    struct bcache_entry *e = bcache_find(&c->cache, home);
    if (!bcache_has_coa(&c->cache, home, src, now))
        return false;
    for (unsigned k = 0; k < e->bindings; k++) {
        struct binding *of = &e->binding[k];
        if (!addr_eq(&of->coa, src))
            continue;
        of->peer.used = now;
        of->peer.unreachable = 0; /* somebody is there */
    }
    return true;
}

void correspondent_unreachable(struct correspondent *c, const struct addr *home,
                               const struct addr *coa, sim_time now, struct bcache_acts *acts)
{
    struct bcache_entry *e = bcache_find(&c->cache, home);
    int64_t most = c->how.unreachable ? c->how.unreachable : UNREACHABLE;
    for (unsigned k = e && e->state == BCACHE_BOUND ? e->bindings : 0; k-- > 0;) {
        struct binding *of = &e->binding[k];
        struct binding_peer *peer = &of->peer;
        if (!addr_eq(&of->coa, coa) ||
            (peer->unreachable && now - peer->unreachable_at < c->how.unreachable_gap))
            continue;
        peer->unreachable_at = now;
        if (++peer->unreachable >= most)
            bcache_end(e, of, "unreachable", acts);
    }
    if (e)
        bcache_settle(&c->cache, e, now, acts);
}

/* ---- time -------------------------------------------------------------------------------------
 */

sim_time correspondent_next(const struct correspondent *c)
{
    return bcache_next(&c->cache);
}

void correspondent_tick(struct correspondent *c, sim_time now, struct bcache_acts *acts)
{
    bcache_tick(&c->cache, now, acts);
}

const char *correspondent_verdict_name(enum correspondent_verdict verdict)
{
    static const char *const names[] = {
        [CORRESPONDENT_TAKEN] = "taken",
        [CORRESPONDENT_FOR_AGENT] = "for a home agent",
        [CORRESPONDENT_BAD_HOME] = "no address to bind",
        [CORRESPONDENT_BARE] = "without nonces or authorization",
        [CORRESPONDENT_UNAUTHENTIC] = "not authentic",
    };
    return names[verdict];
}
