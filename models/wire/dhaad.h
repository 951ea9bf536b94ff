/*
 * dhaad.h - dynamic home agent address discovery: Home Agent Address Discovery Requests and Replies
 * (RFC 6275 6.5, 6.6), ICMPv6 messages between a mobile node's care-of address and the home agents
 * of its home link, which have an anycast address in common (RFC 2526).
 *
 * Pure: bytes to struct and back.
 */
#ifndef MODELS_WIRE_DHAAD_H
#define MODELS_WIRE_DHAAD_H

#include <stddef.h>
#include <stdint.h>

#include "models/wire/icmp6.h"
#include "sim/base/addr.h"
#include "sim/base/status.h"

struct writer;

enum { DHAAD_ADDRESSES = 77 }; /* with both headers 1280 octets: RFC 6275 10.5.1 */

struct dhaad {
    uint8_t type;        /* ICMP6_HAAD_REQUEST or ICMP6_HAAD_REPLY */
    uint16_t identifier; /* of a reply: that of the request it answers */
    unsigned addresses;  /* reply; of more than DHAAD_ADDRESSES the rest is left out */
    struct addr address[DHAAD_ADDRESSES]; /* in decreasing order of preference */
};

/* Reads after icmp6_check(). */
MUST_CHECK enum icmp6_fault dhaad_read(const uint8_t *icmp, size_t n, struct dhaad *m);

/* Appends a whole message with its checksum. */
void dhaad_write(struct writer *w, const struct addr *src, const struct addr *dst,
                 const struct dhaad *m);

/* The Mobile IPv6 Home-Agents anycast address of a /64 with EUI-64 identifiers: RFC 2526 2, 3. */
struct addr dhaad_anycast(const struct prefix *home);

#endif
