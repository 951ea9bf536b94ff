#include "sim/ns3/csma.h"

#include <ns3/callback.h>
#include <ns3/csma-channel.h>
#include <ns3/csma-net-device.h>
#include <ns3/data-rate.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/mac48-address.h>
#include <ns3/node.h>
#include <ns3/nstime.h>
#include <ns3/queue-size.h>
#include <ns3/simulator.h>

#include "sim/ns3/inside.h"

struct ns3_csma {
    ns3::Ptr<ns3::CsmaChannel> channel;
    ns3::Time delay;
};

namespace
{

struct csma_device : ns3_device {
    ns3::Ptr<ns3::CsmaNetDevice> csma;
    ns3::Time delay;
    bool has_room() override
    {
        return true; /* Send() tells */
    }
    void attach(bool on) override
    {
        csma->SetSendEnable(on);
        csma->SetReceiveEnable(on);
    }
};

void refused(struct csma_device *d, ns3::Ptr<const ns3::Packet> packet)
{
    enum ns3_lost why = d->csma->IsSendEnabled() ? NS3_LOST_FULL : NS3_LOST_AWAY;
    d->events.lost(d->events.owner, packet->GetUid(), why);
}

void given_up(struct csma_device *d, ns3::Ptr<const ns3::Packet> packet)
{
    enum ns3_lost why = d->csma->IsSendEnabled() ? NS3_LOST_AIR : NS3_LOST_AWAY;
    d->events.lost(d->events.owner, packet->GetUid(), why);
}

void tell_gone(struct csma_device *d, uint64_t uid)
{
    d->events.gone(d->events.owner, uid);
}

/* The last bit arrives everywhere at this instant: it is gone at its end. */
void arrives(struct csma_device *d, uint64_t uid)
{
    (void)ns3::Simulator::ScheduleNow(&tell_gone, d, uid);
}

void sent(struct csma_device *d, ns3::Ptr<const ns3::Packet> packet)
{
    (void)ns3::Simulator::Schedule(d->delay, &arrives, d, packet->GetUid());
}

void listen(struct csma_device *d)
{
    ns3_device_listen(d);
    (void)d->csma->TraceConnectWithoutContext("MacTxDrop", ns3::MakeBoundCallback(&refused, d));
    (void)d->csma->TraceConnectWithoutContext("PhyTxDrop", ns3::MakeBoundCallback(&given_up, d));
    (void)d->csma->TraceConnectWithoutContext("PhyTxEnd", ns3::MakeBoundCallback(&sent, d));
}

} // namespace

struct ns3_csma *ns3_csma_new(uint64_t rate, uint64_t delay, struct ns3_why *why)
{
    try {
        auto *net = new ns3_csma; /* for the whole run */
        net->channel = ns3::CreateObject<ns3::CsmaChannel>();
        net->delay = ns3::NanoSeconds(delay);
        net->channel->SetAttribute("DataRate", ns3::DataRateValue(ns3::DataRate(rate)));
        net->channel->SetAttribute("Delay", ns3::TimeValue(net->delay));
        return net;
    } catch (...) {
        (void)ns3_caught(why);
        return nullptr;
    }
}

struct ns3_device *ns3_csma_join(struct ns3_csma *net, uint32_t queue, int64_t streams,
                                 const struct ns3_device_events *events, struct ns3_why *why)
{
    try {
        auto *d = new csma_device;
        auto node = ns3::CreateObject<ns3::Node>();
        auto waiting = ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
        waiting->SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, queue));
        d->csma = ns3::CreateObject<ns3::CsmaNetDevice>();
        d->device = d->csma;
        d->events = *events;
        d->delay = net->delay;
        d->csma->SetAddress(ns3::Mac48Address::Allocate());
        (void)node->AddDevice(d->csma);
        d->csma->SetQueue(waiting);
        (void)d->csma->Attach(net->channel);
        (void)d->csma->AssignStreams(streams);
        listen(d);
        return d;
    } catch (...) {
        (void)ns3_caught(why);
        return nullptr;
    }
}
