#include <ns3/fatal-error.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>

#include "sim/ns3/helper/world.h"

namespace ns3
{

static const char *const no_device = "no device (a null Ptr)";

MonamiHelper::MonamiHelper()
{
    m_settings.bound = Seconds(5.0);
}

MonamiHelper::MonamiHelper(const std::string &scenarioFile) : MonamiHelper()
{
    m_settings.file = scenarioFile;
}

MonamiHelper MonamiHelper::FromText(const std::string &text, const std::string &name)
{
    MonamiHelper helper;
    helper.m_settings.text = text;
    helper.m_settings.name = name;
    return helper;
}

void MonamiHelper::Set(const std::string &key, const std::string &value)
{
    m_settings.set.emplace_back(key, value);
}

void MonamiHelper::SetSeed(int64_t seed, int64_t replication)
{
    m_settings.seeded = true;
    m_settings.seed = seed;
    m_settings.replication = replication;
}

void MonamiHelper::Record(const std::string &folder)
{
    m_settings.folder = folder;
}

void MonamiHelper::SetTicketBound(Time bound)
{
    if (bound.GetNanoSeconds() <= 0)
        NS_FATAL_ERROR("monami: the bound of tickets is above 0");
    m_settings.bound = bound;
}

void MonamiHelper::Install(const std::string &name, Ptr<Node> node)
{
    m_settings.node[name] = node;
}

void MonamiHelper::BindNetwork(const std::string &network, Ptr<NetDevice> routerDevice)
{
    m_settings.network.emplace_back(network, routerDevice);
}

void MonamiHelper::Bind(const std::string &interface, Ptr<NetDevice> device)
{
    m_settings.host.emplace_back(interface, device);
}

void MonamiHelper::Watch(Ptr<NetDevice> device)
{
    m_settings.watched.push_back(device);
}

Ptr<MonamiWorld> MonamiHelper::Build()
{
    std::string why;
    Ptr<MonamiWorld> world = TryBuild(&why);
    if (!world)
        NS_FATAL_ERROR("monami: " << why);
    return world;
}

/* ---- one world ------------------------------------------------------------------------------- */

/* A device on a node that is another's would be a mistake that only its results show. */
static std::string wrong_node(MonamiWorld::Parts *parts, const char *name, Ptr<NetDevice> device)
{
    Ptr<Node> node = device->GetNode();
    if (!node)
        return "is on no node yet";
    auto placed = parts->node.emplace(name, node);
    return placed.first->second == node ? "" : std::string("is on another ns-3 node than ") + name;
}

/* Which node of the scenario a device is of, the carrier's ports say. */
static bool check_nodes(MonamiWorld::Parts *parts, std::string *why)
{
    for (const auto &d : parts->device) {
        for (const monami_ns3::Port *p : d->ports) {
            *why = wrong_node(parts, monami_port_node(p->port), d->Get());
            if (why->empty())
                continue;
            *why = "the device of " + d->name + " " + *why;
            return false;
        }
    }
    return true;
}

static bool is_read(struct monami *m, const std::string &file, const std::string &name,
                    const std::string &text)
{
    return file.empty() ? monami_read(m, name.c_str(), text.data(), text.size()) == MONAMI_OK
                        : monami_open(m, file.c_str()) == MONAMI_OK;
}

bool MonamiHelper::Give(MonamiWorld *world, std::string *why) const
{
    const Settings &s = m_settings;
    auto parts = std::make_shared<MonamiWorld::Parts>(s.bound.GetNanoSeconds());
    static const struct monami_watcher watcher = {MonamiWorld::SeeEvent, nullptr,
                                                  MonamiWorld::SeePacket};
    struct monami *m = parts->m;
    parts->node = s.node;
    parts->start = Simulator::Now().GetNanoSeconds();
    bool good = is_read(m, s.file, s.name, s.text);
    for (const auto &kv : s.set)
        good = good && monami_set(m, kv.first.c_str(), kv.second.c_str()) == MONAMI_OK;
    int64_t seed = s.seeded ? s.seed : static_cast<int64_t>(RngSeedManager::GetSeed());
    int64_t run = s.seeded ? s.replication : static_cast<int64_t>(RngSeedManager::GetRun());
    good = good && monami_seed(m, seed, run) == MONAMI_OK &&
           monami_watch(m, &watcher, parts.get()) == MONAMI_OK &&
           (s.folder.empty() || monami_record(m, s.folder.c_str()) == MONAMI_OK);
    for (const auto *list : {&s.network, &s.host}) {
        for (const auto &bound : *list) {
            if (!bound.second) {
                *why = bound.first + ": " + no_device;
                return false;
            }
            auto device = std::make_shared<MonamiNetDevice>(bound.second);
            device->name = bound.first;
            parts->device.push_back(device);
            if (list == &s.host) {
                parts->carrier.AddHost(bound.first, device.get());
            } else {
                good = good && parts->carrier.AddNetwork(bound.first, device.get());
            }
        }
    }
    parts->world = world;
    if (!good || monami_build(m) != MONAMI_OK) {
        *why = monami_why(m);
        return false;
    }
    *why = parts->carrier.Missing();
    if (!why->empty() || !check_nodes(parts.get(), why))
        return false;
    world->m_parts = parts;
    return true;
}

Ptr<MonamiWorld> MonamiHelper::TryBuild(std::string *why)
{
    static uint32_t worlds;
    Ptr<MonamiWorld> world = CreateObject<MonamiWorld>();
    if (!Give(PeekPointer(world), why))
        return nullptr;
    std::shared_ptr<MonamiWorld::Parts> parts = world->m_parts;
    MonamiWires wires;
    wires.world = ++worlds;
    wires.waker = &parts->waker;
    wires.carrier = &parts->carrier;
    wires.after = [](void *owner) { static_cast<MonamiWorld::Parts *>(owner)->PlanExpiry(); };
    wires.owner = parts.get();
    for (const auto &d : parts->device)
        d->Connect(wires);
    for (const auto &watched : m_settings.watched) {
        auto device = std::make_shared<MonamiNetDevice>(watched);
        device->ConnectDrops(wires);
        parts->device.push_back(device);
    }
    (void)Simulator::ScheduleNow([parts] { parts->Start(); });
    (void)Simulator::ScheduleDestroy([world, parts] { /* the nodes have gone before */
                                                      for (const auto &d : parts->device)
                                                          d->Release();
                                                      (void)world->Finish();
    });
    return world;
}

} // namespace ns3
