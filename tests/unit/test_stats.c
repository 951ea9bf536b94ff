#include <math.h>

#include "analysis/stats.h"

#include "tests/check.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

/* Additional hours of sleep of ten patients by two drugs: Student, The probable error of a mean,
 * Biometrika 6 (1908) 1-25; R's data set `sleep`. */
static const double first_drug[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
static const double second_drug[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

/* What R's t.test says of it. */
static void means_of_students_sleepers(void)
{
    struct estimate e = stats_mean(first_drug, 10);
    CHECK(e.has_interval);
    CHECK_EQ(e.n, 10);
    CHECK_NEAR(e.value, 0.75, 1e-12);
    CHECK_NEAR(e.low, -0.5297804, 1e-7);
    CHECK_NEAR(e.high, 2.0297804, 1e-7);
    e = stats_mean(second_drug, 10);
    CHECK_NEAR(e.value, 2.33, 1e-12);
    CHECK_NEAR(e.low, 0.8976775, 1e-7);
    CHECK_NEAR(e.high, 3.7623225, 1e-7);
}

/* The numbers 1 to n have the mean (n + 1) / 2 and the deviation sqrt(n (n + 1) / 12); quantiles of
 * t as in every table (Fisher and Yates, table III, P = 0.05). */
static void intervals_have_students_quantile(void)
{
    static const struct {
        size_t n;
        double t;
    } of[] = {{2, 12.706}, {3, 4.303}, {5, 2.776}, {10, 2.262}, {30, 2.045}, {121, 1.980}};
    double x[121];
    for (size_t k = 0; k < N(of); k++) {
        size_t n = of[k].n;
        for (size_t i = 0; i < n; i++)
            x[i] = (double)(i + 1);
        struct estimate e = stats_mean(x, n);
        double error = sqrt((double)(n + 1) / 12);
        CHECK_NEAR(e.value, (double)(n + 1) / 2, 1e-12);
        CHECK_NEAR((e.high - e.value) / error, of[k].t, 0.0005);
        CHECK_NEAR((e.value - e.low) / error, of[k].t, 0.0005);
    }
}

static void too_little_has_no_interval(void)
{
    static const double one = 3.5;
    struct estimate none = stats_mean(NULL, 0);
    struct estimate e = stats_mean(&one, 1);
    CHECK(!none.has_interval && isnan(none.value) && isnan(none.low) && isnan(none.high));
    CHECK_EQ(none.n, 0);
    CHECK(!e.has_interval);
    CHECK_EQ(e.n, 1);
    CHECK_NEAR(e.value, 3.5, 0);
    CHECK_NEAR(e.low, 3.5, 0);
    CHECK_NEAR(e.high, 3.5, 0);
}

static void equal_values_have_an_interval_without_width(void)
{
    static const double x[] = {0.1, 0.1, 0.1};
    struct estimate e = stats_mean(x, 3);
    CHECK(e.has_interval);
    CHECK_NEAR(e.low, 0.1, 0);
    CHECK_NEAR(e.high, 0.1, 0);
}

/* Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
 * (1998) 857-872, table I, method 3. */
static void wilson_as_newcombe_has_it(void)
{
    static const struct {
        size_t successes, n;
        double low, high;
    } of[] = {{81, 263, 0.2553, 0.3662},
              {15, 148, 0.0624, 0.1605},
              {0, 20, 0.0000, 0.1611},
              {1, 29, 0.0061, 0.1718}};
    for (size_t k = 0; k < N(of); k++) {
        struct estimate e = stats_wilson(of[k].successes, of[k].n);
        struct estimate other = stats_wilson(of[k].n - of[k].successes, of[k].n);
        CHECK(e.has_interval);
        CHECK_EQ(e.n, of[k].n);
        CHECK_NEAR(e.value, (double)of[k].successes / (double)of[k].n, 1e-15);
        CHECK_NEAR(e.low, of[k].low, 0.00005);
        CHECK_NEAR(e.high, of[k].high, 0.00005);
        CHECK_NEAR(other.low, 1 - e.high, 1e-12);
        CHECK_NEAR(other.high, 1 - e.low, 1e-12);
    }
}

/* With no success the upper limit is z^2 / (n + z^2). */
static void wilson_at_its_ends(void)
{
    const double z = 1.959963984540054;
    struct estimate none = stats_wilson(0, 0);
    CHECK(!none.has_interval && isnan(none.value));
    for (size_t n = 1; n < 2000; n = 2 * n + 1) {
        struct estimate low = stats_wilson(0, n);
        struct estimate high = stats_wilson(n, n);
        CHECK(low.has_interval && high.has_interval);
        CHECK_NEAR(low.low, 0, 0);
        CHECK_NEAR(low.high, z * z / ((double)n + z * z), 1e-12);
        CHECK_NEAR(high.high, 1, 0);
        CHECK_NEAR(high.low, 1 - low.high, 1e-12);
    }
}

/* R's t.test(paired = TRUE): t = -4.0621, 9 degrees of freedom, p = 0.002833, 0.70 to 2.46. */
static void pairs_of_students_sleepers(void)
{
    struct estimate e = stats_paired(first_drug, second_drug, 10);
    CHECK(e.has_interval);
    CHECK_EQ(e.n, 10);
    CHECK_NEAR(e.value, 1.58, 1e-12);
    CHECK_NEAR(e.low, 0.7001142, 1e-7);
    CHECK_NEAR(e.high, 2.4598858, 1e-7);
    CHECK_NEAR(stats_paired_p(first_drug, second_drug, 10), 0.002832890, 1e-9);
    CHECK_NEAR(stats_paired_p(second_drug, first_drug, 10), 0.002832890, 1e-9);
    e = stats_paired(second_drug, first_drug, 10);
    CHECK_NEAR(e.low, -2.4598858, 1e-7);
}

/* With 1 degree of freedom t is Cauchy's: p = 1 - 2 atan(t) / pi. Differences 1 and 2: t = 3. */
static void p_of_two_pairs(void)
{
    static const double a[] = {10, 20};
    static const double b[] = {11, 22};
    CHECK_NEAR(stats_paired_p(a, b, 2), 1 - 2 * atan(3) / acos(-1), 1e-12);
}

static void pairs_that_do_not_vary(void)
{
    static const double a[] = {1, 5, 9};
    static const double b[] = {3, 7, 11};
    CHECK_NEAR(stats_paired_p(a, b, 3), 0, 0);
    CHECK_NEAR(stats_paired_p(a, a, 3), 1, 0);
    CHECK_NEAR(stats_paired_p(a, b, 1), 1, 0);
    CHECK_NEAR(stats_paired_p(a, b, 0), 1, 0);
    CHECK(!stats_paired(a, b, 1).has_interval);
    CHECK_NEAR(stats_paired(a, b, 1).value, 2, 0);
    CHECK(isnan(stats_paired(a, b, 0).value));
}

static void check_holm(const double *p, const double *want, size_t n)
{
    double q[16];
    memcpy(q, p, n * sizeof *q);
    stats_holm(q, n);
    for (size_t k = 0; k < n; k++)
        CHECK_NEAR(q[k], want[k], 1e-9);
}

/* The first two from R's multtest, mt.rawp2adjp(proc = "Holm"), as statsmodels keeps them in
 * stats/tests/test_multi.py; the third with the p-values of Wikipedia's Holm-Bonferroni article:
 * at 5 % the fourth and the first are rejected. */
static void holm_as_multtest_has_it(void)
{
    static const double p1[] = {
        0.838541367553, 0.642193923795,      0.680845947633,  0.967833824309,   0.71626938238,
        0.177096952723, 5.23656777208000e-5, 0.0202732688798, 0.00028140506198, 0.0149877310796};
    static const double want1[] = {
        1, 1, 1, 1, 1, 1, 5.2365677720800e-4, 0.14191288215860, 2.53264555782e-3, 0.11990184863680};
    static const double p2[] = {0.002, 0.004, 0.006, 0.008, 0.010, 0.012};
    static const double want2[] = {0.012, 0.020, 0.024, 0.024, 0.024, 0.024};
    static const double p3[] = {0.01, 0.04, 0.03, 0.005};
    static const double want3[] = {0.03, 0.06, 0.06, 0.02};
    check_holm(p1, want1, N(p1));
    check_holm(p2, want2, N(p2));
    check_holm(p3, want3, N(p3));
}

static void holm_at_its_ends(void)
{
    static const double one = 0.04;
    static const double ties[] = {0.02, 0.01, 0.02, 0.01};
    static const double tied[] = {0.04, 0.04, 0.04, 0.04};
    static const double ends[] = {1, 0, 0.6};
    static const double ended[] = {1, 0, 1};
    stats_holm(NULL, 0);
    check_holm(&one, &one, 1);
    check_holm(ties, tied, N(ties));
    check_holm(ends, ended, N(ends));
}

static void units_are_in_order_of_their_first_value(void)
{
    static const double x[] = {1, 10, 3, 40, 100, 8, 20};
    static const int64_t unit[] = {7, -2, 7, -2, 5, 7, -2};
    double out[7];
    CHECK_EQ(stats_by_unit(x, unit, 7, false, out), 3);
    CHECK_NEAR(out[0], 4, 1e-12);
    CHECK_NEAR(out[1], 70.0 / 3, 1e-12);
    CHECK_NEAR(out[2], 100, 0);
    CHECK_EQ(stats_by_unit(x, unit, 7, true, out), 3);
    CHECK_NEAR(out[0], 3, 0);
    CHECK_NEAR(out[1], 20, 0);
    CHECK_NEAR(out[2], 100, 0);
    CHECK_EQ(stats_by_unit(x, unit, 4, true, out), 2);
    CHECK_NEAR(out[1], 25, 0);
    CHECK_EQ(stats_by_unit(NULL, NULL, 0, false, out), 0);
}

/* Seeds over one drive are no more drives: four values of two units are two samples. */
static void an_interval_is_over_units(void)
{
    static const double x[] = {4.9, 5.1, 7.2, 6.8};
    static const int64_t drive[] = {0, 0, 1, 1};
    double out[4];
    size_t n = stats_by_unit(x, drive, 4, false, out);
    struct estimate e = stats_mean(out, n);
    CHECK_EQ(e.n, 2);
    CHECK_NEAR(e.value, 6, 1e-12);
    CHECK_NEAR(e.high, 6 + 12.7062047, 1e-6);
}

CHECK_MAIN(CASE(means_of_students_sleepers), CASE(intervals_have_students_quantile),
           CASE(too_little_has_no_interval), CASE(equal_values_have_an_interval_without_width),
           CASE(wilson_as_newcombe_has_it), CASE(wilson_at_its_ends),
           CASE(pairs_of_students_sleepers), CASE(p_of_two_pairs), CASE(pairs_that_do_not_vary),
           CASE(holm_as_multtest_has_it), CASE(holm_at_its_ends),
           CASE(units_are_in_order_of_their_first_value), CASE(an_interval_is_over_units))
