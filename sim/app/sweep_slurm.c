#include "sim/app/sweep_slurm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/app/interrupt.h"
#include "sim/batch/slurm.h"

enum { RUNS_A_JOB = 50, JOBS_MOST = 100, LOOK_MS = 1000 };

/* In single quotes for a shell. */
static void put_quoted(FILE *out, const char *text)
{
    (void)fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*text, out);
    }
    (void)fputc('\'', out);
}

static void put_options(FILE *out, const char *options)
{
    const char *at = options;
    while (at && *at) {
        at += strspn(at, " ");
        size_t n = strcspn(at, " ");
        /* An option and its value may stand apart: -p long. */
        const char *next = at + n + strspn(at + n, " ");
        bool apart = n == 2 && at[0] == '-' && at[1] != '-' && *next && *next != '-';
        size_t more = apart ? (size_t)(next - at) + strcspn(next, " ") : n;
        if (n)
            (void)fprintf(out, "#SBATCH %.*s\n", (int)more, at);
        at += more;
    }
}

/* This very program, by a name that other machines find, too. */
static bool own_name(char out[4096])
{
    ssize_t n = readlink("/proc/self/exe", out, 4095);
    if (n <= 0)
        return false;
    out[n] = '\0';
    return true;
}

static void put_script(FILE *out, const struct sweep *s, unsigned shards, const char *options,
                       const char *program)
{
    (void)fputs("#!/bin/sh\n#SBATCH --job-name=monami\n", out);
    (void)fprintf(out, "#SBATCH --output=\"%s/slurm-%%a.log\"\n", s->folder->dir);
    put_options(out, options);
    (void)fputs("exec ", out);
    put_quoted(out, program);
    (void)fputs(" sweep run ", out);
    put_quoted(out, s->study->file);
    (void)fputs(" -o ", out);
    put_quoted(out, s->folder->dir);
    (void)fprintf(out, " --shard \"$SLURM_ARRAY_TASK_ID/%u\" -j \"${SLURM_CPUS_PER_TASK:-1}\" -v",
                  shards);
    if (s->retry)
        (void)fputs(" --retry-failed", out);
    if (s->timeout_s > 0)
        (void)fprintf(out, " --timeout '%.0f ms'", s->timeout_s * 1e3);
    for (size_t k = 0; k < s->study->set.n; k++) {
        (void)fputs(" --set ", out);
        put_quoted(out, s->study->set.text[k]);
    }
    (void)fputc('\n', out);
}

static enum status write_script(const struct sweep *s, unsigned shards, const char *options,
                                char path[1200], struct why *w)
{
    char program[4096];
    (void)snprintf(path, 1200, "%.1000s/slurm.sh", s->folder->dir);
    if (!own_name(program))
        return why_set(w, ST_IO, "/proc/self/exe: %s", strerror(errno));
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%.180s: %s", path, strerror(errno));
    put_script(out, s, shards, options, program);
    bool bad = ferror(out) != 0;
    bad |= fclose(out) != 0;
    return bad ? why_set(w, ST_IO, "%.180s: %s", path, strerror(errno)) : ST_OK;
}

/* What the shards have written meanwhile. */
static enum status look_again(struct sweep *s, struct sweep_count *count, struct why *w)
{
    journal_close(&s->folder->journal);
    enum status st = journal_read(&s->folder->journal, s->folder->dir, w);
    return st ? st : sweep_look(s, count, w);
}

static void tell(struct sweep *s, const struct sweep_count *count, unsigned left, int *width)
{
    char line[160];
    if (s->progress != PROGRESS_REDRAWN)
        return;
    (void)snprintf(line, sizeof line, "%zu of %zu runs, %zu failed, %u jobs left", count->done,
                   count->planned, count->failed, left);
    (void)fprintf(stderr, "\r%-*s", *width, line);
    *width = (int)strlen(line);
}

static enum status watch(struct sweep *s, const char *id, struct sweep_count *count, struct why *w)
{
    const struct timespec pause = {.tv_sec = LOOK_MS / 1000, .tv_nsec = LOOK_MS % 1000 * 1000000L};
    unsigned left = 1;
    int width = 0;
    enum status st = ST_OK;
    while (!st && left && !interrupted()) {
        (void)nanosleep(&pause, NULL);
        st = slurm_left(id, &left, w);
        if (!st && s->progress == PROGRESS_REDRAWN)
            st = look_again(s, count, w);
        tell(s, count, left, &width);
    }
    if (width)
        (void)fprintf(stderr, "\r%-*s\r", width, "");
    return st;
}

static enum status gather(struct sweep *s, const char *id, struct sweep_count *count, bool *whole,
                          struct why *w)
{
    char dir[1024];
    (void)snprintf(dir, sizeof dir, "%s", s->folder->dir);
    study_folder_end(s->folder);
    enum status st = study_folder_own(s->folder, dir, w);
    if (!st)
        st = sweep_look(s, count, w);
    if (!st && count->done < count->planned)
        return why_set(
            w, ST_MISSING,
            "job %s ended with %zu of %zu runs missing; see %.100s/slurm-*.log, and go on "
            "with the same command",
            id, count->planned - count->done, count->planned, dir);
    if (!st)
        st = sweep_collect(s, w);
    *whole = !st;
    return st;
}

static bool read_shards(const char *text, size_t runs, unsigned *shards)
{
    long long n = (long long)((runs + RUNS_A_JOB - 1) / RUNS_A_JOB);
    n = n > JOBS_MOST ? JOBS_MOST : n;
    if (text && !cli_number("shards", text, 1, 100000, &n))
        return false;
    *shards = (unsigned)n;
    return true;
}

enum status sweep_slurm(struct sweep *s, const struct slurm_asked *asked, struct sweep_count *count,
                        bool *whole, struct why *w)
{
    char script[1200];
    char id[SLURM_ID];
    unsigned shards = 1;
    *whole = false;
    enum status st = sweep_look(s, count, w);
    size_t before = count->done;
    size_t missing = count->planned - count->done + (s->retry ? count->failed : 0);
    if (!st && !read_shards(asked->shards, missing, &shards))
        return why_set(w, ST_RANGE, "nothing was submitted");
    if (!st && missing) {
        st = write_script(s, shards, asked->options, script, w);
        /* The shards lock the folder; this program only looks. */
        (void)close(s->folder->lock);
        s->folder->lock = -1;
        if (!st)
            st = slurm_submit(script, shards, id, w);
        if (!st && !s->quiet)
            (void)fprintf(stderr, "job %s: %u task%s for %zu runs\n", id, shards,
                          cli_plural(shards), missing);
        if (!st)
            st = watch(s, id, count, w);
    }
    if (!st && missing && interrupted()) {
        (void)fprintf(
            stderr,
            "job %s goes on (scancel %s ends it); gather later with: monami sweep collect "
            "%s\n",
            id, id, s->folder->dir);
        return ST_OK;
    }
    if (!st)
        st = gather(s, missing ? id : "-", count, whole, w);
    count->ran = count->done - before;
    return st;
}
