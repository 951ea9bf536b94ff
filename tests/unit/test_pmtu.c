/* What is known of path MTUs. */
#include "models/node/pmtu.h"

#include "tests/check.h"

static const struct addr wifi = {{0x20, 1, 0xd, 0xb8, 1, [15] = 1}};
static const struct addr lte = {{0x20, 1, 0xd, 0xb8, 2, [15] = 1}};
static const struct addr peer = {{0x20, 1, 0xd, 0xb8, 3, [15] = 1}};

static struct arena arena;
static struct pmtu m;

static void begin(void)
{
    arena = (struct arena){0};
    pmtu_init(&m, &arena, 600 * SIM_S);
}

static void a_too_big_lowers_and_never_raises(void)
{
    begin();
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 1452, SIM_S), 1500); /* the first hop's */
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1452, 1400, SIM_S), PMTU_LOWERED);
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, SIM_S), 1400);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1452, 1420, SIM_S), PMTU_KNOWN);
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, SIM_S), 1400);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1452, 9000, SIM_S), PMTU_UNMATCHED);
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, SIM_S), 1400);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1452, 1000, SIM_S), PMTU_TOO_SMALL);
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, SIM_S), 1400);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1452, 1280, SIM_S), PMTU_LOWERED);
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, SIM_S), 1280);
    arena_release(&arena);
}

static void it_must_be_about_what_was_sent(void)
{
    begin();
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1500, 1400, 0), PMTU_UNMATCHED);
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 1450, 0), 1500);
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1451, 1400, 0), PMTU_UNMATCHED); /* none so large */
    CHECK_EQ(pmtu_too_big(&m, &lte, &peer, 1450, 1400, 0), PMTU_UNMATCHED);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &lte, 1450, 1400, 0), PMTU_UNMATCHED);
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, 0), 1500);
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 4000, 0), 1500); /* what left were fragments */
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 4000, 1400, 0), PMTU_UNMATCHED);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1500, 1400, 0), PMTU_LOWERED);
    arena_release(&arena);
}

static void more_is_tried_ten_minutes_after_the_last_one(void)
{
    begin();
    (void)pmtu_use(&m, &wifi, &peer, 1500, 1500, 0);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1500, 1400, 0), PMTU_LOWERED);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1500, 1400, 100 * SIM_S), PMTU_KNOWN);
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 1500, 700 * SIM_S - 1), 1400);
    RULE("IP6-PMTU-1");
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 1500, 700 * SIM_S), 1500);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &peer, 1500, 1420, 701 * SIM_S), PMTU_LOWERED);
    CHECK_EQ(pmtu_of(&m, &wifi, &peer, 1500, 701 * SIM_S), 1420);
    arena_release(&arena);
}

static void another_care_of_address_starts_afresh(void)
{
    begin();
    (void)pmtu_use(&m, &lte, &peer, 1500, 1500, 0);
    CHECK_EQ(pmtu_too_big(&m, &lte, &peer, 1500, 1300, 0), PMTU_LOWERED);
    RULE("IP6-PMTU-2");
    CHECK_EQ(pmtu_use(&m, &wifi, &peer, 1500, 1500, SIM_S), 1500);
    RULE("IP6-PMTU-2");
    CHECK_EQ(pmtu_use(&m, &lte, &peer, 1500, 1500, SIM_S), 1300); /* it is remembered */
    CHECK_EQ(pmtu_of(&m, &lte, &peer, 1280, SIM_S), 1280);        /* the first hop is less now */
    arena_release(&arena);
}

static struct addr nth(unsigned k)
{
    struct addr a = peer;
    a.b[12] = (uint8_t)(k >> 16);
    a.b[13] = (uint8_t)(k >> 8);
    a.b[14] = (uint8_t)k;
    return a;
}

static void many_paths_have_a_bound(void)
{
    begin();
    for (unsigned k = 0; k < 4 * PMTU_PATHS; k++) {
        struct addr a = nth(k);
        (void)pmtu_use(&m, &wifi, &a, 1500, 1500, (sim_time)k * SIM_MS);
        CHECK_EQ(pmtu_too_big(&m, &wifi, &a, 1500, 1300, (sim_time)k * SIM_MS), PMTU_LOWERED);
        if (k == 99) { /* none was lost while there was room */
            for (unsigned j = 0; j < k; j++) {
                a = nth(j);
                CHECK_EQ(pmtu_of(&m, &wifi, &a, 1500, SIM_S), 1300);
            }
        }
    }
    unsigned known = 0;
    for (unsigned k = 0; k < 4 * PMTU_PATHS; k++) {
        struct addr a = nth(k);
        known += pmtu_of(&m, &wifi, &a, 1500, 20 * SIM_S) == 1300;
    }
    CHECK(known > PMTU_PATHS / 2 && known <= PMTU_PATHS);
    arena_release(&arena);
}

static void a_path_can_start_afresh(void)
{
    begin();
    struct addr a = nth(1);
    pmtu_forget(&m, &wifi, &a); /* one that is not known */
    (void)pmtu_use(&m, &wifi, &a, 1500, 1500, 0);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &a, 1500, 1300, 0), PMTU_LOWERED);
    pmtu_forget(&m, &wifi, &a);
    CHECK_EQ(pmtu_of(&m, &wifi, &a, 1500, SIM_S), 1500);
    CHECK_EQ(pmtu_too_big(&m, &wifi, &a, 1500, 1400, SIM_S), PMTU_LOWERED);
    arena_release(&arena);
}

CHECK_MAIN(CASE(a_path_can_start_afresh), CASE(a_too_big_lowers_and_never_raises),
           CASE(it_must_be_about_what_was_sent), CASE(more_is_tried_ten_minutes_after_the_last_one),
           CASE(another_care_of_address_starts_afresh), CASE(many_paths_have_a_bound))
