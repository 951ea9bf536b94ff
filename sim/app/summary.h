/*
 * summary.h - what a run left: as one line, and as one JSON object with the run, its flows, its
 * transitions, what was expected.
 */
#ifndef SIM_APP_SUMMARY_H
#define SIM_APP_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/status.h"

/* `dir` is the folder of the run. */
MUST_CHECK enum status summary_json(FILE *out, const char *dir, struct why *w);

/* Of a few flows each, of many the totals and the first. `packets`: some were recorded. */
MUST_CHECK enum status summary_line(FILE *out, const char *dir, bool *packets, struct why *w);

#endif
