#include "sim/batch/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/effective.h"
#include "sim/batch/constraint.h"
#include "sim/batch/range.h"

/* ---- axes ---------------------------------------------------------------------------------- */

static const char *yaml_text(const struct yaml_node *n, struct arena *arena)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    effective_print_node(out, n);
    (void)fclose(out);
    const char *copy = arena_text(arena, text);
    free(text);
    return copy;
}

static bool read_list(struct plan_parameter *one, const struct yaml_node *list, const char *path,
                      struct arena *arena, struct complaints *c)
{
    one->n = list->n;
    one->value = arena_take(arena, one->n * sizeof *one->value);
    one->yaml = arena_take(arena, one->n * sizeof *one->yaml);
    for (size_t k = 0; k < one->n; k++) {
        const struct yaml_node *item = list->item[k];
        one->yaml[k] = yaml_text(item, arena);
        one->value[k] = item->kind == YAML_SCALAR ? item->text : one->yaml[k];
        for (size_t j = 0; j < k; j++) {
            if (!strcmp(one->value[j], one->value[k])) {
                complain(c, &list->item[k]->at, path, "'%.80s' is there twice", one->value[k]);
                return false;
            }
        }
    }
    return true;
}

static bool add_parameter(struct plan *p, const struct yaml_pair *pair, const char *section,
                          struct arena *arena, struct complaints *c)
{
    const struct yaml_node *value = pair->value;
    const char *path = arena_format(arena, "%s.%.200s", section, pair->key);
    if (plan_find(p, pair->key)) {
        complain(c, &pair->at, path, "is varied twice");
        return false;
    }
    if (p->parameters == PLAN_PARAMETERS) {
        complain(c, &pair->at, path, "at most %d parameters", PLAN_PARAMETERS);
        return false;
    }
    struct plan_parameter *one = &p->parameter[p->parameters];
    *one = (struct plan_parameter){.path = pair->key, .axis = p->axes, .at = pair->at};
    if (value->kind == YAML_MAP) {
        one->n = range_values(value, path, &one->value, arena, c);
        if (!one->n)
            return false;
    } else if (value->kind != YAML_LIST || value->n == 0) {
        complain(c, &value->at, path,
                 "needs a list of values such as [10 ms, 20 ms], or a range {from, to, step}");
        return false;
    } else if (!read_list(one, value, path, arena, c)) {
        return false;
    }
    p->parameters++;
    return true;
}

/* The parameter that was added last makes a new axis. */
static void count_axis(struct plan *p, const struct yaml_pair *pair, struct complaints *c)
{
    size_t n = p->parameter[p->parameters - 1].n;
    p->axes++;
    if (p->combinations > PLAN_RUNS_MAX / n) {
        complain(c, &pair->at, "sweep", "more than %d runs", PLAN_RUNS_MAX);
        return;
    }
    p->combinations *= n;
}

static void add_together(struct plan *p, const struct yaml_node *map, const char *section,
                         struct arena *arena, struct complaints *c)
{
    size_t first = p->parameters;
    if (map->kind != YAML_MAP || map->n == 0) {
        complain(c, &map->at, section, "is not a map of paths to lists of values");
        return;
    }
    for (size_t k = 0; k < map->n; k++) {
        if (!add_parameter(p, &map->pair[k], section, arena, c))
            return;
        const struct plan_parameter *one = &p->parameter[p->parameters - 1];
        if (one->n != p->parameter[first].n) {
            complain(c, &map->pair[k].value->at, section,
                     "'%.80s' has %zu values and '%.80s' %zu: those in lock-step have equally many",
                     one->path, one->n, p->parameter[first].path, p->parameter[first].n);
            return;
        }
    }
    count_axis(p, &map->pair[0], c);
}

static void add_axes(struct plan *p, const struct sweep_config *sweep, struct arena *arena,
                     struct complaints *c)
{
    const struct yaml_node *map = sweep->parameters;
    const struct yaml_node *list = sweep->together;
    if (map && map->kind != YAML_MAP)
        complain(c, &map->at, "sweep.parameters", "is not a map of paths to lists of values");
    for (size_t k = 0; map && map->kind == YAML_MAP && k < map->n; k++) {
        if (add_parameter(p, &map->pair[k], "sweep.parameters", arena, c))
            count_axis(p, &map->pair[k], c);
    }
    if (list && list->kind != YAML_LIST)
        complain(c, &list->at, "sweep.together", "is not a list of maps");
    for (size_t k = 0; list && list->kind == YAML_LIST && k < list->n; k++)
        add_together(p, list->item[k], arena_format(arena, "sweep.together.%zu", k), arena, c);
}

const struct plan_parameter *plan_find(const struct plan *p, const char *path)
{
    for (size_t k = 0; k < p->parameters; k++) {
        if (!strcmp(p->parameter[k].path, path))
            return &p->parameter[k];
    }
    return NULL;
}

/* ---- points -------------------------------------------------------------------------------- */

/* Which value each parameter has. */
static void indices_of(const struct plan *p, size_t combination, size_t at[PLAN_PARAMETERS])
{
    size_t rest = combination;
    for (size_t k = p->parameters; k-- > 0;) { /* the last axis varies fastest */
        const struct plan_parameter *one = &p->parameter[k];
        if (k + 1 < p->parameters && one->axis == p->parameter[k + 1].axis) {
            at[k] = at[k + 1];
        } else {
            at[k] = rest % one->n;
            rest /= one->n;
        }
    }
}

static void values_of(const struct plan *p, size_t combination,
                      struct key_pair value[PLAN_PARAMETERS])
{
    size_t at[PLAN_PARAMETERS];
    indices_of(p, combination, at);
    for (size_t k = 0; k < p->parameters; k++)
        value[k] = (struct key_pair){p->parameter[k].path, p->parameter[k].value[at[k]]};
}

void plan_values(const struct plan *p, size_t point, struct key_pair value[PLAN_PARAMETERS])
{
    values_of(p, p->combination[point], value);
}

const char *plan_yaml(const struct plan *p, size_t point, size_t parameter)
{
    const struct plan_parameter *one = &p->parameter[parameter];
    size_t at[PLAN_PARAMETERS];
    indices_of(p, p->combination[point], at);
    return one->yaml ? one->yaml[at[parameter]] : one->value[at[parameter]];
}

static bool is_wanted(const struct plan *p, size_t combination, const struct sweep_config *sweep,
                      const struct yaml_node *root, struct complaints *c)
{
    const char *const *constraint = sweep->constraint.items;
    struct key_pair value[PLAN_PARAMETERS];
    bool wanted = true;
    struct why w;
    values_of(p, combination, value);
    for (size_t k = 0; k < sweep->constraint.n && wanted; k++) {
        if (constraint_ask(constraint[k], value, p->parameters, &wanted, &w)) {
            complain_path(c, root, "sweep.constraint", "'%.120s': %s", constraint[k], w.text);
            return false;
        }
    }
    return wanted;
}

static void choose_points(struct plan *p, const struct sweep_config *sweep,
                          const struct yaml_node *root, struct arena *arena, struct complaints *c)
{
    p->combination = arena_take(arena, p->combinations * sizeof *p->combination);
    for (size_t k = 0; k < p->combinations && !c->n; k++) {
        if (is_wanted(p, k, sweep, root, c))
            p->combination[p->points++] = (uint32_t)k;
    }
    if (!p->points && !c->n)
        complain_path(c, root, "sweep.constraint", "lets no combination through");
}

void plan_make(struct plan *p, const struct sweep_config *sweep, size_t units,
               const struct yaml_node *root, struct arena *arena, struct complaints *c)
{
    *p = (struct plan){.combinations = 1, .units = units ? units : 1};
    add_axes(p, sweep, arena, c);
    if (c->n)
        return;
    choose_points(p, sweep, root, arena, c);
    p->seeds = arena_take(arena, (p->points + 1) * sizeof *p->seeds);
    for (size_t k = 0; k < p->points; k++)
        p->seeds[k] = (size_t)sweep->replicate.seeds;
    if (plan_runs(p) > PLAN_RUNS_MAX)
        complain_path(c, root, "sweep", "more than %d runs", PLAN_RUNS_MAX);
}

/* ---- runs ---------------------------------------------------------------------------------- */

size_t plan_runs(const struct plan *p)
{
    size_t n = 0;
    for (size_t k = 0; k < p->points; k++)
        n += p->seeds[k] * p->units;
    return n;
}

struct plan_run plan_run(const struct plan *p, size_t number)
{
    struct plan_run r = {.number = number};
    size_t rest = number;
    while (rest >= p->seeds[r.point] * p->units)
        rest -= p->seeds[r.point++] * p->units;
    r.unit = rest / p->seeds[r.point];
    r.seed = rest % p->seeds[r.point];
    return r;
}

bool plan_next(const struct plan *p, struct plan_run *at)
{
    if (at->number == SIZE_MAX) {
        *at = (struct plan_run){.number = 0};
        return p->points > 0;
    }
    at->number++;
    if (++at->seed < p->seeds[at->point])
        return true;
    at->seed = 0;
    if (++at->unit < p->units)
        return true;
    at->unit = 0;
    return ++at->point < p->points;
}
