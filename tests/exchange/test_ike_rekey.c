/* IKE SAs: rekeyed, replaced, and both at once (RFC 7296 1.3.2, 2.8, 2.18, 2.25). */
#include "tests/ike_open.h"

static struct bench b;
static struct open_letter o;

static void begin_with_window(unsigned window)
{
    bench_set(&b);
    b.end[MN].how.window = b.end[HA].how.window = window;
    bench_begin(&b);
    bench_up(&b);
}

static void rekey(unsigned e)
{
    ike_rekey(b.end[e].ike, bench_own(&b, e), b.now);
    bench_do(&b, e);
}

static void rekeyed_from(unsigned e)
{
    struct ike_sa_payload sa;
    struct ike_delete d;
    begin_with_window(1);
    uint64_t old[ENDS] = {bench_own(&b, MN), bench_own(&b, HA)};
    uint32_t child = bench_out(&b, MN, 3, 0)->is.spi_in;
    rekey(e);
    /* SK{SA Ni KEi} */
    CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
    RULE("IKE-SA-4");
    CHECK(sa.proposal[0].spi_bytes == 8 && sa.proposal[0].spi && !ike_find(&o.list, IKE_P_TSI));
    RULE("IKE-KEY-8");
    CHECK(ike_find(&o.list, IKE_P_KE) != NULL);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    /* The last request on the old one is its Delete. */
    CHECK(open_at(&b, 0, &o) && open_delete(&o, &d));
    RULE("IKE-CH-7");
    CHECK(d.protocol == IKE_PROTO_IKE && (e == MN ? o.h.spi_i : o.h.spi_r) == old[e]);
    bench_settle(&b);
    CHECK(bench_agrees(&b, 4));
    RULE("IKE-CH-4");
    CHECK(bench_own(&b, MN) != old[MN] && bench_own(&b, HA) != old[HA] &&
          bench_out(&b, MN, 3, 0)->is.spi_in == child);
    CHECK_EQ(bench_sa(&b.end[MN], old[MN])->how, IKE_HOW_REPLACED);
    /* Who began is the original initiator of the new one, whoever it was before. */
    for (unsigned k = 0; k < ENDS; k++) {
        ike_probe(b.end[k].ike, bench_own(&b, k), b.now);
        bench_do(&b, k);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-HDR-2");
        CHECK(!(o.h.flags & IKE_RESPONSE) && !!(o.h.flags & IKE_INITIATOR) == (k == e));
        RULE("IKE-MID-1");
        RULE("IKE-KEY-8");
        CHECK_EQ(o.h.id, 0);
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-HDR-2");
        CHECK((o.h.flags & IKE_RESPONSE) && !!(o.h.flags & IKE_INITIATOR) == (k != e));
        bench_settle(&b);
    }
    bench_want(&b, 1 - e, 3, 1);
    bench_settle(&b);
    bench_wait(&b, 300 * SIM_S);
    CHECK(bench_agrees(&b, 5));
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

static void rekeyed_from_either_side_the_children_stay(void)
{
    rekeyed_from(MN);
    rekeyed_from(HA);
}

static void ids_of_both_sides_count_by_themselves(void)
{
    bench_set(&b);
    bench_begin(&b);
    (void)bench_start(&b);
    CHECK(open_at(&b, 0, &o));
    RULE("IKE-MID-1");
    CHECK_EQ(o.h.id, 0);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    CHECK(open_at(&b, 0, &o));
    RULE("IKE-MID-1");
    CHECK(o.h.id == 1 && o.h.exchange == IKE_AUTH);
    bench_settle(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        ike_probe(b.end[e].ike, bench_own(&b, e), b.now);
        bench_do(&b, e);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-MID-1");
        CHECK_EQ(o.h.id, e == MN ? 2 : 0);
        bench_settle(&b);
    }
    bench_end(&b);
}

static void a_new_ike_sa_begins_with_a_window_of_one(void)
{
    begin_with_window(4);
    CHECK_EQ(inside_up(&b, MN)->peer_window, 4);
    rekey(MN);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    for (unsigned k = 0; k < 3; k++)
        bench_want(&b, MN, 3, k + 1);
    unsigned asked = 0;
    for (unsigned k = 0; k < b.letters; k++)
        asked += open_at(&b, k, &o) && b.letter[k].to == HA && !(o.h.flags & IKE_RESPONSE) &&
                 o.h.spi_i == bench_own(&b, MN);
    RULE("IKE-MID-4");
    CHECK(asked == 1 && inside_up(&b, MN)->peer_window == 1);
    bench_settle(&b);
    CHECK_EQ(inside_up(&b, MN)->peer_window, 4);
    CHECK(bench_agrees(&b, 7));
    bench_end(&b);
}

static void what_has_no_key_exchange_is_refused(void)
{
    for (unsigned with_none = 0; with_none < 2; with_none++) {
        uint8_t inside[512];
        struct ike_writer w;
        struct ike_sa_payload sa;
        struct ike_notify n;
        begin_with_window(1);
        rekey(MN);
        CHECK(open_at(&b, 0, &o) && open_sa(&o, &sa));
        if (with_none) {
            sa.proposal[0].transform[sa.proposal[0].transforms - 1].id = DH_NONE;
        } else {
            sa.proposal[0].transforms--;
        }
        const struct ike_payload *nonce = ike_find(&o.list, IKE_P_NONCE);
        ike_begin_inside(&w, inside, sizeof inside);
        ike_put_sa(&w, &sa);
        ike_put_bytes(&w, IKE_P_NONCE, nonce->body, nonce->bytes);
        b.letters = 0;
        forge(&b, MN, IKE_CREATE_CHILD_SA, 0, forge_id(&b, HA), &w);
        bench_carry(&b, 0);
        CHECK(open_at(&b, 0, &o));
        RULE("IKE-KEY-8");
        CHECK(open_notify(&o, IKE_N_NO_PROPOSAL_CHOSEN, &n) && ike_sas(b.end[HA].ike) == 1);
        bench_end(&b);
    }
}

static void lifetimes_are_each_sides_own(void)
{
    bench_set(&b);
    b.end[MN].with.lifetimes = (struct ike_lifetimes){
        .ike_soft = 100 * SIM_S, .ike_hard = 150 * SIM_S, .jitter_ppb = 100000000};
    b.end[HA].with.lifetimes = (struct ike_lifetimes){
        .ike_soft = 1000 * SIM_S, .ike_hard = 1500 * SIM_S, .jitter_ppb = 100000000};
    bench_begin(&b);
    bench_up(&b);
    bench_live(&b, 89 * SIM_S);
    CHECK_EQ(b.end[MN].sas, 1);
    bench_live(&b, 12 * SIM_S);
    RULE("IKE-CH-9");
    CHECK(bench_agrees(&b, 4) && b.end[MN].sa[0].how == IKE_HOW_REPLACED &&
          bench_sa(&b.end[MN], bench_own(&b, MN))->initiator);
    bench_live(&b, 2000 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    bool shorter = true;
    for (unsigned k = 0; k < b.end[MN].sas; k++)
        shorter &= b.end[MN].sa[k].initiator || b.end[MN].sa[k].half_open;
    RULE("IKE-CH-9");
    CHECK(shorter && b.end[MN].sas > 15);
    CHECK(inside_holds(b.end[MN].ike) && inside_holds(b.end[HA].ike));
    bench_end(&b);
}

static void at_its_hard_limit_it_goes_and_says_so(void)
{
    bench_set(&b);
    b.end[MN].with.lifetimes = (struct ike_lifetimes){.ike_hard = 100 * SIM_S};
    bench_begin(&b);
    bench_up(&b);
    bench_live(&b, 99 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    bench_live(&b, 2 * SIM_S);
    CHECK_EQ(ike_sas(b.end[MN].ike) + ike_sas(b.end[HA].ike), 0);
    CHECK_EQ(b.end[MN].sa[0].how, IKE_HOW_LIFETIME);
    CHECK_EQ(b.end[HA].sa[0].how, IKE_HOW_DELETED_BY_PEER);
    CHECK_EQ(bench_count_in(&b.end[MN]) + bench_count_in(&b.end[HA]), 0);
    bench_end(&b);
}

/* A peer that has forgotten it already does not answer its Delete: that is not waited for. */
static void another_one_may_begin_when_it_has_expired(void)
{
    bench_set(&b);
    b.end[MN].with.lifetimes = (struct ike_lifetimes){.ike_hard = 100 * SIM_S};
    bench_begin(&b);
    bench_up(&b);
    uint64_t old = bench_own(&b, MN);
    bench_wait(&b, 100 * SIM_S);
    b.letters = 0; /* its Delete, which comes again */
    CHECK(b.end[MN].expired == 1 && bench_own(&b, MN) == 0 && ike_sas(b.end[MN].ike) == 1);
    CHECK(bench_sa(&b.end[MN], old)->how != IKE_HOW_LIFETIME);
    bench_up(&b);
    CHECK(bench_own(&b, MN) && bench_own(&b, MN) != old && bench_out(&b, MN, 3, 0));
    bench_live(&b, 20 * SIM_S);
    CHECK(bench_sa(&b.end[MN], old)->how == IKE_HOW_LIFETIME && bench_agrees(&b, 4));
    bench_end(&b);
}

/* ---- both at once ---------------------------------------------------------------------------- */

/* Of both exchanges the lowest nonce, once each side has answered the other. */
static bool mn_is_lowest(enum ike_task task)
{
    const struct ike_request *of_mn = ike_request_of(inside_up(&b, MN), task);
    const struct ike_request *of_ha = ike_request_of(inside_up(&b, HA), task);
    CHECK(of_mn && of_ha && of_mn->rival.there && of_ha->rival.there);
    /* What crosses an exchange of the MN is the HA's. */
    return of_mn && of_ha && ike_below(&of_ha->rival.lowest, &of_mn->rival.lowest);
}

static void both_rekey_a_child_at_once(uint64_t seed)
{
    bench_set(&b);
    bench_begin_seeded(&b, seed);
    bench_up(&b);
    uint32_t old[ENDS];
    for (unsigned e = 0; e < ENDS; e++)
        old[e] = bench_out(&b, e, 3, 0)->is.spi_in;
    for (unsigned e = 0; e < ENDS; e++) {
        ike_child_soft(b.end[e].ike, old[e], b.now);
        bench_do(&b, e);
    }
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    bool mn_loses = mn_is_lowest(IKE_TASK_REKEY_CHILD);
    unsigned loser = mn_loses ? MN : HA;
    bench_settle(&b);
    bench_live(&b, 3 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    const struct bench_child *left = bench_out(&b, loser, 3, 0);
    RULE("IKE-CH-3");
    CHECK(left && !left->is.initiator && bench_out(&b, 1 - loser, 3, 0)->is.initiator);
    /* Each deletes one: the loser what it made, the winner the old one. */
    unsigned redundant[ENDS] = {0};
    for (unsigned e = 0; e < ENDS; e++) {
        for (unsigned k = 0; k < b.end[e].children; k++)
            redundant[e] += b.end[e].child[k].gone && b.end[e].child[k].how == IKE_HOW_REDUNDANT;
    }
    RULE("IKE-CH-3");
    CHECK(redundant[loser] == 1 && redundant[1 - loser] == 0 &&
          b.end[MN].messages[IKE_INFORMATIONAL] == 2 && b.end[HA].messages[IKE_INFORMATIONAL] == 2);
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

static void of_two_new_children_that_with_the_lowest_nonce_goes(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        both_rekey_a_child_at_once(seed);
}

/* Whoever made the one that stays may not have the answer yet, and cannot receive on it. */
static void it_sends_where_the_other_end_receives(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        bench_set(&b);
        bench_begin_seeded(&b, seed);
        bench_up(&b);
        uint32_t old[ENDS] = {bench_out(&b, MN, 3, 0)->is.spi_in,
                              bench_out(&b, HA, 3, 0)->is.spi_in};
        for (unsigned e = 0; e < ENDS; e++) {
            ike_child_soft(b.end[e].ike, old[e], b.now);
            bench_do(&b, e);
        }
        bench_carry(&b, 0); /* MN -> HA */
        bench_carry(&b, 0); /* HA -> MN */
        bench_carry(&b, 0); /* HA's answer */
        bench_drop(&b, 0);  /* MN's is lost */
        RULE("IKE-CH-2");
        RULE("IKE-CH-3");
        CHECK(bench_pairs_fit(&b, MN) && bench_pairs_fit(&b, HA));
        bench_live(&b, 10 * SIM_S);
        CHECK(bench_agrees(&b, 4));
        bench_end(&b);
    }
}

static void both_rekey_the_ike_sa_at_once(uint64_t seed)
{
    bench_set(&b);
    bench_begin_seeded(&b, seed);
    bench_up(&b);
    uint32_t child = bench_out(&b, MN, 3, 0)->is.spi_in;
    rekey(MN);
    rekey(HA);
    bench_carry(&b, 0);
    bench_carry(&b, 0);
    unsigned loser = mn_is_lowest(IKE_TASK_REKEY_IKE) ? MN : HA;
    /* Which is to stay nobody knows: wishes wait. */
    bench_want(&b, MN, 3, 1);
    bench_settle(&b);
    bench_live(&b, 5 * SIM_S);
    CHECK(bench_agrees(&b, 5));
    RULE("IKE-CH-4");
    CHECK(!bench_sa(&b.end[loser], bench_own(&b, loser))->initiator &&
          bench_out(&b, MN, 3, 0)->is.spi_in == child);
    unsigned redundant = 0;
    for (unsigned k = 0; k < b.end[loser].sas; k++)
        redundant += b.end[loser].sa[k].how == IKE_HOW_REDUNDANT && b.end[loser].sa[k].initiator;
    RULE("IKE-CH-4");
    CHECK_EQ(redundant, 1);
    bench_live(&b, 300 * SIM_S);
    CHECK(inside_is_quiet(b.end[MN].ike) && inside_is_quiet(b.end[HA].ike));
    bench_end(&b);
}

static void of_two_new_ike_sas_that_with_the_lowest_nonce_goes(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        both_rekey_the_ike_sa_at_once(seed);
}

static void who_has_finished_says_not_now(void)
{
    struct ike_notify n;
    begin_with_window(1);
    rekey(MN);
    rekey(HA);
    bench_carry(&b, 0); /* MN -> HA */
    struct bench_letter late = b.letter[0];
    bench_drop(&b, 0);
    bench_carry(&b, 0); /* the answer; the HA's own request comes behind it */
    unsigned there = b.letters;
    b.letter[b.letters++] = late;
    bench_carry(&b, there);
    CHECK(open_at(&b, b.letters - 1, &o));
    RULE("IKE-CH-4");
    CHECK(open_notify(&o, IKE_N_TEMPORARY_FAILURE, &n));
    bench_settle(&b);
    bench_live(&b, 300 * SIM_S);
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

static void a_child_is_not_made_while_the_ike_sa_is_rekeyed(void)
{
    struct ike_notify n;
    begin_with_window(1);
    rekey(MN);
    bench_want(&b, HA, 3, 1);
    bench_carry(&b, 1); /* HA -> MN  SK{SA Ni TSi TSr} */
    CHECK(open_at(&b, 1, &o));
    RULE("IKE-CH-5");
    CHECK(open_notify(&o, IKE_N_TEMPORARY_FAILURE, &n));
    bench_live(&b, 30 * SIM_S); /* they do not wait for each other for ever */
    CHECK(bench_agrees(&b, 5));
    bench_end(&b);
}

/* Put off, but not beyond the hard limit: within a quarter of the time up to it. */
static void put_off_it_still_comes_in_time(void)
{
    bench_set(&b);
    for (unsigned e = 0; e < ENDS; e++) {
        b.end[e].how.timers.try_again = 10 * SIM_S;
        b.end[e].with.lifetimes.child = (struct sa_lifetime){.soft = 2 * SIM_S, .hard = 10 * SIM_S};
    }
    bench_begin(&b);
    bench_up(&b);
    uint32_t old = bench_out(&b, HA, 3, 0)->is.spi_in;
    rekey(MN);
    ike_child_soft(b.end[HA].ike, old, b.now);
    bench_do(&b, HA);
    bench_settle(&b); /* TEMPORARY_FAILURE */
    CHECK(bench_out(&b, HA, 3, 0)->is.spi_in == old);
    bench_live(&b, 2500 * SIM_MS + 1);
    CHECK(bench_out(&b, HA, 3, 0)->is.spi_in != old);
    bench_live(&b, 20 * SIM_S); /* the IKE SA, which has no limits, later */
    CHECK(bench_agrees(&b, 4));
    bench_end(&b);
}

CHECK_MAIN(CASE(rekeyed_from_either_side_the_children_stay),
           CASE(ids_of_both_sides_count_by_themselves),
           CASE(a_new_ike_sa_begins_with_a_window_of_one),
           CASE(what_has_no_key_exchange_is_refused), CASE(lifetimes_are_each_sides_own),
           CASE(at_its_hard_limit_it_goes_and_says_so),
           CASE(another_one_may_begin_when_it_has_expired),
           CASE(of_two_new_children_that_with_the_lowest_nonce_goes),
           CASE(it_sends_where_the_other_end_receives),
           CASE(of_two_new_ike_sas_that_with_the_lowest_nonce_goes),
           CASE(who_has_finished_says_not_now), CASE(put_off_it_still_comes_in_time),
           CASE(a_child_is_not_made_while_the_ike_sa_is_rekeyed))
