/* When a binding update list asks again, and how long what it has holds: RFC 6275 11.7.1, 11.8. */
#include "tests/bul_bench.h"

static void an_advice_shortens_the_wait(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 10 * SIM_S);
    struct mh ba = {
        .type = MH_BA, .sequence = 1, .lifetime = 100, .has_refresh = true, .refresh = 25};
    const struct arrival a = {.src = agent, .authentic = true};
    CHECK(bul_ack(&b, &a, &ba, 11 * SIM_S, &acts));
    CHECK_EQ(bul_next(&b), 110 * SIM_S); /* 100 s instead of 320 s */
    RULE("MIP6-DS-2");
    CHECK_EQ(bul_find(&b, 0)->expires, 410 * SIM_S);
}

/* A list holds the latest update of each binding, until its lifetime is over. */
static void a_binding_ends_with_its_lifetime(void)
{
    begin(false, BUL_BULK, 0);
    want(0, &coa1, 0);
    CHECK(answer(1, 0, 10, NULL, SIM_MS)); /* 40 s */
    CHECK(bul_carries(&b, 0));
    for (sim_time t = bul_next(&b); t < 40 * SIM_S; t = bul_next(&b))
        tick(t); /* refreshes that nobody answers */
    tick(40 * SIM_S);
    RULE("MIP6-DS-2");
    CHECK(has(BUL_LOST) && !bul_find(&b, 0)->told);
}

/* RFC 6275 11.6.3: the new address is the tunnel's source as soon as the BU has left. */
static void the_tunnel_follows_the_update(void)
{
    begin(false, BUL_BULK, 0);
    CHECK(!bul_carries(&b, 0));
    want(0, &coa1, 0);
    RULE("MIP6-MN-17");
    CHECK(bul_carries(&b, 0) && addr_eq(&bul_find(&b, 0)->coa, &coa1));
    CHECK(answer(1, 0, 105, NULL, SIM_MS));
    want(0, &coa2, SIM_S);
    RULE("MIP6-MN-17");
    CHECK(bul_carries(&b, 0) && addr_eq(&bul_find(&b, 0)->coa, &coa2));
}

/* RFC 5648 5.6.3: H, the home address as care-of address, the link-layer address; and H on every
 * option while that binding stands (5.6.5). */
static void a_home_binding_is_one_more(void)
{
    struct bul_config how = config(true, BUL_BULK);
    how.simultaneous = true;
    bul_init(&b, &how, 0);
    bul_add(&b, 1);
    bul_add(&b, 2);
    want(2, &coa2, 0);
    struct mh like = sent()->bu;
    CHECK(!like.bid[0].home);
    CHECK(answer(1, 0, 105, &like, SIM_MS));
    b.home_station = 0x020000000007;
    want(1, &home, SIM_S);
    const struct bul_act *bu = sent();
    RULE("MCOA-RH-1");
    CHECK(bu->from_home && addr_eq(&bu->src, &home) && bu->bu.bid[0].home &&
          bu->bu.bid[0].has_coa && addr_eq(&bu->bu.bid[0].coa, &home) && bu->bu.lifetime > 0);
    RULE("MCOA-RH-2");
    CHECK(bu->bu.has_station && bu->bu.station == 0x020000000007);
    like = bu->bu;
    CHECK(answer(2, MH_ST_RETURN_HOME_NO_NDP, 105, &like, SIM_S + SIM_MS));
    RULE("MCOA-MN-12"); /* 5 is no refusal */
    CHECK(has(BUL_UP) && bul_is_home(&b, bul_find(&b, 1)));
    tick(bul_next(&b));
    bu = sent();
    RULE("MCOA-RH-8");
    CHECK(bu->bu.bids == 2 && bu->bu.bid[0].home && bu->bu.bid[1].home);
    begin(true, BUL_BULK, 0);
    b.simultaneous = true;
    want(1, &home, 0);
    like = sent()->bu;
    CHECK(answer(1, MH_ST_MCOA_HOME_AND_FOREIGN, 0, &like, SIM_MS));
    CHECK(has(BUL_COME_HOME) && !b.simultaneous);
}

/* RFC 6275 11.8: 1.5 s is for a home agent without a binding, not for another care-of address; and
 * again once the binding has ended. */
static void another_address_waits_a_second(void)
{
    begin(false, BUL_BULK, 7);
    want(0, &coa1, 0);
    CHECK_EQ(bul_next(&b), 1500 * SIM_MS);
    CHECK(answer(8, 0, 105, NULL, SIM_S));
    want(0, &coa2, 10 * SIM_S);
    RULE("MIP6-MN-4");
    CHECK_EQ(bul_next(&b), 11 * SIM_S);
    for (int k = 0; k < 40 && bul_next(&b) < 420 * SIM_S; k++)
        tick(bul_next(&b));
    acts.n = 0;
    bul_unwant(&b, 0, 430 * SIM_S, &acts);
    tick(900 * SIM_S); /* long over */
    want(0, &coa1, 900 * SIM_S);
    CHECK_EQ(bul_next(&b), 901500 * SIM_MS);
}

static const struct bul_act *measured(void)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == BUL_MEASURED)
            return &acts.act[k];
    return NULL;
}

static bool answer_to(const struct addr *dst, uint16_t sequence, sim_time now)
{
    const struct mh ba = {.type = MH_BA,
                          .sequence = sequence,
                          .lifetime = 105,
                          .bid = {{.bid = 1, .length = 4}},
                          .bids = 1};
    const struct arrival a = {.src = agent, .dst = *dst, .authentic = true};
    acts.n = 0;
    return bul_ack(&b, &a, &ba, now, &acts);
}

/* Each BU has a number of its own, so that its answer is no other's. */
/* The first BU names both, its answer comes when the second one's path is dead: the home agent has
 * it, whatever O said, until it is told. */
static void what_was_registered_on_a_dead_path_is_still_to_be_deleted(void)
{
    begin(true, BUL_BULK, 0);
    want(1, &coa1, 0);
    want(2, &coa2, 0);
    struct mh both = sent()->bu;
    CHECK_EQ(both.bids, 2);
    unwant(2, 5 * SIM_MS);
    CHECK(answer(both.sequence, 0, 105, &both, 10 * SIM_MS));
    CHECK_EQ(bul_find(&b, 2)->state, BUL_LEAVING);
    tick(bul_next(&b));
    CHECK(sent()->bu.lifetime == 0 && sent()->bu.bids == 1 && sent()->bu.bid[0].bid == 2);
}

/* Its care-of address dies while the other is only being registered: it moves as soon as it can. */
static void keys_move_to_what_is_registered_last(void)
{
    struct bul_config how = config(true, BUL_PARALLEL);
    how.moves_keys = true;
    bul_init(&b, &how, 0);
    bul_add(&b, 1);
    bul_add(&b, 2);
    want(1, &coa1, 0);
    struct mh first = sent()->bu;
    CHECK(first.flags & MH_BU_KEY);
    const struct arrival from = {.src = agent, .authentic = true};
    const struct mh kept = {.type = MH_BA,
                            .flags = MH_BA_KEY,
                            .sequence = first.sequence,
                            .lifetime = 105,
                            .bids = 1,
                            .bid = {{.bid = 1, .length = 4}}};
    CHECK(bul_ack(&b, &from, &kept, 10 * SIM_MS, &acts));
    want(2, &coa2, 20 * SIM_MS);
    struct mh second = sent()->bu;
    CHECK(!(second.flags & MH_BU_KEY));
    unwant(1, 25 * SIM_MS);
    CHECK(answer(second.sequence, 0, 105, &second, 40 * SIM_MS));
    for (unsigned k = 0; k < 4 && !addr_eq(&b.key_coa, &coa2); k++)
        tick(bul_next(&b));
    RULE("MCOA-SEC-2");
    CHECK(addr_eq(&b.key_coa, &coa2));
}

/* Both are registered, and key management is at the first one. */
static void begin_with_keys(bool waits)
{
    struct bul_config how = config(true, BUL_PARALLEL);
    how.moves_keys = true;
    how.keys_wait = waits;
    how.key_bid = 1;
    bul_init(&b, &how, 0);
    bul_add(&b, 1);
    bul_add(&b, 2);
    for (uint16_t bid = 1; bid <= 2; bid++) {
        want(bid, bid == 1 ? &coa1 : &coa2, bid * 10 * SIM_MS);
        const struct arrival from = {.src = agent, .authentic = true};
        const struct mh kept = {.type = MH_BA,
                                .flags = MH_BA_KEY,
                                .sequence = sent()->bu.sequence,
                                .lifetime = 105,
                                .bids = 1,
                                .bid = {{.bid = bid, .length = 4}}};
        CHECK(bul_ack(&b, &from, &kept, bid * 10 * SIM_MS + SIM_MS, &acts));
    }
    CHECK(addr_eq(&b.key_coa, &coa1));
}

static bool sent_with_k(void)
{
    for (unsigned k = 0; k < acts.n; k++) {
        if (acts.act[k].kind == BUL_SEND && acts.act[k].bu.flags & MH_BU_KEY)
            return true;
    }
    return false;
}

static void keys_leave_with_the_address_or_wait(void)
{
    begin_with_keys(false);
    unwant(1, SIM_S);
    RULE("MCOA-SEC-2");
    CHECK(sent_with_k() && addr_eq(&b.key_coa, &coa2)); /* at once */
    begin_with_keys(true);
    unwant(1, SIM_S);
    bool k = sent_with_k();
    for (unsigned j = 0; j < 20; j++) { /* refreshes of the other one */
        tick(bul_next(&b));
        k |= sent_with_k();
    }
    CHECK(!k && addr_eq(&b.key_coa, &coa1));
}

static void an_update_and_its_answer_measure_the_path(void)
{
    begin(true, BUL_PARALLEL, 0);
    want(1, &coa1, 0);
    CHECK(answer_to(&coa1, 1, 1050 * SIM_MS));
    CHECK(!measured()); /* the home agent's test of the home address lies in it */
    want(1, &coa2, 10 * SIM_S);
    CHECK(answer_to(&coa2, 2, 10070 * SIM_MS));
    CHECK_EQ(measured() ? measured()->round_trip : 0, 70 * SIM_MS); /* it holds a binding */
    tick(bul_next(&b));
    sim_time again = 400 * SIM_S;
    tick(again);
    sim_time first = b.exchange[0].sent;
    tick(bul_next(&b));
    CHECK(b.exchange[0].sent > first);
    CHECK(answer_to(&coa2, b.exchange[0].sequence, b.exchange[0].sent + 80 * SIM_MS));
    CHECK(measured() != NULL);
    CHECK_EQ(measured() ? measured()->round_trip : 0, 80 * SIM_MS); /* of the last BU alone */
    CHECK(measured() && addr_eq(&measured()->src, &coa2));
    want(2, &coa1, 900 * SIM_S);
    CHECK(answer_to(&coa2, b.exchange[0].sequence, 901 * SIM_S));
    CHECK(!measured()); /* came another way than it went */
}

/* Found by storms (exchange.storm), as what follows. */
static void what_joins_an_update_that_is_out_is_not_acknowledged_with_it(void)
{
    begin(true, BUL_BULK, 0);
    b.how.gather = 100 * SIM_MS;
    want(1, &coa1, 0);
    tick(100 * SIM_MS);
    struct mh first = sent()->bu;
    CHECK_EQ(first.bids, 1);
    want(2, &coa2, 150 * SIM_MS);
    CHECK_EQ(acts.n, 0); /* it gathers */
    CHECK(answer(first.sequence, 0, 105, &first, 200 * SIM_MS));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_BOUND);
    CHECK(bul_find(&b, 2)->state == BUL_ASKING && !bul_find(&b, 2)->told);
    tick(250 * SIM_MS);
    struct mh second = sent()->bu;
    CHECK(second.bids == 1 && second.bid[0].bid == 2 && second.bid[0].has_coa);
    CHECK(answer(second.sequence, 0, 105, &second, 300 * SIM_MS));
    CHECK_EQ(bul_find(&b, 2)->state, BUL_BOUND);
}

/* The same of an address that changes, and all one by one once bulk is prohibited (168). */
static void what_changes_while_an_update_is_out_is_not_acknowledged_with_it(void)
{
    static const struct mh both = {.bids = 2, .bid = {{.bid = 1}, {.bid = 2}}};
    bind_both();
    b.how.gather = 100 * SIM_MS;
    sim_time at = bul_next(&b);
    tick(at); /* the refresh of both */
    tick(at + 100 * SIM_MS);
    CHECK_EQ(sent()->bu.bids, 2);
    want(2, &coa3, at + 150 * SIM_MS);
    CHECK(answer(b.sequence, 0, 105, &both, at + 200 * SIM_MS));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_BOUND);
    CHECK(bul_find(&b, 2)->state == BUL_RENEWING && !bul_find(&b, 2)->told);
    want(3, &coa1, at + 210 * SIM_MS);
    tick(at + 2 * SIM_S);
    CHECK_EQ(sent()->bu.bids, 2);
    want(1, &coa2, at + 2010 * SIM_MS);
    CHECK(answer(b.sequence, MH_ST_MCOA_BULK_PROHIBITED, 0, &both, at + 2020 * SIM_MS));
    for (unsigned k = 0; k < BUL_EXCHANGES; k++)
        CHECK(!b.exchange[k].open || b.exchange[k].bids == 1);
}

/* The home agent may have taken it back already: it needs the address again, and who was told that
 * it is not to be used hears that it is. */
static void what_is_wanted_again_while_it_leaves_is_registered_anew(void)
{
    bind_both();
    unwant(1, 10 * SIM_S);
    CHECK_EQ(sent()->bu.lifetime, 0);
    want(1, &coa1, 11 * SIM_S);
    struct mh again = sent()->bu;
    CHECK(again.bids == 1 && again.bid[0].bid == 1 && again.bid[0].has_coa);
    CHECK(!bul_find(&b, 1)->told);
    CHECK(answer(again.sequence, 0, 105, &again, 12 * SIM_S));
    CHECK(has(BUL_UP) && bul_find(&b, 1)->state == BUL_BOUND);
}

/* IKE heard nothing from the only care-of address there is, the home agent did. */
static void keys_do_not_go_round_at_an_address_that_answers(void)
{
    begin(true, BUL_BULK, 0);
    b.how.moves_keys = true;
    want(1, &coa1, 0);
    struct mh bu = sent()->bu;
    struct mh ba = {
        .type = MH_BA, .flags = MH_BA_KEY, .lifetime = 105, .bids = 1, .bid = {{.bid = 1}}};
    const struct arrival from = {.src = agent, .dst = coa1, .authentic = true};
    ba.sequence = bu.sequence;
    CHECK(bul_ack(&b, &from, &ba, 10 * SIM_MS, &acts));
    acts.n = 0;
    bul_move_keys(&b, &coa1, 10 * SIM_S, &acts);
    CHECK_EQ(acts.n, 0); /* there is nowhere to go */
    tick(bul_next(&b));
    sim_time at = b.exchange[0].sent;
    ba.sequence = sent()->bu.sequence;
    acts.n = 0;
    CHECK(bul_ack(&b, &from, &ba, at + 10 * SIM_MS, &acts));
    CHECK_EQ(bul_find(&b, 1)->state, BUL_BOUND);
    CHECK(bul_next(&b) > at + 100 * SIM_S);
}

CHECK_MAIN(CASE(what_joins_an_update_that_is_out_is_not_acknowledged_with_it),
           CASE(what_changes_while_an_update_is_out_is_not_acknowledged_with_it),
           CASE(what_is_wanted_again_while_it_leaves_is_registered_anew),
           CASE(keys_do_not_go_round_at_an_address_that_answers),
           CASE(another_address_waits_a_second),
           CASE(what_was_registered_on_a_dead_path_is_still_to_be_deleted),
           CASE(keys_move_to_what_is_registered_last), CASE(keys_leave_with_the_address_or_wait),
           CASE(an_update_and_its_answer_measure_the_path), CASE(an_advice_shortens_the_wait),
           CASE(a_binding_ends_with_its_lifetime), CASE(the_tunnel_follows_the_update),
           CASE(a_home_binding_is_one_more))
