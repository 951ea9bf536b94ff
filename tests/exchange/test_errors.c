/* ICMPv6 errors that come, and whom they concern: tunnels, the mobile node; and what is told of
 * packets as they came. */
#include "models/node/tunnel.h"
#include "models/wire/fragment.h"

#include "tests/small_world.h"

#define FILE_ "path-mtu.yaml"
#define QUIET "expect=[]", "flows={}", "events=[]"

static struct addr outside(void)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0xf, [15] = 0x99}};
}

static struct iface *cn(void)
{
    return iface_of("cn", "eth0");
}

static struct addr cn_address(void)
{
    return cn()->nd->address[1].addr;
}

static struct addr agent_address(void)
{
    return node_of("mn")->mobile->bul.how.agent;
}

static struct addr home_address(void)
{
    return *mobile_home(node_of("mn")->mobile);
}

static struct addr coa(void)
{
    return address_global(iface_of("mn", "wlan0"))->addr;
}

static void settle(void)
{
    run_to(12 * SIM_S);
    neighbour_learn(cn(), &solicit_router(cn(), NULL)->addr, STRANGER, true);
}

/* An error about `quote` comes to its source, at i. */
static void tell(struct iface *i, uint8_t type, uint8_t code, uint32_t value, const uint8_t *quote,
                 size_t n)
{
    uint8_t bytes[1280];
    struct writer w = wr_over(bytes, sizeof bytes);
    struct addr from = outside();
    struct addr to = ip6_src(quote);
    const struct icmp6_error e = {
        .type = type, .code = code, .value = value, .quote = quote, .n = n < 1232 ? n : 1232};
    icmp6_write_error(&w, &from, &to, &e);
    arrive(i, STRANGER, packet_of(&from, &to, IP6_ICMP6, 64, bytes, w.len));
}

/* The last error of that type since frame `from`; NULL: none. */
static const struct seen_frame *told(unsigned from, uint8_t type, struct icmp6_error *e)
{
    const struct seen_frame *last = NULL;
    for (unsigned k = from; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (is_icmp(f, type) && !icmp6_read_error(f->ip + f->c.upper_at, f->n - f->c.upper_at, e))
            last = f;
    }
    return last;
}

/* ---- tunnels ------------------------------------------------------------------------ */

/* A packet from the correspondent, of `bytes`, that the home agent put into its tunnel. */
static const struct seen_frame *tunnelled(size_t bytes)
{
    struct addr src = cn_address();
    struct addr home = home_address();
    unsigned before = seen_frames;
    arrive(node_find_iface(node_of("ha"), "ha-inet"), STRANGER,
           echo_request(&world.packets, &src, &home, 5, 1, bytes - IP6_HEADER - 8));
    CHECK(seen_frames > before);
    return &frames[before];
}

static void too_big_inside_a_tunnel(void)
{
    BEGIN(FILE_, QUIET, "timers.tunnel_encapsulation_limit=0");
    settle();
    struct iface *in = node_find_iface(node_of("ha"), "ha-wifi");
    struct icmp6_error e;
    struct addr src = cn_address();
    const struct seen_frame *f = tunnelled(1400);
    unsigned before = seen_frames;
    tell(in, ICMP6_TOO_BIG, 0, 1400, f->ip, f->n);
    const struct seen_frame *relayed = told(before, ICMP6_TOO_BIG, &e);
    RULE("IP6-TUN-4");
    CHECK(relayed && e.value == 1360 && addr_eq(&relayed->h.dst, &src));
    RULE("IP6-TUN-4"); /* it quotes the packet as it went in */
    CHECK(relayed && e.n >= 1000 && !memcmp(e.quote, f->ip + IP6_HEADER, e.n));
    f = tunnelled(1360);
    before = seen_frames;
    tell(in, ICMP6_TOO_BIG, 0, 1290, f->ip, f->n); /* the tunnel takes 1250: 1280 is asked for */
    RULE("IP6-TUN-2");
    RULE("IP6-TUN-4");
    CHECK(told(before, ICMP6_TOO_BIG, &e) && e.value == 1280);
    f = tunnelled(1250);
    before = seen_frames;
    tell(in, ICMP6_TOO_BIG, 0, 1280, f->ip, f->n); /* not above 1280: the tunnel will cut */
    RULE("IP6-TUN-4");
    CHECK(!told(before, ICMP6_TOO_BIG, &e));
    before = seen_frames;
    (void)tunnelled(1250);
    CHECK(frames[before].c.fragment && frames[before].n <= 1280);
    /* a piece of an outer packet shows enough of the inner one */
    before = seen_frames;
    tell(in, ICMP6_UNREACHABLE, 0, 0, frames[before - 2].ip, frames[before - 2].n);
    RULE("IP6-TUN-4");
    CHECK(told(before, ICMP6_UNREACHABLE, &e) && e.code == ICMP6_ADDRESS_UNREACHABLE);
    end_world();
}

/* Limit problems are told, other Parameter Problems stay with the entry: RFC 2473 8.2. */
static void parameter_problems_inside_a_tunnel(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct iface *in = node_find_iface(node_of("ha"), "ha-wifi");
    struct icmp6_error e;
    const struct seen_frame *f = tunnelled(100);
    CHECK(f->c.has_limit && f->c.limit == 4);
    unsigned before = seen_frames;
    tell(in, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, (uint32_t)f->c.limit_at + 2, f->ip, f->n);
    RULE("IP6-TUN-4");
    CHECK(told(before, ICMP6_UNREACHABLE, &e) && e.code == ICMP6_ADDRESS_UNREACHABLE);
    before = seen_frames;
    tell(in, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, 4, f->ip, f->n);
    tell(in, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER, IP6_HEADER, f->ip, f->n);
    tell(in, ICMP6_TIME_EXCEEDED, ICMP6_REASSEMBLY, 0, f->ip, f->n);
    RULE("IP6-TUN-4");
    CHECK_EQ(seen_frames, before);
    end_world();
}

/* The network of the care-of address is gone: the correspondent hears it from the home agent. */
static void a_lost_bearer_is_told_to_the_correspondent(void)
{
    BEGIN(FILE_, QUIET, "events=[{at: 13 s, detach: mn.cell0}]",
          "nodes.mn.decision={prefer: [cell0, wlan0, cell1]}", "nodes.mn.detection.link_down=3 s");
    settle();
    run_to(14 * SIM_S);
    struct addr src = cn_address();
    struct addr home = home_address();
    struct addr agent = agent_address();
    unsigned before = seen_frames;
    arrive(node_find_iface(node_of("ha"), "ha-inet"), STRANGER,
           echo_request(&world.packets, &src, &home, 5, 1, 8));
    run_to(15 * SIM_S);
    const struct seen_frame *last = NULL;
    for (unsigned k = before; k < seen_frames; k++)
        if (is_icmp(&frames[k], ICMP6_UNREACHABLE) && addr_eq(&frames[k].h.dst, &src))
            last = &frames[k];
    RULE("IP6-TUN-4");
    CHECK(last && last->ip[last->c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE &&
          addr_eq(&last->h.src, &agent));
    RULE("IP6-ICMP-4"); /* and the binding stays */
    CHECK_EQ(bcache_find(agent_cache(node_of("ha")->agent), &home)->bindings, 3);
    end_world();
}

/* A mobile node does not forward its own packets: the entry of its tunnel takes nothing off. */
static void hop_limits_at_both_entries(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = cn_address();
    struct addr home = home_address();
    unsigned before = seen_frames;
    path_out(node_of("mn"), echo_request(&world.packets, &home, &src, 5, 1, 8));
    const struct seen_frame *f = &frames[before];
    RULE("IP6-TUN-1");
    CHECK(seen_frames > before && f->c.upper == IP6_IP6 &&
          f->ip[f->c.upper_at + IP6_AT_HOPS] == 64);
    run_to(now_is() + SIM_S);
    const struct iface *last = world_network(&world, "inet")->segment;
    const struct seen_frame *there = NULL;
    for (unsigned k = before; k < seen_frames; k++)
        if (frames[k].port == last->port->index && is_icmp(&frames[k], ICMP6_ECHO_REQUEST))
            there = &frames[k];
    RULE("IP6-TUN-1"); /* home agent and the correspondent's router, nobody inside the tunnel */
    CHECK(there && there->h.hop_limit == 62);
    end_world();
}

/* ---- the mobile node ------------------------------------------------------------------ */

static const struct seen_frame *last_bu(void)
{
    const struct seen_frame *last = NULL;
    for (unsigned k = 0; k < seen_frames; k++)
        if (is_mh(&frames[k], MH_BU) && frames[k].port == iface_of("mn", "wlan0")->port->index)
            last = &frames[k];
    return last;
}

/* RFC 6275 11.3.5: left alone for a while, and nothing is written down for it. */
static void a_node_without_mobility_header_is_left_alone(void)
{
    BEGIN(FILE_, QUIET, "general.stop=200 s", "nodes.mn.mcoa.lifetime=40 s",
          "timers.binding_refusal=60 s");
    settle();
    struct mobile *m = node_of("mn")->mobile;
    const struct seen_frame *bu = last_bu();
    struct iface *i = iface_of("mn", "wlan0");
    struct bul was = m->bul;
    CHECK(bu != NULL);
    tell(i, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER,
         (uint32_t)ip6_named_at(bu->ip, bu->c.upper_at), bu->ip, bu->n);
    RULE("MIP6-MN-20");
    CHECK(count_events(EV_REFUSED, 0) == 1 && mobile_refused(m, &m->bul.how.agent));
    RULE("MIP6-DS-4");
    CHECK(!memcmp(&was, &m->bul, sizeof was));
    sim_time at = now_is();
    run_to(at + 59 * SIM_S);
    RULE("MIP6-MN-20");
    CHECK(!event_after(EV_BU_SENT, at));
    run_to(at + 120 * SIM_S);
    RULE("MIP6-MN-20");
    CHECK(event_after(EV_BU_SENT, at + 60 * SIM_S) != NULL);
    end_world();
}

static void what_is_no_refusal(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct mobile *m = node_of("mn")->mobile;
    const struct seen_frame *bu = last_bu();
    struct iface *i = iface_of("mn", "wlan0");
    struct bul was = m->bul;
    uint32_t named = (uint32_t)ip6_named_at(bu->ip, bu->c.upper_at);
    uint8_t other[256];
    tell(i, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER, named + 1, bu->ip, bu->n);
    tell(i, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, named, bu->ip, bu->n);
    tell(i, ICMP6_UNREACHABLE, ICMP6_NO_ROUTE, 0, bu->ip, bu->n);
    CHECK_EQ(count_events(EV_REFUSED, 0), 0);
    memcpy(other, bu->ip, bu->n);
    other[bu->c.upper_at + 2] = MH_BA; /* an answer asks for nothing */
    tell(i, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER, named, other, bu->n);
    CHECK_EQ(count_events(EV_REFUSED, 0), 0);
    tell(i, ICMP6_PARAMETER_PROBLEM, ICMP6_OPTION, (uint32_t)bu->c.home_at, bu->ip, bu->n);
    RULE("MIP6-MN-20"); /* code 2 is told, and no more */
    CHECK(count_events(EV_REFUSED, 0) == 1 && !mobile_refused(m, &m->bul.how.agent));
    other[IP6_AT_SRC + 15] ^= 1; /* sent by somebody else */
    uint8_t bytes[512];
    struct writer w = wr_over(bytes, sizeof bytes);
    struct addr from = outside();
    struct addr own = coa();
    other[bu->c.upper_at + 2] = MH_BU;
    const struct icmp6_error e = {.type = ICMP6_PARAMETER_PROBLEM,
                                  .code = ICMP6_NEXT_HEADER,
                                  .value = named,
                                  .quote = other,
                                  .n = bu->n};
    icmp6_write_error(&w, &from, &own, &e);
    arrive(i, STRANGER, packet_of(&from, &own, IP6_ICMP6, 64, bytes, w.len));
    RULE("MIP6-DS-4");
    CHECK(dropped[DROP_ERROR_UNMATCHED] == 1 && count_events(EV_REFUSED, 0) == 1 &&
          !memcmp(&was, &m->bul, sizeof was));
    end_world();
}

/* ---- what is told -------------------------------------------------------------------- */

/* A frame to a group, whatever the packet in it says, is not answered. */
static void frames_to_a_group_are_not_told_of(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = outside();
    struct addr dst = cn_address();
    for (int group = 1; group >= 0; group--) {
        uint8_t bytes[8] = {0};
        struct pkt *p = packet_of(&src, &dst, 200, 64, bytes, 8);
        eth_write(pkt_prepend(p, ETH_HEADER), group ? ETH_BROADCAST : cn()->port->station, STRANGER,
                  ETH_TYPE_IP6);
        unsigned before = seen_frames;
        port_deliver(cn()->port, p);
        struct icmp6_error e;
        RULE("IP6-ICMP-1");
        CHECK_EQ(told(before, ICMP6_PARAMETER_PROBLEM, &e) == NULL, group);
    }
    CHECK_EQ(dropped[DROP_UNKNOWN_HEADER], 2);
    end_world();
}

/* Quoted as on the wire, as much as 1280 octets take, with the home address where it was. */
static void errors_quote_what_came(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = outside();
    struct addr dst = cn_address();
    struct addr home = {{0x20, 1, 0xd, 0xb8, 0xe, [15] = 1}};
    static const size_t sizes[] = {8, 700, 1184, 1185, 1300};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct pkt *p = pkt_take(&world.packets);
        memset(pkt_append(p, sizes[k]), 0x5a, sizes[k]);
        path_add_header(p, &src, &dst, 200, 64);
        uint8_t was[2000];
        size_t n = p->len;
        memcpy(was, p->at, n);
        unsigned before = seen_frames;
        arrive(cn(), STRANGER, p);
        struct icmp6_error e;
        const struct seen_frame *f = told(before, ICMP6_PARAMETER_PROBLEM, &e);
        RULE("IP6-ICMP-2");
        CHECK(f && f->n == (48 + n < 1280 ? 48 + n : 1280) && !memcmp(e.quote, was, e.n));
    }
    struct pkt *p = pkt_take(&world.packets);
    memset(pkt_append(p, 8), 0, 8);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_NONE, &home);
    path_add_header(p, &src, &dst, IP6_DEST_OPTS, 64);
    uint8_t was[200];
    size_t n = p->len;
    memcpy(was, p->at, n);
    unsigned before = seen_frames;
    run_to(now_is() + SIM_S);
    arrive(cn(), STRANGER, p);
    struct icmp6_error e;
    const struct seen_frame *f = told(before, ICMP6_PARAMETER_PROBLEM, &e);
    RULE("IP6-ICMP-2");
    RULE("MIP6-HAO-8");
    CHECK(f && e.code == ICMP6_OPTION && e.value == 46 && e.n == n && !memcmp(e.quote, was, n) &&
          addr_eq(&f->h.dst, &src));
    end_world();
}

/* ---- Binding Errors ---------------------------------------------------------------------- */

/* A Mobility Header of type 200 comes to `dst`, with a Home Address option where `home` is given.
 */
static void unknown_message(struct iface *i, const struct addr *src, const struct addr *dst,
                            const struct addr *home)
{
    uint8_t mh[8] = {IP6_NONE, 0, 200};
    uint16_t sum = ip6_checksum(home ? home : src, dst, IP6_MH, mh, sizeof mh);
    mh[4] = (uint8_t)(sum >> 8);
    mh[5] = (uint8_t)sum;
    struct pkt *p = pkt_take(&world.packets);
    memcpy(pkt_append(p, sizeof mh), mh, sizeof mh);
    if (home)
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_MH, home);
    path_add_header(p, src, dst, home ? IP6_DEST_OPTS : IP6_MH, 64);
    arrive(i, STRANGER, p);
}

static void unknown_messages_are_told_of(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct iface *i = node_find_iface(node_of("ha"), "ha-inet");
    struct addr from = cn_address();
    struct addr home = home_address();
    struct addr agent = agent_address();
    for (int named = 0; named < 2; named++) {
        unsigned before = seen_frames;
        struct mh be;
        unknown_message(i, &from, &agent, named ? &home : NULL);
        const struct seen_frame *f = seen_frames > before ? &frames[before] : NULL;
        RULE("MIP6-MH-5");
        CHECK(f && is_mh(f, MH_BE) && mh_of(f, &be) && be.status == 2 &&
              addr_eq(&be.home, named ? &home : &addr_any));
        RULE("MIP6-BE-1"); /* to whoever sent it, without any header of mobility */
        CHECK(f && addr_eq(&f->h.dst, &from) && f->h.next == IP6_MH);
    }
    run_to(now_is() + 2 * SIM_S);
    unsigned before = seen_frames;
    uint64_t heard = dropped[DROP_BAD_MH];
    unknown_message(world_network(&world, "home")->segment, &from, &addr_all_nodes, NULL);
    RULE("MIP6-BE-1"); /* to a group: heard, and not told of */
    CHECK(dropped[DROP_BAD_MH] == heard + 1 && seen_frames == before);
    for (int k = 0; k < 300; k++)
        unknown_message(i, &from, &agent, NULL);
    unsigned errors = 0;
    for (unsigned k = before; k < seen_frames; k++)
        errors += is_mh(&frames[k], MH_BE);
    RULE("MIP6-BE-1");
    CHECK_EQ(errors, 10);
    end_world();
}

CHECK_MAIN(CASE(unknown_messages_are_told_of), CASE(too_big_inside_a_tunnel),
           CASE(parameter_problems_inside_a_tunnel),
           CASE(a_lost_bearer_is_told_to_the_correspondent), CASE(hop_limits_at_both_entries),
           CASE(a_node_without_mobility_header_is_left_alone), CASE(what_is_no_refusal),
           CASE(frames_to_a_group_are_not_told_of), CASE(errors_quote_what_came))
