/*
 * udp.h - the UDP header (RFC 768, RFC 8200 8.1) and the RTP header of voice (RFC 3550 5.1).
 * Pure: bytes to struct and back.
 */
#ifndef MODELS_WIRE_UDP_H
#define MODELS_WIRE_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/status.h"

enum { UDP_HEADER = 8, RTP_HEADER = 12 };

struct udp {
    uint16_t src_port;
    uint16_t dst_port;
    uint16_t bytes; /* with the header */
};

enum udp_fault { UDP_GOOD, UDP_CUT_SHORT, UDP_BAD_LENGTH, UDP_BAD_CHECKSUM };

MUST_CHECK enum udp_fault udp_read(const struct addr *src, const struct addr *dst,
                                   const uint8_t *bytes, size_t n, struct udp *u);

/* Writes the header in front of `n` payload bytes that stand behind it already, with the
 * checksum; one that comes out as 0 is sent as 0xffff. */
void udp_write(uint8_t *datagram, size_t n, const struct addr *src, const struct addr *dst,
               uint16_t src_port, uint16_t dst_port);

struct rtp {
    uint8_t payload_type; /* RFC 3551: 0 PCMU (G.711), 18 G.729 */
    bool marker;
    uint16_t sequence;
    uint32_t timestamp; /* in samples, 8000 a second */
    uint32_t source;    /* SSRC */
};

void rtp_write(uint8_t out[RTP_HEADER], const struct rtp *r);
bool rtp_read(const uint8_t *bytes, size_t n, struct rtp *r); /* false: cut short, not version 2 */

#endif
