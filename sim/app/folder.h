/*
 * folder.h - a folder of results that appears whole or not at all: it is filled under another
 * name beside its place, X.part, and renamed at the end.
 *
 * What stands in its place is never touched before the results are whole, and only if it is what
 * monami made itself: a folder with a manifest.json or a study.json, or an empty one; of exports,
 * only what an export made.  Then it steps aside as X.replaced until the new one has its name, so
 * that one of the two is always there.
 */
#ifndef SIM_APP_FOLDER_H
#define SIM_APP_FOLDER_H

#include <stdbool.h>

#include "sim/base/status.h"

enum folder_kind {
    FOLDER_RESULTS, /* of a run or a sweep */
    FOLDER_EXPORT   /* it holds an export.json of ours; never in the place of results */
};

struct folder {
    enum folder_kind kind;
    char final[1024];
    char part[1040]; /* where to write until then; it holds FOLDER_UNFINISHED until it is whole */
    char replaced[1040]; /* where the former one steps aside */
};

#define FOLDER_UNFINISHED ".unfinished"

/* How manifest.json and study.json begin: they mark a folder as monami's. */
#define FOLDER_MARK "{\n  \"monami\": \""

/* Refused if it exists, unless `force` and it is monami's own; also a place that is no name of its
 * own, such as / or .. */
MUST_CHECK enum status folder_begin(struct folder *f, const char *path, bool force, struct why *w);
MUST_CHECK enum status folder_begin_export(struct folder *f, const char *path, bool force,
                                           struct why *w);
MUST_CHECK enum status folder_finish(struct folder *f, struct why *w);
void folder_drop(struct folder *f); /* what was written goes away */

/* The whole tree below `path`, if it is there, as far as it is of the same file system. For folders
 * that the caller made. */
MUST_CHECK enum status folder_remove(const char *path, struct why *w);
/* Is there such a file, and does it begin so? `begin` is shorter than 64 bytes. */
bool folder_is_marked(const char *folder, const char *name, const char *begin);
/* Nothing but `but`, which may be NULL, is in it. */
bool folder_is_empty(const char *path, const char *but);
MUST_CHECK enum status folder_copy_file(const char *from, const char *to, struct why *w);

#endif
