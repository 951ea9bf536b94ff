#include "scenarios/bind.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/bind_parts.h"
#include "sim/base/addr.h"

enum { PATH_BYTES = 400 };

static void join_path(char out[PATH_BYTES], const char *path, const char *name)
{
    (void)snprintf(out, PATH_BYTES, "%s%s%s", path, *path && *name ? "." : "", name);
}

/* ---- what holds others ---------------------------------------------------------- */

static void bind_value(struct bind *b, const struct yaml_node *n, const struct key *k, void *out,
                       const char *path);

static size_t size_of(enum key_type type)
{
    if (type == KEY_BOOL)
        return sizeof(bool);
    if (type == KEY_WORD)
        return sizeof(int);
    if (type == KEY_SHARE)
        return sizeof(uint32_t);
    if (type == KEY_ADDR)
        return sizeof(struct addr);
    if (type == KEY_PREFIX)
        return sizeof(struct prefix);
    return sizeof(int64_t); /* numbers and pointers */
}

static void bind_list(struct bind *b, const struct yaml_node *n, const struct key *k,
                      struct key_list *out, const char *path)
{
    bool alone = k->scalar && n->kind == (k->keys ? YAML_MAP : YAML_SCALAR);
    if (n->kind != YAML_LIST && !alone) {
        bind_wrong_kind(b, n, path, "a list such as [a, b]");
        return;
    }
    size_t size = k->keys ? k->size : size_of(k->of);
    out->n = alone ? 1 : n->n;
    out->items = arena_take(b->arena, (out->n + 1) * size);
    for (size_t i = 0; i < out->n; i++) {
        const struct yaml_node *one = alone ? n : n->item[i];
        char inner[PATH_BYTES];
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", i);
        join_path(inner, path, alone ? "" : number);
        char *item = (char *)out->items + i * size;
        if (k->keys) {
            bind_table(b, one, k->keys, item, inner);
        } else {
            bind_scalar(b, one, k, k->of, item, inner);
        }
    }
}

static bool is_name(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t n = strspn(text, allowed);
    if (n && text[n] == '.') { /* one of a population: populate.h */
        size_t digits = strspn(text + n + 1, "0123456789");
        return digits && n + 1 + digits <= 40 && !text[n + 1 + digits];
    }
    return n && n <= 40 && !text[n];
}

static void bind_map(struct bind *b, const struct yaml_node *n, const struct key *k,
                     struct key_list *out, const char *path)
{
    if (n->kind != YAML_MAP) {
        bind_wrong_kind(b, n, path, "a map of named entries");
        return;
    }
    out->items = arena_take(b->arena, (n->n + 1) * k->size);
    out->n = n->n;
    for (size_t i = 0; i < n->n; i++) {
        const struct yaml_pair *pair = &n->pair[i];
        char inner[PATH_BYTES];
        join_path(inner, path, pair->key);
        if (!is_name(pair->key)) {
            complain(b->complaints, &pair->at, path,
                     "'%.80s' is not a name; names have letters, digits, '_' and '-', at most 40",
                     pair->key);
        }
        char *item = (char *)out->items + i * k->size;
        *(const char **)(void *)item = pair->key;
        bind_table(b, pair->value, k->keys, item, inner);
    }
}

static void bind_pairs(struct bind *b, const struct yaml_node *n, struct key_list *out,
                       const char *path)
{
    if (n->kind != YAML_MAP) {
        bind_wrong_kind(b, n, path, "a map of names to values");
        return;
    }
    struct key_pair *pair = arena_take(b->arena, (n->n + 1) * sizeof *pair);
    out->items = pair;
    out->n = n->n;
    for (size_t i = 0; i < n->n; i++) {
        const struct yaml_node *value = n->pair[i].value;
        pair[i] = (struct key_pair){n->pair[i].key, ""};
        if (value->kind == YAML_SCALAR) {
            pair[i].value = value->text;
        } else {
            bind_wrong_kind(b, value, path, "a single value");
        }
    }
}

static void bind_shorthand(struct bind *b, const struct yaml_node *n, const struct key *k,
                           void *out, const char *path)
{
    bool all = !strcmp(k->scalar, "*");
    bind_table(b, NULL, k->keys, out, path); /* the other members take their defaults */
    for (const struct key *member = k->keys; member->name; member++) {
        if (all || !strcmp(member->name, k->scalar))
            bind_value(b, n, member, (char *)out + member->at, path);
    }
}

static void bind_value(struct bind *b, const struct yaml_node *n, const struct key *k, void *out,
                       const char *path)
{
    switch (k->type) {
    case KEY_TABLE:
        if (n->kind == YAML_SCALAR && k->scalar) {
            bind_shorthand(b, n, k, out, path);
        } else {
            bind_table(b, n, k->keys, out, path);
        }
        break;
    case KEY_LIST:
        bind_list(b, n, k, out, path);
        break;
    case KEY_MAP:
        bind_map(b, n, k, out, path);
        break;
    case KEY_PAIRS:
        bind_pairs(b, n, out, path);
        break;
    case KEY_NODE:
        *(const struct yaml_node **)out = n;
        break;
    default:
        bind_scalar(b, n, k, k->type, out, path);
        break;
    }
}

static bool holds_others(enum key_type type)
{
    return type == KEY_LIST || type == KEY_MAP || type == KEY_PAIRS || type == KEY_NODE;
}

/* A key that is absent: its default, or a complaint if it must be there. */
static void bind_absent(struct bind *b, const struct yaml_node *map, const struct key *k, void *out,
                        const char *path)
{
    if (!k->otherwise) {
        if (map && !b->partial)
            complain(b->complaints, &map->at, path, "key '%s' is missing: %s", k->name, k->help);
        return;
    }
    if (k->type == KEY_TABLE) {
        bind_table(b, NULL, k->keys, out, path);
        return;
    }
    if (!*k->otherwise || holds_others(k->type))
        return;
    const struct yaml_node text = {.kind = YAML_SCALAR, .text = k->otherwise};
    if (k->type == KEY_REF || k->type == KEY_FILE) {
        *(const char **)out = k->otherwise;
    } else {
        bind_scalar(b, &text, k, k->type, out, path);
    }
}

static void bind_members(struct bind *b, const struct yaml_node *node, const struct key *keys,
                         char *out, const char *path)
{
    for (const struct key *k = keys; k->name; k++) {
        char inner[PATH_BYTES];
        if (k->type == KEY_JOIN) {
            bind_members(b, node, k->keys, out + k->at, path);
            continue;
        }
        const struct yaml_node *value = node ? yaml_get(node, k->name) : NULL;
        join_path(inner, path, k->name);
        if (k->given_at)
            *(bool *)(out + k->given_at - 1) = value != NULL;
        if (value) {
            bind_value(b, value, k, out + k->at, inner);
        } else {
            bind_absent(b, node, k, out + k->at, path);
        }
    }
}

void bind_table(struct bind *b, const struct yaml_node *node, const struct key *keys, void *out,
                const char *path)
{
    if (node && node->kind != YAML_MAP) {
        bind_wrong_kind(b, node, path, "a map");
        node = NULL;
    }
    for (size_t i = 0; node && i < node->n; i++) {
        const struct yaml_pair *pair = &node->pair[i];
        size_t at = 0;
        if (bind_find_key(keys, pair->key, &at) || (!*path && !strncmp(pair->key, "x-", 2)))
            continue;
        struct suggestion s = suggest_for(pair->key);
        bind_suggest_keys(&s, keys);
        char allowed[BIND_LIST_BYTES] = "";
        (void)bind_list_keys(allowed, sizeof allowed, 0, keys);
        complain(b->complaints, &pair->at, path, "unknown key '%.80s'%s (keys here: %s)", pair->key,
                 bind_did_you_mean(b, &s), allowed);
    }
    bind_members(b, node, keys, out, path);
}
