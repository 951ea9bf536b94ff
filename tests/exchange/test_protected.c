/* A mobile node and its home agent with IPsec: what their registration and payload look like on the
 * wire, who moves which key, what comes of lifetimes and of the way home (RFC 4877, RFC 3776). */
#include "tests/ipsec_world.h"

#define FILE_  "wifi-lte-voice.yaml"
#define QUIET  "expect=[]", "events=[]"
#define ESP_   "nodes.car.ipsec={payload: tunnel}"
#define NOFLOW "flows={}"

static struct iface *wlan(void)
{
    return iface_of("car", "wlan0");
}

static struct iface *cell(void)
{
    return iface_of("car", "cell0");
}

static struct iface *lte_side(void)
{
    return iface_of("ha", "ha-lte");
}

static struct iface *wlan_side(void)
{
    return iface_of("ha", "ha-wlan");
}

/* ---- the wire -------------------------------------------------------------------------------- */

static unsigned clear_signalling(void)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += is_mh(&frames[k], MH_BU) || is_mh(&frames[k], MH_BA) ||
             (!frames[k].fault && frames[k].c.upper == IP6_IP6);
    return n;
}

static void a_registration_on_the_wire(void)
{
    BEGIN(FILE_, QUIET, ESP_, "flows.call.start=5 s");
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr lte = coa_of("cell0");
    struct opened_frame o;
    struct mh bu;
    struct mh ba;
    CHECK(bindings() == 2);
    RULE("IPS-POL-1");
    RULE("MIP6-HA-1");
    CHECK(clear_signalling() == 0 && count_events(EV_BU_SENT, 0) >= 2);
    bool seen = esp_after(cell(), "bu", 0, &o);
    if (!seen)
        exit(1);
    RULE("IPS-OUT-1"); /* the checksum covers the home address, ESP neither header nor option */
    RULE("IPS-POL-13");
    CHECK(mh_inside(&o, &bu) && bu.type == MH_BU);
    RULE("IPS-POL-7");
    RULE("IPS-OUT-1");
    CHECK(o.f->c.has_home && addr_eq(&o.f->c.home, &home) && addr_eq(&o.f->h.src, &lte) &&
          addr_eq(&o.f->h.dst, &agent) && o.f->h.next == IP6_DEST_OPTS && !o.f->c.has_rh2 &&
          o.text_at == IP6_HEADER + IP6_HAO_BYTES);
    RULE("MIP6-HAO-6"); /* the first ever */
    RULE("IPS-POL-2");
    CHECK(o.sequence == 1 && event_after(EV_BU_RECEIVED, 0) && up_in("bu")->count.packets > 0);
    seen = esp_after(lte_side(), "bu", 0, &o);
    if (!seen)
        exit(1);
    RULE("IPS-OUT-2");
    CHECK(mh_inside(&o, &ba) && ba.type == MH_BA && ba.status == 0);
    RULE("IPS-POL-7");
    RULE("IPS-OUT-2");
    CHECK(o.f->c.has_rh2 && addr_eq(&o.f->c.rh2, &home) && addr_eq(&o.f->h.src, &agent) &&
          addr_eq(&o.f->h.dst, &lte) && !o.f->c.has_home && o.sequence == 1);
    end_world();
}

/* One pair of SAs, from whichever care-of address. */
static void one_sa_for_all_care_of_addresses(void)
{
    BEGIN(FILE_, "expect=[]", ESP_, "nodes.car.mcoa.registration=serial");
    run_to(60 * SIM_S);
    struct opened_frame a;
    struct opened_frame b;
    RULE("MCOA-SEC-4");
    CHECK(esp_after(cell(), "bu", 0, &a) && esp_after(wlan(), "bu", 0, &b) && a.sa == b.sa &&
          !addr_eq(&a.f->h.src, &b.f->h.src));
    RULE("MCOA-SEC-9");
    RULE("IPS-IN-1");
    CHECK(esp_after(cell(), "payload", 0, &a) && esp_after(wlan(), "payload", 0, &b) &&
          a.sa == b.sa && !addr_eq(&a.f->h.src, &b.f->h.src) && a.sa->count.packets > 1000);
    CHECK(dropped[DROP_NO_SA] == 0 && dropped[DROP_REPLAY] == 0 && dropped[DROP_ICV] == 0);
    /* Numbers of one SA go on over all addresses, without a gap or a repetition. */
    uint32_t last = 0;
    unsigned wrong = 0;
    const struct iface *i[] = {wlan(), cell()};
    for (unsigned k = 0; k < seen_frames; k++) {
        if ((frames[k].port != i[0]->port->index && frames[k].port != i[1]->port->index) ||
            !open_frame(&frames[k], &a))
            continue;
        if (strcmp(a.sa->entry->name, "payload") != 0)
            continue;
        wrong += a.sequence != last + 1;
        last = a.sequence;
    }
    RULE("IPS-MIG-4");
    CHECK(wrong == 0 && last > 1000);
    end_world();
}

static void payload_in_tunnel_mode(void)
{
    BEGIN(FILE_, QUIET, ESP_);
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr peer = peer_address();
    struct addr lte = coa_of("wlan0");
    struct opened_frame o;
    bool seen = esp_after(wlan(), "payload", 0, &o);
    RULE("IPS-OUT-4");
    CHECK(seen && o.next == IP6_IP6 && addr_eq(&o.f->h.src, &lte) && addr_eq(&o.f->h.dst, &agent) &&
          addr_eq(&o.inner.src, &home) && addr_eq(&o.inner.dst, &peer) && o.c.upper == IP6_UDP);
    RULE("IPS-POL-2"); /* what is inside has the home address itself */
    CHECK(!o.f->c.has_home && o.f->h.next == IP6_ESP);
    seen = esp_after(wlan_side(), "payload", 0, &o);
    RULE("IPS-OUT-4");
    CHECK(seen && addr_eq(&o.f->h.src, &agent) && addr_eq(&o.f->h.dst, &lte) &&
          addr_eq(&o.inner.src, &peer) && addr_eq(&o.inner.dst, &home));
    CHECK(dropped[DROP_CLEAR_BUT_PROTECTED] == 0 && dropped[DROP_NO_POLICY] == 0);
    end_world();
}

/* RFC 4301 5.1.2.2: DSCP and ECN go outwards, the hop limit is made, headers are not copied. */
static void what_the_outer_header_takes_over(void)
{
    BEGIN(FILE_, QUIET, ESP_, NOFLOW);
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr peer = peer_address();
    sim_time t = now_is();
    struct opened_frame o;
    struct pkt *p = udp_packet(&home, &peer, 100);
    ip6_set_class(p->at, 46 << 2 | 1); /* EF, ECT(1) */
    p->at[IP6_AT_HOPS] = 17;
    path_out(mobile_node(), p);
    RULE("IPS-OUT-5");
    CHECK(esp_after(wlan(), "payload", t, &o) && o.f->h.traffic_class == (46 << 2 | 1) &&
          o.inner.traffic_class == (46 << 2 | 1) && o.f->h.hop_limit == 64 &&
          o.inner.hop_limit == 17);
    p = udp_packet(&peer, &home, 100);
    ip6_set_class(p->at, 10 << 2 | 3);
    arrive_at_agent(p);
    run_to(t + SIM_S);
    RULE("IPS-OUT-5");
    CHECK(esp_after(wlan_side(), "payload", t, &o) && o.f->h.traffic_class == (10 << 2 | 3) &&
          o.f->h.hop_limit == 64 && o.inner.hop_limit == 63);
    sim_time t1 = now_is(); /* with options inside */
    p = pkt_take(&world.packets);
    (void)memset(pkt_append(p, 20), 0, 20);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), 253, &home);
    path_add_header(p, &home, &peer, IP6_DEST_OPTS, 9);
    path_out(mobile_node(), p);
    RULE("IPS-OUT-5");
    CHECK(esp_after(wlan(), "payload", t1, &o) && o.f->h.next == IP6_ESP && o.c.has_home);
    end_world();
}

/* A packet of this node to itself, and of the home agent to the home address. */
static void payload_policies_are_the_tunnels(void)
{
    BEGIN(FILE_, QUIET, ESP_, NOFLOW);
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr peer = peer_address();
    struct addr lte = coa_of("cell0");
    struct opened_frame o;
    sim_time t = now_is();
    struct pkt *p = udp_packet(&lte, &peer, 64); /* from the care-of address itself */
    path_out(mobile_node(), p);
    p = udp_packet(&lte, &peer, 64); /* route optimised: RFC 6275 11.3.1 */
    pkt_strip(p, IP6_HEADER);
    path_out_plain(mobile_node(), packet_with(&lte, &peer, &home, false, IP6_UDP, p));
    const struct mh bu = {.type = MH_BU, .flags = MH_BU_ACK, .sequence = 1, .lifetime = 1};
    path_out_plain(mobile_node(), mh_packet(&lte, &peer, &home, false, &bu)); /* to a CN */
    RULE("IPS-POL-8");
    CHECK(!esp_after(cell(), "payload", t, &o) && !esp_after(cell(), "bu", t, &o) &&
          mh_after(cell(), MH_BU, t) && dropped[DROP_NO_POLICY] == 0);
    unsigned udp = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        udp += frames[k].t >= t && frames[k].port == cell()->port->index &&
               frames[k].c.upper == IP6_UDP;
    RULE("IPS-POL-8");
    CHECK_EQ(udp, 2);
    path_out(mobile_node(), udp_packet(&home, &peer, 64));
    CHECK(esp_after(wlan(), "payload", t, &o));
    end_world();
}

/* ---- K --------------------------------------------------------------------------------------- */

static bool k_in_update;
static bool k_in_answer;

static void read_keys_bits(void)
{
    struct opened_frame o;
    struct mh m;
    k_in_update = esp_after(cell(), "bu", 0, &o) && mh_inside(&o, &m) && m.flags & MH_BU_KEY;
    k_in_answer = esp_after(lte_side(), "bu", 0, &o) && mh_inside(&o, &m) && m.flags & MH_BA_KEY;
    CHECK(bindings() == 1);
}

#define MANUAL                                                                            \
    "nodes.car.ipsec={keying: manual, suite: aes128-cbc-sha256, prefix_discovery: none, " \
    "return_routability: none, anti_replay: {window: 0}, manual: {bu: {"                  \
    "up: {spi: 5000, key: 000102030405060708090a0b0c0d0e0f, integrity: "                  \
    "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f}, "                 \
    "down: {spi: 5001, key: 100102030405060708090a0b0c0d0e0f, integrity: "                \
    "100102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f}}}}"

#define ONE "nodes.car.interfaces={cell0: {attach: lte}}", "nodes.car.decision={builtin: failover}"

static void who_sets_k(void)
{
    BEGIN(FILE_, QUIET, ESP_, NOFLOW, ONE);
    run_to(15 * SIM_S);
    struct addr lte = coa_of("cell0");
    read_keys_bits();
    RULE("IPS-K-2");
    CHECK(k_in_update);
    RULE("IPS-K-3");
    RULE("MIP6-HA-6");
    CHECK(k_in_answer);
    const struct tap_event *e = event_after(EV_KEY_ADDRESS, 0);
    CHECK(e && addr_eq(&field_of(e, "care_of_address")->addr, &lte) &&
          count_events(EV_KEY_ADDRESS, 0) == 2);
    end_world();

    BEGIN(FILE_, QUIET, ESP_, NOFLOW, ONE, "nodes.car.ike={mobility: none}");
    run_to(15 * SIM_S);
    read_keys_bits();
    RULE("IPS-K-2");
    CHECK(!k_in_update);
    RULE("IPS-K-3");
    RULE("MIP6-HA-6");
    CHECK(!k_in_answer && count_events(EV_KEY_ADDRESS, 0) == 0);
    end_world();

    BEGIN(FILE_, QUIET, ESP_, NOFLOW, ONE, "nodes.ha.agent={k_bit: false}");
    run_to(15 * SIM_S);
    read_keys_bits();
    RULE("IPS-K-3");
    RULE("MIP6-HA-6");
    CHECK(k_in_update && !k_in_answer);
    end_world();

    BEGIN(FILE_, QUIET, NOFLOW, ONE, MANUAL);
    run_to(15 * SIM_S);
    read_keys_bits();
    RULE("IPS-K-1");
    CHECK(!k_in_update && !k_in_answer);
    RULE("IPS-ESP-10");
    CHECK(up_in("bu")->replay.window == 0 && up_in("bu")->spi == 5000 &&
          sa_of(mobile_node(), "bu", SA_IN, 0)->replay.window == 0);
    struct addr home = home_address(); /* an update with K at manual keys: no K back */
    struct addr agent = agent_address();
    struct addr coa = coa_of("cell0");
    struct opened_frame o;
    struct mh m = some_update(1, &coa);
    sim_time t = now_is();
    m.flags |= MH_BU_KEY;
    arrive_at_agent(in_transport(up_out("bu"), mh_packet(&coa, &agent, &home, false, &m)));
    run_to(t + SIM_S);
    RULE("IPS-K-1");
    RULE("IPS-K-3");
    CHECK(esp_after(lte_side(), "bu", t, &o) && mh_inside(&o, &m) && m.type == MH_BA &&
          m.status == 0 && !(m.flags & MH_BA_KEY));
    end_world();
}

/* Not the keys' address is stolen by a second care-of address: K only where they are. */
static void a_second_address_does_not_take_the_keys(void)
{
    BEGIN(FILE_, "expect=[]", ESP_, NOFLOW, "nodes.car.mcoa.registration=serial",
          "events=[{at: 30 s, detach: car.cell0}]");
    run_to(25 * SIM_S);
    struct addr lte = coa_of("cell0");
    struct addr wifi = coa_of("wlan0");
    const struct protected *who = ipsec_of(agent_node())->first->owner;
    CHECK(addr_eq(&who->key_coa, &lte) && count_events(EV_KEY_ADDRESS, 0) == 2);
    unsigned with_key = 0;
    unsigned without = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        struct opened_frame o;
        struct mh m;
        if ((frames[k].port != cell()->port->index && frames[k].port != wlan()->port->index) ||
            !open_frame(&frames[k], &o))
            continue;
        if (mh_inside(&o, &m) && m.type == MH_BU) {
            bool from_lte = addr_eq(&frames[k].h.src, &lte);
            CHECK(from_lte == ((m.flags & MH_BU_KEY) != 0));
            with_key += from_lte;
            without += !from_lte;
        }
    }
    RULE("IPS-K-2");
    CHECK(with_key > 0 && without > 0);
    uint32_t spi = up_in("payload")->spi;
    run_to(45 * SIM_S); /* it is gone: the other one has them at once, and SAs stay */
    const struct tap_event *key = event_after(EV_KEY_ADDRESS, 30 * SIM_S);
    CHECK(key && key->t < 30500 * SIM_MS && count_events(EV_KEY_ADDRESS, 30 * SIM_S) == 2);
    RULE("IPS-MIG-1");
    CHECK(addr_eq(&who->key_coa, &wifi) && addr_eq(&down_out("payload")->remote, &wifi) &&
          addr_eq(&up_out("payload")->local, &wifi));
    RULE("IPS-MIG-4");
    CHECK(up_in("payload")->spi == spi && bindings() == 1);
    end_world();
}

/* K says nothing of tunnels: they follow all the same. */
static void tunnels_follow_without_k(void)
{
    BEGIN(FILE_, "expect=[]", ESP_, "events=[{at: 30 s, detach: car.wlan0}]",
          "nodes.car.ike={mobility: none}", "nodes.car.mcoa.enabled=false",
          "nodes.car.decision={prefer: [wlan0, cell0]}");
    run_to(40 * SIM_S);
    struct opened_frame o;
    struct addr lte = coa_of("cell0");
    const struct tap_event *moved = event_after(EV_BINDING_MOVED, 30 * SIM_S);
    RULE("IPS-K-7");
    RULE("IPS-MIG-1");
    CHECK(moved && esp_after(lte_side(), "payload", moved->t, &o) && addr_eq(&o.f->h.dst, &lte) &&
          o.f->t < moved->t + 100 * SIM_MS);
    const struct tap_event *sent = event_after(EV_BU_SENT, 30 * SIM_S);
    RULE("IPS-MIG-2"); /* it waits for no answer */
    CHECK(sent && esp_after(cell(), "payload", sent->t, &o) && addr_eq(&o.f->h.src, &lte) &&
          o.f->t < sent->t + 30 * SIM_MS);
    end_world();
}

/* ---- no SA, and lifetimes
 * ------------------------------------------------------------------------ */

static void hard_ends_and_key_management_is_asked(void)
{
    BEGIN(FILE_, QUIET, "nodes.car.ipsec={payload: tunnel, lifetime: {soft: 15 s, hard: 20 s}}",
          "nodes.car.mcoa.lifetime=400 s");
    run_to(19 * SIM_S);
    CHECK(count_events(EV_SA_SOFT, 0) == 16 && count_events(EV_SA_ENDED, 0) == 0);
    CHECK(event_after(EV_SA_SOFT, 0)->t == 15 * SIM_S && !event_after(EV_ACQUIRE, 0));
    run_to(25 * SIM_S);
    const struct tap_event *asked = event_after(EV_ACQUIRE, 0);
    RULE("IPS-ESP-13");
    CHECK(count_events(EV_SA_SOFT, 0) == 16 && count_events(EV_SA_ENDED, 0) == 16 &&
          event_after(EV_SA_ENDED, 0)->t == 20 * SIM_S);
    struct addr home = home_address();
    RULE("IPS-OUT-3");
    CHECK(asked && asked->t >= 20 * SIM_S && asked->t < 20 * SIM_S + 30 * SIM_MS &&
          !strcmp(field_of(asked, "policy")->text, "payload") &&
          addr_eq(&field_of(asked, "home_address")->addr, &home));
    RULE("IPS-OUT-3");
    CHECK(dropped[DROP_NO_SA] > 100 && !up_out("payload"));
    RULE("IPS-POL-10"); /* SAs end, bindings do not */
    CHECK(bindings() == 2 && count_events(EV_BINDING_ENDED, 0) == 0);
    unsigned clear = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        clear += frames[k].t >= 20 * SIM_S && !frames[k].fault && frames[k].c.upper == IP6_IP6;
    RULE("IPS-OUT-3");
    CHECK_EQ(clear, 0);
    end_world();
}

static void lifetimes_in_bytes(void)
{
    BEGIN(FILE_, QUIET,
          "nodes.car.ipsec={payload: tunnel, lifetime: {soft_bytes: 20 kB, hard_bytes: 40 kB}}");
    run_to(20 * SIM_S);
    const struct tap_event *soft = event_after(EV_SA_SOFT, 0);
    const struct tap_event *ended = event_after(EV_SA_ENDED, 0);
    RULE("IPS-ESP-13");
    CHECK(soft && ended && soft->t < ended->t && soft->t > 12 * SIM_S && ended->t < 16 * SIM_S);
    CHECK(!strcmp(field_of(ended, "policy")->text, "payload") && event_after(EV_ACQUIRE, ended->t));
    CHECK(up_out("bu") && !up_out("payload") && count_events(EV_SA_ENDED, 0) == 4);
    end_world();
}

/* ---- home and away again
 * -------------------------------------------------------------------------- */

static void home_and_away_again(const char *grain)
{
    mobile_name = "mn";
    const char *const set[] = {"expect=[]",
                               setting("nodes.mn.ipsec={payload: tunnel, selectors: %s}", grain),
                               "nodes.mn.decision={builtin: failover}"};
    bool coarse = strcmp(grain, "type") != 0;
    const char *signal = !coarse ? "bu" : !strcmp(grain, "everything") ? "everything" : "mobility";
    const char *data = strcmp(grain, "everything") != 0 ? "payload" : "everything";
    begin_world("return-home.yaml", set, 3);
    struct iface *home_iface = iface_of("mn", "wlan0");
    run_to(19 * SIM_S);
    uint32_t spi = up_in(signal)->spi;
    uint32_t data_spi = up_in(data)->spi;
    run_to(39 * SIM_S);
    struct addr home = home_address();
    const struct tap_event *back = event_after(EV_RETURNED_HOME, 0);
    struct opened_frame o;
    struct mh m;
    CHECK(back && bindings() == 0);
    if (!back)
        exit(1);
    bool seen = esp_after(home_iface, signal, 20 * SIM_S, &o);
    RULE("IPS-POL-9"); /* the SA is the same, from the home address itself */
    CHECK(seen && o.sa->spi == spi && addr_eq(&o.f->h.src, &home) && !o.f->c.has_home &&
          (coarse ? mh_in_tunnel(&o, &m) : mh_inside(&o, &m)) && m.lifetime == 0);
    unsigned tunnelled = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        tunnelled += frames[k].t > back->t + 100 * SIM_MS && frames[k].t < 39 * SIM_S &&
                     !frames[k].fault && frames[k].c.upper == IP6_ESP;
    }
    RULE("IPS-POL-9");
    RULE("IPS-MIG-8");
    CHECK_EQ(tunnelled, 0);
    const struct tap_event *key = event_after(EV_KEY_ADDRESS, 20 * SIM_S);
    RULE("IPS-MIG-8");
    CHECK(key && addr_eq(&field_of(key, "care_of_address")->addr, &home));
    CHECK(dropped[DROP_NO_POLICY] == 0 && dropped[DROP_CLEAR_BUT_PROTECTED] == 0 &&
          dropped[DROP_SELECTOR] == 0);
    run_to(59 * SIM_S);
    struct addr lte = coa_of("cell0");
    RULE("IPS-POL-9");
    CHECK(bindings() == 1 && is_bound(&lte) && up_in(signal)->spi == spi &&
          up_in(data)->spi == data_spi && up_in(data)->count.packets > 1000);
    seen = esp_after(iface_of("mn", "cell0"), data, 42 * SIM_S, &o);
    CHECK(seen && o.sa->spi == data_spi && addr_eq(&o.f->h.src, &lte));
    CHECK(addr_eq(&down_out(data)->remote, &lte));
    end_world();
    mobile_name = "car";
}

static void home_and_away_again_by_type(void)
{
    home_and_away_again("type");
}

static void home_and_away_again_by_mobility(void)
{
    home_and_away_again("mobility-header");
}

static void home_and_away_again_in_one_tunnel(void)
{
    home_and_away_again("everything");
}

/* At home and abroad at once, the home agent answering alone: its answer is framed by hand, and
 * protected all the same. */
static void a_silent_answer_is_protected(const char *grain, const char *policy)
{
    mobile_name = "mn";
    const char *const set[] = {"expect=[]",
                               setting("nodes.mn.ipsec={payload: tunnel, selectors: %s}", grain),
                               "nodes.ha.agent={simultaneous: no-ndp}"};
    begin_world("home-and-abroad.yaml", set, 3);
    run_to(39 * SIM_S);
    struct opened_frame o;
    struct mh m;
    struct iface *segment = world_network(&world, "home")->segment;
    const struct tap_event *back = event_after(EV_RETURNED_HOME, 20 * SIM_S);
    RULE("IPS-POL-1");
    CHECK(back && bindings() == 2 && dropped[DROP_CLEAR_BUT_PROTECTED] == 0 &&
          dropped[DROP_NO_POLICY] == 0);
    RULE("IPS-POL-1");
    CHECK(esp_after(segment, policy, 20 * SIM_S, &o) &&
          (strcmp(policy, "bu") != 0 ? mh_in_tunnel(&o, &m) : mh_inside(&o, &m)) &&
          m.type == MH_BA);
    CHECK_EQ(clear_signalling(), 0);
    end_world();
    mobile_name = "car";
}

static void silent_answers(void)
{
    a_silent_answer_is_protected("type", "bu");
    a_silent_answer_is_protected("everything", "everything");
    a_silent_answer_is_protected("mobility-header", "mobility");
}

/* ---- prefix discovery ------------------------------------------------------------------------ */

static void prefix_discovery_is_protected(void)
{
    static const struct {
        const char *grain;
        const char *policy;
        bool tunnel;
    } sets[] = {{"type", "mps", false},
                {"mobility-header", "mps", false},
                {"everything", "everything", true}};
    mobile_name = "mn";
    for (unsigned k = 0; k < 3; k++) {
        const char *const set[] = {
            "expect=[]", "events=[]", "networks.home.advertise={preferred: 60, valid: 120}",
            setting("nodes.mn.ipsec={payload: tunnel, selectors: %s}", sets[k].grain)};
        begin_world("prefix-change.yaml", set, 4);
        run_to(20 * SIM_S);
        unsigned clear = 0;
        unsigned asked = 0;
        struct addr home = home_address();
        for (unsigned j = 0; j < seen_frames; j++) {
            struct opened_frame o;
            clear += is_icmp(&frames[j], ICMP6_MPS) || is_icmp(&frames[j], ICMP6_MPA);
            if (!open_frame(&frames[j], &o))
                continue;
            uint8_t next = sets[k].tunnel ? o.c.upper : o.next;
            size_t at = o.text_at + (sets[k].tunnel ? o.c.upper_at : 0);
            if (!strcmp(o.sa->entry->name, sets[k].policy) && next == IP6_ICMP6 &&
                o.p->at[at] == ICMP6_MPS &&
                (sets[k].tunnel ? addr_eq(&o.inner.src, &home) : frames[j].c.has_home))
                asked++;
        }
        RULE("MIP6-ICMP-5");
        RULE("MIP6-ICMP-6");
        CHECK(clear == 0 && asked > 0);
        CHECK(event_after(EV_MPS_RECEIVED, 0) && event_after(EV_HOME_PREFIX, 0));
        end_world();
    }
    mobile_name = "car";
}

CHECK_MAIN(CASE(a_registration_on_the_wire), CASE(one_sa_for_all_care_of_addresses),
           CASE(payload_in_tunnel_mode), CASE(what_the_outer_header_takes_over),
           CASE(payload_policies_are_the_tunnels), CASE(who_sets_k),
           CASE(a_second_address_does_not_take_the_keys), CASE(tunnels_follow_without_k),
           CASE(hard_ends_and_key_management_is_asked), CASE(lifetimes_in_bytes),
           CASE(home_and_away_again_by_type), CASE(home_and_away_again_by_mobility),
           CASE(home_and_away_again_in_one_tunnel), CASE(silent_answers),
           CASE(prefix_discovery_is_protected))
