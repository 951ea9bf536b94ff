/* Every shipped scenario under another simulator's clock and over its links: the same digest, and
 * the same records of flows and links, as with our own. And what happens when it goes wrong. */
#include <glob.h>

#include "sim/base/hash.h"
#include "traces/trace.h"

#include "tests/check.h"
#include "tests/foreign_engine.h"

enum { FLOWS = 4096 };

/* What became of the packets of one direction of a flow. */
struct flow_record {
    uint64_t born;
    uint64_t taken;
    uint64_t died;
    uint64_t hash; /* of times, numbers, ways and reasons, in order */
};

struct record {
    char digest[HASH_TEXT];
    struct flow_record flow[FLOWS];
    uint64_t links; /* hash of the link table */
    uint64_t events;
    sim_time end;
    struct carrier_count carried; /* by all devices */
};

static struct record of_native;
static struct record of_foreign;
static struct record *now_for;

static uint64_t mix(uint64_t h, uint64_t v)
{
    for (unsigned k = 0; k < 64; k += 8)
        h = (h ^ (v >> k & 0xff)) * 0x100000001b3u;
    return h;
}

static void see_packet(void *self, const struct tap_packet *p)
{
    (void)self;
    struct flow_record *f = &now_for->flow[(2 * p->mark.flow + p->mark.direction) % FLOWS];
    f->born += p->step == TAP_BORN;
    f->taken += p->step == TAP_TAKEN;
    f->died += p->step == TAP_DIED;
    f->hash = mix(mix(mix(mix(f->hash, (uint64_t)p->t), p->mark.sequence), p->mark.bid),
                  (uint64_t)p->step << 16 | p->reason);
}

static bool load(const char *file, const char *const *set, size_t sets, struct arena *arena,
                 struct scenario *s)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    if (!c)
        abort();
    bool good = scenario_load(file, set, sets, arena, s, &root, c);
    complaints_print(c, stderr);
    free(c);
    return good;
}

/* Every frame that a link took went through its device, and came out in time. */
static void check_devices(const struct world *w, const struct fe *fe, struct carrier_count *sum)
{
    for (const struct carrier *r = fe->carriers.first; r; r = r->next) {
        const struct fe_device *d = r->self;
        uint64_t under_way = 0;
        for (const struct pkt *p = r->awaited; p; p = p->next)
            under_way++;
        CHECK_EQ(r->count.handed, r->channel->count.packets);
        CHECK_EQ(r->count.exact + r->count.early, d->frames);
        CHECK_EQ(r->count.handed, d->frames + r->count.lost + under_way);
        sum->handed += r->count.handed;
        sum->exact += r->count.exact;
        sum->early += r->count.early;
        sum->lost += r->count.lost;
    }
    CHECK_EQ(fe->devices, 2 * w->scenario->backbone.n);
}

/* fe NULL: natively. Answers how the run ended. */
static enum status run(const char *file, const char *const *set, size_t sets, struct fe *fe,
                       struct record *record)
{
    static struct world w;
    struct arena arena = {0};
    struct scenario s;
    struct why why;
    struct tap packets = {.packet = see_packet};
    const struct world_engine engine = {.begin = fe_begin, .self = fe};
    size_t links = 0;
    *record = (struct record){.links = 0};
    now_for = record;
    if (!load(file, set, sets, &arena, &s))
        abort();
    if (fe) {
        world_build_foreign(&w, &s, &arena, (uint64_t)s.general.seed, 0, &engine);
    } else {
        world_build(&w, &s, &arena, (uint64_t)s.general.seed, 0);
    }
    struct trace_setup setup = {.digest = true, .run = {.stop = s.general.stop}};
    world_trace_setup(&w, &setup);
    setup.run.run_key = setup.run.scenario = setup.run.title = setup.run.engine = "";
    setup.run.crypto = setup.run.knowledge = setup.run.processor = setup.run.version = "";
    struct trace *trace = trace_open(&setup, w.sim);
    sim_add_tap(w.sim, &packets);
    world_start(&w);
    record->events =
        fe ? foreign_run(w.foreign, s.general.stop) : sim_run_until(w.sim, s.general.stop);
    record->end = sim_now(w.sim);
    const struct trace_link *link = world_links(&w, &links);
    for (size_t k = 0; k < links; k++)
        record->links = mix(
            mix(mix(mix(record->links, link[k].packets), link[k].bytes), link[k].queue_max),
            link[k].dropped_queue + (link[k].dropped_loss << 20) + (link[k].dropped_down << 40));
    const struct trace_end end = {
        .link = link, .links = links, .events = record->events, .expect = &s.expect};
    CHECK(trace_close(trace, &end, &why) == ST_OK);
    (void)snprintf(record->digest, sizeof record->digest, "%s", trace_digest(trace));
    if (fe && !fe->clock.st)
        check_devices(&w, fe, &record->carried);
    trace_free(trace);
    world_free(&w);
    arena_release(&arena);
    return fe ? fe->clock.st : ST_OK;
}

static bool same_flows(void)
{
    return !memcmp(of_native.flow, of_foreign.flow, sizeof of_native.flow);
}

static uint64_t early;
static uint64_t exact;
static uint64_t frames;

static void compare(const char *file, const char *const *set, size_t sets, sim_time works_every)
{
    struct fe fe = {.faults = {.works_every = works_every}};
    int before = check_failures;
    CHECK_EQ(run(file, set, sets, NULL, &of_native), ST_OK);
    CHECK_EQ(run(file, set, sets, &fe, &of_foreign), ST_OK);
    CHECK(*of_native.digest && !strcmp(of_native.digest, of_foreign.digest));
    CHECK(same_flows());
    CHECK_EQ(of_foreign.links, of_native.links);
    CHECK_EQ(of_foreign.events, of_native.events);
    CHECK_EQ(of_foreign.end, of_native.end);
    early += of_foreign.carried.early;
    exact += of_foreign.carried.exact;
    frames += of_foreign.carried.handed;
    if (check_failures > before)
        (void)fprintf(stderr, "    with %s: %s\n", file, fe.clock.why.text);
    fe_release(&fe);
}

/* ---- all that is shipped --------------------------------------------------------------------- */

static void every_scenario_is_the_same(void)
{
    static const char *const folders[] = {"",     "ietf68/",      "attacks/",
                                          "ike/", "comparisons/", "validation/"};
    unsigned n = 0;
    for (size_t k = 0; k < sizeof folders / sizeof folders[0]; k++) {
        char pattern[512];
        glob_t found;
        (void)snprintf(pattern, sizeof pattern, "%s/%s*.yaml", SCENARIOS, folders[k]);
        CHECK_EQ(glob(pattern, 0, NULL, &found), 0);
        for (size_t j = 0; j < found.gl_pathc; j++, n++)
            compare(found.gl_pathv[j], NULL, 0, 0);
        globfree(&found);
    }
    CHECK(n >= 100 && frames > 100000);
    (void)printf("%u scenarios; %" PRIu64 " frames through the devices, %" PRIu64
                 " out when they were due, %" PRIu64 " before\n",
                 n, frames, exact, early);
}

/* ---- at one instant -------------------------------------------------------------------------- */

enum { RING = 4, TICKERS = 3, LOG = 4000 };

/* Routers in a ring; what arrives goes on to the next, until it has gone round. Every delay is a
 * whole number of milliseconds, one of none at all, and sending takes no time: so whatever happens,
 * happens together with something else. */
struct ring {
    struct arena arena;
    struct pool packets;
    struct rng_seed seed;
    struct links links;
    struct port *out[RING];
    struct port *in[RING];
    struct sim_timer ticker[TICKERS];
    uint8_t number;
    struct {
        sim_time t;
        unsigned who;
        unsigned what;
    } log[LOG];
    size_t logged;
};

static struct ring ring;

static void note(unsigned who, unsigned what)
{
    if (ring.logged == LOG)
        return;
    ring.log[ring.logged].t = sim_now(ring.links.sim);
    ring.log[ring.logged].who = who;
    ring.log[ring.logged++].what = what;
}

static void take(void *owner, struct pkt *p)
{
    size_t here = (size_t)((struct port **)owner - ring.in);
    note((unsigned)here, p->at[p->len - 1]);
    if (p->at[p->len - 2]++ < RING) {
        port_send(ring.out[here], p);
    } else {
        pkt_give(&ring.packets, p);
    }
}

static void tick(struct sim *sim, void *owner)
{
    struct sim_timer *t = owner;
    size_t which = (size_t)(t - ring.ticker);
    note(100 + (unsigned)which, ring.number);
    struct pkt *p = pkt_take(&ring.packets);
    memset(pkt_append(p, 42), 0, 42);
    p->at[0] = 0x60;
    p->at[5] = 2;
    p->at[41] = ring.number++;
    port_send(ring.out[which], p);
    sim_arm_in(sim, t, (sim_time)(1 + which) * SIM_MS);
}

static void make_ring(struct sim *sim, struct carriers *carriers)
{
    static const int delay_ms[RING] = {1, 2, 0, 3};
    ring = (struct ring){.logged = 0};
    ring.packets = pkt_pool(&ring.arena);
    ring.seed = rng_seed_of(1, 0);
    ring.links = (struct links){.sim = sim,
                                .arena = &ring.arena,
                                .packets = &ring.packets,
                                .seed = &ring.seed,
                                .carriers = carriers};
    for (unsigned k = 0; k < RING; k++) {
        ring.out[k] = port_new(&ring.links, "out", LINK_RAW_IP6, 0, 1500);
        ring.in[k] = port_new(&ring.links, "in", LINK_RAW_IP6, 0, 1500);
        ring.in[k]->receive = ring.out[k]->receive = take;
        ring.in[k]->owner = &ring.in[k];
    }
    for (unsigned k = 0; k < RING; k++) {
        const struct p2p_config how = {.rate = INT64_C(1000000000000),
                                       .delay = delay_ms[k] * SIM_MS,
                                       .queue = 100,
                                       .frame_bytes = k};
        p2p_join(&ring.links, "link", &how, ring.out[k], ring.in[(k + 1) % RING]);
    }
    for (unsigned k = 0; k < TICKERS; k++) {
        sim_timer_init(&ring.ticker[k], tick, &ring.ticker[k]);
        sim_arm(sim, &ring.ticker[k], SIM_MS);
    }
}

static void end_ring(struct sim *sim)
{
    for (uint32_t k = 0; k < ring.links.channels; k++) {
        while (ring.links.channel[k]->head) {
            struct pkt *p = ring.links.channel[k]->head;
            ring.links.channel[k]->head = p->next;
            pkt_give(&ring.packets, p);
        }
    }
    CHECK_EQ(ring.packets.out, 0);
    arena_release(&ring.arena);
    sim_free(sim);
}

static void deliveries_come_before_timers_at_one_instant(void)
{
    static struct ring want;
    struct sim *sim = sim_new();
    make_ring(sim, NULL);
    uint64_t ran = sim_run_until(sim, 200 * SIM_MS);
    end_ring(sim);
    want = ring;
    CHECK(want.logged > 1000 && want.logged < LOG);
    for (sim_time works = 0; works <= SIM_MS; works += SIM_MS / 2) {
        struct fe fe = {.faults = {.works_every = works}};
        struct world w = {.sim = sim_new()};
        (void)fe_begin(&fe, &w);
        make_ring(w.sim, &fe.carriers);
        CHECK_EQ(foreign_run(&fe.clock, 200 * SIM_MS), ran);
        CHECK_EQ(fe.clock.st, ST_OK);
        CHECK_EQ(ring.logged, want.logged);
        CHECK(!memcmp(ring.log, want.log, sizeof want.log));
        CHECK_EQ(sim_now(w.sim), 200 * SIM_MS);
        for (const struct carrier *r = fe.carriers.first; r; r = r->next)
            CHECK(r->count.early == 0);
        fe_release(&fe);
        end_ring(w.sim);
    }
}

/* The clock may be stopped and go on. */
static void runs_in_pieces(void)
{
    static struct ring want;
    struct sim *sim = sim_new();
    make_ring(sim, NULL);
    uint64_t ran = sim_run_until(sim, 50 * SIM_MS);
    end_ring(sim);
    want = ring;
    struct fe fe = {.len = 0};
    struct world w = {.sim = sim_new()};
    (void)fe_begin(&fe, &w);
    make_ring(w.sim, &fe.carriers);
    uint64_t pieces = 0;
    for (sim_time t = 0; t < 50 * SIM_MS; t += SIM_MS / 2)
        pieces += foreign_run(&fe.clock, t + SIM_MS / 2);
    CHECK_EQ(pieces, ran);
    CHECK(!memcmp(ring.log, want.log, sizeof want.log));
    fe_release(&fe);
    end_ring(w.sim);
}

static bool enough(void *owner, uint64_t events)
{
    *(uint64_t *)owner = events;
    return events < 2000;
}

static void ends_when_told_to(void)
{
    uint64_t told = 0;
    struct fe fe = {.len = 0};
    struct world w = {.sim = sim_new()};
    (void)fe_begin(&fe, &w);
    make_ring(w.sim, &fe.carriers);
    fe.clock.look = enough;
    fe.clock.owner = &told;
    uint64_t ran = foreign_run(&fe.clock, 3 * SIM_S);
    CHECK(fe.clock.st == ST_OK && ran == told && ran >= 2000 && sim_now(w.sim) < 3 * SIM_S);
    fe_release(&fe);
    end_ring(w.sim);
}

static void is_run(struct sim *sim, void *owner)
{
    *(sim_time *)owner = sim_now(sim);
}

static void arm_from_outside(struct fe *fe, void *owner, uint64_t number)
{
    (void)number;
    foreign_enter(&fe->clock);
    CHECK_EQ(sim_now(fe->clock.sim), 5 * SIM_MS);
    foreign_enter(&fe->clock); /* what we do there may call back */
    sim_arm_in(fe->clock.sim, owner, SIM_MS);
    foreign_leave(&fe->clock);
    foreign_leave(&fe->clock);
}

/* A frame that a device hands over arms timers of ours. */
static void what_is_armed_from_outside_runs_in_time(void)
{
    struct fe fe = {.len = 0};
    struct world w = {.sim = sim_new()};
    sim_time ran[2] = {0, 0};
    struct sim_timer t[2];
    (void)fe_begin(&fe, &w);
    for (int k = 0; k < 2; k++)
        sim_timer_init(&t[k], is_run, &ran[k]);
    sim_arm(w.sim, &t[0], 100 * SIM_MS);
    fe_plan(&fe, 5 * SIM_MS, arm_from_outside, &t[1], 0);
    CHECK_EQ(foreign_run(&fe.clock, SIM_S), 2);
    CHECK(ran[0] == 100 * SIM_MS && ran[1] == 6 * SIM_MS);
    fe_release(&fe);
    sim_free(w.sim);
}

/* ---- links with other settings ----------------------------------------------------------------
 */

#define BUSY SCENARIOS "/route-optimised.yaml"

static void links_of_any_framing_are_the_same(void)
{
    static const char *const keys[] = {
        "frame_bytes=1 B", "frame_bytes=2 B", "frame_bytes=38 B", "jitter=3 ms",
        "loss=3 %",        "rate=100 kbit/s", "rate=16 Gbit/s",   "queue=1 packets",
    };
    early = 0;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        char wlan[64];
        char lte[64];
        const char *set[] = {wlan, lte, "expect=[]"};
        (void)snprintf(wlan, sizeof wlan, "backbone.wlan-inet.%s", keys[k]);
        (void)snprintf(lte, sizeof lte, "backbone.lte-inet.%s", keys[k]);
        compare(BUSY, set, 3, k % 2 ? SIM_MS : 0);
    }
    CHECK(early > 0); /* jitter; and half a nanosecond, which fixed point rounds down */
}

/* ---- what goes wrong ------------------------------------------------------------------------- */

static void ends_with(struct fe_faults faults, const char *sentence)
{
    static const char *const set[] = {"expect=[]"};
    struct fe fe = {.faults = faults};
    CHECK_EQ(run(BUSY, set, 1, &fe, &of_foreign), ST_OUTSIDE);
    CHECK(strstr(fe.clock.why.text, sentence) != NULL);
    if (!strstr(fe.clock.why.text, sentence))
        (void)fprintf(stderr, "    %s\n", fe.clock.why.text);
    fe_release(&fe);
}

static void a_late_frame_ends_the_run(void)
{
    ends_with((struct fe_faults){.late = 1}, "has not come out of the device");
}

static void a_frame_that_vanishes_ends_the_run(void)
{
    ends_with((struct fe_faults){.swallows = 7}, "a frame of");
}

static void a_frame_with_other_bytes_ends_the_run(void)
{
    ends_with((struct fe_faults){.breaks = 7}, "other than it went in");
}

static void frames_out_of_order_end_the_run(void)
{
    ends_with((struct fe_faults){.swaps = 7}, "a frame of");
}

static void a_clock_that_stops_ends_the_run(void)
{
    ends_with((struct fe_faults){.stops = true}, "the foreign clock stopped at");
}

static void a_loss_outside_is_a_loss(void)
{
    static const char *const set[] = {"expect=[]"};
    struct fe fe = {.faults = {.loses = 400}};
    CHECK_EQ(run(BUSY, set, 1, &fe, &of_foreign), ST_OK);
    CHECK_EQ(run(BUSY, set, 1, NULL, &of_native), ST_OK);
    CHECK_EQ(of_foreign.carried.lost, 1);
    CHECK(strcmp(of_native.digest, of_foreign.digest) != 0);
    fe_release(&fe);
}

CHECK_MAIN(CASE(every_scenario_is_the_same), CASE(deliveries_come_before_timers_at_one_instant),
           CASE(runs_in_pieces), CASE(ends_when_told_to),
           CASE(what_is_armed_from_outside_runs_in_time), CASE(links_of_any_framing_are_the_same),
           CASE(a_late_frame_ends_the_run), CASE(a_frame_that_vanishes_ends_the_run),
           CASE(a_frame_with_other_bytes_ends_the_run), CASE(frames_out_of_order_end_the_run),
           CASE(a_clock_that_stops_ends_the_run), CASE(a_loss_outside_is_a_loss))
