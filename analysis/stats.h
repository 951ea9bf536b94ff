/*
 * stats.h - what several replications say together.
 */
#ifndef ANALYSIS_STATS_H
#define ANALYSIS_STATS_H

#include <stddef.h>

struct estimate {
    double value; /* mean or median */
    double low;   /* 95 % interval; equal to value where n < 2 */
    double high;
    size_t n;
};

/* Mean with Student's t interval. */
struct estimate stats_mean(const double *x, size_t n);

/* Median with the interval of order statistics (binomial), conservative. */
struct estimate stats_median(const double *x, size_t n);

#endif
