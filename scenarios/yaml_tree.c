/* The tree of nodes: growing, finding, changing, merging. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml_parts.h"

enum { MAX_PATH = 512 };

/* ---- growing ------------------------------------------------------------------ */

struct yaml_node *yaml_new(struct arena *arena, enum yaml_kind kind, const struct yaml_place *at)
{
    struct yaml_node *n = arena_take(arena, sizeof *n);
    *n = (struct yaml_node){.kind = kind, .at = *at};
    return n;
}

static void *more_room(struct arena *arena, void *old, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return old;
    *room = *room ? 2 * *room : 8;
    void *new = arena_take(arena, *room * size);
    if (n)
        memcpy(new, old, n * size);
    return new;
}

void yaml_add_pair(struct arena *arena, struct yaml_node *map, const char *key,
                   const struct yaml_place *at, struct yaml_node *value)
{
    map->pair = more_room(arena, map->pair, map->n, &map->room, sizeof *map->pair);
    map->pair[map->n++] = (struct yaml_pair){key, *at, value};
}

void yaml_add_item(struct arena *arena, struct yaml_node *list, struct yaml_node *item)
{
    list->item = more_room(arena, list->item, list->n, &list->room, sizeof(struct yaml_node *));
    list->item[list->n++] = item;
}

/* ---- finding ------------------------------------------------------------------ */

const struct yaml_pair *yaml_pair_of(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t k = 0; k < map->n; k++) {
        if (!strcmp(map->pair[k].key, key))
            return &map->pair[k];
    }
    return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    const struct yaml_pair *pair = yaml_pair_of(map, key);
    return pair ? pair->value : NULL;
}

/* The next part of a path; answers what is behind it, NULL at the end. A part in double quotes may
 * have dots in it. */
static const char *next_part(const char *path, char part[MAX_PATH])
{
    const char *close = *path == '"' ? strchr(path + 1, '"') : NULL;
    if (close && (close[1] == '.' || !close[1]) && close - path <= MAX_PATH) {
        memcpy(part, path + 1, (size_t)(close - path - 1));
        part[close - path - 1] = '\0';
        return close[1] ? close + 2 : NULL;
    }
    const char *dot = strchr(path, '.');
    size_t n = dot ? (size_t)(dot - path) : strlen(path);
    n = n < MAX_PATH ? n : MAX_PATH - 1;
    memcpy(part, path, n);
    part[n] = '\0';
    return dot ? dot + 1 : NULL;
}

static struct yaml_node *child(const struct yaml_node *node, const char *part)
{
    if (node->kind == YAML_MAP)
        return yaml_get(node, part);
    if (node->kind != YAML_LIST || !*part || strspn(part, "0123456789") != strlen(part))
        return NULL;
    unsigned long k = strtoul(part, NULL, 10);
    return k < node->n ? node->item[k] : NULL;
}

const struct yaml_node *yaml_at(const struct yaml_node *root, const char *path,
                                const struct yaml_node **nearest)
{
    char part[MAX_PATH];
    const struct yaml_node *node = root;
    while (path) {
        path = next_part(path, part);
        *nearest = node;
        node = child(node, part);
        if (!node)
            return NULL;
    }
    return node;
}

/* ---- changing ------------------------------------------------------------------ */

static bool put_value(struct yaml_node *node, const char *part, struct yaml_node *value,
                      struct arena *arena)
{
    if (node->kind == YAML_MAP) {
        for (size_t k = 0; k < node->n; k++) {
            if (!strcmp(node->pair[k].key, part)) {
                node->pair[k].value = value;
                node->pair[k].at = value->at;
                return true;
            }
        }
        yaml_add_pair(arena, node, arena_text(arena, part), &value->at, value);
        return true;
    }
    if (!child(node, part))
        return false;
    node->item[strtoul(part, NULL, 10)] = value;
    return true;
}

static void put_at_path(struct yaml_node *root, const char *path, struct yaml_node *value,
                        struct arena *arena, struct complaints *c)
{
    char part[MAX_PATH];
    struct yaml_node *node = root;
    const char *rest = path;
    for (;;) {
        rest = next_part(rest, part);
        if (!*part) {
            complain(c, &value->at, path, "not a path such as 'networks.wlan.delay'");
            return;
        }
        struct yaml_node *below = rest ? child(node, part) : value;
        if (!below) {
            below = yaml_new(arena, YAML_MAP, &value->at);
        }
        if ((rest && below->kind == YAML_SCALAR) || !put_value(node, part, below, arena)) {
            complain(c, &value->at, path, "'%s' has no entries", part);
            return;
        }
        if (!rest)
            return;
        node = below;
    }
}

void yaml_set(struct yaml_node *root, const char *assignment, unsigned number, struct arena *arena,
              struct complaints *c)
{
    const char *name = arena_format(arena, "--set:%u", number);
    const char *equals = strchr(assignment, '=');
    struct yaml_source *source = arena_take(arena, sizeof *source);
    *source =
        (struct yaml_source){name, arena_text(arena, assignment), strlen(assignment), number, NULL};
    struct yaml_place at = {source, 1, 1};
    if (!equals || equals == assignment || (size_t)(equals - assignment) >= MAX_PATH) {
        complain(c, &at, "", "'%.200s' is not path=value", assignment);
        return;
    }
    char path[MAX_PATH];
    memcpy(path, assignment, (size_t)(equals - assignment));
    path[equals - assignment] = '\0';
    const char *text = equals[1] ? equals + 1 : "\"\"";
    struct yaml_node *value = yaml_read(name, text, strlen(text), number, arena, c);
    if (value && root->kind == YAML_MAP)
        put_at_path(root, path, value, arena, c);
}

struct yaml_node *yaml_merge(const struct yaml_node *under, const struct yaml_node *over,
                             struct arena *arena)
{
    struct yaml_node *n = yaml_new(arena, over->kind, &over->at);
    *n = *over;
    if (under->kind != YAML_MAP || over->kind != YAML_MAP)
        return n;
    n->pair = NULL;
    n->n = n->room = 0;
    for (size_t k = 0; k < over->n; k++) {
        const struct yaml_node *below = yaml_get(under, over->pair[k].key);
        struct yaml_node *value = over->pair[k].value;
        yaml_add_pair(arena, n, over->pair[k].key, &over->pair[k].at,
                      below ? yaml_merge(below, value, arena) : value);
    }
    for (size_t k = 0; k < under->n; k++) {
        if (!yaml_get(over, under->pair[k].key))
            yaml_add_pair(arena, n, under->pair[k].key, &under->pair[k].at, under->pair[k].value);
    }
    return n;
}
