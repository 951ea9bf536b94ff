/*
 * scenario_parts.h - the checks of a scenario, each in a file of its own.
 */
#ifndef SIM_WORLD_SCENARIO_PARTS_H
#define SIM_WORLD_SCENARIO_PARTS_H

#include "sim/world/key_files.h"
#include "sim/world/scenario.h"

struct check {
    const struct scenario *s;
    const struct yaml_node *root;
    struct arena *arena;
    struct complaints *c;
    struct key_files files; /* that were read */
};

/* A complaint about what stands at a path such as "nodes.car.decision". */
#define SAY(k, path, ...) complain_path((k)->c, (k)->root, (path), __VA_ARGS__)

/* scenario_mobility.c: what a mobile node's movement asks for. */
void scenario_check_mobility(struct check *k, const struct node_config *n);

/* scenario_ns3.c: what networks of ns-3 ask for. */
void scenario_check_ns3(struct check *k, const struct network_config *n);

/* scenario_events.c: what events ask for. */
void scenario_check_events(struct check *k);

/* scenario_ipsec.c: what its IPsec asks for. */
void scenario_check_ipsec(struct check *k, const struct node_config *n);

/* scenario_route.c: what route optimisation asks for. */
void scenario_check_route(struct check *k, const struct node_config *n);

/* scenario_cpu.c: the profile of a node's processor. */
void scenario_check_cpu(struct check *k, const struct node_config *n);

/* scenario_ike.c: what key management asks for. */
void scenario_check_ike(struct check *k, const struct node_config *n);

/* scenario_ike_words.c: likewise, of one whose keys come from IKE, and of `timers`. */
void scenario_check_ike_words(struct check *k, const struct node_config *n);
void scenario_check_ike_timers(struct check *k);
/* The first word of `ike` that says something and is of IKE alone; NULL: none. */
const char *scenario_ike_word(const struct check *k, const struct key_config *c);

/* Of one without a home address; `home` is its home agent's network. */
void scenario_check_homeless(struct check *k, const struct node_config *n,
                             const struct network_config *home);

/* scenario_decision.c: what a mobile node's decision asks for. */
void scenario_check_decision(struct check *k, const struct node_config *n);

#endif
