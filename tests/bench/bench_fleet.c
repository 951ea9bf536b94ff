/*
 * bench_fleet FILE [COUNT TRAFFIC] - what a packet costs with 10 and with 1,000 mobile nodes of two
 * interfaces each, moving, on one home agent: time, memory, and the ratio.
 *
 * The load is the same for both, 20,000 packets a second in all, so that only the number of nodes
 * differs; a thousand nodes under a hundred times that load are shown beside it.  All in one
 * process, in turns, the best of three: machines are shared.  With COUNT and TRAFFIC, as --set has
 * them, that case alone, for a profiler.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/app/world.h"

#include "tests/bench/malloc_count.h"

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t hops_of(const struct world *w)
{
    uint64_t hops = 0;
    for (uint32_t k = 0; k < w->links.channels; k++)
        hops += w->links.channel[k]->count.packets;
    return hops;
}

static bool load(const char *file, const char *count, const char *interval, struct arena *arena,
                 struct scenario *s)
{
    struct complaints *c = calloc(1, sizeof *c);
    const char *const set[] = {count, interval, "expect=[]"};
    struct yaml_node *root;
    bool good = c && scenario_load(file, set, 3, arena, s, &root, c);
    if (c)
        complaints_print(c, stderr);
    free(c);
    return good;
}

/* Nanoseconds a packet-hop. */
static double bench(const char *file, const char *count, const char *interval)
{
    struct arena arena = {0};
    struct scenario s;
    struct world w;
    double begin = seconds();
    if (!load(file, count, interval, &arena, &s))
        exit(2);
    world_build(&w, &s, &arena, 1, 0);
    double built = seconds() - begin;
    world_start(&w);
    (void)sim_run_until(w.sim, s.general.stop / 3); /* everybody is registered */
    uint64_t before = hops_of(&w);
    unsigned long mallocs = malloc_count();
    double start = seconds();
    uint64_t events = sim_run_until(w.sim, s.general.stop);
    double spent = seconds() - start;
    mallocs = malloc_count() - mallocs;
    uint64_t hops = hops_of(&w) - before;
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    (void)printf(
        "%-22s built in %.3f s; %llu hops, %llu events in %.2f s: %.0f ns a hop, %lu mallocs, "
        "%zu packets out at most, %ld MiB so far\n",
        count, built, (unsigned long long)hops, (unsigned long long)events, spent,
        spent * 1e9 / (double)hops, mallocs, w.packets.peak, use.ru_maxrss / 1024);
    world_free(&w);
    arena_release(&arena);
    return spent * 1e9 / (double)hops;
}

int main(int argc, char **argv)
{
    double few = 1e9;
    double many = 1e9;
    if (argc < 2)
        return 2;
    if (argc == 4) {
        (void)bench(argv[1], argv[2], argv[3]);
        return 0;
    }
    for (int k = 0; k < 3; k++) {
        double a = bench(argv[1], "nodes.car.count=10",
                         "flows.call.traffic={constant: {payload: 20 B, interval: 1 ms}}");
        double b = bench(argv[1], "nodes.car.count=1000",
                         "flows.call.traffic={constant: {payload: 20 B, interval: 100 ms}}");
        few = a < few ? a : few;
        many = b < many ? b : many;
    }
    (void)bench(argv[1], "nodes.car.count=1000", "flows.call.traffic={voice: g729}");
    (void)printf("a packet-hop among 1,000 nodes costs %.2f times one among 10\n", many / few);
    return 0;
}
