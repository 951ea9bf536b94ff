#include "sim/ns3/p2p.h"

#include <cstdio>
#include <ns3/callback.h>
#include <ns3/data-rate.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/mac48-address.h>
#include <ns3/node.h>
#include <ns3/nstime.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/queue-size.h>

struct ns3_direction {
    ns3::Ptr<ns3::PointToPointNetDevice> from;
    ns3::Ptr<ns3::PointToPointNetDevice> to;
    struct ns3_p2p_taker taker;
};

namespace
{

constexpr uint16_t ethertype_ip6 = 0x86DD;

bool take(struct ns3_direction *d, ns3::Ptr<ns3::NetDevice>, ns3::Ptr<const ns3::Packet> packet,
          uint16_t, const ns3::Address &)
{
    uint8_t frame[NS3_P2P_FRAME_MAX];
    uint32_t n = packet->CopyData(frame, sizeof frame);
    d->taker.arrived(d->taker.owner, frame, n);
    return true;
}

void lose(struct ns3_direction *d, ns3::Ptr<const ns3::Packet>)
{
    d->taker.lost(d->taker.owner);
}

ns3::Ptr<ns3::PointToPointNetDevice> make_device(const struct ns3_p2p_config &how,
                                                 const ns3::Ptr<ns3::PointToPointChannel> &channel)
{
    auto node = ns3::CreateObject<ns3::Node>();
    auto device = ns3::CreateObject<ns3::PointToPointNetDevice>();
    auto queue = ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
    queue->SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, how.queue));
    device->SetAddress(ns3::Mac48Address::Allocate());
    device->SetDataRate(ns3::DataRate(how.rate));
    (void)node->AddDevice(device);
    device->SetQueue(queue);
    (void)device->Attach(channel);
    return device;
}

/* After all that sets a callback of its own. */
bool listen(struct ns3_direction *d)
{
    d->to->SetReceiveCallback(ns3::MakeBoundCallback(&take, d));
    return d->to->TraceConnectWithoutContext("PhyRxDrop", ns3::MakeBoundCallback(&lose, d));
}

} // namespace

bool ns3_p2p_join(const struct ns3_p2p_config *how, const struct ns3_p2p_taker taker[2],
                  struct ns3_direction *direction[2], struct ns3_why *why)
{
    try {
        auto channel = ns3::CreateObject<ns3::PointToPointChannel>();
        channel->SetAttribute("Delay", ns3::TimeValue(ns3::NanoSeconds(how->delay)));
        auto one = make_device(*how, channel);
        auto other = make_device(*how, channel);
        direction[0] = new ns3_direction{one, other, taker[0]}; /* for the whole run */
        direction[1] = new ns3_direction{other, one, taker[1]};
        if (listen(direction[0]) && listen(direction[1]))
            return true;
        (void)std::snprintf(why->text, sizeof why->text,
                            "ns3::PointToPointNetDevice has no trace source PhyRxDrop");
        return false;
    } catch (...) {
        return ns3_caught(why);
    }
}

bool ns3_p2p_send(struct ns3_direction *d, const uint8_t *frame, size_t n, struct ns3_why *why)
{
    try {
        auto packet = ns3::Create<ns3::Packet>(frame, static_cast<uint32_t>(n));
        if (d->from->Send(packet, d->to->GetAddress(), ethertype_ip6))
            return true;
        (void)std::snprintf(why->text, sizeof why->text,
                            "ns3::PointToPointNetDevice refuses a frame of %zu bytes", n);
        return false;
    } catch (...) {
        return ns3_caught(why);
    }
}
