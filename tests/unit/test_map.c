#include <stdbool.h>

#include "sim/base/map.h"

#include "tests/check.h"

enum { KEYS = 4096 };

static char item[KEYS];

static void finds_what_was_put_and_nothing_else(void)
{
    struct arena a = {0};
    struct map m;
    map_init(&m, &a);
    CHECK(!map_find(&m, 0));
    map_remove(&m, 7);
    for (uint64_t k = 0; k < KEYS; k++)
        map_put(&m, k << 40, &item[k]);
    CHECK_EQ(m.used, KEYS);
    unsigned wrong = 0;
    for (uint64_t k = 0; k < KEYS; k++)
        wrong += map_find(&m, k << 40) != &item[k] || map_find(&m, (k << 40) + 1);
    CHECK_EQ(wrong, 0);
    map_put(&m, 0, &item[5]);
    CHECK(map_find(&m, 0) == &item[5]);
    CHECK_EQ(m.used, KEYS);
    arena_release(&a);
}

/* Removal leaves nobody behind a hole: whatever is removed, the others are found. */
static void removal_hides_nobody(void)
{
    struct arena a = {0};
    struct map m;
    map_init(&m, &a);
    unsigned wrong = 0;
    uint64_t draw = 1;
    bool there[KEYS] = {false};
    for (unsigned step = 0; step < 200000; step++) {
        draw = draw * 6364136223846793005U + 1442695040888963407U;
        uint64_t k = draw >> 54; /* of 1024 */
        if (draw & 0x10000) {
            map_put(&m, k, &item[k]);
        } else {
            map_remove(&m, k);
        }
        there[k] = draw & 0x10000;
        uint64_t other = (draw >> 40) % 1024;
        wrong += map_find(&m, other) != (there[other] ? &item[other] : NULL);
    }
    CHECK_EQ(wrong, 0);
    size_t left = 0;
    for (unsigned k = 0; k < KEYS; k++)
        left += there[k];
    CHECK_EQ(m.used, left);
    arena_release(&a);
}

CHECK_MAIN(CASE(finds_what_was_put_and_nothing_else), CASE(removal_hides_nobody))
