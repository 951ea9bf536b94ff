/*
 * flowbind.h - which care-of address carries a packet: an ordered list of (traffic selector,
 * Binding Identifiers), as the flow bindings of RFC 6089 5.  The first selector that matches
 * decides; of its BIDs the first that can be used carries the packet, or all of them do.
 *
 * Pure: the caller says which BIDs can be used.
 */
#ifndef MODELS_MIP6_FLOWBIND_H
#define MODELS_MIP6_FLOWBIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"

enum { FLOW_BIDS = 16 };

/* What a packet shows of itself, as the home agent sees it on its way to the mobile node, or
 * the mobile node on its own way out. */
struct flow_packet {
    struct addr peer; /* the correspondent */
    uint8_t protocol;
    uint16_t peer_port; /* UDP or TCP, else 0 */
    uint16_t mobile_port;
};

/* A field left 0 or :: matches everything. */
struct flow_selector {
    struct addr peer;
    uint8_t protocol;
    uint16_t peer_port;
    uint16_t mobile_port;
};

struct flow_rule {
    struct flow_selector selector;
    bool all; /* a copy on each usable one, instead of the first */
    uint8_t bids;
    uint16_t bid[FLOW_BIDS]; /* in order of preference */
    const char *name;        /* for the trace: a flow's name, or "any" */
};

struct flow_policy {
    const struct flow_rule *rule;
    size_t rules;
};

/* The rule of a packet; NULL: none matches. */
const struct flow_rule *flow_find(const struct flow_policy *policy, const struct flow_packet *p);

/* Writes the BIDs that carry a packet of `rule`, in order; `usable` answers for each. */
unsigned flow_choose(const struct flow_rule *rule, bool (*usable)(const void *who, uint16_t bid),
                     const void *who, uint16_t bid[FLOW_BIDS]);

/* Reads what the selectors need from a whole IPv6 packet. */
struct flow_packet flow_packet_of(const uint8_t *packet, size_t n, bool mobile_is_source);

#endif
