/*
 * identity.h - who a run is: the hash of all that decides its result.
 *
 * That is the effective scenario, the files that it reads, the engine, the version of the program
 * and the replication.  What is only told or drawn (title, text, sweep, figures) is not of it, nor
 * is the list of files that an input is one of.
 */
#ifndef SIM_APP_IDENTITY_H
#define SIM_APP_IDENTITY_H

#include "sim/app/manifest.h"
#include "sim/base/hash.h"
#include "sim/world/scenario.h"

/* Hashes of files that were read, so that each is read once; zeroed at first. */
struct identity_files {
    struct arena arena;
    struct identity_file *first;
};

/* The same for all replications. */
struct identity {
    uint8_t point[HASH_BYTES];
};

/* `file` is the scenario's; `build` the program's, where runs of two builds must not be taken for
 * each other, or NULL. */
MUST_CHECK enum status identity_of(struct identity *id, const struct scenario *s, const char *file,
                                   const char *build, struct identity_files *files, struct why *w);
void identity_run_key(const struct identity *id, int64_t replication, char key[HASH_TEXT]);
void identity_release(struct identity_files *files);

/* The files that the scenario reads, in order, with the names that the manifest gives them. Answers
 * how many; `sha256` is empty. */
size_t identity_inputs(const struct scenario *s, struct manifest_input **list, struct arena *arena);

/* The hash of a file, of `files` if it was read before. */
MUST_CHECK enum status identity_file_hash(struct identity_files *files, const char *path,
                                          const char **hash, struct why *w);

#endif
