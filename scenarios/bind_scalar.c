/* Single values: numbers with their units, words, names, addresses. */
#include <stdio.h>
#include <string.h>

#include "scenarios/bind_parts.h"
#include "sim/base/addr.h"
#include "sim/base/units.h"

const char *bind_did_you_mean(struct bind *b, const struct suggestion *s)
{
    return s->best ? arena_format(b->arena, "; did you mean '%.64s'?", s->best) : "";
}

static const char *kind_text(const struct yaml_node *n)
{
    static const char *const text[] = {"a value", "a list", "a map"};
    return text[n->kind];
}

void bind_wrong_kind(struct bind *b, const struct yaml_node *n, const char *path, const char *want)
{
    if (n->kind == YAML_SCALAR) {
        complain(b->complaints, &n->at, path, "'%.80s' is not %s", n->text, want);
    } else {
        complain(b->complaints, &n->at, path, "%s stands here, not %s", kind_text(n), want);
    }
}

static void bind_word(struct bind *b, const struct yaml_node *n, const struct key *k, int *out,
                      const char *path)
{
    char list[BIND_LIST_BYTES];
    size_t len = 0;
    struct suggestion s = suggest_for(n->text);
    list[0] = '\0';
    for (int i = 0; k->words[i]; i++) {
        if (!strcmp(k->words[i], n->text)) {
            *out = i;
            return;
        }
        suggest_try(&s, k->words[i]);
        if (len < sizeof list) {
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : "",
                                    k->words[i]);
        }
    }
    complain(b->complaints, &n->at, path, "'%.80s' is not one of: %s%s", n->text, list,
             bind_did_you_mean(b, &s));
}

/* A name of the scenario's own: an entry of the top-level map that the key refers to. */
static void bind_ref(struct bind *b, const struct yaml_node *n, const char *refers,
                     const char **out, const char *path)
{
    const struct yaml_node *map = b->root ? yaml_get(b->root, refers) : NULL;
    struct suggestion s = suggest_for(n->text);
    *out = n->text;
    if (yaml_get(map, n->text))
        return;
    for (size_t k = 0; map && map->kind == YAML_MAP && k < map->n; k++)
        suggest_try(&s, map->pair[k].key);
    complain(b->complaints, &n->at, path, "there is no '%.80s' in '%s'%s", n->text, refers,
             bind_did_you_mean(b, &s));
}

/* That a file name may also be. */
static bool is_word(const struct key *k, const char *text)
{
    for (const char *const *word = k->words; word && *word; word++) {
        if (!strcmp(*word, text))
            return true;
    }
    return false;
}

static const char *file_name(struct bind *b, const struct yaml_node *n)
{
    const struct yaml_source *from = n->at.source;
    const char *folder = from && from->folder ? from->folder : b->folder;
    if (n->text[0] == '/' || !folder || !*folder)
        return n->text;
    return arena_format(b->arena, "%s/%s", folder, n->text);
}

/* Reads a number with its unit. Answers whether it was one. */
static bool read_number(struct bind *b, const struct yaml_node *n, const struct key *k,
                        enum key_type type, int64_t *value, const char *path)
{
    struct why w = {""};
    uint32_t share = 0;
    enum status st = ST_OK;
    if (type == KEY_TIME) {
        st = units_time(n->text, value, &w);
    } else if (type == KEY_RATE) {
        st = units_rate(n->text, value, &w);
    } else if (type == KEY_SIZE) {
        st = units_size(n->text, value, &w);
    } else if (type == KEY_LENGTH) {
        st = units_length(n->text, value, &w);
    } else if (type == KEY_PACKETS) {
        st = units_packets(n->text, value, &w);
    } else if (type == KEY_SHARE) {
        st = units_share(n->text, &share, &w);
    } else {
        st = units_integer(n->text, value, &w);
    }
    if (type == KEY_SHARE)
        *value = share;
    if (st) {
        complain(b->complaints, &n->at, path, "%s", w.text);
        return false;
    }
    if (k->min != k->max && (*value < k->min || *value > k->max)) {
        char range[128];
        bind_range_text(k, range, sizeof range);
        complain(b->complaints, &n->at, path, "'%.80s' is out of range; allowed is %s", n->text,
                 range);
        return false;
    }
    return true;
}

static void bind_number(struct bind *b, const struct yaml_node *n, const struct key *k,
                        enum key_type type, void *out, const char *path)
{
    int64_t value = 0;
    if (!read_number(b, n, k, type, &value, path))
        return;
    if (type == KEY_SHARE) {
        *(uint32_t *)out = (uint32_t)value;
    } else {
        *(int64_t *)out = value;
    }
}

static void bind_bool(struct bind *b, const struct yaml_node *n, bool *out, const char *path)
{
    if (!n->quoted && !strcmp(n->text, "true")) {
        *out = true;
    } else if (!n->quoted && !strcmp(n->text, "false")) {
        *out = false;
    } else {
        complain(b->complaints, &n->at, path, "'%.80s' is neither true nor false", n->text);
    }
}

void bind_scalar(struct bind *b, const struct yaml_node *n, const struct key *k, enum key_type type,
                 void *out, const char *path)
{
    struct why w = {""};
    enum status st = ST_OK;
    if (n->kind != YAML_SCALAR) {
        bind_wrong_kind(b, n, path, bind_type_text(type));
        return;
    }
    switch (type) {
    case KEY_BOOL:
        bind_bool(b, n, out, path);
        break;
    case KEY_REAL:
        st = units_real(n->text, out, &w);
        break;
    case KEY_WORD:
        bind_word(b, n, k, out, path);
        break;
    case KEY_TEXT:
        *(const char **)out = n->text;
        break;
    case KEY_FILE:
        *(const char **)out = is_word(k, n->text) ? n->text : file_name(b, n);
        break;
    case KEY_ADDR:
        st = addr_parse(n->text, out, &w);
        break;
    case KEY_PREFIX:
        st = prefix_parse(n->text, out, &w);
        break;
    case KEY_REF:
        bind_ref(b, n, k->refers, out, path);
        break;
    default:
        bind_number(b, n, k, type, out, path);
        break;
    }
    if (st)
        complain(b->complaints, &n->at, path, "%s", w.text);
}
