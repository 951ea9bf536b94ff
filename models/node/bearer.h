/*
 * bearer.h - a gateway's end of a cellular bearer: each time the bearer is made the host gets a
 * /64 of its own from the pool of the network (RFC 6459 5.2), which is advertised on it.
 */
#ifndef MODELS_NODE_BEARER_H
#define MODELS_NODE_BEARER_H

#include "models/node/nd.h"

/* The prefixes of one network; shared by its bearers. */
struct bearer_pool {
    struct prefix prefix;
    uint64_t next; /* number of the next /64; 0 is the gateway's own */
};

struct bearer {
    struct iface *iface; /* of the gateway */
    struct bearer_pool *pool;
    const struct nd_advertise_config *how;
    struct prefix prefix; /* of the host; length 0: none */
    bool shared;          /* its host is a phone, and who else has the prefix is no neighbour */
};

/* `i` is an interface with neighbour discovery, its link-local address fixed. */
void bearer_init(struct bearer *b, struct iface *i, struct bearer_pool *pool,
                 const struct nd_advertise_config *how);
void bearer_changed(struct bearer *b, bool up);

#endif
