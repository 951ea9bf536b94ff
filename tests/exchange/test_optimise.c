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

CHECK_MAIN(CASE(outlives_the_first_home_registration))
