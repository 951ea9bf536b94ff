/* What is counted and said of frames whose ESP nobody here can decrypt. */
#include <string.h>

#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "models/wire/udp.h"
#include "sim/base/bytes.h"
#include "traces/count.h"
#include "traces/inside.h"

#include "tests/check.h"

enum { PAYLOAD = 64, SPI = 0x10203040 };

static const struct trace_port ports[] = {{"mn.wlan0", 0, true}, {"ha.eth0", 1, false}};
/* RFC 5648 5.5: sequence 3, two BIDs. */
static const uint8_t bu[] = {59, 5, 5,  0, 0, 0, 0, 3, 0xc0, 0, 0, 60, 35, 4, 0, 1,
                             0,  0, 35, 4, 0, 2, 0, 0, 1,    0, 1, 0,  1,  0, 1, 0,
                             1,  0, 1,  0, 1, 0, 1, 0, 1,    0, 1, 0,  1,  0, 1, 0};
static const uint8_t ba[] = {59, 1, 6, 0, 0, 0, 0, 0, 0, 3, 0, 60, 1, 2, 0, 0};

static struct count count;

static void begin(bool words)
{
    count_init(&count, ports, 2, 2);
    count.words = words;
}

/* An IPv6 packet around `text`. Answers its length. */
static size_t wrap(uint8_t *out, uint8_t next, const void *text, size_t n)
{
    const struct ip6 h = {.next = next, .payload_bytes = (uint16_t)n, .hop_limit = 64};
    memmove(out + IP6_HEADER, text, n);
    ip6_write(out, &h);
    return IP6_HEADER + n;
}

/* A packet with ESP that nobody can read. */
static size_t esp(uint8_t *out, uint32_t sequence)
{
    uint8_t text[PAYLOAD];
    struct writer w = wr_over(text, sizeof text);
    wr_u32(&w, SPI);
    wr_u32(&w, sequence);
    for (unsigned k = 8; k < PAYLOAD; k++)
        wr_u8(&w, (uint8_t)(41 * k));
    return wrap(out, IP6_ESP, text, sizeof text);
}

static void see(uint32_t port, enum tap_what what, const uint8_t *packet, size_t n,
                struct pkt_mark mark)
{
    static struct pkt pkt;
    size_t header = ports[port].ethernet ? ETH_HEADER : 0;
    pkt = (struct pkt){.at = pkt.bytes, .len = (uint32_t)(n + header), .mark = mark};
    memcpy(pkt.bytes + header, packet, n);
    const struct tap_frame f = {.port = port, .what = what, .pkt = &pkt};
    count_frame(&count, &f);
}

static uint64_t sent(enum count_name name)
{
    return count.port[0][TAP_SENT][name];
}

static bool says(const uint8_t *packet, size_t n, uint32_t inside, const char *want)
{
    char text[200];
    count_describe(&count, packet, n, inside, text, sizeof text);
    bool same = !strcmp(text, want);
    if (!same)
        (void)fprintf(stderr, "'%s', want '%s'\n", text, want);
    return same;
}

static void a_sealed_update_counts_as_one(void)
{
    uint8_t packet[256];
    begin(true);
    uint32_t inside = count_sealed(&count, bu, sizeof bu, IP6_MH, 0);
    size_t n = esp(packet, 7);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    see(1, TAP_RECEIVED, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_ESP), 1);
    CHECK_EQ(sent(COUNT_MH_BU), 1);
    CHECK_EQ(sent(COUNT_OPTION_BID), 2);
    CHECK_EQ(sent(COUNT_SIGNALLING_BYTES), sizeof bu);
    CHECK_EQ(sent(COUNT_BYTES), n + ETH_HEADER);
    CHECK_EQ(count.port[1][TAP_RECEIVED][COUNT_MH_BU], 1);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 7 {BU seq 3 BID 1 2}"));
    count_release(&count);
}

static void unseen_esp_is_esp_and_nothing_else(void)
{
    uint8_t packet[256];
    begin(true);
    size_t n = esp(packet, 1);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = 0});
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = 99}); /* of no table */
    CHECK_EQ(sent(COUNT_ESP), 2);
    CHECK_EQ(sent(COUNT_UDP) + sent(COUNT_MH_BU) + sent(COUNT_SIGNALLING_BYTES), 0);
    CHECK(says(packet, n, 0, "ESP 0x10203040 seq 1"));
    count_release(&count);
}

/* Tunnel mode: a whole packet, here one with a Home Address option and a BA. */
static void a_sealed_packet_is_walked_like_a_frame(void)
{
    uint8_t inner[256];
    uint8_t text[IP6_HAO_BYTES + sizeof ba];
    uint8_t packet[256];
    static const struct addr home = {{0x20, 1, 0xd, 0xb8, [15] = 1}};
    begin(true);
    ip6_write_home(text, IP6_MH, &home);
    memcpy(text + IP6_HAO_BYTES, ba, sizeof ba);
    size_t n = wrap(inner, IP6_DEST_OPTS, text, sizeof text);
    uint32_t inside = count_sealed(&count, inner, n, IP6_IP6, 0);
    n = esp(packet, 2);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_TUNNEL), 1);
    CHECK_EQ(sent(COUNT_HOME_ADDRESS), 1);
    CHECK_EQ(sent(COUNT_MH_BA), 1);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 2 {BA seq 3 status 0}"));
    /* and the same, transport mode, with its options inside */
    inside = count_sealed(&count, text, sizeof text, IP6_DEST_OPTS, 0);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_TUNNEL), 1);
    CHECK_EQ(sent(COUNT_HOME_ADDRESS), 2);
    CHECK_EQ(sent(COUNT_MH_BA), 2);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 2 {BA seq 3 status 0}"));
    count_release(&count);
}

static void prefix_messages_are_signalling(void)
{
    const uint8_t solicitation[8] = {ICMP6_MPS};
    const uint8_t echo[8] = {ICMP6_ECHO_REQUEST};
    uint8_t packet[256];
    begin(true);
    size_t n = esp(packet, 3);
    uint32_t inside = count_sealed(&count, solicitation, sizeof solicitation, IP6_ICMP6, 0);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_MPS), 1);
    CHECK_EQ(sent(COUNT_SIGNALLING_BYTES), sizeof solicitation);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 3 {mps identifier 0}"));
    inside = count_sealed(&count, echo, sizeof echo, IP6_ICMP6, 0);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_ECHO_REQUEST), 1);
    CHECK_EQ(sent(COUNT_SIGNALLING_BYTES), sizeof solicitation);
    count_release(&count);
}

/* What an error quotes is not counted, sealed or not. */
static void quotes_are_not_counted(void)
{
    uint8_t error[256] = {ICMP6_TOO_BIG};
    uint8_t packet[256];
    begin(false);
    size_t n = 8 + esp(error + 8, 4);
    uint32_t inside = count_sealed(&count, bu, sizeof bu, IP6_MH, 0);
    n = wrap(packet, IP6_ICMP6, error, n);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_TOO_BIG), 1);
    CHECK_EQ(sent(COUNT_ESP) + sent(COUNT_MH_BU), 0);
    inside = count_sealed(&count, error, 8, IP6_ICMP6, inside);
    CHECK_EQ(count_opened(&count, inside), 0); /* no ESP within */
    count_release(&count);
}

static void data_is_one_entry_however_much(void)
{
    uint8_t text[200] = {0};
    uint8_t inner[256];
    uint8_t sealed[256];
    uint32_t first = 0;
    bool same = true;
    begin(true);
    for (uint32_t k = 0; k < 100000; k++) {
        memcpy(text + UDP_HEADER, &k, sizeof k);
        size_t n = wrap(inner, IP6_UDP, text, 100 + k % 50);
        uint32_t data = count_sealed(&count, inner, n, IP6_IP6, 0);
        n = esp(sealed, k + 1); /* and ESP in ESP */
        uint32_t twice = count_sealed(&count, sealed, n, IP6_IP6, data);
        first = k ? first : twice;
        same &= twice == first && count_opened(&count, twice) == data;
    }
    CHECK(same);
    CHECK_EQ(insides_count(count.insides), 2);
    count_release(&count);
}

static void distinct_contents_are_told_apart(void)
{
    uint8_t other[sizeof bu];
    uint8_t packet[256];
    char want[80];
    size_t n = esp(packet, 9);
    memcpy(other, bu, sizeof bu);
    for (int words = 0; words < 2; words++) {
        begin(words);
        for (unsigned k = 0; k < 1000; k++) {
            other[6] = (uint8_t)(k >> 8);
            other[7] = (uint8_t)k;
            uint32_t inside = count_sealed(&count, other, sizeof other, IP6_MH, 0);
            (void)snprintf(want, sizeof want, "ESP 0x10203040 seq 9%s%u%s",
                           words ? " {BU seq " : "", k, words ? " BID 1 2}" : "");
            if (words)
                CHECK(says(packet, n, inside, want));
        }
        CHECK_EQ(insides_count(count.insides), words ? 1000 : 1);
        count_release(&count);
    }
}

static void esp_in_esp_is_counted_twice_and_opened_once(void)
{
    uint8_t packet[256];
    begin(true);
    size_t n = esp(packet, 5);
    uint32_t inner = count_sealed(&count, bu, sizeof bu, IP6_MH, 0);
    uint32_t outer = count_sealed(&count, packet, n, IP6_IP6, inner);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = outer});
    CHECK_EQ(sent(COUNT_ESP), 2);
    CHECK_EQ(sent(COUNT_MH_BU), 1);
    CHECK(says(packet, n, outer, "ESP 0x10203040 seq 5 {ESP 0x10203040 {BU seq 3 BID 1 2}}"));
    CHECK_EQ(count_opened(&count, outer), inner);
    CHECK_EQ(count_opened(&count, inner), 0);
    CHECK_EQ(count_opened(&count, 0), 0);
    count_release(&count);
}

/* The first fragment counts what the packet holds. */
static void fragments_of_esp_count_once(void)
{
    uint8_t whole[256];
    uint8_t text[256];
    uint8_t packet[256];
    begin(true);
    size_t n = esp(whole, 6) - IP6_HEADER;
    uint32_t inside = count_sealed(&count, bu, sizeof bu, IP6_MH, 0);
    for (uint16_t at = 0; at < n; at = (uint16_t)(at + 32)) {
        const struct fragment f = {.next = IP6_ESP, .offset = at, .more = at + 32u < n, .id = 1};
        fragment_write(text, &f);
        memcpy(text + FRAGMENT_HEADER, whole + IP6_HEADER + at, 32);
        size_t bytes = wrap(packet, IP6_FRAGMENT, text, FRAGMENT_HEADER + 32);
        see(0, TAP_SENT, packet, bytes, (struct pkt_mark){.inside = inside});
    }
    CHECK_EQ(sent(COUNT_FRAGMENT), 2);
    CHECK_EQ(sent(COUNT_ESP), 1);
    CHECK_EQ(sent(COUNT_MH_BU), 1);
    /* and a fragment that is sealed: its number is not what tells it apart */
    for (uint32_t id = 1; id < 9; id++) {
        const struct fragment f = {.next = IP6_UDP, .more = true, .id = id};
        fragment_write(text, &f);
        inside = count_sealed(&count, text, 48, IP6_FRAGMENT, 0);
    }
    CHECK_EQ(insides_count(count.insides), 2);
    n = esp(packet, 8);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 8 {fragment}"));
    count_release(&count);
}

/* RFC 3948: behind port 4500, unless it is IKE or a keepalive. */
static void esp_in_udp_is_found(void)
{
    uint8_t whole[256];
    uint8_t datagram[256] = {0x11, 0x94, 0x11, 0x94};
    uint8_t packet[256];
    begin(true);
    uint32_t inside = count_sealed(&count, ba, sizeof ba, IP6_MH, 0);
    size_t n = esp(whole, 10) - IP6_HEADER;
    memcpy(datagram + UDP_HEADER, whole + IP6_HEADER, n);
    n = wrap(packet, IP6_UDP, datagram, UDP_HEADER + n);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_ESP), 1);
    CHECK_EQ(sent(COUNT_UDP), 1);
    CHECK_EQ(sent(COUNT_MH_BA), 1);
    CHECK(says(packet, n, inside, "ESP 0x10203040 seq 10 {BA seq 3 status 0}"));
    CHECK(says(packet, n, 0, ""));
    memset(packet + IP6_HEADER + UDP_HEADER, 0, 4); /* IKE */
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.inside = inside});
    see(0, TAP_SENT, packet, IP6_HEADER + UDP_HEADER + 1, (struct pkt_mark){.inside = inside});
    CHECK_EQ(sent(COUNT_ESP), 1);
    CHECK_EQ(sent(COUNT_UDP), 3);
    count_release(&count);
}

static void injected_frames_are_counted(void)
{
    uint8_t packet[256];
    begin(false);
    size_t n = esp(packet, 11);
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.injected = true});
    see(0, TAP_SENT, packet, n, (struct pkt_mark){.injected = false});
    CHECK_EQ(sent(COUNT_INJECTED), 1);
    CHECK(!strcmp(count_name(COUNT_INJECTED), "injected"));
    count_release(&count);
}

CHECK_MAIN(CASE(a_sealed_update_counts_as_one), CASE(unseen_esp_is_esp_and_nothing_else),
           CASE(a_sealed_packet_is_walked_like_a_frame), CASE(prefix_messages_are_signalling),
           CASE(quotes_are_not_counted), CASE(data_is_one_entry_however_much),
           CASE(distinct_contents_are_told_apart),
           CASE(esp_in_esp_is_counted_twice_and_opened_once), CASE(fragments_of_esp_count_once),
           CASE(esp_in_udp_is_found), CASE(injected_frames_are_counted))
