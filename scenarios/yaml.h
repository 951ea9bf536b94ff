/*
 * yaml.h - a scenario file as a tree of nodes that know where they stand.
 *
 * Read with libyaml; what YAML allows and a scenario does not is refused here: repeated keys,
 * tags, several documents, keys that are no words, nesting and aliases without measure.
 * Anchors and `<<` merge keys work.  All memory belongs to the arena.
 */
#ifndef SCENARIOS_YAML_H
#define SCENARIOS_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/arena.h"
#include "sim/base/status.h"

struct complaints;

/* A text that nodes came from: a file, or the value of a --set. */
struct yaml_source {
    const char *name;
    const char *text; /* whole, with a final NUL */
    size_t n;
    unsigned order;     /* files first, then --set in order */
    const char *folder; /* names of files are found from here; NULL: from the scenario's */
};

struct yaml_place {
    const struct yaml_source *source; /* NULL: nowhere */
    unsigned line;                    /* from 1 */
    unsigned column;                  /* from 1, in characters */
};

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    struct yaml_place at;
    const char *text;        /* of a scalar */
    bool quoted;             /* it stood in quotes: never a number or a boolean by its look */
    struct yaml_pair *pair;  /* of a map, in order of writing */
    struct yaml_node **item; /* of a list */
    size_t n;
    size_t room;
};

struct yaml_pair {
    const char *key;
    struct yaml_place at; /* of the key */
    struct yaml_node *value;
};

const char *yaml_library(void); /* "libyaml 0.2.5" */

/* NULL: it complained. `folder` as in struct yaml_source. */
struct yaml_node *yaml_load(const char *path, const char *folder, struct arena *arena,
                            struct complaints *c);
struct yaml_node *yaml_read(const char *name, const char *text, size_t n, unsigned order,
                            struct arena *arena, struct complaints *c);

/* `assignment` is "path.to.key=value", the value in YAML's flow form; `number` counts the --set
 * from 1 and names the place. Entries on the way are made. A part of the path in double quotes may
 * have dots in it: sweep.parameters."networks.wlan.loss"=[0 %, 1 %]. */
void yaml_set(struct yaml_node *root, const char *assignment, unsigned number, struct arena *arena,
              struct complaints *c);

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* NULL: none */
const struct yaml_pair *yaml_pair_of(const struct yaml_node *map, const char *key);

/* The node at "a.b.0.c", or NULL; then `*nearest` is the closest that exists above it. */
const struct yaml_node *yaml_at(const struct yaml_node *root, const char *path,
                                const struct yaml_node **nearest);

/* A copy of `over` with what only `under` has: maps merge, anything else is replaced. */
struct yaml_node *yaml_merge(const struct yaml_node *under, const struct yaml_node *over,
                             struct arena *arena);

#endif
