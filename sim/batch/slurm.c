#include "sim/batch/slurm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 65536, NO_PROGRAM = 127 };

struct output {
    char text[OUTPUT_BYTES]; /* stdout and stderr; what is more is left out */
    size_t n;
    int code;
};

static void drain(int from, struct output *o)
{
    char rest[4096];
    for (;;) {
        bool full = o->n == OUTPUT_BYTES - 1;
        ssize_t n = full ? read(from, rest, sizeof rest)
                         : read(from, o->text + o->n, OUTPUT_BYTES - 1 - o->n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        o->n += full ? 0 : (size_t)n;
    }
    while (o->n && (o->text[o->n - 1] == '\n' || o->text[o->n - 1] == ' '))
        o->n--;
    o->text[o->n] = '\0';
}

/* In the child: a Ctrl-C of the terminal is not for it. */
static void become(char *const argv[], int out)
{
    (void)signal(SIGINT, SIG_IGN);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(out, STDERR_FILENO);
    (void)execvp(argv[0], argv);
    _exit(NO_PROGRAM);
}

static enum status call(char *const argv[], struct output *o, struct why *w)
{
    int ends[2];
    int status = 0;
    o->n = 0;
    o->code = 0;
    if (pipe(ends))
        return why_set(w, ST_IO, "%s: %s", argv[0], strerror(errno));
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        become(argv, ends[1]);
    }
    (void)close(ends[1]);
    if (pid > 0)
        drain(ends[0], o);
    (void)close(ends[0]);
    if (pid < 0)
        return why_set(w, ST_IO, "%s: %s", argv[0], strerror(errno));
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return why_set(w, ST_IO, "%s: %s", argv[0], strerror(errno));
    }
    o->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (o->code == NO_PROGRAM && o->n == 0)
        return why_set(w, ST_MISSING, "%s is not installed here (Debian's package slurm-client)",
                       argv[0]);
    return ST_OK;
}

enum status slurm_submit(const char *script, unsigned tasks, char id[SLURM_ID], struct why *w)
{
    char array[32];
    char name[1200];
    char sbatch[] = "sbatch";
    char parsable[] = "--parsable";
    struct output o;
    (void)snprintf(array, sizeof array, "--array=1-%u", tasks);
    (void)snprintf(name, sizeof name, "%s", script);
    char *const argv[] = {sbatch, parsable, array, name, NULL};
    enum status st = call(argv, &o, w);
    if (st)
        return st;
    /* "1234" or "1234;cluster", perhaps after warnings on lines of their own */
    const char *last = strrchr(o.text, '\n');
    const char *text = last ? last + 1 : o.text;
    size_t n = strspn(text, "0123456789");
    if (o.code || n == 0 || n >= SLURM_ID)
        return why_set(w, ST_IO, "sbatch: %.200s", *o.text ? o.text : "said nothing, and failed");
    memcpy(id, text, n);
    id[n] = '\0';
    return ST_OK;
}

enum status slurm_left(const char *id, unsigned *left, struct why *w)
{
    char job[SLURM_ID + 16];
    char squeue[] = "squeue";
    char bare[] = "--noheader";
    char each[] = "--array";
    char format[] = "--format=%T";
    struct output o;
    (void)snprintf(job, sizeof job, "--jobs=%s", id);
    char *const argv[] = {squeue, bare, each, format, job, NULL};
    enum status st = call(argv, &o, w);
    *left = 0;
    if (st)
        return st;
    if (o.code && strstr(o.text, "Invalid job id"))
        return ST_OK; /* it ended so long ago that Slurm has forgotten it */
    if (o.code)
        return why_set(w, ST_IO, "squeue: %.200s", o.text);
    *left = o.n > 0;
    for (size_t k = 0; k < o.n; k++)
        *left += o.text[k] == '\n';
    return ST_OK;
}
