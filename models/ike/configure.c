/* Configuration payloads (RFC 7296 2.19, 3.15): the home address and prefix that a home agent gives
 * (RFC 4877 9, RFC 5026 5.3.2). */
#include <string.h>

#include "models/ike/parts.h"

enum { ADDRESS = 16, ADDRESS_AND_LENGTH = 17, LIFETIME_AND_PREFIX = 21 };

void ike_put_cp_request(struct ike_sa *sa, struct ike_writer *w)
{
    const struct ike_peer_config *how = sa->peer->how;
    struct ike_cp cp = {.type = IKE_CP_REQUEST};
    if (how->asks_address)
        cp.attribute[cp.n++] = (struct ike_attribute){.type = IKE_A_IP6_ADDRESS};
    if (how->asks_prefix)
        cp.attribute[cp.n++] = (struct ike_attribute){.type = IKE_A_HOME_PREFIX};
    if (cp.n)
        ike_put_cp(w, &cp);
}

static bool asked(const struct ike_cp *cp, uint16_t type)
{
    for (unsigned j = 0; j < cp->n; j++) {
        if (cp->attribute[j].type == type)
            return true;
    }
    return false;
}

static void put_prefix(uint8_t out[LIFETIME_AND_PREFIX], const struct ike_peer_config *how)
{
    uint64_t seconds = (uint64_t)(how->home_prefix_lifetime / SIM_S);
    for (unsigned j = 0; j < 4; j++)
        out[j] = (uint8_t)(seconds >> (24 - 8 * j));
    memcpy(out + 4, how->home_prefix.addr.b, ADDRESS);
    out[4 + ADDRESS] = how->home_prefix.len;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static struct addr of_pool(const struct ike *k, uint32_t index)
{
    const struct prefix link = {addr_masked(&k->how.pool, 64), 64};
    return addr_join(&link, addr_identifier(&k->how.pool) + index);
}

static void take_lease(struct ike_sa *sa, uint32_t lease)
{
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_ASSIGNED, sa);
    if (lease) {
        sa->lease = lease;
        sa->assigned = of_pool(sa->ike, lease - 1);
        sa->ike->leases[lease - 1]++;
    }
    a->address[0] = sa->assigned;
    a->addresses = 1;
}

/* A peer that comes back before its IKE SA is gone has the address that it had. */
static uint32_t lease_of_peer(const struct ike_sa *sa)
{
    for (const struct ike_sa *o = sa->ike->first; o; o = o->next) {
        if (o != sa && o->peer == sa->peer && o->lease)
            return o->lease;
    }
    return 0;
}

static bool in_pool(const struct ike *k, const struct addr *a)
{
    const struct prefix link = {addr_masked(&k->how.pool, 64), 64};
    return prefix_holds(&link, a) &&
           addr_identifier(a) - addr_identifier(&k->how.pool) < k->how.pool_size;
}

static bool between(const struct addr *low, const struct addr *a, const struct addr *high)
{
    return memcmp(low->b, a->b, sizeof a->b) <= 0 && memcmp(a->b, high->b, sizeof a->b) <= 0;
}

/* The peer may have SAs for `home`, by a range of that link; one of everything is no claim. */
static bool is_set_aside(const struct ike_peer_config *how, const struct addr *home)
{
    const struct prefix link = {addr_masked(home, 64), 64};
    bool is = addr_eq(&how->assigned, home);
    for (unsigned j = 0; j < how->policies; j++) {
        const struct ike_side *s = &how->policy[j].remote;
        is |= s->kind == IKE_ADDRESS_RANGE && prefix_holds(&link, &s->low) &&
              prefix_holds(&link, &s->high) && between(&s->low, home, &s->high);
    }
    return is;
}

void ike_reserve_address(struct ike *k, const struct addr *home)
{
    struct ike_reserved *r = arena_take(k->arena, sizeof *r);
    *r = (struct ike_reserved){*home, k->reserved};
    k->reserved = r;
}

/* By its configuration, whether it is here or not: RFC 4877 4.2. */
static bool is_of_another(const struct ike_sa *sa, const struct addr *home)
{
    bool is = false;
    for (const struct ike_reserved *r = sa->ike->reserved; r && !is; r = r->next)
        is = addr_eq(&r->home, home);
    for (const struct ike_peer *p = sa->ike->peers; p && !is; p = p->older)
        is = p != sa->peer && is_set_aside(p->how, home);
    return is;
}

static bool is_free(const struct ike_sa *sa, uint32_t index)
{
    const struct addr home = of_pool(sa->ike, index);
    return !sa->ike->leases[index] && !is_of_another(sa, &home);
}

/* False: there is none left. */
static bool assign(struct ike_sa *sa)
{
    const struct ike *k = sa->ike;
    uint32_t lease = lease_of_peer(sa);
    sa->assigned = sa->peer->how->assigned;
    for (uint32_t j = 0; !lease && j < k->how.pool_size; j++) {
        if (is_free(sa, j))
            lease = j + 1;
    }
    bool own = !addr_unspecified(&sa->assigned);
    if (own || lease)
        take_lease(sa, own ? 0 : lease);
    return own || lease;
}

void ike_lease_share(const struct ike_sa *from, struct ike_sa *to)
{
    to->assigned = from->assigned;
    to->lease = from->lease;
    if (to->lease)
        to->ike->leases[to->lease - 1]++;
}

void ike_lease_end(struct ike_sa *sa)
{
    if (sa->lease)
        sa->ike->leases[sa->lease - 1]--;
    sa->lease = 0;
    sa->assigned = addr_any;
}

bool ike_waits_for_address(const struct ike_sa *sa, unsigned policy)
{
    const struct ike_policy *p = &sa->peer->how->policy[policy];
    bool needs = p->local.kind == IKE_ADDRESS_ASSIGNED || p->remote.kind == IKE_ADDRESS_ASSIGNED;
    return needs && addr_unspecified(&sa->assigned);
}

static bool has_somebody(const struct ike_sa *sa, const struct addr *home)
{
    bool has = addr_eq(home, &sa->path.local) || in_pool(sa->ike, home) || is_of_another(sa, home);
    for (const struct ike_sa *o = sa->ike->first; o; o = o->next)
        has |= o->peer != sa->peer && addr_eq(&o->assigned, home);
    return has;
}

void ike_claim_address(struct ike_sa *sa, const struct ike_ts *peer)
{
    const struct prefix *home = &sa->peer->how->home_prefix;
    const struct ike_selector *s = &peer->selector[0];
    if (!home->len || !peer->n || !addr_unspecified(&sa->assigned) || !addr_eq(&s->low, &s->high) ||
        !prefix_holds(home, &s->low) || has_somebody(sa, &s->low))
        return;
    sa->assigned = s->low;
    take_lease(sa, 0);
}

/* ---- responder ------------------------------------------------------------------------------- */

bool ike_put_cp_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w)
{
    const struct ike_peer_config *how = sa->peer->how;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_CP);
    struct ike_cp in;
    if (!p || ike_read_cp(p, &in) || in.type != IKE_CP_REQUEST)
        return true;
    struct ike_cp out = {.type = IKE_CP_REPLY};
    uint8_t address[ADDRESS_AND_LENGTH];
    uint8_t prefix[LIFETIME_AND_PREFIX];
    bool wants_prefix = asked(&in, IKE_A_HOME_PREFIX);
    bool assigns = asked(&in, IKE_A_IP6_ADDRESS) || (wants_prefix && how->assigns_home);
    if (assigns && !assign(sa))
        return false;
    if (assigns) {
        memcpy(address, sa->assigned.b, ADDRESS);
        address[ADDRESS] = sa->lease ? sa->ike->how.pool_bits : how->assigned_bits;
        out.attribute[out.n++] =
            (struct ike_attribute){IKE_A_IP6_ADDRESS, address, ADDRESS_AND_LENGTH};
    }
    if (wants_prefix && !how->assigns_home && how->home_prefix.len) {
        put_prefix(prefix, how);
        out.attribute[out.n++] =
            (struct ike_attribute){IKE_A_HOME_PREFIX, prefix, LIFETIME_AND_PREFIX};
    }
    if (out.n)
        ike_put_cp(w, &out);
    if (wants_prefix && how->assigns_home)
        ike_put_status(w, IKE_N_USE_ASSIGNED_HOA, NULL, 0);
    return true;
}

/* ---- initiator ------------------------------------------------------------------------------- */

/* What came into `a`; false: nothing of use. */
static bool read_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_act *a)
{
    const struct ike_payload *p = ike_find(&m->list, IKE_P_CP);
    struct ike_cp in;
    if (!p || ike_read_cp(p, &in) || in.type != IKE_CP_REPLY)
        return false;
    for (unsigned j = 0; j < in.n; j++) {
        const struct ike_attribute *at = &in.attribute[j];
        if (at->type == IKE_A_IP6_ADDRESS && at->bytes == ADDRESS_AND_LENGTH) {
            memcpy(sa->assigned.b, at->value, ADDRESS); /* what was returned counts: RFC 4877 9 */
            a->address[0] = sa->assigned;
            a->addresses = 1;
        } else if (at->type == IKE_A_HOME_PREFIX && at->bytes == LIFETIME_AND_PREFIX) {
            memcpy(a->prefix.addr.b, at->value + 4, ADDRESS);
            a->prefix.len = at->value[4 + ADDRESS];
        }
    }
    return a->addresses || a->prefix.len;
}

void ike_take_cp_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_child *first)
{
    const struct ike_peer_config *how = sa->peer->how;
    struct ike_notify n;
    if (!how->asks_address && !how->asks_prefix)
        return; /* what was not asked for is not taken */
    struct ike_act *a = ike_new_act(sa->ike, IKE_ACT_ASSIGNED, sa);
    if (!read_reply(sa, m, a)) {
        a->notify = ike_find_error(&m->list, &n);
        (void)ike_todo_add(sa, &(struct ike_todo){.task = IKE_TASK_DELETE_IKE});
    } else if (first) { /* the answer has to be about that address */
        first->local = ike_policy_local(sa, first->is.policy);
        first->remote = ike_policy_remote(sa, first->is.policy);
    }
}
