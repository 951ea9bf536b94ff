#include "scenarios/bind.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/addr.h"
#include "sim/base/units.h"

enum { PATH_BYTES = 400, LIST_BYTES = 300 };

/* ---- tables of keys ----------------------------------------------------------- */

const struct key *bind_find_key(const struct key *keys, const char *name, size_t *at)
{
    for (const struct key *k = keys; k->name; k++) {
        size_t inner = 0;
        if (k->type == KEY_JOIN) {
            const struct key *found = bind_find_key(k->keys, name, &inner);
            if (found) {
                *at = k->at + inner;
                return found;
            }
        } else if (!strcmp(k->name, name)) {
            *at = k->at;
            return k;
        }
    }
    return NULL;
}

static void try_keys(struct suggestion *s, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            try_keys(s, k->keys);
        } else {
            suggest_try(s, k->name);
        }
    }
}

/* "a, b, c", as far as there is room. */
static size_t list_keys(char *out, size_t size, size_t n, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            n = list_keys(out, size, n, k->keys);
        } else if (n + strlen(k->name) + 8 < size) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", k->name);
        } else if (n + 5 < size) {
            n += (size_t)snprintf(out + n, size - n, " ...");
        }
    }
    return n;
}

const char *bind_type_text(enum key_type type)
{
    static const char *const text[] = {
        [KEY_BOOL] = "true or false",
        [KEY_INTEGER] = "a whole number",
        [KEY_REAL] = "a number",
        [KEY_TIME] = "a time such as '1.5 ms'",
        [KEY_RATE] = "a rate such as '30 Mbit/s'",
        [KEY_SIZE] = "a size such as '1428 B'",
        [KEY_LENGTH] = "a length such as '250 m'",
        [KEY_PACKETS] = "a number of packets such as '250 packets'",
        [KEY_SHARE] = "a share such as '0.1 %'",
        [KEY_WORD] = "a word",
        [KEY_TEXT] = "a text",
        [KEY_FILE] = "a file name",
        [KEY_ADDR] = "an IPv6 address",
        [KEY_PREFIX] = "an IPv6 prefix",
        [KEY_REF] = "a name",
        [KEY_TABLE] = "a map",
        [KEY_JOIN] = "a map",
        [KEY_LIST] = "a list",
        [KEY_MAP] = "a map of named entries",
        [KEY_PAIRS] = "a map of names to values",
        [KEY_NODE] = "anything",
    };
    return text[type];
}

static void print_number(const struct key *k, int64_t v, char *out, size_t size)
{
    if (k->type == KEY_TIME) {
        units_print_time(out, size, v);
    } else if (k->type == KEY_RATE) {
        units_print_rate(out, size, v);
    } else if (k->type == KEY_SIZE) {
        units_print_size(out, size, v);
    } else if (k->type == KEY_LENGTH) {
        units_print_length(out, size, v);
    } else if (k->type == KEY_SHARE) {
        units_print_share(out, size, (uint32_t)v);
    } else if (k->type == KEY_PACKETS) {
        (void)snprintf(out, size, "%" PRId64 " packets", v);
    } else {
        (void)snprintf(out, size, "%" PRId64, v);
    }
}

void bind_range_text(const struct key *k, char *out, size_t size)
{
    char low[48];
    char high[48];
    out[0] = '\0';
    if (k->min == k->max)
        return;
    print_number(k, k->min, low, sizeof low);
    print_number(k, k->max, high, sizeof high);
    (void)snprintf(out, size, "from %s to %s", low, high);
}

/* ---- complaints ---------------------------------------------------------------- */

static const char *did_you_mean(struct bind *b, const struct suggestion *s)
{
    return s->best ? arena_format(b->arena, "; did you mean '%.64s'?", s->best) : "";
}

static const char *kind_text(const struct yaml_node *n)
{
    static const char *const text[] = {"a value", "a list", "a map"};
    return text[n->kind];
}

static void wrong_kind(struct bind *b, const struct yaml_node *n, const char *path,
                       const char *want)
{
    if (n->kind == YAML_SCALAR) {
        complain(b->complaints, &n->at, path, "'%.80s' is not %s", n->text, want);
    } else {
        complain(b->complaints, &n->at, path, "%s stands here, not %s", kind_text(n), want);
    }
}

static void join_path(char out[PATH_BYTES], const char *path, const char *name)
{
    (void)snprintf(out, PATH_BYTES, "%s%s%s", path, *path && *name ? "." : "", name);
}

/* ---- scalars -------------------------------------------------------------------- */

static void bind_word(struct bind *b, const struct yaml_node *n, const struct key *k, int *out,
                      const char *path)
{
    char list[LIST_BYTES];
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
             did_you_mean(b, &s));
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
             did_you_mean(b, &s));
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

static void bind_scalar(struct bind *b, const struct yaml_node *n, const struct key *k,
                        enum key_type type, void *out, const char *path)
{
    struct why w = {""};
    enum status st = ST_OK;
    if (n->kind != YAML_SCALAR) {
        wrong_kind(b, n, path, bind_type_text(type));
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
        wrong_kind(b, n, path, "a list such as [a, b]");
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
        wrong_kind(b, n, path, "a map of named entries");
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
        wrong_kind(b, n, path, "a map of names to values");
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
            wrong_kind(b, value, path, "a single value");
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
        wrong_kind(b, node, path, "a map");
        node = NULL;
    }
    for (size_t i = 0; node && i < node->n; i++) {
        const struct yaml_pair *pair = &node->pair[i];
        size_t at = 0;
        if (bind_find_key(keys, pair->key, &at) || (!*path && !strncmp(pair->key, "x-", 2)))
            continue;
        struct suggestion s = suggest_for(pair->key);
        try_keys(&s, keys);
        char allowed[LIST_BYTES] = "";
        (void)list_keys(allowed, sizeof allowed, 0, keys);
        complain(b->complaints, &pair->at, path, "unknown key '%.80s'%s (keys here: %s)", pair->key,
                 did_you_mean(b, &s), allowed);
    }
    bind_members(b, node, keys, out, path);
}

/* ---- profiles -------------------------------------------------------------------- */

void bind_profiles(struct yaml_node *root, struct arena *arena, struct complaints *c)
{
    struct yaml_node *nodes = yaml_get(root, "nodes");
    const struct yaml_node *profiles = yaml_get(root, "profiles");
    if (!nodes || nodes->kind != YAML_MAP)
        return;
    for (size_t k = 0; k < nodes->n; k++) {
        struct yaml_pair *pair = &nodes->pair[k];
        const struct yaml_node *name = yaml_get(pair->value, "profile");
        if (!name || name->kind != YAML_SCALAR)
            continue;
        const struct yaml_node *profile = yaml_get(profiles, name->text);
        if (profile && profile->kind == YAML_MAP) {
            pair->value = yaml_merge(profile, pair->value, arena);
            continue;
        }
        struct suggestion s = suggest_for(name->text);
        for (size_t j = 0; profiles && profiles->kind == YAML_MAP && j < profiles->n; j++)
            suggest_try(&s, profiles->pair[j].key);
        complain(c, &name->at, arena_format(arena, "nodes.%.40s.profile", pair->key),
                 "there is no '%.80s' in 'profiles'%s%.64s%s", name->text,
                 s.best ? "; did you mean '" : "", s.best ? s.best : "", s.best ? "'?" : "");
    }
}
