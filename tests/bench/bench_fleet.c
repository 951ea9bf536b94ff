/*
 * bench_fleet FILE [--once | SET...] - what a packet costs with 10 and with 1,000 mobile nodes of
 * two interfaces each, moving, on one home agent: time, memory, and the ratio.
 *
 * The load is the same for both, 20,000 packets a second in all, so that only the number of nodes
 * differs; a thousand nodes under a hundred times that load are shown beside it.  All in one
 * process, in turns, the best of three (--once: one turn, and no more): machines are shared.  With
 * SETs, as --set has them, that case alone and from beginning to end, for fleet_cost.py or a
 * profiler.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/world/world.h"

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

static bool load(const char *file, const char *const *set, size_t sets, struct arena *arena,
                 struct scenario *s)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    bool good = c && scenario_load(file, set, sets, arena, s, &root, c);
    if (c)
        complaints_print(c, stderr);
    free(c);
    return good;
}

/* Nanoseconds a packet-hop, from `from` of the run on: by then everybody is registered. */
static double bench(const char *file, const char *const *set, size_t sets, double from)
{
    struct arena arena = {0};
    struct scenario s;
    struct world w;
    double begin = seconds();
    if (!load(file, set, sets, &arena, &s))
        exit(2);
    world_build(&w, &s, &arena, 1, 0);
    double built = seconds() - begin;
    world_start(&w);
    if (from > 0)
        (void)sim_run_until(w.sim, (sim_time)((double)s.general.stop * from));
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
        "%-20s built in %.3f s; %llu hops, %llu events in %.2f s: %.0f ns a hop, %lu mallocs, "
        "%zu packets out at most, %ld MiB so far\n",
        set[0], built, (unsigned long long)hops, (unsigned long long)events, spent,
        spent * 1e9 / (double)hops, mallocs, w.packets.peak, use.ru_maxrss / 1024);
    world_free(&w);
    arena_release(&arena);
    return spent * 1e9 / (double)hops;
}

int main(int argc, char **argv)
{
    static const char *const few_set[] = {
        "nodes.car.count=10", "flows.call.traffic={constant: {payload: 20 B, interval: 1 ms}}",
        "expect=[]"};
    static const char *const many_set[] = {
        "nodes.car.count=1000", "flows.call.traffic={constant: {payload: 20 B, interval: 100 ms}}",
        "expect=[]"};
    static const char *const voice_set[] = {"nodes.car.count=1000",
                                            "flows.call.traffic={voice: g729}", "expect=[]"};
    double few = 1e9;
    double many = 1e9;
    bool once = argc == 3 && !strcmp(argv[2], "--once");
    if (argc < 2)
        return 2;
    if (argc > 2 && !once) {
        (void)bench(argv[1], (const char *const *)argv + 2, (size_t)argc - 2, 0);
        return 0;
    }
    for (int k = 0; k < (once ? 1 : 3); k++) {
        double a = bench(argv[1], few_set, 3, 1.0 / 3);
        double b = bench(argv[1], many_set, 3, 1.0 / 3);
        few = a < few ? a : few;
        many = b < many ? b : many;
    }
    if (!once)
        (void)bench(argv[1], voice_set, 3, 1.0 / 3);
    (void)printf("a packet-hop among 1,000 nodes takes %.2f times as long as one among 10\n",
                 many / few);
    return 0;
}
