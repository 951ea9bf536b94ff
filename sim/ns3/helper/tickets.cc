#include "sim/ns3/helper/tickets.h"

namespace monami_ns3
{

enum { BITS = 64 };

uint64_t Tickets::Take(const Ticket &t)
{
    uint32_t place = m_spare;
    if (place == none) {
        place = static_cast<uint32_t>(m_place.size());
        m_place.emplace_back();
    } else {
        m_spare = m_place[place].older;
    }
    Place &p = m_place[place];
    p.ticket = t;
    p.ticket.heard = 0;
    p.ticket.met = false;
    p.serial++;
    p.taken = true;
    p.older = m_newest;
    p.newer = none;
    if (m_newest != none) {
        m_place[m_newest].newer = place;
    } else {
        m_oldest = place;
    }
    m_newest = place;
    m_out++;
    return TagOf(place);
}

uint32_t Tickets::PlaceOf(uint64_t tag) const
{
    uint32_t low = static_cast<uint32_t>(tag);
    if (low == 0 || low > m_place.size())
        return none;
    const Place &p = m_place[low - 1];
    return p.taken && p.serial == tag >> 32 ? low - 1 : none;
}

Ticket *Tickets::Find(uint64_t tag)
{
    uint32_t place = PlaceOf(tag);
    return place == none ? nullptr : &m_place[place].ticket;
}

bool Tickets::Hear(Ticket *t, const Port *at, unsigned index)
{
    t->met = true;
    if (index < BITS)
        t->heard |= UINT64_C(1) << index;
    if (!t->group)
        return at == t->to;
    return !t->crowd && t->awaited && (t->awaited & ~t->heard) == 0;
}

Ticket Tickets::End(uint64_t tag)
{
    uint32_t place = PlaceOf(tag);
    Place &p = m_place[place];
    if (p.older != none) {
        m_place[p.older].newer = p.newer;
    } else {
        m_oldest = p.newer;
    }
    if (p.newer != none) {
        m_place[p.newer].older = p.older;
    } else {
        m_newest = p.older;
    }
    p.taken = false;
    p.older = m_spare;
    m_spare = place;
    m_out--;
    return p.ticket;
}

int64_t Tickets::Due() const
{
    if (m_oldest == none)
        return INT64_MAX;
    int64_t at = m_place[m_oldest].ticket.at;
    return at < INT64_MAX - m_bound ? at + m_bound : INT64_MAX;
}

uint64_t Tickets::Overdue(int64_t now) const
{
    return m_oldest != none && Due() <= now ? TagOf(m_oldest) : 0;
}

bool Tickets::IsLost(const Ticket &t)
{
    return !t.group || (!t.met && (t.awaited || t.crowd));
}

std::vector<uint64_t> Tickets::Of(const Port *port) const
{
    std::vector<uint64_t> tags;
    for (uint32_t k = m_oldest; k != none; k = m_place[k].newer) {
        if (m_place[k].ticket.from == port || m_place[k].ticket.to == port)
            tags.push_back(TagOf(k));
    }
    return tags;
}

} // namespace monami_ns3
