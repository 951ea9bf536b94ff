/* What arrives at a home agent and a mobile node with IPsec: each stage lets pass or refuses, tells
 * why, and what it refuses changes nothing (RFC 4301 5.2, RFC 4877 4, RFC 5648 9). */
#include "models/wire/fragment.h"

#include "tests/ipsec_world.h"

#define FILE_   "wifi-lte-voice.yaml"
#define QUIET   "expect=[]", "events=[]", "flows={}"
#define ESP_    "nodes.car.ipsec={payload: tunnel}"
#define LONG    "nodes.car.mcoa={registration: bulk, lifetime: 400 s}"
#define NOPROBE "nodes.car.detection.path_probe={every: 500 s}"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0x99, [15] = 9}};

static struct addr home;
static struct addr agent;
static struct addr peer;
static struct addr lte;
static struct addr wifi;

static void settle(void)
{
    run_to(20 * SIM_S);
    home = home_address();
    agent = agent_address();
    peer = peer_address();
    lte = coa_of("cell0");
    wifi = coa_of("wlan0");
    CHECK(bindings() > 0);
}

#define BEGIN_SETTLED(...)                               \
    do {                                                 \
        BEGIN(FILE_, QUIET, LONG, NOPROBE, __VA_ARGS__); \
        settle();                                        \
    } while (0)

/* All drops but those of `reason`. */
static uint64_t other_drops(unsigned reason)
{
    uint64_t n = 0;
    for (unsigned k = 0; k < DROP_REASONS; k++)
        n += k == reason ? 0 : dropped[k];
    return n;
}

/* p arrives at the home agent, or at the mobile node over LTE, and dies of `reason` alone. */
static bool dies(struct iface *at, struct pkt *p, unsigned reason)
{
    struct state before = state_now();
    unsigned sent = seen_frames;
    unsigned told = events;
    uint64_t others = other_drops(reason);
    uint64_t count = dropped[reason];
    arrive(at, STRANGER, p);
    run_to(now_is() + SIM_MS);
    struct state after = state_now();
    bool good = dropped[reason] == count + 1 && other_drops(reason) == others;
    if (!good) {
        for (unsigned k = 0; k < DROP_REASONS; k++) {
            if (dropped[k])
                (void)fprintf(stderr, "dropped: reason %u, %u times\n", k, (unsigned)dropped[k]);
        }
    }
    CHECK(same_state(&before, &after));
    CHECK(seen_frames == sent && events == told); /* and nobody is told */
    return good;
}

static bool dies_at_agent(struct pkt *p, unsigned reason)
{
    return dies(iface_of("ha", "ha-inet"), p, reason);
}

static bool dies_at_mobile(struct pkt *p, unsigned reason)
{
    return dies(iface_of("car", "cell0"), p, reason);
}

/* A copy of an SA, so that what is sealed with it leaves no trace at its sender. */
static struct sa like(struct sa *sa)
{
    CHECK(sa != NULL);
    return *sa;
}

static struct pkt *update_from(const struct addr *src, const struct addr *of, const struct mh *bu)
{
    return mh_packet(src, &agent, of, false, bu);
}

static struct pkt *payload_up(void)
{
    return udp_packet(&home, &peer, 100);
}

/* ---- policies -------------------------------------------------------------------------------- */

static void in_the_clear(void)
{
    BEGIN_SETTLED(ESP_);
    struct mh bu = some_update(1, &stranger);
    const struct mh ba = {.type = MH_BA, .sequence = 1, .lifetime = 10};
    const struct mh brr = {.type = MH_BRR};
    RULE("IPS-IN-4");
    RULE("IPS-POL-1");
    RULE("MIP6-HA-1");
    CHECK(dies_at_agent(update_from(&lte, &home, &bu), DROP_CLEAR_BUT_PROTECTED));
    struct mh gone = {.type = MH_BU,
                      .flags = MH_BU_ACK | MH_BU_HOME,
                      .sequence = bu.sequence}; /* as if from the home link */
    RULE("IPS-IN-4");
    CHECK(dies_at_agent(update_from(&home, NULL, &gone), DROP_CLEAR_BUT_PROTECTED));
    RULE("IPS-IN-4");
    CHECK(dies_at_agent(mps_packet(&lte, 7), DROP_CLEAR_BUT_PROTECTED));
    RULE("IPS-IN-4");
    RULE("MIP6-HA-13");
    CHECK(dies_at_agent(in_clear_tunnel(&lte, &agent, payload_up()), DROP_CLEAR_BUT_PROTECTED));
    RULE("IPS-IN-4"); /* though its tunnel would be none of IPsec's */
    CHECK(dies_at_agent(in_clear_tunnel(&lte, &agent, update_from(&home, NULL, &gone)),
                        DROP_CLEAR_BUT_PROTECTED));
    CHECK(dies_at_agent(in_clear_tunnel(&lte, &agent, update_from(&lte, &home, &bu)),
                        DROP_CLEAR_BUT_PROTECTED));
    RULE("IPS-IN-4");
    CHECK(dies_at_mobile(mh_packet(&agent, &lte, &home, true, &ba), DROP_CLEAR_BUT_PROTECTED));
    RULE("IPS-IN-4");
    CHECK(dies_at_mobile(in_clear_tunnel(&agent, &lte, udp_packet(&peer, &home, 100)),
                         DROP_CLEAR_BUT_PROTECTED));
    CHECK(dies_at_mobile(in_clear_tunnel(&agent, &lte, mh_packet(&agent, &home, NULL, true, &brr)),
                         DROP_CLEAR_BUT_PROTECTED));
    end_world();
}

/* An answer that names no home address is nobody's: it would be believed. */
static void what_a_policy_discards(void)
{
    BEGIN_SETTLED(ESP_);
    struct addr unknown = home;
    unknown.b[15] = 0x77;
    struct mh bu = some_update(1, &stranger);
    struct mh ba = {.type = MH_BA, .status = 129, .sequence = bu.sequence};
    RULE("IPS-POL-12");
    CHECK(dies_at_agent(update_from(&stranger, NULL, &bu), DROP_NO_POLICY));
    RULE("IPS-POL-2"); /* the option names one whom no policy knows */
    RULE("IPS-POL-12");
    CHECK(dies_at_agent(update_from(&lte, &unknown, &bu), DROP_NO_POLICY));
    CHECK(dies_at_agent(in_clear_tunnel(&stranger, &agent, udp_packet(&unknown, &peer, 50)),
                        DROP_NO_POLICY));
    RULE("IPS-POL-1");
    CHECK(dies_at_mobile(mh_packet(&agent, &lte, NULL, true, &ba), DROP_NO_POLICY));
    CHECK(dies_at_mobile(in_clear_tunnel(&agent, &lte, udp_packet(&peer, &unknown, 50)),
                         DROP_NO_POLICY));
    end_world();
}

/* The outer layers of an onion say nothing of the inner ones. */
static void tunnels_in_tunnels(void)
{
    BEGIN_SETTLED("nodes.car.ipsec={payload: none}", "nodes.ha.source_check={plain: off}");
    struct mh gone = some_update(1, &lte);
    gone.lifetime = 0;
    gone.bids = 0;
    struct pkt *p = in_clear_tunnel(&home, &agent, update_from(&home, NULL, &gone));
    RULE("IPS-IN-4");
    CHECK(dies_at_agent(in_clear_tunnel(&lte, &agent, p), DROP_CLEAR_BUT_PROTECTED));
    struct sa sa = like(up_out("hoti"));
    p = in_clear_tunnel(&home, &agent, update_from(&home, NULL, &gone));
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 0);
    arrive_at_agent(in_tunnel(&sa, &lte, &agent, p));
    CHECK(dropped[DROP_SELECTOR] == 1 && bindings() == 2);
    p = in_clear_tunnel(&home, &agent, udp_packet(&home, &agent, 20)); /* nothing is meant by it */
    arrive_at_agent(in_clear_tunnel(&lte, &agent, p));
    run_to(now_is() + SIM_S);
    CHECK(bindings() == 2 && dropped[DROP_MALFORMED] == 1); /* as UDP, in the end */
    end_world();
    BEGIN_SETTLED(ESP_, "nodes.ha.source_check={esp: off}");
    gone = some_update(1, &lte);
    gone.lifetime = 0;
    gone.bids = 0;
    p = in_clear_tunnel(&home, &agent, update_from(&home, NULL, &gone));
    RULE("IPS-IN-3"); /* what is sealed is the outer one */
    arrive_at_agent(in_tunnel(up_out("payload"), &lte, &agent, p));
    CHECK(dropped[DROP_CLEAR_BUT_PROTECTED] == 1 && bindings() == 2);
    end_world();
}

/* The pieces of a packet have neither ports nor types: the whole is looked at again. */
static void pieces_inside_a_tunnel(bool sealed, const char *ipsec)
{
    const char *const set[] = {QUIET, LONG, NOPROBE, ipsec};
    begin_world(FILE_, set, sizeof set / sizeof *set);
    settle();
    struct mh gone = some_update(1, &lte);
    gone.lifetime = 0;
    gone.bids = 0;
    for (unsigned k = 0; k < 2; k++) {
        struct pkt *p = update_from(&home, NULL, &gone);
        const struct fragment f = {
            .next = IP6_MH, .offset = (uint16_t)(8 * k), .more = k == 0, .id = 77};
        size_t whole = p->len - IP6_HEADER;
        uint8_t body[64];
        memcpy(body, p->at + IP6_HEADER, whole);
        pkt_give(&world.packets, p);
        p = pkt_take(&world.packets);
        memcpy(pkt_append(p, k ? whole - 8 : 8), body + 8 * k, k ? whole - 8 : 8);
        fragment_write(pkt_prepend(p, FRAGMENT_HEADER), &f);
        path_add_header(p, &home, &agent, IP6_FRAGMENT, 64);
        arrive_at_agent(sealed ? in_tunnel(up_out("payload"), &lte, &agent, p)
                               : in_clear_tunnel(&lte, &agent, p));
    }
    run_to(now_is() + SIM_S);
    RULE("IPS-IN-3");
    RULE("IPS-IN-4");
    CHECK(dropped[sealed ? DROP_SELECTOR : DROP_CLEAR_BUT_PROTECTED] == 1 && bindings() == 2);
    CHECK(!event_after(EV_BU_RECEIVED, 20 * SIM_S));
    end_world();
}

static void pieces(void)
{
    pieces_inside_a_tunnel(false, "nodes.car.ipsec={payload: none}");
    pieces_inside_a_tunnel(true, ESP_);
}

/* ---- ESP ------------------------------------------------------------------------------------- */

static void esp_and_its_faults(void)
{
    BEGIN_SETTLED(ESP_);
    struct sa sa = like(up_out("payload"));
    struct sa *in = up_in("payload");
    uint64_t sequence = sa.sequence;
    struct pkt *p = in_tunnel(&sa, &lte, &agent, payload_up());
    p->at[IP6_HEADER + 1] ^= 0x40; /* the SPI */
    RULE("IPS-IN-1");
    CHECK(dies_at_agent(p, DROP_NO_SA));
    sa.sequence = sequence;
    p = in_tunnel(&sa, &lte, &agent, payload_up());
    p->at[p->len - 1] ^= 1;
    RULE("IPS-IN-2");
    CHECK(dies_at_agent(p, DROP_ICV) && in->count.icv == 1);
    sa.sequence = sequence + 5000; /* a forged number of the future moves nothing */
    p = in_tunnel(&sa, &lte, &agent, payload_up());
    p->at[IP6_HEADER + 30] ^= 1;
    RULE("IPS-ESP-4");
    CHECK(dies_at_agent(p, DROP_ICV) && in->replay.top == sequence);
    sa.sequence = sequence;
    p = in_tunnel(&sa, &lte, &agent, payload_up());
    p->len = IP6_HEADER + 20;
    ip6_set_length(p->at, p->len);
    CHECK(dies_at_agent(p, DROP_ESP_MALFORMED));
    p = pkt_take(&world.packets); /* not even an SPI */
    (void)memset(pkt_append(p, 3), 0, 3);
    path_add_header(p, &lte, &agent, IP6_ESP, 64);
    CHECK(dies_at_agent(p, DROP_NO_SA));
    /* Above all, time is as it was: the very next number is taken. */
    uint64_t before = in->count.packets;
    arrive_at_agent(in_tunnel(up_out("payload"), &lte, &agent, payload_up()));
    CHECK(in->count.packets == before + 1 && in->replay.top == sequence + 1);
    end_world();
}

static void replays(void)
{
    BEGIN_SETTLED(ESP_);
    struct sa *out = up_out("payload");
    struct sa *in = up_in("payload");
    struct sa old = like(out);
    arrive_at_agent(in_tunnel(out, &lte, &agent, payload_up()));
    struct sa again = old;
    CHECK(dies_at_agent(in_tunnel(&again, &lte, &agent, payload_up()), DROP_REPLAY));
    again = old; /* from another address all the same */
    CHECK(dies_at_agent(in_tunnel(&again, &wifi, &agent, payload_up()), DROP_REPLAY));
    CHECK(in->count.replay == 2);
    for (unsigned k = 0; k < 70; k++)
        arrive_at_agent(in_tunnel(out, &lte, &agent, payload_up()));
    again = old;
    CHECK(dies_at_agent(in_tunnel(&again, &lte, &agent, payload_up()), DROP_TOO_OLD));
    CHECK(in->count.too_old == 1);
    end_world();
    BEGIN_SETTLED("nodes.car.ipsec={payload: tunnel, anti_replay: {window: 0}}");
    in = up_in("payload");
    struct sa twice = like(up_out("payload"));
    uint64_t before = in->count.packets;
    arrive_at_agent(in_tunnel(up_out("payload"), &lte, &agent, payload_up()));
    arrive_at_agent(in_tunnel(&twice, &lte, &agent, payload_up()));
    RULE("IPS-ESP-5"); /* the receiver's choice; the sender counts in any case */
    CHECK(in->count.packets == before + 2 && in->count.replay == 0 && in->replay.window == 0 &&
          up_out("payload")->sequence > 0);
    for (unsigned k = 0; k < CIPHERS; k++) {
        RULE("IPS-ESP-5"); /* there is no suite without integrity */
        CHECK(cipher_suite((enum cipher_name)k)->icv_bytes > 0);
    }
    end_world();
}

static void dummies_and_padding(void)
{
    BEGIN_SETTLED(ESP_);
    struct sa *out = up_out("payload");
    struct sa *in = up_in("payload");
    struct pkt *p = payload_up();
    CHECK_EQ(esp_seal(out, p, 0, IP6_NONE), ESP_GOOD);
    path_add_header(p, &lte, &agent, IP6_ESP, 64);
    unsigned sent = seen_frames;
    arrive_at_agent(p);
    CHECK(dropped[DROP_DUMMY] == 1 && in->count.dummy == 1 && seen_frames == sent);
    /* Text of another protocol in a tunnel, and a tunnel too short for its header. */
    p = payload_up();
    CHECK_EQ(esp_seal(out, p, 0, IP6_UDP), ESP_GOOD);
    path_add_header(p, &lte, &agent, IP6_ESP, 64);
    arrive_at_agent(p);
    p = payload_up();
    p->len = 30;
    CHECK_EQ(esp_seal(out, p, 0, IP6_IP6), ESP_GOOD);
    path_add_header(p, &lte, &agent, IP6_ESP, 64);
    arrive_at_agent(p);
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 2 && in->count.selector == 2);
    p = payload_up();
    p->at[0] = 0x45; /* not IPv6 */
    CHECK_EQ(esp_seal(out, p, 0, IP6_IP6), ESP_GOOD);
    path_add_header(p, &lte, &agent, IP6_ESP, 64);
    arrive_at_agent(p);
    CHECK(other_drops(DROP_SELECTOR) == 2 && bindings() == 2);
    end_world();
}

/* ---- selectors after opening ----------------------------------------------------------------- */

static void data_on_the_wrong_sa(void)
{
    BEGIN_SETTLED(ESP_);
    struct mh hoti = {.type = MH_HOTI};
    struct mh bu = some_update(3, &stranger);
    arrive_at_agent(in_tunnel(up_out("hoti"), &lte, &agent, payload_up()));
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 1 && up_in("hoti")->count.selector == 1);
    arrive_at_agent(
        in_tunnel(up_out("payload"), &lte, &agent, mh_packet(&home, &peer, NULL, false, &hoti)));
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 2 && up_in("payload")->count.selector == 1);
    arrive_at_agent(in_tunnel(up_out("payload"), &lte, &agent, update_from(&home, NULL, &bu)));
    RULE("IPS-IN-3");
    RULE("IPS-POL-1"); /* BUs go on their own SA, and on no other */
    CHECK(dropped[DROP_SELECTOR] == 3 && bindings() == 2);
    arrive_at_agent(in_transport(up_out("mps"), update_from(&lte, &home, &bu)));
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 4 && bindings() == 2);
    arrive_at_agent(in_transport(up_out("bu"), mps_packet(&lte, 9)));
    CHECK(dropped[DROP_SELECTOR] == 5 && !event_after(EV_MPS_RECEIVED, 0));
    const struct mh ba = {.type = MH_BA, .sequence = bu.sequence}; /* the home agent's word */
    arrive_at_agent(in_transport(up_out("bu"), mh_packet(&lte, &agent, &home, false, &ba)));
    RULE("IPS-POL-11");
    CHECK(dropped[DROP_SELECTOR] == 6);
    /* The other way: a BU from the home agent. */
    arrive(iface_of("car", "cell0"), STRANGER,
           in_transport(down_out("bu"), mh_packet(&agent, &lte, &home, true, &bu)));
    RULE("IPS-POL-11");
    CHECK(dropped[DROP_SELECTOR] == 7);
    arrive(iface_of("car", "cell0"), STRANGER,
           in_tunnel(down_out("hoti"), &agent, &lte, udp_packet(&peer, &home, 60)));
    CHECK(dropped[DROP_SELECTOR] == 8 && other_drops(DROP_SELECTOR) == 0);
    end_world();
}

#define TWO                                                                                  \
    "nodes.van={role: mobile, home: {agent: ha, address: \"2001:db8:a::200\"}, interfaces: " \
    "{cell0: {attach: lte}}, ipsec: {payload: tunnel}}"

static void sas_of_somebody_else(void)
{
    BEGIN_SETTLED(ESP_, TWO);
    run_to(22 * SIM_S);
    const struct addr *other = mobile_home(node_of("van")->mobile);
    struct mh bu = some_update(1, &lte);
    mobile_name = "van";
    struct sa *signal = up_out("bu");
    struct sa *data = up_out("payload");
    struct addr of_van = coa_of("cell0");
    mobile_name = "car";
    CHECK(signal && data && !addr_eq(other, &home));
    RULE("IPS-POL-4");
    RULE("MIP6-HA-1");
    arrive_at_agent(in_transport(signal, update_from(&lte, &home, &bu)));
    CHECK(dropped[DROP_SELECTOR] == 1 && bindings() == 2);
    arrive_at_agent(in_transport(signal, update_from(&of_van, &home, &bu)));
    RULE("IPS-POL-4");
    CHECK(dropped[DROP_SELECTOR] == 2 && !is_bound(&of_van));
    arrive_at_agent(in_tunnel(data, &of_van, &agent, payload_up()));
    RULE("IPS-IN-3");
    CHECK(dropped[DROP_SELECTOR] == 3);
    arrive_at_agent(in_transport(signal, update_from(&of_van, other, &bu))); /* its own */
    RULE("IPS-POL-4");
    CHECK(dropped[DROP_SELECTOR] == 3 && event_after(EV_BU_RECEIVED, 22 * SIM_S));
    end_world();
}

/* In one tunnel for everything the selectors do not say whose BU it is: the PAD does. */
static void a_peer_that_may_not_have_the_address(void)
{
    BEGIN_SETTLED("nodes.car.ipsec={selectors: everything, payload: tunnel}");
    struct addr foreign = home;
    foreign.b[15] = 0x55;
    struct mh bu = some_update(3, &stranger);
    /* Its source is another address of the home link, the option names the subject. */
    struct pkt *p = mh_packet(&foreign, &agent, &home, false, &bu);
    arrive_at_agent(in_tunnel(up_out("everything"), &lte, &agent, p));
    RULE("IPS-POL-3");
    RULE("IPS-POL-4");
    CHECK(dropped[DROP_NOT_AUTHORISED] == 1 && bindings() == 2 &&
          !event_after(EV_BU_RECEIVED, 20 * SIM_S));
    end_world();
}

/* ---- behind IPsec
 * ---------------------------------------------------------------------------------- */

static void the_source_of_a_protected_tunnel(const char *check, unsigned want_any,
                                             unsigned want_stranger)
{
    const char *const set[] = {QUIET, LONG, NOPROBE, ESP_,
                               setting("nodes.ha.source_check.esp=%s", check)};
    begin_world(FILE_, set, sizeof set / sizeof *set);
    settle();
    struct sa *in = up_in("payload");
    const struct addr *from[] = {&lte, &wifi, &stranger};
    unsigned refused = 0;
    for (unsigned k = 0; k < 3; k++) {
        uint64_t before = dropped[DROP_ESP_SOURCE_NOT_BOUND];
        uint64_t opened = in->count.packets;
        arrive_at_agent(in_tunnel(up_out("payload"), from[k], &agent, payload_up()));
        RULE("IPS-IN-1"); /* IPsec itself has nothing against any of them */
        RULE("MCOA-SEC-9");
        CHECK_EQ(in->count.packets, opened + 1);
        refused += dropped[DROP_ESP_SOURCE_NOT_BOUND] > before ? 1u << k : 0;
    }
    RULE("IPS-IN-5");
    CHECK_EQ(refused & 4, want_stranger ? 4 : 0);
    RULE("IPS-IN-5");
    CHECK_EQ((refused & 1) + (refused >> 1 & 1), want_any);
    CHECK(other_drops(DROP_ESP_SOURCE_NOT_BOUND) == 0 && bindings() == 2);
    end_world();
}

static void sources_of_protected_tunnels(void)
{
    the_source_of_a_protected_tunnel("any-binding", 0, 1);
    the_source_of_a_protected_tunnel("primary-only", 1, 1);
    the_source_of_a_protected_tunnel("off", 0, 0);
}

static void a_bu_from_a_new_address(void)
{
    BEGIN_SETTLED(ESP_);
    struct mh bu = some_update(3, &stranger);
    uint32_t spi = up_in("bu")->spi;
    arrive_at_agent(in_transport(up_out("bu"), update_from(&stranger, &home, &bu)));
    run_to(now_is() + SIM_S);
    RULE("IPS-IN-5"); /* nothing is checked of it */
    RULE("IPS-IN-1");
    RULE("MCOA-SEC-4");
    CHECK(bindings() == 3 && is_bound(&stranger) && up_in("bu")->spi == spi &&
          other_drops(DROP_NO_ROUTE) == 0); /* the answer goes nowhere */
    end_world();
    BEGIN_SETTLED(ESP_, "nodes.ha.source_check.bu=checked");
    CHECK(bindings() == 1 && dropped[DROP_BU_SOURCE_NOT_BOUND] > 1); /* Wi-Fi's own, too */
    dropped[DROP_BU_SOURCE_NOT_BOUND] = 0;
    bu = some_update(3, &stranger);
    arrive_at_agent(in_transport(up_out("bu"), update_from(&stranger, &home, &bu)));
    run_to(now_is() + SIM_S);
    CHECK(dropped[DROP_BU_SOURCE_NOT_BOUND] >= 1 && bindings() == 1 && !is_bound(&stranger));
    bu = some_update(3, &stranger);
    arrive_at_agent(in_transport(up_out("bu"), update_from(&lte, &home, &bu)));
    CHECK(is_bound(&stranger)); /* from one that is known, for one that is not */
    end_world();
}

/* A single tunnel: the BU that makes its own outer source known. */
static void a_bu_inside_a_tunnel(void)
{
    BEGIN_SETTLED("nodes.car.ipsec={selectors: everything, payload: tunnel}");
    struct mh bu = some_update(3, &stranger);
    struct sa *out = up_out("everything");
    arrive_at_agent(in_tunnel(out, &stranger, &agent, payload_up()));
    CHECK(dropped[DROP_ESP_SOURCE_NOT_BOUND] == 1);
    arrive_at_agent(in_tunnel(out, &stranger, &agent, update_from(&home, NULL, &bu)));
    run_to(now_is() + SIM_S);
    RULE("IPS-IN-6");
    RULE("MCOA-SEC-13");
    CHECK(is_bound(&stranger) && bindings() == 3 && dropped[DROP_ESP_SOURCE_NOT_BOUND] == 1);
    arrive_at_agent(in_tunnel(out, &stranger, &agent, payload_up()));
    RULE("IPS-IN-6");
    CHECK_EQ(dropped[DROP_ESP_SOURCE_NOT_BOUND], 1);
    struct addr nowhere = stranger; /* a BU to somebody else is data */
    nowhere.b[15] = 0x66;
    arrive_at_agent(in_tunnel(out, &nowhere, &agent, mh_packet(&home, &peer, NULL, false, &bu)));
    CHECK_EQ(dropped[DROP_ESP_SOURCE_NOT_BOUND], 2);
    end_world();
}

static void solicitations_are_checked_like_data(void)
{
    BEGIN_SETTLED(ESP_);
    sim_time t = now_is();
    arrive_at_agent(in_transport(up_out("mps"), mps_packet(&wifi, 5)));
    run_to(t + 2 * SIM_S);
    RULE("MCOA-SEC-4"); /* the SA is the same from each of them */
    RULE("MCOA-SEC-5");
    CHECK(field_of(event_after(EV_MPS_RECEIVED, t), "identifier")->i == 5 &&
          field_of(event_after(EV_MPA_SENT, t), "identifier")->i == 5);
    t = now_is();
    struct addr elsewhere = peer;
    elsewhere.b[15] ^= 0x55;
    arrive_at_agent(in_transport(up_out("mps"), mps_packet(&elsewhere, 6)));
    run_to(t + SIM_S);
    RULE("MCOA-SEC-5");
    CHECK(dropped[DROP_NO_BINDING] == 1 && count_events(EV_MPS_RECEIVED, t) == 0 &&
          mh_after(iface_of("ha", "ha-inet"), MH_BE, t));
    end_world();
}

/* ---- return routability, as far as it is the home agent's
 * -------------------------------------------- */

static void home_test_messages_in_their_tunnel(void)
{
    BEGIN_SETTLED(ESP_);
    const struct mh hoti = {.type = MH_HOTI};
    const struct mh hot = {.type = MH_HOT};
    const struct addr *from[] = {&lte, &wifi};
    struct iface *inet = iface_of("ha", "ha-inet");
    for (unsigned k = 0; k < 2; k++) {
        sim_time t = now_is();
        arrive_at_agent(in_tunnel(up_out("hoti"), from[k], &agent,
                                  mh_packet(&home, &peer, NULL, false, &hoti)));
        run_to(t + 10 * SIM_MS);
        const struct seen_frame *f = mh_after(inet, MH_HOTI, t);
        RULE("MCOA-SEC-7");
        CHECK(f && addr_eq(&f->h.src, &home) && addr_eq(&f->h.dst, &peer));
        run_to(t + SIM_S);
    }
    struct state before = state_now();
    sim_time t = now_is();
    arrive_at_agent(
        in_tunnel(up_out("hoti"), &stranger, &agent, mh_packet(&home, &peer, NULL, false, &hoti)));
    run_to(t + SIM_S);
    RULE("MCOA-SEC-7");
    CHECK(dropped[DROP_ESP_SOURCE_NOT_BOUND] == 1 && !mh_after(inet, MH_HOTI, t) &&
          !mh_after(inet, MH_BE, t) && state_now().bindings == before.bindings);
    /* To the home agent itself: it is the one that the inner destination names. */
    t = now_is();
    arrive_at_agent(
        in_tunnel(up_out("hoti"), &lte, &agent, mh_packet(&home, &agent, NULL, false, &hoti)));
    CHECK(dropped[DROP_MH_IGNORED] == 1 && !mh_after(inet, MH_HOTI, t));
    /* Downwards. */
    t = now_is();
    arrive_at_agent(mh_packet(&peer, &home, NULL, false, &hot));
    run_to(t + SIM_S);
    struct opened_frame o;
    struct mh m;
    bool seen = esp_after(iface_of("ha", "ha-lte"), "hoti", t, &o) ||
                esp_after(iface_of("ha", "ha-wlan"), "hoti", t, &o);
    RULE("MCOA-SEC-8");
    RULE("MIP6-HA-20");
    CHECK(seen && mh_in_tunnel(&o, &m) && m.type == MH_HOT &&
          sa_of(mobile_node(), "hoti", SA_IN, 0)->count.packets == 1);
    RULE("MIP6-HA-20");
    CHECK(!mh_after(iface_of("ha", "ha-lte"), MH_HOT, t) &&
          !mh_after(iface_of("ha", "ha-wlan"), MH_HOT, t) &&
          cipher_suite(CIPHER_AES256_GCM16)->encr == ENCR_AES_GCM16 &&
          up_in("hoti")->suite->encr != ENCR_NULL);
    end_world();
}

/* ---- a transport-mode packet in fragments
 * ---------------------------------------------------------- */

static void esp_in_fragments(void)
{
    BEGIN_SETTLED(ESP_);
    struct mh bu = some_update(3, &stranger);
    struct pkt *p = in_transport(up_out("bu"), update_from(&lte, &home, &bu));
    size_t head = IP6_HEADER + IP6_HAO_BYTES; /* Per-Fragment headers: the option, RFC 6275 6.3 */
    size_t body = p->len - head;
    uint8_t packet[512];
    struct sa *in = up_in("bu");
    uint64_t opened = in->count.packets;
    memcpy(packet, p->at, p->len);
    pkt_give(&world.packets, p);
    for (unsigned k = 0; k < 2; k++) {
        size_t from = k ? 48 : 0;
        size_t n = k ? body - 48 : 48;
        const struct fragment f = {
            .next = IP6_ESP, .offset = (uint16_t)from, .more = k == 0, .id = 5};
        p = pkt_take(&world.packets);
        memcpy(pkt_append(p, head), packet, head);
        p->at[IP6_HEADER] = IP6_FRAGMENT;
        fragment_write(pkt_append(p, FRAGMENT_HEADER), &f);
        memcpy(pkt_append(p, n), packet + head + from, n);
        ip6_set_length(p->at, p->len);
        arrive_at_agent(p);
        RULE("IPS-IN-7"); /* nothing is opened before the last one is there */
        CHECK_EQ(in->count.packets, opened + k);
    }
    RULE("IPS-IN-7");
    CHECK(is_bound(&stranger) && other_drops(DROP_REASONS) == 0);
    end_world();
}

/* The order: a fault of ESP is told before one of the selectors, that before one of the source. */
static void the_order_of_the_stages(void)
{
    BEGIN_SETTLED(ESP_);
    struct pkt *p = in_tunnel(up_out("hoti"), &stranger, &agent, payload_up());
    p->at[p->len - 1] ^= 1;
    arrive_at_agent(p);
    RULE("IPS-IN-2");
    CHECK(dropped[DROP_ICV] == 1 && other_drops(DROP_ICV) == 0);
    arrive_at_agent(in_tunnel(up_out("hoti"), &stranger, &agent, payload_up()));
    RULE("IPS-IN-2");
    CHECK(dropped[DROP_SELECTOR] == 1 && dropped[DROP_ESP_SOURCE_NOT_BOUND] == 0);
    arrive_at_agent(in_tunnel(up_out("payload"), &stranger, &agent, payload_up()));
    RULE("IPS-IN-2");
    RULE("IPS-IN-5");
    CHECK(dropped[DROP_SELECTOR] == 1 && dropped[DROP_ESP_SOURCE_NOT_BOUND] == 1);
    struct mh bu = some_update(3, &stranger); /* an option that is substituted first */
    p = update_from(&stranger, &home, &bu);
    p->at[p->len - 1] ^= 1;
    arrive_at_agent(in_transport(up_out("bu"), p));
    RULE("IPS-IN-2");
    CHECK(dropped[DROP_BAD_CHECKSUM] == 1 && bindings() == 2);
    end_world();
}

/* From outside, with the home agent's own address as its source: it is not the home agent's, which
 * seals nothing for it as if it were. */
static void the_agents_address_from_outside(void)
{
    BEGIN_SETTLED(ESP_);
    struct addr from = agent_address();
    struct addr to = home_address();
    const struct mh ba = {.type = MH_BA, .status = 129, .sequence = 1};
    uint64_t sealed = down_out("bu")->count.packets;
    arrive_at_agent(mh_packet(&from, &to, NULL, false, &ba));
    struct pkt *odd = udp_packet(&from, &to, 64);
    odd->at[6] = IP6_DEST_OPTS; /* and with a chain that cannot be read */
    odd->at[IP6_HEADER + 1] = 200;
    arrive_at_agent(odd);
    run_to(now_is() + SIM_S);
    RULE("IPS-POL-1");
    CHECK(down_out("bu")->count.packets == sealed);
    CHECK(count_events(EV_BA_RECEIVED, now_is() - SIM_S) == 0);
    end_world();
}

CHECK_MAIN(CASE(the_agents_address_from_outside), CASE(in_the_clear), CASE(what_a_policy_discards),
           CASE(tunnels_in_tunnels), CASE(pieces), CASE(esp_and_its_faults), CASE(replays),
           CASE(dummies_and_padding), CASE(data_on_the_wrong_sa), CASE(sas_of_somebody_else),
           CASE(a_peer_that_may_not_have_the_address), CASE(sources_of_protected_tunnels),
           CASE(a_bu_from_a_new_address), CASE(a_bu_inside_a_tunnel),
           CASE(solicitations_are_checked_like_data), CASE(home_test_messages_in_their_tunnel),
           CASE(esp_in_fragments), CASE(the_order_of_the_stages))
