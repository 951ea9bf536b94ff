/*
 * bindings.h - hand-overs, from the events of nodes: a binding that is acknowledged with another
 * care-of address than before (RFC 6275 11.7.3).  Not of ns-3, and so tested without it.
 */
#ifndef SIM_NS3_HELPER_BINDINGS_H
#define SIM_NS3_HELPER_BINDINGS_H

#include <cstdint>
#include <map>
#include <monami.h>
#include <string>

namespace monami_ns3
{

/* The texts live as long as the event. */
struct Binding {
    const char *node;
    const char *interface;
    const char *home_address;
    const char *care_of_address;
    int64_t bid;
    bool is_first;      /* there was none of this number before */
    int64_t since_link; /* ns since the interface's link came; -1: it was never seen to */
};

class Bindings
{
  public:
    /* Whether the event is a hand-over; then `*b` is it. */
    bool See(const struct monami_event &e, Binding *b);

  private:
    std::map<std::string, int64_t> m_link;        /* by node and interface: when it came */
    std::map<std::string, std::string> m_care_of; /* by node, home address and number */
};

/* "" where there is none. */
const char *FieldText(const struct monami_event &e, const char *key);
int64_t FieldNumber(const struct monami_event &e, const char *key);

} // namespace monami_ns3

#endif
