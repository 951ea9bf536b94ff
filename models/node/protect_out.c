/* Protection on the way out: RFC 4301 5.1. */

#include "models/ipsec/esp.h"
#include "models/node/cpu.h"
#include "models/node/cpu_profile.h"
#include "models/node/inject.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile.h"
#include "models/node/protect_parts.h"
#include "models/node/service.h"

bool protect_seal_now(struct node *n, struct pkt *p, const struct sealing *s)
{
    struct sa *sa = s->sa;
    inject_at_seal(n, sa, p, s->at, s->next);
    tap_sealed(n->sim, p->at + s->at, p->len - s->at, s->next, p);
    if (esp_seal(sa, p, s->at, s->next)) {
        inject_miss(n);
        node_drop(n, DROP_SEQUENCE_OVERFLOW, p);
        return false;
    }
    if (s->named_at) {
        p->at[s->named_at] = IP6_ESP;
        ip6_set_length(p->at, p->len);
    }
    if (n->cpu) {
        n->protection->worked += cpu_cost_of_seal(cpu_profile_of(n->cpu), sa->suite,
                                                  esp_text_bytes(sa->suite, p->len - s->at));
    }
    protect_used(n, sa);
    return true;
}

void protect_seal(struct node *n, struct pkt *p, const struct sealing *s)
{
    if (n->cpu) {
        service_seal(n, p, s);
    } else if (protect_seal_now(n, p, s)) {
        s->then(n, p, s);
    }
}

/* RFC 4301 5.1. */
static void acquire(struct node *n, const struct traffic *t, const struct spd_entry *e)
{
    struct spd_pair *pair = &t->subject->pair[e->pair];
    if (pair->asked)
        return;
    pair->asked = true; /* once */
    NODE_EVENT(n, EV_ACQUIRE, field_text("policy", e->name), field_addr("home_address", &t->local),
               field_addr("peer", &t->remote));
    key_exchange_acquire(n, t->subject->owner, e, 0);
}

/* False: p is gone. */
static bool may_leave(struct node *n, struct pkt *p, const struct traffic *t,
                      const struct ipsec_answer *a)
{
    if (a->verdict == IPSEC_BYPASS || a->verdict == IPSEC_PROTECT)
        return true;
    if (a->verdict == IPSEC_NO_SA && t->subject)
        acquire(n, t, a->entry);
    node_drop(n, protect_reason(a->verdict), p);
    return false;
}

void protect_out(struct node *n, struct pkt *p, struct sealing *s)
{
    struct ip6_chain c;
    if (ip6_walk(p->at, p->len, &c)) {
        node_drop(n, DROP_MALFORMED, p);
        return;
    }
    struct traffic t = protect_traffic(n, p->at, p->len, &c, true);
    struct ipsec_answer a = ipsec_out(&n->protection->ipsec, &t, 0);
    if (!may_leave(n, p, &t, &a))
        return;
    if (a.verdict == IPSEC_BYPASS) {
        s->then(n, p, s);
        return;
    }
    s->sa = a.sa;
    s->at = c.upper_at;
    s->next = c.upper;
    s->named_at = ip6_named_at(p->at, c.upper_at);
    protect_seal(n, p, s);
}

/* ---- tunnels --------------------------------------------------------------------------------- */

bool protect_wants_tunnel(struct node *n, const struct addr *src, const struct addr *dst,
                          uint8_t protocol, const struct pkt *message)
{
    struct traffic t = ipsec_traffic(&n->protection->ipsec, src, dst, true, true);
    traffic_read_upper(&t, protocol, message->at, message->len);
    const struct spd_entry *outside = ipsec_policy(&n->protection->ipsec, &t);
    t.tunnel = true;
    const struct spd_entry *inside = ipsec_policy(&n->protection->ipsec, &t);
    return outside && outside->action == SPD_DISCARD && inside && inside->action == SPD_PROTECT;
}

/* RFC 5648 9.3.2: who says where the tunnel ends. */
static void choose_end(const struct protected *who, struct tunnel *t)
{
    if (t->sa->encapsulated && who->of->ipsec.is_gateway) /* behind a NAT it is nowhere else */
        t->exit = t->sa->remote;
    struct addr *end = who->of->ipsec.is_gateway ? &t->exit : &t->entry;
    const struct addr *own = who->of->ipsec.is_gateway ? &t->sa->remote : &t->sa->local;
    if (who->client)
        *end = *own; /* nobody else knows any: RFC 4301 5.1.2 */
    t->sized_entry = t->entry;
    t->sized_exit = t->exit;
    if (who->how->tunnel_end_point == END_PER_PACKET || addr_unspecified(own) || t->fixed)
        return;
    *(who->of->ipsec.is_gateway ? &t->sized_exit : &t->sized_entry) = *own;
    if (who->how->tunnel_end_point == END_SA_DEFAULT)
        *end = *own;
}

bool protect_tunnel(struct node *n, struct pkt *p, uint16_t bid, struct tunnel *t)
{
    struct traffic inside = protect_traffic_inside(n, p->at, p->len, true);
    struct ipsec_answer a = ipsec_out(&n->protection->ipsec, &inside, bid ? bid - 1u : 0);
    if (!may_leave(n, p, &inside, &a))
        return false;
    if (a.sa && a.sa->mode != SA_TUNNEL) { /* somebody else's, that only looks like signalling */
        node_drop(n, DROP_NO_POLICY, p);
        return false;
    }
    t->sa = a.sa;
    if (a.sa) {
        choose_end(inside.subject->owner, t);
        if (n->mobile && protection_client(n, &inside.local))
            t->bid = mobile_bid_of(n->mobile, &t->entry);
    } else if (n->injections) {
        inject_at_bypass(n, a.entry);
    }
    return true;
}

bool protect_seals_once(struct node *n, const struct pkt *p)
{
    struct traffic inside = protect_traffic_inside(n, p->at, p->len, true);
    struct ipsec_answer a = ipsec_out(&n->protection->ipsec, &inside, 0);
    const struct protected *who = inside.subject ? inside.subject->owner : NULL;
    return who && who->how->duplicate == DUPLICATE_AFTER_ESP && a.sa;
}

void protect_end(struct sa *sa, struct tunnel *t)
{
    t->sa = sa;
    choose_end(sa->subject->owner, t);
}
