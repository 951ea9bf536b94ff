#include <stdio.h>
#include <string.h>

#include "analysis/whole.h"
#include "scenarios/complaints.h"
#include "sim/app/cli.h"
#include "traces/db.h"

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

/* NULL: there is none, and the user has been told. */
static const struct cli_command *find(const char *name)
{
    struct suggestion s = suggest_for(name);
    for (const struct cli_command *const *c = cli_commands; *c; c++) {
        if (!strcmp((*c)->name, name))
            return *c;
        suggest_try(&s, (*c)->name);
    }
    (void)cli_wrong("unknown command '%s'%s%s%s", name, s.best ? "; did you mean '" : "",
                    s.best ? s.best : "", s.best ? "'?" : "; see monami --help");
    return NULL;
}

static int help(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (argc > 2)
        return cli_wrong("usage: monami help [COMMAND]");
    const struct cli_command *c = find(argv[1]);
    if (c)
        cli_help(c);
    return c ? CLI_DONE : CLI_USAGE;
}

static int obey(int argc, char **argv)
{
    if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h")) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (!strcmp(argv[0], "help"))
        return help(argc, argv);
    if (!strcmp(argv[0], "--version"))
        return command_version.run(argc, argv);
    const struct cli_command *c = find(argv[0]);
    return c ? c->run(argc, argv) : CLI_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    db_take_names_as_they_are();
    int code = obey(argc - 1, argv + 1);
    struct why w;
    if (whole_flush(stdout, "stdout", &w)) { /* a full disk below it */
        (void)cli_wrong("%s", w.text);
        return code ? code : CLI_FAILED;
    }
    return code;
}
