/* What a correspondent keeps, and for how long: several care-of addresses, what is deleted, in use
 * or out of reach. */
#include "tests/correspondent_bench.h"

/* ---- several care-of addresses -------------------------------------------------------------- */

static void one_update_has_one_identifier(void)
{
    struct mh bu = update(1, 105);
    begin();
    add_bid(&bu, 1, &coa1);
    add_bid(&bu, 2, &coa2);
    RULE("MCOA-HA-3");
    CHECK_EQ(try(bu, &coa1, 0), MH_ST_MCOA_BULK_PROHIBITED);
    CHECK(answer_is_authentic(&coa1) && entry()->bindings == 0);
    bu.bids = 1;
    bu.sequence = 2;
    CHECK_EQ(try(bu, &coa1, 0), 0);
    struct mh other = update(3, 105);
    add_bid(&other, 2, &coa2);
    CHECK_EQ(try(other, &coa2, 0), 0);
    RULE("MCOA-HA-5");
    CHECK(act(BCACHE_SEND)->ba.bids == 1 && act(BCACHE_SEND)->ba.bid[0].status == 0);
    RULE("MCOA-HA-1");
    CHECK(addr_eq(&correspondent_route(&c, &home, 1, 0)->coa, &coa1) &&
          addr_eq(&correspondent_route(&c, &home, 2, 0)->coa, &coa2));
    RULE("MCOA-HA-12");
    CHECK(correspondent_route(&c, &home, 9, 0) != NULL);
    struct mh gone = update(4, 0);
    add_bid(&gone, 1, NULL);
    CHECK_EQ(try(gone, &coa2, 0), 0);
    RULE("MCOA-HA-10");
    CHECK(entry()->bindings == 1 && !correspondent_accepts(&c, &home, &coa1, 0));
    gone.sequence = 5;
    CHECK_EQ(try(gone, &coa2, 0), MH_ST_NOT_HOME_AGENT); /* 133: no such one */
    RULE("MCOA-HA-5");
    CHECK_EQ(act(BCACHE_SEND)->ba.bid[0].status, 0);
}

/* A binding of the home address to itself would send packets round and round. */
static void the_home_address_is_no_care_of_address(void)
{
    struct mh bu = update(1, 105);
    begin();
    authorise(&bu, &home, 0);
    CHECK(receive(&bu, &home, 0) == CORRESPONDENT_BAD_HOME && !entry());
    add_bid(&bu, 1, &home);
    authorise(&bu, &home, 0);
    CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_TAKEN);
    CHECK(status() >= 128 && !correspondent_route(&c, &home, 1, 0));
    bu.bid[0].home = true;
    authorise(&bu, &home, 0);
    CHECK_EQ(receive(&bu, &home, 0), CORRESPONDENT_TAKEN);
    CHECK(status() >= 128 && !correspondent_route(&c, &home, 1, 0));
}

static void identifiers_and_plain_bindings_do_not_mix(void)
{
    struct mh bu = update(2, 105);
    begin();
    CHECK_EQ(try(update(1, 105), &coa1, 0), 0);
    add_bid(&bu, 1, &coa2);
    RULE("MCOA-HA-3");
    CHECK(try(bu, &coa2, 0) == MH_ST_MCOA_NON_MCOA && answer_is_authentic(&coa2) &&
          act(BCACHE_SEND)->ba.bids == 1 && entry()->binding[0].bid == 0);
    bu.sequence = 3;
    bu.flags |= MH_BU_OVERWRITE;
    CHECK_EQ(try(bu, &coa2, 0), 0);
    CHECK(entry()->bindings == 1 && entry()->binding[0].bid == 1);
    const struct correspondent_config how = {.mcoa = 2};
    begin_with(&how);
    RULE("MCOA-HA-3");
    CHECK_EQ(try(bu, &coa2, 0), MH_ST_MCOA_PROHIBITED);
    const struct correspondent_config plain = {.mcoa = 1};
    begin_with(&plain);
    CHECK(try(bu, &coa2, 0) == 0 && act(BCACHE_SEND)->ba.bids == 0 && entry()->binding[0].bid == 0);
}

static void register_two(void)
{
    struct mh one = update(1, 105);
    struct mh two = update(2, 105);
    begin();
    add_bid(&one, 1, &coa1);
    add_bid(&two, 2, &coa2);
    CHECK(try(one, &coa1, 0) == 0 && try(two, &coa2, SIM_MS) == 0 && entry()->bindings == 2);
}

/* What the correspondent last heard from carries what nobody decides about. */
static void a_plain_update_replaces_all(void)
{
    register_two();
    RULE("MCOA-HA-11");
    CHECK(addr_eq(&correspondent_route(&c, &home, 0, SIM_S)->coa, &coa2));
    struct mh again = update(3, 105);
    add_bid(&again, 1, &coa1);
    CHECK_EQ(try(again, &coa1, 2 * SIM_S), 0);
    RULE("MCOA-HA-11");
    CHECK(addr_eq(&correspondent_route(&c, &home, 0, 3 * SIM_S)->coa, &coa1));
    CHECK_EQ(try(update(4, 105), &coa2, 4 * SIM_S), 0);
    RULE("MCOA-HA-2");
    CHECK(entry()->bindings == 1 && entry()->binding[0].bid == 0 &&
          act(BCACHE_SEND)->ba.bids == 0 && !correspondent_accepts(&c, &home, &coa1, 4 * SIM_S));
    register_two();
    CHECK_EQ(try(update(3, 0), &home, SIM_S), 0); /* without an identifier: all */
    RULE("MCOA-HA-2");
    CHECK(entry()->bindings == 0 && !correspondent_route(&c, &home, 1, SIM_S));
}

/* By the home token alone, with the home address in Mobility Data, whichever address it comes from;
 * the option says which: reading AMB-10 of RFC 5648 5.4. */
static void one_of_several_is_deleted_by_the_home_token(void)
{
    register_two();
    struct mh gone = update(3, 0);
    add_bid(&gone, 1, NULL);
    authorise(&gone, &coa1, SIM_S);
    gone.care_of_nonce = 999; /* ignored */
    tokens_authorize(&gone, kbm, &home, &cn);
    RULE("MIP6-RR-10");
    CHECK(receive(&gone, &coa2, SIM_S) == CORRESPONDENT_TAKEN && status() == 0 &&
          answer_is_authentic(&home));
    RULE("MCOA-HA-1");
    CHECK(entry()->bindings == 1 && entry()->binding[0].bid == 2 && act(BCACHE_ENDED)->bid == 1);
    gone.sequence = 4;
    gone.bid[0].bid = 2;
    tokens_authorize(&gone, kbm, &coa2, &cn); /* over the care-of address: not authentic */
    RULE("MIP6-RR-10");
    CHECK(receive(&gone, &coa2, SIM_S) == CORRESPONDENT_UNAUTHENTIC && entry()->bindings == 1);
}

/* ---- deletion ------------------------------------------------------------------------------- */

/* RFC 6275 9.5.3: the pair of nonces is not usable again with these addresses. */
static void a_deletion_spends_its_nonces(void)
{
    struct mh first = update(1, 105);
    begin();
    authorise(&first, &coa1, 0);
    uint8_t key[TOKENS_KBM];
    memcpy(key, kbm, sizeof key);
    CHECK(receive(&first, &coa1, 0) == CORRESPONDENT_TAKEN && status() == 0);
    CHECK_EQ(try(update(2, 0), &home, SIM_S), 0);
    CHECK(act(BCACHE_ENDED) && !act(BCACHE_SEND)->rh2 && answer_is_authentic(&home) &&
          act(BCACHE_SEND)->ba.lifetime == 0);
    struct mh again = first; /* a number that is fresh, but tokens of before */
    again.sequence = 3;
    tokens_authorize(&again, key, &coa1, &cn);
    RULE("MIP6-RR-12");
    CHECK(receive(&again, &coa1, SIM_S) == CORRESPONDENT_TAKEN && status() == MH_ST_CARE_OF_NONCE &&
          entry()->bindings == 0);
    CHECK_EQ(try(update(4, 105), &coa1, SIM_S), 0); /* tokens of after: another nonce */
    struct mh old = first; /* the old number, and a nonce that nobody has spent */
    old.sequence = 1;
    CHECK_EQ(try(old, &coa1, SIM_S), MH_ST_SEQUENCE);
    CHECK_EQ(try(update(5, 0), &home, 2 * SIM_S), 0);
    acts.n = 0;
    correspondent_tick(&c, 239 * SIM_S, &acts);
    RULE("MIP6-RR-12");
    CHECK_EQ(try(update(5, 105), &coa1, 239 * SIM_S), MH_ST_SEQUENCE);
    while (correspondent_next(&c) <= 243 * SIM_S)
        correspondent_tick(&c, 243 * SIM_S, &acts);
    CHECK_EQ(try(update(5, 105), &coa1, 243 * SIM_S), 0); /* all that was heard has ended */
}

/* More deletions than are remembered: the nonces of the first are given up (RFC 6275 5.2.8). */
static void many_deletions_are_bounded(void)
{
    struct mh first = update(1, 105);
    begin();
    authorise(&first, &coa1, 0);
    CHECK(receive(&first, &coa1, 0) == CORRESPONDENT_TAKEN);
    uint16_t n = 2;
    for (unsigned k = 0; k < 2 * MH_BIDS; k++) {
        CHECK_EQ(try(update(n++, 0), &home, SIM_S), 0);
        RULE("MIP6-RR-12");
        CHECK(receive(&first, &coa1, SIM_S) == CORRESPONDENT_TAKEN && status() != 0);
        struct addr coa = coa1;
        coa.b[15] = (uint8_t)(k + 1);
        uint8_t got = try(update(n++, 105), &coa, SIM_S);
        CHECK(got == 0 || got == MH_ST_CARE_OF_NONCE);
    }
}

/* What a spent pair leaves no room for lives on when the pair has ended by itself. */
static void a_pair_that_has_ended_needs_no_room(void)
{
    struct mh bu = update(1, 105);
    uint64_t token;
    begin();
    uint64_t old = tokens_give(&c.tokens, &home, TOKENS_HOME, 0, &bu.home_nonce);
    uint16_t home_nonce = bu.home_nonce;
    for (unsigned k = 0; k < MH_BIDS; k++) {
        struct addr coa = coa1;
        coa.b[15] = (uint8_t)(k + 1);
        uint64_t care_of =
            tokens_give(&c.tokens, &coa, TOKENS_CARE_OF, 200 * SIM_S, &bu.care_of_nonce);
        bu.has_nonces = true;
        bu.home_nonce = home_nonce;
        tokens_kbm(old, care_of, kbm);
        tokens_authorize(&bu, kbm, &coa, &cn);
        CHECK(receive(&bu, &coa, 200 * SIM_S) == CORRESPONDENT_TAKEN && status() == 0);
        CHECK_EQ(try(update((uint16_t)(bu.sequence + 1), 0), &home, 200 * SIM_S), 0);
        bu.sequence = (uint16_t)(bu.sequence + 2);
    }
    uint16_t first = (uint16_t)(home_nonce + 1); /* of the first care-of address */
    CHECK(tokens_again(&c.tokens, &coa1, TOKENS_CARE_OF, first, 245 * SIM_S, &token));
    CHECK_EQ(try(update(bu.sequence, 105), &coa2, 245 * SIM_S), 0);
    CHECK_EQ(try(update((uint16_t)(bu.sequence + 1), 0), &home, 245 * SIM_S), 0);
    CHECK(tokens_again(&c.tokens, &coa1, TOKENS_CARE_OF, first, 245 * SIM_S, &token));
}

/* ---- in use, and out of reach
 * ------------------------------------------------------------ */

static void only_persistent_errors_delete(void)
{
    const struct correspondent_config how = {.unreachable = 3, .unreachable_gap = SIM_S};
    begin_with(&how);
    CHECK_EQ(try(update(1, 105), &coa1, 0), 0);
    acts.n = 0;
    for (unsigned k = 0; k < 100; k++) /* all that was on its way */
        correspondent_unreachable(&c, &home, &coa1, SIM_S + k * SIM_MS, &acts);
    RULE("MIP6-RR-14");
    CHECK(entry()->bindings == 1 && correspondent_route(&c, &home, 0, 2 * SIM_S));
    CHECK(correspondent_accepts(&c, &home, &coa1, 2 * SIM_S)); /* somebody is there */
    for (sim_time at = 3 * SIM_S; at < 5 * SIM_S; at += SIM_S)
        correspondent_unreachable(&c, &home, &coa1, at, &acts);
    correspondent_unreachable(&c, &home, &coa2, 6 * SIM_S, &acts);
    CHECK(entry()->bindings == 1 && acts.n == 0);
    correspondent_unreachable(&c, &home, &coa1, 7 * SIM_S, &acts);
    RULE("MIP6-RR-14");
    CHECK(entry()->bindings == 0 && act(BCACHE_ENDED));
}

/* Nobody but who was believed says which of its addresses it is known by. */
static void it_is_known_by_the_address_of_what_it_took(void)
{
    struct mh bare = update(2, 105);
    struct addr other = cn;
    begin();
    CHECK(!correspondent_address(&c, &home));
    CHECK_EQ(try(update(1, 105), &coa1, 0), 0);
    other.b[15]++;
    const struct arrival a = {.src = coa1, .dst = other, .home = home, .has_home = true};
    const struct delivery d = {.arrival = &a, .mh = &bare};
    CHECK_EQ(correspondent_update(&c, &d, SIM_S, &acts), CORRESPONDENT_BARE);
    CHECK(addr_eq(correspondent_address(&c, &home), &cn));
}

static void what_is_in_use_is_asked_about(void)
{
    const struct correspondent_config how = {
        .ask_before = 40 * SIM_S, .ask_again = 5 * SIM_S, .idle = 60 * SIM_S};
    for (int used = 0; used < 2; used++) {
        unsigned asked = 0;
        begin_with(&how);
        struct mh bu = update(1, 25);
        add_bid(&bu, 4, &coa1);
        CHECK_EQ(try(bu, &coa1, 1000 * SIM_S), 0);
        if (used)
            CHECK(correspondent_route(&c, &home, 4, 1050 * SIM_S) != NULL);
        while (correspondent_next(&c) < 1080 * SIM_S) {
            acts.n = 0;
            correspondent_tick(&c, correspondent_next(&c), &acts);
            asked += act(BCACHE_ASK) != NULL;
            if (act(BCACHE_ASK)) {
                RULE("MCOA-HA-9");
                CHECK(act(BCACHE_ASK)->ba.bids == 1 && act(BCACHE_ASK)->ba.bid[0].bid == 4);
            }
        }
        RULE("MIP6-RR-15");
        CHECK_EQ(asked, used ? 4 : 0); /* at 60, 65, 70, 75 s */
        bu.sequence = 2;
        CHECK_EQ(try(bu, &coa1, 1079 * SIM_S), 0);
        correspondent_tick(&c, 1079 * SIM_S, &acts);
        RULE("MIP6-RR-15");
        CHECK_EQ(correspondent_next(&c), 1139 * SIM_S); /* stopped, and of the new lifetime */
    }
}

static void the_kind_of_a_binding_does_not_change(void)
{
    struct mh bu = update(2, 105);
    const struct arrival a = {
        .src = coa1, .dst = cn, .home = home, .has_home = true, .authentic = true};
    begin();
    CHECK_EQ(try(update(1, 105), &coa1, 0), 0);
    bu.flags |= MH_BU_HOME;
    acts.n = 0;
    RULE("MIP6-DS-3");
    const struct delivery d = {.arrival = &a, .mh = &bu};
    CHECK(correspondent_update(&c, &d, 0, &acts) == CORRESPONDENT_TAKEN &&
          status() == MH_ST_TYPE_CHANGE);
}

CHECK_MAIN(CASE(one_update_has_one_identifier), CASE(the_home_address_is_no_care_of_address),
           CASE(identifiers_and_plain_bindings_do_not_mix), CASE(a_plain_update_replaces_all),
           CASE(one_of_several_is_deleted_by_the_home_token), CASE(a_deletion_spends_its_nonces),
           CASE(many_deletions_are_bounded), CASE(only_persistent_errors_delete),
           CASE(it_is_known_by_the_address_of_what_it_took),
           CASE(a_pair_that_has_ended_needs_no_room), CASE(what_is_in_use_is_asked_about),
           CASE(the_kind_of_a_binding_does_not_change))
