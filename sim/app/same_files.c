#include "sim/app/same_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 2048, CHUNK = 65536 };

const char *same_kind_name(enum same_kind kind)
{
    static const char *const names[SAME_KINDS] = {"equal", "different", "only then", "only now"};
    return names[kind];
}

static bool listed(const char *const *names, const char *name)
{
    for (; *names; names++) {
        if (!strcmp(*names, name))
            return true;
    }
    return false;
}

static struct same_file *find(const struct same_files *s, const char *path)
{
    for (size_t k = 0; k < s->n; k++) {
        if (!strcmp(s->of[k].path, path))
            return &s->of[k];
    }
    return NULL;
}

static void add(struct same_files *s, const char *path, enum same_kind kind, struct arena *arena)
{
    if (s->n == s->room) {
        s->room = s->room ? 2 * s->room : 32;
        struct same_file *more = arena_take(arena, s->room * sizeof *more);
        if (s->n)
            memcpy(more, s->of, s->n * sizeof *more);
        s->of = more;
    }
    s->of[s->n++] = (struct same_file){arena_text(arena, path), kind};
}

/* One pass over a tree: files of the first are ONLY_THEN until the second has them, too. */
struct walk {
    struct same_files *s;
    const char *root;
    const char *const *apart;
    enum same_kind kind; /* of a file that is not yet known */
    struct arena *arena;
};

static enum status walk(const struct walk *t, const char *below, struct why *w);

static enum status visit(const struct walk *t, const char *path, struct why *w)
{
    char whole[PATH_BYTES];
    struct stat st;
    (void)snprintf(whole, sizeof whole, "%s/%s", t->root, path);
    if (stat(whole, &st))
        return why_set(w, ST_IO, "%.150s: %s", whole, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return walk(t, path, w);
    struct same_file *known = find(t->s, path);
    if (known) {
        known->kind = SAME_EQUAL; /* in both; their bytes are looked at later */
    } else {
        add(t->s, path, t->kind, t->arena);
    }
    return ST_OK;
}

static enum status walk(const struct walk *t, const char *below, struct why *w)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s%s%s", t->root, *below ? "/" : "", below);
    DIR *dir = opendir(path);
    if (!dir)
        return why_set(w, ST_IO, "%.150s: %s", path, strerror(errno));
    enum status st = ST_OK;
    for (struct dirent *e = readdir(dir); e && !st; e = readdir(dir)) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            (!*below && listed(t->apart, e->d_name)))
            continue;
        char inner[PATH_BYTES / 2];
        (void)snprintf(inner, sizeof inner, "%.500s%s%.500s", below, *below ? "/" : "", e->d_name);
        st = visit(t, inner, w);
    }
    (void)closedir(dir);
    return st;
}

static enum status same_bytes(const char *a, const char *b, bool *same, struct why *w)
{
    static char chunk[2][CHUNK];
    FILE *in[2] = {fopen(a, "rb"), fopen(b, "rb")};
    size_t n = 1;
    *same = true;
    while (in[0] && in[1] && *same && n) {
        n = fread(chunk[0], 1, CHUNK, in[0]);
        *same = fread(chunk[1], 1, CHUNK, in[1]) == n && !memcmp(chunk[0], chunk[1], n);
    }
    bool bad = false;
    for (int k = 0; k < 2; k++) {
        bad |= !in[k] || ferror(in[k]);
        if (in[k])
            (void)fclose(in[k]);
    }
    return bad ? why_set(w, ST_IO, "%.100s or %.100s cannot be read", a, b) : ST_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct same_file *)a)->path, ((const struct same_file *)b)->path);
}

enum status same_files_compare(struct same_files *s, const char *then, const char *now,
                               const char *const *apart, struct arena *arena, struct why *w)
{
    *s = (struct same_files){.n = 0};
    const struct walk old = {s, then, apart, SAME_ONLY_THEN, arena};
    const struct walk new = {s, now, apart, SAME_ONLY_NOW, arena};
    enum status st = walk(&old, "", w);
    if (!st)
        st = walk(&new, "", w);
    if (s->n)
        qsort(s->of, s->n, sizeof *s->of, by_path);
    for (size_t k = 0; k < s->n && !st; k++) {
        char path[2][PATH_BYTES];
        bool same = true;
        (void)snprintf(path[0], PATH_BYTES, "%s/%s", then, s->of[k].path);
        (void)snprintf(path[1], PATH_BYTES, "%s/%s", now, s->of[k].path);
        if (s->of[k].kind == SAME_EQUAL)
            st = same_bytes(path[0], path[1], &same, w);
        if (!same)
            s->of[k].kind = SAME_DIFFERENT;
        s->count[s->of[k].kind]++;
    }
    return st;
}
