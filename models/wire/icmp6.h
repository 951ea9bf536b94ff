/*
 * icmp6.h - ICMPv6 errors and echo (RFC 4443), and neighbour discovery (RFC 4861, with the
 * Advertisement Interval and Home Agent Information options and the R bit of RFC 6275 7, and the
 * preference of RFC 4191).
 *
 * Pure: bytes to struct and back.  Checksums cover the addresses of the IPv6 header, so
 * reading and writing take them.
 */
#ifndef MODELS_WIRE_ICMP6_H
#define MODELS_WIRE_ICMP6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ip6.h"
#include "sim/base/addr.h"
#include "sim/base/status.h"

struct reader;
struct writer;

enum icmp6_type {
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER_PROBLEM = 4,
    ICMP6_ECHO_REQUEST = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_MLD2_REPORT = 143, /* models/wire/mld.h */
    ICMP6_RS = 133,
    ICMP6_RA = 134,
    ICMP6_NS = 135,
    ICMP6_NA = 136,
    ICMP6_REDIRECT = 137,
    ICMP6_HAAD_REQUEST = 144, /* models/wire/dhaad.h */
    ICMP6_HAAD_REPLY = 145,
    ICMP6_MPS = 146, /* models/wire/mpd.h */
    ICMP6_MPA = 147,
};

enum icmp6_code {
    ICMP6_NO_ROUTE = 0, /* of ICMP6_UNREACHABLE */
    ICMP6_PROHIBITED = 1,
    ICMP6_BEYOND_SCOPE = 2,
    ICMP6_ADDRESS_UNREACHABLE = 3,
    ICMP6_PORT_UNREACHABLE = 4,
    ICMP6_SOURCE_POLICY = 5,
    ICMP6_HOP_LIMIT = 0, /* of ICMP6_TIME_EXCEEDED */
    ICMP6_REASSEMBLY = 1,
    ICMP6_FIELD = 0, /* of ICMP6_PARAMETER_PROBLEM */
    ICMP6_NEXT_HEADER = 1,
    ICMP6_OPTION = 2,
    ICMP6_HEADER_CHAIN = 3, /* RFC 7112 5 */
};

/* Why a message was refused. */
enum icmp6_fault {
    ICMP6_GOOD,
    ICMP6_CUT_SHORT,
    ICMP6_BAD_CHECKSUM,
    ICMP6_BAD_HOP_LIMIT, /* neighbour discovery with a hop limit other than 255: RFC 4861 6.1, 7.1
                          */
    ICMP6_BAD_CODE,
    ICMP6_BAD_OPTION,  /* an option of length 0 or past the end */
    ICMP6_BAD_ADDRESS, /* source, target or destination that the RFC forbids here */
};

enum { ND_PREFIXES = 4 };

#define ND_INFINITE 0xffffffffu /* seconds: for ever */

/* Prefix Information, RFC 4861 4.6.2. */
struct nd_prefix {
    struct addr prefix; /* with the R bit: the router's full address */
    uint8_t len;
    bool on_link;    /* L */
    bool autonomous; /* A */
    bool router;     /* R, RFC 6275 7.2 */
    uint32_t valid_s;
    uint32_t preferred_s; /* ND_INFINITE: for ever */
};

/* The options that a neighbour discovery message may carry; what is absent is false or 0. */
struct nd_options {
    bool has_source; /* Source Link-Layer Address */
    eth_addr source;
    bool has_target; /* Target Link-Layer Address */
    eth_addr target;
    const uint8_t *redirected; /* Redirected Header: view of the packet; NULL: none */
    size_t redirected_n;
    uint32_t mtu;         /* 0: none */
    uint32_t interval_ms; /* Advertisement Interval, RFC 6275 7.3; 0: none */
    bool has_home_agent;  /* Home Agent Information, RFC 6275 7.4 */
    uint16_t home_preference;
    uint16_t home_lifetime_s;
    unsigned prefixes;
    struct nd_prefix prefix[ND_PREFIXES];
};

/* Default Router Preference, RFC 4191 2.2, as its two bits are. */
enum nd_preference { ND_MEDIUM = 0, ND_HIGH = 1, ND_RESERVED = 2, ND_LOW = 3 };

struct nd_message {
    uint8_t type; /* ICMP6_RS to ICMP6_REDIRECT */
    /* RA */
    uint8_t cur_hop_limit;
    bool managed;
    bool other;
    bool home_agent;    /* H, RFC 6275 7.1 */
    uint8_t preference; /* enum nd_preference */
    uint16_t router_lifetime_s;
    uint32_t reachable_ms;
    uint32_t retrans_ms;
    /* NS, NA, Redirect */
    struct addr target;
    struct addr destination; /* Redirect */
    bool router;             /* NA: R */
    bool solicited;          /* NA: S */
    bool override;           /* NA: O */
    struct nd_options options;
};

struct icmp6_echo {
    uint8_t type; /* ICMP6_ECHO_REQUEST or _REPLY */
    uint16_t identifier;
    uint16_t sequence;
    const uint8_t *data; /* view */
    size_t n;
};

struct icmp6_error {
    uint8_t type;
    uint8_t code;
    uint32_t value;       /* MTU of Too Big, pointer of Parameter Problem, else 0 */
    const uint8_t *quote; /* view: as much of the packet as came */
    size_t n;
};

/* Checksum right and at least 4 bytes: answers the type through `type`. */
MUST_CHECK enum icmp6_fault icmp6_check(const struct ip6 *h, const uint8_t *icmp, size_t n,
                                        uint8_t *type);

/* Each reads after icmp6_check(); validation rules of RFC 4861 6.1, 7.1, 8.1. */
MUST_CHECK enum icmp6_fault nd_read(const struct ip6 *h, const uint8_t *icmp, size_t n,
                                    struct nd_message *m);
MUST_CHECK enum icmp6_fault icmp6_read_echo(const uint8_t *icmp, size_t n, struct icmp6_echo *e);
MUST_CHECK enum icmp6_fault icmp6_read_error(const uint8_t *icmp, size_t n, struct icmp6_error *e);

/* What messages with options of neighbour discovery share: the options, all that are left in r; and
 * after a message of which only the checksum is missing, `start` being where it stands in w. */
MUST_CHECK enum icmp6_fault nd_read_options(struct reader *r, struct nd_options *o);
void nd_write_options(struct writer *w, const struct nd_options *o);
void icmp6_put_checksum(struct writer *w, size_t start, const struct addr *src,
                        const struct addr *dst);

/* Each appends a whole message with its checksum; the addresses are those of the IPv6 header. */
void nd_write(struct writer *w, const struct addr *src, const struct addr *dst,
              const struct nd_message *m);
void icmp6_write_echo(struct writer *w, const struct addr *src, const struct addr *dst,
                      const struct icmp6_echo *e);
void icmp6_write_error(struct writer *w, const struct addr *src, const struct addr *dst,
                       const struct icmp6_error *e);

#endif
