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

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    CHECK(f != NULL);
    (void)fputs(text, f);
    (void)fclose(f);
}

static void reads_measured_traces_and_says_what_is_wrong(void)
{
    struct replay_trace t;
    struct why w;
    const char *name = SCRATCH "/trace.csv";
    arena = (struct arena){0};
    write_file(name,
               "t_s,operator,event,technology,rate_mbps,handover_ms\n"
               "0.0,att,rate,LTE,4.5,\n0.2,verizon,rate,LTE,9,\n"
               "1.0,att,handover,LTE,,100\n1.05,att,handover,LTE,,100\n0.5e1,att,rate,LTE,0,\n");
    CHECK_EQ(replay_load(name, REPLAY_PAM2025, "att", &arena, &t, &w), ST_OK);
    CHECK_EQ(t.length, 5 * SIM_S);
    CHECK_EQ(t.point[0].rate_down, 4500000);
    CHECK_EQ(t.point[1].blocked, 1);
    CHECK_EQ(t.point[1].t, SIM_S);
    CHECK_EQ(t.point[t.points - 2].blocked, 0); /* overlapping hand-overs are one */
    CHECK_EQ(t.point[t.points - 2].t, 1150 * SIM_MS);
    CHECK_EQ(t.point[t.points - 1].rate_down, 0);
    CHECK_EQ(replay_load(name, REPLAY_PAM2025, "tele", &arena, &t, &w), ST_MISSING);
    CHECK(strstr(w.text, "no row of operator 'tele'") != NULL);
    write_file(name, "t_s,rate_mbps\n0,5\n2,7\n1,6\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_RANGE);
    CHECK(strstr(w.text, ":4: time goes back") != NULL);
    write_file(name, "t_s,rate_mbps\n0,5,3\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    write_file(name, "t_s,rate_mbps\n0,fast\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    CHECK(strstr(w.text, "'fast'") != NULL);
    write_file(name, "t_s,rate_mbps\n0,0x10\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    write_file(name, "t_s,rate_mbps\n0,inf\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    write_file(name, "t_s,speed\n0,1\n");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    write_file(name, "");
    CHECK_EQ(replay_load(name, REPLAY_MONAMI, NULL, &arena, &t, &w), ST_SYNTAX);
    CHECK_EQ(replay_load(SCRATCH "/no such file", REPLAY_MONAMI, NULL, &arena, &t, &w), ST_IO);
    arena_release(&arena);
}

static void replays_rates_at_their_times(void)
{
    struct got r = {0}, a = {0};
    struct access_config how = {
        .kind = ACCESS_CELLULAR, .rate = {1000000, 1000000}, .queue = {100, 100}, .mtu = 1428};
    struct replay_point points[] = {
        {0, 1000000, 1000000, REPLAY_SAME, REPLAY_SAME},
        {10 * SIM_MS, 0, 0, REPLAY_SAME, REPLAY_SAME},
        {30 * SIM_MS, 2000000, 2000000, REPLAY_SAME, REPLAY_SAME},
    };
    struct replay_trace trace = {"", points, 3, 30 * SIM_MS};
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

CHECK_MAIN(CASE(delay_is_transmission_plus_propagation), CASE(a_full_queue_drops_the_newest),
           CASE(a_change_of_rate_counts_from_its_instant), CASE(jitter_keeps_the_order),
           CASE(bernoulli_and_bursts_lose_their_share),
           CASE(a_segment_sends_to_one_or_to_all_others),
           CASE(attaching_takes_its_time_and_detaching_loses_what_is_under_way),
           CASE(an_outage_waits_and_nothing_is_told),
           CASE(reads_measured_traces_and_says_what_is_wrong), CASE(replays_rates_at_their_times))
