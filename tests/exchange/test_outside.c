/* A world with networks outside: carried by delay lines that do what their channels would have
 * done, nothing in it is different. */
#include "sim/world/world.h"

#include "tests/check.h"
#include "tests/delay_line.h"

enum { NETWORKS = 2 };

static struct arena arena;
static struct scenario scenario;
static struct world world;
static char digest[2][65];

static void load(const char *file)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    arena = (struct arena){0};
    const char *path = arena_format(&arena, "%s/%s", SCENARIOS, file);
    if (!c || !scenario_load(path, NULL, 0, &arena, &scenario, &root, c))
        abort();
    free(c);
}

static void run_world(char text[65])
{
    struct trace_setup setup = {.digest = true};
    struct why w;
    setup.run = (struct trace_run){.run_key = "",
                                   .scenario = "",
                                   .title = "",
                                   .engine = "",
                                   .crypto = "",
                                   .knowledge = "",
                                   .processor = "",
                                   .version = ""};
    world_trace_setup(&world, &setup);
    struct trace *t = trace_open(&setup, world.sim);
    world_start(&world);
    uint64_t ran = sim_run_until(world.sim, scenario.general.stop);
    const struct key_list nothing = {.n = 0};
    const struct trace_end end = {.events = ran, .expect = &nothing};
    CHECK_EQ(trace_close(t, &end, &w), ST_OK);
    (void)snprintf(text, 65, "%s", trace_digest(t));
    trace_free(t);
}

static void run_natively(const char *file)
{
    load(file);
    world_build(&world, &scenario, &arena, (uint64_t)scenario.general.seed, 0);
    run_world(digest[0]);
    world_free(&world);
    arena_release(&arena);
}

static uint64_t sent;

static void run_outside(const char *file, const char *const network[NETWORKS])
{
    struct delay_line line[NETWORKS] = {{.built = false}};
    struct world_outside outside[NETWORKS];
    struct why w;
    load(file);
    for (int k = 0; k < NETWORKS; k++)
        outside[k] = (struct world_outside){network[k], &line_ways, &line[k]};
    CHECK_EQ(world_outside_check(&scenario, outside, NETWORKS, &w), ST_OK);
    world_build_outside(&world, &scenario, &arena, (uint64_t)scenario.general.seed, 0, outside,
                        NETWORKS);
    for (int k = 0; k < NETWORKS; k++)
        line[k].built = true;
    run_world(digest[1]);
    sent = 0;
    for (int k = 0; k < NETWORKS; k++) {
        sent += line[k].outside->count.sent;
        end_lines(&line[k]);
    }
    world_free(&world);
    arena_release(&arena);
}

static void is_the_same(const char *file, const char *one, const char *other)
{
    const char *const network[NETWORKS] = {one, other};
    run_natively(file);
    run_outside(file, network);
    CHECK(sent > 1000);
    if (strcmp(digest[0], digest[1]))
        (void)fprintf(stderr, "%s with %s and %s outside is different\n", file, one, other);
    CHECK(!strcmp(digest[0], digest[1]));
}

/* Frames, packets of flows, drops and events: the digest is over all of them. */
static void nothing_is_different_with_networks_outside(void)
{
    is_the_same("minimal.yaml", "west", "east");
    is_the_same("wifi-lte-voice.yaml", "wlan", "lte"); /* jitter and loss */
    is_the_same("make-before-break.yaml", "inet", "lte");
    is_the_same("protected-call.yaml", "home", "inet");
    is_the_same("return-home.yaml", "home", "visited");
}

static enum status check(const char *file, const char *network, struct why *w)
{
    const struct world_outside outside = {network, &line_ways, NULL};
    load(file);
    enum status st = world_outside_check(&scenario, &outside, 1, w);
    arena_release(&arena);
    return st;
}

static void what_cannot_be_outside_is_told(void)
{
    struct why w;
    CHECK_EQ(check("minimal.yaml", "wets", &w), ST_MISSING);
    CHECK(!strcmp(w.text, "there is no network wets"));
    CHECK_EQ(check("three-interfaces.yaml", "red", &w), ST_RANGE);
    CHECK(!strcmp(w.text, "events[0]: an outage of network red, which is outside"));
    CHECK_EQ(check("two-operators.yaml", "att", &w), ST_RANGE);
    CHECK_EQ(check("three-interfaces.yaml", "blue", &w), ST_OK);
}

CHECK_MAIN(CASE(nothing_is_different_with_networks_outside), CASE(what_cannot_be_outside_is_told))
