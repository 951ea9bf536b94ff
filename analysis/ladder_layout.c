/*
 * Where the parts of a ladder's picture stand.
 *
 * Long times in which nothing happens are cut out, and a zigzag says so.  Names stand as near to
 * their events as they can without touching each other.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/ladder_parts.h"

/* ---- time --------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All times at which something is to be drawn, in order, each once. */
static size_t find_times(const struct ladder *l, int64_t *t)
{
    size_t n = 0;
    t[n++] = l->begin;
    for (size_t k = 0; k < l->n; k++) {
        const struct ladder_line *x = &l->line[k];
        t[n++] = x->t;
        if (x->arrived >= 0)
            t[n++] = x->arrived;
        if (x->lost >= 0)
            t[n++] = x->lost;
    }
    for (size_t k = 0; k < l->gaps; k++) {
        if (l->gap[k].from > l->begin)
            t[n++] = l->gap[k].from;
        t[n++] = l->gap[k].to;
    }
    qsort(t, n, sizeof *t, by_value);
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        if (!kept || t[k] != t[kept - 1])
            t[kept++] = t[k];
    }
    return kept;
}

/* What is longer than a twelfth of all, and than 100 ms, is cut. */
static void lay_out_time(struct picture *p, double height)
{
    const struct ladder *l = p->l;
    int64_t *t = malloc((3 * l->n + 2 * l->gaps + 2) * sizeof *t);
    assert(t);
    size_t n = find_times(l, t);
    int64_t limit = (t[n - 1] - t[0]) / 12 > 100000000 ? (t[n - 1] - t[0]) / 12 : 100000000;
    double shown = 0;
    p->stretch = calloc(n + 1, sizeof *p->stretch);
    assert(p->stretch);
    for (size_t k = 1; k < n; k++) {
        struct stretch *s = &p->stretch[p->stretches++];
        *s = (struct stretch){.from = t[k - 1], .to = t[k], .cut = t[k] - t[k - 1] > limit};
        shown += s->cut ? 0 : (double)(s->to - s->from);
    }
    if (height < LEAST_HEIGHT)
        height = LEAST_HEIGHT;
    double y = p->head;
    for (size_t k = 0; k < p->stretches; k++) {
        struct stretch *s = &p->stretch[k];
        s->y = y;
        s->height = s->cut      ? CUT_HEIGHT
                    : shown > 0 ? (double)(s->to - s->from) / shown * height
                                : 0;
        y += s->height;
    }
    p->height = y + (double)LABEL_HEIGHT;
    free(t);
}

double ladder_y(const struct picture *p, int64_t t)
{
    double y = p->head;
    for (size_t k = 0; k < p->stretches && t > p->stretch[k].from; k++) {
        const struct stretch *s = &p->stretch[k];
        double share = t >= s->to ? 1 : (double)(t - s->from) / (double)(s->to - s->from);
        y = s->y + share * s->height;
    }
    return y;
}

/* ---- names -------------------------------------------------------------------------------- */

double ladder_x(const struct ladder *l, unsigned lane)
{
    return l->lanes < 2 ? FIRST_LANE
                        : FIRST_LANE + (double)lane * (LAST_LANE - FIRST_LANE) / (l->lanes - 1);
}

/* Where the arrow touches the lane on the right, or ends. */
static void find_point(const struct picture *p, const struct ladder_line *x, struct label *at)
{
    double from = ladder_x(p->l, x->from);
    double to = ladder_x(p->l, x->to);
    bool at_end = to > from;
    at->x = at_end ? to : from;
    at->want = ladder_y(p, at_end && x->arrived >= 0 ? x->arrived : x->t);
    if (x->kind != LADDER_NOTE && x->lost >= 0 && at_end) {
        at->x = (from + to) / 2;
        at->want = ladder_y(p, x->lost);
    }
}

static int by_want(const void *a, const void *b)
{
    const struct label *x = a;
    const struct label *y = b;
    int order = (x->want > y->want) - (x->want < y->want);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* As near to where they want to be as they can: those that would touch stand together around the
 * middle of their wishes (isotonic regression by pooling neighbours). */
static void place(struct label *of, size_t n, double top)
{
    struct {
        double sum; /* of wishes, each less its place in the block */
        size_t n;
    } *block = calloc(n + 1, sizeof *block);
    assert(block);
    size_t blocks = 0;
    qsort(of, n, sizeof *of, by_want);
    for (size_t k = 0; k < n; k++) {
        block[blocks].sum = of[k].want;
        block[blocks++].n = 1;
        while (blocks > 1) {
            size_t a = blocks - 2;
            double end = block[a].sum / (double)block[a].n + (double)block[a].n * LABEL_HEIGHT;
            if (end <= block[a + 1].sum / (double)block[a + 1].n)
                break;
            block[a].sum += block[a + 1].sum - (double)(block[a].n * block[a + 1].n) * LABEL_HEIGHT;
            block[a].n += block[a + 1].n;
            blocks--;
        }
    }
    double free_from = top;
    for (size_t b = 0, k = 0; b < blocks; b++) {
        double y = block[b].sum / (double)block[b].n;
        for (size_t j = 0; j < block[b].n; j++, k++) {
            of[k].y = fmax(y + (double)j * LABEL_HEIGHT, free_from);
            free_from = of[k].y + LABEL_HEIGHT;
        }
    }
    free(block);
}

static bool on_the_left(const struct ladder_line *x)
{
    return x->kind == LADDER_NOTE && x->from == 0;
}

void ladder_lay_out(struct picture *p)
{
    const struct ladder *l = p->l;
    size_t lefts = 0;
    for (size_t k = 0; k < l->n; k++)
        lefts += on_the_left(&l->line[k]);
    size_t most = lefts > l->n - lefts ? lefts : l->n - lefts;
    p->left = calloc(l->n + 1, sizeof *p->left);
    p->right = calloc(l->n + 1, sizeof *p->right);
    assert(p->left && p->right);
    lay_out_time(p, (double)most * LABEL_HEIGHT * 1.15);
    for (size_t k = 0; k < l->n; k++) {
        struct label *at = on_the_left(&l->line[k]) ? &p->left[p->lefts++] : &p->right[p->rights++];
        at->line = k;
        find_point(p, &l->line[k], at);
    }
    place(p->left, p->lefts, p->head);
    place(p->right, p->rights, p->head);
    for (size_t k = 0; k < 2; k++) {
        const struct label *of = k ? p->right : p->left;
        size_t n = k ? p->rights : p->lefts;
        if (n && of[n - 1].y + LABEL_HEIGHT > p->height)
            p->height = of[n - 1].y + LABEL_HEIGHT;
    }
}
