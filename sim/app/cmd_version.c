#include <stdio.h>

#include "scenarios/yaml.h"
#include "sim/app/cli.h"
#include "sim/app/manifest.h"
#include "sim/app/version.h"
#include "sim/base/hash.h"
#include "sim/base/json.h"
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

struct asked {
    bool json;
};

static void print_json(void)
{
    struct json_writer j = jw_to(stdout, 1);
    jw_object(&j, NULL);
    jw_text(&j, "monami", MONAMI_VERSION);
    jw_text(&j, "built", version_git());
    jw_text(&j, "compiler", version_compiler());
    jw_list(&j, "libraries");
    jw_text(&j, NULL, hash_library());
    jw_text(&j, NULL, db_library());
    jw_text(&j, NULL, yaml_library());
    jw_text(&j, NULL, manifest_library());
    jw_end(&j);
    jw_end(&j);
}

static int run(int argc, char **argv)
{
    struct asked asked = {.json = false};
    int code;
    if (cli_parse(&command_version, &asked, argc, argv, &code) < 0)
        return code;
    if (asked.json) {
        print_json();
    } else {
        (void)printf("monami %s (%s)\ncompiler %s\n%s\n%s\n%s\n%s\n", MONAMI_VERSION, version_git(),
                     version_compiler(), hash_library(), db_library(), yaml_library(),
                     manifest_library());
    }
    return CLI_DONE;
}

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, NULL, "as one JSON object", offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_version = {
    .name = "version",
    .operands = "",
    .summary = "print versions",
    .examples = "  monami version\n",
    .options = options,
    .run = run,
};
