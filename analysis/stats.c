#include "analysis/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

static const double upper = 0.975; /* of an interval of 95 % */

struct estimate stats_mean(const double *x, size_t n)
{
    double mean = n ? gsl_stats_mean(x, 1, n) : (double)NAN;
    struct estimate e = {.value = mean, .low = mean, .high = mean, .n = n};
    if (n < 2)
        return e;
    double sd = gsl_stats_sd_m(x, 1, n, mean);
    double half = gsl_cdf_tdist_Pinv(upper, (double)(n - 1)) * sd / sqrt((double)n);
    e.low = mean - half;
    e.high = mean + half;
    e.has_interval = true;
    return e;
}

struct estimate stats_wilson(size_t successes, size_t n)
{
    assert(successes <= n);
    double share = n ? (double)successes / (double)n : (double)NAN;
    struct estimate e = {.value = share, .low = share, .high = share, .n = n};
    if (!n)
        return e;
    double z = gsl_cdf_ugaussian_Pinv(upper);
    double w = z * z / (double)n; /* what the normal deviate weighs beside the sample */
    double centre = (share + w / 2) / (1 + w);
    double half = sqrt(w * (share * (1 - share) + w / 4)) / (1 + w);
    e.low = successes ? centre - half : 0; /* exactly, whatever is rounded */
    e.high = successes < n ? centre + half : 1;
    e.has_interval = true;
    return e;
}

/* ---- pairs --------------------------------------------------------------------------- */

static double *differences(const double *a, const double *b, size_t n)
{
    double *d = malloc((n ? n : 1) * sizeof *d);
    assert(d);
    for (size_t k = 0; k < n; k++)
        d[k] = b[k] - a[k];
    return d;
}

struct estimate stats_paired(const double *a, const double *b, size_t n)
{
    double *d = differences(a, b, n);
    struct estimate e = stats_mean(d, n);
    free(d);
    return e;
}

double stats_paired_p(const double *a, const double *b, size_t n)
{
    if (n < 2)
        return 1;
    double *d = differences(a, b, n);
    double mean = gsl_stats_mean(d, 1, n);
    double error = gsl_stats_sd_m(d, 1, n, mean) / sqrt((double)n);
    free(d);
    if (error > 0)
        return 2 * gsl_cdf_tdist_Q(fabs(mean) / error, (double)(n - 1));
    return fabs(mean) > 0 ? 0 : 1;
}

/* ---- several comparisons ------------------------------------------------------------- */

struct ranked {
    double p;
    size_t at;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    return (x->p > y->p) - (x->p < y->p);
}

void stats_holm(double *p, size_t n)
{
    struct ranked *sorted = malloc((n ? n : 1) * sizeof *sorted);
    assert(sorted);
    for (size_t k = 0; k < n; k++)
        sorted[k] = (struct ranked){p[k], k};
    qsort(sorted, n, sizeof *sorted, by_p);
    double least = 0; /* one that is larger is not adjusted to less */
    for (size_t k = 0; k < n; k++) {
        least = fmax(least, fmin(1, (double)(n - k) * sorted[k].p));
        p[sorted[k].at] = least;
    }
    free(sorted);
}

/* ---- units --------------------------------------------------------------------------- */

struct member {
    int64_t unit;
    size_t at;
};

static int by_unit(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

size_t stats_by_unit(const double *x, const int64_t *unit, size_t n, bool median, double *out)
{
    struct member *m = malloc((n ? n : 1) * sizeof *m);
    double *of_one = malloc((n ? n : 1) * sizeof *of_one);
    size_t units = 0;
    assert(m && of_one);
    for (size_t k = 0; k < n; k++) {
        m[k] = (struct member){unit[k], k};
        out[k] = (double)NAN; /* a finite one stands at its unit's first value */
    }
    qsort(m, n, sizeof *m, by_unit);
    for (size_t first = 0, end = 0; first < n; first = end) {
        for (; end < n && m[end].unit == m[first].unit; end++)
            of_one[end - first] = x[m[end].at];
        out[m[first].at] = median ? stats_median(of_one, end - first).value
                                  : gsl_stats_mean(of_one, 1, end - first);
    }
    for (size_t k = 0; k < n; k++) {
        if (!isnan(out[k]))
            out[units++] = out[k];
    }
    free(of_one);
    free(m);
    return units;
}
