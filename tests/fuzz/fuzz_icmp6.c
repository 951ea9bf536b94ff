/* Whatever the bytes: no overrun, and neighbour discovery and mobile prefix discovery write and
 * read back equal. */
#include <stdlib.h>
#include <string.h>

#include "models/wire/icmp6.h"
#include "models/wire/mpd.h"
#include "sim/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_mpd(const struct ip6 *h, const uint8_t *icmp, size_t n)
{
    uint8_t out[4096];
    struct mpd m;
    struct mpd back;
    if (mpd_read(icmp, n, &m) != ICMP6_GOOD)
        return;
    struct writer w = wr_over(out, sizeof out);
    mpd_write(&w, &h->src, &h->dst, &m);
    if (w.full || mpd_read(out, w.len, &back) != ICMP6_GOOD)
        abort();
    if (m.type != back.type || m.identifier != back.identifier || m.managed != back.managed ||
        m.other != back.other || m.prefixes != back.prefixes ||
        m.prefix[ND_PREFIXES - 1].valid_s != back.prefix[ND_PREFIXES - 1].valid_s)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t in[2048];
    uint8_t out[4096];
    struct nd_message m;
    struct nd_message back;
    struct icmp6_echo echo;
    struct icmp6_error error;
    if (size < 5 || size > sizeof in)
        return 0;
    memcpy(in, data, size);
    /* The first byte of the input chooses the addresses. */
    struct ip6 h = {
        .src = {{0xfe, 0x80, [15] = 1}}, .dst = {{0xff, 2, [15] = 1}}, .hop_limit = 255};
    if (in[0] & 1)
        h.src = addr_any;
    if (in[0] & 2)
        h.dst = (struct addr){{0x20, 1, [15] = 2}};
    uint8_t *icmp = in + 1;
    size_t n = size - 1;
    icmp[2] = icmp[3] = 0;
    uint16_t sum = ip6_checksum(&h.src, &h.dst, IP6_ICMP6, icmp, n);
    icmp[2] = (uint8_t)(sum >> 8);
    icmp[3] = (uint8_t)sum;
    (void)!icmp6_read_echo(icmp, n, &echo);
    (void)!icmp6_read_error(icmp, n, &error);
    try_mpd(&h, icmp, n);
    if (nd_read(&h, icmp, n, &m) != ICMP6_GOOD)
        return 0;
    struct writer w = wr_over(out, sizeof out);
    nd_write(&w, &h.src, &h.dst, &m);
    if (w.full || nd_read(&h, out, w.len, &back) != ICMP6_GOOD)
        abort();
    if (memcmp(&m.target, &back.target, sizeof m.target) != 0 || m.type != back.type ||
        m.router_lifetime_s != back.router_lifetime_s ||
        m.options.prefixes != back.options.prefixes || m.options.mtu != back.options.mtu)
        abort();
    return 0;
}
