/* monami's own CSV of nodes that move. */
#include <string.h>

#include "sim/base/suggest.h"
#include "sim/base/table.h"
#include "sim/mobility/movement_parts.h"

static const char *const known[] = {"t_s", "t_ms", "x_m", "y_m", "node", NULL};

struct columns {
    int seconds;
    int milliseconds;
    int x;
    int y;
    int node;
};

static enum status check_name(const struct table *t, unsigned column, struct why *w)
{
    const char *name = t->name[column];
    struct suggestion s = suggest_for(name);
    for (int k = 0; known[k]; k++) {
        if (!strcmp(name, known[k]))
            return ST_OK;
        suggest_try(&s, known[k]);
    }
    return lines_wrong(&t->lines, t->lines.text + (name - t->head), w, ST_SYNTAX,
                       "unknown column '%.40s'%s%s%s; known are t_s t_ms x_m y_m node", name,
                       s.best ? "; did you mean '" : "", s.best ? s.best : "", s.best ? "'?" : "");
}

static enum status read_head(const struct table *t, struct columns *c, struct why *w)
{
    for (unsigned i = 0; i < t->columns; i++) {
        enum status st = check_name(t, i, w);
        if (st)
            return st;
    }
    *c = (struct columns){table_column(t, "t_s"), table_column(t, "t_ms"), table_column(t, "x_m"),
                          table_column(t, "y_m"), table_column(t, "node")};
    if ((c->seconds < 0) == (c->milliseconds < 0) || c->x < 0 || c->y < 0)
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "the columns are t_s or t_ms, x_m, y_m");
    return ST_OK;
}

static enum status read_coordinate(const struct table *t, const struct tracks *all, int column,
                                   bool north, int64_t *um, struct why *w)
{
    const char *cell = t->cell[column];
    enum decimal_fault fault = tracks_coordinate(all, north, cell, strlen(cell), um);
    return fault ? table_wrong(t, (unsigned)column, w, ST_SYNTAX, "'%.40s' %s", cell,
                               tracks_fault(fault, false))
                 : ST_OK;
}

static enum status read_row(const struct table *t, const struct columns *c, struct tracks *all,
                            struct why *w)
{
    static const struct table_scale seconds = {9, 0, MOVEMENT_LONGEST,
                                               "a time from 0 to 1000000 s"};
    static const struct table_scale milliseconds = {6, 0, MOVEMENT_LONGEST,
                                                    "a time from 0 to 1000000000 ms"};
    struct waypoint p = {0};
    bool ms = c->milliseconds >= 0;
    enum status st = table_number(t, (unsigned)(ms ? c->milliseconds : c->seconds),
                                  ms ? &milliseconds : &seconds, &p.t, w);
    if (!st)
        st = read_coordinate(t, all, c->x, false, &p.x, w);
    if (!st)
        st = read_coordinate(t, all, c->y, true, &p.y, w);
    if (st)
        return st;
    const char *node = c->node < 0 ? "0" : t->cell[c->node];
    struct track *track = tracks_of(all, node, strlen(node));
    if (track->n && track->at[track->n - 1].t > p.t) {
        return lines_wrong(&t->lines, NULL, w, ST_RANGE, "time goes back, from %.6f s to %.6f s",
                           (double)track->at[track->n - 1].t / 1e9, (double)p.t / 1e9);
    }
    track_add(track, p);
    return ST_OK;
}

enum status movement_read_monami(FILE *file, const char *name, struct tracks *all, struct why *w)
{
    struct table t;
    struct columns c;
    bool end = false;
    enum status st = table_of(&t, file, name, w);
    if (!st)
        st = read_head(&t, &c, w);
    while (!st && !(st = table_next(&t, &end, w)) && !end)
        st = read_row(&t, &c, all, w);
    table_done(&t);
    return st;
}
