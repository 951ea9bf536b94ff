/* Where the tunnels of IPsec end when a node has several care-of addresses, and which SA carries
 * which packet (RFC 4877 4.3, RFC 5648 9.3, RFC 6089 7). */
#include "tests/three_ways_world.h"

/* ---- one SA ---------------------------------------------------------------------------------- */

static void each_packet_says_where(const char *how)
{
    const char *const set[] = {
        QUIET, setting("nodes.van.ipsec={payload: tunnel, tunnel_end_point: %s}", how)};
    begin_three(set, sizeof set / sizeof *set);
    run_to(20 * SIM_S);
    struct spread s = spread_from(15 * SIM_S);
    RULE("MCOA-SEC-10");
    RULE("IPS-MIG-6");
    CHECK(s.down[0] && s.down[1] && s.down[2] && s.spi_down[0] == s.spi_down[1] &&
          s.spi_down[1] == s.spi_down[2] && !s.mixed);
    RULE("IPS-OUT-4");
    RULE("MCOA-SEC-9");
    CHECK(s.up[0] && s.up[1] && s.up[2] && s.spi_up[0] == s.spi_up[1] &&
          s.spi_up[1] == s.spi_up[2]);
    CHECK(bindings() == 3 && nothing_is_refused());
    end_world();
}

static void the_mobility_layer_says_where(void)
{
    each_packet_says_where("per-packet");
    each_packet_says_where("rewrite");
}

/* Without a hint: all flows on one care-of address, that of key management. */
static void the_sa_says_where(void)
{
    BEGIN3(QUIET, ESP_(", tunnel_end_point: sa-default"));
    run_to(20 * SIM_S);
    const struct protected *who = ipsec_of(agent_node())->first->owner;
    struct spread s = spread_from(15 * SIM_S);
    unsigned at = 3;
    for (unsigned k = 0; k < 3; k++) {
        struct addr a = coa(k);
        at = addr_eq(&a, &who->key_coa) ? k : at;
    }
    if (at == 3)
        exit(1);
    for (unsigned k = 0; k < 3; k++) {
        RULE("IPS-MIG-6");
        CHECK((s.up[k] > 0) == (k == at) && (s.down[k] > 0) == (k == at));
    }
    struct addr own = coa(at);
    CHECK(addr_eq(&down_out("payload")->remote, &own) && addr_eq(&up_out("payload")->local, &own));
    CHECK(count_events(EV_MIGRATED, 0) == 2 && nothing_is_refused());
    const struct tap_event *e = event_after(EV_MIGRATED, 0);
    RULE("IPS-MIG-5"); /* HoTI's and the payload's, both directions */
    CHECK(field_of(e, "sas")->i == 4 && !strcmp(field_of(e, "why")->text, "ike-coa"));
    end_world();
}

/* ---- which one is the SA's own --------------------------------------------------------------- */

static bool own_end_is(const struct addr *a)
{
    return addr_eq(&down_out("payload")->remote, a) && addr_eq(&up_out("payload")->local, a) &&
           addr_eq(&up_in("payload")->remote, a) && addr_eq(&down_out("hoti")->remote, a);
}

static void that_of_the_last_update(void)
{
    BEGIN3("expect=[]", NOFLOW, ESP_(", tunnel_end_point: sa-default, sa_default: last-bu"),
           "nodes.van.mcoa={registration: serial, lifetime: 40 s}",
           "nodes.van.detection.path_probe={every: 500 s}",
           "events=[{at: 40 s, detach: van.wlan0}, {at: 45 s, attach: van.wlan0}]");
    run_to(20 * SIM_S);
    const struct tap_event *last = NULL;
    for (unsigned k = 0; k < events; k++)
        last = happened[k].name == EV_BINDING_MADE ? &happened[k] : last;
    struct addr a = last ? field_of(last, "care_of_address")->addr : addr_any;
    unsigned moves = count_events(EV_MIGRATED, 0);
    RULE("IPS-MIG-1");
    RULE("IPS-MIG-2");
    CHECK(bindings() == 3 && own_end_is(&a) && moves == 6);
    run_to(39 * SIM_S);
    RULE("IPS-MIG-1"); /* a refresh moves nothing */
    CHECK(count_events(EV_BINDING_REFRESHED, 0) >= 1 && count_events(EV_MIGRATED, 0) == moves);
    run_to(59 * SIM_S);
    struct addr wlan = coa(0);
    RULE("IPS-MIG-1");
    CHECK(bindings() == 3 && own_end_is(&wlan));
    end_world();
}

static void that_of_the_lowest_identifier(void)
{
    BEGIN3("expect=[]", ESP_(", tunnel_end_point: sa-default, sa_default: lowest-bid"), LONG,
           "nodes.van.detection.path_probe={every: 500 s}",
           "events=[{at: 40 s, detach: van.wlan0}]");
    run_to(39 * SIM_S);
    struct addr wlan = coa(0);
    struct addr red = coa(1);
    CHECK(bindings() == 3 && own_end_is(&wlan));
    struct spread s = spread_from(35 * SIM_S);
    uint64_t sent = up_out("payload")->sequence;
    uint64_t taken = up_in("payload")->replay.top;
    CHECK(s.up[0] && s.down[0] && !s.up[1] && !s.down[1] && !s.up[2] && !s.down[2]);
    run_to(45 * SIM_S);
    RULE("IPS-MIG-1");
    RULE("IPS-MIG-2");
    CHECK(bindings() == 2 && own_end_is(&red));
    RULE("IPS-MIG-4"); /* they count on, and nothing comes twice */
    CHECK(up_out("payload")->sequence > sent && up_in("payload")->replay.top > taken &&
          dropped[DROP_REPLAY] == 0);
    unsigned up = 0;
    unsigned down = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct opened_frame o;
        if (frames[k].t < 41 * SIM_S || !open_frame(&frames[k], &o) || !o.sa->entry->parallel)
            continue;
        up += frames[k].port == van(1)->port->index;
        down += frames[k].port == side(1)->port->index;
    }
    CHECK(up > 100 && down > 100);
    end_world();
}

/* ---- who may move them
 * --------------------------------------------------------------------------- */

/* BUs in the clear move nothing, whatever K they carry: RFC 4877 4.3. */
static void clear_updates_move_nothing(void)
{
    BEGIN3(QUIET, NOFLOW, LONG,
           ESP_(", signalling: none, prefix_discovery: none, tunnel_end_point: sa-default, "
                "sa_default: last-bu"));
    run_to(20 * SIM_S);
    RULE("IPS-MIG-3");
    CHECK(bindings() == 3 && count_events(EV_MIGRATED, 0) == 0 &&
          count_events(EV_KEY_ADDRESS, 0) == 0 && addr_unspecified(&down_out("payload")->remote));
    end_world();
    BEGIN3(QUIET, NOFLOW, LONG,
           "nodes.van.ipsec={policies: {"
           "bu: {action: bypass, local: home, remote: agent, protocol: mh}, "
           "all: {mode: tunnel, on: tunnel}, rest: {action: bypass, local: any}}}");
    run_to(20 * SIM_S);
    RULE("IPS-MIG-3"); /* by hand, though its keys could move */
    CHECK(bindings() == 3 && count_events(EV_MIGRATED, 0) == 0 &&
          count_events(EV_KEY_ADDRESS, 0) == 0);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr at = coa(1);
    struct mh bu = some_update(2, &at);
    bu.flags |= MH_BU_KEY;
    sim_time t = now_is();
    arrive_at_agent(mh_packet(&at, &agent, &home, false, &bu));
    run_to(t + SIM_S);
    struct mh ba = {.flags = 0xff};
    RULE("IPS-MIG-3");
    CHECK(mh_of(mh_after(side(1), MH_BA, t), &ba) && ba.status == 0 && !(ba.flags & MH_BA_KEY) &&
          count_events(EV_KEY_ADDRESS, 0) == 0);
    end_world();
}

/* A refused BU moves nothing, a BU to another node neither. */
static void refused_updates_move_nothing(void)
{
    BEGIN3(QUIET, NOFLOW, LONG, ESP_(", sa_default: last-bu"), NOPROBE);
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr peer = peer_address();
    struct addr wlan = coa(0);
    struct addr before = down_out("payload")->remote;
    struct mh bu = some_update(1, &wlan);
    bu.sequence = (uint16_t)(bu.sequence - 5); /* out of window: 135 */
    bu.flags |= MH_BU_KEY;
    sim_time t = now_is();
    struct addr key = ((const struct protected *)ipsec_of(agent_node())->first->owner)->key_coa;
    arrive_at_agent(in_transport(up_out("bu"), mh_packet(&wlan, &agent, &home, false, &bu)));
    run_to(t + SIM_S);
    RULE("IPS-MIG-3");
    CHECK(
        count_events(EV_BU_RECEIVED, t) == 1 && count_events(EV_MIGRATED, t) == 0 &&
        count_events(EV_KEY_ADDRESS, t) == 0 && addr_eq(&down_out("payload")->remote, &before) &&
        addr_eq(&((const struct protected *)ipsec_of(agent_node())->first->owner)->key_coa, &key));
    mobility_send(mobile_node(), &bu, &wlan, &peer, &home, true);
    run_to(t + 2 * SIM_S);
    RULE("IPS-MIG-3");
    CHECK(count_events(EV_MIGRATED, t) == 0 && addr_eq(&up_out("payload")->local, &before));
    end_world();
}

/* ---- parallel SAs ---------------------------------------------------------------------------- */

static void one_for_each_care_of_address(const char *how)
{
    const char *const set[] = {QUIET,
                               setting("nodes.van.ipsec={payload: tunnel, payload_sas: per-coa, "
                                       "tunnel_end_point: %s}",
                                       how)};
    begin_three(set, sizeof set / sizeof *set);
    run_to(20 * SIM_S);
    struct spread s = spread_from(15 * SIM_S);
    RULE("IPS-REP-3");
    RULE("MCOA-SEC-12");
    CHECK(s.up[0] && s.up[1] && s.up[2] && s.down[0] && s.down[1] && s.down[2] && !s.mixed);
    for (unsigned k = 0; k < 3; k++) {
        struct addr own = coa(k);
        struct sa *down = sa_of(agent_node(), "payload", SA_OUT, k);
        struct sa *up = sa_of(agent_node(), "payload", SA_IN, k);
        RULE("IPS-REP-3");
        CHECK(down && up && s.spi_down[k] == down->spi && s.spi_up[k] == up->spi &&
              s.spi_up[k] != s.spi_up[(k + 1) % 3] && addr_eq(&down->remote, &own));
    }
    RULE("IPS-REP-4"); /* as many as Binding Identifiers; one for HoTI, and one for BUs */
    CHECK(!sa_of(agent_node(), "payload", SA_IN, 3) && !sa_of(agent_node(), "hoti", SA_IN, 1) &&
          !sa_of(agent_node(), "bu", SA_IN, 1) && up_in("hoti") && up_in("bu"));
    CHECK(nothing_is_refused());
    end_world();
}

static void parallel_ones(void)
{
    one_for_each_care_of_address("per-packet");
    one_for_each_care_of_address("sa-default");
    one_for_each_care_of_address("rewrite");
    BEGIN3(QUIET, ESP_(", payload_sas: pool 2"));
    run_to(20 * SIM_S);
    struct spread s = spread_from(15 * SIM_S);
    RULE("IPS-REP-4");
    CHECK(s.spi_up[0] == s.spi_up[2] && s.spi_up[0] != s.spi_up[1] && s.spi_up[1] &&
          s.spi_down[0] == s.spi_down[2] && !sa_of(agent_node(), "payload", SA_IN, 2) &&
          nothing_is_refused());
    /* The receiver takes any of them from anywhere. */
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr peer = peer_address();
    struct addr red = coa(1);
    uint64_t before = up_in("payload")->count.packets;
    arrive_at_agent(in_tunnel(up_out("payload"), &red, &agent, udp_packet(&home, &peer, 64)));
    RULE("IPS-REP-3");
    CHECK(up_in("payload")->count.packets == before + 1 && nothing_is_refused());
    end_world();
}

#define BUSY                                                                                 \
    "flows={a: {between: [van, cn], traffic: {constant: {payload: 100 B, interval: 1 ms}}, " \
    "start: 10 s}, b: {between: [van, cn], traffic: {constant: {payload: 100 B, interval: "  \
    "1 ms}}, start: 10 s}, c: {between: [van, cn], traffic: {constant: {payload: 100 B, "    \
    "interval: 1 ms}}, start: 10 s}}"

/* Ways of unequal length push the window over what is still under way. */
static void windows_and_unequal_delays(void)
{
    BEGIN3(QUIET, BUSY, NOPROBE, ESP_(", anti_replay: {window: 32}"));
    run_to(14 * SIM_S);
    RULE("MCOA-SEC-12");
    CHECK(dropped[DROP_TOO_OLD] > 1000);
    end_world();
    BEGIN3(QUIET, BUSY, NOPROBE, ESP_(", anti_replay: {window: 32}, payload_sas: per-coa"));
    run_to(14 * SIM_S);
    RULE("MCOA-SEC-12");
    CHECK(dropped[DROP_TOO_OLD] == 0 && nothing_is_refused() &&
          sa_of(agent_node(), "payload", SA_IN, 2)->count.packets > 1000);
    end_world();
    BEGIN3(QUIET, BUSY, NOPROBE, ESP_(", anti_replay: {window: 1024}"));
    run_to(14 * SIM_S);
    CHECK(dropped[DROP_TOO_OLD] == 0 && nothing_is_refused());
    end_world();
}

/* ---- a hand-over, with one tunnel for it all ------------------------------------------------- */

static void hands_over(const char *grain, const char *policy, const char *end_point,
                       const char *own, const char *mcoa)
{
    mobile_name = "car";
    const char *const set[] = {
        "expect=[]",
        "events=[{at: 30 s, detach: car.wlan0}]",
        setting("nodes.car.ipsec={payload: tunnel, selectors: %s, tunnel_end_point: %s, "
                "sa_default: %s}",
                grain, end_point, own),
        setting("nodes.car.mcoa.enabled=%s", mcoa),
    };
    bool several = !strcmp(mcoa, "true");
    begin_world(several ? "wifi-lte-voice.yaml" : "plain-mip6.yaml", set, 4);
    run_to(45 * SIM_S);
    struct addr lte = coa_of("cell0");
    struct opened_frame o;
    struct mh m;
    const struct tap_event *sent = event_after(EV_BU_SENT, 30 * SIM_S);
    if (!sent)
        exit(1);
    bool by_type = !strcmp(policy, "bu");
    bool seen = esp_after(iface_of("car", "cell0"), policy, sent->t, &o);
    RULE("IPS-IN-6");
    RULE("IPS-OUT-4");
    CHECK(seen && (by_type ? mh_inside(&o, &m) : mh_in_tunnel(&o, &m)) && m.type == MH_BU &&
          addr_eq(&o.f->h.src, &lte) && o.f->t == sent->t);
    const struct tap_event *ba = event_after(EV_BA_RECEIVED, sent->t);
    RULE("IPS-IN-6");
    CHECK(ba && ba->t < sent->t + 500 * SIM_MS && bindings() == 1 && is_bound(&lte));
    unsigned clear = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        clear += is_mh(&frames[k], MH_BU) || is_mh(&frames[k], MH_BA) ||
                 (!frames[k].fault && frames[k].c.upper == IP6_IP6);
    RULE("IPS-POL-5");
    CHECK_EQ(clear, 0);
    const char *data = !strcmp(grain, "everything") ? "everything" : "payload";
    sim_time t = sent->t + SIM_S; /* and the call goes on both ways */
    RULE("IPS-MIG-1");
    RULE("IPS-MIG-2");
    CHECK(count_esp(iface_of("car", "cell0"), data, t) > 500 &&
          count_esp(iface_of("ha", "ha-lte"), data, t) > 500);
    CHECK(dropped[DROP_NO_POLICY] == 0 && dropped[DROP_CLEAR_BUT_PROTECTED] == 0 &&
          dropped[DROP_SELECTOR] == 0 && dropped[DROP_NO_SA] == 0 &&
          dropped[DROP_ESP_SOURCE_NOT_BOUND] < 10);
    if (check_failures)
        (void)fprintf(stderr, "%s %s %s, several %s\n", grain, end_point, own, mcoa);
    end_world();
}

static void hand_overs(void)
{
    static const char *const grains[][2] = {
        {"type", "bu"}, {"mobility-header", "mobility"}, {"everything", "everything"}};
    static const char *const ends[] = {"per-packet", "rewrite", "sa-default"};
    static const char *const own[] = {"ike-coa", "last-bu", "lowest-bid"};
    for (unsigned g = 0; g < 3; g++) {
        for (unsigned e = 0; e < 3; e++) {
            for (unsigned d = 0; d < (e == 2 ? 3 : 1); d++) {
                hands_over(grains[g][0], grains[g][1], ends[e], own[d], "false");
                hands_over(grains[g][0], grains[g][1], ends[e], own[d], "true");
            }
        }
    }
}

CHECK_MAIN(CASE(the_mobility_layer_says_where), CASE(the_sa_says_where),
           CASE(that_of_the_last_update), CASE(that_of_the_lowest_identifier),
           CASE(clear_updates_move_nothing), CASE(refused_updates_move_nothing),
           CASE(parallel_ones), CASE(windows_and_unequal_delays), CASE(hand_overs))
