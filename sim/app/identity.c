#include "sim/app/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/effective.h"
#include "sim/app/version.h"
#include "sim/base/path.h"
#include "sim/batch/store.h"
#include "sim/world/profile.h"

struct identity_file {
    const char *path;
    char hash[HASH_TEXT];
    struct identity_file *next;
};

void identity_release(struct identity_files *files)
{
    arena_release(&files->arena);
    files->first = NULL;
}

enum status identity_file_hash(struct identity_files *files, const char *path, const char **hash,
                               struct why *w)
{
    struct identity_file *f = files->first;
    while (f && strcmp(f->path, path) != 0)
        f = f->next;
    if (!f) {
        f = arena_take(&files->arena, sizeof *f);
        enum status st = hash_file(path, f->hash, w);
        if (st)
            return st;
        f->path = arena_text(&files->arena, path);
        f->next = files->first;
        files->first = f;
    }
    *hash = f->hash;
    return ST_OK;
}

/* Of one end of IKE; those of a population are named once. */
static size_t add_signer(const struct scenario_signer *f, const char *node,
                         struct manifest_input *list, size_t from, size_t n, struct arena *arena)
{
    const char *const file[] = {f->key, f->certificates, f->trusted};
    static const char *const name[] = {"key", "certificates", "trusted"};
    for (size_t j = 0; j < 3; j++) {
        bool again = false;
        for (size_t k = from; k < n; k++)
            again |= !strcmp(list[k].file, file[j]);
        if (!again)
            list[n++] = (struct manifest_input){
                arena_format(arena, "%s.%s.%s", node, f->table, name[j]), file[j], ""};
    }
    return n;
}

/* Keys and certificates that are used. */
static size_t add_keys(const struct scenario *s, struct manifest_input *list, size_t n,
                       struct arena *arena)
{
    const struct node_config *node = KEY_ITEMS(s->nodes, struct node_config);
    size_t from = n;
    for (size_t k = 0; k < s->nodes.n; k++) {
        struct scenario_signer f;
        if (scenario_signs(s, &node[k], &f))
            n = add_signer(&f, node[k].name, list, from, n, arena);
    }
    return n;
}

size_t identity_inputs(const struct scenario *s, struct manifest_input **list, struct arena *arena)
{
    const struct input_config *in = KEY_ITEMS(s->inputs, struct input_config);
    const struct node_config *node = KEY_ITEMS(s->nodes, struct node_config);
    size_t n = 0;
    *list = arena_take(arena, (2 * s->inputs.n + 5 * s->nodes.n + 1) * sizeof **list);
    for (size_t k = 0; k < s->inputs.n; k++) {
        (*list)[n++] = (struct manifest_input){in[k].name, in[k].file, ""};
        if (in[k].up)
            (*list)[n++] =
                (struct manifest_input){arena_format(arena, "%s.up", in[k].name), in[k].up, ""};
    }
    for (size_t k = 0; k < s->nodes.n; k++) {
        const struct decide_config *d = &node[k].decision;
        const char *path = d->module ? d->module : d->replay;
        bool again = n && path && !strcmp((*list)[n - 1].file, path); /* of one population */
        if (path && !again)
            (*list)[n++] =
                (struct manifest_input){arena_format(arena, "%s.decision", node[k].name), path, ""};
    }
    for (size_t k = 0; k < s->nodes.n; k++) {
        const char *path = profile_file(&node[k].cpu);
        bool again = n && path && !strcmp((*list)[n - 1].file, path);
        if (path && !again)
            (*list)[n++] =
                (struct manifest_input){arena_format(arena, "%s.cpu", node[k].name), path, ""};
    }
    return add_keys(s, *list, n, arena);
}

/* Without what does not decide the result; shares everything else with `s`. */
static struct scenario deciding(const struct scenario *s, struct arena *arena)
{
    struct scenario d = *s;
    struct input_config *in = arena_take(arena, (s->inputs.n + 1) * sizeof *in);
    d.title = "";
    d.text = "";
    d.sweep = (struct sweep_config){.replicate = {.seeds = 1}};
    d.figures = (struct key_list){NULL, 0};
    d.general.replication = 0;
    for (size_t k = 0; k < s->inputs.n; k++) {
        in[k] = KEY_ITEMS(s->inputs, struct input_config)[k];
        in[k].files = (struct key_list){NULL, 0};
    }
    d.inputs.items = in;
    return d;
}

static void add_text(struct hash *h, const char *text)
{
    hash_add(h, text, strlen(text) + 1);
}

static enum status add_files(struct hash *h, const struct scenario *s, struct arena *arena,
                             struct identity_files *files, struct why *w)
{
    struct manifest_input *in;
    size_t n = identity_inputs(s, &in, arena);
    enum status st = ST_OK;
    for (size_t k = 0; k < n && !st; k++) {
        const char *hash = "";
        st = identity_file_hash(files, in[k].file, &hash, w);
        add_text(h, hash);
    }
    return st;
}

/* The profile that the program carries, where a node has it. */
static void add_measured(struct hash *h, const struct scenario *s)
{
    const struct node_config *node = KEY_ITEMS(s->nodes, struct node_config);
    for (size_t k = 0; k < s->nodes.n; k++) {
        if (profile_given(&node[k].cpu) && !profile_file(&node[k].cpu)) {
            const struct library_file *f = profile_measured();
            hash_add(h, f->bytes, f->n);
            return;
        }
    }
}

enum status identity_of(struct identity *id, const struct scenario *s, const char *file,
                        const char *build, struct identity_files *files, struct why *w)
{
    struct arena arena = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return why_set(w, ST_NOMEM, "out of memory");
    struct scenario d = deciding(s, &arena);
    effective_print(out, scenario_keys, &d, path_folder(file, &arena));
    if (fclose(out))
        return why_set(w, ST_NOMEM, "out of memory");
    struct hash *h = hash_new();
    hash_add(h, text, n);
    enum status st = add_files(h, s, &arena, files, w);
    add_measured(h, s);
    add_text(h, engine_words[s->general.engine]);
    add_text(h, MONAMI_VERSION);
    add_text(h, build ? build : "");
    for (int k = 0; k < STUDY_KEEPS; k++)
        add_text(h, store_keeps(&s->sweep, k) ? study_keep_words[k] : "");
    hash_done(h, id->point);
    hash_free(h);
    free(text);
    arena_release(&arena);
    return st;
}

void identity_run_key(const struct identity *id, int64_t replication, char key[HASH_TEXT])
{
    struct hash *h = hash_new();
    char text[32];
    uint8_t sum[HASH_BYTES];
    (void)snprintf(text, sizeof text, "%lld", (long long)replication);
    hash_add(h, id->point, sizeof id->point);
    add_text(h, text);
    hash_done(h, sum);
    hash_free(h);
    hash_text(sum, key);
}
