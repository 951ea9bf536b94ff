/* Presets of access networks: their own texts are right, and what is written wins. */
#include "sim/world/scenario.h"

#include "tests/check.h"

static struct arena arena;
static struct complaints complaints;
static struct scenario scenario;

static const struct network_config *network(const char *text, const char *name)
{
    arena = (struct arena){0};
    complaints = (struct complaints){.arena = &arena};
    memset(&scenario, 0, sizeof scenario);
    struct yaml_node *root = yaml_read("test", text, strlen(text), 0, &arena, &complaints);
    CHECK(root != NULL);
    struct bind b = {
        .root = root, .folder = "", .arena = &arena, .complaints = &complaints, .partial = true};
    bind_presets(root, scenario_keys, &arena, &complaints);
    bind_table(&b, root, scenario_keys, &scenario, "");
    return SCENARIO_FIND(scenario.networks, struct network_config, name);
}

static void every_preset_has_rate_delay_and_a_source(void)
{
    CHECK(!strcmp(access_preset_words[0], "none"));
    for (size_t k = 0; access_preset_words[k + 1] || access_presets[k].name; k++) {
        const struct key_preset *p = &access_presets[k];
        char text[200];
        CHECK(p->name && access_preset_words[k + 1] &&
              !strcmp(p->name, access_preset_words[k + 1]));
        (void)snprintf(text, sizeof text, "networks: {a: {preset: %s}}\n", p->name);
        const struct network_config *n = network(text, "a");
        CHECK_EQ(complaints.n, 0);
        CHECK_EQ(n->access.preset, k + 1);
        CHECK(n->access.has_rate && n->access.has_delay);
        CHECK(strstr(p->source, "rate"));
        arena_release(&arena);
    }
}

static void what_is_written_wins(void)
{
    const struct network_config *n = network(
        "networks: {a: {preset: lte, rate: {up: 1 Mbit/s}, delay: 9 ms, mtu: 1400 B}}\n", "a");
    CHECK_EQ(complaints.n, 0);
    CHECK_EQ(n->access.kind, ACCESS_CELLULAR);
    CHECK_EQ(n->access.rate.down, 13000000);
    CHECK_EQ(n->access.rate.up, 1000000);
    CHECK_EQ(n->access.delay.down, 9 * SIM_MS);
    CHECK_EQ(n->access.jitter.up, 15 * SIM_MS);
    CHECK_EQ(n->access.mtu, 1400);
    arena_release(&arena);
    CHECK_EQ(network("networks: {a: {rate: 5 Mbit/s}}\n", "a")->access.preset, 0);
    CHECK_EQ(complaints.n, 0);
    arena_release(&arena);
    (void)network("networks: {a: {preset: lte5}}\n", "a");
    CHECK_EQ(complaints.n, 1);
    CHECK(strstr(complaints.of[0].text, "'lte5' is not one of: none, wifi-11g"));
    CHECK(strstr(complaints.of[0].text, "did you mean 'lte'?"));
    arena_release(&arena);
}

CHECK_MAIN(CASE(every_preset_has_rate_delay_and_a_source), CASE(what_is_written_wins))
