/*
 * cli.h - commands and options as tables: parsing and help are made from them.
 *
 * Data goes to stdout, words to stderr.  Exit codes: 0 done, 1 the run or an expectation failed,
 * 2 wrong usage or scenario, 130 interrupted.
 */
#ifndef SIM_APP_CLI_H
#define SIM_APP_CLI_H

#include <stdbool.h>
#include <stddef.h>

enum cli_exit { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };

enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_TEXTS };

enum { CLI_TEXTS_MAX = 64 };

struct cli_texts {
    const char *text[CLI_TEXTS_MAX];
    size_t n;
};

struct cli_option {
    const char *name; /* long name; NULL ends */
    char letter;      /* 0: none */
    enum cli_kind kind;
    const char *argument; /* as the help shows it */
    const char *help;
    size_t to; /* offset of a bool, const char * or struct cli_texts in the command's struct */
};

struct cli_command {
    const char *name;     /* "run" */
    const char *operands; /* "FILE" */
    const char *summary;
    const char *examples;             /* lines, shown first */
    const struct cli_option *options; /* NULL: none */
    int least;                        /* operands */
    int most;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct cli_command *const cli_commands[]; /* NULL ends */

/* Fills `asked`, the struct that the command's options point into. Answers the index of the first
 * operand, or -1: it has printed what is wrong, or the help, and `*code` is what to exit with. */
int cli_parse(const struct cli_command *command, void *asked, int argc, char **argv, int *code);

/* "-o, --output DIR" */
void cli_option_text(const struct cli_option *option, char *out, size_t size);

/* "error: ..." on stderr. Answers CLI_USAGE. */
int cli_wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A whole number from `least` to `most` of an option's text. */
bool cli_number(const char *option, const char *text, long long least, long long most,
                long long *value);

/* Where results are to go: whether its parent is a folder that can be written to. What is wrong has
 * been said on stderr. */
bool cli_target(const char *path);

/* An option's engine, as an assignment behind the others. What is wrong has been said. */
bool cli_engine(const char *text, struct cli_texts *set);

/* "s" of so many runs; "" of one. */
const char *cli_plural(size_t n);

void cli_help(const struct cli_command *command); /* on stdout */

extern const struct cli_command command_example;
extern const struct cli_command command_run;
extern const struct cli_command command_check;
extern const struct cli_command command_explain;
extern const struct cli_command command_plot;
extern const struct cli_command command_report;
extern const struct cli_command command_sweep;
extern const struct cli_command command_export;
extern const struct cli_command command_diff;
extern const struct cli_command command_rerun;
extern const struct cli_command command_live;
extern const struct cli_command command_bench;
extern const struct cli_command command_schema;
extern const struct cli_command command_trace;
extern const struct cli_command command_reference;
extern const struct cli_command command_version;
extern const struct cli_command command_one; /* of a program with another simulator: engine.h */

#endif
