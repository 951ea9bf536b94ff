/* A caller that moves hosts does what events of a scenario do, to the bit; and what no event may do
 * is refused with a sentence. */
#include "sim/lib/monami.h"

#include "tests/check.h"

#define S INT64_C(1000000000)

enum { MOVES = 4 };

enum what { ATTACH, DETACH, SHUT };

struct move {
    int64_t at_s;
    enum what what;
    const char *who;
    const char *network;
};

/* A scenario whose events are others, and once more by calls. */
struct journey {
    const char *file;
    const char *events;
    const char *set[4][2];
    struct move move[MOVES];
    size_t moves;
};

/* clang-format off */
static const struct journey journeys[] = {
    {"minimal", "[{at: 20 s, attach: mn.wlan0, to: east}]",
     {{"nodes.mn.interfaces.wlan0.may_attach", "east"}},
     {{20, ATTACH, "mn.wlan0", "east"}}, 1},
    {"return-home", "[{at: 20 s, attach: mn.wlan0, to: home}, {at: 40 s, detach: mn.wlan0}, "
                    "{at: 42 s, attach: mn.wlan0}]",
     {{"nodes.mn.interfaces.wlan0.may_attach", "[home, visited]"}},
     {{20, ATTACH, "mn.wlan0", "home"}, {40, DETACH, "mn.wlan0", NULL},
      {42, ATTACH, "mn.wlan0", NULL}}, 3},
    {"make-before-break", "[{at: 15 s, detach: mn.cell0}, {at: 20 s, attach: mn.cell0}, "
                          "{at: 30 s, detach: mn.wlan0}]",
     {{"expect", "[]"}},
     {{15, DETACH, "mn.cell0", NULL}, {20, ATTACH, "mn.cell0", "lte"},
      {30, DETACH, "mn.wlan0", NULL}}, 3},
    {"ietf68/seed-6b-in-flight", "[{at: 10 s, shut: car.far0}]",
     {{"expect", "[]"}},
     {{10, SHUT, "car.far0", NULL}}, 1},
    {"hotspot", "[{at: 30 s, detach: hotspot-router.radio}, {at: 45 s, attach: hotspot-router.radio}]",
     {{"expect", "[]"}},
     {{30, DETACH, "hotspot-router.radio", NULL}, {45, ATTACH, "hotspot-router.radio", NULL}}, 2},
    {"home-agents", "[{at: 30 s, detach: north}, {at: 70 s, shut: south}, {at: 90 s, attach: north}, "
                    "{at: 100 s, shut: ha}]",
     {{"expect", "[]"}},
     {{30, DETACH, "north", NULL}, {70, SHUT, "south", NULL}, {90, ATTACH, "north", NULL},
      {100, SHUT, "ha", NULL}}, 4},
};
/* clang-format on */

static struct monami *opened(const char *name)
{
    char path[500];
    struct monami *m = monami_new();
    (void)snprintf(path, sizeof path, "%s/%s.yaml", SCENARIOS, name);
    CHECK_EQ(monami_open(m, path), MONAMI_OK);
    CHECK_EQ(monami_set(m, "expect", "[]"), MONAMI_OK);
    return m;
}

static void build(struct monami *m)
{
    if (monami_build(m)) {
        check_failures++;
        (void)fprintf(stderr, "%s", monami_why(m));
        exit(1);
    }
}

static enum monami_status do_move(struct monami *m, const struct move *to)
{
    return to->what == ATTACH   ? monami_attach(m, to->who, to->network)
           : to->what == DETACH ? monami_detach(m, to->who)
                                : monami_shut(m, to->who);
}

static void run(const struct journey *j, bool by_calls, char digest[65])
{
    struct monami *m = opened(j->file);
    for (size_t k = 0; by_calls && j->set[k][0]; k++)
        CHECK_EQ(monami_set(m, j->set[k][0], j->set[k][1]), MONAMI_OK);
    CHECK_EQ(monami_set(m, "events", by_calls ? "[]" : j->events), MONAMI_OK);
    CHECK_EQ(monami_record(m, NULL), MONAMI_OK);
    build(m);
    for (size_t k = 0; by_calls && k < j->moves; k++) {
        CHECK_EQ(monami_reach(m, j->move[k].at_s * S), MONAMI_OK);
        CHECK_EQ(do_move(m, &j->move[k]), MONAMI_OK);
    }
    CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
    CHECK_EQ(monami_finish(m), MONAMI_OK);
    (void)snprintf(digest, 65, "%s", monami_digest(m));
    monami_free(m);
}

static void a_call_does_what_an_event_does(void)
{
    for (size_t k = 0; k < sizeof journeys / sizeof *journeys; k++) {
        char digest[2][65];
        run(&journeys[k], false, digest[0]);
        run(&journeys[k], true, digest[1]);
        CHECK(strlen(digest[0]) == 64);
        if (strcmp(digest[0], digest[1]) != 0) {
            check_failures++;
            (void)fprintf(stderr, "%s: another run by calls\n", journeys[k].file);
        }
    }
}

/* An interface attaches before the answer to what should have shut it: it stays attached. */
static void what_attaches_is_not_shut_any_more(void)
{
    static const char *const networks[] = {NULL, "east"};
    for (size_t k = 0; k < 2; k++) {
        struct monami *m = opened("wifi-lte-voice");
        CHECK_EQ(monami_set(m, "networks.east",
                            "{access: wifi, prefix: \"2001:db8:77::/64\", rate: 40 Mbit/s, "
                            "delay: 4 ms, attach_time: 1 s, advertise: {min: 1 s, max: 2 s}}"),
                 MONAMI_OK);
        CHECK_EQ(monami_set(m, "backbone.e", "{between: [home, east], delay: 5 ms}"), MONAMI_OK);
        CHECK_EQ(monami_set(m, "nodes.car.interfaces.wlan0.may_attach", "[east]"), MONAMI_OK);
        CHECK_EQ(monami_set(m, "events", "[]"), MONAMI_OK);
        build(m);
        CHECK_EQ(monami_reach(m, 30 * S), MONAMI_OK);
        CHECK_EQ(monami_shut(m, "car.wlan0"), MONAMI_OK);
        CHECK_EQ(monami_reach(m, 30 * S + S / 100), MONAMI_OK);
        CHECK_EQ(monami_attach(m, "car.wlan0", networks[k]), MONAMI_OK);
        CHECK_EQ(monami_run_until(m, 40 * S), MONAMI_OK);
        CHECK(monami_port_up(monami_port(m, "car.wlan0")));
        uint64_t registered = 0;
        CHECK_EQ(monami_counter(m, "mip6.registered", &registered), MONAMI_OK);
        CHECK_EQ(registered, 3); /* both, and this one again */
        monami_free(m);
    }
}

/* ---- what is refused ------------------------------------------------------------------------- */

static bool says(const struct monami *m, const char *part)
{
    bool good = strstr(monami_why(m), part) != NULL;
    if (!good)
        (void)fprintf(stderr, "not '%s' but: %s\n", part, monami_why(m));
    return good;
}

static void what_is_not_there_is_told(void)
{
    struct monami *m = opened("minimal");
    build(m);
    CHECK_EQ(monami_run_until(m, S), MONAMI_OK);
    CHECK_EQ(monami_attach(m, "nobody.wlan0", "east"), MONAMI_MISSING);
    CHECK(says(m, "monami_attach(): 'nobody.wlan0' is no interface of a mobile node"));
    CHECK_EQ(monami_detach(m, "mn.wlan9"), MONAMI_MISSING);
    CHECK(says(m, "monami_detach(): 'mn.wlan9' is no interface"));
    CHECK_EQ(monami_shut(m, "mn"), MONAMI_MISSING);
    CHECK_EQ(monami_detach(m, "cn.eth0"), MONAMI_MISSING);
    CHECK_EQ(monami_attach(m, "mn.wlan0", "north"), MONAMI_MISSING);
    CHECK(says(m, "there is no network 'north'"));
    CHECK_EQ(monami_attach(m, "mn.wlan0", "home"), MONAMI_RANGE);
    CHECK(says(m, "mn.wlan0 has no place in network 'home'") && says(m, "`may_attach`"));
    CHECK(monami_port_up(monami_port(m, "mn.wlan0")));         /* it is where it was */
    CHECK_EQ(monami_attach(m, "mn.wlan0", "east"), MONAMI_OK); /* where an event takes it */
    monami_free(m);
}

static void what_no_event_may_do_is_refused(void)
{
    struct monami *m = opened("minimal");
    build(m);
    CHECK_EQ(monami_detach(m, "ha"), MONAMI_RANGE);
    CHECK(says(m, "'ha' is the router of network 'home'"));
    CHECK_EQ(monami_attach(m, "ha", "home"), MONAMI_RANGE);
    CHECK(says(m, "one link"));
    monami_free(m);
    m = opened("main-street");
    build(m);
    CHECK_EQ(monami_attach(m, "car.wlan0", "east"), MONAMI_RANGE);
    CHECK(says(m, "where its node's movement takes it"));
    CHECK_EQ(monami_detach(m, "car.wlan0"), MONAMI_RANGE);
    CHECK_EQ(monami_detach(m, "car.cell0"), MONAMI_OK);
    monami_free(m);
    m = opened("hotspot");
    build(m);
    CHECK_EQ(monami_shut(m, "hotspot-router.radio"), MONAMI_RANGE);
    CHECK(says(m, "no binding to delete"));
    CHECK_EQ(monami_attach(m, "hotspot-router.radio", "inet"), MONAMI_RANGE);
    CHECK(says(m, "no event of the scenario attaches hotspot-router.radio"));
    monami_free(m);
}

/* ---- from within callbacks, and at the edges of a run -----------------------------------------
 */

struct owner {
    struct monami *m;
    struct monami_network *net;
    unsigned calls, refused, asked, left;
};

static void refuse(struct owner *o)
{
    o->calls++;
    o->refused += monami_attach(o->m, "mn.wlan0", "east") == MONAMI_NOT_NOW &&
                  monami_detach(o->m, "mn.wlan0") == MONAMI_NOT_NOW &&
                  monami_shut(o->m, "mn.wlan0") == MONAMI_NOT_NOW;
}

static void see_frame(void *owner, const struct monami_frame *f)
{
    (void)f;
    refuse(owner);
}

static void join(void *owner, struct monami_port *port, struct monami_port *far)
{
    (void)port;
    (void)far;
    refuse(owner);
}

static void attach(void *owner, struct monami_port *host)
{
    struct owner *o = owner;
    o->asked++;
    refuse(owner);
    CHECK_EQ(monami_carry(o->net, host, true), MONAMI_OK); /* at once */
}

static void detach(void *owner, struct monami_port *host)
{
    struct owner *o = owner;
    (void)host;
    o->left++;
    refuse(owner);
}

static void send(void *owner, struct monami_port *from, uint64_t ticket, const uint8_t *frame,
                 size_t n)
{
    struct owner *o = owner;
    (void)from;
    (void)frame;
    (void)n;
    refuse(owner);
    CHECK_EQ(monami_lose(o->net, ticket, MONAMI_LOST_LINK), MONAMI_OK);
}

static void a_network_of_the_callers_is_asked(void)
{
    static const struct monami_ways ways = {join, attach, detach, send};
    static const struct monami_watcher watcher = {.frame = see_frame};
    struct owner o = {.m = opened("minimal")};
    CHECK_EQ(monami_set(o.m, "events", "[]"), MONAMI_OK);
    CHECK_EQ(monami_set(o.m, "nodes.mn.interfaces.wlan0.may_attach", "[east]"), MONAMI_OK);
    o.net = monami_outside(o.m, "east", &ways, &o);
    CHECK_EQ(monami_watch(o.m, &watcher, &o), MONAMI_OK);
    CHECK_EQ(monami_attach(o.m, "mn.wlan0", "east"), MONAMI_NOT_NOW);
    CHECK(says(o.m, "monami_attach(): the world is not built yet"));
    build(o.m);
    CHECK_EQ(monami_reach(o.m, 5 * S), MONAMI_OK);
    CHECK_EQ(monami_attach(o.m, "mn.wlan0", "east"), MONAMI_OK);
    CHECK(o.asked == 1 && monami_port_up(monami_port(o.m, "mn.wlan0")));
    CHECK_EQ(monami_attach(o.m, "mn.wlan0", "east"), MONAMI_OK); /* it is there */
    CHECK_EQ(monami_run_until(o.m, 8 * S), MONAMI_OK);
    CHECK_EQ(monami_detach(o.m, "mn.wlan0"), MONAMI_OK);
    CHECK(!monami_port_up(monami_port(o.m, "mn.wlan0")));
    CHECK_EQ(monami_detach(o.m, "mn.wlan0"), MONAMI_OK);
    CHECK(o.asked == 1 && o.left == 1);
    CHECK_EQ(monami_attach(o.m, "mn.wlan0", NULL), MONAMI_OK); /* west, where it began */
    CHECK_EQ(monami_run_until(o.m, 9 * S), MONAMI_OK);
    CHECK(o.asked == 1 && monami_port_up(monami_port(o.m, "mn.wlan0")));
    CHECK(o.calls > 10);
    CHECK_EQ(o.refused, o.calls);
    CHECK_EQ(monami_finish(o.m), MONAMI_OK);
    CHECK_EQ(monami_detach(o.m, "mn.wlan0"), MONAMI_NOT_NOW);
    CHECK(says(o.m, "is finished"));
    monami_free(o.m);
}

CHECK_MAIN(CASE(a_call_does_what_an_event_does), CASE(what_attaches_is_not_shut_any_more),
           CASE(what_is_not_there_is_told), CASE(what_no_event_may_do_is_refused),
           CASE(a_network_of_the_callers_is_asked))
