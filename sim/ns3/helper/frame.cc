#include "sim/ns3/helper/frame.h"

#include <algorithm>

namespace monami_ns3
{

enum { PAYLOAD_LENGTH = 4, DESTINATION = 24, GROUP_ID = 36 }; /* in the IPv6 header */

bool ReadEther(const uint8_t *frame, size_t n, EtherHeader *h)
{
    if (n < ETHER_BYTES)
        return false;
    std::copy_n(frame, MAC_BYTES, h->to.begin());
    std::copy_n(frame + MAC_BYTES, MAC_BYTES, h->from.begin());
    h->type = static_cast<uint16_t>(frame[12] << 8 | frame[13]);
    return true;
}

void WriteEther(const EtherHeader &h, uint8_t frame[ETHER_BYTES])
{
    std::copy(h.to.begin(), h.to.end(), frame);
    std::copy(h.from.begin(), h.from.end(), frame + MAC_BYTES);
    frame[12] = static_cast<uint8_t>(h.type >> 8);
    frame[13] = static_cast<uint8_t>(h.type);
}

uint64_t MacNumber(const Mac &mac)
{
    uint64_t number = 0;
    for (uint8_t byte : mac)
        number = number << 8 | byte;
    return number;
}

size_t Ip6Length(const uint8_t *packet, size_t n)
{
    if (n < IP6_BYTES || packet[0] >> 4 != 6)
        return n;
    size_t whole =
        IP6_BYTES + (static_cast<size_t>(packet[PAYLOAD_LENGTH]) << 8 | packet[PAYLOAD_LENGTH + 1]);
    return std::min(whole, n);
}

Mac Ip6Station(const uint8_t *packet, size_t n, const Mac &own)
{
    if (n < IP6_BYTES || packet[0] >> 4 != 6 || packet[DESTINATION] != 0xff)
        return own;
    return {0x33,
            0x33,
            packet[GROUP_ID],
            packet[GROUP_ID + 1],
            packet[GROUP_ID + 2],
            packet[GROUP_ID + 3]};
}

} // namespace monami_ns3
