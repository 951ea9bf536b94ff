#include "sim/link/access.h"
#include "sim/link/p2p.h"
#include "sim/link/replay.h"

#include "tests/check.h"

/* A bench: two ports, what arrives is noted. */
struct got {
    sim_time at[64];
    uint64_t sequence[64];
    unsigned n;
    struct links *links;
    bool up;
};

static struct arena arena;
static struct pool packets;
static struct rng_seed seed;
static struct links links;

static void begin(void)
{
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    seed = rng_seed_of(1, 0);
    links = (struct links){.sim = sim_new(), .arena = &arena, .packets = &packets, .seed = &seed};
}

static void end(void)
{
    CHECK_EQ(packets.out, 0);
    sim_free(links.sim);
    arena_release(&arena);
}

static void take(void *owner, struct pkt *p)
{
    struct got *g = owner;
    if (g->n < 64) {
        g->at[g->n] = sim_now(links.sim);
        g->sequence[g->n] = p->mark.sequence;
    }
    g->n++;
    pkt_give(&packets, p);
}

static void see_state(void *owner, bool up)
{
    struct got *g = owner;
    g->up = up;
}

static struct port *port(const char *name, enum link_framing framing, uint64_t station,
                         struct got *g)
{
    struct port *p = port_new(&links, name, framing, station, 1500);
    p->owner = g;
    p->receive = take;
    p->state = see_state;
    return p;
}

static void send(struct port *from, uint32_t bytes, uint64_t sequence)
{
    struct pkt *p = pkt_take(&packets);
    memset(pkt_append(p, bytes), 0, bytes);
    p->mark.sequence = sequence;
    port_send(from, p);
}

static const struct p2p_config one_mbit = {
    .rate = 1000000, .delay = 10 * SIM_MS, .queue = 2, .mtu = 1500};

static void delay_is_transmission_plus_propagation(void)
{
    struct got a = {0}, b = {0};
    begin();
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct port *pb = port("b", LINK_RAW_IP6, 0, &b);
    p2p_join(&links, "ab", &one_mbit, pa, pb);
    send(pa, 125, 0); /* 1 ms at 1 Mbit/s */
    send(pa, 125, 1); /* waits for it */
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(b.n, 2);
    CHECK_EQ(b.at[0], 11 * SIM_MS);
    CHECK_EQ(b.at[1], 12 * SIM_MS);
    end();
}

static void a_full_queue_drops_the_newest(void)
{
    struct got a = {0}, b = {0};
    begin();
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct port *pb = port("b", LINK_RAW_IP6, 0, &b);
    p2p_join(&links, "ab", &one_mbit, pa, pb);
    for (uint64_t k = 0; k < 5; k++)
        send(pa, 125, k); /* one is sent, two wait */
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(b.n, 3);
    CHECK_EQ(links.channel[0]->count.queue_full, 2);
    CHECK_EQ(links.channel[0]->count.queue_max, 2);
    end();
}

static void a_change_of_rate_counts_from_its_instant(void)
{
    struct got a = {0}, b = {0};
    begin();
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct port *pb = port("b", LINK_RAW_IP6, 0, &b);
    p2p_join(&links, "ab", &one_mbit, pa, pb);
    send(pa, 1250, 0); /* 10 ms */
    (void)sim_run_until(links.sim, 4 * SIM_MS);
    channel_set_rate(links.channel[0], 2000000); /* 6 ms of work left: 3 ms */
    (void)sim_run_until(links.sim, 5 * SIM_MS);
    channel_block(links.channel[0], true); /* 2 ms left */
    (void)sim_run_until(links.sim, 105 * SIM_MS);
    CHECK_EQ(b.n, 0);
    channel_block(links.channel[0], false);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(b.n, 1);
    CHECK_EQ(b.at[0], (105 + 2 + 10) * SIM_MS);
    end();
}

static void jitter_keeps_the_order(void)
{
    struct got a = {0}, b = {0};
    struct p2p_config how = one_mbit;
    how.jitter = 50 * SIM_MS;
    how.queue = 100;
    begin();
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct port *pb = port("b", LINK_RAW_IP6, 0, &b);
    p2p_join(&links, "ab", &how, pa, pb);
    for (uint64_t k = 0; k < 50; k++)
        send(pa, 125, k);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(b.n, 50);
    bool spread = false;
    for (unsigned k = 1; k < 50; k++) {
        CHECK(b.at[k] >= b.at[k - 1]);
        CHECK_EQ(b.sequence[k], k);
        spread |= b.at[k] - b.at[k - 1] != SIM_MS;
    }
    CHECK(spread);
    end();
}

static void bernoulli_and_bursts_lose_their_share(void)
{
    struct got a = {0}, b = {0};
    struct p2p_config how = one_mbit;
    how.queue = 100000;
    how.loss.bernoulli = SHARE_ONE / 10;
    begin();
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct port *pb = port("b", LINK_RAW_IP6, 0, &b);
    p2p_join(&links, "ab", &how, pa, pb);
    for (uint64_t k = 0; k < 10000; k++)
        send(pa, 125, k);
    (void)sim_run_until(links.sim, 20 * SIM_S);
    CHECK(b.n > 8880 && b.n < 9120); /* 9000, deviation 30 */
    CHECK_EQ(links.channel[0]->count.lost, 10000 - b.n);
    end();

    struct loss bursts = {
        .how = {.gilbert_elliott = {true, SHARE_ONE / 100, SHARE_ONE / 4, 0, SHARE_ONE}}};
    bursts.rng = rng_stream(&seed, "bursts");
    unsigned lost = 0, spells = 0;
    bool before = false;
    for (int k = 0; k < 200000; k++) {
        bool now = loss_next(&bursts);
        lost += now;
        spells += now && !before;
        before = now;
    }
    double share = lost / 200000.0;
    double spell = (double)lost / spells;
    CHECK(share > 0.036 && share < 0.041); /* 0.01 / 0.26 = 0.03846 */
    CHECK(spell > 3.8 && spell < 4.2);     /* 1 / 0.25 */
}

static void frame_for(struct port *from, uint64_t to, uint64_t sequence)
{
    struct pkt *p = pkt_take(&packets);
    uint8_t *b = pkt_append(p, 100);
    memset(b, 0, 100);
    for (int i = 0; i < 6; i++)
        b[5 - i] = (uint8_t)(to >> 8 * i);
    p->mark.sequence = sequence;
    port_send(from, p);
}

static void a_segment_sends_to_one_or_to_all_others(void)
{
    struct got r = {0}, a = {0}, b = {0};
    struct access_config how = {.rate = {1000000000, 1000000000},
                                .queue = {10, 10},
                                .delay = {SIM_MS, SIM_MS},
                                .mtu = 1500};
    begin();
    struct access *net = access_new(&links, "lan", &how);
    struct port *pr = port("r", LINK_ETHERNET, 0x020000000001, &r);
    struct port *pa = port("a", LINK_ETHERNET, 0x020000000002, &a);
    struct port *pb = port("b", LINK_ETHERNET, 0x020000000003, &b);
    access_set_router(net, pr);
    station_wire(access_station(net, pa, NULL));
    station_wire(access_station(net, pb, NULL));
    frame_for(pa, 0x020000000003, 1);
    frame_for(pr, 0x333300000001, 2);
    frame_for(pa, 0x020000000099, 3); /* nobody */
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(b.n, 2);
    CHECK_EQ(a.n, 1);
    CHECK_EQ(r.n, 0);
    end();
}

static void attaching_takes_its_time_and_detaching_loses_what_is_under_way(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {.kind = ACCESS_CELLULAR,
                                .rate = {1000000, 1000000},
                                .queue = {10, 10},
                                .delay = {20 * SIM_MS, 20 * SIM_MS},
                                .attach_time = 550 * SIM_MS,
                                .mtu = 1428};
    begin();
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct station *s = access_station(net, pa, pr);
    station_attach(s);
    (void)sim_run_until(links.sim, 549 * SIM_MS);
    CHECK(!a.up);
    (void)sim_run_until(links.sim, 550 * SIM_MS);
    CHECK(a.up && r.up);
    CHECK_EQ(pa->mtu, 1428);
    send(pr, 125, 0);
    send(pr, 125, 1);
    (void)sim_run_until(links.sim, 560 * SIM_MS);
    station_detach(s);
    CHECK(!a.up && !r.up);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(a.n, 0);
    CHECK_EQ(s->down.count.down, 2);
    send(pr, 125, 2); /* refused: the port is down */
    (void)sim_run_until(links.sim, 2 * SIM_S);
    CHECK_EQ(a.n, 0);
    end();
}

static void an_outage_waits_and_nothing_is_told(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {.kind = ACCESS_CELLULAR,
                                .rate = {1000000, 1000000},
                                .queue = {2, 2},
                                .delay = {SIM_MS, SIM_MS},
                                .mtu = 1428};
    begin();
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    station_wire(access_station(net, pa, pr));
    access_outage(net, true);
    for (uint64_t k = 0; k < 5; k++)
        send(pr, 125, k);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK(a.up);
    CHECK_EQ(a.n, 0);
    access_outage(net, false);
    (void)sim_run_until(links.sim, 2 * SIM_S);
    CHECK_EQ(a.n, 3); /* the one in transmission and the two that waited */
    CHECK_EQ(a.at[0], SIM_S + 2 * SIM_MS);
    end();
}

static void replays_rates_at_their_times(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {
        .kind = ACCESS_CELLULAR, .rate = {1000000, 1000000}, .queue = {100, 100}, .mtu = 1428};
    struct replay_point points[] = {
        {0, 1000000, 1000000, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, 0},
        {10 * SIM_MS, 0, 0, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, 0},
        {30 * SIM_MS, 2000000, 2000000, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, 0},
    };
    struct replay_trace trace = {.point = points, .points = 3, .length = 30 * SIM_MS};
    begin();
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct station *s = access_station(net, pa, pr);
    struct replay replay = {.trace = &trace, .station = s, .sets = REPLAY_RATE_DOWN};
    station_wire(s);
    replay_start(&replay);
    (void)sim_run_until(links.sim, 5 * SIM_MS);
    send(pr, 1250, 0); /* 10 ms of work: 5 at 1 Mbit/s, then a stop, then 2.5 */
    send(pa, 1250, 1); /* up keeps its rate */
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(a.at[0], 32500 * SIM_US);
    CHECK_EQ(r.at[0], 15 * SIM_MS);
    end();
}

struct late {
    struct sim_timer timer;
    struct port *from;
};

static void send_late(struct sim *sim, void *owner)
{
    struct late *late = owner;
    (void)sim;
    send(late->from, 100, 5);
}

static void opportunities_are_used_byte_by_byte(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {.kind = ACCESS_CELLULAR,
                                .rate = {1000000, 1000000},
                                .queue = {100, 100},
                                .delay = {10 * SIM_MS, 10 * SIM_MS},
                                .mtu = 1500};
    struct replay_point points[] = {
        {.t = 3 * SIM_MS, .grant = 1504}, /* a line 3, two lines 5, a line 12 */
        {.t = 5 * SIM_MS, .grant = 3008},
        {.t = 12 * SIM_MS, .grant = 1504},
    };
    struct replay_trace trace = {
        .point = points, .points = 3, .length = 12 * SIM_MS, .grants = true};
    begin();
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct station *s = access_station(net, pa, pr);
    struct replay replay = {
        .trace = &trace, .station = s, .sets = REPLAY_RATE_DOWN, .end = REPLAY_AUTO};
    struct late late = {.from = pr};
    sim_timer_init(&late.timer, send_late, &late);
    sim_arm(links.sim, &late.timer, 15 * SIM_MS); /* before the replay at that instant */
    station_wire(s);
    replay_start(&replay);
    (void)sim_run_until(links.sim, SIM_MS);
    send(pr, 1500, 0); /* all of 3: a packet costs 4 bytes more than it has */
    send(pr, 1000, 1); /* 1004 of the first 5 */
    send(pr, 700, 2);  /* 500 of it and 204 of the second */
    send(pr, 1400, 3); /* 1300 of that and 104 of 12; what is left of 12 is lost */
    (void)sim_run_until(links.sim, 12 * SIM_MS);
    send(pr, 500, 4); /* 12 + 3 */
    (void)sim_run_until(links.sim, 40 * SIM_MS);
    static const sim_time ms[] = {13, 15, 15, 22, 25, 27}; /* not 25: queued as 15 passed */
    CHECK_EQ(a.n, 6);
    for (unsigned k = 0; k < 6; k++) {
        CHECK_EQ(a.at[k], ms[k] * SIM_MS);
        CHECK_EQ(a.sequence[k], k);
    }
    end();
}

static void an_outage_lets_opportunities_pass(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {
        .kind = ACCESS_CELLULAR, .rate = {1000000, 1000000}, .queue = {100, 100}, .mtu = 1500};
    struct replay_point points[] = {{.t = SIM_MS, .grant = 1504}};
    struct replay_trace trace = {.point = points, .points = 1, .length = SIM_MS, .grants = true};
    begin();
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct station *s = access_station(net, pa, pr);
    struct replay replay = {.trace = &trace, .station = s, .end = REPLAY_AUTO};
    station_wire(s);
    replay_start(&replay);
    send(pr, 1500, 0);
    send(pa, 600, 1); /* both ways */
    access_outage(net, true);
    (void)sim_run_until(links.sim, 10500 * SIM_US);
    CHECK_EQ(a.n + r.n, 0);
    access_outage(net, false);
    (void)sim_run_until(links.sim, 20 * SIM_MS);
    CHECK_EQ(a.at[0], 11 * SIM_MS);
    CHECK_EQ(r.at[0], 11 * SIM_MS);
    station_detach(s); /* nothing is left behind */
    end();
}

static void a_trace_says_what_is_lost(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {.kind = ACCESS_CELLULAR,
                                .rate = {1000000000, 1000000000},
                                .queue = {100, 100},
                                .mtu = 1500};
    struct replay_point points[] = {
        {0, REPLAY_SAME, REPLAY_SAME, SIM_MS, REPLAY_SAME, 0, 0},
        {10 * SIM_MS, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, SHARE_ONE, 0},
        {20 * SIM_MS, REPLAY_SAME, REPLAY_SAME, 3 * SIM_MS, REPLAY_SAME, 0, 0},
    };
    struct replay_trace trace = {.point = points, .points = 3, .length = 20 * SIM_MS};
    begin();
    how.loss.down.bernoulli = SHARE_ONE; /* the trace's stands in its place */
    struct access *net = access_new(&links, "cell", &how);
    struct port *pr = port("r", LINK_RAW_IP6, 0, &r);
    struct port *pa = port("a", LINK_RAW_IP6, 0, &a);
    struct station *s = access_station(net, pa, pr);
    struct replay replay = {.trace = &trace, .station = s};
    station_wire(s);
    replay_start(&replay);
    for (uint64_t k = 0; k < 3; k++) {
        (void)sim_run_until(links.sim, (sim_time)(1 + 10 * k) * SIM_MS);
        send(pr, 125, k); /* 1 us */
    }
    (void)sim_run_until(links.sim, SIM_S);
    CHECK_EQ(a.n, 2);
    CHECK_EQ(a.at[0], 2001 * SIM_US);
    CHECK_EQ(a.sequence[1], 2);
    CHECK_EQ(a.at[1], 24001 * SIM_US);
    end();
}

CHECK_MAIN(CASE(delay_is_transmission_plus_propagation), CASE(a_full_queue_drops_the_newest),
           CASE(a_change_of_rate_counts_from_its_instant), CASE(jitter_keeps_the_order),
           CASE(bernoulli_and_bursts_lose_their_share),
           CASE(a_segment_sends_to_one_or_to_all_others),
           CASE(attaching_takes_its_time_and_detaching_loses_what_is_under_way),
           CASE(an_outage_waits_and_nothing_is_told), CASE(replays_rates_at_their_times),
           CASE(opportunities_are_used_byte_by_byte), CASE(an_outage_lets_opportunities_pass),
           CASE(a_trace_says_what_is_lost))
