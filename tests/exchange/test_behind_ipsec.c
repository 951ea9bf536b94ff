/* What the mobility layer makes of what IPsec has let pass, or has not seen whole yet (RFC 5648 9,
 * RFC 4877 5). */
#include "tests/settled_world.h"

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

CHECK_MAIN(CASE(the_agents_address_from_outside), CASE(sources_of_protected_tunnels),
           CASE(a_bu_from_a_new_address), CASE(a_bu_inside_a_tunnel),
           CASE(solicitations_are_checked_like_data), CASE(home_test_messages_in_their_tunnel),
           CASE(esp_in_fragments), CASE(the_order_of_the_stages))
