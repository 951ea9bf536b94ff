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
