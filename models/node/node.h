/*
 * node.h - a node and its interfaces: what the protocols of one IPv6 host or router share.
 *
 * A node owns its interfaces, addresses, neighbours and routes; all of it lives in the run's
 * arena.  Everything it sends goes through path_out(), everything it gets through path_in()
 * (path.h).  Protocol machines never see this struct: models/node does what they answer.
 */
#ifndef MODELS_NODE_NODE_H
#define MODELS_NODE_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/names.h"
#include "models/node/pmtu.h"
#include "models/node/route.h"
#include "models/node/timers.h"
#include "models/transport/udp_ports.h"
#include "models/wire/ip6.h"
#include "sim/base/pkt.h"
#include "sim/base/rng.h"
#include "sim/core/sim.h"
#include "sim/core/tap.h"
#include "sim/link/link.h"

struct agent;
struct correspond;
struct cpu;
struct fragments;
struct icmp6_echo;
struct iface;
struct injection;
struct key_exchange;
struct mobile;
struct nd_iface;
struct protection;
struct sa;
struct services;
struct translator;

/* Errors leave through a token bucket, RFC 4443 2.4 f. */
struct icmp_bucket {
    int64_t tokens_ns; /* filled by time: one error costs `1 s / rate` of it */
    sim_time filled;
    bool used;
};

/* What each packet touches is one cache line, the first. */
struct node {
    struct sim *sim;
    struct pool *packets;
    struct routes *routes;
    struct mobile *mobile;         /* NULL: not a mobile node */
    struct agent *agent;           /* NULL: not a home agent */
    struct protection *protection; /* its IPsec; NULL: none */
    struct key_exchange *keys;     /* its IKE; NULL: none */
    struct translator *translator; /* NULL: none */
    struct correspond *correspond; /* NULL: it takes no part in route optimisation */
    struct iface *arrival; /* where the packet that is being worked on came in; NULL: made here */
    struct sa *opened;     /* that protected it; NULL: none */
    uint32_t index;        /* as the taps name it */
    bool forwards;         /* a router */
    bool from_tunnel;      /* it came out of one */
    const char *name;
    struct udp_ports ports;
    struct iface **iface; /* in order of making */
    unsigned ifaces;
    unsigned iface_room;
    struct arena *arena;
    const struct rng_seed *seed;
    const struct ip_timers *timers; /* of the run; borrowed */
    struct addr own;                /* a router's address where an interface has none */
    struct icmp_bucket errors;
    struct pmtu pmtu;
    struct fragments *fragments;  /* NULL: none came or left yet */
    struct injection *injections; /* that a scenario asked for; NULL: none */
    struct injection *injected;   /* what the packet that is being sealed is to suffer */
    struct addr outer_src;        /* of the tunnel that the packet being worked on came out of */
    struct addr outer_dst;
    uint16_t udp_src; /* ports of the UDP that the ESP in work came in; 0: in none */
    uint16_t udp_dst;
    struct cpu *cpu;           /* its processor; NULL: work takes no time */
    struct services *services; /* packets that are in it (service.h); NULL without */
    /* Who knows which request of a flow an echo reply without a mark answers: it came from outside
     * of the simulation. NULL: nobody. */
    void (*claim)(void *owner, struct node *n, struct pkt *p, const struct ip6 *h,
                  const struct icmp6_echo *e);
    void *claim_owner;
};

struct iface {
    struct node *node;
    const char *name; /* "wlan0" */
    unsigned index;   /* in the node */
    struct port *port;
    uint64_t identifier; /* of its addresses: modified EUI-64, or given by the network */
    bool up;             /* as the node knows it */
    bool ingress_filter; /* forwards only from sources of this very link: RFC 2827 */
    bool inside;         /* the node's translator hides the hosts there */
    const struct filter_config *filter; /* of what is forwarded to and from it; NULL: none */
    uint8_t hop_limit;                  /* of packets that start here */
    uint32_t mtu;        /* bytes: the link's, or less if its router says so (RFC 4861 6.3.4) */
    uint64_t heard;      /* link-layer source of the frame that is being read */
    struct nd_iface *nd; /* NULL: a link between routers, without neighbour discovery */
};

/* What all nodes of a run share. */
struct node_shared {
    struct arena *arena;
    struct sim *sim;
    struct pool *packets;
    const struct rng_seed *seed;
    const struct ip_timers *timers;
};

struct node *node_new(const struct node_shared *shared, const char *name, uint32_t index);

/* An interface on `port`; what arrives there goes to path_in(). */
struct iface *node_add_iface(struct node *n, const char *name, struct port *port);
struct iface *node_find_iface(const struct node *n, const char *name); /* NULL: none */

/* A random stream of this node: "<node>.<what>". */
struct rng node_stream(const struct node *n, const char *what);

/* An address as the node's own, reachable through any of its interfaces; and no longer. */
void node_own(struct node *n, struct iface *at, const struct addr *a);
void node_disown(struct node *n, const struct addr *a);
const struct route *node_owns(const struct node *n, const struct addr *a); /* NULL: not ours */

/* Gives p back: counted, observed, and the death of its flow's packet. */
void node_drop(struct node *n, enum node_reason reason, struct pkt *p);

/* Fields of an event, for NODE_EVENT(). */
struct tap_field field_int(const char *key, int64_t value);
struct tap_field field_time(const char *key, sim_time value);
struct tap_field field_addr(const char *key, const struct addr *a);
struct tap_field field_text(const char *key, const char *text); /* lives as long as the run */

#define NODE_EVENT(n, name, ...)                                                            \
    do {                                                                                    \
        const struct tap_field fields_[] = {__VA_ARGS__};                                   \
        tap_event((n)->sim, (n)->index, (name), fields_, sizeof fields_ / sizeof *fields_); \
    } while (0)

#endif
