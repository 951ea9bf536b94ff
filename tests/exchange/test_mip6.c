/* Mobile node and home agent with their hands on: what packets look like, what is dropped and
 * why, in worlds of the library with packets put in. */
#include "tests/mip6_world.h"

/* ---- registration on the wire ------------------------------------------------------------- */

static void a_home_registration_on_the_wire(void)
{
    struct mh bu;
    struct mh ba;
    BEGIN(WIFI_LTE, "expect=[]");
    run_to(11 * SIM_S);
    const struct seen_frame *f = mh_after(cell(), MH_BU, 0);
    CHECK(mh_of(f, &bu));
    struct addr home = home_address();
    struct addr coa = coa_of(cell());
    RULE("MIP6-MN-1");
    CHECK(f->c.has_home && addr_eq(&f->c.home, &home) &&
          (bu.flags & (MH_BU_ACK | MH_BU_HOME)) == (MH_BU_ACK | MH_BU_HOME) && bu.lifetime == 15);
    RULE("MIP6-MH-7");
    CHECK(addr_eq(&f->h.src, &coa) &&
          !ip6_checksum(&home, &f->h.dst, IP6_MH, f->ip + f->c.upper_at, f->n - f->c.upper_at) &&
          ip6_checksum(&coa, &f->h.dst, IP6_MH, f->ip + f->c.upper_at, f->n - f->c.upper_at));
    RULE("MIP6-HAO-1");
    CHECK(f->ip[IP6_AT_NEXT] == IP6_DEST_OPTS && f->ip[IP6_HEADER] == IP6_MH &&
          f->c.home_at == IP6_HEADER + 6);
    const struct seen_frame *answer = NULL;
    for (unsigned k = 0; k < seen_frames && !answer; k++)
        answer = is_mh(&frames[k], MH_BA) ? &frames[k] : NULL;
    CHECK(mh_of(answer, &ba));
    RULE("MIP6-HA-5");
    RULE("MIP6-HA-11");
    CHECK(answer->c.has_rh2 && addr_eq(&answer->c.rh2, &home) && addr_eq(&answer->h.dst, &coa));
    RULE("MIP6-SEQ-6");
    CHECK(ba.sequence == bu.sequence && ba.status == 0);
    RULE("MCOA-HA-8");
    CHECK(ba.bids == 1 && ba.bid[0].length == 4 && ba.bid[0].bid == bu.bid[0].bid);
    /* the first answer waits for the home agent's test of the address, a refresh does not */
    const struct tap_event *sent = event_after(EV_BU_RECEIVED, 0);
    const struct tap_event *answered = event_after(EV_BA_SENT, 0);
    RULE("MIP6-HA-3");
    RULE("IP6-DAD-6");
    CHECK(sent && answered && answered->t == sent->t + SIM_S);
    CHECK_EQ(count_events(EV_HOME_DAD, 0), 1);
    /* while it runs the next BU waits: the timer of the first registration is 1.5 s */
    unsigned updates = 0;
    for (unsigned k = 0; k < events; k++)
        updates += happened[k].name == EV_BU_SENT && happened[k].t < answered->t;
    RULE("MIP6-MN-4");
    RULE("IP6-DAD-6");
    CHECK_EQ(updates, 1);
    /* interception is announced */
    const struct seen_frame *na = icmp_after(ha_home(), ICMP6_NA, 0);
    struct nd_message m;
    RULE("MIP6-HA-7");
    CHECK(nd_of(na, &m) && addr_eq(&na->h.dst, &addr_all_nodes) && addr_eq(&m.target, &home) &&
          !m.router && !m.solicited && m.override && m.options.target == ha_home()->port->station);
    end_world();
}

/* The home agent answers for the home address, and for a test of it, too. */
static void the_home_agent_defends_the_home_address(void)
{
    BEGIN(WIFI_LTE, "expect=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr group = addr_solicited_node(&home);
    struct addr neighbour = addr_link_local_of(0x44);
    struct nd_message ns = {
        .type = ICMP6_NS, .target = home, .options = {.has_source = true, .source = STRANGER}};
    struct nd_message m;
    inject_nd(ha_home(), &neighbour, &group, &ns);
    const struct seen_frame *na = icmp_after(ha_home(), ICMP6_NA, now_is());
    RULE("MIP6-HA-8");
    CHECK(nd_of(na, &m) && m.solicited && !m.router && !m.override &&
          m.options.target == ha_home()->port->station);
    run_to(now_is() + SIM_MS);
    ns.options.has_source = false;
    inject_nd(ha_home(), &addr_any, &group, &ns);
    na = icmp_after(ha_home(), ICMP6_NA, now_is());
    RULE("MIP6-HA-8");
    RULE("MIP6-RET-3");
    CHECK(nd_of(na, &m) && !m.solicited && addr_eq(&na->h.dst, &addr_all_nodes));
    /* its link-local address is not reached through the tunnel, nor is any link-scope group */
    struct addr link_local = addr_link_local_of(addr_identifier(&home));
    nd_proxy_add(ha_home(), &link_local); /* as if L had been set */
    unsigned tunnelled = 0;
    arrive(ha_home(), STRANGER, echo_request(&world.packets, &neighbour, &link_local, 1, 1, 8));
    arrive(ha_home(), STRANGER, echo_request(&world.packets, &neighbour, &addr_all_nodes, 1, 1, 8));
    for (unsigned k = 0; k < seen_frames; k++)
        tunnelled += frames[k].t == now_is() && frames[k].c.upper == IP6_IP6;
    const struct seen_frame *error = icmp_after(ha_home(), ICMP6_UNREACHABLE, now_is());
    RULE("MIP6-HA-10");
    CHECK(tunnelled == 0 && dropped[DROP_HOME_LINK_LOCAL] == 1 && error &&
          error->ip[error->c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE);
    end_world();
}

/* ---- updates that are put in --------------------------------------------------------------- */

static void updates_that_are_put_in(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr coa9 = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
    struct iface *backbone = node_find_iface(node_of("ha"), "ha-inet");
    uint16_t last = entry()->sequence;
    unsigned bindings = entry()->bindings;
    /* from an address that was never registered: the check of the source spares the BU */
    struct mh bu = update((uint16_t)(last + 1));
    bu.bids = 1;
    bu.bid[0] = (struct mh_bid){.bid = 7, .has_coa = true, .coa = coa9};
    inject_mh(backbone, &coa9, &agent, &home, true, &bu);
    RULE("MCOA-HA-10");
    RULE("MIP6-HAO-5");
    CHECK(entry()->bindings == bindings + 1 && bcache_binding(entry(), 7));
    const struct tap_event *ba = event_after(EV_BA_SENT, now_is());
    CHECK(ba && addr_eq(&field_of(ba, "peer")->addr, &coa9));
    /* reserved bits and unknown options change nothing */
    run_to(now_is() + SIM_MS);
    bu.sequence++;
    bu.bid[0].has_coa = false;
    uint8_t bytes[256];
    struct writer w = wr_over(bytes, sizeof bytes);
    mh_write(&w, &home, &agent, &bu);
    bytes[3] = 0xff;  /* reserved */
    bytes[9] |= 0x0f; /* reserved flags */
    size_t n = w.len;
    bytes[n] = 200; /* an option that nobody knows */
    bytes[n + 1] = 6;
    memset(bytes + n + 2, 0xaa, 6);
    bytes[1]++;
    bytes[4] = bytes[5] = 0;
    uint16_t sum = ip6_checksum(&home, &agent, IP6_MH, bytes, n + 8);
    bytes[4] = (uint8_t)(sum >> 8);
    bytes[5] = (uint8_t)sum;
    struct pkt *p = pkt_take(&world.packets);
    memcpy(pkt_append(p, n + 8), bytes, n + 8);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_MH, &home);
    path_add_header(p, &coa9, &agent, IP6_DEST_OPTS, 64);
    arrive(backbone, STRANGER, p);
    RULE("MIP6-MH-9");
    RULE("MIP6-MH-15");
    CHECK_EQ(entry()->sequence, bu.sequence);
    ba = event_after(EV_BA_SENT, now_is());
    RULE("MIP6-MH-15");
    CHECK(ba && field_of(ba, "status")->i == 0);
    /* one flipped bit: silence */
    unsigned answers = count_events(EV_BA_SENT, 0);
    p = pkt_take(&world.packets);
    bytes[6] ^= 1;
    memcpy(pkt_append(p, n + 8), bytes, n + 8);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_MH, &home);
    path_add_header(p, &coa9, &agent, IP6_DEST_OPTS, 64);
    arrive(backbone, STRANGER, p);
    RULE("MIP6-MH-8");
    CHECK(count_events(EV_BA_SENT, 0) == answers && dropped[DROP_BAD_CHECKSUM] == 1);
    /* data with a Home Address option: from a registered address, and from another */
    struct addr other = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x98}};
    for (int k = 0; k < 2; k++) {
        p = pkt_take(&world.packets);
        memset(pkt_append(p, 16), 0, 16);
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_NONE, &home);
        path_add_header(p, k ? &other : &coa9, &agent, IP6_DEST_OPTS, 64);
        run_to(now_is() + SIM_MS);
        unsigned wrong = (unsigned)dropped[DROP_NO_BINDING];
        unsigned bound = entry()->bindings;
        arrive(backbone, STRANGER, p);
        RULE("MIP6-HAO-5");
        RULE("MCOA-HA-10");
        CHECK_EQ(dropped[DROP_NO_BINDING], wrong + (unsigned)k);
        RULE("MIP6-HAO-3");
        CHECK_EQ(entry()->bindings, bound);
    }
    const struct seen_frame *be = NULL;
    for (unsigned k = 0; k < seen_frames && !be; k++)
        be = is_mh(&frames[k], MH_BE) ? &frames[k] : NULL;
    struct mh m;
    RULE("MIP6-BE-1");
    CHECK(mh_of(be, &m) && m.status == 1 && addr_eq(&m.home, &home) &&
          addr_eq(&be->h.dst, &other) && !be->c.has_home && !be->c.has_rh2);
    /* a home address that is none */
    p = pkt_take(&world.packets);
    struct addr odd = addr_link_local_of(1);
    memset(pkt_append(p, 8), 0, 8);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_NONE, &odd);
    path_add_header(p, &coa9, &agent, IP6_DEST_OPTS, 64);
    arrive(backbone, STRANGER, p);
    RULE("MIP6-HAO-4");
    CHECK_EQ(dropped[DROP_BAD_HOME_ADDRESS], 1);
    end_world();
}

/* RFC 6275 9.2: who is told what. */
static void headers_that_are_wrong(void)
{
    static const struct {
        uint8_t proto, units, type;
        size_t bytes;
        int pointer; /* of the Parameter Problem from the Mobility Header on; -1: a Binding Error */
    } cases[] = {
        {6, 1, MH_BU, 16, 0}, {59, 0, MH_BU, 8, 1}, {59, 0, MH_BU, 16, 1}, {59, 1, 200, 16, -1}};
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr agent = agent_address();
    struct addr from = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
    struct iface *backbone = node_find_iface(node_of("ha"), "ha-inet");
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        size_t n = cases[k].bytes;
        uint8_t mh[16] = {cases[k].proto, cases[k].units, cases[k].type};
        uint16_t sum = ip6_checksum(&from, &agent, IP6_MH, mh, n);
        mh[4] = (uint8_t)(sum >> 8);
        mh[5] = (uint8_t)sum;
        run_to(now_is() + 200 * SIM_MS);
        unsigned bad = (unsigned)dropped[DROP_BAD_MH];
        arrive(backbone, STRANGER, packet_of(&from, &agent, IP6_MH, 64, mh, n));
        CHECK_EQ(dropped[DROP_BAD_MH], bad + 1);
        if (cases[k].pointer < 0) {
            const struct seen_frame *be = mh_after(backbone, MH_BE, now_is());
            struct mh m;
            RULE("MIP6-MH-5");
            CHECK(mh_of(be, &m) && m.status == 2 && addr_unspecified(&m.home));
            continue;
        }
        const struct seen_frame *pp = icmp_after(backbone, ICMP6_PARAMETER_PROBLEM, now_is());
        struct icmp6_error e;
        CHECK(pp && !icmp6_read_error(pp->ip + pp->c.upper_at, pp->n - pp->c.upper_at, &e));
        if (cases[k].pointer == 0) {
            RULE("MIP6-MH-2");
        } else {
            RULE("MIP6-MH-4");
        }
        CHECK(pp && e.code == ICMP6_FIELD && e.value == (uint32_t)(IP6_HEADER + cases[k].pointer) &&
              addr_eq(&pp->h.dst, &from));
    }
    end_world();
}

/* ---- tunnels --------------------------------------------------------------------------------- */

static void tunnels_are_checked_at_both_ends(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    struct addr thief = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
    struct iface *backbone = node_find_iface(node_of("ha"), "ha-inet");
    struct addr coas[3] = {coa_of(wlan()), coa_of(cell()), thief};
    for (int k = 0; k < 3; k++) {
        struct pkt *p = echo_request(&world.packets, &home, &cn, 1, 1, 8);
        unsigned wrong = (unsigned)dropped[DROP_SOURCE_NOT_BOUND];
        path_add_header(p, &coas[k], &agent, IP6_IP6, 64);
        arrive(backbone, STRANGER, p);
        RULE("MCOA-HA-13");
        RULE("MIP6-HA-12");
        CHECK_EQ(dropped[DROP_SOURCE_NOT_BOUND], wrong + (k == 2));
    }
    for (int k = 0; k < 2; k++) { /* the mobile node takes tunnels from its home agent only */
        struct pkt *p = echo_request(&world.packets, &cn, &home, 1, 1, 8);
        path_add_header(p, k ? &agent : &thief, &coas[0], IP6_IP6, 64);
        unsigned wrong = (unsigned)dropped[DROP_TUNNEL_SOURCE];
        arrive(wlan(), STRANGER, p);
        RULE("MIP6-MN-16");
        CHECK_EQ(dropped[DROP_TUNNEL_SOURCE], wrong + (k == 0));
    }
    unsigned inner = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (f->fault || f->c.upper != IP6_IP6)
            continue;
        bool up = addr_eq(&f->h.dst, &agent);
        if (up && f->t > 12 * SIM_S && f->t < 15 * SIM_S) {
            RULE("MIP6-MN-15");
            CHECK(addr_eq(&f->h.src, &coas[0]) || addr_eq(&f->h.src, &coas[1]) ||
                  addr_eq(&f->h.src, &thief));
        } else if (!up && f->t < 15 * SIM_S) {
            RULE("MIP6-HA-9");
            CHECK(addr_eq(&f->h.src, &agent) &&
                  (addr_eq(&f->h.dst, &coas[0]) || addr_eq(&f->h.dst, &coas[1])));
        }
        inner++;
    }
    CHECK(inner > 500);
    end_world();
}

/* The home agent tunnels as soon as it has acknowledged; the acknowledgement may be lost or late.
 */
static void tunnelled_packets_before_the_acknowledgement(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    sim_time t = 0;
    while (!count_events(EV_BU_SENT, 0) && t < 10 * SIM_S)
        run_to(t += SIM_MS);
    CHECK_EQ(count_events(EV_REGISTERED, 0), 0);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr coa = coa_of(cell());
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    struct pkt *p = echo_request(&world.packets, &cn, &home, 1, 1, 8);
    unsigned before = seen_frames;
    path_add_header(p, &agent, &coa, IP6_IP6, 64);
    arrive(cell(), 0, p);
    RULE("MIP6-MN-17");
    CHECK(seen_frames > before && frames[before].c.upper == IP6_IP6 &&
          addr_eq(&frames[before].h.src, &coa));
    end_world();
}

/* RFC 5648 3: one 5-tuple goes to one care-of address between two decisions. */
static void a_flow_keeps_its_address(void)
{
    BEGIN(WIFI_LTE, "expect=[]");
    run_to(69 * SIM_S);
    struct addr agent = agent_address();
    struct addr last = addr_any;
    unsigned changes = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        bool car = f->port == wlan()->port->index || f->port == cell()->port->index;
        if (!car || f->fault || f->c.upper != IP6_IP6 || !addr_eq(&f->h.dst, &agent))
            continue;
        changes += !addr_unspecified(&last) && !addr_eq(&last, &f->h.src);
        last = f->h.src;
    }
    RULE("MCOA-MN-18");
    CHECK_EQ(changes, 2); /* Wi-Fi to LTE and back */
    unsigned moved = 0;
    for (unsigned k = 0; k < events; k++)
        moved += happened[k].name == EV_FLOW_MOVED && field_of(&happened[k], "to")->text[0] != '\0';
    CHECK(moved >= 2);
    end_world();
}

/* RFC 6275 10.4.5: accepted from the new address as soon as the BU is. */
static void the_new_tunnel_is_accepted_with_the_update(void)
{
    BEGIN("break-before-make.yaml", "expect=[]");
    run_to(49 * SIM_S);
    const struct tap_event *moved = event_after(EV_BINDING_MOVED, 30 * SIM_S);
    CHECK(moved != NULL);
    RULE("MIP6-HA-14");
    CHECK_EQ(dropped[DROP_SOURCE_NOT_BOUND], 0);
    /* the order of what happens on an interface that moves: RFC 6275 11.5 */
    static const int order[] = {EV_L2_DOWN,    EV_L2_UP,   EV_ND_ROUTER,
                                EV_ND_ADDRESS, EV_BU_SENT, EV_BA_RECEIVED};
    sim_time at = 30 * SIM_S;
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        const struct tap_event *e = event_after(order[k], at);
        CHECK(e != NULL);
        at = e ? e->t : at;
    }
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *i = iface_of("mn", "wlan0");
    unsigned wrong = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        wrong += frames[k].port == i->port->index && frames[k].t > 30 * SIM_S && frames[k].t < at &&
                 addr_eq(&frames[k].h.src, &home);
    RULE("IP6-MOV-4"); /* never from the home address */
    CHECK_EQ(wrong, 0);
    struct addr coa = address_global(i)->addr;
    RULE("MIP6-MN-24");
    CHECK(prefix_holds(&solicit_router(i, &coa)->prefix, &coa));
    end_world();
}

/* ---- what the mobile node ignores ----------------------------------------------------------- */

static void messages_to_the_mobile_node(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(20 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    struct addr coa = coa_of(wlan());
    struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
    struct mobile *m = node_of("car")->mobile;
    unsigned entries = m->bul.entries;
    unsigned sent = count_events(EV_BU_SENT, 0);
    const struct mh be = {.type = MH_BE, .status = 1, .home = home};
    const struct mh brr = {.type = MH_BRR};
    inject_mh(wlan(), &stranger, &coa, NULL, false, &be);
    inject_mh(wlan(), &stranger, &coa, NULL, false, &brr);
    RULE("MIP6-MN-19");
    RULE("MIP6-MN-23");
    CHECK(count_events(EV_BU_SENT, 0) == sent && dropped[DROP_MH_IGNORED] == 2);
    const struct mh ba = {
        .type = MH_BA, .status = 129, .sequence = (uint16_t)(m->bul.sequence + 9)};
    inject_mh(wlan(), &agent, &coa, &home, false, &ba);
    RULE("MIP6-MN-8");
    CHECK(bul_find(&m->bul, 1)->state == BUL_BOUND);
    inject_mh(wlan(), &agent, &coa, NULL, false, &be);
    RULE("MIP6-MN-19");
    CHECK_EQ(count_events(EV_BU_SENT, 0), sent + 1);
    RULE("MIP6-DS-4");
    CHECK_EQ(m->bul.entries, entries);
    /* nobody's home agent: 131 */
    struct mh bu = update(1);
    run_to(now_is() + SIM_S);
    inject_mh(wlan(), &stranger, &coa, &stranger, true, &bu);
    const struct tap_event *no = event_after(EV_BA_SENT, now_is());
    CHECK(no && field_of(no, "status")->i == MH_ST_NO_HOME_REGISTRATION);
    /* routing headers: of another address, with segments left 0 and 2, of another length */
    for (int k = 0; k < 5; k++) {
        struct pkt *p = pkt_take(&world.packets);
        memset(pkt_append(p, 24), 0, 24);
        uint8_t *rh = pkt_prepend(p, IP6_RH2_BYTES);
        ip6_write_rh2(rh, IP6_NONE, k == 0 ? &stranger : &home);
        if (k == 1)
            rh[3] = 0;
        if (k == 2)
            rh[3] = 2;
        if (k == 3)
            rh[1] = 4; /* two addresses */
        if (k == 4)
            rh[1] = 0; /* none */
        path_add_header(p, &stranger, &coa, IP6_ROUTING, 64);
        unsigned wrong = (unsigned)dropped[DROP_BAD_ROUTING];
        unsigned told = count_icmp(wlan(), ICMP6_PARAMETER_PROBLEM, 0);
        arrive(wlan(), STRANGER, p);
        RULE("MIP6-RH2-1");
        CHECK(dropped[DROP_BAD_ROUTING] == wrong + 1 &&
              count_icmp(wlan(), ICMP6_PARAMETER_PROBLEM, 0) == told);
    }
    struct pkt *p = pkt_take(&world.packets); /* a good one: upper layers see the home address */
    struct addr cn = node_of("cn")->iface[0]->nd->address[1].addr;
    uint8_t echo[16];
    struct writer w = wr_over(echo, sizeof echo);
    const struct icmp6_echo e = {.type = ICMP6_ECHO_REQUEST, .data = echo, .n = 0};
    icmp6_write_echo(&w, &cn, &home, &e);
    memcpy(pkt_append(p, w.len), echo, w.len);
    ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), IP6_ICMP6, &home);
    path_add_header(p, &cn, &coa, IP6_ROUTING, 64);
    arrive(wlan(), STRANGER, p);
    const struct seen_frame *reply = NULL;
    for (unsigned k = 0; k < seen_frames; k++) {
        if (frames[k].t == now_is() && frames[k].c.upper == IP6_IP6 &&
            frames[k].ip[frames[k].c.upper_at + IP6_AT_NEXT] == IP6_ICMP6)
            reply = &frames[k];
    }
    RULE("MIP6-RH2-2");
    CHECK(reply != NULL);
    RULE("MIP6-RH2-4"); /* and the reply carries no routing header, but goes by the tunnel */
    CHECK(reply && !reply->c.has_rh2);
    end_world();
}

/* ---- plain peers ----------------------------------------------------------------------------- */

static void a_correspondent_that_knows_nothing_of_mobility(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct iface *i = iface_of("cn", "eth0");
    struct addr cn = i->nd->address[1].addr;
    struct addr from = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
    struct addr home = home_address();
    struct pkt *p = pkt_take(&world.packets);
    memset(pkt_append(p, 8), 0, 8);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_NONE, &home);
    path_add_header(p, &from, &cn, IP6_DEST_OPTS, 64);
    arrive(i, STRANGER, p);
    run_to(now_is() + SIM_MS);
    const struct seen_frame *pp = icmp_after(i, ICMP6_PARAMETER_PROBLEM, 0);
    struct icmp6_error e;
    RULE("MIP6-HAO-8");
    CHECK(dropped[DROP_UNKNOWN_OPTION] == 1);
    p = pkt_take(&world.packets);
    memset(pkt_append(p, 8), 0, 8);
    ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), IP6_NONE, &cn);
    path_add_header(p, &from, &cn, IP6_ROUTING, 64);
    arrive(i, STRANGER, p);
    RULE("MIP6-RH2-3");
    CHECK_EQ(dropped[DROP_BAD_ROUTING], 1);
    run_to(now_is() + 5 * SIM_S);
    pp = pp ? pp : icmp_after(i, ICMP6_PARAMETER_PROBLEM, 0);
    if (pp && !icmp6_read_error(pp->ip + pp->c.upper_at, pp->n - pp->c.upper_at, &e)) {
        RULE("MIP6-HAO-8");
        CHECK(e.code == ICMP6_OPTION && e.value == IP6_HEADER + 6);
    }
    end_world();
}

CHECK_MAIN(CASE(a_home_registration_on_the_wire), CASE(the_home_agent_defends_the_home_address),
           CASE(updates_that_are_put_in), CASE(headers_that_are_wrong),
           CASE(tunnels_are_checked_at_both_ends),
           CASE(tunnelled_packets_before_the_acknowledgement), CASE(a_flow_keeps_its_address),
           CASE(the_new_tunnel_is_accepted_with_the_update), CASE(messages_to_the_mobile_node),
           CASE(a_correspondent_that_knows_nothing_of_mobility))
