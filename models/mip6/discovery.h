/*
 * discovery.h - a mobile node's side of dynamic home agent address discovery (RFC
 * 6275 5.3, 11.4.1): when it asks the home agents of its home link who they are, which of them it
 * registers with, and when it goes to the next.  A machine without hands.
 *
 *     resting  --due-->             asking    a request leaves at once, again after 3 s, 6 s, ...
 *     asking   --reply-->           choosing  the list is that of the reply
 *     asking   --retries over-->    resting   for `pause`
 *     choosing --due-->             trying    the current home agent first, then the list in order
 *     choosing --list used up-->    asking    if somebody of that list had acknowledged
 *                                   resting   else, for `pause`
 *     trying   --acknowledged-->    settled
 *     trying, settled  --failed-->  choosing  no answer, or a refusal; due 1.5 s after the last BU
 *
 * The current home agent is the last that acknowledged, while what it granted lasts.  Who failed is
 * not tried again before the next reply, but for the current one when the home address is taken.
 * Each discovery has a random Identifier, which its repetitions keep.  Nothing is sent while the
 * node is not away (discovery_set_away()).
 */
#ifndef MODELS_MIP6_DISCOVERY_H
#define MODELS_MIP6_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/dhaad.h"
#include "sim/base/key.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

struct discovery_timers {
    sim_time first;  /* INITIAL_DHAAD_TIMEOUT, RFC 6275 12 */
    int64_t retries; /* DHAAD_RETRIES */
    sim_time pause;  /* before the next discovery, when one was in vain */
    int64_t tries;   /* Binding Updates without answer that make the node leave a home agent */
};

extern const struct key discovery_timer_keys[];

struct discovery_config {
    struct discovery_timers timers;
    sim_time gap; /* InitialBindackTimeoutFirstReg, RFC 6275 13: between two home agents */
};

enum discovery_state {
    DISCOVERY_RESTING,
    DISCOVERY_ASKING,
    DISCOVERY_CHOOSING,
    DISCOVERY_TRYING,
    DISCOVERY_SETTLED,
};

/* What a reply is worth. */
enum discovery_verdict {
    DISCOVERY_ACCEPTED,
    DISCOVERY_UNASKED, /* another Identifier, or it was answered before */
    DISCOVERY_EMPTY,   /* it names nobody */
};

struct discovery {
    struct discovery_config how;
    struct rng identifiers;
    enum discovery_state state;
    bool away;           /* it has a care-of address to ask from */
    bool fruitless;      /* nobody of the list has acknowledged yet */
    uint16_t identifier; /* of the last discovery */
    sim_time due;        /* of resting, asking, choosing */
    sim_time timeout;    /* 0: nothing was sent yet */
    int64_t sent;        /* requests of this discovery */
    struct addr list[DHAAD_ADDRESSES];
    bool failed[DHAAD_ADDRESSES];
    unsigned listed;
    struct addr agent; /* tried, or settled with; ::: none */
    struct addr current;
    sim_time current_until;
    bool went_back;  /* to the current one, since the last reply */
    const char *why; /* of choosing: what became of the one before */
};

enum discovery_kind {
    DISCOVERY_ASK,  /* send a request with `identifier`, the `sent`-th of this discovery */
    DISCOVERY_TRY,  /* register with `agent`; `why` */
    DISCOVERY_VAIN, /* nobody answers, or everybody of the list failed: `why` */
};

struct discovery_act {
    enum discovery_kind kind;
    uint16_t identifier;
    int64_t sent;
    struct addr agent;
    const char *why;
};

/* Asks as soon as it may. */
void discovery_init(struct discovery *d, const struct discovery_config *how,
                    const struct rng *identifiers, sim_time now);

/* Whether the node is away from home and has a care-of address. */
void discovery_set_away(struct discovery *d, bool away);

/* `last_update`: when the last BU left, to whomever; below 0: none did. */
enum discovery_verdict discovery_replied(struct discovery *d, const struct dhaad *reply,
                                         sim_time last_update, sim_time now);

/* A Binding Acknowledgement has come from the one that is tried; what it granted lasts until then.
 */
void discovery_registered(struct discovery *d, sim_time until);

/* The one that is tried, or was settled with, is to be left. */
void discovery_leave(struct discovery *d, const char *why, sim_time last_update, sim_time now);

/* Likewise, since another node defends the home address (status 134): that may be the current home
 * agent, which still holds the binding.  So it is tried again, once a reply, though it failed. */
void discovery_taken(struct discovery *d, sim_time last_update, sim_time now);

/* Whether a home agent has been chosen that is not given up. */
bool discovery_has_agent(const struct discovery *d);

sim_time discovery_next(const struct discovery *d); /* when discovery_tick() has to do; SIM_NEVER */
/* Answers whether there is something to do: `act`. */
bool discovery_tick(struct discovery *d, sim_time now, struct discovery_act *act);

const char *discovery_verdict_name(enum discovery_verdict verdict);

#endif
