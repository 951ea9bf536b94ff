#include "analysis/caption.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/steady.h"

/* Parts of one text, with "; " between them. */
struct words {
    char *text;
    size_t size;
};

static void say(const struct words *to, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void say(const struct words *to, const char *fmt, ...)
{
    va_list ap;
    size_t n = strlen(to->text);
    if (n && n + 2 < to->size) {
        (void)strcat(to->text, "; ");
        n += 2;
    }
    va_start(ap, fmt);
    (void)vsnprintf(to->text + n, to->size - n, fmt, ap);
    va_end(ap);
}

/* From the least to the most over all points that have runs. */
struct span {
    size_t least;
    size_t most;
};

static void widen(struct span *s, size_t n)
{
    s->least = !s->most || n < s->least ? n : s->least;
    s->most = n > s->most ? n : s->most;
}

static const char *span_text(const struct span *s, char *out, size_t size)
{
    if (s->least == s->most) {
        (void)snprintf(out, size, "%zu", s->least);
    } else {
        (void)snprintf(out, size, "%zu to %zu", s->least, s->most);
    }
    return out;
}

/* What one independent sample is: "seeds", or "drives" of an input `drive`. */
static void unit_text(const struct runs *r, const struct span *n, char *out, size_t size)
{
    const char *unit = *r->unit ? r->unit : "seed";
    bool plural = n->most > 1 && unit[strlen(unit) - 1] != 's';
    (void)snprintf(out, size, "%s%s", unit, plural ? "s" : "");
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* How many runs the units of a point have. */
static void widen_members(struct span *s, struct point *p)
{
    size_t first = 0;
    int64_t *unit = malloc((p->runs + 1) * sizeof *unit);
    if (!unit)
        return;
    memcpy(unit, p->unit, p->runs * sizeof *unit);
    qsort(unit, p->runs, sizeof *unit, by_number);
    for (size_t k = 1; k <= p->runs; k++) {
        if (k == p->runs || unit[k] != unit[first]) {
            widen(s, k - first);
            first = k;
        }
    }
    free(unit);
}

static void say_samples(const struct words *to, const struct chart *c, const struct kind *kind)
{
    struct span n = {0, 0};
    struct span each = {0, 0};
    struct span runs = {0, 0};
    char text[2][48];
    char unit[80];
    bool pairs = kind == &kind_difference;
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        struct point *p = &c->point[k];
        if (!p->runs)
            continue;
        widen(&n, p->samples);
        widen(&runs, p->runs);
        widen_members(&each, p);
    }
    if (!n.most) {
        say(to, "n = 0");
        return;
    }
    unit_text(c->runs, &n, unit, sizeof unit);
    const char *of_pairs = pairs ? n.most > 1 ? "pairs of " : "pair of " : "";
    if (!c->clustered) {
        say(to, "n = %s %s%s", span_text(&n, text[0], sizeof text[0]), of_pairs, unit);
    } else if (kind->needs & KIND_ESTIMATES) {
        say(to, "n = %s %s%s of %s seed%s each", span_text(&n, text[0], sizeof text[0]), of_pairs,
            unit, span_text(&each, text[1], sizeof text[1]), each.most > 1 ? "s" : "");
    } else {
        say(to, "n = %s runs of %s %s", span_text(&runs, text[0], sizeof text[0]),
            span_text(&n, text[1], sizeof text[1]), unit);
    }
}

/* ---- the interval ------------------------------------------------------------------------- */

static void say_significance(const struct words *to, const struct chart *c)
{
    const struct runs *r = c->runs;
    say(to, "paired differences from %s = %s", r->baseline, r->baseline_value);
    if (!c->comparisons)
        return;
    say(to, "95 %% t interval");
    if (r->holm) {
        say(to, "* significant at 5 %% after Holm's correction of %zu comparison%s", c->comparisons,
            c->comparisons == 1 ? "" : "s");
    } else {
        say(to, "* significant at 5 %%, %zu comparison%s without correction", c->comparisons,
            c->comparisons == 1 ? "" : "s");
    }
}

static const char *interval_name(const struct chart *c, const struct kind *kind)
{
    if (kind == &kind_heat)
        return NULL; /* in the .csv only */
    if (c->statistic->of == OF_QUANTILE)
        return "interval of order statistics";
    return c->statistic->of == OF_SHARE && !c->clustered ? "Wilson interval" : "t interval";
}

static void say_few(const struct words *to, const struct chart *c, size_t without, size_t points)
{
    char needs[64] = "a mean needs 2";
    if (c->statistic->of == OF_SHARE)
        (void)snprintf(needs, sizeof needs, "a share of units needs 2");
    if (c->statistic->of == OF_QUANTILE)
        (void)snprintf(needs, sizeof needs, "a %s needs %zu", c->statistic->words,
                       stats_quantile_needs(c->statistic->p));
    if (without == points) {
        say(to, "no interval: too few samples (%s)", needs);
    } else {
        say(to, "no interval at %zu of %zu points: too few samples (%s)", without, points, needs);
    }
}

static void say_interval(const struct words *to, const struct chart *c, const struct kind *kind)
{
    size_t points = 0;
    size_t with = 0;
    size_t batches = 0;
    for (size_t k = 0; k < c->x.n * c->line.n; k++) {
        const struct point *p = &c->point[k];
        points += p->runs > 0;
        with += p->e.has_interval;
        batches += p->e.has_interval && p->samples == 1;
    }
    const char *name = interval_name(c, kind);
    if (kind == &kind_difference) {
        say_significance(to, c);
    } else if (with > batches && name) {
        say(to, "95 %% %s", name);
    }
    if (batches && kind != &kind_heat)
        say(to, "%s95 %% t interval of %d batch means", with > batches ? "of single runs " : "",
            STEADY_BATCHES);
    if (with < points && name)
        say_few(to, c, points - with, points);
}

/* ---- what was left out ----------------------------------------------------------------------- */

static void say_missing(const struct words *to, const struct chart *c)
{
    char parts[200] = "";
    const struct words left = {parts, sizeof parts};
    size_t valueless = c->missing - c->unsteady;
    if (c->failed)
        say(&left, "%zu failed", c->failed);
    if (valueless)
        say(&left, "%zu without a value", valueless);
    if (c->unsteady)
        say(&left, "%zu in which MSER-5 found no end of the warm-up", c->unsteady);
    if (*parts)
        say(to, "left out of %zu runs: %s", c->shown + c->failed + c->missing, parts);
}

static void say_unpaired(const struct words *to, const struct chart *c)
{
    size_t pairs = 0;
    for (size_t k = 0; k < c->x.n * c->line.n; k++)
        pairs += c->point[k].runs;
    if (pairs < c->shown)
        say(to, "%zu without a pair", c->shown - pairs);
}

void caption_write(const struct chart *c, const struct kind *kind, char *out, size_t size)
{
    const struct words to = {out, size};
    const struct study_figure *ask = c->ask;
    out[0] = '\0';
    for (size_t k = 0; k < ask->wheres; k++)
        say(&to, "%s = %s", ask->where[k].parameter, ask->where[k].value);
    say_samples(&to, c, kind);
    if (kind == &kind_box)
        say(&to, "box: quartiles; whiskers: within 1.5 interquartile ranges");
    if (kind->needs & KIND_ESTIMATES)
        say_interval(&to, c, kind);
    if (ask->steady)
        say(&to, "warm-up cut off by MSER-5");
    if (c->oracles)
        say(&to, "%s by oracle", c->oracles == c->shown ? "detection" : "some detection");
    if (c->timed) {
        say(&to, "processor time%s by profile %.60s%s", c->timed == c->shown ? "" : " of some runs",
            c->profile, c->profiles ? " and others" : "");
    }
    say_missing(&to, c);
    if (kind == &kind_difference)
        say_unpaired(&to, c);
    if (*c->runs->key)
        say(&to, "study %.12s", c->runs->key);
    say(&to, "monami %s", c->runs->version);
    wording_wrap(out, CAPTION_WIDTH);
}
