#include "models/node/nd.h"

#include <assert.h>

#include "models/node/agent.h"
#include "models/node/bearer.h"
#include "models/node/mobile.h"
#include "models/node/path.h"
#include "models/node/share.h"
#include "sim/base/bytes.h"

static const sim_time redraw_reachable = 2 * 3600 * SIM_S; /* "every few hours": 4861 6.3.4 */

#define TIMER(member) offsetof(struct nd_timers, member)

static const char *const backoffs[] = {"rfc7559", "rfc4861", NULL};

const struct key nd_timer_keys[] = {
    {"max_rtr_solicitation_delay", KEY_TIME, TIMER(max_rs_delay), "1 s",
     "random delay before the first RS, RFC 4861 10", .max = 3600 * SIM_S},
    {"rtr_solicitation_interval", KEY_TIME, TIMER(rs_interval), "4 s", "between RSs, RFC 4861 10",
     .min = SIM_MS, .max = 3600 * SIM_S},
    {"max_rtr_solicitations", KEY_INTEGER, TIMER(max_rs), "3",
     "RSs in a row, RFC 4861 10; 0: none is sent; more are not counted by rfc7559", .min = 0,
     .max = 1000},
    {"rs_backoff", KEY_WORD, TIMER(rs_backoff), "rfc7559",
     "RSs go on with doubled waits (RFC 7559, asked for by RFC 8504), or end (RFC 4861 6.3.7)",
     .words = backoffs},
    {"max_rtr_solicitation_interval", KEY_TIME, TIMER(max_rs_interval), "3600 s",
     "rfc7559: the wait doubles up to here", .min = SIM_MS, .max = 86400 * SIM_S},
    {"max_ra_delay_time", KEY_TIME, TIMER(max_ra_delay), "500 ms",
     "random delay of a solicited RA, RFC 4861 10", .max = 3600 * SIM_S},
    {"max_anycast_delay_time", KEY_TIME, TIMER(max_anycast_delay), "1 s",
     "random delay of a neighbour advertisement about an anycast address, RFC 4861 7.2.7",
     .max = 3600 * SIM_S},
    {"min_delay_between_ras", KEY_TIME, TIMER(min_ra_gap), "3 s",
     "between multicast RAs, RFC 4861 10; at most MinRtrAdvInterval, RFC 6275 13",
     .min = 30 * SIM_MS, .max = 3600 * SIM_S},
    {"retrans_timer", KEY_TIME, TIMER(retrans), "1 s", "between NSs, RFC 4861 10", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"reachable_time", KEY_TIME, TIMER(reachable), "30 s",
     "base of how long a confirmation lasts, RFC 4861 10", .min = SIM_MS, .max = 3600 * SIM_S},
    {"delay_first_probe_time", KEY_TIME, TIMER(first_probe), "5 s",
     "from the first packet to a stale neighbour to its test, RFC 4861 10", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"max_unicast_solicit", KEY_INTEGER, TIMER(max_unicast), "3",
     "NSs of a reachability test, RFC 4861 10", .min = 1, .max = 100},
    {"max_multicast_solicit", KEY_INTEGER, TIMER(max_multicast), "3",
     "NSs of an address resolution, RFC 4861 10", .min = 1, .max = 100},
    {"dup_addr_detect_transmits", KEY_INTEGER, TIMER(dad_transmits), "1",
     "NSs of a duplicate address detection, RFC 4862 5.1; 0: none is done", .min = 0, .max = 100},
    {"max_dad_delay", KEY_TIME, TIMER(dad_delay), "1 s",
     "random delay before such an NS, RFC 4862 5.4.2", .max = 3600 * SIM_S},
    {"max_neighbor_advertisement", KEY_INTEGER, TIMER(max_na), "3",
     "NAs that announce a new address to the routers, RFC 9131 6.1.1", .min = 1, .max = 100},
    {"mld_robustness", KEY_INTEGER, TIMER(mld_robustness), "2",
     "how often a listener report is sent, RFC 3810 9.1; 0: none is", .min = 0, .max = 7},
    {"unsolicited_report_interval", KEY_TIME, TIMER(mld_interval), "1 s",
     "a report is repeated within, RFC 3810 9.11", .min = SIM_MS, .max = 3600 * SIM_S},
    {"neighbour_queue", KEY_INTEGER, TIMER(neighbour_queue), "3",
     "packets that wait for one address resolution, RFC 4861 7.2.2", .min = 1, .max = ND_QUEUE},
    {.name = NULL},
};

static const char *const dad_use[] = {"on", "none", NULL};
static const char *const dad_delay[] = {"rfc4862", "none", NULL};

const struct key nd_dad_keys[] = {
    {"use", KEY_WORD, offsetof(struct nd_dad_config, use), "on",
     "whether hosts test their addresses; none where a prefix belongs to one host (RFC 7066 2.3)",
     .words = dad_use},
    {"delay", KEY_WORD, offsetof(struct nd_dad_config, delay), "rfc4862",
     "random delay before the test (RFC 4862 5.4.2), or none (RFC 6275 11.5.3)",
     .words = dad_delay},
    {"optimistic", KEY_BOOL, offsetof(struct nd_dad_config, optimistic), "false",
     "an address is used while it is tested, RFC 4429"},
    {"announce", KEY_BOOL, offsetof(struct nd_dad_config, announce), "false",
     "a new address is told to the routers at once, RFC 9131"},
    {.name = NULL},
};

void nd_init(struct iface *i, const struct nd_timers *timers, const struct nd_dad_config *dad)
{
    struct nd_iface *nd = arena_take(i->node->arena, sizeof *nd);
    nd->timers = timers;
    nd->buckets = ND_BUCKETS;
    nd->bucket = arena_take(i->node->arena, nd->buckets * sizeof(struct neighbour *));
    nd->dad_how = *dad;
    nd->retrans = timers->retrans;
    nd->reachable_base = timers->reachable;
    nd->rng = node_stream(i->node, arena_format(i->node->arena, "%s.nd", i->name));
    nd->reachable = rng_uniform(&nd->rng, nd->reachable_base / 2, nd->reachable_base * 3 / 2);
    sim_timer_init(&nd->solicit, NULL, i);
    for (int k = 0; k < ND_ADDRESSES; k++)
        nd->address[k].iface = i;
    for (int k = 0; k < ND_ROUTERS; k++)
        nd->router[k].iface = i;
    i->nd = nd;
    nd_filter(i);
}

sim_time nd_reachable_time(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    sim_time now = sim_now(i->node->sim);
    if (now - nd->reachable_drawn >= redraw_reachable) {
        nd->reachable = rng_uniform(&nd->rng, nd->reachable_base / 2, nd->reachable_base * 3 / 2);
        nd->reachable_drawn = now;
    }
    return nd->reachable;
}

/* ---- the link below ---------------------------------------------------- */

static void form_link_local(struct iface *i)
{
    struct addr link_local = addr_link_local_of(i->identifier);
    const struct prefix none = {addr_link_local_of(0), 64};
    address_configure(i, &link_local, &none, SIM_NEVER, SIM_NEVER, false);
}

static void bring_up(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    i->up = true;
    nd->spoke = false;
    nd->waited = false;
    nd->disabled = false;
    nd->retrans = nd->timers->retrans;
    i->mtu = i->port->mtu;
    NODE_EVENT(i->node, EV_L2_UP, field_text("interface", i->name));
    /* On the home link the home agent defends it, and no test may be made: RFC 6275 11.5.5. */
    nd->link_local_waits = i->node->mobile && mobile_binds_link_local(i->node->mobile, i);
    nd->asks_first = nd->host.rs_early || nd->link_local_waits;
    if (nd->asks_first)
        solicit_start(i);
    if (!nd->link_local_waits) {
        form_link_local(i);
        dna_ask(i);
    }
}

void nd_settle_link_local(struct iface *i, bool known)
{
    struct addr link_local = addr_link_local_of(i->identifier);
    const struct prefix none = {addr_link_local_of(0), 64};
    i->nd->link_local_waits = false;
    if (known) {
        address_restore(i, &link_local, &none, SIM_NEVER, SIM_NEVER);
    } else {
        form_link_local(i);
    }
}

static void forget_link(struct iface *i, const char *why)
{
    groups_forget(i);
    solicit_stop(i);
    solicit_forget(i);
    redirect_forget(i, NULL);
    address_remove_all(i, why);
    neighbour_flush(i);
    if (i->node->mobile)
        mobile_link_lost(i->node->mobile, i);
    if (i->nd->share)
        share_changed(i->nd->share);
}

void nd_disable(struct iface *i)
{
    i->nd->disabled = true;
    forget_link(i, "the interface has no link-local address");
}

static void take_down(struct iface *i)
{
    i->up = false;
    NODE_EVENT(i->node, EV_L2_DOWN_SEEN, field_text("interface", i->name));
    dna_remember(i);
    forget_link(i, "link down");
}

static void notice_down(struct sim *sim, void *owner)
{
    (void)sim;
    take_down(owner);
}

void nd_be_host(struct iface *i, const struct nd_host_config *how)
{
    i->nd->host = *how;
    i->nd->is_host = true;
    sim_timer_init(&i->nd->down_seen, notice_down, i);
    if (i->port->up)
        bring_up(i);
}

static void host_link_up(struct iface *i)
{
    struct nd_iface *nd = i->nd;
    /* Another link, or another bearer, which has another prefix (RFC 6459 5.2). */
    bool moved = nd->was_via != i->port->via || i->port->framing == LINK_RAW_IP6;
    sim_stop(i->node->sim, &nd->down_seen);
    if (i->node->mobile)
        mobile_opened(i->node->mobile, i);
    if (i->mtu > i->port->mtu)
        i->mtu = i->port->mtu;
    if (i->up && !moved)
        return; /* back before anyone noticed */
    if (i->up && !nd->host.link_layer)
        return; /* only router advertisements will tell */
    if (i->up)
        take_down(i);
    bring_up(i);
}

void nd_link_changed(struct iface *i, bool up)
{
    struct nd_iface *nd = i->nd;
    if (!nd->is_host) {
        i->up = up;
        if (!up)
            neighbour_flush(i);
        if (nd->bearer)
            bearer_changed(nd->bearer, up);
        return;
    }
    if (up) {
        host_link_up(i);
        return;
    }
    nd->was_via = i->port->via;
    if (!i->up)
        return;
    NODE_EVENT(i->node, EV_L2_DOWN, field_text("interface", i->name));
    if (nd->host.link_layer)
        sim_arm_in(i->node->sim, &nd->down_seen, nd->host.link_down);
}

/* ---- messages ----------------------------------------------------------- */

void nd_send(struct iface *i, const struct addr *src, const struct addr *dst, eth_addr station,
             const struct nd_message *m)
{
    struct node *n = i->node;
    struct pkt *p = pkt_take(n->packets);
    uint8_t *room = p->at;
    struct writer w = wr_over(room, pkt_tailroom(p));
    nd_write(&w, src, dst, m);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    path_add_header(p, src, dst, IP6_ICMP6, 255);
    i->nd->spoke = true;
    if (station && i->port->framing == LINK_ETHERNET) {
        eth_write(pkt_prepend(p, ETH_HEADER), station, i->port->station, ETH_TYPE_IP6);
        port_send(i->port, p);
        return;
    }
    path_out_on(i, dst, p);
}

static void put_target(const struct iface *i, struct nd_options *o)
{
    o->has_target = i->port->framing == LINK_ETHERNET;
    o->target = i->port->station;
}

void nd_send_na(struct iface *i, const struct addr *target, const struct addr *dst, bool solicited,
                bool override)
{
    bool proxied = nd_proxies(i, target);
    struct nd_message m = {.type = ICMP6_NA,
                           .target = *target,
                           .router = i->node->forwards && !proxied,
                           .solicited = solicited,
                           .override = override};
    put_target(i, &m.options);
    const struct addr *own = address_link_local(i);
    const struct nd_address *a = address_find(i, target);
    if (a && a->state == ADDRESS_OPTIMISTIC)
        m.override = false; /* RFC 4429 3.3 */
    /* A proxy speaks from its own address: RFC 4861 7.2.8; others from the target itself. */
    const struct addr *src = proxied && own ? own : target;
    nd_send(i, src, dst, 0, &m);
}

/* Whether i answers for `target`, and with which override flag. */
static bool answers_for(struct iface *i, const struct addr *target, bool *override)
{
    const struct nd_address *a = address_find(i, target);
    if (a) {
        *override = true;
        return address_usable(a);
    }
    *override = false; /* RFC 4861 7.2.8: a proxy does not override */
    if (nd_proxies(i, target))
        return true;
    *override = true;
    return i->node->mobile && mobile_answers(i->node->mobile, i, target);
}

static void solicited(struct iface *i, const struct ip6 *h, const struct nd_message *m)
{
    bool override = false;
    bool is_dad = addr_unspecified(&h->src);
    if (is_dad && dad_conflict(i, &m->target))
        return;
    const struct nd_address *own = address_find(i, &m->target);
    if (own && own->state == ADDRESS_TENTATIVE)
        return; /* RFC 4862 5.4.3: never answered */
    if (!answers_for(i, &m->target, &override))
        return;
    if (!is_dad && (m->options.has_source || i->port->framing != LINK_ETHERNET))
        neighbour_learn(i, &h->src, m->options.source, false);
    if (!is_dad && nd_is_anycast(i, &m->target)) {
        nd_answer_anycast(i, &m->target, &h->src);
        return;
    }
    nd_send_na(i, &m->target, is_dad ? &addr_all_nodes : &h->src, !is_dad, override);
}

static void advertised(struct iface *i, const struct ip6 *h, const struct nd_message *m)
{
    if (dad_conflict(i, &m->target))
        return;
    bool to_routers = addr_eq(&h->dst, &addr_all_routers) && i->node->forwards;
    if (to_routers && m->options.has_target && !neighbour_find(i, &m->target))
        neighbour_learn(i, &m->target, m->options.target, m->router); /* RFC 9131 6.1.2 */
    neighbour_advertised(i, m);
    if (i->node->mobile)
        mobile_advertised(i->node->mobile, i, m);
    if (i->nd->host.simple_dna)
        dna_answered(i, m);
}

void nd_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at)
{
    struct node *n = i->node;
    struct nd_message m;
    enum icmp6_fault fault = nd_read(h, p->at + at, p->len - at, &m);
    if (fault) {
        node_drop(n, fault == ICMP6_BAD_CHECKSUM ? DROP_BAD_CHECKSUM : DROP_BAD_ND, p);
        return;
    }
    switch (m.type) {
    case ICMP6_RS:
        if (i->nd->advertiser)
            advertise_solicited(i, h, &m);
        break;
    case ICMP6_RA:
        if (i->nd->is_host && i->up)
            solicit_advertised(i, h, &m);
        if (n->agent)
            agent_advertised(n->agent, i, &h->src, &m);
        break;
    case ICMP6_NS:
        solicited(i, h, &m);
        break;
    case ICMP6_NA:
        advertised(i, h, &m);
        break;
    default:
        redirect_in(i, h, &m);
        break;
    }
    pkt_give(n->packets, p);
}
