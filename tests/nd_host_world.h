/*
 * nd_host_world.h - a host on a link, alone with its router.
 */
#ifndef TESTS_ND_HOST_WORLD_H
#define TESTS_ND_HOST_WORLD_H

#include "tests/small_world.h"

#define FILE_ "break-before-make.yaml"
#define QUIET "expect=[]", "flows={}", "events=[]", "general.stop=400 s"

static inline struct iface *wlan(void)
{
    return iface_of("mn", "wlan0");
}

static inline struct iface *west(void)
{
    return world_network(&world, "west")->segment;
}

/* It hears, and says nothing. */
static inline void silence_router(void)
{
    advertise_stop(west());
    west()->nd->advertiser = NULL;
}

static inline struct nd_address *tentative(bool link_local)
{
    for (sim_time t = now_is(); t < 60 * SIM_S; t += 10 * SIM_MS) {
        run_to(t);
        for (int k = 0; k < ND_ADDRESSES; k++) {
            struct nd_address *a = &wlan()->nd->address[k];
            if ((a->state == ADDRESS_TENTATIVE || a->state == ADDRESS_OPTIMISTIC) &&
                addr_link_local(&a->addr) == link_local && a->dad.sent)
                return a;
        }
    }
    abort();
}

#endif
