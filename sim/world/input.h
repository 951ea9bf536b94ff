/*
 * input.h - the formats of measured files: what links replay, and how nodes move.
 */
#ifndef SIM_WORLD_INPUT_H
#define SIM_WORLD_INPUT_H

#include <stdbool.h>

#include "sim/link/replay.h"
#include "sim/mobility/movement.h"

struct input_config;

/* Those of links first, as enum replay_format has them; then those of enum movement_format, which
 * shares the first. */
extern const char *const input_formats[];

/* What a link replays of it; `way` 1 is the file of the other direction, if it has one. */
struct replay_source input_replay(const struct input_config *in, const char *carrier, int way);

bool input_is_of_links(const struct input_config *in);
bool input_is_of_nodes(const struct input_config *in);
struct movement_source input_movement(const struct input_config *in);

#endif
