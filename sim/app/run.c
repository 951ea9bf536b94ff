#include "sim/app/run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/engine.h"
#include "sim/app/folder.h"
#include "sim/app/identity.h"
#include "sim/app/interrupt.h"
#include "sim/app/live.h"
#include "sim/app/manifest.h"
#include "sim/app/version.h"
#include "sim/base/path.h"
#include "sim/batch/store.h"
#include "sim/link/carrier.h"
#include "sim/world/world.h"

/* What one run needs from beginning to end. */
struct run {
    const struct run_options *how;
    struct arena arena;
    struct scenario scenario;
    struct yaml_node *root;
    struct world world;
    struct live live;
    struct trace *trace;
    struct folder folder;
    char key[HASH_TEXT];
    struct identity_files files;
    char *effective; /* text */
    size_t effective_n;
    uint64_t events;
    double wall_s;
};

static int said(const struct why *w, int code)
{
    (void)fprintf(stderr, "error: %s\n", w->text);
    return code;
}

static const char *read_from(const struct run *r)
{
    return r->how->copy ? r->how->copy : r->how->file;
}

static bool load(struct run *r)
{
    struct complaints *c = calloc(1, sizeof *c);
    assert(c);
    bool good = scenario_load_copy(read_from(r), r->how->file, r->how->set, r->how->sets, &r->arena,
                                   &r->scenario, &r->root, c);
    complaints_print(c, stderr);
    free(c);
    return good;
}

static enum status print_effective(struct run *r, struct why *w)
{
    FILE *out = open_memstream(&r->effective, &r->effective_n);
    if (!out)
        return why_set(w, ST_NOMEM, "out of memory");
    effective_print(out, scenario_keys, &r->scenario, path_folder(r->how->file, &r->arena));
    return fclose(out) ? why_set(w, ST_NOMEM, "out of memory") : ST_OK;
}

static enum status make_key(struct run *r, struct why *w)
{
    struct identity id;
    if (r->how->key) {
        (void)snprintf(r->key, sizeof r->key, "%s", r->how->key);
        return ST_OK;
    }
    enum status st = identity_of(&id, &r->scenario, r->how->file, NULL, &r->files, w);
    if (!st)
        identity_run_key(&id, r->scenario.general.replication, r->key);
    return st;
}

static int pcap_mode(const struct run *r)
{
    static const char *const words[] = {"none", "nodes", "all"};
    for (int k = 0; r->how->pcap && k < 3; k++) {
        if (!strcmp(words[k], r->how->pcap))
            return k;
    }
    return r->scenario.general.record.pcap;
}

/* Of a run in a sweep only scalars are kept, and what the sweep asks for. */
static bool keeps(const struct run *r, int kind)
{
    return r->how->dir || store_keeps(&r->scenario.sweep, kind);
}

static const char *engine_of(const struct run *r)
{
    return r->how->live ? "live" : engine_words[r->scenario.general.engine];
}

static void open_trace(struct run *r)
{
    const struct general_config *g = &r->scenario.general;
    struct trace_setup setup = {.dir = r->how->dir ? r->folder.part : NULL,
                                .database = r->how->database,
                                .packets = keeps(r, STUDY_KEEP_PACKETS) && g->record.packets == 0,
                                .events = g->record.events == 0,
                                .event_rows = keeps(r, STUDY_KEEP_EVENTS),
                                .counters = g->record.counters,
                                .digest = g->record.digest,
                                .pcap = r->how->dir ? pcap_mode(r) : TRACE_PCAP_NONE,
                                .series = keeps(r, STUDY_KEEP_SERIES) ? g->record.series : 0,
                                .parameter = r->how->parameter,
                                .parameters = r->how->parameters};
    setup.run = (struct trace_run){.run_key = r->key,
                                   .scenario = path_name(r->how->file),
                                   .engine = engine_of(r),
                                   .version = MONAMI_VERSION};
    world_trace_setup(&r->world, &setup);
    r->trace = trace_open(&setup, r->world.sim);
}

/* Nobody will read what there is: but a live run ends when it is told to. */
static bool given_up(const struct run *r)
{
    return interrupted() && !r->how->live;
}

static bool is_foreign(const struct run *r)
{
    return r->scenario.general.engine != ENGINE_NATIVE && !r->how->live;
}

static void build(struct run *r)
{
    const struct general_config *g = &r->scenario.general;
    uint64_t seed = (uint64_t)g->seed;
    uint64_t replication = (uint64_t)g->replication;
    if (is_foreign(r)) {
        world_build_foreign(&r->world, &r->scenario, &r->arena, seed, replication, engine_here());
    } else {
        world_build_live(&r->world, &r->scenario, &r->arena, seed, replication,
                         r->how->live ? &r->live.of : NULL);
    }
}

static uint64_t go(struct run *r)
{
    sim_time stop = r->scenario.general.stop;
    if (r->how->live)
        return live_run(&r->live, &r->world);
    if (r->world.foreign)
        return progress_run_foreign(r->world.foreign, stop, r->how->progress);
    return progress_run(r->world.sim, stop, r->how->progress);
}

/* What somebody else was handed is taken, lost or on the way. */
static enum status check_networks(const struct run *r, struct why *w)
{
    for (size_t k = 0; k < r->world.outsides; k++) {
        const char *name = r->world.outside[k].network;
        const struct outside *o = world_network(&r->world, name)->access->outside;
        if (o->count.sent != o->count.done + o->count.lost + o->out)
            return why_set(w, ST_OUTSIDE, "network %.80s: of %llu frames %llu are accounted for",
                           name, (unsigned long long)o->count.sent,
                           (unsigned long long)(o->count.done + o->count.lost + o->out));
    }
    return ST_OK;
}

/* Every frame that a link took is one that its device took. */
static enum status check_devices(const struct run *r, struct why *w)
{
    const struct carriers *all = r->world.links.carriers;
    for (const struct carrier *c = all ? all->first : NULL; c; c = c->next) {
        if (c->count.handed != c->channel->count.packets)
            return why_set(
                w, ST_OUTSIDE, "%.60s, %.80s: the link took %llu frames, its device %llu",
                c->channel->link, c->channel->direction,
                (unsigned long long)c->channel->count.packets, (unsigned long long)c->count.handed);
    }
    return check_networks(r, w);
}

static enum status simulate(struct run *r, struct why *w)
{
    build(r);
    open_trace(r);
    if (r->how->live && !r->how->quiet)
        live_print_addresses(stderr, &r->world);
    double start = progress_seconds();
    world_start(&r->world);
    r->events = go(r);
    r->wall_s = progress_seconds() - start;
    if (given_up(r))
        return ST_OK;
    if (r->world.foreign && r->world.foreign->st) {
        *w = r->world.foreign->why;
        return r->world.foreign->st;
    }
    enum status st = check_devices(r, w);
    if (st)
        return st;
    return world_trace_close(&r->world, r->trace, r->events,
                             r->how->live ? sim_now(r->world.sim) : 0, w);
}

/* ---- files beside the traces ------------------------------------------------------ */

static struct manifest_input *hash_inputs(struct run *r, size_t *n)
{
    struct manifest_input *list;
    *n = identity_inputs(&r->scenario, &list, &r->arena);
    for (size_t k = 0; k < *n; k++) {
        struct why w;
        (void)!identity_file_hash(&r->files, list[k].file, &list[k].sha256, &w); /* known by now */
    }
    return list;
}

static struct manifest_network *list_networks(struct run *r)
{
    struct manifest_network *list = arena_take(&r->arena, (r->world.outsides + 1) * sizeof *list);
    for (size_t k = 0; k < r->world.outsides; k++) {
        const char *name = r->world.outside[k].network;
        list[k] = (struct manifest_network){name, world_network(&r->world, name)->access->outside};
    }
    return list;
}

static enum status write_manifest(struct run *r, struct why *w)
{
    char path[1100];
    char scenario[HASH_TEXT];
    char directory[4096];
    (void)snprintf(path, sizeof path, "%s/manifest.json", r->folder.part);
    enum status st = hash_file(read_from(r), scenario, w);
    if (st)
        return st;
    size_t inputs = 0;
    struct manifest_input *input = hash_inputs(r, &inputs);
    const struct manifest m = {.monami = MONAMI_VERSION,
                               .built = version_git(),
                               .run_key = r->key,
                               .engine = engine_of(r),
                               .file = r->how->file,
                               .sha256 = scenario,
                               .directory = getcwd(directory, sizeof directory) ? directory : "",
                               .set = r->how->set,
                               .sets = r->how->sets,
                               .pcap = r->how->pcap,
                               .input = input,
                               .inputs = inputs,
                               .seed = r->scenario.general.seed,
                               .replication = r->scenario.general.replication,
                               .digest = trace_digest(r->trace),
                               .command = (const char *const *)r->how->argv,
                               .commands = (size_t)r->how->argc,
                               .events = r->events,
                               .outside = is_foreign(r) ? engine_here()->version : NULL,
                               .network = list_networks(r),
                               .networks = r->world.outsides,
                               .carrier =
                                   r->world.links.carriers ? r->world.links.carriers->first : NULL,
                               .wall_s = r->wall_s};
    return manifest_write(path, &m, w);
}

static enum status write_files(struct run *r, struct why *w)
{
    char path[1100];
    (void)snprintf(path, sizeof path, "%s/scenario.yaml", r->folder.part);
    enum status st = folder_copy_file(read_from(r), path, w);
    if (st)
        return st;
    (void)snprintf(path, sizeof path, "%s/effective.yaml", r->folder.part);
    FILE *out = fopen(path, "w");
    if (!out)
        return why_set(w, ST_IO, "%s: cannot be written", path);
    (void)fwrite(r->effective, 1, r->effective_n, out);
    bool bad = ferror(out);
    bad |= fclose(out) != 0;
    if (bad)
        return why_set(w, ST_IO, "%s: cannot be written", path);
    return write_manifest(r, w);
}

static void tell_outcome(struct run *r, struct run_outcome *o)
{
    (void)snprintf(o->digest, sizeof o->digest, "%s", trace_digest(r->trace));
    if (!r->how->many)
        trace_print_unmet(r->trace, r->how->file, stderr);
    o->unmet = trace_unmet(r->trace);
    o->whole = true;
}

static int finish(struct run *r, struct run_outcome *o)
{
    struct why w;
    enum status st = simulate(r, &w);
    if (!st && !given_up(r) && r->how->dir)
        st = write_files(r, &w);
    bool whole = !st && !given_up(r);
    if (whole)
        tell_outcome(r, o);
    if (is_foreign(r))
        engine_here()->end(engine_here()->self);
    trace_free(r->trace);
    world_free(&r->world);
    if (whole && r->how->dir)
        st = folder_finish(&r->folder, &w);
    if ((st || !whole) && r->how->dir)
        folder_drop(&r->folder);
    o->whole &= !st;
    o->outside = st == ST_OUTSIDE;
    if (!st && r->how->live && r->live.tun.gone)
        st = why_set(&w, ST_IO, "%s: the device is gone (%s): the run ended early",
                     r->live.tun.name, strerror(r->live.tun.gone));
    if (st)
        return said(&w, CLI_FAILED);
    if (!whole)
        return CLI_INTERRUPTED;
    return o->unmet ? CLI_FAILED : CLI_DONE;
}

/* What the other engine says of the scenario, where it stands there. */
static bool engine_agrees(const struct run *r)
{
    struct why w;
    if (!is_foreign(r) || !engine_try(&r->scenario, &w))
        return true;
    struct arena arena = {0};
    struct complaints *c = calloc(1, sizeof *c);
    const char *colon = strstr(w.text, ": ");
    bool placed = !strncmp(w.text, "networks.", 9) && colon;
    assert(c);
    c->arena = &arena;
    complain_path(c, r->root,
                  placed ? arena_format(&arena, "%.*s", (int)(colon - w.text), w.text) : "", "%s",
                  placed ? colon + 2 : w.text);
    complaints_print(c, stderr);
    arena_release(&arena);
    free(c);
    return false;
}

/* Whatever may be wrong before anything runs. */
static enum status prepare(struct run *r, struct why *w, int *code)
{
    enum status st = ST_OK;
    if (r->how->live)
        st = live_open(&r->live, r->how->live, &r->scenario, w);
    *code = st == ST_IO ? CLI_FAILED : CLI_USAGE;
    if (!st)
        st = print_effective(r, w);
    if (!st)
        st = make_key(r, w);
    if (!st && r->how->dir)
        st = folder_begin(&r->folder, r->how->dir, r->how->force, w);
    return st;
}

int run_scenario(const struct run_options *options, struct run_outcome *outcome)
{
    struct run r = {.how = options};
    struct why w;
    int code = CLI_USAGE;
    *outcome = (struct run_outcome){.unmet = 0};
    bool good = load(&r);
    if (good && is_foreign(&r) && !engine_here()) {
        code = engine_elsewhere(options, outcome);
    } else if (good && engine_agrees(&r)) {
        enum status st = prepare(&r, &w, &code);
        code = st ? said(&w, code) : finish(&r, outcome);
        if (options->live)
            live_close(&r.live);
    }
    free(r.effective);
    identity_release(&r.files);
    arena_release(&r.arena);
    return code;
}

bool run_estimate(const struct run_options *options, double most_s, double *wall_s)
{
    struct run r = {.how = options};
    double start = progress_seconds();
    if (!load(&r)) {
        arena_release(&r.arena);
        return false;
    }
    const struct general_config *g = &r.scenario.general;
    double loaded = progress_seconds();
    *wall_s = 0;
    if (is_foreign(&r) && !engine_here()) {
        arena_release(&r.arena);
        return true;
    }
    world_build(&r.world, &r.scenario, &r.arena, (uint64_t)g->seed, (uint64_t)g->replication);
    open_trace(&r);
    world_start(&r.world);
    sim_time slice = g->stop / 200 + 1;
    while (sim_now(r.world.sim) < g->stop && progress_seconds() - loaded < most_s) {
        sim_time now = sim_now(r.world.sim);
        (void)sim_run_until(r.world.sim, slice < g->stop - now ? now + slice : g->stop);
    }
    double ran = (double)sim_now(r.world.sim) / (double)g->stop;
    *wall_s = loaded - start + (progress_seconds() - loaded) / ran;
    trace_free(r.trace);
    world_free(&r.world);
    arena_release(&r.arena);
    return true;
}
