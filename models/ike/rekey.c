/* CREATE_CHILD_SA for the IKE SA itself (RFC 7296 1.3.2, 2.8.2, 2.18, 2.25.2). */
#include <string.h>

#include "models/ike/parts.h"

/* ---- nonces ---------------------------------------------------------------------------------- */

/* Octet by octet; the shorter is below if it is the other's beginning. */
bool ike_below(const struct ike_nonce *a, const struct ike_nonce *b)
{
    int order = memcmp(a->bytes, b->bytes, a->n < b->n ? a->n : b->n);
    return order ? order < 0 : a->n < b->n;
}

struct ike_nonce ike_lowest(const struct ike_nonce *a, const struct ike_nonce *b)
{
    return ike_below(a, b) ? *a : *b;
}

/* ---- the new one takes the place of the old one ---------------------------------------------- */

struct ike_sa *ike_rival_of(struct ike_sa *sa)
{
    const struct ike_request *r = ike_request_of(sa, IKE_TASK_REKEY_IKE);
    struct ike_sa *rival = r && r->rival.there ? ike_sa_find(sa->ike, r->rival.sa) : NULL;
    return rival && rival->rival_of == sa->own ? rival : NULL;
}

static void inherit_children(struct ike_sa *old, struct ike_sa *heir)
{
    struct ike_child **at = &heir->children;
    while (*at)
        at = &(*at)->next;
    *at = old->children;
    for (struct ike_child *c = old->children; c; c = c->next)
        c->sa = heir;
    old->children = NULL;
}

/* What is still to be done; and what was told on the old one is told again, since the peer may end
 * that before it hears it. */
static void inherit_tasks(struct ike_sa *old, struct ike_sa *heir)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        struct ike_request *r = &old->request[j];
        if (r->task != IKE_TASK_UPDATE_ADDRESSES && r->task != IKE_TASK_ADDITIONAL_ADDRESSES &&
            r->task != IKE_TASK_CHECK_ADDRESS)
            continue;
        (void)ike_todo_add(heir, &r->todo);
        r->forgotten = true;
    }
    bool moves = false;
    for (unsigned j = 0; j < old->todos; j++) {
        const struct ike_todo *t = &old->todo[j];
        moves |= t->task == IKE_TASK_UPDATE_ADDRESSES;
        if (t->task != IKE_TASK_REKEY_IKE && t->task != IKE_TASK_TELL)
            (void)ike_todo_add(heir, t);
    }
    old->todos = 0;
    if (moves && !heir->initiator) /* the peer may wait for its answer at the old address */
        (void)ike_todo_add(old, &(struct ike_todo){.task = IKE_TASK_UPDATE_ADDRESSES});
}

static void is_replaced(struct ike_sa *sa, const struct ike_sa *heir, sim_time now)
{
    sa->heir = heir->own;
    sa->rival_of = 0;
    ike_sa_enter(sa, IKE_REPLACED);
    sa->rekey_at = SIM_NEVER;
    sa->keepalive_at = SIM_NEVER;
    sa->gone_at = now + ike_patience(sa->ike); /* as long as the peer may ask for the answer */
}

/* The surviving IKE SA inherits all Child SAs, where the peer is, and what is still to be done. */
void ike_sa_inherit(struct ike_sa *old, struct ike_sa *heir, sim_time now)
{
    inherit_children(old, heir);
    inherit_tasks(old, heir);
    heir->rival_of = 0;
    heir->path = old->path;
    heir->nat_here = old->nat_here; /* the update may have come while the heir was in the making */
    heir->nat_there = old->nat_there;
    heir->nat_known = old->nat_known;
    heir->mobike = old->mobike;
    heir->pending = old->pending;
    heir->has_pending = old->has_pending;
    heir->pending_bound = old->pending_bound;
    heir->pending_checked = old->pending_checked;
    heir->furthers = old->furthers;
    memcpy(heir->further, old->further, sizeof heir->further);
    ike_keep_alive_from(heir, now);
    is_replaced(old, heir, now);
    ike_proceed(heir, now);
    ike_sa_rearm(heir);
}

/* Of two new ones this is not kept; who made it deletes it. */
static void is_redundant(struct ike_sa *sa, const struct ike_sa *heir, bool own, sim_time now)
{
    sa->todos = 0;
    sa->redundant = true;
    is_replaced(sa, heir, now);
    if (own)
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_DELETE_IKE});
    ike_proceed(sa, now);
    ike_sa_rearm(sa);
}

static void choose(struct ike_sa *old, struct ike_sa *rival, sim_time now)
{
    ike_sa_inherit(old, rival, now);
    ike_new_act(rival->ike, IKE_ACT_CHOSEN, rival)->before = old->own;
}

/* The peer knew all four nonces when it began to speak on it. */
void ike_rival_wins(struct ike_sa *rival, sim_time now)
{
    struct ike_sa *old = ike_sa_find(rival->ike, rival->rival_of);
    if (old && old->state == IKE_UP) {
        choose(old, rival, now);
        ike_sa_rearm(old);
    }
    rival->rival_of = 0;
}

/* ---- what both sides do ---------------------------------------------------------------------- */

static struct ike_sa *fresh_of(struct ike_sa *sa, bool initiator, sim_time now)
{
    struct ike_sa *fresh = ike_sa_new(sa->ike, sa->peer, initiator, &sa->path, now);
    fresh->half_open_until = SIM_NEVER;
    fresh->fragments = sa->fragments;
    fresh->nat_here = sa->nat_here;
    fresh->nat_there = sa->nat_there;
    fresh->nat_known = sa->nat_known;
    fresh->mobike = sa->mobike;
    ike_lease_share(sa, fresh);
    fresh->moves = sa->moves;
    fresh->signature = sa->signature;
    fresh->hashes = sa->hashes;
    return fresh;
}

static bool derive(struct ike_sa *fresh, const struct ike_sa *old, const struct dh *dh,
                   const struct ike_ke *ke, const struct ike_nonce *ni, const struct ike_nonce *nr)
{
    uint8_t shared[DH_PUBLIC];
    uint8_t seed[PRF_BYTES];
    struct ike *k = fresh->ike;
    k->work.dh_shared[dh->group]++;
    if (!dh_agree(dh, ke->data, ke->bytes, shared))
        return false;
    const struct ike_nonces n = {ni->bytes, ni->n, nr->bytes, nr->n};
    ike_skeyseed_rekeyed(old->suite.prf, old->keys.d, &n, shared, dh_shared_bytes(dh->group), seed);
    ike_derive(&fresh->suite, seed, prf_bytes(old->suite.prf), &n, ike_spi_i(fresh),
               ike_spi_r(fresh), &fresh->keys);
    k->work.prf += 16;
    ike_sa_key(fresh);
    return true;
}

/* Of the old one, which SKEYSEED is made with, and of the new one (2.10, 2.18). */
static bool nonce_of(const struct ike_message *m, const struct ike_sa *old,
                     const struct ike_sa *fresh, struct ike_nonce *out)
{
    return ike_take_nonce(m, old->suite.prf, out) && ike_take_nonce(m, fresh->suite.prf, out);
}

/* ---- initiator ------------------------------------------------------------------------------- */

bool ike_rekey_begin(struct ike_sa *sa, struct ike_request *r, sim_time now)
{
    struct ike *k = sa->ike;
    struct ike_writer w;
    struct ike_sa_payload offer;
    uint16_t group = r->todo.value ? (uint16_t)r->todo.value : sa->peer->how->offer[0].group;
    r->fresh = fresh_of(sa, true, now);
    r->nonce = ike_draw_nonce(k);
    dh_draw(&r->dh, group, &k->streams.dh);
    k->work.dh_public[group]++;
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    ike_offer_ike(sa->peer->how, r->fresh->own, 8, &offer);
    ike_put_sa(&w, &offer);
    ike_put_bytes(&w, IKE_P_NONCE, r->nonce.bytes, r->nonce.n);
    ike_put_ke(&w, &(struct ike_ke){group, r->dh.value, dh_public_bytes(group)});
    return ike_send_request(sa, r, IKE_CREATE_CHILD_SA, &w, now);
}

/* Whether the answer makes the new one whole. */
static bool complete(struct ike_sa *sa, struct ike_sa *fresh, const struct ike_request *r,
                     const struct ike_message *m, struct ike_nonce *nr)
{
    struct ike_sa_payload chosen;
    struct ike_proposal again;
    struct ike_ke ke;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_SA);
    const struct ike_payload *value = ike_find(&m->list, IKE_P_KE);
    if (!p || !value || ike_read_sa(p, &chosen) || ike_read_ke(value, &ke) ||
        chosen.proposals != 1 || chosen.proposal[0].spi_bytes != 8 || !chosen.proposal[0].spi)
        return false;
    if (!ike_choose_ike(sa->peer->how, &chosen, &fresh->suite, &again) ||
        again.transforms != chosen.proposal[0].transforms || ke.group != r->dh.group ||
        fresh->suite.group != ke.group || !nonce_of(m, sa, fresh, nr))
        return false;
    fresh->other = chosen.proposal[0].spi;
    return derive(fresh, sa, &r->dh, &ke, &r->nonce, nr);
}

static void refused(struct ike_sa *sa, const struct ike_todo *t, const struct ike_notify *n,
                    sim_time now)
{
    struct ike_todo again = *t;
    bool offered = false;
    again.rounds++;
    again.value = ike_asked_group(n);
    for (unsigned j = 0; j < sa->peer->how->offers; j++)
        offered |= sa->peer->how->offer[j].group == again.value;
    if (n->type == IKE_N_TEMPORARY_FAILURE) {
        ike_put_off(sa, t, IKE_HOW_NOTIFIED, n->type, now);
    } else if (n->type == IKE_N_INVALID_KE_PAYLOAD && offered && t->rounds < IKE_ROUNDS) {
        (void)ike_todo_add(sa, &again);
    } else {
        ike_not_rekeyed(sa, t, IKE_HOW_NOTIFIED, n->type, now);
    }
}

/* Nothing came of the own exchange; the peer's may have been good. */
static void failed(struct ike_sa *sa, struct ike_sa *rival, const struct ike_todo *t,
                   const struct ike_message *m)
{
    struct ike_notify n;
    bool said = ike_find_error(&m->list, &n);
    if (rival) {
        choose(sa, rival, m->now);
    } else if (said) {
        refused(sa, t, &n, m->now);
    } else { /* it thinks that a new one is there */
        ike_sa_end(sa, IKE_HOW_REFUSED, IKE_N_NO_PROPOSAL_CHOSEN, m->now);
    }
}

/* Of two new ones that with the lowest nonce goes: 2.8.1, 2.8.2. */
static void settle(struct ike_sa *sa, struct ike_sa *fresh, struct ike_sa *rival,
                   const struct ike_request *was, const struct ike_nonce *nr, sim_time now)
{
    struct ike_nonce own = ike_lowest(&was->nonce, nr);
    struct ike_sa *chosen = sa->state == IKE_UP ? NULL : ike_sa_find(sa->ike, sa->heir);
    ike_sa_up(fresh, sa->own, now);
    if (rival && ike_below(&own, &was->rival.lowest)) {
        choose(sa, rival, now);
        is_redundant(fresh, rival, true, now);
    } else if (chosen) { /* the peer spoke on its own already */
        is_redundant(fresh, chosen, true, now);
    } else {
        ike_sa_inherit(sa, fresh, now);
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_DELETE_IKE});
        if (rival)
            is_redundant(rival, fresh, false, now);
    }
}

void ike_rekey_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m)
{
    struct ike_notify n;
    struct ike_nonce nr;
    struct ike_sa *fresh = r->fresh;
    const struct ike_request was = *r;
    struct ike_sa *rival = ike_rival_of(sa);
    bool good = !ike_find_error(&m->list, &n) && complete(sa, fresh, &was, m, &nr);
    r->fresh = NULL;
    ike_request_done(r);
    if (good && (sa->state == IKE_UP || ike_sa_find(sa->ike, sa->heir))) {
        settle(sa, fresh, rival, &was, &nr, m->now);
        return;
    }
    ike_sa_end(fresh, IKE_HOW_DROPPED, 0, m->now);
    if (sa->state == IKE_UP)
        failed(sa, rival, &was.todo, m);
}

/* ---- responder ------------------------------------------------------------------------------- */

/* An own exchange about a Child SA is under way, or this IKE SA is being closed: 2.25.2. */
static bool not_now(struct ike_sa *sa)
{
    return sa->state != IKE_UP || ike_request_of(sa, IKE_TASK_CHILD) ||
           ike_request_of(sa, IKE_TASK_REKEY_CHILD) || ike_request_of(sa, IKE_TASK_DELETE_CHILD);
}

static void respond(struct ike_sa *sa, const struct ike_message *m, const struct ike_suite *suite,
                    struct ike_proposal *chosen, const struct ike_ke *ke)
{
    struct ike *k = sa->ike;
    struct ike_nonce ni;
    struct ike_nonce nr = ike_draw_nonce(k);
    struct ike_writer w;
    struct dh dh;
    struct ike_sa *fresh = fresh_of(sa, false, m->now);
    fresh->suite = *suite;
    fresh->other = chosen->spi;
    dh_draw(&dh, suite->group, &k->streams.dh);
    k->work.dh_public[suite->group]++;
    if (!nonce_of(m, sa, fresh, &ni) || !derive(fresh, sa, &dh, ke, &ni, &nr)) {
        ike_sa_end(fresh, IKE_HOW_DROPPED, 0, m->now);
        ike_answer_error(sa, m, IKE_N_INVALID_SYNTAX, 0);
        ike_sa_close(sa, IKE_HOW_REFUSED, IKE_N_INVALID_SYNTAX, m->now);
        return;
    }
    struct ike_sa_payload answer = {.proposals = 1, .proposal = {*chosen}};
    answer.proposal[0].spi = fresh->own;
    ike_begin_inside(&w, k->inside, sizeof k->inside);
    ike_put_sa(&w, &answer);
    ike_put_bytes(&w, IKE_P_NONCE, nr.bytes, nr.n);
    ike_put_ke(&w, &(struct ike_ke){dh.group, dh.value, dh_public_bytes(dh.group)});
    if (!ike_send_answer(sa, m, &w, IKE_TASK_NONE)) {
        ike_sa_end(fresh, IKE_HOW_TOO_LONG, 0, m->now);
        return;
    }
    ike_sa_up(fresh, sa->own, m->now);
    struct ike_request *own = ike_request_of(sa, IKE_TASK_REKEY_IKE);
    if (own) {
        struct ike_sa *former = ike_rival_of(sa);
        if (former)
            ike_sa_end(former, IKE_HOW_DROPPED, 0, m->now);
        fresh->rival_of = sa->own;
        own->rival =
            (struct ike_rival){.there = true, .lowest = ike_lowest(&ni, &nr), .sa = fresh->own};
        ike_sa_rearm(fresh);
        return;
    }
    ike_sa_inherit(sa, fresh, m->now);
}

void ike_rekey_requested(struct ike_sa *sa, const struct ike_message *m)
{
    struct ike_sa_payload in;
    struct ike_suite suite;
    struct ike_proposal chosen;
    struct ike_ke ke;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_SA);
    const struct ike_payload *value = ike_find(&m->list, IKE_P_KE);
    if (not_now(sa)) {
        ike_answer_error(sa, m, IKE_N_TEMPORARY_FAILURE, 0);
        return;
    }
    if (!p || ike_read_sa(p, &in)) {
        ike_answer_error(sa, m, IKE_N_INVALID_SYNTAX, 0);
        ike_sa_close(sa, IKE_HOW_REFUSED, IKE_N_INVALID_SYNTAX, m->now);
        return;
    }
    if (!value || ike_read_ke(value, &ke) || !ike_choose_ike(sa->peer->how, &in, &suite, &chosen) ||
        chosen.spi_bytes != 8 || !chosen.spi) { /* never without KE: 2.18 */
        ike_answer_error(sa, m, IKE_N_NO_PROPOSAL_CHOSEN, 0);
        return;
    }
    if (ke.group != suite.group) {
        ike_answer_error(sa, m, IKE_N_INVALID_KE_PAYLOAD, suite.group);
        return;
    }
    respond(sa, m, &suite, &chosen, &ke);
}
