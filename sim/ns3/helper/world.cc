#include "sim/ns3/helper/world.h"

#include <ns3/simulator.h>
#include <ns3/trace-source-accessor.h>

using monami_ns3::Within;

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MonamiWorld);

/* ---- the clock ------------------------------------------------------------------------------- */

MonamiWorld::Parts::Parts(int64_t bound)
    : m(monami_new()), waker(m, this), carrier(m, &waker, bound)
{
}

MonamiWorld::Parts::~Parts()
{
    monami_free(m);
}

int64_t MonamiWorld::Parts::Now() const
{
    return Simulator::Now().GetNanoSeconds() - start;
}

/* No node's event: what it does it does for several. */
void MonamiWorld::Parts::Plan(int64_t delay, uint64_t number)
{
    std::shared_ptr<Parts> self = shared_from_this();
    Simulator::ScheduleWithContext(Simulator::NO_CONTEXT, NanoSeconds(static_cast<uint64_t>(delay)),
                                   [self, number] {
                                       self->waker.Wake(number);
                                       self->PlanExpiry();
                                   });
}

void MonamiWorld::Parts::Start()
{
    if (finished)
        return;
    waker.Begin();
    {
        Within within(&waker);
        carrier.Start();
    }
    PlanExpiry();
}

/* One event waits for the oldest ticket; by then most have ended, and it waits for another. */
void MonamiWorld::Parts::PlanExpiry()
{
    if (expiry || !waker.IsAlive() || carrier.Due() == INT64_MAX)
        return;
    expiry = true;
    int64_t delay = carrier.Due() - Now();
    std::shared_ptr<Parts> self = shared_from_this();
    Simulator::ScheduleWithContext(
        Simulator::NO_CONTEXT, NanoSeconds(delay > 0 ? static_cast<uint64_t>(delay) : 0), [self] {
            self->expiry = false;
            if (!self->waker.IsAlive())
                return;
            {
                Within within(&self->waker);
                self->carrier.Expire(self->Now());
            }
            self->PlanExpiry();
        });
}

void MonamiWorld::Parts::End()
{
    waker.End();
    for (auto &d : device)
        d->Release();
    node.clear();
}

/* ---- the world ------------------------------------------------------------------------------- */

TypeId MonamiWorld::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MonamiWorld")
            .SetParent<Object>()
            .SetGroupName("Internet")
            .AddTraceSource("Event", "Something that a node did or saw.",
                            MakeTraceSourceAccessor(&MonamiWorld::m_event),
                            "ns3::MonamiWorld::EventTracedCallback")
            .AddTraceSource("Packet", "A packet of a flow was sent or received, or is lost.",
                            MakeTraceSourceAccessor(&MonamiWorld::m_packet),
                            "ns3::MonamiWorld::PacketTracedCallback")
            .AddTraceSource("Handover",
                            "A binding was acknowledged with a care-of address that it did not "
                            "have.",
                            MakeTraceSourceAccessor(&MonamiWorld::m_handover),
                            "ns3::MonamiWorld::HandoverTracedCallback");
    return tid;
}

MonamiWorld::MonamiWorld() = default;

MonamiWorld::~MonamiWorld()
{
    if (m_parts) {
        m_parts->world = nullptr;
        m_parts->End();
    }
}

void MonamiWorld::DoDispose()
{
    (void)Finish();
    Object::DoDispose();
}

bool MonamiWorld::Finish()
{
    if (!m_parts)
        return true;
    if (!m_parts->finished) {
        m_parts->finished = true;
        m_parts->End();
        m_parts->unwritten = monami_finish(m_parts->m) != MONAMI_OK;
    }
    return !m_parts->unwritten;
}

std::string MonamiWorld::Why() const
{
    return m_parts ? monami_why(m_parts->m) : "";
}

uint64_t MonamiWorld::Counter(const std::string &name) const
{
    uint64_t value = 0;
    if (!m_parts || monami_counter(m_parts->m, name.c_str(), &value) != MONAMI_OK)
        return 0;
    return value;
}

struct monami *MonamiWorld::Get() const
{
    return m_parts ? m_parts->m : nullptr;
}

MonamiFrames MonamiWorld::Frames() const
{
    if (!m_parts)
        return {};
    const monami_ns3::CarrierCount &c = m_parts->carrier.Count();
    return {c.sent,    c.arrived, c.refused,   c.dropped,
            c.overdue, c.late,    c.strangers, m_parts->carrier.Out()};
}

/* ---- traces ---------------------------------------------------------------------------------- */

const char *MonamiEvent::Text(const char *field) const
{
    return monami_ns3::FieldText(raw, field);
}

int64_t MonamiEvent::Number(const char *field) const
{
    return monami_ns3::FieldNumber(raw, field);
}

static Time since(int64_t start, int64_t ns)
{
    return NanoSeconds(static_cast<uint64_t>(start + ns));
}

void MonamiWorld::SeeEvent(void *owner, const struct monami_event *e)
{
    auto *parts = static_cast<Parts *>(owner);
    MonamiWorld *world = parts->world;
    if (!world)
        return;
    Time time = since(parts->start, e->time);
    auto found = parts->node.find(e->node);
    Ptr<Node> node = found == parts->node.end() ? nullptr : found->second;
    world->m_event(MonamiEvent{time, e->node, e->name, node, *e});
    monami_ns3::Binding b;
    if (!parts->bindings.See(*e, &b))
        return;
    Time link = b.since_link < 0 ? Seconds(-1.0) : NanoSeconds(static_cast<uint64_t>(b.since_link));
    world->m_handover(MonamiHandover{time, b.node, b.interface, b.home_address, b.care_of_address,
                                     b.bid, b.is_first, link, node});
}

void MonamiWorld::SeePacket(void *owner, const struct monami_packet *p)
{
    auto *parts = static_cast<Parts *>(owner);
    if (!parts->world)
        return;
    parts->world->m_packet(MonamiPacket{since(parts->start, p->time), p->flow, p->what, p->down,
                                        p->sequence, p->copy, since(parts->start, p->sent),
                                        p->reason});
}

} // namespace ns3
