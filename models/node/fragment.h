/*
 * fragment.h - a packet larger than its path carries is cut up by its source, and put together
 * again by its destination: RFC 8200 4.5, RFC 5722, RFC 6946.
 *
 * A node works on FRAGMENT_ROOM packets at once; one more and the oldest is given up.
 */
#ifndef MODELS_NODE_FRAGMENT_H
#define MODELS_NODE_FRAGMENT_H

#include "models/node/node.h"

enum { FRAGMENT_ROOM = 16, FRAGMENT_PARTS = 32 };

/* Cuts p into pieces of at most `mtu` bytes, a multiple of 8 but for the last, and hands each to
 * `send`, which takes it. p is a packet of this node and larger than mtu: takes p. */
void fragment_out(struct node *n, struct pkt *p, uint32_t mtu, void *owner,
                  void (*send)(void *owner, struct pkt *piece));

/* A piece that arrived: takes p. Answers the whole packet when it is the last one missing, as it
 * was before it was cut, else NULL. */
struct pkt *fragment_in(struct iface *i, struct pkt *p, const struct ip6 *h,
                        const struct ip6_chain *c);

void fragment_release(struct node *n); /* the run is over: pieces go back unseen */

#endif
