/* The Fragment header on the wire, and the machine that puts packets together. */
#include <stdlib.h>

#include "models/node/reassembly.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/udp.h"

#include "tests/check.h"

static const struct addr here = {{0x20, 1, 0xd, 0xb8, [15] = 1}};
static const struct addr there = {{0x20, 1, 0xd, 0xb8, [15] = 2}};

enum { DATA = 64, MOST = 4 };

static struct arena arena;
static struct pool packets;
static struct reassembly machine;
static struct reassembly_act act;
static uint8_t data[2048];
static sim_time now;

static void begin(void)
{
    const struct reassembly_config how = {60 * SIM_S, MOST};
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    reassembly_init(&machine, &arena, &packets, &how);
    for (size_t k = 0; k < sizeof data; k++)
        data[k] = (uint8_t)(k * 7 + k / 256);
    now = 0;
}

static void give(struct pkt *p)
{
    while (p) {
        struct pkt *next = p->next;
        pkt_give(&packets, p);
        p = next;
    }
}

static void end(void)
{
    reassembly_release(&machine);
    CHECK_EQ(packets.out, 0);
    arena_release(&arena);
}

/* `next` stands behind the Fragment header; the data are those of a whole packet at `offset`. */
static struct pkt *make(uint32_t id, size_t offset, size_t n, bool more, uint8_t next)
{
    const struct fragment f = {next, (uint16_t)offset, more, id};
    struct pkt *p = pkt_take(&packets);
    fragment_write(pkt_append(p, FRAGMENT_HEADER), &f);
    for (size_t k = 0; k < n; k++)
        *pkt_append(p, 1) = data[(offset + k) % sizeof data];
    const struct ip6 h = {.src = here,
                          .dst = there,
                          .payload_bytes = (uint16_t)p->len,
                          .next = IP6_FRAGMENT,
                          .hop_limit = 64};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    return p;
}

static unsigned arrive(struct pkt *p)
{
    unsigned dead = 0;
    size_t at = IP6_HEADER;
    reassembly_take(&machine, p, at, now, &act);
    for (const struct pkt *d = act.dead; d; d = d->next)
        dead++;
    give(act.dead);
    return dead;
}

/* What `arrive` answers for a fragment that is kept or completes. */
static unsigned fragment(uint32_t id, size_t offset, size_t n, bool more)
{
    return arrive(make(id, offset, n, more, IP6_UDP));
}

static bool whole_is(size_t n)
{
    bool right = act.whole && act.whole->len == IP6_HEADER + n &&
                 act.whole->at[IP6_AT_NEXT] == IP6_UDP &&
                 !memcmp(act.whole->at + IP6_HEADER, data, n);
    struct ip6 h;
    right &= act.whole && ip6_read(act.whole->at, act.whole->len, &h) == IP6_GOOD &&
             h.payload_bytes == n;
    if (act.whole)
        pkt_give(&packets, act.whole);
    return right;
}

/* ---- codec ------------------------------------------------------------------------ */

static void the_header_reads_back(void)
{
    const struct fragment f = {IP6_ICMP6, 1232, true, 0xdeadbeef};
    static const uint8_t want[FRAGMENT_HEADER] = {58, 0, 0x04, 0xd1, 0xde, 0xad, 0xbe, 0xef};
    uint8_t out[FRAGMENT_HEADER];
    struct fragment back;
    fragment_write(out, &f);
    CHECK(!memcmp(out, want, sizeof want));
    CHECK_EQ(fragment_read(out, sizeof out, &back), IP6_GOOD);
    CHECK(back.next == f.next && back.offset == f.offset && back.more && back.id == f.id);
    for (size_t n = 0; n < sizeof out; n++)
        CHECK_EQ(fragment_read(out, n, &back), IP6_CUT_SHORT);
    out[3] |= 6; /* reserved bits are ignored */
    CHECK(fragment_read(out, sizeof out, &back) == IP6_GOOD && back.offset == 1232);
}

/* Hop-by-Hop, routing header and Home Address option stand in front; other options behind. */
static void the_headers_of_every_fragment(void)
{
    static const uint8_t pad[8] = {IP6_UDP, 0, 1, 4, 0, 0, 0, 0};
    uint8_t packet[200] = {0x60};
    size_t named;
    packet[IP6_AT_NEXT] = IP6_UDP;
    CHECK_EQ(fragment_headers(packet, 60, &named), IP6_HEADER);
    CHECK_EQ(named, IP6_AT_NEXT);
    packet[IP6_AT_NEXT] = IP6_DEST_OPTS;
    memcpy(packet + 40, pad, sizeof pad);
    CHECK_EQ(fragment_headers(packet, 60, &named), IP6_HEADER); /* options for the destination */
    packet[IP6_AT_NEXT] = IP6_ROUTING;
    ip6_write_rh2(packet + 40, IP6_DEST_OPTS, &here);
    memcpy(packet + 64, pad, sizeof pad);
    RULE("MIP6-HAO-1");
    RULE("IP6-FWD-1");
    CHECK(fragment_headers(packet, 100, &named) == 64 && named == 40);
    ip6_write_home(packet + 64, IP6_DEST_OPTS, &here);
    memcpy(packet + 88, pad, sizeof pad);
    CHECK(fragment_headers(packet, 120, &named) == 88 && named == 64);
    packet[IP6_AT_NEXT] = IP6_HOP_BY_HOP;
    memcpy(packet + 40, pad, sizeof pad);
    CHECK(fragment_headers(packet, 60, &named) == 48 && named == 40);
}

static void who_looks_sees_the_upper_layer_of_a_first_fragment(void)
{
    struct ip6_chain c;
    begin();
    struct pkt *p = make(1, 0, 64, true, IP6_UDP);
    CHECK_EQ(fragment_walk(p->at, p->len, &c), IP6_GOOD);
    CHECK(c.fragment && c.upper == IP6_UDP && c.upper_at == IP6_HEADER + FRAGMENT_HEADER);
    pkt_give(&packets, p);
    p = make(1, 64, 64, true, IP6_UDP);
    CHECK_EQ(fragment_walk(p->at, p->len, &c), IP6_GOOD);
    CHECK(c.fragment && c.upper == IP6_FRAGMENT);
    pkt_give(&packets, p);
    end();
}

/* ---- putting together --------------------------------------------------------------- */

static void any_order_makes_the_packet(void)
{
    static const unsigned order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    begin();
    for (int k = 0; k < 6; k++) {
        for (int j = 0; j < 3; j++) {
            unsigned part = order[k][j];
            CHECK_EQ(fragment(9, part * DATA, part == 2 ? 13 : DATA, part != 2), 0);
            CHECK_EQ(act.whole != NULL, j == 2);
        }
        RULE("IP6-FRAG-2");
        CHECK(whole_is(2 * DATA + 13));
    }
    CHECK_EQ(packets.out, 0);
    CHECK_EQ(reassembly_next(&machine), SIM_NEVER);
    end();
}

/* Another Identification, source or destination is another packet. */
static void packets_do_not_mix(void)
{
    begin();
    CHECK_EQ(fragment(1, 0, DATA, true), 0);
    CHECK_EQ(fragment(2, DATA, 8, false), 0);
    CHECK(!act.whole);
    struct pkt *p = make(1, DATA, 8, false, IP6_UDP);
    p->at[IP6_AT_SRC + 15] = 9;
    CHECK_EQ(arrive(p), 0);
    RULE("IP6-FRAG-2");
    CHECK(!act.whole);
    p = make(1, DATA, 8, false, IP6_UDP);
    p->at[IP6_AT_DST + 15] = 9;
    CHECK_EQ(arrive(p), 0);
    CHECK(!act.whole);
    CHECK_EQ(fragment(1, DATA, 8, false), 0);
    CHECK(whole_is(DATA + 8));
    end();
}

static void a_copy_does_no_harm(void)
{
    begin();
    CHECK_EQ(fragment(1, 0, DATA, true), 0);
    CHECK_EQ(fragment(1, 0, DATA, true), 1);
    RULE("IP6-FRAG-2");
    CHECK_EQ(act.reason, DROP_FRAGMENT_COPY);
    CHECK_EQ(act.error, 0);
    CHECK_EQ(fragment(1, 2 * DATA, DATA, false), 0);
    CHECK_EQ(fragment(1, 2 * DATA, DATA, false), 1);
    CHECK_EQ(act.reason, DROP_FRAGMENT_COPY);
    CHECK_EQ(fragment(1, DATA, DATA, true), 0);
    CHECK(whole_is(3 * DATA));
    /* the same place with other bytes is no copy */
    CHECK_EQ(fragment(2, 0, DATA, true), 0);
    struct pkt *p = make(2, 0, DATA, true, IP6_UDP);
    p->at[p->len - 1] ^= 1;
    CHECK_EQ(arrive(p), 2);
    CHECK_EQ(act.reason, DROP_FRAGMENT_OVERLAP);
    end();
}

/* RFC 5722: all are dropped without a word, those that are still to come as well. */
static void an_overlap_ends_it(void)
{
    static const struct {
        size_t offset, n;
        bool more;
    } bad[] = {
        {DATA / 2, DATA, true},     /* over the end of the first */
        {0, DATA / 2, true},        /* inside it */
        {DATA - 8, 16, true},       /* a byte or two */
        {DATA, 3 * DATA, true},     /* over a whole one */
        {4 * DATA, DATA, true},     /* behind the end */
        {DATA, 8, false},           /* an end in front of one */
        {2 * DATA, DATA + 8, true}, /* a copy that is longer */
        {3 * DATA, DATA, false},    /* another end */
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        begin();
        CHECK_EQ(fragment(1, 0, DATA, true), 0);
        CHECK_EQ(fragment(1, 2 * DATA, DATA, false), 0);
        unsigned dead = fragment(1, bad[k].offset, bad[k].n, bad[k].more);
        RULE("IP6-FRAG-2");
        CHECK_EQ(dead, 3);
        CHECK(act.reason == DROP_FRAGMENT_OVERLAP && !act.error && !act.whole);
        CHECK_EQ(packets.out, 0);
        CHECK_EQ(fragment(1, DATA, DATA, true), 1); /* it would have been right */
        CHECK_EQ(act.reason, DROP_FRAGMENT_OVERLAP);
        now = 60 * SIM_S;
        CHECK(reassembly_tick(&machine, now, &act) && !act.dead && !act.error);
        CHECK_EQ(fragment(1, DATA, DATA, true), 0); /* a packet of its own again */
        end();
    }
}

static void time_runs_from_the_first_arrival(void)
{
    begin();
    now = 3 * SIM_S;
    CHECK_EQ(fragment(1, 0, DATA, true), 0);
    now = 40 * SIM_S;
    CHECK_EQ(fragment(1, DATA, DATA, true), 0);
    CHECK_EQ(fragment(2, DATA, DATA, false), 0); /* its first one is missing */
    CHECK_EQ(reassembly_next(&machine), 63 * SIM_S);
    CHECK(!reassembly_tick(&machine, 63 * SIM_S - 1, &act));
    CHECK(reassembly_tick(&machine, 63 * SIM_S, &act));
    RULE("IP6-FRAG-2");
    CHECK(act.error == ICMP6_TIME_EXCEEDED && act.code == ICMP6_REASSEMBLY);
    CHECK(act.dead && act.dead->next && !act.dead->next->next);
    CHECK_EQ(act.reason, DROP_REASSEMBLY);
    struct ip6_chain c;
    CHECK(fragment_walk(act.dead->at, act.dead->len, &c) == IP6_GOOD && c.upper == IP6_UDP);
    give(act.dead);
    CHECK(reassembly_tick(&machine, 100 * SIM_S, &act));
    CHECK_EQ(act.error, 0);
    give(act.dead);
    CHECK(!reassembly_tick(&machine, SIM_NEVER, &act));
    end();
}

static void the_oldest_makes_room(void)
{
    begin();
    for (uint32_t id = 0; id < MOST; id++)
        CHECK_EQ(fragment(id, 0, DATA, true), 0);
    CHECK_EQ(fragment(1, DATA, DATA, true), 0); /* no new packet */
    CHECK_EQ(fragment(MOST, 0, DATA, true), 1);
    RULE("IP6-FRAG-2");
    CHECK(act.reason == DROP_REASSEMBLY_ROOM && !act.error);
    CHECK_EQ(fragment(MOST + 1, 0, DATA, true), 2);
    CHECK_EQ(fragment(2, DATA, 8, false), 0);
    CHECK(whole_is(DATA + 8));
    CHECK_EQ(fragment(MOST + 2, 0, DATA, true), 0); /* that place is free */
    end();
}

/* What a single fragment may not be: RFC 8200 4.5. */
static void bad_fragments_are_told(void)
{
    begin();
    CHECK_EQ(fragment(1, 0, DATA + 4, true), 1);
    RULE("IP6-FRAG-2");
    CHECK(act.reason == DROP_FRAGMENT && act.error == ICMP6_PARAMETER_PROBLEM &&
          act.code == ICMP6_FIELD && act.value == IP6_AT_LENGTH);
    CHECK_EQ(fragment(1, 65528, 16, false), 1);
    CHECK(act.error == ICMP6_PARAMETER_PROBLEM && act.code == ICMP6_FIELD &&
          act.value == IP6_HEADER + 2);
    CHECK_EQ(fragment(1, 65528, 7, false), 1); /* exactly 65535 is no lie, only too much */
    CHECK(act.reason == DROP_REASSEMBLY_SIZE && !act.error);
    CHECK_EQ(arrive(make(1, 0, 16, true, IP6_TCP)), 1); /* the TCP header is cut */
    CHECK(act.reason == DROP_FRAGMENT && act.error == ICMP6_PARAMETER_PROBLEM &&
          act.code == ICMP6_HEADER_CHAIN && act.value == 0);
    CHECK_EQ(fragment(1, DATA, 0, true), 1);
    CHECK(act.reason == DROP_FRAGMENT && !act.error);
    CHECK_EQ(reassembly_next(&machine), SIM_NEVER);
    end();
}

/* No buffer grows with what a header says. */
static void claims_of_64_kb_cost_nothing(void)
{
    begin();
    CHECK_EQ(fragment(1, 0, 1280, true), 0);
    CHECK_EQ(fragment(1, 60000, 1280, true), 2);
    CHECK(act.reason == DROP_REASSEMBLY_SIZE && !act.error);
    CHECK_EQ(packets.out, 0);
    for (size_t k = 0; k < REASSEMBLY_PARTS; k++)
        CHECK_EQ(fragment(2, 16 * k, 8, true), 0);
    CHECK_EQ(fragment(2, 16 * (size_t)REASSEMBLY_PARTS, 8, true), REASSEMBLY_PARTS + 1);
    CHECK_EQ(act.reason, DROP_REASSEMBLY_SIZE);
    CHECK_EQ(packets.out, 0);
    size_t most = REASSEMBLY_BYTES - IP6_HEADER; /* what fits exactly */
    size_t first = most / 2 / 8 * 8;
    CHECK_EQ(fragment(3, first, most - first + 1, false), 1);
    CHECK_EQ(act.reason, DROP_REASSEMBLY_SIZE);
    CHECK_EQ(fragment(3, first, most - first, false), 0);
    CHECK_EQ(fragment(3, 0, first, true), 0);
    CHECK(whole_is(most));
    end();
}

/* RFC 6946: a packet in one fragment is whole by itself, whoever has the same Identification. */
static void an_atomic_fragment_meets_nobody(void)
{
    begin();
    CHECK_EQ(fragment(1, 0, DATA, true), 0);
    CHECK_EQ(fragment(1, 0, 24, false), 0);
    RULE("IP6-FRAG-2");
    CHECK(whole_is(24));
    CHECK_EQ(fragment(1, DATA, 8, false), 0);
    CHECK(whole_is(DATA + 8));
    end();
}

/* Headers in front of the Fragment header: those of the first fragment are kept. */
static void headers_in_front_stay(void)
{
    begin();
    for (int k = 0; k < 2; k++) {
        struct pkt *p = make(1, k ? DATA : 0, DATA, !k, IP6_UDP);
        uint8_t header[IP6_HEADER];
        memcpy(header, p->at, sizeof header);
        pkt_strip(p, IP6_HEADER);
        ip6_write_home(pkt_prepend(p, IP6_HAO_BYTES), IP6_FRAGMENT, &here);
        header[IP6_AT_NEXT] = IP6_DEST_OPTS;
        memcpy(pkt_prepend(p, IP6_HEADER), header, sizeof header);
        ip6_set_length(p->at, p->len);
        reassembly_take(&machine, p, IP6_HEADER + IP6_HAO_BYTES, now, &act);
        CHECK(!act.dead);
    }
    struct ip6_chain c;
    CHECK(act.whole && act.whole->len == IP6_HEADER + IP6_HAO_BYTES + 2 * DATA);
    if (act.whole) {
        CHECK_EQ(ip6_walk(act.whole->at, act.whole->len, &c), IP6_GOOD);
        CHECK(c.has_home && !c.fragment && c.upper == IP6_UDP);
        CHECK(!memcmp(act.whole->at + c.upper_at, data, 2 * DATA));
        pkt_give(&packets, act.whole);
    }
    end();
}

/* The mark is the first fragment's, with everybody's overhead. */
static void marks_become_one(void)
{
    begin();
    for (int k = 1; k >= 0; k--) {
        struct pkt *p = make(1, k ? DATA : 0, DATA, !k, IP6_UDP);
        p->mark = (struct pkt_mark){
            .flow = 3, .copy = (uint8_t)k, .sequence = 77, .overhead = (uint16_t)(k ? 48 : 8)};
        CHECK_EQ(arrive(p), 0);
    }
    CHECK(act.whole && act.whole->mark.flow == 3 && act.whole->mark.sequence == 77 &&
          act.whole->mark.copy == 0 && act.whole->mark.overhead == 56);
    give(act.whole);
    end();
}

CHECK_MAIN(CASE(the_header_reads_back), CASE(the_headers_of_every_fragment),
           CASE(who_looks_sees_the_upper_layer_of_a_first_fragment),
           CASE(any_order_makes_the_packet), CASE(packets_do_not_mix), CASE(a_copy_does_no_harm),
           CASE(an_overlap_ends_it), CASE(time_runs_from_the_first_arrival),
           CASE(the_oldest_makes_room), CASE(bad_fragments_are_told),
           CASE(claims_of_64_kb_cost_nothing), CASE(an_atomic_fragment_meets_nobody),
           CASE(headers_in_front_stay), CASE(marks_become_one))
