/* Reading the files that replay.h names. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/link/replay.h"

enum { LINE_BYTES = 512, COLUMNS = 16 };

struct table {
    FILE *file;
    const char *path;
    long line;
    char text[LINE_BYTES];
    char head[LINE_BYTES];
    const char *name[COLUMNS]; /* of the columns */
    const char *cell[COLUMNS]; /* of the current row */
    unsigned columns;
};

/* Cut `text` at its commas, in place. Answers the number of cells, more than COLUMNS as that + 1.
 */
static unsigned cut(char *text, const char *cell[COLUMNS])
{
    unsigned n = 0;
    for (char *at = text; at;) {
        char *comma = strchr(at, ',');
        if (comma)
            *comma = '\0';
        if (n == COLUMNS)
            return COLUMNS + 1;
        cell[n++] = at;
        at = comma ? comma + 1 : NULL;
    }
    return n;
}

/* The next line that is neither empty nor a comment. */
static enum status next_line(struct table *t, char *text, bool *end, struct why *w)
{
    for (;;) {
        if (!fgets(text, LINE_BYTES, t->file)) {
            *end = true;
            return ferror(t->file) ? why_set(w, ST_IO, "%s: cannot be read", t->path) : ST_OK;
        }
        t->line++;
        size_t n = strlen(text);
        if (n == LINE_BYTES - 1 && text[n - 1] != '\n') {
            return why_set(w, ST_SYNTAX, "%s:%ld: a line longer than %d bytes", t->path, t->line,
                           LINE_BYTES - 2);
        }
        while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
            text[--n] = '\0';
        if (n && text[0] != '#')
            return ST_OK;
    }
}

static enum status next_row(struct table *t, bool *end, struct why *w)
{
    enum status st = next_line(t, t->text, end, w);
    if (st || *end)
        return st;
    unsigned n = cut(t->text, t->cell);
    if (n != t->columns) {
        return why_set(w, ST_SYNTAX, "%s:%ld: %u columns, the header has %u", t->path, t->line, n,
                       t->columns);
    }
    return ST_OK;
}

static enum status open_table(struct table *t, const char *path, struct why *w)
{
    *t = (struct table){.path = path};
    t->file = fopen(path, "r");
    if (!t->file)
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    bool end = false;
    enum status st = next_line(t, t->head, &end, w);
    if (!st && end)
        st = why_set(w, ST_SYNTAX, "%s: is empty", path);
    if (!st) {
        t->columns = cut(t->head, t->name);
        if (t->columns > COLUMNS)
            st = why_set(w, ST_SYNTAX, "%s:%ld: more than %d columns", path, t->line, COLUMNS);
    }
    return st;
}

static int column(const struct table *t, const char *name)
{
    for (unsigned i = 0; i < t->columns; i++) {
        if (!strcmp(t->name[i], name))
            return (int)i;
    }
    return -1;
}

/* A decimal number of a cell, times `scale`, to the nearest whole number; not negative. */
static enum status number(const struct table *t, int col, double scale, int64_t *value,
                          struct why *w)
{
    const char *cell = t->cell[col];
    char *rest = NULL;
    errno = 0;
    double v = strtod(cell, &rest);
    bool plain = strspn(cell, "0123456789.eE+-") == strlen(cell); /* no hex, no "inf" */
    if (!plain || rest == cell || *rest || errno || !(v >= 0) || v * scale > 9e18) {
        return why_set(w, ST_SYNTAX, "%s:%ld: %s: '%s' is not a number from 0 on", t->path, t->line,
                       t->name[col], cell);
    }
    *value = (int64_t)(v * scale + 0.5);
    return ST_OK;
}

struct list {
    struct replay_point *point;
    size_t n;
    size_t room;
};

static void add(struct list *l, struct replay_point p)
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

static enum status in_order(const struct table *t, sim_time at, sim_time *last, struct why *w)
{
    if (at < *last) {
        return why_set(w, ST_RANGE, "%s:%ld: time goes back, from %.6f s to %.6f s", t->path,
                       t->line, (double)*last / 1e9, (double)at / 1e9);
    }
    *last = at;
    return ST_OK;
}

static const struct replay_point nothing = {0, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME, REPLAY_SAME};

/* One cell of monami's own format; an empty cell leaves the value as it is. */
static enum status read_cell(const struct table *t, int col, struct replay_point *p, struct why *w)
{
    static const struct {
        const char *name;
        double scale;
        int what; /* 0 time, 1 both rates, 2 down, 3 up, 4 delay */
    } known[] = {{"t_s", 1e9, 0},          {"t_ms", 1e6, 0},
                 {"rate_mbps", 1e6, 1},    {"rate_down_mbps", 1e6, 2},
                 {"rate_up_mbps", 1e6, 3}, {"delay_ms", 1e6, 4}};
    const char *name = t->name[col];
    if (!*t->cell[col])
        return ST_OK;
    if (!strcmp(name, "state")) {
        bool up = !strcmp(t->cell[col], "up");
        if (!up && strcmp(t->cell[col], "down") != 0) {
            return why_set(w, ST_SYNTAX, "%s:%ld: state: '%s' is neither 'up' nor 'down'", t->path,
                           t->line, t->cell[col]);
        }
        p->blocked = !up;
        return ST_OK;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int64_t v = 0;
        if (strcmp(known[i].name, name) != 0)
            continue;
        enum status st = number(t, col, known[i].scale, &v, w);
        if (known[i].what == 0)
            p->t = v;
        if (known[i].what == 1 || known[i].what == 2)
            p->rate_down = v;
        if (known[i].what == 1 || known[i].what == 3)
            p->rate_up = v;
        if (known[i].what == 4)
            p->delay = v;
        return st;
    }
    return why_set(w, ST_SYNTAX,
                   "%s: unknown column '%s'; known are t_s t_ms rate_mbps rate_down_mbps "
                   "rate_up_mbps delay_ms state",
                   t->path, name);
}

static enum status read_monami(struct table *t, struct list *l, struct why *w)
{
    sim_time last = 0;
    bool end = false;
    if (column(t, "t_s") < 0 && column(t, "t_ms") < 0)
        return why_set(w, ST_SYNTAX, "%s: no column t_s or t_ms", t->path);
    for (;;) {
        enum status st = next_row(t, &end, w);
        if (st || end)
            return st;
        struct replay_point p = nothing;
        for (unsigned i = 0; i < t->columns && !st; i++)
            st = read_cell(t, (int)i, &p, w);
        if (!st)
            st = in_order(t, p.t, &last, w);
        if (st)
            return st;
        add(l, p);
    }
}

/* The columns of a pam2025 file. */
struct pam {
    int t;
    int operator;
    int event;
    int rate;
    int handover;
    sim_time blocked_until; /* hand-overs may overlap */
    bool found;             /* the operator has a row */
};

static enum status read_pam_row(const struct table *t, struct pam *pam, sim_time at, struct list *l,
                                struct why *w)
{
    struct replay_point p = nothing;
    p.t = at;
    if (!strcmp(t->cell[pam->event], "rate")) {
        int64_t rate = 0;
        enum status st = number(t, pam->rate, 1e6, &rate, w);
        p.rate_down = p.rate_up = rate;
        add(l, p);
        return st;
    }
    if (strcmp(t->cell[pam->event], "handover") != 0) {
        return why_set(w, ST_SYNTAX, "%s:%ld: event: '%s' is neither 'rate' nor 'handover'",
                       t->path, t->line, t->cell[pam->event]);
    }
    int64_t length = 0;
    enum status st = number(t, pam->handover, 1e6, &length, w);
    if (st)
        return st;
    sim_time end = at + length;
    if (at < pam->blocked_until) { /* the end planned so far moves */
        for (size_t i = l->n; i-- > 0 && l->point[i].blocked != 1;) {
            if (l->point[i].blocked == 0)
                l->point[i].blocked = REPLAY_SAME;
        }
        end = end > pam->blocked_until ? end : pam->blocked_until;
    } else {
        p.blocked = 1;
        add(l, p);
    }
    pam->blocked_until = end;
    p.t = end;
    p.blocked = 0;
    add(l, p);
    return ST_OK;
}

static enum status read_pam(struct table *t, const char *operator, struct list * l, struct why *w)
{
    struct pam pam = {.t = column(t, "t_s"),
                      .operator= column(t, "operator"),
                      .event = column(t, "event"),
                      .rate = column(t, "rate_mbps"),
                      .handover = column(t, "handover_ms")};
    sim_time last = 0;
    bool end = false;
    if (pam.t < 0 || pam.operator<0 || pam.event<0 || pam.rate<0 || pam.handover<0) {
        return why_set(w, ST_SYNTAX,
                       "%s: a pam2025 file has the columns t_s operator event technology rate_mbps "
                       "handover_ms",
                       t->path);
    }
    for (;;) {
        enum status st = next_row(t, &end, w);
        if (st || end) {
            return st || pam.found ? st
                                   : why_set(w, ST_MISSING, "%s: has no row of operator '%s'",
                                             t->path, operator);
        }
        int64_t at = 0;
        st = number(t, pam.t, 1e9, &at, w);
        if (!st)
            st = in_order(t, at, &last, w);
        if (!st && !strcmp(t->cell[pam.operator], operator)) {
            pam.found = true;
            st = read_pam_row(t, &pam, at, l, w);
        }
        if (st)
            return st;
    }
}

/* Stable, by time: ends of hand-overs were added early. */
static void sort(struct list *l)
{
    for (size_t i = 1; i < l->n; i++) {
        struct replay_point p = l->point[i];
        size_t j = i;
        for (; j > 0 && l->point[j - 1].t > p.t; j--)
            l->point[j] = l->point[j - 1];
        l->point[j] = p;
    }
}

enum status replay_load(const char *path, enum replay_format format, const char *operator,
                        struct arena * arena, struct replay_trace *trace, struct why *w)
{
    struct table t;
    struct list l = {0};
    enum status st = open_table(&t, path, w);
    if (!st && format == REPLAY_PAM2025 && !operator)
        st = why_set(w, ST_MISSING, "%s: a pam2025 file needs to know the operator", path);
    if (!st)
        st = format == REPLAY_PAM2025 ? read_pam(&t, operator, & l, w) : read_monami(&t, &l, w);
    if (!st && l.n == 0)
        st = why_set(w, ST_SYNTAX, "%s: has no row", path);
    if (t.file)
        (void)fclose(t.file);
    if (!st) {
        sort(&l);
        *trace = (struct replay_trace){.file = path, .points = l.n};
        trace->point = arena_take(arena, l.n * sizeof *l.point);
        memcpy(trace->point, l.point, l.n * sizeof *l.point);
        trace->length = l.point[l.n - 1].t;
    }
    free(l.point);
    return st;
}
