#include "sim/batch/journal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- in memory ----------------------------------------------------------------------------- */

static size_t slot_of(const struct journal *j, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *c = key; *c; c++)
        h = (h ^ (uint8_t)*c) * 0x100000001b3u;
    size_t at = (size_t)h & (j->slots - 1);
    while (j->entry[at].key[0] && strcmp(j->entry[at].key, key) != 0)
        at = (at + 1) & (j->slots - 1);
    return at;
}

static void make_room(struct journal *j)
{
    struct journal old = *j;
    if (j->slots && j->n < j->slots / 2)
        return;
    j->slots = old.slots ? 2 * old.slots : 1024;
    j->entry = calloc(j->slots, sizeof *j->entry);
    assert(j->entry);
    for (size_t k = 0; k < old.slots; k++) {
        if (old.entry[k].key[0])
            j->entry[slot_of(j, old.entry[k].key)] = old.entry[k];
    }
    free(old.entry);
}

static void put(struct journal *j, const struct journal_entry *e)
{
    make_room(j);
    struct journal_entry *to = &j->entry[slot_of(j, e->key)];
    j->n += !to->key[0];
    free(to->message);
    *to = *e;
    to->message = NULL;
    if (e->message && *e->message) {
        size_t n = strlen(e->message) + 1;
        to->message = malloc(n);
        assert(to->message);
        memcpy(to->message, e->message, n);
    }
}

const struct journal_entry *journal_find(const struct journal *j, const char *key)
{
    if (!j->slots)
        return NULL;
    const struct journal_entry *e = &j->entry[slot_of(j, key)];
    return e->key[0] ? e : NULL;
}

void journal_close(struct journal *j)
{
    for (size_t k = 0; k < j->slots; k++)
        free(j->entry[k].message);
    free(j->entry);
    if (j->file)
        (void)fclose(j->file);
    *j = (struct journal){.slots = 0};
}

/* ---- lines --------------------------------------------------------------------------------- */

/* In place: "\n", "\t" and "\\" as they are written. */
static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *to++ = (char)(*text == 'n' ? '\n' : *text == 't' ? '\t' : *text);
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void escape(const char *text, char out[2 * JOURNAL_MESSAGE])
{
    size_t n = 0;
    for (; text && *text && n < 2 * JOURNAL_MESSAGE - 3; text++) {
        bool special = *text == '\n' || *text == '\t' || *text == '\\';
        if (special)
            out[n++] = '\\';
        out[n++] = (char)(*text == '\n' ? 'n' : *text == '\t' ? 't' : *text);
    }
    out[n] = '\0';
}

/* A whole line without its end. False: it is no entry, and counts for nothing. */
static bool parse(char *line, struct journal_entry *e)
{
    char *at = strchr(line, '\t');
    *e = (struct journal_entry){.code = 0};
    if (!at || at - line != HASH_TEXT - 1 || strspn(line, "0123456789abcdef") != HASH_TEXT - 1)
        return false;
    memcpy(e->key, line, HASH_TEXT - 1);
    char *end;
    long code = strtol(at + 1, &end, 10);
    if (*end != '\t' || code < 0 || code > 255)
        return false;
    e->code = (int)code;
    e->wall_ms = strtod(end + 1, &end);
    if (*end != '\t')
        return false;
    e->cpu_ms = strtod(end + 1, &end);
    if (*end != '\t')
        return false;
    e->message = end + 1;
    unescape(e->message);
    return true;
}

static enum status read_file(struct journal *j, const char *path, struct why *w)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    if (!file)
        return why_set(w, ST_IO, "%.180s: %s", path, strerror(errno));
    while ((n = getline(&line, &room, file)) > 0) {
        struct journal_entry e;
        if (line[n - 1] != '\n')
            break; /* its writer was killed */
        line[n - 1] = '\0';
        if (parse(line, &e))
            put(j, &e);
    }
    bool bad = ferror(file) != 0;
    free(line);
    (void)fclose(file);
    return bad ? why_set(w, ST_IO, "%.180s: cannot be read", path) : ST_OK;
}

bool journal_is_name(const char *name)
{
    size_t n = strlen(name);
    return n >= 11 && !strncmp(name, "journal", 7) && !strcmp(name + n - 4, ".tsv");
}

enum status journal_read(struct journal *j, const char *dir, struct why *w)
{
    enum status st = ST_OK;
    DIR *d = opendir(dir);
    *j = (struct journal){.slots = 0};
    if (!d)
        return errno == ENOENT ? ST_OK : why_set(w, ST_IO, "%.180s: %s", dir, strerror(errno));
    for (struct dirent *e = readdir(d); e && !st; e = readdir(d)) {
        char path[1300];
        if (!journal_is_name(e->d_name))
            continue;
        (void)snprintf(path, sizeof path, "%.1000s/%.250s", dir, e->d_name);
        st = read_file(j, path, w);
    }
    (void)closedir(d);
    return st;
}

/* ---- adding -------------------------------------------------------------------------------- */

static const char head[] = "run_key\tcode\twall_ms\tcpu_ms\tmessage\n";

/* A line that was cut off gets its end, so that the next one is a line of its own. */
static bool ends_whole(FILE *file, bool *empty)
{
    *empty = fseek(file, 0, SEEK_END) || ftell(file) == 0;
    if (*empty || fseek(file, -1, SEEK_END))
        return true;
    int last = fgetc(file);
    (void)fseek(file, 0, SEEK_END);
    return last == '\n';
}

enum status journal_open(struct journal *j, const char *dir, const char *name, struct why *w)
{
    bool empty = false;
    (void)snprintf(j->path, sizeof j->path, "%.1000s/%.100s", dir, name);
    j->file = fopen(j->path, "a+");
    if (!j->file)
        return why_set(w, ST_IO, "%.180s: %s", j->path, strerror(errno));
    if (!ends_whole(j->file, &empty))
        (void)fputc('\n', j->file);
    if (empty)
        (void)fputs(head, j->file);
    return fflush(j->file) ? why_set(w, ST_IO, "%.180s: %s", j->path, strerror(errno)) : ST_OK;
}

enum status journal_add(struct journal *j, const struct journal_entry *e, struct why *w)
{
    char message[2 * JOURNAL_MESSAGE];
    escape(e->message, message);
    (void)fprintf(j->file, "%s\t%d\t%.1f\t%.1f\t%s\n", e->key, e->code, e->wall_ms, e->cpu_ms,
                  message);
    if (fflush(j->file))
        return why_set(w, ST_IO, "%.180s: %s", j->path, strerror(errno));
    put(j, e);
    return ST_OK;
}
