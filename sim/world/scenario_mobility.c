/* Nodes that move: what is checked of them, and which networks their interfaces go to. */
#include <string.h>

#include "sim/world/scenario_parts.h"

bool scenario_is_moved(const struct scenario *s, const struct node_config *n,
                       const struct interface_config *i)
{
    const struct network_config *first =
        SCENARIO_FIND(s->networks, struct network_config, i->attach);
    return n->mobility.given && first && first->coverage.n;
}

size_t scenario_roams(const struct scenario *s, const struct node_config *n,
                      const struct interface_config *i, struct arena *arena,
                      const struct network_config ***list)
{
    const char *const *name = i->roams.items;
    const struct network_config *first =
        SCENARIO_FIND(s->networks, struct network_config, i->attach);
    if (!scenario_is_moved(s, n, i))
        return 0;
    size_t count = 1;
    *list = arena_take(arena, (i->roams.n + 1) * sizeof **list);
    (*list)[0] = first;
    for (size_t k = 0; k < i->roams.n; k++) {
        const struct network_config *net =
            SCENARIO_FIND(s->networks, struct network_config, name[k]);
        bool there = false;
        for (size_t j = 0; j < count; j++)
            there |= (*list)[j] == net;
        if (!there)
            (*list)[count++] = net;
    }
    return count;
}

static bool is_cellular(const struct scenario *s, const char *network)
{
    const struct network_config *net = SCENARIO_FIND(s->networks, struct network_config, network);
    return net->access.kind == ACCESS_CELLULAR;
}

static void check_interface(struct check *k, const struct node_config *n,
                            const struct interface_config *i)
{
    const char *path = arena_format(k->arena, "nodes.%s.interfaces.%s.roams", n->name, i->name);
    const char *const *name = i->roams.items;
    const struct network_config *first =
        SCENARIO_FIND(k->s->networks, struct network_config, i->attach);
    if (!n->mobility.given) {
        SAY(k, path, "goes with `mobility` of the node: it says where it is");
        return;
    }
    if (!first->coverage.n)
        SAY(k, path, "network '%s', which it attaches to first, has no coverage", i->attach);
    for (size_t j = 0; j < i->roams.n; j++) {
        const struct network_config *net =
            SCENARIO_FIND(k->s->networks, struct network_config, name[j]);
        if (!net->coverage.n)
            SAY(k, path, "network '%s' has no coverage", name[j]);
        if (is_cellular(k->s, name[j]) != is_cellular(k->s, i->attach)) {
            SAY(k, path, "%s is made for network '%s'; '%s' is of another kind", i->name, i->attach,
                name[j]);
        }
    }
}

/* Where a caller may take it. */
static void check_other_networks(struct check *k, const struct node_config *n,
                                 const struct interface_config *i)
{
    const char *path =
        arena_format(k->arena, "nodes.%s.interfaces.%s.may_attach", n->name, i->name);
    const char *const *name = i->may_attach.items;
    if (i->may_attach.n && scenario_is_moved(k->s, n, i))
        SAY(k, path, "%s attaches where its node's movement takes it: `roams`", i->name);
    for (size_t j = 0; j < i->may_attach.n; j++) {
        if (is_cellular(k->s, name[j]) != is_cellular(k->s, i->attach)) {
            SAY(k, path, "%s is made for network '%s'; '%s' is of another kind", i->name, i->attach,
                name[j]);
        }
    }
}

/* Who moves by a trace is attached and detached by it alone. */
static void check_events(struct check *k, const struct node_config *n)
{
    const struct event_config *e = KEY_ITEMS(k->s->events, struct event_config);
    for (size_t j = 0; j < k->s->events.n; j++) {
        const char *name = scenario_moved(&e[j]);
        const struct node_config *node;
        const struct interface_config *i;
        if (name && scenario_interface(k->s, name, &node, &i) && node == n &&
            scenario_is_moved(k->s, n, i)) {
            SAY(k, arena_format(k->arena, "events.%zu", j),
                "%s attaches and detaches where its node's movement takes it, and not by events",
                name);
        }
    }
}

static void check_movement(struct check *k, const struct node_config *n)
{
    const char *path = arena_format(k->arena, "nodes.%s.mobility", n->name);
    const struct input_config *in =
        SCENARIO_FIND(k->s->inputs, struct input_config, n->mobility.of);
    struct movements all;
    const struct movement *movement;
    struct why w;
    if (!input_is_of_nodes(in)) {
        SAY(k, path, "input '%s' is of format %s: a trace of a link, and not how nodes move",
            in->name, input_formats[in->format]);
        return;
    }
    double latitude = in->origin.latitude;
    double longitude = in->origin.longitude;
    if (!(latitude > -89.9 && latitude < 89.9 && longitude >= -360 && longitude <= 360)) {
        SAY(k, arena_format(k->arena, "inputs.%s.origin", in->name),
            "is not a place between 89.9 degrees south and north");
        return;
    }
    const struct movement_source from = input_movement(in);
    if (movement_load(&from, k->arena, &all, &w) ||
        movement_find(&all, n->mobility.node, &movement, &w))
        SAY(k, path, "%s", w.text);
}

/* Its radio says where it reaches. */
static bool is_of_ns3(const struct scenario *s, const struct interface_config *i)
{
    const struct network_config *net = SCENARIO_FIND(s->networks, struct network_config, i->attach);
    return net && net->ns3.given;
}

void scenario_check_mobility(struct check *k, const struct node_config *n)
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    bool any = false;
    for (size_t j = 0; j < n->interfaces.n; j++) {
        any |= scenario_is_moved(k->s, n, &i[j]) || is_of_ns3(k->s, &i[j]);
        if (i[j].roams.n)
            check_interface(k, n, &i[j]);
        check_other_networks(k, n, &i[j]);
    }
    if (!n->mobility.given)
        return;
    check_movement(k, n);
    check_events(k, n);
    if (!any && n->interfaces.n) {
        SAY(k, arena_format(k->arena, "nodes.%s.mobility", n->name),
            "it moves, and none of the networks that it attaches to has a coverage");
    }
}
