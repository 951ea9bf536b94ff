#include "sim/app/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/complaints.h"
#include "sim/base/units.h"

enum { OPTIONS_MAX = 32, HELP_VALUE = 1000 };

int cli_wrong(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)fputs("error: ", stderr);
    (void)vfprintf(stderr, fmt, ap);
    (void)fputc('\n', stderr);
    va_end(ap);
    return CLI_USAGE;
}

bool cli_number(const char *option, const char *text, long long most, long long *value)
{
    int64_t v = 0;
    struct why w;
    if (units_integer(text, &v, &w) || v < 0 || v > most) {
        (void)cli_wrong("--%s: '%s' is not a whole number from 0 to %lld", option, text, most);
        return false;
    }
    *value = v;
    return true;
}

static void print_help(const struct cli_usage *u)
{
    (void)printf("monami %s - %s\n\nExamples:\n%s\nUsage: monami %s [options] %s\n", u->command,
                 u->summary, u->examples, u->command, u->operands);
    for (const struct cli_option *o = u->options; o->name; o++) {
        char head[64];
        (void)snprintf(head, sizeof head, "%s%c%s--%s%s%s", o->letter ? "-" : "   ",
                       o->letter ? o->letter : ' ', o->letter ? ", " : "", o->name,
                       o->argument ? " " : "", o->argument ? o->argument : "");
        (void)printf("  %-26s %s\n", head, o->help);
    }
    (void)printf("  %-26s %s\n", "-h, --help", "this text");
}

static void suggest_option(const struct cli_usage *u, const char *wrong)
{
    const char *name = wrong + strspn(wrong, "-");
    struct suggestion s = suggest_for(name);
    for (const struct cli_option *o = u->options; o->name; o++)
        suggest_try(&s, o->name);
    (void)cli_wrong("monami %s: unknown or incomplete option '%s'%s%s%s", u->command, wrong,
                    s.best ? "; did you mean '--" : "", s.best ? s.best : "", s.best ? "'?" : "");
}

static bool set_option(const struct cli_option *o, const char *value)
{
    if (o->kind == CLI_FLAG) {
        *(bool *)o->to = true;
    } else if (o->kind == CLI_TEXT) {
        *(const char **)o->to = value;
    } else {
        struct cli_texts *list = o->to;
        if (list->n == CLI_TEXTS_MAX) {
            (void)cli_wrong("--%s: at most %d of them", o->name, CLI_TEXTS_MAX);
            return false;
        }
        list->text[list->n++] = value;
    }
    return true;
}

/* getopt's tables from ours; `letters` gets the short ones. */
static int make_tables(const struct cli_usage *u, struct option *longs, char *letters)
{
    int n = 0;
    size_t at = 0;
    letters[at++] = ':'; /* no words of getopt's own */
    for (const struct cli_option *o = u->options; o->name; o++, n++) {
        bool has_value = o->kind != CLI_FLAG;
        longs[n] =
            (struct option){o->name, has_value ? required_argument : no_argument, NULL, n + 1};
        if (!o->letter)
            continue;
        letters[at++] = o->letter;
        if (has_value)
            letters[at++] = ':';
    }
    longs[n] = (struct option){"help", no_argument, NULL, HELP_VALUE};
    longs[n + 1] = (struct option){NULL, 0, NULL, 0};
    letters[at++] = 'h';
    letters[at] = '\0';
    return n;
}

static const struct cli_option *find_option(const struct cli_usage *u, int value, int n)
{
    if (value >= 1 && value <= n)
        return &u->options[value - 1];
    for (const struct cli_option *o = u->options; o->name; o++) {
        if (o->letter == value)
            return o;
    }
    return NULL;
}

int cli_parse(const struct cli_usage *u, int argc, char **argv, int *code)
{
    struct option longs[OPTIONS_MAX + 2];
    char letters[2 * OPTIONS_MAX + 4];
    int n = make_tables(u, longs, letters);
    int value;
    *code = CLI_USAGE;
    optind = 1;
    opterr = 0;
    while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == 'h' || value == HELP_VALUE) {
            print_help(u);
            *code = CLI_DONE;
            return -1;
        }
        const struct cli_option *o = find_option(u, value, n);
        if (!o) {
            suggest_option(u, argv[optind - 1]);
            return -1;
        }
        if (!set_option(o, optarg))
            return -1;
    }
    if (argc - optind < u->least || argc - optind > u->most) {
        (void)cli_wrong("monami %s: usage: monami %s [options] %s (see --help)", u->command,
                        u->command, u->operands);
        return -1;
    }
    return optind;
}
