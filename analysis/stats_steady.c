#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_statistics_double.h>

#include "analysis/stats.h"

enum {
    FIVE = 5,   /* values of which MSER-5 takes the mean */
    LEAST = 50, /* values below which it is not asked */
    KEPT = 5,   /* means at the end that are always kept: fewer vary little by chance */
};

/* From the end, so that the squares of what is kept grow by one mean at a time (Welford 1962), and
 * are exactly 0 where all are equal. */
size_t stats_mser5(const double *x, size_t n)
{
    size_t fives = n / FIVE;
    size_t cut = fives;
    double mean = 0;
    double squares = 0;
    double least = HUGE_VAL;
    if (n < LEAST)
        return n;
    for (size_t d = fives; d-- > 0;) { /* the means that are cut off */
        double kept = (double)(fives - d);
        double z = gsl_stats_mean(x + FIVE * d, 1, FIVE);
        double step = z - mean;
        mean += step / kept;
        squares += step * (z - mean);
        double error = squares / (kept * kept);
        if (fives - d >= KEPT && error <= least) { /* of equal ones the earliest */
            least = error;
            cut = d;
        }
    }
    return cut <= n / FIVE / 2 ? FIVE * cut : n;
}

struct estimate stats_batch_means(const double *x, size_t n, size_t batches)
{
    if (!batches || n / 2 < batches) {
        double mean = n ? gsl_stats_mean(x, 1, n) : (double)NAN;
        return (struct estimate){.value = mean, .low = mean, .high = mean, .n = n ? 1 : 0};
    }
    size_t size = n / batches;
    const double *first = x + n % batches;
    double *mean = malloc(batches * sizeof *mean);
    assert(mean);
    for (size_t k = 0; k < batches; k++)
        mean[k] = gsl_stats_mean(first + k * size, 1, size);
    struct estimate e = stats_mean(mean, batches);
    free(mean);
    return e;
}
