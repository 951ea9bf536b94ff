/*
 * sweep_run.h - runs what is missing of a study, and gathers what was found.
 */
#ifndef SIM_APP_SWEEP_RUN_H
#define SIM_APP_SWEEP_RUN_H

#include "sim/app/progress.h"
#include "sim/app/study_folder.h"

struct sweep {
    struct study *study;
    struct study_folder *folder;
    struct shard shard;
    unsigned workers;
    double timeout_s;      /* 0: none */
    bool retry;            /* runs that failed are run again */
    struct cli_texts only; /* PATH=VALUE or a number; none: all */
    enum progress_kind progress;
    bool quiet;
};

/* What a sweep has come to. */
struct sweep_count {
    size_t planned; /* of the whole study */
    size_t done;    /* of these: well or not */
    size_t failed;
    size_t unmet;  /* an expectation did not hold */
    size_t ran;    /* just now */
    size_t others; /* in the journal, but not of this plan */
};

/* Interrupted: ST_OK, and less is done than planned. */
MUST_CHECK enum status sweep_run(struct sweep *s, struct sweep_count *count, struct why *w);

/* Looks only. `plan.seeds` grows to what the journal's runs show where seeds are added until
 * intervals are narrow. */
MUST_CHECK enum status sweep_look(struct sweep *s, struct sweep_count *count, struct why *w);

/* Writes study.sqlite. All runs are done. */
MUST_CHECK enum status sweep_collect(struct sweep *s, struct why *w);

/* Are the intervals of a point narrow enough, or all of its seeds used up? */
MUST_CHECK enum status sweep_is_narrow(const struct sweep *s, size_t point, bool *narrow,
                                       struct why *w);

/* Is it one of those that --only names? What is wrong with it has been said. */
bool sweep_only_check(const struct sweep *s);
bool sweep_is_wanted(const struct sweep *s, const struct plan_run *run);

#endif
