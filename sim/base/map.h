/*
 * map.h - from 64-bit keys to pointers: open addressing, one probe mostly.
 *
 * For lookups alone: it is never walked, so that no order of a run depends on it.  It grows in the
 * arena.
 */
#ifndef SIM_BASE_MAP_H
#define SIM_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"

struct map {
    struct arena *arena; /* borrowed */
    struct map_slot {
        uint64_t key;
        void *value; /* NULL: empty */
    } * slot;
    size_t slots; /* a power of two, or 0 */
    size_t used;
};

void map_init(struct map *m, struct arena *a);
void *map_find(const struct map *m, uint64_t key);      /* NULL: none */
void map_put(struct map *m, uint64_t key, void *value); /* in place of what was there; not NULL */
void map_remove(struct map *m, uint64_t key);           /* nothing there: nothing happens */

#endif
