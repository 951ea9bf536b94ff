#include "models/node/correspond.h"

#include <assert.h>
#include <stddef.h>

#include "models/node/agent.h"
#include "models/node/decide.h"
#include "models/node/fragments.h"
#include "models/node/mobility.h"
#include "models/node/path.h"

enum { MAY_LIMIT = 1000000 };

#define HOW(m) offsetof(struct correspondent_config, m)

static const char *const refusals[] = {"none", "unspecified", "prohibited", "resources", NULL};
static const char *const several[] = {"accept", "unknown", "prohibited", NULL};

const struct key correspondent_keys[] = {
    {"max_lifetime", KEY_TIME, HOW(max_lifetime), "420 s",
     "of a binding: MAX_RR_BINDING_LIFETIME is 420 s (RFC 6275 12)", .min = 4 * SIM_S,
     .max = CORRESPONDENT_LIFETIME_S * SIM_S},
    {"refuse", KEY_WORD, HOW(refuse), "none", "every registration, with 128, 129 or 130",
     .words = refusals},
    {"max_homes", KEY_INTEGER, HOW(max_homes), "0",
     "home addresses with bindings at once; 0: no limit", .max = MAY_LIMIT},
    {"max_bids", KEY_INTEGER, HOW(max_bids), "0", "bindings of one home address; 0: 16",
     .max = MH_BIDS},
    {"mcoa", KEY_WORD, HOW(mcoa), "accept",
     "several care-of addresses: accepted, not known (a node of RFC 6275), or refused with 166: a "
     "mobile node then registers that of its first interface that has one",
     .words = several},
    {"ask_before", KEY_TIME, HOW(ask_before), "0 s",
     "a Binding Refresh Request so long before a binding in use ends (RFC 6275 9.5.5); 0 s: none",
     .max = CORRESPONDENT_LIFETIME_S * SIM_S},
    {"ask_again", KEY_TIME, HOW(ask_again), "2 s", "and again after so long; 0 s: once",
     .max = CORRESPONDENT_LIFETIME_S * SIM_S},
    {"idle", KEY_TIME, HOW(idle), "60 s", "a binding not used for so long is not asked for",
     .max = CORRESPONDENT_LIFETIME_S * SIM_S},
    {"unreachable", KEY_INTEGER, HOW(unreachable), "3",
     "so many ICMPv6 errors about a care-of address end its binding (RFC 6275 9.3.4)", .min = 1,
     .max = 1000},
    {"unreachable_gap", KEY_TIME, HOW(unreachable_gap), "1 s",
     "of errors that come within this time one counts: only what persists does",
     .max = 600 * SIM_S},
    {.name = NULL},
};

/* What carries flows to one home address. */
struct corresponding {
    struct addr home;
    struct decider *decider;
    uint16_t *carried_by; /* by rule; 0: nothing yet */
    struct corresponding *next;
};

struct correspond {
    struct node *node;
    struct correspondent peer;
    struct corresponding *first; /* few: a list */
    struct addr at;              /* its own address that the last BU came to */
    struct sim_timer timer;
};

static void wake(struct sim *sim, void *owner);

void correspond_new(struct node *n, const struct correspondent_config *how)
{
    struct correspond *x = arena_take(n->arena, sizeof *x);
    struct rng nonces = node_stream(n, "mip6.nonces");
    x->node = n;
    correspondent_init(&x->peer, how, &nonces, n->arena);
    sim_timer_init(&x->timer, wake, x);
    n->correspond = x;
}

void correspond_set_decider(struct node *n, const struct addr *home, struct decider *decider)
{
    struct correspond *x = n->correspond;
    struct corresponding *to = arena_take(n->arena, sizeof *to);
    *to = (struct corresponding){.home = *home, .decider = decider, .next = x->first};
    to->carried_by = arena_take(n->arena, decider->policy.rules * sizeof *to->carried_by);
    x->first = to;
}

struct correspondent *correspond_machine(const struct node *n)
{
    return n->correspond ? &n->correspond->peer : NULL;
}

static struct corresponding *with(const struct correspond *x, const struct addr *home)
{
    struct corresponding *to = x->first;
    while (to && !addr_eq(&to->home, home))
        to = to->next;
    return to;
}

/* ---- doing what the machine answers ---------------------------------------------------------- */

static void rearm(struct correspond *x)
{
    struct sim *sim = x->node->sim;
    sim_time next = correspondent_next(&x->peer);
    if (next == SIM_NEVER) {
        sim_stop(sim, &x->timer);
    } else {
        sim_arm(sim, &x->timer, next > sim_now(sim) ? next : sim_now(sim));
    }
}

static void send_ack(struct node *n, const struct bcache_act *act, const struct addr *from)
{
    NODE_EVENT(
        n, EV_RO_BA_SENT, field_addr("peer", &act->dst), field_addr("home_address", &act->home),
        field_text("bids", mobility_bids(n, &act->ba)), field_int("sequence", act->ba.sequence),
        field_int("lifetime_s", (int64_t)act->ba.lifetime * MH_LIFETIME_UNIT_S),
        field_int("status", act->ba.status));
    mobility_send(n, &act->ba, from, &act->dst, act->rh2 ? &act->home : NULL, false);
}

/* To the home address, without a routing header: RFC 6275 9.5.5. */
static void ask(struct correspond *x, const struct bcache_act *act)
{
    struct node *n = x->node;
    const struct addr *from = correspondent_address(&x->peer, &act->home);
    assert(from && "nothing is bound otherwise");
    NODE_EVENT(n, EV_RO_BRR_SENT, field_addr("home_address", &act->home),
               field_text("bids", mobility_bids(n, &act->ba)));
    path_out_plain(n, mobility_make(n, &act->ba, from, &act->home));
}

static void note(struct node *n, const struct bcache_act *act)
{
    static const enum event_name names[] = {
        [BCACHE_MADE] = EV_RO_BINDING_MADE,
        [BCACHE_MOVED] = EV_RO_BINDING_MOVED,
        [BCACHE_REFRESHED] = EV_RO_BINDING_REFRESHED,
        [BCACHE_ENDED] = EV_RO_BINDING_ENDED,
    };
    NODE_EVENT(n, (uint16_t)names[act->kind], field_addr("home_address", &act->home),
               field_int("bid", act->bid), field_addr("care_of_address", &act->coa),
               field_text("how", act->text ? act->text : ""));
}

static void do_acts(struct correspond *x, const struct bcache_acts *acts)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bcache_act *act = &acts->act[k];
        switch (act->kind) {
        case BCACHE_SEND:
            send_ack(x->node, act, &x->at);
            break;
        case BCACHE_ASK:
            ask(x, act);
            break;
        case BCACHE_MADE:
        case BCACHE_MOVED:
        case BCACHE_REFRESHED:
        case BCACHE_ENDED:
            note(x->node, act);
            break;
        default: /* it tests and proxies nothing */
            assert(false);
            break;
        }
    }
    rearm(x);
}

static void wake(struct sim *sim, void *owner)
{
    struct correspond *x = owner;
    while (correspondent_next(&x->peer) <= sim_now(sim)) {
        struct bcache_acts acts;
        acts.n = 0;
        correspondent_tick(&x->peer, sim_now(sim), &acts);
        do_acts(x, &acts);
    }
    rearm(x);
}

/* ---- signalling ------------------------------------------------------------------------------ */

static void tested(struct correspond *x, const struct arrival *a, const struct mh *init)
{
    struct node *n = x->node;
    struct mh answer;
    bool home = init->type == MH_HOTI;
    NODE_EVENT(n, home ? EV_RR_HOTI_RECEIVED : EV_RR_COTI_RECEIVED, field_addr("source", &a->src));
    if (!correspondent_test(&x->peer, a, init, sim_now(n->sim), &answer))
        return;
    NODE_EVENT(n, home ? EV_RR_HOT_SENT : EV_RR_COT_SENT, field_addr("peer", &a->src),
               field_int("nonce_index", answer.nonce_index));
    /* Past bindings (RFC 6275 6.1), but into the tunnel where this is the home agent (10.4.2). */
    struct pkt *p = mobility_make(n, &answer, &a->dst, &a->src);
    if (!n->agent || !home || !agent_takes(n->agent, p, false))
        path_out_plain(n, p);
    rearm(x);
}

static unsigned reason_of(enum correspondent_verdict verdict)
{
    switch (verdict) {
    case CORRESPONDENT_TAKEN:
    case CORRESPONDENT_FOR_AGENT:
        return DROP_NONE;
    case CORRESPONDENT_BAD_HOME:
        return DROP_BAD_HOME_ADDRESS;
    default:
        return DROP_BU_NOT_AUTHORISED;
    }
}

static unsigned updated(struct correspond *x, const struct delivery *d)
{
    struct node *n = x->node;
    struct bcache_acts acts;
    acts.n = 0;
    const struct addr *home = d->arrival->has_home ? &d->arrival->home : &d->arrival->src;
    NODE_EVENT(n, EV_RO_BU_RECEIVED, field_addr("home_address", home),
               field_addr("source", &d->arrival->src), field_text("bids", mobility_bids(n, d->mh)),
               field_int("sequence", d->mh->sequence),
               field_int("lifetime_s", (int64_t)d->mh->lifetime * MH_LIFETIME_UNIT_S));
    enum correspondent_verdict verdict = correspondent_update(&x->peer, d, sim_now(n->sim), &acts);
    x->at = d->arrival->dst;
    do_acts(x, &acts);
    if (verdict == CORRESPONDENT_FOR_AGENT && !mobility_refuse(n, d->arrival, d->mh))
        return DROP_MH_IGNORED;
    return reason_of(verdict);
}

void correspond_message(struct iface *i, struct pkt *p, const struct ip6 *h,
                        const struct ip6_chain *c, const struct mh *m)
{
    struct node *n = i->node;
    struct correspond *x = n->correspond;
    unsigned refused = DROP_NONE;
    struct arrival a = mobility_arrival(i, h, c);
    a.src = h->src; /* whatever tunnel it came out of */
    a.dst = h->dst;
    a.has_home = c->has_home;
    a.home = c->has_home ? c->home : addr_any;
    const struct delivery d = {&a, m, p->at + c->upper_at, p->len - c->upper_at};
    switch (m->type) {
    case MH_HOTI:
    case MH_COTI:
        tested(x, &a, m);
        break;
    case MH_BU:
        refused = updated(x, &d);
        break;
    default:
        refused = DROP_MH_IGNORED;
        break;
    }
    if (refused) {
        node_drop(n, (enum node_reason)refused, p);
    } else {
        pkt_give(n->packets, p);
    }
}

void correspond_mh(struct iface *i, struct pkt *p, const struct ip6 *h, const struct ip6_chain *c)
{
    struct mh m;
    if (mobility_read(i, p, h, c, &m))
        correspond_message(i, p, h, c, &m);
}

void correspond_error(struct node *n, const struct icmp6_error *e, const struct ip6 *quoted)
{
    struct correspond *x = n->correspond;
    struct ip6_chain c;
    struct bcache_acts acts;
    acts.n = 0;
    if (e->type != ICMP6_UNREACHABLE || ip6_walk(e->quote, e->n, &c) || !c.has_rh2)
        return;
    correspondent_unreachable(&x->peer, &c.rh2, &quoted->dst, sim_now(n->sim), &acts);
    do_acts(x, &acts);
}

/* ---- data ------------------------------------------------------------------------------------ */

bool correspond_accepts(struct node *n, const struct addr *home, const struct addr *src)
{
    return correspondent_accepts(&n->correspond->peer, home, src, sim_now(n->sim));
}

/* What the rule of a packet wants first; 0: nothing. */
static uint16_t wanted(struct node *n, const struct corresponding *to, const struct pkt *p,
                       const struct flow_rule **rule)
{
    struct flow_packet f = flow_packet_of(p->at, p->len, false);
    struct decider *d = to ? to->decider : NULL;
    *rule = d ? flow_find(&d->policy, &f) : NULL;
    if (!*rule)
        return 0;
    struct bcache_entry *e = bcache_find(&n->correspond->peer.cache, &to->home);
    for (unsigned k = 0; k < d->of.paths; k++) {
        d->path[k].usable = e && bcache_binding(e, d->path[k].bid);
        d->path[k].home = false;
    }
    const struct flow_rule *answer = decider_ask(d, *rule, p->len, sim_now(n->sim));
    for (unsigned k = 0; answer && k < answer->bids; k++) {
        if (e && bcache_binding(e, answer->bid[k]))
            return answer->bid[k];
    }
    return 0;
}

static const char *interface_of(const struct decider *d, uint16_t bid)
{
    for (unsigned k = 0; k < d->of.paths; k++) {
        if (d->path[k].bid == bid)
            return d->path[k].interface;
    }
    return "";
}

static void note_choice(struct node *n, struct corresponding *to, const struct flow_rule *rule,
                        uint16_t bid)
{
    uint16_t *by = &to->carried_by[rule - to->decider->policy.rule];
    if (*by && bid && *by != bid) {
        NODE_EVENT(
            n, EV_FLOW_MOVED, field_text("flow", rule->name), field_text("direction", "down"),
            field_text("from", interface_of(to->decider, *by)),
            field_text("to", interface_of(to->decider, bid)),
            field_text("mobile", to->decider->of.node), field_addr("home_address", &to->home));
    }
    if (bid)
        *by = bid;
}

bool correspond_takes(struct node *n, struct pkt *p)
{
    struct correspond *x = n->correspond;
    struct addr home = ip6_dst(p->at);
    const struct flow_rule *rule = NULL;
    if (!bcache_find(&x->peer.cache, &home))
        return false;
    struct corresponding *to = with(x, &home);
    uint16_t bid = wanted(n, to, p, &rule);
    const struct binding *at = correspondent_route(&x->peer, &home, bid, sim_now(n->sim));
    if (!at)
        return false;
    if (rule)
        note_choice(n, to, rule, at->bid);
    if (p->mark.flow) {
        p->mark.path = PKT_OPTIMISED;
        p->mark.bid = at->bid;
    }
    if (mobility_insert_route(n, p, &at->coa))
        path_out_plain(n, p);
    return true;
}
