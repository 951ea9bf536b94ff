/* Traffic selectors: of policies, and narrowed (RFC 7296 2.9, 3.13.1; RFC 4301 4.4.1.3). */
#include <string.h>

#include "models/ike/parts.h"

/* Empty: an address that was not given yet. */
static struct ike_ts of_side(const struct ike_sa *sa, const struct ike_policy *p,
                             const struct ike_side *side)
{
    struct ike_ts ts = {.n = 1};
    struct ike_selector *s = &ts.selector[0];
    *s = (struct ike_selector){.type = IKE_TS_IPV6,
                               .protocol = p->protocol,
                               .start_port = side->start_port,
                               .end_port = side->end_port,
                               .low = side->low,
                               .high = side->high};
    if (side->kind != IKE_ADDRESS_ASSIGNED)
        return ts;
    s->low = s->high = sa->assigned;
    if (addr_unspecified(&sa->assigned)) {
        /* An initiator that asks for an address asks for all; the answer is narrowed: 2.19. */
        ts.n = sa->state == IKE_AUTH_SENT;
        memset(s->high.b, 0xff, sizeof s->high.b);
    }
    return ts;
}

struct ike_ts ike_policy_local(const struct ike_sa *sa, const struct ike_policy *p)
{
    return of_side(sa, p, &p->local);
}

struct ike_ts ike_policy_remote(const struct ike_sa *sa, const struct ike_policy *p)
{
    return of_side(sa, p, &p->remote);
}

static int compare(const struct addr *a, const struct addr *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

/* OPAQUE: that side never sends. */
static bool opaque(const struct ike_selector *s)
{
    return s->start_port == UINT16_MAX && !s->end_port;
}

static bool meet(const struct ike_selector *a, const struct ike_selector *b,
                 struct ike_selector *out)
{
    if (a->type != b->type || (a->protocol && b->protocol && a->protocol != b->protocol))
        return false;
    *out = *a;
    out->protocol = a->protocol ? a->protocol : b->protocol;
    if (compare(&b->low, &out->low) > 0)
        out->low = b->low;
    if (compare(&b->high, &out->high) < 0)
        out->high = b->high;
    if (compare(&out->low, &out->high) > 0)
        return false;
    if (opaque(a) || opaque(b))
        return opaque(a) && opaque(b);
    if (b->start_port > out->start_port)
        out->start_port = b->start_port;
    if (b->end_port < out->end_port)
        out->end_port = b->end_port;
    return out->start_port <= out->end_port;
}

bool ike_narrow(const struct ike_ts *wanted, const struct ike_ts *policy, struct ike_ts *out)
{
    *out = (struct ike_ts){.n = 0};
    for (unsigned j = 0; j < wanted->n; j++) {
        for (unsigned i = 0; i < policy->n && out->n < IKE_SELECTORS; i++)
            out->n += meet(&wanted->selector[j], &policy->selector[i], &out->selector[out->n]);
    }
    return out->n;
}

static bool within(const struct ike_selector *in, const struct ike_selector *of)
{
    if (in->type != of->type || (of->protocol && in->protocol != of->protocol) ||
        compare(&in->low, &of->low) < 0 || compare(&in->high, &of->high) > 0)
        return false;
    if (opaque(in))
        return opaque(of);
    return !opaque(of) && in->start_port >= of->start_port && in->end_port <= of->end_port;
}

bool ike_ts_within(const struct ike_ts *inner, const struct ike_ts *outer)
{
    for (unsigned j = 0; j < inner->n; j++) {
        bool held = false;
        for (unsigned i = 0; i < outer->n; i++)
            held |= within(&inner->selector[j], &outer->selector[i]);
        if (!held)
            return false;
    }
    return inner->n;
}

bool ike_ts_equal(const struct ike_ts *a, const struct ike_ts *b)
{
    return ike_ts_within(a, b) && ike_ts_within(b, a);
}

/* ---- what the peer wants --------------------------------------------------------------------- */

/* A selector of a type that nobody knows is passed over: 3.13.1. */
bool ike_take_ts(const struct ike_payload *p, struct ike_ts *out)
{
    struct ike_ts all;
    if (!p || ike_read_ts(p, &all))
        return false;
    out->n = 0;
    for (unsigned j = 0; j < all.n; j++) {
        const struct ike_selector *s = &all.selector[j];
        if (s->type == IKE_TS_IPV4 || s->type == IKE_TS_IPV6)
            out->selector[out->n++] = *s;
    }
    return true;
}

bool ike_read_wanted(const struct ike_message *m, struct ike_wanted *want,
                     struct ike_sa_payload *sa)
{
    struct ike_notify n;
    const struct ike_payload *p = ike_find(&m->list, IKE_P_SA);
    const struct ike_payload *tsi = ike_find(&m->list, IKE_P_TSI);
    const struct ike_payload *tsr = ike_find(&m->list, IKE_P_TSR);
    want->transport = ike_find_notify(&m->list, IKE_N_USE_TRANSPORT_MODE, &n);
    return p && !ike_read_sa(p, sa) && ike_take_ts(tsi, &want->peer) &&
           ike_take_ts(tsr, &want->own);
}

bool ike_child_readable(const struct ike_message *m)
{
    struct ike_wanted want;
    struct ike_sa_payload sa;
    return ike_read_wanted(m, &want, &sa);
}

enum fit {
    FITS_NOT,
    FITS_AS_TUNNEL, /* transport mode was asked for; a tunnel may be answered: 1.3.1 */
    FITS_IN_PART,
    FITS,         /* the first, most specific, selectors whole: 2.9 */
    FITS_REFUSED, /* likewise, but it must be transport mode and that was not asked for */
};

static enum fit fit(const struct ike_sa *sa, const struct ike_policy *p,
                    const struct ike_wanted *want, struct ike_ts *local, struct ike_ts *remote)
{
    struct ike_ts here = ike_policy_local(sa, p);
    struct ike_ts there = ike_policy_remote(sa, p);
    if (!ike_narrow(&want->own, &here, local) || !ike_narrow(&want->peer, &there, remote))
        return FITS_NOT;
    const struct ike_ts first_own = {.n = 1, .selector = {want->own.selector[0]}};
    const struct ike_ts first_peer = {.n = 1, .selector = {want->peer.selector[0]}};
    bool whole = ike_ts_within(&first_own, &here) && ike_ts_within(&first_peer, &there);
    if (p->transport == want->transport)
        return whole ? FITS : FITS_IN_PART;
    if (p->transport)
        return whole ? FITS_REFUSED : FITS_NOT;
    return FITS_AS_TUNNEL;
}

/* Policies are in order, as in a Security Policy Database: the first that has what is wanted whole
 * decides; else the first that has a part of it. */
uint16_t ike_find_policy(const struct ike_sa *sa, struct ike_wanted *want)
{
    const struct ike_peer_config *how = sa->peer->how;
    enum fit best = FITS_NOT;
    for (unsigned j = 0; j < how->policies && best < FITS; j++) {
        struct ike_ts local;
        struct ike_ts remote;
        enum fit f = fit(sa, &how->policy[j], want, &local, &remote);
        if (f <= best)
            continue;
        best = f;
        want->policy = j;
        want->local = local;
        want->remote = remote;
    }
    if (best == FITS_REFUSED)
        return IKE_N_NO_PROPOSAL_CHOSEN;
    return best == FITS_NOT ? IKE_N_TS_UNACCEPTABLE : 0;
}
