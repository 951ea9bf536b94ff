#include "sim/app/run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/effective.h"
#include "sim/app/cli.h"
#include "sim/app/folder.h"
#include "sim/app/interrupt.h"
#include "sim/app/manifest.h"
#include "sim/app/version.h"
#include "sim/app/world.h"

/* What one run needs from beginning to end. */
struct run {
    const struct run_options *how;
    struct arena arena;
    struct scenario scenario;
    struct world world;
    struct trace *trace;
    struct folder folder;
    char key[HASH_TEXT];
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
    struct yaml_node *root;
    assert(c);
    bool good = scenario_load_copy(read_from(r), r->how->file, r->how->set, r->how->sets, &r->arena,
                                   &r->scenario, &root, c);
    complaints_print(c, stderr);
    free(c);
    return good;
}

static enum status print_effective(struct run *r, struct why *w)
{
    FILE *out = open_memstream(&r->effective, &r->effective_n);
    if (!out)
        return why_set(w, ST_NOMEM, "out of memory");
    effective_print(out, scenario_keys, &r->scenario, scenario_folder(r->how->file, &r->arena));
    return fclose(out) ? why_set(w, ST_NOMEM, "out of memory") : ST_OK;
}

/* A file beside the scenario that decides the result. */
struct input_file {
    const char *name;
    const char *path;
};

static size_t list_inputs(struct run *r, struct input_file **list)
{
    const struct input_config *in = KEY_ITEMS(r->scenario.inputs, struct input_config);
    const struct node_config *node = KEY_ITEMS(r->scenario.nodes, struct node_config);
    size_t n = 0;
    *list = arena_take(&r->arena,
                       (2 * (r->scenario.inputs.n + r->scenario.nodes.n) + 1) * sizeof **list);
    for (size_t k = 0; k < r->scenario.inputs.n; k++) {
        (*list)[n++] = (struct input_file){in[k].name, in[k].file};
        if (in[k].up)
            (*list)[n++] =
                (struct input_file){arena_format(&r->arena, "%s.up", in[k].name), in[k].up};
    }
    for (size_t k = 0; k < r->scenario.nodes.n; k++) {
        const struct decide_config *d = &node[k].decision;
        const char *path = d->module ? d->module : d->replay;
        bool again = n && path && !strcmp((*list)[n - 1].path, path); /* of one population */
        if (path && !again)
            (*list)[n++] =
                (struct input_file){arena_format(&r->arena, "%s.decision", node[k].name), path};
    }
    return n;
}

/* Who this run is: the hash of all that decides its result. */
static enum status make_key(struct run *r, struct why *w)
{
    struct input_file *in;
    size_t inputs = list_inputs(r, &in);
    struct hash *h = hash_new();
    uint8_t sum[HASH_BYTES];
    enum status st = ST_OK;
    hash_add(h, r->effective, r->effective_n);
    for (size_t k = 0; k < inputs && !st; k++) {
        char text[HASH_TEXT];
        st = hash_file(in[k].path, text, w);
        hash_add(h, text, sizeof text);
    }
    hash_add(h, MONAMI_VERSION, sizeof MONAMI_VERSION);
    hash_done(h, sum);
    hash_free(h);
    hash_text(sum, r->key);
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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *knowledge_of(const struct scenario *s)
{
    const struct node_config *node = KEY_ITEMS(s->nodes, struct node_config);
    for (size_t k = 0; k < s->nodes.n; k++) {
        if (node[k].detection.knowledge == 1)
            return "oracle";
    }
    return "protocol";
}

static void open_trace(struct run *r)
{
    const struct general_config *g = &r->scenario.general;
    struct trace_setup setup = {.dir = r->how->dir ? r->folder.part : NULL,
                                .database = r->how->database,
                                .packets = r->how->dir && g->record.packets == 0,
                                .events = g->record.events == 0,
                                .counters = g->record.counters,
                                .digest = g->record.digest,
                                .pcap = r->how->dir ? pcap_mode(r) : TRACE_PCAP_NONE,
                                .series = r->how->dir ? g->record.series : 0,
                                .parameter = r->how->parameter,
                                .parameters = r->how->parameters};
    setup.run = (struct trace_run){.run_key = r->key,
                                   .scenario = base_name(r->how->file),
                                   .title = r->scenario.title,
                                   .engine = "native",
                                   .crypto = "none",
                                   .knowledge = knowledge_of(&r->scenario),
                                   .version = MONAMI_VERSION,
                                   .seed = g->seed,
                                   .replication = g->replication,
                                   .stop = g->stop,
                                   .date_s = g->date};
    world_trace_setup(&r->world, &setup);
    r->trace = trace_open(&setup, r->world.sim);
}

static enum status simulate(struct run *r, struct why *w)
{
    const struct general_config *g = &r->scenario.general;
    size_t links = 0;
    world_build(&r->world, &r->scenario, &r->arena, (uint64_t)g->seed, (uint64_t)g->replication);
    open_trace(r);
    double start = progress_seconds();
    world_start(&r->world);
    r->events = progress_run(r->world.sim, g->stop, r->how->progress);
    r->wall_s = progress_seconds() - start;
    if (interrupted())
        return ST_OK; /* nobody will read what there is */
    const struct trace_link *link = world_links(&r->world, &links);
    return trace_close(r->trace, link, links, r->events, &r->scenario.expect, w);
}

/* ---- files beside the traces ------------------------------------------------------ */

static struct manifest_input *hash_inputs(struct run *r, size_t *n)
{
    struct input_file *in;
    *n = list_inputs(r, &in);
    struct manifest_input *list = arena_take(&r->arena, (*n + 1) * sizeof *list);
    for (size_t k = 0; k < *n; k++) {
        char hash[HASH_TEXT] = "";
        struct why w;
        (void)!hash_file(in[k].path, hash, &w); /* it was read a moment ago */
        list[k] = (struct manifest_input){in[k].name, in[k].path, arena_text(&r->arena, hash)};
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
    if (!st && !interrupted() && r->how->dir)
        st = write_files(r, &w);
    bool whole = !st && !interrupted();
    if (whole)
        tell_outcome(r, o);
    trace_free(r->trace);
    world_free(&r->world);
    if (whole && r->how->dir)
        st = folder_finish(&r->folder, &w);
    if ((st || !whole) && r->how->dir)
        folder_drop(&r->folder);
    o->whole &= !st;
    if (st)
        return said(&w, CLI_FAILED);
    if (!whole)
        return CLI_INTERRUPTED;
    return o->unmet ? CLI_FAILED : CLI_DONE;
}

int run_scenario(const struct run_options *options, struct run_outcome *outcome)
{
    struct run r = {.how = options};
    struct why w;
    int code = CLI_USAGE;
    *outcome = (struct run_outcome){.unmet = 0};
    if (load(&r)) {
        enum status st = print_effective(&r, &w);
        if (!st)
            st = make_key(&r, &w);
        if (!st && options->dir)
            st = folder_begin(&r.folder, options->dir, options->force, &w);
        code = st ? said(&w, CLI_USAGE) : finish(&r, outcome);
    }
    free(r.effective);
    arena_release(&r.arena);
    return code;
}
