#include "scenarios/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "scenarios/complaints.h"

enum { MAX_DEPTH = 40, MAX_NODES = 200000, MAX_BYTES = 4 << 20, MAX_PATH = 512 };

/* One document on its way from libyaml's nodes to ours. */
struct reading {
    yaml_document_t doc;
    const struct yaml_source *source;
    struct arena *arena;
    struct complaints *c;
    size_t nodes;
    bool failed;
};

static struct yaml_place place_of(const struct yaml_source *s, const yaml_mark_t *mark)
{
    return (struct yaml_place){s, (unsigned)mark->line + 1, (unsigned)mark->column + 1};
}

static void refuse(struct reading *r, const struct yaml_place *at, const char *text)
{
    if (!r->failed || strcmp(text, "nested too deeply") != 0)
        complain(r->c, at, "", "%s", text);
    r->failed = true;
}

const char *yaml_library(void)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "libyaml %s", yaml_get_version_string());
    return text;
}

/* ---- building our tree -------------------------------------------------------- */

static struct yaml_node *new_node(struct arena *arena, enum yaml_kind kind,
                                  const struct yaml_place *at)
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

static void add_pair(struct arena *arena, struct yaml_node *map, const char *key,
                     const struct yaml_place *at, struct yaml_node *value)
{
    map->pair = more_room(arena, map->pair, map->n, &map->room, sizeof *map->pair);
    map->pair[map->n++] = (struct yaml_pair){key, *at, value};
}

static void add_item(struct arena *arena, struct yaml_node *list, struct yaml_node *item)
{
    list->item = more_room(arena, list->item, list->n, &list->room, sizeof(struct yaml_node *));
    list->item[list->n++] = item;
}

static struct yaml_node *convert(struct reading *r, int index, unsigned depth);

static struct yaml_node *convert_scalar(struct reading *r, const yaml_node_t *from,
                                        const struct yaml_place *at)
{
    struct yaml_node *n = new_node(r->arena, YAML_SCALAR, at);
    size_t len = from->data.scalar.length;
    if (memchr(from->data.scalar.value, '\0', len)) {
        refuse(r, at, "a text with a NUL byte in it");
        len = 0;
    }
    char *text = arena_take(r->arena, len + 1);
    memcpy(text, from->data.scalar.value, len);
    text[len] = '\0';
    n->text = text;
    n->quoted = from->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return n;
}

static struct yaml_node *convert_list(struct reading *r, const yaml_node_t *from,
                                      const struct yaml_place *at, unsigned depth)
{
    struct yaml_node *n = new_node(r->arena, YAML_LIST, at);
    for (const yaml_node_item_t *i = from->data.sequence.items.start;
         i < from->data.sequence.items.top; i++) {
        struct yaml_node *item = convert(r, *i, depth + 1);
        if (item)
            add_item(r->arena, n, item);
    }
    return n;
}

/* `<<: *a` or `<<: [*a, *b]`: what the map itself does not say. */
static void merge_in(struct reading *r, struct yaml_node *map, const struct yaml_node *value)
{
    if (value->kind == YAML_LIST) {
        for (size_t k = 0; k < value->n; k++)
            merge_in(r, map, value->item[k]);
        return;
    }
    if (value->kind != YAML_MAP) {
        refuse(r, &value->at, "'<<' merges maps only");
        return;
    }
    for (size_t k = 0; k < value->n; k++) {
        if (!yaml_get(map, value->pair[k].key))
            add_pair(r->arena, map, value->pair[k].key, &value->pair[k].at, value->pair[k].value);
    }
}

static void convert_pair(struct reading *r, struct yaml_node *map, const yaml_node_pair_t *pair,
                         struct yaml_node **merged, unsigned depth)
{
    struct yaml_node *key = convert(r, pair->key, depth + 1);
    struct yaml_node *value = convert(r, pair->value, depth + 1);
    if (!key || !value)
        return;
    if (key->kind != YAML_SCALAR) {
        refuse(r, &key->at, "a key must be a word");
        return;
    }
    if (!strcmp(key->text, "<<") && !key->quoted) {
        *merged = value;
        return;
    }
    const struct yaml_pair *old = yaml_pair_of(map, key->text);
    if (old) {
        complain(r->c, &key->at, "", "key '%s' stands here again; it stood in line %u already",
                 key->text, old->at.line);
        r->failed = true;
        return;
    }
    add_pair(r->arena, map, key->text, &key->at, value);
}

static struct yaml_node *convert_map(struct reading *r, const yaml_node_t *from,
                                     const struct yaml_place *at, unsigned depth)
{
    struct yaml_node *n = new_node(r->arena, YAML_MAP, at);
    struct yaml_node *merged = NULL;
    for (const yaml_node_pair_t *p = from->data.mapping.pairs.start;
         p < from->data.mapping.pairs.top; p++)
        convert_pair(r, n, p, &merged, depth);
    if (merged)
        merge_in(r, n, merged);
    return n;
}

static bool is_plain_tag(const char *tag)
{
    return !tag || !strcmp(tag, YAML_STR_TAG) || !strcmp(tag, YAML_SEQ_TAG) ||
           !strcmp(tag, YAML_MAP_TAG);
}

/* NULL: refused. An alias is expanded each time it is met, so size and depth are limited. */
static struct yaml_node *convert(struct reading *r, int index, unsigned depth)
{
    yaml_node_t *from = yaml_document_get_node(&r->doc, index);
    assert(from);
    struct yaml_place at = place_of(r->source, &from->start_mark);
    if (r->nodes++ > MAX_NODES) {
        if (r->nodes == MAX_NODES + 2)
            refuse(r, &at, "larger than a scenario can be, once its aliases are written out");
        return NULL;
    }
    if (depth > MAX_DEPTH) {
        refuse(r, &at, "nested too deeply");
        return NULL;
    }
    if (!is_plain_tag((const char *)from->tag))
        refuse(r, &at, "tags ('!') are not allowed");
    if (from->type == YAML_SCALAR_NODE)
        return convert_scalar(r, from, &at);
    if (from->type == YAML_SEQUENCE_NODE)
        return convert_list(r, from, &at, depth);
    return convert_map(r, from, &at, depth);
}

/* ---- reading ---------------------------------------------------------------- */

static void syntax_error(const yaml_parser_t *p, const struct yaml_source *s, struct complaints *c)
{
    struct yaml_place at = place_of(s, &p->problem_mark);
    if (p->error == YAML_READER_ERROR) {
        unsigned line = 1;
        for (size_t k = 0; k < p->problem_offset && k < s->n; k++)
            line += s->text[k] == '\n';
        at = (struct yaml_place){s, line, 1};
    }
    complain(c, &at, "", "not well-formed YAML: %s%s%s", p->problem ? p->problem : "unreadable",
             p->context ? ", " : "", p->context ? p->context : "");
}

static struct yaml_node *read_document(struct reading *r, yaml_parser_t *parser)
{
    struct yaml_place start = {r->source, 1, 1};
    struct yaml_node *root = NULL;
    yaml_document_t another;
    if (!yaml_parser_load(parser, &r->doc)) {
        syntax_error(parser, r->source, r->c);
        return NULL;
    }
    if (!yaml_document_get_root_node(&r->doc)) {
        refuse(r, &start, "the file is empty");
    } else {
        root = convert(r, 1, 0);
    }
    yaml_document_delete(&r->doc);
    if (r->failed)
        return NULL;
    if (!yaml_parser_load(parser, &another)) {
        syntax_error(parser, r->source, r->c);
        return NULL;
    }
    yaml_node_t *second = yaml_document_get_root_node(&another);
    if (second) {
        struct yaml_place at = place_of(r->source, &second->start_mark);
        refuse(r, &at, "a second document; a scenario is one");
    }
    yaml_document_delete(&another);
    return r->failed ? NULL : root;
}

static struct yaml_node *read_text(const struct yaml_source *from, struct arena *arena,
                                   struct complaints *c)
{
    yaml_parser_t parser;
    struct yaml_source *source = arena_take(arena, sizeof *source);
    char *copy = arena_take(arena, from->n + 1);
    memcpy(copy, from->text, from->n);
    copy[from->n] = '\0';
    *source = *from;
    source->name = arena_text(arena, from->name);
    source->text = copy;
    struct reading r = {.source = source, .arena = arena, .c = c};
    if (!yaml_parser_initialize(&parser)) {
        (void)fputs("yaml: out of memory\n", stderr);
        abort();
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)copy, from->n);
    struct yaml_node *root = read_document(&r, &parser);
    yaml_parser_delete(&parser);
    return root;
}

struct yaml_node *yaml_read(const char *name, const char *text, size_t n, unsigned order,
                            struct arena *arena, struct complaints *c)
{
    const struct yaml_source from = {name, text, n, order, NULL};
    return read_text(&from, arena, c);
}

struct yaml_node *yaml_load(const char *path, const char *folder, struct arena *arena,
                            struct complaints *c)
{
    struct yaml_place at = {NULL, 0, 0};
    FILE *f = fopen(path, "rb");
    if (!f) {
        complain(c, &at, path, "%s", strerror(errno));
        return NULL;
    }
    char *text = malloc(MAX_BYTES + 1);
    if (!text)
        abort();
    size_t n = fread(text, 1, MAX_BYTES + 1, f);
    bool failed = ferror(f);
    (void)fclose(f);
    struct yaml_node *root = NULL;
    if (failed) {
        complain(c, &at, path, "cannot be read");
    } else if (n > MAX_BYTES) {
        complain(c, &at, path, "larger than %d MiB", MAX_BYTES >> 20);
    } else {
        const struct yaml_source from = {path, text, n, 0, folder};
        root = read_text(&from, arena, c);
    }
    free(text);
    return root;
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
        add_pair(arena, node, arena_text(arena, part), &value->at, value);
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
            below = new_node(arena, YAML_MAP, &value->at);
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
    struct yaml_node *n = new_node(arena, over->kind, &over->at);
    *n = *over;
    if (under->kind != YAML_MAP || over->kind != YAML_MAP)
        return n;
    n->pair = NULL;
    n->n = n->room = 0;
    for (size_t k = 0; k < over->n; k++) {
        const struct yaml_node *below = yaml_get(under, over->pair[k].key);
        struct yaml_node *value = over->pair[k].value;
        add_pair(arena, n, over->pair[k].key, &over->pair[k].at,
                 below ? yaml_merge(below, value, arena) : value);
    }
    for (size_t k = 0; k < under->n; k++) {
        if (!yaml_get(over, under->pair[k].key))
            add_pair(arena, n, under->pair[k].key, &under->pair[k].at, under->pair[k].value);
    }
    return n;
}
