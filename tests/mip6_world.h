/*
 * mip6_world.h - a home agent, a mobile node and what they say to each other.
 */
#ifndef TESTS_MIP6_WORLD_H
#define TESTS_MIP6_WORLD_H

#include "tests/small_world.h"

#define WIFI_LTE "wifi-lte-voice.yaml"

static inline struct addr agent_address(void)
{
    return node_of("car")->mobile->bul.how.agent;
}

static inline struct addr home_address(void)
{
    return *mobile_home(node_of("car")->mobile);
}

static inline struct iface *cell(void)
{
    return iface_of("car", "cell0");
}

static inline struct iface *wlan(void)
{
    return iface_of("car", "wlan0");
}

static inline struct iface *ha_home(void)
{
    return world_network(&world, "home")->segment;
}

static inline struct addr coa_of(const struct iface *i)
{
    return address_global(i)->addr;
}

static inline struct bcache *cache(void)
{
    return agent_cache(node_of("ha")->agent);
}

static inline struct bcache_entry *entry(void)
{
    struct addr home = home_address();
    return bcache_find(cache(), &home);
}

static inline struct mh update(uint16_t sequence)
{
    return (struct mh){
        .type = MH_BU, .flags = MH_BU_ACK | MH_BU_HOME, .sequence = sequence, .lifetime = 15};
}

#endif
