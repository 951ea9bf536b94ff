#include "analysis/chart.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/steady.h"
#include "traces/expect.h"

const struct statistic statistics[] = {
    {"mean", "mean", OF_MEAN, 0},
    {"median", "median", OF_QUANTILE, 0.5},
    {"p90", "90th percentile", OF_QUANTILE, 0.9},
    {"p95", "95th percentile", OF_QUANTILE, 0.95},
    {"p99", "99th percentile", OF_QUANTILE, 0.99},
    {"share", "share", OF_SHARE, 0},
    {.word = NULL},
};

bool statistic_is_median(const char *metric)
{
    char inside[400];
    (void)metric_inside(metric, inside, sizeof inside);
    return !strncmp(inside, "disruption.", 11);
}

static const struct statistic *choose_statistic(const struct study_figure *ask)
{
    const char *word = ask->statistic;
    const struct statistic *s = statistics;
    if (!word || !strcmp(word, "auto"))
        word = statistic_is_median(ask->plot) ? "median" : "mean";
    while (s->word && strcmp(s->word, word) != 0)
        s++;
    assert(s->word && "study_check() looked");
    return s;
}

/* ---- which runs ------------------------------------------------------------------------ */

static enum status choose_runs(struct chart *c, struct why *w)
{
    const struct study_figure *ask = c->ask;
    const struct runs *r = c->runs;
    bool difference = !strcmp(ask->kind, "difference");
    size_t left = 0;
    c->chosen = arena_take(&c->arena, (r->n + 1) * sizeof *c->chosen);
    for (size_t k = 0; k < r->n; k++)
        c->chosen[k] = true;
    for (size_t j = 0; j < ask->wheres + difference; j++) {
        bool base = j == ask->wheres; /* what is compared is all but the baseline */
        const struct runs_parameter *p;
        size_t value = 0;
        enum status st =
            runs_find_parameter(r, base ? r->baseline : ask->where[j].parameter, &p, w);
        if (!st)
            st = runs_find_value(p, base ? r->baseline_value : ask->where[j].value, &value, w);
        if (st)
            return st;
        for (size_t k = 0; k < r->n; k++)
            c->chosen[k] &= (p->of[k] == value) != base;
    }
    for (size_t k = 0; k < r->n; k++)
        left += c->chosen[k];
    if (!left)
        return why_set(w, ST_MISSING, "no run of the study has these values%s",
                       difference ? " and is not the baseline" : "");
    return ST_OK;
}

/* ---- axes ------------------------------------------------------------------------------- */

struct place {
    double at;
    size_t value;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Numbers of one kind along the axis. */
static void place_numbers(struct chart *c, struct axis *a)
{
    enum quantity_kind kind = quantity_of(a->n ? a->of->value[a->value[0]] : "").kind;
    struct place *place = arena_take(&c->arena, (a->n + 1) * sizeof *place);
    a->numeric = kind != QUANTITY_WORD;
    for (size_t k = 0; k < a->n && a->numeric; k++) {
        struct quantity q = quantity_of(a->of->value[a->value[k]]);
        a->numeric = q.kind == kind;
        place[k] = (struct place){q.value, a->value[k]};
        a->at[k] = q.value;
    }
    struct scale s = {1, ""};
    if (a->numeric) {
        s = wording_scale(kind, a->at, a->n);
        qsort(place, a->n, sizeof *place, by_place);
    }
    a->unit = s.unit;
    for (size_t k = 0; k < a->n; k++) {
        a->at[k] = a->numeric ? place[k].at / s.divisor : (double)k;
        if (a->numeric)
            a->value[k] = place[k].value;
    }
}

static void make_axis(struct chart *c, struct axis *a, const char *parameter)
{
    const struct runs_parameter *p = parameter ? runs_parameter(c->runs, parameter) : NULL;
    size_t most = p ? p->values : 1;
    *a = (struct axis){.of = p, .n = p ? 0 : 1, .unit = ""};
    a->value = arena_take(&c->arena, (most + 1) * sizeof *a->value);
    a->at = arena_take(&c->arena, (most + 1) * sizeof *a->at);
    for (size_t v = 0; p && v < p->values; v++) {
        for (size_t k = 0; k < c->runs->n; k++) {
            if (c->chosen[k] && p->of[k] == v) {
                a->value[a->n++] = v;
                break;
            }
        }
    }
    if (!p)
        return;
    place_numbers(c, a);
    const char **text = arena_take(&c->arena, (a->n + 1) * sizeof *text);
    for (size_t k = 0; k < a->n; k++)
        text[k] = p->value[a->value[k]];
    a->label = wording_labels(&c->arena, text, a->n);
}

/* ---- points ------------------------------------------------------------------------------ */

struct point *chart_point(const struct chart *c, size_t x, size_t line)
{
    return &c->point[x * c->line.n + line];
}

static size_t place_of(const struct axis *a, size_t run)
{
    size_t k = 0;
    while (a->of && k < a->n && a->value[k] != a->of->of[run])
        k++;
    return k;
}

/* A figure that pooled points of a sweep would show intervals that mean nothing. */
static enum status refuse_pooling(const struct chart *c, const size_t *point, struct why *w)
{
    const struct runs *r = c->runs;
    size_t points = c->x.n * c->line.n;
    size_t *seen = malloc(points * sizeof *seen);
    const struct runs_parameter *pooled = NULL;
    assert(seen);
    for (size_t j = 0; j < r->parameters && !pooled; j++) {
        const struct runs_parameter *p = &r->parameter[j];
        for (size_t k = 0; k < points; k++)
            seen[k] = RUNS_NO_VALUE;
        for (size_t k = 0; k < r->n && !pooled; k++) {
            if (!c->chosen[k])
                continue;
            if (seen[point[k]] != RUNS_NO_VALUE && seen[point[k]] != p->of[k])
                pooled = p;
            seen[point[k]] = p->of[k];
        }
    }
    free(seen);
    if (!pooled)
        return ST_OK;
    return why_set(
        w, ST_RANGE,
        "the sweep varies '%s' too, which is neither x%s nor lines; keep one value of it "
        "with where, as '%s=%.60s'",
        pooled->name, c->ask->y ? ", y" : "", pooled->name, pooled->value[0]);
}

static void count_run(struct chart *c, size_t run, const bool *unsteady)
{
    bool there = !isnan(c->value[run]);
    c->shown += there;
    c->failed += c->runs->run[run].failed;
    c->missing += !there && !c->runs->run[run].failed;
    c->unsteady += unsteady && unsteady[run];
    c->oracles += there && c->runs->run[run].oracle;
    if (there && strcmp(c->runs->run[run].processor, "zero") != 0) {
        c->profile = c->timed ? c->profile : c->runs->run[run].processor;
        c->profiles |= strcmp(c->profile, c->runs->run[run].processor) != 0;
        c->timed++;
    }
}

static void fill_points(struct chart *c, const size_t *of)
{
    size_t points = c->x.n * c->line.n;
    for (size_t k = 0; k < c->runs->n; k++) {
        if (c->chosen[k] && !isnan(c->value[k]))
            c->point[of[k]].runs++;
    }
    for (size_t k = 0; k < points; k++) {
        struct point *p = &c->point[k];
        p->run = arena_take(&c->arena, (p->runs + 1) * sizeof *p->run);
        p->value = arena_take(&c->arena, (p->runs + 1) * sizeof *p->value);
        p->unit = arena_take(&c->arena, (p->runs + 1) * sizeof *p->unit);
        p->runs = 0;
    }
    for (size_t k = 0; k < c->runs->n; k++) {
        struct point *p = &c->point[of[k]];
        if (!c->chosen[k])
            continue;
        if (isnan(c->value[k])) {
            p->missing++;
            continue;
        }
        p->run[p->runs] = k;
        p->unit[p->runs] = c->runs->run[k].unit;
        p->value[p->runs++] = c->value[k] / c->scale.divisor;
    }
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool has_twice(const int64_t *unit, size_t n)
{
    bool twice = false;
    int64_t *sorted = malloc((n + 1) * sizeof *sorted);
    assert(sorted);
    memcpy(sorted, unit, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_number);
    for (size_t k = 1; k < n && !twice; k++)
        twice = sorted[k] == sorted[k - 1];
    free(sorted);
    return twice;
}

/* ---- estimates ---------------------------------------------------------------------------- */

size_t chart_samples(const struct chart *c, const struct point *p, const double *value, double *out)
{
    if (c->clustered)
        return stats_by_unit(value, p->unit, p->runs, c->statistic->of == OF_QUANTILE, out);
    memcpy(out, value, p->runs * sizeof *out);
    return p->runs;
}

static void as_percent(struct estimate *e)
{
    e->low = fmax(0, e->low) * 100;
    e->high = fmin(1, e->high) * 100;
    e->value *= 100;
}

static struct estimate estimate_share(const struct chart *c, const struct point *p, double *sample)
{
    double *above = malloc((p->runs + 1) * sizeof *above);
    size_t successes = 0;
    assert(above);
    for (size_t k = 0; k < p->runs; k++) {
        bool is = c->value[p->run[k]] > c->ask->above;
        above[k] = is;
        successes += is;
    }
    struct estimate e = c->clustered ? stats_mean(sample, chart_samples(c, p, above, sample))
                                     : stats_wilson(successes, p->runs);
    free(above);
    as_percent(&e);
    return e;
}

/* Nothing is beyond none and all. */
static void clip(const struct chart *c, struct estimate *e)
{
    if (metric_unit(c->ask->plot) != METRIC_SHARE)
        return;
    e->low = fmax(e->low, 0);
    e->high = fmin(e->high, 1 / c->scale.divisor);
}

static struct estimate estimate_point(const struct chart *c, struct point *p)
{
    if (!p->runs)
        return (struct estimate){.value = (double)NAN};
    if (c->batch && p->runs == 1 && !p->missing) { /* the only replication */
        p->samples = 1;
        struct estimate e = c->batch[p->run[0]];
        e.value /= c->scale.divisor;
        e.low /= c->scale.divisor;
        e.high /= c->scale.divisor;
        return e;
    }
    double *sample = malloc((p->runs + 1) * sizeof *sample);
    struct estimate e;
    assert(sample);
    if (c->statistic->of == OF_SHARE) {
        e = estimate_share(c, p, sample);
    } else {
        size_t n = chart_samples(c, p, p->value, sample);
        e = c->statistic->of == OF_MEAN ? stats_mean(sample, n)
                                        : stats_quantile(sample, n, c->statistic->p);
        clip(c, &e);
    }
    free(sample);
    p->samples = e.n;
    return e;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static enum status ask_values(struct chart *c, bool **unsteady, struct why *w)
{
    struct runs *r = c->runs;
    c->value = arena_take(&c->arena, (r->n + 1) * sizeof *c->value);
    *unsteady = NULL;
    if (!c->ask->steady)
        return runs_metric(r, c->ask->plot, c->value, w);
    c->batch = arena_take(&c->arena, (r->n + 1) * sizeof *c->batch);
    *unsteady = arena_take(&c->arena, (r->n + 1) * sizeof **unsteady);
    return steady_delays(r, c->ask->plot, c->value, c->batch, *unsteady, w);
}

static void set_scale(struct chart *c)
{
    double *shown = malloc((c->runs->n + 1) * sizeof *shown);
    size_t n = 0;
    assert(shown);
    for (size_t k = 0; k < c->runs->n; k++) {
        if (c->chosen[k])
            shown[n++] = c->value[k];
    }
    c->scale = wording_metric_scale(c->ask->plot, shown, n);
    free(shown);
}

enum status chart_make(struct chart *c, struct runs *r, const struct study_figure *ask,
                       struct why *w)
{
    bool *unsteady;
    *c = (struct chart){.runs = r, .ask = ask, .statistic = choose_statistic(ask)};
    enum status st = choose_runs(c, w);
    if (st)
        return st;
    make_axis(c, &c->x, ask->x);
    make_axis(c, &c->line, ask->y ? ask->y : ask->lines);
    size_t points = c->x.n * c->line.n;
    size_t *of = arena_take(&c->arena, (r->n + 1) * sizeof *of);
    c->point = arena_take(&c->arena, (points + 1) * sizeof *c->point);
    for (size_t k = 0; k < r->n; k++) {
        size_t x = place_of(&c->x, k);
        size_t line = place_of(&c->line, k);
        c->chosen[k] &= x < c->x.n && line < c->line.n;
        of[k] = c->chosen[k] ? x * c->line.n + line : 0;
    }
    st = refuse_pooling(c, of, w);
    if (!st)
        st = ask_values(c, &unsteady, w);
    if (st)
        return st;
    for (size_t k = 0; k < r->n; k++) {
        if (c->chosen[k])
            count_run(c, k, unsteady);
    }
    if (!c->shown && !c->unsteady)
        return why_set(w, ST_MISSING, "no run of it has a value of '%s'", ask->plot);
    set_scale(c);
    fill_points(c, of);
    for (size_t k = 0; k < points; k++)
        c->clustered |= has_twice(c->point[k].unit, c->point[k].runs);
    for (size_t k = 0; k < points; k++)
        c->point[k].e = estimate_point(c, &c->point[k]);
    return ST_OK;
}

void chart_release(struct chart *c)
{
    arena_release(&c->arena);
}

const char *chart_line_name(const struct chart *c, size_t line)
{
    return c->line.of ? c->line.label[line] : c->ask->plot;
}
