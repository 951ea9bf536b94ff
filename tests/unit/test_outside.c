/* Networks whose frames somebody else carries: what is handed out, what comes back, and where it is
 * accounted for. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/link/outside.h"

#include "tests/check.h"
#include "tests/delay_line.h"

enum { HEADER = 14, ALL_NODES = 1 };

struct got {
    unsigned n;
    uint32_t len;
    uint64_t sequence;
    sim_time at;
    bool up;
};

static struct arena arena;
static struct pool packets;
static struct rng_seed seed;
static struct links links;
static struct tap observer;
static unsigned told[4];     /* by enum tap_what */
static uint16_t told_reason; /* of the last loss or drop */

/* An outside that keeps what it is given. */
struct bag {
    struct outside *outside;
    uint64_t ticket[8];
    const uint8_t *bytes[8];
    size_t n[8];
    const struct port *from[8];
    unsigned tickets, joined, attached, detached;
};

static void bag_join(void *owner, struct outside *o, struct port *port, struct port *far)
{
    struct bag *b = owner;
    b->outside = o;
    (void)port;
    (void)far;
    b->joined++;
}

static void bag_attach(void *owner, struct port *host)
{
    struct bag *b = owner;
    (void)host;
    b->attached++;
}

static void bag_detach(void *owner, struct port *host)
{
    struct bag *b = owner;
    (void)host;
    b->detached++;
}

static void bag_send(void *owner, struct port *from, uint64_t ticket, const uint8_t *frame,
                     size_t n)
{
    struct bag *b = owner;
    unsigned k = b->tickets++ % 8;
    b->ticket[k] = ticket;
    b->bytes[k] = frame;
    b->n[k] = n;
    b->from[k] = from;
}

static const struct outside_ways bag_ways = {bag_join, bag_attach, bag_detach, bag_send};

static void see_frame(void *self, const struct tap_frame *f)
{
    (void)self;
    told[f->what]++;
    if (f->what == TAP_DROPPED || f->what == TAP_LOST)
        told_reason = f->reason;
}

static void take(void *owner, struct pkt *p)
{
    struct got *g = owner;
    g->n++;
    g->len = p->len;
    g->sequence = p->mark.sequence;
    g->at = sim_now(links.sim);
    pkt_give(&packets, p);
}

static void see_state(void *owner, bool up)
{
    struct got *g = owner;
    g->up = up;
}

static bool hears_all_nodes(void *owner, uint64_t group)
{
    (void)owner;
    return group == (UINT64_C(0x333300000000) | ALL_NODES);
}

static struct port *port(const char *name, enum link_framing framing, uint64_t station,
                         struct got *g)
{
    struct port *p = port_new(&links, name, framing, station, 1500);
    p->owner = g;
    p->receive = take;
    p->state = see_state;
    p->hears = hears_all_nodes;
    return p;
}

static void begin(void)
{
    arena = (struct arena){0};
    packets = pkt_pool(&arena);
    seed = rng_seed_of(1, 0);
    links = (struct links){.sim = sim_new(), .arena = &arena, .packets = &packets, .seed = &seed};
    memset(told, 0, sizeof told);
    observer = (struct tap){.frame = see_frame};
    sim_add_tap(links.sim, &observer);
}

static void end(void)
{
    CHECK_EQ(packets.out, 0);
    sim_free(links.sim);
    arena_release(&arena);
}

static void frame(struct port *from, uint64_t to, uint64_t sequence, size_t n)
{
    struct pkt *p = pkt_take(&packets);
    uint8_t *b = pkt_append(p, n);
    memset(b, 0, n);
    for (int i = 0; i < 6; i++)
        b[5 - i] = (uint8_t)(to >> 8 * i);
    p->mark.sequence = sequence;
    port_send(from, p);
}

/* A router and two hosts on a segment that a bag carries. */
static struct got router, host[2];
static struct port *at_router, *at_host[2];
static struct station *station[2];
static struct bag bag;

static void begin_segment(void)
{
    static const struct access_config how = {
        .rate = {1000000, 1000000}, .queue = {10, 10}, .mtu = 1500};
    begin();
    bag = (struct bag){0};
    router = host[0] = host[1] = (struct got){0};
    struct access *net = access_new(&links, "lan", &how);
    (void)access_set_outside(net, &bag_ways, &bag);
    at_router = port("r", LINK_ETHERNET, 0x020000000001, &router);
    access_set_router(net, at_router);
    for (unsigned k = 0; k < 2; k++) {
        at_host[k] = port(k ? "b" : "a", LINK_ETHERNET, UINT64_C(0x020000000002) + k, &host[k]);
        station[k] = access_station(net, at_host[k], NULL);
    }
}

static void begin_attached(void)
{
    begin_segment();
    for (unsigned k = 0; k < 2; k++) {
        station_attach(station[k]);
        outside_carry(bag.outside, at_host[k], true);
    }
}

static void end_segment(void)
{
    (void)outside_release(bag.outside);
    end();
}

static bool back(unsigned k, struct port *to)
{
    return outside_receive(bag.outside, to, bag.ticket[k], bag.bytes[k], bag.n[k]);
}

static void a_port_is_up_when_the_outside_says_so(void)
{
    begin_segment();
    CHECK(bag.joined == 3 && at_router->up);
    station_wire(station[1]);
    station_attach(station[0]);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK(bag.attached == 2 && !host[0].up && !host[1].up && !station_carries(station[0]));
    outside_carry(bag.outside, at_host[0], true);
    CHECK(host[0].up && station_carries(station[0]));
    outside_carry(bag.outside, at_host[0], false); /* it lost its link, and looks for it */
    CHECK(!host[0].up && station[0]->attached);
    outside_carry(bag.outside, at_host[0], true);
    station_detach(station[0]);
    CHECK(!host[0].up && bag.detached == 1);
    outside_carry(bag.outside, at_host[0], true); /* too late */
    CHECK(!host[0].up);
    end_segment();
}

static void a_frame_is_the_same_packet_when_it_comes_back(void)
{
    begin_attached();
    frame(at_host[0], 0x020000000001, 7, 100);
    CHECK(bag.tickets == 1 && bag.n[0] == 100 && bag.from[0] == at_host[0]);
    CHECK(told[TAP_SENT] == 1 && router.n == 0);
    (void)sim_reach(links.sim, SIM_MS);
    CHECK(!back(0, at_host[1])); /* as on a hub: it is for the router */
    CHECK(back(0, at_router));
    outside_done(bag.outside, bag.ticket[0]);
    CHECK(router.n == 1 && router.sequence == 7 && router.at == SIM_MS && router.len == 100);
    CHECK(told[TAP_RECEIVED] == 1 && told[TAP_LOST] == 0);
    end_segment();
}

static void a_group_is_heard_by_who_listens(void)
{
    begin_attached();
    frame(at_router, UINT64_C(0x333300000001), 1, 100);
    CHECK(back(0, at_host[0]) && back(0, at_host[1]));
    CHECK(!back(0, at_router)); /* its own */
    outside_done(bag.outside, bag.ticket[0]);
    frame(at_router, UINT64_C(0x333300000002), 2, 100);
    CHECK(!back(1, at_host[0]) && !back(1, at_host[1]));
    outside_done(bag.outside, bag.ticket[1]); /* nobody is interested: no loss */
    CHECK(host[0].n == 1 && host[1].n == 1 && told[TAP_LOST] == 0);
    CHECK(bag.outside->count.sent == 2 && bag.outside->count.done == 2);
    end_segment();
}

static void what_reaches_nobody_is_lost(void)
{
    begin_attached();
    frame(at_host[0], 0x020000000099, 1, 100);
    outside_done(bag.outside, bag.ticket[0]);
    CHECK(told[TAP_LOST] == 1 && told_reason == DROP_NO_STATION);
    station_detach(station[1]);
    frame(at_host[0], 0x020000000003, 2, 100);
    CHECK(!back(1, at_host[1]));
    outside_done(bag.outside, bag.ticket[1]);
    CHECK(told[TAP_LOST] == 2 && told_reason == DROP_LINK_DOWN);
    frame(at_host[0], 0x020000000001, 3, 100);
    outside_lost(bag.outside, bag.ticket[2], DROP_LINK_LOSS);
    CHECK(told[TAP_LOST] == 3 && told_reason == DROP_LINK_LOSS);
    CHECK(bag.outside->count.lost == 3 && bag.outside->out == 0);
    end_segment();
}

static void lengths_are_kept_in_both_directions(void)
{
    uint8_t longer[1600] = {2, 0, 0, 0, 0, 2};
    begin_attached();
    frame(at_host[0], 0x020000000001, 1, 1500 + HEADER + 1);
    CHECK(bag.tickets == 0 && told[TAP_DROPPED] == 1 && told_reason == DROP_LINK_MTU);
    frame(at_host[0], 0x020000000001, 2, 1500 + HEADER);
    CHECK(bag.tickets == 1);
    CHECK(!outside_receive(bag.outside, at_host[0], 0, longer, 1500 + HEADER + 1));
    CHECK(outside_receive(bag.outside, at_host[0], 0, longer, 1500 + HEADER));
    CHECK(outside_receive(bag.outside, at_router, bag.ticket[0], bag.bytes[0], 3));
    CHECK(router.len == 3); /* cut short: the node will refuse it */
    outside_done(bag.outside, bag.ticket[0]);
    CHECK_EQ(bag.outside->count.strangers, 1);
    end_segment();
}

static void there_is_an_end_of_tickets(void)
{
    begin_attached();
    for (unsigned k = 0; k < OUTSIDE_ROOM; k++)
        frame(at_host[0], 0x020000000001, k, 64);
    CHECK(bag.outside->out == OUTSIDE_ROOM && told[TAP_DROPPED] == 0);
    frame(at_host[0], 0x020000000001, 0, 64);
    CHECK(told[TAP_DROPPED] == 1 && told_reason == DROP_QUEUE_FULL);
    CHECK(bag.outside->count.refused == 1 && bag.outside->count.peak == OUTSIDE_ROOM);
    outside_done(bag.outside, bag.ticket[0]);
    frame(at_host[0], 0x020000000001, 0, 64);
    CHECK_EQ(told[TAP_DROPPED], 1);
    CHECK_EQ(outside_release(bag.outside), OUTSIDE_ROOM); /* in flight, and no loss */
    CHECK_EQ(told[TAP_LOST], 1);
    end_segment();
}

/* In a process of its own: answers whether an assertion ended it. */
static bool dies(void (*wrong)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        wrong();
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void end_twice(void)
{
    outside_done(bag.outside, bag.ticket[0]);
    outside_done(bag.outside, bag.ticket[0]);
}

static void end_that_of_another(void)
{
    outside_done(bag.outside, bag.ticket[0]);
    frame(at_host[0], 0x020000000001, 1, 100); /* has its place */
    outside_lost(bag.outside, bag.ticket[0], DROP_LINK_LOSS);
}

static void carry_after_the_end(void)
{
    outside_done(bag.outside, bag.ticket[0]);
    (void)back(0, at_router);
}

static void a_ticket_is_used_once(void)
{
    begin_attached();
    frame(at_host[0], 0x020000000001, 1, 100);
    CHECK(outside_holds(bag.outside, bag.ticket[0]) && !outside_holds(bag.outside, 0));
    CHECK(dies(end_twice));
    CHECK(dies(end_that_of_another));
    CHECK(dies(carry_after_the_end));
    end_segment();
}

/* ---- a bearer -------------------------------------------------------------------------------- */

static void a_bearer_has_an_end_on_each_side(void)
{
    static const struct access_config how = {.kind = ACCESS_CELLULAR,
                                             .rate = {1000000, 1000000},
                                             .queue = {10, 10},
                                             .delay = {20 * SIM_MS, 30 * SIM_MS},
                                             .attach_time = 550 * SIM_MS,
                                             .mtu = 1428};
    struct delay_line line = {.built = true};
    begin();
    router = host[0] = (struct got){0};
    struct access *net = access_new(&links, "cell", &how);
    (void)access_set_outside(net, &line_ways, &line);
    struct port *r = port("r", LINK_RAW_IP6, 0, &router);
    struct port *h = port("h", LINK_RAW_IP6, 0, &host[0]);
    struct station *s = access_station(net, h, r);
    station_attach(s);
    (void)sim_run_until(links.sim, 549 * SIM_MS);
    CHECK(!router.up && !host[0].up);
    (void)sim_run_until(links.sim, 550 * SIM_MS);
    CHECK(router.up && host[0].up && h->mtu == 1428);
    frame(h, 0, 1, 125);
    frame(r, 0, 2, 125);
    (void)sim_run_until(links.sim, SIM_S);
    CHECK(router.n == 1 && router.sequence == 1 && router.at == 581 * SIM_MS);
    CHECK(host[0].n == 1 && host[0].sequence == 2 && host[0].at == 571 * SIM_MS);
    frame(h, 0, 3, 125);
    station_detach(s);
    CHECK(!router.up && !host[0].up && told[TAP_LOST] == 1 && told_reason == DROP_LINK_DOWN);
    end_lines(&line);
    end();
}

CHECK_MAIN(CASE(a_port_is_up_when_the_outside_says_so),
           CASE(a_frame_is_the_same_packet_when_it_comes_back),
           CASE(a_group_is_heard_by_who_listens), CASE(what_reaches_nobody_is_lost),
           CASE(lengths_are_kept_in_both_directions), CASE(there_is_an_end_of_tickets),
           CASE(a_ticket_is_used_once), CASE(a_bearer_has_an_end_on_each_side))
