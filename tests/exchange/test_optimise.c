/* Route optimisation of a mobile node in a world: what was found by the storms (test_storm.c). */
#include "tests/small_world.h"

/* A registration at the home agent that is refreshed lets those at correspondents last longer. */
static void outlives_the_first_home_registration(void)
{
    BEGIN("filtered.yaml", "expect=[]", "nodes.car.mcoa={registration: bulk, lifetime: 60 s}",
          "general.stop=200 s", "flows.direct.stop=190 s", "flows.tunnelled.stop=7 s");
    run_to(180 * SIM_S);
    CHECK_EQ(count_events(EV_RO_UP, 0), 2);
    CHECK_EQ(count_events(EV_RO_DOWN, 60 * SIM_S), 0);
    CHECK_EQ(count_events(EV_RO_BINDING_ENDED, 0), 0);
    end_world();
}

/* A home agent that knows one care-of address only, and a restart, which asks for several again. */
static void falls_back_with_the_home_registration(void)
{
    BEGIN("filtered.yaml", "expect=[]", "nodes.ha.agent.mcoa=unknown", "general.stop=30 s",
          "flows.direct.stop=29 s", "flows.tunnelled.stop=7 s");
    run_to(15 * SIM_S);
    CHECK(count_events(EV_FALLBACK, 0) == 1 && count_events(EV_RO_UP, 0) == 1);
    CHECK_EQ(field_of(event_after(EV_RO_UP, 0), "bid")->i, 0);
    mobile_restart(node_of("car")->mobile);
    run_to(29 * SIM_S);
    CHECK_EQ(count_events(EV_FALLBACK, 0), 2);
    CHECK(count_events(EV_RO_UP, 15 * SIM_S) > 0 && count_events(EV_RO_FAILED, 0) == 0);
    end_world();
}

CHECK_MAIN(CASE(outlives_the_first_home_registration), CASE(falls_back_with_the_home_registration))
