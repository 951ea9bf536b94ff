/* A car leaves one Wi-Fi cell for another, of another channel and another subnet, and has a
 * cellular link all the while. ns-3 moves it and carries its frames; its Mobile IPv6 is monami's.
 *
 *     c++ -std=c++17 wifi-walk.cc $(pkg-config --cflags --libs monami-ns3) -o wifi-walk &&
 * ./wifi-walk
 */
#include <cstdio>
#include <cstring>
#include <monami/ns3-helper.h>
#include <ns3/core-module.h>
#include <ns3/mobility-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/wifi-module.h>

using namespace ns3;

/* Rates, delays and losses of west, east and cell are ns-3's; only their MTU counts here. */
static const char scenario[] = R"(
monami: 1
title: A walk from west to east
general: {stop: 40 s}
networks:
  home: {prefix: '2001:db8:a::/64', agent: ha}
  west: {preset: wifi-11g, prefix: '2001:db8:1::/64'}
  east: {preset: wifi-11g, prefix: '2001:db8:2::/64'}
  cell: {preset: lte, prefix: {pool: '2001:db8:1000::/40'}}
backbone:
  ha-west: {between: [home, west], delay: 5 ms}
  ha-east: {between: [home, east], delay: 9 ms}
  ha-cell: {between: [home, cell], delay: 10 ms}
nodes:
  ha: {role: home-agent, network: home}
  cn: {role: correspondent, network: home}
  car:
    role: mobile
    home: {agent: ha, address: '2001:db8:a::100'}
    interfaces: {west0: {attach: west}, east0: {attach: east}, cell0: {attach: cell}}
    decision: {builtin: failover, prefer: [west0, east0, cell0]}
flows:
  call: {between: [car, cn], traffic: {voice: g711}, start: 10 s}
)";

static const double metresBetween = 80;
static const double metresPerSecond = 2;

struct Call {
    uint64_t sent = 0;
    uint64_t received = 0;
    Time last;
    Time gap;
};

static Call call; /* towards the car */

static void SeePacket(const MonamiPacket &packet)
{
    if (!packet.down)
        return;
    call.sent += packet.what == MONAMI_PACKET_SENT;
    if (packet.what != MONAMI_PACKET_RECEIVED)
        return;
    if (call.received++ != 0)
        call.gap = Max(call.gap, packet.time - call.last);
    call.last = packet.time;
}

static void SeeHandover(const MonamiHandover &handover)
{
    std::printf("%9.3f s  %s is reached at %s, by %s\n", handover.time.GetSeconds(), handover.node,
                handover.careOfAddress, handover.interface);
}

static void SeeEvent(const MonamiEvent &event)
{
    if (!std::strncmp(event.name, "l2.", 3) || !std::strcmp(event.name, "decision.flow_moved"))
        std::printf("%9.3f s  %s %s %s%s\n", event.time.GetSeconds(), event.node, event.name,
                    event.Text("interface"), event.Text("to"));
}

static Ptr<NetDevice> InstallWifi(Ptr<YansWifiChannel> channel, Ptr<Node> node,
                                  const char *settings, const char *ssid, bool accessPoint)
{
    WifiHelper wifi;
    YansWifiPhyHelper phy;
    WifiMacHelper mac;
    wifi.SetStandard(WIFI_STANDARD_80211a);
    wifi.SetRemoteStationManager("ns3::ArfWifiManager");
    phy.SetChannel(channel);
    phy.Set("ChannelSettings", StringValue(settings));
    if (accessPoint)
        mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(Ssid(ssid)));
    else
        mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(Ssid(ssid)), "ActiveProbing",
                    BooleanValue(false));
    return wifi.Install(phy, mac, node).Get(0);
}

static void Place(Ptr<Node> node, double x, double speed)
{
    Ptr<ConstantVelocityMobilityModel> model = CreateObject<ConstantVelocityMobilityModel>();
    node->AggregateObject(model);
    model->SetPosition(Vector(x, 0, 0));
    model->SetVelocity(Vector(speed, 0, 0));
}

int main(int argc, char *argv[])
{
    CommandLine cmd;
    cmd.Parse(argc, argv);

    NodeContainer nodes;
    nodes.Create(4); /* the car, two access points, a base station */
    Place(nodes.Get(0), 0, metresPerSecond);
    Place(nodes.Get(1), 0, 0);
    Place(nodes.Get(2), metresBetween, 0);

    Ptr<YansWifiChannel> channel = YansWifiChannelHelper::Default().Create();
    const char *const settings[] = {"{36, 20, BAND_5GHZ, 0}", "{44, 20, BAND_5GHZ, 0}"};
    PointToPointHelper cellular;
    cellular.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    cellular.SetChannelAttribute("Delay", StringValue("30ms"));
    NetDeviceContainer cell = cellular.Install(nodes.Get(0), nodes.Get(3));

    MonamiHelper monami = MonamiHelper::FromText(scenario);
    monami.Install("car", nodes.Get(0));
    monami.BindNetwork("west", InstallWifi(channel, nodes.Get(1), settings[0], "west", true));
    monami.Bind("car.west0", InstallWifi(channel, nodes.Get(0), settings[0], "west", false));
    monami.BindNetwork("east", InstallWifi(channel, nodes.Get(2), settings[1], "east", true));
    monami.Bind("car.east0", InstallWifi(channel, nodes.Get(0), settings[1], "east", false));
    monami.BindNetwork("cell", cell.Get(1));
    monami.Bind("car.cell0", cell.Get(0));

    Ptr<MonamiWorld> world = monami.Build();
    world->TraceConnectWithoutContext("Packet", MakeCallback(&SeePacket));
    world->TraceConnectWithoutContext("Handover", MakeCallback(&SeeHandover));
    world->TraceConnectWithoutContext("Event", MakeCallback(&SeeEvent));

    Simulator::Stop(Seconds(40));
    Simulator::Run();
    world->Finish();
    std::printf("call: %ju packets to the car, %ju came, nothing came for %.3f s\n",
                static_cast<uintmax_t>(call.sent), static_cast<uintmax_t>(call.received),
                call.gap.GetSeconds());
    Simulator::Destroy();
    return call.received == 0;
}
