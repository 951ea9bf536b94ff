/*
 * pad.h - the Peer Authorization Database (RFC 4301 4.4.3): which peer may have SAs for which
 * addresses.  A peer is known by the identity that it authenticated with (RFC 4877 4.2).
 */
#ifndef MODELS_IPSEC_PAD_H
#define MODELS_IPSEC_PAD_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"

struct pad_entry {
    const char *identity; /* borrowed for the run */
    struct addr address;
    struct pad_entry *next; /* of its bucket */
};

struct pad {
    struct arena *arena;
    struct pad_entry **bucket;
    size_t buckets;
    size_t entries;
};

void pad_init(struct pad *p, struct arena *a);
void pad_allow(struct pad *p, const char *identity, const struct addr *address);
void pad_revoke(struct pad *p, const char *identity, const struct addr *address);
bool pad_allows(const struct pad *p, const char *identity, const struct addr *address);

#endif
