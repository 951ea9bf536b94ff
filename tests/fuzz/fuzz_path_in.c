/* Whatever arrives at whichever interface of a living world: nobody falls over, every packet is
 * somewhere, and time goes on.
 *
 * Input: a series of packets, each
 *     interface, flags, source, destination, next header, hop limit, length, bytes
 * an octet each; source and destination are numbers of addresses that mean something there. */
#include "tests/fuzz/fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena text_arena;
static struct scenario scenario;

static void load_once(void)
{
    static const char *const set[] = {
        "expect=[]",
        "flows={talk: {between: [mn, cn], traffic: {constant: {interval: 1 s}}, start: 12 s}}",
        "nodes.cn.correspondent={ask_before: 400 s}", /* a call that goes directly */
        "nodes.mn.route_optimisation={}", "nodes.mn.decision={builtin: failover}"};
    static struct complaints c;
    struct yaml_node *root;
    if (scenario.monami)
        return;
    if (!scenario_load(SCENARIOS "/home-and-abroad.yaml", set, sizeof set / sizeof *set,
                       &text_arena, &scenario, &root, &c))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct world w;
    load_once();
    world_build(&w, &scenario, &arena, 1, 0);
    world_start(&w);
    (void)sim_run_until(w.sim, 15 * SIM_S);
    while (size >= 7) {
        size_t n = data[6];
        if (n > size - 7)
            n = size - 7;
        if (data[1] & LATER)
            (void)sim_run_until(w.sim, sim_now(w.sim) + SIM_S);
        arrive(&w, data[0], make(&w, data, data + 7, n));
        data += 7 + n;
        size -= 7 + n;
    }
    (void)sim_run_until(w.sim, sim_now(w.sim) + 10 * SIM_S);
    world_free(&w);
    arena_release(&arena);
    return 0;
}
