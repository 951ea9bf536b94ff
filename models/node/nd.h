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
    sim_time max_rs_delay;      /* MAX_RTR_SOLICITATION_DELAY */
    sim_time rs_interval;       /* RTR_SOLICITATION_INTERVAL */
    int64_t max_rs;             /* MAX_RTR_SOLICITATIONS */
    int rs_backoff;             /* enum nd_rs_backoff */
    sim_time max_rs_interval;   /* MRT of RFC 7559 2 */
    sim_time max_ra_delay;      /* MAX_RA_DELAY_TIME */
    sim_time max_anycast_delay; /* MAX_ANYCAST_DELAY_TIME */
    sim_time min_ra_gap;        /* MIN_DELAY_BETWEEN_RAS; MinDelayBetweenRAs of RFC 6275 13 */
    sim_time retrans;           /* RETRANS_TIMER */
    sim_time reachable;         /* REACHABLE_TIME */
    sim_time first_probe;       /* DELAY_FIRST_PROBE_TIME */
    int64_t max_unicast;        /* MAX_UNICAST_SOLICIT */
    int64_t max_multicast;      /* MAX_MULTICAST_SOLICIT */
    int64_t dad_transmits;      /* DupAddrDetectTransmits */
    sim_time dad_delay;         /* upper end of the random delay of RFC 4862 5.4.2 */
    int64_t neighbour_queue;    /* packets that wait for one address resolution */
    int64_t max_na;             /* MAX_NEIGHBOR_ADVERTISEMENT: unsolicited ones of a new address */
    int64_t mld_robustness;     /* RFC 3810 9.1: how often a report is sent; 0: none is */
    sim_time mld_interval;      /* Unsolicited Report Interval, RFC 3810 9.11 */
};

/* How a host goes on soliciting where no router answers. */
enum nd_rs_backoff { RS_RFC7559, RS_RFC4861 };

extern const struct key nd_timer_keys[];

/* How a network wants its hosts to test addresses. */
struct nd_dad_config {
    int use;   /* 0 on, 1 none: DupAddrDetectTransmits is 0 there (RFC 7066 2.3) */
    int delay; /* 0 rfc4862: random delay before the first message, 1 none (RFC 6275 11.5.3) */
    bool optimistic; /* RFC 4429: used while it is tested */
    bool announce;   /* a new address is told to the routers: RFC 9131 */
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
    int preference;       /* RFC 4191: 0 medium, 1 high, 2 low */
    int64_t mtu;          /* MTU option, RFC 4861 4.6.4; 0: that of the link where it needs one */
    bool source_option;   /* Source Link-Layer Address option; a home agent always sends it */
};

/* What a home agent advertises of itself, beside H: RFC 6275 7.4. */
struct nd_home_agent {
    uint16_t preference;
    uint16_t lifetime_s; /* 0: that of the router */
    bool not_default;    /* the link has another router: Router Lifetime is 0 */
};

extern const struct key nd_dad_keys[];
extern const struct key nd_advertise_keys[];

/* How a host's interface behaves. */
struct nd_host_config {
    bool link_layer;    /* the link layer tells when a link is lost or made */
    sim_time link_down; /* how long after the loss it tells */
    bool nud;           /* neighbour unreachability detection */
    bool rs_delay;      /* random delay before the first solicitation: RFC 4861 6.3.7 */
    bool rs_early;      /* the first one from :: while the link-local address is tested */
    int64_t ra_lost;    /* silent Advertisement Intervals that make a router suspect; 0: never */
    bool simple_dna;    /* RFC 6059: a known link is recognised by its router's answer */
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
    ND_BUCKETS = 8, /* at first; doubled as neighbours come */
    ND_ADDRESSES = 8,
    ND_ROUTERS = 4,
    ND_ON_LINK = 8,
    ND_ADV_PREFIXES = ND_PREFIXES,
    ND_SOLICITORS = 8, /* that wait for a unicast answer; one more is answered by multicast */
    ND_PROXIES = 256,
    ND_REDIRECTS = 16,
    ND_KNOWN = 6 /* routers of former links: RFC 6059 5.5.3 */
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

enum address_state {
    ADDRESS_NONE,
    ADDRESS_TENTATIVE,
    ADDRESS_OPTIMISTIC, /* tested and used at once: RFC 4429 */
    ADDRESS_PREFERRED,
    ADDRESS_DEPRECATED,
};

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
    int64_t announced; /* unsolicited NAs sent */
    struct sim_timer announce;
};

/* A default router: RFC 4861 5.1. */
struct nd_router {
    struct addr addr;   /* link-local; :: marks a free place */
    struct addr global; /* with the R bit: RFC 6275 7.2; or :: */
    eth_addr station;
    bool home_agent;      /* H: RFC 6275 7.1 */
    bool restored;        /* by RFC 6059, and no advertisement came since */
    struct prefix prefix; /* last advertised for autoconfiguration */
    uint8_t preference;   /* enum nd_preference */
    sim_time until;
    struct sim_timer timer;
    struct sim_timer silence; /* no advertisement for so long: RFC 6275 11.5.1 */
    struct iface *iface;
};

/* "Go by `target` from `src` to `dst`": RFC 4861 8.3, RFC 8028 3.4. */
struct nd_redirect {
    struct addr src; /* :: marks a free place */
    struct addr dst;
    struct addr target;
};

/* A link where the interface was, by its router: RFC 6059 4. */
struct nd_known {
    struct nd_router router; /* addr ::: a free place */
    struct addr addr;        /* that it had there */
    sim_time preferred_until;
    sim_time valid_until;
    sim_time left;
};

/* Groups whose reports are still to be repeated: RFC 3810 6.1. */
struct nd_groups {
    struct {
        struct addr group;
        int64_t left;
        bool joins;
    } pending[ND_ADDRESSES];
    struct sim_timer timer;
};

struct nd_on_link {
    struct prefix prefix;
    sim_time until;
};

/* A host that a unicast answer is due to. */
struct nd_solicitor {
    struct addr addr; /* :: marks a free place */
    struct iface *iface;
    struct sim_timer due;
};

/* A prefix that is advertised, and for how long at most. */
struct nd_offer {
    struct prefix prefix;
    sim_time preferred_until; /* SIM_NEVER: as configured */
    sim_time valid_until;     /* 0: it is withdrawn */
};

struct nd_advertiser {
    const struct nd_advertise_config *how;
    struct nd_offer offer[ND_ADV_PREFIXES];
    unsigned offers;
    bool leads_out; /* else its router lifetime is 0: RFC 7084 G-4 */
    bool on_link;   /* L flag; off on cellular bearers: RFC 6459 5.2 */
    bool home_agent;
    struct nd_home_agent as_agent;
    sim_time last_multicast; /* -1: never */
    int64_t sent;            /* multicast ones, for the initial interval */
    struct sim_timer timer;
    struct nd_solicitor solicitor[ND_SOLICITORS];
    struct rng rng;
};

/* An address that a home agent answers for. */
struct nd_proxy {
    struct addr addr;
    bool anycast; /* others answer for it, too */
    struct nd_proxy *next;
};

struct bearer;
struct share;
struct nd_anycast;

struct nd_iface {
    /* what each packet asks for */
    bool is_host;  /* solicits routers and configures itself */
    bool disabled; /* its link-local address is somebody else's: no IP, RFC 4862 5.4.5 */
    sim_time reachable;
    sim_time reachable_drawn;  /* when: it is drawn anew every few hours, RFC 4861 6.3.2 */
    struct neighbour **bucket; /* of the neighbour cache, by address */
    size_t buckets;
    size_t neighbours;
    unsigned redirects; /* there are */
    unsigned routers;   /* default routers known */
    unsigned on_links;  /* places of on_link ever used */
    /* and the rest */
    const struct nd_timers *timers;
    struct nd_host_config host;
    struct nd_dad_config dad_how;
    sim_time retrans; /* in force: RFC 4861 6.3.2 */
    sim_time reachable_base;
    struct neighbour *spare;
    struct nd_address address[ND_ADDRESSES];
    struct nd_router router[ND_ROUTERS];
    struct nd_on_link on_link[ND_ON_LINK];
    struct nd_redirect redirect[ND_REDIRECTS];
    unsigned next_redirect; /* the place that is taken next */
    struct nd_known known[ND_KNOWN];
    struct nd_groups groups;
    struct nd_dad *dads;       /* running */
    struct nd_proxy **proxies; /* ND_PROXIES lists by the low 24 bits; NULL: never one */
    struct nd_proxy *spare_proxy;
    size_t proxied;
    struct nd_anycast *anycast;       /* answers that wait; NULL: never one */
    struct nd_advertiser *advertiser; /* NULL: does not advertise */
    struct sim_timer solicit;
    int64_t solicited;
    sim_time rs_interval; /* of the next repetition */
    struct sim_timer down_seen;
    void *was_via;         /* the link it was on when it went */
    struct bearer *bearer; /* a gateway's end of a cellular link; NULL: not one */
    struct share *share;   /* of a phone that shares its prefix (share.h); NULL: not one */
    bool asks_first;       /* for routers, before it has a link-local address */
    bool link_local_waits; /* until it is known whether this is the home link */
    bool spoke;            /* something was sent since the interface came up: RFC 4862 5.4.2 */
    bool waited;           /* a random delay was drawn since then: RFC 4861 6.3.7 */
    struct rng rng;
};

void nd_init(struct iface *i, const struct nd_timers *timers, const struct nd_dad_config *dad);
void nd_be_host(struct iface *i, const struct nd_host_config *how);

/* Its link-local address turned out to be somebody else's: RFC 4862 5.4.5. */
void nd_disable(struct iface *i);

/* The link-local address waited for an advertisement. `known`: the link holds it for this node, so
 * that no test is made. */
void nd_settle_link_local(struct iface *i, bool known);

/* The link of the interface came or went, at this instant. */
void nd_link_changed(struct iface *i, bool up);

/* An ICMPv6 message of types 133 to 137 that arrived on i: takes p, which starts at its IPv6
 * header `h`; the message stands at `at`. */
void nd_in(struct iface *i, struct pkt *p, const struct ip6 *h, size_t at);

/* Builds an ND message and sends it to `dst` on i; a unicast goes to `station` if that is not 0. */
void nd_send(struct iface *i, const struct addr *src, const struct addr *dst, eth_addr station,
             const struct nd_message *m);

/* Sends NAs: an answer to a solicitation, or unsolicited (`solicited` false, to a group). */
void nd_send_na(struct iface *i, const struct addr *target, const struct addr *dst, bool solicited,
                bool override);

/* How long a confirmation lasts, drawn anew every few hours: RFC 4861 6.3.2. */
sim_time nd_reachable_time(struct iface *i);

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
/* A preferred global address, else an optimistic, else a deprecated one; NULL without any. */
const struct nd_address *address_global(const struct iface *i);
const struct addr *address_link_local(const struct iface *i); /* NULL while tentative, optimistic */
/* As above, or an optimistic one: for what RFC 4429 3.2 lets it send. */
const struct addr *address_link_local_any(const struct iface *i);
bool address_usable(const struct nd_address *a); /* optimistic, preferred or deprecated */
/* An address that the link is known to hold for this node: in use at once (RFC 6059 5.8). */
void address_restore(struct iface *i, const struct addr *a, const struct prefix *prefix,
                     sim_time preferred_until, sim_time valid_until);

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

void solicit_suspect(struct iface *i, const struct addr *a); /* a sign that it may be gone */
/* A router as it was known, in force again; NULL: no place. */
struct nd_router *solicit_restore(struct iface *i, const struct nd_router *known);

/* ---- redirect.c */

/* `p`, from a neighbour on i, goes out there again by `r`: tell the neighbour. RFC 4861 8.2. */
void redirect_send(struct iface *i, const struct pkt *p, const struct ip6 *h,
                   const struct route *r);
/* RFC 4861 8.1, 8.3: obeyed only if it comes from the present first hop. */
void redirect_in(struct iface *i, const struct ip6 *h, const struct nd_message *m);
bool redirect_find(const struct iface *i, const struct addr *src, const struct addr *dst,
                   struct addr *next_hop);
void redirect_forget(struct iface *i, const struct addr *target); /* NULL: all */

/* ---- groups.c: multicast listener reports, RFC 3810 */

void groups_join(struct iface *i, const struct addr *group);
void groups_leave(struct iface *i, const struct addr *group);
void groups_forget(struct iface *i); /* the interface went down */

/* ---- dna.c: recognising a link, RFC 6059 */

void dna_remember(struct iface *i); /* the link is lost */
void dna_ask(struct iface *i);      /* a link is there: is it one of those known? */
void dna_answered(struct iface *i, const struct nd_message *na);
void dna_advertised(struct iface *i, const struct addr *router, const struct nd_message *ra);

/* ---- advertise.c: the router's side */

void advertise_start(struct iface *i, const struct nd_advertise_config *how,
                     const struct prefix *prefix, bool on_link, bool home_agent);
/* Of one that advertises itself as a home agent. */
void advertise_as_agent(struct iface *i, const struct nd_home_agent *how);
/* Whether it is one, from now on. Answers when its link is told: as soon as the least gap between
 * two multicast advertisements lets it, RFC 4861 6.2.6. */
sim_time advertise_service(struct iface *i, bool home_agent);
void advertise_stop(struct iface *i);
/* Other lifetimes of its prefix from now on, in seconds: RFC 4861 6.2.4. */
void advertise_renumber(struct iface *i, uint32_t preferred_s, uint32_t valid_s);
/* These prefixes from now on, and whether it is a default router; where that is another than before
 * it is told at once: RFC 7084 G-5, L-13. `how` bounds the lifetimes. */
void advertise_offer(struct iface *i, const struct nd_advertise_config *how,
                     const struct nd_offer *offer, unsigned n, bool leads_out);
/* What i, which advertises, would say now. */
void advertise_describe(const struct iface *i, struct nd_message *ra);
/* What an advertisement says of its prefixes. Answers how many. */
unsigned advertise_prefixes(const struct iface *i, struct nd_prefix prefix[ND_PREFIXES]);
void advertise_solicited(struct iface *i, const struct ip6 *h, const struct nd_message *rs);

/* ---- nd_listen.c: groups and proxies */

/* Is the node a member of that link-scope group on i? */
bool nd_listens(const struct iface *i, const struct addr *group);
/* The same of a group's link-layer address (RFC 2464 7), as a network card filters: a group that
 * shares it is heard, too. */
bool nd_hears(const struct iface *i, eth_addr group);
/* After a change of what it listens to: the network card's filter follows. */
void nd_filter(struct iface *i);

void nd_proxy_add(struct iface *i, const struct addr *a);
void nd_proxy_remove(struct iface *i, const struct addr *a);
bool nd_proxies(const struct iface *i, const struct addr *a);
/* An anycast address, RFC 4861 7.2.7: nd_proxy_remove() ends that, too. */
void nd_anycast_add(struct iface *i, const struct addr *a);
bool nd_is_anycast(const struct iface *i, const struct addr *a);

/* ---- nd_anycast.c */

/* Answers within MAX_ANYCAST_DELAY_TIME, at random. */
void nd_answer_anycast(struct iface *i, const struct addr *target, const struct addr *solicitor);

#endif
