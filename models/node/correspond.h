/*
 * correspond.h - the hands of a correspondent that takes part in route optimisation (RFC 6275 9):
 * what its machine (models/mip6/correspondent.h) answers is done here.
 *
 * A node without it knows no Mobility Header and no Home Address option, as any host.
 */
#ifndef MODELS_NODE_CORRESPOND_H
#define MODELS_NODE_CORRESPOND_H

#include "models/mip6/correspondent.h"
#include "models/node/node.h"
#include "models/wire/icmp6.h"
#include "models/wire/mh.h"
#include "sim/base/key.h"

struct decider;

extern const struct key correspondent_keys[]; /* of struct correspondent_config */

/* `how` is borrowed for the run. */
void correspond_new(struct node *n, const struct correspondent_config *how);

/* Which care-of address carries which flow to that home address; borrowed for the run. */
void correspond_set_decider(struct node *n, const struct addr *home, struct decider *decider);

struct correspondent *correspond_machine(const struct node *n); /* for who looks; or NULL */

/* All are told by path.c, path_in.c and errors.c of a node that has one. */

/* A packet to a bound home address is taken: it leaves with a type 2 routing header. */
bool correspond_takes(struct node *n, struct pkt *p);
/* Whether a packet that is no Mobility Header may have `home` in a Home Address option. */
bool correspond_accepts(struct node *n, const struct addr *home, const struct addr *src);
void correspond_mh(struct iface *i, struct pkt *p, const struct ip6 *h,
                   const struct ip6_chain *c); /* takes p */
/* The same of a message that has been read: a home agent's, which is a correspondent of others. */
void correspond_message(struct iface *i, struct pkt *p, const struct ip6 *h,
                        const struct ip6_chain *c, const struct mh *m); /* takes p */
/* An ICMPv6 error about a packet that this node sent, whose quote starts with `quoted`. */
void correspond_error(struct node *n, const struct icmp6_error *e, const struct ip6 *quoted);

#endif
