/* What a mobile node's route optimisation keeps of before, when it begins anew. */
#include "tests/ro_bench.h"

/* ---- places of tests ----------------------------------------------------------------- */

static void say_error(uint8_t status, const struct addr *of)
{
    const struct mh be = {.type = MH_BE, .status = status, .home = *of};
    const struct arrival a = {.src = cn, .dst = coa1};
    const struct delivery d = {.arrival = &a, .mh = &be};
    struct ro_acts acts = {.n = 0};
    (void)ro_received(&b.mobile, &d, b.now, &acts);
    carry_acts(&acts);
}

static unsigned places(void)
{
    unsigned used = 0;
    for (unsigned k = 0; k < RR_COAS; k++)
        used += peer()->rr.care_of[k].used;
    return used;
}

/* More movements than places, each while nothing is registered. */
static void places_are_for_addresses_that_there_are(void)
{
    struct addr coa = coa2;
    begin(false);
    for (unsigned k = 1; k < 20; k++) {
        coa.b[15] = (uint8_t)k;
        ro_want(&b.mobile, 0, &coa, b.now);
        (void)ro_heard(&b.mobile, &cn, b.now);
        run_for(3 * SIM_S);
        CHECK(state() == RO_OPTIMISED && places() == 1 && goes_from(0, &coa));
        say_error(1, &home);
        CHECK_EQ(state(), RO_TUNNELLED);
        run_for(SIM_S);
    }
}

/* A correspondent that does not know several addresses is asked about one. */
static void a_plain_correspondent_takes_one_place(void)
{
    const struct ro_config how = mobile_config(true);
    const struct correspondent_config at = {.mcoa = 1};
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    CHECK(b.fall_backs == 1 && state() == RO_OPTIMISED && places() == 1);
}

/* ---- other Binding Identifiers ---------------------------------------------------------- */

/* The home agent has turned out to know one care-of address only. */
static void goes_on_with_one_address(void)
{
    const uint16_t plain = 0;
    optimise_three();
    ro_change(&b.mobile, false, &plain, 1, b.now);
    run_for(SIM_S);
    CHECK(goes_from(1, NULL) && state() == RO_ASKING);
    ro_want(&b.mobile, 0, &coa2, b.now);
    run_for(5 * SIM_S);
    CHECK(state() == RO_OPTIMISED && last(MH_BU)->m.bids == 0 && goes_from(0, &coa2));
    CHECK(bound(0) && !bound(1) && !bound(2) && !bound(3)); /* RFC 5648 6.2 */
}

/* ---- what is said ---------------------------------------------------------------------- */

static void an_error_about_another_home_address_is_not_believed(void)
{
    optimise();
    say_error(1, &coa3);
    CHECK(state() == RO_OPTIMISED && goes_from(0, &coa1));
}

/* Status 1 is a home agent's: a correspondent knows no home link, and refreshes go on. */
static void prefixes_are_not_a_correspondents(void)
{
    optimise();
    ro_want(&b.mobile, 0, &coa2, b.now);
    while (count(MH_BU) < 2)
        run_for(SIM_MS);
    const struct ro_sent *s = &peer()->sent[(peer()->sents - 1) % RO_SENT];
    struct mh ba = {.type = MH_BA, .status = 1, .sequence = s->sequence, .lifetime = 10};
    const struct arrival a = {.src = cn, .dst = coa2, .home = home};
    tokens_authorize(&ba, s->kbm, &s->coa, &cn);
    put_on_wire(&ba, true, &cn, &home, &a, 0);
    run_for(SIM_S);
    CHECK(state() == RO_OPTIMISED && goes_from(0, &coa2));
    run_for(36 * SIM_S);
    CHECK(count(MH_BU) == 3 && state() == RO_OPTIMISED);
}

/* ---- what the correspondent has of before ------------------------------------------------ */

/* Moved, and the care-of test of the new address fails: the correspondent has the old one. */
static void hold_with_a_binding(unsigned lost)
{
    optimise();
    b.drop[MH_COT] = 4;
    b.drop[MH_BU] = lost; /* of what follows */
    ro_want(&b.mobile, 0, &coa2, b.now);
    while (state() != RO_HELD)
        run_for(SIM_MS);
    CHECK(bound(0) && addr_eq(&bound(0)->coa, &coa1));
}

/* No data to the old address while it is held: it goes through the home agent. */
static void a_hold_takes_back(void)
{
    hold_with_a_binding(1);
    run_for(2 * SIM_S);
    CHECK(!bound(0) && state() == RO_HELD && count(MH_BU) == 3);
    const struct wire_sent *bu = last(MH_BU);
    CHECK(bu->m.lifetime == 0 && addr_eq(&bu->src, &home));
    run_for(60 * SIM_S);
    CHECK(count(MH_BU) == 3 && ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    CHECK(goes_from(0, &coa2));
}

/* What a hold could not take back is taken back at home. */
static void the_return_home_takes_back_what_was_held(void)
{
    hold_with_a_binding(4);
    run_for(20 * SIM_S);
    CHECK(bound(0) && state() == RO_HELD);
    ro_set_home(&b.mobile, true, b.now);
    run_for(SIM_S);
    CHECK(!bound(0) && state() == RO_TUNNELLED);
    unsigned updates = count(MH_BU);
    ro_set_lifetime(&b.mobile, b.now + 100 * SIM_S, b.now);
    ro_set_lifetime(&b.mobile, SIM_NEVER, b.now);
    run_for(SIM_S);
    CHECK_EQ(count(MH_BU), updates);
}

/* Likewise after an error that may not have been the correspondent's. */
static void the_return_home_takes_back_after_an_error(void)
{
    optimise();
    say_error(1, &home);
    CHECK(state() == RO_TUNNELLED && bound(0));
    ro_set_home(&b.mobile, true, b.now);
    run_for(SIM_S);
    CHECK(!bound(0) && state() == RO_TUNNELLED);
}

static struct ro_config all_at_once(void)
{
    struct ro_config how = mobile_config(true);
    how.keeps_others = true;
    return how;
}

/* Away again before the deregistration is answered: what there is is replaced. */
static void leaving_again_registers_again(void)
{
    const struct ro_config how = all_at_once();
    const struct correspondent_config at = {.idle = 0};
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    b.drop[MH_BU] = 2;
    ro_set_home(&b.mobile, true, b.now);
    run_for(2 * SIM_S);
    CHECK(state() == RO_LEAVING && bound(1) && bound(2));
    ro_unwant(&b.mobile, 2, b.now);
    ro_set_home(&b.mobile, false, b.now);
    run_for(2 * SIM_S);
    CHECK(state() == RO_OPTIMISED && bound(1) && !bound(2));
}

/* RFC 5648 5.9: old Binding Identifiers do not outlive a hold that could not take them back. */
static void the_first_after_a_hold_replaces_all(void)
{
    const struct ro_config how = all_at_once();
    const struct correspondent_config at = {.idle = 0};
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    ro_want(&b.mobile, 3, &coa3, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    CHECK(!(sent(MH_BU, 0)->m.flags & MH_BU_OVERWRITE) && bound(2));
    rr_discard_home(&peer()->rr);
    b.drop[MH_HOT] = 4;
    ro_unwant(&b.mobile, 2, b.now);
    run_for(20 * SIM_S);
    CHECK(state() == RO_HELD && bound(2));
    run_for(60 * SIM_S);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    RULE("MCOA-MN-5");
    CHECK(state() == RO_OPTIMISED && bound(1) && !bound(2) && bound(3));
}

CHECK_MAIN(CASE(places_are_for_addresses_that_there_are),
           CASE(a_plain_correspondent_takes_one_place), CASE(goes_on_with_one_address),
           CASE(an_error_about_another_home_address_is_not_believed),
           CASE(prefixes_are_not_a_correspondents), CASE(a_hold_takes_back),
           CASE(the_return_home_takes_back_what_was_held),
           CASE(the_return_home_takes_back_after_an_error), CASE(leaving_again_registers_again),
           CASE(the_first_after_a_hold_replaces_all))
