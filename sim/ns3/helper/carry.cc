#include "sim/ns3/helper/carry.h"

#include <algorithm>

namespace monami_ns3
{

enum { BITS = 64 };

/* ---- the world is made ----------------------------------------------------------------------- */

bool Carrier::AddNetwork(const std::string &name, Device *router)
{
    static const struct monami_ways ways = {Join, Attach, Detach, Send};
    m_network.emplace_back();
    Network &net = m_network.back();
    net.carrier = this;
    net.name = name;
    net.router = router;
    net.net = monami_outside(m_world, name.c_str(), &ways, &net);
    return net.net != nullptr;
}

void Carrier::AddHost(const std::string &interface, Device *device)
{
    m_host[interface] = device;
}

Port *Carrier::AddPort(Network *net, struct monami_port *port, bool is_router)
{
    const char *name = monami_port_name(port);
    auto host = m_host.find(name);
    Device *device = is_router ? net->router : host == m_host.end() ? nullptr : host->second;
    if (!device)
        m_bare.emplace_back(std::string(name) + " is on network " + net->name +
                            ", which devices carry, and has none");
    net->port.push_back(Port{});
    Port *p = &net->port.back();
    p->net = net;
    p->port = port;
    p->device = device;
    p->index = static_cast<unsigned>(net->port.size() - 1);
    p->is_router = is_router;
    p->is_ethernet = monami_port_framing(port) == MONAMI_ETHERNET;
    monami_port_address(port, p->mac.data());
    net->by_port[port] = p;
    if (p->is_ethernet)
        net->by_mac[MacNumber(p->mac)] = p;
    if (device)
        device->ports.push_back(p);
    return p;
}

void Carrier::Join(void *owner, struct monami_port *port, struct monami_port *far)
{
    auto *net = static_cast<Network *>(owner);
    bool is_router = !far && net->port.empty() && monami_port_framing(port) == MONAMI_ETHERNET;
    Port *p = net->carrier->AddPort(net, port, is_router);
    if (far) {
        p->far = net->carrier->AddPort(net, far, true);
        p->far->far = p;
    }
}

std::string Carrier::Missing() const
{
    if (!m_bare.empty())
        return m_bare.front();
    for (const auto &host : m_host) {
        if (host.second->ports.empty())
            return "there is no interface " + host.first + " on a network that devices carry";
    }
    return "";
}

/* ---- links ----------------------------------------------------------------------------------- */

void Carrier::Update(Port *p)
{
    bool up = p->wants && m_started && p->device && p->device->IsUp();
    if (up == p->has_it)
        return;
    p->has_it = up;
    (void)monami_carry(p->net->net, p->port, up);
}

void Carrier::Attach(void *owner, struct monami_port *host)
{
    auto *net = static_cast<Network *>(owner);
    Port *p = net->by_port.at(host);
    p->wants = true;
    net->carrier->Update(p);
}

void Carrier::Detach(void *owner, struct monami_port *host)
{
    auto *net = static_cast<Network *>(owner);
    Port *p = net->by_port.at(host);
    p->wants = p->has_it = false;
    for (uint64_t tag : net->carrier->m_tickets.Of(p))
        net->carrier->Lose(tag, MONAMI_LOST_DOWN);
}

void Carrier::Start()
{
    m_started = true;
    for (Network &net : m_network) {
        for (Port &p : net.port)
            Update(&p);
    }
}

void Carrier::LinkChanged(Device *device)
{
    for (Port *p : device->ports) {
        if (Counts())
            Update(p);
    }
}

/* ---- out ------------------------------------------------------------------------------------- */

/* Those whom a frame to the group is for, as things are. */
uint64_t Carrier::Listeners(const Port *from, const Mac &group, bool *crowd)
{
    uint64_t bits = 0;
    for (const Port &p : from->net->port) {
        if (&p == from || (!p.is_router && !p.has_it) || !monami_port_hears(p.port, group.data()))
            continue;
        if (p.index < BITS) {
            bits |= UINT64_C(1) << p.index;
        } else {
            *crowd = true;
        }
    }
    return bits;
}

void Carrier::Send(void *owner, struct monami_port *from, uint64_t number, const uint8_t *frame,
                   size_t n)
{
    auto *net = static_cast<Network *>(owner);
    net->carrier->SendFrom(net->by_port.at(from), number, frame, n);
}

void Carrier::SendFrom(Port *from, uint64_t number, const uint8_t *frame, size_t n)
{
    struct monami_network *net = from->net->net;
    EtherHeader h;
    h.type = ETHERTYPE_IP6;
    size_t header = from->is_ethernet ? ETHER_BYTES : 0;
    if (!m_started || !from->device || (header && !ReadEther(frame, n, &h))) {
        (void)monami_lose(net, number, MONAMI_LOST_DOWN);
        return;
    }
    if (!from->device->HasRoom()) {
        m_count.refused++;
        (void)monami_lose(net, number, MONAMI_LOST_QUEUE);
        return;
    }
    Ticket t;
    t.number = number;
    t.from = from;
    t.bytes = frame;
    t.n = n;
    t.at = monami_now(m_world);
    t.group = header && IsGroup(h.to);
    if (t.group) {
        t.awaited = Listeners(from, h.to, &t.crowd);
    } else if (header) {
        auto to = from->net->by_mac.find(MacNumber(h.to));
        t.to = to == from->net->by_mac.end() ? nullptr : to->second;
    } else {
        t.to = from->far;
    }
    uint64_t tag = m_tickets.Take(t);
    m_count.sent++;
    m_sending++;
    bool is_taken = from->device->Send(tag, frame + header, n - header, h.type,
                                       t.to ? t.to->device : nullptr, h.to);
    m_sending--;
    if (!is_taken && m_tickets.Find(tag)) { /* else a trace has told already */
        m_count.refused++;
        Lose(tag, MONAMI_LOST_QUEUE);
    }
}

/* ---- in -------------------------------------------------------------------------------------- */

uint8_t *Carrier::Room(size_t n)
{
    return n <= BUFFER - ETHER_BYTES ? &m_buffer[ETHER_BYTES] : nullptr;
}

/* The packet in the buffer reaches the port. */
bool Carrier::Offer(Port *to, uint64_t number, const EtherHeader &h, size_t n)
{
    bool taken = false;
    if (to->is_ethernet) {
        WriteEther(h, m_buffer.data());
        (void)monami_receive(to->net->net, to->port, number, m_buffer.data(), ETHER_BYTES + n,
                             &taken);
    } else {
        (void)monami_receive(to->net->net, to->port, number, &m_buffer[ETHER_BYTES], n, &taken);
    }
    m_count.arrived += taken;
    return taken;
}

void Carrier::Meet(Ticket *t, uint64_t tag, Port *to, size_t n)
{
    EtherHeader h;
    if (to->is_ethernet)
        (void)ReadEther(t->bytes, t->n, &h);
    struct monami_network *net = t->from->net->net;
    (void)Offer(to, t->number, h, n);
    t = m_tickets.Find(tag); /* what the node did about it may have moved it, or ended it */
    if (t && Tickets::Hear(t, to, to->index))
        (void)monami_done(net, m_tickets.End(tag).number);
}

void Carrier::MeetStranger(Port *to, size_t n, uint16_t type, const Mac &from)
{
    EtherHeader h;
    h.to = Ip6Station(&m_buffer[ETHER_BYTES], n, to->mac);
    h.from = from;
    h.type = type;
    m_count.strangers += Offer(to, 0, h, n);
}

void Carrier::Arrived(Device *at, uint64_t tag, size_t n, uint16_t type, const Mac &from)
{
    if (!Counts())
        return;
    Ticket *t = tag ? m_tickets.Find(tag) : nullptr;
    if (tag && !t) {
        m_count.late++;
        return;
    }
    n = Ip6Length(&m_buffer[ETHER_BYTES], n);
    for (Port *p : at->ports) {
        if (!tag) {
            if (p->is_router ? p->is_ethernet : p->has_it)
                MeetStranger(p, n, type, from);
        } else if (p->net == t->from->net && p != t->from && (t->group || p == t->to)) {
            Meet(t, tag, p, n);
            return;
        }
    }
}

void Carrier::Lose(uint64_t tag, enum monami_loss why)
{
    const Ticket t = m_tickets.End(tag);
    (void)monami_lose(t.from->net->net, t.number, why);
}

/* What one of a group has not received, the others may have: it is not lost. */
void Carrier::Dropped(uint64_t tag, enum monami_loss why, const Device *receiver)
{
    Ticket *t = Counts() ? m_tickets.Find(tag) : nullptr;
    if (!t)
        return;
    if (receiver && (!t->to || t->to->device != receiver))
        return;
    m_count.dropped++;
    if (t->group && t->met) {
        (void)monami_done(t->from->net->net, m_tickets.End(tag).number);
    } else {
        Lose(tag, why);
    }
}

void Carrier::Expire(int64_t now)
{
    for (uint64_t tag = Counts() ? m_tickets.Overdue(now) : 0; tag; tag = m_tickets.Overdue(now)) {
        const Ticket t = m_tickets.End(tag);
        if (Tickets::IsLost(t)) {
            m_count.overdue++;
            (void)monami_lose(t.from->net->net, t.number, MONAMI_LOST_LINK);
        } else {
            (void)monami_done(t.from->net->net, t.number);
        }
    }
}

} // namespace monami_ns3
