/* The figures of a run, inside its page; and one figure of either kind of page. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/html.h"
#include "analysis/report_parts.h"

enum { FIGURES = 80, NAME_BYTES = 128, WORDS_BYTES = 2000, SVG_MOST = 3 << 20 };

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Names without the suffix, in order. */
static size_t list_figures(const char *dir, char name[FIGURES][NAME_BYTES])
{
    size_t n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e = d ? readdir(d) : NULL; e && n < FIGURES; e = readdir(d)) {
        size_t length = strlen(e->d_name);
        if (length < 5 || length >= NAME_BYTES || strcmp(e->d_name + length - 4, ".svg") != 0)
            continue;
        memcpy(name[n], e->d_name, length - 4);
        name[n++][length - 4] = '\0';
    }
    if (d)
        (void)closedir(d);
    qsort(name, n, NAME_BYTES, by_name);
    return n;
}

static void run_words(const char *name, char *out, size_t size)
{
    if (!strcmp(name, "delay-distribution")) {
        (void)snprintf(out, size, "Distribution of the one-way delay, by flow and direction.");
    } else if (!strcmp(name, "rate")) {
        (void)snprintf(out, size, "Rate on each interface of the mobile nodes.");
    } else if (!strncmp(name, "delay-", 6)) {
        (void)snprintf(out, size,
                       "One-way delay of each packet of %s; shaded: transitions. Below: the "
                       "hand-over that it felt most, if any.",
                       name + 6);
    } else {
        (void)snprintf(out, size, "%.120s", name);
    }
}

/* What stands beside the picture as NAME.txt. */
static bool read_caption(const char *dir, const char *name, char *out, size_t size)
{
    char path[1400];
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.txt", dir, name);
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    size_t n = fread(out, 1, size - 1, in);
    (void)fclose(in);
    while (n && ((unsigned char)out[n - 1] <= ' '))
        n--;
    out[n] = '\0';
    return n > 0;
}

enum status report_figure(FILE *out, const char *dir, const char *name, const char *words,
                          size_t number, struct why *w)
{
    char path[1400];
    char prefix[32];
    char said[WORDS_BYTES];
    struct stat s;
    if (!read_caption(dir, name, said, sizeof said))
        (void)snprintf(said, sizeof said, "%s", words);
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.svg", dir, name);
    (void)snprintf(prefix, sizeof prefix, "f%zu-", number);
    if (stat(path, &s))
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    (void)fputs("<figure>\n", out);
    page_box(out, "card", name);
    enum status st = ST_OK;
    if (s.st_size <= SVG_MOST) {
        st = html_svg(out, path, prefix, said, w);
    } else { /* so many points were drawn that a page would be slow to open */
        (void)snprintf(path, sizeof path, "%.1100s/%.127s.png", dir, name);
        st = html_png(out, path, said, w);
    }
    page_box_end(out);
    page_element(out, "figcaption", said);
    (void)fputs("</figure>\n", out);
    return st;
}

enum status report_figures(FILE *out, const char *dir, struct why *w)
{
    char name[FIGURES][NAME_BYTES];
    size_t n = dir ? list_figures(dir, name) : 0;
    enum status st = ST_OK;
    page_section(out, report_section("figures"));
    if (!n)
        (void)fputs("<p>None: no packets were recorded, or gnuplot is not installed.</p>\n", out);
    for (size_t k = 0; k < n && !st; k++) {
        char words[WORDS_BYTES];
        run_words(name[k], words, sizeof words);
        st = report_figure(out, dir, name[k], words, k + 1, w);
    }
    return st;
}
