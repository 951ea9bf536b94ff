/* What a study would run, and how long that would take. */
#include "sim/app/sweep_plan.h"

#include <stdio.h>
#include <string.h>

#include "sim/app/run.h"

void sweep_plan_parameters(const struct study *s, struct json_writer *j)
{
    jw_object(j, "parameters");
    for (size_t k = 0; k < s->plan.parameters; k++) {
        jw_list(j, s->plan.parameter[k].path);
        for (size_t v = 0; v < s->plan.parameter[k].n; v++)
            jw_text(j, NULL, s->plan.parameter[k].value[v]);
        jw_end(j);
    }
    jw_end(j);
}

static void print_json(const struct study *s, double one_s)
{
    struct json_writer j = jw_to(stdout, 1);
    jw_object(&j, NULL);
    jw_text(&j, "title", s->scenario.title);
    jw_int(&j, "runs", (int64_t)plan_runs(&s->plan));
    jw_int(&j, "points", (int64_t)s->plan.points);
    jw_int(&j, "units", s->unit_file ? (int64_t)s->plan.units : 0);
    jw_int(&j, "seeds", s->scenario.sweep.replicate.seeds);
    sweep_plan_parameters(s, &j);
    if (one_s > 0)
        jw_real(&j, "seconds_per_run", one_s);
    jw_end(&j);
}

/* RFC 4180 */
static void print_cell(const char *text, const char *end)
{
    bool quoted = strpbrk(text, ",\"\n") != NULL;
    if (quoted)
        (void)putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            (void)putchar('"');
        (void)putchar(*text);
    }
    (void)printf("%s%s", quoted ? "\"" : "", end);
}

static void print_table(const struct study *s)
{
    struct plan_run run = {.number = SIZE_MAX};
    (void)fputs("run,", stdout);
    for (size_t k = 0; k < s->plan.parameters; k++)
        print_cell(s->plan.parameter[k].path, ",");
    if (s->unit_file)
        print_cell(s->scenario.sweep.replicate.over, ",");
    (void)puts("replication");
    while (plan_next(&s->plan, &run)) {
        struct key_pair value[PLAN_PARAMETERS];
        plan_values(&s->plan, run.point, value);
        (void)printf("%zu,", run.number);
        for (size_t k = 0; k < s->plan.parameters; k++)
            print_cell(value[k].value, ",");
        if (s->unit_file)
            print_cell(s->unit_file[run.unit], ",");
        (void)printf("%zu\n", run.seed);
    }
}

static void print_time(char *out, size_t size, double s)
{
    if (s < 100) {
        (void)snprintf(out, size, "%.2g s", s);
    } else if (s < 6000) {
        (void)snprintf(out, size, "%.0f min", s / 60);
    } else {
        (void)snprintf(out, size, "%.1f h", s / 3600);
    }
}

static void tell(const struct study *s, unsigned workers, double one_s)
{
    size_t runs = plan_runs(&s->plan);
    char time[32];
    char one[32];
    print_time(one, sizeof one, one_s);
    print_time(time, sizeof time, one_s * (double)runs / workers);
    (void)fprintf(stderr, "%zu run%s: %zu point%s", runs, cli_plural(runs), s->plan.points,
                  cli_plural(s->plan.points));
    if (s->plan.points < s->plan.combinations)
        (void)fprintf(stderr, " of %zu combinations", s->plan.combinations);
    if (s->unit_file)
        (void)fprintf(stderr, ", %zu file%s of %s", s->plan.units, cli_plural(s->plan.units),
                      s->scenario.sweep.replicate.over);
    size_t seeds = (size_t)s->scenario.sweep.replicate.seeds;
    (void)fprintf(stderr, ", %zu replication%s each", seeds, cli_plural(seeds));
    if (s->scenario.sweep.replicate.until.given)
        (void)fprintf(stderr, " and up to %lld until the intervals are narrow",
                      (long long)s->scenario.sweep.replicate.until.most);
    if (one_s > 0) {
        (void)fprintf(stderr, "; a run takes about %s, all of them with %u at a time about %s\n",
                      one, workers, time);
    } else {
        (void)fputs("; how long one takes with another engine is not tried\n", stderr);
    }
}

static const double estimate_most_s = 1;

/* The first run is begun, to see how long one takes. */
static bool estimate(const struct study *s, double *one_s)
{
    struct arena arena = {0};
    const char **set;
    const struct plan_run first = plan_run(&s->plan, 0);
    size_t sets = study_sets(s, &first, &set, &arena);
    const struct run_options how = {.file = s->file, .set = set, .sets = sets, .many = true};
    bool good = run_estimate(&how, estimate_most_s, one_s);
    arena_release(&arena);
    return good;
}

bool sweep_plan_print(const struct study *s, const struct sweep_plan_how *how)
{
    double one_s = 0;
    if (!estimate(s, &one_s))
        return false;
    if (how->json) {
        print_json(s, one_s);
    } else {
        print_table(s);
    }
    if (!how->quiet)
        tell(s, how->workers, one_s);
    return true;
}
