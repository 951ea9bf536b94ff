/*
 * same_files.h - two folders compared file by file, byte by byte.
 */
#ifndef SIM_APP_SAME_FILES_H
#define SIM_APP_SAME_FILES_H

#include <stddef.h>

#include "sim/base/arena.h"
#include "sim/base/status.h"

enum same_kind { SAME_EQUAL, SAME_DIFFERENT, SAME_ONLY_THEN, SAME_ONLY_NOW, SAME_KINDS };

struct same_file {
    const char *path; /* below the folder */
    enum same_kind kind;
};

struct same_files {
    struct same_file *of; /* by path */
    size_t n;
    size_t room;
    size_t count[SAME_KINDS];
};

/* What is in `then` and what in `now`, but for the names in `apart` (NULL ends), which may be
 * files or folders. */
MUST_CHECK enum status same_files_compare(struct same_files *s, const char *then, const char *now,
                                          const char *const *apart, struct arena *arena,
                                          struct why *w);

const char *same_kind_name(enum same_kind kind); /* "equal", "different", ... */

#endif
