#include "sim/batch/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/effective.h"

static const char *value_text(const struct yaml_node *n, struct arena *arena)
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

static void add_parameter(struct plan *p, const struct yaml_pair *pair, struct arena *arena,
                          struct complaints *c)
{
    const char *path = arena_format(arena, "sweep.parameters.%.200s", pair->key);
    if (pair->value->kind != YAML_LIST || pair->value->n == 0) {
        complain(c, &pair->value->at, path, "needs a list of values such as [10 ms, 20 ms]");
        return;
    }
    if (p->parameters == PLAN_PARAMETERS) {
        complain(c, &pair->at, path, "at most %d parameters", PLAN_PARAMETERS);
        return;
    }
    struct plan_parameter *one = &p->parameter[p->parameters++];
    *one = (struct plan_parameter){.path = pair->key, .n = pair->value->n};
    one->value = arena_take(arena, one->n * sizeof *one->value);
    for (size_t k = 0; k < one->n; k++)
        one->value[k] = value_text(pair->value->item[k], arena);
    if (p->points > PLAN_RUNS_MAX / one->n) {
        complain(c, &pair->at, path, "more than %d runs", PLAN_RUNS_MAX);
        return;
    }
    p->points *= one->n;
}

void plan_make(struct plan *p, const struct yaml_node *parameters, size_t replications,
               struct arena *arena, struct complaints *c)
{
    *p = (struct plan){.replications = replications, .points = 1};
    if (parameters && parameters->kind != YAML_MAP) {
        complain(c, &parameters->at, "sweep.parameters",
                 "is not a map of paths to lists of values");
    }
    for (size_t k = 0; parameters && parameters->kind == YAML_MAP && k < parameters->n; k++)
        add_parameter(p, &parameters->pair[k], arena, c);
    p->runs = p->points * replications;
    if (p->runs > PLAN_RUNS_MAX && parameters)
        complain(c, &parameters->at, "sweep", "more than %d runs", PLAN_RUNS_MAX);
}

size_t plan_values(const struct plan *p, size_t run, struct key_pair value[PLAN_PARAMETERS])
{
    size_t rest = run / p->replications;
    for (size_t k = p->parameters; k-- > 0;) { /* the last parameter varies fastest */
        const struct plan_parameter *one = &p->parameter[k];
        value[k] = (struct key_pair){one->path, one->value[rest % one->n]};
        rest /= one->n;
    }
    return run % p->replications;
}
