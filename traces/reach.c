#include "traces/reach.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"

/* An address of a node, on an interface. */
struct place {
    uint32_t node;
    struct addr address;
    const char *interface;
    bool there;
    bool link;
};

/* An IKE SA, as both ends have it. */
struct pair {
    const char *spi; /* the initiator's */
    struct addr home;
    bool at_node;
    bool at_agent;
    struct addr to; /* where the home agent sends */
    uint32_t agent;
};

struct whole {
    struct place *place;
    size_t places;
    struct pair *pair;
    size_t pairs;
    struct reach *of;
    size_t ofs;
    bool *began; /* by mobile node */
    bool *good;
    sim_time *since;
};

/* Those events have those fields. */
static const struct tap_field *field(const struct tap_event *e, const char *key)
{
    unsigned k = 0;
    while (k < e->n && strcmp(e->field[k].key, key) != 0)
        k++;
    assert(k < e->n);
    return &e->field[k];
}

static void *grown(void *list, size_t n, size_t size)
{
    void *more = n & (n - 1) ? list : realloc(list, (n ? 2 * n : 1) * size);
    assert(more);
    return more;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void see_address(struct whole *w, const struct tap_event *e, bool there)
{
    const struct addr *a = &field(e, "address")->addr;
    const char *interface = field(e, "interface")->text;
    for (size_t k = 0; k < w->places; k++) {
        if (w->place[k].node == e->node && addr_eq(&w->place[k].address, a)) {
            w->place[k].there = there;
            w->place[k].link |= there;
            return;
        }
    }
    w->place = grown(w->place, w->places, sizeof *w->place);
    w->place[w->places++] = (struct place){e->node, *a, interface, there, true};
}

static void see_link(struct whole *w, const struct tap_event *e, bool up)
{
    const char *interface = field(e, "interface")->text;
    for (size_t k = 0; k < w->places; k++) {
        if (w->place[k].node == e->node && !strcmp(w->place[k].interface, interface))
            w->place[k].link = up;
    }
}

static bool is_at(const struct whole *w, uint32_t node, const struct addr *a,
                  const struct addr *home)
{
    if (addr_eq(a, home))
        return true; /* at home: the home link is another matter */
    for (size_t k = 0; k < w->places; k++) {
        const struct place *p = &w->place[k];
        if (p->node == node && p->there && p->link && addr_eq(&p->address, a))
            return true;
    }
    return false;
}

/* ---- IKE SAs --------------------------------------------------------------------------------- */

static struct pair *pair_of(struct whole *w, const char *spi)
{
    for (size_t k = w->pairs; k-- > 0;) {
        if (!strcmp(w->pair[k].spi, spi))
            return &w->pair[k];
    }
    return NULL;
}

static void see_up(struct whole *w, const struct tap_event *e)
{
    const char *spi = field(e, "spi_i")->text;
    struct pair *p = pair_of(w, spi);
    if (!p) {
        w->pair = grown(w->pair, w->pairs, sizeof *w->pair);
        p = &w->pair[w->pairs++];
        *p = (struct pair){.spi = spi, .home = field(e, "home_address")->addr};
    }
    if (field(e, "at_agent")->i) {
        p->at_agent = true;
        p->agent = e->node;
        p->to = field(e, "remote")->addr;
        return;
    }
    p->at_node = true;
    for (size_t k = 0; k < w->ofs; k++) {
        if (w->of[k].node == e->node)
            return;
    }
    w->began = grown(w->began, w->ofs, sizeof *w->began);
    w->good = grown(w->good, w->ofs, sizeof *w->good);
    w->since = grown(w->since, w->ofs, sizeof *w->since);
    w->of = grown(w->of, w->ofs, sizeof *w->of);
    w->began[w->ofs] = false;
    w->good[w->ofs] = false;
    w->since[w->ofs] = 0;
    w->of[w->ofs++] = (struct reach){.node = e->node, .home = p->home};
}

static void see_down(struct whole *w, const struct tap_event *e)
{
    struct pair *p = pair_of(w, field(e, "spi_i")->text);
    if (p && p->at_agent && p->agent == e->node) {
        p->at_agent = false;
    } else if (p) {
        p->at_node = false;
    }
}

static void see_moved(struct whole *w, const struct tap_event *e)
{
    for (size_t k = 0; k < w->pairs; k++) {
        struct pair *p = &w->pair[k];
        if (p->at_agent && p->agent == e->node &&
            addr_eq(&p->home, &field(e, "home_address")->addr))
            p->to = field(e, "remote")->addr;
    }
}

/* ---- time ------------------------------------------------------------------------------------ */

static bool reaches(const struct whole *w, const struct reach *of)
{
    for (size_t k = 0; k < w->pairs; k++) {
        const struct pair *p = &w->pair[k];
        if (p->at_node && p->at_agent && addr_eq(&p->home, &of->home) &&
            is_at(w, of->node, &p->to, &of->home))
            return true;
    }
    return false;
}

static void note(struct whole *w, sim_time now)
{
    for (size_t k = 0; k < w->ofs; k++) {
        bool good = reaches(w, &w->of[k]);
        if (w->began[k] && !w->good[k])
            w->of[k].lost += now - w->since[k];
        w->since[k] = now;
        w->began[k] |= good;
        w->good[k] = good;
    }
}

struct reach *reach_measure(const struct tap_event *event, size_t events, sim_time until, size_t *n)
{
    struct whole w = {.places = 0};
    for (size_t k = 0; k < events; k++) {
        const struct tap_event *e = &event[k];
        switch (e->name) {
        case EV_ND_ADDRESS:
        case EV_ND_ADDRESS_GONE:
            see_address(&w, e, e->name == EV_ND_ADDRESS);
            break;
        case EV_L2_UP:
        case EV_L2_DOWN:
            see_link(&w, e, e->name == EV_L2_UP);
            break;
        case EV_IKE_UP:
            see_up(&w, e);
            break;
        case EV_IKE_DOWN:
            see_down(&w, e);
            break;
        case EV_IKE_MOVED:
            see_moved(&w, e);
            break;
        default:
            continue;
        }
        note(&w, e->t);
    }
    note(&w, until);
    free(w.place);
    free(w.pair);
    free(w.began);
    free(w.good);
    free(w.since);
    *n = w.ofs;
    return w.of;
}
