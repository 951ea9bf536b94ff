/*
 * sweep_plan.h - what a study would run, as a table on stdout, and about how long it would take.
 */
#ifndef SIM_APP_SWEEP_PLAN_H
#define SIM_APP_SWEEP_PLAN_H

#include "sim/app/study.h"
#include "sim/base/json.h"

struct sweep_plan_how {
    bool json;
    bool quiet; /* no summary on stderr */
    unsigned workers;
};

/* The first run is begun, to see how long one takes. False: what is wrong with it has been said. */
bool sweep_plan_print(const struct study *s, const struct sweep_plan_how *how);

/* What varies, as a member of the object that is open. */
void sweep_plan_parameters(const struct study *s, struct json_writer *j);

#endif
