/*
 * stories.h - hand-overs of a run: transitions of one node that overlap or stand within 100 ms are
 * one story.
 */
#ifndef ANALYSIS_STORIES_H
#define ANALYSIS_STORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/status.h"

struct sqlite3;

/* Times in ns. */
struct story {
    char node[80];
    int64_t begin;
    int64_t end;
    int64_t worst;  /* disruption of any flow */
    char what[240]; /* "3: flow moved, wlan0 -> cell0; 4: ..." */
    bool told;      /* stories_choose() took it */
};

struct stories {
    struct story *of; /* by node and time; the owner frees it */
    size_t n;
    size_t room;
};

/* `arrow` stands between interfaces. `only`: a transition's number, which then is the only one; 0:
 * all. */
MUST_CHECK enum status stories_read(struct stories *s, struct sqlite3 *db, const char *arrow,
                                    int64_t only, struct why *w);
/* Those that disturbed most. */
void stories_choose(struct stories *s, size_t most);

#endif
