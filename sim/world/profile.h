/*
 * profile.h - profiles of processors: the one that the program carries, and those in files.
 */
#ifndef SIM_WORLD_PROFILE_H
#define SIM_WORLD_PROFILE_H

#include "models/node/cpu.h"
#include "models/node/cpu_profile.h"
#include "sim/world/library.h"

/* Whether the node has a processor whose work takes time: another profile than zero. */
bool profile_given(const struct cpu_config *how);

/* `measured`, as the program carries it. */
const struct library_file *profile_measured(void);

/* Its file, where it has one of its own; else NULL. */
const char *profile_file(const struct cpu_config *how);

/* For people: its file's name, without folder and ending. */
const char *profile_name(const struct cpu_config *how, struct arena *arena);

/* `profile` as the scenario has it, not zero; stays in the sentence and in `out`. */
MUST_CHECK enum status profile_load(const char *profile, struct cpu_profile *out, struct why *w);

#endif
