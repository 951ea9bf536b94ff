/*
 * selector.h - what a policy looks at in a packet (RFC 4301 4.4.1.1).
 *
 * Both ends of an SA use one list of policies, written as one of them sees it: the subject, whose
 * traffic is protected, at a security gateway.  `local` is the subject's side whichever end looks,
 * and `sent` tells which of the two sent the packet; so the gateway needs no mirror image.
 *
 * Of protocols with one field (Mobility Header type, ICMPv6 type and code) the sender's counts: it
 * is compared with the sender's side of the selector alone (4.4.1.1; RFC 4877 4.3).
 */
#ifndef MODELS_IPSEC_SELECTOR_H
#define MODELS_IPSEC_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"

struct spd_subject;

enum selector_kind {
    SELECT_ANY,
    SELECT_SUBJECT, /* the subject's address, wherever it stands */
    SELECT_OTHER,   /* of no subject, and none that a header named */
    SELECT_GATEWAY, /* the gateway's own address */
    SELECT_RANGE,
};

struct selector_address {
    enum selector_kind kind;
    struct addr low; /* SELECT_RANGE, both ends included */
    struct addr high;
};

/* Ports; or type << 8 | code of ICMPv6, type << 8 of a Mobility Header (RFC 7296 3.13.1). */
struct selector_ports {
    uint16_t low;
    uint16_t high; /* below `low`: OPAQUE, that side never sends */
};

enum { SELECT_ANY_PROTOCOL = 256 };

struct selector {
    struct selector_address local;
    struct selector_address remote;
    uint16_t protocol; /* or SELECT_ANY_PROTOCOL */
    struct selector_ports local_port;
    struct selector_ports remote_port;
};

/* A packet as selectors see it: an address that an option or a routing header names as the
 * subject's stands in the place of the one on the wire (RFC 4877 4.2). */
struct traffic {
    struct addr local;
    struct addr remote;
    bool sent;                   /* by the subject's side */
    bool named;                  /* `local` was named by a header */
    struct spd_subject *subject; /* whose address `local` is; NULL: nobody's */
    bool gateway;                /* `remote` is the gateway's */
    bool tunnel;                 /* it enters, or came out of, the tunnel interface */
    bool fields; /* ports or type are there: not in a fragment behind the first, or an ESP header */
    uint8_t protocol;    /* behind headers 0, 43, 44 and 60 */
    uint16_t local_port; /* of a protocol with one field: the same in both */
    uint16_t remote_port;
};

extern const struct selector_ports selector_any_port;

bool selector_matches(const struct selector *s, const struct traffic *t);

/* Fields of an upper layer of `n` bytes at `upper`; `sent` must be set. */
void traffic_read_upper(struct traffic *t, uint8_t protocol, const uint8_t *upper, size_t n);

/* For people, with the addresses of the two: `2001:db8:a::100[5] <-> 2001:db8:a::1[6] mh`. */
void selector_print(const struct selector *s, const struct addr *subject,
                    const struct addr *gateway, char *out, size_t size);

#endif
