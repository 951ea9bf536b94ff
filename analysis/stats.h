/*
 * stats.h - what several replications say together: estimates with 95 % intervals.
 *
 * Samples are independent; where several values come from one independent unit (seeds over one
 * measured drive), stats_by_unit() makes one of them first.  Too little data gives an estimate
 * without an interval, never a guess; no data at all, the value NAN.  Values are finite, in the
 * unit of the caller, in any order, and are not changed.  Running out of memory ends the program.
 * With GSL.
 */
#ifndef ANALYSIS_STATS_H
#define ANALYSIS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct estimate {
    double value; /* NAN if n is 0 */
    double low;   /* 95 % interval; without `has_interval` it has no width: both are `value` */
    double high;
    size_t n; /* independent samples */
    bool has_interval;
};

/* Mean with Student's t interval; n < 2: no interval. */
struct estimate stats_mean(const double *x, size_t n);

/* The p-quantile, 0 < p < 1, by nearest rank: the ceil(np)th smallest (p = 0.5: the median, halfway
 * between the two middle ones if n is even). Its interval is of order statistics (binomial; David
 * and Nagaraja 2003 7.1), at most 2.5 % on each side, so conservative: with ties, too. No interval
 * where n is too small for one: a median needs 6, p = 0.9 36, 0.95 72, 0.99 368. */
struct estimate stats_quantile(const double *x, size_t n, double p);
struct estimate stats_median(const double *x, size_t n);
size_t stats_quantile_needs(double p); /* the least n that has an interval */

/* The p-quantile with a percentile bootstrap interval of `draws` resamples (Efron 1979); the same
 * `seed` gives the same interval. None where stats_quantile() has none, since no resample reaches
 * beyond the outermost values, nor with fewer than 40 draws, which have no 2.5 %. */
struct estimate stats_bootstrap(const double *x, size_t n, double p, size_t draws, uint64_t seed);

/* A proportion with Wilson's score interval (Wilson 1927); n = 0: no interval. */
struct estimate stats_wilson(size_t successes, size_t n);

/* Of pairs: the mean of b - a with its t interval. */
struct estimate stats_paired(const double *a, const double *b, size_t n);
/* Two-sided p-value of the paired t test. n < 2: 1, nothing is known. All differences equal: 0, or
 * 1 if they are zero. */
double stats_paired_p(const double *a, const double *b, size_t n);

/* Holm's step-down correction (Holm 1979): p-values in, adjusted p-values out, in place. */
void stats_holm(double *p, size_t n);

/* One value a unit: the mean (or the median) of the values that share `unit`. Units in order of
 * their first value; answers how many. `out` has room for n, apart from `x`. */
size_t stats_by_unit(const double *x, const int64_t *unit, size_t n, bool median, double *out);

/* Where the warm-up of a series ends, by MSER (White 1997) over means of 5 (MSER-5: White, Cobb
 * and Spratt 2000): how many values to cut off, a multiple of 5. A rest that fills no five is not
 * looked at, and at least five means are kept (Hoad, Robinson and Davies 2010). n: the rule finds
 * no end within the first half, or there are fewer than 50. */
size_t stats_mser5(const double *x, size_t n);

/* The mean of one steady series by `batches` batch means (t interval over them, which are the `n`
 * of the estimate); a rest that fills no batch is left out at the beginning. n < 2 * batches, or
 * fewer than two batches: the mean of all, one sample without an interval. */
struct estimate stats_batch_means(const double *x, size_t n, size_t batches);

/* Numbers for a box plot: quartiles as stats_quantile() has them, whiskers at the outermost values
 * within 1.5 interquartile ranges of the box (Tukey 1977). n = 0: all are NAN. */
struct box {
    double low; /* whisker */
    double q1;
    double median;
    double q3;
    double high; /* whisker */
    size_t n;
};
struct box stats_box(const double *x, size_t n);

#endif
