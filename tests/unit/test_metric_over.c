/* FUNCTION(METRIC): one number of all members of a population. */
#include <string.h>

#include <sqlite3.h>

#include "traces/db.h"
#include "traces/expect.h"

#include "tests/check.h"

static struct sqlite3 *db;

static void put(const char *sql)
{
    struct why w;
    CHECK_EQ(db_do(db, sql, &w), ST_OK);
}

static void open_tables(void)
{
    struct why w;
    CHECK_EQ(db_create(&db, NULL, NULL, &w), ST_OK);
}

/* Members 0 to n - 1 of flow ping lose 10 packets more each, of 1000. */
static void put_flows(int n)
{
    for (int k = 0; k < n; k++) {
        char *sql = sqlite3_mprintf(
            "INSERT INTO flow (flow, direction, sent, in_flight, lost, delay_max_ns) VALUES ('ping.%d', "
            "'down', 1000, 0, %d, NULL), ('ping.%d', 'up', 1000, 0, 7, %d)",
            k, 10 * (k + 1), k, k);
        put(sql);
        sqlite3_free(sql);
    }
    put("INSERT INTO flow (flow, direction, sent, in_flight, lost) VALUES ('ping', 'down', 9, 0, 9), "
        "('pinging.0', 'down', 9, 0, 5000), ('other.ping.0', 'down', 9, 0, 5000)");
}

static double metric(const char *name)
{
    double value = -1000;
    struct why w;
    enum status st = metric_ask(db, name, &value, &w);
    CHECK(st == ST_OK || st == ST_MISSING || st == ST_SYNTAX);
    return st ? -1000 - (double)st : value;
}

static void functions_of_flows(void)
{
    open_tables();
    put_flows(10);
    CHECK_EQ(metric("min(flow.ping.*.down.lost)"), 10);
    CHECK_EQ(metric("max(flow.ping.*.down.lost)"), 100);
    CHECK_EQ(metric("mean(flow.ping.*.down.lost)"), 55);
    CHECK_EQ(metric("median(flow.ping.*.down.lost)"), 55); /* between the 5th and the 6th */
    CHECK_EQ(metric("p90(flow.ping.*.down.lost)"), 90);    /* nearest rank: the 9th of 10 */
    CHECK_EQ(metric("p95(flow.ping.*.down.lost)"), 100);   /* 9.5: the 10th */
    CHECK_EQ(metric("p99(flow.ping.*.down.lost)"), 100);
    CHECK_EQ(metric("sum(flow.ping.*.down.lost)"), 550);
    CHECK_EQ(metric("sum(flow.ping.*.up.lost)"), 70);
    CHECK_NEAR(metric("max(flow.ping.*.down.lost_share)"), 0.1, 1e-12);
    CHECK_EQ(metric("flow.ping.3.down.lost"), 40);
    CHECK_EQ(metric("flow.ping.down.lost"), 9);
    db_close(db);
}

static void a_median_of_odd_n_is_the_middle(void)
{
    open_tables();
    put_flows(3);
    CHECK_EQ(metric("median(flow.ping.*.down.lost)"), 20);
    CHECK_EQ(metric("p90(flow.ping.*.down.lost)"), 30);
    db_close(db);
    open_tables();
    put_flows(100);
    CHECK_EQ(metric("p90(flow.ping.*.down.lost)"), 900);
    CHECK_EQ(metric("p95(flow.ping.*.down.lost)"), 950);
    CHECK_EQ(metric("p99(flow.ping.*.down.lost)"), 990);
    db_close(db);
}

static void members_without_a_value_are_left_out(void)
{
    open_tables();
    put_flows(4);
    put("INSERT INTO disruption (transition, flow, direction, disruption_ns) VALUES (1, 'ping.0', "
        "'down', 50), (2, 'ping.0', 'down', 80), (3, 'ping.2', 'down', 60), (4, 'ping.3', 'up', 900)");
    CHECK_EQ(metric("min(disruption.ping.*.down)"), 60); /* of 80, the worst of ping.0, and 60 */
    CHECK_EQ(metric("max(disruption.ping.*.down)"), 80);
    CHECK_EQ(metric("median(disruption.ping.*.down)"), 70);
    CHECK_EQ(metric("p95(disruption.ping.*.down)"), 80);
    CHECK_EQ(metric("sum(disruption.ping.*.down)"), 140);
    CHECK_EQ(metric("max(flow.ping.*.down.delay_max_ns)"), -1000 - ST_MISSING);
    CHECK_EQ(metric("median(flow.ping.*.down.delay_max_ns)"), -1000 - ST_MISSING);
    CHECK_EQ(metric("p95(flow.ping.*.down.delay_max_ns)"), -1000 - ST_MISSING);
    CHECK_EQ(metric("sum(flow.pong.*.down.lost)"), -1000 - ST_MISSING);
    CHECK_EQ(metric("disruption.ping.1.down"), -1000 - ST_MISSING);
    db_close(db);
}

/* What never happened at a node has no row there, and is 0. */
static void functions_of_nodes(void)
{
    open_tables();
    put("INSERT INTO counter VALUES ('fleet.0', NULL, 'ike.bytes', 500), ('fleet.1', NULL, "
        "'ike.bytes', 700), ('fleet.0', 'one0', 'header.esp.sent', 4), ('fleet.1', 'one0', "
        "'header.esp.sent', 6), ('fleet.0', 'two0', 'header.esp.sent', 99), ('ha', NULL, 'ike.bytes', "
        "99999)");
    put("INSERT INTO occurrence VALUES ('fleet.0', 'mip6.bu_sent', 3, 100), ('fleet.2', "
        "'mip6.bu_sent', 6, 200), ('fleet.2', 'mip6.ba_received', 6, 230), ('fleet.0', "
        "'mip6.ba_received', 3, 110), ('ha', 'mip6.bu_sent', 1000, 5)");
    put("INSERT INTO sa (node, direction, policy, packets, replay) VALUES ('fleet.3', 'in', 'bu', 8, "
        "2), ('fleet.3', 'in', 'hoti', 2, 0), ('fleet.3', 'out', 'bu', 90, 0)");
    CHECK_EQ(metric("sum(counter.fleet.*.ike.bytes)"), 1200);
    CHECK_EQ(metric("mean(counter.fleet.*.ike.bytes)"), 300); /* of four */
    CHECK_EQ(metric("min(counter.fleet.*.ike.bytes)"), 0);
    CHECK_EQ(metric("max(counter.fleet.*.one0.header.esp.sent)"), 6);
    CHECK_EQ(metric("max(event.fleet.*.mip6.bu_sent)"), 6);
    CHECK_NEAR(metric("median(event.fleet.*.mip6.bu_sent)"), 1.5, 1e-12);
    CHECK_EQ(metric("max(since.fleet.*.mip6.bu_sent.mip6.ba_received)"), 30);
    CHECK_EQ(metric("mean(since.fleet.*.mip6.bu_sent.mip6.ba_received)"), 20); /* of two */
    CHECK_EQ(metric("sum(sa.fleet.*.in.packets)"), 10);
    CHECK_EQ(metric("sum(sa.fleet.*.packets)"), 100);
    CHECK_EQ(metric("sum(sa.fleet.*.in.hoti.packets)"), 2);
    CHECK_EQ(metric("sa.fleet.3.out.bu.packets"), 90);
    CHECK_EQ(metric("sa.fleet.3.in.mps.packets"), -1000 - ST_MISSING); /* no such SA: not 0 */
    CHECK_EQ(metric("counter.fleet.2.ike.bytes"), 0);
    db_close(db);
}

static void what_is_no_function_is_not_asked(void)
{
    open_tables();
    put_flows(2);
    CHECK_EQ(metric("flow.ping.*.down.lost"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("max(flow.ping.1.down.lost)"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("avg(flow.ping.*.down.lost)"), -1000 - ST_MISSING);
    CHECK_EQ(metric("max(flow.ping.*.down.lost"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("max(max(flow.ping.*.down.lost))"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("(flow.ping.*.down.lost)"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("max()"), -1000 - ST_SYNTAX);
    CHECK_EQ(metric("max(flow)"), -1000 - ST_SYNTAX);
    db_close(db);
}

static bool has_flow(const void *of, const char *flow)
{
    (void)of;
    return !strcmp(flow, "ping.0") || !strcmp(flow, "call");
}

static bool has_node(const void *of, const char *node)
{
    (void)of;
    return !strcmp(node, "fleet.0") || !strcmp(node, "ha");
}

static bool has_interface(const void *of, const char *node, const char *interface)
{
    return has_node(of, node) && !strcmp(interface, "one0");
}

static void refused(const char *metric, const char *with)
{
    const struct expect_names names = {
        .has_flow = has_flow, .has_node = has_node, .has_interface = has_interface};
    struct why w = {""};
    CHECK(metric_check(metric, &names, &w) != ST_OK);
    CHECK(strstr(w.text, with));
    if (!strstr(w.text, with))
        (void)fprintf(stderr, "  %s\n", w.text);
}

static void each_mistake_has_its_sentence(void)
{
    static const char *const right[] = {"p95(disruption.ping.*.down)",
                                        "sum(flow.ping.*.up.lost)",
                                        "min(counter.fleet.*.ike.bytes)",
                                        "p90(counter.fleet.*.one0.header.esp.sent)",
                                        "median(sa.fleet.*.in.icv)",
                                        "sum(sa.fleet.*.out.payload.packets)",
                                        "mean(event.fleet.*.mip6.bu_sent)",
                                        "p99(since.fleet.*.mip6.bu_sent.mip6.ba_received)",
                                        "flow.call.up.lost"};
    const struct expect_names names = {
        .has_flow = has_flow, .has_node = has_node, .has_interface = has_interface};
    for (size_t k = 0; k < sizeof right / sizeof right[0]; k++) {
        struct why w;
        CHECK_EQ(metric_check(right[k], &names, &w), ST_OK);
    }
    refused("disruption.ping.*.down", "such as max(disruption.ping.*.down)");
    refused("max(disruption.call.down)", "as in max(disruption.NAME.*.down)");
    refused("max(counter.ha.ike.bytes)", "as in max(counter.NAME.*.ike.bytes)");
    refused("p50(disruption.ping.*.down)", "there is no function 'p50'; there are min, max");
    refused("max(disruption.call.*.down)", "there is no population 'call' of flows");
    refused("flow.pong.*.down.lost", "there is no population 'pong' of flows");
    refused("max(counter.ha.*.ike.bytes)", "there is no population 'ha' of nodes");
    refused("max(disruption.ping.*.sideways)", "'sideways' is neither up nor down");
    refused("max(flow.ping.*.down.loss)", "no column 'loss'");
    refused("max(counter.fleet.*.two0.header.esp.sent)", "has no interface 'two0'");
    refused("max(event.fleet.*.mip6.bu)", "names no event");
    refused("max(disruption.ping.*.down", "is not a metric");
    refused("max (disruption.ping.*.down)", "there is no function 'max '");
}

static void units_are_those_of_the_members(void)
{
    CHECK_EQ(metric_unit("p95(disruption.ping.*.down)"), METRIC_TIME);
    CHECK_EQ(metric_unit("max(since.fleet.*.mip6.bu_sent.mip6.ba_received)"), METRIC_TIME);
    CHECK_EQ(metric_unit("mean(flow.ping.*.up.delay_max_ns)"), METRIC_TIME);
    CHECK_EQ(metric_unit("max(flow.ping.*.up.lost_share)"), METRIC_SHARE);
    CHECK_EQ(metric_unit("sum(flow.ping.*.up.lost)"), METRIC_COUNT); /* a share of all sent */
    CHECK_EQ(metric_unit("max(flow.ping.*.up.lost)"), METRIC_NUMBER);
    CHECK_EQ(metric_unit("sum(counter.fleet.*.ike.bytes)"), METRIC_NUMBER);
}

static bool holds(const char *metric, const char *max)
{
    const struct expect e = {.metric = metric, .max = max};
    char found[200];
    bool held = false;
    struct why w;
    CHECK_EQ(expect_ask(&e, db, &held, found, sizeof found, &w), ST_OK);
    return held;
}

static void a_share_is_of_what_all_have_sent(void)
{
    open_tables();
    put_flows(10); /* 550 of 10 000 */
    CHECK(holds("sum(flow.ping.*.down.lost)", "5.5 %"));
    CHECK(!holds("sum(flow.ping.*.down.lost)", "5.4 %"));
    CHECK(holds("max(flow.ping.*.down.lost)", "100"));
    CHECK(!holds("max(flow.ping.*.down.lost)", "99"));
    CHECK(!holds("max(flow.ping.*.down.lost_share)", "9.9 %"));
    db_close(db);
}

CHECK_MAIN(CASE(functions_of_flows), CASE(a_median_of_odd_n_is_the_middle),
           CASE(members_without_a_value_are_left_out), CASE(functions_of_nodes),
           CASE(what_is_no_function_is_not_asked), CASE(each_mistake_has_its_sentence),
           CASE(units_are_those_of_the_members), CASE(a_share_is_of_what_all_have_sent))
