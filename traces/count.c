#include "traces/count.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "models/wire/mh.h"
#include "sim/base/bytes.h"

enum { DEPTH = 8 }; /* tunnels in tunnels */

void count_init(struct count *c, const struct trace_port *ports, uint32_t n, uint32_t nodes)
{
    c->ports = ports;
    c->n = n;
    c->nodes = nodes;
    c->port = calloc((size_t)n + 1, sizeof *c->port);
    c->link = calloc((size_t)n + 1, sizeof *c->link);
    c->drop = calloc(((size_t)nodes + 1) * DROP_REASONS, sizeof *c->drop);
    assert(c->port && c->link && c->drop);
}

void count_release(struct count *c)
{
    free(c->port);
    free(c->link);
    free(c->drop);
}

/* -1: no counter of its own. */
static int icmp_counter(uint8_t type)
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
                                    ICMP6_MPA};
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

static void count_upper(uint8_t next, const uint8_t *upper, size_t n, uint64_t counts[COUNTS])
{
    if (next == IP6_MH)
        count_mh(upper, n, counts);
    if (next == IP6_UDP)
        counts[COUNT_UDP]++;
    if (next != IP6_ICMP6 || n == 0)
        return;
    int counter = icmp_counter(upper[0]);
    if (counter >= 0)
        counts[counter]++;
    if (counter >= COUNT_RS)
        counts[COUNT_SIGNALLING_BYTES] += n;
}

static void count_packet(const uint8_t *packet, size_t n, uint64_t counts[COUNTS])
{
    for (int depth = 0; depth < DEPTH; depth++) {
        struct ip6_chain c;
        enum ip6_fault fault = fragment_walk(packet, n, &c);
        counts[COUNT_HOME_ADDRESS] += c.has_home;
        counts[COUNT_ROUTING2] += c.has_rh2;
        counts[COUNT_FRAGMENT] += c.fragment;
        counts[COUNT_LIMIT] += c.has_limit;
        if (fault || c.upper_at > n)
            return;
        packet += c.upper_at;
        n -= c.upper_at;
        if (c.upper != IP6_IP6) {
            count_upper(c.upper, packet, n, counts);
            return;
        }
        counts[COUNT_TUNNEL]++;
    }
}

void count_frame(struct count *c, const struct tap_frame *f)
{
    assert(f->port < c->n);
    if (f->what == TAP_LOST)
        return; /* it was counted when it was sent */
    uint64_t *counts = c->port[f->port][f->what];
    size_t header = c->ports[f->port].ethernet ? ETH_HEADER : 0;
    counts[COUNT_FRAMES]++;
    counts[COUNT_BYTES] += f->pkt->len;
    if (f->pkt->len > header)
        count_packet(f->pkt->at + header, f->pkt->len - header, counts);
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

/* ---- words for a packet -------------------------------------------------------- */

static void describe_mh(const uint8_t *mh, size_t n, char *out, size_t size)
{
    const char *name = n >= 8 ? mh_type_name(mh[2]) : NULL;
    int len = snprintf(out, size, "%s", name ? name : "MH");
    if (!name || n < 12 || (mh[2] != MH_BU && mh[2] != MH_BA))
        return;
    const uint8_t *sequence = mh[2] == MH_BU ? mh + 6 : mh + 8;
    len += snprintf(out + len, size - (size_t)len, " seq %u",
                    (unsigned)(sequence[0] << 8 | sequence[1]));
    if (mh[2] == MH_BA)
        len += snprintf(out + len, size - (size_t)len, " status %u", mh[6]);
    size_t total = 8 * ((size_t)mh[1] + 1);
    struct reader r = rd_over(mh + 12, total >= 12 && total <= n ? total - 12 : 0);
    while (rd_left(&r) && (size_t)len + 16 < size) {
        uint8_t type = rd_u8(&r);
        if (type == 0)
            continue;
        struct reader body = rd_sub(&r, rd_u8(&r));
        if (type == 35 && !body.bad)
            len += snprintf(out + len, size - (size_t)len, " BID %u", rd_u16(&body));
    }
}

static void describe_icmp(const uint8_t *icmp, size_t n, char *out, size_t size)
{
    int counter = icmp_counter(icmp[0]);
    if (counter < COUNT_RS)
        return;
    int len = snprintf(out, size, "%s", count_name((unsigned)counter) + 6);
    if ((icmp[0] == ICMP6_MPS || icmp[0] == ICMP6_MPA) && n >= 6)
        (void)snprintf(out + len, size - (size_t)len, " identifier %u",
                       (unsigned)(icmp[4] << 8 | icmp[5]));
}

static void describe_fragment(const uint8_t *packet, size_t n, char *out, size_t size)
{
    struct ip6_chain c;
    struct fragment f;
    if (ip6_walk(packet, n, &c) || fragment_read(packet + c.upper_at, n - c.upper_at, &f))
        return;
    (void)snprintf(out, size, "fragment of %08x: bytes %u to %zu%s", f.id, f.offset,
                   f.offset + (n - c.upper_at - FRAGMENT_HEADER), f.more ? "" : ", the last");
}

void count_describe(const uint8_t *packet, size_t n, char *out, size_t size)
{
    struct ip6_chain c;
    out[0] = '\0';
    if (fragment_walk(packet, n, &c) || c.upper_at >= n)
        return;
    if (c.fragment) {
        describe_fragment(packet, n, out, size);
    } else if (c.upper == IP6_MH) {
        describe_mh(packet + c.upper_at, n - c.upper_at, out, size);
    } else if (c.upper == IP6_ICMP6) {
        describe_icmp(packet + c.upper_at, n - c.upper_at, out, size);
    }
}
