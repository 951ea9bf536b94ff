/* A plain IPsec client of its gateway: a mobile node that registers nowhere (RFC 4301 5.1.2, 5.2;
 * RFC 4555 3.5). */
#include "models/node/key_exchange.h"

#include "tests/ipsec_world.h"

#define FILE_  "wifi-lte-voice.yaml"
#define QUIET  "expect=[]"
#define CLIENT "nodes.car.home.registers=false"
#define WORDS                                                                  \
    "nodes.car.ipsec={keying: ike, signalling: none, prefix_discovery: none, " \
    "return_routability: none, payload: tunnel}"
#define BY_HAND                                                                  \
    "nodes.car.ipsec={keying: ike, policies: {ike: {action: bypass, on: link, "  \
    "local: any, remote: agent, protocol: udp, remote_port: \"500\"}, ike-nat: " \
    "{action: bypass, on: link, local: any, remote: agent, protocol: udp, "      \
    "remote_port: \"4500\"}, inside: {mode: tunnel, on: tunnel, remote: "        \
    "\"2001:db8:c::-2001:db8:c:0:ffff:ffff:ffff:ffff\"}}}"
#define MOBIKE "nodes.car.ike={mobility: mobike, coa: wlan0}"

static unsigned binding_messages(void)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += !frames[k].fault && frames[k].c.upper == IP6_MH;
    return n + count_events(EV_BU_SENT, 0) + count_events(EV_REGISTERED, 0);
}

static void data_goes_through_the_sa_without_a_binding(void)
{
    static const char *const policies[] = {WORDS, BY_HAND};
    static const char *const names[] = {"payload", "inside"};
    for (unsigned k = 0; k < 2; k++) {
        const char *const set[] = {QUIET, "events=[]", CLIENT, policies[k], MOBIKE};
        begin_world(FILE_, set, sizeof set / sizeof *set);
        run_to(20 * SIM_S);
        struct addr home = home_address();
        struct addr agent = agent_address();
        struct addr coa = coa_of("wlan0");
        struct opened_frame o;
        CHECK(bindings() == 0 && binding_messages() == 0);
        bool up = esp_after(iface_of("car", "wlan0"), names[k], 13 * SIM_S, &o);
        RULE("IPS-OUT-4");
        CHECK(up && addr_eq(&o.f->h.src, &coa) && addr_eq(&o.f->h.dst, &agent) &&
              addr_eq(&o.inner.src, &home) && o.c.upper == IP6_UDP);
        bool down = esp_after(iface_of("ha", "ha-wlan"), names[k], 13 * SIM_S, &o);
        RULE("IPS-OUT-4");
        CHECK(down && addr_eq(&o.f->h.dst, &coa) && addr_eq(&o.inner.dst, &home));
        CHECK(up_in(names[k])->count.packets > 300 && down_out(names[k])->sequence > 300);
        end_world();
    }
}

static unsigned taken_after(sim_time t, enum sa_direction d)
{
    struct node *n = d == SA_IN ? agent_node() : mobile_node();
    unsigned packets = 0;
    for (const struct sa *sa = ipsec_of(n)->sad.first; sa; sa = sa->newer)
        packets += sa->direction == SA_IN && sa->used > t && !sa->ended;
    return packets;
}

static void mobike_moves_both_ends(void)
{
    BEGIN(FILE_, QUIET, CLIENT, WORDS, MOBIKE);
    run_to(29 * SIM_S);
    struct addr wlan = coa_of("wlan0");
    CHECK(addr_eq(&up_out("payload")->local, &wlan) &&
          addr_eq(&down_out("payload")->remote, &wlan));
    uint32_t spi = up_out("payload")->spi;
    run_to(40 * SIM_S); /* Wi-Fi went at 30 s */
    struct addr cell = coa_of("cell0");
    CHECK(!addr_eq(&wlan, &cell) && addr_eq(&up_out("payload")->local, &cell) &&
          addr_eq(&down_out("payload")->remote, &cell) && up_out("payload")->spi == spi);
    CHECK(taken_after(39 * SIM_S, SA_IN) == 1 && taken_after(39 * SIM_S, SA_OUT) == 1);
    CHECK(count_events(EV_MIGRATED, 29 * SIM_S) == 2 && bindings() == 0 && binding_messages() == 0);
    end_world();
}

static void a_new_ike_sa_has_sas_of_its_own_place(void)
{
    BEGIN(FILE_, QUIET, CLIENT, WORDS,
          "nodes.car.ike={mobility: re-establish, old_sas: drop, coa: wlan0}");
    run_to(40 * SIM_S);
    struct addr cell = coa_of("cell0");
    CHECK(addr_eq(&up_out("payload")->local, &cell) &&
          addr_eq(&down_out("payload")->remote, &cell) && count_events(EV_MIGRATED, 0) == 0);
    CHECK(taken_after(39 * SIM_S, SA_IN) == 1 && taken_after(39 * SIM_S, SA_OUT) == 1);
    end_world();
}

/* It stays behind its old address, and nothing comes through. */
static void without_mobility_the_tunnel_stays(void)
{
    BEGIN(FILE_, QUIET, CLIENT, WORDS, "nodes.car.ike={mobility: none, dpd: 0 s}",
          "events=[{at: 30 s, detach: car.cell0}]");
    run_to(29 * SIM_S);
    struct addr cell = coa_of("cell0");
    run_to(45 * SIM_S);
    CHECK(addr_eq(&down_out("payload")->remote, &cell) && taken_after(40 * SIM_S, SA_IN) == 0 &&
          taken_after(40 * SIM_S, SA_OUT) == 0 && dropped[DROP_NO_ADDRESS] > 0);
    end_world();
}

static void before_there_is_an_sa_nothing_leaves_in_the_clear(void)
{
    BEGIN(FILE_, QUIET, "events=[]", CLIENT, WORDS, MOBIKE, "flows.call.start=0 s");
    run_to(30 * SIM_MS);
    unsigned clear = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        clear += frames[k].port == iface_of("car", "wlan0")->port->index && !frames[k].fault &&
                 frames[k].c.upper == IP6_UDP;
    CHECK(clear == 0 && dropped[DROP_NO_SA] > 0);
    end_world();
}

/* Nobody registers a client's address, with or without its SA. */
static void a_binding_update_for_it_is_refused(void)
{
    BEGIN(FILE_, QUIET, "events=[]", "flows={}", CLIENT, WORDS, MOBIKE);
    run_to(10 * SIM_S);
    struct addr home = home_address();
    struct addr coa = coa_of("cell0");
    struct addr agent = agent_address();
    const struct mh bu = {
        .type = MH_BU, .flags = MH_BU_ACK | MH_BU_HOME, .sequence = 1, .lifetime = 15};
    arrive_at_agent(mh_packet(&coa, &agent, &home, false, &bu));
    run_to(12 * SIM_S);
    CHECK(dropped[DROP_NOT_AUTHORISED] == 1 && bindings() == 0);
    end_world();
}

CHECK_MAIN(CASE(data_goes_through_the_sa_without_a_binding), CASE(mobike_moves_both_ends),
           CASE(a_new_ike_sa_has_sas_of_its_own_place), CASE(without_mobility_the_tunnel_stays),
           CASE(before_there_is_an_sa_nothing_leaves_in_the_clear),
           CASE(a_binding_update_for_it_is_refused))
