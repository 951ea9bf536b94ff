#include "models/node/pmtu.h"

struct pmtu {
    struct {
        struct addr local;
        struct addr remote;
        uint32_t mtu;
        sim_time until; /* 0: a free place */
    } path[PMTU_ROOM];
    unsigned next; /* the place that is taken next */
};

static int find(const struct node *n, const struct addr *local, const struct addr *remote)
{
    for (int k = 0; k < PMTU_ROOM; k++) {
        if (n->pmtu->path[k].until > sim_now(n->sim) && addr_eq(&n->pmtu->path[k].local, local) &&
            addr_eq(&n->pmtu->path[k].remote, remote))
            return k;
    }
    return -1;
}

bool pmtu_lower(struct node *n, const struct addr *local, const struct addr *remote, uint32_t mtu)
{
    if (!n->pmtu) /* few nodes are ever told */
        n->pmtu = arena_take(n->arena, sizeof *n->pmtu);
    int k = find(n, local, remote);
    if (k >= 0 && n->pmtu->path[k].mtu < mtu)
        return false; /* never raised: RFC 8201 4 */
    bool changed = k < 0 || n->pmtu->path[k].mtu != mtu;
    if (k < 0)
        k = (int)(n->pmtu->next++ % PMTU_ROOM);
    n->pmtu->path[k].local = *local;
    n->pmtu->path[k].remote = *remote;
    n->pmtu->path[k].mtu = mtu;
    n->pmtu->path[k].until = sim_now(n->sim) + n->timers->pmtu;
    return changed;
}

uint32_t pmtu_of(const struct node *n, const struct addr *local, const struct addr *remote,
                 uint32_t link)
{
    int k = n->pmtu ? find(n, local, remote) : -1;
    return k >= 0 && n->pmtu->path[k].mtu < link ? n->pmtu->path[k].mtu : link;
}
