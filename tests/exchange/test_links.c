/* Cellular bearers, two interfaces on one prefix, optimistic addresses that are taken, and which
 * address a node speaks from. */
#include "models/node/source_address.h"

#include "tests/small_world.h"

static void a_cellular_link(void)
{
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "flows={}",
          "events=[{at: 30 s, detach: car.cell0}, {at: 40 s, attach: car.cell0}]");
    run_to(29 * SIM_S);
    struct iface *cell = iface_of("car", "cell0");
    struct iface *bearer = node_find_iface(node_of("lte-router"), "car-cell0");
    const struct tap_event *router = NULL;
    const struct tap_event *got = NULL;
    for (unsigned k = 0; k < events; k++) {
        bool its = !strcmp(field_of(&happened[k], "interface")->text, "cell0");
        router = !router && its && happened[k].name == EV_ND_ROUTER ? &happened[k] : router;
        got = !got && its && happened[k].name == EV_ND_ADDRESS ? &happened[k] : got;
    }
    RULE("IP6-CELL-1");
    CHECK(router && got && got->t == router->t);
    unsigned tests = 0;
    unsigned asked = 0;
    unsigned options = 0;
    unsigned reports = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        struct nd_message m;
        if (f->port != cell->port->index && f->port != bearer->port->index)
            continue;
        reports += is_icmp(f, ICMP6_MLD2_REPORT);
        if (!nd_of(f, &m))
            continue;
        tests += m.type == ICMP6_NS && addr_unspecified(&f->h.src);
        asked += m.type == ICMP6_NS && addr_multicast(&f->h.dst);
        options += m.options.has_source || m.options.has_target;
    }
    RULE("IP6-CELL-1");
    CHECK_EQ(tests, 0);
    RULE("IP6-CELL-3");
    CHECK(asked == 0 && options == 0 && reports == 0);
    struct nd_message ra;
    CHECK(nd_of(icmp_after(bearer, ICMP6_RA, 0), &ra));
    const struct nd_prefix *p = &ra.options.prefix[0];
    RULE("IP6-CELL-2");
    CHECK(ra.options.prefixes == 1 && p->len == 64 && p->autonomous && !p->on_link &&
          p->valid_s == ND_INFINITE && p->preferred_s == ND_INFINITE && !ra.managed &&
          ra.options.mtu == 1428);
    RULE("IP6-CELL-2");
    CHECK(icmp_after(cell, ICMP6_RS, 0) != NULL && cell->mtu == 1428);
    struct addr before = address_global(cell)->addr;
    struct addr neighbour = before;
    struct addr hop;
    neighbour.b[15] ^= 1;
    RULE("IP6-CELL-2"); /* L=0: everything goes to the router */
    RULE("IP6-ND-15");
    CHECK(solicit_next_hop(cell, &before, &neighbour, &hop) && !addr_eq(&hop, &neighbour));
    unsigned updates = count_events(EV_BU_SENT, 0);
    run_to(31 * SIM_S);
    RULE("IP6-CELL-4"); /* the prefix goes with the bearer */
    CHECK(!node_owns(node_of("car"), &before));
    run_to(69 * SIM_S);
    RULE("IP6-CELL-4");
    CHECK(!addr_eq(&address_global(cell)->addr, &before) && count_events(EV_BU_SENT, 0) > updates);
    end_world();
}

/* An outage is no new bearer: the address stays, and no BU is sent for it. */
static void an_outage_keeps_the_bearer(void)
{
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "flows={}",
          "events=[{at: 30 s, outage: lte, for: 300 ms}]", "nodes.car.detection={nud: none}");
    run_to(29 * SIM_S);
    struct addr before = address_global(iface_of("car", "cell0"))->addr;
    unsigned updates = 0;
    run_to(40 * SIM_S);
    for (unsigned k = 0; k < events; k++)
        updates += happened[k].name == EV_BU_SENT && happened[k].t > 30 * SIM_S &&
                   happened[k].t < 35 * SIM_S;
    RULE("IP6-CELL-4");
    CHECK(addr_eq(&address_global(iface_of("car", "cell0"))->addr, &before) && updates == 0);
    end_world();
}

static void two_interfaces_on_one_prefix(void)
{
    BEGIN("break-before-make.yaml", "expect=[]", "events=[]",
          "nodes.mn.interfaces={wlan0: {attach: west}, wlan1: {attach: west}}");
    run_to(40 * SIM_S);
    struct iface *i0 = iface_of("mn", "wlan0");
    struct iface *i1 = iface_of("mn", "wlan1");
    struct addr a0 = address_global(i0)->addr;
    struct addr a1 = address_global(i1)->addr;
    const struct bcache_entry *e =
        bcache_find(agent_cache(node_of("ha")->agent), mobile_home(node_of("mn")->mobile));
    RULE("IP6-MH-4");
    CHECK(!addr_eq(&a0, &a1) && prefix_holds(&(struct prefix){addr_masked(&a0, 64), 64}, &a1) &&
          count_events(EV_ND_DAD_FAILED, 0) == 0);
    RULE("IP6-MH-4");
    CHECK(e && e->bindings == 2 && e->binding[0].bid != e->binding[1].bid);
    unsigned wrong = 0;
    unsigned right = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        bool of0 = addr_eq(&f->h.src, &a0);
        bool of1 = addr_eq(&f->h.src, &a1);
        wrong += (of0 && f->port == i1->port->index) || (of1 && f->port == i0->port->index);
        right += (of0 && f->port == i0->port->index) || (of1 && f->port == i1->port->index);
    }
    RULE("IP6-MH-4");
    RULE("IP6-MH-1");
    CHECK(wrong == 0 && right > 100);
    /* a strong host: an address is answered for where it is */
    struct addr asks = addr_link_local_of(0x44);
    const struct nd_message ns = {
        .type = ICMP6_NS, .target = a1, .options = {.has_source = true, .source = STRANGER}};
    unsigned answers = count_icmp(i0, ICMP6_NA, 0);
    inject_nd(i0, &asks, address_link_local(i0), &ns);
    RULE("IP6-MH-3");
    CHECK_EQ(count_icmp(i0, ICMP6_NA, 0), answers);
    answers = count_icmp(i1, ICMP6_NA, 0);
    inject_nd(i1, &asks, address_link_local(i1), &ns);
    RULE("IP6-MH-3");
    CHECK_EQ(count_icmp(i1, ICMP6_NA, 0), answers + 1);
    end_world();
}

/* Every packet from a care-of address leaves by its interface, whatever filters stand there. */
static void no_packet_meets_a_filter(void)
{
    static const char *const files[] = {"wifi-lte-voice.yaml", "three-interfaces.yaml",
                                        "make-before-break.yaml"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        static const char *const set[] = {"expect=[]"};
        begin_world(files[k], set, 1);
        run_to(50 * SIM_S);
        RULE("IP6-MH-1");
        RULE("IP6-MH-2");
        CHECK_EQ(dropped[DROP_INGRESS], 0);
        end_world();
    }
}

/* The home agent has a binding to somebody else's address: it is taken back by another way. */
static void an_optimistic_address_that_is_taken(void)
{
    BEGIN("address-taken.yaml", "expect=[]");
    run_to(29 * SIM_S);
    const struct tap_event *failed = event_after(EV_ND_DAD_FAILED, 10 * SIM_S);
    struct addr taken = field_of(failed, "address")->addr;
    const struct tap_event *repair = failed ? event_after(EV_BU_SENT, failed->t) : NULL;
    RULE("IP6-OPT-6");
    CHECK(failed && repair && repair->t == failed->t &&
          !addr_eq(&field_of(repair, "care_of_address")->addr, &taken));
    unsigned from_it = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        from_it += frames[k].t > failed->t && addr_eq(&frames[k].h.src, &taken) &&
                   frames[k].port == iface_of("mn", "wlan0")->port->index;
    RULE("IP6-OPT-6");
    CHECK_EQ(from_it, 0);
    const struct bcache_entry *e =
        bcache_find(agent_cache(node_of("ha")->agent), mobile_home(node_of("mn")->mobile));
    bool held = false;
    for (unsigned k = 0; e && k < e->bindings; k++)
        held |= addr_eq(&e->binding[k].coa, &taken);
    RULE("IP6-OPT-6");
    CHECK(e && e->bindings == 2 && !held && dropped[DROP_UNKNOWN_HEADER] > 0);
    end_world();
}

/* RFC 6724: routes and flows ask; a source that is not there is no source. */
static void which_address_a_node_speaks_from(void)
{
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "events=[]",
          "flows={p: {between: [car, cn], traffic: {ping: {}}, source: care-of, start: 12 s}}");
    run_to(20 * SIM_S);
    const struct node *car = node_of("car");
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    const struct source_preference none = {.care_of = false};
    const struct source_preference away = {.care_of = true};
    struct addr home = source_of(car, &cn, &none);
    struct addr coa = source_of(car, &cn, &away);
    struct addr wlan = address_global(iface_of("car", "wlan0"))->addr;
    struct addr cell = address_global(iface_of("car", "cell0"))->addr;
    RULE("IP6-SRC-1");
    CHECK(addr_eq(&home, mobile_home(car->mobile)));
    RULE("IP6-SRC-3");
    CHECK(addr_eq(&coa, &wlan) || addr_eq(&coa, &cell));
    unsigned direct = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        direct += is_icmp(&frames[k], ICMP6_ECHO_REQUEST) && addr_eq(&frames[k].h.src, &coa) &&
                  addr_eq(&frames[k].h.dst, &cn);
    RULE("IP6-SRC-3");
    CHECK(direct >= 8);
    struct addr foreign = {{0x20, 1, 0xd, 0xb8, 0xff, [15] = 1}};
    path_out(node_of("car"), echo_request(&world.packets, &foreign, &cn, 1, 1, 8));
    RULE("IP6-SRC-1");
    CHECK_EQ(dropped[DROP_NO_ADDRESS], 1);
    end_world();
}

/* RFC 4429 2.1: an address that is still tested is chosen when there is no other. */
static void an_optimistic_address_is_a_last_resort(void)
{
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "events=[]", "flows={}",
          "networks.wlan.dad={optimistic: true}");
    const struct node *car = node_of("car");
    const struct source_preference away = {.care_of = true};
    const struct nd_address *wlan = NULL;
    for (sim_time t = 0; t < 20 * SIM_S && !(wlan && address_global(iface_of("car", "cell0")));) {
        run_to(t += 10 * SIM_MS);
        wlan = address_global(iface_of("car", "wlan0"));
    }
    CHECK(wlan && wlan->state == ADDRESS_OPTIMISTIC);
    struct addr cn = addr_join(&wlan->prefix, 0x99); /* all but rule 3 is for the one that fits */
    struct addr cell = address_global(iface_of("car", "cell0"))->addr;
    struct addr chosen = source_of(car, &cn, &away);
    RULE("IP6-OPT-5");
    CHECK(addr_eq(&chosen, &cell));
    run_to(now_is() + 2 * SIM_S);
    chosen = source_of(car, &cn, &away);
    RULE("IP6-OPT-5");
    CHECK(wlan->state == ADDRESS_PREFERRED && addr_eq(&chosen, &wlan->addr));
    end_world();
}

/* Optimistic where there is no test: used at once, like any. */
static void nothing_to_be_optimistic_about(void)
{
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "flows={}", "events=[]",
          "networks.wlan.dad={use: none, optimistic: true}", "nodes.car.detection.simple_dna=true");
    run_to(5 * SIM_S);
    struct iface *i[] = {iface_of("car", "wlan0"), iface_of("car", "cell0")};
    for (int k = 0; k < 2; k++) {
        const struct addr *own = address_link_local(i[k]);
        const struct nd_address *a = address_global(i[k]);
        CHECK(own && node_owns(node_of("car"), own) && icmp_after(i[k], ICMP6_RS, 0));
        CHECK(a && node_owns(node_of("car"), &a->addr) && mh_after(i[k], MH_BU, 0));
    }
    end_world();
}

CHECK_MAIN(CASE(nothing_to_be_optimistic_about), CASE(a_cellular_link),
           CASE(an_outage_keeps_the_bearer), CASE(two_interfaces_on_one_prefix),
           CASE(no_packet_meets_a_filter), CASE(an_optimistic_address_that_is_taken),
           CASE(which_address_a_node_speaks_from), CASE(an_optimistic_address_is_a_last_resort))
