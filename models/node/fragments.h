/*
 * fragments.h - packets in fragments (RFC 8200 4.5): a node cuts what it sends itself and puts
 * together what is for it.  What it only forwards it leaves as it is.
 */
#ifndef MODELS_NODE_FRAGMENTS_H
#define MODELS_NODE_FRAGMENTS_H

#include "models/mip6/flowbind.h"
#include "models/node/node.h"
#include "models/node/reassembly.h"

enum { FRAGMENTS_SEEN = 16 };

/* The flow of a packet of which only the first fragment shows ports. */
struct fragments_flow {
    struct addr src;
    struct addr dst;
    uint32_t id;
    bool used;
    struct flow_packet flow;
};

struct fragments {
    struct node *node;
    struct reassembly in;
    struct sim_timer timer;
    uint32_t next_id;                           /* Identification of the next packet that is cut */
    uint64_t issued;                            /* Identifications so far */
    struct fragments_flow seen[FRAGMENTS_SEEN]; /* last ones that passed */
    unsigned next_seen;
};

/* Fragments of at most `mtu` bytes, at least 1280, by `next`: takes p, which this node made. */
struct pkt *fragments_cut(struct node *n, struct pkt *p, uint32_t mtu);

/* A fragment for this node, its Fragment header at `at`: takes p. NULL: something is missing. */
struct pkt *fragments_join(struct node *n, struct pkt *p, size_t at);

/* Whether this node sent a fragment with that Identification of late. */
bool fragments_sent(const struct node *n, uint32_t id);

/* What selectors see of a packet that passes: a later fragment is of the flow of its first. */
struct flow_packet fragments_flow_of(struct node *n, const struct pkt *p, bool mobile_is_source);

void fragments_release(struct node *n); /* the run is over: what waits goes back unseen */

#endif
