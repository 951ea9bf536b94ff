#include "scenarios/populate.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/addr.h"
#include "sim/base/units.h"

struct population {
    const char *name;
    size_t count;
};

struct populating {
    struct arena *arena;
    struct complaints *c;
    struct population *known; /* counted nodes, then counted flows */
    size_t n;
    size_t room;
};

static void know(struct populating *p, const char *name, size_t count)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 8;
        struct population *more = arena_take(p->arena, p->room * sizeof *more);
        if (p->n)
            memcpy(more, p->known, p->n * sizeof *more);
        p->known = more;
    }
    p->known[p->n++] = (struct population){name, count};
}

/* ---- copies -------------------------------------------------------------------- */

/* Where "NAME.*" of a population stands in `text`; NULL: nowhere, or in a function of all of it,
 * such as max(disruption.call.*.down). */
static const char *star_in(const struct populating *p, const char *text,
                           const struct population **of)
{
    if (strchr(text, '('))
        return NULL;
    for (const char *star = strstr(text, ".*"); star; star = strstr(star + 1, ".*")) {
        for (size_t k = 0; k < p->n; k++) {
            size_t len = strlen(p->known[k].name);
            bool fits = (size_t)(star - text) >= len &&
                        !strncmp(star - len, p->known[k].name, len) &&
                        (star - len == text || star[-(long)len - 1] == '.');
            if (!fits)
                continue;
            *of = &p->known[k];
            return star;
        }
    }
    return NULL;
}

static const char *numbered(const struct populating *p, const char *text, size_t k)
{
    const struct population *of;
    const char *star = star_in(p, text, &of);
    for (; star; star = star_in(p, text, &of)) {
        text = arena_format(p->arena, "%.*s.%zu%s", (int)(star - text), text, k, star + 2);
    }
    return text;
}

/* A copy with every "NAME.*" made "NAME.k". */
static struct yaml_node *copy_of(const struct populating *p, const struct yaml_node *n, size_t k)
{
    struct yaml_node *copy = arena_take(p->arena, sizeof *copy);
    *copy = *n;
    if (n->kind == YAML_SCALAR) {
        copy->text = numbered(p, n->text, k);
    } else if (n->kind == YAML_LIST) {
        copy->item = arena_take(p->arena, (n->n + 1) * sizeof(struct yaml_node *));
        for (size_t j = 0; j < n->n; j++)
            copy->item[j] = copy_of(p, n->item[j], k);
    } else {
        copy->pair = arena_take(p->arena, (n->n + 1) * sizeof *copy->pair);
        for (size_t j = 0; j < n->n; j++) {
            copy->pair[j] = n->pair[j];
            copy->pair[j].value = copy_of(p, n->pair[j].value, k);
        }
    }
    return copy;
}

/* The population that `n` speaks of, of whatever depth; NULL: none. */
static const struct population *spoken_of(const struct populating *p, const struct yaml_node *n)
{
    const struct population *of = NULL;
    if (n->kind == YAML_SCALAR)
        return n->text && star_in(p, n->text, &of) ? of : NULL;
    for (size_t j = 0; j < n->n; j++) {
        const struct population *inner =
            spoken_of(p, n->kind == YAML_MAP ? n->pair[j].value : n->item[j]);
        if (of && inner && inner->count != of->count)
            complain(p->c, &n->at, "", "'%s' and '%s' have not one size: %zu and %zu", of->name,
                     inner->name, of->count, inner->count);
        of = of ? of : inner;
    }
    return of;
}

static struct yaml_pair *pair_named(struct yaml_node *map, const char *key)
{
    for (size_t k = 0; map && map->kind == YAML_MAP && k < map->n; k++) {
        if (!strcmp(map->pair[k].key, key))
            return &map->pair[k];
    }
    return NULL;
}

static void take_out(struct yaml_node *map, const char *key)
{
    struct yaml_pair *pair = pair_named(map, key);
    if (!pair)
        return;
    memmove(pair, pair + 1, (size_t)(map->pair + map->n - pair - 1) * sizeof *pair);
    map->n--;
}

/* ---- nodes --------------------------------------------------------------------- */

/* An address k further on; what is none is left for the binder to complain about. */
static void count_up(const struct populating *p, struct yaml_node *holder, const char *key,
                     size_t k)
{
    struct yaml_pair *pair = pair_named(holder, key);
    struct addr a;
    struct why w;
    char text[ADDR_TEXT];
    if (!pair || pair->value->kind != YAML_SCALAR || addr_parse(pair->value->text, &a, &w))
        return;
    uint64_t low = addr_identifier(&a) + k;
    for (int b = 0; b < 8; b++)
        a.b[15 - b] = (uint8_t)(low >> 8 * b);
    pair->value->text = arena_text(p->arena, addr_text(&a, text));
}

static size_t count_of(struct populating *p, const struct yaml_pair *pair)
{
    const struct yaml_node *count = yaml_get(pair->value, "count");
    int64_t n = 0;
    struct why w;
    if (!count)
        return 0;
    if (count->kind != YAML_SCALAR || units_integer(count->text, &n, &w) || n < 0 ||
        n > POPULATION_MAX) {
        complain(p->c, &count->at, arena_format(p->arena, "nodes.%.40s.count", pair->key),
                 "is not a whole number from 0 to %d", POPULATION_MAX);
        return 0;
    }
    return (size_t)n;
}

static void add(struct yaml_node *map, const struct yaml_pair *pair)
{
    map->pair[map->n++] = *pair;
}

static void populate_nodes(struct populating *p, struct yaml_node *nodes)
{
    struct yaml_node all = *nodes;
    size_t room = 0;
    for (size_t k = 0; k < nodes->n; k++) {
        size_t count = count_of(p, &nodes->pair[k]);
        room += count ? count : 1;
        if (count)
            know(p, nodes->pair[k].key, count);
    }
    if (!p->n)
        return;
    all.pair = arena_take(p->arena, (room + 1) * sizeof *all.pair);
    all.n = 0;
    for (size_t k = 0; k < nodes->n; k++) {
        size_t count = count_of(p, &nodes->pair[k]);
        for (size_t j = 0; j < count; j++) {
            struct yaml_pair one = nodes->pair[k];
            one.key = arena_format(p->arena, "%s.%zu", nodes->pair[k].key, j);
            one.value = copy_of(p, nodes->pair[k].value, j);
            take_out(one.value, "count");
            count_up(p, one.value, "address", j);
            struct yaml_pair *home = pair_named(one.value, "home");
            if (home)
                count_up(p, home->value, "address", j);
            add(&all, &one);
        }
        if (!count)
            add(&all, &nodes->pair[k]);
    }
    all.room = room + 1;
    *nodes = all;
}

/* ---- what speaks of them --------------------------------------------------------- */

static void populate_flows(struct populating *p, struct yaml_node *flows)
{
    struct yaml_node all = *flows;
    size_t room = 0;
    size_t *count = arena_take(p->arena, (flows->n + 1) * sizeof *count);
    for (size_t k = 0; k < flows->n; k++) {
        const struct population *of = spoken_of(p, flows->pair[k].value);
        count[k] = of ? of->count : 0;
        room += of ? of->count : 1;
    }
    all.pair = arena_take(p->arena, (room + 1) * sizeof *all.pair);
    all.n = 0;
    for (size_t k = 0; k < flows->n; k++) {
        for (size_t j = 0; j < count[k]; j++) {
            struct yaml_pair one = flows->pair[k];
            one.key = arena_format(p->arena, "%s.%zu", flows->pair[k].key, j);
            one.value = copy_of(p, flows->pair[k].value, j);
            add(&all, &one);
        }
        if (!count[k])
            add(&all, &flows->pair[k]);
    }
    for (size_t k = 0; k < flows->n; k++) { /* events and expectations may speak of them */
        if (count[k])
            know(p, flows->pair[k].key, count[k]);
    }
    all.room = room + 1;
    *flows = all;
}

/* `spread`: the k-th of n so much later that all come evenly within it. */
static void spread_out(struct populating *p, struct yaml_node *event, size_t k, size_t n)
{
    struct yaml_pair *spread = pair_named(event, "spread");
    struct yaml_pair *at = pair_named(event, "at");
    sim_time length = 0;
    sim_time begin = 0;
    struct why w;
    if (!spread || !at || spread->value->kind != YAML_SCALAR || at->value->kind != YAML_SCALAR ||
        units_time(spread->value->text, &length, &w) || units_time(at->value->text, &begin, &w))
        return; /* the binder complains */
    at->value->text = arena_format(p->arena, "%lld ns",
                                   (long long)(begin + length / (sim_time)n * (sim_time)k +
                                               length % (sim_time)n * (sim_time)k / (sim_time)n));
    take_out(event, "spread");
}

static void populate_list(struct populating *p, struct yaml_node *list)
{
    struct yaml_node all = *list;
    size_t room = 0;
    for (size_t k = 0; k < list->n; k++) {
        const struct population *of = spoken_of(p, list->item[k]);
        room += of ? of->count : 1;
    }
    all.item = arena_take(p->arena, (room + 1) * sizeof(struct yaml_node *));
    all.n = 0;
    for (size_t k = 0; k < list->n; k++) {
        const struct population *of = spoken_of(p, list->item[k]);
        for (size_t j = 0; of && j < of->count; j++) {
            struct yaml_node *one = copy_of(p, list->item[k], j);
            spread_out(p, one, j, of->count);
            all.item[all.n++] = one;
        }
        if (!of)
            all.item[all.n++] = list->item[k];
    }
    all.room = room + 1;
    *list = all;
}

void populate(struct yaml_node *root, struct arena *arena, struct complaints *c)
{
    struct populating p = {.arena = arena, .c = c};
    struct yaml_node *nodes = yaml_get(root, "nodes");
    struct yaml_node *flows = yaml_get(root, "flows");
    struct yaml_node *events = yaml_get(root, "events");
    struct yaml_node *expect = yaml_get(root, "expect");
    if (!nodes || nodes->kind != YAML_MAP)
        return;
    populate_nodes(&p, nodes);
    if (!p.n || c->n)
        return;
    if (flows && flows->kind == YAML_MAP)
        populate_flows(&p, flows);
    if (events && events->kind == YAML_LIST)
        populate_list(&p, events);
    if (expect && expect->kind == YAML_LIST)
        populate_list(&p, expect);
}
