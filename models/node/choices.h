/*
 * choices.h - decisions written down, for `decision: {replay: FILE}`: which interfaces carry which
 * flow from when on.
 *
 * A CSV with the columns t_s (or t_ms), flow, direction and interfaces:
 *
 *     t_s,flow,direction,interfaces
 *     0,*,both,wlan0
 *     12.5,call,down,wlan0+cell0
 *
 * A row holds until the next one for its flow and direction. `*` is every flow and what belongs to
 * none; several interfaces carry a copy each. Rows stand in order of time.
 */
#ifndef MODELS_NODE_CHOICES_H
#define MODELS_NODE_CHOICES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "models/mip6/flowbind.h"
#include "models/node/decide.h"
#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/base/units.h"

enum { CHOICE_EVERY_FLOW = -1 };

struct choice {
    sim_time from;
    int flow; /* number in the names that it was read with, or CHOICE_EVERY_FLOW */
    bool up;
    bool down;
    uint8_t bids;
    uint16_t bid[FLOW_BIDS];
};

struct choices {
    const struct choice *choice;
    size_t n;
};

/* What the file may name. */
struct choice_names {
    const struct decide_path *path;
    unsigned paths;
    const struct decide_flow *flow;
    size_t flows;
};

MUST_CHECK enum status choices_read(FILE *file, const char *name, const struct choice_names *names,
                                    struct arena *arena, struct choices *out, struct why *w);
MUST_CHECK enum status choices_load(const char *path, const struct choice_names *names,
                                    struct arena *arena, struct choices *out, struct why *w);

#endif
