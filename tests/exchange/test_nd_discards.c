/* Neighbour discovery that must be discarded: RFC 4861 6.1, 7.1, 8.1. */
#include "tests/nd_router_world.h"

/* ---- what must be discarded: RFC 4861 6.1, 7.1, 8.1 ----------------------------------------- */

struct flaw {
    bool at_router;
    const struct addr *src, *dst;
    struct nd_message m;
    uint8_t hops, code;
    bool bad_sum, empty_option;
};

/* Where the options of a message begin. */
static size_t options_at(uint8_t type)
{
    static const size_t at[] = {8, 16, 24, 24, 40};
    return at[type - ICMP6_RS];
}

static void inject_flawed(const struct flaw *f)
{
    uint8_t bytes[256];
    struct writer w = wr_over(bytes, sizeof bytes);
    nd_write(&w, f->src, f->dst, &f->m);
    bytes[1] = f->code;
    if (f->empty_option)
        bytes[options_at(f->m.type) + 1] = 0;
    bytes[2] = bytes[3] = 0;
    uint16_t sum = ip6_checksum(f->src, f->dst, IP6_ICMP6, bytes, w.len);
    bytes[2] = (uint8_t)(sum >> 8);
    bytes[3] = (uint8_t)(sum ^ (f->bad_sum ? 1 : 0));
    struct iface *i = f->at_router ? west() : wlan();
    arrive(i, STRANGER, packet_of(f->src, f->dst, IP6_ICMP6, f->hops, bytes, w.len));
}

static void what_is_discarded_changes_nothing(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct addr host = addr_link_local_of(0x51);
    struct addr global = {{0x20, 1, 0xd, 0xb8, 0, 1, [15] = 0x51}};
    struct addr own = *address_link_local(wlan());
    struct addr group = addr_solicited_node(&own);
    struct addr router = solicit_router(wlan(), NULL)->addr;
    const struct nd_options source = {.has_source = true, .source = STRANGER};
    const struct nd_message ns = {.type = ICMP6_NS, .target = own, .options = source};
    const struct nd_message rs = {.type = ICMP6_RS, .options = source};
    const struct nd_message ra = {.type = ICMP6_RA, .router_lifetime_s = 9, .options = source};
    const struct nd_message na = {
        .type = ICMP6_NA, .target = router, .solicited = true, .override = true};
    struct nd_message redirect = {.type = ICMP6_REDIRECT,
                                  .target = host,
                                  .destination = {{0x20, 1, 0xd, 0xb8, 0xf, [15] = 1}},
                                  .options = {.has_target = true, .target = STRANGER}};
    const struct flaw flaws[] = {
        {false, &host, &group, ns, 254, 0, false, false},
        {false, &host, &group, ns, 255, 1, false, false},
        {false, &host, &group, ns, 255, 0, true, false},
        {false, &host, &group, ns, 255, 0, false, true},
        {false, &addr_any, &group, ns, 255, 0, false, false}, /* with its link-layer address */
        {false, &host, &addr_all_nodes, ra, 254, 0, false, false},
        {false, &host, &addr_all_nodes, ra, 255, 1, false, false},
        {false, &host, &addr_all_nodes, ra, 255, 0, false, true},
        {false, &global, &addr_all_nodes, ra, 255, 0, false, false},
        {false, &host, &addr_all_nodes, na, 255, 0, false, false}, /* S=1 to a group */
        {false, &router, &own, redirect, 255, 1, false, false},
        {false, &global, &own, redirect, 255, 0, false, false},
        {true, &addr_any, &addr_all_routers, rs, 255, 0, false, false},
        {true, &host, &addr_all_routers, rs, 254, 0, false, false},
        {true, &host, &addr_all_routers, rs, 255, 1, false, false},
        {true, &host, &addr_all_routers, rs, 255, 0, true, false},
        {true, &host, &addr_all_routers, rs, 255, 0, false, true},
    };
    for (size_t k = 0; k < sizeof flaws / sizeof *flaws; k++) {
        uint64_t refused = dropped[DROP_BAD_ND] + dropped[DROP_BAD_CHECKSUM];
        unsigned before = seen_frames;
        sim_time beacon = west()->nd->advertiser->timer.at;
        inject_flawed(&flaws[k]);
        RULE("IP6-ND-1");
        CHECK_EQ(dropped[DROP_BAD_ND] + dropped[DROP_BAD_CHECKSUM], refused + 1);
        RULE("IP6-ND-1"); /* silently: no answer, no error, nothing learned */
        CHECK(seen_frames == before && !neighbour_find(wlan(), &host) &&
              !neighbour_find(west(), &host) && west()->nd->advertiser->timer.at == beacon);
    }
    const struct flaw none = {false, &host, &group, ns, 255, 0, false, false};
    unsigned before = seen_frames;
    inject_flawed(&none);
    CHECK(seen_frames > before && neighbour_find(wlan(), &host)); /* for comparison */
    end_world();
}

/* A router that says it is none is taken out. */
static void a_router_no_longer(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct addr r = solicit_router(wlan(), NULL)->addr;
    const struct nd_message na = {
        .type = ICMP6_NA,
        .target = r,
        .override = true,
        .options = {.has_target = true, .target = solicit_router(wlan(), NULL)->station}};
    inject_nd(wlan(), &r, &addr_all_nodes, &na);
    RULE("IP6-ND-17");
    CHECK(event_after(EV_ND_ROUTER_LOST, 10 * SIM_S) != NULL);
    end_world();
}

/* NUD: +5, +6, +7 s, given up at +8 s; no traffic, no probe. */
static void a_stale_neighbour_is_probed_when_used(void)
{
    BEGIN(FILE_, QUIET, "nodes.mn.detection.link_layer=false", "timers.reachable_time=1 s",
          "networks.west.advertise={min: 900 s, max: 1800 s}", "general.stop=4000 s");
    run_to(30 * SIM_S);
    struct addr router = solicit_router(wlan(), NULL)->addr;
    struct addr coa = address_global(wlan())->addr;
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    access_outage(world_network(&world, "west")->access, true);
    unsigned probes = count_icmp(wlan(), ICMP6_NS, 0);
    run_to(60 * SIM_S);
    RULE("IP6-ND-18");
    CHECK_EQ(count_icmp(wlan(), ICMP6_NS, 0), probes);
    struct pkt *p = echo_request(&world.packets, &coa, &agent, 1, 1, 8);
    path_out_plain(node_of("mn"), p);
    sim_time at = now_is();
    CHECK_EQ(neighbour_find(wlan(), &router)->state, NEIGHBOUR_DELAY);
    run_to(at + 30 * SIM_S);
    const struct tap_event *lost = event_after(EV_ND_ROUTER_LOST, at);
    RULE("IP6-ND-18");
    CHECK(lost && lost->t == at + 8 * SIM_S);
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        bool probe = frames[k].t > at && frames[k].port == wlan()->port->index &&
                     is_icmp(&frames[k], ICMP6_NS) && addr_eq(&frames[k].h.dst, &router);
        if (probe)
            CHECK_EQ(frames[k].t, at + (5 + n++) * SIM_S);
    }
    RULE("IP6-ND-18");
    CHECK_EQ(n, 3);
    end_world();
}

/* RFC 9131: the router need not ask when the first packet comes back. */
static void a_new_address_is_announced(void)
{
    for (int on = 0; on < 2; on++) {
        BEGIN(FILE_, QUIET, "networks.west.dad={delay: none}");
        run_to(400 * SIM_MS); /* the network has told the interface how addresses are tested */
        wlan()->nd->dad_how.announce = on;
        run_to(20 * SIM_S);
        const struct tap_event *got = event_after(EV_ND_ADDRESS, 0);
        struct addr a = field_of(got, "address")->addr;
        unsigned asked = 0;
        unsigned told = 0;
        for (unsigned k = 0; k < seen_frames; k++) {
            struct nd_message m;
            if (!nd_of(&frames[k], &m) || !addr_eq(&m.target, &a))
                continue;
            asked += m.type == ICMP6_NS && !addr_unspecified(&frames[k].h.src) &&
                     addr_multicast(&frames[k].h.dst);
            if (m.type == ICMP6_NA && addr_eq(&frames[k].h.dst, &addr_all_routers))
                CHECK(frames[k].t == got->t + told++ * SIM_S && !m.override);
        }
        RULE("IP6-ND-21");
        CHECK_EQ(told, on ? 3 : 0);
        RULE("IP6-ND-21");
        CHECK_EQ(asked, on ? 0 : 1); /* by the router, for the BA */
        end_world();
    }
}

CHECK_MAIN(CASE(what_is_discarded_changes_nothing), CASE(a_router_no_longer),
           CASE(a_stale_neighbour_is_probed_when_used), CASE(a_new_address_is_announced))
