#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/scenario.h"

static int check_one(const char *file, const struct cli_texts *set, bool quiet, bool effective)
{
    struct arena arena = {0};
    struct scenario s;
    struct yaml_node *root;
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    bool good = scenario_load(file, set->text, set->n, &arena, &s, &root, c);
    complaints_print(c, stderr);
    if (good && effective)
        effective_print(stdout, scenario_keys, &s);
    if (good && !quiet && !effective) {
        (void)fprintf(stderr, "%s: good: %zu nodes, %zu networks, %zu flows\n", file, s.nodes.n,
                      s.networks.n, s.flows.n);
    }
    free(c);
    arena_release(&arena);
    return good ? CLI_DONE : CLI_USAGE;
}

int cmd_check(int argc, char **argv)
{
    bool quiet = false;
    bool effective = false;
    struct cli_texts set = {.n = 0};
    const struct cli_option options[] = {
        {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
         &set},
        {"effective", 'e', CLI_FLAG, NULL, "print the scenario with every default filled in",
         &effective},
        {"quiet", 'q', CLI_FLAG, NULL, "say only what is wrong", &quiet},
        {.name = NULL},
    };
    const struct cli_usage usage = {"check",
                                    "FILE...",
                                    "check scenario files and say everything that is wrong",
                                    "  monami check scenarios/*.yaml\n"
                                    "  monami check -e scenarios/loss.yaml > whole.yaml\n",
                                    options,
                                    1,
                                    100000};
    int code;
    int at = cli_parse(&usage, argc, argv, &code);
    if (at < 0)
        return code;
    code = CLI_DONE;
    for (; at < argc; at++) {
        if (check_one(argv[at], &set, quiet, effective) != CLI_DONE)
            code = CLI_USAGE;
    }
    return code;
}
