/* A correspondent: tests, Binding Updates with every status, what it keeps and for how long. */
#include "models/mip6/correspondent.h"
#include "sim/base/bytes.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static struct arena arena;
static struct correspondent c;
static struct bcache_acts acts;
static uint8_t kbm[TOKENS_KBM]; /* of the last BU */

static void begin_with(const struct correspondent_config *how)
{
    const struct rng_seed seed = rng_seed_of(5, 0);
    const struct rng nonces = rng_stream(&seed, "cn.mip6.nonces");
    arena_release(&arena);
    arena = (struct arena){0};
    correspondent_init(&c, how, &nonces, &arena);
}

static void begin(void)
{
    const struct correspondent_config how = {.mcoa = 0};
    begin_with(&how);
}

static struct mh update(uint16_t sequence, uint16_t lifetime)
{
    return (struct mh){
        .type = MH_BU, .flags = MH_BU_ACK, .sequence = sequence, .lifetime = lifetime};
}

static void add_bid(struct mh *bu, uint16_t bid, const struct addr *coa)
{
    struct mh_bid *o = &bu->bid[bu->bids++];
    *o = (struct mh_bid){.bid = bid, .has_coa = coa != NULL};
    if (coa)
        o->coa = *coa;
}

/* Tokens by the tests of that time. */
static void authorise(struct mh *bu, const struct addr *coa, sim_time now)
{
    uint64_t token = tokens_give(&c.tokens, &home, TOKENS_HOME, now, &bu->home_nonce);
    bu->has_nonces = true;
    if (bu->lifetime) {
        uint64_t care_of = tokens_give(&c.tokens, coa, TOKENS_CARE_OF, now, &bu->care_of_nonce);
        tokens_kbm(token, care_of, kbm);
        tokens_authorize(bu, kbm, coa, &cn);
    } else {
        tokens_kbm_delete(token, kbm);
        tokens_authorize(bu, kbm, &home, &cn);
    }
}

/* Over the wire, from `from`; from the home address without an option. */
static enum correspondent_verdict receive(const struct mh *bu, const struct addr *from,
                                          sim_time now)
{
    uint8_t bytes[1024];
    struct mh m;
    struct writer w = wr_over(bytes, sizeof bytes);
    bool away = !addr_eq(from, &home);
    const struct arrival a = {
        .src = *from, .dst = cn, .home = away ? home : addr_any, .has_home = away};
    mh_write(&w, &home, &cn, bu);
    CHECK_EQ(mh_read(&home, &cn, bytes, w.len, &m), MH_GOOD);
    acts.n = 0;
    const struct delivery d = {.arrival = &a, .mh = &m, .bytes = bytes, .n = w.len};
    return correspondent_update(&c, &d, now, &acts);
}

static const struct bcache_act *act(enum bcache_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return &acts.act[k];
    return NULL;
}

/* The status of the answer; 255: none. */
static uint8_t status(void)
{
    const struct bcache_act *ba = act(BCACHE_SEND);
    return ba ? ba->ba.status : 255;
}

/* Whether the answer's authorization data is that of the BU's key. */
static bool answer_is_authentic(const struct addr *coa)
{
    struct mh ba = act(BCACHE_SEND)->ba;
    bool has = ba.has_authenticator;
    uint8_t was[MH_AUTHENTICATOR];
    memcpy(was, ba.authenticator, sizeof was);
    tokens_authorize(&ba, kbm, coa, &cn);
    return has && !memcmp(was, ba.authenticator, sizeof was);
}

static uint8_t try(struct mh bu, const struct addr *from, sim_time now)
{
    authorise(&bu, bu.bids ? &bu.bid[0].coa : from, now);
    CHECK_EQ(receive(&bu, from, now), CORRESPONDENT_TAKEN);
    return status();
}

static struct bcache_entry *entry(void)
{
    return bcache_find(&c.cache, &home);
}

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

/* ---- several care-of addresses ------------------------------------------------------------ */

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

/* ---- deletion -------------------------------------------------------------------------------- */

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
 * -------------------------------------------------------------------- */

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

CHECK_MAIN(CASE(tests_are_answered_without_being_remembered),
           CASE(an_update_makes_a_binding_of_420_s_at_most), CASE(what_lacks_its_proof_is_dropped),
           CASE(an_alternate_address_has_a_test_of_its_own),
           CASE(nonces_that_are_not_known_are_told), CASE(nonces_are_taken_for_209_s),
           CASE(an_answer_is_sent_when_it_is_asked_for), CASE(resources_have_an_end),
           CASE(sequence_numbers_are_shared_and_fresh), CASE(one_update_has_one_identifier),
           CASE(the_home_address_is_no_care_of_address),
           CASE(identifiers_and_plain_bindings_do_not_mix), CASE(a_plain_update_replaces_all),
           CASE(one_of_several_is_deleted_by_the_home_token), CASE(a_deletion_spends_its_nonces),
           CASE(many_deletions_are_bounded), CASE(only_persistent_errors_delete),
           CASE(it_is_known_by_the_address_of_what_it_took),
           CASE(a_pair_that_has_ended_needs_no_room), CASE(what_is_in_use_is_asked_about),
           CASE(the_kind_of_a_binding_does_not_change))
