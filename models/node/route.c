#include "models/node/route.h"

#include <string.h>

enum { LENGTHS = 129, FIRST_SLOTS = 8, LINE = 64 };

/* One cache line. */
struct slot {
    _Alignas(LINE) struct route route;
    bool used; /* a removed route stays as a used slot without `live`: probing goes past it */
    bool live;
};

/* The routes of one prefix length. */
struct group {
    struct slot *slot;
    uint32_t slots;
    uint32_t live;
    uint32_t used;
    uint8_t len;
};

struct routes {
    unsigned lengths;
    struct group group[LENGTHS]; /* those that have routes, longest first */
    struct arena *arena;
};

struct routes *routes_new(struct arena *arena)
{
    struct routes *t = arena_take(arena, sizeof *t);
    t->arena = arena;
    return t;
}

static struct slot *slot_of(const struct group *g, const struct addr *masked)
{
    size_t i = (size_t)addr_hash(masked) & (g->slots - 1);
    while (g->slot[i].used && !addr_eq(&g->slot[i].route.prefix.addr, masked))
        i = (i + 1) & (g->slots - 1);
    return &g->slot[i];
}

static void grow(struct routes *t, struct group *g)
{
    struct group old = *g;
    g->slots = old.slots ? 2 * old.slots : FIRST_SLOTS;
    g->slot = arena_take(t->arena, g->slots * sizeof *g->slot);
    g->used = 0;
    for (size_t i = 0; i < old.slots; i++) {
        if (!old.slot[i].live)
            continue;
        *slot_of(g, &old.slot[i].route.prefix.addr) = old.slot[i];
        g->used++;
    }
}

static struct group *find_group(struct routes *t, uint8_t len)
{
    for (unsigned i = 0; i < t->lengths; i++) {
        if (t->group[i].len == len)
            return &t->group[i];
    }
    return NULL;
}

static struct group *make_group(struct routes *t, uint8_t len)
{
    unsigned at = 0;
    while (at < t->lengths && t->group[at].len > len)
        at++;
    memmove(t->group + at + 1, t->group + at, (t->lengths - at) * sizeof t->group[0]);
    t->group[at] = (struct group){.len = len};
    t->lengths++;
    return &t->group[at];
}

void routes_set(struct routes *t, const struct route *r)
{
    struct group *g = find_group(t, r->prefix.len);
    if (!g)
        g = make_group(t, r->prefix.len);
    if (2 * (g->used + 1) > g->slots)
        grow(t, g);
    struct slot *s = slot_of(g, &r->prefix.addr);
    g->used += !s->used;
    g->live += !s->live;
    *s = (struct slot){*r, true, true};
}

void routes_remove(struct routes *t, const struct prefix *p)
{
    struct group *g = find_group(t, p->len);
    if (!g)
        return;
    struct slot *s = slot_of(g, &p->addr);
    if (s->live) {
        s->live = false;
        g->live--;
    }
}

const struct route *routes_find(const struct routes *t, const struct addr *dst)
{
    for (unsigned i = 0; i < t->lengths; i++) {
        const struct group *g = &t->group[i];
        if (!g->live)
            continue;
        struct addr masked = g->len == 128 ? *dst : addr_masked(dst, g->len);
        const struct slot *s = slot_of(g, &masked);
        if (s->live)
            return &s->route;
    }
    return NULL;
}
