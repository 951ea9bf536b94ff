/* When the packets of a flow leave. */
#include "models/transport/source.h"

#include "tests/check.h"

enum { MOST = 64 };

static struct pool packets;
static sim_time left[MOST];
static size_t n;

static struct sim *sim;

static void note(void *owner, struct pkt *p)
{
    (void)owner;
    CHECK_EQ(p->mark.sequence, n);
    if (n < MOST)
        left[n++] = sim_now(sim);
    pkt_give(&packets, p);
}

/* Those that leave until `end`, the first one at 1 s. */
static struct flow_shape run(const struct flow_stream_config *constant, sim_time end)
{
    struct arena arena = {.blocks = NULL};
    const struct flow_config flow = {.traffic = {.has_constant = true, .constant = *constant},
                                     .hop_limit = 64};
    struct flow_shape shape = flow_shape_of(&flow);
    struct source s = {
        .packets = &packets, .out = note, .stop = SIM_NEVER, .shape = shape, .flow = 1};
    packets = pkt_pool(&arena);
    n = 0;
    s.sim = sim = sim_new();
    source_start(&s, SIM_S);
    (void)sim_run_until(sim, end);
    CHECK_EQ(packets.out, 0);
    sim_free(sim);
    arena_release(&arena);
    return shape;
}

static void steady_ones_leave_by_interval_or_rate(void)
{
    const struct flow_stream_config slow = {.payload = 32, .interval = 20 * SIM_MS};
    const struct flow_stream_config fast = {.payload = 32, .interval = 20 * SIM_MS, .rate = 40000};
    const struct flow_stream_config third = {.payload = 32, .rate = 3};
    struct flow_shape shape = run(&slow, SIM_S + 100 * SIM_MS);
    CHECK_EQ(n, 6);
    CHECK(left[0] == SIM_S && left[5] == SIM_S + 100 * SIM_MS);
    CHECK(flow_period(&shape) == 20 * SIM_MS && shape.pause == 20 * SIM_MS);
    shape = run(&fast, SIM_S + SIM_MS);
    CHECK_EQ(n, 41);
    CHECK(left[1] == SIM_S + 25 * SIM_US && left[40] == SIM_S + SIM_MS);
    CHECK_EQ(flow_period(&shape), 25 * SIM_US);
    shape = run(&third, 2 * SIM_S);
    CHECK_EQ(flow_period(&shape), 333333333); /* whole nanoseconds */
    CHECK_EQ(left[3], SIM_S + INT64_C(999999999));
}

static void bursts_come_in_a_row_and_then_none(void)
{
    const struct flow_stream_config by_time = {
        .payload = 32,
        .interval = SIM_MS,
        .bursts = {.given = true, .packets = 3, .every = 100 * SIM_MS}};
    const struct flow_stream_config by_rate = {
        .payload = 32, .interval = SIM_MS, .rate = 30, .bursts = {.given = true, .packets = 3}};
    const struct flow_stream_config one = {
        .payload = 32, .interval = SIM_MS, .rate = 50, .bursts = {.given = true, .packets = 1}};
    for (int k = 0; k < 2; k++) {
        struct flow_shape shape = run(k ? &by_rate : &by_time, SIM_S + 201 * SIM_MS);
        CHECK_EQ(n, 8);
        for (size_t j = 0; j < n; j++)
            CHECK_EQ(left[j], SIM_S + (sim_time)(j / 3 * 100 + j % 3) * SIM_MS);
        CHECK_EQ(flow_period(&shape), 100 * SIM_MS);
        CHECK_EQ(shape.pause, 98 * SIM_MS); /* the widest gap that is normal */
    }
    (void)run(&one, SIM_S + 100 * SIM_MS);
    CHECK(n == 6 && left[5] == SIM_S + 100 * SIM_MS);
}

CHECK_MAIN(CASE(steady_ones_leave_by_interval_or_rate), CASE(bursts_come_in_a_row_and_then_none))
