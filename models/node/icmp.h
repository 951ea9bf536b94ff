/*
 * icmp.h - ICMPv6 errors and echo of a node (RFC 4443).
 */
#ifndef MODELS_NODE_ICMP_H
#define MODELS_NODE_ICMP_H

#include "models/node/node.h"

/* Tell the source of `p` what is wrong with it, unless RFC 4443 2.4 e forbids or the rate limit
 * of 2.4 f is reached.  p stays the caller's. */
void icmp_send_error(struct node *n, const struct pkt *p, uint8_t type, uint8_t code,
                     uint32_t value);

/* As above about a packet of which perhaps only the beginning is known: one that an error quoted.
 */
void icmp_send_error_about(struct node *n, const uint8_t *packet, size_t bytes, uint8_t type,
                           uint8_t code, uint32_t value);

/* icmp_error.c: an error that has come, from its type octet on: path MTU (RFC 8201 4), and what a
 * tunnel's entry tells the source of the packet inside (RFC 2473 8). */
void icmp_error_in(struct node *n, const uint8_t *icmp, size_t bytes);

/* Whether one more error or Redirect may leave now; if so it is counted. RFC 4443 2.4 f. */
bool icmp_within_limit(struct node *n);

/* An ICMPv6 message of this node that is not neighbour discovery: takes p. */
void icmp_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at);

#endif
