/*
 * effective.h - a bound scenario as text again, with every default filled in: text that binds to
 * the same values, in the folder of the scenario: files are named from there.
 */
#ifndef SCENARIOS_EFFECTIVE_H
#define SCENARIOS_EFFECTIVE_H

#include <stdio.h>

#include "scenarios/yaml.h"
#include "sim/base/key.h"

/* `folder` is that of the scenario; "": the present one. */
void effective_print(FILE *out, const struct key *keys, const void *from, const char *folder);

/* A node as it was written, in YAML's flow form. */
void effective_print_node(FILE *out, const struct yaml_node *n);

/* One key of a table and of all tables in it, as the reference and `explain` tell it. */
struct effective_key {
    const char *path;      /* networks.NAME.rate.down, events.N.at; gone when `see` returns */
    const char *name;      /* its last part; the table's, for good */
    const char *type;      /* with range or words */
    const char *otherwise; /* default; "required"; "-": none */
    const char *help;
    const struct key_preset *presets; /* what its words stand for; NULL: for themselves */
};

/* A key's type in words, with its range. */
void effective_type(const struct key *k, char *out, size_t size);

void effective_each(const struct key *keys, void (*see)(void *owner, const struct effective_key *k),
                    void *owner);

#endif
