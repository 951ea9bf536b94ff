/* Decisions at both ends of a living world: what is probed, what is measured, what moves. */
#include "models/node/visitor.h"

#include "tests/small_world.h"

static const struct addr ha_addr = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};

static struct visitor *visitor_of_car(void)
{
    struct bcache_entry *e =
        bcache_find(agent_cache(node_of("ha")->agent), mobile_home(node_of("car")->mobile));
    return e->visitor;
}

static const struct round_trip *measured_at_agent(unsigned bid)
{
    for (unsigned k = 0; k < MH_BIDS; k++)
        if (visitor_of_car()->path[k].bid == bid)
            return &visitor_of_car()->path[k].probe.round_trip;
    abort();
}

static const struct mobile_path *path_of_bid(unsigned bid)
{
    const struct mobile *m = node_of("car")->mobile;
    for (unsigned k = 0; k < m->paths; k++)
        if (m->path[k].bid == bid)
            return &m->path[k];
    abort();
}

#define NEAR(got, want) CHECK((got) > (want)-SIM_MS && (got) < (want) + SIM_MS)

/* 20 + 5 ms one way over red, 35 + 5 ms over blue, and some microseconds for the bytes. */
static void both_ends_measure_the_same_round_trip(void)
{
    BEGIN("least-delay.yaml", "networks.red.jitter=0 ms", "networks.blue.jitter=0 ms");
    run_to(15 * SIM_S);
    NEAR(path_of_bid(1)->probe.round_trip.smoothed, 50 * SIM_MS);
    NEAR(path_of_bid(2)->probe.round_trip.smoothed, 80 * SIM_MS);
    NEAR(measured_at_agent(1)->smoothed, 50 * SIM_MS);
    NEAR(measured_at_agent(2)->smoothed, 80 * SIM_MS);
    run_to(35 * SIM_S);
    NEAR(path_of_bid(1)->probe.round_trip.smoothed, 130 * SIM_MS);
    NEAR(measured_at_agent(1)->smoothed, 130 * SIM_MS);
    end_world();
}

/* A home agent that probes finds a dead path by itself and goes round it; nobody tells it. */
static void the_home_agent_leaves_a_dead_path(void)
{
    BEGIN("three-interfaces.yaml", "nodes.van.detection.path_probe.lost=1000",
          "nodes.ha.detection={path_probe: {every: 200 ms, lost: 3}}");
    run_to(45 * SIM_S);
    const struct tap_event *dead = event_after(EV_PATH_DEAD, 30 * SIM_S);
    CHECK(dead != NULL);
    CHECK_EQ(dead->node, node_of("ha")->index);
    CHECK(!strcmp(field_of(dead, "interface")->text, "red0"));
    CHECK(dead->t > 30400 * SIM_MS && dead->t < 30900 * SIM_MS);
    const struct tap_event *alive = event_after(EV_PATH_ALIVE, 40 * SIM_S);
    CHECK(alive && alive->node == node_of("ha")->index);
    CHECK_EQ(count_events(EV_BINDING_ENDED, 20 * SIM_S), 0);
    const struct tap_event *moved = event_after(EV_FLOW_MOVED, dead->t);
    CHECK(moved && !strcmp(field_of(moved, "direction")->text, "down"));
    CHECK(!strcmp(field_of(moved, "from")->text, "red0"));
    CHECK(!strcmp(field_of(moved, "mobile")->text, "van"));
    end_world();
}

/* The first registration waits for the test of the home address and measures nothing; a move to
 * another care-of address does, one path at a time where each has a BU of its own. */
static void updates_measure_the_path_that_they_take(void)
{
    BEGIN("three-interfaces.yaml", "nodes.van.detection={nud: rfc4861}",
          "nodes.van.mcoa.registration=parallel", "nodes.van.mcoa.lifetime=20 s");
    run_to(9 * SIM_S);
    const struct mobile *m = node_of("van")->mobile;
    CHECK_EQ(count_events(EV_REGISTERED, 0), 3);
    unsigned unknown = 0;
    for (unsigned k = 0; k < 3; k++)
        unknown += !m->path[k].probe.round_trip.known;
    CHECK(unknown >= 1); /* at least the very first one */
    run_to(29 * SIM_S);  /* each has been refreshed */
    /* 30 ms with the resolution of its address on the Wi-Fi link, then 20 */
    NEAR(m->path[0].probe.round_trip.smoothed, 28750 * SIM_US);
    NEAR(m->path[1].probe.round_trip.smoothed, 60 * SIM_MS);
    NEAR(m->path[2].probe.round_trip.smoothed, 90 * SIM_MS);
    end_world();
}

static void answers_of_nobody_measure_nothing(void)
{
    BEGIN("least-delay.yaml", "general.seed=1");
    run_to(15 * SIM_S);
    struct node *ha = node_of("ha");
    struct icmp6_echo e = {.identifier = 0, .sequence = 1};
    struct ip6 h = {.src = path_of_bid(1)->coa, .dst = ha_addr};
    CHECK(agent_probe_reply(ha->agent, &h, &e)); /* an old number: alive, nothing measured */
    h.src.b[15] ^= 1;
    CHECK(!agent_probe_reply(ha->agent, &h, &e));
    h.src.b[15] ^= 1;
    e.identifier = 999;
    CHECK(!agent_probe_reply(ha->agent, &h, &e));
    e.identifier = 0;
    h.dst.b[15] ^= 1;
    CHECK(!agent_probe_reply(ha->agent, &h, &e));
    end_world();
}

/* Nothing that was known of a path outlives the binding. */
static void a_restarted_home_agent_measures_anew(void)
{
    BEGIN("least-delay.yaml", "events=[{at: 20 s, restart: ha}]", "nodes.car.mcoa.lifetime=20 s");
    run_to(20 * SIM_S + 1);
    CHECK_EQ(bcache_find(agent_cache(node_of("ha")->agent), mobile_home(node_of("car")->mobile))
                 ->bindings,
             0);
    run_to(45 * SIM_S);
    const struct tap_event *made = event_after(EV_BINDING_MADE, 20 * SIM_S + 1);
    CHECK(made != NULL);
    CHECK(made && measured_at_agent(1)->measured > made->t);
    CHECK(measured_at_agent(1)->known && measured_at_agent(2)->known);
    end_world();
}

CHECK_MAIN(CASE(both_ends_measure_the_same_round_trip), CASE(the_home_agent_leaves_a_dead_path),
           CASE(updates_measure_the_path_that_they_take), CASE(answers_of_nobody_measure_nothing),
           CASE(a_restarted_home_agent_measures_anew))
