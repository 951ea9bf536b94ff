/* Return routability of a mobile node: what it sends, believes and hands out. */
#include "models/mip6/rr.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr coa1 = {{0x20, 1, 0xd, 0xb8, 0, 0xb1, [15] = 0x11}};
static const struct addr coa2 = {{0x20, 1, 0xd, 0xb8, 0, 0xb2, [15] = 0x22}};
static const struct addr cn = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static struct rng rng;
static struct rr r;
static struct rr_acts acts;
static struct rr_keys keys;

static struct rr_config config(sim_time ahead)
{
    return (struct rr_config){.home = home,
                              .peer = cn,
                              .initial_timeout = SIM_S,
                              .max_timeout = 32 * SIM_S,
                              .ahead = ahead};
}

static void begin(sim_time ahead)
{
    const struct rr_config how = config(ahead);
    const struct rng_seed seed = rng_seed_of(3, 0);
    rng = rng_stream(&seed, "mn.mip6.ro");
    rr_init(&r, &how, &rng);
}

static unsigned tick(sim_time now)
{
    acts.n = 0;
    while (rr_next(&r) <= now)
        rr_tick(&r, now, &acts);
    return acts.n;
}

static const struct rr_act *act(enum rr_kind kind)
{
    for (unsigned k = 0; k < acts.n; k++)
        if (acts.act[k].kind == kind)
            return &acts.act[k];
    return NULL;
}

static struct arrival hot_way(void)
{
    return (struct arrival){.src = cn, .dst = home, .tunnelled = true};
}

static struct arrival cot_way(const struct addr *coa)
{
    return (struct arrival){.src = cn, .dst = *coa};
}

static enum rr_verdict hear(uint8_t type, uint64_t cookie, const struct arrival *a, sim_time now)
{
    const struct mh m = {
        .type = type, .cookie = cookie, .token = cookie ^ 0x55, .nonce_index = type};
    return rr_received(&r, a, &m, now);
}

/* Both tests of coa1 answered at `now`. */
static void hold(sim_time now)
{
    const struct arrival hot = hot_way();
    const struct arrival cot = cot_way(&coa1);
    CHECK(rr_begin(&r, &coa1, now));
    CHECK_EQ(tick(now), 2);
    CHECK_EQ(hear(MH_HOT, r.home.cookie, &hot, now), RR_TAKEN);
    CHECK_EQ(hear(MH_COT, r.care_of[0].cookie, &cot, now), RR_TAKEN);
    CHECK(tick(now) == 1 && act(RR_READY) && addr_eq(&act(RR_READY)->coa, &coa1));
}

/* RFC 6275 11.6.2, each condition by itself. */
static void only_the_right_answer_is_believed(void)
{
    begin(0);
    CHECK(rr_begin(&r, &coa1, SIM_S));
    struct arrival hot = hot_way();
    struct arrival cot = cot_way(&coa1);
    CHECK_EQ(hear(MH_HOT, 0, &hot, SIM_S), RR_UNASKED); /* nothing has left: no cookie is right */
    (void)tick(SIM_S);
    uint64_t c = r.home.cookie;
    uint64_t d = r.care_of[0].cookie;
    RULE("MIP6-RR-4");
    CHECK_EQ(hear(MH_HOT, c ^ 1, &hot, SIM_S), RR_OTHER_COOKIE);
    hot.tunnelled = false;
    RULE("MIP6-RR-4");
    CHECK_EQ(hear(MH_HOT, c, &hot, SIM_S), RR_WRONG_WAY);
    hot = hot_way();
    hot.dst = coa1;
    RULE("MIP6-RR-4");
    CHECK_EQ(hear(MH_HOT, c, &hot, SIM_S), RR_WRONG_WAY);
    hot = hot_way();
    hot.src = coa2;
    CHECK_EQ(hear(MH_HOT, c, &hot, SIM_S), RR_WRONG_WAY);
    cot.dst = coa2;
    RULE("MIP6-RR-4");
    CHECK_EQ(hear(MH_COT, d, &cot, SIM_S), RR_WRONG_WAY);
    cot = cot_way(&coa1);
    CHECK_EQ(hear(MH_COT, c, &cot, SIM_S), RR_OTHER_COOKIE);
    CHECK_EQ(hear(MH_COT, d, &cot, SIM_S), RR_TAKEN);
    hot = hot_way();
    CHECK(!rr_keys(&r, &coa1, SIM_S, &keys));
    CHECK_EQ(hear(MH_HOT, c, &hot, SIM_S), RR_TAKEN);
    RULE("MIP6-RR-4");
    CHECK_EQ(hear(MH_HOT, c, &hot, SIM_S), RR_UNASKED); /* there is a token */
    CHECK(rr_keys(&r, &coa1, SIM_S, &keys) && keys.home_nonce == MH_HOT &&
          keys.care_of_nonce == MH_COT);
    CHECK(rr_keys_home(&r, SIM_S, &keys) && keys.care_of_nonce == 0);
}

/* 1, 2, 4 s, and the wait after the third repetition; a new cookie each time. */
static void tests_are_repeated_three_times(void)
{
    static const sim_time at_s[] = {10, 11, 13, 17};
    uint64_t cookies[4];
    const struct arrival hot = hot_way();
    begin(0);
    CHECK(rr_begin(&r, &coa1, 10 * SIM_S));
    for (int k = 0; k < 4; k++) {
        CHECK(k == 0 || rr_next(&r) == at_s[k] * SIM_S);
        CHECK(tick(at_s[k] * SIM_S) == 2 && act(RR_SEND_HOTI) && act(RR_SEND_COTI));
        cookies[k] = act(RR_SEND_HOTI)->m.cookie;
        for (int j = 0; j < k; j++) {
            RULE("MIP6-RR-5");
            CHECK(cookies[j] != cookies[k]);
            CHECK_EQ(hear(MH_HOT, cookies[j], &hot, at_s[k] * SIM_S), RR_OTHER_COOKIE);
        }
    }
    RULE("MIP6-RR-8");
    CHECK(rr_next(&r) == 25 * SIM_S && tick(25 * SIM_S) > 0 && act(RR_FAILED));
    CHECK_EQ(rr_next(&r), SIM_NEVER);
}

static void a_first_message_is_not_limited(void)
{
    begin(0);
    CHECK(rr_begin(&r, &coa1, 0)); /* at time 0, when nothing was ever sent */
    CHECK_EQ(tick(0), 2);
}

/* Three a second of each type; one type does not hold up the other. */
static void each_type_has_a_limiter(void)
{
    begin(0);
    hold(0);
    for (unsigned k = 0; k < 4; k++) {
        struct addr coa = coa2;
        coa.b[15] = (uint8_t)k;
        CHECK(rr_begin(&r, &coa, k));
        CHECK_EQ(tick(k), k < 2 ? 1 : 0);
    }
    rr_discard_home(&r);
    rr_begin_home(&r, 10);
    CHECK(tick(10) == 1 && act(RR_SEND_HOTI));
    RULE("MIP6-MN-7");
    CHECK(rr_next(&r) == SIM_S && tick(SIM_S) >= 1 && act(RR_SEND_COTI));
}

static void tokens_live_for_210_s(void)
{
    begin(0);
    hold(SIM_S);
    CHECK_EQ(rr_next(&r), SIM_NEVER);
    RULE("MIP6-RR-7");
    CHECK(rr_keys(&r, &coa1, 211 * SIM_S, &keys));
    RULE("MIP6-RR-7");
    CHECK(!rr_keys(&r, &coa1, 211 * SIM_S + 1, &keys) && !rr_keys_home(&r, 211 * SIM_S + 1, &keys));
    CHECK(rr_begin(&r, &coa1, 212 * SIM_S));
    CHECK(tick(212 * SIM_S) == 2 && act(RR_SEND_HOTI) && act(RR_SEND_COTI));
}

/* While they are wanted they are renewed before; the old ones serve meanwhile. */
static void tokens_are_renewed_ahead(void)
{
    const struct arrival hot = hot_way();
    begin(30 * SIM_S);
    hold(0);
    CHECK_EQ(rr_next(&r), 180 * SIM_S);
    CHECK(tick(180 * SIM_S) == 2 && rr_keys(&r, &coa1, 180 * SIM_S, &keys));
    CHECK_EQ(hear(MH_HOT, r.home.cookie, &hot, 181 * SIM_S), RR_TAKEN);
    CHECK(rr_keys(&r, &coa1, 210 * SIM_S, &keys) && !rr_keys(&r, &coa1, 211 * SIM_S, &keys));
    for (sim_time at = 181 * SIM_S; at < 200 * SIM_S; at = rr_next(&r))
        (void)tick(at);
    CHECK(!act(RR_FAILED)); /* nobody waits for it */
    rr_rest(&r);
    CHECK_EQ(rr_next(&r), SIM_NEVER);
}

/* RFC 6275 5.2.7: the home token for all care-of addresses. */
static void tokens_are_shared(void)
{
    begin(0);
    hold(0);
    CHECK(rr_begin(&r, &coa2, SIM_S));
    RULE("MCOA-MN-10");
    CHECK(tick(SIM_S) == 1 && act(RR_SEND_COTI) && addr_eq(&act(RR_SEND_COTI)->coa, &coa2));
    rr_forget(&r, &coa1);
    CHECK(!rr_keys(&r, &coa1, 2 * SIM_S, &keys));
}

static void at_home_the_answer_comes_directly(void)
{
    struct arrival hot = hot_way();
    hot.tunnelled = false;
    begin(0);
    rr_set_home(&r, true);
    rr_begin_home(&r, 0);
    CHECK(tick(0) == 1 && hear(MH_HOT, r.home.cookie, &hot, SIM_MS) == RR_TAKEN);
    CHECK(tick(SIM_MS) == 1 && act(RR_READY) && addr_unspecified(&act(RR_READY)->coa));
}

CHECK_MAIN(CASE(only_the_right_answer_is_believed), CASE(tests_are_repeated_three_times),
           CASE(a_first_message_is_not_limited), CASE(each_type_has_a_limiter),
           CASE(tokens_live_for_210_s), CASE(tokens_are_renewed_ahead), CASE(tokens_are_shared),
           CASE(at_home_the_answer_comes_directly))
