#include <math.h>

#include "analysis/stats.h"

#include "tests/check.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

enum { MOST = 400 };

/* The numbers 1 to n, the even ones first, backwards: a value is its rank. */
static const double *ranks(size_t n)
{
    static double x[MOST];
    size_t at = 0;
    for (size_t k = n; k > 0; k--) {
        if (k % 2 == 0)
            x[at++] = (double)k;
    }
    for (size_t k = 1; k <= n; k += 2)
        x[at++] = (double)k;
    return x;
}

/* As Nair, Sankhya 4 (1940) 551-558, and textbooks after him have the ranks, with their confidence
 * in %. */
static void medians_as_in_the_tables(void)
{
    static const struct {
        size_t n;
        double low, high, value;
    } of[] = {
        {6, 1, 6, 3.5},     /* 96.9 */
        {9, 2, 8, 5},       /* 96.1 */
        {10, 2, 9, 5.5},    /* 97.9 */
        {15, 4, 12, 8},     /* 96.5 */
        {17, 5, 13, 9},     /* 95.1 */
        {20, 6, 15, 10.5},  /* 95.9 */
        {100, 40, 61, 50.5} /* 96.5 */
    };
    for (size_t k = 0; k < N(of); k++) {
        struct estimate e = stats_median(ranks(of[k].n), of[k].n);
        CHECK(e.has_interval);
        CHECK_EQ(e.n, of[k].n);
        CHECK_NEAR(e.value, of[k].value, 0);
        CHECK_NEAR(e.low, of[k].low, 0);
        CHECK_NEAR(e.high, of[k].high, 0);
    }
}

/* P(at most k of n), added up from the definition. */
static double binomial(size_t k, size_t n, double p)
{
    double sum = 0;
    for (size_t i = 0; i <= k; i++) {
        double x = (double)i;
        double y = (double)(n - i);
        sum += exp(lgamma(x + y + 1) - lgamma(x + 1) - lgamma(y + 1) + x * log(p) + y * log1p(-p));
    }
    return sum;
}

/* The interval [low, high] misses the p-quantile on the left if fewer than `low` values lie below
 * it, on the right if `high` or more do: each at most 2.5 %, and one rank further in is more. */
static void intervals_of_quantiles_are_the_narrowest_that_hold(void)
{
    static const double of[] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};
    for (size_t k = 0; k < N(of); k++) {
        double p = of[k];
        for (size_t n = 1; n < MOST; n += 1 + n / 10) {
            struct estimate e = stats_quantile(ranks(n), n, p);
            CHECK_EQ(e.has_interval, n >= stats_quantile_needs(p));
            CHECK(e.low <= e.value && e.value <= e.high);
            if (!e.has_interval)
                continue;
            size_t low = (size_t)e.low;
            size_t high = (size_t)e.high;
            CHECK(binomial(low - 1, n, p) <= 0.025);
            CHECK(binomial(low, n, p) > 0.025);
            CHECK(binomial(high - 1, n, p) >= 0.975);
            CHECK(binomial(high - 2, n, p) < 0.975);
        }
    }
}

/* Both ends miss the quantile at most where all values lie on one side: max(p, 1 - p)^n <= 0.025.
 */
static void what_a_quantile_needs(void)
{
    static const struct {
        double p;
        size_t n;
    } of[] = {{0.5, 6}, {0.25, 13}, {0.75, 13}, {0.1, 36}, {0.9, 36}, {0.95, 72}, {0.99, 368}};
    for (size_t k = 0; k < N(of); k++) {
        double p = of[k].p;
        size_t n = of[k].n;
        CHECK_EQ(stats_quantile_needs(p), n);
        CHECK(stats_quantile(ranks(n), n, p).has_interval);
        CHECK(!stats_quantile(ranks(n - 1), n - 1, p).has_interval);
    }
}

/* Wikipedia, Percentile, the nearest-rank method: its examples 1 and 2. */
static void nearest_ranks(void)
{
    static const double five[] = {50, 15, 40, 20, 35};
    static const double ten[] = {3, 6, 7, 8, 8, 10, 13, 15, 16, 20};
    CHECK_NEAR(stats_quantile(five, 5, 0.05).value, 15, 0);
    CHECK_NEAR(stats_quantile(five, 5, 0.3).value, 20, 0);
    CHECK_NEAR(stats_quantile(five, 5, 0.4).value, 20, 0);
    CHECK_NEAR(stats_quantile(five, 5, 0.5).value, 35, 0);
    CHECK_NEAR(stats_quantile(five, 5, 0.99).value, 50, 0);
    CHECK_NEAR(stats_quantile(ten, 10, 0.25).value, 7, 0);
    CHECK_NEAR(stats_quantile(ten, 10, 0.75).value, 15, 0);
    CHECK_NEAR(stats_median(ten, 10).value, 9, 0); /* halfway, where the method has 8 */
    for (size_t k = 1; k < 100; k++) {             /* as whole numbers have it, not 100 * 0.55 */
        double rank = k == 50 ? 50.5 : (double)k;
        CHECK_NEAR(stats_quantile(ranks(100), 100, (double)k / 100).value, rank, 0);
    }
}

static void few_equal_and_tied_values(void)
{
    static const double five[] = {1, 2, 3, 4, 100};
    static const double equal[] = {7, 7, 7, 7, 7, 7};
    static const double ties[] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 9};
    struct estimate none = stats_median(NULL, 0);
    CHECK(!none.has_interval && isnan(none.value));
    CHECK_EQ(none.n, 0);
    CHECK_NEAR(stats_median(five, 1).value, 1, 0);
    struct estimate e = stats_median(five, 5); /* all of them: 93.75 % */
    CHECK(!e.has_interval);
    CHECK_NEAR(e.value, 3, 0);
    CHECK_NEAR(e.low, 3, 0);
    CHECK_NEAR(e.high, 3, 0);
    e = stats_median(equal, 6);
    CHECK(e.has_interval);
    CHECK_NEAR(e.low, 7, 0);
    CHECK_NEAR(e.high, 7, 0);
    e = stats_median(ties, 10);
    CHECK_NEAR(e.low, 1, 0);
    CHECK_NEAR(e.high, 1, 0);
}

/* ---- bootstrap ----------------------------------------------------------------------- */

/* Efron, Annals of Statistics 7 (1979) 1-26, section 3: the median of a resample of 13 is the 2nd,
 * 3rd, ... 7th smallest with probability 0.0015, 0.0142, 0.0550, 0.1242, 0.1936, 0.2230, and so on
 * backwards. So 2.5 % lie below the 4th, and 2.5 % above the 10th. */
static void bootstrap_of_efrons_median(void)
{
    struct estimate e = stats_bootstrap(ranks(13), 13, 0.5, 5000, 1);
    CHECK(e.has_interval);
    CHECK_EQ(e.n, 13);
    CHECK_NEAR(e.value, 7, 0);
    CHECK_NEAR(e.low, 4, 0);
    CHECK_NEAR(e.high, 10, 0);
}

/* Of all 6^6 resamples 406 have the median 1, 1220 have 1.5, 406 have 32 and 1220 have 24: 2.5 %
 * are 1166. */
static void bootstrap_of_an_even_number(void)
{
    static const double x[] = {32, 1, 16, 2, 8, 4};
    struct estimate e = stats_bootstrap(x, 6, 0.5, 20000, 1);
    CHECK(e.has_interval);
    CHECK_NEAR(e.value, 6, 0);
    CHECK_NEAR(e.low, 1.5, 0);
    CHECK_NEAR(e.high, 24, 0);
}

/* The p-quantile of a resample is at most the kth smallest if np or more of its values are, which
 * is binomial (Efron 1982, 10.3): the limits from that, for p = 0.9 of 50. */
static void bootstrap_of_another_quantile(void)
{
    const size_t n = 50;
    const size_t rank = 45;
    struct estimate e = stats_bootstrap(ranks(n), n, 0.9, 20000, 3);
    size_t low = 1;
    size_t high = 1;
    while (1 - binomial(rank - 1, n, (double)low / (double)n) < 0.025)
        low++;
    while (high < n && 1 - binomial(rank - 1, n, (double)high / (double)n) < 0.975)
        high++;
    CHECK(e.has_interval);
    CHECK_NEAR(e.value, (double)rank, 0);
    CHECK_NEAR(e.low, (double)low, 0);
    CHECK_NEAR(e.high, (double)high, 0);
}

static void bootstrap_repeats_itself(void)
{
    bool differs = false;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct estimate a = stats_bootstrap(ranks(100), 100, 0.5, 100, seed);
        struct estimate b = stats_bootstrap(ranks(100), 100, 0.5, 100, seed);
        struct estimate c = stats_bootstrap(ranks(100), 100, 0.5, 100, seed + 1);
        CHECK_NEAR(a.low, b.low, 0);
        CHECK_NEAR(a.high, b.high, 0);
        differs |= fabs(a.low - c.low) > 0 || fabs(a.high - c.high) > 0;
    }
    CHECK(differs);
}

static void bootstrap_of_too_little(void)
{
    static const double equal[] = {7, 7, 7, 7, 7, 7};
    struct estimate e = stats_bootstrap(equal, 6, 0.5, 40, 1);
    CHECK(e.has_interval);
    CHECK_NEAR(e.low, 7, 0);
    CHECK_NEAR(e.high, 7, 0);
    CHECK(!stats_bootstrap(ranks(100), 100, 0.5, 39, 1).has_interval);
    CHECK_NEAR(stats_bootstrap(ranks(100), 100, 0.5, 39, 1).high, 50.5, 0);
    CHECK(!stats_bootstrap(ranks(5), 5, 0.5, 1000, 1).has_interval);
    CHECK(!stats_bootstrap(ranks(71), 71, 0.95, 1000, 1).has_interval);
    CHECK(isnan(stats_bootstrap(NULL, 0, 0.5, 1000, 1).value));
}

/* ---- box plot ------------------------------------------------------------------------ */

/* Wikipedia, Box plot: hourly temperatures, without outliers and with (52 and 89 for 57 and 81). */
static void boxes_of_temperatures(void)
{
    static const double f[] = {57, 57, 57, 58, 63, 66, 66, 67, 67, 68, 69, 70,
                               70, 70, 70, 72, 73, 75, 75, 76, 76, 78, 79, 81};
    double g[24];
    struct box b = stats_box(f, 24);
    CHECK_EQ(b.n, 24);
    CHECK_NEAR(b.low, 57, 0);
    CHECK_NEAR(b.q1, 66, 0);
    CHECK_NEAR(b.median, 70, 0);
    CHECK_NEAR(b.q3, 75, 0);
    CHECK_NEAR(b.high, 81, 0);
    memcpy(g, f, sizeof g);
    g[0] = 52;
    g[23] = 89;
    b = stats_box(g, 24);
    CHECK_NEAR(b.low, 57, 0);
    CHECK_NEAR(b.q1, 66, 0);
    CHECK_NEAR(b.q3, 75, 0);
    CHECK_NEAR(b.high, 79, 0);
}

static void boxes_of_few_and_equal_values(void)
{
    static const double x[] = {5, 5, 5, 5, 5, 9};
    struct box none = stats_box(NULL, 0);
    struct box one = stats_box(x, 1);
    struct box equal = stats_box(x, 6); /* without a box every other value is an outlier */
    CHECK_EQ(none.n, 0);
    CHECK(isnan(none.low) && isnan(none.q1) && isnan(none.median));
    CHECK(isnan(none.q3) && isnan(none.high));
    CHECK_NEAR(one.low, 5, 0);
    CHECK_NEAR(one.q1, 5, 0);
    CHECK_NEAR(one.high, 5, 0);
    CHECK_NEAR(equal.low, 5, 0);
    CHECK_NEAR(equal.high, 5, 0);
}

CHECK_MAIN(CASE(medians_as_in_the_tables), CASE(intervals_of_quantiles_are_the_narrowest_that_hold),
           CASE(what_a_quantile_needs), CASE(nearest_ranks), CASE(few_equal_and_tied_values),
           CASE(bootstrap_of_efrons_median), CASE(bootstrap_of_an_even_number),
           CASE(bootstrap_of_another_quantile), CASE(bootstrap_repeats_itself),
           CASE(bootstrap_of_too_little), CASE(boxes_of_temperatures),
           CASE(boxes_of_few_and_equal_values))
