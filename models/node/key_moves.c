/*
 * Which care-of address IKE uses, and how it goes from one to another (RFC 5648 9.1, RFC 4877 7.4,
 * RFC 6275 10.3.1, 11.7; ambiguities: the K bit with several care-of addresses).
 *
 *   K bit           the binding update list says when: protect_key_address() comes here
 *   MOBIKE          UPDATE_SA_ADDRESSES beside the Binding Update, or before it
 *   re-establish    a new IKE SA from the new address, while the old SAs serve or after they went
 */
#include <string.h>

#include "models/node/key_parts.h"
#include "models/node/mobile.h"

static const struct addr *home_of(const struct keyed *k)
{
    return &k->who->subject->address;
}

static int mobility_of(const struct keyed *k)
{
    int m = k->said.how->mobility;
    bool cannot = (m == KEY_BY_K_BIT && k->refused_k) ||
                  (m == KEY_BY_MOBIKE && k->sa && !ike_speaks_mobike(k->of->ike, k->sa));
    return cannot ? KEY_BY_NEW_SA : m;
}

/* ---- mobile node ----------------------------------------------------------------------------- */

static void begin(struct keyed *k, const struct addr *coa, bool anew)
{
    k->coa = *coa;
    k->suspects = false;
    k->begins = true;
    if (!k->ever)
        mobile_set_key_address(k->of->node->mobile, coa);
    key_wish(k->of, &(struct key_wish){.kind = anew ? KEY_WISH_ANEW : KEY_WISH_START,
                                       .who = k,
                                       .local = *coa,
                                       .remote = k->said.agent});
    key_want_all(k);
}

static void hold(struct keyed *k, bool on)
{
    if (k->holds == on)
        return;
    k->holds = on;
    mobile_hold_updates(k->of->node->mobile, on);
}

static void drop(struct keyed *k, uint64_t sa)
{
    if (sa)
        key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_DROP, .who = k, .sa = sa});
}

/* What is in the making from an address that is no more is given up, and so is a new one that never
 * had all; of those that are whole the last one serves, or goes. */
static void establish_anew(struct keyed *k, const struct addr *coa)
{
    uint64_t sa = k->sa;
    k->moving = true;
    drop(k, k->starting);
    k->starting = 0;
    if (k->said.how->old_sas == KEY_DROPS_OLD || (k->old && k->old != sa)) {
        drop(k, sa);
    } else {
        k->old = sa;
    }
    begin(k, coa, true);
    k->moving = false;
}

static void update(struct keyed *k)
{
    key_wish(k->of,
             &(struct key_wish){.kind = KEY_WISH_UPDATE, .who = k, .sa = k->sa, .local = k->coa});
}

/* It was refused before there was a binding, and there is one now: `responder.mobike_unbound`. */
static void insist(struct keyed *k)
{
    if (!k->unaccepted || k->insisted || !k->sa || !mobile_is_bound(k->of->node->mobile, &k->coa))
        return;
    k->unaccepted = false;
    k->insisted = true;
    update(k);
}

/* The IKE SA is up, and should use another address. */
static void move(struct keyed *k, const struct addr *coa)
{
    const struct key_config *how = k->said.how;
    switch (mobility_of(k)) {
    case KEY_BY_MOBIKE:
        hold(k, how->order != KEY_PARALLEL);
        k->coa = *coa;
        k->suspects = k->unaccepted = k->insisted = false;
        update(k);
        break;
    case KEY_BY_NEW_SA:
        if (how->order == KEY_PARALLEL && how->old_sas == KEY_DROPS_OLD && !k->who->client &&
            !k->starting && !k->suspects)
            break; /* the Binding Update needs the old SAs: key_exchange_registered() */
        hold(k, how->order != KEY_PARALLEL);
        establish_anew(k, coa);
        break;
    case KEY_BY_K_BIT:
        if (k->suspects)
            mobile_move_keys(k->of->node->mobile, &k->coa);
        break;
    default:
        break;
    }
}

/* Where it shall begin, and that is not there yet: it waits a moment. */
static bool is_patient(struct keyed *k)
{
    struct addr rather;
    sim_time patience = k->of->timers.patience;
    if (k->ever || !k->said.preferred || !patience ||
        mobile_key_choice(k->of->node->mobile, k->said.preferred, true, &k->coa, NULL, &rather))
        return false;
    if (!k->waited)
        sim_arm_in(k->of->node->sim, &k->retry, patience);
    k->waited = true;
    return sim_armed(&k->retry);
}

static void choose(struct keyed *k)
{
    struct addr best;
    const struct mobile *m = k->of->node->mobile;
    bool waits = k->said.how->when_dead == KEY_WAITS && k->ever;
    const struct addr *avoid = k->suspects ? &k->coa : NULL;
    if (!mobile_key_choice(m, k->said.preferred, waits, &k->coa, avoid, &best))
        return;
    if (k->begins)
        return;
    if (k->sa) {
        if (!addr_eq(&best, &k->coa))
            move(k, &best);
    } else if (!k->starting) {
        if (!is_patient(k) && (!sim_armed(&k->retry) || !k->ever))
            begin(k, &best, false);
    } else if (!addr_eq(&best, &k->coa)) { /* from an address that is no more: once more */
        drop(k, k->starting);
    }
}

static void review(struct keyed *k)
{
    if (k->of->closed)
        return;
    choose(k);
    key_tell_addresses(k);
}

void key_exchange_review(struct node *n)
{
    if (n->keys && !n->keys->responds && n->keys->first && !n->keys->first->moving)
        review(n->keys->first);
}

void key_exchange_close(struct node *n)
{
    struct key_exchange *x = n->keys;
    if (!x)
        return;
    x->closed = true;
    for (struct keyed *k = x->first; k; k = k->next) {
        drop(k, k->starting);
        if (k->old)
            key_wish(x, &(struct key_wish){.kind = KEY_WISH_DELETE, .who = k, .sa = k->old});
        if (k->sa)
            key_wish(x, &(struct key_wish){.kind = KEY_WISH_DELETE, .who = k, .sa = k->sa});
    }
}

bool key_exchange_is_open(const struct node *n)
{
    for (const struct keyed *k = n->keys ? n->keys->first : NULL; k; k = k->next) {
        if (k->sa || k->starting || k->old)
            return true;
    }
    return false;
}

static void retry(struct sim *sim, void *owner)
{
    struct keyed *k = owner;
    (void)sim;
    if (!k->of->closed && !k->sa && !k->starting)
        NODE_EVENT(k->of->node, EV_IKE_WAITED, field_addr("home_address", home_of(k)));
    review(k);
}

void key_moves_init(struct keyed *k)
{
    sim_timer_init(&k->retry, retry, k);
}

void key_unanswered(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    if (k->of->responds || a->sa != k->sa || !addr_eq(&a->path.local, &k->coa))
        return;
    struct addr best;
    struct addr here = k->coa;
    k->suspects = true;
    NODE_EVENT(n, EV_IKE_SUSPECT, field_addr("home_address", home_of(k)),
               field_addr("care_of_address", &k->coa));
    /* There is no other address: perhaps the home agent knows nothing of the SA any more. */
    if (mobility_of(k) == KEY_BY_NEW_SA && !k->starting &&
        !mobile_key_choice(n->mobile, k->said.preferred, false, &here, &here, &best)) {
        establish_anew(k, &here);
        return;
    }
    review(k);
}

bool key_exchange_holds_updates(const struct node *n)
{
    return n->keys && n->keys->first && n->keys->first->holds;
}

void key_exchange_registered(struct node *n, const struct addr *coa, bool moves_keys)
{
    struct keyed *k = n->keys ? n->keys->first : NULL;
    struct addr best;
    if (!k)
        return;
    if (k->said.how->mobility == KEY_BY_K_BIT && !moves_keys)
        k->refused_k = true;
    bool waited = mobility_of(k) == KEY_BY_NEW_SA && k->said.how->order == KEY_PARALLEL &&
                  k->said.how->old_sas == KEY_DROPS_OLD && k->sa && !k->starting;
    if (waited && !addr_eq(coa, &k->coa) &&
        mobile_key_choice(n->mobile, k->said.preferred, false, &k->coa, NULL, &best) &&
        !addr_eq(&best, &k->coa))
        establish_anew(k, &best); /* as the home agent does: RFC 6275 11.7.3 */
    k->insisted = false;
    insist(k);
    review(k);
}

/* ---- both ends ------------------------------------------------------------------------------- */

/* Number of Child SAs that IKE keeps for it. */
static unsigned all_of(const struct keyed *k)
{
    unsigned n = 0;
    for (unsigned j = 0; j < k->config.policies; j++)
        n += k->config.policy[j].parallel;
    return n;
}

static void release_when_ready(struct keyed *k, const struct ike_act *a)
{
    if (!k->holds || a->sa != k->sa)
        return;
    bool own_pair = k->entry[a->child->policy - k->config.policy] == k->updates;
    bool all = ike_children(k->of->ike, a->sa) >= all_of(k);
    if (k->said.how->order == KEY_SAS_FIRST ? all : own_pair)
        hold(k, false);
}

void key_installed(struct keyed *k, const struct ike_act *a)
{
    struct node *n = k->of->node;
    if (!k->of->responds && k->entry[a->child->policy - k->config.policy] == k->updates)
        mobile_set_keyed(n->mobile);
    if (!k->of->responds)
        release_when_ready(k, a);
    /* The old IKE SA has served when the new one has as many; what is under way still opens. */
    if (k->old && a->sa == k->sa && ike_children(k->of->ike, a->sa) >= all_of(k)) {
        key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_RETIRE, .who = k, .sa = k->old});
        k->old = 0;
    }
}

void key_up(struct keyed *k, const struct ike_act *a)
{
    uint64_t before = k->sa;
    k->ever = true;
    if (a->sa == k->starting)
        k->starting = 0;
    k->sa = ike_sa_of(k->of->ike, k->peer);
    if (!a->before)
        k->furthers = 0;
    if (k->who->client)
        k->who->key_coa = k->of->responds ? a->path.remote : a->path.local;
    if (!k->of->responds) {
        if (k->sa) /* or it is being deleted already */
            review(k);
        return;
    }
    k->was_bound &= addr_eq(&k->coa, &a->path.remote);
    k->coa = a->path.remote;
    if (before && !a->before && before != k->sa) { /* established anew by the mobile node */
        if (k->said.how->old_sas == KEY_DROPS_OLD || k->old) {
            drop(k, before); /* one that never had all, if another serves */
        } else {
            k->old = before;
        }
    }
    bool anew = !a->before && k->said.how->mobility == KEY_BY_MOBIKE; /* nothing else tells it */
    if ((!k->placed || anew) && !k->who->client) {
        k->placed = true;
        protect_key_address(k->of->node, home_of(k), &k->coa);
    }
}

/* What has to be said from now on is said on the one that serves. */
void key_chosen(struct keyed *k)
{
    k->sa = ike_sa_of(k->of->ike, k->peer);
    if (!k->of->responds)
        review(k);
}

/* Why it ended says when to begin again. */
static bool at_once(enum ike_how how)
{
    return how == IKE_HOW_DROPPED || how == IKE_HOW_DEAD || how == IKE_HOW_LIFETIME ||
           how == IKE_HOW_DELETED_BY_PEER || how == IKE_HOW_DELETED || how == IKE_HOW_CONTACT;
}

void key_down(struct keyed *k, const struct ike_act *a)
{
    struct sim *sim = k->of->node->sim;
    bool began = a->sa == k->starting;
    if (began)
        k->starting = 0;
    if (a->sa == k->old)
        k->old = 0;
    k->sa = ike_sa_of(k->of->ike, k->peer);
    if (k->assigned && !k->sa && !k->old)
        key_unassign(k);
    if (k->of->responds || k->starting || k->begins || k->moving)
        return;
    if (k->sa) { /* it serves on, where it is */
        if (k->old == k->sa)
            k->old = 0;
        k->coa = ike_path_of(k->of->ike, k->sa).local;
        if (began && !sim_armed(&k->retry))
            sim_arm_in(sim, &k->retry, k->of->timers.ike.try_again);
        return;
    }
    if (at_once(a->how) && !k->homeless) {
        review(k);
    } else if (!sim_armed(&k->retry)) {
        sim_arm_in(sim, &k->retry, k->of->timers.ike.try_again);
    }
}

void key_moved(struct keyed *k, const struct ike_act *a)
{
    bool responds = k->of->responds;
    const struct addr *coa = responds ? &a->path.remote : &a->path.local;
    bool mobike = k->said.how->mobility == KEY_BY_MOBIKE;
    bool followed = !mobike && ike_behind_nat(k->of->ike, a->sa, true); /* RFC 7296 2.23 */
    key_tell_moved(k, &a->path.local, &a->path.remote,
                   mobike     ? "mobike"
                   : followed ? "nat"
                              : "k-bit");
    k->was_bound &= addr_eq(&k->coa, coa);
    k->coa = *coa;
    k->suspects = false;
    key_put_path(k, a);
    if (!followed)
        protect_key_address(k->of->node, home_of(k), coa);
}

void key_updated(struct keyed *k, const struct ike_act *a)
{
    key_put_path(k, a); /* a NAT may be there now, or no more: RFC 4555 3.5 */
    hold(k, false);
    k->unaccepted = a->notify != 0;
    insist(k);
    review(k);
}

void key_exchange_moved(struct node *n, struct protected *who, const struct addr *coa)
{
    struct keyed *k = n->keys ? keyed_of(who) : NULL;
    if (!k || addr_eq(&k->coa, coa))
        return;
    bool responds = k->of->responds;
    if (responds && ike_behind_nat(k->of->ike, k->sa, true))
        return; /* its care-of address is the one inside: authentic packets tell where it is */
    k->coa = *coa;
    k->suspects = false;
    if (k->sa) {
        key_wish(k->of, &(struct key_wish){.kind = KEY_WISH_MOVE,
                                           .who = k,
                                           .sa = k->sa,
                                           .local = responds ? k->said.agent : *coa,
                                           .remote = responds ? *coa : k->said.agent});
    }
}
