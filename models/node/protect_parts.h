/*
 * protect_parts.h - what the files of protection share. Private to models/node.
 *
 *   protect.c       who is protected, SAs, what selectors see
 *   protect_out.c   the way out: what is sealed, and where tunnels end
 *   protect_in.c    the way in: what is opened, and what came in the clear
 */
#ifndef MODELS_NODE_PROTECT_PARTS_H
#define MODELS_NODE_PROTECT_PARTS_H

#include "models/node/protect.h"

struct protection {
    struct node *node;
    struct ipsec ipsec;
    struct spd others;
    struct sim_timer timer; /* lifetimes */
    unsigned clients;
    sim_time worked;
};

/* An SA has carried something. */
void protect_used(struct node *n, struct sa *sa);

/* What selectors see of a packet whose chain has been read. Of a fragment only the protocol is
 * known. */
struct traffic protect_traffic(const struct node *n, const uint8_t *packet, size_t bytes,
                               const struct ip6_chain *c, bool outbound);
/* The same of a packet that is, or was, in a tunnel. */
struct traffic protect_traffic_inside(const struct node *n, const uint8_t *packet, size_t bytes,
                                      bool outbound);
enum node_reason protect_reason(enum ipsec_verdict v);

#endif
