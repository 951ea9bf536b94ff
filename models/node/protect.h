/*
 * protect.h - IPsec in the way of a packet: what its machine (models/ipsec) answers is done here.
 *
 *   out   path_out_plain() shows every packet that this node made; a tunnel's entry shows what
 *         goes in.  A packet that must be protected is sealed in place, and whoever asked for it
 *         goes on with it then: at once, or when the processor has done it (service.h).
 *   in    path_in()'s deliver() shows what has arrived, whole and with its extension headers read:
 *         ESP is opened and its headers read anew; what came in the clear must be allowed to.
 *
 * The outer source of what was opened is not looked at here: that is the mobility layer's, after
 * it (RFC 5648 9.3; RFC 4301 5.2).
 */
#ifndef MODELS_NODE_PROTECT_H
#define MODELS_NODE_PROTECT_H

#include "models/ipsec/ipsec.h"
#include "models/node/node.h"
#include "models/node/policies.h"
#include "models/node/tunnel.h"

/* A mobile node, as it protects itself or as its home agent does. */
struct protected
{
    struct protection *of;
    struct spd_subject *subject;
    const struct ipsec_config *how; /* borrowed */
    const char *identity;           /* that it authenticates with */
    bool client;                    /* registers nowhere: its tunnels end where the SAs do */
    bool single;                    /* it has but one care-of address, where its tunnels end */
    bool placed;                    /* its tunnel SAs have an end point of their own */
    bool by_ike;                    /* MOBIKE moves them, and no BU: RFC 5555 5.1 */
    struct keyed *keyed;            /* NULL: its keys come from elsewhere */
    struct addr key_coa;            /* care-of address that key management uses; ::: none yet */
};

struct keyed;      /* opaque: key_exchange.h */
struct protection; /* opaque; node.h points to it */

/* `gateway` is the home agent's address; `is_gateway`: this node is the home agent. */
struct protection *protection_new(struct node *n, const struct addr *gateway, bool is_gateway);
struct ipsec *protection_ipsec(struct protection *p);
struct node *protection_node(struct protection *p);

/* Whether Binding Updates of `who` to its home agent are protected. */
bool protection_of_updates(const struct protected *who);
/* The policy of those; NULL: none matches. */
const struct spd_entry *protection_updates_entry(const struct protected *who);

/* `home` and what protects it; `policies` are borrowed. */
struct protected *protection_add(struct protection *p, const struct addr *home,
                                 const struct spd *policies, const struct ipsec_config *how,
                                 const char *identity);
struct protected *protection_of(const struct protection *p, const struct addr *home); /* NULL */

/* It is a plain IPsec client: there are no Binding Updates that could say where it is. */
void protection_set_client(struct protected *who);
/* Such a one, at either end; NULL: `home` is not one's, or this node has no IPsec. */
struct protected *protection_client(const struct node *n, const struct addr *home);

/* An SA of `who`: told as an event. It must be possible. */
struct sa *protection_install(struct protected *who, struct ciphers *c, const char *policy,
                              unsigned number, const struct ipsec_keying *how);

/* `sa` is used no more; `how` lives as long as the run. */
void protection_end(struct protected *who, struct sa *sa, const char *how);

/* ---- the way out ----------------------------------------------------------------------------- */

/* How a packet is sealed, and who goes on with it: kept while it waits for the processor. */
struct sealing {
    void (*then)(struct node *n, struct pkt *p, const struct sealing *s); /* takes p */
    struct sa *sa;        /* NULL: it was not sealed, it may leave in the clear */
    size_t at;            /* what stands from here on is sealed */
    size_t named_at;      /* this octet then says ESP; 0: none, a header will be put in front */
    uint8_t next;         /* the protocol of what is sealed */
    struct tunnel tunnel; /* the rest is for `then`, and may be left out */
    int limit;            /* tunnel.c: of encapsulation */
    uint8_t traffic_class;
    uint32_t bytes; /* before it was sealed */
    struct iface *out;
    uint64_t station;
};

/* A packet of this node, to `s->then`, which alone is set. If it may not leave, it is gone. */
void protect_out(struct node *n, struct pkt *p, struct sealing *s);

/* What goes into the tunnel `t` on `bid`: sets t->sa and its ends. False: p is gone. */
bool protect_tunnel(struct node *n, struct pkt *p, uint16_t bid, struct tunnel *t);

/* Whether copies of p are to be made of what is sealed, and not sealed each: it is to be. */
bool protect_seals_once(struct node *n, const struct pkt *p);
/* `t` carries what `sa` has sealed, too. */
void protect_end(struct sa *sa, struct tunnel *t);

/* Whether a message, `protocol` behind no header yet, of a home address and the gateway goes
 * through the tunnel instead of having a Home Address option or a routing header: where policies
 * have no transport mode for it. */
bool protect_wants_tunnel(struct node *n, const struct addr *src, const struct addr *dst,
                          uint8_t protocol, const struct pkt *message);

/* Seals p, and then `s->then` takes it: if it is not gone. */
void protect_seal(struct node *n, struct pkt *p, const struct sealing *s);

/* The same without waiting, and without `s->then`. False: p is gone. */
bool protect_seal_now(struct node *n, struct pkt *p, const struct sealing *s);

/* ---- the way in ------------------------------------------------------------------------------ */

/* p has arrived for this node: h and c are read from it, and read anew when it was opened. Answers
 * DROP_NONE, or the reason why it must die. */
unsigned protect_in(struct node *n, struct pkt *p, struct ip6 *h, struct ip6_chain *c);

/* What the algorithms have cost since it was asked last, in ns by the profile of the node's
 * processor; from now on it counts from `from`. */
sim_time protect_worked(struct node *n, sim_time from);

/* Whether the peer that protected the packet in work may have `home`. */
bool protect_authorises(const struct node *n, const struct addr *home);

/* Whether key management may set up the SAs of the packet in work anew: they are not manual. */
bool protect_is_dynamic(const struct node *n, const struct addr *home);

/* ---- end points move ------------------------------------------------------------------------- */

/* Told by the mobility layer: `home` has `coa` with `bid` since now, by a BU that was accepted (at
 * the home agent) or has left (at the mobile node). Moves what `sa_default` tells to, if BUs are
 * protected (RFC 4877 4.3). */
void protect_bound(struct node *n, const struct addr *home, uint16_t bid, const struct addr *coa);

/* Likewise: of the bindings that there are, `bid` is the lowest, with `coa`; and `gone`, if not
 * NULL, is a care-of address that has ended: no tunnel stays there. */
void protect_lowest(struct node *n, const struct addr *home, uint16_t bid, const struct addr *coa,
                    const struct addr *gone);

/* `coa` is what key management uses from now on: RFC 5648 9.1. */
void protect_key_address(struct node *n, const struct addr *home, const struct addr *coa);

#endif
