#include "models/node/pmtu.h"

#include <string.h>

#include "models/wire/ip6.h"

enum { PMTU_WAYS = 4 };

void pmtu_init(struct pmtu *m, struct arena *arena, sim_time timeout)
{
    *m = (struct pmtu){.arena = arena, .timeout = timeout};
}

/* ---- the table ---------------------------------------------------------------- */

static struct pmtu_path *set_of(const struct pmtu *m, const struct addr *local,
                                const struct addr *destination)
{
    uint64_t h = addr_hash(local) * 0x9e3779b97f4a7c15u ^ addr_hash(destination);
    return &m->path[((size_t)h & (m->sets - 1)) * PMTU_WAYS];
}

static struct pmtu_path *find(const struct pmtu *m, const struct addr *local,
                              const struct addr *destination)
{
    struct pmtu_path *set = m->sets ? set_of(m, local, destination) : NULL;
    for (int k = 0; set && k < PMTU_WAYS; k++) {
        if (set[k].sent && addr_eq(&set[k].destination, destination) &&
            addr_eq(&set[k].local, local))
            return &set[k];
    }
    return NULL;
}

/* A free place, or that of the path that was not used for longest. */
static struct pmtu_path *oldest_of(struct pmtu_path *set)
{
    struct pmtu_path *oldest = &set[0];
    for (int k = 0; k < PMTU_WAYS; k++) {
        if (!set[k].sent)
            return &set[k];
        if (set[k].used < oldest->used)
            oldest = &set[k];
    }
    return oldest;
}

/* Twice the sets: what stood in one of them goes to one of two, so that none overflows. */
static void grow(struct pmtu *m)
{
    struct pmtu old = *m;
    m->sets = old.sets ? 2 * old.sets : 2;
    m->path = arena_take(m->arena, m->sets * PMTU_WAYS * sizeof *m->path);
    for (size_t k = 0; k < old.sets * PMTU_WAYS; k++) {
        const struct pmtu_path *e = &old.path[k];
        if (e->sent)
            *oldest_of(set_of(m, &e->local, &e->destination)) = *e;
    }
}

static struct pmtu_path *enter(struct pmtu *m, const struct addr *local,
                               const struct addr *destination)
{
    if (!m->sets)
        grow(m);
    struct pmtu_path *place = oldest_of(set_of(m, local, destination));
    while (place->sent && m->sets * PMTU_WAYS < PMTU_PATHS) {
        grow(m);
        place = oldest_of(set_of(m, local, destination));
    }
    *place = (struct pmtu_path){.local = *local, .destination = *destination, .mtu = UINT32_MAX};
    return place;
}

/* ---- the estimate ------------------------------------------------------------- */

static uint32_t estimate(const struct pmtu *m, const struct pmtu_path *e, uint32_t first_hop,
                         sim_time now)
{
    bool holds = e && e->mtu < first_hop && now - e->lowered < m->timeout;
    return holds ? e->mtu : first_hop;
}

uint32_t pmtu_of(const struct pmtu *m, const struct addr *local, const struct addr *destination,
                 uint32_t first_hop, sim_time now)
{
    return estimate(m, find(m, local, destination), first_hop, now);
}

uint32_t pmtu_use(struct pmtu *m, const struct addr *local, const struct addr *destination,
                  uint32_t first_hop, uint32_t bytes, sim_time now)
{
    struct pmtu_path *e = find(m, local, destination);
    if (!e)
        e = enter(m, local, destination);
    uint32_t mtu = estimate(m, e, first_hop, now);
    uint32_t largest = bytes < mtu ? bytes : mtu;
    if (largest > e->sent)
        e->sent = largest;
    e->used = now;
    return mtu;
}

enum pmtu_news pmtu_too_big(struct pmtu *m, const struct addr *local,
                            const struct addr *destination, uint32_t bytes, uint32_t mtu,
                            sim_time now)
{
    struct pmtu_path *e = find(m, local, destination);
    if (mtu < IP6_MTU_MIN)
        return PMTU_TOO_SMALL;
    if (!e || bytes > e->sent || bytes <= mtu)
        return PMTU_UNMATCHED;
    uint32_t known = estimate(m, e, UINT32_MAX, now);
    if (mtu > known)
        return PMTU_KNOWN; /* late: never upwards, RFC 8201 4 */
    e->lowered = now;
    e->mtu = mtu;
    return mtu < known ? PMTU_LOWERED : PMTU_KNOWN;
}

void pmtu_forget(struct pmtu *m, const struct addr *local, const struct addr *destination)
{
    struct pmtu_path *e = find(m, local, destination);
    if (e)
        e->mtu = UINT32_MAX;
}
