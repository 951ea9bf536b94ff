#include "sim/base/lines.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256, NAME_SHOWN = 100 };

struct lines lines_of(FILE *file, const char *name)
{
    return (struct lines){.name = name, .file = file};
}

void lines_done(struct lines *l)
{
    free(l->text);
    l->text = NULL;
    l->room = 0;
}

static void grow(struct lines *l)
{
    l->room = l->room ? 2 * l->room : FIRST_ROOM;
    char *more = realloc(l->text, l->room);
    if (!more) {
        (void)fputs("lines: out of memory\n", stderr);
        abort();
    }
    l->text = more;
}

/* Bytes that no text file has. */
static bool is_binary(int c)
{
    return c < ' ' && c != '\t' && c != '\r' && c != '\f';
}

static enum status finish(struct lines *l, struct why *w)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    while (l->n && (l->text[l->n - 1] == '\r'))
        l->n--;
    l->text[l->n] = '\0';
    if (l->line == 1 && l->n >= 3 && !memcmp(l->text, mark, 3)) {
        l->n -= 3;
        memmove(l->text, l->text + 3, l->n + 1);
    }
    return ferror(l->file) ? why_set(w, ST_IO, "%.*s: cannot be read", NAME_SHOWN, l->name) : ST_OK;
}

enum status lines_next(struct lines *l, bool *end, struct why *w)
{
    int c = getc(l->file);
    l->n = 0;
    l->line++;
    *end = c == EOF;
    for (; c != EOF && c != '\n'; c = getc(l->file)) {
        if (l->n + 1 >= l->room)
            grow(l);
        l->text[l->n++] = (char)c;
        if (is_binary(c)) {
            return lines_wrong(l, l->text + l->n - 1, w, ST_SYNTAX,
                               "byte 0x%02x: this is no text file", (unsigned)c);
        }
        if (l->n == LINE_BYTES_MAX)
            return lines_wrong(l, NULL, w, ST_SYNTAX, "a line of more than 16 MiB");
    }
    if (!l->text)
        grow(l);
    return finish(l, w);
}

enum status lines_wrong(const struct lines *l, const char *at, struct why *w, enum status st,
                        const char *fmt, ...)
{
    char said[sizeof w->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(said, sizeof said, fmt, ap);
    va_end(ap);
    if (at) {
        return why_set(w, st, "%.*s:%ld:%zu: %s", NAME_SHOWN, l->name, l->line,
                       (size_t)(at - l->text) + 1, said);
    }
    return why_set(w, st, "%.*s:%ld: %s", NAME_SHOWN, l->name, l->line, said);
}
