#include "models/node/timers.h"

#define TIMER(member) offsetof(struct node_timers, member)

const struct key node_timer_keys[] = {
    {"reassembly_timeout", KEY_TIME, TIMER(reassembly), "60 s",
     "how long fragments wait for the rest of their packet, RFC 8200 4.5", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"reassemblies", KEY_INTEGER, TIMER(reassemblies), "64",
     "packets that a node puts together from fragments at once; the oldest makes room", .min = 1,
     .max = 65536},
    {"path_mtu_timeout", KEY_TIME, TIMER(path_mtu), "600 s",
     "from the last Packet Too Big to the next larger packet, RFC 8201 4", .min = SIM_MS,
     .max = INT64_C(1000000) * SIM_S},
    {.name = NULL},
};
