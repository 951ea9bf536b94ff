/* What a binding cache grants, and what it refuses: RFC 6275 9.5.1, 10.3.1, RFC 5648 6.2. */
#include "tests/bcache_bench.h"

/* RFC 6275 9.5.1, 10.3.1, in the order of the checks. */
static void more_refusals(void)
{
    begin();
    struct mh bu = update(1, 105);
    cache.how.serves = false;
    CHECK(receive(&bu, &coa1, 0));
    CHECK_EQ(status(), MH_ST_NO_HOME_REGISTRATION);
    cache.how.serves = true;
    for (int k = 1; k <= 3; k++) {
        cache.how.refuse = k;
        CHECK(receive(&bu, &coa1, 0));
        CHECK_EQ(status(), 127 + k);
    }
    cache.how.refuse = 0;
    bu.has_alternate = true;
    bu.alternate = addr_all_nodes;
    RULE("MIP6-HA-2");
    CHECK(!receive(&bu, &coa1, 0)); /* the care-of address is no unicast: silently */
    const struct arrival odd = {
        .src = coa1, .home = addr_link_local_of(5), .has_home = true, .authentic = true};
    bu = update(1, 105);
    acts.n = 0;
    RULE("MIP6-HAO-4");
    CHECK(!bcache_update(&cache, &odd, &bu, 0, &acts));
    const struct arrival bare = {.src = home, .authentic = true};
    RULE("MIP6-HA-2");
    CHECK(!bcache_update(&cache, &bare, &bu, 0, &acts)); /* a registration has the option */
    bind_plain(9);
    bu = update(10, 105);
    bu.flags = MH_BU_ACK;
    CHECK(receive(&bu, &coa1, 2 * SIM_S));
    RULE("MIP6-DS-3");
    CHECK_EQ(status(), MH_ST_TYPE_CHANGE);
    RULE("MIP6-DS-3");
    CHECK(addr_eq(&entry()->binding[0].coa, &coa1) && entry()->sequence == 9);
    bu = update(5, 105); /* a stale number comes before everything else */
    bu.flags = MH_BU_ACK;
    CHECK(receive(&bu, &coa1, 2 * SIM_S));
    CHECK_EQ(status(), MH_ST_SEQUENCE);
    bu = update(11, 105); /* answered whether it asks for it or not */
    bu.flags = MH_BU_HOME;
    CHECK(receive(&bu, &coa1, 3 * SIM_S));
    RULE("MIP6-HA-4");
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    arena_release(&arena);
}

static void there_is_room_for_so_many(void)
{
    begin();
    cache.how.max_homes = 1;
    cache.how.max_bids = 2;
    bind_two(1);
    struct addr other = home;
    other.b[15] = 9;
    struct mh bu = update(1, 105);
    const struct arrival second = {.src = coa3, .home = other, .has_home = true, .authentic = true};
    acts.n = 0;
    CHECK(bcache_update(&cache, &second, &bu, 2 * SIM_S, &acts));
    CHECK_EQ(status(), MH_ST_RESOURCES);
    bu = update(2, 105); /* AMB-11: one of two has room */
    add_bid(&bu, 2, &coa2);
    add_bid(&bu, 3, &coa3);
    CHECK(receive(&bu, &coa2, 3 * SIM_S));
    RULE("MCOA-HA-6");
    CHECK(status() == MH_ST_NOT_COMPLETE && act(BCACHE_SEND)->ba.bid[0].status == 0 &&
          act(BCACHE_SEND)->ba.bid[1].status == MH_ST_RESOURCES);
    bu = update(3, 0);
    CHECK(receive(&bu, &coa1, 4 * SIM_S));
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    acts.n = 0;
    CHECK(bcache_update(&cache, &second, &bu, 5 * SIM_S, &acts)); /* lifetime 0: nothing there */
    CHECK_EQ(status(), MH_ST_NOT_HOME_AGENT);
    bu = update(4, 105);
    acts.n = 0;
    CHECK(bcache_update(&cache, &second, &bu, 6 * SIM_S, &acts));
    CHECK(act(BCACHE_TEST) != NULL);
    arena_release(&arena);
}

static void the_home_prefix_bounds_the_lifetime(void)
{
    begin();
    cache.how.valid = 300 * SIM_S;
    cache.how.preferred = 200 * SIM_S;
    struct mh bu = update(1, 105);
    CHECK(receive(&bu, &coa1, 0));
    pass_test(SIM_S);
    RULE("MIP6-LIFE-2");
    CHECK_EQ(act(BCACHE_SEND)->ba.lifetime, 75);
    RULE("MIP6-LIFE-6");
    CHECK_EQ(status(), MH_ST_PREFIX_DISCOVERY);
    bu = update(2, 49); /* 196 s: over before the prefix is deprecated */
    CHECK(receive(&bu, &coa1, 2 * SIM_S));
    RULE("MIP6-LIFE-6");
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    cache.how.valid = cache.how.preferred = 203 * SIM_S; /* 50 units: what is left over is cut */
    bu = update(3, 50);
    CHECK(receive(&bu, &coa1, 3 * SIM_S));
    RULE("MIP6-LIFE-6");
    CHECK(status() == MH_ST_PREFIX_DISCOVERY && act(BCACHE_SEND)->ba.lifetime == 50);
    arena_release(&arena);
}

static void refreshes_are_advised_and_asked_for(void)
{
    begin();
    cache.how.advice = 200 * SIM_S;
    cache.how.ask_before = 20 * SIM_S;
    bind_two(1);
    const struct mh *ba = &act(BCACHE_SEND)->ba;
    RULE("MIP6-LIFE-5");
    RULE("MIP6-HA-21");
    CHECK(ba->has_refresh && ba->refresh == 50 && ba->refresh < ba->lifetime);
    CHECK_EQ(bcache_next(&cache), 401 * SIM_S);
    acts.n = 0;
    bcache_tick(&cache, 401 * SIM_S, &acts);
    const struct bcache_act *brr = act(BCACHE_ASK);
    RULE("MCOA-HA-9");
    CHECK(brr && brr->ba.type == MH_BRR && brr->ba.bids == 2);
    RULE("MIP6-HA-21");
    CHECK_EQ(entry()->bindings, 2); /* kept for the full lifetime */
    acts.n = 0;
    bcache_tick(&cache, 410 * SIM_S, &acts);
    CHECK(!act(BCACHE_ASK));      /* once */
    struct mh bu = update(2, 40); /* 160 s: shorter than the advice */
    add_bid(&bu, 1, NULL);
    CHECK(receive(&bu, &coa1, 411 * SIM_S));
    RULE("MIP6-LIFE-5");
    CHECK(!act(BCACHE_SEND)->ba.has_refresh);
    bu = update(3, 0);
    CHECK(receive(&bu, &coa1, 412 * SIM_S));
    RULE("MIP6-LIFE-5");
    RULE("MIP6-HA-15");
    CHECK(!act(BCACHE_SEND)->ba.has_refresh && act(BCACHE_SEND)->ba.lifetime == 0 &&
          status() == MH_ST_ACCEPTED);
    arena_release(&arena);
}

/* RFC 5648 10: a care-of address that was never seen is first registered on its own. */
static void new_addresses_in_bulk_may_be_refused(void)
{
    begin();
    bind_two(1);
    cache.how.bulk_new_coa = false;
    struct mh bu = update(2, 105);
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 3, &coa3);
    CHECK(receive(&bu, &coa1, 2 * SIM_S));
    RULE("MCOA-HA-15");
    CHECK(status() == MH_ST_MCOA_BULK_PROHIBITED && entry()->bindings == 2);
    bu = update(3, 105);
    add_bid(&bu, 3, &coa3);
    CHECK(receive(&bu, &coa3, 3 * SIM_S));
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    bu = update(4, 105);
    add_bid(&bu, 1, &coa1);
    add_bid(&bu, 3, &coa3);
    CHECK(receive(&bu, &coa1, 4 * SIM_S));
    RULE("MCOA-HA-15");
    CHECK_EQ(status(), MH_ST_ACCEPTED);
    arena_release(&arena);
}

/* Identifiers without address where nothing is bound are answered before any test. */
static void numbers_that_nobody_knows(void)
{
    begin();
    struct mh bu = update(1, 105);
    add_bid(&bu, 1, NULL);
    CHECK(receive(&bu, &coa1, 0));
    CHECK(status() == MH_ST_MCOA_UNKNOWN_COA && !act(BCACHE_TEST));
    bind_two(2);
    bu = update(3, 0); /* AMB-3: one known, one not */
    add_bid(&bu, 1, NULL);
    add_bid(&bu, 8, NULL);
    CHECK(receive(&bu, &coa2, 2 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK(status() == MH_ST_NOT_COMPLETE && act(BCACHE_SEND)->ba.bid[0].status == 0 &&
          act(BCACHE_SEND)->ba.bid[1].status == MH_ST_NOT_HOME_AGENT && entry()->bindings == 1);
    bu = update(4, 0); /* O means nothing here: trap 7 */
    bu.flags |= MH_BU_OVERWRITE;
    add_bid(&bu, 8, NULL);
    CHECK(receive(&bu, &coa2, 3 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK_EQ(entry()->bindings, 1);
    bu = update(5, 105); /* a care-of address that is none: that option alone is refused */
    add_bid(&bu, 2, NULL);
    add_bid(&bu, 5, &addr_all_nodes);
    CHECK(receive(&bu, &coa2, 4 * SIM_S));
    RULE("MCOA-HA-3");
    CHECK(status() == MH_ST_NOT_COMPLETE &&
          act(BCACHE_SEND)->ba.bid[1].status == MH_ST_MCOA_MALFORMED);
    arena_release(&arena);
}

static void everything_can_be_forgotten(void)
{
    begin();
    bind_two(5);
    acts.n = 0;
    CHECK(bcache_forget(&cache, &acts));
    CHECK(act(BCACHE_PROXY_OFF) && act(BCACHE_ENDED) && entry()->bindings == 0);
    acts.n = 0;
    CHECK(!bcache_forget(&cache, &acts));
    struct mh bu = update(1, 105); /* any number is good again */
    add_bid(&bu, 1, &coa1);
    CHECK(receive(&bu, &coa1, 3 * SIM_S));
    RULE("MIP6-SEQ-1");
    CHECK(act(BCACHE_TEST) != NULL);
    arena_release(&arena);
}

static void one_home_address_can_be_forgotten(void)
{
    begin();
    bind_two(5);
    struct addr of = entry()->home;
    acts.n = 0;
    bcache_forget_home(&cache, &coa1, "no-lease", &acts);
    CHECK(acts.n == 0 && entry()->bindings == 2);
    bcache_forget_home(&cache, &of, "no-lease", &acts);
    CHECK(act(BCACHE_PROXY_OFF) && act(BCACHE_ENDED) && entry()->bindings == 0);
    CHECK_EQ(cache.homes, 0);
    acts.n = 0;
    bcache_forget_home(&cache, &of, "no-lease", &acts);
    CHECK_EQ(acts.n, 0);
    struct mh bu = update(1, 105); /* of whoever has it next: any number is good again */
    add_bid(&bu, 1, &coa1);
    CHECK(receive(&bu, &coa1, 3 * SIM_S));
    CHECK(act(BCACHE_TEST) != NULL);
    arena_release(&arena);
}

CHECK_MAIN(CASE(more_refusals), CASE(there_is_room_for_so_many),
           CASE(the_home_prefix_bounds_the_lifetime), CASE(refreshes_are_advised_and_asked_for),
           CASE(new_addresses_in_bulk_may_be_refused), CASE(numbers_that_nobody_knows),
           CASE(everything_can_be_forgotten), CASE(one_home_address_can_be_forgotten))
