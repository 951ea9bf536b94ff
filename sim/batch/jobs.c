#include "sim/batch/jobs.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

unsigned jobs_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

struct child {
    pid_t pid;
    size_t number;
};

static enum status start(struct jobs *j, struct child *c, size_t number, struct why *w)
{
    (void)fflush(NULL); /* what is buffered is written once */
    pid_t pid = fork();
    if (pid < 0)
        return why_set(w, ST_IO, "cannot start a run: %s", strerror(errno));
    if (pid == 0) {
        int code = j->run(j->owner, number);
        (void)fflush(NULL);
        _exit(code);
    }
    *c = (struct child){pid, number};
    return ST_OK;
}

/* Waits for one of the children to end; its place is free then. A signal ends the waiting. */
static enum status wait_one(struct jobs *j, struct child *child, unsigned *busy, size_t finished,
                            struct why *w)
{
    int status = 0;
    pid_t pid = wait(&status);
    if (pid < 0 && errno == EINTR)
        return ST_OK; /* perhaps stopped */
    if (pid < 0)
        return why_set(w, ST_IO, "cannot wait for a run: %s", strerror(errno));
    for (unsigned k = 0; k < *busy; k++) {
        if (child[k].pid != pid)
            continue;
        size_t number = child[k].number;
        j->code[number] = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        child[k] = child[--*busy];
        j->ended(j->owner, number, j->code[number], finished + 1);
        break;
    }
    return ST_OK;
}

enum status jobs_run(struct jobs *j, struct why *w)
{
    unsigned workers = j->workers ? j->workers : 1;
    struct child *child = calloc(workers, sizeof *child);
    unsigned busy = 0;
    size_t started = 0;
    bool told = false;
    enum status st = ST_OK;
    assert(child);
    while (!st && ((started < j->n && !told) || busy)) {
        if (!told && j->stopped()) {
            for (unsigned k = 0; k < busy; k++)
                (void)kill(child[k].pid, SIGINT);
            told = true;
        } else if (started < j->n && busy < workers && !told) {
            st = start(j, &child[busy], started, w);
            busy += !st;
            started += !st;
        } else {
            st = wait_one(j, child, &busy, started - busy, w);
        }
    }
    free(child);
    return st;
}
