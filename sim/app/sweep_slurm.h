/*
 * sweep_slurm.h - a study as an array of jobs of Slurm, each of which is a shard: submitted,
 * watched, gathered.
 */
#ifndef SIM_APP_SWEEP_SLURM_H
#define SIM_APP_SWEEP_SLURM_H

#include "sim/app/sweep_run.h"

struct slurm_asked {
    const char *shards;  /* a number; NULL: made from the number of runs */
    const char *options; /* for sbatch, with blanks between; NULL: none */
};

/* Ends the folder's lock, for the shards. Interrupted: the jobs go on. */
MUST_CHECK enum status sweep_slurm(struct sweep *s, const struct slurm_asked *asked,
                                   struct sweep_count *count, bool *whole, struct why *w);

#endif
