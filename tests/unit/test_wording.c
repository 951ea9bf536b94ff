#include "analysis/wording.h"

#include "tests/check.h"

static void labels(const char *const *value, size_t n, const char *const *want)
{
    struct arena arena = {.blocks = NULL};
    const char **got = wording_labels(&arena, value, n);
    for (size_t k = 0; k < n; k++) {
        CHECK(!strcmp(got[k], want[k]));
        if (strcmp(got[k], want[k]) != 0)
            (void)fprintf(stderr, "  '%s', not '%s'\n", got[k], want[k]);
    }
    arena_release(&arena);
}

static void shortens_long_values_to_what_differs(void)
{
    labels((const char *const[]){"g711", "g729"}, 2, (const char *const[]){"g711", "g729"});
    labels((const char *const[]){"traces/2024/drive-1.csv", "traces/2024/drive-27.csv"}, 2,
           (const char *const[]){"...1", "...27"});
    labels((const char *const[]){"traces/2024/drives/west.csv"}, 1,
           (const char *const[]){"west.csv"});
    labels((const char *const[]){"[wlan0, lte0, lte1]", "[lte0, wlan0, lte1]"}, 2,
           (const char *const[]){"...wlan0, lte0...", "...lte0, wlan0..."});
    labels(
        (const char *const[]){"a value of thirty characters that", "a value of thirty characters"},
        2, (const char *const[]){"...characters that", "...characters"});
}

static void wraps_at_spaces(void)
{
    char text[] = "one two three four five sixseveneight nine";
    wording_wrap(text, 10);
    CHECK(!strcmp(text, "one two\nthree four\nfive\nsixseveneight\nnine"));
}

static void says_metrics_in_words(void)
{
    static const char *const pairs[][2] = {
        {"flow.call.down.lost", "lost packets of call.down"},
        {"flow.call.7.up.delay_p99_ns", "99th percentile of the one-way delay of call.7.up"},
        {"disruption.call.down", "worst disruption of call.down"},
        {"event.car.3.mip6.bu_sent", "how often mip6.bu_sent at car.3"},
        {"counter.ha.drop.source_not_bound", "packets dropped at ha: source_not_bound"},
        {"flow.call.down.lost_share", "share of the packets lost of call.down"},
        {"sa.ha.replay", "packets refused as replayed at ha"},
        {"sa.car.3.in.too_old", "packets left of the replay window at car.3, inbound"},
        {"sa.ha.out.bytes", "volume through SAs of ha, outbound"},
        {"sa.ha.in.hoti.replay", "packets refused as replayed at ha, inbound, policy hoti"},
        {"sa.car.3.out.bu.bytes", "volume through SAs of car.3, outbound, policy bu"},
        {"sa.ha.nonsense", "sa.ha.nonsense"},
        {"p95(disruption.ping.*.down)",
         "95th percentile over ping.* of the worst disruption, downwards"},
        {"sum(flow.ping.*.up.lost)", "sum over ping.* of the lost packets, upwards"},
        {"median(flow.ping.*.down.delay_mean_ns)",
         "median over ping.* of the mean one-way delay, downwards"},
        {"min(flow.ping.*.down.mos_mean)",
         "minimum over ping.* of the MOS, mean of 10 s windows, downwards"},
        {"max(counter.fleet.*.ike.bytes)", "maximum over fleet.* of ike.bytes"},
        {"max(counter.fleet.*.drop.cpu_queue)",
         "maximum over fleet.* of the packets dropped: cpu_queue"},
        {"mean(event.fleet.*.mip6.bu_sent)", "mean over fleet.* of how often mip6.bu_sent"},
        {"p99(sa.fleet.*.in.too_old)",
         "99th percentile over fleet.* of the packets left of the replay window, inbound"},
        {"p90(since.fleet.*.mip6.bu_sent.mip6.ba_received)",
         "90th percentile over fleet.* of the time since mip6.bu_sent.mip6.ba_received"},
        {"odd", "odd"},
    };
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        char text[200];
        wording_metric(text, sizeof text, pairs[k][0]);
        CHECK(!strcmp(text, pairs[k][1]));
    }
}

static void takes_the_larger_unit_where_all_are_large(void)
{
    const double large[] = {0, 2e9, 3.5e9};
    const double mixed[] = {2e9, 3e6};
    CHECK(!strcmp(wording_scale(QUANTITY_TIME, large, 3).unit, "s"));
    CHECK(!strcmp(wording_scale(QUANTITY_TIME, mixed, 2).unit, "ms"));
    CHECK(!strcmp(wording_scale(QUANTITY_TIME, large, 1).unit, "ms"));
    CHECK(!strcmp(wording_scale(QUANTITY_SHARE, mixed, 2).unit, "%"));
    CHECK(!strcmp(wording_metric_scale("flow.call.up.delay_max_ns", large, 3).unit, "s"));
    CHECK(!strcmp(wording_metric_scale("flow.call.up.lost", large, 3).unit, ""));
    CHECK(!strcmp(wording_metric_scale("p95(disruption.ping.*.down)", large, 3).unit, "s"));
    CHECK(!strcmp(wording_metric_scale("sum(counter.fleet.*.ike.bytes)", large, 3).unit, "kB"));
    const struct scale share = wording_metric_scale("flow.call.up.lost_share", mixed, 2);
    CHECK(!strcmp(share.unit, "%") && share.divisor > 0.00999 && share.divisor < 0.01001);
}

CHECK_MAIN(CASE(shortens_long_values_to_what_differs), CASE(wraps_at_spaces),
           CASE(says_metrics_in_words), CASE(takes_the_larger_unit_where_all_are_large))
