/*
 * engine.h - ns-3 as the engine of a world: its clock is ours, and its devices carry our links.
 *
 * Our stack stays ours, and so do queues, losses, jitter, outages and every time of a
 * point-to-point link (sim/link/carrier.h); ns-3 brings bytes from one end to the other in the same
 * time.
 */
#ifndef SIM_NS3_ENGINE_H
#define SIM_NS3_ENGINE_H

#include "sim/world/world.h"

const struct world_engine *ns3_engine(void); /* of this process: one run */

#endif
