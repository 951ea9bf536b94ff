#include <stdio.h>
#include <string.h>

#include "scenarios/complaints.h"
#include "sim/app/cli.h"

static void print_help(FILE *out)
{
    (void)fputs("monami - simulation of IPv6 mobility with several interfaces\n\n"
                "Examples:\n"
                "  monami example > my.yaml\n"
                "  monami run my.yaml\n"
                "  monami plot my\n\n"
                "Commands:\n",
                out);
    for (const struct cli_command *const *c = cli_commands; *c; c++)
        (void)fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
    (void)fputs("\n`monami COMMAND --help` tells more.\n", out);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (!strcmp(argv[1], "--version"))
        return command_version.run(argc - 1, argv + 1);
    struct suggestion s = suggest_for(argv[1]);
    for (const struct cli_command *const *c = cli_commands; *c; c++) {
        if (!strcmp((*c)->name, argv[1]))
            return (*c)->run(argc - 1, argv + 1);
        suggest_try(&s, (*c)->name);
    }
    return cli_wrong("unknown command '%s'%s%s%s", argv[1], s.best ? "; did you mean '" : "",
                     s.best ? s.best : "", s.best ? "'?" : "; see monami --help");
}
