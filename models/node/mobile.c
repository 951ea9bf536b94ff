#include "models/node/mobile.h"

#include <assert.h>

#include "models/node/icmp.h"
#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/path.h"

/* ---- doing what the list answers --------------------------------------- */

static const char *iface_name_of(const struct mobile *m, const struct addr *coa)
{
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].has_coa && addr_eq(&m->path[k].coa, coa))
            return m->path[k].iface->name;
    }
    return m->home_iface ? m->home_iface->name : "";
}

static void send_update(struct mobile *m, const struct bul_act *act)
{
    struct node *n = m->node;
    const struct bul_config *how = &m->bul.how;
    NODE_EVENT(
        n, EV_BU_SENT, field_addr("peer", &how->agent), field_addr("home_address", &how->home),
        field_text("bids", mobility_bids(n, &act->bu)), field_int("sequence", act->bu.sequence),
        field_int("lifetime_s", (int64_t)act->bu.lifetime * MH_LIFETIME_UNIT_S),
        field_addr("care_of_address", &act->src),
        field_text("interface", iface_name_of(m, &act->src)));
    mobility_send(n, &act->bu, &act->src, &how->agent, act->from_home ? NULL : &how->home, true);
}

static void settled_at_home(struct mobile *m)
{
    struct node *n = m->node;
    if (!m->home_iface)
        return; /* gone again meanwhile */
    m->settled = true;
    NODE_EVENT(n, EV_RETURNED_HOME, field_addr("home_address", &m->bul.how.home),
               field_text("interface", m->home_iface->name));
    /* RFC 6275 11.5.5: the neighbours learn where the home address is now. */
    nd_send_na(m->home_iface, &m->bul.how.home, &addr_all_nodes, false, true);
}

static void note(struct mobile *m, const struct bul_act *act)
{
    struct node *n = m->node;
    const struct addr *home = &m->bul.how.home;
    if (act->kind == BUL_UP) {
        NODE_EVENT(n, EV_REGISTERED, field_addr("home_address", home), field_int("bid", act->bid),
                   field_addr("care_of_address", &act->coa),
                   field_text("interface", iface_name_of(m, &act->coa)));
    } else if (act->kind == BUL_DOWN) {
        NODE_EVENT(n, EV_DEREGISTERED, field_addr("home_address", home),
                   field_int("bid", act->bid));
    } else {
        NODE_EVENT(n, EV_REGISTRATION_LOST, field_addr("home_address", home),
                   field_int("bid", act->bid), field_int("status", act->status));
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
    for (unsigned k = 0; k < acts->n; k++) {
        const struct bul_act *act = &acts->act[k];
        switch (act->kind) {
        case BUL_SEND:
            send_update(m, act);
            break;
        case BUL_AT_HOME:
            settled_at_home(m);
            break;
        case BUL_FALL_BACK:
            NODE_EVENT(m->node, EV_FALLBACK, field_addr("home_address", &m->bul.how.home),
                       field_text("why", act->text));
            plan_anew = !m->bul.mcoa;
            break;
        case BUL_UP:
        case BUL_DOWN:
        case BUL_LOST:
            note(m, act);
            break;
        }
    }
    rearm(m);
    if (plan_anew)
        mobile_plan(m);
}

static void wake(struct sim *sim, void *owner)
{
    struct mobile *m = owner;
    struct bul_acts acts = {.n = 0};
    bul_tick(&m->bul, sim_now(sim), &acts);
    mobile_do(m, &acts);
}

/* ---- life ------------------------------------------------------------------- */

struct mobile *mobile_new(struct node *n, const struct mobile_config *how,
                          const struct flow_policy *policy)
{
    struct mobile *m = arena_take(n->arena, sizeof *m);
    m->node = n;
    m->detection = how->detection;
    m->policy = policy;
    m->carried_by = arena_take(n->arena, (policy->rules + 1) * sizeof *m->carried_by);
    struct rng rng = node_stream(n, "mip6.sequence");
    bul_init(&m->bul, &how->bul, (uint16_t)rng_u32(&rng));
    sim_timer_init(&m->timer, wake, m);
    n->mobile = m;
    node_own(n, NULL, &how->bul.home);
    if (!how->bul.mcoa)
        bul_add(&m->bul, 0);
    return m;
}

void mobile_start(struct mobile *m)
{
    mobile_plan(m);
}

const struct addr *mobile_home(const struct mobile *m)
{
    return &m->bul.how.home;
}

bool mobile_owns_home(const struct mobile *m, const struct addr *a)
{
    return addr_eq(a, &m->bul.how.home);
}

bool mobile_is_home(const struct mobile *m, const struct prefix *p)
{
    return prefix_holds(p, &m->bul.how.home);
}

/* ---- home ------------------------------------------------------------------- */

static void come_home(struct mobile *m, struct iface *i, const struct nd_router *r)
{
    struct bul_acts acts = {.n = 0};
    m->home_iface = i;
    m->settled = false;
    node_own(m->node, i, &m->bul.how.home);
    if (r->station && !addr_unspecified(&r->global)) /* RFC 6275 11.5.5: from the RA, not by NS */
        neighbour_learn(i, &r->global, r->station, true);
    bul_return_home(&m->bul, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

static void leave_home(struct mobile *m)
{
    m->home_iface = NULL;
    m->settled = false;
    node_own(m->node, NULL, &m->bul.how.home);
    bul_leave_home(&m->bul);
    rearm(m);
    mobile_plan(m);
}

void mobile_router_found(struct mobile *m, struct iface *i)
{
    for (int k = 0; k < ND_ROUTERS && !m->home_iface; k++) {
        const struct nd_router *r = &i->nd->router[k];
        if (!addr_unspecified(&r->addr) && r->prefix.len && mobile_is_home(m, &r->prefix))
            come_home(m, i, r);
    }
    mobile_address_changed(m, i);
}

void mobile_link_lost(struct mobile *m, struct iface *i)
{
    if (m->home_iface == i)
        leave_home(m);
    mobile_address_changed(m, i);
}

bool mobile_listens(const struct mobile *m, const struct iface *i, const struct addr *group)
{
    struct addr own = addr_solicited_node(&m->bul.how.home);
    return m->home_iface == i && addr_eq(group, &own);
}

bool mobile_answers(const struct mobile *m, const struct iface *i, const struct addr *target)
{
    return m->home_iface == i && mobile_owns_home(m, target);
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
    if (m->bul.mcoa && rule && m->detection.oracle)
        n = flow_choose(rule, carries_by_oracle, m, bid);
    if (!n && m->bul.mcoa && rule)
        n = flow_choose(rule, carries, m, bid);
    return n ? n : any_binding(m, bid);
}

static const char *name_of_bid(const struct mobile *m, uint16_t bid)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    return e ? iface_name_of(m, &e->coa) : "";
}

/* Tell when the first choice of a rule is another interface than before. */
static void note_choice(struct mobile *m, const struct flow_rule *rule, uint16_t bid)
{
    size_t k = rule ? (size_t)(rule - m->policy->rule) : m->policy->rules;
    const char *name = name_of_bid(m, bid);
    if (m->carried_by[k] && m->carried_by[k] != name) {
        NODE_EVENT(m->node, EV_FLOW_MOVED, field_text("flow", rule ? rule->name : "any"),
                   field_text("direction", "up"), field_text("from", m->carried_by[k]),
                   field_text("to", name));
    }
    m->carried_by[k] = name;
}

bool mobile_takes(struct mobile *m, struct pkt *p)
{
    struct addr src = ip6_src(p->at);
    struct addr dst = ip6_dst(p->at);
    uint16_t bid[FLOW_BIDS];
    if (!mobile_owns_home(m, &src) || m->home_iface || addr_multicast(&dst))
        return false;
    struct flow_packet f = flow_packet_of(p->at, p->len, true);
    const struct flow_rule *rule = flow_find(m->policy, &f);
    unsigned n = choose(m, rule, bid);
    if (n == 0) {
        node_drop(m->node, DROP_AWAITING_HOME, p);
        return true;
    }
    note_choice(m, rule, bid[0]);
    for (unsigned k = 0; k < n; k++) {
        const struct bul_entry *e = bul_find(&m->bul, bid[k]);
        const struct route *r = node_owns(m->node, &e->coa);
        struct pkt *one = k + 1 < n ? mobility_copy(m->node, p, (uint8_t)(k + 1)) : p;
        mobility_tunnel(m->node, one, &e->coa, &m->bul.how.agent, bid[k],
                        r && r->out ? r->out->hop_limit : 64);
    }
    return true;
}

bool mobile_accepts_tunnel(struct mobile *m, const struct ip6 *outer)
{
    return addr_eq(&outer->src, &m->bul.how.agent); /* RFC 6275 11.3.3 */
}

/* ---- signalling ------------------------------------------------------------ */

static void acknowledged(struct mobile *m, struct iface *i, const struct arrival *a,
                         const struct mh *ba)
{
    struct node *n = m->node;
    struct bul_acts acts = {.n = 0};
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
    const struct nd_router *r = solicit_router(i, &a->dst);
    if (r) /* the way to the home agent and back works: RFC 4861 7.3.1 */
        neighbour_confirm(i, &r->addr);
    mobile_do(m, &acts);
}

void mobile_mh(struct mobile *m, struct iface *i, struct pkt *p, const struct ip6 *h,
               const struct ip6_chain *c)
{
    struct mh message;
    if (!mobility_read(i, p, h, c, &message))
        return;
    struct arrival a = mobility_arrival(i, h, c);
    if (message.type != MH_BA) {
        node_drop(m->node, DROP_MH_IGNORED, p);
        return;
    }
    acknowledged(m, i, &a, &message);
    pkt_give(m->node->packets, p);
}
