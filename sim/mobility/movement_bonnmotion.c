/* BonnMotion's native format: a node a line, triples of t, x and y. */
#include <string.h>

#include "sim/mobility/movement_parts.h"

static const char blanks[] = " \t\f";

/* The next number of a line. */
static enum status read_number(const struct lines *l, const char **at, const struct tracks *all,
                               int what, int64_t *value, struct why *w)
{
    const char *text = *at;
    size_t n = strcspn(text, blanks);
    enum decimal_fault fault =
        what == 0 ? tracks_time(text, n, value) : tracks_coordinate(all, what == 2, text, n, value);
    if (fault) {
        return lines_wrong(l, text, w, ST_SYNTAX, "'%.*s' %s", (int)(n < 40 ? n : 40), text,
                           tracks_fault(fault, what == 0));
    }
    *at = text + n;
    *at += strspn(*at, blanks);
    return ST_OK;
}

static enum status read_node(const struct lines *l, struct track *t, const struct tracks *all,
                             struct why *w)
{
    const char *at = l->text + strspn(l->text, blanks);
    while (*at) {
        int64_t v[3] = {0};
        const char *triple = at;
        for (int k = 0; k < 3; k++) {
            if (!*at) {
                return lines_wrong(l, triple, w, ST_SYNTAX,
                                   "the line ends within a triple of t, x and y");
            }
            enum status st = read_number(l, &at, all, k, &v[k], w);
            if (st)
                return st;
        }
        if (t->n && t->at[t->n - 1].t > v[0]) {
            return lines_wrong(l, triple, w, ST_RANGE, "time goes back, from %.6f s to %.6f s",
                               (double)t->at[t->n - 1].t / 1e9, (double)v[0] / 1e9);
        }
        track_add(t, (struct waypoint){v[0], v[1], v[2]});
    }
    return ST_OK;
}

enum status movement_read_bonnmotion(FILE *file, const char *name, struct tracks *all,
                                     struct why *w)
{
    struct lines l = lines_of(file, name);
    bool end = false;
    enum status st = ST_OK;
    while (!(st = lines_next(&l, &end, w)) && !end) {
        char number[24];
        const char *first = l.text + strspn(l.text, blanks);
        if (!*first || *first == '#')
            continue;
        int n = snprintf(number, sizeof number, "%zu", all->n);
        st = read_node(&l, tracks_of(all, number, (size_t)n), all, w);
        if (st)
            break;
    }
    lines_done(&l);
    return st;
}
