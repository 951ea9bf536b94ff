/*
 * rr.h - return routability of a mobile node (RFC 6275 5.2, 11.6): for one home address and one
 * correspondent the home test and a care-of test for each care-of address (RFC 5648 5.2), as a
 * machine without hands.
 *
 *     IDLE    --begin-->             ASKING   a HoTI or CoTI leaves, with a new cookie each time
 *     ASKING  --HoT, CoT-->          HELD     its token may be used for 210 s
 *     ASKING  --no answer-->         IDLE     after MAX_RO_FAILURE repetitions: RR_FAILED
 *     HELD    --about to end-->      ASKING   while it is wanted; the old token serves meanwhile
 *     HELD    --ended, discarded-->  IDLE
 *
 * Tests are independent: each has its own cookie, back-off and count of tries (RFC 6275 11.8), and
 * HoTIs and CoTIs have a limiter each (three a second to one correspondent).  The home token serves
 * all care-of addresses, and outlives movements; a care-of token belongs to its address.
 *
 * How it is used: rr_begin() for each care-of address that is to be registered, rr_begin_home() for
 * a deletion; RR_READY says once for each that rr_keys() has what the BU needs.  Acts come out
 * of rr_tick() alone, to be called while rr_next() is not later than now, which it may be after any
 * other call.  It draws cookies from the stream that was handed in, which the owner keeps.
 *
 * A HoTI has the home address as source and goes through the tunnel, from any care-of address (RFC
 * 5648 9.3.1), at home directly; a CoTI leaves from its care-of address.  Neither has a Home
 * Address option, and no route optimisation is used for them.
 */
#ifndef MODELS_MIP6_RR_H
#define MODELS_MIP6_RR_H

#include <stdbool.h>
#include <stdint.h>

#include "models/mip6/arrival.h"
#include "models/mip6/tokens.h"
#include "models/wire/mh.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

enum {
    RR_COAS = MH_BIDS,
    RR_RATE = 3,     /* messages of one type a second: MAX_UPDATE_RATE, RFC 6275 11.8 */
    RR_FAILURES = 3, /* MAX_RO_FAILURE, RFC 6275 12: repetitions */
};

struct rr_config {
    struct addr home;
    struct addr peer;         /* the correspondent; a mobile one's home address */
    sim_time initial_timeout; /* INITIAL_BINDACK_TIMEOUT, RFC 6275 12 */
    sim_time max_timeout;     /* MAX_BINDACK_TIMEOUT */
    sim_time ahead;           /* tokens are renewed so long before they end; 0: only when needed */
};

enum rr_state { RR_IDLE, RR_ASKING, RR_HELD };

struct rr_test {
    enum rr_state state;
    bool wanted;      /* to be renewed before it ends */
    bool asked;       /* RR_READY is due for it */
    struct addr coa;  /* of a care-of test */
    bool used;        /* of a care-of test: the place is taken */
    uint64_t cookie;  /* of the last HoTI or CoTI */
    unsigned tries;   /* that have left since it was begun */
    sim_time due;     /* of ASKING: when to send (again) */
    sim_time timeout; /* 0: nothing has left yet */
    uint64_t token;
    uint16_t nonce;
    sim_time got; /* the token; -1: there is none */
};

/* When the last messages of one type left. */
struct rr_limiter {
    sim_time recent[RR_RATE];
};

enum rr_kind {
    RR_SEND_HOTI, /* send `m` from the home address to the correspondent */
    RR_SEND_COTI, /* send `m` from `coa` */
    RR_READY,     /* rr_keys() has what a BU about `coa` needs; ::: what a deletion needs */
    RR_FAILED,    /* no answer about `coa`; ::: about the home address */
};

struct rr_act {
    enum rr_kind kind;
    struct mh m;
    struct addr coa;
};

enum { RR_ACTS = 2 * (RR_COAS + 1) };

struct rr_acts {
    struct rr_act act[RR_ACTS];
    unsigned n;
};

/* What the mobile node says of a HoT or CoT: RFC 6275 11.6.2. All but RR_TAKEN are silent. */
enum rr_verdict {
    RR_TAKEN,
    RR_UNASKED,      /* no such test runs, or there is a token already */
    RR_OTHER_COOKIE, /* also one of before the last repetition */
    RR_WRONG_WAY,    /* a HoT outside the tunnel, or to another address */
};

struct rr {
    struct rr_config how;
    struct rng *cookies; /* the owner's */
    bool at_home;        /* a HoT comes directly */
    struct rr_test home;
    struct rr_test care_of[RR_COAS];
    struct rr_limiter hoti;
    struct rr_limiter coti;
};

/* What authorises a BU. */
struct rr_keys {
    uint8_t kbm[TOKENS_KBM];
    uint16_t home_nonce;
    uint16_t care_of_nonce; /* 0 in a deletion: RFC 6275 6.2.6 */
};

void rr_init(struct rr *r, const struct rr_config *how, struct rng *cookies);

/* Tokens for a BU about `coa`, or for a deletion, are needed. False: no place for the address. */
bool rr_begin(struct rr *r, const struct addr *coa, sim_time now);
void rr_begin_home(struct rr *r, sim_time now);
/* `coa` is gone, or not to be registered any more: its token, too. */
void rr_forget(struct rr *r, const struct addr *coa);
/* Nothing is wanted; what is held stays until it ends. */
void rr_rest(struct rr *r);
/* On the home link, and away: RFC 6275 11.6.2, 11.5.5. */
void rr_set_home(struct rr *r, bool at_home);

/* The correspondent knows the nonce no more (136, 137, 138): the token is of no use. */
void rr_discard_home(struct rr *r);
void rr_discard(struct rr *r, const struct addr *coa);

enum rr_verdict rr_received(struct rr *r, const struct arrival *a, const struct mh *m,
                            sim_time now);

/* False: the tokens are not there, or too old. */
bool rr_keys(const struct rr *r, const struct addr *coa, sim_time now, struct rr_keys *keys);
bool rr_keys_home(const struct rr *r, sim_time now, struct rr_keys *keys);

sim_time rr_next(const struct rr *r); /* when rr_tick() has something to do; SIM_NEVER */
void rr_tick(struct rr *r, sim_time now, struct rr_acts *acts);

const char *rr_verdict_name(enum rr_verdict verdict);

#endif
