/*
 * replay.h - a measured trace, and its replay on a station's channels.
 *
 * A trace is a list of points in time order; each value holds until the next point that names
 * it.  Formats:
 *   monami    CSV with the unit in the column's name: t_s or t_ms; rate_mbps, or rate_down_mbps
 *             and rate_up_mbps (also _kbps, _bps); delay_ms; loss (0 to 1) or loss_percent;
 *             state (up, down).  An empty cell leaves the value as it is.
 *   pam2025   CSV: t_s, operator, event, technology, rate_mbps, handover_ms: two operators in
 *             one file; a hand-over carries nothing while it lasts.
 *   mahimahi  a line an opportunity to send 1504 bytes, in whole ms; used byte by byte by what
 *             waits, and lost where nothing does.  A packet costs 4 bytes more than it has, as
 *             it does there (the head of a TUN device).  It begins anew after its last line.
 *   ping      the log of iputils' ping: half of each round trip is the delay of each way, and
 *             what is sent between a probe without answer and the next probe is lost.
 * Whatever does not fit is an error with file and line before the run starts.
 */
#ifndef SIM_LINK_REPLAY_H
#define SIM_LINK_REPLAY_H

#include <stdio.h>

#include "sim/base/arena.h"
#include "sim/base/status.h"
#include "sim/link/access.h"

enum replay_format { REPLAY_MONAMI, REPLAY_PAM2025, REPLAY_MAHIMAHI, REPLAY_PING, REPLAY_FORMATS };

/* At the end of the trace: its last values hold, it starts anew, or a run that is longer is
 * refused before it starts. REPLAY_AUTO: as the format means it, mahimahi anew and others hold. */
enum replay_end { REPLAY_HOLD, REPLAY_LOOP, REPLAY_ERROR, REPLAY_AUTO };

enum replay_sets { REPLAY_RATE, REPLAY_RATE_DOWN, REPLAY_RATE_UP };

enum {
    REPLAY_SAME = -1,          /* this point leaves the value as it is */
    REPLAY_OPPORTUNITY = 1504, /* bytes of one line of mahimahi */
    REPLAY_TUN_BYTES = 4,      /* that it counts beside the IP packet */
};

struct replay_point {
    sim_time t;
    int64_t rate_down; /* bit/s; 0: nothing is carried */
    int64_t rate_up;
    sim_time delay;
    int blocked;   /* 1: carries nothing, 0: carries, REPLAY_SAME */
    int64_t loss;  /* share, each way */
    int64_t grant; /* bytes that may leave at `t`, of a trace of opportunities */
};

extern const struct replay_point replay_same; /* at 0, it changes nothing */

struct replay_trace {
    const char *file;
    struct replay_point *point;
    size_t points;
    sim_time length; /* time of the last point */
    bool grants;     /* opportunities, not rates */
};

struct replay_source {
    const char *path;
    enum replay_format format;
    const char *carrier; /* pam2025: the operator whose rows it is */
    sim_time interval;   /* ping: between probes where the log has no time stamps */
    sim_time skip;       /* the trace begins this late in the file */
};

MUST_CHECK enum status replay_load(const struct replay_source *from, struct arena *arena,
                                   struct replay_trace *trace, struct why *w);

/* The same from a file that is open; `from->path` names it. */
MUST_CHECK enum status replay_read(FILE *file, const struct replay_source *from,
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
