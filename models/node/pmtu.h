/*
 * pmtu.h - what a path carries, as far as its source was told: RFC 8201.
 *
 * Kept by local and remote address, so that another care-of address starts afresh; lowered by
 * Packet Too Big, never raised by one, forgotten after a while.
 */
#ifndef MODELS_NODE_PMTU_H
#define MODELS_NODE_PMTU_H

#include "models/node/node.h"

enum { PMTU_ROOM = 32 };

/* Answers whether the estimate changed. `mtu` is at least 1280. */
bool pmtu_lower(struct node *n, const struct addr *local, const struct addr *remote, uint32_t mtu);

/* The estimate, at most `link` bytes. */
uint32_t pmtu_of(const struct node *n, const struct addr *local, const struct addr *remote,
                 uint32_t link);

#endif
