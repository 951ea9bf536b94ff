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
/* scenario_agents.c: what a mobile node asks for that has to find its home agent; what a home agent
 * beside the router of `net` does, and what is advertised of it. An event that is about a home
 * agent: true, and it is checked. */
void scenario_check_discovery(struct check *k, const struct node_config *n);
void scenario_check_agent(struct check *k, const struct node_config *n,
                          const struct network_config *net);
void scenario_check_advertise(struct check *k, const struct node_config *n);
bool scenario_check_agent_event(struct check *k, const struct event_config *e, const char *path);

/* scenario_events.c: what events ask for. */
void scenario_check_events(struct check *k);

/* scenario_share.c: what a network asks for that is behind a phone, and an event of its radio. */
void scenario_check_share(struct check *k, const struct network_config *n);
void scenario_check_radio(struct check *k, const struct event_config *e,
                          const struct network_config *lan, const char *path);

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
