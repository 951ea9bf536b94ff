#include "sim/ns3/lte.h"

#include <cstdio>
#include <memory>
#include <ns3/address.h>
#include <ns3/boolean.h>
#include <ns3/callback.h>
#include <ns3/config.h>
#include <ns3/epc-pgw-application.h>
#include <ns3/epc-ue-nas.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv6-address.h>
#include <ns3/lte-enb-net-device.h>
#include <ns3/lte-enb-rrc.h>
#include <ns3/lte-helper.h>
#include <ns3/lte-ue-net-device.h>
#include <ns3/lte-ue-rrc.h>
#include <ns3/net-device-container.h>
#include <ns3/node-container.h>
#include <ns3/node.h>
#include <ns3/nstime.h>
#include <ns3/point-to-point-epc-helper.h>
#include <ns3/simulator.h>
#include <ns3/virtual-net-device.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/ns3/inside.h"
#include "sim/ns3/movement.h"
#include "sim/ns3/number.h"

namespace
{

enum { DESTINATION = 24, IP6_HEADER = 40, PACKET_MAX = 4096, IP6 = 0x86dd };

struct ue_device;
struct router_end;

} // namespace

struct ns3_lte {
    ns3::Ptr<ns3::LteHelper> helper;
    ns3::Ptr<ns3::PointToPointEpcHelper> core;
    ns3::Ptr<ns3::EpcPgwApplication> gateway;
    ns3::Ptr<ns3::VirtualNetDevice> internet; /* SGi: what goes up comes out here */
    ns3::NetDeviceContainer cells;
    std::vector<router_end *> ends; /* of each UE, in the order of their numbers */
};

namespace
{

struct ue_device : ns3_device {
    struct ns3_lte *net;
    ns3::Ptr<ns3::LteUeNetDevice> ue;
    uint32_t number;     /* 1: the first */
    bool bearer = false; /* it has its default bearer, since it connected last */
    bool was_up = false; /* as was told last */
    uint16_t cell = 0;   /* as was told last */
    bool failed = false; /* the radio link did, and it has not connected since */
    bool has_room() override
    {
        return true; /* RLC tells */
    }
    void attach(bool) override {}
    void put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f) override;
};

struct router_end : ns3_device {
    struct ns3_lte *net;
    struct ue_device *ue;
    bool has_room() override
    {
        return true;
    }
    void attach(bool) override {}
    void put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f) override;
};

bool is_up(const struct ue_device *d)
{
    return d->bearer && d->ue->GetNas()->GetState() == ns3::EpcUeNas::ACTIVE;
}

/* Nothing but IPv6 of its length: on anything else the core ends the program. */
bool can_pass(const struct ns3_frame &f)
{
    return f.n >= IP6_HEADER && f.body[0] >> 4 == 6;
}

void lose(struct ns3_device *d, uint64_t uid, enum ns3_lost why)
{
    d->events.lost(d->events.owner, uid, why);
}

void ue_device::put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f)
{
    uint64_t uid = packet->GetUid();
    packet->AddByteTag(frame_number(uid, number));
    if (!can_pass(f) || !is_up(this) || !ue->Send(packet, ns3::Address(), IP6))
        lose(this, uid, NS3_LOST_AWAY);
}

/* The core looks for a UE by the destination, exactly: it is this one's for this packet. */
void router_end::put(ns3::Ptr<ns3::Packet> packet, const struct ns3_frame &f)
{
    uint64_t uid = packet->GetUid();
    if (!can_pass(f) || !is_up(ue)) {
        lose(this, uid, NS3_LOST_AWAY);
        return;
    }
    uint8_t to[16];
    for (int k = 0; k < 16; k++)
        to[k] = f.body[DESTINATION + k];
    packet->AddByteTag(frame_number(uid, ue->number));
    net->gateway->SetUeAddress6(ue->ue->GetImsi(), ns3::Ipv6Address(to));
    (void)net->internet->Send(packet, ns3::Address(), IP6);
}

/* ---- what comes out -------------------------------------------------------------------------- */

void take(struct ns3_device *d, uint64_t uid, ns3::Ptr<const ns3::Packet> packet)
{
    uint8_t body[PACKET_MAX];
    uint32_t n = packet->CopyData(body, sizeof body);
    d->events.received(d->events.owner, uid, body, n);
}

bool take_down(struct ue_device *d, ns3::Ptr<ns3::NetDevice>, ns3::Ptr<const ns3::Packet> packet,
               uint16_t, const ns3::Address &)
{
    frame_number n = frame_number::of(*packet);
    if (n.member == d->number)
        take(d, n.uid, packet);
    return true;
}

bool take_up(struct ns3_lte *net, ns3::Ptr<ns3::NetDevice>, ns3::Ptr<const ns3::Packet> packet,
             uint16_t, const ns3::Address &)
{
    frame_number n = frame_number::of(*packet);
    if (n.member && n.member <= net->ends.size())
        take(net->ends[n.member - 1], n.uid, packet);
    return true;
}

void dropped(struct ns3_device *d, ns3::Ptr<const ns3::Packet> packet)
{
    frame_number n = frame_number::of(*packet);
    if (n.member)
        lose(d, n.uid, NS3_LOST_FULL);
}

/* ---- what becomes of a UE -------------------------------------------------------------------- */

unsigned place_in(const struct ns3_lte *net, unsigned id) /* 1 the first, 0: none has that id */
{
    for (uint32_t k = 0; k < net->cells.GetN(); k++) {
        if (ns3::DynamicCast<ns3::LteEnbNetDevice>(net->cells.Get(k))->GetCellId() == id)
            return k + 1;
    }
    return 0;
}

ns3::Ptr<ns3::LteEnbNetDevice> cell_of(const struct ns3_lte *net, unsigned id)
{
    unsigned place = place_in(net, id);
    return place ? ns3::DynamicCast<ns3::LteEnbNetDevice>(net->cells.Get(place - 1)) : nullptr;
}

void tell(struct ue_device *d)
{
    bool up = is_up(d);
    if (up == d->was_up)
        return;
    d->was_up = up;
    d->events.link(d->events.owner, up);
}

void tell_cell(struct ue_device *d, uint16_t id, enum ns3_cell_change how)
{
    d->cell = id;
    d->events.cell(d->events.owner, place_in(d->net, id), how);
}

void hear_drops(const std::string &path, struct ns3_device *d)
{
    auto told = ns3::MakeBoundCallback(&dropped, d);
    ns3::Config::DisconnectWithoutContext(path, told); /* each bearer once */
    (void)ns3::Config::ConnectWithoutContextFailSafe(path, told);
}

/* Bearers are made anew with each cell: what they drop is heard from then on. */
void hear_bearers(struct ue_device *d, uint16_t id, uint16_t rnti)
{
    static const std::string bearers = "/DataRadioBearerMap/*/LteRlc/TxDrop";
    auto cell = cell_of(d->net, id);
    hear_drops("/NodeList/" + std::to_string(d->ue->GetNode()->GetId()) + "/DeviceList/*/LteUeRrc" +
                   bearers,
               d);
    if (cell)
        hear_drops("/NodeList/" + std::to_string(cell->GetNode()->GetId()) +
                       "/DeviceList/*/LteEnbRrc/UeMap/" + std::to_string(rnti) + bearers,
                   d->net->ends[d->number - 1]);
}

void bearer_made(struct ue_device *d, uint64_t, uint16_t id, uint16_t rnti, uint8_t)
{
    d->bearer = true;
    d->failed = false;
    (void)ns3::Simulator::ScheduleNow(&hear_bearers, d, id, rnti); /* when it is all there */
    (void)ns3::Simulator::ScheduleNow(&tell, d);
}

void connected(struct ue_device *d, uint64_t, uint16_t id, uint16_t)
{
    tell_cell(d, id, NS3_CELL_ATTACHED);
}

void handed_over(struct ue_device *d, uint64_t, uint16_t id, uint16_t)
{
    tell_cell(d, id, NS3_CELL_HANDED_OVER);
}

void not_handed_over(struct ue_device *d, uint64_t, uint16_t id, uint16_t)
{
    tell_cell(d, id, NS3_CELL_HANDOVER_FAILED);
}

void link_failed(struct ue_device *d, uint64_t, uint16_t id, uint16_t)
{
    if (!d->failed)
        tell_cell(d, id, NS3_CELL_RADIO_LINK_FAILED);
    d->failed = true;
}

void state_changed(struct ue_device *d, ns3::EpcUeNas::State, ns3::EpcUeNas::State now)
{
    if (now != ns3::EpcUeNas::ACTIVE)
        d->bearer = false;
    (void)ns3::Simulator::ScheduleNow(&tell, d);
}

void listen(struct ue_device *d)
{
    auto rrc = d->ue->GetRrc();
    d->ue->SetReceiveCallback(ns3::MakeBoundCallback(&take_down, d));
    bool all =
        rrc->TraceConnectWithoutContext("DrbCreated", ns3::MakeBoundCallback(&bearer_made, d)) &&
        rrc->TraceConnectWithoutContext("ConnectionEstablished",
                                        ns3::MakeBoundCallback(&connected, d)) &&
        rrc->TraceConnectWithoutContext("HandoverEndOk", ns3::MakeBoundCallback(&handed_over, d)) &&
        rrc->TraceConnectWithoutContext("HandoverEndError",
                                        ns3::MakeBoundCallback(&not_handed_over, d)) &&
        rrc->TraceConnectWithoutContext("RadioLinkFailure",
                                        ns3::MakeBoundCallback(&link_failed, d)) &&
        d->ue->GetNas()->TraceConnectWithoutContext("StateTransition",
                                                    ns3::MakeBoundCallback(&state_changed, d));
    if (!all)
        throw std::runtime_error("its LTE does not tell all that it should: not ns-3 3.37?");
}

/* ---- making ---------------------------------------------------------------------------------- */

ns3::Ptr<ns3::Node> node_at(const struct ns3_place *place, size_t places)
{
    auto node = ns3::CreateObject<ns3::Node>();
    node->AggregateObject(ns3_movement(place, places));
    return node;
}

void find_gateway(struct ns3_lte *net)
{
    auto node = net->core->GetPgwNode();
    for (uint32_t k = 0; k < node->GetNApplications() && !net->gateway; k++)
        net->gateway = ns3::DynamicCast<ns3::EpcPgwApplication>(node->GetApplication(k));
    for (uint32_t k = 0; k < node->GetNDevices() && !net->internet; k++)
        net->internet = ns3::DynamicCast<ns3::VirtualNetDevice>(node->GetDevice(k));
    if (!net->gateway || !net->internet)
        throw std::runtime_error("its core network has no gateway: not ns-3 3.37?");
    net->internet->SetReceiveCallback(ns3::MakeBoundCallback(&take_up, net));
}

struct ns3_lte *make(const struct ns3_lte_config &how)
{
    auto net = std::make_unique<ns3_lte>();
    net->helper = ns3::CreateObject<ns3::LteHelper>();
    net->helper->SetAttribute("UseIdealRrc", ns3::BooleanValue(false));
    net->core = ns3::CreateObject<ns3::PointToPointEpcHelper>();
    net->helper->SetEpcHelper(net->core);
    net->helper->SetHandoverAlgorithmType(how.measured ? "ns3::A3RsrpHandoverAlgorithm"
                                                       : "ns3::NoOpHandoverAlgorithm");
    find_gateway(net.get());
    ns3::NodeContainer nodes;
    for (size_t k = 0; k < how.cells; k++)
        nodes.Add(node_at(&how.cell[k], 1));
    net->cells = net->helper->InstallEnbDevice(nodes);
    net->helper->AddX2Interface(nodes);
    int64_t used = net->helper->AssignStreams(net->cells, how.streams);
    (void)net->core->AssignStreams(how.streams + used);
    return net.release(); /* for the whole run */
}

/* A build with assertions wants a stack on the node; it sees nothing. */
ns3::Ptr<ns3::Node> node_of(const struct ns3_lte_member &member)
{
    auto node = node_at(member.place, member.places);
    ns3::InternetStackHelper stack;
    stack.SetIpv4StackInstall(false);
    stack.Install(node);
    return node;
}

void join(struct ns3_lte *net, const struct ns3_lte_member &member,
          const struct ns3_device_events events[2], struct ns3_device *device[2])
{
    auto *d = new ue_device; /* both for the whole run */
    auto *end = new router_end;
    auto made = net->helper->InstallUeDevice(ns3::NodeContainer(node_of(member)));
    (void)net->helper->AssignStreams(made, member.streams);
    d->device = made.Get(0);
    d->ue = ns3::DynamicCast<ns3::LteUeNetDevice>(d->device);
    d->events = events[0];
    d->net = net;
    end->device = net->internet;
    end->events = events[1];
    end->net = net;
    end->ue = d;
    net->ends.push_back(end);
    d->number = static_cast<uint32_t>(net->ends.size());
    net->helper->Attach(d->device);
    listen(d);
    device[0] = d;
    device[1] = end;
}

/* No other exchange with its cell is under way: a second one would end the program. */
bool is_free(const struct ue_device *d, ns3::Ptr<ns3::LteEnbRrc> cell)
{
    auto rrc = d->ue->GetRrc();
    uint16_t rnti = rrc->GetRnti();
    return is_up(d) && rrc->GetState() == ns3::LteUeRrc::CONNECTED_NORMALLY &&
           cell->HasUeManager(rnti) &&
           cell->GetUeManager(rnti)->GetState() == ns3::UeManager::CONNECTED_NORMALLY;
}

/* Not by LteHelper::HandoverRequest(), which asks later: it may be free no more by then. */
bool hand_over(struct ue_device *d, unsigned cell, struct ns3_why *why)
{
    auto *net = d->net;
    if (cell < 1 || cell > net->cells.GetN()) {
        (void)std::snprintf(why->text, sizeof why->text, "there is no cell %u", cell);
        return false;
    }
    auto from = cell_of(net, d->ue->GetRrc()->GetCellId());
    auto to = ns3::DynamicCast<ns3::LteEnbNetDevice>(net->cells.Get(cell - 1));
    if (from && from != to && is_free(d, from->GetRrc()))
        from->GetRrc()->SendHandoverRequest(d->ue->GetRrc()->GetRnti(), to->GetCellId());
    return true;
}

} // namespace

struct ns3_lte *ns3_lte_new(const struct ns3_lte_config *how, struct ns3_why *why)
{
    try {
        return make(*how);
    } catch (...) {
        (void)ns3_caught(why);
        return nullptr;
    }
}

bool ns3_lte_join(struct ns3_lte *net, const struct ns3_lte_member *member,
                  const struct ns3_device_events events[2], struct ns3_device *device[2],
                  struct ns3_why *why)
{
    try {
        join(net, *member, events, device);
        return true;
    } catch (...) {
        return ns3_caught(why);
    }
}

bool ns3_lte_hand_over(struct ns3_device *ue, unsigned cell, struct ns3_why *why)
{
    try {
        return hand_over(static_cast<ue_device *>(ue), cell, why);
    } catch (...) {
        return ns3_caught(why);
    }
}
