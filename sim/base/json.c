#include "sim/base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct json_writer jw_to(FILE *out, unsigned indent)
{
    return (struct json_writer){.out = out, .indent = indent};
}

static void break_line(const struct json_writer *j)
{
    if (!j->indent)
        return;
    (void)fputc('\n', j->out);
    for (unsigned k = 0; k < j->indent * j->depth; k++)
        (void)fputc(' ', j->out);
}

/* Bytes of the UTF-8 character at `b`, by its first byte and what follows; 0: it is none. */
static unsigned character(const unsigned char *b)
{
    unsigned n = b[0] < 0x80                   ? 1
                 : b[0] >= 0xc2 && b[0] < 0xe0 ? 2
                 : b[0] >> 4 == 14             ? 3
                 : b[0] >= 0xf0 && b[0] < 0xf5 ? 4
                                               : 0;
    for (unsigned k = 1; k < n; k++) {
        if (b[k] >> 6 != 2) /* the final NUL, too */
            return 0;
    }
    return n;
}

static void put_text(FILE *out, const char *text)
{
    const unsigned char *b = (const unsigned char *)text;
    (void)fputc('"', out);
    while (*b) {
        unsigned n = character(b);
        if (n == 0) { /* JSON is Unicode (RFC 8259 8.1): U+FFFD tells of what is not */
            (void)fputs("\\ufffd", out);
            n = 1;
        } else if (*b == '"' || *b == '\\') {
            (void)fprintf(out, "\\%c", *b);
        } else if (*b == '\n') {
            (void)fputs("\\n", out);
        } else if (*b < ' ') {
            (void)fprintf(out, "\\u%04x", *b);
        } else {
            (void)fwrite(b, 1, n, out);
        }
        b += n;
    }
    (void)fputc('"', out);
}

/* What stands before a value: a comma, a new line, its name. */
static void begin(struct json_writer *j, const char *key)
{
    if (j->depth) {
        bool *some = &j->some[j->depth - 1];
        assert((j->end[j->depth - 1] == '}') == (key != NULL));
        if (*some)
            (void)fputc(',', j->out);
        *some = true;
        break_line(j);
    }
    if (!key)
        return;
    put_text(j->out, key);
    (void)fputs(j->indent ? ": " : ":", j->out);
}

static void open_level(struct json_writer *j, const char *key, char first, char last)
{
    begin(j, key);
    assert(j->depth < JSON_DEPTH);
    (void)fputc(first, j->out);
    j->end[j->depth] = last;
    j->some[j->depth++] = false;
}

void jw_object(struct json_writer *j, const char *key)
{
    open_level(j, key, '{', '}');
}

void jw_list(struct json_writer *j, const char *key)
{
    open_level(j, key, '[', ']');
}

void jw_end(struct json_writer *j)
{
    assert(j->depth);
    j->depth--;
    if (j->some[j->depth])
        break_line(j);
    (void)fputc(j->end[j->depth], j->out);
    if (!j->depth)
        (void)fputc('\n', j->out);
}

void jw_text(struct json_writer *j, const char *key, const char *text)
{
    begin(j, key);
    if (text) {
        put_text(j->out, text);
    } else {
        (void)fputs("null", j->out);
    }
}

void jw_int(struct json_writer *j, const char *key, int64_t value)
{
    begin(j, key);
    (void)fprintf(j->out, "%" PRId64, value);
}

/* The shortest digits that are this very number. */
void jw_real(struct json_writer *j, const char *key, double value)
{
    char text[40] = "null";
    bool same = !isfinite(value);
    for (int digits = 15; digits <= 17 && !same; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        same = !(back < value) && !(back > value);
    }
    begin(j, key);
    (void)fputs(text, j->out);
}

void jw_bool(struct json_writer *j, const char *key, bool value)
{
    jw_raw(j, key, value ? "true" : "false");
}

void jw_raw(struct json_writer *j, const char *key, const char *json)
{
    begin(j, key);
    (void)fputs(json, j->out);
}
