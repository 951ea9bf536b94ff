/* Packets of flows in fragments, through tunnels and losses: what is measured stays right. */
#include "models/node/fragments.h"
#include "models/wire/fragment.h"
#include "traces/flows.h"

#include "tests/small_world.h"

#define FILE_ "path-mtu.yaml"

enum { COPIES = 4, DIRECTIONS = 2, PACKETS = 1200, LARGE = 1488 };

static struct flows seen_flows;
static uint16_t first_reason[DIRECTIONS][COPIES][PACKETS];
static unsigned taken[DIRECTIONS][COPIES][PACKETS];
static unsigned births;

static void see_packet(void *self, const struct tap_packet *p)
{
    const struct pkt_mark *m = &p->mark;
    (void)self;
    flows_see(&seen_flows, p);
    if (m->copy >= COPIES || m->sequence >= PACKETS)
        abort();
    births += p->step == TAP_BORN;
    if (p->step == TAP_TAKEN)
        taken[m->direction][m->copy][m->sequence]++;
    uint16_t *first = &first_reason[m->direction][m->copy][m->sequence];
    if (p->step == TAP_DIED && !*first)
        *first = p->reason;
}

static void begin_flows(const char *const *set, size_t sets)
{
    begin_world(FILE_, set, sets);
    flows_init(&seen_flows, 1);
    memset(first_reason, 0, sizeof first_reason);
    memset(taken, 0, sizeof taken);
    births = 0;
    observer.packet = see_packet;
}

#define BEGIN_FLOWS(...)                                 \
    do {                                                 \
        static const char *const set_[] = {__VA_ARGS__}; \
        begin_flows(set_, sizeof set_ / sizeof *set_);   \
    } while (0)

static void end_flows(void)
{
    flows_release(&seen_flows);
    end_world();
}

struct sum {
    unsigned sent, received, dead, on_the_way;
    unsigned by_reason[DROP_REASONS];
};

/* Every row of a direction and copy, held against what the taps told. */
static struct sum sum_of(int d, int c)
{
    struct sum sum = {0};
    const struct flow_rows *rows = &seen_flows.record[d].copy[c];
    for (size_t s = 0; s < rows->n; s++) {
        const struct flow_row *row = &rows->row[s];
        if (!row->there)
            continue;
        sum.sent++;
        sum.received += row->received >= 0;
        CHECK_EQ(row->bytes, LARGE);
        CHECK_EQ(taken[d][c][s], row->received >= 0);
        if (row->received >= 0) {
            CHECK_EQ(row->fate, DROP_NONE);
        } else if (row->fate == FLOWS_ON_THE_WAY) {
            sum.on_the_way++;
        } else {
            sum.dead++;
            sum.by_reason[row->fate]++;
            CHECK_EQ(row->fate, first_reason[d][c][s]); /* the first loss says why */
        }
    }
    return sum;
}

static unsigned all_reasons(const struct sum *s)
{
    unsigned n = 0;
    for (int r = 0; r < DROP_REASONS; r++)
        n += s->by_reason[r];
    return n;
}

#define LOSSY                                                                             \
    "expect=[]", "general.stop=200 s", "flows.large.stop=58 s", "networks.wifi.loss=5 %", \
        "networks.lte.loss=5 %", "networks.narrow.loss=5 %", "backbone.ha-inet.loss=1 %"

/* Sent = received + each reason, exactly, when the last timer is over. */
static void every_packet_in_fragments_has_one_end(void)
{
    BEGIN_FLOWS(LOSSY);
    run_to(200 * SIM_S);
    for (int d = 0; d < DIRECTIONS; d++) {
        struct sum s = sum_of(d, 0);
        CHECK(s.sent > 950 && s.received > 700);
        RULE("IP6-FRAG-2");
        CHECK_EQ(s.sent, s.received + all_reasons(&s));
        CHECK_EQ(s.on_the_way, 0);
        CHECK(s.by_reason[DROP_LINK_LOSS] > 50);
        CHECK_EQ(s.by_reason[DROP_REASSEMBLY], 0); /* a fellow was lost before, and says so */
    }
    CHECK_EQ(births, sum_of(0, 0).sent + sum_of(1, 0).sent);
    CHECK(dropped[DROP_REASSEMBLY] > 50); /* what came of them was given up */
    CHECK(world.packets.out < 20);
    end_flows();
}

/* Each copy of duplicate sending has its own end; fragments of two copies may make one packet. */
static void copies_are_counted_apart(void)
{
    BEGIN_FLOWS(LOSSY, "events=[]", "nodes.mn.decision={builtin: duplicate}");
    run_to(200 * SIM_S);
    for (int d = 0; d < DIRECTIONS; d++) {
        struct sum first = sum_of(d, 0);
        CHECK(first.sent > 950);
        for (int c = 0; c < 3; c++) {
            struct sum s = sum_of(d, c);
            CHECK(s.sent > 200 && s.sent <= first.sent);
            RULE("IP6-FRAG-2");
            CHECK_EQ(s.sent, s.received + all_reasons(&s));
            CHECK_EQ(s.on_the_way, 0);
        }
        unsigned came = 0;
        for (size_t k = 0; k < seen_flows.record[d].copy[0].n; k++)
            came += flows_first(&seen_flows.record[d], k) != NULL;
        CHECK(came > first.sent * 95 / 100); /* far more than on one link */
    }
    end_flows();
}

static void tell_flows(enum tap_step step, uint16_t reason)
{
    const struct tap_packet p = {
        .t = 5, .step = step, .reason = reason, .bytes = LARGE, .mark = {.flow = 1, .copy = 2}};
    flows_see(&seen_flows, &p);
}

/* A copy of a packet in fragments is born with each of them, and dies once. */
static void the_first_birth_and_the_first_death_count(void)
{
    flows_init(&seen_flows, 1);
    tell_flows(TAP_BORN, DROP_NONE);
    tell_flows(TAP_DIED, DROP_LINK_LOSS);
    tell_flows(TAP_BORN, DROP_NONE);
    tell_flows(TAP_DIED, DROP_QUEUE_FULL);
    const struct flow_row *row = &seen_flows.record[0].copy[2].row[0];
    CHECK_EQ(row->fate, DROP_LINK_LOSS);
    tell_flows(TAP_TAKEN, DROP_NONE); /* another copy's fragment made it whole */
    CHECK(row->fate == DROP_NONE && row->received == 5);
    tell_flows(TAP_DIED, DROP_QUEUE_FULL);
    CHECK(row->fate == DROP_NONE && row->received == 5);
    flows_release(&seen_flows);
}

/* What mobility and fragmentation added: 48 of the tunnel a fragment, 8 and 48 more of cutting. */
static void overhead_is_what_the_wire_carried(void)
{
    static const uint16_t want[] = {0, 152, 152, 208};
    BEGIN_FLOWS("expect=[]");
    run_to(60 * SIM_S);
    for (int d = 0; d < DIRECTIONS; d++) {
        const struct flow_rows *rows = &seen_flows.record[d].copy[0];
        for (size_t s = 0; s < rows->n; s++) {
            if (rows->row[s].received >= 0) {
                CHECK(rows->row[s].bid >= 1 && rows->row[s].bid <= 3);
                CHECK_EQ(rows->row[s].overhead, want[rows->row[s].bid]);
            }
        }
    }
    CHECK(sum_of(0, 0).on_the_way <= 1 && sum_of(1, 0).on_the_way <= 1);
    end_flows();
}

/* Only the first fragment shows ports; the others go where it went. */
static void fragments_of_a_flow_stay_together(void)
{
    BEGIN_FLOWS("expect=[]", "events=[]", "flows.large.traffic.constant.interval=250 ms",
                "nodes.mn.decision={builtin: fixed, interface: wlan0, flows: {large: cell0}}");
    run_to(59 * SIM_S);
    unsigned by_cell = 0;
    unsigned by_wifi = 0;
    unsigned cut = 0;
    const struct iface *cell = node_find_iface(node_of("lte-router"), "mn-cell0");
    const struct iface *wifi = world_network(&world, "wifi")->segment;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        bool tunnel = f->c.upper == IP6_IP6;
        by_cell += tunnel && f->port == cell->port->index;
        by_wifi += tunnel && f->port == wifi->port->index;
        cut += tunnel && f->port == cell->port->index &&
               f->ip[f->c.upper_at + IP6_AT_NEXT] == IP6_FRAGMENT;
    }
    CHECK(by_cell > 300 && cut > 300);
    CHECK_EQ(by_wifi, 0);
    end_flows();
}

/* ---- at the ends -------------------------------------------------------------------- */

static struct addr coa_of(const char *iface)
{
    return address_global(iface_of("mn", iface))->addr;
}

static struct addr agent_address(void)
{
    return node_of("mn")->mobile->bul.how.agent;
}

/* One half of an outer packet that holds `inner`: [from, to) of it. */
static struct pkt *half(const struct pkt *inner, const struct addr *dst, size_t from, size_t to)
{
    struct addr src = agent_address();
    const struct fragment f = {IP6_IP6, (uint16_t)from, to < inner->len, 77};
    struct pkt *p = pkt_take(&world.packets);
    fragment_write(pkt_append(p, FRAGMENT_HEADER), &f);
    memcpy(pkt_append(p, to - from), inner->at + from, to - from);
    path_add_header(p, &src, dst, IP6_FRAGMENT, 64);
    return p;
}

/* A hand-over between the fragments of a tunnel's packet: two packets, neither of them whole. */
static void halves_on_two_care_of_addresses_do_not_meet(void)
{
    BEGIN(FILE_, "expect=[]", "flows={}", "events=[]", "general.stop=200 s");
    run_to(12 * SIM_S);
    struct addr far = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};
    struct addr home = *mobile_home(node_of("mn")->mobile);
    struct addr wifi = coa_of("wlan0");
    struct addr lte = coa_of("cell0");
    struct pkt *inner = echo_request(&world.packets, &far, &home, 1, 1, 400);
    sim_time at = now_is();
    unsigned answers = count_icmp(iface_of("mn", "wlan0"), ICMP6_ECHO_REPLY, 0);
    arrive(iface_of("mn", "wlan0"), STRANGER, half(inner, &wifi, 0, 200));
    arrive(iface_of("mn", "cell0"), STRANGER, half(inner, &lte, 200, inner->len));
    run_to(at + 59 * SIM_S);
    CHECK_EQ(dropped[DROP_REASSEMBLY], 0);
    run_to(at + 61 * SIM_S);
    RULE("IP6-FRAG-2");
    CHECK_EQ(dropped[DROP_REASSEMBLY], 2);
    RULE("IP6-FRAG-2"); /* the half with the beginning is told of */
    CHECK(icmp_after(iface_of("mn", "wlan0"), ICMP6_TIME_EXCEEDED, at) &&
          !icmp_after(iface_of("mn", "cell0"), ICMP6_TIME_EXCEEDED, at));
    CHECK_EQ(count_icmp(iface_of("mn", "wlan0"), ICMP6_ECHO_REPLY, 0), answers);
    arrive(iface_of("mn", "wlan0"), STRANGER, half(inner, &wifi, 200, inner->len));
    arrive(iface_of("mn", "wlan0"), STRANGER, half(inner, &wifi, 0, 200));
    run_to(now_is() + SIM_S);
    RULE("IP6-TUN-2"); /* the exit joins before it looks inside; the reply goes into the tunnel */
    CHECK_EQ(dropped[DROP_REASSEMBLY], 2);
    unsigned tunnelled = 0;
    for (unsigned k = 0; k < seen_frames; k++)
        tunnelled += frames[k].t >= at + 61 * SIM_S && frames[k].c.upper == IP6_IP6 &&
                     frames[k].port == iface_of("mn", "wlan0")->port->index;
    CHECK_EQ(tunnelled, 1);
    pkt_give(&world.packets, inner);
    end_world();
}

/* The home agent's own packets carry a routing header: in every fragment, in front of its header.
 */
static void routing_headers_stand_in_every_fragment(void)
{
    BEGIN(FILE_, "expect=[]", "flows={}", "events=[]");
    run_to(12 * SIM_S);
    struct addr agent = agent_address();
    struct addr home = *mobile_home(node_of("mn")->mobile);
    unsigned before = seen_frames;
    path_out(node_of("ha"), echo_request(&world.packets, &agent, &home, 9, 1, 1452));
    unsigned pieces = 0;
    for (unsigned k = before; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        RULE("IP6-FRAG-1");
        RULE("IP6-FWD-1");
        CHECK(f->c.has_rh2 && f->c.fragment && f->c.rh2_at == IP6_HEADER &&
              f->c.upper_at == IP6_HEADER + IP6_RH2_BYTES && f->n <= 1500);
        pieces++;
    }
    CHECK_EQ(pieces, 2);
    run_to(now_is() + SIM_S);
    unsigned answered = 0; /* out of the tunnel, from the home address, in fragments again */
    for (unsigned k = before; k < seen_frames; k++)
        answered +=
            frames[k].c.upper == IP6_IP6 && frames[k].port == iface_of("mn", "wlan0")->port->index;
    CHECK_EQ(answered, 2);
    CHECK_EQ(dropped[DROP_BAD_ROUTING], 0);
    end_world();
}

CHECK_MAIN(CASE(every_packet_in_fragments_has_one_end), CASE(copies_are_counted_apart),
           CASE(the_first_birth_and_the_first_death_count), CASE(overhead_is_what_the_wire_carried),
           CASE(fragments_of_a_flow_stay_together),
           CASE(halves_on_two_care_of_addresses_do_not_meet),
           CASE(routing_headers_stand_in_every_fragment))
