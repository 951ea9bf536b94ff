#include "models/ipsec/anti_replay.h"

#include <assert.h>

enum { WORD = 64 };

/* A word more than the window needs: a word is cleared as a whole when the top enters it. */
void anti_replay_init(struct anti_replay *r, uint32_t window, bool esn, struct arena *a)
{
    assert(window == 0 ||
           (window >= ANTI_REPLAY_MIN && window <= ANTI_REPLAY_MAX && window % 32 == 0));
    *r = (struct anti_replay){.window = window, .esn = esn};
    if (!window)
        return;
    uint32_t words = 2;
    while (words < (window + WORD - 1) / WORD + 1)
        words *= 2;
    r->mask = words - 1;
    r->seen = arena_take(a, words * sizeof *r->seen);
}

static uint64_t *word_of(const struct anti_replay *r, uint64_t number)
{
    return &r->seen[number / WORD & r->mask];
}

static uint64_t bit_of(uint64_t number)
{
    return (uint64_t)1 << number % WORD;
}

/* RFC 4303 A2.2: `low` belongs into the subspace in which it is not left of a window of `window`
 * numbers that ends at the top. False: that subspace does not exist. */
static bool guess(uint64_t top, uint32_t window, uint32_t low, uint64_t *whole)
{
    uint32_t top_high = (uint32_t)(top >> 32);
    uint32_t top_low = (uint32_t)top;
    uint32_t bottom = top_low - window + 1; /* modulo 2^32 */
    uint32_t high = top_high;
    if (top_low >= window - 1) {
        if (low < bottom && ++high == 0)
            return false; /* behind the last one */
    } else if (low >= bottom && high-- == 0) {
        return false; /* before the first one: A2.3 */
    }
    *whole = (uint64_t)high << 32 | low;
    return true;
}

enum anti_replay_answer anti_replay_check(const struct anti_replay *r, uint32_t low,
                                          uint64_t *whole)
{
    *whole = low;
    if (!r->window) {
        if (r->esn) /* the nearest number */
            (void)guess(r->top, UINT32_C(1) << 31, low, whole);
        return ANTI_REPLAY_NEW;
    }
    if (r->esn && !guess(r->top, r->window, low, whole))
        return ANTI_REPLAY_TOO_OLD;
    if (*whole == 0)
        return ANTI_REPLAY_ZERO;
    if (*whole > r->top)
        return ANTI_REPLAY_NEW;
    if (r->top - *whole >= r->window)
        return ANTI_REPLAY_TOO_OLD;
    return *word_of(r, *whole) & bit_of(*whole) ? ANTI_REPLAY_SEEN : ANTI_REPLAY_NEW;
}

void anti_replay_note(struct anti_replay *r, uint64_t whole)
{
    if (!r->window) {
        r->top = whole > r->top ? whole : r->top;
        return;
    }
    if (whole > r->top) {
        uint64_t at = r->top / WORD;
        uint64_t to = whole / WORD;
        if (to - at > r->mask)
            at = to - r->mask - 1;
        while (at < to)
            r->seen[++at & r->mask] = 0;
        r->top = whole;
    }
    *word_of(r, whole) |= bit_of(whole);
}
