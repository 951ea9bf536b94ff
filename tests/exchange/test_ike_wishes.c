/* What an owner wishes for, or time does, and what becomes of it where the peer will not (RFC 7296
 * 1.4.1, 2.8, 2.25). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin(void)
{
    bench_set(&b);
    bench_begin(&b);
    bench_up(&b);
}

enum asked { A_CHILD, A_REKEYED_CHILD, A_REKEYED_IKE_SA, ASKED };

static void ask(enum asked what)
{
    struct bench_end *mn = &b.end[MN];
    if (what == A_CHILD)
        ike_want(mn->ike, mn->peer, 3, 1, b.now);
    else if (what == A_REKEYED_CHILD)
        ike_child_soft(mn->ike, bench_out(&b, MN, 3, 0)->is.spi_in, b.now);
    else
        ike_rekey(mn->ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
}

/* The CREATE_CHILD_SA on the wire is answered with nothing but that. */
static void answer(uint16_t notify)
{
    uint8_t inside[64];
    struct ike_writer w;
    uint32_t id = b.letter[0].news.id;
    CHECK(b.letters == 1 && b.letter[0].to == HA &&
          b.letter[0].news.exchange == IKE_CREATE_CHILD_SA);
    b.letters = 0;
    inside_up(&b, HA)->expected = id + 1;
    ike_begin_inside(&w, inside, sizeof inside);
    ike_put_status(&w, notify, NULL, 0);
    forge(&b, HA, IKE_CREATE_CHILD_SA, IKE_RESPONSE, id, &w);
    bench_carry(&b, 0);
}

/* Until the next letter, or half an hour has gone. */
static sim_time until_letter(void)
{
    sim_time since = b.now;
    while (!b.letters && bench_tick(&b, since + 1800 * SIM_S)) {}
    return b.now - since;
}

/* Answered so again and again; how long it is asked for. */
static sim_time ask_and_answer(enum asked what, uint16_t notify)
{
    sim_time since = b.now;
    ask(what);
    while (b.letters && b.letter[0].news.exchange == IKE_CREATE_CHILD_SA) {
        answer(notify);
        if (b.letters)
            break;
        sim_time gap = until_letter();
        RULE("IKE-CH-5");
        CHECK(gap >= 2 * SIM_S && gap <= 4 * SIM_S + 1);
    }
    return b.now - since;
}

/* MN -> HA  SK{D(IKE)}, and why. */
static void is_closed_for(uint16_t notify)
{
    struct ike_delete d;
    uint64_t own = b.end[MN].sa[0].own;
    CHECK(b.letters == 1 && open_at(&b, 0, &o) && open_delete(&o, &d) &&
          d.protocol == IKE_PROTO_IKE);
    bench_settle(&b);
    CHECK(!ike_sas(b.end[MN].ike) && !ike_sas(b.end[HA].ike));
    CHECK(bench_sa(&b.end[MN], own)->how == IKE_HOW_NOTIFIED &&
          bench_sa(&b.end[MN], own)->notify == notify);
    CHECK(inside_holds(b.end[MN].ike) && inside_holds(b.end[HA].ike));
}

static void what_is_put_off_for_minutes_ends_the_ike_sa(void)
{
    for (unsigned what = 0; what < ASKED; what++) {
        begin();
        sim_time tried = ask_and_answer((enum asked)what, IKE_N_TEMPORARY_FAILURE);
        CHECK(tried >= 296 * SIM_S && tried <= 310 * SIM_S);
        is_closed_for(IKE_N_TEMPORARY_FAILURE);
        bench_end(&b);
    }
}

static void put_off_once_it_is_forgotten(void)
{
    begin();
    for (unsigned k = 0; k < 10; k++) {
        ask(A_REKEYED_CHILD);
        answer(IKE_N_TEMPORARY_FAILURE);
        bench_live(&b, 60 * SIM_S);
        CHECK(bench_agrees(&b, 4));
    }
    bench_end(&b);
}

static void a_rekeying_that_is_refused_is_told_and_tried_again(void)
{
    static const uint16_t why[] = {IKE_N_NO_ADDITIONAL_SAS, IKE_N_NO_PROPOSAL_CHOSEN,
                                   IKE_N_INVALID_KE_PAYLOAD};
    for (unsigned k = 0; k < 3; k++) {
        begin();
        uint64_t own = bench_own(&b, MN);
        ask(A_REKEYED_IKE_SA);
        answer(why[k]);
        CHECK(b.end[MN].not_rekeyed == 1 && b.end[MN].not_rekeyed_why == why[k]);
        CHECK(bench_own(&b, MN) == own && !b.letters);
        bench_live(&b, 6 * SIM_S);
        CHECK(bench_own(&b, MN) != own && bench_agrees(&b, 4));
        bench_end(&b);
        begin();
        sim_time tried = ask_and_answer(A_REKEYED_IKE_SA, why[k]);
        CHECK(tried >= 296 * SIM_S && b.end[MN].not_rekeyed > 50);
        is_closed_for(why[k]);
        bench_end(&b);
    }
}

static void a_rekeying_that_cannot_be_sent_is_told(void)
{
    begin();
    uint64_t own = bench_own(&b, MN);
    b.end[MN].ike->how.fragment_bytes = 60; /* nothing fits */
    ask(A_REKEYED_IKE_SA);
    CHECK(!b.letters && b.end[MN].not_rekeyed == 1 && ike_sas(b.end[MN].ike) == 1);
    b.end[MN].ike->how.fragment_bytes = 1280;
    bench_live(&b, 6 * SIM_S);
    CHECK(bench_own(&b, MN) != own && bench_agrees(&b, 4));
    bench_end(&b);
}

/* ---- room ------------------------------------------------------------------------------------ */

static void a_wish_to_end_it_finds_room(void)
{
    begin();
    for (unsigned e = 0; e < ENDS; e++)
        b.end[e].policy[3].parallel = 0;
    for (unsigned k = 1; k < IKE_TODO + 10; k++)
        bench_want(&b, MN, 3, k);
    CHECK_EQ(inside_up(&b, MN)->todos, IKE_TODO);
    ike_delete(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    unsigned sent = b.end[MN].messages[IKE_CREATE_CHILD_SA];
    bench_settle(&b);
    CHECK(!ike_sas(b.end[MN].ike) && !ike_sas(b.end[HA].ike));
    CHECK_EQ(b.end[MN].messages[IKE_CREATE_CHILD_SA], sent); /* what was under way, no more */
    bench_end(&b);
}

/* ---- the end of a Child SA ------------------------------------------------------------------- */

static void an_end_is_told_once(void)
{
    begin();
    ike_child_hard(b.end[MN].ike, bench_out(&b, MN, 3, 0)->is.spi_in, b.now);
    bench_do(&b, MN);
    CHECK_EQ(b.end[MN].ends, 1);
    bench_settle(&b);
    CHECK(b.end[MN].ends == 1 && b.end[HA].ends == 1 && bench_agrees(&b, 3));
    ike_retire(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    CHECK_EQ(b.end[MN].ends, 4);
    bench_wait(&b, 2 * SIM_S);
    CHECK(b.end[MN].ends == 4 && !bench_count_in(&b.end[MN]));
    bench_end(&b);
}

/* Both rekey; the HA's is there, the MN's is on its way. */
static void what_the_peer_made_goes_with_what_is_retired(void)
{
    begin();
    ask(A_REKEYED_IKE_SA);
    b.letters = 0;
    ike_rekey(b.end[HA].ike, bench_own(&b, HA), b.now);
    bench_do(&b, HA);
    bench_carry(&b, 0);
    b.letters = 0;
    CHECK_EQ(ike_sas(b.end[MN].ike), 3); /* old, own, rival */
    ike_retire(b.end[MN].ike, bench_own(&b, MN), b.now);
    bench_do(&b, MN);
    bench_wait(&b, 2 * SIM_S);
    CHECK(!ike_sas(b.end[MN].ike) && !bench_own(&b, MN));
    bench_end(&b);
}

CHECK_MAIN(CASE(what_is_put_off_for_minutes_ends_the_ike_sa), CASE(put_off_once_it_is_forgotten),
           CASE(a_rekeying_that_is_refused_is_told_and_tried_again),
           CASE(a_rekeying_that_cannot_be_sent_is_told), CASE(a_wish_to_end_it_finds_room),
           CASE(an_end_is_told_once), CASE(what_the_peer_made_goes_with_what_is_retired))
