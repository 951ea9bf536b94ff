/*
 * bcache.h - a home agent's Binding Cache (RFC 6275 9.1, 10.3) with several care-of addresses
 * a home address (RFC 5648 6), as a machine without hands.
 *
 * A Binding Update comes in with what must be known of its packet (arrival.h); out come acts:
 * test the home address on the home link, acknowledge, proxy, and what became of bindings.
 * Entries are found by home address in a hash table; their memory comes from the run's arena.
 *
 *     (none)   --BU, valid-->         TESTING   start duplicate address detection
 *     TESTING  --unique-->            BOUND     every BU that waited is now worked on, in order
 *     TESTING  --taken-->             (none)    every BU that waited is refused with 134 (133)
 *     BOUND    --BU-->                BOUND     bindings made, moved, refreshed, deleted
 *     BOUND    --last binding gone--> FADING    kept 10 s so that an older BU is refused (135)
 *     FADING   --BU-->                TESTING   --time--> (none)
 *
 * Of a node that is at home and abroad at once, the home binding is the one whose care-of address
 * is the home address (RFC 5648 5.6).
 *
 * A correspondent's cache (correspondent.h) is one that does not serve: its entries are bound
 * without a test, and it intercepts nothing.
 */
#ifndef MODELS_MIP6_BCACHE_H
#define MODELS_MIP6_BCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/mip6/arrival.h"
#include "models/mip6/flowbind.h"
#include "models/wire/mh.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/base/units.h"

enum bcache_source_check { SOURCE_ANY_BINDING, SOURCE_PRIMARY_ONLY, SOURCE_OFF };

/* A node at home and abroad at once (RFC 5648 5.6, 6.3): refused with 169; both answer for the
 * home address on the home link (status 0); only the home agent does (status 5). */
enum bcache_simultaneous { HOME_REFUSED, HOME_NDP, HOME_NO_NDP };

/* What a BID option without H does to the home binding: RFC 5648 5.6.5 to the letter, it ends it,
 * whichever BID it names; or only that of the home binding itself does. */
enum bcache_h_policy { H_LITERAL, H_IGNORE_FOREIGN };

struct bcache_config {
    bool serves;           /* false: not a home agent, every home registration is refused (131) */
    struct prefix home;    /* the prefix of the home link */
    sim_time valid;        /* lifetimes of that prefix as it is advertised; SIM_NEVER: for ever */
    sim_time preferred;    /* shorter than a binding's: status 1, RFC 6275 10.3.1 */
    sim_time max_lifetime; /* granted at most */
    int refuse;            /* 0, or 1 to 3: everything, with 128, 129, 130 */
    int64_t max_homes;     /* home addresses with bindings at once; more get 130; 0: no limit */
    int64_t max_bids;      /* of one home address; more get 130 */
    int mcoa;              /* 0 accept; 1 unknown: a plain RFC 6275 agent; 2 prohibited (166) */
    bool bulk;             /* several BIDs in one BU are accepted; else 168 */
    bool bulk_new_coa;     /* also with care-of addresses never seen before; else 168 */
    int simultaneous;      /* enum bcache_simultaneous */
    int h_policy;          /* enum bcache_h_policy */
    sim_time advice;       /* Binding Refresh Advice in a BA, RFC 6275 6.2.4; 0: none */
    sim_time ask_before;   /* a BRR so long before a binding ends, RFC 5648 6.4; 0: none */
    sim_time ask_again;    /* and again after so long, until a BU comes; 0: once */
    sim_time idle;         /* not for a binding that was not used for so long; 0: for any */
    bool moves_keys;       /* K is answered: key management follows a movement, RFC 6275 10.3.1 */
    sim_time delete_time;  /* MAX_DELETE_BCE_TIMEOUT, RFC 6275 12 */
};

extern const struct key bcache_keys[]; /* all but serves, home, valid, preferred */

enum { BCACHE_WAITING = 8 };

/* What a correspondent keeps of a binding beside that. */
struct binding_peer {
    sim_time used;           /* data last went to it, or came from it; -1: never */
    sim_time unreachable_at; /* the last error about it that counted */
    uint16_t home_nonce;     /* of the BU that made it: RFC 6275 9.5.3 */
    uint16_t care_of_nonce;
    uint16_t unreachable; /* errors in a row */
};

struct binding {
    uint16_t bid; /* 0: registered without a Binding Identifier */
    struct addr coa;
    uint8_t priority; /* BID-PRI, RFC 6089 4.1 */
    sim_time until;
    sim_time ask_at;   /* a BRR is due; SIM_NEVER: none, or it has left */
    sim_time verified; /* last packet or BU from it: RFC 5648 3 */
    bool suspended;    /* known to be dead, by probes or an oracle; set by the owner */
    bool home; /* the home binding: the node is on the home link, `coa` is its home address */
    bool ndp;  /* of a home binding: the node answers for its home address itself */
    uint64_t station; /* of a home binding: the node's link-layer address; 0: not told */
    struct binding_peer peer;
};

enum bcache_state { BCACHE_NONE, BCACHE_TESTING, BCACHE_BOUND, BCACHE_FADING };

/* A BU that waits for the test of its home address. */
struct bcache_waiting {
    struct arrival arrival;
    struct mh bu;
};

/* What each packet of data asks for stands first. */
struct bcache_entry {
    struct addr home;
    struct bcache_entry *next; /* of its bucket */
    void *visitor;             /* the owner's own */
    enum bcache_state state;
    unsigned bindings;
    uint16_t sequence; /* last accepted; one counter for all BIDs: RFC 5648 4.1 */
    bool has_sequence;
    bool link_local; /* L of the BU that made it */
    bool proxied;    /* the home agent answers for it */
    unsigned waits;
    struct bcache_waiting *waiting; /* BCACHE_WAITING of them; NULL: none ever did */
    struct binding binding[MH_BIDS];
    sim_time fades;
    struct bcache_entry *newer; /* in order of making */
};

enum bcache_kind {
    BCACHE_SEND,     /* send `ba` to `dst`; with a type 2 routing header to `home` if `rh2`; on the
                        home link to `station` if that is not 0 */
    BCACHE_ASK,      /* send `ba`, a BRR, to the home address: it is tunnelled like data */
    BCACHE_TEST,     /* start duplicate address detection for `home` on the home link */
    BCACHE_PROXY_ON, /* `home` is intercepted from now on: RFC 6275 10.4.1 */
    BCACHE_PROXY_OFF,
    BCACHE_MADE, /* a binding: `bid`, `coa` */
    BCACHE_MOVED,
    BCACHE_REFRESHED,
    BCACHE_ENDED, /* `text` says how */
};

struct bcache_act {
    enum bcache_kind kind;
    struct addr home;
    struct mh ba;
    struct addr dst;
    bool rh2;
    uint64_t station;
    uint16_t bid;
    struct addr coa;
    const char *text;
};

enum { BCACHE_ACTS = 5 * MH_BIDS + BCACHE_WAITING + 4 };

struct bcache_acts {
    struct bcache_act act[BCACHE_ACTS];
    unsigned n;
};

struct bcache {
    struct bcache_config how;
    struct arena *arena;
    struct bcache_entry **bucket;
    size_t buckets;
    size_t entries;
    int64_t homes;              /* bound, or being tested */
    struct bcache_entry *first; /* in order of making */
    struct bcache_entry **last;
    sim_time next; /* no lifetime ends before; SIM_NEVER: none runs */
};

extern const char *const bcache_source_words[];

void bcache_init(struct bcache *b, const struct bcache_config *how, struct arena *arena);

/* A home registration or deregistration; MH read without fault. Answers whether it was taken. */
bool bcache_update(struct bcache *b, const struct arrival *a, const struct mh *bu, sim_time now,
                   struct bcache_acts *acts);

/* Everything is forgotten, as by a restart. Call until it answers false. */
bool bcache_forget(struct bcache *b, struct bcache_acts *acts);

/* All bindings of one home address, for a reason that BCACHE_ENDED gives. */
void bcache_forget_home(struct bcache *b, const struct addr *home, const char *why,
                        struct bcache_acts *acts);

/* The result of BCACHE_TEST. Call bcache_resume() until it answers false. */
void bcache_tested(struct bcache *b, const struct addr *home, bool unique, sim_time now,
                   struct bcache_acts *acts);
/* Works on the next BU that waited for the test: one at a time, so that acts have room. */
bool bcache_resume(struct bcache *b, const struct addr *home, sim_time now,
                   struct bcache_acts *acts);

sim_time bcache_next(const struct bcache *b);
/* Ends what has ended of one entry; call until bcache_next() is later than now. */
void bcache_tick(struct bcache *b, sim_time now, struct bcache_acts *acts);

struct bcache_entry *bcache_find(const struct bcache *b, const struct addr *home); /* NULL */
struct bcache_entry *bcache_intern(struct bcache *b, const struct addr *home);     /* makes it */

/* The binding of a BID, or NULL. */
struct binding *bcache_binding(struct bcache_entry *e, uint16_t bid);

/* May a tunnel of `home` come from `src`? RFC 6275 10.4.5. Notes the verification. */
bool bcache_source(struct bcache *b, const struct addr *home, const struct addr *src,
                   enum bcache_source_check check, sim_time now);
/* May a packet with `home` in a Home Address option come from `src`, one of its care-of addresses,
 * whatever is checked of tunnels? RFC 6275 9.3.1, RFC 5648 6.5. Notes the verification. */
bool bcache_has_coa(struct bcache *b, const struct addr *home, const struct addr *src,
                    sim_time now);

/* The bindings that carry a packet: by the policy, else the one last verified (RFC 5648 3). */
unsigned bcache_choose(const struct bcache_entry *e, const struct flow_rule *rule,
                       const struct binding *chosen[MH_BIDS]);

#endif
