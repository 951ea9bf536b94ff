#include "sim/base/units.h"

#include "tests/check.h"

static void times_are_exact(void)
{
    static const struct {
        const char *text;
        sim_time ns;
    } good[] = {
        {"1.5 ms", 1500000},   {"0 s", 0},           {"1 ns", 1},       {"2min", 120 * SIM_S},
        {"1 h", 3600 * SIM_S}, {"0.000000001 s", 1}, {"1.10 us", 1100}, {"-3 ms", -3000000}};
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        sim_time ns = -7;
        struct why w = {""};
        CHECK_EQ(units_time(good[k].text, &ns, &w), ST_OK);
        CHECK_EQ(ns, good[k].ns);
    }
}

static void what_is_not_a_quantity_is_refused(void)
{
    static const char *const bad[] = {
        "",      "5",     "5 m",    "ms",    "1e3 ms", "0x10 ms", "+1 ms",
        "1. ms", ".5 ms", "1,5 ms", "01 ms", "0.5 ns", "1 msx",   "99999999999999 h",
        "1 Ms",  "nan s", "inf s",  "1 s s"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        sim_time ns = 0;
        struct why w = {""};
        if (units_time(bad[k], &ns, &w) == ST_OK)
            (void)fprintf(stderr, "'%s' was read\n", bad[k]);
        CHECK(units_time(bad[k], &ns, &w) != ST_OK);
        CHECK(strlen(w.text) > 10);
    }
}

static void rates_sizes_and_shares(void)
{
    int64_t v = 0;
    uint32_t ppb = 0;
    struct why w;
    CHECK_EQ(units_rate("30 Mbit/s", &v, &w), ST_OK);
    CHECK_EQ(v, 30000000);
    CHECK_EQ(units_rate("0.5 kbps", &v, &w), ST_OK);
    CHECK_EQ(v, 500);
    CHECK(units_rate("30 MB/s", &v, &w) != ST_OK);
    CHECK_EQ(units_size("2 KiB", &v, &w), ST_OK);
    CHECK_EQ(v, 2048);
    CHECK(units_size("1.5 B", &v, &w) != ST_OK);
    CHECK_EQ(units_share("0.1 %", &ppb, &w), ST_OK);
    CHECK_EQ(ppb, 1000000);
    CHECK_EQ(units_share("0.001", &ppb, &w), ST_OK);
    CHECK_EQ(ppb, 1000000);
    CHECK_EQ(units_share("100 %", &ppb, &w), ST_OK);
    CHECK_EQ(ppb, SHARE_ONE);
    CHECK(units_share("100.1 %", &ppb, &w) != ST_OK);
    CHECK(units_share("-1 %", &ppb, &w) != ST_OK);
    CHECK_EQ(units_packets("250 packets", &v, &w), ST_OK);
    CHECK_EQ(v, 250);
    CHECK(units_integer("1.0", &v, &w) != ST_OK);
    CHECK(units_integer("007", &v, &w) != ST_OK);
    CHECK_EQ(units_integer("9223372036854775808", &v, &w), ST_RANGE);
    CHECK_EQ(units_integer("-18446744073709551616", &v, &w), ST_RANGE);
    CHECK_EQ(units_integer("18446744073709551616 ", &v, &w), ST_SYNTAX);
    CHECK_EQ(units_integer("00000000000000000001", &v, &w), ST_SYNTAX);
    CHECK_EQ(units_integer("9223372036854775807", &v, &w), ST_OK);
}

static void what_is_printed_is_read_back(void)
{
    static const sim_time times[] = {0, 1, 999, 1000, 1500000, SIM_S, 61 * SIM_S, 1234567890123};
    for (size_t k = 0; k < sizeof times / sizeof times[0]; k++) {
        char text[64];
        sim_time ns = -1;
        struct why w;
        units_print_time(text, sizeof text, times[k]);
        CHECK_EQ(units_time(text, &ns, &w), ST_OK);
        CHECK_EQ(ns, times[k]);
    }
    for (uint32_t ppb = 0; ppb <= SHARE_ONE - 12345677; ppb += 12345677) {
        char text[64];
        uint32_t back = 1;
        struct why w;
        units_print_share(text, sizeof text, ppb);
        CHECK_EQ(units_share(text, &back, &w), ST_OK);
        CHECK_EQ(back, ppb);
    }
    char text[64];
    units_print_rate(text, sizeof text, 30000000);
    CHECK(!strcmp(text, "30 Mbit/s"));
}

/* To the nearest ns, once. */
static void transmission_times_round_to_nearest(void)
{
    CHECK_EQ(units_transmission(1500, 1000000000), 12000);
    CHECK_EQ(units_transmission(1, 3), 2666666667);
    CHECK_EQ(units_transmission(1, 3000000000), 3); /* 2.67 */
    CHECK_EQ(units_transmission(0, 1), 0);
}

CHECK_MAIN(CASE(times_are_exact), CASE(what_is_not_a_quantity_is_refused),
           CASE(rates_sizes_and_shares), CASE(what_is_printed_is_read_back),
           CASE(transmission_times_round_to_nearest))
