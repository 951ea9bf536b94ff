/* A mobile node looks for its home agents: RFC 6275 11.4.1. */
#include "models/mip6/discovery.h"

#include "tests/check.h"

static struct discovery d;
static struct discovery_act act;
static const struct rng_seed seed = {{1, 2}};
static const struct discovery_config how = {
    .timers = {.first = 3 * SIM_S, .retries = 4, .pause = 60 * SIM_S, .tries = 3},
    .gap = 1500 * SIM_MS};

static struct addr agent(unsigned k)
{
    return (struct addr){{0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = (uint8_t)k}};
}

static void begin(void)
{
    const struct rng identifiers = rng_stream(&seed, "mn.mip6.discovery");
    discovery_init(&d, &how, &identifiers, 0);
    discovery_set_away(&d, true);
}

/* What happens next, at its time; false: nothing ever. */
static bool next(sim_time *now)
{
    *now = discovery_next(&d);
    return *now != SIM_NEVER && discovery_tick(&d, *now, &act);
}

static struct dhaad reply_of(uint16_t identifier, unsigned n)
{
    struct dhaad m = {.type = ICMP6_HAAD_REPLY, .identifier = identifier, .addresses = n};
    for (unsigned k = 0; k < n; k++)
        m.address[k] = agent(k + 1);
    return m;
}

static void answer(unsigned n, sim_time now)
{
    struct dhaad m = reply_of(d.identifier, n);
    CHECK_EQ(discovery_replied(&d, &m, -SIM_S, now), DISCOVERY_ACCEPTED);
}

static bool tries(unsigned k, sim_time at)
{
    sim_time now;
    struct addr wanted = agent(k);
    return next(&now) && now == at && act.kind == DISCOVERY_TRY && addr_eq(&act.agent, &wanted);
}

static void asks_again_after_3_6_12_24_s_and_rests(void)
{
    static const int64_t at[] = {0, 3, 9, 21, 45};
    sim_time now = 0;
    begin();
    uint16_t identifier = 0;
    for (size_t k = 0; k < 5; k++) {
        bool asked = next(&now) && act.kind == DISCOVERY_ASK;
        identifier = k ? identifier : act.identifier;
        RULE("MIP6-ICMP-1");
        CHECK(asked && now == at[k] * SIM_S && act.sent == (int64_t)k + 1 &&
              act.identifier == identifier);
    }
    RULE("MIP6-ICMP-1");
    CHECK(next(&now) && now == 93 * SIM_S && act.kind == DISCOVERY_VAIN);
    CHECK(next(&now) && now == 153 * SIM_S && act.kind == DISCOVERY_ASK && act.sent == 1 &&
          act.identifier != identifier);
    CHECK(next(&now) && now == 156 * SIM_S);
}

/* A care-of address is gone for a while. */
static void asks_only_while_it_is_away(void)
{
    sim_time now = 0;
    begin();
    discovery_set_away(&d, false);
    CHECK(discovery_next(&d) == SIM_NEVER && !discovery_tick(&d, 10 * SIM_S, &act));
    discovery_set_away(&d, true);
    CHECK(discovery_tick(&d, 10 * SIM_S, &act) && act.kind == DISCOVERY_ASK);
    CHECK(discovery_next(&d) == 13 * SIM_S && next(&now));
}

static void only_the_first_answer_to_its_own_question_counts(void)
{
    sim_time now = 0;
    begin();
    struct dhaad m = reply_of(0, 2);
    CHECK_EQ(discovery_replied(&d, &m, 0, 0), DISCOVERY_UNASKED); /* nothing has left */
    CHECK(next(&now));
    m = reply_of((uint16_t)(d.identifier + 1), 2);
    CHECK_EQ(discovery_replied(&d, &m, 0, SIM_MS), DISCOVERY_UNASKED);
    m = reply_of(d.identifier, 0);
    CHECK_EQ(discovery_replied(&d, &m, 0, SIM_MS), DISCOVERY_EMPTY);
    m = reply_of(d.identifier, 1);
    m.address[0] = addr_link_local_of(1);
    CHECK_EQ(discovery_replied(&d, &m, 0, SIM_MS), DISCOVERY_EMPTY);
    CHECK_EQ(discovery_next(&d), 3 * SIM_S); /* and it still asks */
    answer(2, SIM_MS);
    CHECK(tries(1, SIM_MS) && discovery_has_agent(&d));
    m = reply_of(d.identifier, 3);
    CHECK_EQ(discovery_replied(&d, &m, 0, 2 * SIM_MS), DISCOVERY_UNASKED);
    CHECK(d.listed == 2 && discovery_next(&d) == SIM_NEVER);
}

static void the_next_waits_1500_ms_after_the_last_update(void)
{
    begin();
    sim_time now = 0;
    CHECK(next(&now));
    answer(3, SIM_S);
    CHECK(tries(1, SIM_S));
    discovery_leave(&d, "refused", SIM_S, SIM_S + 50 * SIM_MS);
    CHECK(!discovery_has_agent(&d));
    RULE("MIP6-ICMP-4");
    CHECK(tries(2, SIM_S + 1500 * SIM_MS));
    CHECK(!strcmp(act.why, "refused"));
    discovery_leave(&d, "no answer", 10 * SIM_S, 14 * SIM_S); /* it has waited longer already */
    RULE("MIP6-ICMP-4");
    CHECK(tries(3, 14 * SIM_S));
}

/* Nobody acknowledged: a pause; somebody had: at once. */
static void a_list_that_is_used_up_is_asked_for_anew(void)
{
    sim_time now = 0;
    begin();
    CHECK(next(&now));
    answer(2, SIM_S);
    CHECK(tries(1, SIM_S));
    discovery_leave(&d, "no answer", 2 * SIM_S, 10 * SIM_S);
    CHECK(tries(2, 10 * SIM_S));
    discovery_leave(&d, "no answer", 11 * SIM_S, 20 * SIM_S);
    CHECK(next(&now) && now == 20 * SIM_S && act.kind == DISCOVERY_VAIN);
    CHECK(next(&now) && now == 80 * SIM_S && act.kind == DISCOVERY_ASK && act.sent == 1);
    answer(2, 81 * SIM_S);
    CHECK(tries(1, 81 * SIM_S));
    discovery_registered(&d, 100 * SIM_S);
    CHECK(discovery_next(&d) == SIM_NEVER && d.state == DISCOVERY_SETTLED);
    discovery_leave(&d, "no answer", 99 * SIM_S, 102 * SIM_S);
    CHECK(tries(2, 102 * SIM_S));
    discovery_leave(&d, "no answer", 103 * SIM_S, 110 * SIM_S);
    CHECK(next(&now) && now == 110 * SIM_S && act.kind == DISCOVERY_ASK && act.sent == 1);
}

/* The one that holds a binding comes before all others, wherever it stands, while it does. */
static void the_current_home_agent_is_tried_first(void)
{
    for (int lasts = 0; lasts < 2; lasts++) {
        sim_time now = 0;
        begin();
        CHECK(next(&now));
        answer(2, SIM_S);
        CHECK(tries(1, SIM_S));
        discovery_leave(&d, "no answer", 2 * SIM_S, 10 * SIM_S);
        CHECK(tries(2, 10 * SIM_S));
        discovery_registered(&d, lasts ? 200 * SIM_S : 50 * SIM_S);
        discovery_leave(&d, "no answer", 60 * SIM_S, 70 * SIM_S);
        CHECK(next(&now) && act.kind == DISCOVERY_ASK && now == 70 * SIM_S);
        answer(3, 71 * SIM_S);
        RULE("MIP6-ICMP-4");
        CHECK(tries(lasts ? 2 : 1, 71 * SIM_S));
        discovery_leave(&d, "no answer", 72 * SIM_S, 80 * SIM_S);
        CHECK(tries(lasts ? 1 : 2, 80 * SIM_S)); /* then in order */
        discovery_leave(&d, "no answer", 81 * SIM_S, 90 * SIM_S);
        CHECK(tries(3, 90 * SIM_S));
    }
}

/* It was out of reach for a while, and defends the address that it has a binding of. */
static void who_holds_the_binding_is_gone_back_to_once(void)
{
    sim_time now = 0;
    begin();
    CHECK(next(&now));
    answer(3, SIM_S);
    CHECK(tries(1, SIM_S));
    discovery_registered(&d, 500 * SIM_S);
    discovery_leave(&d, "no answer", 60 * SIM_S, 70 * SIM_S);
    CHECK(tries(2, 70 * SIM_S));
    discovery_taken(&d, 70 * SIM_S, 71 * SIM_S);
    CHECK(tries(1, 71500 * SIM_MS) && !strcmp(act.why, "current"));
    discovery_leave(&d, "no answer", 72 * SIM_S, 80 * SIM_S);
    CHECK(tries(3, 80 * SIM_S));
    discovery_taken(&d, 80 * SIM_S, 81 * SIM_S);
    CHECK(next(&now) && act.kind == DISCOVERY_ASK); /* that was all */
}

static void whoever_else_holds_it_is_in_the_list(void)
{
    sim_time now = 0;
    begin();
    CHECK(next(&now));
    answer(2, SIM_S);
    CHECK(tries(1, SIM_S));
    discovery_taken(&d, SIM_S, 2 * SIM_S);
    CHECK(tries(2, 2500 * SIM_MS) && !strcmp(act.why, "home address taken"));
}

static void a_current_home_agent_that_is_not_listed_is_not_tried(void)
{
    sim_time now = 0;
    begin();
    CHECK(next(&now));
    answer(3, SIM_S);
    CHECK(tries(1, SIM_S));
    discovery_leave(&d, "refused", SIM_S, SIM_S);
    CHECK(tries(2, 2500 * SIM_MS));
    discovery_leave(&d, "refused", 2500 * SIM_MS, 3 * SIM_S);
    CHECK(tries(3, 4 * SIM_S));
    discovery_registered(&d, 500 * SIM_S);
    discovery_leave(&d, "no answer", 60 * SIM_S, 70 * SIM_S);
    CHECK(next(&now) && act.kind == DISCOVERY_ASK);
    answer(2, 71 * SIM_S);
    CHECK(tries(1, 71 * SIM_S));
}

CHECK_MAIN(CASE(asks_again_after_3_6_12_24_s_and_rests), CASE(asks_only_while_it_is_away),
           CASE(only_the_first_answer_to_its_own_question_counts),
           CASE(who_holds_the_binding_is_gone_back_to_once),
           CASE(whoever_else_holds_it_is_in_the_list),
           CASE(the_next_waits_1500_ms_after_the_last_update),
           CASE(a_list_that_is_used_up_is_asked_for_anew),
           CASE(the_current_home_agent_is_tried_first),
           CASE(a_current_home_agent_that_is_not_listed_is_not_tried))
