/*
 * fragment.h - the Fragment header on the wire (RFC 8200 4.5), and which headers of a packet
 * stand in front of it.
 *
 * Pure: bytes to struct and back.
 */
#ifndef MODELS_WIRE_FRAGMENT_H
#define MODELS_WIRE_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ip6.h"

enum {
    FRAGMENT_HEADER = 8, /* bytes */
    FRAGMENT_UNIT = 8,   /* every fragment but the last is a multiple of it */
};

struct fragment {
    uint8_t next;    /* header that stands behind it in the first fragment */
    uint16_t offset; /* bytes, a multiple of 8 */
    bool more;       /* M */
    uint32_t id;
};

MUST_CHECK enum ip6_fault fragment_read(const uint8_t *bytes, size_t n, struct fragment *f);
void fragment_write(uint8_t out[FRAGMENT_HEADER], const struct fragment *f);

/* The Per-Fragment headers of a packet whose chain can be walked: up to the last of Hop-by-Hop
 * Options, routing header and Home Address option (RFC 8200 4.5, RFC 6275 6.3). Answers their
 * length; the octet at `*named` says what follows them. */
size_t fragment_headers(const uint8_t *packet, size_t n, size_t *named);

/* As ip6_walk(), and on through the Fragment header of a first fragment: `upper` is then what
 * stands behind it. For those who only look on. A later fragment answers as ip6_walk(). */
MUST_CHECK enum ip6_fault fragment_walk(const uint8_t *packet, size_t n, struct ip6_chain *c);

/* Whether a first fragment holds every header up to and with that of the upper layer: RFC 8200
 * 4.5, RFC 7112 5. */
bool fragment_holds_chain(const uint8_t *packet, size_t n);

#endif
