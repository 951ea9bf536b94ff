#include "scenarios/inherit.h"

#include <string.h>

#include "scenarios/complaints.h"
#include "sim/base/path.h"

enum { DEPTH_MOST = 8 };

static const char *const own[] = {"scenario", "studies", "study", NULL};

static bool is_one_of(const char *key, const char *const *list)
{
    for (; *list; list++) {
        if (!strcmp(*list, key))
            return true;
    }
    return false;
}

/* A map without the pairs that are named in `list`. */
static struct yaml_node *without(const struct yaml_node *map, const char *const *list,
                                 struct arena *arena)
{
    struct yaml_node *n = arena_take(arena, sizeof *n);
    *n = *map;
    n->pair = arena_take(arena, (map->n + 1) * sizeof *n->pair);
    n->n = 0;
    n->room = map->n;
    for (size_t k = 0; k < map->n; k++) {
        if (!is_one_of(map->pair[k].key, list))
            n->pair[n->n++] = map->pair[k];
    }
    return n;
}

/* What `over` says of these replaces what `under` says, as a whole. */
static struct yaml_node *change(const struct yaml_node *under, const struct yaml_node *over,
                                struct arena *arena)
{
    static const char *const whole[] = {"sweep", "figures"};
    const char *gone[3] = {NULL, NULL, NULL};
    size_t n = 0;
    for (size_t k = 0; k < 2; k++) {
        if (yaml_get(over, whole[k]))
            gone[n++] = whole[k];
    }
    return yaml_merge(without(under, gone, arena), over, arena);
}

static const char *below(const char *folder, const char *name, struct arena *arena)
{
    return *folder && *name != '/' ? arena_format(arena, "%s/%s", folder, name) : name;
}

const char *inherit_base(const struct yaml_node *root, const char *folder, struct arena *arena)
{
    const struct yaml_node *n = yaml_get(root, "scenario");
    return n && n->kind == YAML_SCALAR ? below(folder, n->text, arena) : NULL;
}

const char *inherit_studies(const struct yaml_node *root, struct arena *arena)
{
    const struct yaml_node *all = yaml_get(root, "studies");
    const char *text = "";
    for (size_t k = 0; all && all->kind == YAML_MAP && k < all->n; k++)
        text = arena_format(arena, "%s%s%s", text, k ? ", " : "", all->pair[k].key);
    return text;
}

/* The file that `root` changes, with its own bases. */
static struct yaml_node *read_base(const struct yaml_node *root, const char *folder, unsigned depth,
                                   struct arena *arena, struct complaints *c)
{
    const struct yaml_node *name = yaml_get(root, "scenario");
    const char *path = inherit_base(root, folder, arena);
    if (!path || depth == DEPTH_MOST) {
        complain(c, &name->at, "scenario",
                 path ? "scenarios that change scenarios, more than %d deep"
                      : "is not the name of a file",
                 DEPTH_MOST);
        return NULL;
    }
    const char *where = path_folder(path, arena);
    struct yaml_node *base = yaml_load(path, where, arena, c);
    if (base && base->kind != YAML_MAP) {
        complain(c, &base->at, "", "a scenario is a map of keys");
        base = NULL;
    }
    if (!base)
        return NULL;
    if (yaml_get(base, "scenario")) {
        struct yaml_node *under = read_base(base, where, depth + 1, arena, c);
        base = under ? change(under, base, arena) : NULL;
    }
    return base ? without(base, own, arena) : NULL;
}

static struct yaml_node *apply_study(struct yaml_node *root, struct arena *arena,
                                     struct complaints *c)
{
    const struct yaml_node *name = yaml_get(root, "study");
    const struct yaml_node *all = yaml_get(root, "studies");
    if (all && all->kind != YAML_MAP) {
        complain(c, &all->at, "studies", "is not a map of names to changes of the scenario");
        return NULL;
    }
    if (!name)
        return root;
    const struct yaml_node *one =
        all && name->kind == YAML_SCALAR ? yaml_get(all, name->text) : NULL;
    if (!one || one->kind != YAML_MAP) {
        const char *there = inherit_studies(root, arena);
        complain(c, &name->at, "study", "there is no study '%.80s'%s%.200s",
                 name->kind == YAML_SCALAR ? name->text : "", *there ? "; there are: " : "", there);
        return NULL;
    }
    return change(root, one, arena);
}

struct yaml_node *inherit(struct yaml_node *root, const char *folder, const char *const *set,
                          size_t sets, struct arena *arena, struct complaints *c)
{
    struct yaml_node *whole = root;
    if (yaml_get(root, "scenario")) {
        struct yaml_node *base = read_base(root, folder, 0, arena, c);
        whole = base ? change(base, root, arena) : NULL;
    }
    for (size_t k = 0; whole && k < sets; k++)
        yaml_set(whole, set[k], (unsigned)k + 1, arena, c);
    if (whole && yaml_get(whole, "study")) {
        whole = apply_study(whole, arena, c);
        for (size_t k = 0; whole && k < sets; k++)
            yaml_set(whole, set[k], (unsigned)k + 1, arena, c);
    } else if (whole) {
        whole = apply_study(whole, arena, c);
    }
    return whole && c->n == 0 ? without(whole, own, arena) : NULL;
}
