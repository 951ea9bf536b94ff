/* A binding update list: what it makes of each answer, and which of several updates that are out is
 * meant. */
#include "models/mip6/bul.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr coa3 = {{0x20, 1, 0xd, 0xb8, 0, 0xb3, [15] = 0x33}};

static struct bul b;
static struct bul_acts acts;

static void begin(bool mcoa, enum bul_registration registration)
{
    const struct bul_config how = {
        .home = home,
        .agent = agent,
        .lifetime = 420 * SIM_S,
        .mcoa = mcoa,
        .registration = (int)registration,
        .timers = {1500 * SIM_MS, SIM_S, 32 * SIM_S, SHARE_ONE / 10 * 8}};
    bul_init(&b, &how, 0);
    for (uint16_t bid = mcoa; bid <= 3 * mcoa; bid++)
        bul_add(&b, bid);
    acts.n = 0;
}

/* BU number `which` among the acts; one without sequence number: there is none. */
static const struct bul_act *update(unsigned which)
{
    static const struct bul_act none;
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == BUL_SEND && which-- == 0)
            return &acts.act[k];
    return &none;
}

static unsigned updates(void)
{
    unsigned n = 0;
    for (unsigned k = 0; k < acts.n; k++)
        n += acts.act[k].kind == BUL_SEND;
    return n;
}

static bool has(enum bul_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return true;
    return false;
}

static void want(uint16_t bid, const struct addr *coa, sim_time now)
{
    acts.n = 0;
    bul_want(&b, bid, coa, now, &acts);
}

static void tick(sim_time now)
{
    acts.n = 0;
    bul_tick(&b, now, &acts);
}

static bool hear(const struct mh *ba, bool authentic, sim_time now)
{
    const struct arrival a = {.src = agent, .authentic = authentic};
    acts.n = 0;
    return bul_ack(&b, &a, ba, now, &acts);
}

/* An answer to `bu` with all its BIDs. */
static struct mh answer_to(const struct mh *bu, uint8_t status, uint16_t lifetime)
{
    struct mh ba = {
        .type = MH_BA, .status = status, .sequence = bu->sequence, .lifetime = lifetime};
    for (unsigned k = 0; k < bu->bids; k++)
        ba.bid[ba.bids++] = (struct mh_bid){.bid = bu->bid[k].bid, .length = 4};
    return ba;
}

static void answer(const struct mh *bu, uint8_t status, uint16_t lifetime, sim_time now)
{
    struct mh ba = answer_to(bu, status, lifetime);
    CHECK(hear(&ba, true, now));
}

/* BID 1 and 2 are bound, with one BU each. */
static void bind_both(enum bul_registration registration)
{
    begin(true, registration);
    want(1, &coa1, 0);
    struct mh bu = update(0)->bu;
    answer(&bu, 0, 105, SIM_MS);
    want(2, &coa2, 2 * SIM_MS);
    bu = update(0)->bu;
    answer(&bu, 0, 105, 3 * SIM_MS);
    CHECK(bul_find(&b, 1)->state == BUL_BOUND && bul_find(&b, 2)->state == BUL_BOUND);
}

/* ---- what becomes of all -------------------------------------------------------------------- */

/* RFC 5648 5.7: with 165 the home agent holds a plain binding and nothing else. */
static void after_165_all_are_asked_for(void)
{
    bind_both(BUL_BULK);
    want(3, &coa3, 10 * SIM_S);
    struct mh bu = update(0)->bu;
    CHECK_EQ(bu.bids, 1);
    answer(&bu, MH_ST_MCOA_NON_MCOA, 0, 10 * SIM_S + SIM_MS);
    bu = update(0)->bu;
    RULE("MCOA-MN-15");
    CHECK(bu.flags & MH_BU_OVERWRITE && bu.bids == 3 && bu.bid[0].has_coa && bu.bid[1].has_coa &&
          bu.bid[2].has_coa);

    bind_both(BUL_PARALLEL);
    want(3, &coa3, 10 * SIM_S);
    bu = update(0)->bu;
    answer(&bu, MH_ST_MCOA_NON_MCOA, 0, 10 * SIM_S + SIM_MS);
    bu = update(0)->bu;
    RULE("MCOA-MN-15");
    CHECK(updates() == 1 && bu.flags & MH_BU_OVERWRITE && bu.bids == 1 && bu.bid[0].has_coa);
    answer(&bu, 0, 105, 12 * SIM_S); /* then the others */
    RULE("MCOA-MN-15");
    CHECK(updates() == 2 && !(update(0)->bu.flags & MH_BU_OVERWRITE) &&
          update(0)->bu.bid[0].has_coa && update(1)->bu.bid[0].has_coa);
}

/* RFC 5648 5.7: whatever the status. */
static void an_answer_without_identifiers_ends_the_attempt(void)
{
    static const uint8_t statuses[] = {0, 1, 128, 130, 133};
    for (size_t k = 0; k < sizeof statuses; k++) {
        begin(true, BUL_BULK);
        want(1, &coa1, 0);
        const struct mh ba = {.type = MH_BA, .status = statuses[k], .sequence = 1, .lifetime = 105};
        CHECK(hear(&ba, true, SIM_MS));
        RULE("MCOA-MN-11");
        CHECK(has(BUL_FALL_BACK) && !b.mcoa);
        want(0, &coa1, 2 * SIM_MS);
        RULE("MCOA-MN-11");
        CHECK(update(0)->bu.has_alternate && update(0)->bu.bids == 0);
    }
}

/* ---- one of several ------------------------------------------------------------------------- */

/* RFC 6275 11.7.3: only from who is authenticated. */
static void a_forged_135_is_ignored(void)
{
    begin(false, BUL_BULK);
    want(0, &coa1, 0);
    const struct mh ba = {.type = MH_BA, .status = MH_ST_SEQUENCE, .sequence = 500};
    RULE("MIP6-SEQ-3");
    CHECK(!hear(&ba, false, SIM_MS) && acts.n == 0 && b.sequence == 1 &&
          bul_next(&b) == 1500 * SIM_MS);
}

/* With two out, the BIDs say which is refused. */
static void a_135_concerns_the_update_of_its_identifiers(void)
{
    for (uint16_t late = 1; late <= 2; late++) {
        bind_both(BUL_PARALLEL);
        want(1, &coa3, 10 * SIM_S);
        want(2, &coa1, 10 * SIM_S + SIM_MS);
        struct mh ba = {.type = MH_BA, .status = MH_ST_SEQUENCE, .sequence = 700, .bids = 1};
        ba.bid[0] = (struct mh_bid){.bid = late, .length = 4};
        CHECK(hear(&ba, true, 10 * SIM_S + 2 * SIM_MS));
        RULE("MIP6-SEQ-3");
        CHECK(updates() == 1 && update(0)->bu.sequence == 701 && update(0)->bu.bids == 1 &&
              update(0)->bu.bid[0].bid == late);
    }
}

/* RFC 5648 5.7, AMB-3: what shall be deleted and is not there is done. */
static void unknown_identifiers_are_deleted(void)
{
    for (int one = 0; one < 2; one++) {
        bind_both(BUL_BULK);
        acts.n = 0;
        bul_unwant(&b, 1, 10 * SIM_S, &acts);
        struct mh bu = update(0)->bu;
        struct mh ba = answer_to(&bu, one ? MH_ST_NOT_COMPLETE : MH_ST_NOT_HOME_AGENT, 0);
        if (one)
            ba.bid[0].status = MH_ST_NOT_HOME_AGENT;
        CHECK(hear(&ba, true, 10 * SIM_S + SIM_MS));
        RULE("MCOA-MN-16");
        CHECK(has(BUL_DOWN) && !has(BUL_LOST) && bul_find(&b, 1)->state == BUL_UNBOUND &&
              updates() == 0);
        RULE("MCOA-MN-16");
        CHECK_EQ(bul_find(&b, 2)->state, BUL_BOUND);
    }
}

/* RFC 6275 10.3.1: the home agent may shorten, never lengthen. */
static void no_lifetime_is_longer_than_asked(void)
{
    begin(false, BUL_BULK);
    want(0, &coa1, 0);
    struct mh bu = update(0)->bu;
    answer(&bu, 0, 2 * 105, SIM_MS);
    RULE("MIP6-LIFE-2");
    CHECK_EQ(bul_find(&b, 0)->expires, 420 * SIM_S);
    CHECK_EQ(bul_next(&b), 336 * SIM_S);
}

/* AMB-13: a BA whose option has the address, too, is matched by its BID. */
static void an_address_in_an_acknowledgement_does_no_harm(void)
{
    begin(true, BUL_BULK);
    want(2, &coa2, 0);
    struct mh ba = answer_to(&update(0)->bu, 0, 105);
    ba.bid[0].length = 20;
    ba.bid[0].has_coa = true;
    ba.bid[0].coa = coa3;
    CHECK(hear(&ba, true, SIM_MS));
    RULE("MCOA-MN-12");
    CHECK(bul_find(&b, 2)->state == BUL_BOUND && addr_eq(&bul_find(&b, 2)->coa, &coa2));
}

/* ---- what stands in an update --------------------------------------------------------------- */

static void each_address_has_its_own_identifier(void)
{
    begin(true, BUL_BULK);
    want(1, &coa1, 0);
    want(2, &coa2, SIM_MS);
    const struct mh bu = update(0)->bu;
    RULE("MCOA-MN-1");
    CHECK(bu.bids == 2 && bu.bid[0].bid == 1 && addr_eq(&bu.bid[0].coa, &coa1) &&
          bu.bid[1].bid == 2 && addr_eq(&bu.bid[1].coa, &coa2));
}

/* A proof that the address is reachable: RFC 6275 11.7.1. */
static void a_bulk_update_leaves_from_an_address_in_it(void)
{
    begin(true, BUL_BULK);
    want(1, &coa1, 0);
    struct mh bu = update(0)->bu;
    answer(&bu, 0, 105, SIM_MS);
    want(2, &coa2, SIM_S);
    want(3, &coa3, SIM_S + SIM_MS);
    RULE("MCOA-MN-19");
    CHECK(update(0)->bu.bids == 2 && addr_eq(&update(0)->src, &coa2));
}

/* RFC 5648 5.6.5: at once, and no option says that the node is at home. */
static void no_option_has_h_away_from_home(void)
{
    begin(true, BUL_BULK);
    b.simultaneous = true;
    b.home_station = 0x020000000007;
    want(2, &coa2, 0);
    struct mh bu = update(0)->bu;
    answer(&bu, 0, 105, SIM_MS);
    want(1, &home, SIM_S);
    bu = update(0)->bu;
    CHECK(bu.bids == 1 && bu.bid[0].home && bu.has_station);
    answer(&bu, 0, 105, SIM_S + SIM_MS);
    tick(bul_next(&b));
    CHECK(update(0)->bu.bids == 2 && update(0)->bu.bid[0].home && update(0)->bu.bid[1].home);
    want(1, &coa1, 350 * SIM_S);
    bu = update(0)->bu;
    RULE("MCOA-RH-8");
    CHECK(bu.bids == 2 && !bu.bid[0].home && !bu.bid[1].home && !bu.has_station &&
          addr_eq(&bu.bid[0].coa, &coa1) && !update(0)->from_home);
}

/* RFC 6275 11.8: a wait for each care-of address. */
static void each_address_backs_off_on_its_own(void)
{
    bind_both(BUL_PARALLEL);
    want(1, &coa3, 10 * SIM_S);
    sim_time lost_at = 10 * SIM_S;
    for (sim_time wait = SIM_S; wait <= 8 * SIM_S; wait *= 2) {
        want(2, addr_eq(&bul_find(&b, 2)->coa, &coa1) ? &coa2 : &coa1,
             lost_at + SIM_MS); /* the other is answered at once */
        struct mh bu = update(0)->bu;
        CHECK(bu.bids == 1 && bu.bid[0].bid == 2);
        answer(&bu, 0, 105, lost_at + 2 * SIM_MS);
        RULE("MIP6-MN-6");
        CHECK_EQ(bul_next(&b), lost_at + wait);
        lost_at = bul_next(&b);
        tick(lost_at);
        RULE("MIP6-MN-6");
        CHECK(updates() == 1 && update(0)->bu.bid[0].bid == 1);
    }
    want(2, &coa3, lost_at + SIM_MS); /* and its own first wait is 1 s, not 16 */
    RULE("MIP6-MN-6");
    CHECK_EQ(bul_next(&b), lost_at + SIM_MS + SIM_S);
}

/* Status 1: the home prefix ends with the binding. RFC 6275 11.7.3. */
static void no_refresh_before_the_prefixes_are_learned(void)
{
    const struct mh brr = {.type = MH_BRR};
    begin(false, BUL_BULK);
    want(0, &coa1, 0);
    answer(&update(0)->bu, 1, 25, 0); /* 100 s, to be refreshed after 80 */
    CHECK(has(BUL_DISCOVER) && has(BUL_UP));
    RULE("MIP6-MN-12");
    CHECK_EQ(bul_next(&b), 100 * SIM_S);
    tick(90 * SIM_S);
    CHECK_EQ(updates(), 0);
    acts.n = 0;
    bul_discovered(&b, 91 * SIM_S, &acts);
    RULE("MIP6-MN-12");
    CHECK_EQ(updates(), 1);
    answer(&update(0)->bu, 1, 25, 91 * SIM_S);
    acts.n = 0;
    bul_asked(&b, &brr, 95 * SIM_S, &acts); /* not even if it is asked for */
    CHECK_EQ(updates(), 0);
    want(0, &coa2, 96 * SIM_S); /* a hand-over does not wait */
    CHECK_EQ(updates(), 1);
    answer(&update(0)->bu, 0, 25, 96 * SIM_S); /* nothing to discover any more */
    CHECK(!has(BUL_DISCOVER) && bul_next(&b) == 176 * SIM_S);
    tick(176 * SIM_S);
    CHECK_EQ(updates(), 1);
}

/* Lost for good: the binding is made anew when it is over, and a deregistration asks nothing. */
static void without_prefixes_the_binding_ends(void)
{
    begin(false, BUL_BULK);
    want(0, &coa1, 0);
    answer(&update(0)->bu, 1, 25, 0);
    tick(100 * SIM_S);
    CHECK(has(BUL_LOST) && updates() == 1);
    bind_both(BUL_BULK);
    acts.n = 0;
    bul_unwant(&b, 2, 10 * SIM_S, &acts);
    struct mh bu = update(0)->bu;
    answer(&bu, 1, 0, 10 * SIM_S);
    CHECK(!has(BUL_DISCOVER));
}

CHECK_MAIN(CASE(after_165_all_are_asked_for), CASE(an_answer_without_identifiers_ends_the_attempt),
           CASE(a_forged_135_is_ignored), CASE(a_135_concerns_the_update_of_its_identifiers),
           CASE(unknown_identifiers_are_deleted), CASE(no_lifetime_is_longer_than_asked),
           CASE(an_address_in_an_acknowledgement_does_no_harm),
           CASE(each_address_has_its_own_identifier),
           CASE(a_bulk_update_leaves_from_an_address_in_it), CASE(no_option_has_h_away_from_home),
           CASE(each_address_backs_off_on_its_own),
           CASE(no_refresh_before_the_prefixes_are_learned),
           CASE(without_prefixes_the_binding_ends))
