/*
 * route.h - a forwarding table: longest prefix first (RFC 8200 3, RFC 4861 5.2).
 *
 * One hash table a prefix length, tried from the longest: the cost does not depend on the
 * number of routes.  A node's own addresses stand in it as /128 routes to itself.
 */
#ifndef MODELS_NODE_ROUTE_H
#define MODELS_NODE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/addr.h"
#include "sim/base/arena.h"

struct iface;

enum route_kind {
    ROUTE_LOCAL,   /* the node itself */
    ROUTE_ON_LINK, /* the destination is a neighbour on `out` */
    ROUTE_VIA,     /* `next_hop` is the neighbour */
};

struct route {
    struct prefix prefix;
    enum route_kind kind;
    struct iface *out; /* of ROUTE_LOCAL: whose address it is, NULL for any */
    struct addr next_hop;
    bool withdrawn; /* on link, but who speaks from there is not led out: RFC 7084 L-14 */
};

struct routes; /* opaque */

struct routes *routes_new(struct arena *arena);
void routes_set(struct routes *t, const struct route *r); /* adds, or replaces the same prefix */
void routes_remove(struct routes *t, const struct prefix *p);
const struct route *routes_find(const struct routes *t, const struct addr *dst); /* NULL: none */

#endif
