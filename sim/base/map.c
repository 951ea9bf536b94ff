#include "sim/base/map.h"

#include <assert.h>

static size_t home_of(const struct map *m, uint64_t key)
{
    key ^= key >> 32; /* the finalizer of MurmurHash3 */
    key *= 0xff51afd7ed558ccdU;
    key ^= key >> 33;
    return (size_t)key & (m->slots - 1);
}

/* Where `key` stands, or the empty slot where it would. */
static size_t place(const struct map *m, uint64_t key)
{
    size_t k = home_of(m, key);
    while (m->slot[k].value && m->slot[k].key != key)
        k = (k + 1) & (m->slots - 1);
    return k;
}

void map_init(struct map *m, struct arena *a)
{
    *m = (struct map){.arena = a};
}

void *map_find(const struct map *m, uint64_t key)
{
    return m->slots ? m->slot[place(m, key)].value : NULL;
}

static void grow(struct map *m)
{
    enum { FIRST = 16 };
    struct map old = *m;
    m->slots = old.slots ? 2 * old.slots : FIRST;
    m->slot = arena_take(m->arena, m->slots * sizeof *m->slot);
    for (size_t k = 0; k < old.slots; k++) {
        if (old.slot[k].value)
            m->slot[place(m, old.slot[k].key)] = old.slot[k];
    }
}

void map_put(struct map *m, uint64_t key, void *value)
{
    assert(value);
    if (2 * (m->used + 1) > m->slots)
        grow(m);
    struct map_slot *s = &m->slot[place(m, key)];
    m->used += !s->value;
    *s = (struct map_slot){key, value};
}

void map_remove(struct map *m, uint64_t key)
{
    size_t hole = m->slots ? place(m, key) : 0;
    if (!m->slots || !m->slot[hole].value)
        return;
    m->used--;
    size_t mask = m->slots - 1;
    for (size_t k = (hole + 1) & mask; m->slot[k].value; k = (k + 1) & mask) {
        size_t home = home_of(m, m->slot[k].key);
        /* It may move into the hole if its home does not lie behind the hole, cyclically. */
        if (((k - home) & mask) >= ((k - hole) & mask)) {
            m->slot[hole] = m->slot[k];
            hole = k;
        }
    }
    m->slot[hole] = (struct map_slot){0, NULL};
}
