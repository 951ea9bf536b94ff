#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analysis/whole.h"
#include "sim/app/bench.h"
#include "sim/app/cli.h"
#include "sim/app/version.h"
#include "sim/base/hash.h"

struct asked {
    bool profile;
    const char *output;
    bool force;
};

/* As the operating system calls it. */
static void put_processor(FILE *out)
{
    char line[256];
    FILE *info = fopen("/proc/cpuinfo", "r");
    bool found = false;
    while (info && !found && fgets(line, sizeof line, info)) {
        const char *colon = strchr(line, ':');
        found = colon && !strncmp(line, "model name", 10);
        if (found)
            (void)fprintf(out, "# processor:%s", colon + 1);
    }
    if (!found)
        (void)fputs("# processor: unknown\n", out);
    if (info)
        (void)fclose(info);
}

static void put(FILE *out, const struct cpu_profile *p)
{
    (void)fputs("# What work costs on one core, by `monami bench --profile`: medians.\n", out);
    put_processor(out);
    (void)fprintf(out, "# library: %s\n# monami %s, %s\n", hash_library(), MONAMI_VERSION,
                  version_compiler());
    cpu_profile_write(out, p);
}

static int write_file(const struct asked *asked, const struct cpu_profile *p)
{
    struct why w;
    FILE *out = fopen(asked->output, asked->force ? "wb" : "wbx");
    if (!out && errno == EEXIST)
        return cli_wrong("%s exists already; --force replaces it", asked->output);
    if (!out)
        return cli_wrong("%s: %s", asked->output, strerror(errno));
    put(out, p);
    if (whole_close(out, asked->output, &w)) {
        (void)unlink(asked->output);
        (void)cli_wrong("%s", w.text);
        return CLI_FAILED;
    }
    (void)fprintf(stderr, "wrote %s\n", asked->output);
    return CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct asked asked = {.profile = false};
    struct cpu_profile p;
    int code;
    if (cli_parse(&command_bench, &asked, argc, argv, &code) < 0)
        return code;
    if (!asked.profile)
        return cli_wrong("monami bench: --profile is what it can measure");
    if (asked.force && !asked.output)
        return cli_wrong("monami bench: --force is of --output");
    if (asked.output && !asked.force && !access(asked.output, F_OK))
        return cli_wrong("%s exists already; --force replaces it", asked.output);
    bench_profile(&p);
    if (asked.output)
        return write_file(&asked, &p);
    put(stdout, &p);
    return CLI_DONE;
}

static const struct cli_option options[] = {
    {"profile", 'p', CLI_FLAG, NULL,
     "what Diffie-Hellman, signatures, prf, IKE messages and ESP cost: for `cpu.profile`",
     offsetof(struct asked, profile)},
    {"output", 'o', CLI_TEXT, "FILE", "write it there", offsetof(struct asked, output)},
    {"force", 'f', CLI_FLAG, NULL, "replace a file that exists", offsetof(struct asked, force)},
    {.name = NULL},
};

const struct cli_command command_bench = {
    .name = "bench",
    .operands = "",
    .summary = "measure this machine, for the processor time of nodes",
    .examples = "  monami bench --profile\n"
                "  monami bench --profile -o my-machine.csv\n",
    .options = options,
    .run = run,
};
