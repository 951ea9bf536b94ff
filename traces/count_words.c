/* One line on what a packet is: count_describe(). */
#include <stdio.h>
#include <string.h>

#include "models/wire/fragment.h"
#include "models/wire/icmp6.h"
#include "models/wire/ike.h"
#include "models/wire/ip6.h"
#include "models/wire/mh.h"
#include "models/wire/udp.h"
#include "sim/base/bytes.h"
#include "traces/count_parts.h"
#include "traces/inside.h"

static void describe_mh(const struct count_words *w, const uint8_t *mh, size_t n)
{
    const char *name = n >= 8 ? mh_type_name(mh[2]) : NULL;
    int len = snprintf(w->out, w->size, "%s", name ? name : "MH");
    if (!name || n < 12 || (mh[2] != MH_BU && mh[2] != MH_BA))
        return;
    const uint8_t *sequence = mh[2] == MH_BU ? mh + 6 : mh + 8;
    len += snprintf(w->out + len, w->size - (size_t)len, " seq %u",
                    (unsigned)(sequence[0] << 8 | sequence[1]));
    if (mh[2] == MH_BA)
        len += snprintf(w->out + len, w->size - (size_t)len, " status %u", mh[6]);
    size_t total = 8 * ((size_t)mh[1] + 1);
    struct reader r = rd_over(mh + 12, total >= 12 && total <= n ? total - 12 : 0);
    bool first = true;
    while (rd_left(&r) && (size_t)len + 16 < w->size) {
        uint8_t type = rd_u8(&r);
        if (type == 0)
            continue;
        struct reader body = rd_sub(&r, rd_u8(&r));
        if (type != 35 || body.bad)
            continue;
        len += snprintf(w->out + len, w->size - (size_t)len, "%s%u", first ? " BID " : " ",
                        rd_u16(&body));
        first = false;
    }
}

static void describe_esp(const struct count_words *w, const uint8_t *esp, size_t n)
{
    const struct inside *inside = insides_at(w->c->insides, w->inside);
    struct reader r = rd_over(esp, n);
    uint32_t spi = rd_u32(&r);
    uint32_t sequence = rd_u32(&r);
    if (r.bad)
        return;
    int len = snprintf(w->out, w->size, "ESP 0x%08x", spi);
    if (!w->sealed)
        len += snprintf(w->out + len, w->size - (size_t)len, " seq %u", sequence);
    if (inside && *inside->words && (size_t)len < w->size)
        (void)snprintf(w->out + len, w->size - (size_t)len, " {%s}", inside->words);
}

static void describe_ike(const struct count_words *w, const uint8_t *udp, size_t n)
{
    const uint8_t *message;
    struct ike_header h;
    size_t bytes = ike_in_udp(udp, n, &message);
    if (bytes && !ike_read_header(message, bytes, &h))
        (void)snprintf(w->out, w->size, "%s %s %u", ike_exchange_name(h.exchange),
                       h.flags & IKE_RESPONSE ? "response" : "request", (unsigned)h.id);
}

static void describe_upper(const struct count_words *w, uint8_t upper, const uint8_t *at, size_t n)
{
    int icmp = upper == IP6_ICMP6 && n ? count_icmp_name(at[0]) : -1;
    if (upper == IP6_MH) {
        describe_mh(w, at, n);
    } else if (icmp >= COUNT_RS) {
        int len = snprintf(w->out, w->size, "%s", count_name((unsigned)icmp) + strlen("icmp6."));
        if (at[0] >= ICMP6_HAAD_REQUEST && at[0] <= ICMP6_MPA && n >= 6)
            (void)snprintf(w->out + len, w->size - (size_t)len, " identifier %u",
                           (unsigned)(at[4] << 8 | at[5]));
    } else if (upper == IP6_ESP) {
        describe_esp(w, at, n);
    } else if (upper == IP6_UDP && count_esp_in_udp(w->inside, at, n)) {
        describe_esp(w, at + UDP_HEADER, n - UDP_HEADER);
    } else if (upper == IP6_UDP) {
        describe_ike(w, at, n);
    }
}

static void describe_fragment(const struct count_words *w, const uint8_t *packet, size_t n)
{
    struct ip6_chain c;
    struct fragment f;
    if (ip6_walk(packet, n, &c) || fragment_read(packet + c.upper_at, n - c.upper_at, &f))
        return;
    if (w->sealed) {
        (void)snprintf(w->out, w->size, "fragment");
        return;
    }
    (void)snprintf(w->out, w->size, "fragment of %08x: bytes %u to %zu%s", f.id, f.offset,
                   f.offset + (n - c.upper_at - FRAGMENT_HEADER), f.more ? "" : ", the last");
}

static void describe_packet(const struct count_words *w, const uint8_t *packet, size_t n)
{
    struct ip6_chain c;
    if (fragment_walk(packet, n, &c) || c.upper_at >= n)
        return;
    if (c.fragment) {
        describe_fragment(w, packet, n);
    } else {
        describe_upper(w, c.upper, packet + c.upper_at, n - c.upper_at);
    }
}

void count_describe_text(const struct count_words *w, const uint8_t *text, size_t n, uint8_t next)
{
    uint8_t packet[COUNT_TEXT_ROOM];
    if (next == IP6_IP6) {
        describe_packet(w, text, n);
    } else if (count_opens_chain(next)) {
        describe_packet(w, packet, count_as_packet(packet, text, n, next));
    } else {
        describe_upper(w, next, text, n);
    }
}

void count_describe(const struct count *c, const uint8_t *packet, size_t n, uint32_t inside,
                    char *out, size_t size)
{
    const struct count_words w = {c, inside, false, out, size};
    out[0] = '\0';
    describe_packet(&w, packet, n);
}
