/* Wall time as the engine's clock, and a device as a link: here one half of a pair of sockets. */
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sim/live/clock.h"

#include "tests/check.h"

static struct arena arena;
static struct pool packets;
static struct rng_seed seed;
static struct links links;
static struct tun tun;
static struct port *port;
static int far_end;
static const struct addr known = {{0x20, 1, 0xd, 0xb8, [15] = 1}};

static unsigned received;
static size_t received_bytes;
static sim_time received_at;

static void receive(void *owner, struct pkt *p)
{
    (void)owner;
    received++;
    received_bytes = p->len;
    received_at = sim_now(links.sim);
    pkt_give(&packets, p);
}

static struct port *whose(void *owner, const struct addr *dst)
{
    (void)owner;
    return addr_eq(dst, &known) ? port : NULL;
}

static void begin(void)
{
    int pair[2];
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    seed = rng_seed_of(1, 0);
    links = (struct links){.sim = sim_new(), .arena = &arena, .packets = &packets, .seed = &seed};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair))
        exit(1);
    tun = (struct tun){.fd = pair[0], .links = &links, .whose = whose};
    far_end = pair[1];
    port = port_new(&links, "car.wlan0", LINK_RAW_IP6, 0, 1500);
    port->receive = receive;
    tun_attach(&tun, port);
    received = 0;
}

static void end(void)
{
    tun_close(&tun);
    (void)close(far_end);
    CHECK_EQ(packets.out, 0);
    sim_free(links.sim);
    arena_release(&arena);
}

static void put(const struct addr *dst, size_t n, uint8_t version)
{
    uint8_t bytes[1500] = {0};
    bytes[0] = (uint8_t)(version << 4);
    memcpy(bytes + 24, dst->b, sizeof dst->b);
    CHECK(write(far_end, bytes, n) == (ssize_t)n);
}

static void what_comes_is_delivered_by_its_destination(void)
{
    static const struct addr other = {{0x20, 1, 0xd, 0xb8, [15] = 2}};
    begin();
    put(&known, 60, 6);
    put(&other, 60, 6); /* nobody's */
    put(&known, 39, 6); /* not even a header */
    put(&known, 60, 4);
    put(&known, 1500, 6);
    tun_take(&tun);
    CHECK_EQ(received, 2);
    CHECK_EQ(received_bytes, 1500);
    CHECK(tun.count.received == 2 && tun.count.ignored == 3);
    tun_take(&tun); /* nothing waits */
    CHECK_EQ(received, 2);
    tun_detach(port);
    put(&known, 60, 6);
    tun_take(&tun);
    CHECK(received == 2 && tun.count.ignored == 4);
    end();
}

static void what_is_sent_comes_out_whole(void)
{
    uint8_t bytes[2000];
    begin();
    struct pkt *p = pkt_take(&packets);
    memset(pkt_append(p, 1500), 7, 1500);
    port_send(port, p);
    CHECK_EQ(read(far_end, bytes, sizeof bytes), 1500);
    CHECK(bytes[0] == 7 && bytes[1499] == 7);
    p = pkt_take(&packets);
    memset(pkt_append(p, 1501), 7, 1501);
    port_send(port, p);
    CHECK(read(far_end, bytes, sizeof bytes) < 0 && tun.count.sent == 1);
    tun_detach(port); /* the link is down */
    p = pkt_take(&packets);
    memset(pkt_append(p, 100), 7, 100);
    port_send(port, p);
    CHECK(read(far_end, bytes, sizeof bytes) < 0 && tun.count.sent == 1);
    end();
}

static void what_the_kernel_refuses_is_lost(void)
{
    begin();
    for (unsigned k = 0; k < 100000 && !tun.count.refused; k++) {
        struct pkt *p = pkt_take(&packets);
        memset(pkt_append(p, 1000), 7, 1000);
        port_send(port, p);
    }
    CHECK_EQ(tun.count.refused, 1);
    end();
}

/* ---- time ------------------------------------------------------------------------------------ */

static struct live_clock live;
static unsigned rang;
static sim_time rang_at[8];
static sim_time wall_at[8];

static void ring(struct sim *sim, void *owner)
{
    (void)owner;
    rang_at[rang] = sim_now(sim);
    wall_at[rang++] = live_clock_now(&live);
}

static bool never(void *owner)
{
    (void)owner;
    return false;
}

static bool at_once(void *owner)
{
    unsigned *asked = owner;
    return ++*asked > 1;
}

static void events_come_when_they_are_due(void)
{
    struct sim_timer t[3];
    begin();
    rang = 0;
    for (int k = 0; k < 3; k++) {
        sim_timer_init(&t[k], ring, NULL);
        sim_arm(links.sim, &t[k], (k + 1) * 20 * SIM_MS);
    }
    live_clock_start(&live, 0);
    CHECK_EQ(live_clock_run(&live, links.sim, &tun, 90 * SIM_MS, never, NULL), 3);
    CHECK_EQ(rang, 3);
    for (int k = 0; k < 3; k++) /* never before, and at its own simulated time */
        CHECK(rang_at[k] == (k + 1) * 20 * SIM_MS && wall_at[k] >= rang_at[k]);
    CHECK(live_clock_now(&live) >= 90 * SIM_MS && sim_now(links.sim) == 90 * SIM_MS);
    end();
}

static void what_is_late_is_done_in_order(void)
{
    const struct timespec nap = {.tv_nsec = 50 * SIM_MS};
    struct sim_timer t[2];
    begin();
    rang = 0;
    for (int k = 0; k < 2; k++) {
        sim_timer_init(&t[k], ring, NULL);
        sim_arm(links.sim, &t[k], (k + 1) * 10 * SIM_MS);
    }
    live_clock_start(&live, 0);
    (void)nanosleep(&nap, NULL); /* the program was busy */
    (void)live_clock_run(&live, links.sim, &tun, 60 * SIM_MS, never, NULL);
    CHECK(rang == 2 && rang_at[0] == 10 * SIM_MS && rang_at[1] == 20 * SIM_MS);
    CHECK(live.late >= 40 * SIM_MS);
    end();
}

static void a_packet_wakes_it(void)
{
    begin();
    live_clock_start(&live, 0);
    put(&known, 60, 6);
    (void)live_clock_run(&live, links.sim, &tun, 100 * SIM_MS, never, NULL);
    CHECK(received == 1 && received_at >= 0 && received_at < 100 * SIM_MS);
    end();
}

static void it_ends_when_it_is_told_to(void)
{
    unsigned asked = 0;
    begin();
    live_clock_start(&live, 0);
    (void)live_clock_run(&live, links.sim, &tun, 3600 * SIM_S, at_once, &asked);
    CHECK(asked == 2 && sim_now(links.sim) < 60 * SIM_S);
    end();
}

/* ---- the device ------------------------------------------------------------------------------ */

static void a_name_that_is_none_is_refused(void)
{
    struct tun t;
    struct why w;
    CHECK(tun_open(&t, "a-name-that-is-too-long", &w) == ST_SYNTAX && t.fd == -1 &&
          strstr(w.text, "no name of a device"));
    CHECK(tun_open(&t, "", &w) == ST_SYNTAX);
    tun_close(&t);
}

CHECK_MAIN(CASE(what_comes_is_delivered_by_its_destination), CASE(what_is_sent_comes_out_whole),
           CASE(what_the_kernel_refuses_is_lost), CASE(events_come_when_they_are_due),
           CASE(what_is_late_is_done_in_order), CASE(a_packet_wakes_it),
           CASE(it_ends_when_it_is_told_to), CASE(a_name_that_is_none_is_refused))
