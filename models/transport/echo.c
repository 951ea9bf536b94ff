#include "models/transport/echo.h"

#include <assert.h>

#include "models/wire/icmp6.h"
#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

struct pkt *echo_request(struct pool *packets, const struct addr *src, const struct addr *dst,
                         uint16_t identifier, uint16_t sequence, size_t data_bytes)
{
    static const uint8_t data[ECHO_DATA_MAX] = {0};
    assert(data_bytes <= sizeof data);
    struct pkt *p = pkt_take(packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    const struct icmp6_echo e = {.type = ICMP6_ECHO_REQUEST,
                                 .identifier = identifier,
                                 .sequence = sequence,
                                 .data = data,
                                 .n = data_bytes};
    icmp6_write_echo(&w, src, dst, &e);
    assert(!w.full);
    p->len = (uint32_t)w.len;
    const struct ip6 h = {.src = *src,
                          .dst = *dst,
                          .payload_bytes = (uint16_t)p->len,
                          .next = IP6_ICMP6,
                          .hop_limit = 64};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    return p;
}
