/*
 * mobility.h - Mobility Header messages of a node: reading with the answers that RFC 6275 9.2
 * asks for, and sending with a Home Address option or a type 2 routing header.
 */
#ifndef MODELS_NODE_MOBILITY_H
#define MODELS_NODE_MOBILITY_H

#include "models/mip6/arrival.h"
#include "models/node/node.h"
#include "models/node/tunnel.h"
#include "models/wire/mh.h"

struct sealing; /* protect.h */

/* False: p was dropped, counted and, where the RFC says so, answered. */
bool mobility_read(struct iface *i, struct pkt *p, const struct ip6 *h, const struct ip6_chain *c,
                   struct mh *m);

/* A Binding Error about a packet with header `h`, from the address it came to: never to a group, no
 * more than ICMPv6 errors (RFC 6275 9.3.3). */
void mobility_binding_error(struct node *n, const struct ip6 *h, const struct addr *home,
                            uint8_t status);

/* A BU with H has come to nobody's home agent: status 131, RFC 6275 10.3.1. False: to no address
 * that could be bound, which is not answered. */
bool mobility_refuse(struct node *n, const struct arrival *a, const struct mh *bu);

struct arrival mobility_arrival(const struct iface *i, const struct ip6 *h,
                                const struct ip6_chain *c);

/* `home` goes into a Home Address option if `home_is_source`, else into a routing header; NULL: the
 * packet carries neither. */
struct mobility_ends {
    const struct addr *src;
    const struct addr *dst;
    const struct addr *home;
    bool home_is_source;
};

/* The checksum covers the home address: RFC 6275 6.1.1. */
void mobility_send(struct node *n, const struct mh *m, const struct addr *src,
                   const struct addr *dst, const struct addr *home, bool home_is_source);

/* As mobility_send(), or inside the tunnel `src` - `dst` where the policies have no transport mode:
 * then from or to the home address itself (RFC 4877 5). */
void mobility_signal(struct node *n, const struct mh *m, const struct addr *src,
                     const struct addr *dst, const struct addr *home, bool home_is_source);

/* The same of a message of `protocol` that nothing stands in front of yet. Takes p. */
void mobility_signal_message(struct node *n, struct pkt *p, uint8_t protocol,
                             const struct mobility_ends *e);

/* As a packet, without extension headers; the caller owns it. */
struct pkt *mobility_make(struct node *n, const struct mh *m, const struct addr *src,
                          const struct addr *dst);

/* The same with the protection that mobility_signal() gives, to `s->then`, which sends it in a
 * frame of its own: what else `then` needs is set, too. If it may not leave, it is gone. */
void mobility_make_signal(struct node *n, const struct mh *m, const struct addr *src,
                          const struct addr *dst, struct sealing *s);

/* What `then` begins with: the outer header, where that protection is a tunnel. */
void mobility_is_sealed(struct node *n, struct pkt *p, const struct sealing *s);

/* Encapsulate p and send it: RFC 2473 3.1. */
void mobility_tunnel(struct node *n, struct pkt *p, const struct addr *src, const struct addr *dst,
                     uint16_t bid, uint8_t hop_limit);

/* The same to several ends. Sealed once for all of them where `ipsec.duplicate` says so: the window
 * of the receiver then removes all but the first that comes. */
void mobility_tunnel_all(struct node *n, struct pkt *p, struct tunnel *end, unsigned ends);

/* Puts a header behind the IPv6 header of p, which becomes `overhead` of its flow's packet: a type
 * 2 routing header, the packet going to `coa` now (RFC 6275 9.3.2); a Home Address option, the
 * packet coming from there (11.3.1). Checksums were made over the home address. False: p is
 * malformed, and gone. */
bool mobility_insert_route(struct node *n, struct pkt *p, const struct addr *coa);
bool mobility_insert_home(struct node *n, struct pkt *p, const struct addr *coa);

/* A copy of p to be sent beside it, as `copy` of its flow's packet. */
struct pkt *mobility_copy(struct node *n, const struct pkt *p, uint8_t copy);

/* The BIDs of a message as text that lives as long as the run: "1 2". */
const char *mobility_bids(struct node *n, const struct mh *m);

#endif
