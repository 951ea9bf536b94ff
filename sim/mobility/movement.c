#include "sim/mobility/movement.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/suggest.h"
#include "sim/mobility/movement_parts.h"

_Static_assert(FLT_EVAL_METHOD == 0, "positions are the same on every machine");

enum { FIRST_SLOTS = 64, NAMES_SHOWN = 6 };

static const int64_t farthest = INT64_C(10000000000000); /* um: 10000 km */

/* ---- while a file is read ------------------------------------------------------------- */

static void *grown(void *items, size_t bytes)
{
    void *more = realloc(items, bytes);
    if (!more) {
        (void)fputs("movement: out of memory\n", stderr);
        abort();
    }
    return more;
}

static size_t slot_of(const struct tracks *all, const char *node, size_t n)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t k = 0; k < n; k++)
        h = (h ^ (uint8_t)node[k]) * 0x100000001b3u;
    size_t i = (size_t)(h >> 32) & (all->slots - 1);
    for (; all->slot[i]; i = (i + 1) & (all->slots - 1)) {
        const char *name = all->of[all->slot[i] - 1].node;
        if (strlen(name) == n && !memcmp(name, node, n))
            break;
    }
    return i;
}

static void make_slots(struct tracks *all)
{
    all->slots = all->slots ? 2 * all->slots : FIRST_SLOTS;
    free(all->slot);
    all->slot = grown(NULL, all->slots * sizeof *all->slot);
    memset(all->slot, 0, all->slots * sizeof *all->slot);
    for (size_t k = 0; k < all->n; k++)
        all->slot[slot_of(all, all->of[k].node, strlen(all->of[k].node))] = k + 1;
}

struct track *tracks_of(struct tracks *all, const char *node, size_t n)
{
    if (2 * (all->n + 1) > all->slots)
        make_slots(all);
    size_t i = slot_of(all, node, n);
    if (all->slot[i])
        return &all->of[all->slot[i] - 1];
    if (all->n == all->room) {
        all->room = all->room ? 2 * all->room : 16;
        all->of = grown(all->of, all->room * sizeof *all->of);
    }
    struct track *t = &all->of[all->n++];
    *t = (struct track){.node = grown(NULL, n + 1)};
    memcpy(t->node, node, n);
    t->node[n] = '\0';
    all->slot[i] = all->n;
    return t;
}

void track_add(struct track *t, struct waypoint p)
{
    assert(!t->n || t->at[t->n - 1].t <= p.t);
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 16;
        t->at = grown(t->at, t->room * sizeof *t->at);
    }
    t->at[t->n++] = p;
}

enum decimal_fault tracks_time(const char *text, size_t n, sim_time *t)
{
    enum decimal_fault fault = decimal_read(text, n, 9, t);
    if (!fault && *t < 0)
        return DECIMAL_NO_NUMBER;
    return !fault && *t > MOVEMENT_LONGEST ? DECIMAL_TOO_LARGE : fault;
}

enum decimal_fault tracks_coordinate(const struct tracks *all, bool north, const char *text,
                                     size_t n, int64_t *um)
{
    enum decimal_fault fault = decimal_read(text, n, all->origin.given ? 9 : 6, um);
    if (fault)
        return fault;
    if (all->origin.given) {
        if (*um > 360 * INT64_C(1000000000) || *um < -360 * INT64_C(1000000000))
            return DECIMAL_TOO_LARGE;
        double from = (north ? all->origin.latitude : all->origin.longitude) * 1e9;
        *um = (int64_t)(((double)*um - from) * (north ? all->um_north : all->um_east));
    }
    return *um > farthest || *um < -farthest ? DECIMAL_TOO_LARGE : DECIMAL_GOOD;
}

const char *tracks_fault(enum decimal_fault fault, bool time)
{
    if (fault == DECIMAL_NO_NUMBER)
        return time ? "is not a time from 0 to 1000000 s" : "is not a number";
    return time ? "is later than 1000000 s" : "is farther than 10000 km, or than 360 degrees";
}

/* Its series, so that it is the same on every machine; |x| is at most pi / 2. */
static double cosine(double x)
{
    double term = 1;
    double sum = 1;
    for (int k = 1; k < 30; k += 2) {
        term = -term * x * x / (k * (k + 1.0));
        sum += term;
    }
    return sum;
}

static struct tracks tracks_around(const struct movement_origin *origin)
{
    const double pi = 3.14159265358979323846;
    struct tracks all = {.origin = *origin};
    all.um_north = 6371008.8 * pi / 180 * 1e-3; /* 10^6 um of a metre, 10^-9 degree */
    all.um_east = all.um_north * cosine(origin->latitude * pi / 180);
    return all;
}

/* Into the arena. */
static void keep(const struct tracks *from, struct arena *arena, struct movements *all)
{
    all->of = arena_take(arena, (from->n + 1) * sizeof *all->of);
    all->n = from->n;
    for (size_t k = 0; k < from->n; k++) {
        const struct track *t = &from->of[k];
        struct waypoint *at = arena_take(arena, t->n * sizeof *at);
        memcpy(at, t->at, t->n * sizeof *at);
        all->of[k] = (struct movement){arena_text(arena, t->node), at, t->n};
    }
}

static enum status whole(const struct tracks *all, const char *name, struct why *w)
{
    for (size_t k = 0; k < all->n; k++) {
        const struct track *t = &all->of[k];
        if (!t->n)
            return why_set(w, ST_SYNTAX, "%.100s: node '%.40s' has no place", name, t->node);
    }
    return all->n ? ST_OK : why_set(w, ST_SYNTAX, "%.100s: no node moves in it", name);
}

enum status movement_read(FILE *file, const struct movement_source *from, struct arena *arena,
                          struct movements *all, struct why *w)
{
    static movement_reader *const reader[MOVEMENT_FORMATS] = {
        [MOVEMENT_MONAMI] = movement_read_monami,
        [MOVEMENT_SETDEST] = movement_read_setdest,
        [MOVEMENT_SUMO] = movement_read_sumo,
        [MOVEMENT_BONNMOTION] = movement_read_bonnmotion,
    };
    struct tracks tracks = tracks_around(&from->origin);
    assert(from->format < MOVEMENT_FORMATS);
    enum status st = reader[from->format](file, from->path, &tracks, w);
    if (!st)
        st = whole(&tracks, from->path, w);
    *all = (struct movements){.file = from->path};
    if (!st)
        keep(&tracks, arena, all);
    for (size_t k = 0; k < tracks.n; k++) {
        free(tracks.of[k].node);
        free(tracks.of[k].at);
    }
    free(tracks.of);
    free(tracks.slot);
    return st;
}

enum status movement_load(const struct movement_source *from, struct arena *arena,
                          struct movements *all, struct why *w)
{
    FILE *file = fopen(from->path, "r");
    if (!file)
        return why_set(w, ST_IO, "%.100s: %s", from->path, strerror(errno));
    enum status st = movement_read(file, from, arena, all, w);
    (void)fclose(file);
    return st;
}

/* ---- afterwards ------------------------------------------------------------------------ */

static enum status no_such_node(const struct movements *all, const char *node, struct why *w)
{
    char list[160] = "";
    size_t n = 0;
    struct suggestion near = suggest_for(node ? node : "");
    for (size_t k = 0; k < all->n; k++) {
        suggest_try(&near, all->of[k].node);
        if (k < NAMES_SHOWN) {
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%.20s", k ? ", " : "",
                                  all->of[k].node);
        }
    }
    const char *more = all->n > NAMES_SHOWN ? ", ..." : "";
    if (!node) {
        return why_set(w, ST_MISSING, "%.100s: %zu nodes move in it: say which one, of %s%s",
                       all->file, all->n, list, more);
    }
    if (near.best) {
        return why_set(w, ST_MISSING, "%.100s: there is no node '%.40s'; did you mean '%.40s'?",
                       all->file, node, near.best);
    }
    return why_set(w, ST_MISSING, "%.100s: there is no node '%.40s'; there is %s%s", all->file,
                   node, list, more);
}

enum status movement_find(const struct movements *all, const char *node,
                          const struct movement **found, struct why *w)
{
    *found = NULL;
    if (!node && all->n == 1)
        *found = &all->of[0];
    for (size_t k = 0; node && k < all->n; k++) {
        if (!strcmp(all->of[k].node, node))
            *found = &all->of[k];
    }
    return *found ? ST_OK : no_such_node(all, node, w);
}

struct position movement_at(const struct movement *m, sim_time t)
{
    size_t low = 0; /* the last waypoint that is not after t */
    size_t high = m->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (m->at[middle].t <= t) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const struct waypoint *a = &m->at[low];
    const struct waypoint *b = low + 1 < m->n ? a + 1 : a;
    double part = t > a->t && b->t > a->t ? (double)(t - a->t) / (double)(b->t - a->t) : 0;
    return (struct position){(double)a->x + (double)(b->x - a->x) * part,
                             (double)a->y + (double)(b->y - a->y) * part};
}
