#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/sweep_plan.h"
#include "sim/app/sweep_run.h"
#include "sim/app/sweep_slurm.h"
#include "sim/base/json.h"
#include "sim/batch/jobs.h"

struct asked {
    const char *dir;
    const char *jobs;
    const char *timeout;
    const char *study;
    const char *shard;
    const char *shards;
    const char *sbatch;
    const char *engine;
    struct cli_texts set;
    struct cli_texts only;
    bool retry;
    bool slurm;
    bool force;
    bool quiet;
    bool verbose;
    bool json;
};

struct command {
    const struct asked *asked;
    const char *operand; /* the file, or of status and collect the folder */
    struct study study;
    struct study_folder folder;
    struct sweep sweep;
    struct cli_texts set; /* with --study */
};

static int failed(const struct why *w)
{
    (void)fprintf(stderr, "error: %s\n", w->text);
    return CLI_FAILED;
}

static int plan(struct command *c)
{
    const struct sweep_plan_how how = {c->asked->json, c->asked->quiet, c->sweep.workers};
    if (!study_load(&c->study, c->operand, &c->set))
        return CLI_USAGE;
    return sweep_plan_print(&c->study, &how) ? CLI_DONE : CLI_FAILED;
}

/* ---- what has been done -------------------------------------------------------------------- */

static void print_json(const struct command *c, const struct sweep_count *n, bool whole)
{
    struct json_writer j = jw_to(stdout, 1);
    jw_object(&j, NULL);
    jw_text(&j, "title", c->study.scenario.title);
    jw_text(&j, "folder", c->folder.dir);
    jw_int(&j, "runs", (int64_t)n->planned);
    jw_int(&j, "done", (int64_t)n->done);
    jw_int(&j, "ran_now", (int64_t)n->ran);
    jw_int(&j, "failed", (int64_t)n->failed);
    jw_int(&j, "unmet", (int64_t)n->unmet);
    jw_int(&j, "of_other_plans", (int64_t)n->others);
    jw_bool(&j, "whole", whole);
    sweep_plan_parameters(&c->study, &j);
    jw_end(&j);
}

static void tell_count(const struct command *c, const struct sweep_count *n)
{
    (void)fprintf(stderr, "%zu of %zu run%s done, %zu now; %zu failed", n->done, n->planned,
                  cli_plural(n->planned), n->ran, n->failed);
    if (n->unmet)
        (void)fprintf(stderr, "; in %zu an expectation did not hold", n->unmet);
    (void)fputc('\n', stderr);
    if (n->others)
        (void)fprintf(
            stderr, "%zu run%s in %s %s of other settings, inputs or versions: kept, not counted\n",
            n->others, cli_plural(n->others), c->folder.dir, n->others == 1 ? "is" : "are");
}

static void tell_failures(const struct command *c, size_t most)
{
    struct plan_run run = {.number = SIZE_MAX};
    struct arena arena = {0};
    size_t told = 0;
    while (plan_next(&c->study.plan, &run)) {
        char key[HASH_TEXT];
        study_key(&c->study, &run, key);
        const struct journal_entry *e = journal_find(&c->folder.journal, key);
        if (!e || e->code <= 1)
            continue;
        if (told++ < most)
            (void)fprintf(stderr, "run %zu (%s): %s\n", run.number,
                          study_describe(&c->study, &run, &arena),
                          e->message ? e->message : "it said nothing");
    }
    if (told > most)
        (void)fprintf(stderr, "and %zu more\n", told - most);
    arena_release(&arena);
}

/* ---- run ----------------------------------------------------------------------------------- */

/* Runs and gathers; a run whose tables turn out to be damaged is run once more. */
static enum status run_and_collect(struct command *c, struct sweep_count *n, bool *whole,
                                   struct why *w)
{
    size_t ran = 0;
    enum status st = ST_OK;
    *whole = false;
    for (int tries = 0; tries < 3; tries++) {
        st = sweep_run(&c->sweep, n, w);
        n->ran += ran;
        ran = n->ran;
        if (st || interrupted() || n->done < n->planned || c->sweep.shard.n > 1)
            return st;
        st = sweep_collect(&c->sweep, w);
        *whole = !st;
        if (st != ST_SYNTAX)
            return st;
        c->sweep.only.n = 0;
    }
    return st;
}

static int tell_run(const struct command *c, const struct sweep_count *n, bool whole)
{
    const char *dir = c->folder.dir;
    if (c->asked->json)
        print_json(c, n, whole);
    if (!c->asked->quiet) {
        tell_count(c, n);
        if (whole && n->failed)
            (void)fprintf(stderr, "what failed: monami sweep status %s; again: --retry-failed\n",
                          dir);
        if (whole) {
            (void)fprintf(stderr, "wrote %s/study.sqlite; a page of it all: monami report %s\n",
                          dir, dir);
        } else if (c->sweep.shard.n > 1) {
            (void)fprintf(stderr, "when all shards are done: monami sweep collect %s\n", dir);
        } else {
            (void)fprintf(stderr, "not whole yet; the same command goes on\n");
        }
    }
    if (interrupted())
        return CLI_INTERRUPTED;
    return n->failed ? CLI_FAILED : CLI_DONE; /* an expectation that did not hold is a finding */
}

static int run_sweep(struct command *c)
{
    struct sweep_count n = {.ran = 0};
    bool whole = false;
    struct why w;
    if (!cli_target(c->asked->dir))
        return CLI_FAILED;
    if (!study_load(&c->study, c->operand, &c->set) || !sweep_only_check(&c->sweep))
        return CLI_USAGE;
    enum status st = study_folder_begin(&c->folder, c->asked->dir, &c->study, c->sweep.shard,
                                        c->asked->force, &w);
    if (st) {
        (void)failed(&w);
        return st == ST_RANGE ? CLI_USAGE : CLI_FAILED;
    }
    interrupt_watch();
    if (c->asked->slurm) {
        const struct slurm_asked how = {.shards = c->asked->shards, .options = c->asked->sbatch};
        st = sweep_slurm(&c->sweep, &how, &n, &whole, &w);
    } else {
        st = run_and_collect(c, &n, &whole, &w);
    }
    int code = st ? failed(&w) : tell_run(c, &n, whole);
    study_folder_end(&c->folder);
    return code;
}

/* ---- status, collect ----------------------------------------------------------------------- */

/* The study of a folder, from where it was begun. */
static int load_of_folder(struct command *c, struct arena *arena)
{
    struct study_asked asked;
    struct why w;
    char dir[4096];
    if (study_folder_asked(c->operand, &asked, arena, &w))
        return cli_wrong("%s", w.text);
    if (c->operand[0] != '/' && getcwd(dir, sizeof dir))
        c->operand = arena_format(arena, "%s/%s", dir, c->operand);
    if (chdir(asked.directory))
        return cli_wrong("%s: %s", asked.directory, strerror(errno));
    return study_load(&c->study, asked.file, &asked.set) ? CLI_DONE : CLI_USAGE;
}

static int status(struct command *c)
{
    struct arena arena = {0};
    struct sweep_count n = {.ran = 0};
    struct why w;
    int code = load_of_folder(c, &arena);
    enum status st = ST_OK;
    if (code == CLI_DONE)
        st = study_folder_look(&c->folder, c->operand, &w);
    if (code == CLI_DONE && !st)
        st = sweep_look(&c->sweep, &n, &w);
    if (st)
        code = failed(&w);
    if (code == CLI_DONE) {
        bool whole = n.done == n.planned;
        if (c->asked->json)
            print_json(c, &n, whole);
        if (!c->asked->quiet) {
            tell_count(c, &n);
            tell_failures(c, 10);
        }
    }
    study_folder_end(&c->folder);
    arena_release(&arena);
    return code;
}

static int collect(struct command *c)
{
    struct arena arena = {0};
    struct sweep_count n = {.ran = 0};
    struct why w;
    bool whole = false;
    int code = load_of_folder(c, &arena);
    enum status st = ST_OK;
    if (code == CLI_DONE)
        st = study_folder_own(&c->folder, c->operand, &w);
    if (code == CLI_DONE && !st)
        st = sweep_look(&c->sweep, &n, &w);
    if (code == CLI_DONE && !st && n.done < n.planned)
        st = why_set(&w, ST_MISSING,
                     "%zu of %zu runs are missing; the sweep's own command, or the "
                     "shards' commands, run them",
                     n.planned - n.done, n.planned);
    if (code == CLI_DONE && !st)
        st = sweep_collect(&c->sweep, &w);
    whole = !st;
    if (code == CLI_DONE)
        code = st ? failed(&w) : tell_run(c, &n, whole);
    study_folder_end(&c->folder);
    arena_release(&arena);
    return code;
}

/* ---- command line -------------------------------------------------------------------------- */

/* "2/8" */
static bool read_shard(const char *text, struct shard *shard)
{
    char one[16];
    long long i;
    long long n;
    const char *slash = strchr(text, '/');
    if (!slash || (size_t)(slash - text) >= sizeof one) {
        (void)cli_wrong("--shard: '%s' is not I/N, such as 2/8", text);
        return false;
    }
    (void)snprintf(one, sizeof one, "%.*s", (int)(slash - text), text);
    if (!cli_number("shard", slash + 1, 1, 100000, &n) || !cli_number("shard", one, 1, n, &i))
        return false;
    *shard = (struct shard){(unsigned)i, (unsigned)n};
    return true;
}

static bool read_timeout(const char *text, double *s)
{
    sim_time ns;
    struct why w;
    if (units_time(text, &ns, &w) || ns <= 0) {
        (void)cli_wrong("--timeout: '%s' is not a time such as 10 min", text);
        return false;
    }
    *s = (double)ns / 1e9;
    return true;
}

/* Options that only `sweep run` has. */
static const char *only_of_run(const struct asked *a)
{
    const struct {
        bool given;
        const char *name;
    } list[] = {{a->dir != NULL, "output"},    {a->timeout != NULL, "timeout"},
                {a->shard != NULL, "shard"},   {a->shards != NULL, "shards"},
                {a->sbatch != NULL, "sbatch"}, {a->only.n > 0, "only"},
                {a->retry, "retry-failed"},    {a->slurm, "slurm"},
                {a->force, "force"},           {a->verbose, "verbose"}};
    for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
        if (list[k].given)
            return list[k].name;
    }
    return NULL;
}

static bool read_run_options(struct command *c)
{
    const struct asked *a = c->asked;
    if (a->timeout && !read_timeout(a->timeout, &c->sweep.timeout_s))
        return false;
    if (a->shard && !read_shard(a->shard, &c->sweep.shard))
        return false;
    if (a->force && c->sweep.shard.n > 1)
        (void)cli_wrong("--force begins anew, and goes not with --shard");
    else if (a->slurm && (a->shard || a->only.n))
        (void)cli_wrong("--slurm goes not with --%s", a->shard ? "shard" : "only");
    else if (!a->slurm && (a->shards || a->sbatch))
        (void)cli_wrong("--%s goes with --slurm", a->shards ? "shards" : "sbatch");
    else if (!a->dir)
        (void)cli_wrong("monami sweep run: where shall the study go? Say -o DIR");
    else
        return true;
    return false;
}

static const struct {
    const char *name;
    int (*run)(struct command *c);
    bool of_folder; /* its operand */
} verbs[] = {{"plan", plan, false},
             {"run", run_sweep, false},
             {"status", status, true},
             {"collect", collect, true}};

enum { VERBS = sizeof verbs / sizeof verbs[0], V_RUN = 1 };

static int dispatch(struct command *c, size_t verb)
{
    const struct asked *a = c->asked;
    const char *useless = verb == V_RUN ? NULL : only_of_run(a);
    long long workers = jobs_cores();
    if (useless)
        return cli_wrong("monami sweep %s: --%s is of sweep run", verbs[verb].name, useless);
    if (verbs[verb].of_folder && (a->set.n || a->study || a->engine))
        return cli_wrong("monami sweep %s: the folder knows its --%s", verbs[verb].name,
                         a->engine  ? "engine"
                         : a->study ? "study"
                                    : "set");
    if (a->jobs && !cli_number("jobs", a->jobs, 1, 1024, &workers))
        return CLI_USAGE;
    c->sweep.workers = (unsigned)workers;
    if (verb == V_RUN && !read_run_options(c))
        return CLI_USAGE;
    return verbs[verb].run(c);
}

static int run(int argc, char **argv)
{
    struct asked asked = {.dir = NULL};
    char study[300];
    int code;
    int at = cli_parse(&command_sweep, &asked, argc, argv, &code);
    size_t verb = 0;
    if (at < 0)
        return code;
    while (verb < VERBS && strcmp(verbs[verb].name, argv[at]) != 0)
        verb++;
    if (verb == VERBS)
        return cli_wrong("monami sweep: '%s' is none of plan, run, status, collect", argv[at]);
    struct command *c = calloc(1, sizeof *c);
    if (!c)
        return CLI_FAILED;
    c->asked = &asked;
    c->operand = argv[at + 1];
    c->set = asked.set;
    c->folder.lock = -1;
    c->sweep = (struct sweep){.study = &c->study,
                              .folder = &c->folder,
                              .shard = {1, 1},
                              .retry = asked.retry,
                              .only = asked.only,
                              .progress = progress_kind(asked.quiet, asked.verbose),
                              .quiet = asked.quiet};
    (void)snprintf(study, sizeof study, "study=%.250s", asked.study ? asked.study : "");
    if (asked.study && c->set.n < CLI_TEXTS_MAX)
        c->set.text[c->set.n++] = study;
    code = asked.engine && !cli_engine(asked.engine, &c->set) ? CLI_USAGE : dispatch(c, verb);
    study_release(&c->study);
    free(c);
    return code;
}

static const struct cli_option options[] = {
    {"output", 'o', CLI_TEXT, "DIR", "run: the study's folder; what is there is not run again",
     offsetof(struct asked, dir)},
    {"jobs", 'j', CLI_TEXT, "N", "how many runs at a time; default: one a core",
     offsetof(struct asked, jobs)},
    {"set", 's', CLI_TEXTS, "PATH=VALUE", "change a key of the scenario; may be repeated",
     offsetof(struct asked, set)},
    {"engine", 0, CLI_TEXT, "WHICH", "native or ns3: as --set general.engine=WHICH",
     offsetof(struct asked, engine)},
    {"study", 0, CLI_TEXT, "NAME", "one of the file's `studies`", offsetof(struct asked, study)},
    {"only", 0, CLI_TEXTS, "PATH=VALUE|N", "run: these points, or run number N; may be repeated",
     offsetof(struct asked, only)},
    {"retry-failed", 0, CLI_FLAG, NULL, "run: what failed is run again",
     offsetof(struct asked, retry)},
    {"timeout", 0, CLI_TEXT, "TIME", "run: a run that takes longer is ended, such as 10 min",
     offsetof(struct asked, timeout)},
    {"shard", 0, CLI_TEXT, "I/N", "run: every N-th run, beginning with the I-th",
     offsetof(struct asked, shard)},
    {"slurm", 0, CLI_FLAG, NULL, "run: as an array of jobs of Slurm, each a shard",
     offsetof(struct asked, slurm)},
    {"shards", 0, CLI_TEXT, "N", "slurm: how many jobs; default: one for 50 runs, at most 100",
     offsetof(struct asked, shards)},
    {"sbatch", 0, CLI_TEXT, "OPTIONS", "slurm: for sbatch, such as '--time=2:00:00 -p long'",
     offsetof(struct asked, sbatch)},
    {"force", 'f', CLI_FLAG, NULL, "run: begin anew; what is in DIR is lost",
     offsetof(struct asked, force)},
    {"quiet", 'q', CLI_FLAG, NULL, "no progress, no summary", offsetof(struct asked, quiet)},
    {"verbose", 'v', CLI_FLAG, NULL, "run: progress as plain lines",
     offsetof(struct asked, verbose)},
    {"json", 0, CLI_FLAG, NULL, "the summary as one JSON object on stdout",
     offsetof(struct asked, json)},
    {.name = NULL},
};

const struct cli_command command_sweep = {
    .name = "sweep",
    .operands = "plan|run FILE, status|collect DIR",
    .summary = "run a scenario over parameters and replications",
    .examples = "  monami sweep plan scenarios/loss.yaml\n"
                "  monami sweep run scenarios/loss.yaml -o study && monami report study\n"
                "  monami sweep run scenarios/loss.yaml -o study --set sweep.replicate.seeds=40\n"
                "  monami sweep status study\n",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
