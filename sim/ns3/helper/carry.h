/*
 * carry.h - networks of a world whose frames go over devices of somebody else: ports, devices, and
 * the tickets between them.
 *
 * Not of ns-3, and so tested without it: a Device is what a NetDevice looks like from here.  Its
 * calls into the Carrier stand each within Waker::Enter() and Leave(), but for those that it makes
 * from within Send().
 */
#ifndef SIM_NS3_HELPER_CARRY_H
#define SIM_NS3_HELPER_CARRY_H

#include <deque>
#include <monami.h>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/ns3/helper/frame.h"
#include "sim/ns3/helper/tickets.h"
#include "sim/ns3/helper/wake.h"

namespace monami_ns3
{

struct Network;
class Carrier;

/* Where frames go: one interface of a node, or all of a router's on a network of bearers. */
class Device
{
  public:
    virtual ~Device() = default;
    /* A frame would be taken now. Some devices drop in silence what finds their queue full. */
    virtual bool HasRoom() = 0;
    /* `to` is null for a group and for a station that is none of ours; `mac` says which. False: it
     * was refused. */
    virtual bool Send(uint64_t tag, const uint8_t *payload, size_t n, uint16_t type, Device *to,
                      const Mac &mac) = 0;
    virtual bool IsUp() const = 0;

    std::string name;          /* of the interface or the network that it is for */
    std::vector<Port *> ports; /* one for each network that the interface may be on */
};

struct Port {
    Network *net;
    struct monami_port *port;
    Device *device;
    Port *far;      /* on a bearer, its other end; else null */
    unsigned index; /* in the network */
    bool is_router;
    bool is_ethernet;
    bool wants;  /* a host that asks for its link */
    bool has_it; /* and was told that it has it */
    Mac mac;
};

struct Network {
    Carrier *carrier;
    std::string name;
    struct monami_network *net;
    Device *router;
    std::deque<Port> port; /* does not move */
    std::unordered_map<struct monami_port *, Port *> by_port;
    std::unordered_map<uint64_t, Port *> by_mac;
};

/* What has become of frames, by now. */
struct CarrierCount {
    uint64_t sent = 0;      /* given to devices */
    uint64_t arrived = 0;   /* at a port that took it */
    uint64_t refused = 0;   /* by a device: it had no room */
    uint64_t dropped = 0;   /* a device said so */
    uint64_t overdue = 0;   /* nobody told within the bound */
    uint64_t late = 0;      /* came back after the end of its ticket */
    uint64_t strangers = 0; /* came in without a tag, from somebody else */
};

class Carrier
{
  public:
    /* Both are the caller's, and outlive this. */
    Carrier(struct monami *m, const Waker *waker, int64_t bound)
        : m_world(m), m_waker(waker), m_tickets(bound), m_buffer(BUFFER)
    {
    }

    /* Before monami_build(). Devices are the caller's and outlive this. False: monami_why(). */
    bool AddNetwork(const std::string &name, Device *router);
    void AddHost(const std::string &interface, Device *device);
    /* After it: what has no device, or a device that has no port; "": all is well. */
    std::string Missing() const;

    void Start(); /* frames and links count from now on */

    /* ---- from the devices ---- */

    /* Room for a packet of n bytes that is handed to Arrived(); null: it is too long. */
    uint8_t *Room(size_t n);
    /* The packet in Room() has come to the device, from a station that is `from`. `tag` is 0 for
     * what is none of ours. Not from within Send(): IsSending(). */
    void Arrived(Device *at, uint64_t tag, size_t n, uint16_t type, const Mac &from);
    bool IsSending() const
    {
        return m_sending != 0;
    }
    /* A device dropped it: on its way out, or, at `receiver`, on its way in. */
    void Dropped(uint64_t tag, enum monami_loss why, const Device *receiver = nullptr);
    void LinkChanged(Device *device);

    int64_t Due() const /* when Expire() has something to do */
    {
        return m_tickets.Due();
    }
    void Expire(int64_t now);

    const CarrierCount &Count() const
    {
        return m_count;
    }
    size_t Out() const
    {
        return m_tickets.Out();
    }

  private:
    enum { BUFFER = 1 << 17 };

    static void Join(void *owner, struct monami_port *port, struct monami_port *far);
    static void Attach(void *owner, struct monami_port *host);
    static void Detach(void *owner, struct monami_port *host);
    static void Send(void *owner, struct monami_port *from, uint64_t number, const uint8_t *frame,
                     size_t n);

    Port *AddPort(Network *net, struct monami_port *port, bool is_router);
    void Update(Port *port);
    void SendFrom(Port *from, uint64_t number, const uint8_t *frame, size_t n);
    static uint64_t Listeners(const Port *from, const Mac &group, bool *crowd);
    bool Offer(Port *to, uint64_t number, const EtherHeader &h, size_t n);
    void Meet(Ticket *t, uint64_t tag, Port *to, size_t n);
    void MeetStranger(Port *to, size_t n, uint16_t type, const Mac &from);
    void Lose(uint64_t tag, enum monami_loss why);
    bool Counts() const
    {
        return m_started && m_waker->IsAlive();
    }

    struct monami *m_world;
    const Waker *m_waker;
    Tickets m_tickets;
    std::deque<Network> m_network;
    std::unordered_map<std::string, Device *> m_host; /* by interface */
    std::vector<std::string> m_bare;                  /* ports without a device */
    std::vector<uint8_t> m_buffer;
    CarrierCount m_count;
    unsigned m_sending = 0;
    bool m_started = false;
};

} // namespace monami_ns3

#endif
