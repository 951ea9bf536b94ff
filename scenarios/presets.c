/* Presets, words that stand for values, and profiles of nodes: merged below what is written, before
 * the keys are read. */
#include <string.h>

#include "scenarios/bind.h"

/* The key with presets of a table; NULL: there is none. */
static const struct key *key_with_presets(const struct key *keys)
{
    for (const struct key *k = keys; k && k->name; k++) {
        const struct key *found = k->presets            ? k
                                  : k->type == KEY_JOIN ? key_with_presets(k->keys)
                                                        : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static void fill(struct yaml_pair *entry, const struct key *k, struct arena *arena,
                 struct complaints *c)
{
    const struct yaml_node *word = yaml_get(entry->value, k->name);
    if (!word || word->kind != YAML_SCALAR)
        return;
    for (const struct key_preset *p = k->presets; p->name; p++) {
        if (strcmp(p->name, word->text) != 0)
            continue;
        struct yaml_node *under = yaml_read(arena_format(arena, "preset %s", p->name), p->values,
                                            strlen(p->values), 0, arena, c);
        if (under)
            entry->value = yaml_merge(under, entry->value, arena);
    }
}

void bind_presets(struct yaml_node *root, const struct key *keys, struct arena *arena,
                  struct complaints *c)
{
    for (const struct key *k = keys; k->name; k++) {
        const struct key *preset = k->type == KEY_MAP ? key_with_presets(k->keys) : NULL;
        struct yaml_node *map = preset ? yaml_get(root, k->name) : NULL;
        for (size_t j = 0; map && map->kind == YAML_MAP && j < map->n; j++)
            fill(&map->pair[j], preset, arena, c);
    }
}

/* ---- profiles of nodes ---------------------------------------------------------------- */

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
