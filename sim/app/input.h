/*
 * input.h - the formats of measured files: what links replay, and how nodes move.
 */
#ifndef SIM_APP_INPUT_H
#define SIM_APP_INPUT_H

#include <stdbool.h>

#include "sim/link/replay.h"

struct input_config;

/* Those of links first, as enum replay_format has them. */
extern const char *const input_formats[];

/* What a link replays of it; `way` 1 is the file of the other direction, if it has one. */
struct replay_source input_replay(const struct input_config *in, const char *carrier, int way);

#endif
