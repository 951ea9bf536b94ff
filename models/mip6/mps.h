/*
 * mps.h - a mobile node's side of mobile prefix discovery (RFC 6275 11.4.2, 11.4.3, 11.8): when it
 * asks its home agent for the prefixes of the home link, and which answer it believes.  A machine
 * without hands.
 *
 * It asks when a registration was acknowledged with status 1, when the preferred or valid lifetime
 * of the home prefix is about to end, and after an advertisement that it did not ask for; only
 * while a binding made from abroad stands, since a home agent answers nobody else.  At home the
 * node hears router advertisements.
 *
 *     idle    --ask-->                asking   an MPS leaves at once, again after 3 s, 6 s, ...
 *     asking  --MPA, its identifier-> idle     believed, once
 *     idle    --any other MPA-->      asking   discarded
 *
 * Each question has a random Identifier, which its repetitions keep, so that an answer which took
 * longer than a wait is one.  It is never 0: unsolicited advertisements carry that.
 */
#ifndef MODELS_MIP6_MPS_H
#define MODELS_MIP6_MPS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/mip6/arrival.h"
#include "models/wire/mpd.h"
#include "sim/base/key.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

struct mps_timers {
    sim_time first; /* INITIAL_SOLICIT_TIMER, RFC 6275 12 */
    sim_time ahead; /* how long before a lifetime ends it is asked about */
};

extern const struct key mps_timer_keys[];

struct mps_config {
    struct addr home;
    struct addr agent;
    struct mps_timers timers;
    sim_time max_timeout; /* the wait doubles up to here: MAX_BINDACK_TIMEOUT */
};

/* What an advertisement is worth: RFC 6275 11.4.3. */
enum mps_verdict {
    MPS_ACCEPTED,
    MPS_UNSOLICITED, /* discarded, and asked about */
    MPS_COPY,        /* a further answer to the same question: discarded */
    MPS_FOREIGN,     /* not from the home agent, or not to the home address: discarded */
};

struct mps {
    struct mps_config how;
    struct rng identifiers;
    bool away;           /* a binding made from abroad stands */
    bool asking;         /* a question is out, or due */
    bool sent;           /* the last question has left */
    uint16_t identifier; /* of the last question */
    sim_time due;        /* of asking: when to send (again) */
    sim_time timeout;    /* 0: not sent yet */
    sim_time ask_at;     /* a lifetime is about to end; SIM_NEVER: none */
};

void mps_init(struct mps *m, const struct mps_config *how, const struct rng *identifiers);

/* Whether a binding made from abroad stands. */
void mps_set_away(struct mps *m, bool away, sim_time now);

void mps_ask(struct mps *m, sim_time now);
void mps_rest(struct mps *m); /* no question is open any more: the node is at home */

/* When the lifetimes of the home prefix end, as was just told; SIM_NEVER: never. */
void mps_told(struct mps *m, sim_time preferred_until, sim_time valid_until, sim_time now);

/* The mobile node's word about an advertisement. */
enum mps_verdict mps_answered(struct mps *m, const struct arrival *a, const struct mpd *mpa,
                              sim_time now);

sim_time mps_next(const struct mps *m); /* when mps_tick() has something to do; SIM_NEVER */
/* Answers whether a solicitation with `identifier` has to be sent. */
bool mps_tick(struct mps *m, sim_time now, uint16_t *identifier);

const char *mps_verdict_name(enum mps_verdict verdict);

#endif
