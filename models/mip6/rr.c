#include "models/mip6/rr.h"

#include <assert.h>
#include <stddef.h>

static const sim_time token_life = TOKENS_TOKEN_S * SIM_S;

static const struct rr_test unbegun = {.state = RR_IDLE, .got = -1};

void rr_init(struct rr *r, const struct rr_config *how, struct rng *cookies)
{
    *r = (struct rr){.how = *how, .cookies = cookies, .home = unbegun};
    for (int k = 0; k < RR_COAS; k++)
        r->care_of[k] = unbegun;
    for (int k = 0; k < RR_RATE; k++) /* nothing was sent, and that long ago */
        r->hoti.recent[k] = r->coti.recent[k] = -SIM_S;
}

static unsigned find(const struct rr *r, const struct addr *coa)
{
    unsigned k = 0;
    while (k < RR_COAS && !(r->care_of[k].used && addr_eq(&r->care_of[k].coa, coa)))
        k++;
    return k;
}

/* RFC 6275 5.2.7: not older than 210 s. */
static bool is_usable(const struct rr_test *t, sim_time now)
{
    return t->got >= 0 && now - t->got <= token_life;
}

/* ---- what is wanted ------------------------------------------------------------- */

static void ask(struct rr_test *t, sim_time now)
{
    if (t->state == RR_ASKING)
        return;
    t->state = RR_ASKING;
    t->tries = 0;
    t->timeout = 0;
    t->due = now;
}

static void need(struct rr_test *t, sim_time now)
{
    t->wanted = true;
    if (is_usable(t, now))
        return;
    t->got = -1;
    ask(t, now);
}

bool rr_begin(struct rr *r, const struct addr *coa, sim_time now)
{
    unsigned k = find(r, coa);
    for (unsigned j = 0; k == RR_COAS && j < RR_COAS; j++) {
        if (!r->care_of[j].used)
            k = j;
    }
    if (k == RR_COAS)
        return false;
    struct rr_test *t = &r->care_of[k];
    if (!t->used)
        *t = (struct rr_test){.used = true, .coa = *coa, .got = -1};
    t->asked = true;
    need(t, now);
    need(&r->home, now); /* in parallel: RFC 6275 11.6.1 */
    return true;
}

void rr_begin_home(struct rr *r, sim_time now)
{
    r->home.asked = true;
    need(&r->home, now);
}

void rr_forget(struct rr *r, const struct addr *coa)
{
    unsigned k = find(r, coa);
    if (k < RR_COAS)
        r->care_of[k] = unbegun;
}

static void rest(struct rr_test *t)
{
    t->wanted = t->asked = false;
    if (t->state == RR_ASKING)
        t->state = t->got >= 0 ? RR_HELD : RR_IDLE;
}

void rr_rest(struct rr *r)
{
    rest(&r->home);
    for (int k = 0; k < RR_COAS; k++)
        rest(&r->care_of[k]);
}

void rr_set_home(struct rr *r, bool at_home)
{
    r->at_home = at_home;
}

static void discard(struct rr_test *t)
{
    t->got = -1;
    if (t->state == RR_HELD)
        t->state = RR_IDLE;
}

void rr_discard_home(struct rr *r)
{
    discard(&r->home);
}

void rr_discard(struct rr *r, const struct addr *coa)
{
    unsigned k = find(r, coa);
    if (k < RR_COAS)
        discard(&r->care_of[k]);
}

/* ---- answers: RFC 6275 11.6.2 ------------------------------------------------------- */

static enum rr_verdict take(struct rr_test *t, const struct mh *m, sim_time now)
{
    if (t->state != RR_ASKING || t->tries == 0)
        return RR_UNASKED;
    if (m->cookie != t->cookie)
        return RR_OTHER_COOKIE;
    t->state = RR_HELD;
    t->token = m->token;
    t->nonce = m->nonce_index;
    t->got = now;
    return RR_TAKEN;
}

enum rr_verdict rr_received(struct rr *r, const struct arrival *a, const struct mh *m, sim_time now)
{
    if (!addr_eq(&a->src, &r->how.peer) || a->has_home || !addr_unspecified(&a->home))
        return RR_WRONG_WAY;
    if (m->type == MH_HOT) {
        bool right = addr_eq(&a->dst, &r->how.home) && (a->tunnelled || r->at_home);
        return right ? take(&r->home, m, now) : RR_WRONG_WAY;
    }
    unsigned k = find(r, &a->dst);
    if (m->type != MH_COT || a->tunnelled || k == RR_COAS)
        return RR_WRONG_WAY;
    return take(&r->care_of[k], m, now);
}

/* ---- keys ------------------------------------------------------------------------------ */

bool rr_keys(const struct rr *r, const struct addr *coa, sim_time now, struct rr_keys *keys)
{
    unsigned k = find(r, coa);
    if (k == RR_COAS || !is_usable(&r->home, now) || !is_usable(&r->care_of[k], now))
        return false;
    tokens_kbm(r->home.token, r->care_of[k].token, keys->kbm);
    keys->home_nonce = r->home.nonce;
    keys->care_of_nonce = r->care_of[k].nonce;
    return true;
}

bool rr_keys_home(const struct rr *r, sim_time now, struct rr_keys *keys)
{
    if (!is_usable(&r->home, now))
        return false;
    tokens_kbm_delete(r->home.token, keys->kbm);
    keys->home_nonce = r->home.nonce;
    keys->care_of_nonce = 0;
    return true;
}

/* ---- time --------------------------------------------------------------------------------- */

/* At most RR_RATE of one type in any second: RFC 6275 11.8. */
static sim_time allowed(const struct rr_limiter *l, sim_time at)
{
    sim_time oldest = l->recent[0];
    for (int k = 1; k < RR_RATE; k++) {
        if (l->recent[k] < oldest)
            oldest = l->recent[k];
    }
    return at < oldest + SIM_S ? oldest + SIM_S : at;
}

static void note_sent(struct rr_limiter *l, sim_time now)
{
    int oldest = 0;
    for (int k = 1; k < RR_RATE; k++) {
        if (l->recent[k] < l->recent[oldest])
            oldest = k;
    }
    l->recent[oldest] = now;
}

/* When something is due for a test; a last wait ends without leave of the limiter. */
static sim_time due_of(const struct rr *r, const struct rr_test *t, const struct rr_limiter *l)
{
    if (t->state == RR_ASKING)
        return t->tries > RR_FAILURES ? t->due : allowed(l, t->due);
    if (t->state == RR_HELD && t->wanted && r->how.ahead)
        return t->got + token_life - r->how.ahead;
    return SIM_NEVER;
}

static bool is_ready(const struct rr *r, const struct rr_test *t, sim_time now)
{
    return t->asked && is_usable(t, now) && is_usable(&r->home, now);
}

sim_time rr_next(const struct rr *r)
{
    sim_time next = due_of(r, &r->home, &r->hoti);
    bool at_once = r->home.asked && r->home.got >= 0;
    for (int k = 0; k < RR_COAS; k++) {
        const struct rr_test *t = &r->care_of[k];
        sim_time due = due_of(r, t, &r->coti);
        at_once |= t->asked && t->got >= 0 && r->home.got >= 0;
        if (due < next)
            next = due;
    }
    return at_once ? 0 : next;
}

static struct rr_act *answer(struct rr_acts *acts, enum rr_kind kind, const struct rr_test *t)
{
    assert(acts->n < RR_ACTS);
    struct rr_act *act = &acts->act[acts->n++];
    *act = (struct rr_act){.kind = kind, .coa = t->coa};
    return act;
}

static void send(struct rr *r, struct rr_test *t, bool home, sim_time now, struct rr_acts *acts)
{
    t->cookie = rng_u64(r->cookies); /* a new one each time: RFC 6275 11.8 */
    t->tries++;
    t->timeout = t->timeout ? 2 * t->timeout : r->how.initial_timeout;
    if (t->timeout > r->how.max_timeout)
        t->timeout = r->how.max_timeout;
    t->due = now + t->timeout;
    note_sent(home ? &r->hoti : &r->coti, now);
    struct rr_act *act = answer(acts, home ? RR_SEND_HOTI : RR_SEND_COTI, t);
    act->m.type = home ? MH_HOTI : MH_COTI;
    act->m.cookie = t->cookie;
}

/* Whoever waits for it waits no more; a renewal that nobody waits for fails in silence. */
static void give_up(struct rr *r, struct rr_test *t, bool home, struct rr_acts *acts)
{
    bool waited = t->asked;
    t->state = t->got >= 0 ? RR_HELD : RR_IDLE;
    t->wanted = t->asked = false;
    for (int k = 0; home && k < RR_COAS; k++) {
        waited |= r->care_of[k].asked;
        r->care_of[k].asked = false;
    }
    if (waited)
        (void)answer(acts, RR_FAILED, t);
}

static void work(struct rr *r, struct rr_test *t, bool home, sim_time now, struct rr_acts *acts)
{
    struct rr_limiter *l = home ? &r->hoti : &r->coti;
    if (due_of(r, t, l) > now)
        return;
    if (t->state == RR_HELD)
        ask(t, now);
    if (t->tries > RR_FAILURES) {
        give_up(r, t, home, acts);
    } else if (allowed(l, now) <= now) {
        send(r, t, home, now, acts);
    }
}

/* What was asked for and is there; what has got too old meanwhile is asked for again. */
static void tell(struct rr *r, struct rr_test *t, sim_time now, struct rr_acts *acts)
{
    if (!t->asked)
        return;
    if (is_ready(r, t, now)) {
        t->asked = false;
        (void)answer(acts, RR_READY, t);
    } else {
        need(t, now);
        need(&r->home, now);
    }
}

void rr_tick(struct rr *r, sim_time now, struct rr_acts *acts)
{
    tell(r, &r->home, now, acts);
    for (int k = 0; k < RR_COAS; k++)
        tell(r, &r->care_of[k], now, acts);
    work(r, &r->home, true, now, acts);
    for (int k = 0; k < RR_COAS; k++)
        work(r, &r->care_of[k], false, now, acts);
}

const char *rr_verdict_name(enum rr_verdict verdict)
{
    static const char *const names[] = {
        [RR_TAKEN] = "taken",
        [RR_UNASKED] = "not asked for",
        [RR_OTHER_COOKIE] = "another cookie",
        [RR_WRONG_WAY] = "came the wrong way",
    };
    return names[verdict];
}
