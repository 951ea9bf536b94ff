/*
 * effective.h - a bound scenario as text again, with every default filled in: text that binds to
 * the same values.
 */
#ifndef SCENARIOS_EFFECTIVE_H
#define SCENARIOS_EFFECTIVE_H

#include <stdio.h>

#include "scenarios/yaml.h"
#include "sim/base/key.h"

void effective_print(FILE *out, const struct key *keys, const void *from);

/* A node as it was written, in YAML's flow form. */
void effective_print_node(FILE *out, const struct yaml_node *n);

/* The keys of a table, one line each: path, type, range, default, meaning. `markdown`: as rows
 * of a table. */
void effective_explain(FILE *out, const struct key *keys, const char *path, bool markdown);

#endif
