/*
 * engine.h - whose clock a run has: this program's own, or that of another simulator, which a
 * program of its own is linked with (monami-ns3) and which this one starts.
 *
 * That program does one run and no more: it writes the results, and tells how it went.  What is
 * made of them is done here, so that it needs nothing of analysis/ that its licence does not go
 * with.
 */
#ifndef SIM_APP_ENGINE_H
#define SIM_APP_ENGINE_H

#include "sim/app/run.h"
#include "sim/world/world.h"

/* The other simulator that this program is linked with; NULL: none. */
const struct world_engine *engine_here(void);

/* Why the scenario, which may be good, cannot run here: its engine is another's, whose program is
 * not there. NULL: nothing is missing. */
const char *engine_lacks(const struct scenario *s, struct arena *arena);

/* Builds the world once in a child, whose last words are the sentence: the value parsers of ns-3
 * end the program that has given them something else. Where it begins with a path of the scenario,
 * ": " stands behind it. */
MUST_CHECK enum status engine_try(const struct scenario *s, struct why *w);

/* The run in that program. Answers its exit code, or 128 and the number of the signal that ended
 * it; what is wrong has been said on stderr. */
int engine_elsewhere(const struct run_options *how, struct run_outcome *outcome);

/* What engine_elsewhere() gives that program to read; command `one`. */
struct engine_words {
    struct run_options how;
    const char *build; /* of the program that asks */
    int tell;          /* where the outcome goes */
};

void engine_tell(int to, const struct run_outcome *outcome);
const char *engine_build(struct arena *arena); /* version and build of this program */

#endif
