#include "sim/base/suggest.h"

#include <string.h>

enum { WORD_BYTES = 64 };

/* Edit distance with neighbours swapped as one edit (Damerau, Levenshtein; optimal alignment). */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t m = strlen(b);
    size_t row[3][WORD_BYTES];
    if (n >= WORD_BYTES || m >= WORD_BYTES)
        return WORD_BYTES;
    size_t *before = row[0];
    size_t *last = row[1];
    size_t *now = row[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

struct suggestion suggest_for(const char *wrong)
{
    size_t n = strlen(wrong);
    return (struct suggestion){.wrong = wrong, .distance = n <= 3 ? 2 : n <= 8 ? 3 : 4};
}

void suggest_try(struct suggestion *s, const char *word)
{
    size_t d = distance(s->wrong, word);
    if (d < s->distance) {
        s->distance = d;
        s->best = word;
    }
}
