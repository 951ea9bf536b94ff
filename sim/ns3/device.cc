#include "sim/ns3/device.h"

#include <ns3/address.h>
#include <ns3/callback.h>
#include <ns3/mac48-address.h>

#include "sim/ns3/inside.h"

namespace
{

enum { FRAME_MAX = 4096 };

bool take(struct ns3_device *d, ns3::Ptr<ns3::NetDevice>, ns3::Ptr<const ns3::Packet> packet,
          uint16_t, const ns3::Address &)
{
    uint8_t body[FRAME_MAX];
    uint32_t n = packet->CopyData(body, sizeof body);
    d->events.received(d->events.owner, packet->GetUid(), body, n);
    return true;
}

ns3::Address address_of(const struct ns3_frame &f)
{
    if (f.to)
        return f.to->device->GetAddress();
    ns3::Mac48Address group;
    group.CopyFrom(f.group);
    return group;
}

} // namespace

void ns3_device::put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f)
{
    (void)device->Send(packet, address_of(f), f.type); /* a refusal is traced, too */
}

void ns3_device_listen(struct ns3_device *d)
{
    d->device->SetReceiveCallback(ns3::MakeBoundCallback(&take, d));
}

bool ns3_device_send(struct ns3_device *d, const struct ns3_frame *f, struct ns3_why *why)
{
    try {
        auto packet = ns3::Create<ns3::Packet>(f->body, static_cast<uint32_t>(f->n));
        uint64_t uid = packet->GetUid();
        d->events.named(d->events.owner, uid);
        if (d->has_room()) {
            d->put(packet, *f);
        } else {
            d->events.lost(d->events.owner, uid, NS3_LOST_FULL);
        }
        return true;
    } catch (...) {
        return ns3_caught(why);
    }
}

bool ns3_device_attach(struct ns3_device *d, bool on, struct ns3_why *why)
{
    try {
        d->attach(on);
        return true;
    } catch (...) {
        return ns3_caught(why);
    }
}
