/* A mobile node's correspondent registrations against a correspondent, message by message. */
#include "tests/ro_bench.h"

/* ---- registration -------------------------------------------------------------------- */

/* MN -> CN HoTI, CoTI in parallel; HoT, CoT; BU; BA. F6, F7 of the bench's delays. */
static void a_registration_takes_the_longer_test_and_a_round_trip(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(goes_from(0, NULL));
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_until(SIM_S);
    CHECK(count(MH_HOTI) == 1 && count(MH_COTI) == 1 && addr_eq(&last(MH_HOTI)->src, &home) &&
          addr_eq(&last(MH_COTI)->src, &coa1) && addr_eq(&last(MH_HOTI)->dst, &cn));
    run_until(SIM_S + 99 * SIM_MS);
    RULE("MIP6-MN-13");
    CHECK(goes_from(0, NULL)); /* the BU has left and is not acknowledged */
    CHECK_EQ(last(MH_BU)->at, SIM_S + 80 * SIM_MS);
    run_until(SIM_S + 100 * SIM_MS);
    RULE("MIP6-MN-13");
    CHECK(goes_from(0, &coa1));
    CHECK(count(MH_BU) == 1 && count(MH_BA) == 1 && b.ups == 1);
    const struct mh *bu = &last(MH_BU)->m;
    RULE("MIP6-MN-3");
    CHECK(bu->flags == MH_BU_ACK && !bu->has_alternate && bu->has_nonces && bu->bids == 0);
    RULE("MIP6-LIFE-3");
    CHECK(bound(0) && bound(0)->until == SIM_S + 90 * SIM_MS + 420 * SIM_S);
    RULE("MIP6-RR-9");
    CHECK(last(MH_BA)->m.has_authenticator && last(MH_BA)->m.status == 0);
    CHECK(addr_eq(&correspondent_route(&b.peer, &home, 0, b.now)->coa, &coa1));
    RULE("MIP6-MN-13");
    CHECK(!ro_route(&b.mobile, &home, 0, b.now)); /* of another correspondent nothing is known */
}

/* One home test, a care-of test and a BU for each; the first BU goes alone, since it has O. */
static void three_addresses_share_one_home_test(void)
{
    optimise_three();
    RULE("MCOA-MN-10");
    CHECK(count(MH_HOTI) == 1 && count(MH_COTI) == 3 && count(MH_BU) == 3);
    bool seen[4] = {false};
    for (unsigned k = 0; k < 3; k++) {
        const struct wire_sent *bu = sent(MH_BU, k);
        RULE("MCOA-MN-7");
        RULE("MCOA-MN-3");
        CHECK(bu->m.bids == 1 && bu->m.bid[0].has_coa && !bu->m.has_alternate);
        RULE("MCOA-MN-19");
        CHECK(addr_eq(&bu->src, &bu->m.bid[0].coa));
        seen[bu->m.bid[0].bid] = true;
        RULE("MCOA-MN-5");
        CHECK(!(bu->m.flags & MH_BU_OVERWRITE) == (k > 0));
        RULE("MCOA-HA-5");
        CHECK(sent(MH_BA, k)->m.bids == 1 && sent(MH_BA, k)->m.bid[0].status == 0);
    }
    CHECK(seen[1] && seen[2] && seen[3]);
    CHECK(goes_from(1, &coa1) && goes_from(2, &coa2) && goes_from(3, &coa3));
    CHECK(goes_from(9, &coa1)); /* no such one: any */
    CHECK(bound(1) && bound(2) && bound(3) && addr_eq(&bound(3)->coa, &coa3));
}

/* Without O all leave at once: F6b. */
static void three_updates_may_be_out_at_once(void)
{
    struct ro_config how = mobile_config(true);
    const struct correspondent_config at = {.idle = 0};
    how.keeps_others = true;
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    ro_want(&b.mobile, 3, &coa3, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(100 * SIM_MS);
    CHECK(count(MH_BU) == 3 && b.ups == 3 && sent(MH_BU, 2)->at == SIM_S + 80 * SIM_MS);
}

static void a_plain_correspondent_gets_plain_updates(void)
{
    const struct ro_config how = mobile_config(true);
    const struct correspondent_config at = {.mcoa = 1};
    begin_with(&how, &at);
    ro_want(&b.mobile, 1, &coa1, b.now);
    ro_want(&b.mobile, 2, &coa2, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(2 * SIM_S);
    CHECK(b.fall_backs == 1 && b.ups == 1 && last(MH_BU)->m.bids == 0);
    CHECK(bound(0) && addr_eq(&bound(0)->coa, &coa1) && goes_from(1, &coa1));
}

/* ---- losses ------------------------------------------------------------------------------ */

/* Each message lost once: the others keep their own back-off, and cookies are new. */
static void each_test_is_repeated_for_itself(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_HOT] = 2;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    RULE("MIP6-MN-6");
    CHECK(count(MH_HOTI) == 3 && count(MH_COTI) == 1);
    RULE("MIP6-MN-4");
    CHECK(sent(MH_HOTI, 1)->at == 2 * SIM_S && sent(MH_HOTI, 2)->at == 4 * SIM_S);
    RULE("MIP6-RR-5");
    CHECK(sent(MH_HOTI, 0)->m.cookie != sent(MH_HOTI, 1)->m.cookie &&
          sent(MH_HOTI, 1)->m.cookie != sent(MH_HOTI, 2)->m.cookie &&
          sent(MH_HOTI, 0)->m.cookie != sent(MH_COTI, 0)->m.cookie);
    CHECK_EQ(state(), RO_OPTIMISED);
}

static void a_lost_care_of_test_is_repeated(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_COTI] = 1;
    b.drop[MH_COT] = 1;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    CHECK(count(MH_HOTI) == 1 && count(MH_COTI) == 3 && state() == RO_OPTIMISED);
}

static void a_lost_update_or_its_answer_is_repeated_with_a_larger_number(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_BU] = 1;
    b.drop[MH_BA] = 1;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(5 * SIM_S);
    RULE("MIP6-SEQ-4");
    CHECK(count(MH_BU) == 3 &&
          sent(MH_BU, 1)->m.sequence == (uint16_t)(sent(MH_BU, 0)->m.sequence + 1));
    CHECK(sent(MH_BU, 1)->at - sent(MH_BU, 0)->at == SIM_S &&
          sent(MH_BU, 2)->at - sent(MH_BU, 1)->at == 2 * SIM_S);
    CHECK_EQ(state(), RO_OPTIMISED);
}

/* RFC 6275 5.2.9: three repetitions, then through the home agent; and again after a while. */
static void without_answers_it_falls_back(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_COT] = 4;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(14 * SIM_S);
    CHECK_EQ(b.failures, 0);
    run_for(2 * SIM_S);
    RULE("MIP6-RR-8");
    CHECK(count(MH_COTI) == 4 && b.failures == 1 && goes_from(0, NULL));
    CHECK(!ro_heard(&b.mobile, &cn, b.now));
    run_for(60 * SIM_S);
    CHECK(count(MH_COTI) == 4);
    CHECK(ro_heard(&b.mobile, &cn, b.now)); /* the hold is over */
    run_for(SIM_S);
    CHECK_EQ(state(), RO_OPTIMISED);
}

static void without_a_home_test_it_falls_back(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_HOTI] = 4;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(20 * SIM_S);
    RULE("MIP6-RR-8");
    CHECK(count(MH_HOTI) == 4 && b.failures == 1 && state() == RO_HELD && count(MH_BU) == 0);
}

static void without_acknowledgement_it_falls_back(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    b.drop[MH_BA] = 4;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(20 * SIM_S);
    RULE("MIP6-RR-8");
    CHECK(count(MH_BU) == 5 && b.failures == 1 && state() == RO_HELD);
    CHECK(last(MH_BU)->m.lifetime == 0 && !bound(0)); /* what it had all the same is taken back */
}

/* While the BU of another is out, data stays where it is. */
static void an_address_carries_when_it_is_acknowledged(void)
{
    begin(true);
    ro_want(&b.mobile, 1, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    ro_want(&b.mobile, 2, &coa2, b.now);
    run_for(30 * SIM_MS);
    RULE("MIP6-MN-13");
    CHECK(count(MH_BU) == 2 && goes_from(2, &coa1));
    run_for(10 * SIM_MS);
    CHECK(goes_from(2, &coa2));
}

/* One care-of address that nobody answers does not hold up the others. */
static void one_dead_path_leaves_the_others(void)
{
    begin(true);
    ro_want(&b.mobile, 1, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    b.drop[MH_COT] = 4;
    ro_want(&b.mobile, 2, &coa2, b.now);
    run_for(20 * SIM_S);
    CHECK(b.failures == 0 && b.downs == 1 && state() == RO_OPTIMISED);
    CHECK(goes_from(1, &coa1) && goes_from(2, &coa1));
    run_for(60 * SIM_S);
    CHECK(goes_from(2, &coa2)); /* tried again after the hold */
}

/* ---- tokens and time ------------------------------------------------------------------------ */

static sim_time age_of(const struct wire_sent *bu, uint8_t answer)
{
    sim_time got = -1;
    for (unsigned k = 0; k < b.sent; k++) { /* arrivals: a way later */
        const struct wire_sent *s = &b.log[k];
        sim_time way = answer == MH_HOT ? b.round : b.direct;
        if (s->m.type == answer && s->at + way <= bu->at)
            got = s->at + way;
    }
    return bu->at - got;
}

/* Refreshes at 80 % of 420 s, each with tokens that are fresh. */
static void tokens_are_fresh_for_20_minutes(void)
{
    optimise_three();
    for (sim_time at = b.now; at < 1200 * SIM_S; at += SIM_S) {
        run_until(at);
        CHECK(goes_from(1, &coa1) && goes_from(2, &coa2) && goes_from(3, &coa3));
    }
    CHECK(b.failures == 0 && b.downs == 0 && count(MH_BU) == 3 * 4 && count(MH_BA) == 3 * 4);
    for (unsigned k = 0; k < count(MH_BU); k++) {
        RULE("MIP6-RR-7");
        CHECK(age_of(sent(MH_BU, k), MH_HOT) <= 210 * SIM_S &&
              age_of(sent(MH_BU, k), MH_COT) <= 210 * SIM_S);
    }
    CHECK_EQ(b.verdict[CORRESPONDENT_TAKEN], 3 * 4);
}

static void tokens_are_asked_for_when_they_are_needed(void)
{
    struct ro_config how = mobile_config(false);
    const struct correspondent_config at = {.idle = 0};
    how.ahead = 0;
    begin_with(&how, &at);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(330 * SIM_S);
    CHECK(count(MH_HOTI) == 1 && count(MH_COTI) == 1 && count(MH_BU) == 1);
    run_for(20 * SIM_S);
    RULE("MIP6-RR-7");
    CHECK(count(MH_HOTI) == 2 && count(MH_COTI) == 2 && count(MH_BU) == 2);
    CHECK(goes_from(0, &coa1));
}

/* The correspondent has restarted: it knows none of the nonces, says so, and all begins anew. */
static void nonces_that_are_gone_are_asked_for_anew(void)
{
    static const uint8_t gone[] = {MH_ST_NONCES, MH_ST_HOME_NONCE, MH_ST_CARE_OF_NONCE};
    for (unsigned k = 0; k < 3; k++) {
        optimise();
        run_for(40 * SIM_S);
        ro_want(&b.mobile, 0, &coa2, b.now); /* a care-of nonce of its own */
        run_for(SIM_S);
        unsigned before = count(MH_BU);
        if (gone[k] != MH_ST_CARE_OF_NONCE)
            tokens_invalidate(&b.peer.tokens, last(MH_BU)->m.home_nonce);
        if (gone[k] != MH_ST_HOME_NONCE)
            tokens_invalidate(&b.peer.tokens, last(MH_BU)->m.care_of_nonce);
        struct bcache_acts acts = {.n = 0};
        const struct mh brr = {.type = MH_BRR};
        const struct arrival a = {.src = cn, .dst = home, .tunnelled = true};
        put_on_wire(&brr, true, &cn, &home, &a, b.round);
        carry_answers(&acts);
        run_for(2 * SIM_S);
        unsigned bas = count(MH_BA);
        RULE("MIP6-RR-9");
        CHECK(sent(MH_BA, bas - 2)->m.status == gone[k] &&
              !sent(MH_BA, bas - 2)->m.has_authenticator);
        CHECK(count(MH_BU) == before + 2 && last(MH_BA)->m.status == 0);
        CHECK_EQ(count(MH_HOTI), gone[k] == MH_ST_CARE_OF_NONCE ? 1 : 2);
        CHECK_EQ(count(MH_COTI), gone[k] == MH_ST_HOME_NONCE ? 2 : 3);
        CHECK(goes_from(0, &coa2));
    }
}

/* RFC 6275 11.7.2: never beyond the home registration. */
static void the_lifetime_ends_with_the_home_registration(void)
{
    begin(false);
    ro_set_lifetime(&b.mobile, b.now + 101 * SIM_S, b.now);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    RULE("MIP6-MN-22");
    CHECK_EQ(last(MH_BU)->m.lifetime, 25);
    run_for(100 * SIM_S);
    RULE("MIP6-MN-13");
    CHECK(goes_from(0, NULL) && !correspondent_route(&b.peer, &home, 0, b.now));
    ro_set_lifetime(&b.mobile, b.now + 600 * SIM_S, b.now);
    run_for(SIM_S);
    CHECK(goes_from(0, &coa1) && last(MH_BU)->m.lifetime == 105);
}

CHECK_MAIN(CASE(a_registration_takes_the_longer_test_and_a_round_trip),
           CASE(three_addresses_share_one_home_test), CASE(three_updates_may_be_out_at_once),
           CASE(a_plain_correspondent_gets_plain_updates), CASE(each_test_is_repeated_for_itself),
           CASE(a_lost_care_of_test_is_repeated),
           CASE(a_lost_update_or_its_answer_is_repeated_with_a_larger_number),
           CASE(without_answers_it_falls_back), CASE(without_a_home_test_it_falls_back),
           CASE(without_acknowledgement_it_falls_back),
           CASE(an_address_carries_when_it_is_acknowledged), CASE(one_dead_path_leaves_the_others),
           CASE(tokens_are_fresh_for_20_minutes), CASE(tokens_are_asked_for_when_they_are_needed),
           CASE(nonces_that_are_gone_are_asked_for_anew),
           CASE(the_lifetime_ends_with_the_home_registration))
