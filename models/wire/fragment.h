/*
 * fragment.h - the Fragment header on the wire (RFC 8200 4.5) and the tunnel encapsulation limit
 * option in its Destination Options header (RFC 2473 4.1.1).
 *
 * Pure: bytes to struct and back.
 */
#ifndef MODELS_WIRE_FRAGMENT_H
#define MODELS_WIRE_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IP6_FRAGMENT_BYTES = 8, IP6_LIMIT_BYTES = 8 };

struct ip6_fragment {
    uint8_t next;    /* what the whole packet carries behind this header */
    uint16_t offset; /* bytes, a multiple of 8 */
    bool more;       /* M: not the last */
    uint32_t identification;
};

void ip6_write_fragment(uint8_t out[IP6_FRAGMENT_BYTES], const struct ip6_fragment *f);
struct ip6_fragment ip6_read_fragment(const uint8_t in[IP6_FRAGMENT_BYTES]);

/* A Destination Options header with an encapsulation limit: so many tunnels may follow inside. */
void ip6_write_limit(uint8_t out[IP6_LIMIT_BYTES], uint8_t next, uint8_t limit);

#endif
