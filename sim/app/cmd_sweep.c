#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/study.h"
#include "sim/app/cli.h"
#include "sim/app/folder.h"
#include "sim/app/interrupt.h"
#include "sim/app/progress.h"
#include "sim/app/run.h"
#include "sim/app/sweep.h"
#include "sim/app/version.h"
#include "sim/base/json.h"
#include "sim/batch/jobs.h"
#include "sim/batch/plan.h"
#include "sim/batch/store.h"
#include "traces/db.h"

enum { TEXT_BYTES = 400 };

struct sweep {
    const char *file;
    struct cli_texts set;
    struct arena arena;
    struct scenario scenario;
    struct plan plan;
    struct folder folder;
    bool quiet;
    bool json;
    enum progress_kind progress;
    size_t failed;
    double started; /* progress_seconds() */
    double drawn;
};

/* ---- reading -------------------------------------------------------------------------- */

/* Every value of every parameter is tried once before anything runs. */
static void check_values(struct sweep *s, struct complaints *c)
{
    for (size_t k = 0; k < s->plan.parameters; k++) {
        const struct plan_parameter *p = &s->plan.parameter[k];
        for (size_t v = 0; v < p->n; v++) {
            struct arena arena = {0};
            struct scenario one;
            struct yaml_node *root;
            const char *set[CLI_TEXTS_MAX + 1];
            memcpy(set, s->set.text, sizeof s->set.text);
            set[s->set.n] = arena_format(&s->arena, "%s=%s", p->path, p->value[v]);
            struct complaints *trial = calloc(1, sizeof *trial);
            assert(trial);
            if (!scenario_load(s->file, set, s->set.n + 1, &arena, &one, &root, trial)) {
                complaints_print(trial, stderr);
                struct yaml_place nowhere = {NULL, 0, 0};
                complain(c, &nowhere, "sweep.parameters", "%s = %s cannot be run", p->path,
                         p->value[v]);
            }
            free(trial);
            arena_release(&arena);
        }
    }
}

static bool load(struct sweep *s)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    assert(c);
    bool good = scenario_load(s->file, s->set.text, s->set.n, &s->arena, &s->scenario, &root, c);
    if (good) {
        plan_make(&s->plan, s->scenario.sweep.parameters, (size_t)s->scenario.sweep.replicate.seeds,
                  &s->arena, c);
    }
    if (good && c->n == 0)
        check_values(s, c);
    good &= c->n == 0;
    complaints_print(c, stderr);
    free(c);
    return good;
}

/* ---- running --------------------------------------------------------------------------- */

static const char *database_of(const struct sweep *s, size_t run, char path[1200])
{
    (void)snprintf(path, 1200, "%s/runs/%06zu.sqlite", s->folder.part, run);
    return path;
}

/* In the child. */
static int run_one(void *owner, size_t run)
{
    struct sweep *s = owner;
    struct key_pair value[PLAN_PARAMETERS];
    char text[PLAN_PARAMETERS + 1][TEXT_BYTES];
    const char *set[CLI_TEXTS_MAX + PLAN_PARAMETERS + 1];
    char path[1200];
    size_t replication = plan_values(&s->plan, run, value);
    size_t n = 0;
    for (; n < s->set.n; n++)
        set[n] = s->set.text[n];
    for (size_t k = 0; k < s->plan.parameters; k++) {
        (void)snprintf(text[k], TEXT_BYTES, "%s=%s", value[k].name, value[k].value);
        set[n++] = text[k];
    }
    (void)snprintf(text[s->plan.parameters], TEXT_BYTES, "general.replication=%zu", replication);
    set[n++] = text[s->plan.parameters];
    const struct run_options how = {.file = s->file,
                                    .set = set,
                                    .sets = n,
                                    .database = database_of(s, run, path),
                                    .many = true,
                                    .parameter = value,
                                    .parameters = s->plan.parameters};
    struct run_outcome outcome;
    return run_scenario(&how, &outcome);
}

static void ended(void *owner, size_t run, int code, size_t finished)
{
    struct sweep *s = owner;
    if (interrupted())
        return;
    if (code > 1) {
        s->failed++;
        (void)fprintf(stderr, "%srun %zu failed with code %d\n",
                      s->progress == PROGRESS_REDRAWN ? "\n" : "", run, code);
    }
    double now = progress_seconds();
    bool last = finished == s->plan.runs;
    if (s->progress == PROGRESS_LINES) {
        (void)fprintf(stderr, "%zu of %zu runs, %zu failed\n", finished, s->plan.runs, s->failed);
        return;
    }
    if (s->progress == PROGRESS_NONE || (now - s->drawn < 0.25 && !last))
        return;
    s->drawn = now;
    double spent = now - s->started;
    double left = spent / (double)finished * (double)(s->plan.runs - finished);
    (void)fprintf(stderr, "\r%zu of %zu runs, %zu failed, about %.0f s left   ", finished,
                  s->plan.runs, s->failed, left);
}

static enum status collect_runs(struct sweep *s, struct store *store, const int *code,
                                struct why *w)
{
    char path[1200];
    enum status st = ST_OK;
    for (size_t k = 0; k < s->plan.parameters && !st; k++)
        st = store_axis(store, k, s->plan.parameter[k].path, w);
    for (size_t run = 0; run < s->plan.runs && !st; run++) {
        struct key_pair value[PLAN_PARAMETERS];
        size_t replication = plan_values(&s->plan, run, value);
        const struct store_run one = {.number = run,
                                      .point = run / s->plan.replications,
                                      .unit = replication,
                                      .replication = replication,
                                      .key = "",
                                      .code = code[run],
                                      .value = value,
                                      .values = s->plan.parameters,
                                      .database = database_of(s, run, path)};
        st = store_run(store, &one, w);
    }
    return st;
}

static enum status collect(struct sweep *s, const int *code, struct why *w)
{
    char path[1200];
    struct store store;
    const struct store_about about = {.title = s->scenario.title,
                                      .text = s->scenario.text,
                                      .scenario = s->file,
                                      .key = "",
                                      .version = MONAMI_VERSION,
                                      .unit = "seed",
                                      .sweep = &s->scenario.sweep,
                                      .figure =
                                          KEY_ITEMS(s->scenario.figures, struct figure_config),
                                      .figures = s->scenario.figures.n};
    (void)snprintf(path, sizeof path, "%s/study.sqlite", s->folder.part);
    enum status st = store_create(&store, path, &about, w);
    if (!st)
        st = collect_runs(s, &store, code, w);
    if (st) {
        store_drop(&store);
        return st;
    }
    st = store_finish(&store, w);
    (void)snprintf(path, sizeof path, "%s/runs", s->folder.part);
    if (!st)
        st = folder_remove(path, w);
    (void)snprintf(path, sizeof path, "%s/scenario.yaml", s->folder.part);
    return st ? st : folder_copy_file(s->file, path, w);
}

static enum status run_all(struct sweep *s, unsigned workers, struct why *w)
{
    char path[1200];
    int *code = calloc(s->plan.runs + 1, sizeof *code);
    assert(code);
    (void)snprintf(path, sizeof path, "%s/runs", s->folder.part);
    int made = mkdir(path, 0777);
    if (made) {
        free(code);
        return why_set(w, ST_IO, "%s: %s", path, strerror(errno));
    }
    struct jobs jobs = {.n = s->plan.runs,
                        .workers = workers,
                        .owner = s,
                        .run = run_one,
                        .ended = ended,
                        .stopped = interrupted,
                        .code = code};
    s->started = progress_seconds();
    enum status st = jobs_run(&jobs, w);
    if (s->progress == PROGRESS_REDRAWN)
        (void)fputc('\n', stderr);
    if (!st && !interrupted())
        st = collect(s, code, w);
    free(code);
    return st;
}

/* ---- commands --------------------------------------------------------------------------- */

/* What is planned, or was run. */
static void print_json(const struct sweep *s, const char *dir)
{
    struct json_writer j = jw_to(stdout, 1);
    jw_object(&j, NULL);
    jw_text(&j, "title", s->scenario.title);
    jw_text(&j, "folder", dir);
    jw_int(&j, "runs", (int64_t)s->plan.runs);
    jw_int(&j, "points", (int64_t)s->plan.points);
    jw_int(&j, "replications", (int64_t)s->plan.replications);
    jw_object(&j, "parameters");
    for (size_t k = 0; k < s->plan.parameters; k++) {
        jw_list(&j, s->plan.parameter[k].path);
        for (size_t v = 0; v < s->plan.parameter[k].n; v++)
            jw_text(&j, NULL, s->plan.parameter[k].value[v]);
        jw_end(&j);
    }
    jw_end(&j);
    if (dir)
        jw_int(&j, "failed", (int64_t)s->failed);
    jw_end(&j);
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static int sweep_plan(struct sweep *s)
{
    if (s->json) {
        print_json(s, NULL);
        return CLI_DONE;
    }
    for (size_t k = 0; k < s->plan.parameters; k++)
        (void)printf("%s,", s->plan.parameter[k].path);
    (void)printf("replication\n");
    for (size_t run = 0; run < s->plan.runs; run++) {
        struct key_pair value[PLAN_PARAMETERS];
        size_t replication = plan_values(&s->plan, run, value);
        for (size_t k = 0; k < s->plan.parameters; k++)
            (void)printf("\"%s\",", value[k].value);
        (void)printf("%zu\n", replication);
    }
    if (!s->quiet)
        (void)fprintf(stderr, "%zu run%s: %zu point%s, %zu replication%s each\n", s->plan.runs,
                      plural(s->plan.runs), s->plan.points, plural(s->plan.points),
                      s->plan.replications, plural(s->plan.replications));
    return CLI_DONE;
}

static int sweep_run(struct sweep *s, const char *dir, unsigned workers, bool force)
{
    struct why w;
    struct stat before;
    bool exists = !lstat(dir, &before);
    if (!cli_target(dir))
        return CLI_FAILED;
    if (folder_begin(&s->folder, dir, force, &w)) {
        (void)cli_wrong("%s", w.text);
        return exists ? CLI_USAGE : CLI_FAILED;
    }
    enum status st = run_all(s, workers, &w);
    if (!st && interrupted()) {
        folder_drop(&s->folder);
        return CLI_INTERRUPTED;
    }
    if (!st)
        st = folder_finish(&s->folder, &w);
    if (st) {
        folder_drop(&s->folder);
        (void)fprintf(stderr, "error: %s\n", w.text);
        return CLI_FAILED;
    }
    if (s->json)
        print_json(s, dir);
    if (!s->quiet) {
        bool figures = s->scenario.figures.n > 0;
        (void)fprintf(stderr, "%zu run%s, %zu failed; wrote %s/study.sqlite%s%s\n", s->plan.runs,
                      plural(s->plan.runs), s->failed, dir,
                      figures ? "; draw it with: monami plot " : "", figures ? dir : "");
    }
    return s->failed ? CLI_FAILED : CLI_DONE;
}

struct asked {
    const char *dir;
    const char *jobs;
    struct cli_texts set;
    bool force;
    bool quiet;
    bool verbose;
    bool json;
};

static int run(int argc, char **argv)
{
    struct asked asked = {.dir = NULL};
    long long workers = jobs_cores();
    int code;
    int at = cli_parse(&command_sweep, &asked, argc, argv, &code);
    if (at < 0)
        return code;
    bool plan = !strcmp(argv[at], "plan");
    if (!plan && strcmp(argv[at], "run") != 0)
        return cli_wrong("monami sweep: '%s' is neither plan nor run", argv[at]);
    const char *useless = asked.dir ? "output" : asked.jobs ? "jobs" : asked.force ? "force" : NULL;
    useless = !useless && asked.verbose ? "verbose" : useless;
    if (plan && useless)
        return cli_wrong("monami sweep plan: --%s is of sweep run", useless);
    if (asked.jobs && !cli_number("jobs", asked.jobs, 1, 1024, &workers))
        return CLI_USAGE;
    if (!plan && !asked.dir)
        return cli_wrong("monami sweep run: where shall the study go? Say -o DIR");
    struct sweep s = {.file = argv[at + 1],
                      .set = asked.set,
                      .quiet = asked.quiet,
                      .json = asked.json,
                      .progress = progress_kind(asked.quiet, asked.verbose)};
    interrupt_watch();
    code = CLI_USAGE;
    if (load(&s))
        code = plan ? sweep_plan(&s) : sweep_run(&s, asked.dir, (unsigned)workers, asked.force);
    arena_release(&s.arena);
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, "DIR", "run: where the study goes", offsetof(struct asked, dir)},
    {"jobs", 'j', CLI_TEXT, "N", "run: how many at a time; default: one a core",
     offsetof(struct asked, jobs)},
    {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
     offsetof(struct asked, set)},
    {"force", 'f', CLI_FLAG, NULL, "run: replace DIR if it exists", offsetof(struct asked, force)},
    {"quiet", 'q', CLI_FLAG, NULL, "no progress, no summary", offsetof(struct asked, quiet)},
    {"verbose", 'v', CLI_FLAG, NULL, "run: a line each run that ends",
     offsetof(struct asked, verbose)},
    {"json", 0, CLI_FLAG, NULL, "the summary as one JSON object on stdout",
     offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_sweep = {
    .name = "sweep",
    .operands = "plan|run FILE",
    .summary = "run a scenario over parameters and replications",
    .examples = "  monami sweep plan scenarios/loss.yaml\n"
                "  monami sweep run scenarios/loss.yaml -o study -j 2 && monami plot study\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};

bool sweep_is_study(const char *dir)
{
    char path[1200];
    struct stat s;
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", dir);
    return stat(path, &s) == 0;
}

enum status sweep_draw(const char *dir, struct figures *f, struct why *w)
{
    char path[1200];
    struct sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%.1000s/study.sqlite", dir);
    enum status st = db_open(&db, path, w);
    if (!st)
        st = study_draw(f, db, w);
    db_close(db);
    return st;
}
