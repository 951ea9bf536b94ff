/*
 * populate.h - populations: `count: N` makes N nodes of one entry, before anything is bound, so
 * that the rest of the program sees plain nodes.
 *
 *     fleet: {count: 3, ...}                makes fleet.0, fleet.1, fleet.2; home addresses count
 * up call: {between: [fleet.*, cn], ...}   makes call.0, call.1, call.2
 *     - {at: 10 s, spread: 6 s, attach: fleet.*.wlan0, to: east}    at 10, 12 and 14 s
 *     - {metric: flow.call.*.down.lost, max: 1 %}                   one for each
 *     - {metric: max(flow.call.*.down.lost), max: 3}             one, of all of them
 *
 * In flows, events and expectations `NAME.*` stands for each of the population in turn; what names
 * two of them walks both together, so they must have one size.
 */
#ifndef SCENARIOS_POPULATE_H
#define SCENARIOS_POPULATE_H

#include "scenarios/complaints.h"

enum { POPULATION_MAX = 10000 };

/* Profiles have been merged into the nodes. */
void populate(struct yaml_node *root, struct arena *arena, struct complaints *c);

#endif
