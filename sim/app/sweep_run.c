#include "sim/app/sweep_run.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/interrupt.h"
#include "sim/app/run.h"
#include "sim/batch/jobs.h"

enum { FAILURES_TOLD = 5 };
enum { WITHOUT_RESULTS = 4 }; /* it ended as if well, and left nothing */
enum { NOT_WRITTEN = 3 };     /* exit code of a run whose results could not be kept */

/* The runs of one round. */
struct round {
    struct sweep *sweep;
    struct plan_run at; /* that was looked at last */
    size_t left;        /* to be started or not ended */
    size_t begun;
    size_t ended;
    size_t failed;
    double started;
    double told;
    size_t tenths;
    int width; /* of the progress line that stands there */
    bool ending;
};

/* ---- which ones ---------------------------------------------------------------------------- */

static bool is_of_shard(const struct sweep *s, const struct plan_run *run)
{
    /* All seeds of a point where their number depends on what they find. */
    bool by_point = s->study->scenario.sweep.replicate.until.given;
    size_t k = by_point ? run->point : run->number;
    return k % s->shard.n == s->shard.i - 1;
}

static bool is_missing(const struct sweep *s, const struct plan_run *run)
{
    char key[HASH_TEXT];
    study_key(s->study, run, key);
    const struct journal_entry *e = study_folder_done(s->folder, key);
    return !e || (s->retry && e->code > 1);
}

static bool is_to_run(const struct sweep *s, const struct plan_run *run)
{
    return is_of_shard(s, run) && sweep_is_wanted(s, run) && is_missing(s, run);
}

static bool next_run(void *owner, size_t *number)
{
    struct round *r = owner;
    while (plan_next(&r->sweep->study->plan, &r->at)) {
        if (is_to_run(r->sweep, &r->at)) {
            *number = r->at.number;
            r->begun++;
            return true;
        }
    }
    return false;
}

/* ---- a run, in the child ------------------------------------------------------------------- */

static bool make_folder_of(const char *path)
{
    char dir[1200];
    (void)snprintf(dir, sizeof dir, "%.1100s", path);
    char *slash = strrchr(dir, '/');
    *slash = '\0';
    if (!mkdir(dir, 0777) || errno == EEXIST)
        return true;
    (void)fprintf(stderr, "error: %s: %s\n", dir, strerror(errno));
    return false;
}

static int run_one(void *owner, size_t number)
{
    const struct round *r = owner;
    const struct study *study = r->sweep->study;
    const struct plan_run run = plan_run(&study->plan, number);
    struct arena arena = {0};
    struct key_pair value[PLAN_PARAMETERS];
    char key[HASH_TEXT];
    char part[1200];
    char path[1200];
    const char **set;
    size_t sets = study_sets(study, &run, &set, &arena);
    study_key(study, &run, key);
    study_folder_part(r->sweep->folder, key, part);
    study_folder_run(r->sweep->folder, key, path);
    plan_values(&study->plan, run.point, value);
    if (!make_folder_of(path))
        return NOT_WRITTEN;
    const struct run_options how = {.file = study->file,
                                    .set = set,
                                    .sets = sets,
                                    .database = part,
                                    .key = key,
                                    .many = true,
                                    .parameter = value,
                                    .parameters = study->plan.parameters};
    struct run_outcome outcome;
    int code = run_scenario(&how, &outcome);
    if (outcome.whole && rename(part, path)) {
        (void)fprintf(stderr, "error: %s: %s\n", path, strerror(errno));
        outcome.whole = false;
        code = CLI_FAILED;
    }
    if (!outcome.whole)
        (void)unlink(part);
    arena_release(&arena);
    return !outcome.whole && !outcome.outside && code == CLI_FAILED ? NOT_WRITTEN : code;
}

/* ---- its end, in the parent ---------------------------------------------------------------- */

static void tell_failure(struct round *r, const struct jobs_end *end)
{
    struct arena arena = {0};
    const struct plan_run run = plan_run(&r->sweep->study->plan, end->number);
    if (r->width)
        (void)fprintf(stderr, "\r%-*s\r", r->width, "");
    r->width = 0;
    (void)fprintf(stderr, "run %zu failed (%s): %s\n", end->number,
                  study_describe(r->sweep->study, &run, &arena),
                  *end->said ? end->said : "it said nothing");
    arena_release(&arena);
}

static void describe(const struct round *r, double now, char line[160])
{
    double spent = now - r->started;
    double rate = spent > 0 ? (double)r->ended / spent : 0;
    double left = rate > 0 ? (double)(r->left - r->ended) / rate : 0;
    (void)snprintf(line, 160, "%zu of %zu runs, %.3g/s, %zu failed, about %.0f s left", r->ended,
                   r->left, rate, r->failed, left);
}

static void tick(void *owner)
{
    struct round *r = owner;
    char line[160];
    double now = progress_seconds();
    size_t tenths = r->left ? 10 * r->ended / r->left : 0;
    if (interrupted() && !r->ending && !r->sweep->quiet) {
        size_t busy = r->begun - r->ended;
        (void)fprintf(stderr, "%sthe %zu run%s at work %s finished; once more ends them\n",
                      r->width ? "\n" : "", busy, cli_plural(busy), busy == 1 ? "is" : "are");
        r->width = 0;
        r->ending = true;
    }
    if (r->sweep->progress == PROGRESS_REDRAWN && now - r->told > 0.2) {
        describe(r, now, line);
        (void)fprintf(stderr, "\r%-*s", r->width, line);
        r->width = (int)strlen(line);
        r->told = now;
    } else if (r->sweep->progress == PROGRESS_LINES && (tenths > r->tenths || now - r->told > 60)) {
        describe(r, now, line);
        (void)fprintf(stderr, "%s\n", line);
        r->tenths = tenths;
        r->told = now;
    }
}

static enum status ended(void *owner, const struct jobs_end *end, struct why *w)
{
    struct round *r = owner;
    const struct plan_run run = plan_run(&r->sweep->study->plan, end->number);
    struct journal_entry e = {.code = end->code, .wall_ms = end->wall_ms, .cpu_ms = end->cpu_ms};
    bool asked_to_end = end->code == JOBS_SIGNAL + SIGTERM || end->code == JOBS_SIGNAL + SIGINT ||
                        end->code == CLI_INTERRUPTED;
    if (asked_to_end && interrupted())
        return ST_OK; /* it is missing, no more */
    if (end->code == NOT_WRITTEN)
        return why_set(w, ST_IO, "%.240s", end->said);
    study_key(r->sweep->study, &run, e.key);
    char said[JOBS_SAID];
    char path[1200];
    memcpy(said, end->said, sizeof said);
    study_folder_run(r->sweep->folder, e.key, path);
    if (e.code <= 1 && access(path, R_OK))
        e.code = WITHOUT_RESULTS;
    e.message = e.code > 1 ? said : NULL;
    enum status st = journal_add(&r->sweep->folder->journal, &e, w);
    r->ended++;
    if (e.code > 1) {
        r->failed++;
        if (!r->sweep->quiet && r->failed <= FAILURES_TOLD)
            tell_failure(r, end);
    }
    tick(r);
    return st;
}

/* ---- rounds -------------------------------------------------------------------------------- */

static enum status run_round(struct sweep *s, struct sweep_count *count, struct why *w)
{
    struct round r = {.sweep = s, .at = {.number = SIZE_MAX}, .started = progress_seconds()};
    size_t number;
    r.told = r.started;
    while (next_run(&r, &number))
        r.left++;
    r.at = (struct plan_run){.number = SIZE_MAX};
    r.begun = 0;
    struct jobs jobs = {.workers = s->workers,
                        .timeout_s = s->timeout_s,
                        .owner = &r,
                        .next = next_run,
                        .run = run_one,
                        .ended = ended,
                        .stopped = interrupted,
                        .tick = tick};
    enum status st = jobs_run(&jobs, w);
    if (r.width)
        (void)fprintf(stderr, "\r%-*s\r", r.width, "");
    count->ran += r.ended;
    return st;
}

/* Every seed that a point has is done, so that it can be judged. */
static bool is_complete(const struct sweep *s, size_t point)
{
    for (size_t seed = 0; seed < s->study->plan.seeds[point]; seed++) {
        char key[HASH_TEXT];
        const struct plan_run run = {.point = point, .seed = seed};
        study_key(s->study, &run, key);
        if (!study_folder_done(s->folder, key))
            return false;
    }
    return true;
}

/* More seeds for a point that can be judged and whose intervals are too wide. */
static enum status grow_point(struct sweep *s, size_t point, bool *grew, struct why *w)
{
    const struct replicate_config *how = &s->study->scenario.sweep.replicate;
    size_t *seeds = &s->study->plan.seeds[point];
    size_t most = (size_t)how->until.most;
    bool narrow = true;
    enum status st = ST_OK;
    *grew = false;
    if (!how->until.given || *seeds >= most || !is_complete(s, point))
        return ST_OK;
    st = sweep_is_narrow(s, point, &narrow, w);
    if (st || narrow)
        return st;
    *seeds += (size_t)how->seeds;
    *seeds = *seeds < most ? *seeds : most;
    *grew = true;
    return ST_OK;
}

/* Answers through `grew` whether any point has more seeds now. */
static enum status grow_points(struct sweep *s, bool *grew, struct why *w)
{
    enum status st = ST_OK;
    *grew = false;
    for (size_t point = 0; point < s->study->plan.points && !st; point++) {
        bool one = false;
        st = grow_point(s, point, &one, w);
        *grew |= one;
    }
    return st;
}

static void count_runs(const struct sweep *s, struct sweep_count *count)
{
    struct plan_run run = {.number = SIZE_MAX};
    size_t known = 0;
    count->planned = count->done = count->failed = count->unmet = 0;
    while (plan_next(&s->study->plan, &run)) {
        char key[HASH_TEXT];
        study_key(s->study, &run, key);
        const struct journal_entry *e = study_folder_done(s->folder, key);
        known += journal_find(&s->folder->journal, key) != NULL;
        count->planned++;
        count->done += e != NULL;
        count->failed += e && e->code > 1;
        count->unmet += e && e->code == 1;
    }
    count->others = s->folder->journal.n - known;
}

enum status sweep_look(struct sweep *s, struct sweep_count *count, struct why *w)
{
    bool grew = true;
    enum status st = ST_OK;
    while (grew && !st)
        st = grow_points(s, &grew, w);
    count_runs(s, count);
    return st;
}

enum status sweep_run(struct sweep *s, struct sweep_count *count, struct why *w)
{
    bool more = true;
    enum status st = ST_OK;
    *count = (struct sweep_count){.ran = 0};
    while (more && !st && !interrupted()) {
        st = run_round(s, count, w);
        if (!st && !interrupted())
            st = grow_points(s, &more, w);
    }
    count_runs(s, count);
    return st;
}

/* ---- only some ----------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* PATH=VALUE: where the path ends, and the parameter; NULL: there is none. */
static const struct plan_parameter *parameter_of(const struct sweep *s, const char *text,
                                                 const char **value)
{
    for (size_t k = 0; k < s->study->plan.parameters; k++) {
        const struct plan_parameter *p = &s->study->plan.parameter[k];
        size_t n = strlen(p->path);
        if (!strncmp(p->path, text, n) && text[n] == '=') {
            *value = text + n + 1;
            return p;
        }
    }
    return NULL;
}

bool sweep_only_check(const struct sweep *s)
{
    for (size_t k = 0; k < s->only.n; k++) {
        const char *text = s->only.text[k];
        const char *value = NULL;
        if (is_number(text)) {
            if (strtoull(text, NULL, 10) < plan_runs(&s->study->plan))
                continue;
            (void)cli_wrong("--only: there is no run %s; the last is %zu", text,
                            plan_runs(&s->study->plan) - 1);
            return false;
        }
        const struct plan_parameter *p = parameter_of(s, text, &value);
        bool known = false;
        for (size_t v = 0; p && v < p->n; v++)
            known |= !strcmp(p->value[v], value);
        if (known)
            continue;
        if (p) {
            (void)cli_wrong("--only: '%s' is never '%s' in the sweep", p->path, value);
        } else {
            (void)cli_wrong("--only: '%s' is neither the number of a run nor PARAMETER=VALUE",
                            text);
        }
        return false;
    }
    return true;
}

/* One of the numbers; and of each parameter that is named one of the values. */
bool sweep_is_wanted(const struct sweep *s, const struct plan_run *run)
{
    struct key_pair value[PLAN_PARAMETERS];
    bool numbers = false;
    bool number = false;
    bool named[PLAN_PARAMETERS] = {false};
    bool equal[PLAN_PARAMETERS] = {false};
    if (!s->only.n)
        return true;
    plan_values(&s->study->plan, run->point, value);
    for (size_t k = 0; k < s->only.n; k++) {
        const char *text = NULL;
        const struct plan_parameter *p = parameter_of(s, s->only.text[k], &text);
        if (p) {
            size_t at = (size_t)(p - s->study->plan.parameter);
            named[at] = true;
            equal[at] |= !strcmp(value[at].value, text);
        } else {
            numbers = true;
            number |= strtoull(s->only.text[k], NULL, 10) == run->number;
        }
    }
    bool wanted = !numbers || number;
    for (size_t k = 0; k < s->study->plan.parameters; k++)
        wanted &= !named[k] || equal[k];
    return wanted;
}
