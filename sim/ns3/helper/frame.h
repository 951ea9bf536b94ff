/*
 * frame.h - the Ethernet header that monami's frames have and ns-3's packets have not.
 */
#ifndef SIM_NS3_HELPER_FRAME_H
#define SIM_NS3_HELPER_FRAME_H

#include <array>
#include <cstddef>
#include <cstdint>

namespace monami_ns3
{

enum { MAC_BYTES = 6, ETHER_BYTES = 14, IP6_BYTES = 40, ETHERTYPE_IP6 = 0x86DD };

using Mac = std::array<uint8_t, MAC_BYTES>;

struct EtherHeader {
    Mac to{};
    Mac from{};
    uint16_t type = 0;
};

/* False: it is too short. */
bool ReadEther(const uint8_t *frame, size_t n, EtherHeader *h);
void WriteEther(const EtherHeader &h, uint8_t frame[ETHER_BYTES]);

inline bool IsGroup(const Mac &mac)
{
    return mac[0] & 1;
}

uint64_t MacNumber(const Mac &mac);

/* How much of it is the IPv6 packet: CSMA pads short ones to 46 bytes. `n` where it does not say,
 * or says more than there is: who gets it refuses that. */
size_t Ip6Length(const uint8_t *packet, size_t n);

/* Whom a packet was sent to, of which only the receiver `own` is known: the group of its
 * destination (RFC 2464 7), or `own`. */
Mac Ip6Station(const uint8_t *packet, size_t n, const Mac &own);

} // namespace monami_ns3

#endif
