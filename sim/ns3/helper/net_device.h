/*
 * net_device.h - an ns-3 NetDevice as a Device of the Carrier.
 *
 * What ns-3 holds of it are callbacks that share its ownership, so that nothing dangles, whatever
 * is disposed of first; after Release() they do nothing.
 */
#ifndef SIM_NS3_HELPER_NET_DEVICE_H
#define SIM_NS3_HELPER_NET_DEVICE_H

#include <memory>
#include <ns3/net-device.h>
#include <ns3/packet.h>
#include <string>

#include "sim/ns3/helper/carry.h"
#include "sim/ns3/helper/wake.h"

namespace ns3
{

class WifiMac;

/* What a device knows of the world that it is of. */
struct MonamiWires {
    uint32_t world = 0;
    monami_ns3::Waker *waker = nullptr;
    monami_ns3::Carrier *carrier = nullptr;
    void (*after)(void *owner) = nullptr; /* each call into the carrier */
    void *owner = nullptr;
};

class MonamiNetDevice : public monami_ns3::Device,
                        public std::enable_shared_from_this<MonamiNetDevice>
{
  public:
    explicit MonamiNetDevice(Ptr<NetDevice> device);
    ~MonamiNetDevice() override;
    /* From now on frames and links are told to the carrier. */
    void Connect(const MonamiWires &wires);
    /* Only what the device drops. */
    void ConnectDrops(const MonamiWires &wires);
    void Release();

    bool HasRoom() override;
    bool Send(uint64_t tag, const uint8_t *payload, size_t n, uint16_t type, monami_ns3::Device *to,
              const monami_ns3::Mac &mac) override;
    bool IsUp() const override;

    Ptr<NetDevice> Get() const
    {
        return m_device;
    }

  private:
    using Self = std::shared_ptr<MonamiNetDevice>;
    void Receive(Ptr<const Packet> packet, uint16_t type, const Address &from);
    void LinkChanged();
    void Dropped(Ptr<const Packet> packet, enum monami_loss why, bool onItsWayIn);
    void TraceDrops(const std::string &source, enum monami_loss why, bool onItsWayIn);
    Address StationOf(monami_ns3::Device *to, const monami_ns3::Mac &mac) const;
    /* wifi.cc */
    void FindWifi();
    void TraceWifi();
    void TraceAssociation();

    Ptr<NetDevice> m_device;
    Ptr<WifiMac> m_wifi; /* null: it is none */
    bool m_isStation = false;
    bool m_isAssociated = false;
    MonamiWires m_wires;
};

} // namespace ns3

#endif
