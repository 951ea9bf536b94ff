/*
 * agent_discovery.h - dynamic home agent address discovery as a node gets it (RFC 6275 6.5, 6.6):
 * whose message it is.  What a home agent does is in agent_list.c, what a mobile node does in
 * mobile_discovery.c.
 */
#ifndef MODELS_NODE_AGENT_DISCOVERY_H
#define MODELS_NODE_AGENT_DISCOVERY_H

#include "models/node/node.h"

struct agent;
struct mobile;

/* Told by path.c, with the addresses that upper layers see: takes p. */
void agent_discovery_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at);

/* Makes and sends one; borrowed for the call. */
struct dhaad;
void agent_discovery_send(struct node *n, const struct addr *src, const struct addr *dst,
                          const struct dhaad *m);

/* Told by the above: a request, and a reply, that could be read. False: it is dropped. */
bool agent_asked(struct agent *a, const struct ip6 *h, const struct dhaad *m);
bool mobile_told_agents(struct mobile *m, const struct ip6 *h, const struct dhaad *reply);

#endif
