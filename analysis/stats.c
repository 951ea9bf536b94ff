#include "analysis/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

struct estimate stats_mean(const double *x, size_t n)
{
    assert(n > 0);
    double mean = gsl_stats_mean(x, 1, n);
    struct estimate e = {.value = mean, .low = mean, .high = mean, .n = n};
    if (n < 2)
        return e;
    double half =
        gsl_cdf_tdist_Pinv(0.975, (double)(n - 1)) * gsl_stats_sd(x, 1, n) / sqrt((double)n);
    e.low = mean - half;
    e.high = mean + half;
    e.has_interval = true;
    return e;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct estimate stats_median(const double *x, size_t n)
{
    assert(n > 0);
    double *sorted = malloc(n * sizeof *sorted);
    assert(sorted);
    memcpy(sorted, x, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    /* The widest rank whose two tails hold no more than 5 % together. */
    size_t rank = 0;
    while (rank + 1 < (n + 1) / 2 &&
           2 * gsl_cdf_binomial_P((unsigned)rank, 0.5, (unsigned)n) <= 0.05)
        rank++;
    rank = rank ? rank - 1 : 0;
    struct estimate e = {.value = gsl_stats_median_from_sorted_data(sorted, 1, n),
                         .low = sorted[rank],
                         .high = sorted[n - 1 - rank],
                         .n = n,
                         .has_interval = n > 5};
    free(sorted);
    return e;
}
