/* A home agent on the wire: what it defends, what it answers, and what it leaves alone. */
#include <stdio.h>

#include "tests/small_world.h"

#define WIFI_LTE "wifi-lte-voice.yaml"

static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x99}};
static const struct addr neighbour = {{0xfe, 0x80, [15] = 0x44}};

static struct addr agent_address(void)
{
    return node_of("car")->mobile->bul.how.agent;
}

static struct addr home_address(void)
{
    return *mobile_home(node_of("car")->mobile);
}

static struct iface *ha_home(void)
{
    return world_network(&world, "home")->segment;
}

static struct iface *backbone(void)
{
    return iface_of("ha", "ha-inet");
}

static struct addr coa_of(const char *iface)
{
    return address_global(iface_of("car", iface))->addr;
}

/* Bytes of an upper layer with a Home Address option. */
static struct pkt *with_home(const struct addr *src, const struct addr *dst,
                             const struct addr *home, uint8_t next, const void *bytes, size_t n)
{
    struct pkt *p = pkt_take(&world.packets);
    memcpy(pkt_append(p, n), bytes, n);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), next, home);
    path_add_header(p, src, dst, IP6_DEST_OPTS, 64);
    return p;
}

/* An echo request from `src` whose source is, to upper layers, the home address. */
static void ask_with_home(const struct addr *src)
{
    struct addr home = home_address();
    struct addr agent = agent_address();
    uint8_t bytes[16];
    struct writer w = wr_over(bytes, sizeof bytes);
    const struct icmp6_echo e = {.type = ICMP6_ECHO_REQUEST, .data = bytes, .n = 0};
    icmp6_write_echo(&w, &home, &agent, &e);
    arrive(backbone(), STRANGER, with_home(src, &agent, &home, IP6_ICMP6, bytes, w.len));
}

static unsigned count_all(bool (*of)(const struct seen_frame *, uint8_t), uint8_t type, sim_time t)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        n += frames[k].t == t && of(&frames[k], type);
    return n;
}

/* ---- the Home Address option: RFC 6275 9.3.1, RFC 5648 6.5 ----------------------------------- */

static void upper_layers_see_the_home_address(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr coa = coa_of("cell0");
    ask_with_home(&coa);
    const struct seen_frame *reply = NULL;
    for (unsigned k = 0; k < seen_frames; k++)
        if (frames[k].t == now_is() && is_icmp(&frames[k], ICMP6_ECHO_REPLY))
            reply = &frames[k];
    RULE("MIP6-HAO-7");
    CHECK(reply && reply->c.has_rh2 && addr_eq(&reply->c.rh2, &home));
    end_world();
}

/* The check of tunnels is another one. */
static void the_option_is_checked_against_every_binding(void)
{
    for (int check = 0; check < 2; check++) {
        if (check)
            BEGIN(WIFI_LTE, "expect=[]", "events=[]", "nodes.ha.source_check.plain=primary-only");
        else
            BEGIN(WIFI_LTE, "expect=[]", "events=[]", "nodes.ha.source_check.plain=off");
        run_to(15 * SIM_S);
        struct addr coas[] = {coa_of("wlan0"), coa_of("cell0"), stranger};
        for (unsigned k = 0; k < 3; k++) {
            unsigned wrong = (unsigned)dropped[DROP_NO_BINDING];
            ask_with_home(&coas[k]);
            RULE("MCOA-HA-10");
            CHECK_EQ(dropped[DROP_NO_BINDING], wrong + (k == 2));
        }
        end_world();
    }
}

/* ---- the home link: RFC 6275 10.3.1, 10.4.1 -------------------------------------------------- */

static bool asks_for(const struct seen_frame *f, const struct addr *target)
{
    struct nd_message m;
    return f->port == ha_home()->port->index && nd_of(f, &m) && m.type == ICMP6_NS &&
           addr_unspecified(&f->h.src) && addr_eq(&m.target, target);
}

static bool announces(const struct seen_frame *f, const struct addr *target)
{
    struct nd_message m;
    return f->port == ha_home()->port->index && nd_of(f, &m) && m.type == ICMP6_NA &&
           addr_eq(&f->h.dst, &addr_all_nodes) && addr_eq(&m.target, target) && m.override &&
           !m.solicited && m.options.target == ha_home()->port->station;
}

/* The set for a home address that has the identifier of wlan0. */
static const char *with_identifier_of_wlan(char *text, size_t room)
{
    BEGIN(WIFI_LTE, "expect=[]");
    uint64_t id = iface_of("car", "wlan0")->identifier;
    end_world();
    (void)snprintf(text, room, "nodes.car.home.address=2001:db8:a:0:%x:%x:%x:%x",
                   (unsigned)(id >> 48), (unsigned)(id >> 32 & 0xffff),
                   (unsigned)(id >> 16 & 0xffff), (unsigned)(id & 0xffff));
    return text;
}

static void with_l_the_link_local_address_is_defended(void)
{
    char text[80];
    const char *const set[] = {with_identifier_of_wlan(text, sizeof text), "expect=[]",
                               "events=[]"};
    begin_world(WIFI_LTE, set, 3);
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr link_local = addr_link_local_of(addr_identifier(&home));
    struct mh bu = {.type = MH_BRR};
    CHECK(mh_of(mh_after(iface_of("car", "cell0"), MH_BU, 0), &bu));
    RULE("MIP6-MN-2");
    CHECK(bu.flags & MH_BU_LINK_LOCAL);
    const struct tap_event *answered = event_after(EV_BA_SENT, 0);
    unsigned tests[2] = {0};
    unsigned told[2] = {0};
    for (unsigned k = 0; k < seen_frames && answered; k++) {
        tests[0] += frames[k].t < answered->t && asks_for(&frames[k], &home);
        tests[1] += frames[k].t < answered->t && asks_for(&frames[k], &link_local);
        told[0] += announces(&frames[k], &home);
        told[1] += announces(&frames[k], &link_local);
    }
    RULE("MIP6-HA-3");
    CHECK(tests[0] == 1 && tests[1] == 1);
    RULE("MIP6-HA-7");
    CHECK(told[0] == 1 && told[1] == 1);
    struct addr group = addr_solicited_node(&link_local);
    const struct nd_message ns = {.type = ICMP6_NS,
                                  .target = link_local,
                                  .options = {.has_source = true, .source = STRANGER}};
    struct nd_message m;
    inject_nd(ha_home(), &neighbour, &group, &ns);
    RULE("MIP6-HA-8");
    CHECK(nd_of(icmp_after(ha_home(), ICMP6_NA, now_is()), &m) && addr_eq(&m.target, &link_local) &&
          m.options.target == ha_home()->port->station);
    end_world();
}

/* RFC 6275 10.3.2: at once, and when somebody asks, too. */
static void after_the_deregistration_it_is_silent(void)
{
    BEGIN("return-home.yaml", "expect=[]");
    run_to(30 * SIM_S);
    CHECK(event_after(EV_RETURNED_HOME, 20 * SIM_S) != NULL);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr group = addr_solicited_node(&home);
    struct nd_message ns = {
        .type = ICMP6_NS, .target = home, .options = {.has_source = true, .source = STRANGER}};
    inject_nd(ha_home(), &neighbour, &group, &ns);
    ns.options.has_source = false;
    inject_nd(ha_home(), &addr_any, &group, &ns);
    RULE("MIP6-HA-16");
    CHECK_EQ(count_icmp(ha_home(), ICMP6_NA, now_is()), 0);
    end_world();
}

/* RFC 5648 5.6.4, 6.3: nobody resolves the home address, and the node sends by the router. */
static void frames_where_the_home_agent_alone_answers(void)
{
    BEGIN("home-and-abroad.yaml", "expect=[]", "nodes.ha.agent.simultaneous=no-ndp");
    run_to(39 * SIM_S);
    struct addr home = *mobile_home(node_of("mn")->mobile);
    const struct port *mine = iface_of("mn", "wlan0")->port;
    unsigned resolved = 0;
    unsigned up = 0;
    unsigned astray = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        struct nd_message m;
        if (f->t < 20500 * SIM_MS)
            continue;
        resolved += nd_of(f, &m) && m.type == ICMP6_NS && addr_eq(&m.target, &home);
        resolved += nd_of(f, &m) && m.type == ICMP6_NS && addr_eq(&m.target, &home);
        if (f->port != mine->index || f->c.upper != IP6_UDP || !addr_eq(&f->h.src, &home))
            continue;
        up++;
        astray += f->to != ha_home()->port->station;
    }
    RULE("MCOA-RH-6");
    CHECK_EQ(resolved, 0);
    RULE("MCOA-RH-6");
    CHECK(up > 150 && astray == 0);
    end_world();
}

/* ---- errors: RFC 6275 9.2, 9.3.3 ------------------------------------------------------------- */

static void binding_errors_have_a_limit(void)
{
    static const uint8_t data[8];
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    arrive(ha_home(), STRANGER,
           with_home(&stranger, &addr_all_nodes, &home, IP6_NONE, data, sizeof data));
    RULE("MIP6-BE-1"); /* not about what came to a group */
    CHECK(count_all(is_mh, MH_BE, now_is()) == 0 && dropped[DROP_NO_BINDING] == 1);
    for (int k = 0; k < 300; k++)
        arrive(backbone(), STRANGER,
               with_home(&stranger, &agent, &home, IP6_NONE, data, sizeof data));
    RULE("MIP6-BE-1");
    CHECK(count_all(is_mh, MH_BE, now_is()) == 10 && dropped[DROP_NO_BINDING] == 301);
    end_world();
}

static void an_unknown_message_names_the_home_address(void)
{
    BEGIN(WIFI_LTE, "expect=[]", "events=[]");
    run_to(15 * SIM_S);
    struct addr home = home_address();
    struct addr agent = agent_address();
    uint8_t mh[16] = {59, 1, 200};
    uint16_t sum = ip6_checksum(&home, &agent, IP6_MH, mh, sizeof mh);
    mh[4] = (uint8_t)(sum >> 8);
    mh[5] = (uint8_t)sum;
    arrive(backbone(), STRANGER, with_home(&stranger, &agent, &home, IP6_MH, mh, sizeof mh));
    const struct seen_frame *be = mh_after(backbone(), MH_BE, now_is());
    struct mh m;
    RULE("MIP6-MH-5");
    CHECK(mh_of(be, &m) && m.status == 2 && addr_eq(&m.home, &home) &&
          addr_eq(&be->h.dst, &stranger));
    end_world();
}

/* ---- the first answer: RFC 6275 13, RFC 4862 5.1 --------------------------------------------- */

static void one_update_however_long_the_test_takes(void)
{
    for (int given = 0; given < 2; given++) {
        if (given)
            BEGIN("plain-mip6.yaml", "expect=[]", "timers.dup_addr_detect_transmits=2",
                  "timers.initial_bindack_timeout_first_reg=1.5 s");
        else
            BEGIN("plain-mip6.yaml", "expect=[]", "timers.dup_addr_detect_transmits=2");
        run_to(15 * SIM_S);
        const struct tap_event *received = event_after(EV_BU_RECEIVED, 0);
        const struct tap_event *answered = event_after(EV_BA_SENT, 0);
        unsigned updates = 0;
        for (unsigned k = 0; k < events && answered; k++)
            updates += happened[k].name == EV_BU_SENT && happened[k].t < answered->t;
        RULE("IP6-DAD-6");
        CHECK(received && answered && answered->t == received->t + 2 * SIM_S);
        RULE("IP6-DAD-6");
        CHECK_EQ(updates, 1 + given);
        end_world();
    }
}

CHECK_MAIN(CASE(upper_layers_see_the_home_address),
           CASE(the_option_is_checked_against_every_binding),
           CASE(with_l_the_link_local_address_is_defended),
           CASE(after_the_deregistration_it_is_silent),
           CASE(frames_where_the_home_agent_alone_answers), CASE(binding_errors_have_a_limit),
           CASE(an_unknown_message_names_the_home_address),
           CASE(one_update_however_long_the_test_takes))
