#include "models/node/protect.h"

#include <assert.h>
#include <string.h>

#include "models/ipsec/esp.h"
#include "models/node/cpu.h"
#include "models/node/cpu_profile.h"
#include "models/node/inject.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile.h"
#include "models/node/path.h"
#include "models/node/service.h"
#include "models/node/udp_esp.h"
#include "models/wire/mh.h"

struct protection {
    struct node *node;
    struct ipsec ipsec;
    struct spd others;
    struct sim_timer timer; /* lifetimes */
    unsigned clients;
    sim_time worked;
};

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

static void used(struct node *n, struct sa *sa)
{
    if (sa->direction == SA_IN && ipsec_used(sa, sim_now(n->sim)))
        key_exchange_used(n, sa);
    if (sa->lifetime.soft_bytes || sa->lifetime.hard_bytes)
        tell_age(n, sa, ipsec_age(&n->protection->ipsec, sa, sim_now(n->sim)));
}

/* ---- what selectors see ---------------------------------------------------------------------- */

/* A packet whose chain has been read. Of a fragment only the protocol is known. */
static struct traffic traffic_of(const struct node *n, const uint8_t *packet, size_t bytes,
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

/* The same of a packet that is, or was, in a tunnel. */
static struct traffic traffic_inside(const struct node *n, const uint8_t *packet, size_t bytes,
                                     bool outbound)
{
    struct ip6_chain c;
    if (ip6_walk(packet, bytes, &c))
        c = (struct ip6_chain){.upper = IP6_NONE, .upper_at = bytes};
    struct traffic t = traffic_of(n, packet, bytes, &c, outbound);
    t.tunnel = true;
    return t;
}

static enum node_reason reason_of(enum ipsec_verdict v)
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

/* ---- the way out ----------------------------------------------------------------------------- */

sim_time protect_worked(struct node *n, sim_time from)
{
    sim_time worked = n->protection->worked;
    n->protection->worked = from;
    return worked;
}

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
    used(n, sa);
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
    node_drop(n, reason_of(a->verdict), p);
    return false;
}

void protect_out(struct node *n, struct pkt *p, struct sealing *s)
{
    struct ip6_chain c;
    if (ip6_walk(p->at, p->len, &c)) {
        node_drop(n, DROP_MALFORMED, p);
        return;
    }
    struct traffic t = traffic_of(n, p->at, p->len, &c, true);
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
    struct traffic inside = traffic_inside(n, p->at, p->len, true);
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
    struct traffic inside = traffic_inside(n, p->at, p->len, true);
    struct ipsec_answer a = ipsec_out(&n->protection->ipsec, &inside, 0);
    const struct protected *who = inside.subject ? inside.subject->owner : NULL;
    return who && who->how->duplicate == DUPLICATE_AFTER_ESP && a.sa;
}

void protect_end(struct sa *sa, struct tunnel *t)
{
    t->sa = sa;
    choose_end(sa->subject->owner, t);
}

/* ---- the way in ------------------------------------------------------------------------------ */

static enum node_reason reason_of_fault(enum esp_fault fault)
{
    static const enum node_reason reasons[] = {
        [ESP_SHORT] = DROP_ESP_MALFORMED,   [ESP_REPLAY] = DROP_REPLAY,
        [ESP_TOO_OLD] = DROP_TOO_OLD,       [ESP_ICV] = DROP_ICV,
        [ESP_PADDING] = DROP_ESP_MALFORMED, [ESP_DUMMY] = DROP_DUMMY,
    };
    return reasons[fault];
}

/* ESP at c->upper_at becomes what it held. Answers 0 or the reason why p dies. */
static unsigned open_one(struct node *n, struct pkt *p, struct ip6_chain *c)
{
    uint32_t spi;
    uint8_t next;
    size_t at = c->upper_at;
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    bool named = esp_spi(p->at + at, p->len - at, &spi);
    struct sa *sa = named ? ipsec_find(&n->protection->ipsec, spi) : NULL;
    if (!sa) {
        if (named)
            key_exchange_unknown(n, &src, spi);
        return DROP_NO_SA;
    }
    uint64_t top = sa->replay.top;
    size_t text = esp_text_bytes(sa->suite, p->len - at);
    enum esp_fault fault = esp_open(sa, p, at, &next);
    if (n->cpu && fault != ESP_SHORT && fault != ESP_REPLAY && fault != ESP_TOO_OLD) {
        n->protection->worked += cpu_cost_of_open(cpu_profile_of(n->cpu), sa->suite, text);
    }
    if (fault)
        return reason_of_fault(fault);
    tap_opened(n->sim, p);
    n->opened = sa;
    udp_esp_opened(n, sa, sa->replay.top > top, &src, &dst);
    p->at[ip6_named_at(p->at, at)] = next;
    ip6_set_length(p->at, p->len);
    if (ip6_walk(p->at, p->len, c))
        return DROP_MALFORMED;
    used(n, sa);
    return 0;
}

static bool holds_packet(const struct pkt *p, const struct ip6_chain *c)
{
    return c->upper == IP6_IP6 && p->len >= c->upper_at + IP6_HEADER;
}

/* The SA that protected p is one for such packets: RFC 4301 5.2 step 4. */
static enum ipsec_verdict suits(struct node *n, const struct pkt *p, const struct ip6_chain *c)
{
    struct sa *sa = n->opened;
    if (sa->mode == SA_TUNNEL && !holds_packet(p, c)) {
        sa->count.selector++;
        return IPSEC_SELECTOR;
    }
    struct traffic t = sa->mode == SA_TUNNEL
                           ? traffic_inside(n, p->at + c->upper_at, p->len - c->upper_at, false)
                           : traffic_of(n, p->at, p->len, c, false);
    return ipsec_opened(sa, &t);
}

/* What no SA has been held against yet. */
static enum ipsec_verdict came_clear(struct node *n, const struct pkt *p, const struct ip6_chain *c)
{
    struct traffic t = holds_packet(p, c)
                           ? traffic_inside(n, p->at + c->upper_at, p->len - c->upper_at, false)
                           : traffic_of(n, p->at, p->len, c, false);
    return ipsec_clear(&n->protection->ipsec, &t);
}

/* It came out of a tunnel in fragments, whose ports and types nobody has seen before. */
static enum ipsec_verdict came_in_pieces(struct node *n, const struct pkt *p,
                                         const struct ip6_chain *c)
{
    struct traffic t = traffic_of(n, p->at, p->len, c, false);
    t.tunnel = true;
    return n->opened ? ipsec_opened(n->opened, &t) : ipsec_clear(&n->protection->ipsec, &t);
}

/* p has been opened if `unsealed`, by n->opened; what is inside a tunnel was held against policies
 * when that was, save what stands in yet another one. */
static enum ipsec_verdict judge(struct node *n, const struct pkt *p, const struct ip6_chain *c,
                                bool unsealed)
{
    if (!unsealed && n->from_tunnel && c->fragment) {
        enum ipsec_verdict v = came_in_pieces(n, p, c);
        if (v != IPSEC_PROTECT && v != IPSEC_BYPASS)
            return v;
    }
    if (holds_packet(p, c) ? !unsealed || n->opened->mode != SA_TUNNEL
                           : !unsealed && !n->from_tunnel)
        return came_clear(n, p, c);
    return IPSEC_PROTECT;
}

unsigned protect_in(struct node *n, struct pkt *p, struct ip6 *h, struct ip6_chain *c)
{
    bool cut = c->fragment;
    bool unsealed = c->upper == IP6_ESP;
    enum ipsec_verdict v = IPSEC_PROTECT;
    while (c->upper == IP6_ESP && v == IPSEC_PROTECT) {
        unsigned reason = open_one(n, p, c);
        if (reason)
            return reason;
        v = suits(n, p, c);
        enum ip6_fault fault = ip6_read(p->at, p->len, h);
        assert(!fault);
    }
    c->fragment = cut;
    if (v == IPSEC_PROTECT)
        v = judge(n, p, c, unsealed);
    return v == IPSEC_PROTECT || v == IPSEC_BYPASS ? (unsigned)DROP_NONE : (unsigned)reason_of(v);
}

bool protect_authorises(const struct node *n, const struct addr *home)
{
    const struct protected *who = n->opened ? n->opened->subject->owner : NULL;
    return !who || pad_allows(&n->protection->ipsec.pad, who->identity, home);
}

bool protect_is_dynamic(const struct node *n, const struct addr *home)
{
    const struct protected *who = n->protection ? protection_of(n->protection, home) : NULL;
    return who && who->how->keying != KEYING_MANUAL && protection_of_updates(who);
}
