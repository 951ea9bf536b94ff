/*
 * yaml_parts.h - what the files of yaml.h share. Private to scenarios.
 *
 *   yaml.c       from libyaml's nodes to ours
 *   yaml_tree.c  our nodes
 */
#ifndef SCENARIOS_YAML_PARTS_H
#define SCENARIOS_YAML_PARTS_H

#include "scenarios/yaml.h"

struct yaml_node *yaml_new(struct arena *arena, enum yaml_kind kind, const struct yaml_place *at);
void yaml_add_pair(struct arena *arena, struct yaml_node *map, const char *key,
                   const struct yaml_place *at, struct yaml_node *value);
void yaml_add_item(struct arena *arena, struct yaml_node *list, struct yaml_node *item);

#endif
