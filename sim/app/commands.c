/* The commands, in the order of the help. */
#include "sim/app/cli.h"

const struct cli_command *const cli_commands[] = {
    &command_example, &command_run,   &command_check,  &command_explain, &command_plot,
    &command_report,  &command_sweep, &command_export, &command_diff,    &command_rerun,
    &command_live,    &command_trace, &command_bench,  &command_schema,  &command_reference,
    &command_version, NULL,
};
