/*
 * mpa.h - a home agent's side of mobile prefix discovery towards one mobile node (RFC
 * 6275 6.8, 10.6): when it sends a Mobile Prefix Advertisement, and where to.  A machine without
 * hands.
 *
 *     quiet      --MPS-->      answering   at once; never two advertisements within a second
 *     quiet      --change-->   scheduled   after a random delay
 *     scheduled  --time-->     repeating   sent; again after 3 s, 6 s, 12 s
 *     repeating  --time-->     unheard     not sent any more, until the node registers again
 *     scheduled, repeating, unheard  --MPS-->  answering: that acknowledges
 *     scheduled, repeating  --the last binding ends-->  unheard; quiet if the node took it back
 *
 * What the advertisement says is read when it is sent, so that it always holds all prefixes with
 * their newest lifetimes.
 *
 * RFC 6275 10.6.2: not done: an advertisement each MaxMobPfxAdvInterval where nothing has changed.
 */
#ifndef MODELS_MIP6_MPA_H
#define MODELS_MIP6_MPA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/key.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

/* RFC 6275 12, 13. */
struct mpa_timers {
    sim_time max_interval; /* MaxMobPfxAdvInterval */
    sim_time min_interval; /* MinMobPfxAdvInterval */
    sim_time timeout;      /* PREFIX_ADV_TIMEOUT */
    int64_t retries;       /* PREFIX_ADV_RETRIES */
};

extern const struct key mpa_timer_keys[];

struct mpa {
    const struct mpa_timers *how; /* borrowed */
    bool bound;                   /* the node is abroad, with a binding */
    bool unheard;                 /* a change was not acknowledged yet */
    bool answers;                 /* what is due answers `identifier` from `source` */
    uint16_t identifier;
    struct addr source; /* of the solicitation */
    sim_time due;       /* SIM_NEVER: nothing */
    sim_time last;      /* advertisement that left */
    sim_time timeout;   /* before the next repetition */
    int64_t sent;       /* of this change */
};

/* An advertisement to be sent. */
struct mpa_act {
    bool solicited;
    uint16_t identifier; /* 0 of an unsolicited one */
    struct addr to;      /* of a solicited one; else the sender chooses a binding */
};

void mpa_init(struct mpa *m, const struct mpa_timers *how);

/* A solicitation from a care-of address that is bound. */
void mpa_solicited(struct mpa *m, uint16_t identifier, const struct addr *source, sim_time now);

/* Lifetimes or flags of the home prefix have changed; `preferred` is the lifetime now, SIM_NEVER
 * for ever. Draws from `rng`. */
void mpa_changed(struct mpa *m, sim_time preferred, struct rng *rng, sim_time now);

void mpa_bound(struct mpa *m, sim_time now); /* or refreshed, or moved */
/* The last binding is gone; `returned`: the node is at home, where it hears what it needs. */
void mpa_unbound(struct mpa *m, bool returned);

/* At m->due: answers whether `act` has to be done. */
bool mpa_tick(struct mpa *m, sim_time now, struct mpa_act *act);

#endif
