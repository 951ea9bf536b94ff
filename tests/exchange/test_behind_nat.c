/* A mobile node behind a translator: IKE and ESP in UDP, whom the home agent follows, and what
 * keeps a mapping alive (RFC 7296 2.23, RFC 3948). */
#include "models/ike/ike.h"
#include "models/node/key_exchange.h"
#include "models/wire/udp.h"

#include "tests/ipsec_world.h"

#define FILE_ "ike/behind-a-translator.yaml"
#define QUIET "expect=[]", "events=[{at: 0 s, detach: car.cell0}]"

enum { PLAIN = 500, FLOATED = 4500 };

static const struct addr outside = {{0x20, 1, 0xd, 0xb8, 0, 0xf, [15] = 1}};
static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static bool is_udp(const struct seen_frame *f, struct udp *u)
{
    return !f->fault && f->c.upper == IP6_UDP &&
           !udp_read(&f->h.src, &f->h.dst, f->ip + f->c.upper_at, f->n - f->c.upper_at, u);
}

static const uint8_t *payload_of(const struct seen_frame *f)
{
    return f->ip + f->c.upper_at + UDP_HEADER;
}

static bool is_octet(const struct seen_frame *f)
{
    struct udp u;
    return is_udp(f, &u) && u.bytes == UDP_HEADER + 1 && *payload_of(f) == 0xff;
}

static bool is_on(const struct seen_frame *f, const struct iface *i)
{
    return f->port == i->port->index;
}

/* ---- the wire -------------------------------------------------------------------------------- */

static void all_goes_on_in_udp(void)
{
    static const uint8_t zeros[4] = {0};
    const struct iface *car;
    const struct iface *wan;
    unsigned init = 0;
    unsigned ike = 0;
    unsigned esp = 0;
    unsigned odd = 0;
    BEGIN(FILE_, QUIET, "flows.call.start=8 s");
    run_to(15 * SIM_S);
    car = iface_of("car", "wlan0");
    wan = iface_of("ha", "ha-wlan");
    struct addr agent = agent_address();
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        struct udp u;
        bool down = is_on(f, wan);
        if ((!is_on(f, car) && !down) || f->fault || f->c.upper == IP6_ICMP6)
            continue;
        uint16_t far = down ? 1025 : FLOATED; /* the second port that it has given out */
        if (!is_udp(f, &u)) {
            odd++;
        } else if (u.dst_port == PLAIN || u.src_port == PLAIN) {
            init++;
            odd += f->t > 5 * SIM_S;
        } else {
            bool marked = !memcmp(payload_of(f), zeros, sizeof zeros);
            ike += marked;
            esp += !marked;
            odd += u.src_port != FLOATED || u.dst_port != far ||
                   !addr_eq(&f->h.dst, down ? &outside : &agent);
        }
    }
    RULE("IKE-NAT-2"); /* every checksum is right, too */
    CHECK(odd == 0 && init == 2 && ike == 2 && esp > 400);
    CHECK(up_out("everything")->encapsulated && down_out("everything")->encapsulated);
    CHECK(bindings() == 1 && dropped[DROP_NOT_TRANSLATED] == 0);
    end_world();
}

static void a_binding_update_inside(void)
{
    struct opened_frame o;
    struct mh bu;
    BEGIN(FILE_, QUIET, "flows={}");
    run_to(10 * SIM_S);
    struct addr coa = coa_of("wlan0");
    bool seen = esp_after(iface_of("car", "wlan0"), "everything", 0, &o);
    CHECK(seen && mh_in_tunnel(&o, &bu) && bu.type == MH_BU && addr_eq(&bu.bid[0].coa, &coa));
    CHECK(o.f->c.upper == IP6_UDP && addr_eq(&o.f->h.src, &coa));
    const struct tap_event *e = event_after(EV_BU_RECEIVED, 0);
    CHECK(addr_eq(&field_of(e, "source")->addr, &outside));
    CHECK(is_bound(&coa) && !is_bound(&outside)); /* the address that it says it has */
    end_world();
}

/* By its letter the check of outer sources refuses all payload: an address inside is bound. */
static void sources_are_none_of_the_bindings(void)
{
    BEGIN(FILE_, QUIET, "nodes.ha.source_check={esp: any-binding}", "flows.call.start=8 s");
    run_to(12 * SIM_S);
    CHECK(bindings() == 1 && dropped[DROP_ESP_SOURCE_NOT_BOUND] > 150);
    end_world();
}

static void eight_bytes_more(void)
{
    BEGIN(FILE_, QUIET, "flows={}");
    run_to(10 * SIM_S);
    struct addr home = home_address();
    struct addr peer = peer_address();
    struct addr agent = agent_address();
    const struct cipher_suite *suite = up_out("everything")->suite;
    size_t fits = esp_fit(suite, 1500 - IP6_HEADER - UDP_HEADER);
    for (size_t more = 0; more < 2; more++) {
        sim_time t = now_is();
        unsigned n = 0;
        size_t longest = 0;
        path_out(mobile_node(), udp_packet(&home, &peer, fits + more - IP6_HEADER));
        run_to(t + 20 * SIM_MS);
        for (unsigned k = 0; k < seen_frames; k++) {
            const struct seen_frame *f = &frames[k];
            if (f->t < t || !is_on(f, iface_of("car", "wlan0")) || !addr_eq(&f->h.dst, &agent))
                continue;
            n++;
            longest = f->n > longest ? f->n : longest;
        }
        CHECK_EQ(n, 1 + more);
        CHECK(more ? longest <= 1500
                   : longest == IP6_HEADER + UDP_HEADER + fits + esp_growth(suite, fits));
    }
    CHECK(dropped[DROP_NOT_TRANSLATED] == 0);
    end_world();
}

/* ---- who is followed --------------------------------------------------------------------------
 */

/* Payload that `sa` seals with `sequence`, in UDP from `src` and `port`. */
static struct pkt *in_udp(const struct sa *sa, uint64_t sequence, const struct addr *src,
                          uint16_t port)
{
    struct sa copy = *sa;
    struct addr home = home_address();
    struct addr peer = peer_address();
    struct addr agent = agent_address();
    copy.sequence = sequence - 1;
    struct pkt *p = seal_at(&copy, udp_packet(&home, &peer, 100), 0);
    size_t n = p->len;
    udp_write(pkt_prepend(p, UDP_HEADER), n, src, &agent, port, FLOATED);
    path_add_header(p, src, &agent, IP6_UDP, 64);
    return p;
}

static bool is_at(const struct addr *a, uint16_t port)
{
    const struct sa *sa = down_out("everything");
    return addr_eq(&sa->remote, a) && sa->remote_port == port;
}

static void whom_the_agent_follows(void)
{
    BEGIN(FILE_, QUIET, "flows={}");
    run_to(10 * SIM_S);
    const struct sa *up = up_out("everything");
    uint64_t top = up->sequence;
    CHECK(is_at(&outside, 1025));
    struct pkt *p = in_udp(up, top + 9, &stranger, 777);
    p->at[p->len - 1] ^= 1; /* not authentic; the checksum is mended */
    size_t at = IP6_HEADER;
    struct addr agent = agent_address();
    udp_write(p->at + at, p->len - at - UDP_HEADER, &stranger, &agent, 777, FLOATED);
    arrive_at_agent(p);
    CHECK(is_at(&outside, 1025) && dropped[DROP_ICV] == 1);
    sim_time t = now_is();
    arrive_at_agent(in_udp(up, top + 10, &stranger, 777));
    RULE("IKE-NAT-3");
    CHECK(is_at(&stranger, 777));
    const struct tap_event *e = event_after(EV_IKE_MOVED, t);
    CHECK(e && !strcmp(field_of(e, "how")->text, "nat"));
    arrive_at_agent(in_udp(up, top + 20, &outside, 1025));
    CHECK(is_at(&outside, 1025));
    RULE("IKE-NAT-3"); /* what came before, and what is merely late */
    arrive_at_agent(in_udp(up, top + 10, &stranger, 777));
    CHECK(is_at(&outside, 1025) && dropped[DROP_REPLAY] == 1);
    uint64_t good = up_in("everything")->count.packets;
    RULE("IKE-NAT-3");
    arrive_at_agent(in_udp(up, top + 15, &stranger, 777));
    CHECK(is_at(&outside, 1025) && up_in("everything")->count.packets == good + 1);
    arrive_at_agent(in_udp(up, top + 21, &outside, 1026)); /* the port alone */
    CHECK(is_at(&outside, 1026));
    end_world();
}

/* Not without a window, either: the newest number is known all the same. */
static void without_anti_replay(void)
{
    BEGIN(FILE_, QUIET, "flows={}", "nodes.car.ipsec.anti_replay.window=0");
    run_to(10 * SIM_S);
    const struct sa *up = up_out("everything");
    uint64_t top = up->sequence;
    arrive_at_agent(in_udp(up, top + 5, &outside, 1025));
    arrive_at_agent(in_udp(up, top + 5, &stranger, 777));
    RULE("IKE-NAT-3");
    CHECK(is_at(&outside, 1025) && dropped[DROP_REPLAY] == 0);
    end_world();
}

static void with_mobike_nobody_is_followed(void)
{
    BEGIN(FILE_, QUIET, "flows={}", "nodes.car.ike={coa: wlan0, dpd: 0 s, mobility: mobike}");
    run_to(10 * SIM_S);
    const struct sa *up = up_out("everything");
    CHECK(bindings() == 1 && is_at(&outside, 1025) && up->encapsulated);
    RULE("IKE-NAT-3");
    arrive_at_agent(in_udp(up, up->sequence + 5, &stranger, 777));
    CHECK(is_at(&outside, 1025) && up_in("everything")->replay.top == up->sequence + 5);
    end_world();
}

/* The mobile node is behind the NAT: its home agent stays where it is. */
static void the_one_behind_follows_nobody(void)
{
    BEGIN(FILE_, QUIET, "flows={}");
    run_to(10 * SIM_S);
    struct addr home = home_address();
    struct addr peer = peer_address();
    struct addr coa = coa_of("wlan0");
    struct addr agent = agent_address();
    struct sa copy = *down_out("everything");
    copy.sequence += 5;
    struct pkt *p = seal_at(&copy, udp_packet(&peer, &home, 100), 0);
    size_t n = p->len;
    udp_write(pkt_prepend(p, UDP_HEADER), n, &stranger, &coa, 777, FLOATED);
    path_add_header(p, &stranger, &coa, IP6_UDP, 64);
    arrive(iface_of("car", "wlan0"), STRANGER, p);
    RULE("IKE-NAT-3");
    CHECK(addr_eq(&up_out("everything")->remote, &agent) &&
          up_out("everything")->remote_port == FLOATED &&
          sa_of(mobile_node(), "everything", SA_IN, 0)->replay.top == copy.sequence);
    end_world();
}

/* A restarted translator: another port, and IKE's own messages tell as well as ESP. */
static void a_mapping_that_is_lost(void)
{
    BEGIN(FILE_, QUIET, "flows={}", "timers.ike_keepalive=3600 s",
          "nodes.car.ike={coa: wlan0, dpd: 50 s}");
    run_to(70 * SIM_S); /* the mapping of 30 s is over; at 54 s liveness is asked for */
    CHECK(count_events(EV_MAPPING_ENDED, 0) >= 2);
    const struct tap_event *e = event_after(EV_IKE_MOVED, 30 * SIM_S);
    CHECK(e && !strcmp(field_of(e, "how")->text, "nat"));
    CHECK(is_at(&outside, 1026) && bindings() == 1);
    end_world();
}

/* ---- octets ------------------------------------------------------------------------------------
 */

static unsigned octets(const struct iface *i, sim_time from, sim_time to, sim_time *first)
{
    unsigned n = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        if (!is_on(&frames[k], i) || !is_octet(&frames[k]) || frames[k].t < from ||
            frames[k].t >= to)
            continue;
        if (!n++)
            *first = frames[k].t;
    }
    return n;
}

static sim_time last_before(const struct iface *i, sim_time t)
{
    struct udp u;
    sim_time last = -1;
    for (unsigned k = 0; k < seen_frames && frames[k].t < t; k++) {
        if (is_on(&frames[k], i) && is_udp(&frames[k], &u))
            last = frames[k].t;
    }
    return last;
}

static void octets_only_in_silence(void)
{
    sim_time first = 0;
    BEGIN(FILE_, QUIET,
          "flows={call: {between: [car, cn], traffic: {voice: g711}, start: 12 s, "
          "stop: 80 s}}");
    run_to(190 * SIM_S);
    const struct iface *car = iface_of("car", "wlan0");
    RULE("IKE-NAT-4");
    CHECK(octets(car, 0, 80 * SIM_S, &first) == 0);
    sim_time last = last_before(car, 80 * SIM_S + SIM_MS);
    RULE("IKE-NAT-4"); /* 20 s behind the last packet, and so on */
    CHECK(octets(car, 80 * SIM_S, 190 * SIM_S, &first) == 5 && first == last + 20 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK(octets(iface_of("ha", "ha-wlan"), 0, 190 * SIM_S, &first) == 0);
    CHECK_EQ(key_exchange_counts(agent_node()->keys)->kept_alive, 5);
    CHECK(dropped[DROP_NO_PORT] == 0 && dropped[DROP_NO_SA] == 0);
    end_world();
}

/* What comes down keeps nothing alive: who only listens sends octets. */
static void who_only_listens(void)
{
    sim_time first;
    BEGIN(FILE_, QUIET,
          "flows={call: {between: [car, cn], traffic: {voice: g711}, start: 12 s, "
          "directions: down}}");
    run_to(150 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK_EQ(octets(iface_of("car", "wlan0"), 0, 150 * SIM_S, &first), 7);
    CHECK(dropped[DROP_NO_MAPPING] == 0);
    end_world();
}

/* Too seldom: the mapping is over before, and what comes down is lost. */
static void octets_that_come_too_late(void)
{
    BEGIN(FILE_, QUIET, "timers.ike_keepalive=45 s",
          "flows={call: {between: [car, cn], traffic: {voice: g711}, start: 12 s, directions: "
          "down}}");
    run_to(60 * SIM_S);
    CHECK(dropped[DROP_NO_MAPPING] > 700);
    end_world();
}

static void no_octets_without_a_translator(void)
{
    sim_time first;
    BEGIN("wifi-lte-voice.yaml", "expect=[]", "events=[]", "flows={}",
          "nodes.car.ipsec={keying: ike, payload: tunnel, selectors: everything}");
    run_to(60 * SIM_S);
    RULE("IKE-NAT-4");
    CHECK(octets(iface_of("car", "wlan0"), 0, 60 * SIM_S, &first) == 0 &&
          octets(iface_of("car", "cell0"), 0, 60 * SIM_S, &first) == 0 && bindings() == 2);
    CHECK(!up_out("everything")->encapsulated);
    end_world();
}

CHECK_MAIN(CASE(all_goes_on_in_udp), CASE(a_binding_update_inside),
           CASE(sources_are_none_of_the_bindings), CASE(eight_bytes_more),
           CASE(whom_the_agent_follows), CASE(without_anti_replay),
           CASE(with_mobike_nobody_is_followed), CASE(the_one_behind_follows_nobody),
           CASE(a_mapping_that_is_lost), CASE(octets_only_in_silence), CASE(who_only_listens),
           CASE(octets_that_come_too_late), CASE(no_octets_without_a_translator))
