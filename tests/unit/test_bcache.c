#include "tests/bcache_bench.h"

/* RFC 6275 10.3.1: no answer before the test; retransmissions wait with it. */
static void the_first_binding_waits_for_the_test(void)
{
    begin();
    struct mh bu = update(1, 105);
    CHECK(receive(&bu, &coa1, 0));
    RULE("MIP6-HA-3");
    CHECK(act(BCACHE_TEST) && !act(BCACHE_SEND));
    bu.sequence = 2;
    CHECK(receive(&bu, &coa1, 1500 * SIM_MS));
    CHECK_EQ(acts.n, 0);
    pass_test(2 * SIM_S);
    uint16_t answered[2] = {0};
    unsigned answers = 0;
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == BCACHE_SEND && answers++ < 2)
            answered[answers - 1] = acts.act[k].ba.sequence;
    RULE("MIP6-SEQ-6");
    CHECK(answers == 2 && answered[0] == 1 && answered[1] == 2);
    CHECK_EQ(entry()->bindings, 1);
    RULE("MIP6-HA-5");
    CHECK(addr_eq(&act(BCACHE_SEND)->dst, &coa1) && act(BCACHE_SEND)->rh2);
    arena_release(&arena);
}

static void a_home_address_that_is_taken_is_refused(void)
{
    begin();
    struct mh bu = update(1, 105);
    CHECK(receive(&bu, &coa1, 0));
    acts.n = 0;
    bcache_tested(&cache, &home, false, SIM_S, &acts);
    CHECK_EQ(status(), MH_ST_DAD_FAILED);
    CHECK_EQ(entry()->bindings, 0);
    arena_release(&arena);
}

/* RFC 6275 9.5.1: with 15 accepted, 16 to 32782 are fresh, all others stale. */
static void the_window_of_sequence_numbers(void)
{
    static const struct {
        uint16_t sequence;
        bool fresh;
    } cases[] = {{15, false}, {0, false}, {32783, false}, {65535, false},
                 {14, false}, {16, true}, {32782, true}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        begin();
        bind_plain(15);
        struct mh bu = update(cases[k].sequence, 105);
        CHECK(receive(&bu, &coa2, 2 * SIM_S));
        RULE("MIP6-SEQ-1");
        CHECK_EQ(status() == MH_ST_ACCEPTED, cases[k].fresh);
        if (!cases[k].fresh) {
            CHECK_EQ(status(), MH_ST_SEQUENCE);
            RULE("MIP6-SEQ-2");
            CHECK_EQ(act(BCACHE_SEND)->ba.sequence, 15); /* the last accepted */
            CHECK(addr_eq(&entry()->binding[0].coa, &coa1));
        }
        arena_release(&arena);
    }
}

static void refusals_of_rfc_6275(void)
{
    begin();
    struct mh bu = update(1, 105);
    const struct arrival elsewhere = {
        .src = coa1, .home = foreign, .has_home = true, .authentic = true};
    CHECK(bcache_update(&cache, &elsewhere, &bu, 0, &acts));
    RULE("MIP6-HA-2");
    CHECK_EQ(status(), MH_ST_NOT_HOME_SUBNET);
    bu = update(1, 0);
    CHECK(receive(&bu, &coa1, 0));
    CHECK_EQ(status(), MH_ST_NOT_HOME_AGENT);
    bu = update(1, 105);
    bu.has_nonces = true;
    RULE("MIP6-HA-2");
    CHECK(!receive(&bu, &coa1, 0)); /* silently */
    bu = update(1, 105);
    bu.flags = MH_BU_ACK;
    CHECK(!receive(&bu, &coa1, 0));
    const struct arrival forged = {.src = coa1, .home = home, .has_home = true};
    bu = update(1, 105);
    CHECK(!bcache_update(&cache, &forged, &bu, 0, &acts));
    arena_release(&arena);
}

static void the_lifetime_may_be_shortened(void)
{
    begin();
    struct mh bu = update(1, 1000); /* 4000 s, 600 s are granted */
    CHECK(receive(&bu, &coa1, 0));
    pass_test(SIM_S);
    RULE("MIP6-LIFE-1");
    RULE("MIP6-LIFE-2");
    CHECK_EQ(act(BCACHE_SEND)->ba.lifetime, 150);
    CHECK_EQ(bcache_next(&cache), 601 * SIM_S);
    acts.n = 0;
    bcache_tick(&cache, 601 * SIM_S, &acts);
    RULE("MIP6-LIFE-7");
    CHECK(act(BCACHE_ENDED) && act(BCACHE_PROXY_OFF));
    arena_release(&arena);
}

/* RFC 6275 10.3.2: for 10 s an older update is refused with 135. */
static void a_deleted_binding_is_remembered_for_a_while(void)
{
    begin();
    bind_plain(7);
    struct mh bu = update(8, 0);
    CHECK(receive(&bu, &coa1, 5 * SIM_S));
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    RULE("MIP6-HA-15");
    CHECK_EQ(act(BCACHE_SEND)->ba.lifetime, 0);
    RULE("MIP6-HA-16");
    CHECK(act(BCACHE_PROXY_OFF) != NULL);
    bu = update(7, 105); /* delayed */
    CHECK(receive(&bu, &coa1, 6 * SIM_S));
    RULE("MIP6-HA-17");
    CHECK_EQ(status(), MH_ST_SEQUENCE);
    acts.n = 0;
    bcache_tick(&cache, 15 * SIM_S, &acts);
    CHECK(receive(&bu, &coa1, 16 * SIM_S));
    CHECK(act(BCACHE_TEST) != NULL);
    arena_release(&arena);
}

static void bindings_with_identifiers_live_side_by_side(void)
{
    begin();
    bind_two(1);
    CHECK_EQ(entry()->bindings, 2);
    struct mh bu = update(2, 105); /* refresh one, by its number */
    add_bid(&bu, 2, NULL);
    CHECK(receive(&bu, &coa2, 10 * SIM_S));
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    RULE("MCOA-HA-1");
    CHECK(act(BCACHE_REFRESHED) && act(BCACHE_REFRESHED)->bid == 2);
    RULE("MCOA-HA-1");
    CHECK_EQ(bcache_binding(entry(), 1)->until, 421 * SIM_S);
    CHECK_EQ(bcache_binding(entry(), 2)->until, 430 * SIM_S);
    bu = update(3, 105); /* move one */
    add_bid(&bu, 1, &coa3);
    CHECK(receive(&bu, &coa3, 20 * SIM_S));
    CHECK(act(BCACHE_MOVED) != NULL);
    bu = update(4, 0); /* delete one */
    add_bid(&bu, 1, NULL);
    CHECK(receive(&bu, &coa2, 30 * SIM_S));
    CHECK_EQ(entry()->bindings, 1);
    RULE("MCOA-HA-14");
    CHECK(!act(BCACHE_PROXY_OFF)); /* the other one still stands */
    arena_release(&arena);
}

/* RFC 5648 4.1: one counter for all identifiers. */
static void the_sequence_is_shared(void)
{
    begin();
    bind_two(10);
    struct mh bu = update(9, 105);
    add_bid(&bu, 2, &coa2);
    CHECK(receive(&bu, &coa2, 2 * SIM_S));
    CHECK_EQ(status(), MH_ST_SEQUENCE);
    RULE("MCOA-HA-7");
    CHECK_EQ(act(BCACHE_SEND)->ba.sequence, 10);
    arena_release(&arena);
}

/* RFC 5648 6.2, one step after the other. */
static void refusals_of_rfc_5648(void)
{
    begin();
    bind_plain(1);
    struct mh bu = update(2, 105);
    add_bid(&bu, 1, &coa1);
    CHECK(receive(&bu, &coa1, 2 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(status(), MH_ST_MCOA_NON_MCOA);
    RULE("MCOA-HA-4");
    CHECK_EQ(act(BCACHE_SEND)->ba.bids, 1); /* all BID options come back */
    bu = update(3, 105);
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 1, &coa1);
    CHECK(receive(&bu, &coa1, 3 * SIM_S));
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    CHECK_EQ(entry()->bindings, 1);
    CHECK_EQ(entry()->binding[0].bid, 1);
    bu = update(4, 105);
    add_bid(&bu, 1, NULL);
    bu.bid[0].length = 6;
    CHECK(receive(&bu, &coa1, 4 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(status(), MH_ST_MCOA_MALFORMED);
    bu = update(5, 105);
    add_bid(&bu, 9, NULL); /* unknown, without address */
    CHECK(receive(&bu, &coa1, 5 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(status(), MH_ST_MCOA_UNKNOWN_COA);
    bu = update(6, 0);
    add_bid(&bu, 9, NULL);
    CHECK(receive(&bu, &coa1, 6 * SIM_S));
    CHECK_EQ(status(), MH_ST_NOT_HOME_AGENT);
    cache.how.bulk = false;
    cache.how.mcoa = 2;
    bu = update(7, 105);
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 2, &coa2);
    CHECK(receive(&bu, &coa1, 7 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(status(), MH_ST_MCOA_BULK_PROHIBITED); /* before 166 */
    bu.sequence = 8;
    bu.bids = 1;
    CHECK(receive(&bu, &coa1, 8 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(status(), MH_ST_MCOA_PROHIBITED);
    arena_release(&arena);
}

/* RFC 5648 6.2: 4 in the BA, the code where it belongs; good ones are done. */
static void a_bulk_update_can_fail_in_part(void)
{
    begin();
    bind_two(1);
    struct mh bu = update(2, 105);
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 7, NULL);
    CHECK(receive(&bu, &coa1, 10 * SIM_S));
    RULE("MCOA-HA-6");
    CHECK_EQ(status(), MH_ST_NOT_COMPLETE);
    RULE("MCOA-HA-6");
    CHECK_EQ(act(BCACHE_SEND)->ba.bid[0].status, 0);
    CHECK_EQ(act(BCACHE_SEND)->ba.bid[1].status, MH_ST_MCOA_UNKNOWN_COA);
    CHECK_EQ(bcache_binding(entry(), 1)->until, 430 * SIM_S);
    arena_release(&arena);
}

static void overwriting_with_nothing_good_leaves_the_old(void)
{
    begin();
    bind_two(1);
    struct mh bu = update(2, 105);
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 3, NULL);
    CHECK(receive(&bu, &coa1, 10 * SIM_S));
    RULE("MCOA-HA-16");
    CHECK_EQ(entry()->bindings, 2);
    bu = update(3, 105);
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 3, &coa3);
    CHECK(receive(&bu, &coa3, 11 * SIM_S));
    CHECK_EQ(entry()->bindings, 1);
    CHECK_EQ(entry()->binding[0].bid, 3);
    RULE("MCOA-HA-14");
    RULE("MIP6-HA-3");
    CHECK(!act(BCACHE_PROXY_OFF) && !act(BCACHE_TEST)); /* uninterrupted */
    arena_release(&arena);
}

static void a_plain_update_wipes_every_identifier(void)
{
    begin();
    bind_two(1);
    struct mh bu = update(2, 105);
    bu.has_alternate = true;
    bu.alternate = coa3;
    CHECK(receive(&bu, &coa2, 10 * SIM_S));
    CHECK_EQ(entry()->bindings, 1);
    RULE("MCOA-HA-2");
    CHECK(addr_eq(&entry()->binding[0].coa, &coa3));
    RULE("MIP6-HA-5");
    CHECK(addr_eq(&act(BCACHE_SEND)->dst, &coa2)); /* to the source, not the alternate */
    arena_release(&arena);
}

static void the_source_must_be_one_of_the_care_of_addresses(void)
{
    begin();
    CHECK(!bcache_source(&cache, &home, &coa1, SOURCE_ANY_BINDING, 0));
    bind_two(1);
    CHECK(bcache_source(&cache, &home, &coa1, SOURCE_ANY_BINDING, 2 * SIM_S));
    RULE("MCOA-HA-13");
    RULE("MCOA-HA-10");
    CHECK(bcache_source(&cache, &home, &coa2, SOURCE_ANY_BINDING, 2 * SIM_S));
    RULE("MIP6-HA-12");
    RULE("MCOA-HA-10");
    CHECK(!bcache_source(&cache, &home, &coa3, SOURCE_ANY_BINDING, 2 * SIM_S));
    CHECK(bcache_source(&cache, &home, &coa1, SOURCE_PRIMARY_ONLY, 2 * SIM_S));
    CHECK(!bcache_source(&cache, &home, &coa2, SOURCE_PRIMARY_ONLY, 2 * SIM_S));
    CHECK(bcache_source(&cache, &home, &coa3, SOURCE_OFF, 2 * SIM_S));
    RULE("MCOA-HA-10"); /* a Home Address option has its own rule */
    CHECK(bcache_has_coa(&cache, &home, &coa1, 2 * SIM_S) &&
          bcache_has_coa(&cache, &home, &coa2, 2 * SIM_S) &&
          !bcache_has_coa(&cache, &home, &coa3, 2 * SIM_S));
    arena_release(&arena);
}

/* RFC 5648 3: by the policy, else the binding last verified; a BID that is gone is passed over. */
static void data_takes_the_binding_that_the_policy_names(void)
{
    const struct flow_rule second = {.bid = {2, 1}, .bids = 2};
    const struct flow_rule gone = {.bid = {9}, .bids = 1};
    const struct flow_rule both = {.bid = {2, 1}, .bids = 2, .all = true};
    const struct binding *chosen[MH_BIDS];
    begin();
    bind_two(1);
    CHECK_EQ(bcache_choose(entry(), &second, chosen), 1);
    CHECK_EQ(chosen[0]->bid, 2);
    CHECK_EQ(bcache_choose(entry(), &both, chosen), 2);
    CHECK(bcache_source(&cache, &home, &coa2, SOURCE_ANY_BINDING, 50 * SIM_S));
    CHECK_EQ(bcache_choose(entry(), &gone, chosen), 1);
    RULE("MCOA-HA-12");
    RULE("MCOA-HA-11");
    CHECK_EQ(chosen[0]->bid, 2);
    CHECK(bcache_source(&cache, &home, &coa1, SOURCE_ANY_BINDING, 51 * SIM_S));
    CHECK_EQ(bcache_choose(entry(), NULL, chosen), 1);
    CHECK_EQ(chosen[0]->bid, 1);
    bcache_binding(entry(), 2)->suspended = true;
    CHECK_EQ(bcache_choose(entry(), &second, chosen), 1);
    CHECK_EQ(chosen[0]->bid, 1);
    arena_release(&arena);
}

static void many_home_addresses_are_found(void)
{
    begin();
    for (unsigned k = 0; k < 1000; k++) {
        struct addr a = home;
        a.b[12] = (uint8_t)(k >> 8);
        a.b[13] = (uint8_t)k;
        CHECK(bcache_intern(&cache, &a) == bcache_intern(&cache, &a));
        CHECK(bcache_find(&cache, &a) != NULL);
    }
    CHECK_EQ(cache.entries, 1000);
    CHECK(!bcache_find(&cache, &coa1));
    arena_release(&arena);
}

/* ---- at home and abroad: RFC 5648 5.6, 6.3 ------------------------------------------------ */

static struct mh home_update(uint16_t sequence, uint16_t bid)
{
    struct mh bu = update(sequence, 105);
    add_bid(&bu, bid, &home);
    bu.bid[0].home = true;
    bu.has_station = true;
    bu.station = 0x020000000009;
    return bu;
}

static bool receive_at_home(const struct mh *bu, sim_time now)
{
    const struct arrival a = {.src = home, .authentic = true, .station = 0x020000000009};
    acts.n = 0;
    return bcache_update(&cache, &a, bu, now, &acts);
}

static void a_home_binding_beside_others(void)
{
    for (int way = HOME_REFUSED; way <= HOME_NO_NDP; way++) {
        begin();
        bind_two(1);
        cache.how.simultaneous = way;
        struct mh bu = home_update(2, 3);
        CHECK(receive_at_home(&bu, 2 * SIM_S)); /* without a Home Address option: AMB-7 */
        const struct bcache_act *ba = act(BCACHE_SEND);
        CHECK(ba && addr_eq(&ba->dst, &home));
        RULE("MIP6-HA-5");
        CHECK(!ba->rh2);
        RULE("MIP6-HA-18");
        CHECK(ba->station == 0x020000000009);
        if (way == HOME_REFUSED) {
            RULE("MCOA-HA-3");
            CHECK(status() == MH_ST_MCOA_HOME_AND_FOREIGN && entry()->bindings == 2);
            arena_release(&arena);
            continue;
        }
        struct binding *at_home = bcache_binding(entry(), 3);
        RULE("MCOA-RH-1");
        RULE("MIP6-HA-19");
        CHECK(at_home && at_home->home && entry()->bindings == 3);
        RULE("MCOA-RH-2");
        CHECK_EQ(at_home->station, 0x020000000009);
        RULE("MCOA-RH-4");
        CHECK_EQ(status(), way == HOME_NDP ? 0 : MH_ST_RETURN_HOME_NO_NDP);
        RULE("MCOA-RH-6");
        CHECK((act(BCACHE_PROXY_OFF) != NULL) == (way == HOME_NDP));
        const struct flow_rule to_home = {.bid = {3}, .bids = 1};
        const struct flow_rule abroad = {.bid = {2}, .bids = 1};
        const struct binding *chosen[MH_BIDS];
        RULE("MCOA-RH-5");
        CHECK(bcache_choose(entry(), &to_home, chosen) == 1 && chosen[0]->home);
        RULE("MCOA-RH-5");
        CHECK(bcache_choose(entry(), &abroad, chosen) == 1 && chosen[0]->bid == 2);
        arena_release(&arena);
    }
}

static void leaving_home(void)
{
    for (int policy = H_LITERAL; policy <= H_IGNORE_FOREIGN; policy++) {
        begin();
        bind_two(1);
        cache.how.simultaneous = HOME_NDP;
        cache.how.h_policy = policy;
        struct mh bu = home_update(2, 3);
        CHECK(receive_at_home(&bu, 2 * SIM_S));
        bu = update(3, 105); /* a refresh with H: still at home (AMB-15) */
        add_bid(&bu, 1, NULL);
        bu.bid[0].home = true;
        CHECK(receive(&bu, &coa1, 3 * SIM_S));
        CHECK(bcache_binding(entry(), 3) != NULL);
        bu = update(4, 105); /* and one without */
        add_bid(&bu, 1, NULL);
        CHECK(receive(&bu, &coa1, 4 * SIM_S));
        RULE("MCOA-RH-8");
        CHECK_EQ(bcache_binding(entry(), 3) == NULL, policy == H_LITERAL);
        RULE("MCOA-RH-8");
        CHECK_EQ(act(BCACHE_PROXY_ON) != NULL, policy == H_LITERAL);
        bu = update(5, 105); /* the home binding's own number, abroad */
        add_bid(&bu, 3, &coa3);
        CHECK(receive(&bu, &coa3, 5 * SIM_S));
        CHECK(bcache_binding(entry(), 3) && !bcache_binding(entry(), 3)->home);
        bu = home_update(6, 1); /* one home binding at a time */
        CHECK(receive_at_home(&bu, 6 * SIM_S));
        bu = home_update(7, 2);
        CHECK(receive_at_home(&bu, 7 * SIM_S));
        RULE("MCOA-RH-1");
        CHECK(!bcache_binding(entry(), 1) && bcache_binding(entry(), 2)->home);
        bu = update(8, 0); /* complete return: everything goes */
        CHECK(receive_at_home(&bu, 8 * SIM_S));
        RULE("MCOA-RH-10");
        CHECK_EQ(entry()->bindings, 0);
        arena_release(&arena);
    }
}

/* The home address without H is no care-of address; in a bulk BU each has its status (AMB-4). */
static void a_home_binding_in_bulk(void)
{
    begin();
    bind_two(1);
    cache.how.simultaneous = HOME_NO_NDP;
    struct mh bu = home_update(2, 3);
    add_bid(&bu, 1, NULL);
    bu.bid[1].home = true;
    CHECK(receive_at_home(&bu, 2 * SIM_S));
    RULE("MCOA-RH-4");
    CHECK(status() == MH_ST_NOT_COMPLETE &&
          act(BCACHE_SEND)->ba.bid[0].status == MH_ST_RETURN_HOME_NO_NDP &&
          act(BCACHE_SEND)->ba.bid[1].status == 0);
    bu = update(3, 105);
    add_bid(&bu, 2, &home);
    CHECK(receive(&bu, &coa2, 3 * SIM_S));
    CHECK_EQ(status(), MH_ST_MCOA_MALFORMED);
    arena_release(&arena);
}

CHECK_MAIN(CASE(the_first_binding_waits_for_the_test),
           CASE(a_home_address_that_is_taken_is_refused), CASE(the_window_of_sequence_numbers),
           CASE(refusals_of_rfc_6275), CASE(the_lifetime_may_be_shortened),
           CASE(a_deleted_binding_is_remembered_for_a_while),
           CASE(bindings_with_identifiers_live_side_by_side), CASE(the_sequence_is_shared),
           CASE(refusals_of_rfc_5648), CASE(a_bulk_update_can_fail_in_part),
           CASE(overwriting_with_nothing_good_leaves_the_old),
           CASE(a_plain_update_wipes_every_identifier),
           CASE(the_source_must_be_one_of_the_care_of_addresses),
           CASE(data_takes_the_binding_that_the_policy_names), CASE(many_home_addresses_are_found),
           CASE(a_home_binding_beside_others), CASE(leaving_home), CASE(a_home_binding_in_bulk))
