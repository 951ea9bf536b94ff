/* What a mobile node and a correspondent make of what they hear: requests, errors, repeats and
 * forgeries. */
#include "tests/ro_bench.h"

/* ---- what the correspondent says ------------------------------------------------------------ */

static void a_refresh_request_is_answered(void)
{
    const struct ro_config how = mobile_config(false);
    const struct correspondent_config at = {
        .max_lifetime = 100 * SIM_S, .ask_before = 40 * SIM_S, .ask_again = 4 * SIM_S};
    begin_with(&how, &at);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(59 * SIM_S);
    CHECK(count(MH_BRR) == 0 && bound(0));
    run_for(2 * SIM_S);
    RULE("MIP6-MN-23");
    CHECK(count(MH_BRR) == 1 && addr_eq(&last(MH_BRR)->dst, &home) && count(MH_BU) == 2);
    run_for(30 * SIM_S);
    RULE("MIP6-RR-15");
    CHECK_EQ(count(MH_BRR), 1); /* stopped by the BU */
}

static bool hear(const struct mh *m, const struct addr *from)
{
    struct ro_acts acts = {.n = 0};
    const struct arrival a = {.src = *from, .dst = home, .tunnelled = true};
    const struct delivery d = {.arrival = &a, .mh = m};
    bool good = ro_received(&b.mobile, &d, b.now, &acts);
    carry_acts(&acts);
    run_for(SIM_S);
    return good;
}

static void strangers_mean_nothing(void)
{
    const struct mh brr = {.type = MH_BRR};
    const struct mh be = {.type = MH_BE, .status = 1, .home = home};
    optimise();
    unsigned before = b.sent;
    RULE("MIP6-MN-23");
    CHECK(!hear(&brr, &coa3) && b.sent == before);
    RULE("MIP6-MN-19");
    CHECK(!hear(&be, &coa3) && goes_from(0, &coa1));
    ro_refused(&b.mobile, &coa3, b.now);
    RULE("MIP6-DS-4");
    CHECK(!ro_find(&b.mobile, &coa3));
}

static void an_unknown_binding_goes_through_the_home_agent(void)
{
    const struct mh be = {.type = MH_BE, .status = 1, .home = home};
    optimise();
    RULE("MIP6-MN-19");
    CHECK(hear(&be, &cn) && goes_from(0, NULL));
    uint16_t before = last(MH_BU)->m.sequence;
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    RULE("MIP6-SEQ-5");
    CHECK(goes_from(0, &coa1) && last(MH_BU)->m.sequence == (uint16_t)(before + 1));
}

static void who_does_not_know_the_messages_is_left_alone(void)
{
    const struct mh be = {.type = MH_BE, .status = 2, .home = home};
    optimise();
    CHECK(hear(&be, &cn) && state() == RO_HELD);
    optimise();
    ro_refused(&b.mobile, &cn, b.now);
    unsigned before = b.sent;
    run_for(50 * SIM_S);
    RULE("MIP6-MN-20");
    CHECK(b.sent == before && goes_from(0, NULL) && !ro_heard(&b.mobile, &cn, b.now));
}

/* Four at once; who was not heard of longest makes room, if nothing of it is open. */
static void the_list_has_an_end(void)
{
    struct addr other = cn;
    begin(false);
    CHECK(!ro_heard(&b.mobile, &cn, b.now)); /* nothing to register yet */
    ro_want(&b.mobile, 0, &coa1, b.now);
    for (uint8_t k = 0; k < 4; k++) {
        other.b[15] = (uint8_t)(100 + k);
        CHECK(ro_heard(&b.mobile, &other, b.now));
        run_for(SIM_MS);
    }
    CHECK(!ro_find(&b.mobile, &cn) && b.mobile.peers == 4);
    CHECK(!ro_heard(&b.mobile, &cn, b.now));
    run_for(20 * SIM_S); /* nobody answers them: held */
    CHECK(b.failures == 4 && count(MH_HOTI) == 16 && !ro_heard(&b.mobile, &cn, b.now));
    run_for(60 * SIM_S);
    other.b[15] = 100;
    (void)ro_heard(&b.mobile, &other, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    CHECK(goes_from(0, &coa1));
    CHECK(ro_find(&b.mobile, &other) && b.mobile.peers == 4);
    other.b[15] = 101;
    CHECK(!ro_find(&b.mobile, &other)); /* 100 was heard of since */
}

/* ---- attacks -------------------------------------------------------------------------------- */

static void replayed_updates_change_nothing(void)
{
    optimise();
    ro_want(&b.mobile, 0, &coa2, b.now);
    run_for(SIM_S);
    const struct wire_message *old = NULL;
    for (unsigned k = 0; k < b.on_wire && !old; k++) {
        if (b.wire[k].type == MH_BU)
            old = &b.wire[k];
    }
    struct wire_message copy = *old;
    arrive(&copy);
    RULE("MIP6-SEQ-2");
    CHECK(b.last_status == MH_ST_SEQUENCE && addr_eq(&bound(0)->coa, &coa2) &&
          last(MH_BA)->m.sequence == last(MH_BU)->m.sequence && last(MH_BA)->m.has_authenticator);
    run_for(SIM_S);
    CHECK(goes_from(0, &coa2)); /* the 135 that nobody waits for does no harm */
    ro_set_home(&b.mobile, true, b.now);
    run_for(SIM_S);
    CHECK(!bound(0));
    arrive(&copy); /* RFC 6275 9.5.3 */
    RULE("MIP6-RR-12");
    CHECK(!bound(0) && b.last_status != MH_ST_ACCEPTED);
    run_for(180 * SIM_S); /* however long the nonces live */
    arrive(&copy);
    RULE("MIP6-RR-12");
    CHECK(!bound(0));
    run_for(100 * SIM_S);
    arrive(&copy);
    RULE("MIP6-RR-6");
    CHECK(!bound(0) && b.last_status == MH_ST_NONCES);
}

static void repeated_answers_change_nothing(void)
{
    optimise();
    struct ro_peer before = *peer();
    repeat_last(MH_BA);
    repeat_last(MH_HOT);
    repeat_last(MH_COT);
    RULE("MIP6-MN-8");
    CHECK(b.mobile.ignored == 3 && before.bul.sequence == peer()->bul.sequence &&
          before.rr.home.got == peer()->rr.home.got && goes_from(0, &coa1));
}

/* The message that waits last gets another authenticator. */
static void corrupt_last(uint8_t type)
{
    struct wire_message *w = &b.wire[b.on_wire - 1];
    struct mh m;
    CHECK_EQ(w->type, type);
    CHECK_EQ(mh_read(&w->src, &w->dst, w->bytes, w->n, &m), MH_GOOD);
    m.authenticator[0] ^= 1;
    struct writer out = wr_over(w->bytes, sizeof w->bytes);
    mh_write(&out, &w->src, &w->dst, &m);
}

/* Corrupted on the way: neither side says anything, and the repetition is on schedule. */
static void what_is_not_authentic_is_dropped_in_silence(void)
{
    begin(false);
    ro_want(&b.mobile, 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    while (!count(MH_BU))
        run_for(SIM_MS);
    corrupt_last(MH_BU);
    run_for(500 * SIM_MS);
    RULE("MIP6-RR-10");
    CHECK(b.verdict[CORRESPONDENT_UNAUTHENTIC] == 1 && count(MH_BA) == 0 && !bound(0));
    run_for(SIM_S);
    CHECK(count(MH_BU) == 2 && goes_from(0, &coa1));
    ro_want(&b.mobile, 0, &coa2, b.now);
    while (count(MH_BA) < 2)
        run_for(SIM_MS);
    corrupt_last(MH_BA);
    run_for(500 * SIM_MS);
    RULE("MIP6-MN-8");
    CHECK(b.mobile.ignored == 1 && goes_from(0, NULL));
    run_for(SIM_S);
    CHECK(count(MH_BU) == 4 && goes_from(0, &coa2));
}

CHECK_MAIN(CASE(a_refresh_request_is_answered), CASE(strangers_mean_nothing),
           CASE(an_unknown_binding_goes_through_the_home_agent),
           CASE(who_does_not_know_the_messages_is_left_alone), CASE(the_list_has_an_end),
           CASE(replayed_updates_change_nothing), CASE(repeated_answers_change_nothing),
           CASE(what_is_not_authentic_is_dropped_in_silence))
