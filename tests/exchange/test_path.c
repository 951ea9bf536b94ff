/* Fragments, path MTU, tunnels, forwarding and ICMPv6 errors: RFC 8200, 8201, 2473, 4443. */
#include "tests/fragment_world.h"

static void pieces_are_joined_in_any_order(void)
{
    static const size_t cut[4][2] = {{0, 400}, {400, 800}, {800, 1000}, {1000, 1008}};
    static const int orders[4][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    BEGIN(FILE_, QUIET);
    settle();
    for (unsigned k = 0; k < 4; k++) {
        for (int j = 0; j < 4; j++) {
            CHECK_EQ(replies(), k);
            arrive(cn(), STRANGER, piece(1000, k, cut[orders[k][j]][0], cut[orders[k][j]][1]));
        }
        RULE("IP6-FRAG-2");
        CHECK_EQ(replies(), k + 1);
    }
    arrive(cn(), STRANGER, piece(1000, 9, 0, 1008)); /* atomic: RFC 6946 */
    CHECK_EQ(replies(), 5);
    /* the same number from another source is another packet */
    arrive(cn(), STRANGER, piece(1000, 10, 0, 400));
    arrive(cn(), STRANGER, piece(1000, 11, 400, 1008));
    CHECK_EQ(replies(), 5);
    end_world();
}

static void pieces_that_overlap_spoil_the_packet(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    arrive(cn(), STRANGER, piece(1000, 1, 0, 400));
    arrive(cn(), STRANGER, piece(1000, 1, 0, 400)); /* the very same: ignored */
    CHECK_EQ(dropped[DROP_FRAGMENT_COPY], 1);
    arrive(cn(), STRANGER, piece(1000, 1, 392, 800));
    RULE("IP6-FRAG-2");
    CHECK_EQ(dropped[DROP_FRAGMENT_OVERLAP], 2); /* it, and what was there */
    arrive(cn(), STRANGER, piece(1000, 1, 400, 800));
    arrive(cn(), STRANGER, piece(1000, 1, 800, 1008));
    arrive(cn(), STRANGER, piece(1000, 1, 0, 400));
    RULE("IP6-FRAG-2");
    CHECK(replies() == 0 && count_icmp(cn(), ICMP6_PARAMETER_PROBLEM, 0) == 0);
    end_world();
}

static void a_piece_that_never_comes(void)
{
    BEGIN(FILE_, QUIET, "general.stop=400 s");
    settle();
    sim_time at = now_is();
    arrive(cn(), STRANGER, piece(1000, 1, 0, 400));
    run_to(at + 30 * SIM_S);
    arrive(cn(), STRANGER, piece(1000, 1, 800, 1008));
    arrive(cn(), STRANGER, piece(1000, 2, 800, 1008)); /* without the first piece: silence */
    run_to(at + 60 * SIM_S - 1);
    CHECK_EQ(count_icmp(cn(), ICMP6_TIME_EXCEEDED, 0), 0);
    run_to(at + 100 * SIM_S);
    const struct seen_frame *f = icmp_after(cn(), ICMP6_TIME_EXCEEDED, 0);
    RULE("IP6-FRAG-2");
    CHECK(f && f->t == at + 60 * SIM_S && f->ip[f->c.upper_at + 1] == ICMP6_REASSEMBLY);
    RULE("IP6-FRAG-2");
    CHECK(count_icmp(cn(), ICMP6_TIME_EXCEEDED, 0) == 1 && dropped[DROP_REASSEMBLY] == 3);
    end_world();
}

static void pieces_that_fit_nowhere(void)
{
    BEGIN(FILE_, QUIET, "timers.reassemblies=16");
    settle();
    struct pkt *odd = piece(1000, 1, 0, 404); /* not a multiple of 8, and not the last */
    unsigned before = seen_frames;
    arrive(cn(), STRANGER, odd);
    CHECK_EQ(dropped[DROP_FRAGMENT], 1);
    RULE("IP6-FRAG-2");
    CHECK(tells(before, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, IP6_AT_LENGTH));
    struct pkt *far = piece(1000, 2, 0, 8);
    far->at[IP6_HEADER + 2] = 0xff; /* beyond 65,535 */
    far->at[IP6_HEADER + 3] = 0xf9;
    before = seen_frames;
    arrive(cn(), STRANGER, far);
    CHECK_EQ(dropped[DROP_FRAGMENT], 2);
    RULE("IP6-FRAG-2");
    CHECK(tells(before, ICMP6_PARAMETER_PROBLEM, ICMP6_FIELD, IP6_HEADER + 2));
    struct pkt *large = piece(1000, 3, 0, 8);
    large->at[IP6_HEADER + 2] = 0x40; /* beyond what this node has room for */
    arrive(cn(), STRANGER, large);
    CHECK_EQ(dropped[DROP_REASSEMBLY_SIZE], 1);
    struct pkt *cut = piece(1000, 4, 0, 8); /* its first piece ends within the TCP header */
    cut->at[IP6_HEADER] = IP6_TCP;
    before = seen_frames;
    arrive(cn(), STRANGER, cut);
    CHECK_EQ(dropped[DROP_FRAGMENT], 3);
    RULE("IP6-FRAG-1");
    CHECK(tells(before, ICMP6_PARAMETER_PROBLEM, ICMP6_HEADER_CHAIN, 0));
    for (unsigned k = 0; k < 40; k++) /* more at once than there is room: the oldest go */
        arrive(cn(), STRANGER, piece(1000, 100 + k, 0, 400));
    CHECK_EQ(dropped[DROP_REASSEMBLY_ROOM], 40 - 16);
    end_world();
}

/* RFC 6980: neighbour discovery never comes in fragments. */
static void neighbour_discovery_in_fragments_is_ignored(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct addr src = addr_link_local_of(5);
    struct addr target = cn_address();
    uint8_t bytes[64];
    struct writer w = wr_over(bytes, sizeof bytes);
    const struct nd_message ns = {.type = ICMP6_NS, .target = target};
    nd_write(&w, &src, &target, &ns);
    struct pkt *p = pkt_take(&world.packets);
    const struct fragment atomic = {.next = IP6_ICMP6};
    fragment_write(pkt_append(p, FRAGMENT_HEADER), &atomic);
    memcpy(pkt_append(p, w.len), bytes, w.len);
    path_add_header(p, &src, &target, IP6_FRAGMENT, 255);
    unsigned answers = count_icmp(cn(), ICMP6_NA, 0);
    arrive(cn(), STRANGER, p);
    RULE("IP6-ND-2");
    CHECK(dropped[DROP_BAD_ND] == 1 && count_icmp(cn(), ICMP6_NA, 0) == answers);
    unsigned cut = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        cut += frames[k].c.fragment && frames[k].ip[frames[k].c.upper_at] == IP6_ICMP6;
    RULE("IP6-ND-2");
    CHECK_EQ(cut, 0);
    end_world();
}

/* ---- errors: RFC 4443 2.4 -------------------------------------------------------------------- */

static void what_no_error_is_sent_about(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct node *n = node_of("cn");
    struct addr src = outside();
    struct addr dst = cn_address();
    struct addr group = {{0xff, 5, [15] = 9}};
    uint8_t bytes[64];
    struct writer w = wr_over(bytes, sizeof bytes);
    const struct icmp6_error inner = {.type = ICMP6_UNREACHABLE, .quote = bytes, .n = 0};
    unsigned before = seen_frames;
    struct pkt *p = packet_of(&addr_any, &dst, IP6_UDP, 64, bytes, 8);
    icmp_send_error(n, p, ICMP6_UNREACHABLE, 4, 0);
    pkt_give(&world.packets, p);
    p = packet_of(&group, &dst, IP6_UDP, 64, bytes, 8);
    icmp_send_error(n, p, ICMP6_UNREACHABLE, 4, 0);
    pkt_give(&world.packets, p);
    p = packet_of(&src, &group, IP6_UDP, 64, bytes, 8);
    icmp_send_error(n, p, ICMP6_UNREACHABLE, 4, 0);
    pkt_give(&world.packets, p);
    icmp6_write_error(&w, &src, &dst, &inner);
    p = packet_of(&src, &dst, IP6_ICMP6, 64, bytes, w.len);
    icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, 0, 0);
    pkt_give(&world.packets, p);
    w = wr_over(bytes, sizeof bytes);
    const struct nd_message redirect = {.type = ICMP6_REDIRECT};
    nd_write(&w, &src, &dst, &redirect);
    p = packet_of(&src, &dst, IP6_ICMP6, 64, bytes, w.len);
    icmp_send_error(n, p, ICMP6_PARAMETER_PROBLEM, 0, 0);
    pkt_give(&world.packets, p);
    RULE("IP6-ICMP-1");
    CHECK_EQ(seen_frames, before);
    p = packet_of(&src, &group, IP6_UDP, 64, bytes, 8); /* but Too Big about a group is */
    icmp_send_error(n, p, ICMP6_TOO_BIG, 0, 1280);
    pkt_give(&world.packets, p);
    run_to(now_is() + SIM_S);
    RULE("IP6-ICMP-1");
    CHECK(icmp_after(cn(), ICMP6_TOO_BIG, 0) != NULL);
    end_world();
}

static void errors_are_rate_limited(void)
{
    for (int fast = 0; fast < 2; fast++) {
        if (fast)
            BEGIN(FILE_, QUIET, "timers={icmp_error_rate: 100, icmp_error_burst: 3}");
        else
            BEGIN(FILE_, QUIET);
        settle();
        struct addr src = outside();
        struct addr dst = cn_address();
        uint8_t bytes[8] = {0};
        unsigned before = count_icmp(cn(), ICMP6_PARAMETER_PROBLEM, 0);
        neighbour_learn(cn(), &solicit_router(cn(), NULL)->addr, STRANGER, true);
        for (int k = 0; k < 1000; k++)
            arrive(cn(), STRANGER, packet_of(&src, &dst, 200, 64, bytes, 8));
        unsigned burst = count_icmp(cn(), ICMP6_PARAMETER_PROBLEM, 0) - before;
        for (int k = 0; k < 1000; k++) {
            run_to(now_is() + SIM_MS);
            arrive(cn(), STRANGER, packet_of(&src, &dst, 200, 64, bytes, 8));
        }
        unsigned all = count_icmp(cn(), ICMP6_PARAMETER_PROBLEM, 0) - before;
        RULE("IP6-ICMP-3");
        CHECK(burst == (fast ? 3 : 10) && all >= burst + (fast ? 99 : 9) &&
              all <= burst + (fast ? 100 : 10));
        const struct seen_frame *f = icmp_after(cn(), ICMP6_PARAMETER_PROBLEM, 0);
        RULE("IP6-ICMP-4");
        CHECK(f && addr_eq(&f->h.src, &dst)); /* the address that was asked */
        end_world();
    }
}

static unsigned overflowed;

static void see_overflow(void *self, const struct tap_frame *f)
{
    (void)self;
    overflowed += f->what == TAP_DROPPED && f->reason == DROP_QUEUE_FULL;
}

/* A full queue says nothing. */
static void congestion_is_silent(void)
{
    static struct tap counter = {.frame = see_overflow};
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "networks.wlan.rate=50 kbit/s",
          "networks.wlan.queue=2 packets", "events=[]");
    overflowed = 0;
    sim_add_tap(world.sim, &counter);
    run_to(30 * SIM_S);
    unsigned errors = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        errors += frames[k].c.upper == IP6_ICMP6 && frames[k].c.upper_at < frames[k].n &&
                  frames[k].ip[frames[k].c.upper_at] < ICMP6_ECHO_REQUEST;
    RULE("IP6-ICMP-3");
    CHECK(errors == 0 && overflowed > 100);
    end_world();
}

CHECK_MAIN(CASE(pieces_are_joined_in_any_order), CASE(pieces_that_overlap_spoil_the_packet),
           CASE(a_piece_that_never_comes), CASE(pieces_that_fit_nowhere),
           CASE(neighbour_discovery_in_fragments_is_ignored), CASE(what_no_error_is_sent_about),
           CASE(errors_are_rate_limited), CASE(congestion_is_silent))
