/* Mobile prefix discovery between a mobile node and its home agent: RFC 6275 6.7, 6.8, 10.6, 11.4.
 */
#include "models/node/visitor.h"
#include "models/wire/mpd.h"

#include "tests/small_world.h"

#define CHANGE "prefix-change.yaml"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};

static struct mobile *mn(void)
{
    return node_of("mn")->mobile;
}

static struct addr agent_address(void)
{
    return mn()->bul.how.agent;
}

static struct addr home_address(void)
{
    return *mobile_home(mn());
}

static struct addr coa_of(const char *iface)
{
    return address_global(iface_of("mn", iface))->addr;
}

static struct iface *home_link(void)
{
    return world_network(&world, "home")->segment;
}

/* A message of mobile prefix discovery as its end reads it. */
static bool mpd_of(const struct seen_frame *f, struct mpd *m)
{
    uint8_t type;
    if (!f)
        return false;
    const struct ip6 ends = {.src = f->c.has_home ? f->c.home : f->h.src,
                             .dst = f->c.has_rh2 ? f->c.rh2 : f->h.dst};
    const uint8_t *icmp = f->ip + f->c.upper_at;
    size_t n = f->n - f->c.upper_at;
    return icmp6_check(&ends, icmp, n, &type) == ICMP6_GOOD && mpd_read(icmp, n, m) == ICMP6_GOOD;
}

/* The next advertisement of the home agent, on whatever link; NULL: none. */
static const struct seen_frame *mpa_after(sim_time after)
{
    const char *const links[] = {"ha-wlan", "ha-lte", "ha-inet"};
    const struct seen_frame *first = NULL;
    for (size_t k = 0; k < sizeof links / sizeof links[0]; k++) {
        const struct seen_frame *f = icmp_after(iface_of("ha", links[k]), ICMP6_MPA, after);
        if (f && (!first || f->t < first->t))
            first = f;
    }
    return first;
}

static void inject_mps(const struct addr *src, bool with_home, uint16_t identifier)
{
    const struct mpd mps = {.type = ICMP6_MPS, .identifier = identifier};
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mpd_write(&w, with_home ? &home : src, &agent, &mps);
    p->len = (uint32_t)w.len;
    if (with_home)
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_ICMP6, &home);
    path_add_header(p, src, &agent, with_home ? IP6_DEST_OPTS : IP6_ICMP6, 64);
    arrive(iface_of("ha", "ha-inet"), STRANGER, p);
}

static struct mpd some_mpa(uint16_t identifier, uint32_t preferred_s)
{
    return (struct mpd){.type = ICMP6_MPA,
                        .identifier = identifier,
                        .prefixes = 1,
                        .prefix = {{.prefix = agent_address(),
                                    .len = 64,
                                    .autonomous = true,
                                    .router = true,
                                    .valid_s = 1000,
                                    .preferred_s = preferred_s}}};
}

static void inject_mpa(const struct addr *src, bool with_routing, const struct mpd *mpa)
{
    struct addr home = home_address();
    struct addr coa = coa_of("cell0");
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    mpd_write(&w, src, with_routing ? &home : &coa, mpa);
    p->len = (uint32_t)w.len;
    if (with_routing)
        ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), IP6_ICMP6, &home);
    path_add_header(p, src, &coa, with_routing ? IP6_ROUTING : IP6_ICMP6, 64);
    arrive(iface_of("mn", "cell0"), STRANGER, p);
}

/* ---- a registration with status 1 ------------------------------------------------------------ */

static void status_1_asks_for_the_prefixes(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]", "networks.home.advertise={preferred: 60, valid: 120}",
          "timers.prefix_solicit_ahead=0 s");
    run_to(20 * SIM_S);
    const struct seen_frame *mps = icmp_after(iface_of("mn", "cell0"), ICMP6_MPS, 0);
    const struct seen_frame *mpa = mpa_after(0);
    const struct tap_event *ba = event_after(EV_BA_RECEIVED, 0);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr coa = coa_of("cell0");
    struct mpd asked = {0};
    struct mpd told = {0};
    RULE("MIP6-LIFE-6");
    RULE("MIP6-MN-12");
    CHECK(field_of(ba, "status")->i == 1 && mps && ba && mps->t == ba->t);
    CHECK(mpd_of(mps, &asked) && mpd_of(mpa, &told)); /* checksums cover the home address */
    if (!mps || !mpa)
        exit(1);
    RULE("MIP6-ICMP-5");
    CHECK(mps->c.has_home && addr_eq(&mps->c.home, &home) && addr_eq(&mps->h.src, &coa) &&
          addr_eq(&mps->h.dst, &agent) && asked.identifier != 0);
    RULE("MIP6-ICMP-6");
    RULE("MIP6-HA-11");
    CHECK(mpa->c.has_rh2 && addr_eq(&mpa->c.rh2, &home) && addr_eq(&mpa->h.src, &agent) &&
          addr_eq(&mpa->h.dst, &coa) && told.identifier == asked.identifier && !told.managed &&
          !told.other);
    CHECK(told.prefixes == 1 && addr_eq(&told.prefix[0].prefix, &agent) && told.prefix[0].router &&
          told.prefix[0].preferred_s == 60 && told.prefix[0].valid_s == 120);
    const struct tap_event *learned = NULL;
    for (unsigned k = 0; k < events; k++)
        learned = happened[k].name == EV_HOME_PREFIX ? &happened[k] : learned;
    CHECK(learned && mn()->home_preferred_until == learned->t + 60 * SIM_S);
    end_world();
}

/* The home agent is mute: no refresh, but the question again and again. */
static void no_refresh_before_the_answer(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]", "flows={}", "nodes.mn.mcoa.lifetime=40 s",
          "networks.home.advertise={preferred: 20, valid: 120}", "timers={}",
          "nodes.mn.interfaces={cell0: {attach: lte}}");
    struct addr home = home_address();
    run_to(1770 * SIM_MS);
    struct visitor *v = bcache_find(agent_cache(node_of("ha")->agent), &home)->visitor;
    CHECK(v->mpa.bound && !event_after(EV_MPS_RECEIVED, 0));
    v->mpa.bound = false;
    run_to(40 * SIM_S);
    static const int gaps[] = {3, 6, 12};
    const struct iface *i = iface_of("mn", "cell0");
    const struct seen_frame *mps = icmp_after(i, ICMP6_MPS, 0);
    for (size_t k = 0; mps && k < 3; k++) {
        sim_time last = mps->t;
        mps = icmp_after(i, ICMP6_MPS, last + 1);
        RULE("MIP6-MN-4");
        CHECK(mps && mps->t == last + gaps[k] * SIM_S);
    }
    RULE("MIP6-MN-12");
    CHECK(count_icmp(i, ICMP6_MPS, 0) == 4 && count_mh(i, MH_BU, 0) == 1);
    run_to(50 * SIM_S); /* the binding has ended, and is made anew; that opens its mouth */
    CHECK(count_mh(i, MH_BU, 0) == 2 && count_events(EV_MPA_RECEIVED, 0) == 1);
    run_to(80 * SIM_S);
    CHECK_EQ(count_mh(i, MH_BU, 0), 3); /* refreshed in time */
    end_world();
}

/* ---- whom the home agent answers ------------------------------------------------------------- */

static void only_bound_addresses_are_answered(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr wlan = coa_of("wlan0");
    struct addr home = home_address();
    sim_time t0 = now_is();
    inject_mps(&stranger, true, 7);
    run_to(t0 + SIM_S);
    struct mh be = {.type = MH_BRR};
    const struct seen_frame *error = mh_after(iface_of("ha", "ha-inet"), MH_BE, t0);
    RULE("MCOA-SEC-5");
    RULE("MCOA-HA-10");
    CHECK(dropped[DROP_NO_BINDING] == 1 && !mpa_after(t0) && mh_of(error, &be) && be.status == 1 &&
          addr_eq(&be.home, &home) && addr_eq(&error->h.dst, &stranger));
    inject_mps(&wlan, true, 8);
    run_to(t0 + 2 * SIM_S);
    struct mpd told = {0};
    const struct seen_frame *mpa = mpa_after(t0);
    RULE("MCOA-SEC-5");
    RULE("MCOA-HA-10");
    CHECK(mpd_of(mpa, &told) && told.identifier == 8 && addr_eq(&mpa->h.dst, &wlan));
    run_to(t0 + 5 * SIM_S); /* what the node has asked about that is over */
    sim_time t1 = now_is();
    inject_mps(&wlan, false, 9); /* without the option nobody is meant */
    uint64_t before = dropped[DROP_PREFIX_DISCOVERY];
    run_to(t1 + 2 * SIM_S);
    CHECK(!mpa_after(t1) && before >= 1);
    end_world();
}

static void one_advertisement_a_second(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr wlan = coa_of("wlan0");
    sim_time t0 = now_is();
    for (uint16_t k = 1; k <= 25; k++) {
        inject_mps(&wlan, true, k);
        run_to(t0 + k * 100 * SIM_MS);
    }
    run_to(t0 + 8 * SIM_S);
    const sim_time at[] = {0, 1000, 2000, 3000};
    sim_time after = t0;
    for (size_t k = 0; k < 4; k++) {
        const struct seen_frame *mpa = mpa_after(after);
        RULE("MIP6-ICMP-6");
        CHECK(mpa && mpa->t == t0 + at[k] * SIM_MS);
        after = mpa ? mpa->t + 1 : after;
    }
    const struct seen_frame *next = mpa_after(after); /* for the node, which was confused */
    CHECK(next && next->t >= after - 1 + SIM_S && !mpa_after(next->t + 1));
    end_world();
}

/* ---- what the mobile node believes
 * --------------------------------------------------------------- */

static void nothing_is_believed_that_was_not_asked_for(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr agent = agent_address();
    struct mpd mpa = some_mpa(0x1234, 5);
    sim_time t0 = now_is();
    CHECK_EQ(count_events(EV_MPS_SENT, 0), 0);
    inject_mpa(&agent, true, &mpa);
    run_to(t0 + 10 * SIM_MS);
    RULE("MIP6-ICMP-7");
    CHECK(mn()->home_preferred_until == SIM_NEVER && count_events(EV_HOME_PREFIX, t0) == 0);
    RULE("MIP6-ICMP-7");
    CHECK_EQ(count_icmp(iface_of("mn", "cell0"), ICMP6_MPS, t0), 1);
    run_to(t0 + 10 * SIM_S); /* answered: the real lifetimes */
    CHECK(mn()->home_preferred_until > 600000 * SIM_S);
    CHECK_EQ(count_events(EV_MPS_SENT, t0), 1);
    end_world();
}

/* In silence, and no question follows. */
static void nobody_else_and_no_other_form_is_believed(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr agent = agent_address();
    struct mpd mpa = some_mpa(0x1234, 5);
    sim_time t0 = now_is();
    inject_mpa(&stranger, true, &mpa);
    inject_mpa(&agent, false, &mpa);
    run_to(t0 + SIM_S);
    RULE("MIP6-ICMP-7");
    CHECK(dropped[DROP_PREFIX_DISCOVERY] == 2 && count_events(EV_MPS_SENT, t0) == 0 &&
          mn()->home_preferred_until == SIM_NEVER);
    end_world();
}

/* Prefixes beside that of the home address are told of; what RFC 4862 5.5.3 forbids is not. */
static void other_prefixes_are_told_of(void)
{
    BEGIN(CHANGE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr agent = agent_address();
    sim_time t0 = now_is();
    mobile_prefixes_ask(mn());
    mobile_prefixes_review(mn());
    run_to(t0 + SIM_MS);
    struct mpd mpa = some_mpa(mn()->mps.identifier, 500);
    mpa.prefixes = 4;
    mpa.prefix[1] = (struct nd_prefix){
        .prefix = stranger, .len = 64, .autonomous = true, .valid_s = 50, .preferred_s = 50};
    mpa.prefix[2] = mpa.prefix[3] = mpa.prefix[1];
    mpa.prefix[2].preferred_s = 60;
    mpa.prefix[3].autonomous = false;
    inject_mpa(&agent, true, &mpa);
    const struct tap_event *own = event_after(EV_HOME_PREFIX, t0);
    RULE("MIP6-ICMP-7");
    CHECK(count_events(EV_HOME_PREFIX, t0) == 2 && field_of(own, "own")->i == 1 &&
          field_of(own + 1, "own")->i == 0 && field_of(own + 1, "valid_s")->i == 50);
    CHECK_EQ(mn()->home_preferred_until, now_is() + 500 * SIM_S);
    run_to(t0 + 4 * SIM_S); /* the home agent's own answer comes second */
    RULE("MIP6-ICMP-7");
    CHECK(count_events(EV_HOME_PREFIX, t0) == 2 && count_events(EV_MPS_SENT, t0) == 1);
    end_world();
}

/* ---- a change -------------------------------------------------------------------------------- */

/* The node hears nothing and says nothing: three repetitions. */
static void an_advertisement_is_repeated_until_it_is_asked_about(void)
{
    BEGIN(CHANGE, "expect=[]", "flows={}",
          "events=[{at: 20 s, detach: mn.cell0}, {at: 20 s, detach: mn.wlan0}, {at: 30 s, "
          "renumber: home, preferred: 60 s, valid: 120 s}]");
    run_to(31 * SIM_S);
    run_to(90 * SIM_S);
    static const int gaps[] = {3, 6, 12};
    const struct seen_frame *mpa = mpa_after(0);
    struct mpd told = {0};
    RULE("MIP6-ICMP-8");
    CHECK(mpd_of(mpa, &told) && told.identifier == 0 && mpa->t >= 32 * SIM_S &&
          mpa->t <= 36 * SIM_S && told.prefix[0].preferred_s == 60);
    RULE("MIP6-ICMP-6");
    CHECK(mpa && mpa->c.has_rh2);
    for (size_t k = 0; mpa && k < 3; k++) {
        sim_time last = mpa->t;
        mpa = mpa_after(last + 1);
        RULE("MIP6-ICMP-8");
        CHECK(mpa && mpa->t == last + gaps[k] * SIM_S);
    }
    CHECK(mpa && !mpa_after(mpa->t + 1));
    end_world();
}

static void it_stops_when_the_binding_ends(void)
{
    BEGIN(CHANGE, "expect=[]", "flows={}", "nodes.mn.mcoa.lifetime=40 s",
          "events=[{at: 20 s, detach: mn.cell0}, {at: 20 s, detach: mn.wlan0}, {at: 34 s, "
          "renumber: home, preferred: 60 s, valid: 120 s}]");
    run_to(110 * SIM_S);
    sim_time ended = 0;
    for (unsigned k = 0; k < events; k++)
        ended = happened[k].name == EV_BINDING_ENDED ? happened[k].t : ended;
    RULE("MIP6-ICMP-8");
    CHECK(ended > 36 * SIM_S && mpa_after(0) && !mpa_after(ended));
    CHECK(count_events(EV_MPA_SENT, 0) > 0 && count_events(EV_MPA_SENT, 0) < 4);
    end_world();
}

static void at_home_router_advertisements_tell(void)
{
    BEGIN("return-home.yaml", "expect=[]",
          "events=[{at: 5 s, attach: mn.wlan0, to: home}, {at: 20 s, renumber: home, preferred: 60 "
          "s, valid: 120 s}]",
          "timers={min_mob_pfx_adv_interval: 2 s, max_mob_pfx_adv_interval: 6 s}");
    run_to(50 * SIM_S);
    sim_time heard = 0;
    struct nd_message ra = {.type = 0};
    const struct seen_frame *f = icmp_after(home_link(), ICMP6_RA, 20 * SIM_S + 1);
    RULE("MIP6-ICMP-8");
    CHECK(nd_of(f, &ra) && ra.options.prefix[0].preferred_s == 60 &&
          ra.options.prefix[0].valid_s == 120 && f->t <= 36 * SIM_S);
    heard = mn()->home_preferred_until;
    CHECK(mobile_home_iface(mn()) && heard > 80 * SIM_S && heard < 120 * SIM_S);
    CHECK(count_events(EV_MPA_SENT, 0) == 0 && count_events(EV_MPS_SENT, 0) == 0);
    end_world();
}

/* The same lifetimes again are no change; without binding nobody is told. */
static void what_is_no_change_is_not_told(void)
{
    BEGIN(CHANGE, "expect=[]",
          "events=[{at: 20 s, renumber: home, preferred: 604800 s, valid: "
          "2592000 s}, {at: 30 s, renumber: inet, preferred: 60 s, valid: "
          "60 s}]");
    run_to(60 * SIM_S);
    CHECK(count_events(EV_RENUMBERED, 0) == 2 && count_events(EV_MPA_SENT, 0) == 0 &&
          count_events(EV_MPS_SENT, 0) == 0);
    end_world();
}

CHECK_MAIN(CASE(status_1_asks_for_the_prefixes), CASE(only_bound_addresses_are_answered),
           CASE(no_refresh_before_the_answer), CASE(one_advertisement_a_second),
           CASE(nothing_is_believed_that_was_not_asked_for),
           CASE(nobody_else_and_no_other_form_is_believed), CASE(other_prefixes_are_told_of),
           CASE(an_advertisement_is_repeated_until_it_is_asked_about),
           CASE(it_stops_when_the_binding_ends), CASE(at_home_router_advertisements_tell),
           CASE(what_is_no_change_is_not_told))
