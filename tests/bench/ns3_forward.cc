/*
 * ns3_forward [seconds] - the chain of bench_forward.yaml in plain ns-3 with its own IPv6 stack:
 * client, four routers, server; 1 Gbit/s and 10 us a link; 100 B of UDP every 100 us; static
 * routes.  Prints packet-hops a second: five for each packet that arrives.
 *
 * All links are point-to-point, which costs ns-3 less than the CSMA of a LAN.  Addresses are of
 * fd00::/8: ns-3 does not forward 2001:db8::/32.  What ns-3's helpers install by themselves, queue
 * disciplines among it, stays.
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <string>

using namespace ns3;

enum { NODES = 6, LINKS = NODES - 1, PORT = 4000 };

static double seconds()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/* All that is sent goes to the right; the way back is that of neighbour discovery. */
static void route_to_the_right(Ptr<Node> node, Ptr<NetDevice> out, Ipv6Address next)
{
    Ipv6StaticRoutingHelper helper;
    Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
    int32_t interface = ipv6->GetInterfaceForDevice(out);
    helper.GetStaticRouting(ipv6)->SetDefaultRoute(next, static_cast<uint32_t>(interface));
}

/* Answers the server's address. */
static Ipv6Address make_chain(const NodeContainer &nodes)
{
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("10us"));
    InternetStackHelper internet;
    internet.SetIpv4StackInstall(false);
    internet.Install(nodes);
    Ipv6AddressHelper addresses;
    Ipv6Address server;
    for (uint32_t k = 0; k < LINKS; k++) {
        NetDeviceContainer devices = link.Install(nodes.Get(k), nodes.Get(k + 1));
        std::string prefix = "fd00:" + std::to_string(k + 1) + "::";
        addresses.SetBase(Ipv6Address(prefix.c_str()), Ipv6Prefix(64));
        Ipv6InterfaceContainer interfaces = addresses.Assign(devices);
        interfaces.SetForwarding(0, k > 0);
        interfaces.SetForwarding(1, k + 1 < LINKS);
        route_to_the_right(nodes.Get(k), devices.Get(0), interfaces.GetLinkLocalAddress(1));
        server = interfaces.GetAddress(1, 1);
    }
    return server;
}

int main(int argc, char **argv)
{
    double span = argc > 1 ? std::atof(argv[1]) : 10;
    const double start = 3; /* addresses have been tested by then */
    const double warm = start + span / 20;
    NodeContainer nodes;
    nodes.Create(NODES);
    Ipv6Address server = make_chain(nodes);
    UdpServerHelper sinks(PORT);
    ApplicationContainer sink = sinks.Install(nodes.Get(NODES - 1));
    sink.Start(Seconds(0));
    UdpClientHelper sources(server, PORT);
    sources.SetAttribute("MaxPackets", UintegerValue(UINT32_MAX));
    sources.SetAttribute("Interval", TimeValue(MicroSeconds(100)));
    sources.SetAttribute("PacketSize", UintegerValue(100));
    ApplicationContainer source = sources.Install(nodes.Get(0));
    source.Start(Seconds(start));

    Simulator::Stop(Seconds(warm));
    Simulator::Run();
    uint64_t packets = sinks.GetServer()->GetReceived();
    uint64_t events = Simulator::GetEventCount();
    double begun = seconds();
    Simulator::Stop(Seconds(span));
    Simulator::Run();
    double spent = seconds() - begun;
    packets = sinks.GetServer()->GetReceived() - packets;
    events = Simulator::GetEventCount() - events;
    std::printf("%.3f million packet-hops/s (%ju packets, %ju events in %.2f s)\n",
                static_cast<double>(packets) * LINKS / spent / 1e6, static_cast<uintmax_t>(packets),
                static_cast<uintmax_t>(events), spent);
    Simulator::Destroy();
    return packets == 0;
}
