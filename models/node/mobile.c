#include "models/node/mobile.h"

#include <assert.h>

#include "models/node/icmp.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/optimise.h"
#include "models/node/path.h"
#include "models/node/protect.h"

/* ---- doing what the list answers --------------------------------------- */

const char *mobile_iface_name(const struct mobile *m, const struct addr *coa)
{
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].has_coa && addr_eq(&m->path[k].coa, coa))
            return m->path[k].iface->name;
    }
    return m->home_iface ? m->home_iface->name : "";
}

static bool names(const struct mh *bu, uint16_t bid)
{
    for (unsigned k = 0; k < bu->bids; k++) {
        if (bu->bid[k].bid == bid)
            return true;
    }
    return bid == 0; /* the only one */
}

/* Its own end moves when a BU with another address has left, which waits for nobody: RFC 6275
 * 11.6.3. */
static void move_end_points(struct mobile *m, const struct bul_act *act)
{
    for (unsigned k = 0; k < m->bul.entries && act->bu.lifetime; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        if (e->sent && !e->told && names(&act->bu, e->bid) && !bul_is_home(&m->bul, e))
            protect_bound(m->node, &m->bul.how.home, e->bid, &e->coa);
    }
    if (!addr_unspecified(&m->bul.key_coa))
        protect_key_address(m->node, &m->bul.how.home, &m->bul.key_coa);
}

/* And when what carries is another one, or no longer all that did. */
static void follow_bindings(struct mobile *m)
{
    const struct bul_entry *lowest = NULL;
    for (unsigned k = 0; k < m->bul.entries; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        if (bul_carries(&m->bul, e->bid) && !bul_is_home(&m->bul, e) &&
            (!lowest || e->bid < lowest->bid))
            lowest = e;
    }
    for (unsigned k = 0; k < m->bul.entries && lowest; k++) {
        const struct bul_entry *e = &m->bul.entry[k];
        bool gone =
            (e->state == BUL_UNBOUND || e->state == BUL_LEAVING) && !addr_unspecified(&e->coa);
        protect_lowest(m->node, &m->bul.how.home, lowest->bid, &lowest->coa, gone ? &e->coa : NULL);
    }
}

static void send_update(struct mobile *m, const struct bul_act *act)
{
    struct node *n = m->node;
    const struct bul_config *how = &m->bul.how;
    if (mobile_refused(m, &how->agent))
        return; /* the list's own timer asks again */
    NODE_EVENT(
        n, EV_BU_SENT, field_addr("peer", &how->agent), field_addr("home_address", &how->home),
        field_text("bids", mobility_bids(n, &act->bu)), field_int("sequence", act->bu.sequence),
        field_int("lifetime_s", (int64_t)act->bu.lifetime * MH_LIFETIME_UNIT_S),
        field_addr("care_of_address", &act->src),
        field_text("interface", mobile_iface_name(m, &act->src)));
    mobility_signal(n, &act->bu, &act->src, &how->agent, act->from_home ? NULL : &how->home, true);
    if (n->protection)
        move_end_points(m, act);
}

static void note(struct mobile *m, const struct bul_act *act)
{
    struct node *n = m->node;
    const struct addr *home = &m->bul.how.home;
    if (act->kind == BUL_UP) {
        NODE_EVENT(n, EV_REGISTERED, field_addr("home_address", home), field_int("bid", act->bid),
                   field_addr("care_of_address", &act->coa),
                   field_text("interface", mobile_iface_name(m, &act->coa)),
                   field_int("status", act->status));
        if (addr_eq(&act->coa, home))
            mobile_home_bound(m, act->status);
        optimise_bound(m, act->bid, &act->coa);
    } else if (act->kind == BUL_DOWN) {
        NODE_EVENT(n, EV_DEREGISTERED, field_addr("home_address", home),
                   field_int("bid", act->bid));
    } else {
        NODE_EVENT(n, EV_REGISTRATION_LOST, field_addr("home_address", home),
                   field_int("bid", act->bid), field_int("status", act->status));
    }
    if (act->kind != BUL_UP) {
        optimise_unbound(m, act->bid);
        mobile_unbound(m, act->bid);
    }
}

static void wake(struct sim *sim, void *owner);

static void rearm(struct mobile *m)
{
    sim_time next = bul_next(&m->bul);
    if (next == SIM_NEVER) {
        sim_stop(m->node->sim, &m->timer);
    } else {
        sim_arm(m->node->sim, &m->timer,
                next > sim_now(m->node->sim) ? next : sim_now(m->node->sim));
    }
}

void mobile_do(struct mobile *m, const struct bul_acts *acts)
{
    bool plan_anew = false;
    bool come_home = false;
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bul_act *act = &acts->act[k];
        switch (act->kind) {
        case BUL_SEND:
            send_update(m, act);
            break;
        case BUL_AT_HOME:
            mobile_settle(m);
            break;
        case BUL_COME_HOME:
            come_home = true;
            break;
        case BUL_FALL_BACK:
            NODE_EVENT(m->node, EV_FALLBACK, field_addr("home_address", &m->bul.how.home),
                       field_text("why", act->text));
            plan_anew = !m->bul.mcoa;
            optimise_several(m);
            come_home |= plan_anew && m->home_iface != NULL;
            break;
        case BUL_UP:
        case BUL_DOWN:
        case BUL_LOST:
            note(m, act);
            break;
        case BUL_MEASURED:
            mobile_measured(m, &act->src, act->round_trip);
            break;
        case BUL_DISCOVER:
            mobile_prefixes_ask(m);
            break;
        }
    }
    mobile_discovery_review(m);
    rearm(m);
    if (m->node->protection)
        follow_bindings(m);
    mobile_prefixes_review(m);
    if (come_home) {
        mobile_return(m);
    } else if (plan_anew) {
        mobile_plan(m);
    }
}

static void wake(struct sim *sim, void *owner)
{
    struct mobile *m = owner;
    struct bul_acts acts;
    acts.n = 0;
    if (!mobile_discovery_silent(m))
        bul_tick(&m->bul, sim_now(sim), &acts);
    mobile_do(m, &acts);
}

/* ---- life ------------------------------------------------------------------- */

struct mobile *mobile_new(struct node *n, const struct mobile_config *how, struct decider *decider)
{
    struct mobile *m = arena_take(n->arena, sizeof *m);
    m->node = n;
    m->detection = how->detection;
    m->decider = decider;
    m->carried_by = arena_take(n->arena, decider->policy.rules * sizeof *m->carried_by);
    m->sequences = node_stream(n, "mip6.sequence");
    bul_init(&m->bul, &how->bul, (uint16_t)rng_u32(&m->sequences));
    sim_timer_init(&m->timer, wake, m);
    m->keyed = !how->waits_for_keys;
    m->client = how->client;
    mobile_home_init(m);
    mobile_prefixes_init(m, how);
    n->mobile = m;
    if (!addr_unspecified(&how->bul.home))
        node_own(n, NULL, &how->bul.home);
    if (!how->bul.mcoa)
        bul_add(&m->bul, 0);
    return m;
}

void mobile_start(struct mobile *m)
{
    mobile_plan(m);
}

void mobile_begin_anew(struct mobile *m, uint16_t sequence)
{
    struct bul_config how = m->bul.how;
    if (m->discovery)
        mobile_paths_anew(m);
    bul_init(&m->bul, &how, sequence);
    for (unsigned k = 0; k < m->paths && how.mcoa; k++)
        bul_add(&m->bul, m->path[k].bid);
    if (!how.mcoa)
        bul_add(&m->bul, 0);
    optimise_several(m);
    mobile_prefixes_restart(m);
    mobile_plan(m);
    rearm(m);
}

void mobile_restart(struct mobile *m)
{
    NODE_EVENT(m->node, EV_RESTARTED, field_addr("home_address", &m->bul.how.home));
    if (m->home_iface)
        mobile_leave_home(m);
    mobile_discovery_restart(m);
    mobile_begin_anew(m, (uint16_t)rng_u32(&m->sequences));
}

void mobile_set_home(struct mobile *m, const struct addr *home)
{
    struct bul_config *how = &m->bul.how;
    struct addr before = how->home;
    if (addr_eq(home, &before))
        return;
    if (m->home_iface)
        mobile_leave_home(m);
    how->home = *home;
    how->link_local = false;
    for (unsigned k = 0; k < m->paths; k++)
        how->link_local |= m->path[k].iface->identifier == addr_identifier(home);
    mobile_prefixes_home(m);
    if (!addr_unspecified(home))
        node_own(m->node, NULL, home);
    if (addr_unspecified(&before))
        return;
    node_disown(m->node, &before);
    m->keyed = false; /* SAs for the old one are none for this one */
    for (unsigned k = 0; k < m->paths; k++)
        m->path[k].wanted = false;
    mobile_begin_anew(m, (uint16_t)rng_u32(&m->sequences));
}

const struct addr *mobile_home(const struct mobile *m)
{
    return &m->bul.how.home;
}

const struct iface *mobile_home_iface(const struct mobile *m)
{
    return m->home_iface;
}

bool mobile_owns_home(const struct mobile *m, const struct addr *a)
{
    return addr_eq(a, &m->bul.how.home);
}

bool mobile_is_home(const struct mobile *m, const struct prefix *p)
{
    return prefix_holds(p, &m->bul.how.home);
}

/* ---- data ------------------------------------------------------------------- */

static bool carries(const void *who, uint16_t bid)
{
    const struct mobile *m = who;
    return bul_carries(&m->bul, bid);
}

static bool carries_by_oracle(const void *who, uint16_t bid)
{
    const struct mobile *m = who;
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].bid == bid && m->path[k].oracle_dead)
            return false;
    }
    return carries(who, bid);
}

/* Any binding that carries, for what no rule matches or whose BIDs are all gone. */
static unsigned any_binding(const struct mobile *m, uint16_t bid[FLOW_BIDS])
{
    for (unsigned k = 0; k < m->bul.entries; k++) {
        bid[0] = m->bul.entry[k].bid;
        if (carries(m, bid[0]))
            return 1;
    }
    return 0;
}

static unsigned choose(const struct mobile *m, const struct flow_rule *rule,
                       uint16_t bid[FLOW_BIDS])
{
    unsigned n = 0;
    if (m->bul.mcoa && m->detection.oracle)
        n = flow_choose(rule, carries_by_oracle, m, bid);
    if (!n && m->bul.mcoa)
        n = flow_choose(rule, carries, m, bid);
    return n ? n : any_binding(m, bid);
}

static const char *name_of_bid(const struct mobile *m, uint16_t bid)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    return e ? mobile_iface_name(m, &e->coa) : "";
}

/* Tell when the first choice of a rule is another interface than before. */
static void note_choice(struct mobile *m, const struct flow_rule *rule, uint16_t bid)
{
    struct mobile_carrier *by = &m->carried_by[rule - m->decider->policy.rule];
    if (by->interface && by->bid == bid && m->bul.mcoa)
        return; /* an identifier belongs to an interface */
    const char *name = name_of_bid(m, bid);
    if (by->interface && by->interface != name) {
        NODE_EVENT(m->node, EV_FLOW_MOVED, field_text("flow", rule->name),
                   field_text("direction", "up"), field_text("from", by->interface),
                   field_text("to", name));
    }
    *by = (struct mobile_carrier){name, bid};
}

/* What the node knows of its paths. */
static void describe_paths(const struct mobile *m, struct monami_path *path)
{
    for (unsigned k = 0; k < m->paths; k++) {
        const struct bul_entry *e = bul_find(&m->bul, m->path[k].bid);
        probe_describe(&m->path[k].probe, &path[k]);
        path[k].usable = carries_by_oracle(m, m->path[k].bid);
        path[k].home = e && bul_is_home(&m->bul, e);
    }
}

static const struct flow_rule *decide(struct mobile *m, const struct flow_rule *rule,
                                      const struct pkt *p)
{
    struct decider *d = m->decider;
    if (decider_looks(d))
        describe_paths(m, d->path);
    const struct flow_rule *answer = decider_ask(d, rule, p->len, sim_now(m->node->sim));
    if (d->refuses) {
        NODE_EVENT(m->node, EV_DECISION_REFUSED, field_text("flow", rule->name),
                   field_text("direction", "up"), field_int("bid", d->refused));
    }
    return answer;
}

/* On the home link as it is; else in the reverse tunnel from that care-of address. Answers whether
 * it is one for the tunnel. */
static bool find_end(const struct mobile *m, uint16_t bid, struct tunnel *t)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    const struct route *r = node_owns(m->node, &e->coa);
    *t = (struct tunnel){.entry = e->coa,
                         .exit = m->bul.how.agent,
                         .hop_limit = r && r->out ? r->out->hop_limit : 64,
                         .bid = bid};
    return !bul_is_home(&m->bul, e);
}

static void send_on(struct mobile *m, const uint16_t bid[], unsigned n, struct pkt *p)
{
    struct tunnel end[FLOW_BIDS];
    unsigned ends = 0;
    for (unsigned k = 0; k < n; k++) {
        if (!find_end(m, bid[k], &end[ends])) {
            struct pkt *one = n > 1 ? mobility_copy(m->node, p, (uint8_t)(n - 1)) : p;
            one->mark.bid = bid[k];
            path_out_plain(m->node, one);
        } else if (n > 1 || !optimise_takes(m, p, bid[k], &end[ends].entry)) {
            ends++;
        }
    }
    if (ends)
        mobility_tunnel_all(m->node, p, end, ends);
}

/* Without bindings it is the SA that says where the tunnel ends: RFC 4301 5.1.2. */
static void send_to_gateway(struct mobile *m, struct pkt *p)
{
    struct tunnel t = {.exit = m->bul.how.agent, .hop_limit = 64};
    if (key_exchange_address(m->node, &m->bul.how.home, &t.entry)) {
        mobility_tunnel_all(m->node, p, &t, 1);
    } else {
        node_drop(m->node, DROP_NO_SA, p);
    }
}

bool mobile_takes(struct mobile *m, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    uint16_t bid[FLOW_BIDS];
    if (!mobile_owns_home(m, &src) || addr_multicast(&dst))
        return false;
    if (m->home_iface && !mobile_simultaneous(m)) {
        if (!m->home_dad.running && !m->seeks_agent)
            return false; /* on its own link, like any other host */
        node_drop(m->node, DROP_AWAITING_HOME, p);
        return true;
    }
    if (m->client) {
        send_to_gateway(m, p);
        return true;
    }
    struct flow_packet f = flow_packet_of(p->at, p->len, true);
    const struct flow_rule *rule = flow_find(&m->decider->policy, &f);
    unsigned n = choose(m, decide(m, rule, p), bid);
    if (n == 0) {
        node_drop(m->node, DROP_AWAITING_HOME, p);
        return true;
    }
    note_choice(m, rule, bid[0]);
    optimise_carried(m, p, bid[0]);
    send_on(m, bid, n, p);
    return true;
}

bool mobile_accepts_tunnel(struct mobile *m, const struct ip6 *outer)
{
    return addr_eq(&outer->src, &m->bul.how.agent); /* RFC 6275 11.3.3 */
}

/* ---- signalling ------------------------------------------------------------ */

/* From whom the bindings are: nobody else's word counts (RFC 6275 11.3.6, 11.7.4). */
static bool is_of_agent(const struct mobile *m, const struct arrival *a)
{
    return addr_eq(&a->src, &m->bul.how.agent) && a->authentic;
}

static void refresh_requested(struct mobile *m, const struct mh *brr)
{
    struct bul_acts acts;
    acts.n = 0;
    NODE_EVENT(m->node, EV_BRR_RECEIVED, field_addr("home_address", &m->bul.how.home),
               field_text("bids", mobility_bids(m->node, brr)));
    bul_asked(&m->bul, brr, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

static void binding_error(struct mobile *m, const struct arrival *a, const struct mh *be)
{
    struct bul_acts acts;
    acts.n = 0;
    NODE_EVENT(m->node, EV_BE_RECEIVED, field_addr("peer", &a->src),
               field_addr("home_address", &be->home), field_int("status", be->status));
    if (be->status == 1 && mobile_owns_home(m, &be->home))
        bul_unknown(&m->bul, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

static void acknowledged(struct mobile *m, struct iface *i, const struct arrival *a,
                         const struct mh *ba)
{
    struct node *n = m->node;
    struct bul_acts acts;
    acts.n = 0;
    bool from_agent = addr_eq(&a->src, &m->bul.how.agent);
    bool matched = from_agent && bul_ack(&m->bul, a, ba, sim_now(n->sim), &acts);
    NODE_EVENT(n, EV_BA_RECEIVED, field_addr("peer", &a->src),
               field_addr("home_address", &m->bul.how.home),
               field_text("bids", mobility_bids(n, ba)), field_int("sequence", ba->sequence),
               field_int("lifetime_s", (int64_t)ba->lifetime * MH_LIFETIME_UNIT_S),
               field_int("status", ba->status), field_int("matched", matched),
               field_text("interface", i->name));
    if (!matched)
        return;
    mobile_discovery_heard(m);
    const struct nd_router *r = solicit_router(i, &a->dst);
    if (r) /* the way to the home agent and back works: RFC 4861 7.3.1 */
        neighbour_confirm(i, &r->addr);
    if (!addr_unspecified(&m->bul.key_coa)) /* K may have been refused */
        protect_key_address(n, &m->bul.how.home, &m->bul.key_coa);
    if (!m->bul.how.moves_keys)
        m->bul.key_coa = addr_any; /* whoever moves it from now on, it is not a BU */
    mobile_do(m, &acts);
    optimise_answered(m);
    if (ba->status < MH_ST_UNSPECIFIED)
        key_exchange_registered(n, &a->dst, m->bul.how.moves_keys);
}

void mobile_mh(struct mobile *m, struct iface *i, struct pkt *p, const struct ip6 *h,
               const struct ip6_chain *c)
{
    struct mh message;
    if (!mobility_read(i, p, h, c, &message))
        return;
    struct arrival a = mobility_arrival(i, h, c);
    const struct delivery d = {&a, &message, p->at + c->upper_at, p->len - c->upper_at};
    if (optimise_mh(m, &d)) {
        pkt_give(m->node->packets, p);
        return;
    }
    if (message.type == MH_BA) {
        acknowledged(m, i, &a, &message);
    } else if (message.type == MH_BRR && is_of_agent(m, &a)) {
        refresh_requested(m, &message);
    } else if (message.type == MH_BE && is_of_agent(m, &a)) {
        binding_error(m, &a, &message);
    } else if (message.type == MH_BU && message.flags & MH_BU_HOME) {
        (void)mobility_refuse(m->node, &a, &message);
    } else {
        node_drop(m->node, DROP_MH_IGNORED, p);
        return;
    }
    pkt_give(m->node->packets, p);
}
