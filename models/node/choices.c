#include "models/node/choices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/suggest.h"
#include "sim/base/table.h"

enum column { T_S, T_MS, FLOW, DIRECTION, INTERFACES, COLUMNS };

static const char *const column_name[] = {"t_s", "t_ms", "flow", "direction", "interfaces"};

struct reading {
    struct table table;
    unsigned at[COLUMNS]; /* which column of the file; of t_s and t_ms one */
    bool in_ms;
    const struct choice_names *names;
    struct choice *list; /* grows by malloc */
    size_t n;
    size_t room;
};

static enum status read_head(struct reading *r, struct why *w)
{
    const struct table *t = &r->table;
    for (unsigned i = 0; i < t->columns; i++) {
        struct suggestion s = suggest_for(t->name[i]);
        bool known = false;
        for (int c = 0; c < COLUMNS; c++) {
            known |= !strcmp(t->name[i], column_name[c]);
            suggest_try(&s, column_name[c]);
        }
        const char *at = t->lines.text + (t->name[i] - t->head);
        if (!known && s.best)
            return lines_wrong(&t->lines, at, w, ST_SYNTAX,
                               "unknown column '%.40s'; did you mean '%s'?", t->name[i], s.best);
        if (!known)
            return lines_wrong(&t->lines, at, w, ST_SYNTAX,
                               "unknown column '%.40s'; known are t_s t_ms flow direction "
                               "interfaces",
                               t->name[i]);
    }
    for (int c = FLOW; c < COLUMNS; c++) {
        int at = table_column(t, column_name[c]);
        if (at < 0)
            return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "no column %s", column_name[c]);
        r->at[c] = (unsigned)at;
    }
    int s = table_column(t, "t_s");
    int ms = table_column(t, "t_ms");
    if ((s < 0) == (ms < 0))
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "needs one of the columns t_s and t_ms");
    r->in_ms = s < 0;
    r->at[T_S] = (unsigned)(s < 0 ? ms : s);
    return ST_OK;
}

static enum status read_time(struct reading *r, struct choice *c, struct why *w)
{
    static const struct table_scale s = {9, 0, 1000000 * SIM_S, "a time from 0 to 1000000 s"};
    static const struct table_scale ms = {6, 0, 1000000 * SIM_S, "a time from 0 to 1000000000 ms"};
    enum status st = table_number(&r->table, r->at[T_S], r->in_ms ? &ms : &s, &c->from, w);
    if (!st && r->n && c->from < r->list[r->n - 1].from) {
        return table_wrong(&r->table, r->at[T_S], w, ST_RANGE, "time goes back, from %.6f s",
                           (double)r->list[r->n - 1].from / 1e9);
    }
    return st;
}

static enum status read_flow(const struct reading *r, struct choice *c, struct why *w)
{
    const char *cell = r->table.cell[r->at[FLOW]];
    struct suggestion s = suggest_for(cell);
    c->flow = CHOICE_EVERY_FLOW;
    if (!strcmp(cell, "*"))
        return ST_OK;
    for (size_t k = 0; k < r->names->flows; k++) {
        if (!strcmp(cell, r->names->flow[k].name)) {
            c->flow = (int)k;
            return ST_OK;
        }
        suggest_try(&s, r->names->flow[k].name);
    }
    return table_wrong(&r->table, r->at[FLOW], w, ST_SYNTAX,
                       s.best ? "the node has no flow '%.40s'; did you mean '%s'?"
                              : "the node has no flow '%.40s'; * is all",
                       cell, s.best);
}

static enum status read_direction(const struct reading *r, struct choice *c, struct why *w)
{
    const char *cell = r->table.cell[r->at[DIRECTION]];
    bool both = !strcmp(cell, "both");
    c->up = both || !strcmp(cell, "up");
    c->down = both || !strcmp(cell, "down");
    if (c->up || c->down)
        return ST_OK;
    return table_wrong(&r->table, r->at[DIRECTION], w, ST_SYNTAX,
                       "'%.40s' is none of up, down and both", cell);
}

/* One interface of "wlan0+cell0", `n` bytes long. */
static enum status read_interface(const struct reading *r, const char *name, size_t n,
                                  struct choice *c, struct why *w)
{
    uint16_t bid = 0;
    for (unsigned k = 0; k < r->names->paths && !bid; k++) {
        const char *known = r->names->path[k].interface;
        if (strlen(known) == n && !memcmp(known, name, n))
            bid = r->names->path[k].bid;
    }
    if (!bid)
        return table_wrong(&r->table, r->at[INTERFACES], w, ST_SYNTAX,
                           "the node has no interface '%.*s'", n < 40 ? (int)n : 40, name);
    for (unsigned k = 0; k < c->bids; k++) {
        if (c->bid[k] == bid)
            return table_wrong(&r->table, r->at[INTERFACES], w, ST_SYNTAX,
                               "interface '%.*s' stands there twice", n < 40 ? (int)n : 40, name);
    }
    c->bid[c->bids++] = bid; /* each once, so that there is room */
    return ST_OK;
}

static enum status read_interfaces(const struct reading *r, struct choice *c, struct why *w)
{
    const char *at = r->table.cell[r->at[INTERFACES]];
    enum status st = ST_OK;
    for (bool more = true; more && !st;) {
        size_t n = strcspn(at, "+");
        st = read_interface(r, at, n, c, w);
        more = at[n] == '+';
        at += n + more;
    }
    return st;
}

static void add(struct reading *r, const struct choice *c)
{
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        r->list = realloc(r->list, r->room * sizeof *r->list);
        if (!r->list)
            abort(); /* out of memory ends the program */
    }
    r->list[r->n++] = *c;
}

static enum status read_rows(struct reading *r, struct why *w)
{
    bool end = false;
    enum status st = read_head(r, w);
    while (!st && !(st = table_next(&r->table, &end, w)) && !end) {
        struct choice c = {.bids = 0};
        st = read_time(r, &c, w);
        if (!st)
            st = read_flow(r, &c, w);
        if (!st)
            st = read_direction(r, &c, w);
        if (!st)
            st = read_interfaces(r, &c, w);
        if (!st)
            add(r, &c);
    }
    return st || r->n ? st : why_set(w, ST_SYNTAX, "%.200s: has no rows", r->table.lines.name);
}

enum status choices_read(FILE *file, const char *name, const struct choice_names *names,
                         struct arena *arena, struct choices *out, struct why *w)
{
    struct reading r = {.names = names};
    enum status st = table_of(&r.table, file, name, w);
    if (!st)
        st = read_rows(&r, w);
    if (!st) {
        struct choice *list = arena_take(arena, r.n * sizeof *list);
        memcpy(list, r.list, r.n * sizeof *list);
        *out = (struct choices){list, r.n};
    }
    free(r.list);
    table_done(&r.table);
    return st;
}

enum status choices_load(const char *path, const struct choice_names *names, struct arena *arena,
                         struct choices *out, struct why *w)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return why_set(w, ST_IO, "%.200s: %s", path, strerror(errno));
    enum status st = choices_read(f, path, names, arena, out, w);
    (void)fclose(f);
    return st;
}
