#include <stdio.h>

#include "scenarios/schema.h"
#include "sim/app/cli.h"
#include "sim/world/scenario.h"

static int run(int argc, char **argv)
{
    int code;
    if (cli_parse(&command_schema, NULL, argc, argv, &code) < 0)
        return code;
    schema_print(stdout, scenario_keys, "A scenario of monami");
    return CLI_DONE;
}

const struct cli_command command_schema = {
    .name = "schema",
    .operands = "",
    .summary = "print a JSON Schema of scenario files, for editors",
    .examples = "  monami schema > scenario.schema.json\n"
                "  # first line of a scenario, for editors with yaml-language-server:\n"
                "  # yaml-language-server: $schema=scenario.schema.json\n",
    .run = run,
};
