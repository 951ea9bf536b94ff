#include "scenarios/complaints.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 700, LINE_SHOWN = 160 };

static bool same_place(const struct yaml_place *a, const struct yaml_place *b)
{
    return a->source == b->source && a->line == b->line && a->column == b->column;
}

/* Equal but for numbers: the same mistake in each node of a population is told once. */
static bool same_text(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    for (;;) {
        size_t na = strspn(a, digits);
        size_t nb = strspn(b, digits);
        if ((na == 0) != (nb == 0))
            return false;
        a += na;
        b += nb;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
        a++;
        b++;
    }
}

static void keep(struct complaints *c, const struct yaml_place *at, const char *text)
{
    for (size_t k = 0; k < c->n; k++) {
        if (same_place(&c->of[k].at, at) && same_text(c->of[k].text, text))
            return;
    }
    if (c->n == COMPLAINTS_KEPT) {
        c->more++;
        return;
    }
    c->of[c->n++] = (struct complaint){*at, arena_text(c->arena, text)};
}

/* Control characters of the input would garble a terminal. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
    }
}

static void say(struct complaints *c, const struct yaml_place *at, const char *path,
                const char *fmt, va_list ap) PRINTF_LIKE(4, 0);

static void say(struct complaints *c, const struct yaml_place *at, const char *path,
                const char *fmt, va_list ap)
{
    char text[TEXT_BYTES];
    int head = *path ? snprintf(text, sizeof text, "%.300s: ", path) : 0;
    assert(head >= 0 && (size_t)head < sizeof text);
    (void)vsnprintf(text + head, sizeof text - (size_t)head, fmt, ap); /* a cut sentence will do */
    make_printable(text);
    keep(c, at, text);
}

void complain(struct complaints *c, const struct yaml_place *at, const char *path, const char *fmt,
              ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(c, at, path, fmt, ap);
    va_end(ap);
}

void complain_path(struct complaints *c, const struct yaml_node *root, const char *path,
                   const char *fmt, ...)
{
    const struct yaml_node *nearest = root;
    const struct yaml_node *node = yaml_at(root, path, &nearest);
    va_list ap;
    va_start(ap, fmt);
    say(c, node ? &node->at : &nearest->at, path, fmt, ap);
    va_end(ap);
}

static int by_place(const void *a, const void *b)
{
    const struct complaint *x = a;
    const struct complaint *y = b;
    unsigned ox = x->at.source ? x->at.source->order : 0;
    unsigned oy = y->at.source ? y->at.source->order : 0;
    if (ox != oy)
        return ox < oy ? -1 : 1;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column)
        return x->at.column < y->at.column ? -1 : 1;
    return strcmp(x->text, y->text);
}

static const char *line_of(const struct yaml_source *s, unsigned line, size_t *n)
{
    const char *at = s->text;
    const char *end = s->text + s->n;
    for (; line > 1 && at < end; at++) {
        if (*at == '\n')
            line--;
    }
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *n = (size_t)((stop ? stop : end) - at);
    if (*n && at[*n - 1] == '\r')
        --*n;
    return at;
}

/* Bytes of the character at `b`; 0: not UTF-8. */
static size_t character(const unsigned char *b, size_t n)
{
    size_t len = b[0] < 0x80       ? 1
                 : b[0] >> 5 == 6  ? 2
                 : b[0] >> 4 == 14 ? 3
                 : b[0] >> 3 == 30 ? 4
                                   : 0;
    if (len > n)
        return 0;
    for (size_t k = 1; k < len; k++) {
        if (b[k] >> 6 != 2)
            return 0;
    }
    return len;
}

/* The line as it stands and a caret below it; a long line is shown around the column. */
static void print_line(const struct yaml_place *at, FILE *out)
{
    size_t n = 0;
    const char *line = line_of(at->source, at->line, &n);
    size_t column = at->column ? at->column - 1 : 0;
    if (column > n)
        column = n;
    size_t first = column > LINE_SHOWN / 2 && n > LINE_SHOWN ? column - LINE_SHOWN / 2 : 0;
    size_t shown = n - first < LINE_SHOWN ? n - first : LINE_SHOWN;
    (void)fputs("    ", out);
    for (size_t k = 0; k < shown;) {
        const unsigned char *b = (const unsigned char *)line + first + k;
        size_t len = character(b, n - first - k);
        bool plain = len > 1 || (len == 1 && *b >= ' ' && *b != 127);
        if (plain) {
            (void)fwrite(b, 1, len, out);
        } else {
            (void)fputc(*b == '\t' ? ' ' : '?', out);
        }
        k += len ? len : 1;
    }
    (void)fprintf(out, "\n    %*s^\n", (int)(column - first), "");
}

void complaints_print(struct complaints *c, FILE *out)
{
    qsort(c->of, c->n, sizeof c->of[0], by_place);
    for (size_t k = 0; k < c->n && k < COMPLAINTS_SHOWN; k++) {
        const struct complaint *one = &c->of[k];
        if (!one->at.source) {
            (void)fprintf(out, "error: %s\n", one->text);
            continue;
        }
        (void)fprintf(out, "%s:%u:%u: error: %s\n", one->at.source->name, one->at.line,
                      one->at.column, one->text);
        print_line(&one->at, out);
    }
    size_t hidden = c->more + (c->n > COMPLAINTS_SHOWN ? c->n - COMPLAINTS_SHOWN : 0);
    if (hidden)
        (void)fprintf(out, "... and %zu more\n", hidden);
}

void complaints_put(struct complaints *c, struct json_writer *j)
{
    qsort(c->of, c->n, sizeof c->of[0], by_place);
    for (size_t k = 0; k < c->n; k++) {
        const struct complaint *one = &c->of[k];
        jw_object(j, NULL);
        jw_text(j, "file", one->at.source ? one->at.source->name : NULL);
        jw_int(j, "line", one->at.line);
        jw_int(j, "column", one->at.column);
        jw_text(j, "text", one->text);
        jw_end(j);
    }
}
