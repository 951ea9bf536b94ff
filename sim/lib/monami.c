/* A world from its making to its end, and its clock. */
#include "sim/lib/monami.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/lib/parts.h"

static const char empty[] = "monami: 1\ntitle: made by calls\n"; /* it says nothing yet */

const char *monami_version(void)
{
    return MONAMI_VERSION;
}

/* ---- what went wrong ------------------------------------------------------------------------- */

enum monami_status lib_fail(struct monami *m, enum monami_status st, const char *fmt, ...)
{
    va_list ap;
    free(m->complaints);
    m->complaints = NULL;
    va_start(ap, fmt);
    (void)vsnprintf(m->why.text, sizeof m->why.text, fmt, ap); /* a cut sentence will do */
    va_end(ap);
    return st;
}

const char *monami_why(const struct monami *m)
{
    return m->complaints ? m->complaints : m->why.text;
}

enum monami_status lib_stands(struct monami *m, enum lib_stage stage, const char *what)
{
    static const char *const is[] = {"is not built yet", "is built already", "is finished"};
    if (m->inside)
        return lib_fail(m, MONAMI_NOT_NOW, "%s: not from within a callback", what);
    if (m->stage != stage)
        return lib_fail(m, MONAMI_NOT_NOW, "%s: the world %s", what, is[m->stage]);
    return MONAMI_OK;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

struct monami *monami_new(void)
{
    struct monami *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->path = "scenario";
    m->text = empty;
    m->text_bytes = sizeof empty - 1;
    return m;
}

void monami_free(struct monami *m)
{
    if (!m)
        return;
    assert(!m->inside);
    if (m->trace)
        trace_free(m->trace);
    if (m->stage != LIB_MAKING)
        world_free(&m->world);
    arena_release(&m->run);
    arena_release(&m->given);
    free(m->complaints);
    free(m);
}

/* ---- the scenario ---------------------------------------------------------------------------- */

enum monami_status monami_open(struct monami *m, const char *path)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_open()");
    if (st)
        return st;
    m->path = arena_text(&m->given, path);
    m->text = NULL;
    return MONAMI_OK;
}

enum monami_status monami_read(struct monami *m, const char *name, const char *text, size_t n)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_read()");
    if (st)
        return st;
    char *copy = arena_take(&m->given, n + 1);
    memcpy(copy, text, n);
    m->path = arena_text(&m->given, name);
    m->text = copy;
    m->text_bytes = n;
    return MONAMI_OK;
}

enum monami_status monami_set(struct monami *m, const char *key, const char *value)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_set()");
    if (!st && (!*key || strchr(key, '=')))
        st = lib_fail(m, MONAMI_RANGE, "monami_set(): '%.100s' is no key", key);
    if (st)
        return st;
    if ((m->sets & (m->sets + 1)) == 0) { /* 0, 1, 3, 7, ...: there is no more room */
        const char **more = arena_take(&m->given, (2 * m->sets + 1) * sizeof *more);
        if (m->sets)
            memcpy(more, m->set, m->sets * sizeof *more);
        m->set = more;
    }
    m->set[m->sets++] = arena_format(&m->given, "%s=%s", key, value);
    return MONAMI_OK;
}

enum monami_status monami_seed(struct monami *m, int64_t seed, int64_t replication)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, seed);
    enum monami_status st = monami_set(m, "general.seed", text);
    (void)snprintf(text, sizeof text, "%" PRId64, replication);
    return st ? st : monami_set(m, "general.replication", text);
}

static enum monami_status keep_complaints(struct monami *m, struct complaints *c)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        abort();
    complaints_print(c, out);
    (void)fclose(out);
    (void)lib_fail(m, MONAMI_SCENARIO, "the scenario has mistakes");
    m->complaints = text;
    return MONAMI_SCENARIO;
}

static enum monami_status load(struct monami *m)
{
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    if (!c)
        abort();
    arena_release(&m->run); /* of a former try */
    bool good = m->text ? scenario_read(m->path, m->text, m->text_bytes, m->set, m->sets, &m->run,
                                        &m->scenario, &root, c)
                        : scenario_load(m->path, m->set, m->sets, &m->run, &m->scenario, &root, c);
    enum monami_status st = good ? MONAMI_OK : keep_complaints(m, c);
    free(c);
    return st;
}

enum monami_status monami_build(struct monami *m)
{
    enum monami_status st = lib_stands(m, LIB_MAKING, "monami_build()");
    size_t n = 0;
    struct why why;
    if (!st)
        st = load(m);
    if (st)
        return st;
    if (m->scenario.general.engine != ENGINE_NATIVE)
        return lib_fail(m, MONAMI_SCENARIO,
                        "general.engine: a world of the library has the clock of its caller, and "
                        "networks of ns-3 are the caller's to carry");
    const struct world_outside *outside = lib_outside(m, &n);
    if (world_outside_check(&m->scenario, outside, n, &why))
        return lib_fail(m, MONAMI_SCENARIO, "%s", why.text);
    st = lib_record_begin(m);
    if (st)
        return st;
    const struct general_config *g = &m->scenario.general;
    m->stage = LIB_BUILT;
    m->inside++;
    world_build_outside(&m->world, &m->scenario, &m->run, (uint64_t)g->seed,
                        (uint64_t)g->replication, outside, n);
    lib_know_outside(m);
    lib_watch(m);
    lib_record_open(m);
    world_start(&m->world);
    m->inside--;
    return MONAMI_OK;
}

/* ---- the clock ------------------------------------------------------------------------------- */

int64_t monami_now(const struct monami *m)
{
    return m->stage == LIB_MAKING ? 0 : sim_now(m->world.sim);
}

int64_t monami_next(const struct monami *m)
{
    return m->stage == LIB_BUILT ? sim_next(m->world.sim) : MONAMI_NEVER;
}

int64_t monami_stop(const struct monami *m)
{
    return m->stage == LIB_MAKING ? 0 : m->scenario.general.stop;
}

static enum monami_status may_move(struct monami *m, int64_t t, const char *what)
{
    enum monami_status st = lib_stands(m, LIB_BUILT, what);
    if (!st && t < sim_now(m->world.sim))
        return lib_fail(m, MONAMI_RANGE, "%s: %" PRId64 " ns is past, it is %" PRId64 " ns", what,
                        t, sim_now(m->world.sim));
    return st;
}

static enum monami_status move(struct monami *m, int64_t t, const char *what,
                               uint64_t (*run)(struct sim *sim, sim_time t))
{
    enum monami_status st = may_move(m, t, what);
    if (st)
        return st;
    m->inside++;
    m->events += run(m->world.sim, t);
    m->inside--;
    return MONAMI_OK;
}

enum monami_status monami_run_until(struct monami *m, int64_t t)
{
    return move(m, t, "monami_run_until()", sim_run_until);
}

enum monami_status monami_reach(struct monami *m, int64_t t)
{
    return move(m, t, "monami_reach()", sim_reach);
}

enum monami_status monami_finish(struct monami *m)
{
    enum monami_status st = lib_stands(m, LIB_BUILT, "monami_finish()");
    if (st)
        return st;
    m->stage = LIB_FINISHED;
    return lib_record_close(m);
}
