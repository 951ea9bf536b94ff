#include "sim/app/live.h"

#include <string.h>

#include "models/node/key_exchange.h"
#include "models/node/mobile.h"
#include "sim/app/interrupt.h"
#include "sim/world/world_parts.h"

static const sim_time farewell = SIM_S; /* for answers to what is deleted */

enum status live_open(struct live *l, const struct live_options *how, struct scenario *s,
                      struct why *w)
{
    const struct node_config *n = scenario_node(s, how->node);
    *l = (struct live){.tun = {.fd = -1}};
    if (!n)
        return why_set(w, ST_SYNTAX, "--node: the scenario has no node '%s'", how->node);
    if (n->role == ROLE_CORRESPONDENT)
        return why_set(w, ST_SYNTAX,
                       "--node: '%s' is a correspondent; a mobile node or a home agent can be live",
                       how->node);
    const struct network_config *net =
        SCENARIO_FIND(s->networks, struct network_config, n->network);
    if (n->role == ROLE_HOME_AGENT && net && (!net->agent || strcmp(net->agent, n->name) != 0))
        return why_set(
            w, ST_SYNTAX,
            "--node: '%s' stands beside the router of network '%s'; a home agent that is "
            "live is the router: networks.%s.agent",
            how->node, net->name, net->name);
    if (n->detection.knowledge == 1)
        return why_set(w, ST_SYNTAX, "nodes.%s.detection: there is no oracle outside", how->node);
    if (s->general.crypto == 1)
        return why_set(w, ST_SYNTAX, "general.crypto: sized ciphers mean nothing to others: real");
    if (s->general.engine != ENGINE_NATIVE)
        return why_set(w, ST_SYNTAX, "general.engine: a live node has the clock of the wall");
    if (how->length)
        s->general.stop = how->length;
    l->of = (struct world_live){.node = n, .tun = &l->tun};
    return how->tun ? tun_open(&l->tun, how->tun, w) : ST_OK;
}

void live_close(struct live *l)
{
    tun_close(&l->tun);
}

static void print_one(FILE *out, const char *what, const char *name, const struct addr *a)
{
    char text[ADDR_TEXT];
    (void)fprintf(out, "%s %s %s\n", what, name, addr_text(a, text));
}

void live_print_addresses(FILE *out, const struct world *w)
{
    const struct node_config *live = w->live->node;
    const struct node_config *n = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (const struct world_station *s = w->stations; s; s = s->next) {
        struct addr a = world_live_address(s->iface, s->net);
        if (!s->station)
            print_one(out, "care-of", s->iface->port->name, &a);
    }
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        bool served =
            n[k].role == ROLE_MOBILE && scenario_node(w->scenario, n[k].home.agent) == live;
        struct addr a = world_address(w, &n[k]);
        if ((&n[k] == live || served) && !addr_unspecified(&a)) /* IKE may give it later */
            print_one(out, n[k].role == ROLE_MOBILE ? "home" : "agent", n[k].name, &a);
        if (live->role == ROLE_MOBILE && scenario_node(w->scenario, live->home.agent) == &n[k])
            print_one(out, "agent", n[k].name, &a);
        if (n[k].role == ROLE_CORRESPONDENT)
            print_one(out, world_lives(w, &n[k]) ? "behind" : "outside", n[k].name, &a);
    }
}

static bool is_over(void *owner)
{
    (void)owner;
    return interrupted();
}

static bool has_left(void *owner)
{
    return !key_exchange_is_open(owner);
}

uint64_t live_run(struct live *l, struct world *w)
{
    struct node *n = world_node(w, l->of.node->name);
    live_clock_start(&l->clock, sim_now(w->sim));
    uint64_t events =
        live_clock_run(&l->clock, w->sim, &l->tun, w->scenario->general.stop, is_over, NULL);
    sim_set_cause(w->sim, 0);
    key_exchange_close(n);
    events += live_clock_run(&l->clock, w->sim, &l->tun, sim_now(w->sim) + farewell, has_left, n);
    return events;
}
