#include "traces/bindings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"

enum { FIRST_ROOM = 64 };

static uint64_t hash_of(const struct bound *b)
{
    uint64_t h = addr_hash(&b->home) ^ (uint64_t)b->node << 32 ^ (uint64_t)b->bid;
    h *= 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio: Knuth, Vol. 3, 6.4 */
    return h ^ h >> 32;
}

static bool is_same(const struct bound *a, const struct bound *b)
{
    return a->node == b->node && a->bid == b->bid && addr_eq(&a->home, &b->home);
}

/* Where the latest entry of that binding stands, or would. */
static uint32_t *slot_of(const struct bindings *b, const struct bound *one)
{
    size_t at = (size_t)hash_of(one) & (b->slots - 1);
    while (b->slot[at] && !is_same(&b->list[b->slot[at] - 1], one))
        at = (at + 1) & (b->slots - 1);
    return &b->slot[at];
}

static void grow(struct bindings *b)
{
    b->room = b->room ? 2 * b->room : FIRST_ROOM;
    b->slots = 2 * b->room;
    b->list = realloc(b->list, b->room * sizeof *b->list);
    free(b->slot);
    b->slot = calloc(b->slots, sizeof *b->slot);
    assert(b->list && b->slot);
    for (size_t k = 0; k < b->n; k++)
        *slot_of(b, &b->list[k]) = (uint32_t)k + 1;
}

static const struct tap_field *field(const struct tap_event *e, const char *key)
{
    for (unsigned k = 0; k < e->n; k++) {
        if (!strcmp(e->field[k].key, key))
            return &e->field[k];
    }
    assert(false && "a field of the event");
    return NULL;
}

static void end(struct bound *b, sim_time t, const char *how)
{
    b->changed = t;
    b->ended = t;
    b->how = how;
}

void bindings_see(struct bindings *b, const struct tap_event *e)
{
    if (e->name != EV_BINDING_MADE && e->name != EV_BINDING_MOVED &&
        e->name != EV_BINDING_REFRESHED && e->name != EV_BINDING_ENDED)
        return;
    const struct bound new = {.node = e->node,
                              .home = field(e, "home_address")->addr,
                              .bid = field(e, "bid")->i,
                              .care_of = field(e, "care_of_address")->addr,
                              .made = e->t,
                              .changed = e->t,
                              .ended = -1};
    if (b->n == b->room)
        grow(b);
    uint32_t *slot = slot_of(b, &new);
    struct bound *last = *slot ? &b->list[*slot - 1] : NULL;
    bool stands = last && last->ended < 0;
    if (stands && e->name == EV_BINDING_REFRESHED)
        last->changed = e->t;
    if (stands && e->name == EV_BINDING_ENDED)
        end(last, e->t, field(e, "how")->text);
    if (stands && e->name == EV_BINDING_MOVED)
        end(last, e->t, "moved");
    if (e->name == EV_BINDING_MADE || e->name == EV_BINDING_MOVED) {
        b->list[b->n++] = new;
        *slot = (uint32_t)b->n;
    }
}

void bindings_release(struct bindings *b)
{
    free(b->list);
    free(b->slot);
}
