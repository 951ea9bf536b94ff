/*
 * arena.h - memory that lives as long as the run, and pools of equal items.
 *
 * The topology is built once and freed at once: nothing in it has a destructor.
 * Packets come and go: they are taken from a pool and given back to it.  After
 * warm-up the event loop allocates nothing.
 *
 * Running out of memory ends the program; there is no half-built world to save.
 */
#ifndef SIM_BASE_ARENA_H
#define SIM_BASE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* newest first */
};

/* `n` zeroed bytes, aligned for anything; they live until arena_release(). */
void *arena_take(struct arena *a, size_t n);
char *arena_text(struct arena *a, const char *text); /* a copy */
char *arena_format(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

struct pool {
    struct arena *arena; /* borrowed; must outlive the pool */
    struct pool_item *spare;
    size_t item_size;
    size_t out;  /* taken and not given back: 0 after a clean run */
    size_t peak; /* the most that were ever out */
};

struct pool pool_of(struct arena *a, size_t item_size);
void *pool_take(struct pool *p);     /* zeroed; the caller owns it */
void *pool_take_raw(struct pool *p); /* the same, with whatever bytes it had */
void pool_give(struct pool *p, void *item);

#endif
