/*
 * echo.h - an ICMPv6 Echo Request as a whole packet (RFC 4443 4.1): pings and path probes.
 */
#ifndef MODELS_TRANSPORT_ECHO_H
#define MODELS_TRANSPORT_ECHO_H

#include "sim/base/addr.h"
#include "sim/base/pkt.h"

enum { ECHO_DATA_MAX = 1752 };

/* `data_bytes` zero bytes of data, at most ECHO_DATA_MAX. The caller owns the packet. */
struct pkt *echo_request(struct pool *packets, const struct addr *src, const struct addr *dst,
                         uint16_t identifier, uint16_t sequence, size_t data_bytes);

#endif
