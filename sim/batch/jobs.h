/*
 * jobs.h - many runs, each in a process of its own: a crash, or one that takes too long, costs one
 * run, and what it said is kept.
 *
 * The children die with this process, also if it is killed; Ctrl-C is for this process alone.
 */
#ifndef SIM_BATCH_JOBS_H
#define SIM_BATCH_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/status.h"

enum { JOBS_TOOK_TOO_LONG = 124, JOBS_SIGNAL = 128, JOBS_SAID = 600 };

struct jobs_end {
    size_t number;
    int code; /* exit code; JOBS_SIGNAL + signal; or JOBS_TOOK_TOO_LONG */
    double wall_ms;
    double cpu_ms;
    char said[JOBS_SAID]; /* the end of what it wrote to stderr, or how it died; "": nothing */
};

struct jobs {
    unsigned workers;
    double timeout_s; /* 0: none */
    void *owner;
    /* The next run; false: there are no more. */
    bool (*next)(void *owner, size_t *number);
    int (*run)(void *owner, size_t number); /* in the child; its exit code */
    /* In the parent. Not ST_OK: no more are started, those that run are waited for. */
    enum status (*ended)(void *owner, const struct jobs_end *end, struct why *w);
    bool (*stopped)(void);     /* true: no more are started, those that run are waited for */
    void (*tick)(void *owner); /* a few times a second; NULL: not */
};

/* Returns when all have ended, whatever their codes. */
MUST_CHECK enum status jobs_run(struct jobs *j, struct why *w);

unsigned jobs_cores(void); /* that this process may use */

#endif
