/*
 * ip6.h - the IPv6 header and its extension headers on the wire (RFC 8200), with the Home
 * Address option and the type 2 routing header of Mobile IPv6 (RFC 6275 6.3, 6.4), the Tunnel
 * Encapsulation Limit option (RFC 2473 5.1), and the Ethernet header in front of them (RFC 2464).
 * The Fragment header has fragment.h.
 *
 * Pure: bytes to struct and back.  No state, no clock, no allocation.
 */
#ifndef MODELS_WIRE_IP6_H
#define MODELS_WIRE_IP6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/status.h"

enum {
    IP6_HEADER = 40,     /* bytes */
    IP6_MTU_MIN = 1280,  /* RFC 8200 5 */
    IP6_RH2_BYTES = 24,  /* RFC 6275 6.4.1 */
    IP6_HAO_BYTES = 24,  /* a Destination Options header that holds only an HAO */
    IP6_LIMIT_BYTES = 8, /* one that holds only a Tunnel Encapsulation Limit */
    ETH_HEADER = 14,
    ETH_TYPE_IP6 = 0x86dd,
};

enum ip6_next {
    IP6_HOP_BY_HOP = 0,
    IP6_TCP = 6,
    IP6_UDP = 17,
    IP6_IP6 = 41,
    IP6_ROUTING = 43,
    IP6_FRAGMENT = 44,
    IP6_ESP = 50,
    IP6_AH = 51,
    IP6_ICMP6 = 58,
    IP6_NONE = 59,
    IP6_DEST_OPTS = 60,
    IP6_MH = 135,
};

/* Where the fields of the fixed header stand. */
enum ip6_at {
    IP6_AT_LENGTH = 4,
    IP6_AT_NEXT = 6,
    IP6_AT_HOPS = 7,
    IP6_AT_SRC = 8,
    IP6_AT_DST = 24
};

struct ip6 {
    struct addr src;
    struct addr dst;
    uint32_t flow_label;    /* 20 bits */
    uint16_t payload_bytes; /* behind the fixed header */
    uint8_t traffic_class;
    uint8_t next; /* enum ip6_next */
    uint8_t hop_limit;
};

/* Why a packet was refused. */
enum ip6_fault {
    IP6_GOOD,
    IP6_CUT_SHORT,      /* fewer bytes than it claims */
    IP6_BAD_VERSION,    /* the first nibble is not 6 */
    IP6_BAD_OPTION,     /* an option whose length does not fit, or one that must be known */
    IP6_UNKNOWN_OPTION, /* its top bits demand a discard: RFC 8200 4.2 */
    IP6_BAD_ROUTING,    /* a routing header that cannot be followed */
    IP6_BAD_ORDER,      /* Hop-by-Hop not first, or a second Home Address option */
};

MUST_CHECK enum ip6_fault ip6_read(const uint8_t *bytes, size_t n, struct ip6 *h);
void ip6_write(uint8_t out[IP6_HEADER], const struct ip6 *h);

/* Fast access to one field of a header that is known to be whole. */
struct addr ip6_src(const uint8_t *header);
struct addr ip6_dst(const uint8_t *header);
void ip6_set_length(uint8_t *header, size_t bytes); /* of the packet, with the header */
uint8_t ip6_class(const uint8_t *header);           /* DSCP and ECN, RFC 8200 7 */
void ip6_set_class(uint8_t *header, uint8_t traffic_class);

/*
 * What a destination finds behind the fixed header, up to the upper layer.  Hop-by-Hop and
 * Destination Options are read, Pad1, PadN, the Home Address and the Tunnel Encapsulation
 * Limit option known; a type 2 routing header is reported, not followed.  Offsets count from
 * the IPv6 header.
 */
struct ip6_chain {
    uint8_t upper;   /* next header value of the upper layer: UDP, MH, IPv6, ESP, ... */
    size_t upper_at; /* offset of the upper layer */
    bool has_home;   /* a Home Address option stands there */
    struct addr home;
    size_t home_at; /* offset of the option's type octet */
    bool has_limit; /* a Tunnel Encapsulation Limit option stands there */
    uint8_t limit;
    size_t limit_at; /* offset of the option's type octet */
    bool has_rh2;    /* a type 2 routing header with segments left 1 stands there */
    struct addr rh2;
    size_t rh2_at;   /* offset of the routing header */
    bool fragment;   /* a Fragment header: the walk ends at it, `upper` is IP6_FRAGMENT */
    size_t fault_at; /* offset of the octet that is wrong: a Parameter Problem's pointer */
    uint8_t
        fault_code; /* RFC 4443 3.4: 0 erroneous field, 1 unknown next header, 2 unknown option */
    uint8_t fault_action; /* top two bits of the unknown option's type: RFC 8200 4.2 */
};

/* Walks the chain of a packet of `n` bytes that starts with an IPv6 header. A routing header
 * of an unknown type is skipped when its segments left are 0, else IP6_BAD_ROUTING. */
MUST_CHECK enum ip6_fault ip6_walk(const uint8_t *packet, size_t n, struct ip6_chain *c);
/* Goes on behind the Fragment header where ip6_walk() stopped, in a first fragment. */
MUST_CHECK enum ip6_fault ip6_walk_on(const uint8_t *packet, size_t n, struct ip6_chain *c);

/* The octet that names the header at `at`: what a Parameter Problem code 1 points at. The
 * chain has been walked up to there. */
size_t ip6_named_at(const uint8_t *packet, size_t at);

/* A Destination Options header with one Home Address option: PadN(4), then the option at 8n+6. */
void ip6_write_home(uint8_t out[IP6_HAO_BYTES], uint8_t next, const struct addr *home);
/* A Destination Options header with one Tunnel Encapsulation Limit option and PadN(1). */
void ip6_write_limit(uint8_t out[IP6_LIMIT_BYTES], uint8_t next, uint8_t limit);
/* A type 2 routing header, segments left 1. */
void ip6_write_rh2(uint8_t out[IP6_RH2_BYTES], uint8_t next, const struct addr *home);

/* The internet checksum over pseudo-header and upper layer (RFC 8200 8.1), to be stored as it
 * is; over bytes that hold a right checksum it answers 0. */
uint16_t ip6_checksum(const struct addr *src, const struct addr *dst, uint8_t next,
                      const uint8_t *upper, size_t n);

/* A link-layer address as the low 48 bits of a number. */
typedef uint64_t eth_addr;

#define ETH_BROADCAST ((eth_addr)0xffffffffffff)

void eth_write(uint8_t out[ETH_HEADER], eth_addr dst, eth_addr src, uint16_t type);
bool eth_read(const uint8_t *bytes, size_t n, eth_addr *dst, eth_addr *src, uint16_t *type);
eth_addr eth_multicast(const struct addr *group); /* 33:33 and the low 32 bits: RFC 2464 7 */
uint64_t eth_identifier(eth_addr a);              /* modified EUI-64: RFC 2464 4 */

#endif
