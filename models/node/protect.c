#include "models/node/protect.h"

#include <assert.h>

#include "models/node/key_exchange.h"
#include "models/node/protect_parts.h"

static void wake(struct sim *sim, void *owner);

struct protection *protection_new(struct node *n, const struct addr *gateway, bool is_gateway)
{
    struct protection *p = arena_take(n->arena, sizeof *p);
    p->node = n;
    p->others = policies_of_others(n->arena);
    ipsec_init(&p->ipsec, n->arena, gateway, is_gateway, &p->others);
    sim_timer_init(&p->timer, wake, p);
    n->protection = p;
    return p;
}

struct ipsec *protection_ipsec(struct protection *p)
{
    return &p->ipsec;
}

struct node *protection_node(struct protection *p)
{
    return p->node;
}

struct protected *protection_add(struct protection *p, const struct addr *home,
                                 const struct spd *policies, const struct ipsec_config *how,
                                 const char *identity)
{
    struct protected *who = arena_take(p->node->arena, sizeof *who);
    *who = (struct protected){.of = p, .how = how, .identity = identity};
    who->subject = ipsec_add_subject(&p->ipsec, home, policies);
    who->subject->owner = who;
    if (!addr_unspecified(home)) {
        pad_allow(&p->ipsec.pad, identity, home);
        if (p->node->keys)
            ike_reserve_address(key_exchange_ike(p->node->keys), home);
    }
    return who;
}

void protection_place(struct protected *who, const struct addr *home)
{
    struct ipsec *s = &who->of->ipsec;
    pad_revoke(&s->pad, who->identity, &who->subject->address);
    ipsec_place_subject(s, who->subject, home);
    if (!addr_unspecified(home))
        pad_allow(&s->pad, who->identity, home);
}

struct protected *protection_of(const struct protection *p, const struct addr *home)
{
    const struct spd_subject *s = ipsec_subject(&p->ipsec, home);
    return s ? s->owner : NULL;
}

void protection_set_client(struct protected *who)
{
    who->client = true;
    who->of->clients++;
}

struct protected *protection_client(const struct node *n, const struct addr *home)
{
    if (!n->protection || !n->protection->clients)
        return NULL;
    struct protected *who = protection_of(n->protection, home);
    return who && who->client ? who : NULL;
}

/* ---- SAs ------------------------------------------------------------------------------------- */

static const char *const directions[] = {"out", "in"};
static const char *const modes[] = {"transport", "tunnel"};

static void rearm(struct protection *p)
{
    struct sim *sim = p->node->sim;
    if (p->ipsec.next == SIM_NEVER) {
        sim_stop(sim, &p->timer);
    } else {
        sim_arm(sim, &p->timer, p->ipsec.next > sim_now(sim) ? p->ipsec.next : sim_now(sim));
    }
}

static void tell_made(const struct protection *p, const struct sa *sa)
{
    struct node *n = p->node;
    NODE_EVENT(n, EV_SA_MADE, field_int("spi", sa->spi),
               field_text("direction", directions[sa->direction]),
               field_text("mode", modes[sa->mode]), field_text("policy", sa->entry->name),
               field_text("suite", sa->suite->name),
               field_addr("home_address", &sa->subject->address),
               field_addr("end_point", p->ipsec.is_gateway ? &sa->remote : &sa->local));
}

struct sa *protection_install(struct protected *who, struct ciphers *c, const char *policy,
                              unsigned number, const struct ipsec_keying *how)
{
    struct protection *p = who->of;
    struct node *n = p->node;
    struct sa *sa = ipsec_install(&p->ipsec, c, who->subject, policy, number, how, sim_now(n->sim));
    assert(sa);
    tell_made(p, sa);
    rearm(p);
    return sa;
}

void protection_end(struct protected *who, struct sa *sa, const char *how)
{
    struct node *n = who->of->node;
    ipsec_end(&who->of->ipsec, sa, sim_now(n->sim));
    NODE_EVENT(n, EV_SA_ENDED, field_int("spi", sa->spi),
               field_text("direction", directions[sa->direction]),
               field_text("policy", sa->entry->name), field_text("how", how));
}

static void tell_age(struct node *n, const struct sa *sa, enum ipsec_lifetime what)
{
    if (what == IPSEC_SOFT) {
        NODE_EVENT(n, EV_SA_SOFT, field_int("spi", sa->spi),
                   field_text("direction", directions[sa->direction]),
                   field_text("policy", sa->entry->name));
    } else if (what == IPSEC_HARD) {
        NODE_EVENT(n, EV_SA_ENDED, field_int("spi", sa->spi),
                   field_text("direction", directions[sa->direction]),
                   field_text("policy", sa->entry->name), field_text("how", "lifetime"));
    }
    if (what != IPSEC_LIVES)
        key_exchange_aged(n, sa, what); /* behind what it is the cause of */
}

static void wake(struct sim *sim, void *owner)
{
    struct protection *p = owner;
    enum ipsec_lifetime what;
    for (struct sa *sa; (sa = ipsec_tick(&p->ipsec, sim_now(sim), &what));)
        tell_age(p->node, sa, what);
    rearm(p);
}

void protect_used(struct node *n, struct sa *sa)
{
    if (sa->direction == SA_IN && ipsec_used(sa, sim_now(n->sim)))
        key_exchange_used(n, sa);
    if (sa->lifetime.soft_bytes || sa->lifetime.hard_bytes)
        tell_age(n, sa, ipsec_age(&n->protection->ipsec, sa, sim_now(n->sim)));
}

/* ---- what selectors see ---------------------------------------------------------------------- */

struct traffic protect_traffic(const struct node *n, const uint8_t *packet, size_t bytes,
                               const struct ip6_chain *c, bool outbound)
{
    struct addr src = c->has_home ? c->home : ip6_src(packet);
    struct addr dst = c->has_rh2 ? c->rh2 : ip6_dst(packet);
    const struct ipsec *s = &n->protection->ipsec;
    bool named = outbound != s->is_gateway ? c->has_home : c->has_rh2; /* the subject's side */
    struct traffic t = ipsec_traffic(s, &src, &dst, outbound, named);
    if (c->upper == IP6_FRAGMENT) {
        t.protocol = bytes > c->upper_at ? packet[c->upper_at] : IP6_NONE;
    } else {
        traffic_read_upper(&t, c->upper, packet + c->upper_at, bytes - c->upper_at);
    }
    return t;
}

struct traffic protect_traffic_inside(const struct node *n, const uint8_t *packet, size_t bytes,
                                      bool outbound)
{
    struct ip6_chain c;
    if (ip6_walk(packet, bytes, &c))
        c = (struct ip6_chain){.upper = IP6_NONE, .upper_at = bytes};
    struct traffic t = protect_traffic(n, packet, bytes, &c, outbound);
    t.tunnel = true;
    return t;
}

enum node_reason protect_reason(enum ipsec_verdict v)
{
    switch (v) {
    case IPSEC_NO_SA:
        return DROP_NO_SA;
    case IPSEC_CLEAR:
        return DROP_CLEAR_BUT_PROTECTED;
    case IPSEC_SELECTOR:
        return DROP_SELECTOR;
    default:
        return DROP_NO_POLICY;
    }
}

/* ---- what others ask ------------------------------------------------------------------------- */

sim_time protect_worked(struct node *n, sim_time from)
{
    sim_time worked = n->protection->worked;
    n->protection->worked = from;
    return worked;
}

bool protect_is_dynamic(const struct node *n, const struct addr *home)
{
    const struct protected *who = n->protection ? protection_of(n->protection, home) : NULL;
    return who && who->how->keying != KEYING_MANUAL && protection_of_updates(who);
}
