/*
 * run.h - one run of a scenario: built, run, measured and written.
 */
#ifndef SIM_APP_RUN_H
#define SIM_APP_RUN_H

#include <stdbool.h>

#include "sim/app/progress.h"
#include "sim/base/hash.h"
#include "sim/world/scenario.h"

struct live_options;

struct run_options {
    const char *file;
    const char *copy;       /* of `file`: what is read in its place; NULL: `file` itself */
    const char *const *set; /* "path=value" */
    size_t sets;
    const char *dir;      /* NULL: only the database is written, to `database` */
    const char *database; /* a sweep's: results.sqlite under this name */
    const char *key;      /* a sweep's: the run's; NULL: it is made */
    bool force;
    enum progress_kind progress;
    bool many;        /* one of many: what did not hold is in the table, not on stderr */
    const char *pcap; /* none, nodes, all; NULL: as the scenario says */
    const struct live_options *live; /* one node in real time; NULL: all simulated */
    bool quiet;                      /* live: no addresses on stderr */
    int argc;                        /* command line, for the manifest */
    char **argv;
    const struct key_pair *parameter; /* what a sweep varied */
    size_t parameters;
};

struct run_outcome {
    bool whole;   /* it ran to its end, and the results are there */
    bool outside; /* another simulator went wrong: not its results, not the disk */
    char digest[HASH_TEXT];
    size_t unmet; /* expectations that did not hold; each has been said on stderr */
};

/* How long such a run would take, in s: it is begun, and given up after `most_s`. 0: with another
 * engine, which is not tried. False: what is wrong has been said on stderr. */
bool run_estimate(const struct run_options *options, double most_s, double *wall_s);

/* Answers an exit code; whatever went wrong has been said on stderr. */
int run_scenario(const struct run_options *options, struct run_outcome *outcome);

#endif
