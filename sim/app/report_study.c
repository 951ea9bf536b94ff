/* The page of a study: what the folder knows beside its database, and its figures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/figures.h"
#include "analysis/report.h"
#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/report_file.h"
#include "sim/app/study_folder.h"
#include "sim/app/sweep.h"

struct making {
    const struct report_file *file;
    struct report_study_about about;
    struct figures figures;
    struct why not_drawn;
};

static const char *read_text(const char *path, struct arena *arena, struct why *w)
{
    char *text = NULL;
    size_t n = 0;
    FILE *in = fopen(path, "r");
    FILE *all = in ? open_memstream(&text, &n) : NULL;
    if (!all) {
        (void)why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
        if (in)
            (void)fclose(in);
        return NULL;
    }
    for (int b = fgetc(in); b != EOF; b = fgetc(in))
        (void)fputc(b, all);
    (void)fclose(in);
    (void)fclose(all);
    const char *kept = arena_text(arena, text);
    free(text);
    return kept;
}

/* The folder's own name, as the command line has it: "study" of "../study/". */
static const char *name_of(const char *dir, struct arena *arena)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    size_t from = n;
    while (from && dir[from - 1] != '/')
        from--;
    const char *name = arena_format(arena, "%.*s", (int)(n - from), dir + from);
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 ? name : "study";
}

/* A figure that cannot be is no reason to have no page; a disk that is full is. */
static enum status draw(void *of, struct sqlite3 *db, const char *figures, struct why *w)
{
    struct making *m = of;
    (void)db;
    m->figures = (struct figures){.dir = figures, .stopped = interrupted};
    m->about.figures = figures;
    enum status st = sweep_draw(m->file->dir, &m->figures, w);
    if (st && st != ST_IO) {
        m->not_drawn = *w;
        m->about.not_drawn = m->not_drawn.text;
        st = ST_OK;
    } else if (m->figures.missing_gnuplot) {
        m->about.not_drawn = "gnuplot is not installed";
    }
    return st;
}

static enum status write(void *of, FILE *out, struct sqlite3 *db, struct why *w)
{
    struct making *m = of;
    return report_study_write(out, db, &m->about, w);
}

static int make(struct making *m, struct report_file *f, bool quiet)
{
    struct why w;
    const struct report_maker maker = {draw, write, m};
    interrupt_watch();
    enum status st = report_file_make(f, "study.sqlite", &maker, &w);
    if (interrupted())
        return CLI_INTERRUPTED;
    if (st) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    if (!quiet && m->about.not_drawn)
        (void)fprintf(stderr, "without figures, or some of them: %s\n", m->about.not_drawn);
    if (!quiet && !f->to_stdout)
        (void)printf("%s\n", f->file);
    return CLI_DONE;
}

int report_study_make(struct report_file *f, bool quiet)
{
    char path[1200];
    struct why w;
    struct arena arena = {.blocks = NULL};
    struct study_asked asked;
    struct making m = {.file = f};
    (void)snprintf(path, sizeof path, "%.1000s/scenario.yaml", f->dir);
    bool bad = study_folder_asked(f->dir, &asked, &arena, &w) != ST_OK;
    if (!bad) {
        m.about = (struct report_study_about){.given = read_text(path, &arena, &w),
                                              .directory = asked.directory,
                                              .file = asked.file,
                                              .folder = name_of(f->dir, &arena),
                                              .set = asked.set.text,
                                              .sets = asked.set.n};
        bad = !m.about.given;
    }
    int code = bad ? cli_wrong("%s", w.text) : make(&m, f, quiet);
    arena_release(&arena);
    return code;
}
