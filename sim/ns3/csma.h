/*
 * csma.h - a medium of ns-3 that all hear: ns3::CsmaNetDevice on a ns3::CsmaChannel (ns-3 3.37).
 *
 * One sends at a time, at the channel's rate; who finds it busy waits a random time and gives up
 * after a thousand tries.  There are no collisions.  Frames below 46 bytes are padded.
 */
#ifndef SIM_NS3_CSMA_H
#define SIM_NS3_CSMA_H

#include "sim/ns3/device.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ns3_csma; /* opaque */

/* rate in bit/s, delay in ns */
struct ns3_csma *ns3_csma_new(uint64_t rate, uint64_t delay, struct ns3_why *why);

/* `streams` is the first of its random ones; the queue holds so many frames. NULL: `why` says it.
 */
struct ns3_device *ns3_csma_join(struct ns3_csma *net, uint32_t queue, int64_t streams,
                                 const struct ns3_device_events *events, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
