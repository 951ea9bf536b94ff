/*
 * version.h - what this program is.
 */
#ifndef SIM_APP_VERSION_H
#define SIM_APP_VERSION_H

#include "sim/lib/monami.h" /* MONAMI_VERSION */

const char *version_git(void);      /* git describe of the tree it was built from */
const char *version_compiler(void); /* "gcc 12.2.0" */

#endif
