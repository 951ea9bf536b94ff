/*
 * agent.h - the hands of a home agent: what its binding cache (models/mip6/bcache.h) answers
 * is done here: duplicate address detection and proxying on the home link, acknowledgements,
 * tunnels.
 */
#ifndef MODELS_NODE_AGENT_H
#define MODELS_NODE_AGENT_H

#include "models/mip6/bcache.h"
#include "models/mip6/mpa.h"
#include "models/node/node.h"
#include "models/node/probe.h"
#include "models/wire/icmp6.h"

/* From where a mobile node's packets may come: enum bcache_source_check. */
struct agent_checks {
    int plain; /* unprotected tunnels */
    int esp;   /* protected ones; IPsec itself does not look */
    int bu;    /* 0 Binding Updates are exempt (RFC 5648 6.5), 1 they are checked like the rest */
};

struct agent; /* opaque */
struct decider;

/* `home` is the interface on the home link, `address` the home agent's address there; `probing`
 * how it probes care-of addresses that have a Binding Identifier, `prefixes`, borrowed, when it
 * tells of the prefixes of the home link. */
struct agent *agent_new(struct node *n, struct iface *home, const struct addr *address,
                        const struct bcache_config *how, const struct agent_checks *checks,
                        const struct probe_config *probing, const struct mpa_timers *prefixes);

/* Which care-of address carries which flow downwards; borrowed for the run. */
void agent_set_decider(struct agent *a, const struct addr *home, struct decider *decider);

/* `client` is the home address of a plain IPsec client (protection_set_client()): on the home link
 * the gateway answers for it from the beginning. */
void agent_add_client(struct agent *a, const struct addr *client);

/* Told by the world, only with detection.oracle: that binding's link carries packets, or not. */
void agent_oracle(struct agent *a, const struct addr *home, uint16_t bid, bool carries);

struct bcache *agent_cache(struct agent *a);

/* Its Home Agent Preference, which it advertises (RFC 6275 7.4); 0 at first. */
void agent_set_preference(struct agent *a, uint16_t preference);

/* Told by the world: both are in operation since long, so that `a` has heard what `other`, on its
 * link, advertises of itself. */
void agent_know(struct agent *a, const struct agent *other);

/* Told by nd.c: a router advertisement on i, from the link-local address `router`. */
void agent_advertised(struct agent *a, struct iface *i, const struct addr *router,
                      const struct nd_message *ra);

/* Told by the world: it ends its service, with an advertisement without H, and has no bindings any
 * more; and takes it up again, or says so again. The first answers when that advertisement leaves:
 * advertise_service(); now, if it had ended before. */
sim_time agent_close(struct agent *a);
void agent_open(struct agent *a);
bool agent_serves(const struct agent *a);

/* Told by the world: all bindings are forgotten, as by a restart. */
void agent_restart(struct agent *a);

/* Told by key management: nobody has this home address any more. */
void agent_forget(struct agent *a, const struct addr *home);

/* Told by the world: the home prefix has other lifetimes from now on; SIM_NEVER: for ever. */
void agent_renumber(struct agent *a, sim_time preferred, sim_time valid);

/* Told by both ways. A packet to a bound home address is taken; `own`: this node made it, whatever
 * its source says. */
bool agent_takes(struct agent *a, struct pkt *p, bool own);
/* Why what is in a tunnel may not come out of it; 0: it may. RFC 6275 10.4.5, RFC 5648 9.3. */
unsigned agent_refuses_tunnel(struct agent *a, const struct pkt *p, const struct ip6 *outer,
                              const struct ip6_chain *c);
bool agent_bound(struct agent *a, const struct addr *home, const struct addr *care_of);
bool agent_link_local(const struct agent *a, const struct addr *dst);
bool agent_probe_reply(struct agent *a, const struct ip6 *h, const struct icmp6_echo *e);
void agent_mh(struct agent *a, struct iface *i, struct pkt *p, const struct ip6 *h,
              const struct ip6_chain *c); /* takes p */
/* A Mobile Prefix Solicitation: RFC 6275 10.6.2. */
void agent_mps(struct agent *a, struct iface *i, struct pkt *p, const struct ip6 *h,
               const struct ip6_chain *c); /* takes p */

#endif
