/* A translator between a network and the backbone, packet by packet (RFC 4787, RFC 5508). */
#include "models/node/translator.h"
#include "models/wire/fragment.h"
#include "models/wire/udp.h"

#include "tests/ipsec_world.h"

#define FILE_ "ike/behind-a-translator.yaml"
/* Key management waits for an interface that does not come. */
#define QUIET                                                                                    \
    "expect=[]", "events=[{at: 0 s, detach: car.cell0}]", "flows={}", "nodes.car.ike.coa=cell0", \
        "timers.ike_patience=3600 s"

static const struct addr x = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};
static const struct addr y = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 10}};
static const struct addr outside = {{0x20, 1, 0xd, 0xb8, 0, 0xf, [15] = 1}};

static struct addr host;
static struct iface *in;
static struct iface *out;

static void settle(void)
{
    run_to(10 * SIM_S);
    host = coa_of("wlan0");
    in = iface_of("wlan-router", "wlan");
    out = iface_of("wlan-router", "ha-wlan");
}

static struct pkt *udp(const struct addr *src, const struct addr *dst, uint16_t from, uint16_t to)
{
    uint8_t bytes[UDP_HEADER + 21];
    for (size_t k = UDP_HEADER; k < sizeof bytes; k++)
        bytes[k] = (uint8_t)k;
    udp_write(bytes, sizeof bytes - UDP_HEADER, src, dst, from, to);
    return packet_of(src, dst, IP6_UDP, 64, bytes, sizeof bytes);
}

static struct pkt *echo(const struct addr *src, const struct addr *dst, uint8_t type, uint16_t id)
{
    uint8_t bytes[64];
    struct writer w = wr_over(bytes, sizeof bytes);
    const struct icmp6_echo e = {type, id, 7, (const uint8_t *)"ping", 4};
    icmp6_write_echo(&w, src, dst, &e);
    return packet_of(src, dst, IP6_ICMP6, 64, bytes, w.len);
}

static struct pkt *error(const struct addr *src, const struct addr *dst, uint8_t type,
                         uint32_t value, const struct seen_frame *about)
{
    uint8_t bytes[1280];
    struct writer w = wr_over(bytes, sizeof bytes);
    const struct icmp6_error e = {type, 0, value, about->ip, about->n};
    icmp6_write_error(&w, src, dst, &e);
    return packet_of(src, dst, IP6_ICMP6, 64, bytes, w.len);
}

/* What i sent of p, which arrives at `at`: the last, but for neighbour discovery; NULL: nothing. */
static const struct seen_frame *through(struct iface *at, struct pkt *p, const struct iface *i)
{
    unsigned before = seen_frames;
    arrive(at, STRANGER, p);
    run_to(now_is() + (i == out ? SIM_MS : 20 * SIM_MS)); /* inside it asks for the neighbour */
    for (unsigned k = seen_frames; k-- > before;) {
        const struct seen_frame *f = &frames[k];
        bool nd = !f->fault && f->c.upper == IP6_ICMP6 && f->ip[f->c.upper_at] >= ICMP6_RS;
        if (f->port == i->port->index && !nd)
            return f;
    }
    return NULL;
}

static bool udp_is(const struct seen_frame *f, const struct addr *src, const struct addr *dst,
                   struct udp *u)
{
    return f && !f->fault && f->c.upper == IP6_UDP && addr_eq(&f->h.src, src) &&
           addr_eq(&f->h.dst, dst) &&
           !udp_read(src, dst, f->ip + f->c.upper_at, f->n - f->c.upper_at, u);
}

static void out_and_back(void)
{
    struct udp u;
    BEGIN(FILE_, QUIET);
    settle();
    const struct seen_frame *f = through(in, udp(&host, &x, 5000, 7000), out);
    CHECK(udp_is(f, &outside, &x, &u) && u.src_port == 1024 && u.dst_port == 7000);
    CHECK(f && f->h.hop_limit == 63 && count_events(EV_MAPPING_MADE, 0) == 1);
    f = through(out, udp(&x, &outside, 7000, 1024), in);
    CHECK(udp_is(f, &x, &host, &u) && u.src_port == 7000 && u.dst_port == 5000);
    f = through(in, udp(&host, &y, 5000, 1), out); /* the same port, whoever it is for */
    CHECK(udp_is(f, &outside, &y, &u) && u.src_port == 1024);
    f = through(in, udp(&host, &x, 5001, 7000), out);
    CHECK(udp_is(f, &outside, &x, &u) && u.src_port == 1025);
    /* What was wrong stays wrong. */
    struct pkt *p = udp(&host, &x, 5000, 7000);
    p->at[p->len - 1] ^= 1;
    f = through(in, p, out);
    CHECK(f &&
          udp_read(&outside, &x, f->ip + IP6_HEADER, f->n - IP6_HEADER, &u) == UDP_BAD_CHECKSUM);
    /* Whatever the bytes, the sum is right and never 0: this one sums up to 0 on the way. */
    unsigned wrong = 0;
    for (unsigned k = 1; k < 65536; k += 257) {
        f = through(in, udp(&host, &x, 5000, (uint16_t)k), out);
        wrong += !udp_is(f, &outside, &x, &u) || u.dst_port != k;
    }
    CHECK_EQ(wrong, 0);
    end_world();
}

static void filters(void)
{
    struct udp u;
    BEGIN(FILE_, QUIET);
    settle();
    (void)through(in, udp(&host, &x, 5000, 7000), out);
    CHECK(!through(out, udp(&y, &outside, 7000, 1024), in) && dropped[DROP_FILTERED] == 1);
    CHECK(udp_is(through(out, udp(&x, &outside, 1, 1024), in), &x, &host, &u)); /* any port */
    CHECK(!through(out, udp(&x, &outside, 7000, 1025), in) && dropped[DROP_NO_MAPPING] == 1);
    end_world();
    BEGIN(FILE_, QUIET, "networks.wlan.translator.filter=endpoint-independent");
    settle();
    (void)through(in, udp(&host, &x, 5000, 7000), out);
    CHECK(udp_is(through(out, udp(&y, &outside, 9, 1024), in), &y, &host, &u));
    end_world();
}

/* Only what leaves keeps a mapping. */
static void it_ends_in_silence(void)
{
    struct udp u;
    BEGIN(FILE_, QUIET);
    settle();
    sim_time t = now_is();
    (void)through(in, udp(&host, &x, 5000, 7000), out);
    run_to(t + 20 * SIM_S);
    (void)through(out, udp(&x, &outside, 7000, 1024), in);
    run_to(t + 29 * SIM_S);
    CHECK(udp_is(through(out, udp(&x, &outside, 7000, 1024), in), &x, &host, &u));
    run_to(t + 30 * SIM_S - 1);
    CHECK_EQ(count_events(EV_MAPPING_ENDED, 0), 0);
    run_to(t + 30 * SIM_S);
    const struct tap_event *e = event_after(EV_MAPPING_ENDED, 0);
    CHECK(e && e->t == t + 30 * SIM_S && field_of(e, "outside_port")->i == 1024 &&
          field_of(e, "inside_port")->i == 5000);
    CHECK(!through(out, udp(&x, &outside, 7000, 1024), in) && dropped[DROP_NO_MAPPING] == 1);
    CHECK(udp_is(through(in, udp(&host, &x, 5000, 7000), out), &outside, &x, &u) &&
          u.src_port == 1025);
    run_to(now_is() + 29 * SIM_S);
    CHECK(udp_is(through(in, udp(&host, &x, 5000, 7000), out), &outside, &x, &u) &&
          u.src_port == 1025);
    run_to(now_is() + 29 * SIM_S);
    CHECK(udp_is(through(out, udp(&x, &outside, 7000, 1025), in), &x, &host, &u));
    end_world();
}

static bool dies(struct iface *at, struct pkt *p, unsigned reason)
{
    uint64_t before = dropped[reason];
    const struct seen_frame *f = through(at, p, at == in ? out : in);
    return !f && dropped[reason] == before + 1;
}

static void what_is_not_translated(void)
{
    static const uint8_t bytes[64] = {0, 0, 1, 2, 0, 24};
    BEGIN(FILE_, QUIET);
    settle();
    struct addr home = home_address();
    const struct mh bu = some_update(1, &host);
    CHECK(dies(in, mh_packet(&host, &x, &home, false, &bu), DROP_NOT_TRANSLATED));
    CHECK(dies(in, packet_of(&host, &x, IP6_ESP, 64, bytes, sizeof bytes), DROP_NOT_TRANSLATED));
    CHECK(dies(in, in_clear_tunnel(&host, &x, udp(&home, &y, 1, 2)), DROP_NOT_TRANSLATED));
    struct pkt *p = udp(&host, &x, 1, 2);
    pkt_strip(p, IP6_HEADER);
    CHECK(dies(in, packet_with(&host, &x, &home, false, IP6_UDP, p), DROP_NOT_TRANSLATED));
    uint8_t piece[FRAGMENT_HEADER + 16] = {0};
    const struct fragment whole = {.next = IP6_UDP, .id = 7, .more = true};
    fragment_write(piece, &whole);
    CHECK(
        dies(in, packet_of(&host, &x, IP6_FRAGMENT, 64, piece, sizeof piece), DROP_NOT_TRANSLATED));
    CHECK(dies(in, echo(&host, &x, ICMP6_ECHO_REPLY, 5), DROP_NOT_TRANSLATED));
    CHECK(dies(in, packet_of(&host, &x, IP6_UDP, 64, bytes, 4), DROP_NOT_TRANSLATED));
    CHECK(dies(in, packet_of(&host, &x, IP6_UDP, 64, bytes, 16), DROP_NOT_TRANSLATED)); /* sum 0 */
    CHECK(dies(out, echo(&x, &outside, ICMP6_ECHO_REQUEST, 5), DROP_NOT_TRANSLATED));
    CHECK(
        dies(out, udp(&x, &host, 7000, 5000), DROP_NOT_TRANSLATED)); /* nobody knows that prefix */
    CHECK(
        dies(out, packet_of(&x, &outside, IP6_ESP, 64, bytes, sizeof bytes), DROP_NOT_TRANSLATED));
    CHECK(count_events(EV_MAPPING_MADE, 0) == 0);
    end_world();
}

static void echoes(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    struct icmp6_echo e;
    uint8_t type;
    const struct seen_frame *f = through(in, echo(&host, &x, ICMP6_ECHO_REQUEST, 77), out);
    CHECK(f && addr_eq(&f->h.src, &outside) &&
          !icmp6_check(&f->h, f->ip + IP6_HEADER, f->n - IP6_HEADER, &type) &&
          !icmp6_read_echo(f->ip + IP6_HEADER, f->n - IP6_HEADER, &e) && e.identifier == 1024 &&
          e.sequence == 7);
    f = through(out, echo(&x, &outside, ICMP6_ECHO_REPLY, 1024), in);
    CHECK(f && addr_eq(&f->h.dst, &host) &&
          !icmp6_check(&f->h, f->ip + IP6_HEADER, f->n - IP6_HEADER, &type) &&
          !icmp6_read_echo(f->ip + IP6_HEADER, f->n - IP6_HEADER, &e) && e.identifier == 77);
    CHECK(dies(out, echo(&x, &outside, ICMP6_ECHO_REPLY, 1025), DROP_NO_MAPPING));
    CHECK(dies(out, echo(&y, &outside, ICMP6_ECHO_REPLY, 1024), DROP_FILTERED));
    end_world();
}

/* The quote of an error about f0, sent on, is what `sender` had sent, but for the hop limit. */
static bool quotes(const struct seen_frame *f, struct pkt *sent)
{
    struct icmp6_error e;
    uint8_t type;
    if (!f || icmp6_check(&f->h, f->ip + f->c.upper_at, f->n - f->c.upper_at, &type) ||
        icmp6_read_error(f->ip + f->c.upper_at, f->n - f->c.upper_at, &e))
        return false;
    sent->at[IP6_AT_HOPS] = e.quote[IP6_AT_HOPS];
    bool same = e.n == sent->len && !memcmp(e.quote, sent->at, e.n);
    pkt_give(&world.packets, sent);
    return same;
}

static void errors_about_what_was_translated(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    const struct seen_frame *f = through(in, udp(&host, &x, 5000, 7000), out);
    if (!f)
        exit(1);
    const struct seen_frame *g = through(out, error(&y, &outside, ICMP6_TOO_BIG, 1300, f), in);
    CHECK(g && addr_eq(&g->h.src, &y) && addr_eq(&g->h.dst, &host)); /* from any router */
    CHECK(quotes(g, udp(&host, &x, 5000, 7000)));
    f = through(in, echo(&host, &x, ICMP6_ECHO_REQUEST, 77), out);
    g = through(out, error(&y, &outside, ICMP6_UNREACHABLE, 0, f), in);
    CHECK(quotes(g, echo(&host, &x, ICMP6_ECHO_REQUEST, 77)));
    /* And the other way: what came in met a closed port. */
    f = through(out, udp(&x, &outside, 7000, 1024), in);
    g = through(in, error(&host, &x, ICMP6_UNREACHABLE, 0, f), out);
    CHECK(g && addr_eq(&g->h.src, &outside) && quotes(g, udp(&x, &outside, 7000, 1024)));
    /* About what nobody sent. */
    struct seen_frame odd = *f;
    CHECK(dies(out, error(&y, &outside, ICMP6_UNREACHABLE, 0, &odd), DROP_NO_MAPPING));
    odd.n = IP6_HEADER + 4;
    CHECK(dies(out, error(&y, &outside, ICMP6_UNREACHABLE, 0, &odd), DROP_NOT_TRANSLATED));
    end_world();
}

static void errors_of_its_own(void)
{
    BEGIN(FILE_, QUIET);
    settle();
    (void)through(in, udp(&host, &x, 5000, 7000), out);
    struct pkt *p = udp(&x, &outside, 7000, 1024);
    p->at[IP6_AT_HOPS] = 1;
    const struct seen_frame *f = through(out, p, out);
    CHECK(f && f->ip[f->c.upper_at] == ICMP6_TIME_EXCEEDED && addr_eq(&f->h.src, &outside) &&
          addr_eq(&f->h.dst, &x));
    end_world();
}

static void no_port_is_left(void)
{
    struct udp u;
    BEGIN(FILE_, QUIET, "networks.wlan.translator.ports=2000-2001");
    settle();
    CHECK(udp_is(through(in, udp(&host, &x, 1, 7), out), &outside, &x, &u) && u.src_port == 2000);
    CHECK(udp_is(through(in, udp(&host, &x, 2, 7), out), &outside, &x, &u) && u.src_port == 2001);
    CHECK(dies(in, udp(&host, &x, 3, 7), DROP_NO_PORT_LEFT));
    end_world();
}

static void ranges_of_ports(void)
{
    static const char *const bad[] = {"",     "5",    "5-",   "-5",  "9-8",   "0-8", "1-65536",
                                      "1-8 ", " 1-8", "1--8", "a-b", "1-2-3", "+1-2"};
    uint16_t low;
    uint16_t high;
    struct why w;
    CHECK(!translator_parse_ports("1-65535", &low, &high, &w) && low == 1 && high == 65535);
    CHECK(!translator_parse_ports("7-7", &low, &high, &w) && low == 7 && high == 7);
    for (unsigned k = 0; k < sizeof bad / sizeof bad[0]; k++)
        CHECK(translator_parse_ports(bad[k], &low, &high, &w));
}

CHECK_MAIN(CASE(out_and_back), CASE(filters), CASE(it_ends_in_silence),
           CASE(what_is_not_translated), CASE(echoes), CASE(errors_about_what_was_translated),
           CASE(errors_of_its_own), CASE(no_port_is_left), CASE(ranges_of_ports))
