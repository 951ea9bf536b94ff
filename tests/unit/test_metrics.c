#include "models/names.h"
#include "traces/metrics.h"
#include "traces/transition.h"

#include "tests/check.h"

/* Check values of the E-model without play-out: Cole and Rosenbluth 2001, ITU-T G.107. */
static void mos_of_known_points(void)
{
    CHECK_NEAR(metrics_mos(0, 0, 1, TRACE_G711, true), 4.41, 0.005);
    CHECK_NEAR(metrics_mos(150, 1, 1, TRACE_G711, false), 3.67, 0.005);
    CHECK_NEAR(metrics_mos(1000, 100, 1, TRACE_G711, false), 1.0, 0.001);
    CHECK(metrics_mos(0, 0, 1, TRACE_G729, true) < metrics_mos(0, 0, 1, TRACE_G711, true));
    CHECK(metrics_mos(0, 5, 2, TRACE_G711, true) < metrics_mos(0, 5, 1, TRACE_G711, true));
}

static struct flows flows;

static void packet(enum tap_step step, sim_time t, uint64_t sequence, uint8_t copy, uint16_t reason)
{
    const struct tap_packet p = {.t = t,
                                 .step = step,
                                 .reason = reason,
                                 .bytes = 100,
                                 .mark = {.flow = 1,
                                          .sequence = sequence,
                                          .copy = copy,
                                          .born = (sim_time)sequence * 20 * SIM_MS}};
    flows_see(&flows, &p);
}

static void born(uint64_t sequence)
{
    packet(TAP_BORN, (sim_time)sequence * 20 * SIM_MS, sequence, 0, 0);
}

static void taken(uint64_t sequence, sim_time delay)
{
    packet(TAP_TAKEN, (sim_time)sequence * 20 * SIM_MS + delay, sequence, 0, 0);
}

static const struct trace_flow stream = {
    .name = "s", .interval = 20 * SIM_MS, .deadline = 200 * SIM_MS};

static void counts_and_quantiles(void)
{
    struct flow_metrics m;
    flows_init(&flows, 1);
    for (uint64_t s = 0; s < 100; s++)
        born(s);
    for (uint64_t s = 0; s < 90; s++)
        taken(s, (sim_time)(10 + s) * SIM_MS); /* 10 to 99 ms */
    packet(TAP_DIED, 2 * SIM_S, 90, 0, DROP_LINK_LOSS);
    packet(TAP_DIED, 2 * SIM_S, 91, 0, DROP_QUEUE_FULL);
    taken(92, 250 * SIM_MS); /* late */
    metrics_of(&flows.record[0], &stream, 2100 * SIM_MS, &m);
    CHECK_EQ(m.sent, 100);
    CHECK_EQ(m.received, 91);
    CHECK_EQ(m.lost, 2);
    CHECK_EQ(m.late, 3); /* 92; 93 and 94 are on their way for more than 200 ms */
    CHECK_EQ(m.missed, 5);
    CHECK_EQ(m.in_flight, 5);
    CHECK_EQ(m.delay_p50_ns, 55 * SIM_MS); /* nearest rank: the 46th of 91 */
    CHECK_EQ(m.delay_p95_ns, 96 * SIM_MS); /* the 87th */
    CHECK_EQ(m.delay_max_ns, 250 * SIM_MS);
    CHECK_EQ(m.received_bytes, 9100);
    CHECK_EQ(m.pdv_p99_ns, 240 * SIM_MS);
    CHECK_NEAR(m.ipdv_mean_ns, 1e6, 1);
    CHECK(!m.has_mos);
    flows_release(&flows);
}

static void order_gaps_and_copies(void)
{
    struct flow_metrics m;
    flows_init(&flows, 1);
    for (uint64_t s = 0; s < 6; s++)
        born(s);
    packet(TAP_BORN, 0, 2, 1, 0);
    taken(0, 10 * SIM_MS);
    taken(2, 10 * SIM_MS); /* 50 ms */
    packet(TAP_TAKEN, 55 * SIM_MS, 2, 1, 0);
    taken(1, 50 * SIM_MS);  /* 70 ms: after 2 */
    taken(5, 110 * SIM_MS); /* 210 ms */
    packet(TAP_DIED, SIM_S, 3, 0, DROP_LINK_LOSS);
    packet(TAP_DIED, SIM_S, 4, 0, DROP_LINK_LOSS);
    metrics_of(&flows.record[0], &stream, SIM_S, &m);
    CHECK_EQ(m.reordered, 1);
    CHECK_EQ(m.duplicated, 1);
    CHECK_EQ(m.received, 4);
    CHECK_EQ(m.longest_gap_ns, 140 * SIM_MS);
    flows_release(&flows);
}

static void a_copy_that_came_saves_the_packet(void)
{
    struct flow_metrics m;
    flows_init(&flows, 1);
    born(0);
    packet(TAP_BORN, 0, 0, 1, 0);
    packet(TAP_DIED, 30 * SIM_MS, 0, 0, DROP_LINK_LOSS);
    packet(TAP_TAKEN, 40 * SIM_MS, 0, 1, 0);
    metrics_of(&flows.record[0], &stream, SIM_S, &m);
    CHECK_EQ(m.lost, 0);
    CHECK_EQ(m.received, 1);
    CHECK_EQ(m.duplicated, 0);
    flows_release(&flows);
}

/* A ping's way down: the reply to a lost request was never sent. */
static void what_was_never_sent_is_not_lost(void)
{
    struct flow_metrics m;
    flows_init(&flows, 1);
    born(0);
    taken(0, 10 * SIM_MS);
    born(3);
    taken(3, 10 * SIM_MS);
    metrics_of(&flows.record[0], &stream, SIM_S, &m);
    CHECK_EQ(m.sent, 2);
    CHECK_EQ(m.lost, 0);
    CHECK_EQ(m.in_flight, 0);
    flows_release(&flows);
}

static const struct transition moved_at_1100 = {.kind = TRANSITION_FLOW,
                                                .link_down = 1000 * SIM_MS,
                                                .detected = 1050 * SIM_MS,
                                                .link_up = -1,
                                                .router = -1,
                                                .address = -1,
                                                .bu_sent = 1050 * SIM_MS,
                                                .at = 1100 * SIM_MS};

static void a_flow_that_never_comes_back_is_disrupted_to_its_end(void)
{
    struct disruption d;
    flows_init(&flows, 1);
    for (uint64_t s = 0; s < 100; s++) {
        born(s);
        if (s < 50)
            taken(s, 10 * SIM_MS);
        else if (s < 98) /* the last two are still on their way */
            packet(TAP_DIED, 2 * SIM_S, s, 0, DROP_NO_SA);
    }
    disruption_of(&moved_at_1100, &flows.record[0], &stream, &d);
    CHECK_EQ(d.last_before, 49 * 20 * SIM_MS + 10 * SIM_MS);
    CHECK_EQ(d.first_after, -1);
    CHECK_EQ(d.disruption, 48 * 20 * SIM_MS);
    flows_release(&flows);
    flows_init(&flows,
               1); /* nothing was ever there to be disrupted, which is not to be undisturbed */
    for (uint64_t s = 0; s < 100; s++) {
        born(s);
        packet(TAP_DIED, 2 * SIM_S, s, 0, DROP_NO_SA);
    }
    disruption_of(&moved_at_1100, &flows.record[0], &stream, &d);
    CHECK_EQ(d.last_before, -1);
    CHECK_EQ(d.disruption, -1);
    flows_release(&flows);
}

static void a_disruption_is_the_gap_less_the_interval(void)
{
    struct disruption d;
    flows_init(&flows, 1);
    for (uint64_t s = 0; s < 100; s++) {
        born(s);
        if (s < 50 || s >= 60)
            taken(s, 10 * SIM_MS);
        else
            packet(TAP_DIED, SIM_S, s, 0, DROP_LINK_DOWN);
    }
    disruption_of(&moved_at_1100, &flows.record[0], &stream, &d);
    CHECK_EQ(d.last_before, 49 * 20 * SIM_MS + 10 * SIM_MS);
    CHECK_EQ(d.first_after, 60 * 20 * SIM_MS + 10 * SIM_MS);
    CHECK_EQ(d.disruption, 200 * SIM_MS);
    CHECK_EQ(d.lost, 10);
    flows_release(&flows);
}

CHECK_MAIN(CASE(mos_of_known_points), CASE(counts_and_quantiles), CASE(order_gaps_and_copies),
           CASE(a_copy_that_came_saves_the_packet), CASE(what_was_never_sent_is_not_lost),
           CASE(a_disruption_is_the_gap_less_the_interval),
           CASE(a_flow_that_never_comes_back_is_disrupted_to_its_end))
