#include <stdio.h>

#include "scenarios/yaml.h"
#include "sim/app/cli.h"
#include "sim/app/version.h"
#include "sim/base/hash.h"
#include "traces/db.h"

#ifndef MONAMI_GIT
#define MONAMI_GIT "unknown"
#endif

const char *version_git(void)
{
    return MONAMI_GIT;
}

const char *version_compiler(void)
{
#ifdef __clang__
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

static int run(int argc, char **argv)
{
    int code;
    if (cli_parse(&command_version, NULL, argc, argv, &code) < 0)
        return code;
    (void)printf("monami %s (%s)\ncompiler %s\n%s\n%s\n%s\n", MONAMI_VERSION, version_git(),
                 version_compiler(), hash_library(), db_library(), yaml_library());
    return CLI_DONE;
}

const struct cli_command command_version = {
    .name = "version",
    .operands = "",
    .summary = "print versions",
    .examples = "  monami version\n",
    .run = run,
};
