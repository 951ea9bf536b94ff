/* monami's own CSV of a link. */
#include <string.h>

#include "sim/base/suggest.h"
#include "sim/link/replay_parts.h"

enum says { SAYS_TIME = 1, SAYS_DOWN = 2, SAYS_UP = 4, SAYS_DELAY = 8, SAYS_LOSS = 16 };

enum { SAYS_STATE = 32, SAYS_RATE = SAYS_DOWN | SAYS_UP };

struct known {
    const char *name;
    unsigned says;
    struct table_scale scale;
};

#define RATE(power)                                                   \
    {                                                                 \
        power, 0, INT64_C(1000000000000), "a rate from 0 to 1 Tbit/s" \
    }
#define SHARE(power, text)        \
    {                             \
        power, 0, SHARE_ONE, text \
    }
#define TIME(power, most, text)      \
    {                                \
        power, 0, (most)*SIM_S, text \
    }

/* clang-format off */
static const struct known columns[] = {
    {"t_s", SAYS_TIME, TIME(9, 1000000, "a time from 0 to 1000000 s")},
    {"t_ms", SAYS_TIME, TIME(6, 1000000, "a time from 0 to 1000000000 ms")},
    {"rate_mbps", SAYS_RATE, RATE(6)},
    {"rate_kbps", SAYS_RATE, RATE(3)},
    {"rate_bps", SAYS_RATE, RATE(0)},
    {"rate_down_mbps", SAYS_DOWN, RATE(6)},
    {"rate_down_kbps", SAYS_DOWN, RATE(3)},
    {"rate_down_bps", SAYS_DOWN, RATE(0)},
    {"rate_up_mbps", SAYS_UP, RATE(6)},
    {"rate_up_kbps", SAYS_UP, RATE(3)},
    {"rate_up_bps", SAYS_UP, RATE(0)},
    {"delay_ms", SAYS_DELAY, TIME(6, 3600, "a time from 0 to 3600000 ms")},
    {"loss", SAYS_LOSS, SHARE(9, "a share from 0 to 1")},
    {"loss_percent", SAYS_LOSS, SHARE(7, "a share from 0 to 100 percent")},
    {"state", SAYS_STATE, {0}},
    {.name = NULL},
};
/* clang-format on */

static const struct known *find(const char *name)
{
    for (const struct known *k = columns; k->name; k++) {
        if (!strcmp(k->name, name))
            return k;
    }
    return NULL;
}

static enum status unknown_column(const struct table *t, unsigned i, struct why *w)
{
    const char *at = t->lines.text + (t->name[i] - t->head);
    struct suggestion s = suggest_for(t->name[i]);
    for (const struct known *k = columns; k->name; k++)
        suggest_try(&s, k->name);
    if (s.best) {
        return lines_wrong(&t->lines, at, w, ST_SYNTAX,
                           "unknown column '%.40s'; did you mean '%s'?", t->name[i], s.best);
    }
    return lines_wrong(&t->lines, at, w, ST_SYNTAX,
                       "unknown column '%.40s'; known are t_s t_ms rate_mbps rate_down_mbps "
                       "rate_up_mbps (also _kbps _bps) delay_ms loss loss_percent state",
                       t->name[i]);
}

static enum status read_head(const struct table *t, const struct known *known[TABLE_COLUMNS],
                             struct why *w)
{
    unsigned said = 0;
    for (unsigned i = 0; i < t->columns; i++) {
        known[i] = find(t->name[i]);
        if (!known[i])
            return unknown_column(t, i, w);
        if (said & known[i]->says) {
            return lines_wrong(&t->lines, t->lines.text + (t->name[i] - t->head), w, ST_SYNTAX,
                               "column '%s' says what another column says", t->name[i]);
        }
        said |= known[i]->says;
    }
    if (!(said & SAYS_TIME))
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "no column t_s or t_ms");
    if (said == SAYS_TIME)
        return lines_wrong(&t->lines, NULL, w, ST_SYNTAX, "no column beside the time");
    return ST_OK;
}

static enum status read_state(const struct table *t, unsigned i, struct replay_point *p,
                              struct why *w)
{
    bool up = !strcmp(t->cell[i], "up");
    if (!up && strcmp(t->cell[i], "down") != 0) {
        return table_wrong(t, i, w, ST_SYNTAX, "'%.40s' is neither 'up' nor 'down'", t->cell[i]);
    }
    p->blocked = !up;
    return ST_OK;
}

static enum status read_cell(const struct table *t, unsigned i, const struct known *known,
                             struct replay_point *p, struct why *w)
{
    int64_t v = 0;
    if (!*t->cell[i]) {
        return known->says == SAYS_TIME ? table_wrong(t, i, w, ST_SYNTAX, "is empty") : ST_OK;
    }
    if (known->says == SAYS_STATE)
        return read_state(t, i, p, w);
    enum status st = table_number(t, i, &known->scale, &v, w);
    if (known->says & SAYS_TIME)
        p->t = v;
    if (known->says & SAYS_DOWN)
        p->rate_down = v;
    if (known->says & SAYS_UP)
        p->rate_up = v;
    if (known->says & SAYS_DELAY)
        p->delay = v;
    if (known->says & SAYS_LOSS)
        p->loss = v;
    return st;
}

static enum status read_rows(struct table *t, struct replay_list *l, struct why *w)
{
    const struct known *known[TABLE_COLUMNS] = {NULL};
    sim_time last = 0;
    bool end = false;
    enum status st = read_head(t, known, w);
    while (!st && !(st = table_next(t, &end, w)) && !end) {
        struct replay_point p = replay_same;
        for (unsigned i = 0; i < t->columns && !st; i++)
            st = read_cell(t, i, known[i], &p, w);
        if (!st)
            st = replay_in_order(&t->lines, p.t, &last, w);
        if (!st)
            replay_add(l, p);
    }
    return st;
}

enum status replay_read_monami(FILE *file, const struct replay_source *from, struct replay_list *l,
                               struct why *w)
{
    struct table t;
    enum status st = table_of(&t, file, from->path, w);
    if (!st)
        st = read_rows(&t, l, w);
    table_done(&t);
    return st;
}
