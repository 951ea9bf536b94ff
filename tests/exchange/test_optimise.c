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

#define FILE_ "wifi-lte-voice.yaml"
#define QUIET "expect=[]", "events=[]", "nodes.car.detection.path_probe={every: 500 s}"

/* Nothing but what comes directly is a use, too. */
static void what_comes_directly_is_in_use(void)
{
    BEGIN(FILE_, QUIET, "nodes.cn.correspondent={}", "nodes.car.route_optimisation={idle: 5 s}",
          "flows.call.directions=down", "flows.call.stop=30 s");
    run_to(30 * SIM_S);
    CHECK(count_events(EV_RO_UP, 0) == 2 && count_events(EV_RO_DOWN, 0) == 0);
    run_to(40 * SIM_S);
    CHECK_EQ(count_events(EV_RO_DOWN, 30 * SIM_S), 2);
    end_world();
}

/* How many home tests went through that care-of address. */
static unsigned home_tests_by(const struct addr *coa, sim_time after)
{
    unsigned n = 0;
    for (unsigned k = 0; k < events; k++)
        n += happened[k].name == EV_RR_HOTI_SENT && happened[k].t >= after &&
             addr_eq(&field_of(&happened[k], "care_of_address")->addr, coa);
    return n;
}

static struct addr path_coa(const char *node, const char *name)
{
    const struct mobile *m = node_of(node)->mobile;
    for (unsigned k = 0; k < m->paths; k++) {
        if (!strcmp(m->path[k].iface->name, name))
            return m->path[k].coa;
    }
    return addr_any;
}

static void home_tests_go_with_the_data(void)
{
    BEGIN(FILE_, QUIET, "nodes.cn.correspondent={}",
          "nodes.car.route_optimisation={hoti_from: any, ahead: 200 s}",
          "nodes.car.decision={builtin: fixed, flows: {call: cell0}}");
    run_to(45 * SIM_S);
    const struct addr lte = path_coa("car", "cell0");
    CHECK(count_events(EV_RR_HOTI_SENT, 0) > 3 &&
          home_tests_by(&lte, 0) == count_events(EV_RR_HOTI_SENT, 0));
    end_world();
}

/* One of three paths is gone: the others go on in turn. */
static void home_tests_go_in_turn(void)
{
    BEGIN("three-interfaces.yaml", "expect=[]", "events=[{at: 3 s, detach: van.red0}]",
          "general.stop=160 s", "nodes.cn.correspondent={}",
          "nodes.van.route_optimisation={hoti_from: round-robin, ahead: 200 s}");
    run_to(150 * SIM_S);
    const struct addr wlan = path_coa("van", "wlan0");
    const struct addr blue = path_coa("van", "blue0");
    unsigned from_wlan = home_tests_by(&wlan, 4 * SIM_S);
    unsigned from_blue = home_tests_by(&blue, 4 * SIM_S);
    CHECK(from_blue >= 2 && from_wlan <= from_blue + 1 && from_blue <= from_wlan + 1);
    end_world();
}

/* What data is booked on. */
static unsigned booked[3];

static void see_booking(void *self, const struct tap_frame *f)
{
    (void)self;
    if (f->what == TAP_SENT && f->pkt->mark.path == PKT_OPTIMISED && f->pkt->mark.bid < 3 &&
        world.links.port[f->port] == iface_of("car", "wlan0")->port)
        booked[f->pkt->mark.bid]++;
}

/* A plain correspondent gets the first care-of address, whatever the decision. */
static void a_plain_correspondents_data_is_booked_where_it_leaves(void)
{
    struct tap books = {.frame = see_booking};
    BEGIN(FILE_, QUIET, "nodes.cn.correspondent={mcoa: unknown}", "nodes.car.route_optimisation={}",
          "nodes.car.decision={builtin: fixed, flows: {call: cell0}}");
    sim_add_tap(world.sim, &books);
    run_to(20 * SIM_S);
    uint16_t wlan = node_of("car")->mobile->path[0].bid;
    CHECK(wlan == 1 && booked[1] > 100 && booked[2] == 0);
    end_world();
}

CHECK_MAIN(CASE(outlives_the_first_home_registration), CASE(falls_back_with_the_home_registration),
           CASE(what_comes_directly_is_in_use), CASE(home_tests_go_with_the_data),
           CASE(home_tests_go_in_turn), CASE(a_plain_correspondents_data_is_booked_where_it_leaves))
