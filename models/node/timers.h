/*
 * timers.h - constants of IPv6, ICMPv6, path MTU discovery and tunnels: one set for all nodes of a
 * run, which a scenario may change under `timers`.
 */
#ifndef MODELS_NODE_TIMERS_H
#define MODELS_NODE_TIMERS_H

#include <stdint.h>

#include "sim/base/key.h"
#include "sim/base/units.h"

struct ip_timers {
    sim_time reassembly;  /* RFC 8200 4.5 */
    int64_t reassemblies; /* packets that a node puts together at once */
    sim_time pmtu;        /* RFC 8201 4: no attempt at a larger size before */
    int64_t error_rate;   /* errors a second, RFC 4443 2.4 f */
    int64_t error_burst;  /* at once */
    int64_t tunnel_limit; /* tunnel encapsulation limit, RFC 2473 6.6; 0: none */
    sim_time refusal;     /* RFC 6275 11.3.5 */
};

extern const struct key ip_timer_keys[];

#endif
