/*
 * tunnel.h - the entry of a tunnel (RFC 2473): IPv6 in IPv6, with the size that fits, and errors
 * from inside it told to whom they concern.
 *
 * The inner hop limit goes down by one where a packet is forwarded into the tunnel, as onto any
 * other link (3.1); path_in.c does that for what a home agent intercepts.  A mobile node does not
 * forward its own packets, so theirs leaves as it was made.  The exit is in path_in.c: it puts the
 * outer packet together first.
 */
#ifndef MODELS_NODE_TUNNEL_H
#define MODELS_NODE_TUNNEL_H

#include "models/node/node.h"
#include "models/wire/icmp6.h"

struct sa;

struct tunnel {
    struct addr entry; /* of this node */
    struct addr exit;
    uint8_t hop_limit; /* of the outer header */
    bool fixed;        /* it is these ends that are meant, whatever those of the SA are */
    struct sa *sa;     /* seals what goes in (RFC 4303, tunnel mode); NULL: nothing does */
    uint16_t bid;      /* that it goes by; 0: none */
    const struct tunnel *others; /* with sa: copies of what was sealed go there, too */
    unsigned n;                  /* of them */
    struct addr sized_entry; /* with sa: whose path says what fits; they differ from the ends where
                                the outer header is rewritten after IPsec (RFC 5648 9.3.2) */
    struct addr sized_exit;
};

/* Encapsulates p and sends it: takes p. One that is larger than the tunnel takes is cut if this
 * node made it, else its source is told (7.1). */
void tunnel_send(struct node *n, const struct tunnel *t, struct pkt *p);

/* An error about a packet that this node sent: if that was a tunnel's, the source of what was
 * inside is told (8.1, 8.2). */
void tunnel_error(struct node *n, const struct icmp6_error *e);

#endif
