/*
 * replay.h - a measured trace, and its replay on a station's channels.
 *
 * A trace is a list of points in time order; each value holds until the next point that names
 * it.  Formats: monami (CSV with the unit in the column's name: t_s or t_ms, rate_down_mbps,
 * rate_up_mbps, rate_mbps, delay_ms, state) and pam2025 (t_s, operator, event, technology,
 * rate_mbps, handover_ms: two operators in one file; a hand-over carries nothing while it
 * lasts).  Whatever does not fit is an error with file and line before the run starts.
 */
#ifndef SIM_LINK_REPLAY_H
#define SIM_LINK_REPLAY_H

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/link/access.h"

enum replay_format { REPLAY_MONAMI, REPLAY_PAM2025 };

/* At the end of the trace: its last values hold, it starts anew, or a run that is longer is
 * refused before it starts. */
enum replay_end { REPLAY_HOLD, REPLAY_LOOP, REPLAY_ERROR };

enum replay_sets { REPLAY_RATE, REPLAY_RATE_DOWN, REPLAY_RATE_UP };

enum { REPLAY_SAME = -1 }; /* this point leaves the value as it is */

struct replay_point {
    sim_time t;
    int64_t rate_down; /* bit/s; 0: nothing is carried */
    int64_t rate_up;
    sim_time delay;
    int blocked; /* 1: carries nothing, 0: carries, REPLAY_SAME */
};

struct replay_trace {
    const char *file;
    struct replay_point *point;
    size_t points;
    sim_time length; /* time of the last point */
};

/* `column` picks the operator of a pam2025 file, NULL otherwise. */
MUST_CHECK enum status replay_load(const char *path, enum replay_format format, const char *column,
                                   struct arena *arena, struct replay_trace *trace, struct why *w);

struct replay {
    const struct replay_trace *trace;
    struct station *station;
    enum replay_sets sets;
    enum replay_end end;
    sim_time shift; /* the trace's time 0 in simulated time; its loops count on */
    size_t next;
    bool blocking;
    struct sim_timer timer;
};

/* Starts at the present instant. */
void replay_start(struct replay *r);

#endif
