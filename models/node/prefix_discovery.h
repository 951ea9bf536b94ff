/*
 * prefix_discovery.h - Mobile Prefix Solicitations and Advertisements as a node gets them (RFC 6275
 * 6.7, 6.8): whose they are, and what stands in them.
 */
#ifndef MODELS_NODE_PREFIX_DISCOVERY_H
#define MODELS_NODE_PREFIX_DISCOVERY_H

#include "models/node/node.h"
#include "models/wire/mpd.h"

/* Told by path_in.c, with the addresses on the wire: takes p. */
void prefix_discovery_in(struct iface *i, struct pkt *p, const struct ip6 *h,
                         const struct ip6_chain *c);

/* False: it cannot be read; p was dropped. */
bool prefix_discovery_read(struct iface *i, struct pkt *p, const struct ip6 *h,
                           const struct ip6_chain *c, struct mpd *m);

#endif
