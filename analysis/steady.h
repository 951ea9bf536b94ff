/*
 * steady.h - the mean delay of a flow once it is steady: from the packets of each run of a study,
 * the warm-up cut off by MSER-5.
 */
#ifndef ANALYSIS_STEADY_H
#define ANALYSIS_STEADY_H

#include "analysis/runs.h"
#include "analysis/stats.h"

enum { STEADY_BATCHES = 20 };

/* `metric` is a flow.NAME.up|down.delay_mean_ns, and the study keeps the packets. */
MUST_CHECK enum status steady_check(const struct runs *r, const char *metric, struct why *w);

/* Of each run the mean in ns, and that of its batch means with an interval. NAN: no packet came, or
 * no end of the warm-up was found; `unsteady` says of each run whether it was that. */
MUST_CHECK enum status steady_delays(struct runs *r, const char *metric, double *value,
                                     struct estimate *batch, bool *unsteady, struct why *w);

#endif
