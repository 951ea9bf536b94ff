/* One figure: its two files and the drawing. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/figures.h"

/* Colours that stay apart for the colour-blind (Okabe and Ito 2008), and a plain style. */
static const char head[] =
    "set datafile separator ','\n"
    "if (!exists('format')) format = 'svg'\n"
    "if (format eq 'png') set terminal pngcairo size 1000,700 font 'DejaVu Sans,11' noenhanced\n"
    "if (format eq 'svg') set terminal svg size 1000,700 font 'DejaVu Sans,13' background '#ffffff' "
    "noenhanced\n"
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
    "set tics nomirror out\n"
    "set key outside below horizontal\n"
    "set bmargin 6\n";

void figure_text(FILE *gp, const char *text)
{
    (void)fputc('"', gp);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            (void)fputc('\\', gp);
        (void)fputc((unsigned char)*text < ' ' ? ' ' : *text, gp);
    }
    (void)fputc('"', gp);
}

enum status figure_begin(struct figure *one, const struct figures *f, const char *name,
                         const char *title, struct why *w)
{
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    (void)snprintf(one->csv_path, sizeof one->csv_path, "%.1000s/%s.csv", f->dir, one->name);
    (void)snprintf(one->gp_path, sizeof one->gp_path, "%.1000s/%s.gp", f->dir, one->name);
    one->csv = fopen(one->csv_path, "w");
    one->gp = one->csv ? fopen(one->gp_path, "w") : NULL;
    if (!one->gp) {
        int error = errno;
        if (one->csv)
            (void)fclose(one->csv);
        return why_set(w, ST_IO, "%s: %s", one->csv ? one->gp_path : one->csv_path,
                       strerror(error));
    }
    (void)fprintf(one->gp, "# Redraw with: gnuplot %s.gp   or: gnuplot -e \"format='png'\" %s.gp\n",
                  one->name, one->name);
    (void)fprintf(one->gp, "name = '%s'\n%sset title ", one->name, head);
    figure_text(one->gp, title);
    (void)fputc('\n', one->gp);
    return ST_OK;
}

/* gnuplot in the folder of the figure, its words shown only if it fails. Answers its exit code. */
static int run_gnuplot(const char *dir, const char *gp, const char *format)
{
    char set[32];
    pid_t child = fork();
    if (child < 0)
        return 126;
    if (child == 0) {
        (void)snprintf(set, sizeof set, "format='%s'", format);
        if (chdir(dir) == 0)
            (void)execlp("gnuplot", "gnuplot", "-e", set, gp, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 126;
    return WEXITSTATUS(status);
}

enum status figure_draw(struct figure *one, struct figures *f, struct why *w)
{
    bool bad = ferror(one->csv) || ferror(one->gp);
    bad |= fclose(one->csv) != 0;
    bad |= fclose(one->gp) != 0;
    if (bad)
        return why_set(w, ST_IO, "%s: cannot be written", one->gp_path);
    char gp[160];
    (void)snprintf(gp, sizeof gp, "%s.gp", one->name);
    (void)snprintf(f->last, sizeof f->last, "%.1000s/%s.svg", f->dir, one->name);
    int code = run_gnuplot(f->dir, gp, "svg");
    if (code == 0)
        code = run_gnuplot(f->dir, gp, "png");
    if (code == 127) {
        f->missing_gnuplot = 1;
        return ST_OK;
    }
    f->made += code == 0;
    return code ? why_set(w, ST_IO, "gnuplot could not draw %s (exit code %d)", one->gp_path, code)
                : ST_OK;
}
