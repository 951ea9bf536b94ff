#include "models/node/timers.h"

#define TIMER(member) offsetof(struct ip_timers, member)

const struct key ip_timer_keys[] = {
    {"reassembly_timeout", KEY_TIME, TIMER(reassembly), "60 s",
     "how long fragments wait for the rest of their packet, RFC 8200 4.5", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"reassemblies", KEY_INTEGER, TIMER(reassemblies), "64",
     "packets that a node puts together from fragments at once; the oldest makes room", .min = 1,
     .max = 65536},
    {"pmtu_timeout", KEY_TIME, TIMER(pmtu), "600 s",
     "from the last Packet Too Big to the next larger packet, RFC 8201 4", .min = SIM_MS,
     .max = INT64_C(1000000) * SIM_S},
    {"icmp_error_rate", KEY_INTEGER, TIMER(error_rate), "10",
     "ICMPv6 errors a second that a node sends at most, RFC 4443 2.4", .min = 1, .max = 1000000},
    {"icmp_error_burst", KEY_INTEGER, TIMER(error_burst), "10",
     "ICMPv6 errors that a node may send at once, RFC 4443 2.4", .min = 1, .max = 1000000},
    {"tunnel_encapsulation_limit", KEY_INTEGER, TIMER(tunnel_limit), "0",
     "tunnels that may follow inside a tunnel, RFC 2473 6.6; 0: the option is not sent",
     .max = 255},
    {"binding_refusal", KEY_TIME, TIMER(refusal), "600 s",
     "no BU to a node that does not know the Mobility Header for so long, RFC 6275 11.3.5",
     .max = INT64_C(1000000) * SIM_S},
    {.name = NULL},
};
