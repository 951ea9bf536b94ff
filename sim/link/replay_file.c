/* Reading the files that replay.h names: what all formats share. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/link/replay_parts.h"

const struct replay_point replay_same = {
    0, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, 0};

/* A run lasts a million seconds at most: what is later is a mistake, such as the date. */
const struct table_scale replay_seconds = {9, 0, 1000000 * SIM_S, "a time from 0 to 1000000 s"};
const struct table_scale replay_mbps = {6, 0, INT64_C(1000000000000),
                                        "a rate from 0 to 1000000 Mbit/s"};
const struct table_scale replay_delay_ms = {6, 0, 3600 * SIM_S, "a time from 0 to 3600000 ms"};

void replay_add(struct replay_list *l, struct replay_point p)
{
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 256;
        struct replay_point *more = realloc(l->point, l->room * sizeof *more);
        if (!more) {
            (void)fputs("replay: out of memory\n", stderr);
            abort();
        }
        l->point = more;
    }
    l->point[l->n++] = p;
}

enum status replay_in_order(const struct lines *l, sim_time at, sim_time *last, struct why *w)
{
    if (at < *last) {
        return lines_wrong(l, NULL, w, ST_RANGE, "time goes back, from %.6f s to %.6f s",
                           (double)*last / 1e9, (double)at / 1e9);
    }
    *last = at;
    return ST_OK;
}

/* Stable, by time: ends of hand-overs were added early. */
static void sort(struct replay_list *l)
{
    for (size_t i = 1; i < l->n; i++) {
        struct replay_point p = l->point[i];
        size_t j = i;
        for (; j > 0 && l->point[j - 1].t > p.t; j--)
            l->point[j] = l->point[j - 1];
        l->point[j] = p;
    }
}

/* `over` on what held before. */
static void hold(struct replay_point *held, const struct replay_point *over)
{
    held->rate_down = over->rate_down != REPLAY_SAME ? over->rate_down : held->rate_down;
    held->rate_up = over->rate_up != REPLAY_SAME ? over->rate_up : held->rate_up;
    held->delay = over->delay != REPLAY_SAME ? over->delay : held->delay;
    held->blocked = over->blocked != REPLAY_SAME ? over->blocked : held->blocked;
    held->loss = over->loss != REPLAY_SAME ? over->loss : held->loss;
}

/* The trace from `skip` on; it begins with what held there. Opportunities before are gone. */
static enum status cut(struct replay_list *l, const struct replay_source *from, struct why *w)
{
    struct replay_point held = replay_same;
    size_t first = 0;
    if (!from->skip)
        return ST_OK;
    if (from->skip >= l->point[l->n - 1].t) {
        return why_set(w, ST_RANGE,
                       "%.100s: ends at %.3f s, and begins %.3f s late: nothing is left",
                       from->path, (double)l->point[l->n - 1].t / 1e9, (double)from->skip / 1e9);
    }
    while (l->point[first].t < from->skip)
        hold(&held, &l->point[first++]);
    size_t kept = first ? first - 1 : 0; /* where the first of what is left shall stand */
    if (first)
        l->point[kept] = held;
    for (size_t k = first; k < l->n; k++)
        l->point[k].t -= from->skip;
    memmove(l->point, l->point + kept, (l->n - kept) * sizeof *l->point);
    l->n -= kept;
    return ST_OK;
}

enum status replay_read(FILE *file, const struct replay_source *from, struct arena *arena,
                        struct replay_trace *trace, struct why *w)
{
    static replay_reader *const reader[REPLAY_FORMATS] = {
        [REPLAY_MONAMI] = replay_read_monami,
        [REPLAY_PAM2025] = replay_read_pam2025,
        [REPLAY_MAHIMAHI] = replay_read_mahimahi,
        [REPLAY_PING] = replay_read_ping,
    };
    struct replay_list l = {0};
    assert(from->format < REPLAY_FORMATS);
    enum status st = reader[from->format](file, from, &l, w);
    if (!st && l.n == 0)
        st = why_set(w, ST_SYNTAX, "%.100s: has no row", from->path);
    if (!st) {
        sort(&l);
        st = cut(&l, from, w);
    }
    if (!st) {
        *trace = (struct replay_trace){.file = from->path,
                                       .points = l.n,
                                       .length = l.point[l.n - 1].t,
                                       .grants = from->format == REPLAY_MAHIMAHI};
        trace->point = arena_take(arena, l.n * sizeof *l.point);
        memcpy(trace->point, l.point, l.n * sizeof *l.point);
    }
    free(l.point);
    return st;
}

enum status replay_load(const struct replay_source *from, struct arena *arena,
                        struct replay_trace *trace, struct why *w)
{
    FILE *file = fopen(from->path, "r");
    if (!file)
        return why_set(w, ST_IO, "%.100s: %s", from->path, strerror(errno));
    enum status st = replay_read(file, from, arena, trace, w);
    (void)fclose(file);
    return st;
}
