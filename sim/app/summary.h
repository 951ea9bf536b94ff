/*
 * summary.h - what a run left, as one JSON object: the run, its flows, its transitions, what was
 * expected.
 */
#ifndef SIM_APP_SUMMARY_H
#define SIM_APP_SUMMARY_H

#include <stdio.h>

#include "sim/base/status.h"

/* `dir` is the folder of the run. */
MUST_CHECK enum status summary_json(FILE *out, const char *dir, struct why *w);

#endif
