/*
 * arrival.h - what a protocol machine must know of the packet that a message came in: it comes
 * in with the event, the machine asks nobody.
 */
#ifndef MODELS_MIP6_ARRIVAL_H
#define MODELS_MIP6_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"

struct arrival {
    struct addr src;  /* on the wire: the care-of address */
    struct addr dst;  /* on the wire */
    struct addr home; /* of the Home Address option or type 2 routing header, else :: */
    bool has_home;
    bool tunnelled; /* came inside a tunnel from the home agent; then src, dst are the inner ones */
    bool authentic; /* IPsec vouched for it, or the scenario asks for no protection */
    bool dynamic;   /* its SAs came from key management, which can set them up anew */
    uint32_t iface; /* index of the interface */
    uint64_t station; /* link-layer source of its frame; 0: not an Ethernet frame */
};

struct mh;

/* A message as it came: how, what, and the bytes of it, which authorization data covers. */
struct delivery {
    const struct arrival *arrival;
    const struct mh *mh; /* read from them without fault */
    const uint8_t *bytes;
    size_t n;
};

#endif
