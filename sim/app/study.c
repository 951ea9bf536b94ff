#define _XOPEN_SOURCE 700 /* realpath */
#include "sim/app/study.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/version.h"
#include "sim/base/path.h"
#include "sim/base/rng.h"
#include "sim/batch/store.h"

/* ---- one run ------------------------------------------------------------------------------- */

/* A file of an input as a scenario names it. */
static const char *name_from_folder(const struct study *s, const char *path, struct arena *arena)
{
    const char *folder = path_folder(s->file, arena);
    size_t n = strlen(folder);
    if (n && !strncmp(path, folder, n) && path[n] == '/')
        return path + n + 1;
    char *whole = n ? realpath(path, NULL) : NULL; /* of a scenario in another folder */
    const char *name = whole ? arena_text(arena, whole) : path;
    free(whole);
    return name;
}

/* Where in its trace a run begins: the same for all points, by the name of the file, so that files
 * can be added. */
static sim_time shift_of(const struct study *s, const struct plan_run *run)
{
    const struct replicate_config *how = &s->scenario.sweep.replicate;
    char name[400];
    const struct rng_seed seed = rng_seed_of((uint64_t)s->scenario.general.seed, run->seed);
    (void)snprintf(name, sizeof name, "replicate.%.100s.%.250s", how->over,
                   path_name(s->unit_file[run->unit]));
    struct rng r = rng_stream(&seed, name);
    return rng_uniform(&r, 0, how->shift);
}

size_t study_sets(const struct study *s, const struct plan_run *run, const char ***set,
                  struct arena *arena)
{
    const struct replicate_config *how = &s->scenario.sweep.replicate;
    const char **list = arena_take(arena, (s->set.n + s->plan.parameters + 3) * sizeof *list);
    size_t n = 0;
    for (; n < s->set.n; n++)
        list[n] = s->set.text[n];
    for (size_t k = 0; k < s->plan.parameters; k++)
        list[n++] = arena_format(arena, "%s=%s", s->plan.parameter[k].path,
                                 plan_yaml(&s->plan, run->point, k));
    if (s->unit_file)
        list[n++] = arena_format(arena, "inputs.\"%s\".file=\"%s\"", how->over,
                                 name_from_folder(s, s->unit_file[run->unit], arena));
    if (s->unit_file && how->shift)
        list[n++] = arena_format(arena, "inputs.\"%s\".skip=%lld ns", how->over,
                                 (long long)shift_of(s, run));
    list[n++] = arena_format(arena, "general.replication=%zu", run->seed);
    *set = list;
    return n;
}

/* The identity is that of seed 0, where the trace of seed 0 begins; the other seeds follow from it.
 */
static size_t slot_of(const struct study *s, const struct plan_run *run)
{
    return run->point * s->plan.units + run->unit;
}

void study_key(const struct study *s, const struct plan_run *run, char key[HASH_TEXT])
{
    const struct identity *id = &s->identity[slot_of(s, run)];
    identity_run_key(id, (int64_t)run->seed, key);
}

void study_whole_key(const struct study *s, char key[HASH_TEXT])
{
    struct hash *h = hash_new();
    uint8_t sum[HASH_BYTES];
    struct plan_run run = {.number = SIZE_MAX};
    while (plan_next(&s->plan, &run)) {
        char one[HASH_TEXT];
        study_key(s, &run, one);
        hash_add(h, one, sizeof one);
    }
    hash_done(h, sum);
    hash_free(h);
    hash_text(sum, key);
}

const char *study_describe(const struct study *s, const struct plan_run *run, struct arena *arena)
{
    struct key_pair value[PLAN_PARAMETERS];
    const char *text = "";
    plan_values(&s->plan, run->point, value);
    for (size_t k = 0; k < s->plan.parameters; k++)
        text = arena_format(arena, "%s%s = %s, ", text, value[k].name, value[k].value);
    if (s->unit_file)
        text = arena_format(arena, "%s%s, ", text, s->unit_file[run->unit]);
    return arena_format(arena, "%sseed %zu", text, run->seed);
}

/* ---- what it refers to --------------------------------------------------------------------- */

struct checking {
    const struct scenario *scenario;
    const struct yaml_node *root;
    const struct plan *plan;
    struct arena *arena;
    struct complaints *c;
};

static const char *suggest_parameter(const struct checking *k, const char *wrong)
{
    struct suggestion near = suggest_for(wrong);
    for (size_t j = 0; j < k->plan->parameters; j++)
        suggest_try(&near, k->plan->parameter[j].path);
    return near.best ? arena_format(k->arena, "; did you mean '%s'?", near.best) : "";
}

/* A parameter that a figure or a comparison names. */
static const struct plan_parameter *need_parameter(const struct checking *k, const char *at,
                                                   const char *name)
{
    const struct plan_parameter *p = plan_find(k->plan, name);
    if (!p)
        complain_path(k->c, k->root, at, "the sweep does not vary '%.100s'%s", name,
                      suggest_parameter(k, name));
    return p;
}

static void check_pairs(const struct checking *k, const char *at, const struct key_list *pairs)
{
    const struct key_pair *pair = pairs->items;
    for (size_t j = 0; j < pairs->n; j++) {
        const struct plan_parameter *p = need_parameter(k, at, pair[j].name);
        bool known = false;
        for (size_t v = 0; p && v < p->n; v++)
            known |= !strcmp(p->value[v], pair[j].value);
        if (p && !known)
            complain_path(k->c, k->root, at, "'%.80s' is never '%.80s' in the sweep", pair[j].name,
                          pair[j].value);
    }
}

static void check_above(const struct checking *k, const struct figure_config *f, const char *at)
{
    double number;
    int64_t ns;
    struct why w;
    bool share = f->statistic == FIGURE_SHARE;
    if (share != (f->above != NULL)) {
        complain_path(k->c, k->root, at,
                      share ? "statistic share needs `above`, a threshold"
                            : "`above` goes with statistic share");
    } else if (share && units_real(f->above, &number, &w) && units_time(f->above, &ns, &w)) {
        complain_path(k->c, k->root, at, "above: '%.60s' is neither a number nor a time", f->above);
    }
}

static void check_steady(const struct checking *k, const struct figure_config *f, const char *at)
{
    size_t n = strlen(f->plot);
    if (!f->steady)
        return;
    if (strncmp(f->plot, "flow.", 5) != 0 || n < 13 ||
        strcmp(f->plot + n - 13, "delay_mean_ns") != 0)
        complain_path(k->c, k->root, at,
                      "steady goes with a metric flow.NAME.up|down.delay_mean_ns");
    if (!store_keeps(&k->scenario->sweep, STUDY_KEEP_PACKETS))
        complain_path(k->c, k->root, at, "steady needs `sweep: {keep: packets}`");
}

static size_t place_of(const struct plan_parameter *p, const char *value)
{
    size_t v = 0;
    while (v < p->n && strcmp(p->value[v], value) != 0)
        v++;
    return v;
}

static bool is_shown(const struct plan *p, const struct key_pair *value,
                     const struct key_list *where)
{
    const struct key_pair *pair = where->items;
    bool shown = true;
    for (size_t j = 0; j < where->n; j++) {
        const struct plan_parameter *of = plan_find(p, pair[j].name);
        shown &= !of || !strcmp(value[of - p->parameter].value, pair[j].value);
    }
    return shown;
}

/* Two points at one place of the figure, which would be pooled: a parameter that parts them. */
static const struct plan_parameter *pooled(const struct checking *k, const struct figure_config *f)
{
    const struct plan *p = k->plan;
    const struct plan_parameter *axis[] = {plan_find(p, f->x ? f->x : ""),
                                           plan_find(p, f->y ? f->y : ""),
                                           plan_find(p, f->lines ? f->lines : "")};
    struct key_pair value[PLAN_PARAMETERS];
    struct key_pair other[PLAN_PARAMETERS];
    size_t cells = 1;
    for (size_t j = 0; j < 3; j++)
        cells *= axis[j] ? axis[j]->n + 1 : 1;
    size_t *seen = arena_take(k->arena, cells * sizeof *seen); /* a point's number + 1 */
    for (size_t point = 0; point < p->points; point++) {
        size_t cell = 0;
        plan_values(p, point, value);
        if (!is_shown(p, value, &f->where))
            continue;
        for (size_t j = 0; j < 3; j++) {
            if (axis[j])
                cell = cell * (axis[j]->n + 1) +
                       place_of(axis[j], value[axis[j] - p->parameter].value);
        }
        if (!seen[cell]) {
            seen[cell] = point + 1;
            continue;
        }
        plan_values(p, seen[cell] - 1, other);
        for (size_t j = 0; j < p->parameters; j++) {
            if (strcmp(value[j].value, other[j].value) != 0)
                return &p->parameter[j];
        }
    }
    return NULL;
}

/* As the drawing would refuse it, before anything has run. */
static void check_pooling(const struct checking *k, const struct figure_config *f, const char *at)
{
    const struct plan_parameter *p = k->c->n ? NULL : pooled(k, f);
    if (p)
        complain_path(k->c, k->root, at,
                      "the sweep varies '%.100s' too, which is neither x%s nor lines; keep one "
                      "value of it with where: {%.100s: %.60s}",
                      p->path, f->kind == FIGURE_HEAT ? ", y" : "", p->path, p->value[0]);
}

static void check_figure(const struct checking *k, const struct figure_config *f)
{
    const char *at = arena_format(k->arena, "figures.%.60s", f->name);
    const char *const named[] = {f->x, f->y, f->lines};
    for (size_t j = 0; j < 3; j++) {
        if (named[j])
            (void)need_parameter(k, at, named[j]);
    }
    check_pairs(k, at, &f->where);
    if (!f->x && f->kind != FIGURE_DISTRIBUTION)
        complain_path(k->c, k->root, at, "needs x, a parameter");
    if ((f->kind == FIGURE_HEAT) != (f->y != NULL))
        complain_path(k->c, k->root, at,
                      f->y ? "y goes with kind heat" : "kind heat needs y, a parameter");
    if (f->kind == FIGURE_HEAT && f->lines)
        complain_path(k->c, k->root, at, "a heat map has x and y, and no lines");
    if (f->x && ((f->y && !strcmp(f->x, f->y)) || (f->lines && !strcmp(f->x, f->lines))))
        complain_path(k->c, k->root, at, "x is '%.100s', and so is the other", f->x);
    if (f->kind == FIGURE_DIFFERENCE && !k->scenario->sweep.compare.given)
        complain_path(k->c, k->root, at,
                      "kind difference needs `sweep: {compare: {baseline: ...}}`");
    if (f->log_x && f->kind != FIGURE_LINES)
        complain_path(k->c, k->root, at, "log_x goes with kind lines");
    if (f->log_value && f->kind != FIGURE_LINES && f->kind != FIGURE_BARS)
        complain_path(k->c, k->root, at, "log_value goes with kinds lines and bars");
    if (f->labels.y && f->kind != FIGURE_HEAT)
        complain_path(k->c, k->root, at,
                      "labels.y goes with kind heat; labels.value is for the metric");
    check_above(k, f, at);
    check_steady(k, f, at);
    check_pooling(k, f, at);
}

static void check_replicate(const struct checking *k)
{
    const struct replicate_config *r = &k->scenario->sweep.replicate;
    const struct input_config *in =
        r->over ? SCENARIO_FIND(k->scenario->inputs, struct input_config, r->over) : NULL;
    if (in && in->files.n == 0)
        complain_path(k->c, k->root, "sweep.replicate.over",
                      "input '%.60s' has no `files` to replicate over", r->over);
    if (in && in->up)
        complain_path(k->c, k->root, "sweep.replicate.over",
                      "input '%.60s' has a file `up`: pairs of files cannot be replicated over",
                      r->over);
    if (r->shift && !r->over)
        complain_path(k->c, k->root, "sweep.replicate.shift", "goes with `over`, an input");
    if (r->until.given && r->over)
        complain_path(k->c, k->root, "sweep.replicate.until",
                      "adds seeds, which are no independent samples over the files of '%.60s'",
                      r->over);
}

static void check_keep(const struct checking *k)
{
    const char *const *word = k->scenario->sweep.keep.items;
    for (size_t j = 0; j < k->scenario->sweep.keep.n; j++) {
        bool known = false;
        for (int w = 0; w < STUDY_KEEPS; w++)
            known |= !strcmp(word[j], study_keep_words[w]);
        if (!known)
            complain_path(k->c, k->root, "sweep.keep",
                          "'%.60s' is none of: packets, events, series", word[j]);
    }
}

static void check_all(const struct checking *k)
{
    const struct sweep_config *sweep = &k->scenario->sweep;
    const struct figure_config *f = KEY_ITEMS(k->scenario->figures, struct figure_config);
    check_replicate(k);
    check_keep(k);
    if (sweep->compare.given && sweep->compare.baseline.n != 1)
        complain_path(k->c, k->root, "sweep.compare.baseline", "is one parameter and its value");
    check_pairs(k, "sweep.compare.baseline", &sweep->compare.baseline);
    for (size_t j = 0; j < k->scenario->figures.n; j++)
        check_figure(k, &f[j]);
}

static size_t units_of(const struct scenario *s)
{
    const char *over = s->sweep.replicate.over;
    const struct input_config *in =
        over ? SCENARIO_FIND(s->inputs, struct input_config, over) : NULL;
    return in ? in->files.n : 0;
}

void study_check(const struct scenario *scenario, const struct yaml_node *root, struct arena *arena,
                 struct complaints *c)
{
    struct plan plan;
    plan_make(&plan, &scenario->sweep, units_of(scenario), root, arena, c);
    const struct checking k = {scenario, root, &plan, arena, c};
    if (c->n == 0)
        check_all(&k);
}

/* ---- loading ------------------------------------------------------------------------------- */

/* The scenario of a point is read and hashed. What is wrong with it has been said. */
static bool try_point(struct study *s, const struct plan_run *run)
{
    struct arena arena = {0};
    struct scenario one;
    struct yaml_node *root;
    const char **set;
    struct why w;
    struct complaints *trial = calloc(1, sizeof *trial);
    assert(trial);
    size_t n = study_sets(s, run, &set, &arena);
    bool good = scenario_load(s->file, set, n, &arena, &one, &root, trial);
    complaints_print(trial, stderr);
    free(trial);
    if (!good) {
        (void)fprintf(stderr, "error: cannot be run with %s\n", study_describe(s, run, &arena));
    } else if (identity_of(&s->identity[slot_of(s, run)], &one, s->file, version_git(), &s->files,
                           &w)) {
        (void)fprintf(stderr, "error: %s\n", w.text);
        good = false;
    }
    arena_release(&arena);
    return good;
}

static bool try_points(struct study *s)
{
    s->identity = arena_take(&s->arena, (s->plan.points * s->plan.units + 1) * sizeof *s->identity);
    for (size_t point = 0; point < s->plan.points; point++) {
        for (size_t unit = 0; unit < s->plan.units; unit++) {
            const struct plan_run run = {.point = point, .unit = unit};
            if (!try_point(s, &run))
                return false;
        }
    }
    return true;
}

bool study_load(struct study *s, const char *file, const struct cli_texts *set)
{
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    *s = (struct study){.file = file, .set = *set};
    bool good = scenario_load(file, set->text, set->n, &s->arena, &s->scenario, &s->root, c);
    if (good) {
        const char *over = s->scenario.sweep.replicate.over;
        plan_make(&s->plan, &s->scenario.sweep, units_of(&s->scenario), s->root, &s->arena, c);
        if (over && units_of(&s->scenario))
            s->unit_file =
                SCENARIO_FIND(s->scenario.inputs, struct input_config, over)->files.items;
    }
    const struct checking k = {&s->scenario, s->root, &s->plan, &s->arena, c};
    if (c->n == 0)
        check_all(&k);
    good &= c->n == 0;
    complaints_print(c, stderr);
    free(c);
    return good && try_points(s);
}

void study_release(struct study *s)
{
    identity_release(&s->files);
    arena_release(&s->arena);
}
