#include "analysis/html.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/query.h"

void html_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char b = (unsigned char)*text;
        if (b == '&') {
            (void)fputs("&amp;", out);
        } else if (b == '<') {
            (void)fputs("&lt;", out);
        } else if (b == '>') {
            (void)fputs("&gt;", out);
        } else if (b == '"') {
            (void)fputs("&quot;", out);
        } else if (b < ' ' && b != '\n' && b != '\t') {
            (void)fputc('?', out); /* XML has no way to write it */
        } else {
            (void)fputc(b, out);
        }
    }
}

/* ---- tables ------------------------------------------------------------------------------ */

static void put_cell(FILE *out, const char *element, bool number, const char *text)
{
    (void)fprintf(out, "<%s%s>", element, number ? " class=\"n\"" : "");
    html_text(out, text);
    (void)fprintf(out, "</%s>", element);
}

static void put_heads(FILE *out, const struct query *q, int columns)
{
    (void)fputs("<table>\n<thead><tr>", out);
    for (int k = 0; k < columns; k++) {
        const char *name = sqlite3_column_name(q->q, k);
        put_cell(out, "th", *name == '#', name + (*name == '#'));
    }
    (void)fputs("</tr></thead>\n<tbody>\n", out);
}

enum status html_table(FILE *out, struct sqlite3 *db, const char *sql, const char *parameter,
                       unsigned *rows, struct why *w)
{
    struct query q;
    *rows = 0;
    enum status st = query_ask(&q, db, sql, parameter, w);
    if (st)
        return st;
    int columns = sqlite3_column_count(q.q);
    for (; query_next(&q); ++*rows) {
        if (*rows == 0)
            put_heads(out, &q, columns);
        (void)fputs("<tr>", out);
        for (int k = 0; k < columns; k++)
            put_cell(out, "td", *sqlite3_column_name(q.q, k) == '#', query_text(&q, k));
        (void)fputs("</tr>\n", out);
    }
    if (*rows)
        (void)fputs("</tbody></table>\n", out);
    query_done(&q);
    return ST_OK;
}

/* ---- pictures ---------------------------------------------------------------------------- */

static enum status read_whole(const char *path, char **bytes, size_t *n, struct why *w)
{
    char chunk[8192];
    size_t part;
    *bytes = NULL;
    FILE *in = fopen(path, "rb");
    if (!in)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    FILE *all = open_memstream(bytes, n);
    assert(all);
    while ((part = fread(chunk, 1, sizeof chunk, in)) > 0)
        (void)fwrite(chunk, 1, part, all);
    bool bad = ferror(in);
    (void)fclose(in);
    bad |= fclose(all) != 0;
    if (!bad)
        return ST_OK;
    free(*bytes);
    *bytes = NULL;
    return why_set(w, ST_IO, "%s: cannot be read", path);
}

/* How long the words are after which an id is named, at `at`; 0: none. */
static size_t before_id(const char *at)
{
    static const char *const words[] = {"id=\"",   "id='",   "url(#",  "href=\"#",
                                        "href='#", "url('#", "url(\"#"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        size_t n = strlen(words[k]);
        if (!strncmp(at, words[k], n))
            return n;
    }
    return 0;
}

enum status html_svg(FILE *out, const char *path, const char *prefix, struct why *w)
{
    char *text = NULL;
    size_t n = 0;
    enum status st = read_whole(path, &text, &n, w);
    if (st)
        return st;
    bool tag = false;
    const char *at = strstr(text, "<svg"); /* without the head of a file of its own */
    while (at && *at) {
        size_t words = tag ? before_id(at) : 0;
        if (words) {
            (void)fwrite(at, 1, words, out);
            (void)fputs(prefix, out);
            at += words;
            continue;
        }
        tag = *at == '<' || (tag && *at != '>');
        (void)fputc(*at++, out);
    }
    free(text);
    return ST_OK;
}

/* RFC 4648 4. */
static void put_base64(FILE *out, const unsigned char *b, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t k = 0; k < n; k += 3) {
        unsigned three = (unsigned)b[k] << 16 | (k + 1 < n ? (unsigned)b[k + 1] << 8 : 0) |
                         (k + 2 < n ? b[k + 2] : 0);
        (void)fputc(digits[three >> 18], out);
        (void)fputc(digits[three >> 12 & 63], out);
        (void)fputc(k + 1 < n ? digits[three >> 6 & 63] : '=', out);
        (void)fputc(k + 2 < n ? digits[three & 63] : '=', out);
    }
}

enum status html_png(FILE *out, const char *path, const char *title, struct why *w)
{
    char *bytes = NULL;
    size_t n = 0;
    enum status st = read_whole(path, &bytes, &n, w);
    if (st)
        return st;
    (void)fputs("<img alt=\"", out);
    html_text(out, title);
    (void)fputs("\" src=\"data:image/png;base64,", out);
    put_base64(out, (const unsigned char *)bytes, n);
    (void)fputs("\"/>\n", out);
    free(bytes);
    return ST_OK;
}
