/*
 * path_parts.h - what both ways share. Private to models/node.
 *
 *   path.c      the way out
 *   path_in.c   the way in, and on to other nodes
 */
#ifndef MODELS_NODE_PATH_PARTS_H
#define MODELS_NODE_PATH_PARTS_H

#include "models/node/path.h"

/* Where a packet leaves. */
struct path_way {
    struct iface *out;
    struct addr next_hop;
};

/* ---- path.c ---- */
/* `r` is the route to `dst`, NULL: there is none. False: there is no way. */
bool path_find_way(struct node *n, const struct addr *src, const struct addr *dst,
                   const struct route *r, struct path_way *w);
void path_no_route(struct node *n, struct pkt *p); /* takes p */
/* As it is, or not at all: takes p. */
void path_emit(struct iface *i, const struct addr *next_hop, struct pkt *p);

/* ---- path_in.c ---- */
/* A packet of this node to itself: takes p. */
void path_in_own(struct iface *i, struct pkt *p);

#endif
