/*
 * report_file.h - a page on its way to its file, where it is whole or not at all, or to stdout;
 * and a folder for the figures that stand in it.
 */
#ifndef SIM_APP_REPORT_FILE_H
#define SIM_APP_REPORT_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/status.h"

struct sqlite3;

struct report_file {
    const char *dir; /* of the run or study */
    const char *file;
    bool to_stdout;
    char figures[1100]; /* removed at the end */
};

/* What draws figures into the folder, and what writes the page. */
struct report_maker {
    enum status (*draw)(void *of, struct sqlite3 *db, const char *figures, struct why *w);
    enum status (*write)(void *of, FILE *out, struct sqlite3 *db, struct why *w);
    void *of;
};

/* From the database `name` of the folder. Interrupted: ST_OK, and there is no page. */
MUST_CHECK enum status report_file_make(struct report_file *f, const char *name,
                                        const struct report_maker *maker, struct why *w);

/* The page of a study, as `monami report` makes it. Answers the exit code. */
int report_study_make(struct report_file *f, bool quiet);

#endif
