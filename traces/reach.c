#include "traces/reach.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/names.h"
#include "sim/base/arena.h"
#include "sim/base/map.h"

/* An address of a node, on an interface. */
struct place {
    struct addr address;
    const char *interface;
    bool there;
    bool link;
    struct place *next;
};

struct host {
    uint32_t node;
    struct place *places;
    struct home *home; /* NULL: no IKE SA yet */
};

/* An IKE SA, as both ends have it. */
struct pair {
    struct home *home;
    bool at_node;
    bool at_agent;
    struct addr to; /* where the home agent sends */
    uint32_t agent;
    struct pair *next; /* of its home address, the newest first */
};

struct home {
    struct addr address;
    struct pair *pairs;
    struct host *host; /* NULL: not known yet */
    bool began;
    bool good;
    sim_time since;
    sim_time lost;
    struct home *next; /* in order of their hosts' first IKE SAs */
};

struct whole {
    struct arena arena;
    struct map hosts; /* by node */
    struct map homes; /* by address */
    struct map pairs; /* by the initiator's SPI */
    struct home *first;
    struct home **last;
    size_t n;
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

/* ---- addresses ------------------------------------------------------------------------------- */

static struct host *host_of(struct whole *w, uint32_t node)
{
    struct host *h = map_find(&w->hosts, node);
    if (h)
        return h;
    h = arena_take(&w->arena, sizeof *h);
    h->node = node;
    map_put(&w->hosts, node, h);
    return h;
}

static struct home *see_address(struct whole *w, const struct tap_event *e, bool there)
{
    struct host *h = host_of(w, e->node);
    const struct addr *a = &field(e, "address")->addr;
    struct place *p = h->places;
    while (p && !addr_eq(&p->address, a))
        p = p->next;
    if (!p) {
        p = arena_take(&w->arena, sizeof *p);
        *p = (struct place){*a, field(e, "interface")->text, there, true, h->places};
        h->places = p;
    }
    p->there = there;
    p->link |= there;
    return h->home;
}

static struct home *see_link(struct whole *w, const struct tap_event *e, bool up)
{
    struct host *h = host_of(w, e->node);
    const char *interface = field(e, "interface")->text;
    for (struct place *p = h->places; p; p = p->next) {
        if (!strcmp(p->interface, interface))
            p->link = up;
    }
    return h->home;
}

static bool is_at(const struct host *h, const struct addr *a, const struct addr *home)
{
    if (addr_eq(a, home))
        return true; /* at home: the home link is another matter */
    for (const struct place *p = h->places; p; p = p->next) {
        if (p->there && p->link && addr_eq(&p->address, a))
            return true;
    }
    return false;
}

/* ---- IKE SAs --------------------------------------------------------------------------------- */

static struct home *home_of(struct whole *w, const struct addr *address)
{
    struct home *h = map_find(&w->homes, addr_hash(address));
    if (h)
        return h;
    h = arena_take(&w->arena, sizeof *h);
    h->address = *address;
    map_put(&w->homes, addr_hash(address), h);
    return h;
}

static uint64_t spi_of(const struct tap_event *e)
{
    return strtoull(field(e, "spi_i")->text, NULL, 16);
}

static struct home *see_up(struct whole *w, const struct tap_event *e)
{
    struct home *home = home_of(w, &field(e, "home_address")->addr);
    struct pair *p = map_find(&w->pairs, spi_of(e));
    if (!p) {
        p = arena_take(&w->arena, sizeof *p);
        *p = (struct pair){.home = home, .next = home->pairs};
        home->pairs = p;
        map_put(&w->pairs, spi_of(e), p);
    }
    if (field(e, "at_agent")->i) {
        p->at_agent = true;
        p->agent = e->node;
        p->to = field(e, "remote")->addr;
        return home;
    }
    p->at_node = true;
    if (!home->host) {
        home->host = host_of(w, e->node);
        home->host->home = home;
        *w->last = home;
        w->last = &home->next;
        w->n++;
    }
    return home;
}

static struct home *see_down(struct whole *w, const struct tap_event *e)
{
    struct pair *p = map_find(&w->pairs, spi_of(e));
    if (!p)
        return NULL; /* half open */
    if (p->at_agent && p->agent == e->node) {
        p->at_agent = false;
    } else {
        p->at_node = false;
    }
    return p->home;
}

static struct home *see_moved(struct whole *w, const struct tap_event *e)
{
    struct home *home = home_of(w, &field(e, "home_address")->addr);
    for (struct pair *p = home->pairs; p; p = p->next) {
        if (p->at_agent && p->agent == e->node)
            p->to = field(e, "remote")->addr;
    }
    return home;
}

/* ---- time ------------------------------------------------------------------------------------ */

static bool reaches(const struct home *h)
{
    for (const struct pair *p = h->pairs; p; p = p->next) {
        if (p->at_node && p->at_agent && is_at(h->host, &p->to, &h->address))
            return true;
    }
    return false;
}

static void note(struct home *h, sim_time now)
{
    if (!h || !h->host)
        return;
    bool good = reaches(h);
    if (h->began && !h->good)
        h->lost += now - h->since;
    h->since = now;
    h->began |= good;
    h->good = good;
}

static struct home *see(struct whole *w, const struct tap_event *e)
{
    switch (e->name) {
    case EV_ND_ADDRESS:
    case EV_ND_ADDRESS_GONE:
        return see_address(w, e, e->name == EV_ND_ADDRESS);
    case EV_L2_UP:
    case EV_L2_DOWN:
        return see_link(w, e, e->name == EV_L2_UP);
    case EV_IKE_UP:
        return see_up(w, e);
    case EV_IKE_DOWN:
        return see_down(w, e);
    case EV_IKE_MOVED:
        return see_moved(w, e);
    default:
        return NULL;
    }
}

struct reach *reach_measure(const struct tap_event *event, size_t events, sim_time until, size_t *n)
{
    struct whole w = {.first = NULL};
    w.last = &w.first;
    map_init(&w.hosts, &w.arena);
    map_init(&w.homes, &w.arena);
    map_init(&w.pairs, &w.arena);
    for (size_t k = 0; k < events; k++)
        note(see(&w, &event[k]), event[k].t);
    struct reach *list = calloc(w.n + 1, sizeof *list);
    assert(list);
    *n = 0;
    for (struct home *h = w.first; h; h = h->next) {
        note(h, until);
        list[(*n)++] = (struct reach){.node = h->host->node, .home = h->address, .lost = h->lost};
    }
    arena_release(&w.arena);
    return list;
}
