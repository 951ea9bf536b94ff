/* The one run that a program with another simulator is started for: engine.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/cli.h"
#include "sim/app/engine.h"
#include "sim/app/interrupt.h"

struct one {
    struct engine_words words;
    struct arena arena;
    const char **set;
    struct key_pair *parameter;
};

static void read_parameter(struct one *o, const char *text)
{
    size_t n = strcspn(text, "=");
    o->parameter[o->words.how.parameters++] = (struct key_pair){
        arena_format(&o->arena, "%.*s", (int)n, text), text[n] ? text + n + 1 : ""};
}

/* One pair. Answers whether it is known. */
static bool read_pair(struct one *o, const char *name, const char *value)
{
    struct run_options *how = &o->words.how;
    const struct {
        const char *name;
        const char **to;
    } text[] = {{"file", &how->file},         {"copy", &how->copy}, {"dir", &how->dir},
                {"database", &how->database}, {"key", &how->key},   {"pcap", &how->pcap},
                {"build", &o->words.build}};
    for (size_t k = 0; k < sizeof text / sizeof text[0]; k++) {
        if (!strcmp(name, text[k].name)) {
            *text[k].to = value;
            return true;
        }
    }
    if (!strcmp(name, "set")) {
        o->set[how->sets++] = value;
    } else if (!strcmp(name, "parameter")) {
        read_parameter(o, value);
    } else if (!strcmp(name, "force")) {
        how->force = true;
    } else if (!strcmp(name, "many")) {
        how->many = true;
    } else if (!strcmp(name, "progress")) {
        how->progress = (enum progress_kind)atoi(value);
    } else if (!strcmp(name, "tell")) {
        o->words.tell = atoi(value);
    } else {
        return false;
    }
    return true;
}

static bool read_words(struct one *o, int argc, char **argv)
{
    int k = 1;
    o->set = arena_take(&o->arena, ((size_t)argc + 1) * sizeof *o->set);
    o->parameter = arena_take(&o->arena, ((size_t)argc + 1) * sizeof *o->parameter);
    o->words.tell = -1;
    for (; k + 1 < argc && strcmp(argv[k], "command") != 0; k += 2) {
        if (!read_pair(o, argv[k], argv[k + 1]))
            return false;
    }
    o->words.how.set = o->set;
    o->words.how.parameter = o->parameter;
    o->words.how.argc = k < argc ? argc - k - 1 : 0;
    o->words.how.argv = argv + argc - o->words.how.argc;
    return o->words.how.file && o->words.build && o->words.tell >= 0 && k < argc;
}

static int run(int argc, char **argv)
{
    struct one o = {.set = NULL};
    struct run_outcome outcome = {.whole = false};
    struct sigaction how;
    int code = CLI_USAGE;
    if (!read_words(&o, argc, argv)) {
        (void)cli_wrong("monami starts this program for one run; run it with: monami run FILE "
                        "--engine ns3");
    } else if (strcmp(o.words.build, engine_build(&o.arena)) != 0) {
        (void)cli_wrong("monami is %s, and the program with ns-3 %s: build both anew",
                        o.words.build, engine_build(&o.arena));
    } else {
        if (!sigaction(SIGINT, NULL, &how) &&
            how.sa_handler != SIG_IGN) /* one of a sweep's is not */
            interrupt_watch();
        code = run_scenario(&o.words.how, &outcome);
        engine_tell(o.words.tell, &outcome);
    }
    arena_release(&o.arena);
    return code;
}

const struct cli_command command_one = {
    .name = "one",
    .operands = "...",
    .summary = "one run, as `monami run --engine ns3` starts it",
    .examples = "  monami run FILE --engine ns3\n",
    .least = 0,
    .most = 0,
    .run = run,
};
