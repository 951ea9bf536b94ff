/* Child SAs: what is agreed, installed, replaced and forgotten (RFC 7296 1.3, 2.8, 2.9, 2.17). */
#include "models/ike/parts.h"

/* ---- the set of them ------------------------------------------------------------------------- */

struct ike_child *ike_child_find(const struct ike *k, uint32_t spi_in)
{
    struct ike_child *c = map_find(&k->by_child, spi_in);
    return c && (const char *)c != k->taken && c->sa ? c : NULL;
}

struct ike_child *ike_child_by_out(const struct ike_sa *sa, uint32_t spi_out)
{
    for (struct ike_child *c = sa->children; c; c = c->next) {
        if (c->is.spi_out == spi_out && c->state != IKE_CHILD_LINGERS)
            return c;
    }
    return NULL;
}

/* The one that serves, or will. */
struct ike_child *ike_child_of(const struct ike_sa *sa, unsigned policy, unsigned number)
{
    for (struct ike_child *c = sa->children; c; c = c->next) {
        if (c->policy == policy && c->is.number == number && c->state == IKE_CHILD_UP)
            return c;
    }
    return NULL;
}

unsigned ike_child_count(const struct ike_sa *sa)
{
    unsigned n = 0;
    for (const struct ike_child *c = sa->children; c; c = c->next)
        n += c->state == IKE_CHILD_UP;
    return n;
}

static struct ike_child *new_child(struct ike_sa *sa, unsigned policy, unsigned number)
{
    struct ike *k = sa->ike;
    struct ike_child *c = pool_take(&k->children);
    c->sa = sa;
    c->policy = policy;
    c->forget_at = SIM_NEVER;
    c->is.policy = &sa->peer->how->policy[policy];
    c->is.number = number;
    c->is.spi_in = ike_draw_spi(k);
    map_put(&k->by_child, c->is.spi_in, c);
    return c;
}

struct ike_child *ike_child_begin(struct ike_sa *sa, unsigned policy, unsigned number)
{
    struct ike_child *c = new_child(sa, policy, number);
    c->is.initiator = true;
    return c;
}

/* Acts may still point to it: it is given back with the next event. Its SPI stays taken. */
void ike_child_give(struct ike *k, struct ike_child *c)
{
    map_put(&k->by_child, c->is.spi_in, k->taken);
    c->next = k->dead_children;
    k->dead_children = c;
}

static void append(struct ike_child *c)
{
    struct ike_child **at = &c->sa->children;
    while (*at)
        at = &(*at)->next;
    c->next = NULL;
    *at = c;
}

static void unlink_child(struct ike_child *c)
{
    struct ike_child **at = &c->sa->children;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
}

/* ---- what becomes of one --------------------------------------------------------------------- */

static struct sa_lifetime lifetime_of(struct ike_sa *sa)
{
    const struct ike_lifetimes *l = &sa->peer->how->lifetimes;
    struct sa_lifetime t = l->child;
    if (t.soft && l->jitter_ppb) {
        sim_time most = t.soft / SIM_S * l->jitter_ppb + t.soft % SIM_S * l->jitter_ppb / SIM_S;
        t.soft -= rng_uniform(&sa->ike->streams.jitter, 0, most);
    }
    return t;
}

/* `sends`: its outbound half may be used at once; `before` is what it replaces. */
void ike_child_install(struct ike_child *c, bool sends, struct ike_child *before)
{
    struct ike_sa *sa = c->sa;
    append(c);
    c->state = IKE_CHILD_UP;
    c->waits_to_send = !sends;
    c->is.sends = sends;
    c->is.before = before ? before->is.spi_in : 0;
    c->is.lifetime = lifetime_of(sa);
    c->hard_at = c->is.lifetime.hard ? sa->ike->now + c->is.lifetime.hard : SIM_NEVER;
    c->is.path = sa->path;
    c->is.encapsulated = sa->nat_here || sa->nat_there;
    c->is.local = c->local.selector[0];
    c->is.remote = c->remote.selector[0];
    ike_tell_child(c, IKE_ACT_INSTALL, IKE_HOW_REPLACED);
}

struct ike_child *ike_child_heir(const struct ike_child *c)
{
    return c->heir ? ike_child_find(c->sa->ike, c->heir) : NULL;
}

/* The heir sends in its place. */
static void hand_over(struct ike_child *heir)
{
    if (!heir || !heir->waits_to_send || heir->state != IKE_CHILD_UP)
        return;
    heir->waits_to_send = false;
    heir->is.sends = true;
    ike_tell_child(heir, IKE_ACT_SENDS, IKE_HOW_REPLACED);
}

void ike_child_replace(struct ike_child *old, struct ike_child *heir)
{
    if (heir)
        old->heir = heir->is.spi_in;
    if (old->state == IKE_CHILD_UP)
        old->state = IKE_CHILD_REPLACED;
    hand_over(heir);
}

void ike_child_tell_end(struct ike_child *c, enum ike_how how)
{
    if (!c->ended)
        ike_tell_child(c, IKE_ACT_END, how);
    c->ended = true;
}

/* Deleted: its outbound half at once; its inbound half lingers where it was replaced, since packets
 * on a longer path are still under way. */
void ike_child_end(struct ike_child *c, enum ike_how how, sim_time now)
{
    sim_time linger = c->sa->ike->how.timers.linger;
    ike_child_tell_end(c, how);
    hand_over(ike_child_heir(c));
    if (c->state == IKE_CHILD_LINGERS)
        return;
    c->state = IKE_CHILD_LINGERS;
    if (c->heir && linger && !c->hidden) {
        c->forget_at = now + linger;
        return;
    }
    ike_child_forget(c);
}

void ike_child_stop(struct ike_child *c, enum ike_how how)
{
    ike_child_tell_end(c, how);
    ike_child_forget(c);
}

void ike_child_forget(struct ike_child *c)
{
    ike_tell_child(c, IKE_ACT_FORGET, IKE_HOW_DELETED);
    unlink_child(c);
    ike_child_give(c->sa->ike, c);
}

void ike_child_delete_later(struct ike_child *c, enum ike_how how)
{
    c->doomed = how;
    (void)ike_todo_add(c->sa, &(struct ike_todo){.task = IKE_TASK_DELETE_CHILD,
                                                 .policy = c->policy,
                                                 .number = c->is.number,
                                                 .spi = c->is.spi_in,
                                                 .value = (uint32_t)how});
}

void ike_child_disown(struct ike_child *c)
{
    append(c);
    c->hidden = true;
    c->state = IKE_CHILD_REPLACED;
    ike_child_delete_later(c, IKE_HOW_REFUSED);
}

void ike_child_refused(struct ike_sa *sa, unsigned policy, unsigned number, enum ike_how how,
                       uint16_t notify)
{
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_NO_CHILD, sa);
    a->policy = policy;
    a->number = number;
    a->how = how;
    a->notify = notify;
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* KEYMAT: what the initiator of this exchange sends is first (2.17). */
static void derive(struct ike_child *c, const uint8_t *shared, size_t bytes,
                   const struct ike_nonce *ni, const struct ike_nonce *nr)
{
    const struct ike_sa *sa = c->sa;
    const struct ike_nonces n = {ni->bytes, ni->n, nr->bytes, nr->n};
    struct sa_keys i;
    struct sa_keys r;
    ike_keymat(sa->suite.prf, sa->keys.d, shared, bytes, &n, c->is.suite, &i, &r);
    c->is.out = c->is.initiator ? i : r;
    c->is.in = c->is.initiator ? r : i;
    sa->ike->work.prf += 4;
}

/* ---- initiator ------------------------------------------------------------------------------- */

void ike_put_child(struct ike_child *c, struct ike_writer *w, const struct ike_nonce *ni,
                   const struct dh *dh, const struct ike_child *old)
{
    struct ike_sa_payload offer;
    const struct ike_sa *sa = c->sa;
    /* Not narrower than what it replaces: 2.9.2. */
    struct ike_ts local = old ? old->local : ike_policy_local(sa, c->is.policy);
    struct ike_ts remote = old ? old->remote : ike_policy_remote(sa, c->is.policy);
    c->local = local;
    c->remote = remote;
    if (c->is.policy->transport)
        ike_put_status(w, IKE_N_USE_TRANSPORT_MODE, NULL, 0);
    ike_offer_esp(sa->peer->how, c->is.spi_in, ni != NULL, &offer);
    ike_put_sa(w, &offer);
    if (ni)
        ike_put_bytes(w, IKE_P_NONCE, ni->bytes, ni->n);
    if (dh && dh->group)
        ike_put_ke(w, &(struct ike_ke){dh->group, dh->value, dh_public_bytes(dh->group)});
    ike_put_ts(w, IKE_P_TSI, &local);
    ike_put_ts(w, IKE_P_TSR, &remote);
}

static uint16_t complete_keys(struct ike_child *c, const struct ike_message *m,
                              const struct ike_esp_offer *offer, const struct ike_nonce *ni,
                              const struct ike_nonce *nr, const struct dh *dh)
{
    uint8_t shared[DH_PUBLIC];
    struct ike_ke ke;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_KE);
    uint16_t group = dh ? offer->group : DH_NONE;
    if (group) {
        if (!p || ike_read_ke(p, &ke) || ke.group != group || dh->group != group)
            return IKE_N_INVALID_SYNTAX;
        c->sa->ike->work.dh_shared[group]++;
        if (!dh_agree(dh, ke.data, ke.bytes, shared))
            return IKE_N_INVALID_SYNTAX;
    }
    c->group = group;
    derive(c, group ? shared : NULL, dh_shared_bytes(group), ni, nr);
    return 0;
}

uint16_t ike_child_complete(struct ike_child *c, const struct ike_message *m,
                            const struct ike_nonce *ni, const struct ike_nonce *nr,
                            const struct dh *dh, const struct ike_child *old)
{
    struct ike_sa_payload sa;
    struct ike_proposal again;
    struct ike_esp_offer offer;
    struct ike_ts local;
    struct ike_ts remote;
    struct ike_notify n;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_SA);
    const struct ike_payload *tsi = ike_find(&m->list, IKE_P_TSI);
    const struct ike_payload *tsr = ike_find(&m->list, IKE_P_TSR);
    if (!p || ike_read_sa(p, &sa) || !ike_take_ts(tsi, &local) || !ike_take_ts(tsr, &remote))
        return IKE_N_INVALID_SYNTAX;
    if (sa.proposals != 1 || !ike_choose_esp(c->sa->peer->how, &sa, dh != NULL, &offer, &again) ||
        again.transforms != sa.proposal[0].transforms)
        return IKE_N_NO_PROPOSAL_CHOSEN;
    if (!ike_ts_within(&local, &c->local) || !ike_ts_within(&remote, &c->remote))
        return IKE_N_TS_UNACCEPTABLE;
    if (old && !(ike_ts_equal(&local, &old->local) && ike_ts_equal(&remote, &old->remote)))
        return IKE_N_TS_UNACCEPTABLE; /* 2.9.2 */
    if (ike_find_notify(&m->list, IKE_N_USE_TRANSPORT_MODE, &n) != c->is.policy->transport)
        return IKE_N_NO_PROPOSAL_CHOSEN; /* 1.3.1: the mode is not what was wished */
    c->is.suite = offer.suite;
    c->is.esn = offer.esn;
    c->is.spi_out = (uint32_t)sa.proposal[0].spi;
    c->local = local;
    c->remote = remote;
    return complete_keys(c, m, &offer, ni, nr, dh);
}

/* ---- responder ------------------------------------------------------------------------------- */

/* Among Child SAs with equal selectors: the lowest number that none has. */
static unsigned free_number(const struct ike_sa *sa, unsigned policy)
{
    unsigned number = 0;
    while (ike_child_of(sa, policy, number))
        number++;
    return number;
}

static bool too_many(const struct ike_sa *sa, unsigned policy, const struct ike_child *old)
{
    int64_t most = sa->ike->how.sa_max;
    unsigned parallel = sa->peer->how->policy[policy].parallel;
    if (old)
        return false;
    return (most && (int64_t)ike_child_count(sa) >= most) ||
           (parallel && free_number(sa, policy) >= parallel);
}

static void put_answer(const struct ike_child *c, const struct ike_proposal *chosen,
                       const struct ike_nonce *nr, const struct dh *dh, struct ike_writer *w)
{
    struct ike_sa_payload answer = {.proposals = 1, .proposal = {*chosen}};
    answer.proposal[0].spi = c->is.spi_in;
    if (c->is.policy->transport)
        ike_put_status(w, IKE_N_USE_TRANSPORT_MODE, NULL, 0);
    ike_put_sa(w, &answer);
    if (nr)
        ike_put_bytes(w, IKE_P_NONCE, nr->bytes, nr->n);
    if (dh->group)
        ike_put_ke(w, &(struct ike_ke){dh->group, dh->value, dh_public_bytes(dh->group)});
    ike_put_ts(w, IKE_P_TSI, &c->remote);
    ike_put_ts(w, IKE_P_TSR, &c->local);
}

/* Its own exchange of values: 0, or what is wrong. */
static uint16_t agree(struct ike_sa *sa, const struct ike_message *m, uint16_t group, struct dh *dh,
                      uint8_t shared[DH_PUBLIC])
{
    struct ike_ke ke;
    struct ike *k = sa->ike;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_KE);
    dh->group = DH_NONE;
    if (!group)
        return 0;
    if (!p || ike_read_ke(p, &ke) || ke.group != group)
        return IKE_N_INVALID_KE_PAYLOAD;
    dh_draw(dh, group, &k->streams.dh);
    k->work.dh_public[group]++;
    k->work.dh_shared[group]++;
    return dh_agree(dh, ke.data, ke.bytes, shared) ? 0 : IKE_N_INVALID_SYNTAX;
}

uint16_t ike_child_answer(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w,
                          struct ike_child *old, const struct ike_nonce *ni, struct ike_nonce *nr,
                          struct ike_child **made, uint16_t *group)
{
    bool in_auth = m->h.exchange == IKE_AUTH;
    struct ike_wanted want;
    struct ike_sa_payload in;
    struct ike_esp_offer offer;
    struct ike_proposal chosen;
    struct dh dh;
    uint8_t shared[DH_PUBLIC];
    *group = DH_NONE;
    if (!ike_read_wanted(m, &want, &in))
        return IKE_N_INVALID_SYNTAX;
    ike_claim_address(sa, &want.peer);
    uint16_t wrong = ike_find_policy(sa, &want);
    if (wrong)
        return wrong;
    if (old && old->policy != want.policy)
        return IKE_N_TS_UNACCEPTABLE;
    if (too_many(sa, want.policy, old))
        return IKE_N_NO_ADDITIONAL_SAS;
    if (!ike_choose_esp(sa->peer->how, &in, !in_auth, &offer, &chosen))
        return IKE_N_NO_PROPOSAL_CHOSEN;
    *group = in_auth ? DH_NONE : offer.group;
    wrong = agree(sa, m, *group, &dh, shared);
    if (wrong)
        return wrong;
    struct ike_child *c =
        new_child(sa, want.policy, old ? old->is.number : free_number(sa, want.policy));
    c->is.suite = offer.suite;
    c->is.esn = offer.esn;
    c->is.spi_out = (uint32_t)chosen.spi;
    c->group = *group;
    c->local = want.local;
    c->remote = want.remote;
    if (!in_auth)
        *nr = ike_draw_nonce(sa->ike);
    derive(c, *group ? shared : NULL, dh_shared_bytes(*group), ni, nr);
    put_answer(c, &chosen, in_auth ? NULL : nr, &dh, w);
    *made = c;
    return 0;
}
