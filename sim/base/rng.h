/*
 * rng.h - random numbers by name: Philox4x32-10 (Salmon et al., SC 2011).
 *
 * Each thing that needs chance owns a stream with a name ("mn.wifi0.loss").  The key is
 * the first 64 bits of SHA-256(seed, replication), the counter is (hash of the name,
 * draw), so adding a node or a draw in one place moves nobody else's numbers.
 */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/units.h"

/* What all streams of a run share. */
struct rng_seed {
    uint32_t key[2];
};

struct rng {
    uint32_t key[2];
    uint64_t name;   /* hash of the stream's name */
    uint64_t block;  /* blocks drawn */
    uint32_t out[4]; /* the current block */
    unsigned used;   /* words of it that are gone; 4: draw a new one */
};

struct rng_seed rng_seed_of(uint64_t seed, uint64_t replication);
struct rng rng_stream(const struct rng_seed *seed, const char *name);

/* One block: the generator itself, for its test vectors. */
void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

uint32_t rng_u32(struct rng *r);
uint64_t rng_u64(struct rng *r);
double rng_unit(struct rng *r);                /* in [0, 1), 53 bits */
uint64_t rng_below(struct rng *r, uint64_t n); /* in [0, n), no bias; n > 0 */
bool rng_happens(struct rng *r, uint32_t share_ppb);

/* Distributions by inversion: one draw each, monotone in it. */
sim_time rng_uniform(struct rng *r, sim_time low, sim_time high); /* in [low, high] */
double rng_exponential(struct rng *r, double mean);
double rng_normal(struct rng *r, double mean, double deviation);

#endif
