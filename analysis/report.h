/*
 * report.h - a run on one page that needs no other file: what was asked for, what came out, the
 * figures, and the messages of each hand-over.  HTML that is well-formed XML, without scripts.
 */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

/* A part of the scenario: networks, "wlan", "{access: wifi, ...}". */
struct report_part {
    const char *section;
    const char *name;
    const char *text;
};

/* What the results do not know. */
struct report_about {
    const char *text;       /* what the scenario says of itself; "": nothing */
    const char *given;      /* the scenario as given, whole */
    const char *built;      /* which program ran it */
    const char *const *set; /* what was changed on the command line */
    size_t sets;
    const struct report_part *part;
    size_t parts;
    const char *figures; /* a folder of drawn figures; NULL: they could not be drawn */
    const char *(*drop_help)(const char *counter); /* "drop.queue_full"; NULL: no such reason */
};

MUST_CHECK enum status report_write(FILE *out, struct sqlite3 *db, const struct report_about *about,
                                    struct why *w);

/* Inside of report.h: the parts of the page. */
MUST_CHECK enum status report_transitions(FILE *out, struct sqlite3 *db, struct why *w);
MUST_CHECK enum status report_counters(FILE *out, struct sqlite3 *db, struct why *w);
MUST_CHECK enum status report_figures(FILE *out, const char *dir, struct why *w);

#endif
