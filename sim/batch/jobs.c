#define _DEFAULT_SOURCE 1 /* wait4: the processor time of one child */
#include "sim/batch/jobs.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 200 };

unsigned jobs_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

struct child {
    pid_t pid; /* 0: none */
    size_t number;
    double started_ms;
    bool too_long;
    FILE *said; /* its stderr; kept for the next one in this place */
};

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- a child ------------------------------------------------------------------------------- */

/* It shall not outlive its parent, nor hear the terminal's Ctrl-C. */
static void settle(const struct child *c, pid_t parent)
{
    sigset_t none;
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(JOBS_SIGNAL + SIGKILL); /* it died before */
    if (c->said)
        (void)dup2(fileno(c->said), STDERR_FILENO);
}

static enum status start(struct jobs *j, struct child *c, size_t number, struct why *w)
{
    pid_t parent = getpid();
    if (!c->said)
        c->said = tmpfile(); /* without one its words go to our stderr */
    if (c->said && (ftruncate(fileno(c->said), 0) || lseek(fileno(c->said), 0, SEEK_SET)))
        return why_set(w, ST_IO, "cannot start a run: %s", strerror(errno));
    (void)fflush(NULL); /* what is buffered is written once */
    double started = now_ms();
    pid_t pid = fork();
    if (pid < 0)
        return why_set(w, ST_IO, "cannot start a run: %s", strerror(errno));
    if (pid == 0) {
        settle(c, parent);
        int code = j->run(j->owner, number);
        (void)fflush(NULL);
        _exit(code);
    }
    c->pid = pid;
    c->number = number;
    c->started_ms = started;
    c->too_long = false;
    return ST_OK;
}

static void read_said(const struct child *c, char out[JOBS_SAID])
{
    ssize_t n = 0;
    out[0] = '\0';
    if (!c->said)
        return;
    off_t size = lseek(fileno(c->said), 0, SEEK_END);
    off_t from = size > JOBS_SAID - 1 ? size - (JOBS_SAID - 1) : 0;
    n = pread(fileno(c->said), out, JOBS_SAID - 1, from);
    n = n < 0 ? 0 : n;
    while (n && (out[n - 1] == '\n' || out[n - 1] == ' '))
        n--;
    out[n] = '\0';
}

static double ms_of(const struct timeval *t)
{
    return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void tell_end(const struct jobs *j, const struct child *c, int status,
                     const struct rusage *used, struct jobs_end *e)
{
    *e = (struct jobs_end){.number = c->number, .wall_ms = now_ms() - c->started_ms};
    e->cpu_ms = ms_of(&used->ru_utime) + ms_of(&used->ru_stime);
    read_said(c, e->said);
    size_t n = strlen(e->said);
    const char *gap = n ? "\n" : "";
    if (WIFEXITED(status)) {
        e->code = WEXITSTATUS(status);
    } else if (c->too_long) {
        e->code = JOBS_TOOK_TOO_LONG;
        (void)snprintf(e->said + n, JOBS_SAID - n, "%slonger than %g s, and ended", gap,
                       j->timeout_s);
    } else {
        e->code = JOBS_SIGNAL + WTERMSIG(status);
        (void)snprintf(e->said + n, JOBS_SAID - n, "%sended by signal %d (%s)", gap,
                       WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
}

/* ---- all of them --------------------------------------------------------------------------- */

struct shop {
    struct jobs *jobs;
    struct child *child;
    unsigned workers;
    unsigned busy;
    enum status st; /* of ended() */
    struct why why;
    double ticked_ms;
};

/* All that have ended. Answers how many. */
static unsigned reap(struct shop *s)
{
    unsigned n = 0;
    for (unsigned k = 0; k < s->workers; k++) {
        struct child *c = &s->child[k];
        struct jobs_end end;
        struct rusage used;
        int status = 0;
        if (!c->pid || wait4(c->pid, &status, WNOHANG, &used) != c->pid)
            continue;
        tell_end(s->jobs, c, status, &used, &end);
        c->pid = 0;
        s->busy--;
        n++;
        struct why other;
        enum status st = s->jobs->ended(s->jobs->owner, &end, s->st ? &other : &s->why);
        s->st = s->st ? s->st : st;
    }
    return n;
}

static void end_slow(struct shop *s)
{
    double limit = s->jobs->timeout_s * 1e3;
    for (unsigned k = 0; k < s->workers && limit > 0; k++) {
        struct child *c = &s->child[k];
        if (c->pid && now_ms() - c->started_ms > limit) {
            c->too_long = true;
            (void)kill(c->pid, SIGKILL);
        }
    }
}

static void tick(struct shop *s)
{
    double now = now_ms();
    end_slow(s);
    if (!s->jobs->tick || now - s->ticked_ms < TICK_MS)
        return;
    s->ticked_ms = now;
    s->jobs->tick(s->jobs->owner);
}

/* Until a child ends, a signal comes, or it is time to look around. */
static void rest(const struct shop *s, const sigset_t *child_ends)
{
    double ms = TICK_MS;
    double limit = s->jobs->timeout_s * 1e3;
    for (unsigned k = 0; k < s->workers && limit > 0; k++) {
        double left = s->child[k].started_ms + limit - now_ms();
        if (s->child[k].pid && left < ms)
            ms = left > 0 ? left : 0;
    }
    const struct timespec most = {.tv_nsec = (long)(ms * 1e6)};
    (void)sigtimedwait(child_ends, NULL, &most);
}

/* Starts what there is room for. Answers whether there is more to come. */
static bool fill(struct shop *s, struct why *w, enum status *st)
{
    for (unsigned k = 0; k < s->workers && !*st; k++) {
        size_t number;
        if (s->child[k].pid)
            continue;
        if (s->st || s->jobs->stopped() || !s->jobs->next(s->jobs->owner, &number))
            return false;
        *st = start(s->jobs, &s->child[k], number, w);
        s->busy += !*st;
    }
    return !*st;
}

enum status jobs_run(struct jobs *j, struct why *w)
{
    struct shop s = {.jobs = j, .workers = j->workers ? j->workers : 1};
    enum status st = ST_OK;
    sigset_t child_ends;
    sigset_t before;
    s.child = calloc(s.workers, sizeof *s.child);
    assert(s.child);
    (void)sigemptyset(&child_ends);
    (void)sigaddset(&child_ends, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child_ends, &before);
    bool more = true;
    while (more || s.busy) {
        more = more && fill(&s, w, &st);
        if (s.busy && !reap(&s))
            rest(&s, &child_ends);
        tick(&s);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    for (unsigned k = 0; k < s.workers; k++) {
        if (s.child[k].said)
            (void)fclose(s.child[k].said);
    }
    free(s.child);
    if (!st && s.st) {
        st = s.st;
        *w = s.why;
    }
    return st;
}
