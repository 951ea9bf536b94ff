/*
 * interrupt.h - Ctrl-C or SIGTERM asks a command to end soon and leave nothing that looks whole; a
 * second one ends the program at once.
 */
#ifndef SIM_APP_INTERRUPT_H
#define SIM_APP_INTERRUPT_H

#include <stdbool.h>

void interrupt_watch(void); /* from here on both are noted; children of fork() watch, too */
bool interrupted(void);

#endif
