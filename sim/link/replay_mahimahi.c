/* mahimahi: the milliseconds at which 1504 bytes may leave, one a line. */
#include <string.h>

#include "sim/base/decimal.h"
#include "sim/link/replay_parts.h"

enum { LONGEST_MS = 1000000000 };

static enum status read_ms(const struct lines *l, int64_t *ms, struct why *w)
{
    if (!l->n)
        return lines_wrong(l, NULL, w, ST_SYNTAX, "an empty line; mahimahi allows none");
    if (strspn(l->text, "0123456789") != l->n) {
        return lines_wrong(l, NULL, w, ST_SYNTAX,
                           "'%.40s' is not a whole number of milliseconds, as each line of a "
                           "mahimahi trace is",
                           l->text);
    }
    if (decimal_read(l->text, l->n, 0, ms) || *ms > LONGEST_MS)
        return lines_wrong(l, NULL, w, ST_RANGE, "'%.40s' is later than 1000000 s", l->text);
    return ST_OK;
}

/* Opportunities of one millisecond are one point: a packet may use two of them as it may one. */
static void add(struct replay_list *l, sim_time at)
{
    struct replay_point p = replay_same;
    if (l->n && l->point[l->n - 1].t == at) {
        l->point[l->n - 1].grant += REPLAY_OPPORTUNITY;
        return;
    }
    p.t = at;
    p.grant = REPLAY_OPPORTUNITY;
    replay_add(l, p);
}

static enum status read_lines(struct lines *lines, struct replay_list *l, struct why *w)
{
    sim_time last = 0;
    bool end = false;
    enum status st = ST_OK;
    while (!(st = lines_next(lines, &end, w)) && !end) {
        int64_t ms = 0;
        st = read_ms(lines, &ms, w);
        if (!st)
            st = replay_in_order(lines, ms * SIM_MS, &last, w);
        if (st)
            return st;
        add(l, ms * SIM_MS);
    }
    if (!st && !l->n)
        return why_set(w, ST_SYNTAX, "%.100s: is empty", lines->name);
    if (!st && !last) {
        return why_set(w, ST_RANGE, "%.100s: lasts 0 ms, and would begin anew for ever",
                       lines->name);
    }
    return st;
}

enum status replay_read_mahimahi(FILE *file, const struct replay_source *from,
                                 struct replay_list *l, struct why *w)
{
    struct lines lines = lines_of(file, from->path);
    enum status st = read_lines(&lines, l, w);
    lines_done(&lines);
    return st;
}
