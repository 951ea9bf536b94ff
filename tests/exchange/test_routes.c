/* Route optimisation in whole worlds: what leaves by which way, and what starts it. */
#include "models/node/correspond.h"
#include "models/wire/udp.h"

#include "tests/ipsec_world.h"

#define FILE_   "wifi-lte-voice.yaml"
#define QUIET   "expect=[]", "events=[]"
#define NOPROBE "nodes.car.detection.path_probe={every: 500 s}"
#define ROUTE   "nodes.cn.correspondent={}", "nodes.car.route_optimisation={}"

static struct addr home;
static struct addr agent;
static struct addr peer;
static struct addr wifi;
static struct addr lte;

static void know(void)
{
    home = home_address();
    agent = agent_address();
    peer = peer_address();
    wifi = coa_of("wlan0");
    lte = coa_of("cell0");
}

/* What stands in a tunnel, or alone. */
struct inside {
    struct ip6 h;
    struct ip6_chain c;
    const uint8_t *ip;
    size_t n;
};

static struct inside look(const struct seen_frame *f)
{
    struct inside in = {f->h, f->c, f->ip, f->n};
    if (f->c.upper != IP6_IP6)
        return in;
    in.ip = f->ip + f->c.upper_at;
    in.n = f->n - f->c.upper_at;
    CHECK(!ip6_read(in.ip, in.n, &in.h) && !ip6_walk(in.ip, in.n, &in.c));
    return in;
}

/* The first frame of i with that in it, at or after; NULL: none. */
static const struct seen_frame *first_of(const struct iface *i, uint8_t upper, int mh, sim_time t)
{
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (f->t < t || f->port != i->port->index || f->fault)
            continue;
        struct inside in = look(f);
        if (in.c.upper == upper && (upper != IP6_MH || in.ip[in.c.upper_at + 2] == mh))
            return f;
    }
    return NULL;
}

/* ---- the tests ---------------------------------------------------------------------------------
 */

/* RFC 6275 11.7.2: what comes tunnelled from somebody starts them, once. */
static void data_out_of_the_tunnel_starts_the_tests(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ROUTE);
    run_to(12 * SIM_S);
    know();
    RULE("MIP6-MN-21");
    CHECK(!event_after(EV_RR_HOTI_SENT, 0) && !event_after(EV_RR_COTI_SENT, 0));
    run_to(13 * SIM_S);
    const struct seen_frame *data =
        first_of(iface_of("ha", "ha-wlan"), IP6_UDP, 0, 12 * SIM_S); /* the first of the call */
    const struct tap_event *begun = event_after(EV_RR_HOTI_SENT, 0);
    RULE("MIP6-MN-21");
    CHECK(data && begun && begun->t > data->t && begun->t < data->t + 20 * SIM_MS);
    RULE("MIP6-MN-21");
    CHECK(addr_eq(&field_of(begun, "peer")->addr, &peer) && count_events(EV_RR_HOTI_SENT, 0) == 1 &&
          count_events(EV_RR_COTI_SENT, 0) == 2);
    /* Signalling starts nothing: a HoT of somebody else, tunnelled as it would be. */
    struct addr other = peer;
    other.b[15] ^= 1;
    const struct mh hot = {.type = MH_HOT, .nonce_index = 1, .cookie = 1, .token = 1};
    arrive(iface_of("car", "cell0"), STRANGER,
           in_clear_tunnel(&agent, &lte, mh_packet(&other, &home, NULL, false, &hot)));
    run_to(14 * SIM_S);
    RULE("MIP6-MN-21");
    CHECK_EQ(count_events(EV_RR_HOTI_SENT, 0), 1);
    arrive(iface_of("car", "cell0"), STRANGER,
           in_clear_tunnel(&agent, &lte, udp_packet(&other, &home, 64)));
    run_to(14 * SIM_S + SIM_MS);
    RULE("MIP6-MN-21");
    CHECK_EQ(count_events(EV_RR_HOTI_SENT, 0), 2); /* data does */
    end_world();
}

static void both_tests_leave_at_once_by_their_ways(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ROUTE);
    run_to(13 * SIM_S);
    know();
    const struct seen_frame *hoti = first_of(iface_of("car", "wlan0"), IP6_MH, MH_HOTI, 0);
    const struct seen_frame *coti[] = {first_of(iface_of("car", "wlan0"), IP6_MH, MH_COTI, 0),
                                       first_of(iface_of("car", "cell0"), IP6_MH, MH_COTI, 0)};
    const struct addr *coa[] = {&wifi, &lte};
    CHECK(hoti && coti[0] && coti[1]);
    struct inside in = look(hoti);
    RULE("MIP6-RR-1");
    CHECK(hoti->c.upper == IP6_IP6 && addr_eq(&hoti->h.src, &wifi) &&
          addr_eq(&hoti->h.dst, &agent) && addr_eq(&in.h.src, &home) && addr_eq(&in.h.dst, &peer));
    RULE("MIP6-RR-1");
    CHECK(!hoti->c.has_home && !in.c.has_home);
    for (unsigned k = 0; k < 2; k++) {
        const struct seen_frame *f = coti[k];
        RULE("MIP6-RR-1");
        CHECK(f->c.upper == IP6_MH && !f->c.has_home && addr_eq(&f->h.src, coa[k]) &&
              addr_eq(&f->h.dst, &peer));
    }
    sim_time t = event_after(EV_RR_HOTI_SENT, 0)->t;
    RULE("MIP6-RR-1");
    CHECK(event_after(EV_RR_COTI_SENT, 0)->t == t && count_events(EV_RR_COTI_SENT, t + 1) == 0);
    end_world();
}

/* ---- data --------------------------------------------------------------------------------------
 */

/* Every datagram of i from t on that goes directly: from where, and whether its checksum holds over
 * the home address. Answers how many. */
static unsigned all_direct(const struct iface *i, sim_time t, const struct addr *coa, bool up)
{
    unsigned n = 0;
    struct udp u;
    struct rtp r;
    uint16_t last = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (f->t < t || f->port != i->port->index || f->fault || f->c.upper != IP6_UDP)
            continue;
        CHECK(rtp_read(f->ip + f->c.upper_at + UDP_HEADER, f->n - f->c.upper_at - UDP_HEADER, &r));
        CHECK(f->h.hop_limit == 64 && (!n || r.sequence == (uint16_t)(last + 1))); /* once each */
        last = r.sequence;
        n++;
        if (up) {
            RULE("MIP6-MN-14");
            CHECK(f->c.has_home && addr_eq(&f->c.home, &home) && addr_eq(&f->h.src, coa));
            RULE("MIP6-MN-14");
            CHECK(udp_read(&home, &f->h.dst, f->ip + f->c.upper_at, f->n - f->c.upper_at, &u) ==
                  UDP_GOOD);
        } else {
            CHECK(f->c.has_rh2 && addr_eq(&f->c.rh2, &home) && addr_eq(&f->h.dst, coa));
            CHECK(udp_read(&f->h.src, &home, f->ip + f->c.upper_at, f->n - f->c.upper_at, &u) ==
                  UDP_GOOD);
        }
    }
    return n;
}

static void packets_go_directly_from_the_interface_they_leave(void)
{
    static const char *const set[] = {"expect=[]", "events=[{at: 30 s, detach: car.wlan0}]",
                                      NOPROBE, ROUTE};
    begin_world(FILE_, set, sizeof set / sizeof *set);
    run_to(29 * SIM_S);
    know();
    sim_time up = event_after(EV_RO_UP, 0)->t;
    unsigned over_wifi = all_direct(iface_of("car", "wlan0"), up, &wifi, true);
    CHECK(over_wifi > 800 && all_direct(iface_of("car", "cell0"), up, &lte, true) == 0);
    run_to(40 * SIM_S);
    RULE("MIP6-MN-14"); /* after the move as well */
    CHECK(all_direct(iface_of("car", "cell0"), 30 * SIM_S, &lte, true) > 480);
    end_world();
}

/* RFC 6275 9.3.2: the bindings are asked first, so that the first packet after an update has it. */
static void the_next_packet_is_routed(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ROUTE);
    run_to(14 * SIM_S);
    know();
    const struct iface *eth = node_of("cn")->iface[0];
    sim_time made = event_after(EV_RO_BINDING_MADE, 0)->t;
    unsigned before = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        before += f->port == eth->port->index && f->t < made && f->c.upper == IP6_UDP &&
                  !f->c.has_rh2 && addr_eq(&f->h.dst, &home);
    }
    RULE("MIP6-DS-1");
    CHECK_EQ(before, 6); /* by the destination cache: one every 20 ms since 12 s */
    RULE("MIP6-DS-1");
    CHECK(all_direct(eth, made, &wifi, false) > 90);
    end_world();
}

/* ---- protected ---------------------------------------------------------------------------------
 */

#define ESP_ "nodes.car.ipsec={suite: aes128-gcm16}"
#define TWO                                                              \
    "nodes.cn2={role: correspondent, network: inet, correspondent: {}}", \
        "flows.more={between: [car, cn2], traffic: {voice: g711}, start: 13 s}"

/* RFC 5648 9.3.1: those for all correspondents, by one care-of address. */
static void home_tests_leave_from(const char *how, unsigned from_wifi, unsigned from_lte)
{
    const char *const set[] = {QUIET,
                               NOPROBE,
                               ESP_,
                               TWO,
                               "nodes.cn.correspondent={}",
                               setting("nodes.car.route_optimisation={ahead: 200 s, %s}", how)};
    begin_world(FILE_, set, sizeof set / sizeof *set);
    run_to(45 * SIM_S);
    know();
    RULE("MCOA-SEC-6");
    CHECK_EQ(count_esp(iface_of("car", "wlan0"), "hoti", 0), from_wifi);
    RULE("MCOA-SEC-6");
    CHECK_EQ(count_esp(iface_of("car", "cell0"), "hoti", 0), from_lte);
    CHECK_EQ(count_events(EV_RR_HOT_RECEIVED, 0), 8);
    struct opened_frame o;
    struct mh m;
    CHECK(esp_after(iface_of("car", from_wifi ? "wlan0" : "cell0"), "hoti", 0, &o) &&
          mh_in_tunnel(&o, &m) && m.type == MH_HOTI && addr_eq(&o.inner.src, &home));
    end_world();
}

static void one_address_serves_all_home_tests(void)
{
    home_tests_leave_from("hoti_from: fixed", 8, 0);
    home_tests_leave_from("hoti_by: cell0", 0, 8);
    home_tests_leave_from("hoti_from: round-robin", 4, 4);
}

/* RFC 4877 4.3: the inner destination says whom a HoTI is for. */
static void a_home_agent_may_be_a_correspondent(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ESP_, "flows={}", "nodes.ha.correspondent={}",
          "nodes.cn.correspondent={}");
    run_to(20 * SIM_S);
    know();
    const struct mh hoti = {.type = MH_HOTI, .cookie = 5};
    struct iface *inet = iface_of("ha", "ha-inet");
    sim_time t = now_is();
    arrive_at_agent(
        in_tunnel(up_out("hoti"), &wifi, &agent, mh_packet(&home, &agent, NULL, false, &hoti)));
    run_to(t + SIM_S);
    struct opened_frame o;
    struct mh m;
    RULE("IPS-POL-6");
    CHECK(!mh_after(inet, MH_HOTI, t) && count_events(EV_RR_HOT_SENT, t) == 1);
    bool seen = esp_after(iface_of("ha", "ha-lte"), "hoti", t, &o) ||
                esp_after(iface_of("ha", "ha-wlan"), "hoti", t, &o);
    RULE("IPS-POL-6");
    CHECK(seen && mh_in_tunnel(&o, &m) && m.type == MH_HOT && m.cookie == 5 &&
          addr_eq(&o.inner.src, &agent) && addr_eq(&o.inner.dst, &home));
    t = now_is();
    arrive_at_agent(
        in_tunnel(up_out("hoti"), &wifi, &agent, mh_packet(&home, &peer, NULL, false, &hoti)));
    run_to(t + SIM_S);
    const struct seen_frame *f = mh_after(inet, MH_HOTI, t);
    RULE("IPS-POL-6");
    CHECK(f && addr_eq(&f->h.src, &home) && addr_eq(&f->h.dst, &peer));
    const struct tap_event *answered = event_after(EV_RR_HOT_SENT, t);
    RULE("IPS-POL-6");
    CHECK(answered && answered->node == node_of("cn")->index &&
          count_events(EV_RR_HOT_SENT, t) == 1);
    end_world();
}

static void another_home_agent_is_a_correspondent_like_any(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, "networks.inet.agent=hb",
          "nodes.hb={role: home-agent, network: inet, correspondent: {}}",
          "flows.call.between=[car, hb]", "nodes.car.route_optimisation={}");
    run_to(8 * SIM_S);
    know();
    bcache_intern(agent_cache(node_of("hb")->agent), &home); /* of a registration it refused */
    run_to(16 * SIM_S);
    CHECK(count_events(EV_RO_UP, 0) == 2 && count_events(EV_RO_BINDING_MADE, 0) == 2);
    CHECK(all_direct(iface_of("car", "wlan0"), event_after(EV_RO_UP, 0)->t, &wifi, true) > 150);
    CHECK(dropped[DROP_NO_BINDING] == 0 && dropped[DROP_MH_IGNORED] == 0);
    end_world();
}

/* It is answered, and told, like by any node that is nobody's home agent. */
static void a_home_registration_is_refused(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ROUTE);
    run_to(8 * SIM_S);
    know();
    const struct mh bu = {
        .type = MH_BU, .flags = MH_BU_ACK | MH_BU_HOME, .sequence = 1, .lifetime = 10};
    uint64_t ignored = dropped[DROP_MH_IGNORED];
    sim_time t = now_is();
    inject_mh(node_of("cn")->iface[0], &wifi, &peer, &home, true, &bu);
    run_to(t + SIM_S);
    const struct tap_event *no = event_after(EV_BA_SENT, t);
    CHECK(no && field_of(no, "status")->i == MH_ST_NO_HOME_REGISTRATION);
    CHECK_EQ(dropped[DROP_MH_IGNORED], ignored);
    end_world();
}

/* The home registration of 60 s is refreshed, and so is what it bounds (RFC 6275 11.7.2). */
static void it_lasts_as_long_as_the_home_registration(void)
{
    BEGIN(FILE_, QUIET, NOPROBE, ROUTE, "general.stop=200 s");
    run_to(190 * SIM_S);
    RULE("MIP6-MN-22");
    CHECK(count_events(EV_RO_DOWN, 0) == 0 && count_events(EV_RO_UP, 0) == 2);
    sim_time least = SIM_NEVER;
    for (unsigned k = 0; k < events; k++) {
        if (happened[k].name == EV_RO_BU_SENT && field_of(&happened[k], "lifetime_s")->i < least)
            least = field_of(&happened[k], "lifetime_s")->i;
    }
    CHECK(least >= 12); /* never so little that it is refreshed again and again */
    end_world();
}

CHECK_MAIN(CASE(data_out_of_the_tunnel_starts_the_tests),
           CASE(both_tests_leave_at_once_by_their_ways),
           CASE(packets_go_directly_from_the_interface_they_leave), CASE(the_next_packet_is_routed),
           CASE(one_address_serves_all_home_tests), CASE(a_home_agent_may_be_a_correspondent),
           CASE(another_home_agent_is_a_correspondent_like_any),
           CASE(a_home_registration_is_refused), CASE(it_lasts_as_long_as_the_home_registration))
