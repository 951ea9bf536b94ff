#include "sim/ns3/movement.h"

#include <ns3/constant-position-mobility-model.h>
#include <ns3/nstime.h>
#include <ns3/vector.h>
#include <ns3/waypoint-mobility-model.h>
#include <ns3/waypoint.h>

ns3::Ptr<ns3::MobilityModel> ns3_movement(const struct ns3_place *place, std::size_t places)
{
    if (places == 1) {
        auto stands = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
        stands->SetPosition(ns3::Vector(place[0].x, place[0].y, 0));
        return stands;
    }
    auto moves = ns3::CreateObject<ns3::WaypointMobilityModel>();
    uint64_t before = 0;
    for (std::size_t k = 0; k < places; k++) {
        uint64_t t = place[k].t;
        if (k && t <= before)
            t = before + 1; /* a jump takes a nanosecond: two at one time are fatal */
        moves->AddWaypoint(
            ns3::Waypoint(ns3::NanoSeconds(t), ns3::Vector(place[k].x, place[k].y, 0)));
        before = t;
    }
    return moves;
}
