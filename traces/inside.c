#include "traces/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct insides {
    struct inside *content; /* number n stands at n - 1 */
    uint32_t n;
    uint32_t room;
    uint32_t *slot; /* by hash: a number, 0 where there is none */
    uint32_t slots; /* a power of two, at least twice n */
};

enum { FIRST_ROOM = 64 };

struct insides *insides_new(void)
{
    struct insides *t = calloc(1, sizeof *t);
    assert(t);
    return t;
}

void insides_free(struct insides *t)
{
    if (!t)
        return;
    for (uint32_t k = 0; k < t->n; k++)
        free(t->content[k].words);
    free(t->content);
    free(t->slot);
    free(t);
}

static uint64_t add_bytes(uint64_t h, const void *bytes, size_t n)
{
    const uint8_t *b = bytes;
    for (size_t k = 0; k < n; k++)
        h = (h ^ b[k]) * 0x100000001b3u; /* FNV-1a, 64 bits */
    return h;
}

static uint64_t hash_of(const struct inside *c)
{
    uint64_t h = add_bytes(0xcbf29ce484222325u, c->sum, sizeof c->sum);
    h = add_bytes(h, &c->within, sizeof c->within);
    return add_bytes(h, c->words, strlen(c->words));
}

static bool is_same(const struct inside *a, const struct inside *b)
{
    return a->within == b->within && !memcmp(a->sum, b->sum, sizeof a->sum) &&
           !strcmp(a->words, b->words);
}

/* Where it stands, or the free slot where it belongs. */
static uint32_t *slot_of(const struct insides *t, const struct inside *c)
{
    uint32_t at = (uint32_t)hash_of(c) & (t->slots - 1);
    while (t->slot[at] && !is_same(&t->content[t->slot[at] - 1], c))
        at = (at + 1) & (t->slots - 1);
    return &t->slot[at];
}

static void grow(struct insides *t)
{
    t->room = t->room ? 2 * t->room : FIRST_ROOM;
    t->slots = 2 * t->room;
    t->content = realloc(t->content, t->room * sizeof *t->content);
    free(t->slot);
    t->slot = calloc(t->slots, sizeof *t->slot);
    assert(t->content && t->slot);
    for (uint32_t k = 0; k < t->n; k++)
        *slot_of(t, &t->content[k]) = k + 1;
}

uint32_t insides_number(struct insides *t, const struct inside *content)
{
    if (t->n == t->room)
        grow(t);
    uint32_t *slot = slot_of(t, content);
    if (!*slot) {
        t->content[t->n] = *content;
        t->content[t->n].words = strdup(content->words);
        assert(t->content[t->n].words);
        *slot = ++t->n;
    }
    return *slot;
}

const struct inside *insides_at(const struct insides *t, uint32_t number)
{
    return number && number <= t->n ? &t->content[number - 1] : NULL;
}

uint32_t insides_count(const struct insides *t)
{
    return t->n;
}
