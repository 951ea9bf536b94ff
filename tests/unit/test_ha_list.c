/* The Home Agents List: RFC 6275 10.5.1. */
#include "models/mip6/ha_list.h"
#include "models/wire/dhaad.h"

#include "tests/check.h"

static struct ha_list list;
static const struct rng_seed seed = {{1, 2}};

static struct addr router(unsigned k)
{
    return addr_link_local_of(0x1000 + k);
}

static struct addr global(unsigned k)
{
    const struct prefix home = {{{0x20, 1, 0xd, 0xb8, 0, 0xa}}, 64};
    return addr_join(&home, 0x1000 + k);
}

static void begin(void)
{
    const struct rng order = rng_stream(&seed, "ha.mip6.agents");
    ha_list_init(&list, &order);
}

/* A router that is a home agent, for 100 s, and says no more of it. */
static struct nd_message advertisement(unsigned k)
{
    struct nd_message ra = {.type = ICMP6_RA, .home_agent = true, .router_lifetime_s = 100};
    ra.options.prefixes = 1;
    ra.options.prefix[0] = (struct nd_prefix){.prefix = global(k), .len = 64, .router = true};
    return ra;
}

static struct nd_message with_information(unsigned k, uint16_t preference, uint16_t lifetime_s)
{
    struct nd_message ra = advertisement(k);
    ra.options.has_home_agent = true;
    ra.options.home_preference = preference;
    ra.options.home_lifetime_s = lifetime_s;
    return ra;
}

static enum ha_change hear(unsigned k, const struct nd_message *ra, sim_time now,
                           struct ha_entry *e)
{
    struct addr from = router(k);
    return ha_list_advertised(&list, &from, ra, now, e);
}

static void hear_at_0(unsigned k, uint16_t preference)
{
    struct ha_entry e;
    struct nd_message ra = with_information(k, preference, 100);
    CHECK_EQ(hear(k, &ra, 0, &e), HA_NEW);
}

static bool lists(unsigned k)
{
    struct addr all[DHAAD_ADDRESSES];
    struct addr wanted = global(k);
    unsigned n = ha_list_addresses(&list, all, DHAAD_ADDRESSES);
    for (unsigned j = 0; j < n; j++) {
        if (addr_eq(&all[j], &wanted))
            return true;
    }
    return false;
}

static void defaults_are_preference_0_and_the_router_lifetime(void)
{
    struct ha_entry e = {.preference = 9};
    begin();
    struct nd_message ra = advertisement(1);
    CHECK_EQ(hear(1, &ra, 5 * SIM_S, &e), HA_NEW);
    RULE("MIP6-ICMP-3");
    CHECK(e.preference == 0 && e.until == 105 * SIM_S && e.globals == 1);
    ra = with_information(1, 7, 50);
    CHECK_EQ(hear(1, &ra, 6 * SIM_S, &e), HA_CHANGED);
    RULE("MIP6-ICMP-3");
    CHECK(e.preference == 7 && e.until == 56 * SIM_S);
    CHECK_EQ(hear(1, &ra, 7 * SIM_S, &e), HA_SAME);
    CHECK(list.entries == 1 && ha_list_next(&list) == 57 * SIM_S);
    ra = advertisement(1); /* no option: back to what goes without saying */
    CHECK_EQ(hear(1, &ra, 8 * SIM_S, &e), HA_CHANGED);
    CHECK(e.preference == 0 && e.until == 108 * SIM_S);
}

static void without_h_and_with_lifetime_0_the_sender_is_removed(void)
{
    struct ha_entry e;
    begin();
    hear_at_0(1, 1);
    hear_at_0(2, 2);
    hear_at_0(3, 3);
    struct nd_message ra = with_information(2, 2, 100);
    ra.home_agent = false;
    RULE("MIP6-ICMP-3");
    CHECK(hear(2, &ra, SIM_S, &e) == HA_GONE && !lists(2) && lists(1) && lists(3));
    CHECK_EQ(hear(2, &ra, SIM_S, &e), HA_SAME);
    ra = with_information(3, 3, 0);
    RULE("MIP6-ICMP-3");
    CHECK(hear(3, &ra, SIM_S, &e) == HA_GONE && !lists(3) && lists(1));
    ra = advertisement(1);
    ra.router_lifetime_s = 0; /* which is the home agent's, too, where no option says more */
    CHECK(hear(1, &ra, SIM_S, &e) == HA_GONE && list.entries == 0);
    CHECK_EQ(hear(1, &ra, SIM_S, &e), HA_SAME);
    ra = with_information(1, 0, 9);
    ra.router_lifetime_s = 0;
    CHECK_EQ(hear(1, &ra, SIM_S, &e), HA_NEW); /* no default router, but a home agent */
}

static void a_lifetime_ends(void)
{
    struct ha_entry e;
    struct addr own_router = router(0);
    struct addr own = global(0);
    begin();
    ha_list_put_own(&list, &own_router, &own, 4);
    CHECK(ha_list_next(&list) == SIM_NEVER);
    struct nd_message ra = with_information(1, 0, 20);
    CHECK_EQ(hear(1, &ra, 0, &e), HA_NEW);
    ra = with_information(2, 0, 10);
    CHECK_EQ(hear(2, &ra, 0, &e), HA_NEW);
    CHECK_EQ(ha_list_next(&list), 10 * SIM_S);
    CHECK(!ha_list_expire(&list, 10 * SIM_S - 1, &e));
    struct addr gone = router(2);
    RULE("MIP6-ICMP-3");
    CHECK(ha_list_expire(&list, 10 * SIM_S, &e) && addr_eq(&e.router, &gone) && !lists(2));
    CHECK(!ha_list_expire(&list, 10 * SIM_S, &e) && ha_list_next(&list) == 20 * SIM_S);
    CHECK(ha_list_expire(&list, 20 * SIM_S, &e) && lists(0));
    CHECK(!ha_list_expire(&list, 1000000 * SIM_S, &e) && list.entries == 1);
}

/* Prefix Information without R names a prefix, and no address. */
static void addresses_are_those_with_r(void)
{
    struct ha_entry e;
    begin();
    struct nd_message ra = advertisement(1);
    ra.options.prefix[0].router = false;
    CHECK(hear(1, &ra, 0, &e) == HA_NEW && e.globals == 0 && !lists(1));
    ra.options.prefix[0].router = true;
    ra.options.prefixes = 3;
    ra.options.prefix[1] = ra.options.prefix[0];
    ra.options.prefix[2] = (struct nd_prefix){.prefix = router(1), .len = 64, .router = true};
    CHECK(hear(1, &ra, 0, &e) == HA_CHANGED && e.globals == 1 && lists(1));
}

static void greater_preferences_come_first_and_equal_ones_in_any_order(void)
{
    enum { REPLIES = 3000 };
    unsigned first[7] = {0};
    struct addr all[DHAAD_ADDRESSES];
    begin();
    hear_at_0(1, 0);
    hear_at_0(2, 10);
    hear_at_0(3, 10);
    hear_at_0(4, 65535);
    hear_at_0(5, 10);
    hear_at_0(6, 9);
    bool sorted = true;
    for (unsigned k = 0; k < REPLIES; k++) {
        unsigned n = ha_list_addresses(&list, all, DHAAD_ADDRESSES);
        unsigned at[6] = {0};
        for (unsigned j = 0; j < n && j < 6; j++)
            at[j] = all[j].b[15];
        sorted &= n == 6 && at[0] == 4 && at[4] == 6 && at[5] == 1;
        sorted &= at[1] + at[2] + at[3] == 10 && at[1] != at[2];
        if (at[1] < 7)
            first[at[1]]++;
    }
    RULE("MIP6-ICMP-2");
    CHECK(sorted);
    RULE("MIP6-ICMP-2");
    CHECK(first[2] + first[3] + first[5] == REPLIES);
    for (unsigned k = 2; k <= 5; k++) /* 1000 each, and 26 are one standard deviation */
        CHECK(k == 4 || (first[k] > 870 && first[k] < 1130));
}

static void as_many_as_fit_are_told_and_the_best_of_them(void)
{
    struct ha_entry e;
    struct addr all[DHAAD_ADDRESSES];
    begin();
    for (unsigned k = 0; k < HA_LIST; k++)
        hear_at_0(k, (uint16_t)k);
    struct nd_message ra = advertisement(HA_LIST);
    CHECK(hear(HA_LIST, &ra, 0, &e) == HA_SAME && list.refused == 1 && list.entries == HA_LIST);
    unsigned n = ha_list_addresses(&list, all, DHAAD_ADDRESSES);
    bool best = true;
    for (unsigned k = 0; k < n; k++) {
        struct addr wanted = global(HA_LIST - 1 - k);
        best &= addr_eq(&all[k], &wanted);
    }
    RULE("MIP6-ICMP-2");
    CHECK(n == DHAAD_ADDRESSES && best);
}

CHECK_MAIN(CASE(defaults_are_preference_0_and_the_router_lifetime),
           CASE(without_h_and_with_lifetime_0_the_sender_is_removed), CASE(a_lifetime_ends),
           CASE(addresses_are_those_with_r),
           CASE(greater_preferences_come_first_and_equal_ones_in_any_order),
           CASE(as_many_as_fit_are_told_and_the_best_of_them))
