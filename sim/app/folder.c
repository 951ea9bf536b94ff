#include "sim/app/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status io_error(const char *path, struct why *w)
{
    return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
}

enum status folder_remove(const char *path, struct why *w)
{
    struct stat s;
    if (lstat(path, &s))
        return errno == ENOENT ? ST_OK : io_error(path, w);
    if (!S_ISDIR(s.st_mode))
        return unlink(path) ? io_error(path, w) : ST_OK;
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
            st = folder_remove(inner, w);
        }
    }
    (void)closedir(dir);
    if (!st && rmdir(path))
        st = io_error(path, w);
    return st;
}

enum status folder_begin(struct folder *f, const char *path, bool force, struct why *w)
{
    struct stat s;
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0 || n >= sizeof f->final)
        return why_set(w, ST_IO, "'%s' cannot be the name of a folder", path);
    memcpy(f->final, path, n);
    f->final[n] = '\0';
    (void)snprintf(f->part, sizeof f->part, "%s.part", f->final);
    f->force = force;
    if (!lstat(f->final, &s) && !force)
        return why_set(w, ST_IO, "%s exists already; --force replaces it", f->final);
    enum status st = folder_remove(f->part, w); /* what an interrupted run left */
    if (!st && mkdir(f->part, 0777))
        st = io_error(f->part, w);
    return st;
}

enum status folder_finish(struct folder *f, struct why *w)
{
    enum status st = f->force ? folder_remove(f->final, w) : ST_OK;
    if (!st && rename(f->part, f->final))
        st = io_error(f->final, w);
    return st;
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
