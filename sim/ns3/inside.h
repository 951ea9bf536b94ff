/*
 * inside.h - C++: what the devices of this folder share. Nobody else includes it.
 */
#ifndef SIM_NS3_INSIDE_H
#define SIM_NS3_INSIDE_H

#include <ns3/net-device.h>
#include <ns3/packet.h>

#include "sim/ns3/device.h"

struct ns3_device {
    ns3::Ptr<ns3::NetDevice> device;
    struct ns3_device_events events;
    virtual bool has_room() = 0; /* what has none says so nowhere */
    virtual void attach(bool on) = 0;
    virtual void put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f); /* hands it over */
    virtual ~ns3_device() = default;
};

/* After node->AddDevice(), or a helper's Install(), which set a callback of their own. */
void ns3_device_listen(struct ns3_device *d);

#endif
