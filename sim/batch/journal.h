/*
 * journal.h - what has been run in a study's folder: a line a run that ended, only ever added to.
 *
 *   run_key <tab> code <tab> wall_ms <tab> cpu_ms <tab> message
 *
 * A program that is killed loses at most the line that it was writing; such a line counts for
 * nothing.  Of two lines of one run the later one counts.  Shards write journals of their own.
 */
#ifndef SIM_BATCH_JOURNAL_H
#define SIM_BATCH_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/hash.h"
#include "sim/base/status.h"

enum { JOURNAL_MESSAGE = 600 };

#define JOURNAL_NAME "journal.tsv"

struct journal_entry {
    char key[HASH_TEXT];
    int code; /* exit code, 128 + signal, or 124: it took too long */
    double wall_ms;
    double cpu_ms;
    char *message; /* NULL: none; the journal's */
};

struct journal {
    struct journal_entry *entry; /* a hash table with gaps: key[0] is 0 */
    size_t slots;
    size_t n;
    FILE *file; /* that is added to */
    char path[1200];
};

/* Every journal of the folder. No folder, no journal: none. */
MUST_CHECK enum status journal_read(struct journal *j, const char *dir, struct why *w);

/* From here on journal_add() writes to the journal of that name in the folder. */
MUST_CHECK enum status journal_open(struct journal *j, const char *dir, const char *name,
                                    struct why *w);

/* Entry `e` is copied. On disk when it answers (of a program that is killed, not of the machine).
 */
MUST_CHECK enum status journal_add(struct journal *j, const struct journal_entry *e, struct why *w);

const struct journal_entry *journal_find(const struct journal *j, const char *key); /* NULL: none */
void journal_close(struct journal *j);

/* Is this the name of a journal, of the whole study or of a shard? */
bool journal_is_name(const char *name);

#endif
