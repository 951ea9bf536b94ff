#include "sim/world/key_files.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20 /* bytes of a file: hundreds of certificates */ };

struct key_file {
    char *path;
    struct sign_key *key;     /* NULL: certificates */
    struct sign_certs *certs; /* NULL: a key */
    struct key_file *next;
};

static enum status read_text(const char *path, char *text, size_t *n, struct why *w)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    *n = fread(text, 1, MOST, in);
    int bad = ferror(in) ? errno : 0;
    (void)fclose(in);
    if (bad)
        return why_set(w, ST_IO, "%s: %s", path, strerror(bad));
    if (*n == MOST)
        return why_set(w, ST_RANGE, "%s: is longer than keys and certificates are", path);
    return ST_OK;
}

static const struct key_file *find(const struct key_files *files, const char *path, bool is_key)
{
    const struct key_file *f = files->first;
    while (f && (strcmp(f->path, path) != 0 || (f->key != NULL) != is_key))
        f = f->next;
    return f;
}

/* A file that is read for the first time; NULL: `*st` and `w` say why not. */
static const struct key_file *read_file(struct key_files *files, const char *path, bool is_key,
                                        enum status *st, struct why *w)
{
    size_t n = 0;
    char *text = malloc(MOST);
    struct key_file *f = calloc(1, sizeof *f);
    assert(text && f);
    *st = read_text(path, text, &n, w);
    if (!*st && is_key)
        *st = sign_key_read(text, n, path, &f->key, w);
    else if (!*st)
        *st = sign_certs_read(text, n, path, &f->certs, w);
    free(text);
    if (*st) {
        free(f);
        return NULL;
    }
    f->path = strdup(path);
    assert(f->path);
    f->next = files->first;
    files->first = f;
    return f;
}

enum status key_files_key(struct key_files *files, const char *path, const struct sign_key **out,
                          struct why *w)
{
    enum status st = ST_OK;
    const struct key_file *f = find(files, path, true);
    if (!f)
        f = read_file(files, path, true, &st, w);
    *out = f ? f->key : NULL;
    return st;
}

enum status key_files_certs(struct key_files *files, const char *path,
                            const struct sign_certs **out, struct why *w)
{
    enum status st = ST_OK;
    const struct key_file *f = find(files, path, false);
    if (!f)
        f = read_file(files, path, false, &st, w);
    *out = f ? f->certs : NULL;
    return st;
}

void key_files_release(struct key_files *files)
{
    for (struct key_file *f; (f = files->first);) {
        files->first = f->next;
        sign_key_free(f->key);
        sign_certs_free(f->certs);
        free(f->path);
        free(f);
    }
}
