/* A mobile node comes home, completely or beside other care-of addresses: RFC 6275 11.5.5, RFC
 * 5648 5.6. */
#include "tests/mip6_world.h"

/* ---- the return home ------------------------------------------------------------------------- */

static void what_a_returning_node_does(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    run_to(39 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *i = iface_of("mn", "wlan0");
    const struct tap_event *bu = event_after(EV_BU_SENT, 20100 * SIM_MS);
    const struct tap_event *ba = event_after(EV_BA_RECEIVED, bu->t);
    const struct tap_event *router = event_after(EV_ND_ROUTER, 20 * SIM_S);
    const struct seen_frame *f = mh_after(i, MH_BU, bu->t);
    struct mh m;
    CHECK(mh_of(f, &m));
    RULE("MIP6-RET-2");
    CHECK(addr_eq(&f->h.src, &home) && !f->c.has_home && m.lifetime == 0 && m.bids == 0 &&
          (m.flags & (MH_BU_ACK | MH_BU_HOME)) == (MH_BU_ACK | MH_BU_HOME) &&
          f->to == ha_home()->port->station);
    unsigned early = 0;
    unsigned tests = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct nd_message n;
        if (frames[k].port != i->port->index || frames[k].t < router->t)
            continue;
        early += addr_eq(&frames[k].h.src, &home) && &frames[k] < f;
        tests += nd_of(&frames[k], &n) && n.type == ICMP6_NS && addr_eq(&n.target, &home) &&
                 addr_unspecified(&frames[k].h.src);
    }
    RULE("MIP6-RET-1");
    CHECK_EQ(early, 0);
    RULE("MIP6-RET-4");
    CHECK_EQ(tests, 0);
    const struct seen_frame *na = icmp_after(i, ICMP6_NA, ba->t);
    struct nd_message n;
    RULE("MIP6-RET-6");
    CHECK(nd_of(na, &n) && na->t == ba->t && addr_eq(&na->h.dst, &addr_all_nodes) && !n.solicited &&
          n.override && addr_eq(&n.target, &home) && n.options.target == i->port->station);
    /* the home agent is silent about it from then on */
    unsigned defended = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        defended += frames[k].t > ba->t && frames[k].port == ha_home()->port->index &&
                    nd_of(&frames[k], &n) && n.type == ICMP6_NA && addr_eq(&n.target, &home);
    RULE("MIP6-HA-16");
    CHECK_EQ(defended, 0);
    end_world();
}

static void between_the_update_and_its_answer(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *i = iface_of("mn", "wlan0");
    sim_time t = 20500 * SIM_MS;
    while (!node_of("mn")->mobile->answers && t < 30 * SIM_S)
        run_to(t += SIM_MS);
    CHECK(!node_of("mn")->mobile->settled);
    struct addr group = addr_solicited_node(&home);
    struct addr neighbour = addr_link_local_of(0x44);
    const struct nd_message ns = {
        .type = ICMP6_NS, .target = home, .options = {.has_source = true, .source = STRANGER}};
    struct nd_message n;
    inject_nd(i, &neighbour, &group, &ns);
    const struct seen_frame *na = icmp_after(i, ICMP6_NA, now_is());
    RULE("MIP6-RET-5");
    CHECK(nd_of(na, &n) && addr_eq(&na->h.dst, &neighbour) && na->to == STRANGER);
    end_world();
}

/* A node that starts at home tests its home address, since nothing is bound. */
static void a_node_that_starts_at_home(void)
{
    BEGIN("return-home.yaml", "expect=[]", "events=[]",
          "nodes.mn.interfaces={wlan0: {attach: home}}");
    run_to(9 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *i = iface_of("mn", "wlan0");
    unsigned tests = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct nd_message n;
        tests += frames[k].port == i->port->index && nd_of(&frames[k], &n) && n.type == ICMP6_NS &&
                 addr_eq(&n.target, &home) && addr_unspecified(&frames[k].h.src);
    }
    RULE("MIP6-RET-4");
    CHECK_EQ(tests, 1);
    CHECK(event_after(EV_RETURNED_HOME, 0) != NULL);
    end_world();
}

/* The advertisement lacks the link-layer address: it is asked for, with the home address as target
 * and :: as source. */
static void the_home_agent_is_asked_for(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    run_to(19 * SIM_S);
    ha_home()->nd->advertiser->home_agent = false; /* neither R nor the address: as a poor router */
    struct nd_advertise_config *how = arena_take(&arena, sizeof *how);
    *how = *ha_home()->nd->advertiser->how;
    how->source_option = false;
    ha_home()->nd->advertiser->how = how;
    run_to(30 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *i = iface_of("mn", "wlan0");
    const struct seen_frame *asked = NULL;
    struct nd_message n;
    for (unsigned k = 0; k < seen_frames && !asked; k++)
        if (frames[k].port == i->port->index && nd_of(&frames[k], &n) && n.type == ICMP6_NS &&
            addr_eq(&n.target, &home) && addr_unspecified(&frames[k].h.src))
            asked = &frames[k];
    const struct seen_frame *bu = asked ? mh_after(i, MH_BU, asked->t) : NULL;
    struct addr group = addr_solicited_node(&home);
    RULE("MIP6-RET-3");
    CHECK(asked && addr_eq(&asked->h.dst, &group) && bu && bu->to == ha_home()->port->station);
    CHECK(event_after(EV_RETURNED_HOME, 20 * SIM_S) != NULL);
    end_world();
}

/* ---- at home and abroad ---------------------------------------------------------------------- */

static void who_answers_for_the_home_address(void)
{
    for (int ndp = 0; ndp < 2; ndp++) {
        if (ndp)
            BEGIN("home-and-abroad.yaml", "expect=[]");
        else
            BEGIN("home-and-abroad.yaml", "expect=[]", "nodes.ha.agent.simultaneous=no-ndp");
        struct iface *i = iface_of("mn", "wlan0");
        struct addr home = *mobile_home(node_of("mn")->mobile);
        struct addr group = addr_solicited_node(&home);
        struct addr neighbour = addr_link_local_of(0x44);
        const struct nd_message ns = {
            .type = ICMP6_NS, .target = home, .options = {.has_source = true, .source = STRANGER}};
        sim_time t = 20500 * SIM_MS;
        while (!mh_after(i, MH_BU, 20500 * SIM_MS) && t < 30 * SIM_S)
            run_to(t += SIM_MS);
        unsigned answers = count_icmp(i, ICMP6_NA, 20500 * SIM_MS);
        inject_nd(i, &neighbour, &group, &ns); /* between BU and BA */
        RULE("MCOA-RH-3");
        CHECK_EQ(count_icmp(i, ICMP6_NA, 20500 * SIM_MS), answers);
        run_to(25 * SIM_S);
        answers = count_icmp(i, ICMP6_NA, 24 * SIM_S);
        inject_nd(i, &neighbour, &group, &ns);
        RULE("MCOA-RH-3");
        RULE("MCOA-RH-7");
        CHECK_EQ(count_icmp(i, ICMP6_NA, 24 * SIM_S), answers + (unsigned)ndp);
        const struct seen_frame *bu = mh_after(i, MH_BU, 20500 * SIM_MS);
        struct mh m;
        RULE("MCOA-RH-1");
        CHECK(mh_of(bu, &m) && addr_eq(&bu->h.src, &home) && m.bid[0].home &&
              addr_eq(&m.bid[0].coa, &home));
        RULE("MCOA-RH-2");
        CHECK(m.has_station && m.station == i->port->station);
        /* by the home link and by the tunnel, packet by packet */
        unsigned direct = 0;
        unsigned tunnelled = 0;
        for (unsigned k = 0; k < seen_frames; k++) {
            const struct seen_frame *f = &frames[k];
            bool at_home = f->port == ha_home()->port->index && f->t > 21 * SIM_S;
            direct += at_home && f->c.upper == IP6_UDP && addr_eq(&f->h.dst, &home) &&
                      f->to == i->port->station;
            tunnelled += f->t > 21 * SIM_S && f->c.upper == IP6_IP6;
        }
        RULE("MCOA-RH-5");
        RULE("MCOA-RH-6");
        CHECK(direct > 150 && tunnelled > 150);
        end_world();
    }
}

/* RFC 5648 5.5.2: before the interface is shut its binding is deleted. */
static void an_interface_is_shut_with_notice(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[{at: 30 s, shut: car.wlan0}]");
    run_to(40 * SIM_S);
    const struct tap_event *bu = event_after(EV_BU_SENT, 30 * SIM_S);
    const struct tap_event *gone = event_after(EV_DEREGISTERED, 30 * SIM_S);
    const struct tap_event *down = event_after(EV_L2_DOWN, 30 * SIM_S);
    RULE("MCOA-RH-11");
    CHECK(bu && field_of(bu, "lifetime_s")->i == 0 && !strcmp(field_of(bu, "bids")->text, "1"));
    RULE("MCOA-RH-11");
    CHECK(gone && down && down->t == gone->t && bu->t < gone->t);
    end_world();
}

/* There is no other care-of address to say it from. */
static void the_last_one_deregisters_from_itself(void)
{
    BEGIN(WIFI_LTE, "expect=[]",
          "events=[{at: 10 s, detach: car.wlan0}, {at: 30 s, shut: car.cell0}]");
    run_to(29 * SIM_S);
    struct addr coa = address_global(iface_of("car", "cell0"))->addr;
    run_to(40 * SIM_S);
    const struct tap_event *bu = event_after(EV_BU_SENT, 30 * SIM_S);
    const struct tap_event *gone = event_after(EV_DEREGISTERED, 30 * SIM_S);
    const struct tap_event *down = event_after(EV_L2_DOWN, 30 * SIM_S);
    RULE("MCOA-RH-11");
    CHECK(bu && bu->t == 30 * SIM_S && field_of(bu, "lifetime_s")->i == 0 &&
          addr_eq(&field_of(bu, "care_of_address")->addr, &coa));
    RULE("MCOA-RH-11");
    CHECK(gone && down && down->t == gone->t && gone->t < 31 * SIM_S);
    CHECK(event_after(EV_BU_SENT, bu ? bu->t + 1 : 0) == NULL);
    end_world();
}

/* A home agent that knows no Binding Identifiers ends the attempt to be at home and abroad. */
static void a_plain_home_agent_at_home(void)
{
    BEGIN("home-and-abroad.yaml", "expect=[]", "nodes.ha.agent.mcoa=unknown");
    run_to(39 * SIM_S);
    const struct tap_event *home = event_after(EV_RETURNED_HOME, 20 * SIM_S);
    RULE("MCOA-RH-9");
    CHECK(home && field_of(home, "simultaneous")->i == 0);
    RULE("MCOA-RH-9");
    CHECK_EQ(bcache_find(cache(), mobile_home(node_of("mn")->mobile))->bindings, 0);
    end_world();
}

static void and_used_when_it_is_back(void)
{
    BEGIN(WIFI_LTE, "expect=[]",
          "events=[{at: 30 s, shut: car.wlan0}, {at: 35 s, attach: car.wlan0}]");
    run_to(34 * SIM_S);
    CHECK_EQ(bul_find(&node_of("car")->mobile->bul, 1)->state, BUL_UNBOUND);
    run_to(50 * SIM_S);
    CHECK_EQ(bul_find(&node_of("car")->mobile->bul, 1)->state, BUL_BOUND);
    end_world();
}

CHECK_MAIN(CASE(what_a_returning_node_does), CASE(between_the_update_and_its_answer),
           CASE(a_node_that_starts_at_home), CASE(the_home_agent_is_asked_for),
           CASE(who_answers_for_the_home_address), CASE(an_interface_is_shut_with_notice),
           CASE(the_last_one_deregisters_from_itself), CASE(and_used_when_it_is_back),
           CASE(a_plain_home_agent_at_home))
