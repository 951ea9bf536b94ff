/*
 * ladder.h - the messages of a hand-over as a ladder: a line for each node, an arrow for each
 * message, time running down.  From table event; an SVG to stand inside a page.
 *
 * A row is an event, not a length of time: what happens at once can be read, too.
 */
#ifndef ANALYSIS_LADDER_H
#define ANALYSIS_LADDER_H

#include <stdint.h>
#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

/* Of a mobile node, with its home agent, from `begin_ns` to `end_ns`. */
MUST_CHECK enum status ladder_draw(FILE *out, struct sqlite3 *db, const char *node,
                                   int64_t begin_ns, int64_t end_ns, struct why *w);

#endif
