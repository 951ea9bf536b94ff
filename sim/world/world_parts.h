/*
 * world_parts.h - the steps of world_build(), each in a file of its own.
 */
#ifndef SIM_WORLD_WORLD_PARTS_H
#define SIM_WORLD_WORLD_PARTS_H

#include "sim/world/world.h"

struct node *world_add_node(struct world *w, const char *name);
struct port *world_add_port(struct world *w, struct node *n, const char *iface,
                            enum link_framing framing, uint32_t mtu);
uint64_t world_station_address(const char *name); /* link-layer address of a port, by its name */

/* world_net.c: routers, networks, backbone, shortest paths. */
void world_add_networks(struct world *w);
void world_add_backbone(struct world *w);
void world_add_routes(struct world *w);

/* world_agent.c: home agents; and, of a mobile node that is made, who serves it: `first` is the
 * decider of the first of them. */
struct decide_setup;
bool world_is_router(const struct world *w, const struct node_config *agent);
void world_add_agent(struct world *w, const struct node_config *how);
void world_advertise_agents(struct world *w); /* when networks advertise themselves */
void world_set_down(struct world *w, const struct node_config *how, const struct decide_setup *s,
                    struct decider *first);
void world_discover(struct world *w, const struct node_config *how, struct mobile *m, sim_time gap);
void world_move_agent(struct world *w, enum world_move what, const char *name);
void world_renumber_agents(struct world *w, const struct world_network *net, int64_t preferred_s,
                           int64_t valid_s);

/* world_host.c: correspondents, mobile nodes. */
void world_add_hosts(struct world *w);

struct iface *world_add_bearer(struct world *w, struct world_network *net, const struct node *n,
                               const char *iface); /* the router's end of one of n's interface */

/* world_share.c: phones that share the prefix of a cellular network. */
void world_add_phones(struct world *w);
void world_start_phones(struct world *w);
/* Of "hotspot-router.radio" in that network, or its first; NULL: no such thing. */
struct world_station *world_radio_of(const struct world *w, const char *text, const char *to);

/* world_home.c: a mobile node that begins without a home address; and who is told of one. */
struct protected;
void world_await_home(struct world *w, const struct node_config *how, struct node *n,
                      struct decider *down);
void world_homed(void *owner, const struct protected *who, const struct addr *home);
/* world_route.c: route optimisation of a mobile node that is made; and, when all are, which care-of
 * address correspondents send to. */
void world_optimise(struct world *w, const struct node_config *how, struct mobile *m);
void world_set_deciders(struct world *w);

struct addr world_pool(const struct world *w, const struct node_config *agent); /* its first */

/* world_ipsec.c: policies; and SAs, which observers see being made. */
void world_add_protection(struct world *w);
void world_start_protection(struct world *w);

/* world_cpu.c: processors whose work takes time. */
void world_add_processors(struct world *w);

/* world_decision.c: what decides about its flows, for decider_new(). */
void world_decide(struct world *w, const struct node_config *how, struct decide_setup *d);

/* world_roam.c: false, if the interface stays where it is attached. */
bool world_start_roaming(struct world *w, const struct node_config *how,
                         const struct interface_config *i);

/* world_outside.c: the network is carried by somebody else, if it is said so. */
void world_take_outside(const struct world *w, struct world_network *net);
struct trace_link world_outside_link(const struct world *w, const struct world_outside *o);
void world_hand_over(const struct world_station *s, unsigned cell); /* nothing, if it has left */

/* world_live.c: the live node meets the outside. */
void world_add_live(struct world *w);
void world_live_attach(struct world_station *s);
void world_live_detach(struct iface *i);
bool world_lives_behind(const struct world *w, const struct world_network *net); /* simulated */
bool world_event_lives(const struct world *w, const struct world_event *e);

/* world_move.c: interfaces attach and detach. */
struct world_station *world_station_of(const struct world *w, const char *interface,
                                       const char *network); /* NULL: its first network */
void world_attach(struct world_station *s);
void world_move_station(enum world_move what, struct world_station *s);

/* world_flow.c: traffic and events. */
void world_add_flows(struct world *w);
void world_add_events(struct world *w);
uint16_t world_flow_port(size_t flow);    /* UDP port of both ends */
sim_time world_lifetime(int64_t seconds); /* of a prefix; SIM_NEVER: for ever */
struct addr world_address(const struct world *w, const struct node_config *n);

#endif
