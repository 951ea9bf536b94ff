/* A car and its gateway, each live in a world of its own, with nothing in between but the packets
 * that leave one and come to the other; time is stepped, so that nobody waits for it. */
#include <sys/socket.h>
#include <unistd.h>

#include "models/node/agent.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile_path.h"
#include "models/node/protect.h"
#include "models/wire/icmp6.h"
#include "sim/app/live.h"

#include "tests/check.h"

enum { CAR, HA, SIDES, DROPS = 256 };

struct side {
    struct arena arena;
    struct scenario scenario;
    struct world world;
    struct tun tun;
    struct world_live live;
    struct tap tap;
    unsigned event[512];
    unsigned born;
    unsigned taken;
    sim_time slowest; /* of what was taken */
    unsigned dropped[DROPS];
};

static struct side side[SIDES];

static void see_event(void *self, const struct tap_event *e)
{
    struct side *s = self;
    s->event[e->name]++;
}

static void see_packet(void *self, const struct tap_packet *p)
{
    struct side *s = self;
    s->born += p->step == TAP_BORN;
    s->taken += p->step == TAP_TAKEN;
    if (p->step == TAP_TAKEN && p->t - p->mark.born > s->slowest)
        s->slowest = p->t - p->mark.born;
}

static void see_drop(void *self, const struct tap_drop *d)
{
    struct side *s = self;
    s->dropped[d->reason % DROPS]++;
}

static void begin_side(struct side *s, const char *node, const char *const *set, size_t sets)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    if (!c)
        abort();
    *s = (struct side){.tun = {.fd = -1}};
    bool good =
        scenario_load(SCENARIOS "/live-vpn.yaml", set, sets, &s->arena, &s->scenario, &root, c);
    complaints_print(c, stderr);
    free(c);
    if (!good)
        abort();
    s->live = (struct world_live){scenario_node(&s->scenario, node), &s->tun};
    world_build_live(&s->world, &s->scenario, &s->arena, (uint64_t)s->scenario.general.seed, 0,
                     &s->live);
    s->tap = (struct tap){.self = s, .event = see_event, .packet = see_packet, .drop = see_drop};
    sim_add_tap(s->world.sim, &s->tap);
}

static void begin_two(const char *const *set, size_t sets)
{
    int pair[2];
    begin_side(&side[CAR], "car", set, sets);
    begin_side(&side[HA], "ha", set, sets);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair))
        abort();
    side[CAR].tun.fd = pair[0];
    side[HA].tun.fd = pair[1];
    world_start(&side[CAR].world);
    world_start(&side[HA].world);
}

#define BEGIN(...)                                       \
    do {                                                 \
        static const char *const set_[] = {__VA_ARGS__}; \
        begin_two(set_, sizeof set_ / sizeof *set_);     \
    } while (0)

/* Steps of a millisecond: what has left arrives in the next. */
static void run_to(sim_time t)
{
    for (sim_time now = sim_now(side[CAR].world.sim); now < t;) {
        now += SIM_MS;
        for (int k = 0; k < SIDES; k++) {
            (void)sim_run_until(side[k].world.sim, now);
            tun_take(&side[k].tun);
        }
    }
}

static void end_two(void)
{
    for (int k = 0; k < SIDES; k++) {
        tun_close(&side[k].tun);
        world_free(&side[k].world);
        arena_release(&side[k].arena);
    }
}

static struct node *car(void)
{
    return world_node(&side[CAR].world, "car");
}

static struct node *ha(void)
{
    return world_node(&side[HA].world, "ha");
}

static struct sa *outbound(struct node *n)
{
    for (struct sa *sa = protection_ipsec(n->protection)->sad.first; sa; sa = sa->newer) {
        if (!sa->ended && sa->direction == SA_OUT)
            return sa;
    }
    return NULL;
}

static struct addr coa_of(const char *iface)
{
    return address_global(node_find_iface(car(), iface))->addr;
}

#define QUIET "expect=[]"

/* ---- a client and its gateway ---------------------------------------------------------------- */

static void echo_goes_both_ways(void)
{
    BEGIN(QUIET);
    run_to(16 * SIM_S - 100 * SIM_MS);
    CHECK(side[CAR].event[EV_IKE_UP] == 1 && side[HA].event[EV_IKE_UP] == 1);
    struct addr coa = coa_of("wlan0");
    CHECK(outbound(car()) && addr_eq(&outbound(car())->local, &coa) &&
          addr_eq(&outbound(ha())->remote, &coa));
    /* Each has sent for ten seconds, and each request is taken when its reply is. */
    CHECK(side[CAR].born >= 19 && side[CAR].taken == side[CAR].born);
    CHECK(side[HA].born >= 19 && side[HA].taken == side[HA].born);
    CHECK(side[CAR].slowest > 0 && side[CAR].slowest < 20 * SIM_MS);
    CHECK(side[CAR].dropped[DROP_NO_SA] == 0 && side[HA].dropped[DROP_NO_SA] == 0);
    end_two();
}

static void nobody_else_does_anything(void)
{
    BEGIN(QUIET);
    run_to(8 * SIM_S);
    for (int k = 0; k < SIDES; k++) {
        const struct world *w = &side[k].world;
        for (uint32_t c = 0; c < w->links.channels; c++) {
            bool home = !strncmp(w->links.channel[c]->link, "home", 4);
            CHECK(w->links.channel[c]->count.packets == 0 || (k == HA && home));
        }
    }
    end_two();
}

static void an_interface_that_goes_takes_its_address_along(void)
{
    BEGIN(QUIET, "events=[{at: 9 s, detach: car.wlan0}, {at: 14 s, attach: car.wlan0}]");
    run_to(9 * SIM_S - SIM_MS);
    struct addr wlan = coa_of("wlan0");
    struct addr cell = coa_of("cell0");
    uint32_t spi = outbound(ha())->spi;
    CHECK(addr_eq(&outbound(ha())->remote, &wlan));
    run_to(12 * SIM_S); /* MOBIKE, over the other one */
    CHECK(!node_owns(car(), &wlan) && addr_eq(&outbound(ha())->remote, &cell) &&
          addr_eq(&outbound(car())->local, &cell) && outbound(ha())->spi == spi);
    run_to(17 * SIM_S);
    CHECK(node_owns(car(), &wlan) && addr_eq(&outbound(ha())->remote, &wlan));
    CHECK(side[CAR].event[EV_IKE_UP] == 1);
    CHECK(side[CAR].taken + 2 >= side[CAR].born);
    end_two();
}

static void events_of_others_do_not_happen(void)
{
    BEGIN(QUIET,
          "events=[{at: 1 s, outage: wlan}, {at: 2 s, detach: car.cell0}, {at: 3 s, renumber: "
          "home, preferred: 10 s, valid: 20 s}]");
    run_to(5 * SIM_S);
    CHECK(side[CAR].event[EV_L2_OUTAGE] == 0 && side[HA].event[EV_L2_OUTAGE] == 0);
    CHECK(side[CAR].event[EV_L2_DOWN] == 1 && side[HA].event[EV_L2_DOWN] == 0);
    CHECK(side[CAR].event[EV_RENUMBERED] == 0 && side[HA].event[EV_RENUMBERED] == 1);
    end_two();
}

static void at_the_end_sas_are_deleted(void)
{
    for (int who = 0; who < SIDES; who++) {
        struct node *n;
        BEGIN(QUIET);
        run_to(8 * SIM_S);
        n = who == CAR ? car() : ha();
        CHECK(key_exchange_is_open(n));
        key_exchange_close(n);
        run_to(8 * SIM_S + (who == CAR ? 9 : 1) * SIM_MS);
        CHECK(!key_exchange_is_open(n) && !outbound(n));
        CHECK(side[CAR].event[EV_IKE_DOWN] == 1 && side[HA].event[EV_IKE_DOWN] == 1);
        run_to(15 * SIM_S); /* a car that was told so begins again; one that ends does not */
        CHECK_EQ(side[CAR].event[EV_IKE_UP], who == CAR ? 1 : 2);
        end_two();
    }
}

/* ---- with Mobile IPv6 ------------------------------------------------------------------------ */

#define REGISTERS "nodes.car.home.registers=true"
#define WORDS     "nodes.car.ipsec={keying: ike, payload: tunnel, policies: {}}"

static void a_registration_needs_no_simulated_path(void)
{
    BEGIN(QUIET, REGISTERS, WORDS, "nodes.car.ike={mobility: k-bit}");
    run_to(16 * SIM_S - 100 * SIM_MS);
    struct addr home = *mobile_home(car()->mobile);
    const struct bcache_entry *e = bcache_find(agent_cache(ha()->agent), &home);
    CHECK(e && e->bindings == 2);
    CHECK(side[CAR].event[EV_REGISTERED] == 2 && side[HA].event[EV_BINDING_MADE] == 2);
    CHECK(side[CAR].born >= 19 && side[CAR].taken == side[CAR].born);
    CHECK(side[HA].born >= 19 && side[HA].taken == side[HA].born);
    end_two();
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void refused(const char *node, const char *set, const char *words)
{
    struct arena a = {0};
    struct complaints *c = calloc(1, sizeof *c);
    struct scenario s;
    struct yaml_node *root;
    struct live l;
    struct why w;
    const struct live_options how = {.node = node};
    bool good = c && scenario_load(SCENARIOS "/live-vpn.yaml", &set, 1, &a, &s, &root, c);
    CHECK(good && live_open(&l, &how, &s, &w) && strstr(w.text, words));
    free(c);
    arena_release(&a);
}

static void what_cannot_be_live_says_so(void)
{
    refused("bus", QUIET, "no node 'bus'");
    refused("cn", QUIET, "is a correspondent");
    refused("car", "general.crypto=sized", "sized");
    refused("car", "nodes.car.detection=oracle", "no oracle outside");
}

static bool never(void *owner)
{
    (void)owner;
    return false;
}

/* It says so at once, however long the run should be. */
static void a_device_that_goes_ends_the_run(void)
{
    struct live_clock clock;
    struct sim *sim;
    BEGIN(QUIET);
    run_to(SIM_S);
    CHECK(!side[CAR].tun.gone);
    tun_close(&side[HA].tun);
    sim = side[CAR].world.sim;
    live_clock_start(&clock, sim_now(sim));
    (void)live_clock_run(&clock, sim, &side[CAR].tun, 3600 * SIM_S, never, NULL);
    CHECK(side[CAR].tun.gone && sim_now(sim) < 3600 * SIM_S);
    end_two();
}

CHECK_MAIN(CASE(echo_goes_both_ways), CASE(nobody_else_does_anything),
           CASE(an_interface_that_goes_takes_its_address_along),
           CASE(events_of_others_do_not_happen), CASE(at_the_end_sas_are_deleted),
           CASE(a_registration_needs_no_simulated_path), CASE(what_cannot_be_live_says_so),
           CASE(a_device_that_goes_ends_the_run))
