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

/* What study.sqlite does not know. */
struct report_study_about {
    const char *given;     /* the scenario as given, whole */
    const char *directory; /* where the command was given */
    const char *file;      /* of the scenario, from there */
    const char *folder;    /* of the study, its name */
    const char *const *set;
    size_t sets;
    const char *figures;   /* a folder of what was drawn */
    const char *not_drawn; /* why not all of it is there; NULL: all is */
};

/* The same of a study. */
MUST_CHECK enum status report_study_write(FILE *out, struct sqlite3 *db,
                                          const struct report_study_about *about, struct why *w);

#endif
