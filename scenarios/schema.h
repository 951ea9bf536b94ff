/*
 * schema.h - tables of keys as a JSON Schema (draft 2020-12), for editors.
 *
 * What the schema refuses, bind.h refuses.  Not the reverse: names that must exist, exact
 * quantities and what a scenario means are beyond a schema.
 */
#ifndef SCENARIOS_SCHEMA_H
#define SCENARIOS_SCHEMA_H

#include <stdio.h>

#include "sim/base/key.h"

void schema_print(FILE *out, const struct key *keys, const char *title);

#endif
