#include "sim/app/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/export.h"

static enum status io_error(const char *path, struct why *w)
{
    return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
}

static enum status remove_below(const char *path, dev_t device, struct why *w)
{
    struct stat s;
    if (lstat(path, &s))
        return errno == ENOENT ? ST_OK : io_error(path, w);
    if (!S_ISDIR(s.st_mode))
        return unlink(path) ? io_error(path, w) : ST_OK;
    if (s.st_dev != device)
        return why_set(w, ST_IO, "%s: is another file system, and stays", path);
    DIR *dir = opendir(path);
    if (!dir)
        return io_error(path, w);
    enum status st = ST_OK;
    for (struct dirent *e = readdir(dir); e && !st; e = readdir(dir)) {
        char inner[1300];
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >= sizeof inner) {
            st = why_set(w, ST_IO, "%s: too long a name", path);
        } else {
            st = remove_below(inner, device, w);
        }
    }
    (void)closedir(dir);
    if (!st && rmdir(path))
        st = io_error(path, w);
    return st;
}

enum status folder_remove(const char *path, struct why *w)
{
    struct stat s;
    if (lstat(path, &s))
        return errno == ENOENT ? ST_OK : io_error(path, w);
    return remove_below(path, s.st_dev, w);
}

/* ---- whose it is ------------------------------------------------------------------------- */

static bool has(const char *folder, const char *name)
{
    char path[1300];
    struct stat s;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return !lstat(path, &s) && S_ISREG(s.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat s;
    return !lstat(path, &s) && S_ISDIR(s.st_mode);
}

bool folder_is_empty(const char *path, const char *but)
{
    DIR *dir = opendir(path);
    unsigned n = 0;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
             (!but || strcmp(e->d_name, but) != 0);
    if (dir)
        (void)closedir(dir);
    return dir && !n;
}

/* Other programs write files of these names, too: ours are known by how they begin. */
bool folder_is_marked(const char *folder, const char *name, const char *begin)
{
    char path[1300];
    char there[64] = "";
    size_t length = strlen(begin);
    if (!has(folder, name))
        return false;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t n = fread(there, 1, sizeof there - 1, file);
    (void)fclose(file);
    return n >= length && !memcmp(there, begin, length);
}

/* Made by a command of this kind that came to its end. */
static bool is_ours(const struct folder *f, const char *path)
{
    if (!is_folder(path))
        return false;
    bool results = folder_is_marked(path, "manifest.json", FOLDER_MARK) ||
                   folder_is_marked(path, "study.json", FOLDER_MARK);
    return f->kind == FOLDER_EXPORT
               ? !results && folder_is_marked(path, EXPORT_JSON, EXPORT_JSON_BEGIN)
               : results;
}

static enum status may_replace(const struct folder *f, bool force, struct why *w)
{
    struct stat s;
    if (lstat(f->final, &s))
        return errno == ENOENT ? ST_OK : io_error(f->final, w);
    if (!force)
        return why_set(w, ST_IO, "%s exists already; --force replaces it", f->final);
    if (!S_ISDIR(s.st_mode))
        return why_set(w, ST_IO, "%s is not a folder; --force replaces results alone", f->final);
    if (!is_ours(f, f->final) && !folder_is_empty(f->final, NULL))
        return why_set(w, ST_IO,
                       f->kind == FOLDER_EXPORT
                           ? "%s was not made by monami export, and --force does not replace it"
                           : "%s has no manifest.json or study.json of ours: it was not made by "
                             "monami, and --force does not replace it",
                       f->final);
    return ST_OK;
}

/* What a run left that was killed; anything else in its way is not ours to remove. */
static enum status clear_part(const struct folder *f, struct why *w)
{
    struct stat s;
    if (lstat(f->part, &s))
        return errno == ENOENT ? ST_OK : io_error(f->part, w);
    if (is_folder(f->part) && (has(f->part, FOLDER_UNFINISHED) || folder_is_empty(f->part, NULL)))
        return folder_remove(f->part, w);
    return why_set(w, ST_IO, "%s is in the way, and not what an interrupted run left", f->part);
}

/* A run was killed while it changed places: the former results have their name again, or have been
 * replaced. */
static enum status clear_replaced(const struct folder *f, struct why *w)
{
    struct stat s;
    if (!is_ours(f, f->replaced))
        return ST_OK;
    if (!lstat(f->final, &s))
        return folder_remove(f->replaced, w);
    return rename(f->replaced, f->final) ? io_error(f->replaced, w) : ST_OK;
}

/* ---- life ---------------------------------------------------------------------------------- */

static enum status name_folder(struct folder *f, const char *path, struct why *w)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    const char *last = path + n;
    while (last > path && last[-1] != '/')
        last--;
    size_t own = (size_t)(path + n - last);
    bool dots = (own == 1 && last[0] == '.') || (own == 2 && last[0] == '.' && last[1] == '.');
    if (own == 0 || dots || n >= sizeof f->final)
        return why_set(w, ST_IO, "'%.200s' cannot be the name of a new folder", path);
    memcpy(f->final, path, n);
    f->final[n] = '\0';
    (void)snprintf(f->part, sizeof f->part, "%s.part", f->final);
    (void)snprintf(f->replaced, sizeof f->replaced, "%s.replaced", f->final);
    return ST_OK;
}

static enum status make_part(const struct folder *f, struct why *w)
{
    char path[1100];
    if (mkdir(f->part, 0777))
        return why_set(w, ST_IO, "%s: %s", f->final, strerror(errno));
    (void)snprintf(path, sizeof path, "%s/%s", f->part, FOLDER_UNFINISHED);
    FILE *mark = fopen(path, "w");
    if (!mark || fclose(mark))
        return io_error(path, w);
    return ST_OK;
}

static enum status begin(struct folder *f, const char *path, bool force, struct why *w)
{
    enum status st = name_folder(f, path, w);
    if (!st)
        st = clear_replaced(f, w);
    if (!st)
        st = may_replace(f, force, w);
    if (!st)
        st = clear_part(f, w);
    return st ? st : make_part(f, w);
}

enum status folder_begin(struct folder *f, const char *path, bool force, struct why *w)
{
    f->kind = FOLDER_RESULTS;
    return begin(f, path, force, w);
}

enum status folder_begin_export(struct folder *f, const char *path, bool force, struct why *w)
{
    f->kind = FOLDER_EXPORT;
    return begin(f, path, force, w);
}

enum status folder_finish(struct folder *f, struct why *w)
{
    char mark[1100];
    struct stat s;
    bool before = !lstat(f->final, &s);
    (void)snprintf(mark, sizeof mark, "%s/%s", f->part, FOLDER_UNFINISHED);
    if (before && !is_ours(f, f->final) && !folder_is_empty(f->final, NULL))
        return why_set(w, ST_IO, "%s was changed meanwhile, and stays", f->final);
    if (before && is_ours(f, f->final) && is_folder(f->replaced))
        return why_set(w, ST_IO, "%s is in the way", f->replaced);
    if (unlink(mark))
        return io_error(mark, w);
    if (before && (is_ours(f, f->final) ? rename(f->final, f->replaced) : rmdir(f->final)))
        return io_error(f->final, w);
    if (rename(f->part, f->final))
        return io_error(f->final, w);
    return before && is_ours(f, f->replaced) ? folder_remove(f->replaced, w) : ST_OK;
}

void folder_drop(struct folder *f)
{
    struct why w;
    (void)!folder_remove(f->part, &w); /* a leftover .part is named as one */
}

enum status folder_copy_file(const char *from, const char *to, struct why *w)
{
    char part[8192];
    size_t n;
    FILE *in = fopen(from, "rb");
    if (!in)
        return io_error(from, w);
    FILE *out = fopen(to, "wb");
    if (!out) {
        (void)fclose(in);
        return io_error(to, w);
    }
    while ((n = fread(part, 1, sizeof part, in)) > 0)
        (void)fwrite(part, 1, n, out);
    bool bad = ferror(in) || ferror(out);
    (void)fclose(in);
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%s: cannot be written", to) : ST_OK;
}
