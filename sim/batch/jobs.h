/*
 * jobs.h - many runs, each in a process of its own: a crash costs one run.
 */
#ifndef SIM_BATCH_JOBS_H
#define SIM_BATCH_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/status.h"

struct jobs {
    size_t n;
    unsigned workers;
    void *owner;
    int (*run)(void *owner, size_t number); /* in the child; its exit code */
    void (*ended)(void *owner, size_t number, int code, size_t finished); /* in the parent */
    bool (*stopped)(void); /* true: no more are started, and those that run are interrupted */
    int *code;             /* by number: exit code, or 128 + signal */
};

/* Returns when all have ended, whatever their codes. */
MUST_CHECK enum status jobs_run(struct jobs *j, struct why *w);

unsigned jobs_cores(void);

#endif
