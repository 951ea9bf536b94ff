/* One figure: its two files and the drawing. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/figures.h"
#include "analysis/whole.h"
#include "analysis/wording.h"

/* Colours that stay apart for the colour-blind (Okabe and Ito 2008), and a plain style. */
static const char head[] = "set datafile separator ','\n"
                           "set encoding utf8\n"
                           "set output name.'.'.format\n"
                           "set linetype 1 lc rgb '#0072b2' lw 2\n"
                           "set linetype 2 lc rgb '#d55e00' lw 2\n"
                           "set linetype 3 lc rgb '#009e73' lw 2\n"
                           "set linetype 4 lc rgb '#cc79a7' lw 2\n"
                           "set linetype 5 lc rgb '#e69f00' lw 2\n"
                           "set linetype 6 lc rgb '#56b4e9' lw 2\n"
                           "set linetype 7 lc rgb '#000000' lw 2\n"
                           "set grid back lc rgb '#dddddd' lw 1\n"
                           "set border 3 lc rgb '#444444'\n"
                           "set tics nomirror out\n";

/* What depends on enum figure_paper. A column's letters are 7 pt where it is printed 8 cm wide. */
static const char *const paper_head[] = {
    "if (format eq 'png') set terminal pngcairo size 1000,700 font 'DejaVu Sans,11' noenhanced\n"
    "if (format eq 'svg') set terminal svg size 1000,700 font 'DejaVu Sans,13' background '#ffffff' "
    "noenhanced\n"
    "if (format eq 'pdf') set terminal pdfcairo size 20cm,14cm font 'DejaVu Sans,7.5' fontscale 1 "
    "linewidth 0.6 noenhanced\n",
    "if (format eq 'png') set terminal pngcairo size 1600,1280 font 'DejaVu Sans,17' fontscale 2 "
    "linewidth 2 pointscale 2 noenhanced\n"
    "if (format eq 'svg') set terminal svg size 800,640 font 'DejaVu Sans,22' background '#ffffff' "
    "noenhanced\n"
    "if (format eq 'pdf') set terminal pdfcairo size 16cm,12.8cm font 'DejaVu Sans,12.5' fontscale 1 "
    "linewidth 1.2 noenhanced\n"
    "letter = format eq 'png' ? 17 : format eq 'svg' ? 22 : 12.5\n"
    "axis_font = sprintf(',%.1f', 0.85 * letter)\n"
    "tic_font = sprintf(',%.1f', 0.75 * letter)\n"
    "small_font = sprintf(',%.1f', 0.55 * letter)\n",
};

static const char *const paper_key[] = {
    "set key outside below horizontal\nset bmargin 6\n",
    "set key tmargin center horizontal font axis_font samplen 2\nset tics font axis_font\n",
};

enum { TITLE_WIDTH = 56 };

void figure_text(FILE *gp, const char *text)
{
    (void)fputc('"', gp);
    for (; *text; text++) {
        if (*text == '\n') {
            (void)fputs("\\n", gp);
        } else if (*text == '`') {
            (void)fputs("\\140", gp); /* gnuplot would run what stands between two of them */
        } else {
            if (*text == '"' || *text == '\\')
                (void)fputc('\\', gp);
            (void)fputc((unsigned char)*text < ' ' ? ' ' : *text, gp);
        }
    }
    (void)fputc('"', gp);
}

/* ---- its files ---------------------------------------------------------------------------- */

static const char *const suffixes[] = {"csv", "gp", "txt", "svg", "png", "pdf"};

enum { SUFFIXES = sizeof suffixes / sizeof suffixes[0], CAPTION = 2, PICTURES = 3 };

static void name_file(char *out, size_t size, const char *dir, const struct figure *one,
                      const char *suffix)
{
    (void)snprintf(out, size, "%.1100s/%s.%s", dir, one->name, suffix);
}

/* What was not finished goes away. */
static void drop(struct figure *one)
{
    for (size_t k = 0; k < SUFFIXES; k++) {
        char path[1300];
        name_file(path, sizeof path, one->part, one, suffixes[k]);
        (void)unlink(path);
    }
    (void)rmdir(one->part);
}

void figure_drop(struct figure *one)
{
    if (one->csv)
        (void)fclose(one->csv);
    if (one->gp)
        (void)fclose(one->gp);
    if (one->txt)
        (void)fclose(one->txt);
    one->csv = one->gp = one->txt = NULL;
    drop(one);
}

static FILE *open_file(const struct figure *one, const char *suffix, struct why *w)
{
    char path[1300];
    name_file(path, sizeof path, one->part, one, suffix);
    FILE *file = fopen(path, "w");
    if (!file)
        (void)why_set(w, ST_IO, "%.180s: %s", path, strerror(errno));
    return file;
}

enum status figure_begin(struct figure *one, const struct figures *f, const char *name,
                         const char *title, enum figure_paper paper, struct why *w)
{
    char lines[400];
    *one = (struct figure){.csv = NULL};
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    (void)snprintf(one->part, sizeof one->part, "%.1000s/%s.part", f->dir, one->name);
    if (f->stopped && f->stopped())
        return why_set(w, ST_IO, "interrupted");
    if (mkdir(one->part, 0777) && errno != EEXIST)
        return why_set(w, ST_IO, "%.180s: %s", one->part, strerror(errno));
    one->csv = open_file(one, "csv", w);
    one->gp = one->csv ? open_file(one, "gp", w) : NULL;
    if (!one->gp) {
        figure_drop(one);
        return ST_IO;
    }
    (void)fprintf(
        one->gp,
        "# Redraw with: gnuplot %s.gp   or: gnuplot -e \"format='png'\" %s.gp   (or pdf)\n",
        one->name, one->name);
    (void)fprintf(one->gp, "name = '%s'\nif (!exists('format')) format = 'svg'\n%s%s%sset title ",
                  one->name, paper_head[paper], head, paper_key[paper]);
    (void)snprintf(lines, sizeof lines, "%s", title);
    for (char *c = lines; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    if (paper == FIGURE_COLUMN)
        wording_wrap(lines, TITLE_WIDTH);
    figure_text(one->gp, lines);
    (void)fputc('\n', one->gp);
    return ST_OK;
}

enum status figure_caption(struct figure *one, const char *lines, double below, struct why *w)
{
    const double line = 0.0235; /* of the picture's height, in small_font */
    double n = 1;
    one->txt = open_file(one, "txt", w);
    if (!one->txt)
        return ST_IO;
    (void)fprintf(one->txt, "%s\n", lines);
    for (const char *c = lines; *c; c++)
        n += *c == '\n';
    (void)fprintf(one->gp, "set bmargin at screen %.4f\nset label 1000 ", below + 0.055 + n * line);
    figure_text(one->gp, lines);
    (void)fprintf(one->gp, " at screen 0.012, screen %.4f left font small_font tc rgb '#333333'\n",
                  0.008 + (n - 0.5) * line);
    return ST_OK;
}

static enum status close_files(struct figure *one, struct why *w)
{
    struct why other;
    char path[1300];
    name_file(path, sizeof path, one->part, one, "csv");
    enum status st = whole_close(one->csv, path, w);
    name_file(path, sizeof path, one->part, one, "gp");
    enum status gp = whole_close(one->gp, path, st ? &other : w);
    st = st ? st : gp;
    if (one->txt) {
        name_file(path, sizeof path, one->part, one, "txt");
        enum status txt = whole_close(one->txt, path, st ? &other : w);
        st = st ? st : txt;
    }
    one->csv = one->gp = one->txt = NULL;
    return st;
}

/* Each gets its name, the numbers first. */
static enum status give_names(struct figure *one, struct figures *f, bool caption, size_t n,
                              struct why *w)
{
    char from[1300];
    char to[1300];
    for (size_t k = 0; k < n; k++) {
        if (k == CAPTION && !caption)
            continue;
        name_file(from, sizeof from, one->part, one, suffixes[k]);
        name_file(to, sizeof to, f->dir, one, suffixes[k]);
        if (rename(from, to))
            return why_set(w, ST_IO, "%.180s: %s", to, strerror(errno));
    }
    return ST_OK;
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* Waits for the end of a child, and asks it to end if that is asked of us: looking now and then,
 * for a signal may come between a look and a wait, and again, for the child may not be gnuplot yet.
 */
static bool wait_for(pid_t child, const struct figures *f, int *status)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child)
            return true;
        if (ended < 0 && errno != EINTR)
            return false;
        if (f->stopped && f->stopped())
            (void)kill(child, SIGTERM);
        (void)nanosleep(&pause, NULL);
    }
}

enum { NO_GNUPLOT = 127 };

/* gnuplot in the folder of the figure. */
static enum status run_gnuplot(const struct figure *one, const struct figures *f,
                               const char *format, bool *missing, struct why *w)
{
    char set[32];
    char gp[160];
    (void)snprintf(set, sizeof set, "format='%s'", format);
    (void)snprintf(gp, sizeof gp, "%s.gp", one->name);
    pid_t child = fork();
    if (child < 0)
        return why_set(w, ST_IO, "gnuplot: %s", strerror(errno));
    if (child == 0) {
        if (chdir(one->part) == 0)
            (void)execlp("gnuplot", "gnuplot", "-e", set, gp, (char *)NULL);
        _exit(NO_GNUPLOT);
    }
    int status = 0;
    if (!wait_for(child, f, &status))
        return why_set(w, ST_IO, "gnuplot: %s", strerror(errno));
    if (WIFSIGNALED(status))
        return why_set(w, ST_IO, "gnuplot could not draw %.128s.%s (ended by signal %d)", one->name,
                       format, WTERMSIG(status));
    *missing = WEXITSTATUS(status) == NO_GNUPLOT;
    if (WEXITSTATUS(status) && !*missing)
        return why_set(w, ST_IO, "gnuplot could not draw %.128s.%s (exit code %d)", one->name,
                       format, WEXITSTATUS(status));
    return ST_OK;
}

enum status figure_draw(struct figure *one, struct figures *f, struct why *w)
{
    bool missing = false;
    bool caption = one->txt != NULL;
    enum status st = close_files(one, w);
    for (size_t k = PICTURES; k < SUFFIXES && !st && !missing; k++) {
        char path[1300];
        name_file(path, sizeof path, one->part, one, suffixes[k]);
        st = run_gnuplot(one, f, suffixes[k], &missing, w);
        if (!st && !missing)
            st = whole_picture(path, w);
    }
    if (!st)
        st = give_names(one, f, caption, missing ? PICTURES : SUFFIXES, w);
    drop(one);
    if (st)
        return st;
    if (missing) {
        f->missing_gnuplot = 1;
    } else {
        f->made++;
        name_file(f->last, sizeof f->last, f->dir, one, "svg");
    }
    return ST_OK;
}
