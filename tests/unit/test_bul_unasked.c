/* Binding Updates to a correspondent that ask for no acknowledgement. */
#include "tests/bul_bench.h"

static void begin_unasked(bool mcoa)
{
    struct bul_config how = config(mcoa, BUL_PARALLEL);
    how.correspondent = how.unasked = how.keeps_others = true;
    bul_init(&b, &how, 0);
    bul_add(&b, mcoa ? 1 : 0);
    if (mcoa)
        bul_add(&b, 2);
    acts.n = 0;
}

static void what_asks_for_no_answer_is_bound_at_once(void)
{
    begin_unasked(false);
    want(0, &coa1, SIM_S);
    CHECK(sent()->bu.flags == 0 && has(BUL_UP) && bul_find(&b, 0)->state == BUL_BOUND);
    CHECK_EQ(bul_find(&b, 0)->expires, 421 * SIM_S);
    CHECK_EQ(bul_next(&b), 337 * SIM_S); /* nothing is repeated: the refresh at 80 % */
    tick(337 * SIM_S);
    CHECK(sent()->bu.sequence == 2 && !has(BUL_UP) && bul_find(&b, 0)->state == BUL_BOUND);
    want(0, &coa2, 338 * SIM_S);
    CHECK(sent()->bu.flags == 0 && has(BUL_UP) && bul_find(&b, 0)->told);
    unwant(0, 339 * SIM_S);
    bul_release(&b, 0, 339 * SIM_S, &acts);
    CHECK(sent()->bu.flags == MH_BU_ACK && sent()->bu.lifetime == 0);
}

static void a_refusal_that_nobody_asked_for_counts(void)
{
    begin_unasked(false);
    want(0, &coa1, 0);
    CHECK(answer(1, MH_ST_SEQUENCE - 5, 0, NULL, SIM_S) && has(BUL_LOST)); /* 130 */
    CHECK_EQ(bul_find(&b, 0)->state, BUL_REFUSED);
    begin_unasked(false);
    want(0, &coa1, 0);
    CHECK(answer(9, MH_ST_SEQUENCE, 0, NULL, SIM_S) && has(BUL_LOST) && has(BUL_UP));
    CHECK(sent()->bu.sequence == 10 && bul_find(&b, 0)->state == BUL_BOUND);
    begin_unasked(false);
    want(0, &coa1, 0);
    const struct mh ba = {.type = MH_BA, .status = MH_ST_NONCES, .sequence = 1};
    acts.n = 0;
    CHECK(bul_repeat(&b, &ba, SIM_S, &acts) && has(BUL_LOST) && !bul_find(&b, 0)->told);
    tick(SIM_S);
    CHECK(sent()->bu.sequence == 2 && has(BUL_UP));
    CHECK(answer(2, MH_ST_ACCEPTED, 50, NULL, 2 * SIM_S)); /* told all the same */
    CHECK_EQ(bul_find(&b, 0)->expires, 201 * SIM_S);
}

/* One answer says whether the peer does several; after it nothing is asked for. */
static void several_are_asked_about_first(void)
{
    begin_unasked(true);
    want(1, &coa1, 0);
    struct mh like = sent()->bu;
    CHECK(like.flags == MH_BU_ACK && bul_find(&b, 1)->state == BUL_ASKING);
    CHECK(answer(1, MH_ST_ACCEPTED, 105, &like, SIM_S) && has(BUL_UP));
    want(2, &coa2, 2 * SIM_S);
    CHECK(sent()->bu.flags == 0 && has(BUL_UP) && bul_find(&b, 2)->state == BUL_BOUND);
    bul_return_home(&b, 3 * SIM_S, &acts);
    bul_leave_home(&b);
    CHECK(!b.overwrite && bul_find(&b, 2)->state == BUL_UNBOUND);
}

CHECK_MAIN(CASE(what_asks_for_no_answer_is_bound_at_once),
           CASE(a_refusal_that_nobody_asked_for_counts), CASE(several_are_asked_about_first))
