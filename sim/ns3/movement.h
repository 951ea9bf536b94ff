/*
 * movement.h - C++: places as a mobility model of ns-3. Nobody outside of this folder includes it.
 */
#ifndef SIM_NS3_MOVEMENT_H
#define SIM_NS3_MOVEMENT_H

#include <cstddef>
#include <ns3/mobility-model.h>

#include "sim/ns3/place.h"

ns3::Ptr<ns3::MobilityModel> ns3_movement(const struct ns3_place *place, std::size_t places);

#endif
