#include "analysis/study.h"

#include <assert.h>
#include <string.h>

#include "analysis/caption.h"
#include "analysis/kinds.h"
#include "analysis/query.h"
#include "analysis/steady.h"
#include "sim/base/suggest.h"
#include "traces/expect.h"

static const struct kind *const kinds[] = {&kind_lines, &kind_bars, &kind_distribution,
                                           &kind_box,   &kind_heat, &kind_difference};

enum { KINDS = sizeof kinds / sizeof kinds[0], CAPTION_BYTES = 2000 };

const char *const *study_kinds(void)
{
    static const char *const words[] = {"lines",      "bars", "distribution", "box", "heat",
                                        "difference", NULL};
    return words;
}

const char *const *study_statistics(void)
{
    static const char *const words[] = {"auto", "mean", "median", "p90",
                                        "p95",  "p99",  "share",  NULL};
    return words;
}

/* Of a word that has been checked. */
static const struct kind *find_kind(const char *word)
{
    for (size_t k = 0; k < KINDS; k++) {
        if (!strcmp(kinds[k]->word, word))
            return kinds[k];
    }
    assert(false);
    return NULL;
}

/* ---- is it a figure? ------------------------------------------------------------------- */

static enum status check_word(const char *what, const char *word, const char *const *words,
                              struct why *w)
{
    char all[120] = "";
    struct suggestion s = suggest_for(word);
    for (; *words; words++) {
        size_t n = strlen(all);
        if (!strcmp(*words, word))
            return ST_OK;
        suggest_try(&s, *words);
        (void)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", *words);
    }
    return why_set(w, ST_MISSING, "there is no %s '%.40s'%s%s%s; there are %s", what, word,
                   s.best ? ", did you mean '" : "", s.best ? s.best : "", s.best ? "'?" : "", all);
}

static enum status check_parameter(const struct runs *r, const char *name, struct why *w)
{
    const struct runs_parameter *p;
    return name ? runs_find_parameter(r, name, &p, w) : ST_OK;
}

static enum status check_where(const struct runs *r, const struct study_figure *ask, struct why *w)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < ask->wheres && !st; k++) {
        const struct runs_parameter *p;
        size_t value;
        st = runs_find_parameter(r, ask->where[k].parameter, &p, w);
        if (!st)
            st = runs_find_value(p, ask->where[k].value, &value, w);
    }
    return st;
}

static enum status check_difference(const struct runs *r, const struct study_figure *ask,
                                    struct why *w)
{
    const struct runs_parameter *p;
    size_t value;
    if (!*r->baseline)
        return why_set(w, ST_MISSING,
                       "a difference is one from a baseline: the scenario's sweep needs compare: "
                       "{baseline: {PARAMETER: VALUE}}");
    if (ask->statistic && strcmp(ask->statistic, "auto") != 0 &&
        strcmp(ask->statistic, "mean") != 0)
        return why_set(w, ST_RANGE, "a difference is the mean of pairs, not their '%.20s'",
                       ask->statistic);
    enum status st = runs_find_parameter(r, r->baseline, &p, w);
    return st ? st : runs_find_value(p, r->baseline_value, &value, w);
}

/* Which parameters the kind needs, and which mean nothing there. */
static enum status check_form(const struct kind *kind, const struct study_figure *ask,
                              struct why *w)
{
    bool heat = (kind->needs & KIND_Y) != 0;
    bool share = ask->statistic && !strcmp(ask->statistic, "share");
    if ((kind->needs & KIND_X) && !ask->x)
        return why_set(w, ST_MISSING, "a figure of kind %s needs x, a parameter of the sweep",
                       kind->word);
    if (heat && !ask->y)
        return why_set(w, ST_MISSING, "a heat map needs y, a parameter of the sweep");
    if (!heat && ask->y)
        return why_set(w, ST_RANGE, "y goes with kind heat; what makes lines is `lines`");
    if (heat && ask->lines)
        return why_set(w, ST_RANGE, "a heat map has x and y, and no lines");
    if (ask->x &&
        ((ask->y && !strcmp(ask->x, ask->y)) || (ask->lines && !strcmp(ask->x, ask->lines))))
        return why_set(w, ST_RANGE, "x is '%s', and so is the other", ask->x);
    if (ask->log_x && kind != &kind_lines)
        return why_set(w, ST_RANGE, "an x axis by ratios goes with kind lines");
    if (ask->log_value && kind != &kind_lines && kind != &kind_bars)
        return why_set(w, ST_RANGE, "values by ratios go with kinds lines and bars");
    if (ask->labels.y && !heat)
        return why_set(w, ST_RANGE, "a label of y goes with kind heat; `value` is what is plotted");
    if (share && !(kind->needs & KIND_ESTIMATES))
        return why_set(w, ST_RANGE, "a %s is of all values and has no statistic", kind->word);
    return ST_OK;
}

static enum status check(struct runs *r, const struct study_figure *ask, struct why *w)
{
    enum status st = check_word("kind", ask->kind, study_kinds(), w);
    if (!st && ask->statistic)
        st = check_word("statistic", ask->statistic, study_statistics(), w);
    if (!st)
        st = check_form(find_kind(ask->kind), ask, w);
    if (!st)
        st = check_parameter(r, ask->x, w);
    if (!st)
        st = check_parameter(r, ask->y, w);
    if (!st)
        st = check_parameter(r, ask->lines, w);
    if (!st)
        st = check_where(r, ask, w);
    if (!st && find_kind(ask->kind) == &kind_difference)
        st = check_difference(r, ask, w);
    if (!st && ask->steady)
        st = steady_check(r, ask->plot, w);
    return st ? st : runs_metric_check(r, ask->plot, w);
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* "lost packets of call.down (median)", and the metric's own name. Over a population there are two
 * statistics, and which is of what is said. */
static void value_label(const struct chart *c, const struct kind *kind, char *out, size_t size)
{
    char words[400];
    char inside[400];
    bool many = metric_inside(c->ask->plot, inside, sizeof inside) != NULL;
    bool share = c->statistic->of == OF_SHARE;
    bool difference = kind == &kind_difference;
    kinds_value_words(c, words, sizeof words);
    (void)snprintf(out, size, "%s%s", difference ? "difference in " : "", words);
    size_t n = strlen(out);
    if ((kind->needs & KIND_ESTIMATES) && !share && !difference)
        n += (size_t)snprintf(out + n, size - n, " (%s%s)", c->statistic->words,
                              many ? " of the runs" : "");
    if (!c->ask->labels.value && strlen(c->ask->plot) < 46 &&
        strncmp(words, c->ask->plot, strlen(c->ask->plot)) != 0)
        (void)snprintf(out + n, size - n, "\n%s", c->ask->plot);
}

enum { X_WIDTH = 58, Y_WIDTH = 43 };

static double write_axes(const struct chart *c, const struct kind *kind, FILE *gp)
{
    char text[500];
    const double label = 0.05;
    bool words = kind == &kind_box || kind == &kind_heat || kind == &kind_bars;
    if (kind == &kind_distribution) {
        value_label(c, kind, text, sizeof text);
        kinds_label(gp, "x", text, X_WIDTH);
        kinds_label(gp, "y", "share of the runs at or below, %", Y_WIDTH);
        kinds_legend(gp, c);
        return 2 * label + 0.05;
    }
    const char *x = c->ask->labels.x ? c->ask->labels.x : c->ask->x;
    kinds_axis_words(&c->x, x, text, sizeof text);
    kinds_label(gp, "x", words ? x : text, X_WIDTH);
    kinds_tics(gp, "x", &c->x, words || !c->x.numeric);
    if (kind == &kind_heat) {
        kinds_label(gp, "y", c->ask->labels.y ? c->ask->labels.y : c->ask->y, Y_WIDTH);
        kinds_tics(gp, "y", &c->line, true);
        (void)fputs("unset key\n", gp);
    } else {
        value_label(c, kind, text, sizeof text);
        kinds_label(gp, "y", text, Y_WIDTH);
        kinds_legend(gp, c);
    }
    return label + kinds_tics_height(&c->x, words || !c->x.numeric);
}

static enum status write_figure(const struct chart *c, const struct kind *kind, struct figure *one,
                                struct why *w)
{
    char caption[CAPTION_BYTES];
    (void)fputs("set key autotitle columnheader\n", one->gp);
    double below = write_axes(c, kind, one->gp);
    caption_write(c, kind, caption, sizeof caption);
    enum status st = figure_caption(one, caption, below, w);
    if (st)
        return st;
    (void)fprintf(one->csv, "%s\n", kind->header);
    kind->write(c, one->csv);
    kind->plot(c, one->gp);
    return ST_OK;
}

static enum status draw(struct figures *f, struct runs *r, const struct study_figure *ask,
                        struct why *w)
{
    struct chart c;
    struct figure one;
    enum status st = check(r, ask, w);
    if (st)
        return st;
    const struct kind *kind = find_kind(ask->kind);
    st = chart_make(&c, r, ask, w);
    if (!st && ask->log_x && (!c.x.numeric || c.x.at[0] <= 0))
        st = why_set(w, ST_RANGE, "'%s' has values that are no numbers above 0: no axis by ratios",
                     ask->x);
    if (!st && kind->prepare)
        kind->prepare(&c);
    if (!st)
        st = figure_begin(&one, f, ask->name, ask->title ? ask->title : r->title, FIGURE_COLUMN, w);
    if (!st) {
        st = write_figure(&c, kind, &one, w);
        if (st) {
            figure_drop(&one);
        } else {
            st = figure_draw(&one, f, w);
        }
    }
    chart_release(&c);
    return st;
}

/* ---- the figures of the scenario ------------------------------------------------------------ */

static const char *text_or_null(struct arena *a, const struct query *q, int column)
{
    return query_is_null(q, column) || !*query_text(q, column)
               ? NULL
               : arena_text(a, query_text(q, column));
}

static enum status read_where(struct runs *r, struct study_figure *ask, struct why *w)
{
    struct query q;
    enum status st = query_ask(
        &q, r->db, "SELECT name, value FROM main.figure_where WHERE figure = ?1 ORDER BY rowid",
        ask->name, w);
    if (st)
        return st;
    while (ask->wheres < STUDY_WHERE_MOST && query_next(&q)) {
        struct study_where *one = &ask->where[ask->wheres++];
        one->parameter = arena_text(&r->arena, query_text(&q, 0));
        one->value = arena_text(&r->arena, query_text(&q, 1));
    }
    return query_end(&q, w);
}

/* The figure at `position`; no name: there are no more. */
static enum status read_figure(struct runs *r, size_t position, struct study_figure *ask,
                               struct why *w)
{
    struct query q;
    char sql[200];
    struct arena *a = &r->arena;
    *ask = (struct study_figure){.name = NULL};
    (void)snprintf(
        sql, sizeof sql,
        "SELECT name, kind, plot, x, y, lines, statistic, above, steady, title, log_x, "
        "label_x, label_y, label_lines, label_value, log_value FROM main.figure WHERE position = %zu",
        position);
    enum status st = query_ask(&q, r->db, sql, NULL, w);
    if (st)
        return st;
    if (query_next(&q)) {
        ask->name = arena_text(a, query_text(&q, 0));
        ask->kind = arena_text(a, query_text(&q, 1));
        ask->plot = arena_text(a, query_text(&q, 2));
        ask->x = text_or_null(a, &q, 3);
        ask->y = text_or_null(a, &q, 4);
        ask->lines = text_or_null(a, &q, 5);
        ask->statistic = text_or_null(a, &q, 6);
        ask->above = query_number(&q, 7);
        ask->steady = query_integer(&q, 8) != 0;
        ask->title = text_or_null(a, &q, 9);
        ask->log_x = query_integer(&q, 10) != 0;
        ask->log_value = query_integer(&q, 15) != 0;
        ask->labels = (struct study_labels){.x = text_or_null(a, &q, 11),
                                            .y = text_or_null(a, &q, 12),
                                            .lines = text_or_null(a, &q, 13),
                                            .value = text_or_null(a, &q, 14)};
    }
    st = query_end(&q, w);
    return st || !ask->name ? st : read_where(r, ask, w);
}

static enum status draw_all(struct figures *f, struct runs *r, struct why *w)
{
    struct study_figure ask;
    for (size_t k = 0;; k++) {
        enum status st = read_figure(r, k, &ask, w);
        if (!st && !ask.name)
            return k ? ST_OK
                     : why_set(w, ST_MISSING,
                               "the scenario of this sweep names no `figures`; draw one with "
                               "--metric and --x");
        if (!st)
            st = draw(f, r, &ask, w);
        if (st)
            return st == ST_IO ? st : why_within(w, st, "figure %.60s", ask.name);
    }
}

enum status study_draw(struct figures *f, struct sqlite3 *db, struct why *w)
{
    struct runs r;
    enum status st = runs_open(&r, db, w);
    if (!st)
        st = draw_all(f, &r, w);
    runs_close(&r);
    return st;
}

enum status study_draw_one(struct figures *f, struct sqlite3 *db, const struct study_figure *ask,
                           struct why *w)
{
    struct runs r;
    enum status st = runs_open(&r, db, w);
    if (!st)
        st = draw(f, &r, ask, w);
    runs_close(&r);
    return st;
}
