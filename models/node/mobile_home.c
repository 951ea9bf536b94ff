/* A mobile node on its home link: RFC 6275 11.5.5, and RFC 5648 5.5, 5.6 with several care-of
 * addresses. */
#include "models/node/mobile_path.h"
#include "models/node/optimise.h"

bool mobile_simultaneous(const struct mobile *m)
{
    return m->bul.mcoa && m->bul.simultaneous;
}

/* L: the home agent's word about the home address holds for the link-local one (RFC 6275 6.1.7). */
static bool shares_identifier(const struct mobile *m, const struct iface *i)
{
    return m->bul.how.link_local && i->identifier == addr_identifier(&m->bul.how.home);
}

bool mobile_binds_link_local(const struct mobile *m, const struct iface *i)
{
    return shares_identifier(m, i) && bul_is_known(&m->bul);
}

/* Its neighbours learn where the home address is now: RFC 6275 11.5.5. */
static void announce(struct mobile *m)
{
    struct iface *i = m->home_iface;
    const struct addr *own = address_link_local(i);
    nd_send_na(i, &m->bul.how.home, &addr_all_nodes, false, true);
    if (own && shares_identifier(m, i)) /* the home agent has answered for this one, too */
        nd_send_na(i, own, &addr_all_nodes, false, true);
}

void mobile_settle(struct mobile *m)
{
    if (!m->home_iface)
        return; /* gone again meanwhile */
    m->settled = true;
    m->answers = true;
    NODE_EVENT(m->node, EV_RETURNED_HOME, field_addr("home_address", &m->bul.how.home),
               field_text("interface", m->home_iface->name), field_int("simultaneous", 0));
    announce(m);
    optimise_set_home(m, true);
}

void mobile_home_bound(struct mobile *m, uint8_t status)
{
    if (!m->home_iface)
        return;
    m->settled = true;
    m->answers = status != MH_ST_RETURN_HOME_NO_NDP; /* RFC 5648 5.6.4 */
    NODE_EVENT(m->node, EV_RETURNED_HOME, field_addr("home_address", &m->bul.how.home),
               field_text("interface", m->home_iface->name), field_int("simultaneous", 1));
    if (m->answers)
        announce(m);
}

static void tested(void *owner, bool unique)
{
    struct mobile *m = owner;
    if (unique) {
        mobile_settle(m);
        return;
    }
    NODE_EVENT(m->node, EV_ND_DAD_FAILED, field_text("interface", m->home_iface->name),
               field_addr("address", &m->bul.how.home));
}

void mobile_return(struct mobile *m)
{
    struct bul_acts acts;
    acts.n = 0;
    bool known = bul_is_known(&m->bul);
    bul_return_home(&m->bul, sim_now(m->node->sim), &acts);
    if (known) { /* the address is the node's: no test while a binding exists */
        m->answers = true;
        mobile_do(m, &acts);
    } else if (!m->home_dad.running) {
        dad_start(&m->home_dad, m->home_iface, &m->bul.how.home, true, m, tested);
    }
}

/* The deregistration goes to the home agent's link-layer address: from its advertisement, or asked
 * for with the home address as target, which the home agent defends (RFC 6275 11.5.5). */
static bool knows_agent(struct mobile *m, const struct nd_router *r)
{
    if (r->station && !addr_unspecified(&r->global) && addr_eq(&r->global, &m->bul.how.agent)) {
        neighbour_learn(m->home_iface, &r->global, r->station, true);
        return true;
    }
    return m->home_iface->port->framing != LINK_ETHERNET || !bul_is_known(&m->bul);
}

static void act_at_home(struct mobile *m)
{
    m->seeks_agent = false;
    sim_stop(m->node->sim, &m->seeking);
    if (mobile_simultaneous(m)) {
        mobile_address_changed(m, m->home_iface);
    } else {
        mobile_return(m);
    }
}

/* Once more a RetransTimer later, until it is answered or nothing is bound any more.  Of several
 * home agents the one that does not answer is taken for dead as any neighbour: RFC 4861 7.2.2. */
static void seek_agent(struct sim *sim, void *owner)
{
    struct mobile *m = owner;
    const struct addr *home = &m->bul.how.home;
    struct addr group = addr_solicited_node(home);
    const struct nd_message ns = {.type = ICMP6_NS, .target = *home};
    bool in_vain = m->sought == m->home_iface->nd->timers->max_multicast;
    if (!bul_is_known(&m->bul) || (in_vain && mobile_discovery_deserted(m))) {
        act_at_home(m);
        return;
    }
    m->seeks_agent = true;
    m->sought++;
    sim_arm_in(sim, &m->seeking, m->home_iface->nd->retrans);
    nd_send(m->home_iface, &addr_any, &group, 0, &ns);
}

void mobile_home_init(struct mobile *m)
{
    sim_timer_init(&m->seeking, seek_agent, m);
    m->home_preferred_until = SIM_NEVER;
}

void mobile_advertised(struct mobile *m, struct iface *i, const struct nd_message *na)
{
    if (!m->seeks_agent || m->home_iface != i || !addr_eq(&na->target, &m->bul.how.home) ||
        !na->options.has_target)
        return;
    neighbour_learn(i, &m->bul.how.agent, na->options.target, true);
    act_at_home(m);
}

void mobile_come_home(struct mobile *m, struct iface *i, const struct nd_router *r)
{
    m->home_iface = i;
    m->settled = false;
    m->answers = false;
    m->sought = 0;
    m->bul.home_station = i->port->station;
    node_own(m->node, i, &m->bul.how.home);
    nd_filter(i);
    if (knows_agent(m, r)) {
        act_at_home(m);
    } else {
        seek_agent(m->node->sim, m);
    }
}

void mobile_leave_home(struct mobile *m)
{
    optimise_set_home(m, false);
    struct iface *i = m->home_iface;
    bool complete = !mobile_simultaneous(m);
    m->home_iface = NULL;
    m->settled = m->answers = m->seeks_agent = false;
    dad_stop(&m->home_dad);
    sim_stop(m->node->sim, &m->seeking);
    node_own(m->node, NULL, &m->bul.how.home);
    nd_filter(i);
    if (complete) {
        const struct bul_acts none = {.n = 0};
        bul_leave_home(&m->bul);
        mobile_do(m, &none); /* its timer follows */
        mobile_plan(m);
    } else {
        mobile_address_changed(m, i);
    }
}

void mobile_home_advertised(struct mobile *m, sim_time preferred_until, sim_time valid_until)
{
    m->home_preferred_until = preferred_until;
    mps_told(&m->mps, preferred_until, valid_until, sim_now(m->node->sim));
    mobile_prefixes_review(m);
}

bool mobile_home_deprecated(const struct mobile *m)
{
    return m->home_preferred_until <= sim_now(m->node->sim);
}

static const struct nd_router *home_router(const struct mobile *m, const struct iface *i)
{
    for (int k = 0; k < ND_ROUTERS; k++) {
        const struct nd_router *r = &i->nd->router[k];
        if (!addr_unspecified(&r->addr) && r->prefix.len && mobile_is_home(m, &r->prefix))
            return r;
    }
    return NULL;
}

void mobile_router_found(struct mobile *m, struct iface *i)
{
    const struct nd_router *r = home_router(m, i);
    if (r && !m->home_iface) {
        mobile_come_home(m, i, r);
    } else if (r && m->home_iface == i && m->seeks_agent && knows_agent(m, r)) {
        act_at_home(m);
    }
    mobile_address_changed(m, i);
}

void mobile_link_lost(struct mobile *m, struct iface *i)
{
    if (m->home_iface == i)
        mobile_leave_home(m);
    mobile_address_changed(m, i);
}

bool mobile_listens(const struct mobile *m, const struct iface *i, const struct addr *group)
{
    struct addr own = addr_solicited_node(&m->bul.how.home);
    return m->home_iface == i && addr_eq(group, &own);
}

bool mobile_answers(const struct mobile *m, const struct iface *i, const struct addr *target)
{
    return m->home_iface == i && m->answers && mobile_owns_home(m, target);
}
