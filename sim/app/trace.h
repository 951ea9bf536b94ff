/*
 * trace.h - `monami trace`: what a measured file holds, and the same as CSV of our own.
 */
#ifndef SIM_APP_TRACE_H
#define SIM_APP_TRACE_H

#include "sim/mobility/movement.h"
#include "sim/world/input.h"

/* A file that was read: of a link, or of nodes that move. */
struct trace_file {
    const char *path;
    int format;       /* index into input_formats */
    bool nodes;       /* `movements` is filled, not `link` */
    const char *node; /* the one that is asked for; NULL: all */
    sim_time bin;     /* of a trace of opportunities, whose rates are those of its bins */
    struct replay_trace link;
    struct movements movements;
};

/* How a file is written, by the look of its first line: index into input_formats. */
int trace_guess(const char *path);

/* Whether a file of format `monami` says how nodes move. */
bool trace_has_places(const char *path);

/* The mean rates of bins in place of opportunities. */
MUST_CHECK enum status trace_rates(const struct replay_trace *from, sim_time bin,
                                   struct arena *arena, struct replay_trace *to, struct why *w);

/* `monami trace show DIR --ladder`: what is asked for, as the options say it; NULL: not. */
struct trace_ladder {
    const char *dir;
    const char *node;
    const char *transition;
    const char *from;
    const char *to;
    bool json;
};

int trace_ladder(const struct trace_ladder *asked); /* enum cli_exit */

void trace_show(FILE *out, const struct trace_file *t, bool json);
void trace_write(FILE *out, const struct trace_file *t);

#endif
