/*
 * nd.h - neighbour discovery and autoconfiguration on one interface (RFC 4861, RFC 4862):
 * neighbours and their reachability, addresses and duplicate address detection, soliciting
 * and advertising routers, proxies of a home agent (RFC 6275 10.4.1).
 *
 * All state is per interface (RFC 4861 5.2).  Time constants are those of the RFCs and can
 * be set in the scenario under `timers`.
 */
#ifndef MODELS_NODE_ND_H
#define MODELS_NODE_ND_H

#include <stdbool.h>
#include <stdint.h>

#include "models/node/node.h"
#include "models/wire/icmp6.h"
#include "sim/base/key.h"

/* RFC 4861 10, RFC 4862 5.1; one set for all nodes of a run. */
struct nd_timers {
    sim_time max_rs_delay;   /* MAX_RTR_SOLICITATION_DELAY */
    sim_time rs_interval;    /* RTR_SOLICITATION_INTERVAL */
    int64_t max_rs;          /* MAX_RTR_SOLICITATIONS */
    sim_time max_ra_delay;   /* MAX_RA_DELAY_TIME */
    sim_time min_ra_gap;     /* MIN_DELAY_BETWEEN_RAS; MinDelayBetweenRAs of RFC 6275 13 */
    sim_time retrans;        /* RETRANS_TIMER */
    sim_time reachable;      /* REACHABLE_TIME */
    sim_time first_probe;    /* DELAY_FIRST_PROBE_TIME */
    int64_t max_unicast;     /* MAX_UNICAST_SOLICIT */
    int64_t max_multicast;   /* MAX_MULTICAST_SOLICIT */
    int64_t dad_transmits;   /* DupAddrDetectTransmits */
    sim_time dad_delay;      /* upper end of the random delay of RFC 4862 5.4.2 */
    int64_t neighbour_queue; /* packets that wait for one address resolution */
};

extern const struct key nd_timer_keys[];

/* How a network wants its hosts to test addresses. */
struct nd_dad_config {
    int use;   /* 0 on, 1 none: DupAddrDetectTransmits is 0 there (RFC 7066 2.3) */
    int delay; /* 0 rfc4862: random delay before the first message, 1 none (RFC 6275 11.5.3) */
};

/* What a router advertises: RFC 4861 6.2.1, RFC 6275 7. */
struct nd_advertise_config {
    sim_time max;
    sim_time min;         /* 0: 0.33 max, or 0.75 max below 9 s */
    int64_t lifetime;     /* AdvDefaultLifetime, s; 0: 3 max */
    int64_t valid;        /* AdvValidLifetime, s */
    int64_t preferred;    /* AdvPreferredLifetime, s */
    int solicited;        /* 0 multicast, 1 unicast: the answer to a solicitation */
    bool interval_option; /* Advertisement Interval, RFC 6275 7.3 */
};

extern const struct key nd_dad_keys[];
extern const struct key nd_advertise_keys[];

/* How a host's interface behaves. */
struct nd_host_config {
    bool link_layer;    /* the link layer tells when a link is lost or made */
    sim_time link_down; /* how long after the loss it tells */
    bool nud;           /* neighbour unreachability detection */
    bool rs_delay;      /* random delay before the first solicitation: RFC 4861 6.3.7 */
};

enum neighbour_state {
    NEIGHBOUR_INCOMPLETE,
    NEIGHBOUR_REACHABLE,
    NEIGHBOUR_STALE,
    NEIGHBOUR_DELAY,
    NEIGHBOUR_PROBE,
};

enum {
    ND_QUEUE = 8,
    ND_BUCKETS = 64,
    ND_ADDRESSES = 8,
    ND_ROUTERS = 4,
    ND_ON_LINK = 8,
    ND_ADV_PREFIXES = 2
};

struct neighbour {
    struct addr addr;
    eth_addr station;
    enum neighbour_state state;
    bool is_router;
    struct iface *iface;
    sim_time confirmed; /* when it was last known to be reachable */
    struct sim_timer timer;
    int64_t probes; /* solicitations sent in this state */
    struct pkt *queue[ND_QUEUE];
    unsigned queued;
    struct neighbour *next; /* of its bucket */
};

/* One test of uniqueness: RFC 4862 5.4. Embedded in whoever wants to know. */
struct nd_dad {
    struct iface *iface;
    struct addr target;
    int64_t sent;
    bool running;
    struct sim_timer timer;
    void *owner;
    void (*done)(void *owner, bool unique);
    struct nd_dad *next;
};

enum address_state { ADDRESS_NONE, ADDRESS_TENTATIVE, ADDRESS_PREFERRED, ADDRESS_DEPRECATED };

struct nd_address {
    struct addr addr;
    enum address_state state;
    struct iface *iface;
    struct prefix prefix;     /* it was made from */
    sim_time preferred_until; /* SIM_NEVER: for ever */
    sim_time valid_until;
    bool multicast_ra; /* made from an advertisement sent to a group: RFC 4862 5.4.2 */
    unsigned tries;    /* identifiers that turned out to be taken */
    struct nd_dad dad;
    struct sim_timer lifetime;
};

/* A default router: RFC 4861 5.1. */
struct nd_router {
    struct addr addr;   /* link-local; :: marks a free place */
    struct addr global; /* with the R bit: RFC 6275 7.2; or :: */
    eth_addr station;
    bool home_agent;      /* H: RFC 6275 7.1 */
    struct prefix prefix; /* last advertised for autoconfiguration */
    sim_time until;
    struct sim_timer timer;
    struct iface *iface;
};

struct nd_on_link {
    struct prefix prefix;
    sim_time until;
};

struct nd_advertiser {
    const struct nd_advertise_config *how;
    struct prefix prefix[ND_ADV_PREFIXES];
    unsigned prefixes;
    bool on_link; /* L flag; off on cellular bearers: RFC 6459 5.2 */
    bool home_agent;
    sim_time last_multicast; /* -1: never */
    int64_t sent;            /* multicast ones, for the initial interval */
    struct sim_timer timer;
    struct addr solicitor; /* a unicast answer is due to it */
    struct sim_timer answer;
    struct rng rng;
};

/* An address that a home agent answers for. */
struct nd_proxy {
    struct addr addr;
    struct nd_proxy *next;
};

struct bearer;

struct nd_iface {
    const struct nd_timers *timers;
    struct nd_host_config host;
    struct nd_dad_config dad_how;
    bool is_host;     /* solicits routers and configures itself */
    sim_time retrans; /* in force: RFC 4861 6.3.2 */
    sim_time reachable_base;
    sim_time reachable;
    struct neighbour *bucket[ND_BUCKETS];
    struct neighbour *spare;
    struct nd_address address[ND_ADDRESSES];
    struct nd_router router[ND_ROUTERS];
    struct nd_on_link on_link[ND_ON_LINK];
    struct nd_dad *dads; /* running */
    struct nd_proxy *proxies;
    struct nd_advertiser *advertiser; /* NULL: does not advertise */
    struct sim_timer solicit;
    int64_t solicited;
    struct sim_timer down_seen;
    void *was_via;         /* the link it was on when it went */
    struct bearer *bearer; /* a gateway's end of a cellular link; NULL: not one */
    bool spoke;            /* something was sent since the interface came up: RFC 4862 5.4.2 */
    bool waited;           /* a random delay was drawn since then: RFC 4861 6.3.7 */
    struct rng rng;
};

void nd_init(struct iface *i, const struct nd_timers *timers, const struct nd_dad_config *dad);
void nd_be_host(struct iface *i, const struct nd_host_config *how);

/* The link of the interface came or went, at this instant. */
void nd_link_changed(struct iface *i, bool up);

/* An ICMPv6 message of types 133 to 137 that arrived on i: takes p, which starts at its IPv6
 * header `h`; the message stands at `at`. */
void nd_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at);

/* Is the node a member of that link-scope group on i? */
bool nd_listens(const struct iface *i, const struct addr *group);

/* Builds an ND message and sends it to `dst` on i; a unicast goes to `station` if that is not 0. */
void nd_send(struct iface *i, const struct addr *src, const struct addr *dst, eth_addr station,
             const struct nd_message *m);

/* Sends NAs: an answer to a solicitation, or unsolicited (`solicited` false, to all nodes). */
void nd_send_na(struct iface *i, const struct addr *target, const struct addr *dst, bool solicited,
                bool override);

/* ---- neighbour.c */

/* Frame p and send it to the neighbour, resolving its address first if need be: takes p. */
void neighbour_send(struct iface *i, const struct addr *next_hop, struct pkt *p);
/* An address option of RS, RA, NS, Redirect: RFC 4861 7.2.3, appendix C. */
void neighbour_learn(struct iface *i, const struct addr *a, eth_addr station, bool is_router);
void neighbour_advertised(struct iface *i, const struct nd_message *na);
/* Something that only a reachable neighbour can have caused: RFC 4861 7.3.1. */
void neighbour_confirm(struct iface *i, const struct addr *a);
/* Test it now: a hint that it may be gone. RFC 6275 11.5.1. */
void neighbour_suspect(struct iface *i, const struct addr *a);
void neighbour_flush(struct iface *i);   /* the interface went down */
void neighbour_release(struct iface *i); /* the run is over: queued packets go back unseen */
struct neighbour *neighbour_find(const struct iface *i, const struct addr *a);

/* ---- address.c */

void dad_start(struct nd_dad *d, struct iface *i, const struct addr *target, bool random_delay,
               void *owner, void (*done)(void *owner, bool unique));
void dad_stop(struct nd_dad *d);
/* Somebody else uses or tests `target`. Answers whether a test was running. */
bool dad_conflict(struct iface *i, const struct addr *target);

/* An address in use for the whole run, without a test: routers and fixed hosts. */
void address_fix(struct iface *i, const struct addr *a, uint8_t prefix_len);
void address_configure(struct iface *i, const struct addr *a, const struct prefix *prefix,
                       sim_time preferred_until, sim_time valid_until, bool multicast_ra);
void address_remove(struct nd_address *a, const char *why);
void address_remove_all(struct iface *i, const char *why);
struct nd_address *address_find(struct iface *i, const struct addr *a);
const struct nd_address *address_of_prefix(const struct iface *i, const struct prefix *p);
/* A preferred global address, deprecated if there is none; NULL without either. */
const struct nd_address *address_global(const struct iface *i);
const struct addr *address_link_local(const struct iface *i); /* NULL while tentative */

/* ---- solicit.c: the host's side */

void solicit_start(struct iface *i);
void solicit_stop(struct iface *i);
void solicit_advertised(struct iface *i, const struct ip6 *h, const struct nd_message *ra);
/* The neighbour `a` is gone; if it is a default router it is one no longer. */
void solicit_router_lost(struct iface *i, const struct addr *a, const char *why);
void solicit_forget(struct iface *i); /* routers and prefixes: the interface went down */
const struct nd_router *solicit_router(const struct iface *i,
                                       const struct addr *src); /* NULL: none */
/* A default router and an on-link prefix for the whole run: fixed hosts. */
void solicit_fix(struct iface *i, const struct addr *router, const struct prefix *prefix);
/* Where a packet from `src` to `dst` goes on i: RFC 4861 5.2. False: nowhere. */
bool solicit_next_hop(const struct iface *i, const struct addr *src, const struct addr *dst,
                      struct addr *next_hop);

/* ---- advertise.c: the router's side */

void advertise_start(struct iface *i, const struct nd_advertise_config *how,
                     const struct prefix *prefix, bool on_link, bool home_agent);
void advertise_stop(struct iface *i);
void advertise_solicited(struct iface *i, const struct ip6 *h, const struct nd_message *rs);

/* ---- nd.c: proxies */

void nd_proxy_add(struct iface *i, const struct addr *a);
void nd_proxy_remove(struct iface *i, const struct addr *a);
bool nd_proxies(const struct iface *i, const struct addr *a);

#endif
