#include "sim/base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/base/hash.h"

enum { ROUNDS = 10 };

void rng_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k0 = key[0];
    uint32_t k1 = key[1];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c[0];
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c[1] ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c[3] ^ k1;
        c[0] = n0;
        c[1] = (uint32_t)p1;
        c[2] = n2;
        c[3] = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    memcpy(out, c, sizeof c);
}

static uint64_t first_64(struct hash *h)
{
    uint8_t sum[HASH_BYTES];
    hash_done(h, sum);
    hash_free(h);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | sum[i];
    return v;
}

static void add_u64(struct hash *h, uint64_t v)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)(v >> (56 - 8 * i));
    hash_add(h, b, sizeof b);
}

struct rng_seed rng_seed_of(uint64_t seed, uint64_t replication)
{
    struct hash *h = hash_new();
    add_u64(h, seed);
    add_u64(h, replication);
    uint64_t key = first_64(h);
    return (struct rng_seed){{(uint32_t)(key >> 32), (uint32_t)key}};
}

struct rng rng_stream(const struct rng_seed *seed, const char *name)
{
    struct hash *h = hash_new();
    hash_add(h, name, strlen(name));
    return (struct rng){.key = {seed->key[0], seed->key[1]}, .name = first_64(h), .used = 4};
}

uint32_t rng_u32(struct rng *r)
{
    if (r->used == 4) {
        uint32_t counter[4] = {(uint32_t)r->block, (uint32_t)(r->block >> 32), (uint32_t)r->name,
                               (uint32_t)(r->name >> 32)};
        rng_philox(counter, r->key, r->out);
        r->block++;
        r->used = 0;
    }
    return r->out[r->used++];
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t high = rng_u32(r);
    return high << 32 | rng_u32(r);
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    assert(n > 0);
    uint64_t unfair = (UINT64_MAX - n + 1) % n; /* 2^64 mod n */
    uint64_t x;
    do {
        x = rng_u64(r);
    } while (x < unfair);
    return x % n;
}

bool rng_happens(struct rng *r, uint32_t share_ppb)
{
    return rng_below(r, SHARE_ONE) < share_ppb;
}

sim_time rng_uniform(struct rng *r, sim_time low, sim_time high)
{
    assert(low <= high);
    return low + (sim_time)rng_below(r, (uint64_t)(high - low) + 1);
}

double rng_exponential(struct rng *r, double mean)
{
    return -mean * log1p(-rng_unit(r));
}

/* Acklam's rational approximation of the inverse normal, one Halley step on top: 1e-15. */
static double inverse_normal(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00};
    const double low = 0.02425;
    double x;
    if (p < low || p > 1 - low) {
        double q = sqrt(-2 * log(p < low ? p : 1 - p));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        x = p < low ? x : -x;
    } else {
        double q = p - 0.5;
        double s = q * q;
        x = (((((a[0] * s + a[1]) * s + a[2]) * s + a[3]) * s + a[4]) * s + a[5]) * q /
            (((((b[0] * s + b[1]) * s + b[2]) * s + b[3]) * s + b[4]) * s + 1);
    }
    double e = 0.5 * erfc(-x / 1.4142135623730951) - p;
    double u = e * 2.5066282746310002 * exp(x * x / 2);
    return x - u / (1 + x * u / 2);
}

double rng_normal(struct rng *r, double mean, double deviation)
{
    double p = rng_unit(r);
    return mean + deviation * inverse_normal(p > 0 ? p : 0x1p-54);
}
