#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "sim/base/rng.h"

#include "tests/check.h"

/* Known answers of Random123 1.09, kat_vectors, philox4x32 10. */
static void agrees_with_the_published_vectors(void)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } v[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t k = 0; k < sizeof v / sizeof v[0]; k++) {
        uint32_t out[4];
        rng_philox(v[k].counter, v[k].key, out);
        for (int i = 0; i < 4; i++)
            CHECK_EQ(out[i], v[k].out[i]);
    }
}

static void streams_depend_on_name_seed_and_replication_only(void)
{
    struct rng_seed one = rng_seed_of(1, 0);
    struct rng_seed other = rng_seed_of(1, 1);
    struct rng a = rng_stream(&one, "mn.wifi0.loss");
    struct rng b = rng_stream(&one, "mn.wifi0.loss");
    struct rng c = rng_stream(&one, "mn.wifi1.loss");
    struct rng d = rng_stream(&other, "mn.wifi0.loss");
    uint64_t x = rng_u64(&a);
    CHECK(x == rng_u64(&b));
    CHECK(x != rng_u64(&c));
    CHECK(x != rng_u64(&d));
}

enum { DRAWS = 20000 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov distance of the draws from a cumulative function. */
static double distance(double *x, double (*cdf)(double))
{
    double worst = 0;
    qsort(x, DRAWS, sizeof *x, by_value);
    for (int i = 0; i < DRAWS; i++) {
        double f = cdf(x[i]);
        worst = fmax(worst, fmax(fabs(f - (double)i / DRAWS), fabs(f - (double)(i + 1) / DRAWS)));
    }
    return worst;
}

static double uniform_cdf(double x)
{
    return gsl_cdf_flat_P(x, 0, 1);
}
static double exponential_cdf(double x)
{
    return gsl_cdf_exponential_P(x, 3);
}
static double normal_cdf(double x)
{
    return gsl_cdf_gaussian_P(x - 5, 2);
}

/* 1.95 / sqrt(n) is passed with probability 0.001; the streams are fixed, so this is too. */
static void distributions_are_what_they_claim(void)
{
    static double x[DRAWS];
    const double limit = 1.95 / sqrt(DRAWS);
    struct rng_seed seed = rng_seed_of(7, 0);
    struct rng r = rng_stream(&seed, "test");
    for (int i = 0; i < DRAWS; i++)
        x[i] = rng_unit(&r);
    CHECK(distance(x, uniform_cdf) < limit);
    for (int i = 0; i < DRAWS; i++)
        x[i] = rng_exponential(&r, 3);
    CHECK(distance(x, exponential_cdf) < limit);
    for (int i = 0; i < DRAWS; i++)
        x[i] = rng_normal(&r, 5, 2);
    CHECK(distance(x, normal_cdf) < limit);
}

static void shares_and_ranges_hold_at_their_ends(void)
{
    struct rng_seed seed = rng_seed_of(7, 0);
    struct rng r = rng_stream(&seed, "ends");
    int hits = 0;
    for (int i = 0; i < 100000; i++) {
        CHECK(!rng_happens(&r, 0));
        CHECK(rng_happens(&r, SHARE_ONE));
        hits += rng_happens(&r, SHARE_ONE / 100);
        sim_time t = rng_uniform(&r, 5, 7);
        CHECK(t >= 5 && t <= 7);
    }
    CHECK(hits > 850 && hits < 1150); /* 1000 expected, deviation 31 */
    CHECK_EQ(rng_uniform(&r, 3, 3), 3);
}

CHECK_MAIN(CASE(agrees_with_the_published_vectors),
           CASE(streams_depend_on_name_seed_and_replication_only),
           CASE(distributions_are_what_they_claim), CASE(shares_and_ranges_hold_at_their_ends))
