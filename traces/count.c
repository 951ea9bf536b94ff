#include "traces/count.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/ike.h"
#include "models/wire/ip6.h"
#include "models/wire/mh.h"
#include "sim/base/bytes.h"
#include "traces/count_parts.h"
#include "traces/inside.h"

enum {
    DEPTH = 8,           /* tunnels in tunnels */
    ESP_UDP_PORT = 4500, /* RFC 3948 2.1 */
    WORDS_BYTES = 160,
};

/* A look into a packet. */
struct look {
    const struct count *c;
    uint32_t inside;  /* of ESP in it */
    uint64_t *counts; /* COUNTS of them */
};

void count_init(struct count *c, const struct trace_port *ports, uint32_t n, uint32_t nodes)
{
    c->ports = ports;
    c->n = n;
    c->nodes = nodes;
    c->port = calloc((size_t)n + 1, sizeof *c->port);
    c->link = calloc((size_t)n + 1, sizeof *c->link);
    c->drop = calloc(((size_t)nodes + 1) * DROP_REASONS, sizeof *c->drop);
    c->insides = insides_new();
    assert(c->port && c->link && c->drop);
}

void count_release(struct count *c)
{
    free(c->port);
    free(c->link);
    free(c->drop);
    insides_free(c->insides);
}

int count_icmp_name(uint8_t type)
{
    static const uint8_t types[] = {ICMP6_UNREACHABLE,
                                    ICMP6_TOO_BIG,
                                    ICMP6_TIME_EXCEEDED,
                                    ICMP6_PARAMETER_PROBLEM,
                                    ICMP6_ECHO_REQUEST,
                                    ICMP6_ECHO_REPLY,
                                    ICMP6_RS,
                                    ICMP6_RA,
                                    ICMP6_NS,
                                    ICMP6_NA,
                                    ICMP6_REDIRECT,
                                    ICMP6_MLD2_REPORT,
                                    ICMP6_MPS,
                                    ICMP6_MPA,
                                    ICMP6_HAAD_REQUEST,
                                    ICMP6_HAAD_REPLY};
    for (size_t k = 0; k < sizeof types; k++) {
        if (types[k] == type)
            return COUNT_UNREACHABLE + (int)k;
    }
    return -1;
}

static int option_counter(uint8_t type)
{
    switch (type) {
    case 2:
        return COUNT_OPTION_REFRESH_ADVICE;
    case 3:
        return COUNT_OPTION_ALTERNATE_COA;
    case 4:
        return COUNT_OPTION_NONCE_INDICES;
    case 5:
        return COUNT_OPTION_AUTHORIZATION;
    case 35:
        return COUNT_OPTION_BID;
    default:
        return -1;
    }
}

/* Where the options of a Mobility Header start: RFC 6275 6.1. */
static size_t options_at(uint8_t type)
{
    static const uint8_t at[] = {8, 16, 16, 24, 24, 12, 12, 24};
    return type < sizeof at ? at[type] : SIZE_MAX;
}

static void count_mh(const uint8_t *mh, size_t n, uint64_t counts[COUNTS])
{
    if (n < 8 || mh[2] > MH_BE)
        return;
    counts[COUNT_MH_BRR + mh[2]]++;
    counts[COUNT_SIGNALLING_BYTES] += n;
    size_t total = 8 * ((size_t)mh[1] + 1);
    size_t first = options_at(mh[2]);
    if (total > n || first > total)
        return;
    struct reader r = rd_over(mh + first, total - first);
    while (rd_left(&r)) {
        uint8_t type = rd_u8(&r);
        if (type == 0)
            continue;
        (void)rd_sub(&r, rd_u8(&r));
        int counter = r.bad ? -1 : option_counter(type);
        if (counter >= 0)
            counts[counter]++;
    }
}

/* What was seen of it before it was sealed counts with it. */
static void count_esp(const struct look *l)
{
    const struct inside *inside = insides_at(l->c->insides, l->inside);
    l->counts[COUNT_ESP]++;
    for (unsigned k = 0; inside && k < COUNTS; k++)
        l->counts[k] += inside->sum[k];
}

bool count_esp_in_udp(uint32_t inside, const uint8_t *udp, size_t n)
{
    struct reader r = rd_over(udp, n);
    uint16_t source = rd_u16(&r);
    uint16_t destination = rd_u16(&r);
    (void)rd_u32(&r);
    uint32_t spi = rd_u32(&r);
    return !r.bad && spi && inside && (source == ESP_UDP_PORT || destination == ESP_UDP_PORT);
}

static void count_icmp(const struct look *l, uint8_t type, size_t n)
{
    int counter = count_icmp_name(type);
    if (counter >= 0)
        l->counts[counter]++;
    if (counter >= COUNT_RS)
        l->counts[COUNT_SIGNALLING_BYTES] += n;
}

/* Each datagram of IKE, fragments for themselves: RFC 7383. */
static void count_ike(const struct look *l, const uint8_t *udp, size_t n)
{
    static const unsigned counter[] = {COUNT_IKE_SA_INIT, COUNT_IKE_AUTH, COUNT_IKE_CREATE_CHILD_SA,
                                       COUNT_IKE_INFORMATIONAL};
    const uint8_t *message;
    struct ike_header h;
    size_t bytes = ike_in_udp(udp, n, &message);
    if (!bytes || ike_read_header(message, bytes, &h))
        return;
    l->counts[counter[h.exchange - IKE_SA_INIT]]++;
    l->counts[COUNT_SIGNALLING_BYTES] += n;
}

static void count_upper(const struct look *l, uint8_t next, const uint8_t *upper, size_t n)
{
    if (next == IP6_MH)
        count_mh(upper, n, l->counts);
    if (next == IP6_UDP) {
        l->counts[COUNT_UDP]++;
        count_ike(l, upper, n);
    }
    if (next == IP6_ESP || (next == IP6_UDP && count_esp_in_udp(l->inside, upper, n)))
        count_esp(l);
    if (next == IP6_ICMP6 && n)
        count_icmp(l, upper[0], n);
}

static void count_packet(const struct look *l, const uint8_t *packet, size_t n)
{
    for (int depth = 0; depth < DEPTH; depth++) {
        struct ip6_chain c;
        enum ip6_fault fault = fragment_walk(packet, n, &c);
        l->counts[COUNT_HOME_ADDRESS] += c.has_home;
        l->counts[COUNT_ROUTING2] += c.has_rh2;
        l->counts[COUNT_FRAGMENT] += c.fragment;
        l->counts[COUNT_LIMIT] += c.has_limit;
        if (fault || c.upper_at > n)
            return;
        packet += c.upper_at;
        n -= c.upper_at;
        if (c.upper != IP6_IP6) {
            count_upper(l, c.upper, packet, n);
            return;
        }
        l->counts[COUNT_TUNNEL]++;
    }
}

bool count_opens_chain(uint8_t next)
{
    return next == IP6_HOP_BY_HOP || next == IP6_ROUTING || next == IP6_FRAGMENT ||
           next == IP6_DEST_OPTS;
}

size_t count_as_packet(uint8_t out[COUNT_TEXT_ROOM], const uint8_t *text, size_t n, uint8_t next)
{
    const struct ip6 header = {.next = next, .payload_bytes = (uint16_t)n};
    assert(n <= COUNT_TEXT_ROOM - IP6_HEADER);
    ip6_write(out, &header);
    memcpy(out + IP6_HEADER, text, n);
    return IP6_HEADER + n;
}

static void count_text(const struct look *l, const uint8_t *text, size_t n, uint8_t next)
{
    uint8_t packet[COUNT_TEXT_ROOM];
    if (next == IP6_IP6) {
        l->counts[COUNT_TUNNEL]++;
        count_packet(l, text, n);
    } else if (count_opens_chain(next)) {
        count_packet(l, packet, count_as_packet(packet, text, n, next));
    } else {
        count_upper(l, next, text, n);
    }
}

void count_frame(struct count *c, const struct tap_frame *f)
{
    assert(f->port < c->n);
    if (f->what == TAP_LOST)
        return; /* it was counted when it was sent */
    const struct look look = {c, f->pkt->mark.inside, c->port[f->port][f->what]};
    size_t header = c->ports[f->port].ethernet ? ETH_HEADER : 0;
    look.counts[COUNT_FRAMES]++;
    look.counts[COUNT_BYTES] += f->pkt->len;
    look.counts[COUNT_INJECTED] += f->pkt->mark.injected;
    if (f->pkt->len > header)
        count_packet(&look, f->pkt->at + header, f->pkt->len - header);
}

void count_link_drop(struct count *c, const struct tap_frame *f)
{
    assert(f->port < c->n && f->reason < TAP_NODE_REASONS);
    c->link[f->port][f->reason]++;
}

void count_drop(struct count *c, const struct tap_drop *d)
{
    assert(d->node < c->nodes && d->reason < DROP_REASONS);
    c->drop[(size_t)d->node * DROP_REASONS + d->reason]++;
}

uint64_t count_dropped(const struct count *c, uint32_t node, unsigned reason)
{
    return c->drop[(size_t)node * DROP_REASONS + reason];
}

const char *count_name(unsigned name)
{
    static const char *const names[COUNTS] = {
#define X(id, text) [COUNT_##id] = (text),
        COUNT_NAMES(X)
#undef X
    };
    assert(name < COUNTS);
    return names[name];
}

const char *count_way(unsigned way)
{
    static const char *const ways[COUNT_WAYS] = {"sent", "received", "dropped"};
    assert(way < COUNT_WAYS);
    return ways[way];
}

/* ---- what is sealed -------------------------------------------------------------- */

uint32_t count_sealed(struct count *c, const uint8_t *text, size_t n, uint8_t next, uint32_t inside)
{
    char line[WORDS_BYTES] = "";
    uint64_t counts[COUNTS] = {0};
    struct inside content = {.words = line};
    const struct look look = {c, inside, counts};
    const struct count_words words = {c, inside, true, line, sizeof line};
    count_text(&look, text, n, next);
    if (c->words)
        count_describe_text(&words, text, n, next);
    for (unsigned k = 0; k < COUNTS; k++)
        content.sum[k] = (uint16_t)counts[k];
    content.within = counts[COUNT_ESP] ? inside : 0;
    return insides_number(c->insides, &content);
}

uint32_t count_opened(const struct count *c, uint32_t inside)
{
    const struct inside *content = insides_at(c->insides, inside);
    return content ? content->within : 0;
}
