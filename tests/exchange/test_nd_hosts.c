/* A host's side of neighbour discovery: soliciting, addresses and their test, movement. */
#include "tests/nd_host_world.h"

/* ---- soliciting ------------------------------------------------------------------- */

/* Where no router answers: RFC 7559 doubles, RFC 4861 ends after three. */
static void a_silent_router_is_solicited_again(void)
{
    sim_time at[8] = {0};
    for (int way = 0; way < 2; way++) {
        BEGIN(FILE_, QUIET, "networks.west.advertise={min: 1350 s, max: 1800 s}",
              "nodes.mn.interfaces.wlan0.attach=west");
        unsigned n = 0;
        scenario.timers.nd.rs_backoff = way ? RS_RFC4861 : RS_RFC7559;
        silence_router();
        run_to(100 * SIM_S);
        for (unsigned k = 0; k < seen_frames; k++)
            if (is_icmp(&frames[k], ICMP6_RS) && n < 8)
                at[n++] = frames[k].t;
        if (way) {
            RULE("IP6-ND-4");
            CHECK(n == 3 && at[1] - at[0] == 4 * SIM_S && at[2] - at[1] == 4 * SIM_S);
        } else {
            CHECK(n >= 5);
            RULE("IP6-ND-4");
            CHECK(at[1] - at[0] >= 3600 * SIM_MS && at[1] - at[0] <= 4400 * SIM_MS);
            for (unsigned k = 2; k < n; k++) {
                sim_time before = at[k - 1] - at[k - 2];
                CHECK(at[k] - at[k - 1] >= before * 18 / 10 - 1 &&
                      at[k] - at[k - 1] <= before * 22 / 10 + 1);
            }
        }
        end_world();
    }
}

/* An advertisement with lifetime 0 is no router: the series of RFC 7559 goes on. */
static void no_router_no_end(void)
{
    BEGIN(FILE_, QUIET);
    struct addr from = addr_link_local_of(0xbad);
    const struct nd_message ra = {.type = ICMP6_RA};
    silence_router();
    run_to(3 * SIM_S);
    unsigned before = count_icmp(wlan(), ICMP6_RS, 0);
    inject_nd(wlan(), &from, &addr_all_nodes, &ra);
    run_to(20 * SIM_S);
    RULE("IP6-ND-4");
    CHECK(count_icmp(wlan(), ICMP6_RS, 0) > before);
    end_world();
}

/* RFC 4861 6.3.7: up to a second before the first, unless a delay was drawn already. */
static void the_first_solicitation_waits(void)
{
    for (int hinted = 0; hinted < 2; hinted++) {
        BEGIN(FILE_, QUIET, "networks.west.dad={use: none}");
        wlan()->nd->host.rs_delay = !hinted;
        run_to(10 * SIM_S);
        const struct tap_event *up = event_after(EV_L2_UP, 0);
        const struct seen_frame *rs = icmp_after(wlan(), ICMP6_RS, 0);
        CHECK(up && rs);
        RULE("IP6-ND-3");
        CHECK(hinted ? rs->t == up->t : rs->t > up->t && rs->t <= up->t + SIM_S);
        end_world();
    }
    BEGIN(FILE_, QUIET); /* the test of the link-local address had its delay */
    run_to(10 * SIM_S);
    const struct seen_frame *ns = icmp_after(wlan(), ICMP6_NS, 0);
    const struct seen_frame *rs = icmp_after(wlan(), ICMP6_RS, 0);
    CHECK(ns && rs && ns->t > event_after(EV_L2_UP, 0)->t);
    RULE("IP6-ND-3");
    CHECK_EQ(rs->t, ns->t + SIM_S);
    end_world();
}

/* ---- the test of an address --------------------------------------------------------- */

static const struct seen_frame *test_of(const struct addr *a)
{
    struct nd_message m;
    for (unsigned k = 0; k < seen_frames; k++)
        if (is_icmp(&frames[k], ICMP6_NS) && addr_unspecified(&frames[k].h.src) &&
            nd_of(&frames[k], &m) && addr_eq(&m.target, a))
            return &frames[k];
    return NULL;
}

static void an_address_is_tested_as_the_rfc_says(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
    struct addr a = field_of(got, "address")->addr;
    struct addr group = addr_solicited_node(&a);
    const struct seen_frame *ns = test_of(&a);
    struct nd_message m;
    CHECK(got && ns && nd_of(ns, &m));
    RULE("IP6-DAD-1");
    CHECK_EQ(got->t - ns->t, SIM_S);
    RULE("IP6-DAD-2");
    CHECK(addr_eq(&ns->h.dst, &group) && !m.options.has_source && ns->h.hop_limit == 255);
    RULE("IP6-ND-1");
    CHECK_EQ(ns->h.hop_limit, 255);
    /* the report stands before the solicitation, in the same instant */
    struct addr link_local = addr_link_local_of(wlan()->identifier);
    const struct seen_frame *first = test_of(&link_local);
    const struct seen_frame *report = icmp_after(wlan(), ICMP6_MLD2_REPORT, 0);
    CHECK(first && report);
    RULE("IP6-DAD-2");
    CHECK(report < first && report->t == first->t && report->h.hop_limit == 1 &&
          addr_unspecified(&report->h.src));
    struct mld_report r;
    struct addr own = addr_solicited_node(&link_local);
    CHECK_EQ(
        mld_read(&report->h, report->ip + report->c.upper_at, report->n - report->c.upper_at, &r),
        ICMP6_GOOD);
    CHECK(r.records == 1 && r.record[0].type == MLD_TO_EXCLUDE &&
          addr_eq(&r.record[0].group, &own));
    RULE("IP6-SLAAC-4");
    CHECK(first->t < ns->t && event_after(EV_L2_UP, 0)->t <= first->t);
    end_world();
}

/* RFC 4862 5.4.2: the delay, and which advertisement asks for a second one. */
static void the_random_delay_of_a_test(void)
{
    unsigned delayed = 0;
    for (int way = 0; way < 3; way++) {
        BEGIN(FILE_, QUIET, "networks.west.advertise={solicited: unicast, min: 450 s, max: 600 s}");
        if (way == 1)
            wlan()->nd->dad_how.delay = 1; /* none */
        bool unicast = way == 0;
        struct nd_advertise_config *how = arena_take(&arena, sizeof *how);
        *how = *west()->nd->advertiser->how;
        how->solicited = unicast;
        west()->nd->advertiser->how = how;
        run_to(10 * SIM_S);
        const struct tap_event *router = event_after(EV_ND_ROUTER, 0);
        const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
        CHECK(router && got);
        sim_time wait = got->t - router->t - SIM_S;
        if (way < 2) {
            RULE("IP6-DAD-3");
            RULE("MIP6-MN-25");
            CHECK_EQ(wait, 0); /* a unicast advertisement, or the setting of RFC 6275 11.5.3 */
        } else {
            delayed += wait > 0 && wait <= SIM_S;
        }
        end_world();
    }
    RULE("IP6-DAD-3");
    RULE("IP6-MOV-5");
    CHECK_EQ(delayed, 1);
}

/* Before the first solicitation is sent, too: RFC 4862 5.4.2. */
static void a_duplicate_is_heard_during_the_delay(void)
{
    BEGIN(FILE_, QUIET);
    const struct nd_address *a = NULL;
    for (sim_time t = 0; t < 60 * SIM_S && !a; t += SIM_MS) {
        run_to(t);
        for (int k = 0; k < ND_ADDRESSES && !a; k++) {
            const struct nd_address *at = &wlan()->nd->address[k];
            a = at->state == ADDRESS_TENTATIVE && !addr_link_local(&at->addr) ? at : NULL;
        }
    }
    struct addr taken = a ? a->addr : addr_any;
    struct addr group = addr_solicited_node(&taken);
    const struct nd_message ns = {.type = ICMP6_NS, .target = taken};
    RULE("IP6-DAD-4");
    CHECK(a && a->dad.sent == 0 && nd_listens(wlan(), &group) &&
          nd_hears(wlan(), eth_multicast(&group)));
    inject_nd(wlan(), &addr_any, &group, &ns);
    RULE("IP6-DAD-4");
    CHECK_EQ(count_events(EV_ND_DAD_FAILED, 0), 1);
    run_to(20 * SIM_S);
    RULE("IP6-DAD-4");
    CHECK(!node_owns(node_of("mn"), &taken) && test_of(&taken) == NULL);
    end_world();
}

/* The report stands before the solicitation, behind the delay, so that a switch that snoops lets
 * nothing in before (trap 9). */
static void the_delay_delays_the_report(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    const struct tap_event *up = event_after(EV_L2_UP, 0);
    const struct seen_frame *ns = icmp_after(wlan(), ICMP6_NS, 0);
    const struct seen_frame *report = icmp_after(wlan(), ICMP6_MLD2_REPORT, 0);
    RULE("IP6-DAD-3");
    CHECK(up && ns && report && report->t > up->t && report->t == ns->t);
    end_world();
}

/* N solicitations, RetransTimer apart, and one more RetransTimer: RFC 4862 5.4. */
static void a_test_of_two_solicitations(void)
{
    BEGIN(FILE_, QUIET, "timers.dup_addr_detect_transmits=2");
    run_to(12 * SIM_S);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
    struct addr a = field_of(got, "address")->addr;
    sim_time at[4] = {0};
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames && n < 4; k++) {
        struct nd_message m;
        if (is_icmp(&frames[k], ICMP6_NS) && addr_unspecified(&frames[k].h.src) &&
            nd_of(&frames[k], &m) && addr_eq(&m.target, &a))
            at[n++] = frames[k].t;
    }
    RULE("IP6-DAD-1");
    CHECK(got && n == 2 && at[1] == at[0] + SIM_S && got->t == at[1] + SIM_S);
    end_world();
}

static void two_nodes_with_one_address(void)
{
    BEGIN(FILE_, QUIET);
    struct nd_address *a = tentative(false);
    struct addr taken = a->addr;
    struct addr group = addr_solicited_node(&taken);
    struct addr other = addr_link_local_of(7);
    const struct nd_message ns = {.type = ICMP6_NS, .target = taken};
    unsigned answers = count_icmp(wlan(), ICMP6_NA, 0);
    inject_nd(wlan(), &other, &group, &ns); /* resolution: not answered, and no conflict */
    CHECK_EQ(count_icmp(wlan(), ICMP6_NA, 0), answers);
    CHECK_EQ(count_events(EV_ND_DAD_FAILED, 0), 0);
    arrive(wlan(), STRANGER, echo_request(&world.packets, &other, &taken, 1, 1, 8));
    RULE("IP6-DAD-4");
    CHECK_EQ(dropped[DROP_TENTATIVE], 1);
    inject_nd(wlan(), &addr_any, &group, &ns);
    RULE("IP6-DAD-4");
    CHECK_EQ(count_events(EV_ND_DAD_FAILED, 0), 1);
    sim_time at = now_is();
    run_to(20 * SIM_S);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
    CHECK(got && !node_owns(node_of("mn"), &taken));
    RULE("IP6-DAD-5");
    CHECK(got && got->t >= at + SIM_S && !addr_eq(&field_of(got, "address")->addr, &taken));
    end_world();
}

/* The RA's Retrans Timer is the host's: it sets the length of the test (trap 3). */
static void parameters_come_from_the_router(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct iface *i = wlan();
    const struct nd_router *r = solicit_router(i, NULL);
    struct addr from = r->addr;
    struct nd_message ra = {.type = ICMP6_RA,
                            .router_lifetime_s = 1800,
                            .cur_hop_limit = 17,
                            .retrans_ms = 200,
                            .reachable_ms = 5000,
                            .options = {.mtu = 1300}};
    inject_nd(i, &from, &addr_all_nodes, &ra);
    RULE("IP6-ND-12");
    CHECK(i->hop_limit == 17 && i->nd->retrans == 200 * SIM_MS && i->mtu == 1300);
    RULE("IP6-ND-19");
    CHECK(nd_reachable_time(i) >= 2500 * SIM_MS && nd_reachable_time(i) <= 7500 * SIM_MS);
    ra = (struct nd_message){.type = ICMP6_RA, .router_lifetime_s = 1800, .options = {.mtu = 9000}};
    inject_nd(i, &from, &addr_all_nodes, &ra); /* zeros and nonsense leave everything */
    RULE("IP6-ND-12");
    CHECK(i->hop_limit == 17 && i->nd->retrans == 200 * SIM_MS && i->mtu == 1300);
    ra.options.mtu = 1279;
    inject_nd(i, &from, &addr_all_nodes, &ra);
    RULE("IP6-ND-12");
    CHECK_EQ(i->mtu, 1300);
    /* and the test of the next address lasts as long as it says (trap 3) */
    ra.options = (struct nd_options){.prefixes = 1,
                                     .prefix = {{.prefix = {{0x20, 1, 0xd, 0xb8, 0x72}},
                                                 .len = 64,
                                                 .autonomous = true,
                                                 .valid_s = 3600,
                                                 .preferred_s = 3600}}};
    i->nd->dad_how.delay = 1; /* none */
    sim_time at = now_is();
    inject_nd(i, &from, &addr_all_nodes, &ra);
    run_to(at + SIM_S);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, at);
    RULE("IP6-DAD-1");
    RULE("IP6-ND-12");
    CHECK(got && got->t == at + 200 * SIM_MS);
    RULE("IP6-MH-3"); /* per interface: that of the router's own is untouched */
    CHECK(west()->nd->retrans == SIM_S && west()->mtu == 1500 && west()->hop_limit == 64);
    end_world();
}

/* ---- optimistic addresses, RFC 4429 --------------------------------------------------- */

static void an_optimistic_address_is_used_at_once(void)
{
    BEGIN(FILE_, QUIET, "networks.west.dad={optimistic: true}");
    run_to(20 * SIM_S);
    const struct tap_event *router = event_after(EV_ND_ROUTER, 0);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
    const struct tap_event *unique = event_after(EV_ND_UNIQUE, 0);
    struct addr a = field_of(got, "address")->addr;
    CHECK(router && got && unique);
    RULE("IP6-OPT-1");
    CHECK(got->t == router->t && test_of(&a)->t == router->t); /* no random delay */
    RULE("IP6-OPT-5");
    CHECK(field_of(got, "optimistic")->i == 1 && unique->t == got->t + SIM_S);
    const struct tap_event *bu = event_after(EV_BU_SENT, 0);
    RULE("IP6-OPT-5");
    CHECK(bu && bu->t == got->t);
    unsigned wrong = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct nd_message m;
        bool during = frames[k].t < unique->t && frames[k].port == wlan()->port->index;
        if (!during || !nd_of(&frames[k], &m))
            continue;
        bool from_it = addr_eq(&frames[k].h.src, &a);
        bool early = frames[k].t < SIM_S;
        wrong += from_it && m.type == ICMP6_NS;
        wrong += (from_it || early) && m.type == ICMP6_RS && m.options.has_source;
    }
    RULE("IP6-OPT-2");
    CHECK_EQ(wrong, 0);
    RULE("IP6-OPT-1"); /* routers have none */
    CHECK(world_network(&world, "west")->segment->nd->is_host == false);
    end_world();
}

static void an_optimistic_address_gives_way(void)
{
    BEGIN(FILE_, QUIET, "networks.west.dad={optimistic: true}");
    struct nd_address *a = tentative(false);
    struct addr addr = a->addr;
    struct addr group = addr_solicited_node(&addr);
    struct addr other = addr_link_local_of(7);
    const struct nd_message ns = {
        .type = ICMP6_NS, .target = addr, .options = {.has_source = true, .source = STRANGER}};
    struct nd_message na;
    struct addr router = solicit_router(wlan(), NULL)->addr;
    const struct nd_message again = {.type = ICMP6_RA,
                                     .router_lifetime_s = 1800,
                                     .options = {.prefixes = 1,
                                                 .prefix = {{.prefix = a->prefix.addr,
                                                             .len = 64,
                                                             .autonomous = true,
                                                             .valid_s = 7200,
                                                             .preferred_s = 3600}}}};
    CHECK_EQ(a->state, ADDRESS_OPTIMISTIC);
    inject_nd(wlan(), &router, &addr_all_nodes, &again);
    run_to(now_is() + 10 * SIM_MS);
    RULE("IP6-OPT-5"); /* an advertisement in between is not the end of the test */
    CHECK(a->state == ADDRESS_OPTIMISTIC && a->preferred_until < 3600 * SIM_S + now_is());
    inject_nd(wlan(), &other, &group, &ns);
    const struct seen_frame *f = icmp_after(wlan(), ICMP6_NA, now_is());
    RULE("IP6-OPT-4");
    CHECK(nd_of(f, &na) && !na.override && na.solicited && addr_eq(&na.target, &addr));
    const struct nd_message test = {.type = ICMP6_NS, .target = addr};
    unsigned answers = count_icmp(wlan(), ICMP6_NA, 0);
    inject_nd(wlan(), &addr_any, &group, &test);
    RULE("IP6-OPT-4");
    CHECK(!node_owns(node_of("mn"), &addr) && count_icmp(wlan(), ICMP6_NA, 0) == answers);
    RULE("IP6-DAD-5");
    CHECK_EQ(count_events(EV_ND_ADDRESS_GONE, 0), 1);
    end_world();
}

/* Without the router's link-layer address there is nothing to gain: RFC 4429 3.2. */
static void no_router_address_no_optimism(void)
{
    BEGIN(FILE_, QUIET, "networks.west.dad={optimistic: true, delay: none}",
          "networks.west.advertise={source_option: false}");
    run_to(20 * SIM_S);
    const struct tap_event *router = event_after(EV_ND_ROUTER, 0);
    const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
    RULE("IP6-OPT-3");
    CHECK(router && got && got->t == router->t + SIM_S && field_of(got, "optimistic")->i == 0);
    end_world();
}

/* From an optimistic address no neighbour is asked for: the router takes the packet. */
static void no_resolution_from_an_optimistic_address(void)
{
    BEGIN(FILE_, QUIET, "networks.west.dad={optimistic: true}");
    struct nd_address *a = tentative(false);
    struct addr neighbour = addr_join(&a->prefix, 0x77);
    struct addr hop;
    CHECK(solicit_next_hop(wlan(), &a->addr, &neighbour, &hop));
    RULE("IP6-OPT-2");
    CHECK(addr_eq(&hop, &solicit_router(wlan(), &a->addr)->addr));
    run_to(now_is() + 2 * SIM_S);
    CHECK(a->state == ADDRESS_PREFERRED);
    CHECK(solicit_next_hop(wlan(), &a->addr, &neighbour, &hop));
    RULE("IP6-ND-15");
    CHECK(addr_eq(&hop, &neighbour));
    end_world();
}

CHECK_MAIN(CASE(a_silent_router_is_solicited_again), CASE(no_router_no_end),
           CASE(the_first_solicitation_waits), CASE(an_address_is_tested_as_the_rfc_says),
           CASE(the_random_delay_of_a_test), CASE(a_duplicate_is_heard_during_the_delay),
           CASE(the_delay_delays_the_report), CASE(a_test_of_two_solicitations),
           CASE(two_nodes_with_one_address), CASE(parameters_come_from_the_router),
           CASE(an_optimistic_address_is_used_at_once), CASE(an_optimistic_address_gives_way),
           CASE(no_router_address_no_optimism), CASE(no_resolution_from_an_optimistic_address))
