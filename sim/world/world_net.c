/* Routers, networks, the backbone and the shortest paths over it. */
#include <assert.h>

#include "models/node/agent.h"
#include "models/node/nd.h"
#include "models/node/translator.h"
#include "sim/world/world_parts.h"

enum { ROUTER_ID = 1 }; /* low 64 bits of a router's address */

/* The global address and prefix; behind a phone they come with its bearer: share.h. */
static void fix_address(struct world *w, struct world_network *net, struct iface *i)
{
    const struct network_config *how = net->how;
    const struct node_config *agent = scenario_node(w->scenario, how->agent);
    struct addr global = addr_join(&how->prefix.prefix, ROUTER_ID);
    if (agent && !addr_unspecified(&agent->address))
        global = agent->address;
    address_fix(i, &global, 64);
    const struct route on_link = {.prefix = how->prefix.prefix, .kind = ROUTE_ON_LINK, .out = i};
    routes_set(net->router->routes, &on_link);
    net->router->own = global;
}

static void add_segment(struct world *w, struct world_network *net)
{
    const struct network_config *how = net->how;
    struct port *port =
        world_add_port(w, net->router, how->name, LINK_ETHERNET, (uint32_t)how->access.mtu);
    struct iface *i = node_add_iface(net->router, how->name, port);
    struct addr link_local = addr_link_local_of(i->identifier);
    nd_init(i, &w->scenario->timers.nd, &how->dad);
    address_fix(i, &link_local, 64);
    net->router->own = link_local;
    if (!how->shares)
        fix_address(w, net, i);
    access_set_router(net->access, port);
    i->up = true;
    i->ingress_filter = how->ingress_filter;
    i->inside = how->translator.given;
    i->filter = how->filter.given ? &how->filter : NULL;
    net->segment = i;
}

static void add_pool(struct world_network *net)
{
    struct prefix first = prefix_nth(&net->how->prefix.pool, 64, 0);
    net->pool = (struct bearer_pool){net->how->prefix.pool, 1};
    net->router->own = addr_join(&first, ROUTER_ID);
    node_own(net->router, NULL, &net->router->own);
}

void world_add_networks(struct world *w)
{
    const struct scenario *s = w->scenario;
    const struct network_config *how = KEY_ITEMS(s->networks, struct network_config);
    w->network = arena_take(w->arena, (s->networks.n + 1) * sizeof *w->network);
    for (size_t k = 0; k < s->networks.n; k++) {
        struct world_network *net = &w->network[k];
        const char *name =
            how[k].agent ? how[k].agent : arena_format(w->arena, "%s-router", how[k].name);
        net->how = &how[k];
        net->access = access_new(&w->links, how[k].name, &how[k].access);
        world_take_outside(w, net);
        net->router = world_add_node(w, name);
        net->router->forwards = true;
        if (how[k].access.kind == ACCESS_CELLULAR) {
            add_pool(net);
        } else {
            add_segment(w, net);
        }
        if (how[k].translator.given)
            (void)translator_new(net->router, &how[k].translator);
    }
}

/* ---- backbone -------------------------------------------------------------------- */

void world_add_backbone(struct world *w)
{
    const struct backbone_config *how = KEY_ITEMS(w->scenario->backbone, struct backbone_config);
    for (size_t k = 0; k < w->scenario->backbone.n; k++) {
        const char *const *end = how[k].between.items;
        struct port *port[2];
        for (int e = 0; e < 2; e++) {
            struct node *router = world_network(w, end[e])->router;
            port[e] =
                world_add_port(w, router, how[k].name, LINK_RAW_IP6, (uint32_t)how[k].link.mtu);
            node_add_iface(router, how[k].name, port[e])->up = true;
        }
        p2p_join(&w->links, how[k].name, &how[k].link, port[0], port[1]);
    }
}

/* ---- shortest paths ----------------------------------------------------------------- */

/* One run of Dijkstra: cost and first interface from one router to all networks. */
struct tree {
    int64_t cost;        /* INT64_MAX: not reached */
    struct iface *first; /* from the root */
    bool done;
};

static size_t index_of(const struct world *w, const char *network)
{
    return (size_t)(world_network(w, network) - w->network);
}

/* Delay decides; a hop costs 1 ns more, so that fewer hops win a tie; then order of the file. */
static void relax(struct world *w, struct tree *tree, size_t from)
{
    const struct backbone_config *link = KEY_ITEMS(w->scenario->backbone, struct backbone_config);
    for (size_t k = 0; k < w->scenario->backbone.n; k++) {
        const char *const *end = link[k].between.items;
        size_t a = index_of(w, end[0]);
        size_t b = index_of(w, end[1]);
        if (a != from && b != from)
            continue;
        size_t to = a == from ? b : a;
        int64_t cost = tree[from].cost + link[k].link.delay + 1;
        if (cost >= tree[to].cost)
            continue;
        tree[to].cost = cost;
        tree[to].first = tree[from].first ? tree[from].first
                                          : node_find_iface(w->network[from].router, link[k].name);
    }
}

static void grow_tree(struct world *w, struct tree *tree, size_t root)
{
    size_t n = w->scenario->networks.n;
    for (size_t k = 0; k < n; k++)
        tree[k] = (struct tree){INT64_MAX, NULL, false};
    tree[root].cost = 0;
    for (size_t round = 0; round < n; round++) {
        size_t nearest = n;
        for (size_t k = 0; k < n; k++) {
            if (!tree[k].done && tree[k].cost < INT64_MAX &&
                (nearest == n || tree[k].cost < tree[nearest].cost))
                nearest = k;
        }
        if (nearest == n)
            return;
        tree[nearest].done = true;
        relax(w, tree, nearest);
    }
}

/* What others know of a network. */
static struct prefix seen_from_outside(const struct network_config *how)
{
    if (how->translator.given)
        return (struct prefix){how->translator.address, 128};
    return how->prefix.pool.len ? how->prefix.pool : how->prefix.prefix;
}

void world_add_routes(struct world *w)
{
    size_t n = w->scenario->networks.n;
    struct tree *tree = arena_take(w->arena, (n + 1) * sizeof *tree);
    for (size_t root = 0; root < n; root++) {
        grow_tree(w, tree, root);
        for (size_t k = 0; k < n; k++) {
            const struct network_config *how = w->network[k].how;
            if (k == root || !tree[k].first)
                continue;
            const struct route r = {
                .prefix = seen_from_outside(how), .kind = ROUTE_VIA, .out = tree[k].first};
            routes_set(w->network[root].router->routes, &r);
        }
    }
}
