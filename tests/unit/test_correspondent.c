/* A correspondent: tests, and Binding Updates with every status. */
#include "tests/correspondent_bench.h"

/* ---- tests -------------------------------------------------------------------------- */

static void tests_are_answered_without_being_remembered(void)
{
    struct mh hot;
    struct arrival a = {.src = home, .dst = cn};
    struct mh init = {.type = MH_HOTI, .cookie = 77};
    begin();
    CHECK(correspondent_test(&c, &a, &init, 0, &hot) && hot.type == MH_HOT && hot.cookie == 77);
    struct correspondent before = c;
    for (unsigned k = 0; k < 100000; k++) {
        a.src.b[15] = (uint8_t)k;
        a.src.b[14] = (uint8_t)(k >> 8);
        (void)correspondent_test(&c, &a, &init, SIM_S, &hot);
    }
    RULE("MIP6-RR-3");
    CHECK(!memcmp(&before, &c, sizeof c) && !arena.blocks);
    a.has_home = true;
    a.home = home;
    RULE("MIP6-RR-2");
    CHECK(!correspondent_test(&c, &a, &init, SIM_S, &hot));
    init.type = MH_COTI;
    RULE("MIP6-RR-2");
    CHECK(!correspondent_test(&c, &a, &init, SIM_S, &hot));
    a.has_home = false;
    CHECK(correspondent_test(&c, &a, &init, SIM_S, &hot) && hot.type == MH_COT);
    a.src = addr_all_nodes;
    CHECK(!correspondent_test(&c, &a, &init, SIM_S, &hot));
}

/* ---- updates -------------------------------------------------------------------------- */

static void an_update_makes_a_binding_of_420_s_at_most(void)
{
    begin();
    RULE("MIP6-RR-11");
    CHECK_EQ(try(update(7, 1000), &coa1, 0), 0);
    const struct bcache_act *ba = act(BCACHE_SEND);
    RULE("MIP6-LIFE-3");
    CHECK(ba->ba.lifetime == 105 && entry()->binding[0].until == 420 * SIM_S);
    CHECK(addr_eq(&ba->dst, &coa1) && ba->rh2 && ba->ba.sequence == 7);
    RULE("MIP6-RR-9");
    CHECK(answer_is_authentic(&coa1));
    RULE("MIP6-RR-11");
    CHECK(!(ba->ba.flags & MH_BA_KEY));
    CHECK(!act(BCACHE_PROXY_ON) && !act(BCACHE_TEST) && act(BCACHE_MADE));
    CHECK(addr_eq(&correspondent_route(&c, &home, 0, SIM_S)->coa, &coa1));
    CHECK(correspondent_accepts(&c, &home, &coa1, SIM_S) &&
          !correspondent_accepts(&c, &home, &coa2, SIM_S));
    acts.n = 0;
    correspondent_tick(&c, 420 * SIM_S, &acts);
    RULE("MIP6-LIFE-7");
    CHECK(act(BCACHE_ENDED) && !correspondent_route(&c, &home, 0, 420 * SIM_S));
}

static void what_lacks_its_proof_is_dropped(void)
{
    struct mh bu = update(1, 105);
    begin();
    RULE("MIP6-RR-10");
    CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_BARE);
    authorise(&bu, &coa1, 0);
    RULE("MIP6-RR-13");
    CHECK_EQ(receive(&bu, &coa2, 0), CORRESPONDENT_UNAUTHENTIC); /* another's test */
    bu.has_alternate = true;
    bu.alternate = coa2;
    CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_UNAUTHENTIC);
    bu.has_alternate = false;
    for (unsigned k = 0; k < MH_AUTHENTICATOR; k++) {
        struct mh bad = bu;
        bad.authenticator[k] ^= 0x80;
        RULE("MIP6-RR-10");
        CHECK(receive(&bad, &coa1, 0) == CORRESPONDENT_UNAUTHENTIC && acts.n == 0);
    }
    struct mh bare = bu;
    bare.has_nonces = false;
    CHECK_EQ(receive(&bare, &coa1, 0), CORRESPONDENT_BARE);
    CHECK_EQ(receive(&bu, &addr_all_nodes, 0), CORRESPONDENT_BAD_HOME);
    CHECK_EQ(receive(&bu, &home, 0), CORRESPONDENT_BAD_HOME); /* nobody registers it with itself */
    CHECK(!entry() && !arena.blocks);
    CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_TAKEN);
    bu.flags |= MH_BU_HOME;
    CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_FOR_AGENT);
}

/* An alternate care-of address that was tested: the answer goes to the source all the same. */
static void an_alternate_address_has_a_test_of_its_own(void)
{
    struct mh bu = update(1, 105);
    begin();
    bu.has_alternate = true;
    bu.alternate = coa2;
    authorise(&bu, &coa2, 0);
    RULE("MIP6-RR-13");
    CHECK(receive(&bu, &coa1, 0) == CORRESPONDENT_TAKEN && status() == 0 &&
          addr_eq(&entry()->binding[0].coa, &coa2) && addr_eq(&act(BCACHE_SEND)->dst, &coa1));
}

static void nonces_that_are_not_known_are_told(void)
{
    static const uint8_t want[] = {MH_ST_HOME_NONCE, MH_ST_CARE_OF_NONCE, MH_ST_NONCES};
    begin();
    for (unsigned k = 0; k < 3; k++) {
        struct mh bu = update(1, 105);
        authorise(&bu, &coa1, 0);
        bu.home_nonce = (uint16_t)(bu.home_nonce + 100 * (k != 1));
        bu.care_of_nonce = (uint16_t)(bu.care_of_nonce + 100 * (k != 0));
        bu.flags = 0; /* whether or not it was asked for */
        CHECK_EQ(receive(&bu, &coa1, 0), CORRESPONDENT_TAKEN);
        RULE("MIP6-RR-9");
        RULE("MIP6-RR-11");
        CHECK_EQ(status(), want[k]);
        RULE("MIP6-RR-9");
        CHECK(!act(BCACHE_SEND)->ba.has_authenticator && !entry());
    }
    struct mh gone = update(2, 0);
    authorise(&gone, &coa1, 0);
    gone.care_of_nonce = 4711; /* not looked at in a deletion, which is authorised with it */
    tokens_authorize(&gone, kbm, &home, &cn);
    RULE("MIP6-RR-10");
    CHECK(receive(&gone, &coa1, 0) == CORRESPONDENT_TAKEN && status() == 0);
}

static void nonces_are_taken_for_209_s(void)
{
    struct mh bu = update(1, 105);
    begin();
    authorise(&bu, &coa1, 10 * SIM_S);
    RULE("MIP6-RR-6");
    CHECK(receive(&bu, &coa1, 219 * SIM_S) == CORRESPONDENT_TAKEN && status() == 0);
    bu.sequence = 2;
    tokens_authorize(&bu, kbm, &coa1, &cn);
    RULE("MIP6-RR-6");
    CHECK(receive(&bu, &coa1, 251 * SIM_S) == CORRESPONDENT_TAKEN && status() == MH_ST_NONCES);
}

/* A at 0: no answer when it is well, one when it is not. */
static void an_answer_is_sent_when_it_is_asked_for(void)
{
    struct mh bu = update(5, 105);
    bu.flags = 0;
    begin();
    RULE("MIP6-RR-11");
    CHECK(try(bu, &coa1, 0) == 255 && act(BCACHE_MADE));
    RULE("MIP6-RR-11");
    CHECK_EQ(try(bu, &coa1, 0), MH_ST_SEQUENCE);
    RULE("MIP6-RR-9");
    CHECK(answer_is_authentic(&coa1) && act(BCACHE_SEND)->ba.sequence == 5);
    const struct correspondent_config how = {.refuse = 2};
    begin_with(&how);
    CHECK_EQ(try(bu, &coa1, 0), 255); /* 129 is not among those */
    bu.flags = MH_BU_ACK;
    CHECK_EQ(try(bu, &coa1, 0), MH_ST_PROHIBITED);
    CHECK(answer_is_authentic(&coa1));
}

static void resources_have_an_end(void)
{
    const struct correspondent_config how = {.max_homes = 1, .max_bids = 1};
    begin_with(&how);
    struct mh bu = update(1, 105);
    add_bid(&bu, 1, &coa1);
    CHECK_EQ(try(bu, &coa1, 0), 0);
    bu.bid[0] = (struct mh_bid){.bid = 2, .has_coa = true, .coa = coa2};
    bu.sequence = 2;
    bu.flags = 0;
    RULE("MIP6-RR-11");
    CHECK_EQ(try(bu, &coa2, 0), MH_ST_RESOURCES);
    const struct correspondent_config full = {.refuse = 3};
    begin_with(&full);
    RULE("MIP6-RR-11");
    CHECK_EQ(try(bu, &coa2, 0), MH_ST_RESOURCES);
}

static void sequence_numbers_are_shared_and_fresh(void)
{
    begin();
    struct mh bu = update(15, 105);
    add_bid(&bu, 1, &coa1);
    CHECK_EQ(try(bu, &coa1, 0), 0);
    struct mh other = update(14, 105);
    add_bid(&other, 2, &coa2);
    RULE("MCOA-HA-7");
    CHECK_EQ(try(other, &coa2, 0), MH_ST_SEQUENCE);
    RULE("MIP6-SEQ-2");
    CHECK_EQ(act(BCACHE_SEND)->ba.sequence, 15);
    other.sequence = 15 + 32768;
    RULE("MIP6-SEQ-1");
    CHECK_EQ(try(other, &coa2, 0), MH_ST_SEQUENCE);
    other.sequence = 15 + 32767;
    RULE("MIP6-SEQ-1");
    CHECK_EQ(try(other, &coa2, 0), 0);
}

CHECK_MAIN(CASE(tests_are_answered_without_being_remembered),
           CASE(an_update_makes_a_binding_of_420_s_at_most), CASE(what_lacks_its_proof_is_dropped),
           CASE(an_alternate_address_has_a_test_of_its_own),
           CASE(nonces_that_are_not_known_are_told), CASE(nonces_are_taken_for_209_s),
           CASE(an_answer_is_sent_when_it_is_asked_for), CASE(resources_have_an_end),
           CASE(sequence_numbers_are_shared_and_fresh))
