/*
 * nd_router_world.h - routers, their hosts, and what they advertise.
 */
#ifndef TESTS_ND_ROUTER_WORLD_H
#define TESTS_ND_ROUTER_WORLD_H

#include "tests/small_world.h"

#define FILE_ "break-before-make.yaml"
#define QUIET "expect=[]", "flows={}", "events=[]"

static inline struct iface *wlan(void)
{
    return iface_of("mn", "wlan0");
}

static inline struct iface *west(void)
{
    return world_network(&world, "west")->segment;
}

static inline struct addr cn_address(void)
{
    return node_of("cn")->iface[0]->nd->address[1].addr;
}

static inline void gaps_of_advertisements(const struct iface *i, sim_time *least, sim_time *most,
                                          unsigned *n)
{
    sim_time last = -1;
    *least = SIM_NEVER;
    *most = 0;
    *n = 0;
    for (unsigned k = 0; k < seen_frames; k++) {
        const struct seen_frame *f = &frames[k];
        if (f->port != i->port->index || !is_icmp(f, ICMP6_RA) || !addr_multicast(&f->h.dst))
            continue;
        if (last >= 0) {
            *least = f->t - last < *least ? f->t - last : *least;
            *most = f->t - last > *most ? f->t - last : *most;
        }
        last = f->t;
        ++*n;
    }
}

#endif
