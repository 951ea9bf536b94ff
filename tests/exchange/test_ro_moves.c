/* A mobile node's correspondent registrations when it moves, comes home, or has been idle. */
#include "tests/ro_bench.h"

/* ---- movement ------------------------------------------------------------------------------- */

/* The home token outlives the movement; each test has a limiter of its own. */
static void a_movement_needs_only_a_care_of_test(void)
{
    optimise();
    run_for(SIM_S);
    sim_time moved = b.now;
    ro_want(&b.mobile, 0, &coa2, b.now);
    work_due();
    RULE("MIP6-MN-13");
    CHECK(goes_from(0, NULL));
    run_for(40 * SIM_MS);
    RULE("MIP6-RR-7");
    CHECK(count(MH_HOTI) == 1 && count(MH_COTI) == 2);
    CHECK_EQ(last(MH_BU)->at - moved, 20 * SIM_MS);
    RULE("MIP6-RR-13");
    CHECK(addr_eq(&last(MH_BU)->src, &coa2) && addr_eq(&last(MH_COTI)->src, &coa2));
    CHECK(goes_from(0, &coa2) && addr_eq(&bound(0)->coa, &coa2));
}

/* Four movements within a second: CoTIs are limited, three a second, HoTIs are not held up. */
static void care_of_tests_are_limited_for_themselves(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_HOTI] = 1;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    for (unsigned k = 0; k < 5; k++) {
        struct addr coa = coa2;
        coa.b[15] = (uint8_t)(k + 1);
        run_for(50 * SIM_MS);
        ro_want(&b.mobile, 0, &coa, b.now);
    }
    run_for(3 * SIM_S);
    RULE("MIP6-MN-7");
    CHECK(sent(MH_COTI, 3)->at - sent(MH_COTI, 0)->at >= SIM_S);
    CHECK_EQ(sent(MH_HOTI, 1)->at, 2 * SIM_S);
    CHECK_EQ(state(), RO_OPTIMISED);
}

/* From the first instant of a run on, one movement after the other: no CoTI waits for what was sent
 * for the movement before, and no HoTI for anything. */
static void each_movement_is_tested_at_once(void)
{
    begin(false);
    b.now = 0;
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    CHECK(sent(MH_HOTI, 0)->at == 0 && sent(MH_COTI, 0)->at == 0 && goes_from(0, &coa1));
    for (unsigned k = 1; k < 60; k++) {
        struct addr coa = coa2;
        coa.b[15] = (uint8_t)k;
        sim_time t = b.now;
        ro_want(&b.mobile, 0, &coa, t);
        run_for(40 * SIM_MS);
        CHECK(count(MH_COTI) == k + 1 && last(MH_COTI)->at == t &&
              addr_eq(&last(MH_COTI)->src, &coa));
        CHECK(goes_from(0, &coa) && addr_eq(&bound(0)->coa, &coa)); /* a test, and a round trip */
        run_for(1500 * SIM_MS);
    }
    CHECK_EQ(count(MH_HOTI), 1);
}

static void an_address_that_is_gone_is_deregistered_from_another(void)
{
    optimise_three();
    unsigned before = count(MH_BU);
    ro_unwant(&b.mobile, 2, b.now);
    run_for(SIM_S);
    const struct wire_sent *bu = last(MH_BU);
    CHECK(count(MH_BU) == before + 1 && bu->m.lifetime == 0 && bu->m.bid[0].bid == 2);
    CHECK(addr_eq(&bu->src, &coa1) || addr_eq(&bu->src, &coa3));
    RULE("MIP6-RR-10");
    CHECK(bu->m.care_of_nonce == 0 && !bound(2) && bound(1) && bound(3));
    CHECK(goes_from(2, &coa1));
}

static void the_return_home_deletes_everything(void)
{
    optimise_three();
    ro_set_home(&b.mobile, true, b.now);
    run_for(SIM_S);
    const struct wire_sent *bu = last(MH_BU);
    RULE("MIP6-RR-13");
    CHECK(bu->m.lifetime == 0 && bu->m.bids == 0 && addr_eq(&bu->src, &home) &&
          count(MH_HOTI) == 1);
    CHECK(!bound(1) && !bound(2) && !bound(3) && state() == RO_TUNNELLED && b.ended == 3);
    CHECK(!correspondent_route(&b.peer, &home, 1, b.now) && goes_from(1, NULL));
    ro_set_home(&b.mobile, false, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(3 * SIM_S);
    CHECK(goes_from(1, &coa1) && goes_from(3, &coa3));
    /* what has been taken back needs another test: no 137 */
    CHECK(count(MH_COTI) == 6 && count(MH_HOTI) == 1 && count(MH_BU) == 7 && b.last_status == 0);
}

/* A refused address would be tried again just when all are being taken back. */
static void what_is_left_is_not_tried_again(void)
{
    begin(true);
    ro_want(&b.mobile, 1, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    b.drop[MH_COT] = 4;
    ro_want(&b.mobile, 2, &coa2, b.now);
    run_for(20 * SIM_S);
    CHECK(b.downs == 1 && peer()->retry_at > b.now);
    run_until(peer()->retry_at - SIM_S);
    unsigned before = count(MH_COTI);
    b.drop[MH_BA] = 2;
    ro_set_home(&b.mobile, true, b.now);
    run_for(20 * SIM_S);
    CHECK(count(MH_COTI) == before && state() == RO_TUNNELLED && !bound(1));
}

/* At home with tokens that have ended: the home test comes first, and its answer directly. */
static void a_deletion_still_needs_the_home_test(void)
{
    struct ro_config how = mobile_config(false);
    const struct correspondent_config at = {.idle = 0};
    how.ahead = 0;
    begin_with(&how, &at);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(300 * SIM_S);
    CHECK_EQ(count(MH_HOTI), 1);
    ro_set_home(&b.mobile, true, b.now);
    run_for(SIM_S);
    RULE("MIP6-RR-13");
    CHECK(count(MH_HOTI) == 2 && count(MH_COTI) == 1 && last(MH_BU)->m.lifetime == 0 && !bound(0));
}

static void what_is_idle_is_taken_back(void)
{
    struct ro_config how = mobile_config(true);
    const struct correspondent_config at = {.idle = 0};
    how.idle = 30 * SIM_S;
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(20 * SIM_S);
    CHECK(goes_from(1, &coa1));
    run_for(29 * SIM_S);
    CHECK(bound(1) && bound(2));
    run_for(2 * SIM_S);
    CHECK(!bound(1) && !bound(2) && state() == RO_TUNNELLED);
}

CHECK_MAIN(CASE(a_movement_needs_only_a_care_of_test),
           CASE(care_of_tests_are_limited_for_themselves), CASE(each_movement_is_tested_at_once),
           CASE(an_address_that_is_gone_is_deregistered_from_another),
           CASE(the_return_home_deletes_everything), CASE(what_is_left_is_not_tried_again),
           CASE(a_deletion_still_needs_the_home_test), CASE(what_is_idle_is_taken_back))
