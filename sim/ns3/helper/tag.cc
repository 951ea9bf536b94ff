#include "sim/ns3/helper/tag.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MonamiTag);

TypeId MonamiTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MonamiTag")
                            .SetParent<Tag>()
                            .SetGroupName("Network")
                            .AddConstructor<MonamiTag>();
    return tid;
}

TypeId MonamiTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t MonamiTag::GetSerializedSize() const
{
    return sizeof m_world + sizeof m_ticket;
}

void MonamiTag::Serialize(TagBuffer i) const
{
    i.WriteU32(m_world);
    i.WriteU64(m_ticket);
}

void MonamiTag::Deserialize(TagBuffer i)
{
    m_world = i.ReadU32();
    m_ticket = i.ReadU64();
}

void MonamiTag::Print(std::ostream &os) const
{
    os << "world=" << m_world << " ticket=" << m_ticket;
}

uint64_t MonamiTag::Of(const Packet &packet, uint32_t world)
{
    MonamiTag tag;
    return packet.FindFirstMatchingByteTag(tag) && tag.m_world == world ? tag.m_ticket : 0;
}

} // namespace ns3
