#include "scenarios/effective.h"

#include <inttypes.h>
#include <string.h>

#include "scenarios/bind.h"
#include "sim/base/addr.h"
#include "sim/base/units.h"

static void indent(FILE *out, int depth)
{
    for (int k = 0; k < depth; k++)
        (void)fputs("  ", out);
}

/* Always in double quotes, so that no text is mistaken for something else. */
static void print_quoted(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char b = (unsigned char)*text;
        if (b == '"' || b == '\\') {
            (void)fprintf(out, "\\%c", b);
        } else if (b == '\n') {
            (void)fputs("\\n", out);
        } else if (b < ' ' || b == 127) {
            (void)fprintf(out, "\\x%02x", b);
        } else {
            (void)fputc(b, out);
        }
    }
    (void)fputc('"', out);
}

void effective_print_node(FILE *out, const struct yaml_node *n)
{
    if (n->kind == YAML_SCALAR) {
        if (n->quoted) {
            print_quoted(out, n->text);
        } else {
            (void)fputs(n->text, out);
        }
        return;
    }
    (void)fputc(n->kind == YAML_LIST ? '[' : '{', out);
    for (size_t k = 0; k < n->n; k++) {
        (void)fputs(k ? ", " : "", out);
        if (n->kind == YAML_MAP) {
            print_quoted(out, n->pair[k].key);
            (void)fputs(": ", out);
        }
        effective_print_node(out, n->kind == YAML_MAP ? n->pair[k].value : n->item[k]);
    }
    (void)fputc(n->kind == YAML_LIST ? ']' : '}', out);
}

static void print_text_or_empty(FILE *out, const char *text)
{
    print_quoted(out, text ? text : "");
}

static void print_prefix(FILE *out, const struct prefix *p)
{
    char text[ADDR_TEXT];
    (void)fprintf(out, "\"%s/%u\"", addr_text(&p->addr, text), p->len);
}

/* A file as it was written: without the scenario's folder in front. */
static void print_file(FILE *out, const char *path, const char *folder)
{
    size_t n = strlen(folder);
    bool below = path && n && !strncmp(path, folder, n) && path[n] == '/';
    print_text_or_empty(out, below ? path + n + 1 : path);
}

static void print_scalar(FILE *out, const struct key *k, enum key_type type, const void *from,
                         const char *folder)
{
    char text[64];
    switch (type) {
    case KEY_BOOL:
        (void)fputs(*(const bool *)from ? "true" : "false", out);
        return;
    case KEY_REAL:
        (void)fprintf(out, "%.17g", *(const double *)from);
        return;
    case KEY_TIME:
        units_print_time(text, sizeof text, *(const sim_time *)from);
        break;
    case KEY_RATE:
        units_print_rate(text, sizeof text, *(const int64_t *)from);
        break;
    case KEY_SIZE:
        units_print_size(text, sizeof text, *(const int64_t *)from);
        break;
    case KEY_LENGTH:
        units_print_length(text, sizeof text, *(const int64_t *)from);
        break;
    case KEY_SHARE:
        units_print_share(text, sizeof text, *(const uint32_t *)from);
        break;
    case KEY_PACKETS:
        (void)snprintf(text, sizeof text, "%" PRId64 " packets", *(const int64_t *)from);
        break;
    case KEY_WORD:
        (void)snprintf(text, sizeof text, "%s", k->words[*(const int *)from]);
        break;
    case KEY_ADDR:
        (void)addr_text(from, text);
        print_quoted(out, text);
        return;
    case KEY_PREFIX:
        print_prefix(out, from);
        return;
    case KEY_FILE:
        print_file(out, *(const char *const *)from, folder);
        return;
    case KEY_TEXT:
    case KEY_REF:
        print_text_or_empty(out, *(const char *const *)from);
        return;
    default:
        (void)snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)from);
        break;
    }
    (void)fputs(text, out);
}

static bool is_given(const struct key *k, const char *whole, const void *from)
{
    static const struct addr none = {{0}};
    if (k->given_at)
        return *(const bool *)(whole + k->given_at - 1);
    if (k->type == KEY_LIST || k->type == KEY_MAP || k->type == KEY_PAIRS)
        return ((const struct key_list *)from)->n > 0;
    if (k->type == KEY_TEXT || k->type == KEY_FILE || k->type == KEY_REF || k->type == KEY_NODE)
        return *(const void *const *)from != NULL;
    if (k->type == KEY_ADDR || k->type == KEY_PREFIX)
        return memcmp(from, &none, sizeof none) != 0;
    return true;
}

static void print_members(FILE *out, const struct key *keys, const char *from, int depth,
                          const char *folder);

static void print_list(FILE *out, const struct key *k, const struct key_list *list, int depth,
                       const char *folder)
{
    static const size_t sizes[] = {[KEY_BOOL] = sizeof(bool),
                                   [KEY_WORD] = sizeof(int),
                                   [KEY_SHARE] = sizeof(uint32_t),
                                   [KEY_ADDR] = sizeof(struct addr),
                                   [KEY_PREFIX] = sizeof(struct prefix)};
    if (k->keys) {
        for (size_t i = 0; i < list->n; i++) {
            (void)fputc('\n', out);
            indent(out, depth + 1);
            (void)fputs("-\n", out);
            print_members(out, k->keys, (const char *)list->items + i * k->size, depth + 2, folder);
        }
        return;
    }
    size_t size = k->of < sizeof sizes / sizeof sizes[0] && sizes[k->of] ? sizes[k->of] : 8;
    (void)fputs(" [", out);
    for (size_t i = 0; i < list->n; i++) {
        (void)fputs(i ? ", " : "", out);
        print_scalar(out, k, k->of, (const char *)list->items + i * size, folder);
    }
    (void)fputs("]\n", out);
}

static void print_map(FILE *out, const struct key *k, const struct key_list *map, int depth,
                      const char *folder)
{
    (void)fputc('\n', out);
    for (size_t i = 0; i < map->n; i++) {
        const char *item = (const char *)map->items + i * k->size;
        indent(out, depth + 1);
        (void)fprintf(out, "%s:\n", *(const char *const *)(const void *)item);
        print_members(out, k->keys, item, depth + 2, folder);
    }
}

static void print_pairs(FILE *out, const struct key_list *pairs)
{
    const struct key_pair *pair = pairs->items;
    (void)fputs(" {", out);
    for (size_t i = 0; i < pairs->n; i++) {
        (void)fputs(i ? ", " : "", out);
        print_quoted(out, pair[i].name);
        (void)fputs(": ", out);
        print_quoted(out, pair[i].value);
    }
    (void)fputs("}\n", out);
}

static void print_value(FILE *out, const struct key *k, const char *from, int depth,
                        const char *folder)
{
    switch (k->type) {
    case KEY_TABLE:
        (void)fputc('\n', out);
        print_members(out, k->keys, from, depth + 1, folder);
        break;
    case KEY_LIST:
        print_list(out, k, (const struct key_list *)(const void *)from, depth, folder);
        break;
    case KEY_MAP:
        print_map(out, k, (const struct key_list *)(const void *)from, depth, folder);
        break;
    case KEY_PAIRS:
        print_pairs(out, (const struct key_list *)(const void *)from);
        break;
    case KEY_NODE:
        (void)fputc(' ', out);
        effective_print_node(out, *(const struct yaml_node *const *)(const void *)from);
        (void)fputc('\n', out);
        break;
    default:
        (void)fputc(' ', out);
        print_scalar(out, k, k->type, from, folder);
        (void)fputc('\n', out);
        break;
    }
}

/* What has a value: everything with a default, and what was given. */
static bool is_shown(const struct key *k, const char *whole)
{
    const char *from = whole + k->at;
    bool has_default = k->otherwise && *k->otherwise;
    if (k->type != KEY_TABLE || k->given_at)
        return has_default || is_given(k, whole, from);
    for (const struct key *member = k->keys; member->name; member++) {
        if (member->type == KEY_JOIN || is_shown(member, from))
            return true;
    }
    return false;
}

static void print_members(FILE *out, const struct key *keys, const char *from, int depth,
                          const char *folder)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            print_members(out, k->keys, from + k->at, depth, folder);
            continue;
        }
        if (!is_shown(k, from))
            continue;
        indent(out, depth);
        (void)fprintf(out, "%s:", k->name);
        print_value(out, k, from + k->at, depth, folder);
    }
}

void effective_print(FILE *out, const struct key *keys, const void *from, const char *folder)
{
    (void)fputs("# Every default written out; files are named from the scenario's own folder.\n",
                out);
    print_members(out, keys, from, 0, folder);
}

/* ---- what keys there are ------------------------------------------------------------ */

void effective_type(const struct key *k, char *out, size_t size)
{
    size_t len = 0;
    char range[128];
    if (k->type != KEY_WORD) {
        bind_range_text(k, range, sizeof range);
        (void)snprintf(out, size, "%s%s%s",
                       bind_type_text(k->type == KEY_LIST && !k->keys ? k->of : k->type),
                       *range ? ", " : "", range);
        if (k->type == KEY_LIST && !k->keys)
            (void)snprintf(out, size, "a list of: %s", bind_type_text(k->of));
        if (k->type == KEY_REF)
            (void)snprintf(out, size, "a name from '%s'", k->refers);
        return;
    }
    out[0] = '\0';
    for (int i = 0; k->words[i] && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", k->words[i]);
}

/* Who is told, and of what. */
struct walk {
    void (*see)(void *owner, const struct effective_key *k);
    void *owner;
};

static void walk_keys(const struct walk *w, const struct key *keys, const char *path);

static void walk_key(const struct walk *w, const struct key *k, const char *path)
{
    char inner[300];
    char type[300];
    (void)snprintf(inner, sizeof inner - 8, "%s%s%s", path, *path ? "." : "", k->name);
    effective_type(k, type, sizeof type);
    const struct effective_key one = {.path = inner,
                                      .name = k->name,
                                      .type = type,
                                      .otherwise = !k->otherwise   ? "required"
                                                   : *k->otherwise ? k->otherwise
                                                                   : "-",
                                      .help = k->help,
                                      .presets = k->presets};
    w->see(w->owner, &one);
    if (k->type == KEY_MAP)
        (void)strcat(inner, ".NAME");
    if (k->type == KEY_LIST && k->keys)
        (void)strcat(inner, ".N");
    if (k->keys)
        walk_keys(w, k->keys, inner);
}

static void walk_keys(const struct walk *w, const struct key *keys, const char *path)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN)
            walk_keys(w, k->keys, path);
        else
            walk_key(w, k, path);
    }
}

void effective_each(const struct key *keys, void (*see)(void *owner, const struct effective_key *k),
                    void *owner)
{
    const struct walk w = {see, owner};
    walk_keys(&w, keys, "");
}
