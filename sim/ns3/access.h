/*
 * access.h - an access network of a scenario that ns-3 makes: its ports are devices of ns-3
 * (sim/link/outside.h).
 *
 * A frame is in flight from when a device is handed it until the one that it is for has it, ns-3
 * says that it is lost, or ten seconds are over without a word: then it is lost, too.  What a group
 * is sent is in flight for that long on Wi-Fi, which tells nobody who has it.
 */
#ifndef SIM_NS3_ACCESS_H
#define SIM_NS3_ACCESS_H

#include "sim/core/foreign.h"
#include "sim/world/world.h"

/* Sets w->outside to what ns-3 makes of the scenario's networks, if anything. */
void ns3_access_begin(struct world *w, struct foreign *clock);

#endif
