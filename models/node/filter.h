/*
 * filter.h - a router that does not forward every kind of packet to and from a network: what
 * measurements find on many paths (RFC 7872), and what firewalls do to ESP.
 *
 * It looks at the chain of headers alone, drops in silence, keeps no state, and lets in what is for
 * the router itself.  ESP in UDP (RFC 3948) is UDP to it.  Of a packet in fragments only the first
 * shows what stands behind the Fragment header.
 */
#ifndef MODELS_NODE_FILTER_H
#define MODELS_NODE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/key.h"

enum filter_verdict { FILTER_PASS, FILTER_DROP };

struct filter_config {
    bool given;
    int ext_headers; /* enum filter_verdict: Destination Options and routing headers */
    int esp;
};

extern const struct key filter_keys[];

/* Why the packet of `n` bytes, which starts with its IPv6 header, is not forwarded: enum
 * node_reason; DROP_NONE: it is. A chain that does not fit its bytes is somebody else's. */
unsigned filter_refuses(const struct filter_config *f, const uint8_t *packet, size_t n);

#endif
