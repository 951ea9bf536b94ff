/*
 * bind_parts.h - what the files of binding share. Private to scenarios.
 *
 *   bind.c         lists, maps, tables and what is absent
 *   bind_scalar.c  single values
 *   bind_keys.c    tables of keys
 *   presets.c      what is merged below, before
 */
#ifndef SCENARIOS_BIND_PARTS_H
#define SCENARIOS_BIND_PARTS_H

#include "scenarios/bind.h"

enum { BIND_LIST_BYTES = 300 };

/* ---- bind_scalar.c ---- */
/* A single value of that type; `n` may be anything. */
void bind_scalar(struct bind *b, const struct yaml_node *n, const struct key *k, enum key_type type,
                 void *out, const char *path);
/* Complains that `n` is not `want`. */
void bind_wrong_kind(struct bind *b, const struct yaml_node *n, const char *path, const char *want);
const char *bind_did_you_mean(struct bind *b, const struct suggestion *s); /* "": nothing is near */

/* ---- bind_keys.c ---- */
void bind_suggest_keys(struct suggestion *s, const struct key *keys);
/* Writes "a, b, c" at `out + n`, as far as there is room. Answers how long the text is. */
size_t bind_list_keys(char *out, size_t size, size_t n, const struct key *keys);

#endif
