/*
 * tickets.h - frames that are inside ns-3: each has a tag there, and a ticket here.
 *
 * Not of ns-3, and so tested without it.  A frame to one station ends when that station has been
 * reached; a frame to a group when all have been that listened when it was sent, at the latest
 * after the bound; any frame when a device says that it has dropped it; and what nobody tells of
 * ends with the bound.  What comes back after the end of its ticket finds none: Find() is null.
 *
 * Units: ns.  A tag is never 0 and never given twice.  Nothing is allocated once as many tickets
 * have been out as ever will be.
 */
#ifndef SIM_NS3_HELPER_TICKETS_H
#define SIM_NS3_HELPER_TICKETS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace monami_ns3
{

struct Port;

struct Ticket {
    uint64_t number = 0; /* monami's, of the network of `from` */
    Port *from = nullptr;
    Port *to = nullptr;             /* null: a group, or a station that is none of ours */
    bool group = false;             /* to a group */
    uint64_t awaited = 0;           /* ports that listen to the group: bit = Port::index */
    bool crowd = false;             /* there are more than the bits show: it waits for the bound */
    const uint8_t *bytes = nullptr; /* of monami, as long as the ticket is out */
    size_t n = 0;
    int64_t at = 0; /* when it was sent */

    uint64_t heard = 0; /* ports that the frame has come to, as far as bits show them, */
    bool met = false;   /* and whether it has come to any */
};

class Tickets
{
  public:
    explicit Tickets(int64_t bound) : m_bound(bound) {}

    /* `t.at` is not before that of those taken so far. */
    uint64_t Take(const Ticket &t);
    Ticket *Find(uint64_t tag); /* as long as no other is taken */

    /* The frame has come to the port whose index that is: is that all that it was for? */
    static bool Hear(Ticket *t, const Port *at, unsigned index);
    Ticket End(uint64_t tag); /* it is out */

    /* When the oldest has had its time; INT64_MAX: none is out. */
    int64_t Due() const;
    /* Its tag, if that is at or before `now`; 0: no more of them. */
    uint64_t Overdue(int64_t now) const;
    /* Its bound is over: was it lost? A group of which somebody has heard it, or nobody was
     * there, has not lost it. */
    static bool IsLost(const Ticket &t);

    /* The tags of those that are from or to the port, as it goes. */
    std::vector<uint64_t> Of(const Port *port) const;
    size_t Out() const
    {
        return m_out;
    }

  private:
    static constexpr uint32_t none = UINT32_MAX;
    struct Place {
        Ticket ticket;
        uint32_t serial = 0; /* how often this place was used */
        bool taken = false;
        uint32_t older = none; /* of those out, by age; spare: the next spare one */
        uint32_t newer = none;
    };
    uint64_t TagOf(uint32_t place) const
    {
        return static_cast<uint64_t>(m_place[place].serial) << 32 | (place + 1);
    }
    uint32_t PlaceOf(uint64_t tag) const;

    int64_t m_bound;
    std::vector<Place> m_place;
    uint32_t m_spare = none;
    uint32_t m_oldest = none;
    uint32_t m_newest = none;
    size_t m_out = 0;
};

} // namespace monami_ns3

#endif
