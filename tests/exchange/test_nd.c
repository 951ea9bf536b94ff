/* Neighbour discovery in a small world: what is injected at a port, and what comes of it. */
#include <stdlib.h>

#include "models/node/mobile.h"
#include "models/node/nd.h"
#include "models/transport/echo.h"
#include "models/wire/icmp6.h"
#include "sim/base/bytes.h"
#include "sim/world/world.h"

#include "tests/check.h"

enum { NOTES = 4000 };

/* What was seen. */
struct note {
    sim_time t;
    int name;         /* of an event; -1: a frame */
    uint32_t port;    /* of a frame */
    uint8_t type;     /* ICMPv6 */
    bool multicast;   /* its destination */
    bool unspecified; /* its source */
    struct addr addr; /* field `address` */
};

static struct note note[NOTES];
static unsigned notes;
static struct arena arena;
static struct scenario scenario;
static struct world world;
static struct tap tap;

static void see_event(void *self, const struct tap_event *e)
{
    (void)self;
    if (notes == NOTES)
        return;
    note[notes] = (struct note){.t = e->t, .name = e->name};
    for (unsigned k = 0; k < e->n; k++)
        if (e->field[k].type == TAP_ADDR)
            note[notes].addr = e->field[k].addr;
    notes++;
}

static void see_frame(void *self, const struct tap_frame *f)
{
    struct ip6_chain c;
    (void)self;
    bool ethernet = world.links.port[f->port]->framing == LINK_ETHERNET;
    const uint8_t *ip = f->pkt->at + (ethernet ? ETH_HEADER : 0);
    size_t n = f->pkt->len - (ethernet ? ETH_HEADER : 0);
    bool tried = f->what == TAP_SENT || f->what == TAP_DROPPED; /* the node did its part */
    if (!tried || notes == NOTES || ip6_walk(ip, n, &c) || c.upper != IP6_ICMP6)
        return;
    struct addr src = ip6_src(ip);
    struct addr dst = ip6_dst(ip);
    note[notes++] = (struct note){.t = f->t,
                                  .name = -1,
                                  .port = f->port,
                                  .type = ip[c.upper_at],
                                  .multicast = addr_multicast(&dst),
                                  .unspecified = addr_unspecified(&src)};
}

static void begin(const char *const *set, size_t sets)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    CHECK(c != NULL);
    arena = (struct arena){0};
    notes = 0;
    bool good =
        scenario_load(SCENARIOS "/break-before-make.yaml", set, sets, &arena, &scenario, &root, c);
    complaints_print(c, stderr);
    CHECK(good);
    free(c);
    world_build(&world, &scenario, &arena, 1, 0);
    tap = (struct tap){.event = see_event, .frame = see_frame};
    sim_add_tap(world.sim, &tap);
    world_start(&world);
}

static void end(void)
{
    world_free(&world);
    arena_release(&arena);
}

static struct iface *wlan(void)
{
    return node_find_iface(world_node(&world, "mn"), "wlan0");
}

static const struct note *first(int name, uint8_t type, sim_time after)
{
    for (unsigned k = 0; k < notes; k++)
        if (note[k].t >= after && note[k].name == name && (name >= 0 || note[k].type == type))
            return &note[k];
    return NULL;
}

static unsigned count(int name)
{
    unsigned n = 0;
    for (unsigned k = 0; k < notes; k++)
        n += note[k].name == name;
    return n;
}

/* An ND message arrives at the interface, from a neighbour that the world does not have. */
static void inject(struct iface *i, const struct addr *src, const struct addr *dst,
                   const struct nd_message *m)
{
    struct pkt *p = pkt_take(&world.packets);
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    nd_write(&w, src, dst, m);
    p->len = (uint32_t)w.len;
    const struct ip6 h = {.src = *src,
                          .dst = *dst,
                          .payload_bytes = (uint16_t)p->len,
                          .next = IP6_ICMP6,
                          .hop_limit = 255};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    eth_write(pkt_prepend(p, ETH_HEADER), eth_multicast(dst), 0x02deadbeef01, ETH_TYPE_IP6);
    port_deliver(i->port, p);
}

/* Runs until an address other than link-local (or link-local) is tentative. */
static struct nd_address *run_to_tentative(bool link_local)
{
    for (sim_time t = 0; t < 20 * SIM_S; t += 10 * SIM_MS) {
        (void)sim_run_until(world.sim, t);
        for (int k = 0; k < ND_ADDRESSES; k++) {
            struct nd_address *a = &wlan()->nd->address[k];
            if (a->state == ADDRESS_TENTATIVE && addr_link_local(&a->addr) == link_local &&
                a->dad.sent)
                return a;
        }
    }
    CHECK(false && "an address becomes tentative");
    return NULL;
}

/* RFC 4862 5.4.3: somebody else tests the same address; another identifier, and the whole test. */
static void a_duplicate_is_given_up_for_another_identifier(void)
{
    begin(NULL, 0);
    struct nd_address *a = run_to_tentative(false);
    struct addr taken = a->addr;
    struct addr group = addr_solicited_node(&taken);
    const struct nd_message ns = {.type = ICMP6_NS, .target = taken};
    sim_time at = sim_now(world.sim);
    inject(wlan(), &addr_any, &group, &ns);
    CHECK_EQ(count(EV_ND_DAD_FAILED), 1);
    (void)sim_run_until(world.sim, 10 * SIM_S);
    const struct note *got = first(EV_ND_ADDRESS, 0, 0);
    CHECK(got != NULL);
    CHECK(!addr_eq(&got->addr, &taken));
    CHECK(got->t >= at + SIM_S);
    CHECK(!node_owns(world_node(&world, "mn"), &taken));
    end();
}

/* An advertisement says the same, and an NS from an address does not. */
static void what_makes_a_duplicate(void)
{
    begin(NULL, 0);
    struct addr other = addr_link_local_of(7);
    struct nd_address *a = run_to_tentative(false);
    struct addr group = addr_solicited_node(&a->addr);
    const struct nd_message ns = {.type = ICMP6_NS, .target = a->addr};
    inject(wlan(), &other, &group, &ns); /* resolution: ignored while tentative */
    CHECK_EQ(count(EV_ND_DAD_FAILED), 0);
    CHECK_EQ(a->state, ADDRESS_TENTATIVE);
    const struct nd_message na = {.type = ICMP6_NA, .target = a->addr, .override = true};
    inject(wlan(), &other, &addr_all_nodes, &na);
    CHECK_EQ(count(EV_ND_DAD_FAILED), 1);
    end();
}

/* RFC 4862 5.4.5: without a link-local address there is no IP on the interface. */
static void a_duplicate_link_local_address_stops_the_interface(void)
{
    static const char *const set[] = {
        "events=[{at: 60 s, detach: mn.wlan0}, {at: 62 s, attach: mn.wlan0, to: west}]",
        "expect=[]",
        "flows={}",
        "general.stop=100 s",
    };
    begin(set, sizeof set / sizeof set[0]);
    struct nd_address *a = run_to_tentative(true);
    struct addr group = addr_solicited_node(&a->addr);
    const struct nd_message ns = {.type = ICMP6_NS, .target = a->addr};
    unsigned before = notes;
    inject(wlan(), &addr_any, &group, &ns);
    (void)sim_run_until(world.sim, 59 * SIM_S);
    CHECK(!first(-1, ICMP6_RS, 0));
    CHECK(first(-1, ICMP6_RA, 40 * SIM_S) != NULL); /* they come, and mean nothing */
    unsigned sent = 0;
    for (unsigned k = before; k < notes; k++)
        sent += note[k].name == -1 && note[k].port == wlan()->port->index;
    RULE("IP6-DAD-5");
    CHECK(!first(EV_ND_ADDRESS, 0, 0) && !first(EV_BU_SENT, 0, 0) && sent == 0);
    (void)sim_run_until(world.sim, 90 * SIM_S); /* a new link, a new test */
    CHECK(first(EV_ND_ADDRESS, 0, 62 * SIM_S) && first(EV_BU_SENT, 0, 62 * SIM_S));
    end();
}

/* RFC 4862 5.4: the address is usable exactly RetransTimer after its NS. */
static void a_test_lasts_one_retrans_timer(void)
{
    begin(NULL, 0);
    (void)sim_run_until(world.sim, 15 * SIM_S);
    const struct note *ready = first(EV_ND_ADDRESS, 0, 0);
    CHECK(ready != NULL);
    sim_time asked = -1;
    for (unsigned k = 0; k < notes; k++)
        if (note[k].name == -1 && note[k].type == ICMP6_NS && note[k].unspecified &&
            note[k].port == wlan()->port->index && note[k].t < ready->t)
            asked = note[k].t;
    CHECK_EQ(ready->t - asked, SIM_S);
    end();
}

/* RFC 4861 6.2.4: between MinRtrAdvInterval and MaxRtrAdvInterval, whoever asks in between. */
static void advertisements_keep_their_intervals(void)
{
    static const char *const set[] = {"general.stop=200 s", "expect=[]", "flows={}"};
    begin(set, 3);
    (void)sim_run_until(world.sim, 200 * SIM_S);
    uint32_t port = world_network(&world, "east")->segment->port->index;
    sim_time last = -1;
    sim_time least = SIM_NEVER;
    sim_time most = 0;
    for (unsigned k = 0; k < notes; k++) {
        if (note[k].name != -1 || note[k].type != ICMP6_RA || note[k].port != port ||
            !note[k].multicast)
            continue;
        if (last >= 0) {
            least = note[k].t - last < least ? note[k].t - last : least;
            most = note[k].t - last > most ? note[k].t - last : most;
        }
        last = note[k].t;
    }
    CHECK(least >= 3 * SIM_S && most <= 4 * SIM_S && most > 3500 * SIM_MS);
    end();
}

/* RFC 4861 7.3: no link layer tells; the first packet to the stale router starts 5 s, then three
 * solicitations a second apart, then it is given up. */
static void unreachability_of_the_router_is_noticed(void)
{
    static const char *const set[] = {
        "nodes.mn.detection.link_layer=false",
        "general.stop=120 s",
        "events=[{at: 30 s, outage: west}]",
        "expect=[]",
        "networks.west.advertise={min: 600 s, max: 1800 s, lifetime: 9000}",
        "networks.west.queue=1 packets"};
    begin(set, sizeof set / sizeof set[0]);
    (void)sim_run_until(world.sim, 119 * SIM_S);
    const struct note *gone = first(EV_ND_ROUTER_LOST, 0, 30 * SIM_S);
    CHECK(gone != NULL);
    if (gone) { /* T + 5 + 3 s at most, T up to 45 s */
        CHECK(gone->t >= 33 * SIM_S && gone->t <= 83 * SIM_S);
        unsigned probes = 0;
        for (unsigned k = 0; k < notes; k++)
            probes += note[k].name == -1 && note[k].type == ICMP6_NS && !note[k].multicast &&
                      note[k].port == wlan()->port->index && note[k].t >= gone->t - 3 * SIM_S &&
                      note[k].t < gone->t;
        CHECK_EQ(probes, 3);
        CHECK(first(EV_ND_ADDRESS_GONE, 0, gone->t) != NULL);
    }
    end();
}

/* RFC 4861 6.1, 7.1: what must be discarded is, counted, and changes nothing. */
static void bad_messages_are_dropped(void)
{
    begin(NULL, 0);
    (void)sim_run_until(world.sim, 15 * SIM_S);
    struct iface *i = wlan();
    struct addr from = addr_link_local_of(0xbad);
    struct nd_message ra = {.type = ICMP6_RA, .router_lifetime_s = 1800};
    struct addr global = {{0x20, 1, 0xd, 0xb8, [15] = 1}};
    unsigned routers = count(EV_ND_ROUTER);
    inject(i, &global, &addr_all_nodes, &ra); /* not from a link-local source */
    CHECK_EQ(count(EV_ND_ROUTER), routers);
    struct pkt *p = pkt_take(&world.packets); /* hop limit 254 */
    struct writer w = wr_over(p->at, pkt_tailroom(p));
    nd_write(&w, &from, &addr_all_nodes, &ra);
    p->len = (uint32_t)w.len;
    const struct ip6 h = {.src = from,
                          .dst = addr_all_nodes,
                          .payload_bytes = (uint16_t)p->len,
                          .next = IP6_ICMP6,
                          .hop_limit = 254};
    ip6_write(pkt_prepend(p, IP6_HEADER), &h);
    eth_write(pkt_prepend(p, ETH_HEADER), eth_multicast(&addr_all_nodes), 0x02deadbeef01,
              ETH_TYPE_IP6);
    port_deliver(i->port, p);
    CHECK_EQ(count(EV_ND_ROUTER), routers);
    inject(i, &from, &addr_all_nodes, &ra); /* a good one, for comparison */
    CHECK_EQ(count(EV_ND_ROUTER), routers + 1);
    end();
}

static unsigned spoofed, told;

static void see_drop(void *self, const struct tap_drop *d)
{
    (void)self;
    spoofed += d->reason == DROP_INGRESS;
}

/* RFC 2827: a source that is not of the link goes no further, and is told (RFC 4443 3.1, code 5).
 */
static void a_foreign_source_is_dropped_by_the_access_router(void)
{
    begin(NULL, 0);
    tap.drop = see_drop;
    (void)sim_run_until(world.sim, 15 * SIM_S);
    const struct trace_flow *call = &world.trace_flow[0];
    struct iface *i = wlan();
    const struct nd_router *r = solicit_router(i, NULL);
    CHECK(r != NULL);
    for (int k = 0; k < 2 && r; k++) {
        struct addr own = address_global(i)->addr;
        struct pkt *p =
            echo_request(&world.packets, k ? &own : &call->address[1], &call->address[1], 7, 1, 8);
        eth_write(pkt_prepend(p, ETH_HEADER), r->station, i->port->station, ETH_TYPE_IP6);
        spoofed = 0;
        notes = 0;
        port_send(i->port, p);
        (void)sim_run_until(world.sim, sim_now(world.sim) + 200 * SIM_MS);
        told = 0;
        for (unsigned m = 0; m < notes; m++)
            told += note[m].name == -1 && note[m].type == ICMP6_UNREACHABLE;
        RULE("IP6-MH-2");
        CHECK_EQ(spoofed, k == 0);
        RULE("IP6-MH-2");
        CHECK_EQ(told > 0, k == 0);
    }
    end();
}

CHECK_MAIN(CASE(a_duplicate_is_given_up_for_another_identifier), CASE(what_makes_a_duplicate),
           CASE(a_duplicate_link_local_address_stops_the_interface),
           CASE(a_test_lasts_one_retrans_timer), CASE(advertisements_keep_their_intervals),
           CASE(unreachability_of_the_router_is_noticed), CASE(bad_messages_are_dropped),
           CASE(a_foreign_source_is_dropped_by_the_access_router))
