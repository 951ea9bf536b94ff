/*
 * The movements of ns-2, as its setdest and many others write them.
 *
 * A command sends a node from where it is towards a place, at a speed in m/s; it stays there when
 * it arrives, and a new command finds it wherever it is.  Speed 0 lets it stand.
 */
#include <math.h>
#include <string.h>

#include "sim/mobility/movement_parts.h"

enum { TIME, X, Y, SPEED }; /* a number: s, m, m, m/s */

struct setdest {
    struct lines lines;
    struct tracks *all;
    const char *p; /* what is not yet read of the line */
};

static enum status wrong(const struct setdest *s, struct why *w)
{
    return lines_wrong(&s->lines, s->p, w, ST_SYNTAX,
                       "neither '$node_(0) set X_ 1.5' nor '$ns_ at 2.0 \"$node_(0) setdest x y "
                       "speed\"'");
}

static bool take(struct setdest *s, const char *word)
{
    size_t n = strlen(word);
    const char *p = s->p + strspn(s->p, " \t");
    if (strncmp(p, word, n) != 0)
        return false;
    s->p = p + n;
    return true;
}

static enum status take_number(struct setdest *s, int what, int64_t *value, struct why *w)
{
    enum decimal_fault fault;
    s->p += strspn(s->p, " \t");
    size_t n = strcspn(s->p, " \t\"");
    if (what == TIME) {
        fault = tracks_time(s->p, n, value);
    } else if (what == SPEED) {
        fault = decimal_read(s->p, n, 6, value);
        if (!fault && *value < 0)
            fault = DECIMAL_NO_NUMBER;
    } else {
        fault = tracks_coordinate(s->all, what == Y, s->p, n, value);
    }
    if (fault) {
        return lines_wrong(&s->lines, s->p, w, ST_SYNTAX, "'%.*s' %s", (int)(n < 40 ? n : 40), s->p,
                           tracks_fault(fault, what == 0));
    }
    s->p += n;
    return ST_OK;
}

static bool at_end(struct setdest *s)
{
    s->p += strspn(s->p, " \t;");
    return !*s->p || *s->p == '#';
}

/* Its way ends at `t`: it is there, or wherever it has come to by then. */
static void stop_at(struct track *track, sim_time t)
{
    const struct movement m = {track->node, track->at, track->n};
    struct position here = movement_at(&m, t);
    if (track->at[track->n - 1].t > t)
        track->n--;
    if (track->at[track->n - 1].t < t) {
        track_add(track,
                  (struct waypoint){t, (int64_t)floor(here.x + 0.5), (int64_t)floor(here.y + 0.5)});
    }
}

static enum status go(struct setdest *s, struct track *track, sim_time t, struct why *w)
{
    struct waypoint to = {.t = t};
    int64_t speed = 0;
    enum status st = take_number(s, X, &to.x, w);
    if (!st)
        st = take_number(s, Y, &to.y, w);
    if (!st)
        st = take_number(s, SPEED, &speed, w);
    if (st)
        return st;
    if (track->placed != (X | Y)) {
        return lines_wrong(&s->lines, NULL, w, ST_SYNTAX,
                           "node '%.40s' has no X_ and Y_ to go from", track->node);
    }
    stop_at(track, t);
    const struct waypoint *from = &track->at[track->n - 1];
    double dx = (double)(to.x - from->x);
    double dy = (double)(to.y - from->y);
    if (!speed)
        return ST_OK;
    double needs = sqrt(dx * dx + dy * dy) / (double)speed * 1e9;
    if (needs > (double)(MOVEMENT_LONGEST - t))
        return lines_wrong(&s->lines, NULL, w, ST_RANGE, "arrives later than 1000000 s");
    to.t = t + (sim_time)floor(needs + 0.5);
    track_add(track, to);
    return ST_OK;
}

static enum status set(struct setdest *s, struct track *track, sim_time t, struct why *w)
{
    int64_t value = 0;
    int what = take(s, "X_") ? X : take(s, "Y_") ? Y : 0;
    if (!what && take(s, "Z_"))
        return take_number(s, X, &value, w); /* the land is flat */
    if (!what)
        return wrong(s, w);
    enum status st = take_number(s, what, &value, w);
    if (st)
        return st;
    if (!track->n)
        track_add(track, (struct waypoint){.t = t});
    stop_at(track, t);
    struct waypoint p = track->at[track->n - 1];
    *(what == X ? &p.x : &p.y) = value;
    if (track->placed == (X | Y) && t > 0) {
        track_add(track, p); /* it jumps */
    } else {
        track->at[track->n - 1] = p;
    }
    track->placed |= (unsigned)what;
    return ST_OK;
}

/* "$node_(0) setdest 1 2 3" or "$node_(0) set X_ 1". */
static enum status command(struct setdest *s, sim_time t, struct why *w)
{
    if (!take(s, "$node_("))
        return wrong(s, w);
    size_t n = strcspn(s->p, ")");
    if (!n || s->p[n] != ')')
        return wrong(s, w);
    struct track *track = tracks_of(s->all, s->p, n);
    s->p += n + 1;
    if (t < track->since) {
        return lines_wrong(&s->lines, NULL, w, ST_RANGE,
                           "time of node '%.40s' goes back, from %.6f s to %.6f s", track->node,
                           (double)track->since / 1e9, (double)t / 1e9);
    }
    track->since = t;
    if (take(s, "setdest "))
        return go(s, track, t, w);
    return take(s, "set ") ? set(s, track, t, w) : wrong(s, w);
}

static enum status read_line(struct setdest *s, struct why *w)
{
    sim_time t = 0;
    enum status st = ST_OK;
    s->p = s->lines.text;
    if (at_end(s) || take(s, "$god_ "))
        return ST_OK;
    bool later = take(s, "$ns_ at ");
    if (later) {
        st = take_number(s, TIME, &t, w);
        if (!st && !take(s, "\""))
            st = wrong(s, w);
        if (!st && take(s, "$god_ "))
            return ST_OK;
    }
    if (!st)
        st = command(s, t, w);
    if (!st && later && !take(s, "\""))
        st = wrong(s, w);
    return st || at_end(s) ? st : wrong(s, w);
}

enum status movement_read_setdest(FILE *file, const char *name, struct tracks *all, struct why *w)
{
    struct setdest s = {.lines = lines_of(file, name), .all = all};
    bool end = false;
    enum status st = ST_OK;
    while (!(st = lines_next(&s.lines, &end, w)) && !end) {
        st = read_line(&s, w);
        if (st)
            break;
    }
    lines_done(&s.lines);
    return st;
}
