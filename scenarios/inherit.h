/*
 * inherit.h - a scenario that is another one with changes.
 *
 *   scenario: FILE    this file changes that one; its names of files are found from its own folder
 *   studies: {A: {...}, B: {...}}    several such changes in one file
 *   study: A          the one that is meant
 *
 * Maps are joined and anything else is replaced; so are `sweep` and `figures` as a whole.
 */
#ifndef SCENARIOS_INHERIT_H
#define SCENARIOS_INHERIT_H

#include "scenarios/yaml.h"

/* `root` was read from a file in `folder`; `set` are assignments in order, which come last. Answers
 * the whole scenario, without these three keys, or NULL: it complained. */
struct yaml_node *inherit(struct yaml_node *root, const char *folder, const char *const *set,
                          size_t sets, struct arena *arena, struct complaints *c);

/* The names of the `studies` of a tree as it was read, with commas; "": there are none. */
const char *inherit_studies(const struct yaml_node *root, struct arena *arena);

/* The file that `root` changes, as it can be opened; NULL: none. */
const char *inherit_base(const struct yaml_node *root, const char *folder, struct arena *arena);

#endif
