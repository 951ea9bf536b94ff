#include "models/node/route.h"

#include <string.h>

enum { LENGTHS = 129, FIRST_SLOTS = 8 };

struct slot {
    bool used; /* a removed route stays as a used slot without `live`: probing goes past it */
    bool live;
    struct route route;
};

struct group {
    struct slot *slot;
    size_t slots;
    size_t used;
    size_t live;
};

struct routes {
    struct arena *arena;
    uint8_t order[LENGTHS]; /* lengths that have routes, longest first */
    unsigned lengths;
    struct group group[LENGTHS];
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

static void list_length(struct routes *t, uint8_t len)
{
    unsigned at = 0;
    while (at < t->lengths && t->order[at] > len)
        at++;
    memmove(t->order + at + 1, t->order + at, t->lengths - at);
    t->order[at] = len;
    t->lengths++;
}

void routes_set(struct routes *t, const struct route *r)
{
    struct group *g = &t->group[r->prefix.len];
    if (!g->slots)
        list_length(t, r->prefix.len);
    if (2 * (g->used + 1) > g->slots)
        grow(t, g);
    struct slot *s = slot_of(g, &r->prefix.addr);
    g->used += !s->used;
    g->live += !s->live;
    *s = (struct slot){true, true, *r};
}

void routes_remove(struct routes *t, const struct prefix *p)
{
    struct group *g = &t->group[p->len];
    if (!g->slots)
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
        const struct group *g = &t->group[t->order[i]];
        if (!g->live)
            continue;
        struct addr masked = t->order[i] == 128 ? *dst : addr_masked(dst, t->order[i]);
        const struct slot *s = slot_of(g, &masked);
        if (s->live)
            return &s->route;
    }
    return NULL;
}
