#include <stdio.h>

#include "models/names.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/world/scenario.h"
#include "traces/count.h"
#include "traces/db.h"

static void print_key(void *owner, const struct effective_key *k)
{
    (void)owner;
    (void)printf("| `%s` | %s | %s | %s |\n", k->path, k->type, k->otherwise, k->help);
}

static void print_keys(void)
{
    (void)printf("## Scenario keys\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
    effective_each(scenario_keys, print_key, NULL);
}

static void print_presets(void *owner, const struct effective_key *k)
{
    (void)owner;
    if (!k->presets)
        return;
    (void)printf("\n## Presets: `%s`\n\n| word | values | sources |\n|---|---|---|\n", k->path);
    for (const struct key_preset *p = k->presets; p->name; p++)
        (void)printf("| `%s` | `%s` | %s |\n", p->name, p->values, p->source);
}

static void print_node_counters(void)
{
    static const char *const counter[][2] = {
#define X(name, help) {(name), (help)},
        NODE_COUNTERS(X)
#undef X
    };
    (void)printf("\n## Counters of a node\n\n| counter | meaning |\n|---|---|\n");
    for (size_t k = 0; k < sizeof counter / sizeof counter[0]; k++)
        (void)printf("| `%s` | %s |\n", counter[k][0], counter[k][1]);
}

static void print_names(void)
{
    (void)printf("\n## Events\n\n| event | fields and meaning |\n|---|---|\n");
    for (unsigned k = 0; k < EVENT_NAMES; k++)
        (void)printf("| `%s` | %s |\n", event_name((uint16_t)k), event_help((uint16_t)k));
    (void)printf("\n## Reasons of drops\n\n| counter | stage | meaning |\n|---|---|---|\n");
    for (unsigned k = 1; k < DROP_REASONS; k++) {
        if (drop_name((uint16_t)k))
            (void)printf("| `drop.%s` | %s | %s |\n", drop_name((uint16_t)k),
                         drop_stage_name(drop_stage((uint16_t)k)), drop_help((uint16_t)k));
    }
    (void)printf("\nTable counter sums those of a node up by stage, too, as `drops.STAGE`.\n");
    print_node_counters();
    (void)printf("\n## Counters of an interface\n\nEach ends in `.sent`, `.received` or `.dropped` "
                 "(refused by the link).\n\n");
    for (unsigned k = 0; k < COUNTS; k++)
        (void)printf("%s`%s`", k ? ", " : "", count_name(k));
    (void)printf("\n");
}

static void print_command(const struct cli_command *c)
{
    (void)printf("### monami %s%s%s\n\n%s.\n\n", c->name, *c->operands ? " " : "", c->operands,
                 c->summary);
    for (const struct cli_option *o = c->options; o && o->name; o++) {
        char text[64];
        cli_option_text(o, text, sizeof text);
        (void)printf("- `%s`: %s\n", text, o->help);
    }
    if (c->options)
        (void)printf("\n");
    (void)printf("```\n%s```\n\n", c->examples);
}

static int run(int argc, char **argv)
{
    int code;
    if (cli_parse(&command_reference, NULL, argc, argv, &code) < 0)
        return code;
    (void)printf("# Reference\n\nPrinted by `monami reference` from the program's own tables.\n\n"
                 "## Commands\n\n");
    for (const struct cli_command *const *c = cli_commands; *c; c++)
        print_command(*c);
    print_keys();
    effective_each(scenario_keys, print_presets, NULL);
    print_names();
    (void)printf("\n## Tables of results.sqlite\n\n");
    db_print_reference(stdout);
    return CLI_DONE;
}

const struct cli_command command_reference = {
    .name = "reference",
    .operands = "",
    .summary = "print the reference of commands, keys, events, drops and tables",
    .examples = "  monami reference > docs/reference.md\n",
    .run = run,
};
