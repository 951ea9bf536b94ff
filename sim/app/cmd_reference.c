#include <stdio.h>

#include "models/names.h"
#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/scenario.h"
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

static void print_names(void)
{
    (void)printf("\n## Events\n\n| event | fields and meaning |\n|---|---|\n");
    for (unsigned k = 0; k < EVENT_NAMES; k++)
        (void)printf("| `%s` | %s |\n", event_name((uint16_t)k), event_help((uint16_t)k));
    (void)printf("\n## Reasons of drops\n\n| counter | meaning |\n|---|---|\n");
    for (unsigned k = 1; k < DROP_REASONS; k++) {
        if (drop_name((uint16_t)k))
            (void)printf("| `drop.%s` | %s |\n", drop_name((uint16_t)k), drop_help((uint16_t)k));
    }
    (void)printf("\n## Counters of an interface\n\nEach ends in `.sent`, `.received` or `.dropped` "
                 "(refused by the link).\n\n");
    for (unsigned k = 0; k < COUNTS; k++)
        (void)printf("%s`%s`", k ? ", " : "", count_name(k));
    (void)printf("\n");
}

int cmd_reference(int argc, char **argv)
{
    static const struct cli_option options[] = {{.name = NULL}};
    static const struct cli_usage usage = {"reference",
                                           "",
                                           "print the reference of keys, events, drops and tables",
                                           "  monami reference > docs/reference.md\n",
                                           options,
                                           0,
                                           0};
    int code;
    if (cli_parse(&usage, argc, argv, &code) < 0)
        return code;
    (void)printf("# Reference\n\nPrinted by `monami reference` from the program's own tables.\n\n"
                 "## Commands\n\n| command | what it does |\n|---|---|\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        (void)printf("| `monami %s` | %s |\n", c->name, c->summary);
    (void)printf("\n");
    print_keys();
    effective_each(scenario_keys, print_presets, NULL);
    print_names();
    (void)printf("\n## Tables of results.sqlite\n\n");
    db_print_reference(stdout);
    return CLI_DONE;
}
