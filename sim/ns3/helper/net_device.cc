#include "sim/ns3/helper/net_device.h"

#include <ns3/callback.h>
#include <ns3/mac48-address.h>
#include <ns3/simulator.h>
#include <ns3/type-id.h>
#include <ns3/wifi-mac.h>

#include "sim/ns3/helper/tag.h"

using monami_ns3::Mac;
using monami_ns3::Within;

namespace ns3
{

MonamiNetDevice::MonamiNetDevice(Ptr<NetDevice> device) : m_device(device)
{
    FindWifi();
}

MonamiNetDevice::~MonamiNetDevice() = default;

/* ---- what ns-3 tells ------------------------------------------------------------------------- */

void MonamiNetDevice::Connect(const MonamiWires &wires)
{
    ConnectDrops(wires);
    Self self = shared_from_this();
    m_device->SetReceiveCallback(NetDevice::ReceiveCallback(
        [self](Ptr<NetDevice>, Ptr<const Packet> packet, uint16_t type, const Address &from) {
            self->Receive(packet, type, from);
            return true;
        }));
    m_device->AddLinkChangeCallback(Callback<void>([self] { self->LinkChanged(); }));
    if (m_isStation)
        TraceAssociation();
}

void MonamiNetDevice::ConnectDrops(const MonamiWires &wires)
{
    m_wires = wires;
    if (m_wifi) {
        TraceWifi();
        return;
    }
    TraceDrops("MacTxDrop", MONAMI_LOST_QUEUE, false);
    TraceDrops("PhyTxDrop", MONAMI_LOST_LINK, false);
    TraceDrops("PhyRxDrop", MONAMI_LOST_LINK, true);
}

/* A device that has no such source, or another kind of it, tells in its own way or not at all. */
void MonamiNetDevice::TraceDrops(const std::string &source, enum monami_loss why, bool onItsWayIn)
{
    struct TypeId::TraceSourceInformation info;
    if (!m_device->GetInstanceTypeId().LookupTraceSourceByName(source, &info) ||
        info.callback != "ns3::Packet::TracedCallback")
        return;
    Self self = shared_from_this();
    (void)m_device->TraceConnectWithoutContext(
        source, Callback<void, Ptr<const Packet>>([self, why, onItsWayIn](Ptr<const Packet> p) {
            self->Dropped(p, why, onItsWayIn);
        }));
}

void MonamiNetDevice::Release()
{
    m_wires = MonamiWires();
    m_device = nullptr;
    m_wifi = nullptr;
}

/* ---- links ----------------------------------------------------------------------------------- */

/* A station says that its link is up until it has lost it for the first time. */
bool MonamiNetDevice::IsUp() const
{
    return m_device && m_device->IsLinkUp() && (!m_isStation || m_isAssociated);
}

void MonamiNetDevice::LinkChanged()
{
    if (!m_wires.carrier)
        return;
    {
        Within within(m_wires.waker);
        m_wires.carrier->LinkChanged(this);
    }
    m_wires.after(m_wires.owner);
}

/* ---- frames ---------------------------------------------------------------------------------- */

/* Both ends may have other addresses in ns-3 than in the scenario. */
Address MonamiNetDevice::StationOf(monami_ns3::Device *to, const Mac &mac) const
{
    auto *other = dynamic_cast<MonamiNetDevice *>(to);
    if (other && other->m_device)
        return other->m_device->GetAddress();
    if (!Mac48Address::IsMatchingType(m_device->GetAddress()))
        return m_device->GetBroadcast();
    Mac48Address station;
    station.CopyFrom(mac.data());
    return station;
}

bool MonamiNetDevice::Send(uint64_t tag, const uint8_t *payload, size_t n, uint16_t type,
                           monami_ns3::Device *to, const Mac &mac)
{
    if (!m_device)
        return false;
    Ptr<Packet> packet = Create<Packet>(payload, static_cast<uint32_t>(n));
    packet->AddByteTag(MonamiTag(m_wires.world, tag));
    return m_device->Send(packet, StationOf(to, mac), type);
}

void MonamiNetDevice::Receive(Ptr<const Packet> packet, uint16_t type, const Address &from)
{
    if (!m_wires.carrier || type != monami_ns3::ETHERTYPE_IP6)
        return;
    if (m_wires.carrier->IsSending()) { /* a device that takes no time: nothing comes from within */
        Self self = shared_from_this();
        (void)Simulator::ScheduleNow(
            [self, packet, type, from] { self->Receive(packet, type, from); });
        return;
    }
    uint32_t n = packet->GetSize();
    uint8_t *room = m_wires.carrier->Room(n);
    if (!room)
        return;
    Mac station{};
    if (Mac48Address::IsMatchingType(from))
        Mac48Address::ConvertFrom(from).CopyTo(station.data());
    {
        Within within(m_wires.waker);
        (void)packet->CopyData(room, n);
        m_wires.carrier->Arrived(this, MonamiTag::Of(*packet, m_wires.world), n, type, station);
    }
    m_wires.after(m_wires.owner);
}

/* A bundle of Wi-Fi has a tag for each of its frames. */
void MonamiNetDevice::Dropped(Ptr<const Packet> packet, enum monami_loss why, bool onItsWayIn)
{
    if (!m_wires.carrier)
        return;
    {
        Within within(m_wires.waker);
        ByteTagIterator i = packet->GetByteTagIterator();
        while (i.HasNext()) {
            ByteTagIterator::Item item = i.Next();
            if (item.GetTypeId() != MonamiTag::GetTypeId())
                continue;
            MonamiTag tag;
            item.GetTag(tag);
            if (tag.m_world == m_wires.world)
                m_wires.carrier->Dropped(tag.m_ticket, why, onItsWayIn ? this : nullptr);
        }
    }
    m_wires.after(m_wires.owner);
}

} // namespace ns3
