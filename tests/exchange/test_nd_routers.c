/* A router's side of neighbour discovery, neighbours and their reachability, redirects, and
 * addresses from prefixes. */
#include "tests/nd_router_world.h"

/* ---- advertisements ------------------------------------------------------------------ */

static void advertisements_come_within_their_interval(void)
{
    sim_time least;
    sim_time most;
    unsigned n;
    struct nd_message ra;
    BEGIN(FILE_, QUIET, "general.stop=1000 s");
    run_to(1000 * SIM_S);
    gaps_of_advertisements(west(), &least, &most, &n);
    RULE("IP6-ND-5");
    CHECK(n > 250 && least >= 3 * SIM_S && most <= 4 * SIM_S && least < 3100 * SIM_MS &&
          most > 3900 * SIM_MS);
    RULE("IP6-ND-8");
    CHECK(least >= 3 * SIM_S);
    CHECK(nd_of(icmp_after(west(), ICMP6_RA, 0), &ra));
    RULE("IP6-ND-9");
    CHECK_EQ(ra.router_lifetime_s, 12);
    RULE("IP6-ND-11");
    CHECK(ra.options.has_source && ra.options.prefixes == 1);
    end_world();

    BEGIN(FILE_, QUIET, "general.stop=100 s",
          "networks.west.advertise={min: 30 ms, max: 70 ms, interval_option: true}");
    run_to(100 * SIM_S);
    gaps_of_advertisements(west(), &least, &most, &n);
    RULE("IP6-ND-8");
    CHECK(least >= 30 * SIM_MS && most <= 70 * SIM_MS && n > 1900 && n < 2100);
    CHECK(nd_of(icmp_after(west(), ICMP6_RA, 0), &ra));
    RULE("IP6-ND-10");
    CHECK_EQ(ra.options.interval_ms, 90);
    RULE("IP6-ND-9");
    CHECK_EQ(ra.router_lifetime_s, 1); /* whole seconds, and at least one */
    end_world();
}

/* Without a least interval below 9 s: three quarters of the greatest (trap 5). */
static void the_least_interval_of_a_short_one(void)
{
    sim_time least;
    sim_time most;
    unsigned n;
    BEGIN(FILE_, QUIET, "general.stop=1000 s", "networks.west.advertise={max: 8 s}",
          "timers.max_rtr_solicitations=0");
    run_to(1000 * SIM_S);
    gaps_of_advertisements(west(), &least, &most, &n);
    RULE("IP6-ND-5");
    CHECK(n > 100 && least >= 6 * SIM_S && least < 6200 * SIM_MS && most > 7800 * SIM_MS &&
          most <= 8 * SIM_S);
    end_world();
}

/* The first three follow each other within 16 s, whatever the interval. */
static void the_first_three_come_early(void)
{
    BEGIN(FILE_, QUIET, "general.stop=4000 s", "networks.west.advertise={min: 900 s, max: 1800 s}",
          "timers.max_rtr_solicitations=0");
    run_to(4000 * SIM_S);
    sim_time at[4] = {0};
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames && n < 4; k++)
        if (frames[k].port == west()->port->index && is_icmp(&frames[k], ICMP6_RA))
            at[n++] = frames[k].t;
    RULE("IP6-ND-5");
    CHECK(n == 4 && at[0] == 16 * SIM_S && at[1] == 32 * SIM_S && at[2] == 48 * SIM_S &&
          at[3] - at[2] >= 900 * SIM_S);
    end_world();
}

static void solicited_advertisements_wait_and_keep_apart(void)
{
    const struct nd_message rs = {.type = ICMP6_RS,
                                  .options = {.has_source = true, .source = STRANGER}};
    struct addr host = addr_link_local_of(0x55);
    for (int unicast = 0; unicast < 2; unicast++) {
        BEGIN(FILE_, QUIET, "general.stop=4000 s",
              "networks.west.advertise={min: 900 s, max: 1800 s}");
        if (unicast) {
            struct nd_advertise_config *how = arena_take(&arena, sizeof *how);
            *how = *west()->nd->advertiser->how;
            how->solicited = 1;
            west()->nd->advertiser->how = how;
        }
        run_to(100 * SIM_S);
        unsigned answers = 0;
        sim_time last = -1;
        sim_time least = SIM_NEVER;
        sim_time most = 0;
        for (int k = 0; k < 40; k++) {
            sim_time at = now_is();
            inject_nd(west(), &host, &addr_all_routers, &rs);
            run_to(at + 5 * SIM_S);
            const struct seen_frame *f = icmp_after(west(), ICMP6_RA, at);
            answers += f && f->t <= at + 500 * SIM_MS;
            sim_time wait = f ? f->t - at : 0;
            least = wait < least ? wait : least;
            most = wait > most ? wait : most;
            if (!unicast && last >= 0 && f) {
                CHECK(f->t - last >= 3 * SIM_S);
            }
            last = f ? f->t : last;
            CHECK(!f || addr_multicast(&f->h.dst) == !unicast);
        }
        RULE("IP6-ND-6");
        CHECK_EQ(answers, 40);
        RULE("IP6-ND-6"); /* a wait is drawn for each, unicast ones as well */
        CHECK(least < 100 * SIM_MS && most > 400 * SIM_MS);
        /* one more right behind: multicast answers are three seconds apart, unicast ones are not */
        sim_time at = now_is();
        inject_nd(west(), &host, &addr_all_routers, &rs);
        run_to(at + SIM_S);
        inject_nd(west(), &host, &addr_all_routers, &rs);
        run_to(at + 10 * SIM_S);
        const struct seen_frame *one = icmp_after(west(), ICMP6_RA, at);
        const struct seen_frame *two = one ? icmp_after(west(), ICMP6_RA, one->t + 1) : NULL;
        CHECK(one && two);
        RULE("IP6-ND-7");
        CHECK(unicast ? two->t - one->t < 2 * SIM_S
                      : two->t - one->t >= 3 * SIM_S && two->t - one->t <= 3500 * SIM_MS);
        end_world();
    }
}

/* Several hosts ask at one instant: each has its answer; more than a router remembers share one. */
static void many_solicitations_at_once(void)
{
    const struct nd_message rs = {.type = ICMP6_RS,
                                  .options = {.has_source = true, .source = STRANGER}};
    BEGIN(FILE_, QUIET, "general.stop=4000 s",
          "networks.west.advertise={min: 900 s, max: 1800 s, solicited: unicast}");
    run_to(100 * SIM_S);
    sim_time at = now_is();
    for (uint64_t k = 0; k < ND_SOLICITORS + 2; k++) {
        struct addr host = addr_link_local_of(0x60 + k);
        inject_nd(west(), &host, &addr_all_routers, &rs);
        inject_nd(west(), &host, &addr_all_routers, &rs); /* a second time: one answer */
    }
    run_to(at + 4 * SIM_S);
    unsigned groups = 0;
    for (uint64_t k = 0; k < ND_SOLICITORS + 2; k++) {
        struct addr host = addr_link_local_of(0x60 + k);
        unsigned answers = 0;
        for (unsigned j = 0; j < seen_frames; j++)
            answers += frames[j].t >= at && frames[j].t <= at + 500 * SIM_MS &&
                       is_icmp(&frames[j], ICMP6_RA) && addr_eq(&frames[j].h.dst, &host);
        RULE("IP6-ND-6");
        CHECK_EQ(answers, k < ND_SOLICITORS);
    }
    for (unsigned j = 0; j < seen_frames; j++)
        groups += frames[j].t >= at && frames[j].port == west()->port->index &&
                  is_icmp(&frames[j], ICMP6_RA) && addr_multicast(&frames[j].h.dst);
    RULE("IP6-ND-6");
    CHECK_EQ(groups, 1);
    end_world();
}

/* RFC 6275 7.1, 7.2: H, the whole address with R, and the link-layer address. */
static void a_home_agent_says_that_it_is_one(void)
{
    BEGIN(FILE_, QUIET, "networks.home.advertise={min: 3 s, max: 4 s, source_option: false}");
    run_to(20 * SIM_S);
    struct iface *home = world_network(&world, "home")->segment;
    struct nd_message ra;
    CHECK(nd_of(icmp_after(home, ICMP6_RA, 0), &ra));
    const struct nd_prefix *p = &ra.options.prefix[0];
    RULE("MIP6-ICMP-9");
    RULE("IP6-ND-11");
    CHECK(ra.home_agent && p->router && node_owns(node_of("ha"), &p->prefix) &&
          ra.options.has_source && !ra.options.has_home_agent);
    CHECK(nd_of(icmp_after(west(), ICMP6_RA, 0), &ra));
    RULE("MIP6-ICMP-9");
    CHECK(!ra.home_agent && !ra.options.prefix[0].router && !ra.options.has_home_agent);
    end_world();
}

/* ---- neighbours ------------------------------------------------------------------------ */

static void silence_ends_a_resolution(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct addr nobody = {{0x20, 1, 0xd, 0xb8, 0, 1, [15] = 0x77}};
    struct addr src = node_of("cn")->iface[0]->nd->address[1].addr;
    sim_time at = now_is();
    for (int k = 0; k < 10; k++) {
        struct pkt *p = echo_request(&world.packets, &src, &nobody, 1, (uint16_t)k, 8);
        path_out_plain(world_network(&world, "west")->router, p);
    }
    unsigned dead = (unsigned)dropped[DROP_NEIGHBOUR_QUEUE];
    run_to(at + 2999 * SIM_MS);
    RULE("IP6-ND-16");
    CHECK(dead == 7 && dropped[DROP_NEIGHBOUR] == 0); /* three wait, the newest */
    run_to(at + 3 * SIM_S);
    RULE("IP6-ND-16");
    CHECK_EQ(dropped[DROP_NEIGHBOUR], 3);
    unsigned asked = 0;
    unsigned told = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        told += frames[k].t == at + 3 * SIM_S && is_icmp(&frames[k], ICMP6_UNREACHABLE) &&
                frames[k].ip[frames[k].c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE &&
                addr_eq(&frames[k].h.dst, &src);
    RULE("IP6-ND-16"); /* each of those that waited */
    CHECK_EQ(told, 3);
    for (unsigned k = 0; k < seen_frames; k++) {
        struct nd_message m;
        if (frames[k].t < at || !is_icmp(&frames[k], ICMP6_NS) || !nd_of(&frames[k], &m) ||
            !addr_eq(&m.target, &nobody))
            continue;
        struct addr group = addr_solicited_node(&nobody);
        CHECK(frames[k].t == at + asked * SIM_S && addr_eq(&frames[k].h.dst, &group) &&
              m.options.has_source);
        asked++;
    }
    RULE("IP6-ND-16");
    CHECK_EQ(asked, 3); /* in all: trap 6 */
    CHECK(!neighbour_find(west(), &nobody));
    end_world();
}

/* RFC 4861 7.2.4 and appendix C. */
static void what_an_advertisement_changes(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct iface *i = wlan();
    struct addr a = addr_link_local_of(0x31);
    struct nd_message ns = {.type = ICMP6_NS,
                            .target = *address_link_local(i),
                            .options = {.has_source = true, .source = STRANGER}};
    struct addr group = addr_solicited_node(&ns.target);
    struct nd_message m;
    inject_nd(i, &a, &group, &ns);
    const struct seen_frame *na = icmp_after(i, ICMP6_NA, now_is());
    CHECK(nd_of(na, &m));
    RULE("IP6-ND-17");
    CHECK(m.solicited && m.override && !m.router && m.options.has_target &&
          addr_eq(&na->h.dst, &a));
    struct neighbour *e = neighbour_find(i, &a);
    RULE("IP6-ND-17");
    RULE("IP6-ND-19");
    CHECK(e && e->state != NEIGHBOUR_REACHABLE); /* never by hearsay */
    struct nd_message adv = {.type = ICMP6_NA,
                             .target = a,
                             .solicited = true,
                             .override = true,
                             .options = {.has_target = true, .target = STRANGER}};
    inject_nd(i, &a, address_link_local(i), &adv);
    RULE("IP6-ND-19");
    CHECK_EQ(e->state, NEIGHBOUR_REACHABLE);
    adv.override = adv.solicited = false;
    adv.options.target = STRANGER + 1;
    inject_nd(i, &a, &addr_all_nodes, &adv);
    RULE("IP6-ND-17");
    CHECK(e->state == NEIGHBOUR_STALE && e->station == STRANGER);
    adv.override = true;
    inject_nd(i, &a, &addr_all_nodes, &adv);
    RULE("IP6-ND-17");
    CHECK(e->state == NEIGHBOUR_STALE && e->station == STRANGER + 1);
    /* an answer to :: goes to everybody, not solicited */
    struct addr own = address_global(i)->addr;
    struct addr its_group = addr_solicited_node(&own);
    const struct nd_message test = {.type = ICMP6_NS, .target = own};
    run_to(now_is() + SIM_MS);
    inject_nd(i, &addr_any, &its_group, &test);
    CHECK(nd_of(icmp_after(i, ICMP6_NA, now_is()), &m));
    RULE("IP6-ND-17");
    CHECK(!m.solicited && addr_eq(&icmp_after(i, ICMP6_NA, now_is())->h.dst, &addr_all_nodes));
    end_world();
}

/* What RS, RA, NS and Redirect say of a neighbour is hearsay: RFC 4861 7.3.1, appendix C. */
static void hearsay_makes_a_neighbour_stale(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct addr a = addr_link_local_of(0x41);
    struct addr target = addr_link_local_of(0x42);
    struct nd_message ra = {.type = ICMP6_RA,
                            .router_lifetime_s = 1800,
                            .options = {.has_source = true, .source = STRANGER}};
    const struct nd_message rs = {.type = ICMP6_RS,
                                  .options = {.has_source = true, .source = STRANGER}};
    inject_nd(wlan(), &a, &addr_all_nodes, &ra);
    const struct neighbour *e = neighbour_find(wlan(), &a);
    RULE("IP6-ND-17");
    RULE("IP6-ND-19");
    CHECK(e && e->state == NEIGHBOUR_STALE && e->station == STRANGER);
    inject_nd(wlan(), &a, &addr_all_nodes, &ra); /* however often it is said */
    RULE("IP6-ND-19");
    CHECK(e && e->state == NEIGHBOUR_STALE);
    ra.options.source++;
    inject_nd(wlan(), &a, &addr_all_nodes, &ra);
    RULE("IP6-ND-17");
    CHECK(e && e->state == NEIGHBOUR_STALE && e->station == STRANGER + 1);
    inject_nd(west(), &a, &addr_all_routers, &rs);
    e = neighbour_find(west(), &a);
    RULE("IP6-ND-17");
    CHECK(e && e->state == NEIGHBOUR_STALE && e->station == STRANGER);
    struct addr coa = address_global(wlan())->addr;
    struct addr router = solicit_router(wlan(), &coa)->addr;
    const struct nd_message redirect = {.type = ICMP6_REDIRECT,
                                        .target = target,
                                        .destination = {{0x20, 1, 0xd, 0xb8, 0xf, [15] = 1}},
                                        .options = {.has_target = true, .target = STRANGER}};
    inject_nd(wlan(), &router, &coa, &redirect);
    e = neighbour_find(wlan(), &target);
    RULE("IP6-ND-17");
    CHECK(e && e->state == NEIGHBOUR_STALE);
    end_world();
}

/* ---- redirects ---------------------------------------------------------------------------- */

static void a_redirect_is_obeyed_from_the_first_hop_only(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct iface *i = wlan();
    struct addr router = solicit_router(i, NULL)->addr;
    struct addr coa = address_global(i)->addr;
    struct addr other_router = addr_link_local_of(0x66);
    struct addr far = {{0x20, 1, 0xd, 0xb8, 0xf, [15] = 1}};
    struct addr hop;
    struct nd_message m = {.type = ICMP6_REDIRECT,
                           .target = other_router,
                           .destination = far,
                           .options = {.has_target = true, .target = STRANGER}};
    inject_nd(i, &other_router, &coa, &m);
    CHECK(solicit_next_hop(i, &coa, &far, &hop));
    RULE("IP6-ND-20");
    CHECK(addr_eq(&hop, &router));
    inject_nd(i, &router, &coa, &m);
    CHECK(solicit_next_hop(i, &coa, &far, &hop));
    RULE("IP6-ND-20");
    CHECK(addr_eq(&hop, &other_router));
    struct addr coa2 = addr_join(&(struct prefix){coa, 64}, 0x4242);
    CHECK(solicit_next_hop(i, &coa2, &far, &hop));
    RULE("IP6-ND-20"); /* that pair of addresses, no other */
    CHECK(addr_eq(&hop, &router));
    struct addr global = {{0x20, 1, 0xd, 0xb8, 0, 1, [15] = 0x66}};
    m.target = global; /* neither link-local nor the destination */
    unsigned bad = (unsigned)dropped[DROP_BAD_ND];
    inject_nd(i, &router, &coa, &m);
    RULE("IP6-ND-1");
    CHECK_EQ(dropped[DROP_BAD_ND], bad + 1);
    end_world();
}

static void a_router_obeys_no_redirect(void)
{
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    struct iface *i = west();
    struct addr own = *address_link_local(i);
    struct addr other = addr_link_local_of(0x66);
    struct addr far = cn_address();
    const struct route *way = routes_find(i->node->routes, &far);
    const struct nd_message m = {.type = ICMP6_REDIRECT,
                                 .target = other,
                                 .destination = far,
                                 .options = {.has_target = true, .target = STRANGER}};
    CHECK(way && way->kind == ROUTE_VIA);
    const struct route was = *way;
    inject_nd(i, &other, &own, &m);
    const struct tap_event *e = event_after(EV_ND_REDIRECTED, 10 * SIM_S);
    CHECK(e && field_of(e, "obeyed")->i == 0);
    way = routes_find(i->node->routes, &far);
    RULE("IP6-ND-20");
    CHECK(way && way->out == was.out && addr_eq(&way->next_hop, &was.next_hop) &&
          !neighbour_find(i, &other) && i->nd->redirects == 0);
    /* not even from what would be a host's first hop: a neighbour about itself */
    const struct nd_message itself = {.type = ICMP6_REDIRECT,
                                      .target = addr_link_local_of(0x67),
                                      .destination = other,
                                      .options = {.has_target = true, .target = STRANGER}};
    inject_nd(i, &other, &own, &itself);
    RULE("IP6-ND-20");
    CHECK(!neighbour_find(i, &itself.target) && i->nd->redirects == 0 &&
          count_events(EV_ND_REDIRECTED, 10 * SIM_S) == 2);
    end_world();
}

/* Towards a neighbour of the sender's own link; not about what a home agent intercepts, nor about
 * what came out of a tunnel ("Redirect sent for every reverse-tunnelled packet"). */
static void a_router_redirects_what_turns_back(void)
{
    BEGIN("return-home.yaml", "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct iface *home = world_network(&world, "home")->segment;
    CHECK_EQ(count_icmp(home, ICMP6_REDIRECT, 0), 0);
    struct addr host = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 0x51}};
    struct addr neighbour = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 0x52}};
    struct addr mobile = *mobile_home(node_of("mn")->mobile);
    neighbour_learn(home, &host, STRANGER, false);
    neighbour_learn(home, &neighbour, STRANGER + 1, false);
    arrive(home, STRANGER, echo_request(&world.packets, &host, &neighbour, 1, 1, 8));
    const struct seen_frame *f = icmp_after(home, ICMP6_REDIRECT, 0);
    struct nd_message m;
    RULE("IP6-ND-20");
    CHECK(nd_of(f, &m) && addr_eq(&m.target, &neighbour) && addr_eq(&m.destination, &neighbour) &&
          m.options.target == STRANGER + 1 && addr_eq(&f->h.dst, &host));
    arrive(home, STRANGER, echo_request(&world.packets, &host, &mobile, 1, 1, 8));
    RULE("IP6-ND-20");
    CHECK_EQ(count_icmp(home, ICMP6_REDIRECT, 0), 1);
    for (int k = 0; k < 50; k++)
        arrive(home, STRANGER, echo_request(&world.packets, &host, &neighbour, 1, 1, 8));
    RULE("IP6-ND-20");
    CHECK(count_icmp(home, ICMP6_REDIRECT, 0) <= 10); /* rate limited */
    end_world();
}

/* ---- addresses from prefixes ------------------------------------------------------------- */

static void advertise_prefix(const struct nd_prefix *p)
{
    struct addr from = solicit_router(wlan(), NULL)->addr;
    const struct nd_message ra = {
        .type = ICMP6_RA, .router_lifetime_s = 1800, .options = {.prefixes = 1, .prefix = {*p}}};
    inject_nd(wlan(), &from, &addr_all_nodes, &ra);
}

static const struct nd_address *address_made_from(const struct addr *prefix)
{
    const struct prefix p = {*prefix, 64};
    return address_of_prefix(wlan(), &p);
}

static void which_prefixes_make_addresses(void)
{
    const struct addr p1 = {{0x20, 1, 0xd, 0xb8, 0x71}};
    const struct nd_prefix good = {
        .prefix = p1, .len = 64, .autonomous = true, .valid_s = 3600, .preferred_s = 1800};
    struct nd_prefix bad[5] = {good, good, good, good, good};
    bad[0].autonomous = false;
    bad[1].prefix = (struct addr){{0xfe, 0x80}};
    bad[2].preferred_s = 7200;
    bad[3].len = 63;
    bad[4].valid_s = bad[4].preferred_s = 0;
    BEGIN(FILE_, QUIET);
    run_to(10 * SIM_S);
    for (int k = 0; k < 5; k++) {
        advertise_prefix(&bad[k]);
        RULE("IP6-SLAAC-1");
        CHECK(!address_made_from(&p1));
    }
    advertise_prefix(&good);
    RULE("IP6-SLAAC-1");
    CHECK(address_made_from(&p1) != NULL);
    end_world();
}

static void lifetimes_of_an_address(void)
{
    const struct addr p1 = {{0x20, 1, 0xd, 0xb8, 0x71}};
    struct nd_prefix p = {
        .prefix = p1, .len = 64, .autonomous = true, .valid_s = 36000, .preferred_s = 20};
    BEGIN(FILE_, QUIET, "general.stop=100000 s",
          "networks.west.advertise={min: 900 s, max: 1800 s}", "networks.west.dad={use: none}");
    run_to(30 * SIM_S);
    advertise_prefix(&p);
    sim_time t0 = now_is();
    const struct nd_address *a = address_made_from(&p1);
    CHECK(a && a->valid_until == t0 + 36000 * SIM_S);
    p.valid_s = 60; /* remaining 10 h: two hours are kept */
    p.preferred_s = 30;
    advertise_prefix(&p);
    RULE("IP6-SLAAC-2");
    CHECK(a->valid_until == t0 + 7200 * SIM_S && a->preferred_until == t0 + 30 * SIM_S);
    run_to(t0 + 3600 * SIM_S);
    RULE("IP6-SLAAC-3");
    CHECK(a->state == ADDRESS_DEPRECATED && !addr_eq(&address_global(wlan())->addr, &a->addr));
    RULE("IP6-SRC-2"); /* still received */
    CHECK(node_owns(node_of("mn"), &a->addr) != NULL);
    advertise_prefix(&p); /* remaining 1 h: 60 s are ignored */
    RULE("IP6-SLAAC-2");
    CHECK_EQ(a->valid_until, t0 + 7200 * SIM_S);
    struct addr addr = a->addr;
    run_to(t0 + 7201 * SIM_S);
    RULE("IP6-SLAAC-3");
    CHECK(!node_owns(node_of("mn"), &addr));
    end_world();
}

/* RFC 6275 11.5.3: the primary care-of address is renewed when it becomes deprecated. */
static void a_deprecated_care_of_address_is_replaced(void)
{
    const struct addr p1 = {{0x20, 1, 0xd, 0xb8, 0x71}};
    const struct nd_prefix fresh = {
        .prefix = p1, .len = 64, .autonomous = true, .valid_s = 36000, .preferred_s = 36000};
    BEGIN(FILE_, QUIET, "general.stop=1000 s",
          "networks.west.advertise={min: 400 s, max: 600 s, valid: 7000, preferred: 60}",
          "networks.west.dad={use: none}");
    run_to(20 * SIM_S);
    struct addr old = address_global(wlan())->addr;
    const struct tap_event *first = event_after(EV_BU_SENT, 0);
    CHECK(first && addr_eq(&field_of(first, "care_of_address")->addr, &old));
    advertise_prefix(&fresh);
    unsigned before = count_events(EV_BU_SENT, 0);
    run_to(300 * SIM_S);
    struct addr now = address_global(wlan())->addr;
    CHECK(!addr_eq(&now, &old));
    const struct tap_event *bu = event_after(EV_BU_SENT, first->t + 1);
    RULE("IP6-SLAAC-3");
    CHECK(count_events(EV_BU_SENT, 0) > before && bu &&
          addr_eq(&field_of(bu, "care_of_address")->addr, &now));
    end_world();
}

CHECK_MAIN(CASE(advertisements_come_within_their_interval), CASE(the_least_interval_of_a_short_one),
           CASE(the_first_three_come_early), CASE(solicited_advertisements_wait_and_keep_apart),
           CASE(many_solicitations_at_once), CASE(a_home_agent_says_that_it_is_one),
           CASE(silence_ends_a_resolution), CASE(what_an_advertisement_changes),
           CASE(hearsay_makes_a_neighbour_stale), CASE(a_router_obeys_no_redirect),
           CASE(a_redirect_is_obeyed_from_the_first_hop_only),
           CASE(a_router_redirects_what_turns_back), CASE(which_prefixes_make_addresses),
           CASE(lifetimes_of_an_address), CASE(a_deprecated_care_of_address_is_replaced))
