/*
 * ha_list.h - a home agent's Home Agents List (RFC 6275 10.1, 10.5.1): the home agents of its home
 * link, itself among them, as their router advertisements tell.  A machine without hands.
 *
 * An advertisement with H makes or refreshes the entry of its sender; one without H, or with a
 * lifetime of 0, removes it, and so does the end of its lifetime.  The machine draws from one
 * random stream alone: the order of home agents that are preferred alike, anew for each reply.
 */
#ifndef MODELS_MIP6_HA_LIST_H
#define MODELS_MIP6_HA_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/icmp6.h"
#include "sim/base/key.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

/* What a home agent advertises of itself: RFC 6275 7.4. */
struct ha_advertise {
    int64_t preference; /* greater is better */
    int64_t lifetime;   /* s; 0: as that of the router */
};

extern const struct key ha_advertise_keys[];

enum { HA_LIST = 96, HA_ADDRESSES = ND_PREFIXES };

struct ha_entry {
    struct addr router;               /* link-local, by which it is known */
    struct addr global[HA_ADDRESSES]; /* of Prefix Information with R */
    unsigned globals;
    uint16_t preference;
    sim_time until; /* SIM_NEVER: itself */
};

struct ha_list {
    struct ha_entry entry[HA_LIST]; /* in order of making */
    unsigned entries;
    uint64_t refused; /* advertisements that no place was left for */
    struct rng order;
};

enum ha_change { HA_SAME, HA_NEW, HA_CHANGED, HA_GONE };

void ha_list_init(struct ha_list *l, const struct rng *order);

/* The home agent itself. */
void ha_list_put_own(struct ha_list *l, const struct addr *router, const struct addr *global,
                     uint16_t preference);

/* A router advertisement from `router` on the home link; `e`: what it is about, unless HA_SAME. */
enum ha_change ha_list_advertised(struct ha_list *l, const struct addr *router,
                                  const struct nd_message *ra, sim_time now, struct ha_entry *e);

sim_time ha_list_next(const struct ha_list *l); /* when the next lifetime ends; SIM_NEVER */
/* Removes one whose lifetime is over. False: there is none. */
bool ha_list_expire(struct ha_list *l, sim_time now, struct ha_entry *gone);

/* All global addresses in decreasing order of preference; answers how many, `most` at most. */
unsigned ha_list_addresses(struct ha_list *l, struct addr address[], unsigned most);

#endif
