/*
 * study_folder.h - the folder of a study, which grows run by run:
 *
 *   study.json          what is studied, by which program; its name marks the folder as monami's
 *   scenario.yaml       as given
 *   journal*.tsv        what has been run (sim/batch/journal.h)
 *   runs/ab/KEY.sqlite  the tables of each run, there whole or not at all
 *   study.sqlite        what all of them found, written anew when the last one has ended
 *
 * Runs are found by their keys: those of other settings, inputs or versions stay and do not count.
 * One program at a time works on a folder, or several shards.
 */
#ifndef SIM_APP_STUDY_FOLDER_H
#define SIM_APP_STUDY_FOLDER_H

#include "sim/app/study.h"
#include "sim/batch/journal.h"

/* Which of the runs: number k with k mod n = i - 1; n = 1: all. */
struct shard {
    unsigned i;
    unsigned n;
};

struct study_folder {
    char dir[1024];
    struct journal journal;
    int lock;       /* file descriptor */
    bool exclusive; /* no other program works on it */
};

/* Made if it does not exist. `force`: begun anew. ST_RANGE: it is not a study's. */
MUST_CHECK enum status study_folder_begin(struct study_folder *f, const char *dir,
                                          const struct study *s, struct shard shard, bool force,
                                          struct why *w);
/* To look at; nothing is written. */
MUST_CHECK enum status study_folder_look(struct study_folder *f, const char *dir, struct why *w);
/* To write the study's database; no other program may be at work. */
MUST_CHECK enum status study_folder_own(struct study_folder *f, const char *dir, struct why *w);
void study_folder_end(struct study_folder *f);

/* What study.json says. */
struct study_asked {
    const char *file;      /* of the scenario, from `directory` or absolute */
    const char *directory; /* where the command was given */
    struct cli_texts set;
};
MUST_CHECK enum status study_folder_asked(const char *dir, struct study_asked *asked,
                                          struct arena *arena, struct why *w);

/* runs/ab/KEY.sqlite, its folder, and KEY.PID.part while this process writes it. */
void study_folder_run(const struct study_folder *f, const char *key, char path[1200]);
void study_folder_part(const struct study_folder *f, const char *key, char path[1200]);

/* The entry of a run that is done, its tables there if it ended well; NULL: it is to be run. */
const struct journal_entry *study_folder_done(const struct study_folder *f, const char *key);

#endif
