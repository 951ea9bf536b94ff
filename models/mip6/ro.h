/*
 * ro.h - route optimisation of a mobile node (RFC 6275 11.7.2): the list of its correspondents for
 * one home address, each with its tests (rr.h) and its part of the Binding Update List (bul.h), as
 * a machine without hands.
 *
 *     TUNNELLED  --heard from-->              ASKING      tests, then a BU for each care-of address
 *     ASKING     --first registered-->        OPTIMISED   some care-of address carries data
 *     OPTIMISED  --last one lost-->           ASKING
 *     any        --no answer, refused, ICMP--> HELD       through the home agent for `hold`
 *     any        --at home, idle-->           LEAVING     deregistered; then TUNNELLED
 *     HELD       --time-->                    TUNNELLED   begins anew when heard from
 *
 * What a correspondent may have is remembered longer than the list: it is taken back on the return
 * home from any state, and when a hold begins, from the home address through the tunnel as far as
 * there is a home token; the first BU after it has O (RFC 5648 5.9).
 *
 * How a node uses it:
 *  - ro_add() the BIDs in order of preference (BID 0 without several care-of addresses), ro_want()
 *    when the home agent has acknowledged one (BUL_UP), ro_unwant() when its interface is dead or
 * it is deregistered, ro_set_lifetime() with the end of the home registration, ro_set_home() when
 * the return home was acknowledged, and when the node has left.
 *  - ro_heard() for a packet that came tunnelled from a correspondent, unless it is a HoT or the
 * like (RFC 6275 11.7.2); it begins.
 *  - ro_used() for a packet that came directly from a correspondent.
 *  - ro_received() for HoT, CoT, BA, BRR and BE from a correspondent, with the bytes of the
 * message: for what is not the home agent's.  ro_refused() for an ICMPv6 Parameter Problem code 1.
 *  - ro_route() for each packet to a correspondent: the care-of address for it, with a Home Address
 *    option; NULL: through the home agent.
 *  - Acts come out of ro_received() and ro_tick() alone.  ro_tick() does one correspondent's work;
 * it is called while ro_next() is not later than now, which it may be after any other call.
 *
 * RO_SEND: `m` is complete, authorization data and all.  A HoTI leaves from the home address into
 * the tunnel, through any care-of address (RFC 5648 9.3.1); a CoTI from `src`; a BU from `src` with
 * a Home Address option, from the home address itself without: away from home through the tunnel.
 *
 * Memory for correspondents comes from the run's arena, `peers` at most; who was not heard of
 * longest makes room.  Times are in ns.
 */
#ifndef MODELS_MIP6_RO_H
#define MODELS_MIP6_RO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/mip6/bul.h"
#include "models/mip6/rr.h"
#include "sim/base/arena.h"

enum { RO_BUCKETS = 64 };

struct ro_config {
    struct addr home;
    bool mcoa;
    bool keeps_others; /* not even the first BU has O, so that all may be out at once */
    bool unasked;      /* no acknowledgement is asked for: see bul.h */
    sim_time lifetime; /* asked for; 0, or above 420 s: 420 s */
    struct bul_timers timers;
    sim_time ahead;      /* tokens are renewed so long before their end; 0: when needed */
    sim_time hold;       /* through the home agent for so long after a failure */
    sim_time idle;       /* taken back when not used for so long; 0: never */
    unsigned most_peers; /* correspondents at once */
};

enum ro_state { RO_TUNNELLED, RO_ASKING, RO_OPTIMISED, RO_LEAVING, RO_HELD, RO_STATES };

/* What a BU was authorised with: so must its answer be. */
struct ro_sent {
    bool valid;
    bool deletes;
    bool all; /* nothing else is registered behind it: O, or no BID */
    uint16_t bid;
    sim_time before; /* bound_until of `bid` before it, and with it */
    sim_time until;
    uint16_t sequence;
    struct addr coa; /* of Mobility Data */
    uint8_t kbm[TOKENS_KBM];
};

enum { RO_SENT = 2 * BUL_EXCHANGES };

struct ro_peer {
    struct addr addr;
    struct ro_peer *next; /* of its bucket */
    struct ro_peer *older;
    enum ro_state state;
    sim_time since;      /* of its state */
    sim_time used;       /* data last came or went */
    sim_time held_until; /* of HELD */
    sim_time retry_at;   /* what was lost while others stayed is tried again; SIM_NEVER */
    sim_time due;        /* something is to be done */
    bool plain;          /* it does not do several care-of addresses */
    bool lapsed;         /* the home registration is about to end: nothing is registered */
    struct rr rr;
    struct bul bul;
    sim_time bound_until[MH_BIDS]; /* what it may have of each BID, whatever the list says */
    unsigned sents;
    struct ro_sent sent[RO_SENT]; /* a ring */
};

enum ro_kind {
    RO_SEND,
    RO_UP,        /* `bid` goes directly, from `src` */
    RO_DOWN,      /* `bid` does not any more; `status` */
    RO_FALL_BACK, /* the correspondent has no several care-of addresses: `text` */
    RO_FAILED,    /* everything through the home agent: `text` */
};

struct ro_act {
    enum ro_kind kind;
    struct addr peer;
    struct mh m;
    struct addr src;
    bool from_home;
    uint16_t bid;
    uint8_t status;
    const char *text;
};

/* What is matched, what is due, what had no place, an end for each of two reasons. */
enum { RO_ACTS = 3 * BUL_ACTS + RR_ACTS + 2 };

struct ro_acts {
    struct ro_act act[RO_ACTS];
    unsigned n;
};

struct ro_coa {
    uint16_t bid;
    bool has;
    struct addr addr;
};

struct ro {
    struct ro_config how;
    struct rng rng; /* cookies and first sequence numbers */
    struct arena *arena;
    bool at_home;
    sim_time home_until; /* the home registration ends */
    unsigned coas;
    struct ro_coa coa[MH_BIDS];
    unsigned peers;
    struct ro_peer *newest;
    struct ro_peer *bucket[RO_BUCKETS];
    uint64_t ignored; /* messages that mean nothing, or are not authentic */
};

void ro_init(struct ro *r, const struct ro_config *how, const struct rng *rng, struct arena *arena);
void ro_add(struct ro *r, uint16_t bid);
/* Other BIDs than those before, without care-of addresses; all that is registered is asked for
 * anew. */
void ro_change(struct ro *r, bool mcoa, const uint16_t *bid, unsigned n, sim_time now);

void ro_want(struct ro *r, uint16_t bid, const struct addr *coa, sim_time now);
void ro_unwant(struct ro *r, uint16_t bid, sim_time now);
void ro_set_home(struct ro *r, bool at_home, sim_time now);
void ro_set_lifetime(struct ro *r, sim_time until, sim_time now);

/* Data came directly. */
void ro_used(const struct ro *r, const struct addr *peer, sim_time now);
/* Answers whether a correspondent registration begins. */
bool ro_heard(struct ro *r, const struct addr *peer, sim_time now);
void ro_refused(struct ro *r, const struct addr *peer, sim_time now);

/* Answers whether the message was believed. */
bool ro_received(struct ro *r, const struct delivery *d, sim_time now, struct ro_acts *acts);

/* For data: the care-of address of `bid`, else of the first that is registered; and a note that the
 * correspondent is in use. */
const struct addr *ro_route(struct ro *r, const struct addr *peer, uint16_t bid, sim_time now);

sim_time ro_next(const struct ro *r);
void ro_tick(struct ro *r, sim_time now, struct ro_acts *acts);

struct ro_peer *ro_find(const struct ro *r, const struct addr *peer); /* NULL: none */
const char *ro_state_name(enum ro_state state);

#endif
