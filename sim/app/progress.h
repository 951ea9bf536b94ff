/*
 * progress.h - a run on its way: how far it is, for who waits, and an end on Ctrl-C.
 *
 * The engine runs in slices of simulated time.  Where they end changes nothing in the run.
 */
#ifndef SIM_APP_PROGRESS_H
#define SIM_APP_PROGRESS_H

#include "sim/core/foreign.h"

enum progress_kind {
    PROGRESS_NONE,
    PROGRESS_REDRAWN, /* one line on a terminal, at most four times a second */
    PROGRESS_LINES,   /* a line each tenth of the run */
};

/* What suits stderr: nothing if `quiet`, or where there is no terminal and no wish for lines. */
enum progress_kind progress_kind(bool quiet, bool lines);

/* Runs to `stop`, or until interrupted(). Answers how many events ran. */
uint64_t progress_run(struct sim *sim, sim_time stop, enum progress_kind kind);

/* The same where another simulator has the clock. */
uint64_t progress_run_foreign(struct foreign *clock, sim_time stop, enum progress_kind kind);

double progress_seconds(void); /* of a clock that only goes forward */

#endif
