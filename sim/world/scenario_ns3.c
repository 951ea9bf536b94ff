/* Networks that ns-3 makes: their keys, and what is checked of them without ns-3. */
#include <string.h>

#include "sim/world/scenario_parts.h"

#define AT(member)    offsetof(struct network_ns3_config, member)
#define PLACE(member) offsetof(struct ns3_position, member)

static const char *const devices[] = {"csma", "wifi", "lte", NULL};
static const char *const handovers[] = {"measured", "told", NULL};
static const char *const standards[] = {"a", "n", "ac", "ax", NULL};

static const struct key position_keys[] = {
    {"x", KEY_LENGTH, PLACE(x), "0 m", "to the east", .min = -INT64_C(10000000000000),
     .max = INT64_C(10000000000000)},
    {"y", KEY_LENGTH, PLACE(y), "0 m", "to the north", .min = -INT64_C(10000000000000),
     .max = INT64_C(10000000000000)},
    {.name = NULL},
};

const struct key network_ns3_keys[] = {
    {"device", KEY_WORD, AT(device), "csma",
     "csma: one medium for all, with the network's rate, delay and queue; wifi: an access point and "
     "stations, IEEE 802.11; lte: cells and a core network, where access is cellular",
     .words = devices},
    {"attributes", KEY_PAIRS, AT(attributes), "",
     "of ns-3, such as ns3::YansWifiPhy::TxPowerStart: 16; for the devices of this network"},
    {"standard", KEY_WORD, AT(standard), "a", "wifi: which of IEEE 802.11", .words = standards},
    {"channel", KEY_INTEGER, AT(channel), "36", "wifi: of 20 MHz, in the band of 5 GHz", .min = 36,
     .max = 177},
    {"position", KEY_TABLE, AT(position), "",
     "wifi: of the access point; stations whose nodes do not move stand beside it",
     .keys = position_keys},
    {"cells", KEY_LIST, AT(cells), "",
     "lte: where its base stations are; cell 1 is the first; without them there is one, at position",
     .keys = position_keys, .size = sizeof(struct ns3_position)},
    {"handover", KEY_WORD, AT(handover), "measured",
     "lte: when a node goes over to another cell: measured (event A3 of 3GPP TS 36.331, by RSRP), or "
     "only when it is told to by an event, hand_over",
     .words = handovers},
    {.name = NULL},
};

static void check_replays(struct check *k, const struct network_config *net)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        const struct interface_config *i = KEY_ITEMS(n[j].interfaces, struct interface_config);
        for (size_t m = 0; m < n[j].interfaces.n; m++) {
            if (i[m].trace.given && i[m].attach && !strcmp(i[m].attach, net->name))
                SAY(k, arena_format(k->arena, "nodes.%s.interfaces.%s.trace", n[j].name, i[m].name),
                    "network '%s' is made by ns-3, and replays nothing", net->name);
        }
    }
}

static void check_outages(struct check *k, const struct network_config *net)
{
    const struct event_config *e = KEY_ITEMS(k->s->events, struct event_config);
    for (size_t j = 0; j < k->s->events.n; j++) {
        if (e[j].outage && !strcmp(e[j].outage, net->name))
            SAY(k, arena_format(k->arena, "events.%zu.outage", j),
                "network '%s' is made by ns-3, and has no outages", net->name);
    }
}

static bool loses(const struct loss_config *how)
{
    return how->bernoulli || how->gilbert_elliott.given;
}

/* Of what ns-3 makes while the run goes on, when the defaults are as before: a bearer's. */
static void check_attributes(struct check *k, const struct network_config *n, const char *path)
{
    const struct key_pair *a = KEY_ITEMS(n->ns3.attributes, struct key_pair);
    for (size_t j = 0; j < n->ns3.attributes.n; j++) {
        if (!strncmp(a[j].name, "ns3::LteRlc", 11) || !strncmp(a[j].name, "ns3::LtePdcp", 12))
            SAY(k, arena_format(k->arena, "%s.attributes.%s", path, a[j].name),
                "ns-3 makes that with each bearer, during the run, and it would have no effect");
    }
}

void scenario_check_ns3(struct check *k, const struct network_config *n)
{
    const char *path = arena_format(k->arena, "networks.%s.ns3", n->name);
    if (!n->ns3.given)
        return;
    if (k->s->general.engine != ENGINE_NS3)
        SAY(k, path,
            "ns-3 makes it, and the engine is native: --engine ns3, or general.engine: ns3");
    if ((n->access.kind == ACCESS_CELLULAR) != (n->ns3.device == NS3_LTE))
        SAY(k, arena_format(k->arena, "%s.device", path),
            "lte is made where access is cellular, and csma and wifi where it is not");
    if (n->ns3.cells.n && n->ns3.device != NS3_LTE)
        SAY(k, arena_format(k->arena, "%s.cells", path), "cells are of lte");
    check_attributes(k, n, path);
    if (n->access.jitter.down || n->access.jitter.up)
        SAY(k, path, "ns-3 makes it, and knows no jitter");
    if (loses(&n->access.loss.down) || loses(&n->access.loss.up))
        SAY(k, path, "ns-3 makes it, and what it loses is ns-3's: an attribute");
    check_replays(k, n);
    check_outages(k, n);
}
