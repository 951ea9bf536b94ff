/* What events ask for. */
#include <string.h>

#include "models/node/inject.h"
#include "sim/base/suggest.h"
#include "sim/world/scenario_parts.h"

const char *scenario_moved(const struct event_config *e)
{
    return e->attach ? e->attach : e->detach ? e->detach : e->shut;
}

static void check_attach(struct check *k, const struct event_config *e, const char *path)
{
    const char *name = scenario_moved(e);
    const struct node_config *node;
    const struct interface_config *i;
    const struct network_config *lan = scenario_radio(k->s, name);
    if (lan) {
        scenario_check_radio(k, e, lan, path);
        return;
    }
    if (!scenario_interface(k->s, name, &node, &i)) {
        struct suggestion best = suggest_for(name);
        const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
        for (size_t j = 0; j < k->s->nodes.n; j++) {
            for (size_t m = 0; m < n[j].interfaces.n; m++) {
                suggest_try(
                    &best,
                    arena_format(k->arena, "%s.%s", n[j].name,
                                 KEY_ITEMS(n[j].interfaces, struct interface_config)[m].name));
            }
        }
        const struct network_config *net = KEY_ITEMS(k->s->networks, struct network_config);
        for (size_t j = 0; j < k->s->networks.n; j++) {
            if (net[j].shares)
                suggest_try(&best,
                            arena_format(k->arena, "%s-router." SCENARIO_RADIO, net[j].name));
        }
        SAY(k, path, "'%s' is no interface of a mobile node%s%s%s", name,
            best.best ? "; did you mean '" : ", such as car.wlan0", best.best ? best.best : "",
            best.best ? "'?" : "");
        return;
    }
    const struct network_config *to = SCENARIO_FIND(k->s->networks, struct network_config, e->to);
    const struct network_config *from =
        SCENARIO_FIND(k->s->networks, struct network_config, i->attach);
    if (to && (to->access.kind == ACCESS_CELLULAR) != (from->access.kind == ACCESS_CELLULAR)) {
        SAY(k, path, "%s is made for network '%s'; '%s' is of another kind", name, from->name,
            to->name);
    }
}

static void check_restart(struct check *k, const struct event_config *e, const char *path)
{
    const struct node_config *n = scenario_node(k->s, e->restart);
    if (n->role == ROLE_CORRESPONDENT)
        SAY(k, path, "'%s' has no bindings to forget: a home agent or a mobile node", e->restart);
}

/* A bearer's prefix lives with the bearer: RFC 6459 5.2. */
static void check_renumber(struct check *k, const struct event_config *e, const char *path)
{
    const struct network_config *net =
        SCENARIO_FIND(k->s->networks, struct network_config, e->renumber);
    if (net->shares) {
        SAY(k, path, "the prefix of '%s' is a phone's, and lives as long as its bearer (RFC 7278)",
            net->name);
    } else if (net->access.kind == ACCESS_CELLULAR) {
        SAY(k, path, "'%s' is cellular: its prefixes live as long as their bearers (RFC 6459 5.2)",
            net->name);
    } else if (!e->has_preferred || !e->has_valid) {
        SAY(k, path, "renumber goes with `preferred` and `valid`");
    } else if (e->preferred > e->valid) {
        SAY(k, path, "`preferred` is above `valid` (RFC 4861 4.6.2)");
    } else if (e->preferred % SIM_S || e->valid % SIM_S) {
        SAY(k, path, "a prefix's lifetime is in whole seconds (RFC 4861 4.6.2)");
    }
}

static bool has_ipsec(struct check *k, const struct node_config *of)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        bool its = &n[j] == of || (n[j].home.agent && !strcmp(n[j].home.agent, of->name));
        if (its && n[j].role == ROLE_MOBILE && n[j].ipsec.given)
            return true;
    }
    return false;
}

/* Whether traffic of `of` knows a policy of that name. */
static bool has_policy(struct check *k, const struct node_config *of, const char *name)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        bool its = &n[j] == of || (n[j].home.agent && !strcmp(n[j].home.agent, of->name));
        struct spd spd;
        struct why w;
        if (!its || n[j].role != ROLE_MOBILE || !n[j].ipsec.given ||
            policies_make(&n[j].ipsec, k->arena, &spd, &w))
            continue;
        for (unsigned e = 0; e < spd.entries; e++) {
            if (!strcmp(spd.entry[e].name, name))
                return true;
        }
    }
    return false;
}

static void check_injected(struct check *k, const struct event_config *e, const char *path)
{
    const struct node_config *of = e->of ? scenario_node(k->s, e->of) : NULL;
    bool others = e->inject == INJECT_OTHERS_HOME;
    if (!of) {
        SAY(k, path, "`inject` wants `of`: whose packet");
        return;
    }
    if (!has_ipsec(k, of))
        SAY(k, path, "'%s' seals nothing: a mobile node with `ipsec`, or its home agent", e->of);
    if (e->policy && has_ipsec(k, of) && !has_policy(k, of, e->policy))
        SAY(k, path, "'%s' is no policy of %s, such as bu or payload", e->policy, e->of);
    if (others && of->role != ROLE_MOBILE)
        SAY(k, path, "'%s' sends no Binding Updates: others-home is done by a mobile node", e->of);
    if (others == addr_unspecified(&e->home))
        SAY(k, path, "`home`, the address that is named, goes with others-home");
    if (e->inject == INJECT_FOREIGN_SOURCE && addr_unspecified(&e->source))
        SAY(k, path, "foreign-source wants `source`");
    if (others && !addr_unspecified(&e->source))
        SAY(k, path, "others-home is sent from the node's own care-of address: no `source`");
    if (e->after && e->inject != INJECT_AGAIN)
        SAY(k, path, "`after` goes with again");
}

static void check_inject(struct check *k, const struct event_config *e, const char *path)
{
    bool more = e->of || e->policy || !addr_unspecified(&e->source) ||
                !addr_unspecified(&e->home) || e->after;
    if (more && !e->inject)
        SAY(k, path, "`of`, `policy`, `source`, `home` and `after` go with inject");
}

static void check_hand_over(struct check *k, const struct event_config *e, const char *path)
{
    const struct node_config *node;
    const struct interface_config *i;
    if (!scenario_interface(k->s, e->hand_over, &node, &i)) {
        SAY(k, path, "'%s' is no interface of a mobile node, such as car.cell0", e->hand_over);
        return;
    }
    const struct network_config *net =
        SCENARIO_FIND(k->s->networks, struct network_config, i->attach);
    size_t cells = net->ns3.cells.n ? net->ns3.cells.n : 1;
    if (!net->ns3.given || net->ns3.device != NS3_LTE) {
        SAY(k, path, "network '%s' of %s is no LTE that ns-3 makes, and has no cells", net->name,
            e->hand_over);
    } else if ((size_t)e->cell > cells) {
        SAY(k, arena_format(k->arena, "%s.cell", path), "network '%s' has %zu cell%s", net->name,
            cells, cells == 1 ? "" : "s");
    }
}

void scenario_check_events(struct check *k)
{
    const struct event_config *e = KEY_ITEMS(k->s->events, struct event_config);
    for (size_t j = 0; j < k->s->events.n; j++) {
        const char *path = arena_format(k->arena, "events.%zu", j);
        bool carries_nothing = e[j].outage || e[j].cut;
        int kinds = (e[j].outage != NULL) + (e[j].cut != NULL) + (e[j].attach != NULL) +
                    (e[j].detach != NULL) + (e[j].shut != NULL) + (e[j].restart != NULL) +
                    (e[j].hand_over != NULL) + (e[j].renumber != NULL) +
                    (e[j].inject != INJECT_NOTHING);
        check_inject(k, &e[j], path);
        if (kinds != 1) {
            SAY(k, path,
                "exactly one of outage, cut, attach, detach, shut, hand_over, restart, renumber and "
                "inject");
        } else if (e[j].inject) {
            check_injected(k, &e[j], path);
        } else if (e[j].hand_over) {
            check_hand_over(k, &e[j], path);
        } else if (e[j].restart) {
            check_restart(k, &e[j], path);
        } else if (e[j].renumber) {
            check_renumber(k, &e[j], path);
        } else if (!carries_nothing && !scenario_check_agent_event(k, &e[j], path)) {
            check_attach(k, &e[j], path);
        }
        if (e[j].length && !carries_nothing)
            SAY(k, path, "`for` goes with outage and cut");
        if (e[j].to && !e[j].attach)
            SAY(k, path, "`to` goes with attach");
        if (e[j].cell != 1 && !e[j].hand_over)
            SAY(k, path, "`cell` goes with hand_over");
        if ((e[j].has_preferred || e[j].has_valid) && !e[j].renumber)
            SAY(k, path, "`preferred` and `valid` go with renumber");
        if (e[j].spread)
            SAY(k, path, "`spread` goes with each of a population: NAME.*");
        if (e[j].at >= k->s->general.stop)
            SAY(k, path, "is not before the end of the run");
    }
}
