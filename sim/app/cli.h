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

struct cli_command {
    const char *name;                  /* NULL ends */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
    const char *summary;
};

extern const struct cli_command cli_commands[];

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
    void *to; /* bool, const char *, struct cli_texts */
};

struct cli_usage {
    const char *command;  /* "run" */
    const char *operands; /* "FILE" */
    const char *summary;
    const char *examples; /* lines, shown first */
    const struct cli_option *options;
    int least; /* operands */
    int most;
};

/* Answers the index of the first operand, or -1: it has printed what is wrong, or the help, and
 * `*code` is what to exit with. */
int cli_parse(const struct cli_usage *usage, int argc, char **argv, int *code);

/* "error: ..." on stderr. Answers CLI_USAGE. */
int cli_wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A whole number from 0 to `most` of an option's text. */
bool cli_number(const char *option, const char *text, long long most, long long *value);

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_reference(int argc, char **argv);

#endif
