#define _DEFAULT_SOURCE /* madvise() */
#include "sim/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    BLOCK_SIZE = 64 * 1024,
    LARGE_BLOCK = 1 << 21,
    CACHE_LINE = 64,
    ALIGN = _Alignof(max_align_t)
};

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t cap;
    _Alignas(CACHE_LINE) uint8_t bytes[];
};

struct pool_item {
    struct pool_item *next;
};

static size_t round_up_to(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* What is larger than a cache line begins at one: with many nodes each line is a miss. */
static size_t round_up(size_t n)
{
    return round_up_to(n, n < CACHE_LINE ? ALIGN : CACHE_LINE);
}

/* A large block asks for a page of its own size: with many nodes the small ones would not fit into
 * the processor's table of pages. It goes without where there is none. */
static void *take_zeroed(size_t size)
{
    size_t unit = size == LARGE_BLOCK ? LARGE_BLOCK : CACHE_LINE;
    void *block = aligned_alloc(unit, round_up_to(size, unit));
    if (!block) {
        (void)fputs("arena: out of memory\n", stderr);
        abort();
    }
    if (size == LARGE_BLOCK)
        (void)madvise(block, size, MADV_HUGEPAGE);
    return memset(block, 0, size);
}

/* Twice the last one, up to a large page. */
static void add_block(struct arena *a, size_t n)
{
    size_t size = a->blocks ? 2 * a->blocks->cap : BLOCK_SIZE;
    if (size > LARGE_BLOCK)
        size = LARGE_BLOCK;
    if (size < n + sizeof(struct arena_block))
        size = n + sizeof(struct arena_block);
    struct arena_block *block = take_zeroed(size);
    block->cap = size - sizeof(struct arena_block);
    block->older = a->blocks;
    a->blocks = block;
}

void *arena_take(struct arena *a, size_t n)
{
    assert(n < SIZE_MAX / 2);
    bool line = n >= CACHE_LINE;
    n = round_up(n);
    if (line && a->blocks)
        a->blocks->used = round_up_to(a->blocks->used, CACHE_LINE);
    if (!a->blocks || a->blocks->used > a->blocks->cap || a->blocks->cap - a->blocks->used < n)
        add_block(a, n);
    void *taken = a->blocks->bytes + a->blocks->used;
    a->blocks->used += n;
    return taken;
}

char *arena_text(struct arena *a, const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(arena_take(a, n), text, n);
}

char *arena_format(struct arena *a, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    assert(n >= 0 && (size_t)n < sizeof text);
    return arena_text(a, text);
}

void arena_release(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *block = a->blocks;
        a->blocks = block->older;
        free(block);
    }
}

struct pool pool_of(struct arena *a, size_t item_size)
{
    if (item_size < sizeof(struct pool_item))
        item_size = sizeof(struct pool_item);
    return (struct pool){.arena = a, .item_size = item_size};
}

void *pool_take_raw(struct pool *p)
{
    if (++p->out > p->peak)
        p->peak = p->out;
    struct pool_item *item = p->spare;
    if (!item)
        return arena_take(p->arena, p->item_size);
    p->spare = item->next;
    return item;
}

void *pool_take(struct pool *p)
{
    return memset(pool_take_raw(p), 0, p->item_size);
}

void pool_give(struct pool *p, void *item)
{
    assert(item && p->out > 0);
    struct pool_item *spare = item;
    spare->next = p->spare;
    p->spare = spare;
    p->out--;
}
