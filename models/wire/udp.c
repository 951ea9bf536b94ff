#include "models/wire/udp.h"

#include "models/wire/ip6.h"
#include "sim/base/bytes.h"

enum { CHECKSUM_AT = 6, RTP_VERSION = 2 };

enum udp_fault udp_read(const struct addr *src, const struct addr *dst, const uint8_t *bytes,
                        size_t n, struct udp *u)
{
    struct reader r = rd_over(bytes, n);
    u->src_port = rd_u16(&r);
    u->dst_port = rd_u16(&r);
    u->bytes = rd_u16(&r);
    uint16_t checksum = rd_u16(&r);
    if (r.bad)
        return UDP_CUT_SHORT;
    if (u->bytes < UDP_HEADER || u->bytes > n)
        return UDP_BAD_LENGTH;
    if (!checksum || ip6_checksum(src, dst, IP6_UDP, bytes, u->bytes)) /* 0 is not allowed */
        return UDP_BAD_CHECKSUM;
    return UDP_GOOD;
}

void udp_write(uint8_t *datagram, size_t n, const struct addr *src, const struct addr *dst,
               uint16_t src_port, uint16_t dst_port)
{
    struct writer w = wr_over(datagram, UDP_HEADER);
    wr_u16(&w, src_port);
    wr_u16(&w, dst_port);
    wr_u16(&w, (uint16_t)(UDP_HEADER + n));
    wr_u16(&w, 0);
    uint16_t checksum = ip6_checksum(src, dst, IP6_UDP, datagram, UDP_HEADER + n);
    wr_fill_u16(&w, CHECKSUM_AT, checksum ? checksum : 0xffff);
}

void rtp_write(uint8_t out[RTP_HEADER], const struct rtp *r)
{
    struct writer w = wr_over(out, RTP_HEADER);
    wr_u8(&w, RTP_VERSION << 6);
    wr_u8(&w, (uint8_t)(r->marker << 7 | (r->payload_type & 0x7f)));
    wr_u16(&w, r->sequence);
    wr_u32(&w, r->timestamp);
    wr_u32(&w, r->source);
}

bool rtp_read(const uint8_t *bytes, size_t n, struct rtp *r)
{
    struct reader in = rd_over(bytes, n);
    uint8_t first = rd_u8(&in);
    uint8_t second = rd_u8(&in);
    r->marker = second >> 7;
    r->payload_type = second & 0x7f;
    r->sequence = rd_u16(&in);
    r->timestamp = rd_u32(&in);
    r->source = rd_u32(&in);
    return !in.bad && first >> 6 == RTP_VERSION;
}
