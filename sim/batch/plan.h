/*
 * plan.h - which runs a sweep makes: every combination of the parameters' values, and each of
 * them once a replication, replications innermost.
 */
#ifndef SIM_BATCH_PLAN_H
#define SIM_BATCH_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml.h"
#include "sim/base/arena.h"
#include "sim/base/key.h"

enum { PLAN_PARAMETERS = 16, PLAN_RUNS_MAX = 1000000 };

struct plan_parameter {
    const char *path;   /* of a scenario key */
    const char **value; /* as scenario text */
    size_t n;
};

struct plan {
    struct plan_parameter parameter[PLAN_PARAMETERS];
    size_t parameters;
    size_t replications;
    size_t points;
    size_t runs;
};

/* `parameters` is the map of the scenario, or NULL; complaints name its places. */
void plan_make(struct plan *p, const struct yaml_node *parameters, size_t replications,
               struct arena *arena, struct complaints *c);

/* The values of run number `run` (from 0), by parameter; answers its replication. */
size_t plan_values(const struct plan *p, size_t run, struct key_pair value[PLAN_PARAMETERS]);

#endif
