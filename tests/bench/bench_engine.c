/*
 * bench_engine - the hold model (Jones 1986): n timers are pending, and each that runs arms itself
 * again after an exponential time.  Prints events a second and calls of malloc in steady state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/base/rng.h"
#include "sim/core/sim.h"

#include "tests/bench/malloc_count.h"

enum { DRAWS = 1 << 16 };

static sim_time wait[DRAWS];

struct held {
    struct sim_timer timer;
    unsigned at;
};

static void hold(struct sim *sim, void *owner)
{
    struct held *h = owner;
    sim_arm_in(sim, &h->timer, wait[h->at++ % DRAWS]);
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(size_t n)
{
    struct sim *sim = sim_new();
    struct held *held = calloc(n, sizeof *held);
    if (!held)
        abort();
    for (size_t k = 0; k < n; k++) {
        sim_timer_init(&held[k].timer, hold, &held[k]);
        held[k].at = (unsigned)(k * 7919);
        sim_arm(sim, &held[k].timer, wait[k % DRAWS]);
    }
    (void)sim_run_until(sim, 2 * SIM_MS); /* twice the mean: the times are mixed */
    sim_time span = (sim_time)(4e6 / (double)n * (double)SIM_MS) + 1;
    unsigned long before = malloc_count();
    double start = seconds();
    uint64_t ran = sim_run_until(sim, sim_now(sim) + span);
    double spent = seconds() - start;
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    (void)printf(
        "%8zu pending: %6.2f million events/s (%llu in %.2f s), %lu mallocs, %ld MiB at most\n", n,
        (double)ran / spent / 1e6, (unsigned long long)ran, spent, malloc_count() - before,
        use.ru_maxrss / 1024);
    free(held);
    sim_free(sim);
}

int main(void)
{
    struct rng_seed seed = rng_seed_of(1, 0);
    struct rng rng = rng_stream(&seed, "hold");
    for (int k = 0; k < DRAWS; k++)
        wait[k] = 1 + (sim_time)rng_exponential(&rng, (double)SIM_MS);
    bench(100);
    bench(10000);
    bench(1000000);
    return 0;
}
