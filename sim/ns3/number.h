/*
 * number.h - C++: which frame the bytes of a packet are of, as a byte tag, where the packet's own
 * uid does not last: RLC makes packets of its own of what it segments and puts together.
 */
#ifndef SIM_NS3_NUMBER_H
#define SIM_NS3_NUMBER_H

#include <ns3/packet.h>
#include <ns3/tag.h>

class frame_number : public ns3::Tag
{
  public:
    static ns3::TypeId GetTypeId();
    frame_number() = default;
    frame_number(uint64_t frame_uid, uint32_t frame_member) : uid(frame_uid), member(frame_member)
    {
    }

    ns3::TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(ns3::TagBuffer i) const override;
    void Deserialize(ns3::TagBuffer i) override;
    void Print(std::ostream &os) const override;

    static frame_number of(const ns3::Packet &packet); /* uid 0 and member 0: it has none */

    uint64_t uid = 0;
    uint32_t member = 0; /* which UE it is from or for: 1 the first */
};

#endif
