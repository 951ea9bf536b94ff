#include "sim/app/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

const char *cli_plural(size_t n)
{
    return n == 1 ? "" : "s";
}

bool cli_number(const char *option, const char *text, long long least, long long most,
                long long *value)
{
    int64_t v = 0;
    struct why w;
    if (units_integer(text, &v, &w) || v < least || v > most) {
        (void)cli_wrong("--%s: '%s' is not a whole number from %lld to %lld", option, text, least,
                        most);
        return false;
    }
    *value = v;
    return true;
}

bool cli_engine(const char *text, struct cli_texts *set)
{
    static const char *const assignment[] = {"general.engine=native", "general.engine=ns3"};
    for (size_t k = 0; k < sizeof assignment / sizeof assignment[0]; k++) {
        if (strcmp(strchr(assignment[k], '=') + 1, text) != 0)
            continue;
        for (size_t n = 0; n < set->n; n++) {
            if (!strncmp(set->text[n], "general.engine=", 15) &&
                strcmp(set->text[n], assignment[k]) != 0) {
                (void)cli_wrong("--engine %s and --set %s are two engines", text, set->text[n]);
                return false;
            }
        }
        if (set->n == CLI_TEXTS_MAX) {
            (void)cli_wrong("--set: at most %d of them", CLI_TEXTS_MAX - 1);
            return false;
        }
        set->text[set->n++] = assignment[k];
        return true;
    }
    (void)cli_wrong("--engine: '%s' is not one of: native, ns3", text);
    return false;
}

void cli_option_text(const struct cli_option *o, char *out, size_t size)
{
    char letter[8] = "";
    if (o->letter)
        (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
    (void)snprintf(out, size, "%s--%s%s%s", letter, o->name, o->argument ? " " : "",
                   o->argument ? o->argument : "");
}

/* The options of a command; a command without any has an empty table. */
static const struct cli_option *options_of(const struct cli_command *c)
{
    static const struct cli_option none = {.name = NULL};
    return c->options ? c->options : &none;
}

void cli_help(const struct cli_command *c)
{
    (void)printf("monami %s - %s\n\nExamples:\n%s\nUsage: monami %s [options] %s\n", c->name,
                 c->summary, c->examples, c->name, c->operands);
    for (const struct cli_option *o = options_of(c); o->name; o++) {
        char head[64];
        cli_option_text(o, head, sizeof head);
        (void)printf("  %s%-*s %s\n", o->letter ? "" : "    ", o->letter ? 26 : 22, head, o->help);
    }
    (void)printf("  %-26s %s\n", "-h, --help", "this text");
}

bool cli_target(const char *path)
{
    char parent[1200];
    struct stat s;
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n && path[n - 1] != '/')
        n--;
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(n < sizeof parent ? n : 0), path);
    const char *where = *parent ? parent : ".";
    if (!stat(where, &s) && !access(where, W_OK | X_OK))
        return true;
    (void)cli_wrong("%s: the folder '%s': %s", path, where, strerror(errno));
    return false;
}

/* An option that the command has, but neither with nor without an argument as it stands there. */
static void tell_argument(const struct cli_command *c, const struct cli_option *o)
{
    char text[64];
    cli_option_text(o, text, sizeof text);
    (void)cli_wrong("monami %s: '--%s' %s: %s", c->name, o->name,
                    o->argument ? "needs an argument" : "takes no argument", text);
}

static void suggest_option(const struct cli_command *c, const char *wrong)
{
    const char *name = wrong + strspn(wrong, "-");
    struct suggestion s = suggest_for(name);
    for (const struct cli_option *o = options_of(c); o->name; o++)
        suggest_try(&s, o->name);
    (void)cli_wrong("monami %s: unknown option '%s'%s%s%s", c->name, wrong,
                    s.best ? "; did you mean '--" : "", s.best ? s.best : "", s.best ? "'?" : "");
}

static bool set_option(const struct cli_option *o, void *asked, const char *value)
{
    void *to = (char *)asked + o->to;
    if (o->kind == CLI_FLAG) {
        *(bool *)to = true;
    } else if (o->kind == CLI_TEXT) {
        *(const char **)to = value;
    } else {
        struct cli_texts *list = to;
        if (list->n == CLI_TEXTS_MAX) {
            (void)cli_wrong("--%s: at most %d of them", o->name, CLI_TEXTS_MAX);
            return false;
        }
        list->text[list->n++] = value;
    }
    return true;
}

/* getopt's tables from ours; `letters` gets the short ones. */
static int make_tables(const struct cli_command *c, struct option *longs, char *letters)
{
    int n = 0;
    size_t at = 0;
    letters[at++] = ':'; /* no words of getopt's own */
    for (const struct cli_option *o = options_of(c); o->name; o++, n++) {
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

static const struct cli_option *find_option(const struct cli_command *c, int value, int n)
{
    if (value >= 1 && value <= n)
        return &c->options[value - 1];
    for (const struct cli_option *o = options_of(c); value && o->name; o++) {
        if (o->letter == value)
            return o;
    }
    return NULL;
}

int cli_parse(const struct cli_command *c, void *asked, int argc, char **argv, int *code)
{
    struct option longs[OPTIONS_MAX + 2];
    char letters[2 * OPTIONS_MAX + 4];
    int n = make_tables(c, longs, letters);
    int value;
    *code = CLI_USAGE;
    optind = 1;
    opterr = 0;
    while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == 'h' || value == HELP_VALUE) {
            cli_help(c);
            *code = CLI_DONE;
            return -1;
        }
        bool wrong = value == ':' || value == '?';
        const struct cli_option *o = find_option(c, wrong ? optopt : value, n);
        if (o && wrong) {
            tell_argument(c, o);
            return -1;
        }
        if (!o) {
            suggest_option(c, argv[optind - 1]);
            return -1;
        }
        if (!set_option(o, asked, optarg))
            return -1;
    }
    if (argc - optind < c->least || argc - optind > c->most) {
        (void)cli_wrong("monami %s: usage: monami %s [options] %s (see --help)", c->name, c->name,
                        c->operands);
        return -1;
    }
    return optind;
}
