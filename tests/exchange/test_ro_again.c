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

CHECK_MAIN(CASE(places_are_for_addresses_that_there_are),
           CASE(a_plain_correspondent_takes_one_place), CASE(goes_on_with_one_address),
           CASE(an_error_about_another_home_address_is_not_believed),
           CASE(prefixes_are_not_a_correspondents))
