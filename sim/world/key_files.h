/*
 * key_files.h - private keys and certificates that a scenario names, each file read once.
 *
 * What was read belongs to `files` and lives until they are released.
 */
#ifndef SIM_WORLD_KEY_FILES_H
#define SIM_WORLD_KEY_FILES_H

#include "models/crypto/sign.h"
#include "sim/base/status.h"

struct key_files { /* zeroed at first */
    struct key_file *first;
};

/* ST_IO: the file cannot be read; else what models/crypto/sign.h says. */
MUST_CHECK enum status key_files_key(struct key_files *files, const char *path,
                                     const struct sign_key **out, struct why *w);
MUST_CHECK enum status key_files_certs(struct key_files *files, const char *path,
                                       const struct sign_certs **out, struct why *w);
void key_files_release(struct key_files *files);

#endif
