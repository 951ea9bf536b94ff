#include "models/node/mobile.h"

#include "models/node/key_exchange.h"
#include "models/node/mobile_path.h"
#include "models/node/mobility.h"
#include "models/node/optimise.h"
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
