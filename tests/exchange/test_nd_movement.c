/* How a host finds that it has moved, and what it does then: RFC 4861 7.3, RFC 6059, RFC
 * 6275 11.5.1. */
#include "tests/nd_host_world.h"

/* ---- movement --------------------------------------------------------------------------- */

/* A sign that is not sure: first a unicast solicitation (RFC 6275 11.5.1). */
static void silence_of_the_router_is_a_weak_sign(void)
{
    BEGIN(FILE_, QUIET, "networks.west.advertise={min: 3 s, max: 4 s, interval_option: true}",
          "nodes.mn.detection={ra_lost: 2, link_layer: false}");
    run_to(20 * SIM_S);
    struct addr router = solicit_router(wlan(), NULL)->addr;
    access_outage(world_network(&world, "west")->access, true);
    sim_time gone = now_is();
    run_to(60 * SIM_S);
    const struct tap_event *silent = event_after(EV_ND_SILENT, gone);
    const struct tap_event *lost = event_after(EV_ND_ROUTER_LOST, gone);
    CHECK(silent && lost && addr_eq(&field_of(silent, "router")->addr, &router));
    RULE("IP6-ND-10");
    CHECK(silent && silent->t >= gone + 4 * SIM_S && silent->t <= gone + 8 * SIM_S);
    const struct seen_frame *ns = icmp_after(wlan(), ICMP6_NS, silent->t);
    RULE("IP6-MOV-2");
    CHECK(ns && ns->t == silent->t && !addr_multicast(&ns->h.dst));
    RULE("IP6-MOV-2");
    CHECK(lost && lost->t == silent->t + 3 * SIM_S);
    const struct seen_frame *rs = icmp_after(wlan(), ICMP6_RS, silent->t);
    RULE("IP6-MOV-2");
    CHECK(rs && rs->t >= lost->t);
    RULE("IP6-MOV-6");
    CHECK(event_after(EV_ND_ADDRESS_GONE, lost->t) != NULL && !address_global(wlan()));
    end_world();
}

/* A second router on the link is no movement: no BU (RFC 6275 11.5.1). */
static void a_new_router_is_no_proof(void)
{
    BEGIN(FILE_, QUIET);
    run_to(20 * SIM_S);
    unsigned updates = count_events(EV_BU_SENT, 0);
    struct addr from = addr_link_local_of(0x99);
    const struct nd_message ra = {.type = ICMP6_RA,
                                  .router_lifetime_s = 1800,
                                  .options = {.has_source = true,
                                              .source = STRANGER,
                                              .prefixes = 1,
                                              .prefix = {{.prefix = {{0x20, 1, 0xd, 0xb8, 0x99}},
                                                          .len = 64,
                                                          .on_link = true,
                                                          .autonomous = true,
                                                          .valid_s = 3600,
                                                          .preferred_s = 3600}}}};
    struct addr coa = address_global(wlan())->addr;
    inject_nd(wlan(), &from, &addr_all_nodes, &ra);
    run_to(40 * SIM_S);
    RULE("IP6-MOV-1");
    CHECK(count_events(EV_BU_SENT, 0) == updates && addr_eq(&address_global(wlan())->addr, &coa));
    RULE("IP6-ND-13");
    CHECK(solicit_router(wlan(), &coa) && count_events(EV_ND_ROUTER_LOST, 20 * SIM_S) == 0);
    /* each source goes by the router that advertised its prefix */
    struct addr other =
        addr_join(&(struct prefix){{{0x20, 1, 0xd, 0xb8, 0x99}}, 64}, wlan()->identifier);
    CHECK(address_find(wlan(), &other) != NULL);
    RULE("IP6-ND-14");
    RULE("IP6-MH-1");
    CHECK(addr_eq(&solicit_router(wlan(), &other)->addr, &from) &&
          !addr_eq(&solicit_router(wlan(), &coa)->addr, &from));
    /* and one that says so is a router no longer */
    const struct nd_message end = {.type = ICMP6_RA};
    inject_nd(wlan(), &from, &addr_all_nodes, &end);
    RULE("IP6-ND-13");
    CHECK(!addr_eq(&solicit_router(wlan(), &other)->addr, &from));
    end_world();
}

/* RFC 4861 6.3.5: time takes a router out. */
static void a_lifetime_runs_out(void)
{
    BEGIN(FILE_, QUIET);
    run_to(20 * SIM_S);
    struct addr from = addr_link_local_of(0x97);
    struct nd_message ra = {.type = ICMP6_RA,
                            .router_lifetime_s = 2,
                            .preference = ND_HIGH,
                            .options = {.has_source = true, .source = STRANGER}};
    inject_nd(wlan(), &from, &addr_all_nodes, &ra);
    run_to(21 * SIM_S);
    inject_nd(wlan(), &from, &addr_all_nodes, &ra); /* from now on, again */
    run_to(23 * SIM_S - 1);
    RULE("IP6-ND-13");
    CHECK(addr_eq(&solicit_router(wlan(), NULL)->addr, &from));
    run_to(23 * SIM_S);
    const struct tap_event *lost = event_after(EV_ND_ROUTER_LOST, 20 * SIM_S);
    RULE("IP6-ND-13");
    CHECK(lost && lost->t == 23 * SIM_S && !strcmp(field_of(lost, "how")->text, "lifetime over") &&
          !addr_eq(&solicit_router(wlan(), NULL)->addr, &from));
    end_world();
}

/* One of two routers answers no more: after its test the other has the packets, and the address
 * that both explain stays. */
static void the_other_router_takes_over(void)
{
    BEGIN(FILE_, QUIET, "networks.west.advertise={min: 300 s, max: 400 s}");
    run_to(20 * SIM_S);
    struct addr coa = address_global(wlan())->addr;
    struct addr good = solicit_router(wlan(), &coa)->addr;
    struct addr dead = addr_link_local_of(0x96);
    struct addr far = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 1}};
    struct addr hop;
    const struct nd_message ra = {.type = ICMP6_RA,
                                  .router_lifetime_s = 1800,
                                  .preference = ND_HIGH,
                                  .options = {.has_source = true,
                                              .source = STRANGER,
                                              .prefixes = 1,
                                              .prefix = {{.prefix = addr_masked(&coa, 64),
                                                          .len = 64,
                                                          .autonomous = true,
                                                          .valid_s = 3600,
                                                          .preferred_s = 3600}}}};
    inject_nd(wlan(), &dead, &addr_all_nodes, &ra);
    RULE("IP6-ND-14");
    CHECK(solicit_next_hop(wlan(), &coa, &far, &hop) && addr_eq(&hop, &dead));
    sim_time at = now_is();
    path_out_plain(node_of("mn"), echo_request(&world.packets, &coa, &far, 1, 1, 8));
    run_to(at + 8 * SIM_S);
    const struct tap_event *lost = event_after(EV_ND_ROUTER_LOST, at);
    RULE("IP6-ND-14");
    CHECK(lost && lost->t == at + 8 * SIM_S && addr_eq(&field_of(lost, "router")->addr, &dead) &&
          !strcmp(field_of(lost, "how")->text, "unreachable"));
    RULE("IP6-ND-14");
    CHECK(solicit_next_hop(wlan(), &coa, &far, &hop) && addr_eq(&hop, &good));
    CHECK(address_find(wlan(), &coa) && count_events(EV_ND_ADDRESS_GONE, at) == 0);
    end_world();
}

static void preference_decides_among_equals(void)
{
    BEGIN(FILE_, QUIET);
    run_to(20 * SIM_S);
    struct addr high = addr_link_local_of(0x98);
    struct nd_message ra = {.type = ICMP6_RA,
                            .router_lifetime_s = 1800,
                            .preference = ND_HIGH,
                            .options = {.has_source = true, .source = STRANGER}};
    inject_nd(wlan(), &high, &addr_all_nodes, &ra);
    RULE("IP6-ND-14");
    CHECK(addr_eq(&solicit_router(wlan(), NULL)->addr, &high));
    ra.preference = ND_LOW;
    inject_nd(wlan(), &high, &addr_all_nodes, &ra);
    RULE("IP6-ND-14");
    CHECK(!addr_eq(&solicit_router(wlan(), NULL)->addr, &high));
    end_world();
}

/* RFC 6059: back on a known link the address is there after one round trip. */
static void a_known_link_is_recognised(void)
{
    BEGIN(
        FILE_, "expect=[]", "flows={}", "general.stop=400 s",
        "nodes.mn.detection={simple_dna: true}", "networks.west.advertise.lifetime=1800",
        "events=[{at: 30 s, attach: mn.wlan0, to: east}, {at: 60 s, attach: mn.wlan0, to: west}]");
    run_to(29 * SIM_S);
    struct addr before = address_global(wlan())->addr;
    run_to(90 * SIM_S);
    const struct tap_event *up = event_after(EV_L2_UP, 60 * SIM_S);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 60 * SIM_S);
    CHECK(up && got);
    const struct seen_frame *ns = icmp_after(wlan(), ICMP6_NS, up->t);
    struct nd_message m;
    RULE("IP6-MOV-3"); /* nothing is learned from it, whatever the state of its source */
    CHECK(nd_of(ns, &m) && ns->t == up->t && !addr_multicast(&ns->h.dst) && !m.options.has_source);
    const struct seen_frame *rs = icmp_after(wlan(), ICMP6_RS, up->t);
    RULE("IP6-MOV-3");
    CHECK(nd_of(rs, &m) && rs->t == up->t && !m.options.has_source && addr_link_local(&rs->h.src));
    RULE("IP6-MOV-3");
    CHECK(got->t < up->t + 20 * SIM_MS && addr_eq(&field_of(got, "address")->addr, &before));
    RULE("IP6-MOV-3");
    CHECK(address_find(wlan(), &before)->state == ADDRESS_PREFERRED &&
          !address_find(wlan(), &before)->dad.sent);
    end_world();
}

/* The router answers, and then advertises another prefix: it knows better (RFC 6059 5.7). */
static void an_advertisement_overrules_the_answer(void)
{
    BEGIN(
        FILE_, "expect=[]", "flows={}", "general.stop=400 s",
        "nodes.mn.detection={simple_dna: true}", "networks.west.advertise.lifetime=1800",
        "events=[{at: 30 s, attach: mn.wlan0, to: east}, {at: 60 s, attach: mn.wlan0, to: west}]");
    run_to(29 * SIM_S);
    struct addr before = address_global(wlan())->addr;
    struct addr router = solicit_router(wlan(), &before)->addr;
    const struct nd_message ra = {.type = ICMP6_RA,
                                  .router_lifetime_s = 1800,
                                  .options = {.has_source = true,
                                              .source = solicit_router(wlan(), &before)->station,
                                              .prefixes = 1,
                                              .prefix = {{.prefix = {{0x20, 1, 0xd, 0xb8, 0x73}},
                                                          .len = 64,
                                                          .autonomous = true,
                                                          .valid_s = 3600,
                                                          .preferred_s = 3600}}}};
    sim_time t = 60 * SIM_S;
    while (!event_after(EV_ND_ADDRESS, 60 * SIM_S) && t < 70 * SIM_S)
        run_to(t += SIM_MS);
    CHECK(node_owns(node_of("mn"), &before) != NULL);
    inject_nd(wlan(), &router, &addr_all_nodes, &ra);
    RULE("IP6-MOV-3");
    CHECK(!node_owns(node_of("mn"), &before) && event_after(EV_ND_ADDRESS_GONE, t) != NULL);
    end_world();
}

CHECK_MAIN(CASE(silence_of_the_router_is_a_weak_sign), CASE(a_new_router_is_no_proof),
           CASE(a_lifetime_runs_out), CASE(the_other_router_takes_over),
           CASE(preference_decides_among_equals), CASE(an_advertisement_overrules_the_answer),
           CASE(a_known_link_is_recognised))
