/*
 * folder.h - a folder of results that appears whole or not at all: it is filled under another
 * name beside its place and renamed at the end.
 */
#ifndef SIM_APP_FOLDER_H
#define SIM_APP_FOLDER_H

#include <stdbool.h>

#include "sim/base/status.h"

struct folder {
    char final[1024];
    char part[1040]; /* where to write until then */
    bool force;
};

/* Refused if it exists, unless `force`. Nothing is removed before folder_finish(). */
MUST_CHECK enum status folder_begin(struct folder *f, const char *path, bool force, struct why *w);
MUST_CHECK enum status folder_finish(struct folder *f, struct why *w);
void folder_drop(struct folder *f); /* what was written goes away */

/* The whole tree below `path`, if it is there. */
MUST_CHECK enum status folder_remove(const char *path, struct why *w);
MUST_CHECK enum status folder_copy_file(const char *from, const char *to, struct why *w);

#endif
