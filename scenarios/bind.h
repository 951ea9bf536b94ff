/*
 * bind.h - fills structs from a tree of nodes, by tables of keys (sim/base/key.h).
 *
 * Strict: unknown, repeated and missing keys, wrong types, wrong units, values out of range and
 * names that do not exist are complaints, all found in one pass.  What was complained about
 * leaves its default; nothing may be run then.
 */
#ifndef SCENARIOS_BIND_H
#define SCENARIOS_BIND_H

#include "scenarios/complaints.h"
#include "scenarios/yaml.h"
#include "sim/base/key.h"

/* `root` is the whole scenario, for names; paths of files are made relative to `folder`. */
struct bind {
    const struct yaml_node *root;
    const char *folder;
    struct arena *arena;
    struct complaints *complaints;
    bool partial; /* required keys may be absent: a profile by itself */
};

/* `node` NULL: only the defaults. `path` names it in complaints. */
void bind_table(struct bind *b, const struct yaml_node *node, const struct key *keys, void *out,
                const char *path);

/* Every entry of `nodes` with `profile: P` takes what it does not say itself from `profiles.P`. */
void bind_profiles(struct yaml_node *root, struct arena *arena, struct complaints *c);

/* Every entry of a top-level map that names a preset takes from it what it does not say itself. */
void bind_presets(struct yaml_node *root, const struct key *keys, struct arena *arena,
                  struct complaints *c);

/* The key of that name, also in joined tables; `*at` is its offset from the outermost struct. */
const struct key *bind_find_key(const struct key *keys, const char *name, size_t *at);

/* The first number to give a sentence its allowed values: "from 1 B to 1800 B"; "" for any. */
void bind_range_text(const struct key *k, char *out, size_t size);
const char *bind_type_text(enum key_type type); /* "a time with unit" */

#endif
