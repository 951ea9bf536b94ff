/*
 * slurm.h - an array of jobs of Slurm, by its own commands sbatch and squeue.
 */
#ifndef SIM_BATCH_SLURM_H
#define SIM_BATCH_SLURM_H

#include <stdbool.h>

#include "sim/base/status.h"

enum { SLURM_ID = 64 };

/* Tasks 1 to `tasks` of `script`. */
MUST_CHECK enum status slurm_submit(const char *script, unsigned tasks, char id[SLURM_ID],
                                    struct why *w);

/* How many of the tasks are waiting or running. */
MUST_CHECK enum status slurm_left(const char *id, unsigned *left, struct why *w);

#endif
