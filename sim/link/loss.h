/*
 * loss.h - which packets a channel loses: independently (Bernoulli), or in bursts by a
 * two-state Markov chain that steps once a packet (Gilbert 1960, Elliott 1963).
 *
 * In the bad state a packet is lost with probability `bad`, in the good state with `good`.
 * `p` is the probability to go from good to bad, `r` that to come back: mean loss is
 * (p bad + r good) / (p + r), mean length of a bad spell 1 / r packets.
 */
#ifndef SIM_LINK_LOSS_H
#define SIM_LINK_LOSS_H

#include <stdbool.h>

#include "sim/base/key.h"
#include "sim/base/rng.h"

struct loss_config {
    uint32_t bernoulli; /* share */
    struct {
        bool given;
        uint32_t p;
        uint32_t r;
        uint32_t good;
        uint32_t bad;
    } gilbert_elliott; /* shares */
};

extern const struct key loss_keys[];

struct loss {
    struct loss_config how;
    struct rng rng;
    bool is_bad;
};

/* Says whether the next packet is lost. Draws nothing where no loss is configured. */
bool loss_next(struct loss *loss);

#endif
