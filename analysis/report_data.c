/* What a figure is made of, one click below it: its numbers, and the script that draws them. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/html.h"
#include "analysis/report_parts.h"

enum { ROWS = 200, FIELD_BYTES = 1000, SCRIPT_MOST = 64 << 10, LINK_MOST = 16 << 20 };

/* A file of comma-separated values (RFC 4180). */
struct csv {
    FILE *in;
    char field[FIELD_BYTES];
    bool ends_row; /* the field at hand was the last of its row */
};

static bool next_field(struct csv *c)
{
    size_t n = 0;
    bool quoted = false;
    bool any = false;
    int b = fgetc(c->in);
    for (; b != EOF && (quoted || (b != ',' && b != '\n')); b = fgetc(c->in)) {
        any = true;
        if (b == '"') {
            int next = quoted ? fgetc(c->in) : EOF;
            bool twice = quoted && next == '"';
            if (quoted && !twice && next != EOF)
                (void)ungetc(next, c->in);
            if (!twice) {
                quoted = !quoted;
                continue;
            }
        }
        if (b != '\r' && n + 1 < sizeof c->field)
            c->field[n++] = (char)b;
    }
    c->field[n] = '\0';
    c->ends_row = b != ',';
    return b != EOF || any;
}

static bool is_number(const char *text)
{
    char *end;
    if (!*text)
        return false;
    (void)strtod(text, &end);
    return *end == '\0';
}

static void put_field(FILE *out, const char *text, bool head)
{
    (void)fputs(head ? "<th scope=\"col\"" : "<td", out);
    (void)fputs(!head && is_number(text) ? " class=\"n\">" : ">", out);
    html_text(out, text);
    (void)fputs(head ? "</th>" : "</td>", out);
}

static size_t count_rows(const char *path)
{
    size_t n = 0;
    struct csv c = {.in = fopen(path, "r")};
    while (c.in && next_field(&c))
        n += c.ends_row;
    if (c.in)
        (void)fclose(c.in);
    return n ? n - 1 : 0;
}

static void put_rows(FILE *out, struct csv *c)
{
    bool begins = true;
    bool any = false;
    for (size_t rows = 0; rows <= ROWS && next_field(c); rows += c->ends_row) {
        any = true;
        if (begins)
            (void)fputs(rows ? "<tr>" : "<table>\n<thead><tr>", out);
        put_field(out, c->field, rows == 0);
        begins = c->ends_row;
        if (begins)
            (void)fputs(rows ? "</tr>\n" : "</tr></thead>\n<tbody>\n", out);
    }
    if (any)
        (void)fputs(begins ? "</tbody></table>\n" : "</tr></tbody></table>\n", out);
}

/* A file as a link; one that is too large for a page is told of. */
static enum status put_link(FILE *out, const char *path, const char *type, struct why *w)
{
    struct stat s;
    enum status st = ST_OK;
    if (stat(path, &s))
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    (void)fputs("<p>Whole: ", out);
    if (s.st_size <= LINK_MOST) {
        st = html_data_link(out, path, type, w);
    } else {
        (void)fputs("too large for a page; <code>monami plot</code> writes it", out);
    }
    (void)fputs("</p>\n", out);
    return st;
}

static enum status put_table(FILE *out, const char *path, const char *name, struct why *w)
{
    size_t rows = count_rows(path);
    struct csv c = {.in = fopen(path, "r")};
    if (!c.in)
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    (void)fputs("<details><summary>The numbers of ", out);
    html_text(out, name);
    (void)fprintf(out, ", %zu row%s", rows, rows == 1 ? "" : "s");
    if (rows > ROWS)
        (void)fprintf(out, ", the first %d shown", ROWS);
    (void)fputs("</summary>\n", out);
    enum status st = put_link(out, path, "text/csv;charset=utf-8", w);
    page_box(out, "", "numbers of the figure");
    put_rows(out, &c);
    page_box_end(out);
    (void)fputs("</details>\n", out);
    (void)fclose(c.in);
    return st;
}

static enum status put_script(FILE *out, const char *path, const char *name, struct why *w)
{
    char *text = malloc(SCRIPT_MOST + 1);
    FILE *in = fopen(path, "r");
    if (!text || !in) {
        int error = text ? errno : ENOMEM;
        free(text);
        if (in)
            (void)fclose(in);
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(error));
    }
    size_t n = fread(text, 1, SCRIPT_MOST, in);
    (void)fclose(in);
    text[n] = '\0';
    (void)fputs("<details><summary>The gnuplot script of ", out);
    html_text(out, name);
    (void)fputs("</summary>\n", out);
    enum status st = put_link(out, path, "text/plain;charset=utf-8", w);
    page_element(out, "pre", text);
    if (n == SCRIPT_MOST)
        (void)fputs("<p class=\"small\">... and so on</p>\n", out);
    (void)fputs("</details>\n", out);
    free(text);
    return st;
}

enum status report_figure_data(FILE *out, const char *dir, const char *name, struct why *w)
{
    char path[1400];
    struct stat s;
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.csv", dir, name);
    enum status st = stat(path, &s) ? ST_OK : put_table(out, path, name, w);
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.gp", dir, name);
    if (!st && !stat(path, &s))
        st = put_script(out, path, name, w);
    return st;
}
