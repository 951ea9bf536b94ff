/*
 * bench_forward FILE [rounds] - packet-hops a second of a scenario through the ordinary world
 * builder, without observers.  Hops are the sum of the link table's packets.
 */
#include <stdio.h>
#include <stdlib.h>
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

static uint64_t hops_of(struct world *w)
{
    uint64_t hops = 0;
    for (uint32_t k = 0; k < w->links.channels; k++)
        hops += w->links.channel[k]->count.packets;
    return hops;
}

static void bench(const struct scenario *s, struct arena *arena)
{
    static struct world w;
    world_build(&w, s, arena, 1, 0);
    world_start(&w);
    (void)sim_run_until(w.sim, s->general.stop / 20); /* neighbours known, pools filled */
    uint64_t before = hops_of(&w);
    unsigned long mallocs = malloc_count();
    double start = seconds();
    uint64_t events = sim_run_until(w.sim, s->general.stop);
    double spent = seconds() - start;
    mallocs = malloc_count() - mallocs;
    uint64_t hops = hops_of(&w) - before;
    struct rusage use;
    (void)getrusage(RUSAGE_SELF, &use);
    (void)printf("%.2f million packet-hops/s (%llu hops, %llu events in %.2f s), %lu mallocs, "
                 "%zu packets out at most, %ld MiB\n",
                 (double)hops / spent / 1e6, (unsigned long long)hops, (unsigned long long)events,
                 spent, mallocs, w.packets.peak, use.ru_maxrss / 1024);
    world_free(&w);
}

int main(int argc, char **argv)
{
    static struct complaints c;
    static struct arena arena;
    struct scenario s;
    struct yaml_node *root;
    int rounds = argc > 2 ? atoi(argv[2]) : 3;
    if (argc < 2 || !scenario_load(argv[1], NULL, 0, &arena, &s, &root, &c)) {
        complaints_print(&c, stderr);
        return 2;
    }
    for (int k = 0; k < rounds; k++)
        bench(&s, &arena);
    arena_release(&arena);
    return 0;
}
