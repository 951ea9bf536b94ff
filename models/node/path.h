/*
 * path.h - the one way out of a node and the one way in.
 *
 *   path_out   mobility first (mobile node: direct or reverse tunnel; home agent: intercept and
 *              tunnel), then protection, then the route by source and destination, fragments
 *              of what the path takes, neighbour, link
 *   path_in    frame, IPv6 header, ours or to be forwarded; extension headers, fragments put
 *              together; then by next header: tunnel (again), Mobility Header, ICMPv6, UDP
 *
 * Protection (RFC 4301; protect.h) has its place between the choice of the tunnel end point and
 * the outer header on the way out, and before the mobility layer's check of the outer source on
 * the way in.  There, and nowhere else, a packet may wait for the processor (service.h): it comes
 * back through path_out_ready() or path_in_opened().
 */
#ifndef MODELS_NODE_PATH_H
#define MODELS_NODE_PATH_H

#include "models/node/node.h"

/* A packet of this node, which starts with its IPv6 header: takes p. What is larger than the path
 * takes leaves in fragments. */
void path_out(struct node *n, struct pkt *p);

/* As path_out() for a packet whose interface and neighbour are given: neighbour discovery,
 * link-local destinations, a care-of address's own interface. One that another node made is not
 * cut. */
void path_out_on(struct iface *i, const struct addr *next_hop, struct pkt *p);

/* Without mobility: the outer source says the interface. For tunnels' outer packets, probes
 * from a care-of address, Mobility Header messages. */
void path_out_plain(struct node *n, struct pkt *p);

/* What has its protection already, or its bypass: a tunnel's outer packet. */
void path_out_ready(struct node *n, struct pkt *p);

/* The largest packet from `src`, an address of this node, to `dst` that leaves whole, as far as it
 * knows; 0: there is no way. */
uint32_t path_mtu(struct node *n, const struct addr *src, const struct addr *dst);

/* A frame as it came from the link of i: takes p. */
void path_in(struct iface *i, struct pkt *p);

/* What a tunnel held: as if it had come in on i. Takes p. */
void path_in_tunnelled(struct iface *i, struct pkt *p);

/* What the processor has opened and policies let pass: on from there. `came_cut`: it came in
 * fragments. Takes p. */
void path_in_opened(struct iface *i, struct pkt *p, bool came_cut);

/* New packet with an IPv6 header of `src`, `dst`, `next` in front of what `p` holds. */
void path_add_header(struct pkt *p, const struct addr *src, const struct addr *dst, uint8_t next,
                     uint8_t hop_limit);

#endif
