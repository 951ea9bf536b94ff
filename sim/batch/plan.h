/*
 * plan.h - which runs a study makes.
 *
 * An axis is a parameter with its values, or several parameters whose values go in lock-step.  A
 * point is a combination of the axes' values that the constraints let through, the last axis
 * fastest.  Each point is run for each unit of replication and each seed, seeds innermost.
 */
#ifndef SIM_BATCH_PLAN_H
#define SIM_BATCH_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"
#include "sim/batch/study.h"

enum { PLAN_PARAMETERS = 16, PLAN_RUNS_MAX = 1000000 };

struct plan_parameter {
    const char *path;   /* of a scenario key */
    const char **value; /* as written */
    const char **yaml;  /* as YAML reads it back; NULL: as `value` */
    size_t n;
    size_t axis;
    struct yaml_place at;
};

struct plan {
    struct plan_parameter parameter[PLAN_PARAMETERS];
    size_t parameters;
    size_t axes;
    size_t combinations; /* all */
    uint32_t *combination;
    size_t points; /* those of the combinations that are run */
    size_t units;  /* files of the input that is replicated over; 1 without one */
    size_t *seeds; /* by point: how many of each unit */
};

/* One run. */
struct plan_run {
    size_t number; /* in the plan */
    size_t point;
    size_t unit; /* 0 without an input to replicate over */
    size_t seed;
};

/* Complaints name places in `root`. */
void plan_make(struct plan *p, const struct sweep_config *sweep, size_t units,
               const struct yaml_node *root, struct arena *arena, struct complaints *c);

/* The values at a point, by parameter. */
void plan_values(const struct plan *p, size_t point, struct key_pair value[PLAN_PARAMETERS]);
/* The value of one of them as YAML reads it back. */
const char *plan_yaml(const struct plan *p, size_t point, size_t parameter);

size_t plan_runs(const struct plan *p);
/* Run number `number`, below plan_runs(). */
struct plan_run plan_run(const struct plan *p, size_t number);
/* The run after `at`, or the first if `at->number` is SIZE_MAX. False: there is none. */
bool plan_next(const struct plan *p, struct plan_run *at);

/* The parameter at that path, or NULL. */
const struct plan_parameter *plan_find(const struct plan *p, const char *path);

#endif
