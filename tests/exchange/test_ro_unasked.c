/* Correspondent registrations that ask for no acknowledgement, message by message. */
#include "tests/ro_bench.h"

static void start(bool mcoa, const struct correspondent_config *at)
{
    struct ro_config how = mobile_config(mcoa);
    how.unasked = true;
    how.keeps_others = mcoa; /* no O, which asks for itself */
    begin_with(&how, at);
    ro_want(&b.mobile, mcoa ? 1 : 0, &coa1, b.now);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
}

static const struct correspondent_config plainly;

static void registered(void)
{
    start(false, &plainly);
    run_for(SIM_S);
    CHECK(count(MH_BU) == 1 && count(MH_BA) == 0 && goes_from(0, &coa1) && bound(0));
}

/* Data that the correspondent does not accept: RFC 6275 9.3.1, 9.3.3. */
static void send_data(uint16_t bid)
{
    const struct addr *from = ro_route(&b.mobile, &cn, bid, b.now);
    if (!from || correspondent_accepts(&b.peer, &home, from, b.now))
        return;
    const struct mh be = {.type = MH_BE, .status = 1, .home = home};
    const struct arrival a = {.src = cn, .dst = *from};
    put_on_wire(&be, true, &cn, &a.dst, &a, b.direct);
}

/* F7: the BU leaves after the tests, 80 ms, and data with it. */
static void data_goes_when_the_update_has_left(void)
{
    start(false, &plainly);
    run_until(SIM_S + 80 * SIM_MS - 1);
    RULE("MIP6-MN-13");
    CHECK(count(MH_BU) == 0 && goes_from(0, NULL));
    run_until(SIM_S + 80 * SIM_MS);
    CHECK(count(MH_BU) == 1 && last(MH_BU)->m.flags == 0 && last(MH_BU)->m.lifetime == 105);
    RULE("MIP6-MN-13");
    CHECK(goes_from(0, &coa1) && b.ups == 1 && state() == RO_OPTIMISED);
    run_for(SIM_S);
    RULE("MIP6-RR-11");
    CHECK(count(MH_BA) == 0 && bound(0));
    CHECK_EQ(count(MH_BU), 1); /* nothing is waited for */
}

/* After 80 % of 420 s, with tokens that are fresh; no data is lost meanwhile. */
static void it_is_refreshed_in_time(void)
{
    registered();
    run_until(SIM_S + 80 * SIM_MS + 336 * SIM_S - 1);
    CHECK_EQ(count(MH_BU), 1);
    for (int k = 0; k < 1000; k++) {
        run_for(SIM_S);
        CHECK(goes_from(0, &coa1) && bound(0));
    }
    CHECK(count(MH_BU) == 4 && count(MH_BA) == 0 && b.ups == 1 && b.downs == 0);
}

static void a_lost_update_is_found_out_by_data(void)
{
    start(false, &plainly);
    b.drop[MH_BU] = 1;
    run_for(SIM_S);
    CHECK(goes_from(0, &coa1) && !bound(0));
    send_data(0);
    run_for(10 * SIM_MS);
    RULE("MIP6-MN-19");
    CHECK(goes_from(0, NULL) && state() == RO_TUNNELLED);
    CHECK(ro_heard(&b.mobile, &cn, b.now));
    run_for(SIM_S);
    CHECK(goes_from(0, &coa1) && bound(0));
}

/* RFC 6275 9.5.4: they come whatever the BU asked for. */
static void a_refusal_takes_it_back(void)
{
    static const uint8_t gone[] = {MH_ST_NONCES, MH_ST_HOME_NONCE, MH_ST_CARE_OF_NONCE};
    for (unsigned k = 0; k < 3; k++) {
        registered();
        run_for(40 * SIM_S);
        ro_want(&b.mobile, 0, &coa2, b.now);
        while (count(MH_BU) < 2)
            run_for(SIM_MS);
        if (gone[k] != MH_ST_CARE_OF_NONCE)
            tokens_invalidate(&b.peer.tokens, last(MH_BU)->m.home_nonce);
        if (gone[k] != MH_ST_HOME_NONCE)
            tokens_invalidate(&b.peer.tokens, last(MH_BU)->m.care_of_nonce);
        CHECK(goes_from(0, &coa2));
        run_for(20 * SIM_MS);
        RULE("MIP6-RR-9");
        CHECK(count(MH_BA) == 1 && b.last_status == gone[k] && !last(MH_BA)->m.has_authenticator);
        CHECK(goes_from(0, NULL) && b.downs == 1);
        run_for(SIM_S);
        CHECK(goes_from(0, &coa2) && count(MH_BU) == 3 && addr_eq(&bound(0)->coa, &coa2));
    }
}

static void a_number_that_is_not_fresh_is_told(void)
{
    registered();
    peer()->bul.sequence = (uint16_t)(peer()->bul.sequence - 5);
    ro_want(&b.mobile, 0, &coa2, b.now);
    run_for(2 * SIM_S);
    RULE("MIP6-RR-11");
    CHECK(count(MH_BA) == 1 && last(MH_BA)->m.status == MH_ST_SEQUENCE);
    CHECK(count(MH_BU) == 3 && goes_from(0, &coa2) && addr_eq(&bound(0)->coa, &coa2));
    CHECK(b.downs == 1 && b.ups == 3);
}

static void who_has_no_room_is_left_alone(void)
{
    const struct correspondent_config full = {.refuse = 3};
    start(false, &full);
    run_for(SIM_S);
    RULE("MIP6-RR-11");
    CHECK(last(MH_BA)->m.status == MH_ST_RESOURCES && goes_from(0, NULL));
    CHECK(state() == RO_HELD && b.downs == 1 && b.failures == 1);
}

/* Only an answer says whether it does several: the first has A, what follows has not. */
static void several_are_asked_for_once(void)
{
    start(true, &plainly);
    run_for(SIM_S);
    CHECK(count(MH_BA) == 1 && goes_from(1, &coa1));
    ro_want(&b.mobile, 2, &coa2, b.now);
    ro_want(&b.mobile, 3, &coa3, b.now);
    run_for(3 * SIM_S);
    CHECK(count(MH_BU) == 3 && count(MH_BA) == 1 && !(last(MH_BU)->m.flags & MH_BU_ACK));
    CHECK(goes_from(2, &coa2) && goes_from(3, &coa3) && bound(2) && bound(3));
    const struct correspondent_config old = {.mcoa = 1};
    start(true, &old);
    run_for(3 * SIM_S);
    RULE("MCOA-MN-11");
    CHECK(b.fall_backs == 1 && goes_from(0, &coa1) && last(MH_BU)->m.bids == 0);
}

static void what_is_taken_back_is_acknowledged(void)
{
    registered();
    ro_set_home(&b.mobile, true, b.now);
    b.drop[MH_BU] = 1;
    run_for(3 * SIM_S);
    CHECK(last(MH_BU)->m.lifetime == 0 && last(MH_BU)->m.flags == MH_BU_ACK);
    CHECK(count(MH_BU) == 3 && count(MH_BA) == 1 && !bound(0) && state() == RO_TUNNELLED);
}

static void a_refresh_request_is_answered(void)
{
    const struct correspondent_config asks = {.ask_before = 100 * SIM_S, .ask_again = 2 * SIM_S};
    start(false, &asks);
    run_for(325 * SIM_S);
    RULE("MIP6-MN-23");
    CHECK(count(MH_BRR) == 1 && count(MH_BU) == 2 && count(MH_BA) == 0 && goes_from(0, &coa1));
}

CHECK_MAIN(CASE(data_goes_when_the_update_has_left), CASE(it_is_refreshed_in_time),
           CASE(a_lost_update_is_found_out_by_data), CASE(a_refusal_takes_it_back),
           CASE(a_number_that_is_not_fresh_is_told), CASE(who_has_no_room_is_left_alone),
           CASE(several_are_asked_for_once), CASE(what_is_taken_back_is_acknowledged),
           CASE(a_refresh_request_is_answered))
