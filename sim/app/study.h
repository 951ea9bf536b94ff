/*
 * study.h - a study as it can be run: its scenario, its plan, and who each of its runs is.
 */
#ifndef SIM_APP_STUDY_H
#define SIM_APP_STUDY_H

#include "sim/app/cli.h"
#include "sim/app/identity.h"
#include "sim/batch/plan.h"
#include "sim/world/scenario.h"

struct study {
    const char *file;
    struct cli_texts set; /* what the command line changes */
    struct arena arena;
    struct scenario scenario;
    struct yaml_node *root;
    struct plan plan;
    const char *const *unit_file; /* that it replicates over; NULL: it does not */
    struct identity *identity;    /* by point and unit */
    struct identity_files files;
};

/* Reads the scenario, makes the plan, and tries every point once. What is wrong has been said on
 * stderr. */
bool study_load(struct study *s, const char *file, const struct cli_texts *set);
void study_release(struct study *s);

/* Without trying the points, and quietly: what a scenario says of a sweep is complained about. */
void study_check(const struct scenario *scenario, const struct yaml_node *root, struct arena *arena,
                 struct complaints *c);

/* The assignments that make the scenario this run's; they live in `arena`. Answers how many. */
size_t study_sets(const struct study *s, const struct plan_run *run, const char ***set,
                  struct arena *arena);

void study_key(const struct study *s, const struct plan_run *run, char key[HASH_TEXT]);

/* Of all runs in order: what the study as a whole is. */
void study_whole_key(const struct study *s, char key[HASH_TEXT]);

/* "networks.wlan.loss = 2 %, seed 3": for people. */
const char *study_describe(const struct study *s, const struct plan_run *run, struct arena *arena);

#endif
