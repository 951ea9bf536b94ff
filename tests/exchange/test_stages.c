/* What arrives at a home agent and a mobile node with IPsec: each stage lets pass or refuses, tells
 * why, and what it refuses changes nothing (RFC 4301 5.2, RFC 4877 4). */
#include "tests/settled_world.h"

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

CHECK_MAIN(CASE(in_the_clear), CASE(what_a_policy_discards), CASE(tunnels_in_tunnels), CASE(pieces),
           CASE(esp_and_its_faults), CASE(replays), CASE(dummies_and_padding),
           CASE(data_on_the_wrong_sa), CASE(sas_of_somebody_else),
           CASE(a_peer_that_may_not_have_the_address))
