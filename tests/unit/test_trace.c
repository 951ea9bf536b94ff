/* What a run leaves, from observations made by hand. */
#include <string.h>
#include <sys/stat.h>

#include "models/names.h"
#include "models/wire/ip6.h"
#include "sim/base/arena.h"
#include "sim/core/tap.h"
#include "traces/db.h"
#include "traces/expect.h"
#include "traces/trace.h"

#include "tests/check.h"

#define DIR SCRATCH "/trace-run"

static const char *const nodes[] = {"mn", "ha"};
static const struct trace_port ports[] = {{"mn.wlan0", 0, false}, {"ha.eth0", 1, false}};
static const struct addr home = {{0x20, 1, 0xd, 0xb8, [15] = 1}};
static const struct addr stranger = {{0x20, 1, 0xd, 0xb8, [15] = 9}};
static const struct addr care_of[] = {{{0x20, 1, 0xd, 0xb8, 1, [15] = 1}},
                                      {{0x20, 1, 0xd, 0xb8, 2, [15] = 1}}};
static const struct trace_home homes[] = {{{{0x20, 1, 0xd, 0xb8, [15] = 1}}, "mn"}};
static const uint8_t key[36] = {1};
static const struct key_list nothing = {.n = 0};

static struct sim *sim;
static struct trace *trace;

static const struct trace_sa sas[] = {
    {.node = 1,
     .spi = 0x10203040,
     .direction = SA_IN,
     .mode = SA_TUNNEL,
     .suite = "aes256-gcm16",
     .window = 64,
     .esn = true,
     .selectors = "2001:db8::1 <> ::/0",
     .end_point = {{0x20, 1, 0xd, 0xb8, 2, [15] = 1}},
     .bid = 2,
     .ike_spi = 0xfedcba9876543210,
     .made = 5,
     .moved = 7,
     .ended = -1,
     .packets = 100,
     .bytes = 9000,
     .replay = 3,
     .icv = 1,
     .too_old = 2,
     .tshark_encryption = "AES-GCM with 16 octet ICV [RFC4106]",
     .encryption = key,
     .encryption_bytes = sizeof key},
    {.node = 1,
     .spi = 300,
     .direction = SA_OUT,
     .mode = SA_TRANSPORT,
     .suite = "aes128-cbc-sha256",
     .window = -1,
     .made = 0,
     .moved = -1,
     .ended = 20,
     .packets = 50,
     .replay = 4},
    {.node = 0, .spi = 300, .direction = SA_IN, .moved = -1, .ended = -1, .packets = 50},
};

static void open_trace(struct trace_setup setup)
{
    setup.node = nodes;
    setup.nodes = 2;
    setup.port = ports;
    setup.ports = 2;
    setup.home = homes;
    setup.homes = 1;
    setup.run = (struct trace_run){.run_key = "k", .scenario = "s", .title = "t", .stop = 100};
    sim = sim_new();
    trace = trace_open(&setup, sim);
}

static enum status close_trace(struct why *w)
{
    const struct trace_end end = {.sa = sas, .sas = sizeof sas / sizeof sas[0], .expect = &nothing};
    return trace_close(trace, &end, w);
}

static void done(void)
{
    trace_free(trace);
    sim_free(sim);
}

static double asked(const char *sql)
{
    double value = -1000;
    struct why w;
    return db_ask(trace_db(trace), sql, &value, &w) ? -1000 : value;
}

static double metric(const char *name)
{
    double value = -1000;
    struct why w;
    return metric_ask(trace_db(trace), name, &value, &w) ? -1000 : value;
}

static void sas_are_rows_and_sums(void)
{
    struct why w;
    open_trace((struct trace_setup){.counters = true});
    CHECK_EQ(close_trace(&w), ST_OK);
    CHECK_EQ(
        asked(
            "SELECT count(*) FROM sa WHERE node = 'ha' AND spi = 270544960 AND direction = "
            "'in' AND mode = 'tunnel' AND suite = 'aes256-gcm16' AND replay_window = 64 AND esn = 1 AND end_point = "
            "'2001:db8:200::1' AND bid = 2 AND ike_spi = '0xfedcba9876543210' AND made_ns = "
            "5 AND moved_ns = 7 AND ended_ns IS NULL AND selectors LIKE '%<>%'"),
        1);
    CHECK_EQ(asked("SELECT count(*) FROM sa WHERE node = 'ha' AND direction = 'out' AND mode = "
                   "'transport' AND end_point IS NULL AND bid IS NULL AND ike_spi IS NULL AND "
                   "moved_ns IS NULL AND ended_ns = 20 AND selectors IS NULL"),
             1);
    CHECK_EQ(metric("sa.ha.replay"), 7);
    CHECK_EQ(metric("sa.ha.in.replay"), 3);
    CHECK_EQ(metric("sa.ha.out.packets"), 50);
    CHECK_EQ(metric("sa.ha.bytes"), 9000);
    CHECK_EQ(metric("sa.mn.too_old"), 0);
    CHECK_EQ(metric("sa.cn.packets"), 0);
    CHECK_EQ(metric("sa.ha.spi"), -1000);
    CHECK_EQ(metric("sa.ha.up.replay"), -1000);
    CHECK_EQ(metric("sa.ha"), -1000);
    done();
}

static bool has_node(const void *of, const char *node)
{
    (void)of;
    return !strcmp(node, "ha") || !strcmp(node, "car.7");
}

static bool has_interface(const void *of, const char *node, const char *interface)
{
    (void)of;
    return has_node(NULL, node) && !strcmp(interface, "eth0");
}

static void metrics_of_sas_are_checked(void)
{
    const struct expect_names names = {.has_node = has_node, .has_interface = has_interface};
    struct why w;
    CHECK_EQ(metric_check("sa.ha.replay", &names, &w), ST_OK);
    CHECK_EQ(metric_check("sa.car.7.in.too_old", &names, &w), ST_OK);
    CHECK_EQ(metric_check("sa.ha.out.dummy", &names, &w), ST_OK);
    CHECK_EQ(metric_check("sa.cn.replay", &names, &w), ST_MISSING);
    CHECK_EQ(metric_check("sa.ha.spi", &names, &w), ST_MISSING);
    CHECK_EQ(metric_check("sa.ha.sideways.replay", &names, &w), ST_MISSING);
    CHECK(strstr(w.text, "sa.NODE.in.icv of those that receive"));
    CHECK_EQ(metric_check("sa.ha", &names, &w), ST_MISSING);
    CHECK_EQ(metric_check("counter.ha.eth0.header.esp.sent", &names, &w), ST_OK);
    CHECK_EQ(metric_check("counter.ha.eth0.injected.received", &names, &w), ST_OK);
    CHECK_EQ(metric_unit("sa.ha.replay"), METRIC_NUMBER);
    CHECK_EQ(metric_unit("flow.call.up.lost"), METRIC_COUNT);
    CHECK_EQ(metric_unit("flow.call.up.lost_share"), METRIC_SHARE);
}

static void bound(enum event_name name, const struct addr *of, unsigned care)
{
    const struct tap_field fields[] = {
        {.key = "home_address", .type = TAP_ADDR, .addr = *of},
        {.key = "bid", .type = TAP_INT, .i = 1},
        {.key = "care_of_address", .type = TAP_ADDR, .addr = care_of[care]},
        {.key = "how", .type = TAP_TEXT, .text = "deleted"}};
    tap_event(sim, 1, (uint16_t)name, fields, 4);
    sim_set_cause(sim, 0);
    (void)sim_run_until(sim, sim_now(sim) + 10);
}

static void bindings_have_a_peer_and_a_row_a_care_of_address(void)
{
    struct why w;
    open_trace((struct trace_setup){.counters = false});
    bound(EV_BINDING_MADE, &home, 0);
    bound(EV_BINDING_MOVED, &home, 1);
    bound(EV_BINDING_MADE, &stranger, 0);
    bound(EV_BINDING_ENDED, &home, 1);
    CHECK_EQ(close_trace(&w), ST_OK);
    CHECK_EQ(asked("SELECT count(*) FROM binding"), 3);
    CHECK_EQ(asked("SELECT ended_ns FROM binding WHERE peer = 'mn' AND how = 'moved' AND made_ns = "
                   "0 AND care_of_address = '2001:db8:100::1'"),
             10);
    CHECK_EQ(asked("SELECT ended_ns FROM binding WHERE peer = 'mn' AND how = 'deleted' AND made_ns "
                   "= 10 AND care_of_address = '2001:db8:200::1' AND node = 'ha' AND bid = 1"),
             30);
    CHECK_EQ(asked("SELECT count(*) FROM binding WHERE peer IS NULL AND ended_ns IS NULL AND how "
                   "IS NULL AND home_address = '2001:db8::9'"),
             1);
    done();
}

/* A packet as a node would make it: what is to be sealed is shown, and then it is gone. */
static struct pkt *sealed(struct pool *packets)
{
    static const uint8_t ba[] = {59, 1, 6, 0, 0, 0, 0, 0, 0, 3, 0, 60, 1, 2, 0, 0};
    struct pkt *p = pkt_take(packets);
    const struct ip6 h = {.next = IP6_ESP, .payload_bytes = 48, .hop_limit = 64};
    memcpy(pkt_append(p, sizeof ba), ba, sizeof ba);
    tap_sealed(sim, p->at, p->len, IP6_MH, p);
    memset(pkt_append(p, 48 - sizeof ba), 0x55, 48 - sizeof ba);
    memset(p->at, 0xaa, sizeof ba);
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    return p;
}

static void what_is_sealed_goes_with_the_packet(void)
{
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct why w;
    open_trace((struct trace_setup){.counters = true});
    struct pkt *p = sealed(&packets);
    CHECK(p->mark.inside != 0);
    struct pkt *copy = pkt_copy(&packets, p);
    copy->mark.injected = true;
    tap_frame(sim, 0, TAP_SENT, 0, p);
    tap_frame(sim, 1, TAP_RECEIVED, 0, copy);
    tap_opened(sim, p);
    CHECK_EQ(p->mark.inside, 0);
    pkt_give(&packets, p);
    pkt_give(&packets, copy);
    CHECK_EQ(close_trace(&w), ST_OK);
    CHECK_EQ(metric("counter.mn.wlan0.mh.ba.sent"), 1);
    CHECK_EQ(metric("counter.mn.wlan0.header.esp.sent"), 1);
    CHECK_EQ(metric("counter.mn.injected.sent"), 0);
    CHECK_EQ(metric("counter.ha.eth0.mh.ba.received"), 1);
    CHECK_EQ(metric("counter.ha.eth0.injected.received"), 1);
    done();
    arena_release(&arena);
}

static void nobody_knows_what_is_sealed(struct pool *packets)
{
    struct pkt *p = sealed(packets);
    CHECK_EQ(p->mark.inside, 0);
    p->mark.inside = 7;
    tap_opened(sim, p);
    CHECK_EQ(p->mark.inside, 0);
    pkt_give(packets, p);
}

static void without_an_observer_nothing_is_known(void)
{
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct why w;
    sim = sim_new();
    nobody_knows_what_is_sealed(&packets);
    sim_free(sim);
    open_trace((struct trace_setup){.counters = false}); /* it looks at no frame */
    nobody_knows_what_is_sealed(&packets);
    CHECK_EQ(close_trace(&w), ST_OK);
    done();
    arena_release(&arena);
}

static bool file_has(const char *path, const char *text)
{
    char all[4096];
    FILE *in = fopen(path, "rb");
    size_t n = in ? fread(all, 1, sizeof all, in) : 0;
    bool found = false;
    size_t len = strlen(text);
    for (size_t k = 0; k + len <= n; k++)
        found |= !memcmp(all + k, text, len);
    if (in)
        (void)fclose(in);
    return found;
}

static void captures_say_what_is_inside_and_keys_stand_beside(void)
{
    struct arena arena = {0};
    struct pool packets = pkt_pool(&arena);
    struct why w;
    struct stat at;
    for (int keys = 0; keys < 2; keys++) {
        const char *dir = keys ? DIR "-keys" : DIR "-sized";
        (void)mkdir(dir, 0777);
        (void)remove(keys ? DIR "-keys/results.sqlite" : DIR "-sized/results.sqlite");
        open_trace((struct trace_setup){.dir = dir, .pcap = TRACE_PCAP_ALL, .keys = keys});
        struct pkt *p = sealed(&packets);
        tap_frame(sim, 0, TAP_SENT, 0, p);
        p->mark.injected = true;
        tap_frame(sim, 0, TAP_DROPPED, DROP_LINK_DOWN, p);
        pkt_give(&packets, p);
        CHECK_EQ(close_trace(&w), ST_OK);
        done();
    }
    CHECK(file_has(DIR "-keys/packets/all.pcapng",
                   "ESP 0xaaaaaaaa seq 2863311530 {BA seq 3 status 0}"));
    CHECK(file_has(DIR "-keys/packets/all.pcapng",
                   "{BA seq 3 status 0}; injected; not sent: link_down"));
    CHECK(file_has(DIR "-keys/keys/esp_sa", "\"0x10203040\""));
    CHECK(!file_has(DIR "-keys/keys/esp_sa", "0x0000012c")); /* it has no words of tshark's */
    CHECK(stat(DIR "-sized/keys", &at) != 0);
    arena_release(&arena);
}

CHECK_MAIN(CASE(sas_are_rows_and_sums), CASE(metrics_of_sas_are_checked),
           CASE(bindings_have_a_peer_and_a_row_a_care_of_address),
           CASE(what_is_sealed_goes_with_the_packet), CASE(without_an_observer_nothing_is_known),
           CASE(captures_say_what_is_inside_and_keys_stand_beside))
