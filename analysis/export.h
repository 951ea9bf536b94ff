/*
 * export.h - the results of a study or of a run for other programs: CSV files, or the SQLite result
 * file of OMNeT++ 6.
 *
 * What is written depends on the database alone: no clock, no host, no path.  Neither looks after
 * its place; what is there after an error is to be thrown away.
 */
#ifndef ANALYSIS_EXPORT_H
#define ANALYSIS_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/status.h"

struct export_source {
    const char *path;      /* results.sqlite of a run or study.sqlite of a study */
    const char *version;   /* of the program that exports */
    bool (*stopped)(void); /* asked from time to time; the answer is then an error */
};

/* The application id in the header of an SQLite file: it is an export of ours. */
#define EXPORT_MARK UINT32_C(0x6d6f7870)

/* What stands at the beginning of the file that marks a folder as an export of ours. */
#define EXPORT_JSON       "export.json"
#define EXPORT_JSON_BEGIN "{\n  \"export\": \"monami "

/* In a folder that is empty: runs.csv with a row a run, a file a table, and EXPORT_JSON. */
MUST_CHECK enum status export_csv(const struct export_source *from, const char *folder,
                                  struct why *w);

/* `file` is not there, or empty. */
MUST_CHECK enum status export_omnetpp(const struct export_source *from, const char *file,
                                      struct why *w);

#endif
