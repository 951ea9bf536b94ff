#include "scenarios/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "scenarios/complaints.h"
#include "scenarios/yaml_parts.h"

enum { MAX_DEPTH = 40, MAX_NODES = 200000, MAX_BYTES = 4 << 20 };

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

static struct yaml_node *convert(struct reading *r, int index, unsigned depth);

static struct yaml_node *convert_scalar(struct reading *r, const yaml_node_t *from,
                                        const struct yaml_place *at)
{
    struct yaml_node *n = yaml_new(r->arena, YAML_SCALAR, at);
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
    struct yaml_node *n = yaml_new(r->arena, YAML_LIST, at);
    for (const yaml_node_item_t *i = from->data.sequence.items.start;
         i < from->data.sequence.items.top; i++) {
        struct yaml_node *item = convert(r, *i, depth + 1);
        if (item)
            yaml_add_item(r->arena, n, item);
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
            yaml_add_pair(r->arena, map, value->pair[k].key, &value->pair[k].at,
                          value->pair[k].value);
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
    yaml_add_pair(r->arena, map, key->text, &key->at, value);
}

static struct yaml_node *convert_map(struct reading *r, const yaml_node_t *from,
                                     const struct yaml_place *at, unsigned depth)
{
    struct yaml_node *n = yaml_new(r->arena, YAML_MAP, at);
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
