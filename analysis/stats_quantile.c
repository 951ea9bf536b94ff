#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "analysis/stats.h"
#include "sim/base/rng.h"

static const double tail = 0.025; /* on each side of an interval of 95 % */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted_copy(const double *x, size_t n)
{
    double *sorted = malloc((n ? n : 1) * sizeof *sorted);
    assert(sorted);
    if (n)
        memcpy(sorted, x, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    return sorted;
}

static bool is_median(double p)
{
    return fabs(p - 0.5) < 1e-12;
}

/* Ranks from 1. A product such as 100 * 0.55, a little above 55, is 55. */
static size_t nearest_rank(double p, size_t n)
{
    double rank = ceil((double)n * p * (1 - 1e-12));
    return rank < 1 ? 1 : (size_t)rank;
}

/* The estimate lies halfway between two ranks, which are one unless it is a median of even n. */
struct ranks {
    size_t low;
    size_t high;
};

static struct ranks ranks_of(double p, size_t n)
{
    size_t rank = nearest_rank(p, n);
    return (struct ranks){rank, is_median(p) && n % 2 == 0 ? rank + 1 : rank};
}

static double value_at(const double *sorted, struct ranks r)
{
    return sorted[r.low - 1] + (sorted[r.high - 1] - sorted[r.low - 1]) / 2;
}

static double quantile_of_sorted(const double *sorted, size_t n, double p)
{
    return n ? value_at(sorted, ranks_of(p, n)) : (double)NAN;
}

/* The highest rank that is above the p-quantile of what was sampled with probability 2.5 % at most,
 * 0 if there is none: fewer than `rank` of n lie below it. */
static size_t lower_rank(double p, size_t n)
{
    size_t rank = 0;
    for (size_t above = nearest_rank(p, n) + 1; above - rank > 1;) {
        size_t middle = rank + (above - rank) / 2;
        if (gsl_cdf_binomial_P((unsigned)(middle - 1), p, (unsigned)n) <= tail) {
            rank = middle;
        } else {
            above = middle;
        }
    }
    return rank;
}

/* Seen from the other end, the p-quantile is the (1 - p)-quantile. Low is 0 if there is none. */
static struct ranks interval_of(double p, size_t n)
{
    size_t low = lower_rank(p, n);
    size_t from_end = lower_rank(1 - p, n);
    if (!low || !from_end)
        return (struct ranks){0, 0};
    return (struct ranks){low, n + 1 - from_end};
}

size_t stats_quantile_needs(double p)
{
    assert(p > 0 && p < 1);
    size_t n = (size_t)(log(tail) / log(fmax(p, 1 - p))); /* 5 or more */
    while (!interval_of(p, n).low)
        n++;
    return n;
}

struct estimate stats_quantile(const double *x, size_t n, double p)
{
    assert(p > 0 && p < 1 && n <= UINT32_MAX);
    double *sorted = sorted_copy(x, n);
    double value = quantile_of_sorted(sorted, n, p);
    struct estimate e = {.value = value, .low = value, .high = value, .n = n};
    struct ranks r = n ? interval_of(p, n) : (struct ranks){0, 0};
    if (r.low) {
        e.low = sorted[r.low - 1];
        e.high = sorted[r.high - 1];
        e.has_interval = true;
    }
    free(sorted);
    return e;
}

struct estimate stats_median(const double *x, size_t n)
{
    return stats_quantile(x, n, 0.5);
}

/* ---- bootstrap ----------------------------------------------------------------------- */

enum { LEAST_DRAWS = 40 };

/* The estimate of one resample of `sorted`: how often each value is drawn says who has the rank. */
static double resample(const double *sorted, uint32_t *times, size_t n, double p, struct rng *rng)
{
    struct ranks want = ranks_of(p, n);
    struct ranks found = {0, 0};
    memset(times, 0, n * sizeof *times);
    for (size_t k = 0; k < n; k++)
        times[rng_below(rng, n)]++;
    size_t passed = 0;
    for (size_t k = 0; passed < want.high; k++) {
        passed += times[k];
        if (!found.low && passed >= want.low)
            found.low = k + 1;
        found.high = k + 1;
    }
    return value_at(sorted, found);
}

struct estimate stats_bootstrap(const double *x, size_t n, double p, size_t draws, uint64_t seed)
{
    struct estimate e = stats_quantile(x, n, p);
    if (e.has_interval && draws < LEAST_DRAWS) {
        e.low = e.value;
        e.high = e.value;
        e.has_interval = false;
    }
    if (!e.has_interval)
        return e;
    double *sorted = sorted_copy(x, n);
    double *drawn = malloc(draws * sizeof *drawn);
    uint32_t *times = malloc(n * sizeof *times);
    assert(drawn && times);
    struct rng_seed key = rng_seed_of(seed, 0);
    struct rng rng = rng_stream(&key, "stats.bootstrap");
    for (size_t k = 0; k < draws; k++)
        drawn[k] = resample(sorted, times, n, p, &rng);
    qsort(drawn, draws, sizeof *drawn, by_value);
    e.low = drawn[nearest_rank(tail, draws) - 1];
    e.high = drawn[nearest_rank(1 - tail, draws) - 1];
    free(times);
    free(drawn);
    free(sorted);
    return e;
}

/* ---- box plot ------------------------------------------------------------------------ */

struct box stats_box(const double *x, size_t n)
{
    double *sorted = sorted_copy(x, n);
    struct box b = {.q1 = quantile_of_sorted(sorted, n, 0.25),
                    .median = quantile_of_sorted(sorted, n, 0.5),
                    .q3 = quantile_of_sorted(sorted, n, 0.75),
                    .n = n};
    double reach = 1.5 * (b.q3 - b.q1);
    size_t low = 0;
    size_t high = n;
    while (low < n && sorted[low] < b.q1 - reach)
        low++;
    while (high > 0 && sorted[high - 1] > b.q3 + reach)
        high--;
    b.low = n ? sorted[low] : (double)NAN;
    b.high = n ? sorted[high - 1] : (double)NAN;
    free(sorted);
    return b;
}
