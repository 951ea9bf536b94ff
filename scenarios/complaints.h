/*
 * complaints.h - everything that is wrong with a scenario, said in one pass: each with file,
 * line, column, the source line and a caret.
 */
#ifndef SCENARIOS_COMPLAINTS_H
#define SCENARIOS_COMPLAINTS_H

#include <stdio.h>

#include "scenarios/yaml.h"
#include "sim/base/json.h"
#include "sim/base/status.h"
#include "sim/base/suggest.h"

enum { COMPLAINTS_SHOWN = 20, COMPLAINTS_KEPT = 200 };

struct complaint {
    struct yaml_place at;
    const char *text;
};

struct complaints {
    struct arena *arena;
    struct complaint of[COMPLAINTS_KEPT];
    size_t n;
    size_t more; /* that did not fit */
};

/* `path` stands in front of the sentence; "" leaves it out. Said twice, it is kept once. */
void complain(struct complaints *c, const struct yaml_place *at, const char *path, const char *fmt,
              ...) PRINTF_LIKE(4, 5);

/* About what stands at `path` of a tree, or where it should stand. */
void complain_path(struct complaints *c, const struct yaml_node *root, const char *path,
                   const char *fmt, ...) PRINTF_LIKE(4, 5);

/* In the order of the file, at most COMPLAINTS_SHOWN of them. */
void complaints_print(struct complaints *c, FILE *out);

/* All of them, as objects of the list that is open: file, line, column, text. */
void complaints_put(struct complaints *c, struct json_writer *j);

#endif
