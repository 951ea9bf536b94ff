#include <math.h>

#include "analysis/stats.h"
#include "sim/base/rng.h"

#include "tests/check.h"

enum { MOST = 2000 };

static struct rng stream(const char *name)
{
    struct rng_seed seed = rng_seed_of(5, 0);
    return rng_stream(&seed, name);
}

/* White's statistic of the definition: of means of five from the dth on, the mean square distance
 * from their mean over their number. */
static double mser(const double *x, size_t fives, size_t d)
{
    double kept = (double)(fives - d);
    double mean = 0;
    double squares = 0;
    for (size_t i = 5 * d; i < 5 * fives; i++)
        mean += x[i] / 5 / kept;
    for (size_t k = d; k < fives; k++) {
        double z = (x[5 * k] + x[5 * k + 1] + x[5 * k + 2] + x[5 * k + 3] + x[5 * k + 4]) / 5;
        squares += (z - mean) * (z - mean);
    }
    return squares / (kept * kept);
}

static size_t mser5_of_the_definition(const double *x, size_t n)
{
    size_t fives = n / 5;
    size_t best = 0;
    for (size_t d = 1; d + 5 <= fives; d++) {
        if (mser(x, fives, d) < mser(x, fives, best))
            best = d;
    }
    return 10 * best <= n ? 5 * best : n;
}

/* Noise, and noise that begins high and forgets it, faster or slower than the series is long. */
static void mser5_is_whites_rule(void)
{
    double x[MOST];
    struct rng r = stream("mser");
    unsigned none = 0;
    unsigned some = 0;
    unsigned no_end = 0;
    for (int k = 0; k < 300; k++) {
        size_t n = 50 + (size_t)rng_below(&r, 300);
        double start = 5 * (double)(k % 3);
        double forgets = 5 + 100 * rng_unit(&r);
        for (size_t i = 0; i < n; i++)
            x[i] = rng_normal(&r, start * exp(-(double)i / forgets), 1);
        size_t cut = stats_mser5(x, n);
        CHECK_EQ(cut, mser5_of_the_definition(x, n));
        none += cut == 0;
        some += cut > 0 && cut < n;
        no_end += cut == n;
    }
    CHECK(none > 20 && some > 100 && no_end > 5); /* the series are of each kind */
}

/* After 60 values nothing varies: the statistic is 0 from there on. */
static void mser5_finds_the_end_of_a_step(void)
{
    double x[200];
    for (size_t i = 0; i < 200; i++)
        x[i] = i < 60 ? 0.3 : 0.1;
    CHECK_EQ(stats_mser5(x, 200), 60);
    CHECK_EQ(stats_mser5(x, 120), 60); /* just within the first half */
    CHECK_EQ(stats_mser5(x, 119), 119);
    for (size_t i = 0; i < 200; i++)
        x[i] = i < 58 ? 0.3 : 0.1;
    CHECK_EQ(stats_mser5(x, 200), 60); /* the five that holds it is cut off */
}

/* 20 e^(-t/20) is half a deviation of the noise at t = 74 and a tenth at 106. */
static void mser5_finds_the_end_of_a_transient(void)
{
    double x[1000];
    struct rng r = stream("transient");
    for (int k = 0; k < 20; k++) {
        double all = 0;
        double kept = 0;
        for (size_t i = 0; i < 1000; i++)
            x[i] = rng_normal(&r, 7 + 20 * exp(-(double)i / 20), 1);
        size_t cut = stats_mser5(x, 1000);
        CHECK(cut >= 35 && cut <= 200);
        for (size_t i = 0; i < 1000; i++) {
            all += x[i] / 1000;
            kept += i < cut ? 0 : x[i] / (double)(1000 - cut);
        }
        CHECK(all > 7.3);          /* 0.4 too much */
        CHECK_NEAR(kept, 7, 0.15); /* four errors, and what is left of it */
    }
}

static void mser5_where_nothing_is_to_be_cut(void)
{
    double x[200];
    for (size_t i = 0; i < 200; i++)
        x[i] = 0.1;
    CHECK_EQ(stats_mser5(x, 200), 0);
    CHECK_EQ(stats_mser5(x, 50), 0);
    for (size_t i = 0; i < 200; i++)
        x[i] = i < 197 ? (double)(i % 5) : 1e6; /* a rest of two is not looked at */
    CHECK_EQ(stats_mser5(x, 199), 0);
}

static void mser5_finds_no_end(void)
{
    double x[200];
    for (size_t i = 0; i < 200; i++)
        x[i] = (double)i;
    CHECK_EQ(stats_mser5(x, 200), 200); /* it grows for ever */
    for (size_t i = 0; i < 200; i++)
        x[i] = 0.1;
    CHECK_EQ(stats_mser5(x, 49), 49); /* too short to say */
    CHECK_EQ(stats_mser5(NULL, 0), 0);
}

/* ---- batch means --------------------------------------------------------------------- */

/* 3, 4, ... 102 in ten batches: their means are 7.5, 17.5, ... 97.5, whose deviation is
 * 10 sqrt(10 * 11 / 12), and t with 9 degrees of freedom 2.262157. The rest, at the beginning,
 * does not count. */
static void batch_means_of_whole_numbers(void)
{
    double x[103];
    for (size_t i = 0; i < 103; i++)
        x[i] = i < 3 ? 1e9 : (double)i;
    struct estimate e = stats_batch_means(x, 103, 10);
    double half = 2.262157163 * 10 * sqrt(11.0 / 12);
    CHECK(e.has_interval);
    CHECK_EQ(e.n, 10);
    CHECK_NEAR(e.value, 52.5, 1e-9);
    CHECK_NEAR(e.low, 52.5 - half, 1e-6);
    CHECK_NEAR(e.high, 52.5 + half, 1e-6);
}

/* x' = 0.9 x + noise of deviation 1: what is far apart is independent, what is near is not. The
 * mean of n has nearly the variance 100 / n, where independent values of its variance 1 / (1 -
 * 0.81) would have 5.263 / n: the interval is 4.36 times as wide. */
static void batch_means_know_of_correlation(void)
{
    static double x[20000];
    struct rng r = stream("batches");
    double naive = 0;
    double batched = 0;
    unsigned held = 0;
    for (int k = 0; k < 200; k++) {
        double now = rng_normal(&r, 0, 1 / sqrt(0.19));
        for (size_t i = 0; i < 20000; i++)
            x[i] = now = 0.9 * now + rng_normal(&r, 0, 1);
        struct estimate b = stats_batch_means(x, 20000, 20);
        struct estimate m = stats_mean(x, 20000);
        batched += b.high - b.low;
        naive += m.high - m.low;
        held += b.low <= 0 && b.high >= 0;
    }
    /* t with 19 degrees of freedom is 2.093, not 1.96, and a deviation of 20 falls short by 1.3 %.
     */
    CHECK_NEAR(batched / naive, 4.36 * 2.093 / 1.96 * 0.987, 0.15);
    CHECK(held >= 180); /* 190 of 200, deviation 3.1 */
}

static void batch_means_of_too_little(void)
{
    static const double x[] = {1, 2, 3, 6};
    struct estimate e = stats_batch_means(x, 4, 2);
    CHECK(e.has_interval);
    CHECK_EQ(e.n, 2);
    CHECK_NEAR(e.value, 3, 1e-12);
    e = stats_batch_means(x, 3, 2);
    CHECK(!e.has_interval);
    CHECK_EQ(e.n, 1);
    CHECK_NEAR(e.value, 2, 1e-12);
    CHECK(!stats_batch_means(x, 4, 1).has_interval);
    CHECK(!stats_batch_means(x, 4, 0).has_interval);
    CHECK(!stats_batch_means(x, 4, SIZE_MAX).has_interval);
    e = stats_batch_means(NULL, 0, 20);
    CHECK(!e.has_interval && isnan(e.value));
    CHECK_EQ(e.n, 0);
}

CHECK_MAIN(CASE(mser5_is_whites_rule), CASE(mser5_finds_the_end_of_a_step),
           CASE(mser5_finds_the_end_of_a_transient), CASE(mser5_where_nothing_is_to_be_cut),
           CASE(mser5_finds_no_end), CASE(batch_means_of_whole_numbers),
           CASE(batch_means_know_of_correlation), CASE(batch_means_of_too_little))
