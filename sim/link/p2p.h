/*
 * p2p.h - a point-to-point link between two routers: raw IPv6 packets, a channel each way.
 */
#ifndef SIM_LINK_P2P_H
#define SIM_LINK_P2P_H

#include "sim/base/key.h"
#include "sim/link/channel.h"

struct p2p_config {
    int64_t rate;
    sim_time delay;
    sim_time jitter;
    int64_t queue;
    int64_t mtu;
    int64_t frame_bytes;
    struct loss_config loss;
};

extern const struct key p2p_keys[];

/* Join two ports for the whole run; both come up. The first channel carries a's packets. */
void p2p_join(struct links *links, const char *name, const struct p2p_config *how, struct port *a,
              struct port *b);

void p2p_block(struct port *end, bool on); /* what it sends waits; outages nest, each end its own */

#endif
