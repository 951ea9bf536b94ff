#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/compare.h"
#include "sim/app/cli.h"
#include "sim/app/differences.h"

struct asked {
    bool json;
    bool quiet;
};

/* The results of a run's folder, or the file itself. */
static bool find_results(const char *path, char *out, size_t size)
{
    struct stat s;
    if (stat(path, &s)) {
        (void)cli_wrong("%s: %s", path, strerror(errno));
        return false;
    }
    (void)snprintf(out, size, "%s%s", path, S_ISDIR(s.st_mode) ? "/results.sqlite" : "");
    if (stat(out, &s)) {
        (void)cli_wrong("%s is not the folder of a run", path);
        return false;
    }
    return true;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.json = false};
    char file[2][1200];
    struct arena arena = {0};
    struct comparison c;
    struct why w;
    int code;
    int at = cli_parse(&command_diff, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    for (int side = 0; side < 2; side++) {
        if (!find_results(argv[at + side], file[side], sizeof file[side]))
            return CLI_USAGE;
    }
    if (compare_runs(&c, file[0], file[1], &arena, &w)) {
        code = cli_wrong("%s", w.text);
    } else {
        const char *const name[2] = {argv[at], argv[at + 1]};
        if (asked.json) {
            differences_json(stdout, &c, name);
        } else if (!asked.quiet) {
            differences_print(stdout, &c, name);
        }
        code = c.equal ? CLI_DONE : CLI_FAILED;
    }
    arena_release(&arena);
    return code;
}

static const struct cli_option options[] = {
    {"json", 0, CLI_FLAG, NULL, "the differences as one JSON object", offsetof(struct asked, json)},
    {"quiet", 'q', CLI_FLAG, NULL, "only the exit code: 0 equal, 1 different, 2 wrong usage",
     offsetof(struct asked, quiet)},
    {.name = NULL},
};

const struct cli_command command_diff = {
    .name = "diff",
    .operands = "A B",
    .summary = "compare two runs: the first event and packet that differ, and all numbers",
    .examples = "  monami diff before after\n"
                "  monami diff before/results.sqlite after/results.sqlite --json\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
