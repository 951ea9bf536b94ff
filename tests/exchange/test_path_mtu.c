/* What a source cuts, and how large packets find out what a path takes: RFC 8200 4.5, RFC 8201, RFC
 * 2473 7. */
#include "tests/fragment_world.h"

/* ---- the source cuts up ---------------------------------------------------------------------- */

static void too_big(struct iface *i, const struct addr *local, const struct addr *remote,
                    uint32_t size, uint32_t mtu)
{
    uint8_t quote[64] = {0};
    uint8_t bytes[128];
    struct writer w = wr_over(bytes, sizeof bytes);
    struct addr from = outside();
    const struct ip6 h = {.src = *local,
                          .dst = *remote,
                          .payload_bytes = (uint16_t)(size - IP6_HEADER),
                          .next = IP6_UDP,
                          .hop_limit = 60};
    ip6_write(quote, &h);
    const struct icmp6_error e = {
        .type = ICMP6_TOO_BIG, .value = mtu, .quote = quote, .n = sizeof quote};
    icmp6_write_error(&w, &from, local, &e);
    arrive(i, STRANGER, packet_of(&from, local, IP6_ICMP6, 64, bytes, w.len));
}

static uint32_t known(const struct node *n, const struct addr *local, const struct addr *remote)
{
    return pmtu_of(&n->pmtu, local, remote, 1500, now_is());
}

/* An echo request of so many bytes leaves n. */
static void send_large(struct node *n, const struct addr *src, const struct addr *dst, size_t bytes)
{
    path_out(n, echo_request(&world.packets, src, dst, 1, 1, bytes - IP6_HEADER - 8));
}

static void the_path_mtu_is_lowered_and_never_raised(void)
{
    BEGIN(FILE_, QUIET, "general.stop=2000 s");
    settle();
    struct node *n = node_of("cn");
    struct addr local = cn_address();
    struct addr remote = outside();
    struct addr other = {{0x20, 1, 0xd, 0xb8, 0xe, [15] = 1}};
    RULE("IP6-PMTU-1");
    CHECK_EQ(path_mtu(n, &local, &remote), 1500); /* that of the first hop */
    too_big(cn(), &local, &remote, 1400, 1300);
    RULE("IP6-PMTU-1");
    CHECK(known(n, &local, &remote) == 1500 && dropped[DROP_ERROR_UNMATCHED] == 1);
    send_large(n, &local, &remote, 1400);
    too_big(cn(), &local, &remote, 1400, 1000);
    RULE("IP6-PMTU-1");
    CHECK(known(n, &local, &remote) == 1500 && dropped[DROP_SMALL_MTU] == 1);
    too_big(cn(), &local, &remote, 1300, 1300); /* it cannot have been too big */
    too_big(cn(), &local, &remote, 1408, 1300); /* none was so large */
    too_big(cn(), &other, &remote, 1400, 1300); /* not its own */
    RULE("IP6-PMTU-1");
    CHECK(known(n, &local, &remote) == 1500 && dropped[DROP_ERROR_UNMATCHED] == 3);
    too_big(cn(), &local, &remote, 1400, 1300);
    RULE("IP6-PMTU-1");
    CHECK_EQ(known(n, &local, &remote), 1300);
    CHECK_EQ(count_events(EV_PATH_MTU, 0), 1);
    too_big(cn(), &local, &remote, 9100, 9000);
    too_big(cn(), &local, &remote, 1400, 1350);
    RULE("IP6-PMTU-1");
    CHECK_EQ(known(n, &local, &remote), 1300);
    RULE("IP6-PMTU-2"); /* another address of its own, or another destination, starts afresh */
    CHECK(known(n, &other, &remote) == 1500 && known(n, &local, &other) == 1500);
    unsigned before = seen_frames;
    send_large(n, &local, &remote, 1400);
    unsigned pieces = 0;
    for (unsigned k = before; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (f->port != cn()->port->index || !f->c.fragment)
            continue;
        struct fragment part = part_of(f->ip + f->c.upper_at);
        size_t bytes = f->n - f->c.upper_at - FRAGMENT_HEADER;
        RULE("IP6-FRAG-1");
        CHECK(f->n <= 1300 && (!part.more || bytes % 8 == 0) && (part.offset == 0) == !pieces &&
              part.next == IP6_ICMP6);
        pieces++;
    }
    RULE("IP6-FRAG-1");
    CHECK_EQ(pieces, 2);
    unsigned next = seen_frames;
    send_large(n, &local, &remote, 1400); /* another packet, another Identification */
    RULE("IP6-FRAG-1");
    CHECK(part_of(frames[next].ip + IP6_HEADER).id ==
          part_of(frames[next - 1].ip + IP6_HEADER).id + 1);
    sim_time told = now_is();
    run_to(told + 599 * SIM_S);
    CHECK_EQ(known(n, &local, &remote), 1300);
    run_to(told + 601 * SIM_S);
    RULE("IP6-PMTU-1");
    CHECK_EQ(known(n, &local, &remote), 1500); /* ten minutes after the last */
    end_world();
}

/* A quote that shows an Identification must show one of this node's. */
static void an_error_about_a_strange_fragment_is_not_believed(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct node *n = node_of("cn");
    struct addr local = cn_address();
    struct addr remote = outside();
    struct addr router = {{0x20, 1, 0xd, 0xb8, 0xe, [15] = 1}};
    unsigned before = seen_frames;
    send_large(n, &local, &remote, 1700);
    const struct seen_frame *f = &frames[before];
    CHECK(seen_frames == before + 2 && f->c.fragment);
    for (int own = 0; own < 2; own++) {
        uint8_t quote[64];
        uint8_t bytes[128];
        memcpy(quote, f->ip, sizeof quote);
        quote[IP6_HEADER + 7] ^= (uint8_t)(own ? 0 : 0x40); /* the Identification */
        struct writer w = wr_over(bytes, sizeof bytes);
        const struct icmp6_error e = {
            .type = ICMP6_TOO_BIG, .value = 1400, .quote = quote, .n = sizeof quote};
        icmp6_write_error(&w, &router, &local, &e);
        arrive(cn(), STRANGER, packet_of(&router, &local, IP6_ICMP6, 64, bytes, w.len));
        RULE("IP6-PMTU-1");
        CHECK(dropped[DROP_ERROR_UNMATCHED] == 1 &&
              known(n, &local, &remote) == (own ? 1400 : 1500));
    }
    end_world();
}

/* ---- a flow of large packets through the whole world ----------------------------------------- */

static void large_packets_through_tunnels(void)
{
    BEGIN(FILE_, "expect=[]", "flows.large.traffic.constant.interval=250 ms");
    run_to(60 * SIM_S);
    CHECK(seen_frames < SEEN);
    unsigned by_router = 0;
    unsigned told_wifi = 0;
    struct iface *lte = iface_of("mn", "cell0");
    struct iface *small = iface_of("mn", "cell1");
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    static bool cut[65536]; /* by identification: its source has cut it */
    memset(cut, 0, sizeof cut);
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        const struct node *n = world.node[world.port_node[f->port]];
        const uint8_t *ip = f->ip;
        size_t left = f->n;
        struct ip6_chain c = f->c;
        if (c.upper == IP6_IP6) { /* what is inside a tunnel was cut before it went in */
            ip += f->c.upper_at;
            left -= f->c.upper_at;
            CHECK_EQ(ip6_walk(ip, left, &c), IP6_GOOD);
        }
        if (c.fragment) {
            uint16_t number = (uint16_t)part_of(ip + c.upper_at).id;
            struct addr src = ip6_src(ip);
            bool is_source = !n->forwards || addr_eq(&src, &agent);
            by_router += !is_source && !cut[number];
            cut[number] |= is_source;
        }
        if (f->port == lte->port->index)
            CHECK(f->n <= 1400);
        if (f->port == small->port->index)
            CHECK(f->n <= 1280);
        told_wifi += f->t > 36 * SIM_S && is_icmp(f, ICMP6_TOO_BIG);
    }
    RULE("IP6-FRAG-1"); /* the source alone, and a tunnel's entry is one */
    CHECK_EQ(by_router, 0);
    RULE("IP6-PMTU-2");
    CHECK_EQ(told_wifi, 0);
    static const uint32_t told[] = {1452, 1400, 1352, 1280, 1280}; /* the tunnel takes 48 */
    unsigned lowered = 0;
    for (unsigned k = 0; k < events; k++) {
        struct addr local = field_of(&happened[k], "local")->addr;
        if (happened[k].name != EV_PATH_MTU)
            continue;
        RULE("IP6-TUN-2");
        RULE("IP6-TUN-4");
        RULE("IP6-PMTU-2");
        CHECK(lowered < 5 && field_of(&happened[k], "mtu_bytes")->i == told[lowered] &&
              addr_eq(&local, &agent) == (lowered % 2 == 1));
        lowered++;
    }
    CHECK_EQ(lowered, 5);
    CHECK_EQ(dropped[DROP_TOO_BIG], 3);
    end_world();
}

/* The entry's arithmetic with a path of 1,280: 1,280 inside gives two fragments outside, 1,281 an
 * error. */
static void the_tunnel_at_the_least_mtu(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct node *ha = node_of("ha");
    struct addr src = cn_address();
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    struct addr coa = address_global(iface_of("mn", "cell1"))->addr;
    CHECK_EQ(pmtu_use(&ha->pmtu, &agent, &coa, 1500, 1500, now_is()), 1500);
    CHECK_EQ(pmtu_too_big(&ha->pmtu, &agent, &coa, 1500, 1280, now_is()), PMTU_LOWERED);
    for (int more = 0; more < 2; more++) {
        struct pkt *p = echo_request(&world.packets, &src, &home, 1, 1, (size_t)(1280 - 48 + more));
        unsigned before = seen_frames;
        unsigned refused = (unsigned)dropped[DROP_TOO_BIG];
        mobility_tunnel(ha, p, &agent, &coa, 3, 64);
        unsigned pieces = 0;
        for (unsigned k = before; k < seen_frames; k++)
            pieces += frames[k].c.fragment && addr_eq(&frames[k].h.dst, &coa);
        RULE("IP6-TUN-2");
        CHECK(more ? pieces == 0 && dropped[DROP_TOO_BIG] == refused + 1 : pieces == 2);
        if (more) {
            struct icmp6_error e = {.value = 0};
            const struct seen_frame *f = NULL;
            for (unsigned k = before; k < seen_frames; k++)
                f = is_icmp(&frames[k], ICMP6_TOO_BIG) ? &frames[k] : f;
            CHECK(f && !icmp6_read_error(f->ip + f->c.upper_at, f->n - f->c.upper_at, &e));
            RULE("IP6-TUN-2");
            CHECK(e.value == 1280 && f && addr_eq(&f->h.dst, &src));
            RULE("IP6-ICMP-2");
            CHECK(f && f->n == 1280);
        }
    }
    end_world();
}

static void limits_and_loops_of_tunnels(void)
{
    BEGIN(FILE_, QUIET, "timers.tunnel_encapsulation_limit=4");
    settle();
    struct node *ha = node_of("ha");
    struct addr src = cn_address();
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    struct addr coa = address_global(iface_of("mn", "cell0"))->addr;
    struct pkt *p = echo_request(&world.packets, &src, &home, 1, 1, 8);
    unsigned before = seen_frames;
    mobility_tunnel(ha, p, &agent, &coa, 2, 64);
    RULE("IP6-TUN-3");
    CHECK(seen_frames > before && frames[before].c.has_limit && frames[before].c.limit == 4 &&
          frames[before].h.hop_limit == 64);
    for (int limit = 1; limit >= 0; limit--) { /* a tunnel packet that carries one */
        p = echo_request(&world.packets, &src, &home, 1, 1, 8);
        ip6_write_limit(pkt_prepend(p, IP6_LIMIT_BYTES), IP6_IP6, (uint8_t)limit);
        path_add_header(p, &src, &home, IP6_DEST_OPTS, 64);
        before = seen_frames;
        mobility_tunnel(ha, p, &agent, &coa, 2, 64);
        if (limit) {
            RULE("IP6-TUN-3");
            CHECK(frames[before].c.has_limit && frames[before].c.limit == 0);
            continue;
        }
        struct icmp6_error e = {.value = 0};
        const struct seen_frame *f = NULL;
        for (unsigned k = before; k < seen_frames; k++)
            f = is_icmp(&frames[k], ICMP6_PARAMETER_PROBLEM) ? &frames[k] : f;
        CHECK(f && !icmp6_read_error(f->ip + f->c.upper_at, f->n - f->c.upper_at, &e));
        RULE("IP6-TUN-3");
        CHECK(dropped[DROP_ENCAPSULATION_LIMIT] == 1 && e.code == ICMP6_FIELD &&
              e.value == IP6_HEADER + 4);
    }
    p = echo_request(&world.packets, &agent, &coa, 1, 1, 8);
    mobility_tunnel(ha, p, &agent, &coa, 2, 64);
    RULE("IP6-TUN-3");
    CHECK_EQ(dropped[DROP_TUNNEL_LOOP], 1);
    end_world();
}

/* RFC 2473 8: what happens inside a tunnel concerns whoever sent what is inside. */
static void errors_from_inside_a_tunnel(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct node *ha = node_of("ha");
    struct addr src = cn_address();
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr agent = node_of("mn")->mobile->bul.how.agent;
    struct addr coa = address_global(iface_of("mn", "cell0"))->addr;
    struct addr router = outside();
    static const uint8_t types[] = {ICMP6_TIME_EXCEEDED, ICMP6_UNREACHABLE};
    struct iface *in = node_find_iface(ha, "ha-lte");
    for (size_t k = 0; k < sizeof types; k++) {
        struct pkt *p = echo_request(&world.packets, &src, &home, 1, 1, 8);
        path_add_header(p, &agent, &coa, IP6_IP6, 60);
        uint8_t bytes[256];
        struct writer w = wr_over(bytes, sizeof bytes);
        const struct icmp6_error e = {.type = types[k], .quote = p->at, .n = p->len};
        icmp6_write_error(&w, &router, &agent, &e);
        unsigned before = seen_frames;
        arrive(in, STRANGER, packet_of(&router, &agent, IP6_ICMP6, 64, bytes, w.len));
        const struct seen_frame *f = seen_frames > before ? &frames[before] : NULL;
        RULE("IP6-TUN-4");
        CHECK(f && is_icmp(f, ICMP6_UNREACHABLE) && addr_eq(&f->h.dst, &src) &&
              f->ip[f->c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE);
        pkt_give(&world.packets, p);
        run_to(now_is() + SIM_S);
    }
    /* one unreachable changes no binding */
    RULE("IP6-ICMP-4");
    CHECK_EQ(bcache_find(agent_cache(ha->agent), &home)->bindings, 3);
    end_world();
}

/* Hop limits: RFC 2473 3.1, RFC 8200 3. */
static void hop_limits(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = cn_address();
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct iface *in = node_find_iface(node_of("ha"), "ha-inet");
    struct pkt *p = echo_request(&world.packets, &src, &home, 1, 1, 8);
    p->at[IP6_AT_HOPS] = 33;
    unsigned before = seen_frames;
    arrive(in, STRANGER, p);
    const struct seen_frame *f = seen_frames > before ? &frames[before] : NULL;
    RULE("IP6-TUN-1");
    CHECK(f && f->c.upper == IP6_IP6 && f->h.hop_limit == 64 &&
          f->ip[f->c.upper_at + IP6_AT_HOPS] == 32);
    for (int hops = 0; hops < 3; hops++) { /* in transit: 0 and 1 go no further */
        struct addr dst = outside();
        struct addr away = cn_address();
        p = echo_request(&world.packets, &dst, &away, 1, 1, 8);
        p->at[IP6_AT_HOPS] = (uint8_t)hops;
        unsigned wrong = (unsigned)dropped[DROP_HOP_LIMIT];
        arrive(node_find_iface(node_of("ha"), "ha-lte"), STRANGER, p);
        RULE("IP6-FWD-3");
        CHECK_EQ(dropped[DROP_HOP_LIMIT], wrong + (hops < 2));
    }
    struct addr from = outside();
    struct addr own = cn_address();
    p = echo_request(&world.packets, &from, &own, 1, 1, 8);
    p->at[IP6_AT_HOPS] = 0; /* at its destination it does not matter */
    unsigned answered = replies();
    arrive(cn(), STRANGER, p);
    RULE("IP6-FWD-3");
    CHECK_EQ(replies(), answered + 1);
    end_world();
}

static void what_is_not_forwarded(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct iface *cell = iface_of("mn", "cell0");
    struct node *gateway = node_of("lte-router");
    struct iface *bearer = node_find_iface(gateway, "mn-cell0");
    struct addr coa = address_global(cell)->addr;
    struct addr unused = coa;
    unused.b[15] ^= 1;
    arrive(bearer, 0, echo_request(&world.packets, &coa, &unused, 1, 1, 8));
    const struct seen_frame *f = icmp_after(bearer, ICMP6_UNREACHABLE, 0);
    RULE("IP6-FWD-3");
    CHECK(dropped[DROP_SAME_LINK] == 1 && f && addr_eq(&f->h.dst, &coa) &&
          f->ip[f->c.upper_at + 1] == ICMP6_ADDRESS_UNREACHABLE);
    struct addr link_local = addr_link_local_of(9);
    struct addr far = outside();
    arrive(node_find_iface(node_of("ha"), "ha-lte"), STRANGER,
           echo_request(&world.packets, &link_local, &far, 1, 1, 8));
    RULE("IP6-FWD-3");
    CHECK_EQ(dropped[DROP_SCOPE], 1);
    /* a router touches the hop limit and nothing else, whatever headers follow */
    struct addr src = outside();
    struct addr dst = cn_address();
    struct pkt *p = pkt_take(&world.packets);
    memset(pkt_append(p, 8), 0x5a, 8);
    ip6_write_rh2(pkt_prepend(p, IP6_RH2_BYTES), IP6_NONE, &far);
    ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_ROUTING, &far);
    path_add_header(p, &src, &dst, IP6_DEST_OPTS, 44);
    uint8_t was[256];
    size_t n = p->len;
    memcpy(was, p->at, n);
    was[IP6_AT_HOPS]--;
    unsigned before = seen_frames;
    arrive(node_find_iface(node_of("ha"), "ha-lte"), STRANGER, p);
    RULE("IP6-FWD-2");
    CHECK(seen_frames > before && frames[before].n == n && !memcmp(frames[before].ip, was, n));
    end_world();
}

/* RFC 8200 4.2, 4.4: at the destination. */
static void headers_that_nobody_knows(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = outside();
    struct addr dst = cn_address();
    uint8_t bytes[16] = {IP6_NONE, 0, 77, 1}; /* a routing header of type 77 */
    unsigned before = seen_frames;
    arrive(cn(), STRANGER, packet_of(&src, &dst, 200, 64, bytes, 8));
    RULE("IP6-FWD-2"); /* the pointer shows the octet that names it */
    CHECK(dropped[DROP_UNKNOWN_HEADER] == 1 &&
          tells(before, ICMP6_PARAMETER_PROBLEM, ICMP6_NEXT_HEADER, IP6_AT_NEXT));
    before = seen_frames;
    arrive(cn(), STRANGER, packet_of(&src, &dst, IP6_ROUTING, 64, bytes, 16));
    RULE("IP6-FWD-2"); /* the routing type */
    CHECK(dropped[DROP_BAD_ROUTING] == 1 &&
          tells(before, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, IP6_HEADER + 2));
    bytes[3] = 0; /* no segments left: skipped */
    before = seen_frames;
    arrive(cn(), STRANGER, packet_of(&src, &dst, IP6_ROUTING, 64, bytes, 16));
    RULE("IP6-FWD-2");
    CHECK(dropped[DROP_BAD_ROUTING] == 1 && seen_frames == before);
    end_world();
}

/* A type 2 routing header of another length than that of one address: RFC 6275 6.4, 11.3.3. */
static void routing_headers_of_another_length(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct iface *i = iface_of("mn", "wlan0");
    struct addr src = outside();
    struct addr coa = address_global(i)->addr;
    struct addr home = *mobile_home(node_of("mn")->mobile);
    for (uint8_t units = 0; units <= 4; units++) {
        uint8_t bytes[40] = {IP6_NONE, units, 2, 1};
        memcpy(bytes + 8, home.b, sizeof home.b);
        memcpy(bytes + 24, home.b, sizeof home.b);
        uint64_t wrong = dropped[DROP_BAD_ROUTING];
        unsigned before = seen_frames;
        arrive(i, STRANGER, packet_of(&src, &coa, IP6_ROUTING, 64, bytes, 8 + 8 * (size_t)units));
        RULE("MIP6-RH2-1");
        CHECK(dropped[DROP_BAD_ROUTING] == wrong + (units != 2) && seen_frames == before);
    }
    end_world();
}

CHECK_MAIN(CASE(the_path_mtu_is_lowered_and_never_raised),
           CASE(an_error_about_a_strange_fragment_is_not_believed),
           CASE(large_packets_through_tunnels), CASE(the_tunnel_at_the_least_mtu),
           CASE(limits_and_loops_of_tunnels), CASE(errors_from_inside_a_tunnel), CASE(hop_limits),
           CASE(what_is_not_forwarded), CASE(headers_that_nobody_knows),
           CASE(routing_headers_of_another_length))
