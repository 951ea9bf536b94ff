/* pam2025: two operators measured at the same time, their rates and hand-overs in one CSV file. */
#include <string.h>

#include "sim/link/replay_parts.h"

enum { OPERATORS_SHOWN = 4, OPERATOR_BYTES = 24 };

struct pam {
    unsigned t; /* its columns */
    unsigned who;
    unsigned event;
    unsigned rate;
    unsigned handover;
    sim_time blocked_until; /* hand-overs may overlap */
    bool found;             /* the operator has a row */
    char seen[OPERATORS_SHOWN][OPERATOR_BYTES];
};

static enum status read_head(const struct table *t, struct pam *pam, struct why *w)
{
    const struct {
        const char *name;
        unsigned *at;
    } wanted[] = {{"t_s", &pam->t},
                  {"operator", &pam->who},
                  {"event", &pam->event},
                  {"rate_mbps", &pam->rate},
                  {"handover_ms", &pam->handover}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        int at = table_column(t, wanted[i].name);
        if (at < 0) {
            return lines_wrong(&t->lines, NULL, w, ST_SYNTAX,
                               "no column '%s': a pam2025 file has t_s operator event technology "
                               "rate_mbps handover_ms",
                               wanted[i].name);
        }
        *wanted[i].at = (unsigned)at;
    }
    return ST_OK;
}

/* One that begins while another lasts: the end planned so far moves. */
static void forget_end(struct replay_list *l)
{
    for (size_t i = l->n; i-- > 0 && l->point[i].blocked != 1;) {
        if (l->point[i].blocked == 0)
            l->point[i].blocked = REPLAY_SAME;
    }
}

static enum status read_handover(const struct table *t, struct pam *pam, sim_time at,
                                 struct replay_list *l, struct why *w)
{
    struct replay_point p = replay_same;
    int64_t length = 0;
    enum status st = table_number(t, pam->handover, &replay_delay_ms, &length, w);
    if (st)
        return st;
    sim_time end = at + length;
    p.t = at;
    if (at < pam->blocked_until) {
        forget_end(l);
        end = end > pam->blocked_until ? end : pam->blocked_until;
    } else {
        p.blocked = 1;
        replay_add(l, p);
    }
    pam->blocked_until = end;
    p.t = end;
    p.blocked = 0;
    replay_add(l, p);
    return ST_OK;
}

static enum status read_row(const struct table *t, struct pam *pam, sim_time at,
                            struct replay_list *l, struct why *w)
{
    if (!strcmp(t->cell[pam->event], "handover"))
        return read_handover(t, pam, at, l, w);
    if (strcmp(t->cell[pam->event], "rate") != 0) {
        return table_wrong(t, pam->event, w, ST_SYNTAX, "'%.40s' is neither 'rate' nor 'handover'",
                           t->cell[pam->event]);
    }
    struct replay_point p = replay_same;
    int64_t rate = 0;
    enum status st = table_number(t, pam->rate, &replay_mbps, &rate, w);
    p.t = at;
    p.rate_down = p.rate_up = rate;
    replay_add(l, p);
    return st;
}

static void note_operator(struct pam *pam, const char *name)
{
    for (int i = 0; i < OPERATORS_SHOWN; i++) {
        if (!pam->seen[i][0])
            (void)snprintf(pam->seen[i], OPERATOR_BYTES, "%s", name);
        if (!strncmp(pam->seen[i], name, OPERATOR_BYTES - 1))
            return;
    }
}

static enum status no_operator(const struct pam *pam, const struct replay_source *from,
                               struct why *w)
{
    char list[OPERATORS_SHOWN * (OPERATOR_BYTES + 2)] = "";
    size_t n = 0;
    for (int i = 0; i < OPERATORS_SHOWN && pam->seen[i][0]; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", pam->seen[i]);
    if (!from->carrier) {
        return why_set(w, ST_MISSING,
                       "%.100s: a pam2025 file needs to know the operator; it has: %s", from->path,
                       list);
    }
    return why_set(w, ST_MISSING, "%.100s: has no row of operator '%.40s'; it has: %s", from->path,
                   from->carrier, list);
}

static enum status read_rows(struct table *t, struct pam *pam, const struct replay_source *from,
                             struct replay_list *l, struct why *w)
{
    sim_time last = 0;
    bool end = false;
    enum status st = ST_OK;
    while (!(st = table_next(t, &end, w)) && !end) {
        int64_t at = 0;
        const char *who = t->cell[pam->who];
        st = table_number(t, pam->t, &replay_seconds, &at, w);
        if (!st)
            st = replay_in_order(&t->lines, at, &last, w);
        note_operator(pam, who);
        if (!st && from->carrier && !strcmp(who, from->carrier)) {
            pam->found = true;
            st = read_row(t, pam, at, l, w);
        }
        if (st)
            return st;
    }
    return st || pam->found ? st : no_operator(pam, from, w);
}

enum status replay_read_pam2025(FILE *file, const struct replay_source *from, struct replay_list *l,
                                struct why *w)
{
    struct table t;
    struct pam pam = {.found = false};
    enum status st = table_of(&t, file, from->path, w);
    if (!st)
        st = read_head(&t, &pam, w);
    if (!st)
        st = read_rows(&t, &pam, from, l, w);
    table_done(&t);
    return st;
}
