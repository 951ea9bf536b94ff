#include "analysis/html.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "analysis/query.h"

/* How many bytes a character has that begins here (RFC 3629 4); 0: it is none that XML has. */
static size_t character(const unsigned char *b)
{
    size_t n = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
    unsigned long code = b[0] & (n == 1 ? 0x7f : 0xffu >> (n + 1));
    if (b[0] > 0xf4)
        return 0;
    for (size_t k = 1; k < n; k++) {
        if ((b[k] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (b[k] & 0x3f);
    }
    bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
    bool outside = (code >= 0xd800 && code < 0xe000) || (code & ~1ul) == 0xfffe || code > 0x10ffff;
    bool control = code < ' ' && code != '\n' && code != '\t';
    return overlong || outside || control ? 0 : n;
}

void html_text(FILE *out, const char *text)
{
    while (*text) {
        size_t n = character((const unsigned char *)text);
        if (*text == '&') {
            (void)fputs("&amp;", out);
        } else if (*text == '<') {
            (void)fputs("&lt;", out);
        } else if (*text == '>') {
            (void)fputs("&gt;", out);
        } else if (*text == '"') {
            (void)fputs("&quot;", out);
        } else if (n) {
            (void)fwrite(text, 1, n, out);
        } else {
            (void)fputc('?', out); /* XML has no way to write it */
        }
        text += n ? n : 1;
    }
}

/* ---- tables ------------------------------------------------------------------------------ */

static void put_cell(FILE *out, const char *element, bool number, const char *text)
{
    (void)fprintf(out, "<%s%s>", element, number ? " class=\"n\"" : "");
    html_text(out, text);
    (void)fprintf(out, "</%.2s>", element);
}

static void put_heads(FILE *out, const struct query *q, int columns)
{
    (void)fputs("<div class=\"scroll\"><table>\n<thead><tr>", out);
    for (int k = 0; k < columns; k++) {
        const char *name = sqlite3_column_name(q->q, k);
        put_cell(out, "th scope=\"col\"", *name == '#', name + (*name == '#'));
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
        (void)fputs("</tbody></table></div>\n", out);
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

/* Its root, and the title by which gnuplot calls all of its pictures. Answers where it goes on. */
static const char *put_root(FILE *out, const char *at, const char *title)
{
    static const char own[] = "<title>Gnuplot</title>";
    const char *end = strchr(at, '>');
    const char *old = strstr(at, own);
    if (strncmp(at, "<svg", 4) != 0 || !end)
        return at;
    (void)fputs("<svg role=\"img\" aria-label=\"", out);
    html_text(out, title);
    (void)fputc('"', out);
    (void)fwrite(at + 4, 1, (size_t)(end + 1 - at - 4), out);
    (void)fputs("<title>", out);
    html_text(out, title);
    (void)fputs("</title>", out);
    const char *next = end + 1 + strspn(end + 1, " \r\n");
    return next == old ? old + sizeof own - 1 : end + 1;
}

enum status html_svg(FILE *out, const char *path, const char *prefix, const char *title,
                     struct why *w)
{
    char *text = NULL;
    size_t n = 0;
    enum status st = read_whole(path, &text, &n, w);
    if (st)
        return st;
    bool tag = false;
    const char *at = strstr(text, "<svg"); /* without the head of a file of its own */
    at = at ? put_root(out, at, title) : NULL;
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

enum status html_data_link(FILE *out, const char *path, const char *type, struct why *w)
{
    char *bytes = NULL;
    size_t n = 0;
    enum status st = read_whole(path, &bytes, &n, w);
    if (st)
        return st;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    (void)fputs("<a download=\"", out);
    html_text(out, name);
    (void)fprintf(out, "\" href=\"data:%s;base64,", type);
    put_base64(out, (const unsigned char *)bytes, n);
    (void)fputs("\">", out);
    html_text(out, name);
    (void)fputs("</a>", out);
    free(bytes);
    return ST_OK;
}
