/* Interfaces that attach and detach, by an event of the scenario or by a call. */
#include <assert.h>
#include <string.h>

#include "models/node/mobile.h"
#include "sim/world/world_parts.h"

struct world_station *world_station_of(const struct world *w, const char *text, const char *to)
{
    const struct node_config *node;
    const struct interface_config *i;
    if (scenario_radio(w->scenario, text))
        return world_radio_of(w, text, to);
    bool known = scenario_interface(w->scenario, text, &node, &i);
    assert(known);
    const char *network = to ? to : i->attach;
    for (struct world_station *s = w->stations; s; s = s->next) {
        if (!strcmp(s->node->name, node->name) && !strcmp(s->iface->name, i->name) &&
            !strcmp(s->net->how->name, network))
            return s;
    }
    return NULL;
}

/* Whoever attaches it takes back that it is about to be shut. */
static void keep(const struct world_station *s)
{
    struct mobile *m = s->node->mobile;
    if (!m)
        return;
    mobile_reattached(m, s->iface);
    if (s->station && s->station->attached && s->iface->port->up)
        mobile_opened(m, s->iface);
}

void world_attach(struct world_station *s)
{
    keep(s);
    s->iface->nd->dad_how = s->net->how->dad;
    if (s->station) {
        station_attach(s->station);
    } else {
        world_live_attach(s);
    }
}

static void detach(void *owner)
{
    const struct world_station *s = owner;
    struct iface *i = s->iface;
    if (!s->station) {
        world_live_detach(i);
    } else if (i->port->via) {
        station_detach(i->port->via);
    }
}

void world_move_station(enum world_move what, struct world_station *s)
{
    if (what == WORLD_ATTACH) {
        world_attach(s);
    } else if (what == WORLD_DETACH) {
        detach(s);
    } else {
        mobile_shut(s->node->mobile, s->iface, s, detach);
    }
}

/* ---- by a call: what the checks of a scenario say of an event -------------------------------- */

static enum status check_agent(const struct world *w, enum world_move what,
                               const struct node_config *agent, const char *network,
                               struct why *why)
{
    if (network)
        return why_set(why, ST_RANGE, "home agent '%s' has one link: no network goes with it",
                       agent->name);
    if (what == WORLD_DETACH && world_is_router(w, agent))
        return why_set(why, ST_RANGE,
                       "'%s' is the router of network '%s', which would be gone, too", agent->name,
                       agent->network);
    return ST_OK;
}

static enum status check_interface(const struct world *w, const char *who, struct why *why)
{
    const struct node_config *node;
    const struct interface_config *i;
    if (!scenario_interface(w->scenario, who, &node, &i))
        return why_set(why, ST_MISSING,
                       "'%.100s' is no interface of a mobile node, such as car.wlan0", who);
    if (scenario_is_moved(w->scenario, node, i))
        return why_set(why, ST_RANGE,
                       "%s attaches and detaches where its node's movement takes it, and not by "
                       "calls",
                       who);
    return ST_OK;
}

static enum status no_place(const struct world *w, const char *who, const char *network,
                            struct why *why)
{
    if (!world_network(w, network))
        return why_set(why, ST_MISSING, "there is no network '%.100s'", network);
    if (scenario_radio(w->scenario, who))
        return why_set(why, ST_RANGE, "no event of the scenario attaches %s to network '%s'", who,
                       network);
    return why_set(why, ST_RANGE,
                   "%s has no place in network '%s': name it in the interface's `may_attach`", who,
                   network);
}

enum status world_move(struct world *w, enum world_move what, const char *who, const char *network,
                       struct why *why)
{
    const struct node_config *agent = scenario_node(w->scenario, who);
    bool is_agent = agent && agent->role == ROLE_HOME_AGENT;
    bool radio = scenario_radio(w->scenario, who) != NULL;
    enum status st = is_agent ? check_agent(w, what, agent, network, why)
                     : radio  ? ST_OK
                              : check_interface(w, who, why);
    if (!st && radio && what == WORLD_SHUT)
        st = why_set(why, ST_RANGE, "'%s' has no binding to delete: detach it", who);
    struct world_station *s = st || is_agent ? NULL : world_station_of(w, who, network);
    if (!st && !is_agent && !s)
        st = no_place(w, who, network, why);
    if (st)
        return st;
    sim_set_cause(w->sim, 0); /* of an event that has nothing to do with it */
    if (is_agent) {
        world_move_agent(w, what, agent->name);
    } else {
        world_move_station(what, s);
    }
    sim_set_cause(w->sim, 0);
    return ST_OK;
}
