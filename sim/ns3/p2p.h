/*
 * p2p.h - a point-to-point link of ns-3: two ns3::PointToPointNetDevice on a
 * ns3::PointToPointChannel, as two directions (ns-3 3.37).
 *
 * A device puts PPP's two bytes before what it is handed, queues without bound in practice, sends
 * one frame at a time for its bits at its rate, rounded to the nearest nanosecond, and the channel
 * delivers it after its delay.  It keeps no MTU.  Objects live until ns3_clock_end().
 */
#ifndef SIM_NS3_P2P_H
#define SIM_NS3_P2P_H

#include <stddef.h>

#include "sim/ns3/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NS3_P2P_ADDS = 2, NS3_P2P_FRAME_MAX = 4096 };

struct ns3_p2p_config {
    uint64_t rate;  /* bit/s */
    uint64_t delay; /* ns */
    uint32_t queue; /* frames: more than ever wait, for what is refused is a fault */
};

/* Whoever hears what becomes of the frames of one direction, in order. The bytes are lent. */
struct ns3_p2p_taker {
    void (*arrived)(void *owner, const uint8_t *frame, size_t n);
    void (*lost)(void *owner); /* by the ReceiveErrorModel of the far device */
    void *owner;
};

struct ns3_direction; /* opaque */

bool ns3_p2p_join(const struct ns3_p2p_config *how, const struct ns3_p2p_taker taker[2],
                  struct ns3_direction *direction[2], struct ns3_why *why);

/* An IPv6 packet, or what stands for one of other length: the bytes are copied. */
bool ns3_p2p_send(struct ns3_direction *d, const uint8_t *frame, size_t n, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
