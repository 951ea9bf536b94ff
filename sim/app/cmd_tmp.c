#include "sim/app/cli.h"
int cmd_plot(int argc, char **argv){(void)argc;(void)argv;return 2;}
int cmd_sweep(int argc, char **argv){(void)argc;(void)argv;return 2;}
