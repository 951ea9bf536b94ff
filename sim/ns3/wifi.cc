#include "sim/ns3/wifi.h"

#include <ns3/boolean.h>
#include <ns3/callback.h>
#include <ns3/net-device-container.h>
#include <ns3/node.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/ssid.h>
#include <ns3/string.h>
#include <ns3/wifi-helper.h>
#include <ns3/wifi-mac-helper.h>
#include <ns3/wifi-mac-queue.h>
#include <ns3/wifi-mac.h>
#include <ns3/wifi-mpdu.h>
#include <ns3/wifi-net-device.h>
#include <ns3/wifi-phy.h>
#include <ns3/yans-wifi-channel.h>
#include <ns3/yans-wifi-helper.h>
#include <string>

#include "sim/ns3/inside.h"
#include "sim/ns3/movement.h"

namespace
{

struct wifi_device : ns3_device {
    ns3::Ptr<ns3::WifiNetDevice> wifi;
    std::string settings; /* of its channel */
    bool access_point;
    bool has_room() override;
    void attach(bool on) override;
};

/* A full queue refuses in silence. */
bool wifi_device::has_room()
{
    auto mac = wifi->GetMac();
    auto queue = mac->GetTxopQueue(mac->GetQosSupported() ? ns3::AC_BE : ns3::AC_BE_NQOS);
    uint32_t most = queue->GetMaxSize().GetValue();
    if (queue->ns3::QueueBase::GetNPackets() >= most)
        queue->WipeAllExpiredMpdus();
    return queue->ns3::QueueBase::GetNPackets() < most;
}

/* Tuned to a channel, to the same too, it leaves its access point and looks for one. */
void wifi_device::attach(bool on)
{
    if (on && !access_point)
        (void)wifi->GetPhy()->SetAttributeFailSafe("ChannelSettings", ns3::StringValue(settings));
}

void changed(struct wifi_device *d)
{
    d->events.link(d->events.owner, d->wifi->IsLinkUp());
}

void not_associated(struct wifi_device *d, ns3::Ptr<const ns3::Packet> packet)
{
    d->events.lost(d->events.owner, packet->GetUid(), NS3_LOST_AWAY);
}

void dropped(struct wifi_device *d, ns3::WifiMacDropReason, ns3::Ptr<const ns3::WifiMpdu> mpdu)
{
    d->events.lost(d->events.owner, mpdu->GetPacket()->GetUid(), NS3_LOST_AIR);
}

ns3::Ptr<ns3::YansWifiChannel> radio()
{
    static ns3::Ptr<ns3::YansWifiChannel> channel; /* one carries all channel numbers */
    if (!channel) {
        channel = ns3::CreateObject<ns3::YansWifiChannel>();
        channel->SetPropagationDelayModel(
            ns3::CreateObject<ns3::ConstantSpeedPropagationDelayModel>());
        channel->SetPropagationLossModel(ns3::CreateObject<ns3::LogDistancePropagationLossModel>());
    }
    return channel;
}

ns3::WifiHelper helper_of(enum ns3_wifi_standard standard)
{
    ns3::WifiHelper wifi;
    switch (standard) {
    case NS3_WIFI_N:
        wifi.SetStandard(ns3::WIFI_STANDARD_80211n);
        break;
    case NS3_WIFI_AC:
        wifi.SetStandard(ns3::WIFI_STANDARD_80211ac);
        break;
    case NS3_WIFI_AX:
        wifi.SetStandard(ns3::WIFI_STANDARD_80211ax);
        break;
    case NS3_WIFI_A:
    default:
        wifi.SetStandard(ns3::WIFI_STANDARD_80211a);
        break;
    }
    wifi.SetRemoteStationManager(standard == NS3_WIFI_A ? "ns3::ArfWifiManager"
                                                        : "ns3::IdealWifiManager");
    return wifi;
}

ns3::WifiMacHelper mac_of(const struct ns3_wifi_config &how, bool access_point)
{
    ns3::WifiMacHelper mac;
    ns3::SsidValue ssid(ns3::Ssid(std::string(how.ssid).substr(0, 32)));
    if (access_point) {
        mac.SetType("ns3::ApWifiMac", "Ssid", ssid);
    } else {
        mac.SetType("ns3::StaWifiMac", "Ssid", ssid, "ActiveProbing", ns3::BooleanValue(false));
    }
    return mac;
}

void listen(struct wifi_device *d)
{
    auto mac = d->wifi->GetMac();
    ns3_device_listen(d);
    (void)mac->TraceConnectWithoutContext("MacTxDrop", ns3::MakeBoundCallback(&not_associated, d));
    (void)mac->TraceConnectWithoutContext("DroppedMpdu", ns3::MakeBoundCallback(&dropped, d));
    if (!d->access_point)
        d->wifi->AddLinkChangeCallback(ns3::MakeBoundCallback(&changed, d));
}

struct ns3_device *make(const struct ns3_wifi_config &how, const struct ns3_wifi_member &member,
                        const struct ns3_device_events &events)
{
    auto *d = new wifi_device;
    auto node = ns3::CreateObject<ns3::Node>();
    node->AggregateObject(ns3_movement(member.place, member.places));
    d->settings = "{" + std::to_string(how.channel) + ", 20, BAND_5GHZ, 0}";
    d->access_point = member.access_point;
    d->events = events;
    ns3::YansWifiPhyHelper phy;
    phy.SetChannel(radio());
    phy.Set("ChannelSettings", ns3::StringValue(d->settings));
    ns3::WifiHelper wifi = helper_of(how.standard);
    ns3::NetDeviceContainer made = wifi.Install(phy, mac_of(how, member.access_point), node);
    (void)wifi.AssignStreams(made, member.streams);
    d->device = made.Get(0);
    d->wifi = ns3::DynamicCast<ns3::WifiNetDevice>(d->device);
    listen(d);
    return d;
}

} // namespace

struct ns3_device *ns3_wifi_join(const struct ns3_wifi_config *how,
                                 const struct ns3_wifi_member *member,
                                 const struct ns3_device_events *events, struct ns3_why *why)
{
    try {
        return make(*how, *member, *events);
    } catch (...) {
        (void)ns3_caught(why);
        return nullptr;
    }
}
