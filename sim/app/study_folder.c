#include "sim/app/study_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/folder.h"
#include "sim/app/version.h"
#include "sim/base/json.h"

static enum status io(const char *path, struct why *w)
{
    return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
}

void study_folder_run(const struct study_folder *f, const char *key, char path[1200])
{
    (void)snprintf(path, 1200, "%.1000s/runs/%.2s/%s.sqlite", f->dir, key, key);
}

void study_folder_part(const struct study_folder *f, const char *key, char path[1200])
{
    (void)snprintf(path, 1200, "%.1000s/runs/%.2s/%s.%ld.part", f->dir, key, key, (long)getpid());
}

const struct journal_entry *study_folder_done(const struct study_folder *f, const char *key)
{
    char path[1200];
    struct stat s;
    const struct journal_entry *e = journal_find(&f->journal, key);
    if (!e || e->code > 1)
        return e;
    study_folder_run(f, key, path);
    return stat(path, &s) ? NULL : e;
}

/* ---- one at a time ------------------------------------------------------------------------- */

/* Of the folder's file .lock, byte 0: shared by shards, or one program's alone; byte i: shard i's
 * (locks of fcntl, which end with the process and are not its children's). */
static bool lock_byte(int file, off_t at, short kind, pid_t *by)
{
    struct flock l = {.l_type = kind, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    if (!fcntl(file, F_SETLK, &l))
        return true;
    l = (struct flock){.l_type = kind, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
    if (!fcntl(file, F_GETLK, &l) && l.l_type != F_UNLCK)
        *by = l.l_pid;
    return false;
}

static enum status take_lock(struct study_folder *f, struct shard shard, struct why *w)
{
    char path[1200];
    pid_t by = 0;
    (void)snprintf(path, sizeof path, "%.1000s/.lock", f->dir);
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (f->lock < 0)
        return io(path, w);
    bool whole = shard.n == 1;
    bool got = lock_byte(f->lock, 0, whole ? F_WRLCK : F_RDLCK, &by);
    if (got && !whole)
        got = lock_byte(f->lock, (off_t)shard.i, F_WRLCK, &by);
    if (got) {
        f->exclusive = whole;
        return ST_OK;
    }
    (void)close(f->lock);
    f->lock = -1;
    return by ? why_set(w, ST_IO, "%.180s: process %ld is at work on it", f->dir, (long)by)
              : why_set(w, ST_IO, "%.180s: another program is at work on it", f->dir);
}

/* ---- what stands there --------------------------------------------------------------------- */

/* Whether a sweep may write there. */
static enum status look_at(const char *dir, bool force, struct why *w)
{
    struct stat s;
    if (lstat(dir, &s))
        return errno == ENOENT ? ST_OK : io(dir, w);
    if (stat(dir, &s) || !S_ISDIR(s.st_mode))
        return why_set(w, ST_RANGE, "%.180s is not a folder", dir);
    bool other = folder_is_marked(dir, "manifest.json", FOLDER_MARK); /* a run's */
    if (folder_is_marked(dir, "study.json", FOLDER_MARK) || folder_is_empty(dir, ".lock") ||
        (force && other))
        return ST_OK;
    return why_set(w, ST_RANGE, "%.150s exists already and is not the folder of a sweep%s", dir,
                   other ? "; --force replaces it" : "");
}

/* Begun anew: all but the lock and what is asked now goes. */
static enum status clear(const char *dir, struct why *w)
{
    DIR *d = opendir(dir);
    enum status st = d ? ST_OK : io(dir, w);
    /* First what says that something is whole. Whoever is killed in between leaves a folder that is
     * a study's and holds nothing. */
    static const char *const first[] = {"study.sqlite", JOURNAL_NAME, "manifest.json"};
    for (size_t k = 0; k < sizeof first / sizeof *first && !st; k++) {
        char path[1300];
        (void)snprintf(path, sizeof path, "%.1000s/%s", dir, first[k]);
        if (unlink(path) && errno != ENOENT)
            st = io(path, w);
    }
    for (struct dirent *e = d ? readdir(d) : NULL; e && !st; e = readdir(d)) {
        char path[1300];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !strcmp(e->d_name, ".lock") ||
            !strcmp(e->d_name, "study.json") || !strcmp(e->d_name, "scenario.yaml"))
            continue;
        (void)snprintf(path, sizeof path, "%.1000s/%.250s", dir, e->d_name);
        st = folder_remove(path, w);
    }
    if (d)
        (void)closedir(d);
    return st;
}

/* What a process left that was killed while it wrote. */
static void clear_parts(const char *dir)
{
    char runs[1100];
    (void)snprintf(runs, sizeof runs, "%.1000s/runs", dir);
    DIR *d = opendir(runs);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        char path[1400];
        (void)snprintf(path, sizeof path, "%.1050s/%.250s", runs, e->d_name);
        DIR *in = e->d_name[0] == '.' ? NULL : opendir(path);
        for (struct dirent *one = in ? readdir(in) : NULL; one; one = readdir(in)) {
            char part[1700];
            size_t n = strlen(one->d_name);
            (void)snprintf(part, sizeof part, "%s/%.250s", path, one->d_name);
            if (n > 5 && !strcmp(one->d_name + n - 5, ".part"))
                (void)unlink(part);
        }
        if (in)
            (void)closedir(in);
    }
    if (d)
        (void)closedir(d);
}

/* ---- what is studied ----------------------------------------------------------------------- */

static enum status write_asked(const char *dir, const struct study *s, struct why *w)
{
    char part[1200];
    char path[1200];
    char directory[4096];
    (void)snprintf(path, sizeof path, "%.1000s/study.json", dir);
    (void)snprintf(part, sizeof part, "%.1000s/study.json.%ld.part", dir, (long)getpid());
    FILE *out = fopen(part, "w");
    if (!out)
        return io(part, w);
    struct json_writer j = jw_to(out, 2);
    jw_object(&j, NULL);
    jw_text(&j, "monami", MONAMI_VERSION);
    jw_text(&j, "built", version_git());
    jw_text(&j, "title", s->scenario.title);
    jw_text(&j, "file", s->file);
    jw_text(&j, "directory", getcwd(directory, sizeof directory) ? directory : "");
    jw_list(&j, "set");
    for (size_t k = 0; k < s->set.n; k++)
        jw_text(&j, NULL, s->set.text[k]);
    jw_end(&j);
    jw_end(&j);
    bool bad = ferror(out) != 0;
    bad |= fclose(out) != 0;
    if (bad || rename(part, path)) {
        enum status st = io(path, w);
        (void)unlink(part);
        return st;
    }
    (void)snprintf(path, sizeof path, "%.1000s/scenario.yaml", dir);
    return folder_copy_file(s->file, path, w);
}

enum status study_folder_asked(const char *dir, struct study_asked *asked, struct arena *arena,
                               struct why *w)
{
    char path[1200];
    json_error_t error;
    *asked = (struct study_asked){.file = NULL};
    (void)snprintf(path, sizeof path, "%.1000s/study.json", dir);
    json_t *root = json_load_file(path, 0, &error);
    const char *file = json_string_value(json_object_get(root, "file"));
    const char *directory = json_string_value(json_object_get(root, "directory"));
    const json_t *set = json_object_get(root, "set");
    enum status st = ST_OK;
    if (!root && error.line < 0) {
        st = why_set(w, ST_MISSING, "%.180s is not the folder of a sweep: it has no study.json",
                     dir);
    } else if (!file || !directory || !json_is_array(set)) {
        st = why_set(w, ST_SYNTAX, "%.180s: is damaged", path);
    } else {
        asked->file = arena_text(arena, file);
        asked->directory = arena_text(arena, directory);
        for (size_t k = 0; k < json_array_size(set) && k < CLI_TEXTS_MAX; k++) {
            const char *text = json_string_value(json_array_get(set, k));
            asked->set.text[asked->set.n++] = arena_text(arena, text ? text : "");
        }
    }
    json_decref(root);
    return st;
}

/* ---- life ---------------------------------------------------------------------------------- */

enum status study_folder_look(struct study_folder *f, const char *dir, struct why *w)
{
    *f = (struct study_folder){.lock = -1};
    (void)snprintf(f->dir, sizeof f->dir, "%s", dir);
    return journal_read(&f->journal, dir, w);
}

enum status study_folder_own(struct study_folder *f, const char *dir, struct why *w)
{
    const struct shard all = {1, 1};
    *f = (struct study_folder){.lock = -1};
    (void)snprintf(f->dir, sizeof f->dir, "%s", dir);
    enum status st = take_lock(f, all, w);
    return st ? st : journal_read(&f->journal, dir, w);
}

static enum status make_runs(const char *dir, struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%.1000s/runs", dir);
    return mkdir(path, 0777) && errno != EEXIST ? io(path, w) : ST_OK;
}

enum status study_folder_begin(struct study_folder *f, const char *dir, const struct study *s,
                               struct shard shard, bool force, struct why *w)
{
    char name[64] = JOURNAL_NAME;
    *f = (struct study_folder){.lock = -1};
    if ((size_t)snprintf(f->dir, sizeof f->dir, "%s", dir) >= sizeof f->dir)
        return why_set(w, ST_RANGE, "too long a name for a folder");
    enum status st = look_at(dir, force, w);
    if (!st && mkdir(dir, 0777) && errno != EEXIST)
        st = io(dir, w);
    if (!st)
        st = take_lock(f, shard, w);
    if (!st)
        st = write_asked(dir, s, w);
    if (!st && force)
        st = clear(dir, w);
    if (!st && f->exclusive)
        clear_parts(dir);
    if (!st)
        st = make_runs(dir, w);
    if (!st)
        st = journal_read(&f->journal, dir, w);
    if (shard.n > 1)
        (void)snprintf(name, sizeof name, "journal.%u-of-%u.tsv", shard.i, shard.n);
    if (!st)
        st = journal_open(&f->journal, dir, name, w);
    if (st)
        study_folder_end(f);
    return st;
}

void study_folder_end(struct study_folder *f)
{
    journal_close(&f->journal);
    if (f->lock >= 0)
        (void)close(f->lock);
    f->lock = -1;
}
