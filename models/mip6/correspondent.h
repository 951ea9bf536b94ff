/*
 * correspondent.h - a correspondent's side of route optimisation (RFC 6275 9.4, 9.5) with several
 * care-of addresses (RFC 5648 6.2), as a machine without hands: it answers tests without keeping
 * anything of them, takes Binding Updates that the tokens of those tests authorise, and says to
 * which care-of address a packet goes.
 *
 * Its bindings are those of bcache.h in a cache of its own, so acts are bcache_acts: BCACHE_SEND
 * (a BA, ready to be written), BCACHE_ASK (a BRR to the home address, RFC 6275 9.5.5), and what
 * became of bindings.  It never proxies or tests.
 *
 * How a node uses it:
 *  - HoTI, CoTI: correspondent_test(); what it answers goes from the address that was asked to the
 *    source, past the bindings and past any routing header (RFC 6275 6.1).
 *  - BU without H, or any that the home agent's cache does not serve: correspondent_update(), with
 *    the bytes of the message.  Each BCACHE_SEND goes from the address that the BU came to.
 *  - Packets to a home address: correspondent_route(), before the destination cache (RFC 6275
 *    9.3.2); packets with a Home Address option: correspondent_accepts() (9.3.1).
 *  - An ICMPv6 Destination Unreachable about a packet to a care-of address:
 *    correspondent_unreachable() (9.3.4).
 *  - Time: correspondent_tick() at correspondent_next(), until that is later than now.
 *
 * It belongs to one node; memory for its entries comes from the run's arena, none of it before a
 * BU was authentic.  Times are in ns.
 */
#ifndef MODELS_MIP6_CORRESPONDENT_H
#define MODELS_MIP6_CORRESPONDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/mip6/arrival.h"
#include "models/mip6/bcache.h"
#include "models/mip6/tokens.h"
#include "models/wire/mh.h"
#include "sim/base/arena.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

enum { CORRESPONDENT_LIFETIME_S = 420 /* MAX_RR_BINDING_LIFETIME, RFC 6275 12 */ };

struct correspondent_config {
    sim_time max_lifetime;    /* granted at most; 0, or above 420 s: 420 s */
    int refuse;               /* 0, or 1 to 3: every registration, with 128, 129, 130 */
    int64_t max_homes;        /* home addresses with bindings; more get 130; 0: no limit */
    int64_t max_bids;         /* of one home address; more get 130; 0: MH_BIDS */
    int mcoa;                 /* 0 accept; 1 unknown: a plain RFC 6275 node; 2 prohibited (166) */
    sim_time ask_before;      /* a BRR so long before a binding ends; 0: none */
    sim_time ask_again;       /* and so often; 0: once */
    sim_time idle;            /* none for what was not used for so long; 0: for all */
    int64_t unreachable;      /* so many errors in a row end a binding; 0: 3 */
    sim_time unreachable_gap; /* those within it after one that counts are one; 0: each counts */
};

/* What became of a BU. */
enum correspondent_verdict {
    CORRESPONDENT_TAKEN,      /* worked on, or refused with an answer */
    CORRESPONDENT_FOR_AGENT,  /* H: a home agent's, if there is one */
    CORRESPONDENT_BAD_HOME,   /* silent: no address that could be bound */
    CORRESPONDENT_BARE,       /* silent: no Nonce Indices or no authorization data */
    CORRESPONDENT_UNAUTHENTIC /* silent */
};

struct correspondent {
    struct bcache cache;
    struct tokens tokens;
    struct correspondent_config how;
    struct arena *arena;
};

void correspondent_init(struct correspondent *c, const struct correspondent_config *how,
                        const struct rng *nonces, struct arena *arena);

/* A HoTI or CoTI. Answers whether `answer`, a HoT or CoT, is to be sent to `a->src`. */
bool correspondent_test(struct correspondent *c, const struct arrival *a, const struct mh *init,
                        sim_time now, struct mh *answer);

/* A BU. */
enum correspondent_verdict correspondent_update(struct correspondent *c, const struct delivery *d,
                                                sim_time now, struct bcache_acts *acts);

/* Its own address that `home` registered with, where a BRR comes from; NULL: it never did. */
const struct addr *correspondent_address(struct correspondent *c, const struct addr *home);

/* The binding that carries a packet to `home`, and a note that it is in use: that of `bid`, else
 * the one last verified (RFC 5648 3). NULL: none, it goes to the home address. */
const struct binding *correspondent_route(struct correspondent *c, const struct addr *home,
                                          uint16_t bid, sim_time now);
/* Whether `src` may send with `home` in a Home Address option: RFC 6275 9.3.1, RFC 5648 6.5. */
bool correspondent_accepts(struct correspondent *c, const struct addr *home, const struct addr *src,
                           sim_time now);
/* An error that says that nobody is at `coa`. */
void correspondent_unreachable(struct correspondent *c, const struct addr *home,
                               const struct addr *coa, sim_time now, struct bcache_acts *acts);

sim_time correspondent_next(const struct correspondent *c);
void correspondent_tick(struct correspondent *c, sim_time now, struct bcache_acts *acts);

const char *correspondent_verdict_name(enum correspondent_verdict verdict);

#endif
