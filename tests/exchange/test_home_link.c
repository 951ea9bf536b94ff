/* A mobile node on its home link: how it finds its home agent there, and whose its link-local
 * address is while a binding with L exists (RFC 6275 11.5.5). */
#include "models/node/source_address.h"

#include "tests/small_world.h"

static struct iface *wlan(void)
{
    return iface_of("mn", "wlan0");
}

static struct iface *ha_home(void)
{
    return world_network(&world, "home")->segment;
}

/* Neither R nor the link-layer address, so that the node must ask. */
static void advertise_poorly(void)
{
    struct nd_advertise_config *how = arena_take(&arena, sizeof *how);
    *how = *ha_home()->nd->advertiser->how;
    how->source_option = false;
    ha_home()->nd->advertiser->how = how;
    ha_home()->nd->advertiser->home_agent = false;
}

static unsigned asked_for(const struct iface *i, const struct addr *target, sim_time from)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct nd_message m;
        n += frames[k].t >= from && frames[k].port == i->port->index &&
             is_icmp(&frames[k], ICMP6_NS) && nd_of(&frames[k], &m) && addr_eq(&m.target, target) &&
             addr_unspecified(&frames[k].h.src);
    }
    return n;
}

/* The first answer is lost: the question is put again, and nothing leaves before the update. */
static void the_home_agent_is_asked_again(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    run_to(19 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    advertise_poorly();
    nd_proxy_remove(ha_home(), &home);
    sim_time t = 20 * SIM_S;
    while (!asked_for(wlan(), &home, 20 * SIM_S) && t < 30 * SIM_S)
        run_to(t += 10 * SIM_MS);
    sim_time asked = t;
    run_to(asked + 500 * SIM_MS);
    CHECK_EQ(asked_for(wlan(), &home, 20 * SIM_S), 1);
    nd_proxy_add(ha_home(), &home);
    run_to(39 * SIM_S);
    RULE("MIP6-RET-3");
    CHECK_EQ(asked_for(wlan(), &home, 20 * SIM_S), 2);
    const struct seen_frame *bu = mh_after(wlan(), MH_BU, asked);
    RULE("MIP6-RET-3");
    CHECK(bu && bu->t >= asked + 900 * SIM_MS && bu->t <= asked + 1100 * SIM_MS);
    CHECK(event_after(EV_RETURNED_HOME, 20 * SIM_S) != NULL);
    unsigned early = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        early += frames[k].port == wlan()->port->index && frames[k].t > 20 * SIM_S &&
                 addr_eq(&frames[k].h.src, &home) && (!bu || frames[k].t < bu->t);
    RULE("MIP6-RET-1");
    CHECK_EQ(early, 0);
    RULE("MIP6-RET-1");
    CHECK(dropped[DROP_AWAITING_HOME] > 40); /* a second of the call */
    end_world();
}

/* An advertisement that names the home agent is an answer, too. */
static void an_advertisement_ends_the_search(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    run_to(19 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    const struct nd_advertise_config *good = ha_home()->nd->advertiser->how;
    advertise_poorly();
    nd_proxy_remove(ha_home(), &home);
    sim_time t = 20 * SIM_S;
    while (!asked_for(wlan(), &home, 20 * SIM_S) && t < 30 * SIM_S)
        run_to(t += 10 * SIM_MS);
    ha_home()->nd->advertiser->how = good;
    ha_home()->nd->advertiser->home_agent = true;
    run_to(39 * SIM_S);
    const struct seen_frame *ra = icmp_after(ha_home(), ICMP6_RA, t);
    const struct seen_frame *bu = mh_after(wlan(), MH_BU, t);
    RULE("MIP6-RET-3");
    CHECK(ra && bu && bu->t >= ra->t && bu->t <= ra->t + 20 * SIM_MS);
    RULE("MIP6-RET-3"); /* and nobody is asked any more */
    CHECK_EQ(asked_for(wlan(), &home, bu ? bu->t : 0), 0);
    end_world();
}

/* ---- L: one identifier for the home address and the link-local one ------------------------- */

/* The home address of return-home.yaml with the identifier of mn.wlan0. */
static const struct addr *begin_with_one_identifier(void)
{
    static char set[80];
    static const char *sets[] = {"expect=[]", set};
    struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa}};
    char text[ADDR_TEXT];
    BEGIN("return-home.yaml", "expect=[]");
    home = addr_join(&(struct prefix){home, 64}, wlan()->identifier);
    end_world();
    (void)snprintf(set, sizeof set, "nodes.mn.home.address=%s", addr_text(&home, text));
    begin_world("return-home.yaml", sets, 2);
    return mobile_home(node_of("mn")->mobile);
}

static void no_test_of_what_the_home_agent_defends(void)
{
    struct addr home = *begin_with_one_identifier();
    struct addr own = addr_link_local_of(wlan()->identifier);
    struct mh bu;
    run_to(19 * SIM_S);
    CHECK(mh_of(mh_after(wlan(), MH_BU, 0), &bu) && bu.flags & MH_BU_LINK_LOCAL);
    CHECK(nd_proxies(ha_home(), &home) && nd_proxies(ha_home(), &own));
    RULE("IP6-SLAAC-4"); /* tested where nobody holds it for the node */
    CHECK_EQ(asked_for(wlan(), &own, 0), 1);
    run_to(39 * SIM_S);
    RULE("MIP6-RET-4");
    CHECK(asked_for(wlan(), &own, 20 * SIM_S) == 0 && asked_for(wlan(), &home, 20 * SIM_S) == 0);
    RULE("MIP6-RET-4");
    CHECK(count_events(EV_ND_DAD_FAILED, 0) == 0 && address_link_local(wlan()) != NULL);
    const struct tap_event *back = event_after(EV_RETURNED_HOME, 20 * SIM_S);
    unsigned told = 0;
    for (unsigned k = 0; back && k < seen_frames; k++) {
        struct nd_message m;
        const struct seen_frame *f = &frames[k];
        told += f->t == back->t && f->port == wlan()->port->index && is_icmp(f, ICMP6_NA) &&
                nd_of(f, &m) && addr_eq(&f->h.dst, &addr_all_nodes) && !m.solicited && m.override &&
                m.options.target == wlan()->port->station &&
                (addr_eq(&m.target, &home) || addr_eq(&m.target, &own));
    }
    RULE("MIP6-RET-6");
    CHECK_EQ(told, 2);
    CHECK(!nd_proxies(ha_home(), &own));
    end_world();
}

/* Elsewhere it is tested as ever, when an advertisement has said where the node is. */
static void elsewhere_the_link_local_address_is_tested(void)
{
    static char set[80];
    struct addr home = *begin_with_one_identifier();
    char text[ADDR_TEXT];
    end_world();
    (void)snprintf(set, sizeof set, "nodes.mn.home.address=%s", addr_text(&home, text));
    static const char *sets[] = {
        "expect=[]", set,
        "events=[{at: 20 s, detach: mn.wlan0}, {at: 22 s, attach: mn.wlan0, to: visited}]"};
    begin_world("return-home.yaml", sets, 3);
    struct addr own = addr_link_local_of(wlan()->identifier);
    run_to(39 * SIM_S);
    const struct tap_event *up = event_after(EV_L2_UP, 22 * SIM_S);
    const struct seen_frame *rs = icmp_after(wlan(), ICMP6_RS, 22 * SIM_S);
    const struct tap_event *router = event_after(EV_ND_ROUTER, 22 * SIM_S);
    CHECK(up && rs && router && addr_unspecified(&rs->h.src) && rs->t <= up->t + SIM_S);
    RULE("IP6-SLAAC-4");
    CHECK(asked_for(wlan(), &own, 22 * SIM_S) == 1 &&
          asked_for(wlan(), &own, router ? router->t : 0) == 1);
    CHECK(address_link_local(wlan()) && address_global(wlan()));
    end_world();
}

/* The home prefix is deprecated: what begins now begins from the care-of address. */
static void a_deprecated_home_address(void)
{
    BEGIN("return-home.yaml", "expect=[]", "networks.home.advertise.preferred=10");
    const struct node *mn = node_of("mn");
    const struct source_preference none = {.care_of = false};
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    run_to(39 * SIM_S);
    struct addr chosen = source_of(mn, &cn, &none);
    CHECK(addr_eq(&chosen, mobile_home(mn->mobile)));
    run_to(51 * SIM_S); /* away since 40 s: the home agent was asked, and says 10 s again */
    chosen = source_of(mn, &cn, &none);
    RULE("IP6-SRC-3");
    CHECK(addr_eq(&chosen, mobile_home(mn->mobile)));
    advertise_renumber(world_network(&world, "home")->segment, 0, 2592000);
    run_to(59 * SIM_S); /* and asked again before they end */
    chosen = source_of(mn, &cn, &none);
    RULE("IP6-SRC-3");
    CHECK(addr_eq(&chosen, &address_global(iface_of("mn", "cell0"))->addr));
    end_world();
}

CHECK_MAIN(CASE(a_deprecated_home_address), CASE(the_home_agent_is_asked_again),
           CASE(an_advertisement_ends_the_search), CASE(no_test_of_what_the_home_agent_defends),
           CASE(elsewhere_the_link_local_address_is_tested))
