/* A home agent among those of its home link: it keeps the Home Agents List, answers who asks for it
 * (RFC 6275 10.5), and can end its service. */
#include "models/node/agent_discovery.h"
#include "models/node/visitor.h"
#include "models/wire/dhaad.h"

/* ---- the list -------------------------------------------------------------------------------- */

static void note(struct agent *a, const struct ha_entry *e, const char *how)
{
    sim_time now = sim_now(a->node->sim);
    NODE_EVENT(a->node, EV_HA_LIST, field_addr("agent", e->globals ? &e->global[0] : &addr_any),
               field_addr("router", &e->router), field_int("preference", e->preference),
               field_int("lifetime_s", e->until > now ? (e->until - now) / SIM_S : 0),
               field_text("how", how));
}

static void rearm(struct agent *a)
{
    sim_time next = ha_list_next(&a->list);
    if (next == SIM_NEVER) {
        sim_stop(a->node->sim, &a->list_timer);
    } else {
        sim_arm(a->node->sim, &a->list_timer, next);
    }
}

static void expire(struct sim *sim, void *owner)
{
    struct agent *a = owner;
    struct ha_entry gone;
    while (ha_list_expire(&a->list, sim_now(sim), &gone))
        note(a, &gone, "expired");
    rearm(a);
}

void agent_list_init(struct agent *a)
{
    const struct rng order = node_stream(a->node, "mip6.agents");
    ha_list_init(&a->list, &order);
    sim_timer_init(&a->list_timer, expire, a);
    a->anycast = dhaad_anycast(&a->cache.how.home);
    agent_set_preference(a, 0);
    a->open = true;
    node_own(a->node, a->home, &a->anycast);
    nd_anycast_add(a->home, &a->anycast);
}

void agent_set_preference(struct agent *a, uint16_t preference)
{
    ha_list_put_own(&a->list, address_link_local(a->home), &a->address, preference);
}

void agent_know(struct agent *a, const struct agent *other)
{
    struct nd_message ra;
    struct ha_entry e;
    advertise_describe(other->home, &ra);
    (void)ha_list_advertised(&a->list, address_link_local(other->home), &ra, sim_now(a->node->sim),
                             &e);
    rearm(a);
}

void agent_advertised(struct agent *a, struct iface *i, const struct addr *router,
                      const struct nd_message *ra)
{
    static const char *const how[] = {
        [HA_NEW] = "advertised", [HA_CHANGED] = "changed", [HA_GONE] = "resigned"};
    struct ha_entry e;
    if (i != a->home)
        return;
    enum ha_change change = ha_list_advertised(&a->list, router, ra, sim_now(a->node->sim), &e);
    if (change != HA_SAME)
        note(a, &e, how[change]);
    rearm(a);
}

/* ---- discovery ------------------------------------------------------------------------------- */

bool agent_asked(struct agent *a, const struct ip6 *h, const struct dhaad *m)
{
    struct dhaad reply = {.type = ICMP6_HAAD_REPLY, .identifier = m->identifier};
    if (!addr_eq(&h->dst, &a->anycast) || !addr_unicast_routable(&h->src))
        return false;
    reply.addresses = ha_list_addresses(&a->list, reply.address, DHAAD_ADDRESSES);
    NODE_EVENT(a->node, EV_DHAAD_REPLY_SENT, field_addr("peer", &h->src),
               field_int("identifier", reply.identifier), field_int("agents", reply.addresses),
               field_addr("first", &reply.address[0]));
    agent_discovery_send(a->node, &a->address, &h->src, &reply);
    return true;
}

/* ---- its service ----------------------------------------------------------------------------- */

static void say(const struct agent *a)
{
    NODE_EVENT(a->node, EV_AGENT_SERVICE, field_int("on", a->open),
               field_addr("agent", &a->address));
}

sim_time agent_close(struct agent *a)
{
    if (!a->open)
        return sim_now(a->node->sim);
    a->open = false;
    say(a);
    agent_restart(a);
    node_disown(a->node, &a->anycast);
    nd_proxy_remove(a->home, &a->anycast);
    return advertise_service(a->home, false);
}

bool agent_serves(const struct agent *a)
{
    return a->open;
}

void agent_open(struct agent *a)
{
    if (!a->open) {
        a->open = true;
        say(a);
        node_own(a->node, a->home, &a->anycast);
        nd_anycast_add(a->home, &a->anycast);
    }
    (void)advertise_service(a->home, true);
}
