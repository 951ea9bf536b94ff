/*
 * tag.h - which ticket the bytes of an ns-3 packet are of.
 *
 * A byte tag: it stays with its bytes through headers, bridges, padding, and the aggregation and
 * segmentation of Wi-Fi and LTE, where packet tags and the packet's uid are those of whatever was
 * first in the bundle.
 */
#ifndef SIM_NS3_HELPER_TAG_H
#define SIM_NS3_HELPER_TAG_H

#include <ns3/packet.h>
#include <ns3/tag.h>

namespace ns3
{

class MonamiTag : public Tag
{
  public:
    static TypeId GetTypeId();
    MonamiTag() = default;
    MonamiTag(uint32_t world, uint64_t ticket) : m_world(world), m_ticket(ticket) {}

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer i) const override;
    void Deserialize(TagBuffer i) override;
    void Print(std::ostream &os) const override;

    /* Of the packet's first such bytes; 0: none of that world. */
    static uint64_t Of(const Packet &packet, uint32_t world);

    uint32_t m_world = 0;
    uint64_t m_ticket = 0;
};

} // namespace ns3

#endif
