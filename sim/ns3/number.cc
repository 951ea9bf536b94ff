#include "sim/ns3/number.h"

#include <ostream>

NS_OBJECT_ENSURE_REGISTERED(frame_number);

ns3::TypeId frame_number::GetTypeId()
{
    static ns3::TypeId tid =
        ns3::TypeId("monami::frame_number").SetParent<ns3::Tag>().AddConstructor<frame_number>();
    return tid;
}

ns3::TypeId frame_number::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t frame_number::GetSerializedSize() const
{
    return sizeof uid + sizeof member;
}

void frame_number::Serialize(ns3::TagBuffer i) const
{
    i.WriteU64(uid);
    i.WriteU32(member);
}

void frame_number::Deserialize(ns3::TagBuffer i)
{
    uid = i.ReadU64();
    member = i.ReadU32();
}

void frame_number::Print(std::ostream &os) const
{
    os << "frame " << uid << " of " << member;
}

frame_number frame_number::of(const ns3::Packet &packet)
{
    frame_number n;
    if (!packet.FindFirstMatchingByteTag(n))
        return frame_number();
    return n;
}
