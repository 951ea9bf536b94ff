/*
 * library.h - the scenario library as the program carries it: every file of scenarios/, of its
 * folders ike, seed and attacks, and the traces, profiles and certificates that they read.
 */
#ifndef SIM_WORLD_LIBRARY_H
#define SIM_WORLD_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/arena.h"

struct library_file {
    const char *path; /* "loss.yaml", "ike/call.yaml", "traces/two-operators.csv"; NULL ends */
    const unsigned char *bytes;
    size_t n; /* without the final NUL */
};

extern const struct library_file
    library_files[]; /* by folder and name; made when the program is built */

/* "loss" is the scenario in loss.yaml, "ike/call" that in ike/call.yaml. NULL: there is none. */
const struct library_file *library_find(const char *name);

/* The next scenario from `f` on, `f` included; NULL: no more. */
const struct library_file *library_scenario(const struct library_file *f);

/* "loss" of loss.yaml; and what the scenario says of itself. */
const char *library_name(const struct library_file *f, struct arena *arena);
const char *library_title(const struct library_file *f, struct arena *arena);

/* Whether `scenario` names `file` as one that it reads. */
bool library_reads(const struct library_file *scenario, const struct library_file *file);

#endif
