/* The table of commands. */
#include <stddef.h>

#include "sim/app/cli.h"

const struct cli_command cli_commands[] = {
    {"run", cmd_run, "run one scenario and write its results"},
    {"check", cmd_check, "check scenario files and say everything that is wrong"},
    {"explain", cmd_explain, "tell what a key of a scenario means"},
    {"plot", cmd_plot, "draw figures from results with gnuplot"},
    {"sweep", cmd_sweep, "run a scenario over parameters and replications"},
    {"trace", cmd_trace, "tell what a measured trace holds, or make a CSV of it"},
    {"reference", cmd_reference, "print the reference of keys, events, drops and tables"},
    {"version", cmd_version, "print versions"},
    {NULL, NULL, NULL},
};
