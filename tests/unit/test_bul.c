#include "tests/bul_bench.h"

/* RFC 6275 11.8: 1.5, 3, 6, 12, 24, then 32 s; a larger sequence number each time. */
static void waits_twice_as_long_each_time_up_to_32_s(void)
{
    static const sim_time gaps_ms[] = {1500, 3000, 6000, 12000, 24000, 32000, 32000};
    begin(false, BUL_BULK, 41);
    want(0, &coa1, 0);
    CHECK_EQ(sent()->bu.sequence, 42);
    sim_time at = 0;
    for (size_t k = 0; k < sizeof gaps_ms / sizeof gaps_ms[0]; k++) {
        RULE("MIP6-MN-5");
        RULE("MIP6-MN-4");
        CHECK_EQ(bul_next(&b), at + gaps_ms[k] * SIM_MS);
        at = bul_next(&b);
        tick(at - 1);
        CHECK_EQ(acts.n, 0);
        tick(at);
        RULE("MIP6-SEQ-4");
        CHECK_EQ(sent()->bu.sequence, 43 + k);
    }
}

static void a_plain_update_has_what_the_rfc_asks_for(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 0);
    const struct bul_act *bu = sent();
    RULE("MIP6-MN-1");
    CHECK_EQ(bu->bu.flags, MH_BU_ACK | MH_BU_HOME);
    RULE("MIP6-MN-1");
    CHECK(bu->bu.has_alternate && addr_eq(&bu->bu.alternate, &coa1));
    CHECK_EQ(bu->bu.lifetime, 105);
    RULE("MIP6-MN-1");
    RULE("MIP6-MN-3");
    CHECK(addr_eq(&bu->src, &coa1) && !bu->from_home);
    CHECK_EQ(bu->bu.bids, 0);
}

/* RFC 6275 11.7.3: the clock starts when the BU was sent, not when the BA arrived. */
static void the_lifetime_counts_from_the_update(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 10 * SIM_S);
    CHECK(answer(1, 0, 100, NULL, 11 * SIM_S)); /* 400 s */
    CHECK(has(BUL_UP));
    RULE("MIP6-LIFE-4");
    CHECK_EQ(bul_find(&b, 0)->expires, 410 * SIM_S);
    CHECK_EQ(bul_next(&b), 330 * SIM_S); /* refresh after 80 % */
    tick(330 * SIM_S);
    CHECK_EQ(sent()->bu.sequence, 2);
    RULE("MIP6-MN-4");
    CHECK_EQ(bul_next(&b), 331 * SIM_S); /* 1 s now: there is a binding */
}

static void acknowledgements_of_nothing_are_counted_and_ignored(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 0);
    CHECK(!answer(7, 0, 105, NULL, SIM_MS));
    RULE("MIP6-MN-8");
    CHECK_EQ(b.unmatched, 1);
    CHECK_EQ(bul_find(&b, 0)->state, BUL_ASKING);
    struct mh ba = {.type = MH_BA, .sequence = 1, .lifetime = 105};
    const struct arrival forged = {.src = agent, .authentic = false};
    RULE("MIP6-MN-8");
    CHECK(!bul_ack(&b, &forged, &ba, SIM_MS, &acts));
    CHECK_EQ(bul_find(&b, 0)->state, BUL_ASKING);
}

static void goes_on_above_the_number_that_135_returns(void)
{
    begin(false, BUL_BULK, 9);
    want(0, &coa1, 0);
    CHECK(answer(500, MH_ST_SEQUENCE, 0, NULL, SIM_MS));
    RULE("MIP6-SEQ-3");
    CHECK_EQ(sent()->bu.sequence, 501);
    CHECK(answer(501, 0, 105, NULL, 2 * SIM_MS));
    CHECK_EQ(bul_find(&b, 0)->state, BUL_BOUND);
}

/* RFC 5648: one BU for all, the address only where the home agent does not have it, O first. */
static void a_bulk_update_grows_while_it_is_out(void)
{
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    RULE("MCOA-MN-5");
    RULE("MCOA-MN-6");
    CHECK(sent()->bu.flags & MH_BU_OVERWRITE);
    CHECK_EQ(sent()->bu.bids, 1);
    want(2, &coa2, SIM_MS);
    CHECK_EQ(sent()->bu.bids, 2);
    CHECK(sent()->bu.flags & MH_BU_OVERWRITE); /* not acknowledged yet */
    RULE("MCOA-MN-2");
    RULE("MCOA-MN-3");
    CHECK(sent()->bu.bid[0].has_coa && sent()->bu.bid[1].has_coa && !sent()->bu.has_alternate);
    struct mh like = sent()->bu;
    CHECK(!answer(1, 0, 105, &like, 2 * SIM_MS)); /* of the smaller one */
    CHECK(answer(2, 0, 105, &like, 2 * SIM_MS));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_BOUND);
    CHECK_EQ(bul_find(&b, 2)->state, BUL_BOUND);
    tick(bul_next(&b)); /* one refresh for both, without addresses, without O */
    CHECK_EQ(sent()->bu.bids, 2);
    RULE("MCOA-MN-2");
    RULE("MCOA-MN-9");
    CHECK(!sent()->bu.bid[0].has_coa && !(sent()->bu.flags & MH_BU_OVERWRITE));
}

static void serial_registration_has_one_update_out(void)
{
    begin(true, BUL_SERIAL, 0);
    want(1, &coa1, 0);
    struct mh first = sent()->bu;
    want(2, &coa2, 0);
    RULE("MCOA-MN-20");
    CHECK_EQ(acts.n, 0);
    CHECK(answer(1, 0, 105, &first, 20 * SIM_MS));
    CHECK_EQ(sent()->bu.bid[0].bid, 2);
}

static void parallel_registration_sends_at_once(void)
{
    begin(true, BUL_PARALLEL, 0);
    want(3, &coa3, 0);
    struct mh first = sent()->bu;
    CHECK(first.flags & MH_BU_OVERWRITE);
    want(1, &coa1, 0);
    RULE("MCOA-MN-5");
    CHECK_EQ(acts.n, 0); /* the first replaces everything, and so goes alone */
    CHECK(answer(1, 0, 105, &first, 10 * SIM_MS));
    CHECK(addr_eq(&sent()->src, &coa1) && !(sent()->bu.flags & MH_BU_OVERWRITE));
    want(2, &coa2, 10 * SIM_MS);
    CHECK_EQ(sent()->bu.bids, 1);
    RULE("MCOA-MN-19");
    CHECK(addr_eq(&sent()->src, &coa2));
    RULE("MCOA-MN-4");
    RULE("MIP6-SEQ-5");
    CHECK_EQ(sent()->bu.sequence, 3);
}

/* RFC 6275 12, MAX_UPDATE_RATE: three in a second; the first second of a run is no exception. */
static void no_more_than_three_updates_in_a_second(void)
{
    begin(true, BUL_PARALLEL, 0);
    want(1, &coa1, 0);
    struct mh first = sent()->bu;
    CHECK(answer(1, 0, 105, &first, 0));
    want(2, &coa2, 0);
    want(3, &coa3, 0);
    CHECK_EQ(sent()->bu.sequence, 3);
    want(1, &coa3, 100 * SIM_MS);
    CHECK_EQ(acts.n, 0);
    RULE("MIP6-MN-7");
    RULE("IP6-MOV-4");
    CHECK_EQ(bul_next(&b), SIM_S);
    tick(SIM_S); /* and those that nobody answered, again */
    CHECK_EQ(acts.n, 3);
}

static void a_dead_path_is_deregistered_through_another(void)
{
    bind_both();
    unwant(1, 5 * SIM_S);
    CHECK_EQ(sent()->bu.lifetime, 0);
    CHECK_EQ(sent()->bu.bid[0].bid, 1);
    RULE("MCOA-MN-8");
    CHECK(!sent()->bu.bid[0].has_coa);
    CHECK(addr_eq(&sent()->src, &coa2));
    CHECK(!bul_carries(&b, 1) && bul_carries(&b, 2));
    struct mh like = sent()->bu;
    CHECK(answer(3, 0, 0, &like, 6 * SIM_S));
    RULE("MCOA-RH-11");
    CHECK(has(BUL_DOWN));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_UNBOUND);
}

/* Nothing can be sent while no path works; then one BU with O replaces what is dead. */
static void break_before_make_overwrites_the_dead(void)
{
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    struct mh like = sent()->bu;
    CHECK(answer(1, 0, 105, &like, 10 * SIM_MS));
    unwant(1, 5 * SIM_S);
    CHECK_EQ(acts.n, 0);
    want(2, &coa2, 8 * SIM_S);
    CHECK_EQ(sent()->bu.bids, 1);
    CHECK_EQ(sent()->bu.bid[0].bid, 2);
    CHECK(sent()->bu.flags & MH_BU_OVERWRITE);
    like = sent()->bu;
    CHECK(answer(sent()->bu.sequence, 0, 105, &like, 9 * SIM_S));
    CHECK(has(BUL_DOWN));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_UNBOUND);
    CHECK_EQ(bul_find(&b, 2)->state, BUL_BOUND);
}

/* RFC 5648 5.7. */
static void statuses_of_several_care_of_addresses(void)
{
    bind_both();
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    CHECK(answer(1, 0, 105, NULL, SIM_MS)); /* no BID option: a plain peer */
    RULE("MCOA-MN-11");
    CHECK(has(BUL_FALL_BACK) && !b.mcoa);
    want(0, &coa1, 2 * SIM_MS);
    RULE("MCOA-MN-11");
    CHECK(sent()->bu.has_alternate && sent()->bu.bids == 0);

    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    want(2, &coa2, 0);
    struct mh like = sent()->bu;
    CHECK(answer(2, MH_ST_MCOA_BULK_PROHIBITED, 0, &like, SIM_MS));
    RULE("MCOA-MN-14");
    CHECK(has(BUL_FALL_BACK) && !b.bulk && b.mcoa);
    RULE("MCOA-MN-14");
    CHECK_EQ(sent()->bu.bids, 1); /* one by one */

    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    like = sent()->bu;
    CHECK(answer(1, 0, 105, &like, SIM_MS));
    want(2, &coa2, SIM_S);
    like = sent()->bu;
    CHECK(!(like.flags & MH_BU_OVERWRITE));
    CHECK(answer(2, MH_ST_MCOA_NON_MCOA, 0, &like, SIM_S + SIM_MS));
    RULE("MCOA-MN-15");
    CHECK(sent()->bu.flags & MH_BU_OVERWRITE); /* 165: again, with O */

    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    want(2, &coa2, 0);
    struct mh ba = {
        .type = MH_BA, .status = MH_ST_NOT_COMPLETE, .sequence = 2, .lifetime = 105, .bids = 2};
    ba.bid[0] = (struct mh_bid){.bid = 1};
    ba.bid[1] = (struct mh_bid){.bid = 2, .status = MH_ST_PROHIBITED};
    const struct arrival a = {.src = agent, .authentic = true};
    CHECK(bul_ack(&b, &a, &ba, SIM_MS, &acts)); /* 4: look at each */
    RULE("MCOA-MN-12");
    CHECK_EQ(bul_find(&b, 1)->state, BUL_BOUND);
    RULE("MCOA-MN-12");
    RULE("MIP6-MN-9");
    CHECK_EQ(bul_find(&b, 2)->state, BUL_REFUSED);
}

static void a_home_address_that_failed_is_never_asked_for_again(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 0);
    CHECK(answer(1, MH_ST_DAD_FAILED, 0, NULL, SIM_S));
    CHECK(has(BUL_LOST));
    want(0, &coa2, 2 * SIM_S);
    CHECK_EQ(acts.n, 0);
    RULE("MIP6-MN-10");
    CHECK_EQ(bul_next(&b), SIM_NEVER);
}

static void the_return_home_deregisters_everything_from_home(void)
{
    bind_both();
    acts.n = 0;
    bul_return_home(&b, 20 * SIM_S, &acts);
    RULE("MIP6-RET-2");
    CHECK(sent()->from_home && addr_eq(&sent()->src, &home));
    CHECK_EQ(sent()->bu.lifetime, 0);
    RULE("MIP6-RET-2");
    RULE("MCOA-RH-10");
    RULE("MCOA-MN-8");
    CHECK_EQ(sent()->bu.bids, 0);
    CHECK(!sent()->bu.has_alternate);
    CHECK_EQ(bul_next(&b), 21 * SIM_S); /* again if it is lost */
    CHECK(answer(3, 0, 0, NULL, 20500 * SIM_MS));
    CHECK(has(BUL_AT_HOME));
    want(1, &coa1, 22 * SIM_S);
    CHECK_EQ(acts.n, 0); /* at home nothing is registered */
    bul_leave_home(&b);
    want(1, &coa1, 23 * SIM_S);
    CHECK(sent()->bu.flags & MH_BU_OVERWRITE);
}

/* RFC 6275 11.7.1: L where the link-local address has the same identifier. */
static void flags_follow_the_addresses(void)
{
    struct bul_config how = config(false, BUL_BULK);
    for (int l = 0; l < 2; l++) {
        how.link_local = l;
        bul_init(&b, &how, 0);
        bul_add(&b, 0);
        want(0, &coa1, 0);
        RULE("MIP6-MN-2");
        CHECK_EQ((sent()->bu.flags & MH_BU_LINK_LOCAL) != 0, l);
        RULE("MIP6-MN-3"); /* nothing protects it, so no K */
        CHECK(!(sent()->bu.flags & MH_BU_KEY));
    }
}

/* RFC 5648 5.7: stop with that node; and 167 is answered with the address. */
static void more_statuses(void)
{
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    struct mh like = sent()->bu;
    CHECK(answer(1, MH_ST_MCOA_PROHIBITED, 0, &like, SIM_MS));
    RULE("MCOA-MN-13");
    CHECK(has(BUL_FALL_BACK) && !b.mcoa);
    want(0, &coa1, 2 * SIM_MS);
    RULE("MCOA-MN-13");
    CHECK_EQ(sent()->bu.bids, 0);

    bind_both();
    tick(bul_next(&b));
    like = sent()->bu;
    CHECK(!like.bid[0].has_coa);
    CHECK(answer(3, MH_ST_MCOA_UNKNOWN_COA, 0, &like, 400 * SIM_S));
    RULE("MCOA-MN-16");
    CHECK(sent()->bu.bid[0].has_coa && sent()->bu.bid[1].has_coa);

    bind_both();
    unwant(1, 5 * SIM_S);
    like = sent()->bu;
    CHECK(answer(3, MH_ST_MCOA_UNKNOWN_COA, 0, &like, 6 * SIM_S));
    RULE("MCOA-MN-16");
    CHECK(has(BUL_DOWN) && bul_find(&b, 1)->state == BUL_UNBOUND);

    begin(false, BUL_BULK, 0); /* refused: nothing more until the address changes */
    want(0, &coa1, 0);
    CHECK(answer(1, MH_ST_PROHIBITED, 0, NULL, SIM_MS));
    want(0, &coa1, SIM_S);
    RULE("MIP6-MN-9");
    CHECK(acts.n == 0 && bul_next(&b) == SIM_NEVER);
    want(0, &coa2, 2 * SIM_S);
    RULE("MIP6-MN-9");
    CHECK_EQ(sent()->bu.sequence, 2);
}

/* RFC 5648 5.8, RFC 6275 11.3.6. */
static void the_home_agent_asks_or_has_forgotten(void)
{
    struct mh brr = {.type = MH_BRR, .bids = 1, .bid = {{.bid = 2}}};
    bind_both();
    acts.n = 0;
    bul_asked(&b, &brr, 50 * SIM_S, &acts);
    RULE("MCOA-MN-17");
    CHECK(sent()->bu.bids == 1 && sent()->bu.bid[0].bid == 2);
    bind_both();
    brr.bids = 0;
    acts.n = 0;
    bul_asked(&b, &brr, 50 * SIM_S, &acts);
    CHECK_EQ(sent()->bu.bids, 2);
    bind_both();
    acts.n = 0;
    bul_unknown(&b, 50 * SIM_S, &acts);
    RULE("MIP6-MN-19");
    CHECK(sent()->bu.bids == 2 && sent()->bu.bid[0].has_coa);
}

CHECK_MAIN(CASE(waits_twice_as_long_each_time_up_to_32_s),
           CASE(a_plain_update_has_what_the_rfc_asks_for),
           CASE(the_lifetime_counts_from_the_update),
           CASE(acknowledgements_of_nothing_are_counted_and_ignored),
           CASE(goes_on_above_the_number_that_135_returns),
           CASE(a_bulk_update_grows_while_it_is_out), CASE(serial_registration_has_one_update_out),
           CASE(parallel_registration_sends_at_once), CASE(no_more_than_three_updates_in_a_second),
           CASE(a_dead_path_is_deregistered_through_another),
           CASE(break_before_make_overwrites_the_dead), CASE(statuses_of_several_care_of_addresses),
           CASE(a_home_address_that_failed_is_never_asked_for_again),
           CASE(the_return_home_deregisters_everything_from_home), CASE(flags_follow_the_addresses),
           CASE(more_statuses), CASE(the_home_agent_asks_or_has_forgotten))
