/* A mobile node on the wire: whose word it takes, and what it does when it moves. */
#include "tests/small_world.h"

#define WIFI_LTE "wifi-lte-voice.yaml"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};

static struct iface *ha_home(void)
{
    return world_network(&world, "home")->segment;
}

static struct addr correspondent(void)
{
    return node_of("cn")->iface[0]->nd->address[1].addr;
}

/* To the instant of the first event of that name at or after. */
static void run_to_event(int name, sim_time after)
{
    for (sim_time t = after; !count_events(name, after) && t < after + 20 * SIM_S;)
        run_to(t += SIM_MS);
}

/* ---- whose word counts: RFC 6275 11.3.6, 11.7.3 ---------------------------------------------- */

static void an_acknowledgement_is_from_the_home_agent(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to_event(EV_BU_SENT, 0);
    struct mobile *m = node_of("car")->mobile;
    struct addr home = *mobile_home(m);
    struct addr coa = address_global(iface_of("car", "cell0"))->addr;
    struct mh ba = {.type = MH_BA, .sequence = m->bul.sequence, .lifetime = 15, .bids = 1};
    ba.bid[0] = (struct mh_bid){.bid = 2};
    inject_mh(iface_of("car", "cell0"), &stranger, &coa, &home, false, &ba);
    const struct tap_event *heard = event_after(EV_BA_RECEIVED, 0);
    RULE("MIP6-MN-8");
    CHECK(heard && field_of(heard, "matched")->i == 0);
    RULE("MIP6-MN-8");
    CHECK(count_events(EV_REGISTERED, 0) == 0 && bul_find(&m->bul, 2)->state == BUL_ASKING);
    inject_mh(iface_of("car", "cell0"), &m->bul.how.agent, &coa, &home, false, &ba);
    CHECK_EQ(bul_find(&m->bul, 2)->state, BUL_BOUND); /* the same, from there */
    end_world();
}

/* Status 2 is about a message that the home agent does not know. */
static void errors_that_ask_for_no_update(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct mobile *m = node_of("car")->mobile;
    struct iface *i = iface_of("car", "wlan0");
    struct addr coa = address_global(i)->addr;
    unsigned sent = count_events(EV_BU_SENT, 0);
    const struct mh unknown_type = {.type = MH_BE, .status = 2, .home = *mobile_home(m)};
    const struct mh other_home = {.type = MH_BE, .status = 1, .home = stranger};
    inject_mh(i, &m->bul.how.agent, &coa, NULL, false, &unknown_type);
    RULE("MIP6-MN-19");
    CHECK_EQ(count_events(EV_BU_SENT, 0), sent);
    inject_mh(i, &m->bul.how.agent, &coa, NULL, false, &other_home);
    RULE("MIP6-MN-19");
    CHECK(count_events(EV_BU_SENT, 0) == sent && count_events(EV_BE_RECEIVED, 0) == 2);
    end_world();
}

/* ---- movement -------------------------------------------------------------------------------- */

/* RFC 6275 11.5.4: what is on the way still comes there. */
static void the_old_address_still_receives(void)
{
    BEGIN("make-before-break.yaml", "expect=[]", "nodes.mn.mcoa.enabled=false");
    run_to(25 * SIM_S);
    struct mobile *m = node_of("mn")->mobile;
    struct addr home = *mobile_home(m);
    struct addr agent = m->bul.how.agent;
    struct addr old = address_global(iface_of("mn", "wlan0"))->addr;
    struct addr coa = address_global(iface_of("mn", "cell0"))->addr;
    struct addr cn = correspondent();
    CHECK(addr_eq(&bul_find(&m->bul, 0)->coa, &coa));
    struct pkt *p = echo_request(&world.packets, &cn, &home, 77, 1, 8);
    path_add_header(p, &agent, &old, IP6_IP6, 64);
    unsigned before = seen_frames;
    arrive(iface_of("mn", "wlan0"), STRANGER, p);
    const struct seen_frame *f = &frames[before];
    RULE("MIP6-MN-24");
    CHECK(seen_frames > before && f->c.upper == IP6_IP6 && addr_eq(&f->h.src, &coa) &&
          f->ip[f->c.upper_at + IP6_AT_NEXT] == IP6_ICMP6 &&
          f->ip[f->c.upper_at + IP6_HEADER] == ICMP6_ECHO_REPLY);
    end_world();
}

/* RFC 5648 5.6.5: an update without H at once, and traffic leaves the home link. */
static void the_home_binding_ends_when_the_node_leaves(void)
{
    BEGIN("home-and-abroad.yaml", "expect=[]");
    run_to(50 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    const struct tap_event *down = event_after(EV_L2_DOWN_SEEN, 40 * SIM_S);
    const struct tap_event *sent = event_after(EV_BU_SENT, 40 * SIM_S);
    struct mh bu = {.type = MH_BRR};
    RULE("MCOA-RH-8");
    CHECK(down && sent && sent->t == down->t);
    const struct seen_frame *f = mh_after(iface_of("mn", "cell0"), MH_BU, 40 * SIM_S);
    CHECK(mh_of(f, &bu) && bu.bids > 0);
    RULE("MCOA-RH-8");
    for (unsigned k = 0; k < bu.bids; k++)
        CHECK(!bu.bid[k].home);
    const struct tap_event *heard = event_after(EV_BU_RECEIVED, 40 * SIM_S);
    unsigned direct = 0;
    unsigned tunnelled = 0;
    for (unsigned k = 0; k < seen_frames && heard; k++) {
        const struct seen_frame *s = &frames[k];
        if (s->t <= heard->t || s->port == iface_of("mn", "cell0")->port->index)
            continue;
        direct += s->port == ha_home()->port->index && addr_eq(&s->h.dst, &home);
        tunnelled += s->c.upper == IP6_IP6 && s->port != ha_home()->port->index;
    }
    RULE("MCOA-RH-8");
    CHECK(direct == 0 && tunnelled > 500);
    end_world();
}

/* RFC 6275 11.7.2: drawn, so that a node that has forgotten everything is seldom refused. */
static void the_first_number_is_drawn(void)
{
    static const char *const seeds[] = {"general.seed=1", "general.seed=2", "general.seed=1"};
    int64_t first[3];
    for (size_t k = 0; k < 3; k++) {
        const char *const set[] = {"expect=[]", seeds[k]};
        begin_world(WIFI_LTE, set, 2);
        run_to(10 * SIM_S);
        first[k] = field_of(event_after(EV_BU_SENT, 0), "sequence")->i;
        end_world();
    }
    RULE("MIP6-SEQ-5");
    CHECK(first[0] >= 0 && first[1] >= 0 && first[0] != first[1] && first[0] == first[2]);
}

/* RFC 6275 10.3.1, 10.3.2: home again before the home agent has tested the home address: no binding
 * is left behind. */
static void a_return_during_the_test_leaves_nothing(void)
{
    BEGIN("return-home.yaml", "expect=[]", "events=[]", "nodes.mn.mcoa.enabled=false");
    run_to_event(EV_BU_RECEIVED, 0);
    const struct bcache *cache = agent_cache(node_of("ha")->agent);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    const struct mh bu = {.type = MH_BU,
                          .flags = MH_BU_ACK | MH_BU_HOME,
                          .sequence = (uint16_t)(node_of("mn")->mobile->bul.sequence + 1)};
    CHECK_EQ(bcache_find(cache, &home)->state, BCACHE_TESTING);
    inject_mh(ha_home(), &home, &agent, NULL, false, &bu);
    run_to(now_is() + 1100 * SIM_MS);
    RULE("MIP6-HA-16");
    CHECK(bcache_find(cache, &home)->bindings == 0 && count_events(EV_BINDING_MADE, 0) == 1);
    end_world();
}

CHECK_MAIN(CASE(an_acknowledgement_is_from_the_home_agent), CASE(errors_that_ask_for_no_update),
           CASE(the_old_address_still_receives), CASE(the_home_binding_ends_when_the_node_leaves),
           CASE(the_first_number_is_drawn), CASE(a_return_during_the_test_leaves_nothing))
