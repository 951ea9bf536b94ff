/* A home agent tells a mobile node of the prefixes of the home link. */
#include "models/mip6/mpa.h"

#include "tests/check.h"

static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};

static struct mpa m;
static struct mpa_act act;
static struct rng rng;

static const struct mpa_timers rfc = {
    .max_interval = 86400 * SIM_S, .min_interval = 600 * SIM_S, .timeout = 3 * SIM_S, .retries = 3};

static void begin(void)
{
    const struct rng_seed seed = rng_seed_of(1, 0);
    rng = rng_stream(&seed, "ha.mip6.prefixes");
    mpa_init(&m, &rfc);
    mpa_bound(&m, 0);
}

static bool tick(sim_time now)
{
    return mpa_tick(&m, now, &act);
}

static void a_solicitation_is_answered_at_once(void)
{
    begin();
    CHECK(m.due == SIM_NEVER && !tick(5 * SIM_S));
    mpa_solicited(&m, 0x1234, &coa2, 5 * SIM_S);
    RULE("MIP6-ICMP-8");
    CHECK_EQ(m.due, 5 * SIM_S);
    CHECK(tick(5 * SIM_S));
    RULE("MIP6-ICMP-6");
    CHECK(act.solicited && act.identifier == 0x1234 && addr_eq(&act.to, &coa2));
    CHECK(m.due == SIM_NEVER && !tick(60 * SIM_S)); /* an answer is not repeated */
}

static void never_two_within_a_second(void)
{
    begin();
    mpa_solicited(&m, 1, &coa1, 5 * SIM_S);
    CHECK(tick(5 * SIM_S));
    mpa_solicited(&m, 2, &coa1, 5 * SIM_S + 1);
    mpa_solicited(&m, 3, &coa2, 5500 * SIM_MS); /* the last one is answered */
    RULE("MIP6-ICMP-6");
    CHECK(m.due == 6 * SIM_S && !tick(6 * SIM_S - 1) && tick(6 * SIM_S));
    CHECK(act.solicited && act.identifier == 3 && addr_eq(&act.to, &coa2));
}

/* MinMobPfxAdvInterval + rand mod abs(min(MaxMobPfxAdvInterval, preferred) - Min...). */
static void a_change_is_told_after_a_random_delay(void)
{
    static const struct {
        sim_time preferred;
        sim_time least, most;
    } windows[] = {
        {SIM_NEVER, 600 * SIM_S, 86400 * SIM_S},
        {1000 * SIM_S, 600 * SIM_S, 1000 * SIM_S},
        {60 * SIM_S, 600 * SIM_S, 1140 * SIM_S}, /* |60 - 600| */
        {0, 600 * SIM_S, 1200 * SIM_S},
    };
    for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++) {
        sim_time low = SIM_NEVER;
        sim_time high = 0;
        begin();
        for (int draw = 0; draw < 300; draw++) {
            struct mpa one = m;
            mpa_changed(&one, windows[k].preferred, &rng, 10 * SIM_S);
            low = one.due < low ? one.due : low;
            high = one.due > high ? one.due : high;
        }
        sim_time tenth = (windows[k].most - windows[k].least) / 10;
        low -= 10 * SIM_S;
        high -= 10 * SIM_S;
        RULE("MIP6-ICMP-8");
        CHECK(low >= windows[k].least && low < windows[k].least + tenth && high < windows[k].most &&
              high > windows[k].most - tenth);
    }
    begin();
    mpa_changed(&m, 600 * SIM_S, &rng, 0); /* nothing to draw from */
    CHECK_EQ(m.due, 600 * SIM_S);
}

static void it_is_repeated_until_a_solicitation_comes(void)
{
    static const int gaps[] = {3, 6, 12};
    begin();
    mpa_changed(&m, 1000 * SIM_S, &rng, 0);
    sim_time at = m.due;
    CHECK(tick(at) && !act.solicited && act.identifier == 0);
    for (int k = 0; k < 3; k++) {
        at += gaps[k] * SIM_S;
        RULE("MIP6-ICMP-8");
        CHECK(m.due == at && tick(at) && !act.solicited);
    }
    RULE("MIP6-ICMP-8");
    CHECK_EQ(m.due, SIM_NEVER);
    mpa_bound(&m, at + 100 * SIM_S); /* the node is heard of: begins again */
    CHECK(m.due == at + 100 * SIM_S && tick(m.due));
    CHECK_EQ(m.due, at + 103 * SIM_S);
    mpa_solicited(&m, 9, &coa1, at + 102 * SIM_S);
    CHECK(tick(m.due) && act.solicited);
    RULE("MIP6-ICMP-8");
    CHECK_EQ(m.due, SIM_NEVER);
    mpa_bound(&m, at + 200 * SIM_S);
    CHECK_EQ(m.due, SIM_NEVER);
}

static void it_ends_with_the_binding(void)
{
    begin();
    mpa_changed(&m, 1000 * SIM_S, &rng, 0);
    CHECK(tick(m.due));
    mpa_unbound(&m, false);
    RULE("MIP6-ICMP-8");
    CHECK(m.due == SIM_NEVER && !tick(5000 * SIM_S));
    mpa_changed(&m, 2000 * SIM_S, &rng, 5000 * SIM_S); /* nobody is there to be told */
    CHECK_EQ(m.due, SIM_NEVER);
    mpa_bound(&m, 6000 * SIM_S); /* "another Binding Update without returning home" */
    CHECK_EQ(m.due, 6000 * SIM_S);
    mpa_unbound(&m, true);
    mpa_bound(&m, 7000 * SIM_S);
    CHECK_EQ(m.due, SIM_NEVER);
}

static void a_further_change_goes_with_what_is_due(void)
{
    begin();
    mpa_changed(&m, 1000 * SIM_S, &rng, 0);
    sim_time at = m.due;
    mpa_changed(&m, SIM_NEVER, &rng, 100 * SIM_S);
    CHECK(m.due == at && tick(at));
    mpa_changed(&m, 700 * SIM_S, &rng, at + SIM_S); /* the unacknowledged one is replaced */
    CHECK(m.due >= at + 601 * SIM_S && tick(m.due));
    sim_time again = m.due;
    mpa_solicited(&m, 1, &coa1, again - SIM_S);
    mpa_changed(&m, 60 * SIM_S, &rng, again - SIM_S); /* the answer tells it */
    CHECK(m.due <= again - SIM_S + SIM_S && tick(m.due) && act.solicited && m.due == SIM_NEVER);
}

CHECK_MAIN(CASE(a_solicitation_is_answered_at_once), CASE(never_two_within_a_second),
           CASE(a_change_is_told_after_a_random_delay),
           CASE(it_is_repeated_until_a_solicitation_comes), CASE(it_ends_with_the_binding),
           CASE(a_further_change_goes_with_what_is_due))
