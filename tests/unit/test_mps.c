/* A mobile node asks for the prefixes of its home link. */
#include "models/mip6/mps.h"

#include "tests/check.h"

static const struct addr home = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [14] = 1}};
static const struct addr agent = {{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1}};
static const struct addr other = {{0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 9}};

static struct mps m;
static uint16_t identifier;

static void begin(void)
{
    const struct mps_config how = {.home = home,
                                   .agent = agent,
                                   .timers = {.first = 3 * SIM_S, .ahead = 60 * SIM_S},
                                   .max_timeout = 32 * SIM_S};
    const struct rng_seed seed = rng_seed_of(1, 0);
    const struct rng identifiers = rng_stream(&seed, "mn.mip6.identifier");
    mps_init(&m, &how, &identifiers);
    mps_set_away(&m, true, 0);
    identifier = 0;
}

static enum mps_verdict hear(uint16_t id, sim_time now)
{
    const struct arrival a = {.src = agent, .home = home, .authentic = true};
    const struct mpd mpa = {.type = ICMP6_MPA, .identifier = id};
    return mps_answered(&m, &a, &mpa, now);
}

static bool tick(sim_time now)
{
    return mps_tick(&m, now, &identifier);
}

/* When nothing has been said about lifetimes, or they are for ever. */
static void nothing_is_asked_without_a_reason(void)
{
    begin();
    CHECK_EQ(mps_next(&m), SIM_NEVER);
    mps_told(&m, SIM_NEVER, SIM_NEVER, 10 * SIM_S);
    CHECK(mps_next(&m) == SIM_NEVER && !tick(1000 * SIM_S));
}

static void a_question_is_repeated_after_3_s_doubled(void)
{
    static const int gaps[] = {3, 6, 12, 24, 32, 32, 32};
    sim_time at = 5 * SIM_S;
    begin();
    mps_ask(&m, at);
    CHECK(mps_next(&m) == at && tick(at));
    uint16_t first = identifier;
    for (size_t k = 0; k < sizeof gaps / sizeof gaps[0]; k++) {
        at += gaps[k] * SIM_S;
        RULE("MIP6-MN-4");
        CHECK_EQ(mps_next(&m), at);
        CHECK(!tick(at - 1) && tick(at) && identifier == first);
    }
    mps_ask(&m, at); /* it is asked already */
    CHECK_EQ(mps_next(&m), at + 32 * SIM_S);
    CHECK_EQ(hear(first, at + SIM_S), MPS_ACCEPTED);
    CHECK_EQ(mps_next(&m), SIM_NEVER);
    mps_ask(&m, at + 10 * SIM_S); /* the next question waits like the first */
    CHECK(tick(at + 10 * SIM_S));
    CHECK_EQ(mps_next(&m), at + 13 * SIM_S);
}

static void each_question_has_a_random_identifier(void)
{
    uint16_t seen[200];
    unsigned same = 0;
    uint32_t low = 0xffff;
    uint32_t high = 0;
    begin();
    for (int k = 0; k < 200; k++) {
        mps_ask(&m, k * SIM_S);
        CHECK(tick(k * SIM_S) && identifier != 0);
        seen[k] = identifier;
        low = identifier < low ? identifier : low;
        high = identifier > high ? identifier : high;
        for (int j = 0; j < k; j++)
            same += seen[j] == seen[k];
        CHECK_EQ(hear(identifier, k * SIM_S), MPS_ACCEPTED);
    }
    RULE("MIP6-ICMP-5");
    CHECK(same < 5 && low < 3000 && high > 62000);
}

static void only_the_answer_to_the_last_question_counts_and_once(void)
{
    begin();
    mps_ask(&m, 0);
    CHECK(tick(0));
    uint16_t right = identifier;
    RULE("MIP6-ICMP-7");
    CHECK_EQ(hear((uint16_t)(right + 1), SIM_S), MPS_UNSOLICITED);
    CHECK(m.asking && m.due == 3 * SIM_S); /* the repetition serves */
    CHECK_EQ(hear(right, 2 * SIM_S), MPS_ACCEPTED);
    RULE("MIP6-ICMP-7");
    CHECK_EQ(hear(right, 2 * SIM_S), MPS_COPY);
    CHECK_EQ(mps_next(&m), SIM_NEVER);
    mps_ask(&m, 10 * SIM_S);
    CHECK(tick(10 * SIM_S));
    RULE("MIP6-ICMP-7");
    CHECK_EQ(hear(right, 11 * SIM_S), MPS_UNSOLICITED); /* of the question before */
}

static void an_unsolicited_one_is_asked_about(void)
{
    begin();
    RULE("MIP6-ICMP-7");
    CHECK_EQ(hear(0, 7 * SIM_S), MPS_UNSOLICITED);
    RULE("MIP6-ICMP-7");
    CHECK_EQ(mps_next(&m), 7 * SIM_S);
    CHECK_EQ(hear(m.identifier, 7 * SIM_S), MPS_UNSOLICITED); /* a guess before it has left */
    CHECK(tick(7 * SIM_S) && !tick(7 * SIM_S));
}

/* "MUST be silently discarded": they raise no question. */
static void nobody_else_is_believed(void)
{
    const struct arrival wrong[] = {
        {.src = other, .home = home, .authentic = true},
        {.src = agent, .home = other, .authentic = true},
        {.src = agent, .authentic = true},
        {.src = agent, .home = home, .authentic = true, .has_home = true},
        {.src = agent, .home = home},
    };
    begin();
    mps_ask(&m, 0);
    CHECK(tick(0));
    const struct mpd mpa = {.type = ICMP6_MPA, .identifier = identifier};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        RULE("MIP6-ICMP-7");
        CHECK_EQ(mps_answered(&m, &wrong[k], &mpa, SIM_S), MPS_FOREIGN);
    }
    CHECK(m.asking);
    CHECK_EQ(hear(identifier, SIM_S), MPS_ACCEPTED);
    CHECK_EQ(mps_answered(&m, &wrong[0], &mpa, SIM_S), MPS_FOREIGN);
    CHECK_EQ(mps_next(&m), SIM_NEVER);
}

/* RFC 6275 11.4.2: a lifetime that is about to end. */
static void a_lifetime_that_ends_is_asked_about_ahead(void)
{
    begin();
    mps_told(&m, 700 * SIM_S, 1000 * SIM_S, 0);
    CHECK_EQ(mps_next(&m), 640 * SIM_S);
    CHECK(!tick(640 * SIM_S - 1) && tick(640 * SIM_S));
    CHECK_EQ(hear(identifier, 641 * SIM_S), MPS_ACCEPTED);
    mps_told(&m, 700 * SIM_S, 1000 * SIM_S, 641 * SIM_S); /* they end all the same */
    CHECK_EQ(mps_next(&m), 670500 * SIM_MS); /* not in the first half of what is left */
    mps_told(&m, 641 * SIM_S, 1000 * SIM_S, 641 * SIM_S); /* deprecated: the other one is left */
    CHECK_EQ(mps_next(&m), 940 * SIM_S);
    mps_told(&m, 641 * SIM_S, 641 * SIM_S, 641 * SIM_S); /* nothing more to ask */
    CHECK_EQ(mps_next(&m), SIM_NEVER);
    mps_told(&m, SIM_NEVER, 741 * SIM_S, 641 * SIM_S);
    CHECK_EQ(mps_next(&m), 691 * SIM_S);
}

/* The home agent answers only to a care-of address that is bound. */
static void without_a_binding_the_question_waits(void)
{
    begin();
    mps_set_away(&m, false, 0);
    mps_ask(&m, SIM_S);
    CHECK(mps_next(&m) == SIM_NEVER && !tick(SIM_S));
    mps_set_away(&m, true, 50 * SIM_S);
    CHECK(mps_next(&m) == 50 * SIM_S && tick(50 * SIM_S));
    mps_set_away(&m, false, 51 * SIM_S);
    mps_rest(&m); /* at home */
    mps_set_away(&m, true, 90 * SIM_S);
    CHECK_EQ(mps_next(&m), SIM_NEVER);
}

CHECK_MAIN(CASE(nothing_is_asked_without_a_reason), CASE(a_question_is_repeated_after_3_s_doubled),
           CASE(each_question_has_a_random_identifier),
           CASE(only_the_answer_to_the_last_question_counts_and_once),
           CASE(an_unsolicited_one_is_asked_about), CASE(nobody_else_is_believed),
           CASE(a_lifetime_that_ends_is_asked_about_ahead),
           CASE(without_a_binding_the_question_waits))
