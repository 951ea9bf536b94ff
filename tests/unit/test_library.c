/* What monami.h promises: sentences for what is wrong, refusals of what cannot be, and nothing that
 * ends the process. */
#include <sys/stat.h>
#include <unistd.h>

#include "sim/lib/monami.h"

#include "tests/check.h"

#define S INT64_C(1000000000)

static const char *const file = SCENARIOS "/minimal.yaml";

static bool says(const struct monami *m, const char *part)
{
    bool good = strstr(monami_why(m), part) != NULL;
    if (!good)
        (void)fprintf(stderr, "not '%s' but: %s\n", part, monami_why(m));
    return good;
}

static struct monami *opened(void)
{
    struct monami *m = monami_new();
    CHECK_EQ(monami_open(m, file), MONAMI_OK);
    return m;
}

static struct monami *built(void)
{
    struct monami *m = opened();
    if (monami_build(m)) {
        (void)fprintf(stderr, "%s\n", monami_why(m));
        exit(1);
    }
    return m;
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static void all_that_is_wrong_is_told(void)
{
    static const char text[] =
        "monami: 1\ntitle: t\ngeneral: {stop: 1}\nnetworks: {w: {dealy: 3 ms}}\n";
    struct monami *m = monami_new();
    CHECK(!*monami_why(m));
    CHECK_EQ(monami_read(m, "mine", text, sizeof text - 1), MONAMI_OK);
    CHECK_EQ(monami_set(m, "nodes.car.role", "mobil"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK(says(m, "mine:3:17") && says(m, "'dealy'") && says(m, "did you mean 'delay'"));
    CHECK(says(m, "--set:1") && says(m, "did you mean 'mobile'"));
    CHECK_EQ(monami_open(m, "/nowhere.yaml"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK(says(m, "/nowhere.yaml"));
    monami_free(m);
}

static void a_mistake_can_be_mended(void)
{
    struct monami *m = opened();
    CHECK_EQ(monami_set(m, "general.stop=1 s", "2 s"), MONAMI_RANGE);
    CHECK_EQ(monami_set(m, "general.stop", "soon"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK_EQ(monami_set(m, "general.stop", "30 s"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_stop(m), 30 * S);
    monami_free(m);
}

static void a_scenario_can_be_made_by_calls(void)
{
    static const char *const set[][2] = {
        {"general.stop", "15 s"},
        {"networks.home", "{prefix: '2001:db8:a::/64', agent: ha}"},
        {"networks.west", "{preset: wifi-11g, prefix: '2001:db8:1::/64'}"},
        {"backbone.up", "{between: [home, west]}"},
        {"nodes.ha", "{role: home-agent, network: home}"},
        {"nodes.cn", "{role: correspondent, network: home}"},
        {"nodes.car.role", "mobile"},
        {"nodes.car.home.agent", "ha"},
        {"nodes.car.home.address", "\"2001:db8:a::100\""},
        {"nodes.car.interfaces.wlan0.attach", "west"},
        {"flows.call", "{between: [car, cn], traffic: {voice: g711}, start: 10 s}"},
    };
    struct monami *m = monami_new();
    uint64_t bound = 0;
    for (size_t k = 0; k < sizeof set / sizeof *set; k++)
        CHECK_EQ(monami_set(m, set[k][0], set[k][1]), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
    CHECK_EQ(monami_counter(m, "mip6.binding_made", &bound), MONAMI_OK);
    CHECK_EQ(bound, 1);
    monami_free(m);
}

static void a_text_finds_files_from_its_name(void)
{
    static char text[20000];
    struct monami *m = monami_new();
    FILE *in = fopen(SCENARIOS "/two-operators.yaml", "r");
    size_t n = in ? fread(text, 1, sizeof text, in) : 0;
    if (in)
        (void)fclose(in);
    CHECK_EQ(monami_read(m, "two-operators", text, n), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK(says(m, "traces/two-operators.csv"));
    CHECK_EQ(monami_read(m, SCENARIOS "/another.yaml", text, n), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    monami_free(m);
}

static void a_seed_is_another_run(void)
{
    char digest[3][65];
    for (int k = 0; k < 3; k++) {
        struct monami *m = opened();
        CHECK_EQ(monami_seed(m, 7, k == 1), MONAMI_OK);
        CHECK_EQ(monami_record(m, NULL), MONAMI_OK);
        CHECK_EQ(monami_build(m), MONAMI_OK);
        CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
        CHECK(!*monami_digest(m));
        CHECK_EQ(monami_finish(m), MONAMI_OK);
        (void)snprintf(digest[k], sizeof digest[k], "%s", monami_digest(m));
        monami_free(m);
    }
    CHECK(strlen(digest[0]) == 64 && !strcmp(digest[0], digest[2]));
    CHECK(strcmp(digest[0], digest[1]) != 0);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void time_goes_forward_and_stops(void)
{
    struct monami *m = opened();
    CHECK_EQ(monami_run_until(m, S), MONAMI_NOT_NOW);
    CHECK(says(m, "is not built yet"));
    CHECK_EQ(monami_next(m), MONAMI_NEVER);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_NOT_NOW);
    CHECK_EQ(monami_set(m, "general.stop", "1 s"), MONAMI_NOT_NOW);
    CHECK(monami_outside(m, "west", &(const struct monami_ways){0}, NULL) == NULL);
    CHECK_EQ(monami_run_until(m, 5 * S), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, 4 * S), MONAMI_RANGE);
    CHECK(says(m, "is past") && monami_now(m) == 5 * S);
    int64_t next = monami_next(m);
    CHECK_EQ(monami_reach(m, next), MONAMI_OK);
    CHECK(monami_now(m) == next && monami_next(m) == next); /* it is still to happen */
    CHECK_EQ(monami_run_until(m, next), MONAMI_OK);
    CHECK(monami_next(m) > next);
    CHECK_EQ(monami_finish(m), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, 9 * S), MONAMI_NOT_NOW);
    CHECK_EQ(monami_finish(m), MONAMI_NOT_NOW);
    monami_free(m);
}

/* ---- observers ------------------------------------------------------------------------------- */

struct seen {
    struct monami *m;
    unsigned bindings, sent, received, allowed;
    char care_of[64];
    int64_t lifetime;
};

static void see_event(void *owner, const struct monami_event *e)
{
    struct seen *s = owner;
    s->allowed += monami_run_until(s->m, monami_now(s->m)) != MONAMI_NOT_NOW;
    s->allowed += monami_finish(s->m) != MONAMI_NOT_NOW;
    for (size_t k = 0; k < e->fields; k++) {
        if (!strcmp(e->name, "mip6.binding_made") && !strcmp(e->field[k].key, "care_of_address"))
            (void)snprintf(s->care_of, sizeof s->care_of, "%s", e->field[k].text);
        if (!strcmp(e->name, "mip6.bu_sent") && !strcmp(e->field[k].key, "lifetime_s"))
            s->lifetime = e->field[k].number;
    }
    s->bindings += !strcmp(e->name, "mip6.binding_made") && !strcmp(e->node, "ha");
}

static void see_frame(void *owner, const struct monami_frame *f)
{
    struct seen *s = owner;
    if (!strcmp(monami_port_name(f->port), "mn.wlan0")) {
        s->sent += f->what == MONAMI_FRAME_SENT && f->n >= 14;
        s->received += f->what == MONAMI_FRAME_RECEIVED;
    }
}

static void observers_see_and_do_not_move(void)
{
    const struct monami_watcher watcher = {.event = see_event, .frame = see_frame};
    struct seen seen = {.m = opened()};
    uint64_t value = 0;
    CHECK_EQ(monami_watch(seen.m, &watcher, &seen), MONAMI_OK);
    CHECK_EQ(monami_build(seen.m), MONAMI_OK);
    CHECK_EQ(monami_watch(seen.m, &watcher, &seen), MONAMI_NOT_NOW);
    CHECK_EQ(monami_run_until(seen.m, 12 * S), MONAMI_OK);
    CHECK(seen.bindings == 1 && seen.sent > 100 && seen.received > 100 && seen.allowed == 0);
    CHECK(!strncmp(seen.care_of, "2001:db8:1:", 11) && seen.lifetime == 420);
    CHECK(monami_counter(seen.m, "packets.sent", &value) == MONAMI_OK && value == 200);
    CHECK(monami_counter(seen.m, "drop.queue_full", &value) == MONAMI_OK && value == 0);
    CHECK_EQ(monami_counter(seen.m, "drop.nothing", &value), MONAMI_MISSING);
    CHECK_EQ(monami_counter(seen.m, "outside.west.sent", &value), MONAMI_MISSING);
    monami_free(seen.m);
}

static void ports_have_names(void)
{
    uint8_t address[6];
    struct monami *m = built();
    struct monami_port *p = monami_port(m, "mn.wlan0");
    CHECK(monami_port(m, "mn.wlan1") == NULL && says(m, "'mn.wlan1'"));
    CHECK(p && !strcmp(monami_port_name(p), "mn.wlan0") && !strcmp(monami_port_node(p), "mn"));
    CHECK(p == monami_port(m, "mn.wlan0"));
    size_t ports = 0;
    unsigned found = 0;
    for (; monami_port_at(m, ports); ports++)
        found += monami_port_at(m, ports) == p;
    CHECK(found == 1 && ports == 12);
    CHECK(monami_port_framing(p) == MONAMI_ETHERNET && monami_port_mtu(p) == 1500);
    monami_port_address(p, address);
    CHECK(address[0] == 0x02 && !monami_port_up(p));
    CHECK_EQ(monami_run_until(m, S), MONAMI_OK);
    static const uint8_t all_nodes[6] = {0x33, 0x33, 0, 0, 0, 1};
    static const uint8_t others[6] = {0x33, 0x33, 0, 0, 0, 9};
    CHECK(monami_port_up(p) && monami_port_hears(p, all_nodes) && !monami_port_hears(p, others));
    monami_free(m);
}

/* ---- networks of the caller ------------------------------------------------------------------ */

struct bag {
    struct monami_network *net;
    struct monami_port *router, *host;
    uint64_t ticket[64];
    const uint8_t *bytes[64];
    size_t n[64];
    unsigned tickets, inside;
    bool full;
    unsigned watched, refused;
};

static void bag_join(void *owner, struct monami_port *port, struct monami_port *far)
{
    struct bag *b = owner;
    (void)far;
    if (b->router) {
        b->host = port;
    } else {
        b->router = port;
    }
}

static void bag_attach(void *owner, struct monami_port *host)
{
    const struct bag *b = owner;
    CHECK_EQ(monami_carry(b->net, host, true), MONAMI_OK); /* at once */
}

static void bag_send(void *owner, struct monami_port *from, uint64_t ticket, const uint8_t *frame,
                     size_t n)
{
    struct bag *b = owner;
    b->inside += monami_receive(b->net, b->router, ticket, frame, n, NULL) == MONAMI_NOT_NOW &&
                 monami_carry(b->net, from, false) == MONAMI_NOT_NOW;
    if (b->full) {
        CHECK_EQ(monami_lose(b->net, ticket, MONAMI_LOST_QUEUE), MONAMI_OK);
        return;
    }
    unsigned k = b->tickets++ % 64;
    b->ticket[k] = ticket;
    b->bytes[k] = frame;
    b->n[k] = n;
}

static const struct monami_ways bag_ways = {bag_join, bag_attach, NULL, bag_send};

/* A frame is told in the middle of what its node does. */
static void bag_watch(void *owner, const struct monami_frame *f)
{
    struct bag *b = owner;
    b->watched++;
    b->refused += monami_receive(b->net, b->router, 0, f->bytes, f->n, NULL) == MONAMI_NOT_NOW &&
                  monami_carry(b->net, b->host, false) == MONAMI_NOT_NOW;
}

static void watchers_carry_nothing(void)
{
    const struct monami_watcher watcher = {.frame = bag_watch};
    struct bag bag = {0};
    struct monami *m = opened();
    bag.net = monami_outside(m, "west", &bag_ways, &bag);
    CHECK_EQ(monami_watch(m, &watcher, &bag), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, 11 * S), MONAMI_OK);
    CHECK_EQ(bag.refused, bag.watched);
    CHECK(bag.watched > 5);
    monami_free(m);
}

static void another_engine_is_refused(void)
{
    struct monami *m = opened();
    CHECK_EQ(monami_set(m, "general.engine", "ns3"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK(says(m, "general.engine: "));
    monami_free(m);
}

static void tickets_that_are_misused_are_refused(void)
{
    struct bag bag = {0};
    struct monami *m = opened();
    struct monami *other = built();
    uint64_t value = 0;
    bool taken = true;
    bag.net = monami_outside(m, "west", &bag_ways, &bag);
    CHECK(bag.net && !monami_outside(m, "west", &bag_ways, &bag) && says(m, "outside already"));
    CHECK_EQ(monami_done(bag.net, 1), MONAMI_NOT_NOW);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, S), MONAMI_OK);
    CHECK(bag.tickets > 0 && bag.inside == bag.tickets && monami_port_up(bag.host));
    CHECK_EQ(monami_receive(bag.net, bag.router, bag.ticket[0], bag.bytes[0], 3, &taken),
             MONAMI_OK);
    CHECK(taken); /* cut short: the node refuses it, and it is counted there */
    CHECK(monami_counter(m, "drop.malformed", &value) == MONAMI_OK && value == 1);
    CHECK_EQ(monami_receive(bag.net, monami_port(other, "mn.wlan0"), 0, bag.bytes[0], 60, &taken),
             MONAMI_MISSING);
    CHECK_EQ(monami_done(bag.net, bag.ticket[0]), MONAMI_OK);
    CHECK_EQ(monami_done(bag.net, bag.ticket[0]), MONAMI_MISSING);
    CHECK_EQ(monami_lose(bag.net, bag.ticket[0], MONAMI_LOST_LINK), MONAMI_MISSING);
    CHECK_EQ(monami_receive(bag.net, bag.router, bag.ticket[0], bag.bytes[0], 60, &taken),
             MONAMI_MISSING);
    CHECK_EQ(monami_lose(bag.net, bag.ticket[1], (enum monami_loss)9), MONAMI_RANGE);
    bag.full = true;
    CHECK_EQ(monami_run_until(m, 5 * S), MONAMI_OK);
    CHECK(monami_counter(m, "drop.queue_full", &value) == MONAMI_OK && value > 0);
    CHECK(monami_counter(m, "outside.west.in_flight", &value) == MONAMI_OK &&
          value == bag.tickets - 1);
    monami_free(m); /* with tickets out */
    monami_free(other);
}

static void what_cannot_be_outside_is_told(void)
{
    struct bag bag = {0};
    struct monami *m = opened();
    CHECK(monami_outside(m, "wets", &bag_ways, &bag) != NULL);
    CHECK_EQ(monami_build(m), MONAMI_SCENARIO);
    CHECK(says(m, "there is no network wets"));
    monami_free(m);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool is_there(const char *folder, const char *name)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void clear(const char *folder)
{
    static const char *const made[] = {"results.sqlite", "events.sqlog", "effective.yaml",
                                       "flows/call.csv", "packets/all.pcapng"};
    char path[600];
    for (size_t k = 0; k < sizeof made / sizeof *made; k++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, made[k]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/flows", folder);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s/packets", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

static void what_is_recorded_appears_whole(void)
{
    static const char folder[] = SCRATCH "/library-record";
    static const char part[] = SCRATCH "/library-record.part";
    clear(part);
    clear(folder);
    struct monami *m = opened();
    CHECK_EQ(monami_record(m, folder), MONAMI_OK);
    CHECK_EQ(monami_set(m, "general.record.pcap", "all"), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_OK);
    CHECK_EQ(monami_run_until(m, monami_stop(m)), MONAMI_OK);
    CHECK(!is_there(folder, ""));
    CHECK_EQ(monami_finish(m), MONAMI_OK);
    CHECK(is_there(folder, "results.sqlite") && is_there(folder, "packets/all.pcapng") &&
          is_there(folder, "flows/call.csv") && is_there(folder, "effective.yaml"));
    CHECK_EQ(monami_unmet(m), 0);
    monami_free(m);
    m = opened();
    CHECK_EQ(monami_record(m, folder), MONAMI_OK);
    CHECK_EQ(monami_build(m), MONAMI_IO); /* nothing is ever replaced */
    CHECK(says(m, "is there already"));
    monami_free(m);
    clear(folder);
}

CHECK_MAIN(CASE(all_that_is_wrong_is_told), CASE(a_mistake_can_be_mended),
           CASE(a_scenario_can_be_made_by_calls), CASE(a_text_finds_files_from_its_name),
           CASE(a_seed_is_another_run), CASE(time_goes_forward_and_stops),
           CASE(observers_see_and_do_not_move), CASE(ports_have_names),
           CASE(watchers_carry_nothing), CASE(another_engine_is_refused),
           CASE(tickets_that_are_misused_are_refused), CASE(what_cannot_be_outside_is_told),
           CASE(what_is_recorded_appears_whole))
