/*
 * The log of iputils' ping, with -D or without.
 *
 * Half of a round trip is taken as the delay of each way.  A probe holds from the instant it was
 * sent to the next; one without answer means that all that is sent meanwhile is lost.  With -D a
 * line says when the answer came, so that the probe was sent the round trip before; when a lost
 * one was sent lies evenly between its neighbours.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/decimal.h"
#include "sim/link/replay_parts.h"

#define LONGEST (1000000 * SIM_S)

enum { PROBES_MAX = 10000000 };

struct probe {
    int64_t number; /* icmp_seq, counted on beyond 65535 */
    sim_time sent;  /* since the epoch, with -D */
    sim_time rtt;
    long line;
};

struct ping {
    struct lines lines;
    sim_time interval;
    struct probe *probe;
    size_t n;
    size_t room;
    bool stamped;        /* by -D */
    bool whole;          /* it has ping's first line: numbers begin with 1 */
    int64_t transmitted; /* as its last lines say; 0: they are not there */
};

/* ---- lines -------------------------------------------------------------------------- */

static void keep(struct ping *g, struct probe p)
{
    if (g->n == g->room) {
        g->room = g->room ? 2 * g->room : 256;
        struct probe *more = realloc(g->probe, g->room * sizeof *more);
        if (!more) {
            (void)fputs("replay: out of memory\n", stderr);
            abort();
        }
        g->probe = more;
    }
    size_t i = g->n++; /* answers may overtake each other */
    for (; i > 0 && g->probe[i - 1].number > p.number; i--)
        g->probe[i] = g->probe[i - 1];
    g->probe[i] = p;
    if (i > 0 && g->probe[i - 1].number == p.number) { /* a second answer to one probe */
        memmove(&g->probe[i], &g->probe[i + 1], (--g->n - i) * sizeof *g->probe);
    }
}

/* The number behind `key`, times 10^power; `*at` is where it stands. */
static bool number_behind(const char *text, const char *key, int power, int64_t *value,
                          const char **at)
{
    const char *found = strstr(text, key);
    if (!found)
        return false;
    *at = found + strlen(key);
    size_t n = strspn(*at, "0123456789.");
    return n && !decimal_read(*at, n, power, value);
}

/* "[1600000000.123456] ": when the answer came. */
static enum status read_stamp(struct ping *g, const char **text, sim_time *stamp, struct why *w)
{
    const char *p = *text;
    bool stamped = *p == '[';
    if (stamped) {
        size_t n = strcspn(p + 1, "]");
        if (p[n + 1] != ']' || decimal_read(p + 1, n, 9, stamp) || *stamp < 0)
            return lines_wrong(&g->lines, p, w, ST_SYNTAX, "no time stamp of ping -D");
        *text = p + n + 2 + (p[n + 2] == ' ');
    }
    return ST_OK;
}

static enum status read_answer(struct ping *g, const char *text, bool stamped, sim_time stamp,
                               struct why *w)
{
    const char *at = text;
    struct probe p = {.line = g->lines.line};
    if (!number_behind(text, "icmp_seq=", 0, &p.number, &at) &&
        !number_behind(text, "icmp_req=", 0, &p.number, &at))
        return lines_wrong(&g->lines, at, w, ST_SYNTAX, "an answer without icmp_seq");
    if (p.number > UINT16_MAX)
        return lines_wrong(&g->lines, at, w, ST_RANGE, "icmp_seq is above 65535");
    at = text;
    if (!number_behind(text, "time=", 6, &p.rtt, &at) ||
        strncmp(at + strspn(at, "0123456789."), " ms", 3) != 0)
        return lines_wrong(&g->lines, at, w, ST_SYNTAX, "an answer without time=... ms");
    if (p.rtt > 3600 * SIM_S)
        return lines_wrong(&g->lines, at, w, ST_RANGE, "a round trip of more than an hour");
    if (g->n && stamped != g->stamped) {
        return lines_wrong(&g->lines, NULL, w, ST_SYNTAX,
                           stamped ? "a time stamp, and the answers before have none"
                                   : "no time stamp, and the answers before have one");
    }
    g->stamped = stamped;
    p.sent = stamp - p.rtt;
    if (g->n) { /* the number nearest to the last one */
        int64_t last = g->probe[g->n - 1].number;
        p.number = last + (int16_t)(uint16_t)((uint64_t)p.number - (uint64_t)last);
    }
    if (p.number < 0)
        return lines_wrong(&g->lines, text, w, ST_RANGE, "icmp_seq goes back behind 0");
    keep(g, p);
    return ST_OK;
}

static bool begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

/* What else ping says. */
static bool is_remark(struct ping *g, const char *text)
{
    static const char *const remark[] = {"no answer yet", "From ",     "--- ",    "rtt ",
                                         "round-trip ",   "ping: ",    "ping6: ", "Request timeout",
                                         "WARNING: ",     "Warning: ", "pipe "};
    size_t digits = strspn(text, "0123456789");
    if (digits && begins(text + digits, " packets transmitted"))
        return !decimal_read(text, digits, 0, &g->transmitted) && g->transmitted <= PROBES_MAX;
    if (begins(text, "PING "))
        return g->whole = true;
    for (size_t i = 0; i < sizeof remark / sizeof remark[0]; i++) {
        if (begins(text, remark[i]))
            return true;
    }
    return !text[strspn(text, " \t")];
}

static enum status read_log(struct ping *g, struct why *w)
{
    bool end = false;
    enum status st = ST_OK;
    while (!(st = lines_next(&g->lines, &end, w)) && !end) {
        const char *text = g->lines.text;
        sim_time stamp = 0;
        bool stamped = *text == '[';
        st = read_stamp(g, &text, &stamp, w);
        if (!st && strstr(text, " bytes from ")) {
            st = read_answer(g, text, stamped, stamp, w);
        } else if (!st && !is_remark(g, text)) {
            st = lines_wrong(&g->lines, text, w, ST_SYNTAX, "'%.40s' is no line of ping", text);
        }
        if (st)
            return st;
    }
    return st;
}

/* ---- times -------------------------------------------------------------------------- */

static enum status too_long(const struct ping *g, struct why *w)
{
    return why_set(w, ST_RANGE, "%.100s: the log is longer than 1000000 s or %d probes",
                   g->lines.name, PROBES_MAX);
}

/* With time stamps: none is sent before the one before it; less than a ms is of the clocks. */
static enum status order_stamps(struct ping *g, struct why *w)
{
    for (size_t i = 1; i < g->n; i++) {
        struct probe *p = &g->probe[i];
        if (p->sent < p[-1].sent - SIM_MS) {
            return why_set(w, ST_RANGE,
                           "%.100s:%ld: time goes back: probe %lld was sent %.6f s before the one "
                           "before it",
                           g->lines.name, p->line, (long long)p->number,
                           (double)(p[-1].sent - p->sent) / 1e9);
        }
        if (p->sent < p[-1].sent)
            p->sent = p[-1].sent;
    }
    int64_t steps = g->probe[g->n - 1].number - g->probe[0].number;
    sim_time span = g->probe[g->n - 1].sent - g->probe[0].sent;
    if (steps)
        g->interval = span / steps;
    return span > LONGEST ? too_long(g, w) : ST_OK;
}

/* When probe `number` was sent; `next` is the first answered one that is not before it. */
static sim_time sent_at(const struct ping *g, size_t next, int64_t number)
{
    const struct probe *after = &g->probe[next];
    if (next < g->n && after->number == number)
        return after->sent;
    if (next == 0)
        return after->sent - (after->number - number) * g->interval;
    const struct probe *before = after - 1;
    sim_time step = next == g->n ? g->interval
                                 : (after->sent - before->sent) / (after->number - before->number);
    return before->sent + (number - before->number) * step;
}

static void add_points(const struct ping *g, int64_t first, int64_t last, struct replay_list *l)
{
    size_t next = 0;
    sim_time begin = sent_at(g, 0, first);
    for (int64_t number = first; number <= last; number++) {
        bool answered = next < g->n && g->probe[next].number == number;
        struct replay_point p = replay_same;
        p.t = sent_at(g, next, number) - begin;
        p.loss = answered ? 0 : SHARE_ONE;
        if (answered)
            p.delay = g->probe[next++].rtt / 2;
        replay_add(l, p);
    }
    struct replay_point end = replay_same; /* the last probe holds as long as the others */
    end.t = l->point[l->n - 1].t + g->interval;
    replay_add(l, end);
}

/* Whether the probes from 1 to the first answered one belong to the log, and were lost. A number
 * that is nearer to 1 backwards, round 65536, is of a log that was cut, unless its end says how
 * many. */
static bool misses_first(const struct ping *g, int64_t first, int64_t last)
{
    return g->whole && first > 1 && (first <= INT16_MAX || g->transmitted >= last);
}

static enum status make_points(struct ping *g, struct replay_list *l, struct why *w)
{
    if (!g->n)
        return why_set(w, ST_SYNTAX, "%.100s: has no answer to a probe", g->lines.name);
    int64_t first = g->probe[0].number;
    int64_t last = g->probe[g->n - 1].number;
    enum status st = ST_OK;
    if (g->stamped)
        st = order_stamps(g, w);
    if (misses_first(g, first, last))
        first = 1;
    if (g->transmitted > last - first + 1)
        last = first + g->transmitted - 1;
    int64_t probes = last - first + 1;
    if (!st && g->interval <= 0)
        st = why_set(w, ST_RANGE, "%.100s: lasts no time", g->lines.name);
    if (!st && (probes > PROBES_MAX || probes > LONGEST / g->interval))
        st = too_long(g, w);
    for (size_t i = 0; !g->stamped && !st && i < g->n; i++)
        g->probe[i].sent = (g->probe[i].number - first) * g->interval;
    if (!st)
        add_points(g, first, last, l);
    return st;
}

enum status replay_read_ping(FILE *file, const struct replay_source *from, struct replay_list *l,
                             struct why *w)
{
    struct ping g = {.lines = lines_of(file, from->path),
                     .interval = from->interval ? from->interval : SIM_S};
    enum status st = read_log(&g, w);
    if (!st)
        st = make_points(&g, l, w);
    free(g.probe);
    lines_done(&g.lines);
    return st;
}
