#include "sim/core/agenda.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NEAR = AGENDA_BINS,
    FAR,
    FANOUT = 4,
    FIRST_SLOTS = 64,
    FIRST_NUMBERS = 256,
    FIRST_CHUNKS = 64,
    WARMED = 2, /* timers */
    LINE = 64   /* bytes of a cache line */
};

void agenda_init(struct agenda *a)
{
    memset(a, 0, sizeof *a);
    a->spare = a->spare_chunk = AGENDA_NONE;
    for (uint32_t k = 0; k < AGENDA_BINS; k++)
        a->bin[k] = AGENDA_NONE;
}

void agenda_release(struct agenda *a)
{
    free(a->heap[0].slot);
    free(a->heap[1].slot);
    free(a->chunk);
    free(a->by_number);
}

static void *more(void *items, size_t n, size_t size)
{
    void *grown = n > UINT32_MAX / 16 ? NULL : realloc(items, n * size);
    if (!grown) {
        (void)fputs("sim: out of memory for timers\n", stderr);
        abort();
    }
    return grown;
}

static int64_t bin_of(sim_time at)
{
    return at >> AGENDA_BIN_SHIFT;
}

static bool before(const struct agenda_slot *a, const struct agenda_slot *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static uint32_t take_number(struct agenda *a, struct sim_timer *t)
{
    uint32_t number = a->spare;
    if (number != AGENDA_NONE) {
        a->spare = a->by_number[number].place;
    } else {
        if (a->numbers == a->cap) {
            a->cap = a->cap ? 2 * a->cap : FIRST_NUMBERS;
            a->by_number = more(a->by_number, a->cap, sizeof *a->by_number);
        }
        number = a->numbers++;
    }
    a->by_number[number].timer = t;
    return number;
}

/* ---- the heaps ------------------------------------------------------------------------------ */

static struct agenda_heap *heap_of(struct agenda *a, uint32_t bin)
{
    return &a->heap[bin - NEAR];
}

static void place(struct agenda *a, struct agenda_heap *h, struct agenda_slot s, uint32_t at)
{
    h->slot[at] = s;
    a->by_number[s.number].place = at;
}

static void sift_up(struct agenda *a, struct agenda_heap *h, struct agenda_slot s, uint32_t at)
{
    for (uint32_t parent; at > 0; at = parent) {
        parent = (at - 1) / FANOUT;
        if (before(&h->slot[parent], &s))
            break;
        place(a, h, h->slot[parent], at);
    }
    place(a, h, s, at);
}

static uint32_t least_child(const struct agenda_heap *h, uint32_t first)
{
    uint32_t least = first;
    uint32_t end = first + FANOUT < h->len ? first + FANOUT : h->len;
    for (uint32_t i = first + 1; i < end; i++) {
        if (before(&h->slot[i], &h->slot[least]))
            least = i;
    }
    return least;
}

static void sift_down(struct agenda *a, struct agenda_heap *h, struct agenda_slot s, uint32_t at)
{
    for (uint32_t first; (first = FANOUT * at + 1) < h->len;) {
        uint32_t child = least_child(h, first);
        if (before(&s, &h->slot[child]))
            break;
        place(a, h, h->slot[child], at);
        at = child;
    }
    place(a, h, s, at);
}

static void push(struct agenda *a, uint32_t which, struct agenda_slot s)
{
    struct agenda_heap *h = heap_of(a, which);
    if (h->len == h->cap) {
        h->cap = h->cap ? 2 * h->cap : FIRST_SLOTS;
        h->slot = more(h->slot, h->cap, sizeof *h->slot);
    }
    a->by_number[s.number].bin = which;
    sift_up(a, h, s, h->len++);
}

static void pull(struct agenda *a, struct agenda_heap *h, uint32_t at)
{
    struct agenda_slot gone = h->slot[at];
    struct agenda_slot last = h->slot[--h->len];
    if (at == h->len)
        return;
    if (before(&last, &gone)) {
        sift_up(a, h, last, at);
    } else {
        sift_down(a, h, last, at);
    }
}

/* ---- the bins -------------------------------------------------------------------------------- */

static uint32_t take_chunk(struct agenda *a)
{
    if (a->spare_chunk == AGENDA_NONE) {
        uint32_t n = a->chunks ? 2 * a->chunks : FIRST_CHUNKS;
        a->chunk = more(a->chunk, n, sizeof *a->chunk);
        for (; a->chunks < n; a->chunks++) {
            a->chunk[a->chunks].next = a->spare_chunk;
            a->spare_chunk = a->chunks;
        }
    }
    uint32_t taken = a->spare_chunk;
    a->spare_chunk = a->chunk[taken].next;
    return taken;
}

/* The first chunk of a bin is empty. */
static void give_chunk(struct agenda *a, uint32_t bin)
{
    uint32_t gone = a->bin[bin];
    a->bin[bin] = a->chunk[gone].next;
    a->chunk[gone].next = a->spare_chunk;
    a->spare_chunk = gone;
    if (a->bin[bin] == AGENDA_NONE)
        a->used[bin / 64] &= ~((uint64_t)1 << bin % 64);
}

static void write_slot(struct agenda *a, uint32_t chunk, uint32_t k, struct agenda_slot s)
{
    a->chunk[chunk].slot[k] = s;
    a->by_number[s.number].place = chunk * AGENDA_CHUNK_SLOTS + k;
}

static void lay(struct agenda *a, uint32_t bin, struct agenda_slot s)
{
    uint32_t first = a->bin[bin];
    if (first == AGENDA_NONE || a->chunk[first].len == AGENDA_CHUNK_SLOTS) {
        uint32_t taken = take_chunk(a);
        a->chunk[taken].next = first;
        a->chunk[taken].len = 0;
        a->bin[bin] = first = taken;
        a->used[bin / 64] |= (uint64_t)1 << bin % 64;
    }
    a->by_number[s.number].bin = bin;
    write_slot(a, first, a->chunk[first].len++, s);
}

/* The last slot of the first chunk takes the place. */
static void lift(struct agenda *a, uint32_t bin, uint32_t at)
{
    uint32_t first = a->bin[bin];
    uint32_t last = --a->chunk[first].len;
    if (at != first * AGENDA_CHUNK_SLOTS + last)
        write_slot(a, at / AGENDA_CHUNK_SLOTS, at % AGENDA_CHUNK_SLOTS, a->chunk[first].slot[last]);
    if (!last)
        give_chunk(a, bin);
}

static void insert(struct agenda *a, struct agenda_slot s)
{
    int64_t bin = bin_of(s.at);
    if (bin <= a->present) {
        push(a, NEAR, s);
    } else if (bin < a->present + AGENDA_BINS) {
        lay(a, (uint32_t)(bin % AGENDA_BINS), s);
    } else {
        push(a, FAR, s);
    }
}

/* The next bin behind the present one that holds anything; -1: none of those in reach. */
static int64_t next_used(const struct agenda *a)
{
    enum { WORDS = AGENDA_BINS / 64 };
    uint32_t first = (uint32_t)((a->present + 1) % AGENDA_BINS);
    uint64_t from_first = ~(uint64_t)0 << first % 64;
    for (uint32_t k = 0; k <= WORDS; k++) {
        uint32_t word = (first / 64 + k) % WORDS;
        uint64_t bits = a->used[word];
        if (k == 0)
            bits &= from_first;
        if (k == WORDS)
            bits &= ~from_first;
        if (bits) {
            uint32_t bin = word * 64 + (uint32_t)__builtin_ctzll(bits);
            return a->present + 1 + (bin + AGENDA_BINS - first) % AGENDA_BINS;
        }
    }
    return -1;
}

/* What the far heap holds of the bins that are in reach now moves there. */
static void fetch_far(struct agenda *a)
{
    struct agenda_heap *far = heap_of(a, FAR);
    while (far->len && bin_of(far->slot[0].at) < a->present + AGENDA_BINS) {
        struct agenda_slot s = far->slot[0];
        pull(a, far, 0);
        insert(a, s);
    }
}

/* The near heap is empty: the next bin that holds anything pours into it. False: nothing is armed.
 */
static bool advance(struct agenda *a)
{
    const struct agenda_heap *far = heap_of(a, FAR);
    int64_t next = next_used(a);
    if (next < 0 && !far->len)
        return false;
    a->present = next < 0 ? bin_of(far->slot[0].at) : next;
    uint32_t turn = (uint32_t)(a->present % AGENDA_BINS);
    while (a->bin[turn] != AGENDA_NONE) {
        struct agenda_chunk *first = &a->chunk[a->bin[turn]];
        while (first->len)
            push(a, NEAR, first->slot[--first->len]);
        give_chunk(a, turn);
    }
    fetch_far(a);
    return true;
}

/* ---- the set --------------------------------------------------------------------------------- */

void agenda_put(struct agenda *a, struct sim_timer *t)
{
    t->number = take_number(a, t);
    insert(a, (struct agenda_slot){t->at, t->order, t->number});
}

void agenda_remove(struct agenda *a, struct sim_timer *t)
{
    struct agenda_entry *e = &a->by_number[t->number];
    if (e->bin < NEAR) {
        lift(a, e->bin, e->place);
    } else {
        pull(a, heap_of(a, e->bin), e->place);
    }
    e->place = a->spare;
    a->spare = t->number;
    t->number = SIM_IDLE;
}

struct sim_timer *agenda_first(struct agenda *a)
{
    const struct agenda_heap *near = heap_of(a, NEAR);
    if (!near->len && !advance(a))
        return NULL;
    return a->by_number[near->slot[0].number].timer;
}

void agenda_warm(const struct agenda *a)
{
    const struct agenda_heap *near = &a->heap[0];
    for (uint32_t k = 0; k < near->len && k < WARMED; k++) {
        const char *t = (const char *)a->by_number[near->slot[k].number].timer;
        __builtin_prefetch(t);
        __builtin_prefetch(t + LINE);
        __builtin_prefetch(t + 2 * LINE);
    }
}
