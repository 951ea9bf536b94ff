
#include "models/node/correspond.h"
#include "models/node/key_exchange.h"
#include "models/node/mobility.h"
#include "models/node/protect.h"
#include "models/node/visitor.h"

static void wake(struct sim *sim, void *owner);

struct agent *agent_new(struct node *n, struct iface *home, const struct addr *address,
                        const struct bcache_config *how, const struct agent_checks *checks,
                        const struct probe_config *probing, const struct mpa_timers *prefixes)
{
    struct agent *a = arena_take(n->arena, sizeof *a);
    a->node = n;
    a->home = home;
    a->address = *address;
    a->checks = *checks;
    a->probing = *probing;
    a->prefixes = prefixes;
    a->prefix_delays = node_stream(n, "mip6.prefixes");
    bcache_init(&a->cache, how, n->arena);
    sim_timer_init(&a->timer, wake, a);
    agent_list_init(a);
    n->agent = a;
    return a;
}

static void remember(struct agent *a, struct visitor *v)
{
    if (a->visitors == a->visitor_room) {
        unsigned room = a->visitor_room ? 2 * a->visitor_room : 16;
        struct visitor **more = arena_take(a->node->arena, room * sizeof(struct visitor *));
        for (unsigned k = 0; k < a->visitors; k++)
            more[k] = a->visitor[k];
        a->visitor = more;
        a->visitor_room = room;
    }
    a->visitor[a->visitors++] = v;
}

static struct visitor *visitor_of(struct agent *a, const struct addr *home)
{
    struct bcache_entry *e = bcache_intern(&a->cache, home);
    struct visitor *v = e->visitor;
    if (v)
        return v;
    v = arena_take(a->node->arena, sizeof *v);
    visitor_init(v, a, home);
    remember(a, v);
    e->visitor = v;
    return v;
}

void agent_set_decider(struct agent *a, const struct addr *home, struct decider *decider)
{
    struct visitor *v = visitor_of(a, home);
    v->decider = decider;
    v->carried_by = arena_take(a->node->arena, decider->policy.rules * sizeof *v->carried_by);
}

/* ---- doing what the cache answers -------------------------------------- */

static void do_acts(struct agent *a, const struct bcache_acts *acts);

static void is_framed(struct node *n, struct pkt *p, const struct sealing *s)
{
    mobility_is_sealed(n, p, s);
    agent_send_framed(s->out, p, s->station);
}

/* Whether the home agent alone answers for the home address on the home link. */
static bool is_silent(struct agent *a, const struct addr *home)
{
    const struct bcache_entry *e = bcache_find(&a->cache, home);
    for (unsigned k = 0; e && k < e->bindings; k++) {
        if (e->binding[k].home)
            return !e->binding[k].ndp;
    }
    return false;
}

static void send_ack(struct agent *a, const struct bcache_act *act)
{
    struct node *n = a->node;
    NODE_EVENT(n, EV_BA_SENT, field_addr("peer", &act->dst), field_addr("home_address", &act->home),
               field_text("bids", mobility_bids(n, &act->ba)),
               field_int("sequence", act->ba.sequence),
               field_int("lifetime_s", (int64_t)act->ba.lifetime * MH_LIFETIME_UNIT_S),
               field_int("status", act->ba.status));
    bool by_frame = act->station && addr_eq(&act->dst, &act->home); /* RFC 6275 10.3.2 */
    if (by_frame && is_silent(a, &act->home)) { /* in the cache it would be tested: RFC 5648 6.3 */
        struct sealing s = {.then = is_framed, .out = a->home, .station = act->station};
        mobility_make_signal(n, &act->ba, &a->address, &act->dst, &s);
        return;
    }
    if (by_frame)
        neighbour_learn(a->home, &act->dst, act->station, false);
    mobility_signal(n, &act->ba, &a->address, &act->dst, act->rh2 ? &act->home : NULL, false);
}

/* To the home address, so that it goes the way of data: no routing header stands in front of a
 * Mobility Header other than a BA (RFC 6275 6.1). */
static void send_request(struct agent *a, const struct bcache_act *act)
{
    struct node *n = a->node;
    const struct bcache_entry *e = bcache_find(&a->cache, &act->home);
    const struct binding *chosen[MH_BIDS];
    if (!e || !bcache_choose(e, NULL, chosen))
        return;
    NODE_EVENT(n, EV_BRR_SENT, field_addr("home_address", &act->home),
               field_text("bids", mobility_bids(n, &act->ba)));
    struct pkt *p = mobility_make(n, &act->ba, &a->address, &act->home);
    if (chosen[0]->home) {
        agent_send_home(a, p, chosen[0]);
    } else {
        mobility_tunnel(n, p, &a->address, &chosen[0]->coa, chosen[0]->bid, 64);
    }
}

static void tested(void *owner, bool unique)
{
    struct visitor *v = owner;
    struct agent *a = v->agent;
    v->unique &= unique;
    if (--v->tests > 0)
        return;
    NODE_EVENT(a->node, EV_HOME_DAD, field_addr("home_address", &v->home),
               field_text("result", v->unique ? "unique" : "taken"));
    sim_time now = sim_now(a->node->sim);
    struct bcache_acts acts;
    acts.n = 0;
    bcache_tested(&a->cache, &v->home, v->unique, now, &acts);
    do_acts(a, &acts);
    for (;;) {
        acts.n = 0;
        if (!bcache_resume(&a->cache, &v->home, now, &acts))
            break;
        do_acts(a, &acts);
    }
}

/* RFC 6275 10.3.1: before the first acknowledgement, with no delay of its own. */
static void test_home(struct agent *a, const struct addr *home)
{
    struct visitor *v = visitor_of(a, home);
    bool link_local = bcache_find(&a->cache, home)->link_local;
    struct addr other = addr_link_local_of(addr_identifier(home));
    v->unique = true;
    v->tests = link_local ? 2 : 1;
    dad_start(&v->dad, a->home, home, false, v, tested);
    if (link_local)
        dad_start(&v->dad_link_local, a->home, &other, false, v, tested);
}

/* Intercept and defend from now on: RFC 6275 10.4.1. */
static void proxy(struct agent *a, const struct addr *home, bool on)
{
    bool link_local = bcache_find(&a->cache, home)->link_local;
    struct addr other = addr_link_local_of(addr_identifier(home));
    NODE_EVENT(a->node, EV_PROXY, field_addr("home_address", home), field_int("on", on));
    if (!on) {
        nd_proxy_remove(a->home, home);
        nd_proxy_remove(a->home, &other);
        return;
    }
    nd_proxy_add(a->home, home);
    nd_send_na(a->home, home, &addr_all_nodes, false, true);
    if (link_local) {
        nd_proxy_add(a->home, &other);
        nd_send_na(a->home, &other, &addr_all_nodes, false, true);
    }
}

/* Tunnel SAs follow the bindings, by whatever rule: RFC 4877 4.3. */
static void move_end_point(struct agent *a, const struct bcache_entry *e,
                           const struct bcache_act *act)
{
    const struct binding *lowest = NULL; /* no tunnel goes to the home link */
    for (unsigned k = 0; k < e->bindings; k++) {
        if (!e->binding[k].home && (!lowest || e->binding[k].bid < lowest->bid))
            lowest = &e->binding[k];
    }
    bool ended = act->kind == BCACHE_ENDED;
    if (!lowest)
        return;
    if (!ended && !addr_eq(&act->coa, &e->home))
        protect_bound(a->node, &e->home, act->bid, &act->coa);
    protect_lowest(a->node, &e->home, lowest->bid, &lowest->coa, ended ? &act->coa : NULL);
}

/* An accepted BU with K: RFC 6275 10.3.1; with several care-of addresses, that which it came from,
 * if it is one of them (RFC 5648 9.1). */
static void move_keys(struct agent *a, const struct bcache_act *act)
{
    bool accepted = act->ba.status < MH_ST_UNSPECIFIED && act->ba.flags & MH_BA_KEY;
    if (accepted && (addr_eq(&act->dst, &act->home) || agent_bound(a, &act->home, &act->dst)))
        protect_key_address(a->node, &act->home, &act->dst);
}

/* And one without K, once its acknowledgement has left: key management may be where nobody is any
 * more. */
static void end_keys(struct agent *a, const struct bcache_act *act)
{
    struct addr coa;
    if (act->ba.status >= MH_ST_UNSPECIFIED || act->ba.flags & MH_BA_KEY ||
        !key_exchange_address(a->node, &act->home, &coa))
        return;
    key_exchange_not_kept(a->node, &act->home, agent_bound(a, &act->home, &coa));
}

static void note(struct agent *a, const struct bcache_act *act)
{
    static const enum event_name names[] = {
        [BCACHE_MADE] = EV_BINDING_MADE,
        [BCACHE_MOVED] = EV_BINDING_MOVED,
        [BCACHE_REFRESHED] = EV_BINDING_REFRESHED,
        [BCACHE_ENDED] = EV_BINDING_ENDED,
    };
    NODE_EVENT(a->node, (uint16_t)names[act->kind], field_addr("home_address", &act->home),
               field_int("bid", act->bid), field_addr("care_of_address", &act->coa),
               field_text("how", act->text ? act->text : ""));
    struct bcache_entry *e = bcache_find(&a->cache, &act->home);
    struct binding *b = act->kind != BCACHE_ENDED && e ? bcache_binding(e, act->bid) : NULL;
    if (b)
        visitor_bound(visitor_of(a, &act->home), b, act->kind == BCACHE_MADE);
    if (a->node->protection && e && e->bindings && act->kind != BCACHE_REFRESHED)
        move_end_point(a, e, act);
    if (act->kind == BCACHE_MADE || act->kind == BCACHE_MOVED)
        key_exchange_bound(a->node, &act->home, &act->coa);
    if (e)
        visitor_prefixes_bound(visitor_of(a, &act->home),
                               act->kind == BCACHE_ENDED ? act->text : NULL);
}

static void rearm(struct agent *a)
{
    struct sim *sim = a->node->sim;
    sim_time next = bcache_next(&a->cache);
    if (next == SIM_NEVER) {
        sim_stop(sim, &a->timer);
    } else {
        sim_arm(sim, &a->timer, next > sim_now(sim) ? next : sim_now(sim));
    }
}

static void do_acts(struct agent *a, const struct bcache_acts *acts)
{
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bcache_act *act = &acts->act[k];
        switch (act->kind) {
        case BCACHE_SEND:
            move_keys(a, act);
            send_ack(a, act);
            end_keys(a, act);
            break;
        case BCACHE_ASK:
            send_request(a, act);
            break;
        case BCACHE_TEST:
            test_home(a, &act->home);
            break;
        case BCACHE_PROXY_ON:
        case BCACHE_PROXY_OFF:
            proxy(a, &act->home, act->kind == BCACHE_PROXY_ON);
            break;
        case BCACHE_MADE:
        case BCACHE_MOVED:
        case BCACHE_REFRESHED:
        case BCACHE_ENDED:
            note(a, act);
            break;
        }
    }
    rearm(a);
}

static void wake(struct sim *sim, void *owner)
{
    struct agent *a = owner;
    struct bcache_acts acts;
    acts.n = 0;
    bcache_tick(&a->cache, sim_now(sim), &acts);
    do_acts(a, &acts);
}

/* ---- signalling ------------------------------------------------------------ */

static void updated(struct agent *a, const struct arrival *at, const struct mh *bu)
{
    struct node *n = a->node;
    struct bcache_acts acts;
    acts.n = 0;
    const struct addr *home = at->has_home ? &at->home : &at->src;
    NODE_EVENT(n, EV_BU_RECEIVED, field_addr("home_address", home), field_addr("source", &at->src),
               field_text("bids", mobility_bids(n, bu)), field_int("sequence", bu->sequence),
               field_int("lifetime_s", (int64_t)bu->lifetime * MH_LIFETIME_UNIT_S),
               field_int("overwrite", (bu->flags & MH_BU_OVERWRITE) != 0));
    (void)bcache_update(&a->cache, at, bu, sim_now(n->sim), &acts);
    do_acts(a, &acts);
}

/* Who may not send this BU, before it is looked at; 0: fine. */
static unsigned refuses_update(struct agent *a, const struct arrival *at)
{
    const struct addr *home = at->has_home ? &at->home : &at->src;
    const struct bcache_entry *e = bcache_find(&a->cache, home);
    if (!protect_authorises(a->node, home) || protection_client(a->node, home))
        return DROP_NOT_AUTHORISED;
    if (a->checks.bu && e && e->state == BCACHE_BOUND && at->has_home &&
        !agent_bound(a, home, &at->src))
        return DROP_BU_SOURCE_NOT_BOUND;
    return DROP_NONE;
}

/* What its mobile nodes, and those of others, say to it as to any correspondent. */
static bool is_for_correspondent(struct agent *a, const struct arrival *at, const struct mh *m)
{
    const struct addr *home = at->has_home ? &at->home : &at->src;
    const struct bcache_entry *e = bcache_find(&a->cache, home);
    bool here = e && e->state != BCACHE_NONE; /* what was refused has an entry, too */
    if (!a->node->correspond)
        return false;
    return m->type != MH_BU || (!(m->flags & MH_BU_HOME) && !here);
}

void agent_mh(struct agent *a, struct iface *i, struct pkt *p, const struct ip6 *h,
              const struct ip6_chain *c)
{
    struct mh message;
    if (!mobility_read(i, p, h, c, &message))
        return;
    struct arrival at = mobility_arrival(i, h, c);
    if (is_for_correspondent(a, &at, &message)) {
        correspond_message(i, p, h, c, &message);
        return;
    }
    bool closed = message.type == MH_BU && !a->open;
    if (closed && mobility_refuse(a->node, &at, &message)) {
        pkt_give(a->node->packets, p);
        return;
    }
    unsigned refused = message.type == MH_BU && !closed ? refuses_update(a, &at) : DROP_MH_IGNORED;
    if (refused) {
        node_drop(a->node, refused, p);
        return;
    }
    updated(a, &at, &message);
    pkt_give(a->node->packets, p);
}

/* ---- from outside ----------------------------------------------------------- */

void agent_add_client(struct agent *a, const struct addr *client)
{
    nd_proxy_add(a->home, client);
}

struct bcache *agent_cache(struct agent *a)
{
    return &a->cache;
}

void agent_restart(struct agent *a)
{
    struct bcache_acts acts;
    acts.n = 0;
    NODE_EVENT(a->node, EV_RESTARTED, field_addr("home_address", &addr_any));
    while (bcache_forget(&a->cache, &acts)) {
        do_acts(a, &acts);
        acts.n = 0;
    }
}

void agent_forget(struct agent *a, const struct addr *home)
{
    struct bcache_acts acts;
    acts.n = 0;
    bcache_forget_home(&a->cache, home, "no-lease", &acts);
    do_acts(a, &acts);
}

bool agent_bound(struct agent *a, const struct addr *home, const struct addr *care_of)
{
    return bcache_has_coa(&a->cache, home, care_of, sim_now(a->node->sim));
}

bool agent_link_local(const struct agent *a, const struct addr *dst)
{
    return nd_proxies(a->home, dst);
}
