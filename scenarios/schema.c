#include "scenarios/schema.h"

#include <string.h>

#include "scenarios/bind.h"
#include "scenarios/effective.h"
#include "sim/base/json.h"
#include "sim/base/units.h"

enum { PATTERN_BYTES = 200, HELP_BYTES = 700 };

/* What a profile says a node need not say: a node with a profile, and the profile itself, are
 * checked by the node's table without its required keys (bind_profiles() joins them). */
static const char profile_ref[] = "#/$defs/profile";

struct schema {
    struct json_writer j;
    bool partial; /* keys that are required may be absent */
};

static void put_table(struct schema *s, const struct key *keys);

static void put_types(struct schema *s, const char *const *types)
{
    jw_list(&s->j, "type");
    for (; *types; types++)
        jw_text(&s->j, NULL, *types);
    jw_end(&s->j);
}

static void put_string(struct schema *s, const char *pattern)
{
    jw_text(&s->j, "type", "string");
    if (pattern)
        jw_text(&s->j, "pattern", pattern);
}

/* A number, or a text that is one. */
static void put_number(struct schema *s, const struct key *k, const char *type, const char *pattern)
{
    const char *const types[] = {type, "string", NULL};
    put_types(s, types);
    jw_text(&s->j, "pattern", pattern);
    if (k->min == k->max)
        return;
    jw_int(&s->j, "minimum", k->min);
    jw_int(&s->j, "maximum", k->max);
}

static void put_quantity(struct schema *s, enum key_type type)
{
    static const enum units_quantity what[] = {
        [KEY_TIME] = UNITS_TIME,     [KEY_RATE] = UNITS_RATE,   [KEY_SIZE] = UNITS_SIZE,
        [KEY_LENGTH] = UNITS_LENGTH, [KEY_SHARE] = UNITS_SHARE, [KEY_PACKETS] = UNITS_PACKETS};
    static const char *const share[] = {"number", "string", NULL};
    char pattern[PATTERN_BYTES];
    units_pattern(pattern, sizeof pattern, what[type]);
    if (type != KEY_SHARE) {
        put_string(s, pattern);
        return;
    }
    put_types(s, share);
    jw_text(&s->j, "pattern", pattern);
    jw_int(&s->j, "minimum", 0);
    jw_int(&s->j, "maximum", 1);
}

static void put_words(struct schema *s, const char *const *words)
{
    jw_list(&s->j, "enum");
    for (; *words; words++)
        jw_text(&s->j, NULL, *words);
    jw_end(&s->j);
}

/* The members of a schema of one value. */
static void put_scalar(struct schema *s, const struct key *k, enum key_type type)
{
    static const char *const any[] = {"string", "number", "boolean", NULL}; /* 5 is a text, too */
    switch (type) {
    case KEY_BOOL:
        jw_text(&s->j, "type", "boolean");
        break;
    case KEY_INTEGER:
        put_number(s, k, "integer", "^" UNITS_WHOLE_PATTERN "$");
        break;
    case KEY_REAL:
        put_number(s, k, "number", "^" UNITS_REAL_PATTERN "$");
        break;
    case KEY_TIME:
    case KEY_RATE:
    case KEY_SIZE:
    case KEY_LENGTH:
    case KEY_PACKETS:
    case KEY_SHARE:
        put_quantity(s, type);
        break;
    case KEY_WORD:
        put_words(s, k->words);
        break;
    case KEY_ADDR:
        put_string(s, "^[0-9A-Fa-f:.]+$");
        break;
    case KEY_PREFIX:
        put_string(s, "^[0-9A-Fa-f:.]+/[0-9]{1,3}$");
        break;
    default:
        put_types(s, any);
        break;
    }
}

/* A table that a bare scalar can stand for: the value of its member, or of all its members. */
static const struct key *scalar_member(const struct key *table)
{
    const struct key *member = table->keys;
    while (strcmp(table->scalar, "*") != 0 && strcmp(table->scalar, member->name) != 0)
        member++;
    return member->type == KEY_TABLE ? scalar_member(member) : member;
}

static void put_table_or_scalar(struct schema *s, const struct key *k)
{
    jw_list(&s->j, "anyOf");
    jw_object(&s->j, NULL);
    put_table(s, k->keys);
    jw_end(&s->j);
    jw_object(&s->j, NULL);
    const struct key *member = scalar_member(k);
    put_scalar(s, member, member->type);
    jw_end(&s->j);
    jw_end(&s->j);
}

static void put_item(struct schema *s, const struct key *k)
{
    if (k->keys) {
        put_table(s, k->keys);
    } else {
        put_scalar(s, k, k->of);
    }
}

static void put_items(struct schema *s, const struct key *k)
{
    jw_text(&s->j, "type", "array");
    jw_object(&s->j, "items");
    put_item(s, k);
    jw_end(&s->j);
}

static void put_list(struct schema *s, const struct key *k)
{
    if (!k->scalar) {
        put_items(s, k);
        return;
    }
    jw_list(&s->j, "anyOf"); /* one item stands for a list of it */
    jw_object(&s->j, NULL);
    put_items(s, k);
    jw_end(&s->j);
    jw_object(&s->j, NULL);
    put_item(s, k);
    jw_end(&s->j);
    jw_end(&s->j);
}

static bool has_key(const struct key *keys, const char *name)
{
    size_t at;
    return bind_find_key(keys, name, &at) != NULL;
}

/* An entry that may have a profile: then its required keys may stand there. */
static void put_entry(struct schema *s, const struct key *keys)
{
    bool profiled = has_key(keys, "profile");
    if (!profiled) {
        put_table(s, keys);
        return;
    }
    jw_object(&s->j, "if");
    jw_list(&s->j, "required");
    jw_text(&s->j, NULL, "profile");
    jw_end(&s->j);
    jw_end(&s->j);
    jw_object(&s->j, "then");
    jw_text(&s->j, "$ref", profile_ref);
    jw_end(&s->j);
    jw_object(&s->j, "else");
    put_table(s, keys);
    jw_end(&s->j);
}

static void put_map(struct schema *s, const struct key *k)
{
    jw_text(&s->j, "type", "object");
    jw_object(&s->j, "propertyNames");
    jw_text(&s->j, "pattern", "^(?=.{1,40}$)[A-Za-z0-9_-]+(\\.[0-9]+)?$");
    jw_end(&s->j);
    jw_object(&s->j, "additionalProperties");
    put_entry(s, k->keys);
    jw_end(&s->j);
}

static void put_pairs(struct schema *s)
{
    jw_text(&s->j, "type", "object");
    jw_object(&s->j, "additionalProperties");
    put_scalar(s, NULL, KEY_TEXT);
    jw_end(&s->j);
}

static void put_value(struct schema *s, const struct key *k)
{
    switch (k->type) {
    case KEY_TABLE:
        if (k->scalar) {
            put_table_or_scalar(s, k);
        } else {
            put_table(s, k->keys);
        }
        break;
    case KEY_LIST:
        put_list(s, k);
        break;
    case KEY_MAP:
        put_map(s, k);
        break;
    case KEY_PAIRS:
        put_pairs(s);
        break;
    case KEY_NODE:
        if (strcmp(k->name, "profiles") != 0)
            break; /* anything: who reads it knows */
        jw_text(&s->j, "type", "object");
        jw_object(&s->j, "additionalProperties");
        jw_text(&s->j, "$ref", profile_ref);
        jw_end(&s->j);
        break;
    default:
        put_scalar(s, k, k->type);
        break;
    }
}

static void put_default(struct schema *s, const struct key *k)
{
    if (!k->otherwise || !*k->otherwise)
        return;
    if (k->type == KEY_BOOL || k->type == KEY_INTEGER || k->type == KEY_REAL) {
        jw_raw(&s->j, "default", k->otherwise);
    } else {
        jw_text(&s->j, "default", k->otherwise);
    }
}

static void put_properties(struct schema *s, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        char type[300];
        char help[HELP_BYTES];
        if (k->type == KEY_JOIN) {
            put_properties(s, k->keys);
            continue;
        }
        effective_type(k, type, sizeof type);
        (void)snprintf(help, sizeof help, "%s; %s", k->help, type);
        jw_object(&s->j, k->name);
        jw_text(&s->j, "description", help);
        put_value(s, k);
        put_default(s, k);
        jw_end(&s->j);
    }
}

static void put_required(struct schema *s, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            put_required(s, k->keys);
        } else if (!k->otherwise) {
            jw_text(&s->j, NULL, k->name);
        }
    }
}

static void put_table(struct schema *s, const struct key *keys)
{
    jw_text(&s->j, "type", "object");
    jw_object(&s->j, "properties");
    put_properties(s, keys);
    jw_end(&s->j);
    jw_list(&s->j, "required");
    if (!s->partial)
        put_required(s, keys);
    jw_end(&s->j);
    jw_bool(&s->j, "additionalProperties", false);
}

static void put_definitions(struct schema *s, const struct key *keys)
{
    size_t at;
    const struct key *nodes = bind_find_key(keys, "nodes", &at);
    jw_object(&s->j, "$defs");
    if (nodes) {
        jw_object(&s->j, "profile");
        s->partial = true;
        put_table(s, nodes->keys);
        s->partial = false;
        jw_end(&s->j);
    }
    jw_end(&s->j);
}

/* Keys of the user's own; anchors stand there. */
static void put_own(struct schema *s)
{
    jw_object(&s->j, "patternProperties");
    jw_object(&s->j, "^x-");
    jw_end(&s->j);
    jw_end(&s->j);
}

/* A file that changes another has some of it, and only the two together can be judged. */
static void put_changes(struct schema *s, const struct key *keys)
{
    jw_object(&s->j, "if");
    jw_list(&s->j, "required");
    jw_text(&s->j, NULL, "scenario");
    jw_end(&s->j);
    jw_end(&s->j);
    jw_object(&s->j, "then");
    jw_object(&s->j, "properties");
    for (const struct key *k = keys; k->name; k++)
        jw_bool(&s->j, k->name, true);
    jw_end(&s->j);
    jw_bool(&s->j, "additionalProperties", false);
    put_own(s);
    jw_end(&s->j);
}

void schema_print(FILE *out, const struct key *keys, const char *title)
{
    struct schema s = {.j = jw_to(out, 1)};
    jw_object(&s.j, NULL);
    jw_text(&s.j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    jw_text(&s.j, "$id", "urn:monami:scenario:1");
    jw_text(&s.j, "title", title);
    put_changes(&s, keys);
    jw_object(&s.j, "else");
    put_table(&s, keys);
    put_own(&s);
    jw_end(&s.j);
    put_definitions(&s, keys);
    jw_end(&s.j);
}
