/*
 * mpd.h - mobile prefix discovery: Mobile Prefix Solicitations and Advertisements (RFC 6275 6.7,
 * 6.8), ICMPv6 messages between a mobile node and its home agent.
 *
 * Pure: bytes to struct and back.  The mobile node's end of the checksum is its home address, which
 * stands in a Home Address option of a solicitation and a type 2 routing header of an
 * advertisement.
 */
#ifndef MODELS_WIRE_MPD_H
#define MODELS_WIRE_MPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/icmp6.h"
#include "sim/base/addr.h"
#include "sim/base/status.h"

struct writer;

struct mpd {
    uint8_t type;        /* ICMP6_MPS or ICMP6_MPA */
    uint16_t identifier; /* of an advertisement: that of the solicitation it answers */
    bool managed;        /* MPA: M */
    bool other;          /* MPA: O */
    unsigned prefixes;   /* MPA; more than ND_PREFIXES are left out */
    struct nd_prefix prefix[ND_PREFIXES];
};

/* Reads after icmp6_check(). Options that mean nothing here are skipped: RFC 6275 6.7, 6.8. */
MUST_CHECK enum icmp6_fault mpd_read(const uint8_t *icmp, size_t n, struct mpd *m);

/* Appends a whole message with its checksum; of the mobile node the home address. */
void mpd_write(struct writer *w, const struct addr *src, const struct addr *dst,
               const struct mpd *m);

#endif
