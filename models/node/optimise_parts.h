/*
 * optimise_parts.h - what the files of route optimisation share. Private to models/node.
 *
 *   optimise.c        what happens, and data
 *   optimise_send.c   tests and Binding Updates, and the way that they take
 */
#ifndef MODELS_NODE_OPTIMISE_PARTS_H
#define MODELS_NODE_OPTIMISE_PARTS_H

#include "models/node/mobile_path.h"
#include "models/node/optimise.h"

enum { OPTIMISE_CARRIERS = 64 };

/* By what data last left to a correspondent; another with the same hash takes its place. */
struct carried {
    struct addr peer;
    uint16_t bid;
};

struct optimiser {
    struct mobile *mobile;
    const struct optimise_config *how;
    struct ro ro;
    struct named *only; /* NULL: all */
    uint16_t hoti_bid;
    unsigned turn; /* of round-robin */
    struct carried carried[OPTIMISE_CARRIERS];
    struct sim_timer timer;
};

/* Does RO_SEND. */
void optimise_send(struct optimiser *o, const struct ro_act *act);

/* The place of what last carried data to `peer`, or to another. */
struct carried *optimise_carried_of(struct optimiser *o, const struct addr *peer);

#endif
