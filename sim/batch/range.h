/*
 * range.h - {from: 10 ms, to: 90 ms, step: 20 ms} as a list of values, exact to the digit.
 */
#ifndef SIM_BATCH_RANGE_H
#define SIM_BATCH_RANGE_H

#include <stddef.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml.h"
#include "sim/base/arena.h"

enum { RANGE_VALUES = 10000 };

/* Answers how many values there are, in the unit that the three share; 0: it complained. */
size_t range_values(const struct yaml_node *range, const char *path, const char ***value,
                    struct arena *arena, struct complaints *c);

#endif
