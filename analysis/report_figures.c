/* The figures of a run, inside its page. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/html.h"
#include "analysis/report.h"

enum { FIGURES = 80, NAME_BYTES = 128, SVG_MOST = 3 << 20 };

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

static void put_caption(FILE *out, const char *name)
{
    (void)fputs("<figcaption>", out);
    if (!strcmp(name, "delay-distribution")) {
        (void)fputs("Distribution of the one-way delay, by flow and direction.", out);
    } else if (!strcmp(name, "rate")) {
        (void)fputs("Rate on each interface of the mobile nodes.", out);
    } else if (!strncmp(name, "delay-", 6)) {
        (void)fputs("One-way delay of each packet of ", out);
        html_text(out, name + 6);
        (void)fputs("; shaded: transitions. Below: the hand-over that it felt most, if any.", out);
    } else {
        html_text(out, name);
    }
    (void)fputs("</figcaption></figure>\n", out);
}

/* As SVG; as PNG where so many points were drawn that a page would be slow to open. */
static enum status put_figure(FILE *out, const char *dir, const char *name, size_t number,
                              struct why *w)
{
    char path[1400];
    char prefix[32];
    struct stat s;
    (void)snprintf(path, sizeof path, "%.1100s/%.127s.svg", dir, name);
    (void)snprintf(prefix, sizeof prefix, "f%zu-", number);
    if (stat(path, &s))
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    (void)fputs("<figure>\n", out);
    enum status st = ST_OK;
    if (s.st_size <= SVG_MOST) {
        st = html_svg(out, path, prefix, w);
    } else {
        (void)snprintf(path, sizeof path, "%.1100s/%.127s.png", dir, name);
        st = html_png(out, path, name, w);
    }
    put_caption(out, name);
    return st;
}

enum status report_figures(FILE *out, const char *dir, struct why *w)
{
    char name[FIGURES][NAME_BYTES];
    size_t n = dir ? list_figures(dir, name) : 0;
    enum status st = ST_OK;
    (void)fputs("<h2>Figures</h2>\n", out);
    if (!n)
        (void)fputs("<p>None: no packets were recorded, or gnuplot is not installed.</p>\n", out);
    for (size_t k = 0; k < n && !st; k++)
        st = put_figure(out, dir, name[k], k + 1, w);
    return st;
}
