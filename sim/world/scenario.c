#include "sim/world/scenario.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/inherit.h"
#include "scenarios/populate.h"
#include "sim/base/path.h"

void *scenario_find(const struct key_list *list, size_t size, const char *name)
{
    for (size_t k = 0; name && k < list->n; k++) {
        char *item = (char *)list->items + k * size;
        if (!strcmp(*(const char *const *)(const void *)item, name))
            return item;
    }
    return NULL;
}

static size_t slot_of(const struct scenario *s, const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    return (size_t)(h & (s->node_slots - 1));
}

static void index_nodes(struct scenario *s, struct arena *arena)
{
    struct node_config *node = s->nodes.items;
    s->node_slots = 16;
    while (s->node_slots < 2 * s->nodes.n)
        s->node_slots *= 2;
    s->node_slot = arena_take(arena, s->node_slots * sizeof(struct node_config *));
    for (size_t k = 0; k < s->nodes.n; k++) {
        size_t at = slot_of(s, node[k].name);
        while (s->node_slot[at])
            at = (at + 1) & (s->node_slots - 1);
        s->node_slot[at] = &node[k];
    }
}

struct node_config *scenario_node(const struct scenario *s, const char *name)
{
    if (!name || !s->node_slots)
        return NULL;
    for (size_t at = slot_of(s, name); s->node_slot[at]; at = (at + 1) & (s->node_slots - 1)) {
        if (!strcmp(s->node_slot[at]->name, name))
            return s->node_slot[at];
    }
    return NULL;
}

bool scenario_interface(const struct scenario *s, const char *text, const struct node_config **node,
                        const struct interface_config **interface)
{
    char name[128];
    const char *dot = strrchr(text, '.'); /* a population's nodes have one in their names */
    if (!dot || (size_t)(dot - text) >= sizeof name)
        return false;
    memcpy(name, text, (size_t)(dot - text));
    name[dot - text] = '\0';
    *node = scenario_node(s, name);
    *interface =
        *node ? SCENARIO_FIND((*node)->interfaces, struct interface_config, dot + 1) : NULL;
    return *interface != NULL;
}

const char *scenario_named(const struct interface_config *i, size_t k)
{
    const char *const *roams = i->roams.items;
    const char *const *more = i->may_attach.items;
    if (k == 0)
        return i->attach;
    if (k <= i->roams.n)
        return roams[k - 1];
    k -= i->roams.n + 1;
    return k < i->may_attach.n ? more[k] : NULL;
}

/* A profile that no node uses is read all the same: a mistake in it is a mistake. */
static void check_unused_profiles(struct bind *b, const struct yaml_node *root)
{
    const struct yaml_node *profiles = yaml_get(root, "profiles");
    const struct yaml_node *nodes = yaml_get(root, "nodes");
    const struct key *node_keys = NULL;
    size_t at = 0;
    const struct key *top = bind_find_key(scenario_keys, "nodes", &at);
    node_keys = top->keys;
    if (profiles && profiles->kind != YAML_MAP)
        complain(b->complaints, &profiles->at, "profiles", "is not a map of named entries");
    for (size_t k = 0; profiles && profiles->kind == YAML_MAP && k < profiles->n; k++) {
        struct node_config unused;
        bool used = false;
        for (size_t j = 0; nodes && nodes->kind == YAML_MAP && j < nodes->n; j++) {
            const struct yaml_node *name = yaml_get(nodes->pair[j].value, "profile");
            used |= name && name->kind == YAML_SCALAR && !strcmp(name->text, profiles->pair[k].key);
        }
        if (used)
            continue;
        memset(&unused, 0, sizeof unused);
        b->partial = true;
        bind_table(b, profiles->pair[k].value, node_keys, &unused,
                   arena_format(b->arena, "profiles.%.40s", profiles->pair[k].key));
        b->partial = false;
    }
}

/* ---- inputs of several files --------------------------------------------------------------- */

static bool is_pattern(const char *name)
{
    return strpbrk(name, "*?[") != NULL;
}

/* The files that the patterns stand for, in order of their names. */
static void expand(struct input_config *in, const struct yaml_node *root, struct arena *arena,
                   struct complaints *c)
{
    const char *const *name = in->files.items;
    const char *path = arena_format(arena, "inputs.%s.files", in->name);
    const char **list = NULL;
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            list = arena_take(arena, (n + 1) * sizeof *list);
        n = 0;
        for (size_t k = 0; k < in->files.n; k++) {
            glob_t found;
            if (!is_pattern(name[k])) {
                if (pass)
                    list[n] = name[k];
                n++;
                continue;
            }
            if (glob(name[k], 0, NULL, &found)) {
                complain_path(c, root, path, "no file matches '%s'", name[k]);
                return;
            }
            for (size_t j = 0; j < found.gl_pathc; j++, n++) {
                if (pass)
                    list[n] = arena_text(arena, found.gl_pathv[j]);
            }
            globfree(&found);
        }
    }
    in->files = (struct key_list){list, n};
}

static void choose_files(struct scenario *s, const struct yaml_node *root, struct arena *arena,
                         struct complaints *c)
{
    struct input_config *in = s->inputs.items;
    for (size_t k = 0; k < s->inputs.n; k++) {
        if (in[k].files.n)
            expand(&in[k], root, arena, c);
        if (!in[k].file && in[k].files.n)
            in[k].file = KEY_ITEMS(in[k].files, const char *)[0];
        if (!in[k].file)
            complain_path(c, root, arena_format(arena, "inputs.%s", in[k].name),
                          "needs a `file`, or `files`");
    }
}

/* ---- choices that belong to the file of an input ------------------------------------------- */

/* The name of the file, without folder and ending. */
static const char *stem_of(const char *file, struct arena *arena)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    return arena_format(arena, "%.*s", (int)(dot ? (size_t)(dot - name) : strlen(name)), name);
}

static void choose_choices(struct scenario *s, const struct yaml_node *root, struct arena *arena,
                           struct complaints *c)
{
    struct node_config *n = s->nodes.items;
    for (size_t k = 0; k < s->nodes.n; k++) {
        const char *whole = n[k].decision.replay;
        const char *open = whole ? strchr(whole, '{') : NULL;
        const char *close = open ? strchr(open, '}') : NULL;
        if (!close)
            continue;
        const char *name = arena_format(arena, "%.*s", (int)(close - open - 1), open + 1);
        const struct input_config *in = SCENARIO_FIND(s->inputs, struct input_config, name);
        if (!in) {
            complain_path(c, root, arena_format(arena, "nodes.%s.decision.replay", n[k].name),
                          "there is no '%.80s' in 'inputs'", name);
            continue;
        }
        n[k].decision.replay = arena_format(arena, "%.*s%s%s", (int)(open - whole), whole,
                                            stem_of(in->file, arena), close + 1);
    }
}

/* A tree as it was read, from files in `folder`; NULL: it could not be. */
static bool take_tree(struct yaml_node **root, const char *folder, const char *const *set,
                      size_t sets, struct arena *arena, struct scenario *s, struct complaints *c)
{
    if (!*root)
        return false;
    if ((*root)->kind != YAML_MAP) {
        complain(c, &(*root)->at, "", "a scenario is a map of keys");
        return false;
    }
    *root = inherit(*root, folder, set, sets, arena, c);
    return *root && c->n == 0 && scenario_bind(*root, folder, arena, s, c);
}

bool scenario_load(const char *path, const char *const *set, size_t sets, struct arena *arena,
                   struct scenario *s, struct yaml_node **root, struct complaints *c)
{
    return scenario_load_copy(path, path, set, sets, arena, s, root, c);
}

bool scenario_load_copy(const char *copy, const char *path, const char *const *set, size_t sets,
                        struct arena *arena, struct scenario *s, struct yaml_node **root,
                        struct complaints *c)
{
    c->arena = arena;
    *root = yaml_load(copy, NULL, arena, c);
    return take_tree(root, path_folder(path, arena), set, sets, arena, s, c);
}

bool scenario_read(const char *name, const char *text, size_t n, const char *const *set,
                   size_t sets, struct arena *arena, struct scenario *s, struct yaml_node **root,
                   struct complaints *c)
{
    c->arena = arena;
    *root = yaml_read(name, text, n, 0, arena, c);
    return take_tree(root, path_folder(name, arena), set, sets, arena, s, c);
}

bool scenario_bind(struct yaml_node *root, const char *folder, struct arena *arena,
                   struct scenario *s, struct complaints *c)
{
    struct bind b = {.root = root, .folder = folder, .arena = arena, .complaints = c};
    check_unused_profiles(&b, root);
    bind_profiles(root, arena, c);
    bind_presets(root, scenario_keys, arena, c);
    populate(root, arena, c);
    memset(s, 0, sizeof *s);
    bind_table(&b, root, scenario_keys, s, "");
    index_nodes(s, arena);
    if (c->n == 0)
        choose_files(s, root, arena, c);
    if (c->n == 0)
        choose_choices(s, root, arena, c);
    if (c->n == 0)
        scenario_check(s, root, arena, c);
    return c->n == 0;
}
