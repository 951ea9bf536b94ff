/*
 * scenario.h - a scenario as structs: the join of all modules' tables of keys, its reading and
 * its checking.
 */
#ifndef SIM_WORLD_SCENARIO_H
#define SIM_WORLD_SCENARIO_H

#include "models/mip6/bcache.h"
#include "models/mip6/bul.h"
#include "models/mip6/discovery.h"
#include "models/mip6/ha_list.h"
#include "models/mip6/mpa.h"
#include "models/mip6/mps.h"
#include "models/node/agent.h"
#include "models/node/correspond.h"
#include "models/node/cpu.h"
#include "models/node/decide.h"
#include "models/node/filter.h"
#include "models/node/key_config.h"
#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/node/optimise.h"
#include "models/node/policies.h"
#include "models/node/timers.h"
#include "models/node/translator.h"
#include "models/transport/flow.h"
#include "scenarios/bind.h"
#include "sim/base/key.h"
#include "sim/batch/study.h"
#include "sim/link/access.h"
#include "sim/link/p2p.h"
#include "sim/link/replay.h"
#include "sim/mobility/coverage.h"
#include "sim/world/input.h"
#include "traces/expect.h"

struct record_config {
    int packets; /* 0 all, 1 none */
    int events;  /* 0 all, 1 none */
    sim_time series;
    int pcap; /* enum trace_pcap */
    bool counters;
    bool digest;
};

/* Whose clock a run has, and whose links. */
enum scenario_engine { ENGINE_NATIVE, ENGINE_NS3 };

struct general_config {
    sim_time stop;
    int64_t seed;
    int64_t replication;
    int64_t date; /* unix seconds of simulated 0 */
    int crypto;   /* 0 real, 1 sized */
    int engine;   /* enum scenario_engine */
    struct record_config record;
};

struct input_config {
    const char *name;
    const char *file;
    struct key_list files; /* const char *: `file` is one of them, at first the first */
    sim_time skip;         /* the trace begins this late in the file */
    const char *up;        /* mahimahi: that of the other direction; NULL: there is none */
    int format;            /* enum input_format */
    sim_time interval;
    struct movement_origin origin;
};

/* A network that ns-3 makes: its devices, their attributes, where they stand. */
enum network_ns3_device { NS3_CSMA, NS3_WIFI, NS3_LTE };
enum network_ns3_handover { NS3_HANDOVER_MEASURED, NS3_HANDOVER_TOLD };

struct ns3_position {
    int64_t x; /* um, to the east */
    int64_t y; /* to the north */
};

struct network_ns3_config {
    bool given;
    int device;                   /* enum network_ns3_device */
    struct key_list attributes;   /* struct key_pair: "ns3::YansWifiPhy::TxPowerStart" */
    int standard;                 /* of Wi-Fi: a, n, ac, ax */
    int64_t channel;              /* its number, of 20 MHz at 5 GHz */
    struct ns3_position position; /* of the access point */
    struct key_list cells;        /* struct ns3_position: of LTE's base stations */
    int handover;                 /* enum network_ns3_handover */
};

extern const struct key network_ns3_keys[];

struct network_config {
    const char *name;
    struct {
        struct prefix prefix;
        struct prefix pool;
    } prefix;
    const char *shares; /* the cellular network whose prefix its router, a phone, shares */
    const char *agent;
    struct access_config access;
    struct nd_advertise_config advertise;
    struct nd_dad_config dad;
    bool ingress_filter;
    struct translator_config translator;
    struct filter_config filter;
    struct key_list coverage; /* struct disc */
    struct network_ns3_config ns3;
};

struct backbone_config {
    const char *name;
    struct key_list between; /* const char *, two networks */
    struct p2p_config link;
};

struct interface_trace_config {
    bool given;
    const char *of;
    const char *operator;
    int sets; /* enum replay_sets */
    int end;  /* enum replay_end */
};

struct interface_config {
    const char *name;
    const char *attach;
    struct key_list roams;      /* const char *, networks */
    struct key_list may_attach; /* likewise */
    struct interface_trace_config trace;
};

/* How a node moves; its interfaces attach where networks cover it. */
struct mobility_config {
    bool given;
    const char *of;
    const char *node;
    int64_t hysteresis; /* um */
};

struct path_probe_config {
    bool given;
    struct probe_config probing;
};

struct detection_config {
    int knowledge; /* 0 protocol, 1 oracle */
    bool link_layer;
    sim_time link_down;
    int nud; /* 0 rfc4861, 1 none */
    bool rs_delay;
    bool rs_early;
    int64_t ra_lost;
    bool simple_dna;
    struct path_probe_config path_probe;
};

struct mcoa_config {
    bool enabled;
    int at_home;      /* 0 complete, 1 simultaneous */
    int registration; /* enum bul_registration */
    sim_time gather;
    sim_time lifetime;
};

enum node_role { ROLE_MOBILE, ROLE_HOME_AGENT, ROLE_CORRESPONDENT };

struct node_config {
    const char *name;
    const char *profile;
    int64_t count; /* gone once the scenario is populated */
    int role;      /* enum node_role */
    const char *network;
    struct addr address;
    struct {
        const char *agent;   /* NULL: any of `network` */
        const char *network; /* NULL: that of `agent` */
        struct addr address;
        bool registers;
        bool given;
    } home;
    struct key_list interfaces; /* struct interface_config */
    struct mobility_config mobility;
    struct detection_config detection;
    struct mcoa_config mcoa;
    struct decide_config decision;
    struct agent_checks source_check;
    struct bcache_config agent;
    struct ha_advertise advertise;
    struct ipsec_config ipsec;
    struct key_config ike;
    struct key_responder responder;
    bool responder_given;
    struct cpu_config cpu;
    struct optimise_config optimise;
    struct correspondent_config correspondent;
    bool correspondent_given;
};

struct event_config {
    sim_time at;
    sim_time spread; /* likewise */
    const char *outage;
    const char *cut; /* in the backbone */
    sim_time length; /* `for` */
    const char *attach;
    const char *to;
    const char *detach;
    const char *shut;
    const char *hand_over;
    int64_t cell;
    const char *restart;
    int inject;     /* enum inject_kind */
    const char *of; /* inject: who seals */
    const char *policy;
    struct addr source;
    struct addr home;
    sim_time after;
    const char *renumber;
    sim_time preferred;
    bool has_preferred;
    sim_time valid;
    bool has_valid;
};

struct timers_config {
    struct ip_timers ip;
    struct nd_timers nd;
    struct bul_timers bul;
    struct mps_timers mps;
    struct mpa_timers mpa;
    struct discovery_timers discovery;
    struct key_timers key;
    sim_time max_delete_bce;
};

struct scenario {
    int64_t monami;
    const char *base;                /* these three are resolved when it is read: */
    const struct yaml_node *studies; /* scenarios/inherit.h */
    const char *study;
    const char *title;
    const char *text;
    struct general_config general;
    struct key_list inputs;   /* struct input_config */
    struct key_list networks; /* struct network_config */
    struct key_list backbone; /* struct backbone_config */
    const struct yaml_node *profiles;
    struct key_list nodes;  /* struct node_config */
    struct key_list flows;  /* struct flow_config */
    struct key_list events; /* struct event_config */
    struct timers_config timers;
    struct key_list expect; /* struct expect */
    struct sweep_config sweep;
    struct key_list figures; /* struct figure_config */
    /* not of the file: */
    struct node_config **node_slot; /* the nodes by a hash of their names */
    size_t node_slots;
};

extern const struct key scenario_keys[];
extern const char *const engine_words[]; /* of general.engine; NULL ends */
extern const char *const crypto_words[]; /* of general.crypto */

struct setting {
    const char *assignment; /* "path=value" */
};

/* Reads, binds and checks. Answers whether nothing was complained about; then `*s` is whole and
 * `*root` is its text as a tree. `set` are --set assignments in order. */
bool scenario_load(const char *path, const char *const *set, size_t sets, struct arena *arena,
                   struct scenario *s, struct yaml_node **root, struct complaints *c);

/* The same of a tree that has been read: `folder` is that of its file. */
bool scenario_bind(struct yaml_node *root, const char *folder, struct arena *arena,
                   struct scenario *s, struct complaints *c);
/* The same from a copy of the file at `path`: what it names is found from `path`. */
bool scenario_load_copy(const char *copy, const char *path, const char *const *set, size_t sets,
                        struct arena *arena, struct scenario *s, struct yaml_node **root,
                        struct complaints *c);

/* The same of a text in memory, which complaints call `name`; if that is a path, files are named
 * from its folder. */
bool scenario_read(const char *name, const char *text, size_t n, const char *const *set,
                   size_t sets, struct arena *arena, struct scenario *s, struct yaml_node **root,
                   struct complaints *c);

/* What no table can say: names, topology, combinations, input files. */
void scenario_check(const struct scenario *s, const struct yaml_node *root, struct arena *arena,
                    struct complaints *c);

/* The interface goes where the networks of `list` cover its node, which moves. Answers how many
 * there are: its `attach` first, then `roams`; 0: it stays where it is attached. */
size_t scenario_roams(const struct scenario *s, const struct node_config *n,
                      const struct interface_config *i, struct arena *arena,
                      const struct network_config ***list);

/* It is attached and detached as its node moves, and by nothing else. */
bool scenario_is_moved(const struct scenario *s, const struct node_config *n,
                       const struct interface_config *i);

/* The networks that the interface names: its `attach`, `roams`, `may_attach`. From 0; NULL: no
 * more. */
const char *scenario_named(const struct interface_config *i, size_t k);

/* Whom or what an event attaches, detaches or shuts; NULL: it does something else. */
const char *scenario_moved(const struct event_config *e);

/* The mobile node's interfaces in order of preference, with their BIDs. Answers how many. */
unsigned scenario_paths(const struct node_config *n, struct decide_path path[MH_BIDS]);

/* The flows whose packets its decision is asked about; without `list` they are only counted. */
size_t scenario_flows_of(const struct scenario *s, const struct node_config *n,
                         const struct flow_config **list);

struct node_config *scenario_node(const struct scenario *s, const char *name); /* NULL: none */

/* Whether that is a home agent of that mobile node: the one that it names, or one of those that it
 * can find. */
bool scenario_serves(const struct node_config *agent, const struct node_config *mobile);

/* The first home address that a home agent gives, in its network. */
struct addr scenario_pool(const struct key_responder *r, const struct prefix *network);

/* What one end of IKE signs with and trusts; files that are not named are NULL. */
struct scenario_signer {
    const char *table; /* "ike" of a mobile node, "responder" of a home agent */
    const char *key;
    const char *certificates;
    const char *trusted;
    const struct node_config *since; /* the mobile node that has `auth: signature` */
};

/* False: the node signs nothing. */
bool scenario_signs(const struct scenario *s, const struct node_config *n,
                    struct scenario_signer *out);

#define SCENARIO_FIND(list, type, name) ((type *)scenario_find(&(list), sizeof(type), (name)))
void *scenario_find(const struct key_list *list, size_t size, const char *name); /* NULL: none */

/* "car.wlan0": the node and its interface; false: no such thing. */
bool scenario_interface(const struct scenario *s, const char *text, const struct node_config **node,
                        const struct interface_config **interface);

/* "hotspot-router.radio": the network that is behind that phone; NULL: no such thing. */
#define SCENARIO_RADIO "radio"
const struct network_config *scenario_radio(const struct scenario *s, const char *text);

#endif
