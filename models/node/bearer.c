#include "models/node/bearer.h"

void bearer_init(struct bearer *b, struct iface *i, struct bearer_pool *pool,
                 const struct nd_advertise_config *how)
{
    *b = (struct bearer){.iface = i, .pool = pool, .how = how};
    i->nd->bearer = b;
}

void bearer_changed(struct bearer *b, bool up)
{
    struct node *gateway = b->iface->node;
    if (b->prefix.len)
        routes_remove(gateway->routes, &b->prefix);
    b->prefix.len = 0;
    if (!up) {
        advertise_stop(b->iface);
        return;
    }
    uint64_t room = (uint64_t)1 << (64 - b->pool->prefix.len);
    b->prefix = prefix_nth(&b->pool->prefix, 64, b->pool->next);
    b->pool->next = b->pool->next + 1 < room ? b->pool->next + 1 : 1; /* and round again */
    const struct route r = {.prefix = b->prefix, .kind = ROUTE_ON_LINK, .out = b->iface};
    routes_set(gateway->routes, &r);
    advertise_start(b->iface, b->how, &b->prefix, false, false);
}
