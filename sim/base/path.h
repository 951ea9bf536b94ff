/*
 * path.h - the parts of a file's name.
 */
#ifndef SIM_BASE_PATH_H
#define SIM_BASE_PATH_H

#include "sim/base/arena.h"

/* The folder of the file at `path`; "": the present one. */
const char *path_folder(const char *path, struct arena *arena);

const char *path_name(const char *path); /* without its folder */

#endif
