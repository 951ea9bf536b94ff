#include "sim/app/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/app/interrupt.h"

/* Slices are to take about this long, so that a Ctrl-C is soon heard; in seconds. */
static const double slice_least = 0.02;
static const double slice_most = 0.1;
static const double redraw_after = 0.25;

enum { FIRST_SLICES = 1000, LINE_BYTES = 160 };

struct progress {
    enum progress_kind kind;
    sim_time stop;
    double started;
    double drawn; /* when */
    int width;    /* of the line that stands there */
    int tenths;   /* told */
};

double progress_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum progress_kind progress_kind(bool quiet, bool lines)
{
    if (quiet)
        return PROGRESS_NONE;
    if (lines)
        return PROGRESS_LINES;
    return isatty(STDERR_FILENO) ? PROGRESS_REDRAWN : PROGRESS_NONE;
}

static void describe(const struct progress *p, sim_time now, uint64_t events, double spent,
                     char line[LINE_BYTES])
{
    double share = (double)now / (double)p->stop;
    double left = share > 0 ? spent / share - spent : 0;
    (void)snprintf(line, LINE_BYTES, "%.1f s of %.1f s, %.0f %%, %.0f events/s, about %.0f s left",
                   (double)now / 1e9, (double)p->stop / 1e9, share * 100,
                   spent > 0 ? (double)events / spent : 0, left);
}

static void tell(struct progress *p, sim_time now, uint64_t events)
{
    char line[LINE_BYTES];
    double at = progress_seconds();
    int tenths = (int)((double)now / (double)p->stop * 10);
    if (p->kind == PROGRESS_REDRAWN && at - p->drawn >= redraw_after) {
        describe(p, now, events, at - p->started, line);
        (void)fprintf(stderr, "\r%-*s", p->width, line);
        p->width = (int)strlen(line);
        p->drawn = at;
    } else if (p->kind == PROGRESS_LINES && tenths > p->tenths) {
        describe(p, now, events, at - p->started, line);
        (void)fprintf(stderr, "%s\n", line);
        p->tenths = tenths;
    }
}

uint64_t progress_run(struct sim *sim, sim_time stop, enum progress_kind kind)
{
    struct progress p = {.kind = kind, .stop = stop};
    uint64_t events = 0;
    sim_time slice = stop / FIRST_SLICES + 1;
    p.started = progress_seconds();
    p.drawn = p.started;
    while (sim_now(sim) < stop && !interrupted()) {
        double begin = progress_seconds();
        sim_time now = sim_now(sim);
        events += sim_run_until(sim, slice < stop - now ? now + slice : stop);
        double took = progress_seconds() - begin;
        if (took < slice_least && slice < stop) {
            slice *= 2;
        } else if (took > slice_most) {
            slice = slice / 2 + 1;
        }
        tell(&p, sim_now(sim), events);
    }
    if (p.width)
        (void)fprintf(stderr, "\r%-*s\r", p.width, "");
    return events;
}

struct foreign_progress {
    struct progress p;
    struct foreign *clock;
};

static bool look(void *owner, uint64_t events)
{
    struct foreign_progress *f = owner;
    tell(&f->p, sim_now(f->clock->sim), events);
    return !interrupted();
}

uint64_t progress_run_foreign(struct foreign *clock, sim_time stop, enum progress_kind kind)
{
    struct foreign_progress f = {.p = {.kind = kind, .stop = stop}, .clock = clock};
    f.p.started = progress_seconds();
    f.p.drawn = f.p.started;
    clock->look = look;
    clock->owner = &f;
    uint64_t events = foreign_run(clock, stop);
    clock->look = NULL;
    if (f.p.width)
        (void)fprintf(stderr, "\r%-*s\r", f.p.width, "");
    return events;
}
