/*
 * mobile.h - the hands of a mobile node: what its binding update list (models/mip6/bul.h)
 * answers is done here, and what happens on its interfaces is told to it.
 *
 * The node acts on what it received: link-layer news after a delay, router advertisements,
 * neighbour unreachability, answers to its path probes, acknowledgements.  Only with
 * `detection: oracle` does the world tell it (mobile_oracle()).
 */
#ifndef MODELS_NODE_MOBILE_H
#define MODELS_NODE_MOBILE_H

#include "models/mip6/bul.h"
#include "models/mip6/mps.h"
#include "models/node/nd.h"
#include "models/node/node.h"
#include "models/node/probe.h"
#include "models/wire/icmp6.h"

struct decider;
struct discovery_config;
struct mobile; /* opaque */

/* How it learns that a path is dead or alive. */
struct mobile_detection {
    bool oracle; /* the world tells at once; an upper bound, not a protocol */
    struct probe_config probing;
    sim_time back_after; /* a path that came back is used again after so long */
};

struct mobile_config {
    struct bul_config bul;
    struct mps_timers prefixes;
    struct mobile_detection detection;
    bool waits_for_keys; /* its SAs come from IKE */
    bool client;         /* of an IPsec gateway, and no more: it registers nowhere */
};

/* `decider` says which care-of address carries which flow upwards; borrowed for the run. */
struct mobile *mobile_new(struct node *n, const struct mobile_config *how, struct decider *decider);

/* Its home agent is not named, but found by dynamic home agent address discovery: before the run.
 */
void mobile_discover(struct mobile *m, const struct discovery_config *how,
                     const struct prefix *home);

/* An interface that it may use, in order of preference; `bid` is its Binding Identifier. */
void mobile_add_path(struct mobile *m, struct iface *i, uint16_t bid);

/* Starts to act: called once when the run begins. */
void mobile_start(struct mobile *m);

const struct addr *mobile_home(const struct mobile *m);
const struct iface *mobile_home_iface(const struct mobile *m); /* NULL: away from home */
bool mobile_owns_home(const struct mobile *m, const struct addr *a);
bool mobile_is_home(const struct mobile *m, const struct prefix *p); /* the home prefix */

/* Its home address; ::: it has none, as it may begin. With another one than before it has no
 * bindings and no SAs any more: mobile_set_keyed(). */
void mobile_set_home(struct mobile *m, const struct addr *home);

/* ---- key management ---- */

/* The pair of SAs for Binding Updates is there: care-of addresses may be registered. Before, with
 * `waits_for_keys`, none is. */
void mobile_set_keyed(struct mobile *m);
/* What it began with. */
void mobile_set_key_address(struct mobile *m, const struct addr *coa);
/* It gets no answer from `from`. */
void mobile_move_keys(struct mobile *m, const struct addr *from);
/* Binding Updates wait, or go on. */
void mobile_hold_updates(struct mobile *m, bool on);
/* The care-of address that it should use: that of BID `preferred` if it works, else `now` if it
 * does, else the first that does and is not `avoid` (NULL: all may be); without several care-of
 * addresses the one that is registered, or shall be. `stays`: no other than that
 * of the path of `now`. False: there is none. */
bool mobile_key_choice(const struct mobile *m, uint16_t preferred, bool stays,
                       const struct addr *now, const struct addr *avoid, struct addr *coa);

/* Care-of addresses that are there, but not `but`; answers how many, `most` at most. */
unsigned mobile_others(const struct mobile *m, const struct addr *but, struct addr *list,
                       unsigned most);

/* The home agent has a binding with `coa`, as it said. */
bool mobile_is_bound(const struct mobile *m, const struct addr *coa);

/* The Binding Identifier of the path that has `coa`; 0: none has. */
uint16_t mobile_bid_of(const struct mobile *m, const struct addr *coa);

/* Told by neighbour discovery. */
void mobile_address_changed(struct mobile *m, struct iface *i);
void mobile_link_lost(struct mobile *m, struct iface *i);
void mobile_router_found(struct mobile *m, struct iface *i);
/* The home prefix was advertised, on whatever link, or by the home agent; the home address is
 * deprecated when its preferred lifetime is over: RFC 4862 5.5.4. */
void mobile_home_advertised(struct mobile *m, sim_time preferred_until, sim_time valid_until);
bool mobile_home_deprecated(const struct mobile *m);
/* Whether a binding with L makes the home agent defend the link-local address of i, too. */
bool mobile_binds_link_local(const struct mobile *m, const struct iface *i);
bool mobile_listens(const struct mobile *m, const struct iface *i, const struct addr *group);
bool mobile_answers(const struct mobile *m, const struct iface *i, const struct addr *target);
bool mobile_probe_reply(struct mobile *m, const struct ip6 *h, const struct icmp6_echo *e);

/* A neighbour advertisement on i: the home agent's answer for the home address (RFC 6275 11.5.5).
 */
void mobile_advertised(struct mobile *m, struct iface *i, const struct nd_message *na);

/* Told by the world: it loses all it knows of its bindings, as by a restart. */
void mobile_restart(struct mobile *m);
/* Told by the world: the interface is about to be shut; `done` comes when its binding is gone, or
 * cannot be taken back: RFC 5648 5.5.2. */
void mobile_shut(struct mobile *m, struct iface *i, void *owner, void (*done)(void *owner));
/* Its link is there, perhaps again: it is not about to be shut any more. */
void mobile_opened(struct mobile *m, const struct iface *i);
/* It attaches again, perhaps elsewhere: `done` does not come any more. */
void mobile_reattached(struct mobile *m, const struct iface *i);

/* An ICMPv6 error about a packet that this node sent, whose quote starts with `quoted`. */
void mobile_error(struct mobile *m, const struct icmp6_error *e, const struct ip6 *quoted);

/* Told by the world, only with detection.oracle: the link of i carries packets, or not. */
void mobile_oracle(struct mobile *m, struct iface *i, bool carries);

/* Told by path.c. A packet from the home address that goes into the tunnel is taken. */
bool mobile_takes(struct mobile *m, struct pkt *p);
bool mobile_accepts_tunnel(struct mobile *m, const struct ip6 *outer);
void mobile_mh(struct mobile *m, struct iface *i, struct pkt *p, const struct ip6 *h,
               const struct ip6_chain *c); /* takes p */
/* A Mobile Prefix Advertisement: RFC 6275 11.4.3. */
void mobile_mpa(struct mobile *m, struct iface *i, struct pkt *p, const struct ip6 *h,
                const struct ip6_chain *c); /* takes p */

#endif
